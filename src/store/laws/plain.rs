//! The naive model that the laws hold the store against: everything in maps of texts.
mod checks;
mod sifted;

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
    Keep(Path),
    Release(prop::sample::Index),
    KeptOnly(bool),
    /// Lets through what holds a text, judged in slices; or all again.
    Narrow(Option<&'static str>, u32),
    Forget(prop::sample::Index, prop::sample::Index),
    ForgetHistory(prop::sample::Index),
}

/// Everything, in the plainest form.
#[derive(Debug, Default)]
pub(super) struct Plain {
    pub heard: BTreeMap<Path, Vec<Message>>,
    pub nodes: BTreeSet<Path>,
    pub expanded: BTreeSet<Path>,
    pub pinned: BTreeSet<Path>,
    /// Kept, with memory for it.
    pub kept: BTreeSet<Path>,
    pub is_kept_only: bool,
    /// Branches that were collapsed while only kept nodes were shown.
    pub folded: BTreeSet<Path>,
    /// The text that paths must hold to be let through.
    pub sifted: Option<&'static str>,
    /// Branches that were collapsed meanwhile.
    pub sift_folded: BTreeSet<Path>,
    /// Kept after its payload was evicted.
    pub not_whole: BTreeSet<Path>,
    pub in_view: BTreeSet<Path>,
    /// Messages forgotten by hand, by their ordinals.
    pub forgotten: BTreeMap<Path, BTreeSet<u64>>,
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

    /// Whether a node itself is shown, not only the way to others.
    pub fn is_shown(&self, path: &Path) -> bool {
        let is_let_through = match self.sifted {
            Some(text) => {
                path.join("/").contains(text) && (self.heard.contains_key(path) || self.kept.contains(path))
            }
            None => true,
        };
        is_let_through && (!self.is_kept_only || self.kept.contains(path))
    }

    const fn is_narrowed(&self) -> bool {
        self.is_kept_only || self.sifted.is_some()
    }

    /// Children that the view does not leave out.
    fn shown_children(&self, path: &Path) -> Vec<Path> {
        let mut children = self.children(path);
        if self.is_narrowed() {
            let is_way = |child: &Path| self.below(child).any(|node| self.is_shown(node));
            children.retain(is_way);
        }
        children
    }

    /// What is folded in the view of now, where it is narrowed.
    const fn folds(&mut self) -> &mut BTreeSet<Path> {
        if self.sifted.is_some() { &mut self.sift_folded } else { &mut self.folded }
    }

    fn is_expanded(&self, path: &Path) -> bool {
        match (self.sifted, self.is_kept_only) {
            (Some(_), _) => !self.sift_folded.contains(path),
            (None, true) => !self.folded.contains(path),
            (None, false) => self.expanded.contains(path),
        }
    }

    fn list(&self, path: &Path, all: bool, out: &mut Vec<Path>) {
        out.push(path.clone());
        if all || self.is_expanded(path) {
            self.shown_children(path).iter().for_each(|child| self.list(child, all, out));
        }
    }

    /// Forgets nodes that nothing needs any more, and what is folded where nothing is kept below.
    fn prune(&mut self) {
        let needed = |node: &Path| {
            let own = |path: &Path| path.starts_with(node);
            self.heard.keys().any(own) || self.kept.iter().any(own) || self.pinned_unheard(node)
        };
        let nodes: BTreeSet<Path> = self.nodes.iter().filter(|node| needed(node)).cloned().collect();
        self.expanded.retain(|path| path.is_empty() || nodes.contains(path));
        self.nodes = nodes;
        self.folded.retain(|path| self.kept.iter().any(|kept| kept != path && kept.starts_with(path)));
    }

    fn pinned_unheard(&self, node: &Path) -> bool {
        self.pinned.iter().any(|path| path.starts_with(node))
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
            self.plain.not_whole.remove(&path);
            self.plain.heard.entry(path.clone()).or_default().push(message);
            self.judge_one(&path);
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

    fn keep(&mut self, path: &Path) {
        let topic = path.join("/");
        let Some(id) = self.store.keep(&topic) else {
            assert_eq!((self.store.log.n_bytes(), self.store.evictable_bytes), (0, 0), "refused too early");
            return;
        };
        assert_eq!((Some(id), self.store.is_kept(id)), (self.store.find(&topic), true));
        for n_levels in 1..=path.len() {
            self.plain.nodes.insert(path.get(..n_levels).unwrap().to_vec());
        }
        if matches!(self.store.last(id), Some(Last { payload: LastPayload::Evicted { .. }, .. })) {
            self.plain.not_whole.insert(path.clone());
        }
        self.plain.kept.insert(path.clone());
        self.judge_one(path);
    }

    fn forget(&mut self, node: prop::sample::Index, message: prop::sample::Index) {
        let (path, id, _) = self.branch(node);
        let keys: Vec<PastKey> = self.store.history(id).map(|past| past.key).collect();
        if keys.is_empty() {
            return;
        }
        let at = message.index(keys.len());
        let is_past = at > 0;
        assert_eq!(self.store.forget(id, keys[at]), is_past, "the last message is the topic's value");
        if is_past {
            assert!(!self.store.forget(id, keys[at]), "it is gone already");
            self.plain.forgotten.entry(path.clone()).or_default().insert(keys[at].ordinal);
        }
        // A key goes on from where it stood, whether its message is there or not.
        let rest: Vec<PastKey> = self.store.history_from(id, keys[at]).map(|past| past.key).collect();
        assert_eq!(rest, keys[at + usize::from(is_past)..]);
        // Every other one comes back.
        if is_past && keys[at].ordinal.is_multiple_of(2) {
            assert!(self.store.recall(id, keys[at]) && !self.store.recall(id, keys[at]));
            let back: Vec<PastKey> = self.store.history(id).map(|past| past.key).collect();
            assert_eq!(back, keys);
            self.plain.forgotten.get_mut(&path).unwrap().remove(&keys[at].ordinal);
        }
    }

    fn forget_history(&mut self, index: prop::sample::Index) {
        let (path, id, _) = self.branch(index);
        let past: Vec<u64> = self.store.history(id).skip(1).map(|past| past.key.ordinal).collect();
        assert_eq!(self.store.forget_history(id), past.len() as u64);
        self.plain.forgotten.entry(path).or_default().extend(past);
    }

    pub fn carry_out(&mut self, deed: Deed) {
        self.do_it(deed);
        // With nothing let through below it there is nothing folded either.
        let plain = &mut self.plain;
        let mut folds = std::mem::take(&mut plain.sift_folded);
        folds.retain(|fold| plain.below(fold).any(|node| node != fold && plain.is_shown(node)));
        plain.sift_folded = folds;
    }

    fn do_it(&mut self, deed: Deed) {
        match deed {
            Deed::Hear(path, message) => self.hear(path, message),
            Deed::Expand(index) => {
                let (path, id, is_branch) = self.branch(index);
                self.store.expand(id);
                if self.plain.is_narrowed() {
                    self.plain.folds().remove(&path);
                } else {
                    self.plain.expanded.extend(is_branch.then_some(path));
                }
            }
            Deed::Collapse(index) => {
                let (path, id, _) = self.branch(index);
                let has_shown = !self.plain.shown_children(&path).is_empty();
                self.store.collapse(id);
                if self.plain.is_narrowed() {
                    self.plain.folds().extend(has_shown.then_some(path));
                } else {
                    self.plain.expanded.remove(&path);
                }
            }
            Deed::ExpandAll(index, slice) => {
                let (path, id, _) = self.branch(index);
                let mut from = None;
                while let Some(next) = self.store.expand_all_below(id, from, slice) {
                    from = Some(next);
                }
                if self.plain.is_narrowed() {
                    self.plain.folds().retain(|node| !node.starts_with(&path));
                    return;
                }
                let branches = self.plain.below(&path).filter(|node| !self.plain.children(node).is_empty());
                let branches: Vec<Path> = branches.cloned().collect();
                self.plain.expanded.extend(path.is_empty().then_some(path));
                self.plain.expanded.extend(branches);
            }
            Deed::CollapseAll(index) => {
                let (path, id, _) = self.branch(index);
                self.store.collapse_all_below(id);
                if self.plain.is_narrowed() {
                    let below = self.plain.below(&path).chain([&path]);
                    let shown = below.filter(|node| !self.plain.shown_children(node).is_empty());
                    let shown: Vec<Path> = shown.cloned().collect();
                    self.plain.folds().extend(shown);
                } else {
                    self.plain.expanded.retain(|node| !node.starts_with(&path));
                }
            }
            Deed::Reveal(index) => {
                let (path, id, _) = self.branch(index);
                self.store.reveal(id);
                if self.plain.is_narrowed() {
                    self.plain.folds().retain(|node| !path.starts_with(node) || *node == path);
                } else {
                    self.plain.expanded.extend((0..path.len()).map(|n| path.get(..n).unwrap().to_vec()));
                }
                assert_eq!(self.store.visible_or_above(id) == id, self.store.is_listed(id));
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
                self.plain.prune();
            }
            Deed::Keep(path) => self.keep(&path),
            Deed::Release(index) => {
                let (path, id, _) = self.branch(index);
                if self.store.is_kept(id) {
                    self.store.release(id);
                    self.plain.kept.remove(&path);
                    self.plain.not_whole.remove(&path);
                    self.plain.prune();
                    assert_eq!(self.store.is_there(id), path.is_empty() || self.plain.nodes.contains(&path));
                }
            }
            Deed::KeptOnly(on) => self.show_kept_only(on),
            Deed::Narrow(text, slice) => self.narrow(text, slice),
            Deed::Forget(node, message) => self.forget(node, message),
            Deed::ForgetHistory(index) => self.forget_history(index),
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
}
