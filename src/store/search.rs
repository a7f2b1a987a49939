//! Search over the paths, in slices. Owns what counts as a match; the order of results is the caller's.
use super::arena::NONE;
use super::inside::{AsItCame, Inside};
use super::probe::Probe;
use super::tree::ROOT;
use super::{NodeId, Store};
use memchr::memmem;
use std::ops::Range;

/// How much of a payload is searched: its beginning, as a value is shown.
pub const SEARCHED_BYTES: usize = 4_096;

/// What is searched for. Smart case: a needle without capitals finds both, one with capitals only
/// itself.
///
/// A node matches when the needle occurs in its path and the occurrence reaches into its own last level
/// (the slash before it counts as its own). So `hall1/oven` finds the branch `plant/hall1/oven3` once,
/// not each of the thousand topics below it.
#[derive(Clone, Debug)]
pub struct Needle {
    text: String,
    any_case: bool,
    /// What of it lies within a level.
    probe: Option<Probe>,
    /// Finds it in payloads, where those are searched.
    in_values: Option<memmem::Finder<'static>>,
}

/// What a search brought so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The nodes that match.
    pub nodes: Vec<NodeId>,
    /// Values that could not be searched, for they were evicted.
    pub n_evicted: usize,
    scratch: Vec<u8>,
}

impl Needle {
    /// Reads what was typed. An empty needle finds nothing.
    pub fn new(text: &str) -> Self {
        let any_case = !text.chars().any(char::is_uppercase);
        let text = if any_case { text.to_lowercase() } else { text.to_owned() };
        let probe = Probe::new(&text, any_case);
        Self { text, any_case, probe, in_values: None }
    }

    /// Searches the beginnings of the last payloads as well, or topics alone.
    pub fn with_values(self, with_values: bool) -> Self {
        let in_values = with_values.then(|| memmem::Finder::new(self.text.as_bytes()).into_owned());
        Self { in_values, ..self }
    }

    /// What is searched for, as it is compared.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether capitals count as small letters.
    pub const fn is_any_case(&self) -> bool {
        self.any_case
    }

    /// Whether payloads are searched as well.
    pub const fn is_in_values(&self) -> bool {
        self.in_values.is_some()
    }

    /// Whether the beginning of a text holds it; for a needle in values.
    pub fn is_in(&self, text: &[u8]) -> bool {
        let Some(finder) = self.in_values.as_ref().filter(|_| !self.is_empty()) else { return false };
        let beginning = text.get(..SEARCHED_BYTES).unwrap_or(text);
        if !self.any_case {
            return finder.find(beginning).is_some();
        }
        let folded = if self.text.is_ascii() {
            beginning.to_ascii_lowercase()
        } else {
            String::from_utf8_lossy(beginning).to_lowercase().into_bytes()
        };
        finder.find(&folded).is_some()
    }

    /// Whether most topics are passed over without looking at each.
    pub const fn is_quick(&self) -> bool {
        self.probe.is_some() && !self.is_in_values()
    }

    /// Whether there is nothing to search for.
    pub const fn is_empty(&self) -> bool {
        self.text.is_empty()
    }
}

/// Where a search goes on; begin with the default. Nodes are gone through in the order of their
/// making, so that nodes that come meanwhile are found as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SearchCursor(pub(super) u32);

impl Default for SearchCursor {
    fn default() -> Self {
        Self(ROOT + 1)
    }
}

impl SearchCursor {
    /// The next so many nodes of those there are, and where to go on behind them.
    pub(super) fn slice(self, budget_nodes: usize, n_nodes: u32) -> (Range<u32>, Option<Self>) {
        let budget = u32::try_from(budget_nodes.max(1)).unwrap_or(u32::MAX);
        let end = self.0.saturating_add(budget).min(n_nodes);
        (self.0..end, (end < n_nodes).then_some(Self(end)))
    }
}

/// Which way to look for the next match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Down the tree.
    Forward,
    /// Up the tree.
    Backward,
}

/// How a step to the next match ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// At a match.
    Found(NodeId),
    /// The budget is used up: call again from here.
    GoOn(NodeId),
    /// The end of the tree was reached. To wrap round, begin anew from the root (forward), or from
    /// [`Store::last_below`] of the root (backward; ask that node itself as well).
    End,
}

/// The end of a parent's path, ready to compare its children with.
#[derive(Debug, Default)]
struct Path {
    parent: Option<u32>,
    text: String,
    /// Where the children's own part begins.
    own: usize,
}

impl Store {
    /// Looks at up to `budget_nodes` nodes and appends those that match; those whose own level can't hold the needle are
    /// passed over at a lower price. `Some` tells where to go on; `None`: all were looked at.
    pub fn search_slice(
        &self,
        cursor: SearchCursor,
        needle: &Needle,
        budget_nodes: usize,
        found: &mut Found,
    ) -> Option<SearchCursor> {
        self.search_slice_inside(cursor, (needle, &mut AsItCame), budget_nodes, found)
    }

    /// Likewise, payloads that are no plain text decoded.
    pub fn search_slice_inside(
        &self,
        cursor: SearchCursor,
        (needle, inside): (&Needle, &mut dyn Inside),
        budget_nodes: usize,
        found: &mut Found,
    ) -> Option<SearchCursor> {
        let n_nodes = self.tree.slots.len();
        let mut path = Path::default();
        // A value may match whatever the level.
        if let Some(probe) = needle.probe.as_ref().filter(|_| needle.in_values.is_none()) {
            let end = self.probe(probe, &(cursor.0..n_nodes), budget_nodes, |node| {
                if self.is_match_along(node, needle, &mut path) {
                    found.nodes.push(NodeId(node));
                }
            });
            return (end < n_nodes).then_some(SearchCursor(end));
        }
        let (nodes, rest) = cursor.slice(budget_nodes, n_nodes);
        for node in nodes {
            if self.is_match_along(node, needle, &mut path)
                || self.holds(NodeId(node), needle, found)
                || self.holds_inside(NodeId(node), needle, inside)
            {
                found.nodes.push(NodeId(node));
            }
            if inside.is_tired() {
                return Some(SearchCursor(node + 1));
            }
        }
        rest
    }

    /// Whether a node matches.
    pub fn is_match(&self, id: NodeId, needle: &Needle) -> bool {
        self.is_match_inside(id, needle, &mut AsItCame)
    }

    /// Likewise, a payload that is no plain text decoded.
    pub fn is_match_inside(&self, id: NodeId, needle: &Needle, inside: &mut dyn Inside) -> bool {
        self.is_match_along(id.0, needle, &mut Path::default())
            || self.holds(id, needle, &mut Found::default())
            || self.holds_inside(id, needle, inside)
    }

    /// The bytes of a node's last level that a match in its path covers; all of it where its letters change their
    /// lengths with their case.
    pub fn matched_bytes(&self, id: NodeId, needle: &Needle) -> Option<Range<usize>> {
        let mut path = Path::default();
        if !self.is_match_along(id.0, needle, &mut path) {
            return None;
        }
        let level = self.tree.level(id.0);
        let start = path.text.len().saturating_sub(level.len());
        let all = 0..level.len();
        let searched = path.own + 1;
        let from = searched.saturating_sub(needle.text.len());
        let at = from + memmem::find(path.text.as_bytes().get(from..)?, needle.text.as_bytes())?;
        let covered = at.saturating_sub(start)..(at + needle.text.len()).saturating_sub(start);
        let is_aligned = path.own + usize::from(path.parent != Some(ROOT)) == start;
        Some(if is_aligned && level.get(covered.clone()).is_some() { covered } else { all })
    }

    /// Whether the beginning of a topic's last payload holds the needle, where that asks for it.
    pub(super) fn holds(&self, id: NodeId, needle: &Needle, found: &mut Found) -> bool {
        let Some(finder) = needle.in_values.as_ref().filter(|_| !needle.is_empty()) else { return false };
        let Some(heard) = self.heard(id).filter(|_| self.is_listed(id)) else { return false };
        let Some((_, payload)) = heard.parts() else {
            found.n_evicted += 1;
            return false;
        };
        let beginning = payload.get(..SEARCHED_BYTES).unwrap_or(payload);
        if !needle.any_case {
            return finder.find(beginning).is_some();
        }
        found.scratch.clear();
        if needle.text.is_ascii() {
            found.scratch.extend_from_slice(beginning);
            found.scratch.make_ascii_lowercase();
        } else {
            found.scratch.extend(String::from_utf8_lossy(beginning).to_lowercase().into_bytes());
        }
        finder.find(&found.scratch).is_some()
    }

    /// The next match before or after a node in the order of the tree, through collapsed branches too,
    /// looking at up to `budget_nodes` nodes. The branches on the way come into natural order.
    pub fn next_match(
        &mut self,
        from: NodeId,
        direction: Direction,
        needle: &Needle,
        budget_nodes: usize,
    ) -> Step {
        self.next_match_inside(from, direction, (needle, &mut AsItCame), budget_nodes)
    }

    /// Likewise, payloads that are no plain text decoded.
    pub fn next_match_inside(
        &mut self,
        from: NodeId,
        direction: Direction,
        (needle, inside): (&Needle, &mut dyn Inside),
        budget_nodes: usize,
    ) -> Step {
        let mut node = from.0;
        let mut path = Path::default();
        let mut found = Found::default();
        for _ in 0..budget_nodes.max(1) {
            let next = match direction {
                Direction::Forward => {
                    self.tree.order_children(node);
                    self.tree.next_within(node, ROOT)
                }
                Direction::Backward => self.node_before(node),
            };
            let Some(next) = next else { return Step::End };
            if self.is_match_along(next, needle, &mut path)
                || self.holds(NodeId(next), needle, &mut found)
                || self.holds_inside(NodeId(next), needle, inside)
            {
                return Step::Found(NodeId(next));
            }
            node = next;
            if inside.is_tired() {
                break;
            }
        }
        Step::GoOn(NodeId(node))
    }

    /// The very last node of what hangs on a node, collapsed branches included.
    pub fn last_below(&mut self, id: NodeId) -> NodeId {
        let mut node = id.0;
        loop {
            self.tree.order_children(node);
            match self.tree.last_child(node) {
                Some(last) => node = last,
                None => return NodeId(node),
            }
        }
    }

    /// The node before this one when all branches are open.
    fn node_before(&mut self, node: u32) -> Option<u32> {
        let parent = self.tree.slots[node].parent;
        if parent == NONE {
            return None;
        }
        self.tree.order_children(parent);
        match self.tree.sibling_before(node) {
            Some(before) => Some(self.last_below(NodeId(before)).0),
            None => Some(parent),
        }
    }

    /// Whether a node matches and the view does not leave it out; `path` carries over what it shares with the node asked for before.
    fn is_match_along(&self, node: u32, needle: &Needle, path: &mut Path) -> bool {
        let parent = self.tree.slots[node].parent;
        if needle.is_empty() || parent == NONE || !self.is_listed(NodeId(node)) {
            return false;
        }
        if path.parent != Some(parent) {
            self.read_path_end(parent, needle, path);
        }
        path.text.truncate(path.own);
        if parent != ROOT {
            path.text.push('/');
        }
        needle.push_folded(self.tree.level(node), &mut path.text);
        needle.ends_beyond(path.own, &path.text)
    }

    /// Reads as much of a parent's path, from its end, as an occurrence may reach back.
    fn read_path_end(&self, parent: u32, needle: &Needle, path: &mut Path) {
        let mut levels = Vec::new();
        let (mut node, mut n_bytes) = (parent, 0);
        // Small letters may take a third of their capitals' bytes (K, the Kelvin sign).
        while node != ROOT && n_bytes < needle.text.len().saturating_mul(3) {
            let level = self.tree.level(node);
            levels.push(level);
            n_bytes += level.len() + 1;
            node = self.tree.slots[node].parent;
        }
        path.text.clear();
        for (place, level) in levels.iter().rev().enumerate() {
            if place > 0 || node != ROOT {
                path.text.push('/');
            }
            needle.push_folded(level, &mut path.text);
        }
        path.parent = Some(parent);
        path.own = path.text.len();
    }
}

impl Needle {
    /// Appends a text the way it is compared.
    fn push_folded(&self, text: &str, out: &mut String) {
        if !self.any_case {
            out.push_str(text);
        } else if text.is_ascii() {
            let start = out.len();
            out.push_str(text);
            if let Some(added) = out.get_mut(start..) {
                added.make_ascii_lowercase();
            }
        } else {
            out.extend(text.chars().flat_map(char::to_lowercase));
        }
    }

    /// Whether it occurs with its end beyond `own`.
    fn ends_beyond(&self, own: usize, text: &str) -> bool {
        let (needle, text) = (self.text.as_bytes(), text.as_bytes());
        let start = (own + 1).saturating_sub(needle.len());
        let Some((first, rest)) = needle.split_first() else { return false };
        let mut hay = text.get(start..).unwrap_or_default();
        while let Some(place) = hay.iter().position(|byte| byte == first) {
            hay = hay.get(place + 1..).unwrap_or_default();
            if hay.starts_with(rest) {
                return true;
            }
        }
        false
    }
}
