//! The naive model that the laws hold the store against: everything in maps of texts.
use super::super::*;
use crate::mqtt::{PacketId, Qos, Queued, Retained};
use crate::time::Timestamp;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

pub(super) type Path = Vec<String>;

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Message {
    pub payload: Vec<u8>,
    pub properties: Vec<u8>,
    pub qos: Qos,
    pub retained: Retained,
    pub dup: bool,
    pub packet_id: Option<PacketId>,
    pub received: Timestamp,
}

#[derive(Clone, Debug)]
pub(super) enum Deed {
    Hear(Path, Message),
    Expand(prop::sample::Index),
    Collapse(prop::sample::Index),
    ExpandAll(prop::sample::Index, usize),
    CollapseAll(prop::sample::Index),
    Reveal(prop::sample::Index),
    Pin(prop::sample::Index),
    Unpin(prop::sample::Index),
    View(Vec<prop::sample::Index>),
}

/// Everything, in the plainest form.
#[derive(Debug, Default)]
pub(super) struct Plain {
    pub heard: BTreeMap<Path, Vec<Message>>,
    pub nodes: BTreeSet<Path>,
    pub expanded: BTreeSet<Path>,
    pub pinned: BTreeSet<Path>,
    pub in_view: BTreeSet<Path>,
    pub n_refused: u64,
    pub refused: BTreeSet<Path>,
}

/// Natural order by another way: a list of tokens, then the bytes.
pub(super) fn key(level: &str) -> (Vec<(u8, usize, String)>, &str) {
    let mut tokens = Vec::new();
    let mut rest = level.as_bytes();
    while let Some(first) = rest.first() {
        let n_digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (token, after) = rest.split_at(n_digits.max(1));
        let digits = String::from_utf8_lossy(token);
        let digits = digits.trim_start_matches('0').to_owned();
        tokens.push(if n_digits > 0 { (b'0', digits.len(), digits) } else { (*first, 0, String::new()) });
        rest = after;
    }
    (tokens, level)
}

impl Plain {
    fn children(&self, path: &Path) -> Vec<Path> {
        let is_child = |node: &&Path| node.len() == path.len() + 1 && node.starts_with(path);
        let mut children: Vec<Path> = self.nodes.iter().filter(is_child).cloned().collect();
        children.sort_by(|left, right| key(left.last().unwrap()).cmp(&key(right.last().unwrap())));
        children
    }

    fn list(&self, path: &Path, all: bool, out: &mut Vec<Path>) {
        out.push(path.clone());
        if all || self.expanded.contains(path) {
            self.children(path).iter().for_each(|child| self.list(child, all, out));
        }
    }

    fn nth(&self, index: prop::sample::Index) -> Path {
        let n = index.index(self.nodes.len() + 1);
        n.checked_sub(1).map(|n| self.nodes.iter().nth(n).unwrap().clone()).unwrap_or_default()
    }

    fn below<'a>(&'a self, path: &'a Path) -> impl Iterator<Item = &'a Path> {
        self.nodes.iter().filter(move |node| node.starts_with(path))
    }
}

/// The store and the plain model side by side.
pub(super) struct Pair {
    pub store: Store,
    pub plain: Plain,
}

impl Pair {
    pub fn new(budget_bytes: usize) -> Self {
        Self { store: Store::new(budget_bytes), plain: Plain::default() }
    }

    fn id(&self, path: &Path) -> NodeId {
        if path.is_empty() { NodeId::ROOT } else { self.store.find(&path.join("/")).expect("it is there") }
    }

    fn branch(&self, index: prop::sample::Index) -> (Path, NodeId, bool) {
        let path = self.plain.nth(index);
        let id = self.id(&path);
        let is_branch = path.is_empty() || !self.plain.children(&path).is_empty();
        (path, id, is_branch)
    }

    fn hear(&mut self, path: Path, message: Message) {
        let topic = path.join("/");
        let counts = self.store.counts();
        let taken = self.store.ingest(&MessageRef {
            topic: &topic,
            payload: &message.payload,
            properties: &message.properties,
            qos: message.qos,
            retained: message.retained,
            dup: message.dup,
            queued: Queued::No,
            packet_id: message.packet_id,
            received: message.received,
        });
        let now = self.store.counts();
        if let Some(id) = taken {
            assert_eq!(Some(id), self.store.find(&topic));
            for n_levels in 1..=path.len() {
                self.plain.nodes.insert(path.get(..n_levels).unwrap().to_vec());
            }
            self.plain.heard.entry(path).or_default().push(message);
        } else {
            assert!(!self.plain.heard.contains_key(&path), "a known topic is always taken in");
            assert_eq!((self.store.log.n_bytes(), self.store.evictable_bytes), (0, 0), "refused too early");
            self.plain.n_refused += 1;
            self.plain.refused.insert(path);
        }
        if now.n_payloads_evicted > counts.n_payloads_evicted {
            assert_eq!(self.store.log.n_bytes(), 0, "history goes before last payloads");
        }
    }

    pub fn carry_out(&mut self, deed: Deed) {
        match deed {
            Deed::Hear(path, message) => self.hear(path, message),
            Deed::Expand(index) => {
                let (path, id, is_branch) = self.branch(index);
                self.store.expand(id);
                self.plain.expanded.extend(is_branch.then_some(path));
            }
            Deed::Collapse(index) => {
                let (path, id, _) = self.branch(index);
                self.store.collapse(id);
                self.plain.expanded.remove(&path);
            }
            Deed::ExpandAll(index, slice) => {
                let (path, id, _) = self.branch(index);
                let mut from = None;
                while let Some(next) = self.store.expand_all_below(id, from, slice) {
                    from = Some(next);
                }
                let branches = self.plain.below(&path).filter(|node| !self.plain.children(node).is_empty());
                let branches: Vec<Path> = branches.cloned().collect();
                self.plain.expanded.extend(path.is_empty().then_some(path));
                self.plain.expanded.extend(branches);
            }
            Deed::CollapseAll(index) => {
                let (path, id, _) = self.branch(index);
                self.store.collapse_all_below(id);
                self.plain.expanded.retain(|node| !node.starts_with(&path));
            }
            Deed::Reveal(index) => {
                let (path, id, _) = self.branch(index);
                self.store.reveal(id);
                self.plain.expanded.extend((0..path.len()).map(|n| path.get(..n).unwrap().to_vec()));
                assert_eq!(self.store.visible_or_above(id), id);
            }
            Deed::Pin(index) => {
                let (path, id, _) = self.branch(index);
                self.store.pin(id);
                // What was evicted before stays so.
                let whole =
                    !matches!(self.store.last(id), Some(Last { payload: LastPayload::Evicted { .. }, .. }));
                self.plain.pinned.extend(whole.then_some(path));
            }
            Deed::Unpin(index) => {
                let (path, id, _) = self.branch(index);
                self.store.unpin(id);
                self.plain.pinned.remove(&path);
            }
            Deed::View(indices) => {
                let paths: Vec<Path> = indices.into_iter().map(|index| self.plain.nth(index)).collect();
                let ids: Vec<NodeId> = paths.iter().map(|path| self.id(path)).collect();
                self.store.set_in_view(&ids);
                let whole = |id: &NodeId| {
                    !matches!(self.store.last(*id), Some(Last { payload: LastPayload::Evicted { .. }, .. }))
                };
                self.plain.in_view =
                    paths.into_iter().zip(&ids).filter(|(_, id)| whole(id)).map(|(path, _)| path).collect();
            }
        }
    }

    /// Each node's place, counts and messages.
    pub fn check_nodes(&self, is_roomy: bool) {
        let (store, plain) = (&self.store, &self.plain);
        let mut topic = String::from("rest");
        let mut n_evicted = 0;
        for path in plain.nodes.iter().chain([&Path::new()]) {
            let id = self.id(path);
            store.topic_of(id, &mut topic);
            assert_eq!(topic, path.join("/"));
            assert_eq!(store.level(id), path.last().map_or("", String::as_str));
            assert_eq!(store.depth(id), path.len());
            assert_eq!(store.n_children(id), plain.children(path).len());
            assert_eq!(store.first_child(id), plain.children(path).first().map(|child| self.id(child)));
            assert_eq!(store.last_child(id), plain.children(path).last().map(|child| self.id(child)));
            let above = path.split_last().map(|(_, above)| self.id(&above.to_vec()));
            assert_eq!(store.parent(id), above);

            let below: Vec<&Vec<Message>> =
                plain.below(path).filter_map(|node| plain.heard.get(node)).collect();
            let node = store.node(id);
            assert_eq!(
                node.n_messages_below,
                below.iter().map(|messages| messages.len() as u64).sum::<u64>()
            );
            assert_eq!(node.n_topics_below, below.len());
            let newest = below.iter().flat_map(|messages| messages.iter().map(|m| m.received)).max();
            assert_eq!(node.last_change, newest.unwrap_or_default());

            let messages = plain.heard.get(path).map(Vec::as_slice).unwrap_or_default();
            assert_eq!(node.n_messages, messages.len() as u64);
            assert_eq!(store.is_topic(id), !messages.is_empty());
            n_evicted += messages.len() - store.n_history(id);
            self.check_messages(path, id, messages, is_roomy);
        }
        let counts = store.counts();
        assert_eq!(counts.n_topics, plain.heard.len());
        let n_taken: usize = plain.heard.values().map(Vec::len).sum();
        assert_eq!(counts.n_messages, n_taken as u64 + plain.n_refused);
        assert_eq!(counts.n_messages_refused, plain.n_refused);
        assert_eq!(counts.n_topics_refused, plain.refused.len() as u64);
        assert_eq!(counts.n_history_evicted, n_evicted as u64);
        assert!(store.find("not/there").is_none());
    }

    fn check_messages(&self, path: &Path, id: NodeId, messages: &[Message], is_roomy: bool) {
        let Some(newest) = messages.last() else {
            assert!(self.store.last(id).is_none() && self.store.history(id).next().is_none());
            return;
        };
        let last = self.store.last(id).expect("it was heard");
        let is_shielded = self.plain.pinned.contains(path) || self.plain.in_view.contains(path);
        match last.payload {
            LastPayload::Whole(payload) => {
                assert_eq!((payload, last.properties), (&*newest.payload, &*newest.properties));
            }
            LastPayload::Evicted { n_bytes } => {
                assert_eq!(n_bytes, newest.payload.len());
                assert!(!is_roomy && !is_shielded, "{path:?} must not be evicted");
            }
        }
        assert_eq!((last.qos, last.retained, last.dup), (newest.qos, newest.retained, newest.dup));
        assert_eq!((last.packet_id, last.received), (newest.packet_id, newest.received));
        let runs = messages.windows(2).rev().find(|pair| pair[0].payload != pair[1].payload);
        let changed = runs.map_or(messages[0].received, |pair| pair[1].received);
        assert!(if is_roomy { last.changed == changed } else { last.changed >= changed });

        let n_history = self.store.history(id).zip(messages.iter().rev()).map(|(past, message)| {
            assert_eq!((past.received, past.n_bytes), (message.received, message.payload.len()));
            assert_eq!((past.qos, past.retained, past.dup), (message.qos, message.retained, message.dup));
            assert_eq!(past.packet_id, message.packet_id);
            assert!(past.payload == message.payload || past.payload.is_empty() && !is_roomy);
        });
        assert_eq!(n_history.count(), self.store.n_history(id));
        assert_eq!(self.store.history(id).count(), self.store.n_history(id));
        assert!(!is_roomy || self.store.n_history(id) == messages.len());
    }

    /// What is shown, stepped through both ways.
    pub fn check_steps(&self) {
        let mut expected = Vec::new();
        self.plain.list(&Path::new(), false, &mut expected);
        let expected: Vec<NodeId> = expected.iter().map(|path| self.id(path)).collect();
        let down = |id: &NodeId| self.store.next_visible(*id);
        assert_eq!(std::iter::successors(Some(NodeId::ROOT), down).collect::<Vec<_>>(), expected);
        let up = |id: &NodeId| self.store.previous_visible(*id);
        let last = self.store.last_visible_below(NodeId::ROOT);
        let mut found: Vec<NodeId> = std::iter::successors(Some(last), up).collect();
        found.reverse();
        assert_eq!(found, expected);
    }

    /// Search, in one go and match by match.
    pub fn check_search(&mut self, text: &str, slice: usize) {
        let needle = Needle::new(text);
        let fold = |text: &str| {
            if text.chars().any(char::is_uppercase) { str::to_owned } else { str::to_lowercase }
        };
        let fold = fold(text);
        let mut all = Vec::new();
        self.plain.list(&Path::new(), true, &mut all);
        let is_match = |path: &&Path| {
            let topic = fold(&path.join("/"));
            let above = path.split_last().map_or(0, |(_, above)| fold(&above.join("/")).len());
            !path.is_empty() && topic.match_indices(text).any(|(at, _)| at + text.len() > above)
                || !path.is_empty()
                    && (0..topic.len()).any(|at| {
                        topic.get(at..).is_some_and(|rest| rest.starts_with(text)) && at + text.len() > above
                    })
        };
        let expected: Vec<NodeId> = all.iter().filter(is_match).map(|path| self.id(path)).collect();

        let (mut found, mut cursor) = (Vec::new(), Some(SearchCursor::default()));
        while let Some(at) = cursor {
            cursor = self.store.search_slice(at, &needle, slice, &mut found);
        }
        found.sort_unstable();
        let mut sorted = expected.clone();
        sorted.sort_unstable();
        assert_eq!(found, sorted, "{text:?}");

        for direction in [Direction::Forward, Direction::Backward] {
            let (mut found, mut at) = (Vec::new(), NodeId::ROOT);
            if direction == Direction::Backward {
                at = self.store.last_below(NodeId::ROOT);
                found.extend(self.store.is_match(at, &needle).then_some(at));
            }
            loop {
                match self.store.next_match(at, direction, &needle, slice) {
                    Step::Found(id) => (at, ()) = (id, found.push(id)),
                    Step::GoOn(id) => at = id,
                    Step::End => break,
                }
            }
            if direction == Direction::Backward {
                found.reverse();
            }
            assert_eq!(found, expected, "{text:?} {direction:?}");
        }
    }
}
