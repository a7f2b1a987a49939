//! What the tree is narrowed to: kept nodes, what a view filter lets through, or both. Owns who counts as shown;
//! which topics the filter lets through, the caller judges.
use super::subset::{Bits, Come, Subset};
use super::tree::ROOT;
use super::{NodeId, Store};

/// Where the judging of all topics goes on. Nodes are gone through in the order of their
/// making.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SiftCursor(u32);

impl SiftCursor {
    /// Where to begin.
    pub const FIRST: Self = Self(ROOT + 1);
}

/// What the view filter says of a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Its name will not do, whatever it is heard to say.
    Never,
    /// Its name will do, but it is not let through now.
    NotNow,
    /// It is let through.
    Through,
}

/// What a view filter lets through.
#[derive(Debug, Default)]
pub(super) struct Sifted {
    pub shown: Subset,
    /// Those whose names will do.
    pub candidates: Bits,
}

impl Store {
    /// Narrows the tree to the kept nodes and the way to them, or shows all of it again. What is expanded
    /// in one is not touched by the other. Under a view filter, its caller judges anew.
    pub fn set_kept_only(&mut self, kept_only: bool) {
        self.is_narrowed = kept_only;
        self.revision += 1;
    }

    /// Whether only kept nodes are shown.
    pub const fn is_kept_only(&self) -> bool {
        self.is_narrowed
    }

    /// Narrows the tree to what will be let through, nothing at first; what was let through before is forgotten.
    pub fn begin_sift(&mut self) {
        self.sifted = Some(Box::default());
        self.revision += 1;
        self.keep_within_budget();
    }

    /// Shows again what the view filter left out.
    pub fn end_sift(&mut self) {
        self.sifted = None;
        self.revision += 1;
    }

    /// Whether a view filter narrows the tree.
    pub const fn is_sifted(&self) -> bool {
        self.sifted.is_some()
    }

    /// Whether the tree leaves anything out.
    pub const fn is_narrowed(&self) -> bool {
        self.is_narrowed || self.is_sifted()
    }

    /// A node was judged: it is let through or not. Where only kept nodes are shown, others are not.
    pub fn sift(&mut self, id: NodeId, verdict: Verdict) {
        let may_be_shown = !self.is_narrowed || self.kept.is_member(id.0);
        let Some(sifted) = &mut self.sifted else { return };
        if sifted.take(&self.tree, (id.0, Come::One), verdict, may_be_shown) {
            self.revision += 1;
            self.keep_within_budget();
        }
    }

    /// Goes through up to `budget_nodes` nodes, has the topics and kept nodes among them judged by their path, and
    /// shows those that are let through; the second time, only those whose names will do. `Some` tells where to go
    /// on; `None`: all were judged.
    pub fn sift_slice(
        &mut self,
        cursor: SiftCursor,
        budget_nodes: u32,
        is_again: bool,
        mut judge: impl FnMut(&Self, NodeId, &str) -> Verdict,
    ) -> Option<SiftCursor> {
        let mut sifted = self.sifted.take()?;
        let n_nodes = self.tree.slots.len();
        let (mut path, mut parent, mut n_above) = (String::new(), None, 0);
        let (mut node, mut n_looked) = (cursor.0, 0);
        let come = if is_again { Come::One } else { Come::Many };
        while node < n_nodes && n_looked < budget_nodes.max(1) {
            n_looked += 1;
            if is_again {
                node = sifted.candidates.next(node).unwrap_or(n_nodes);
                if node >= n_nodes {
                    break;
                }
            }
            let id = NodeId(node);
            node += 1;
            let node = id.0;
            let is_kept = self.kept.is_member(node);
            if !(is_kept || self.is_topic(id)) {
                continue;
            }
            // Siblings mostly come one after the other.
            let above = self.tree.slots[node].parent;
            if parent != Some(above) {
                self.topic_of(NodeId(above), &mut path);
                if above != ROOT {
                    path.push('/');
                }
                (parent, n_above) = (Some(above), path.len());
            }
            path.truncate(n_above);
            path.push_str(self.tree.level(node));
            let verdict = judge(self, id, &path);
            let may_be_shown = is_kept || !self.is_narrowed;
            let is_changed = sifted.take(&self.tree, (node, come), verdict, may_be_shown);
            self.revision += u64::from(is_changed);
        }
        self.sifted = Some(sifted);
        self.keep_within_budget();
        (node < n_nodes).then_some(SiftCursor(node))
    }

    /// How many topics and kept nodes are shown, here and below; `None` where nothing is left out by a view
    /// filter.
    pub fn n_sifted(&self, id: NodeId) -> Option<usize> {
        self.sifted.as_ref().map(|sifted| sifted.shown.n_members(id.0))
    }

    /// Whether a node's name will do for the view filter; without one, all do.
    pub fn may_be_let_through(&self, id: NodeId) -> bool {
        self.sifted.as_ref().is_none_or(|sifted| sifted.candidates.has(id.0))
    }

    /// Whether a node itself is shown, not only the way to others: all are where nothing is left out.
    pub fn is_shown(&self, id: NodeId) -> bool {
        self.narrowed().is_none_or(|subset| subset.is_member(id.0))
    }

    /// As [`Store::topics_slice`], of topics that are shown: by the view filter, and kept where only those are.
    pub fn shown_topics_slice(
        &self,
        top: NodeId,
        from: NodeId,
        budget_nodes: usize,
        found: &mut Vec<NodeId>,
    ) -> Option<NodeId> {
        let n_found = found.len();
        let rest = self.topics_slice(top, from, budget_nodes, found);
        let mut place = 0;
        found.retain(|node| {
            place += 1;
            place <= n_found || self.is_shown(*node)
        });
        rest
    }

    /// What the tree is narrowed to.
    pub(super) fn narrowed(&self) -> Option<&Subset> {
        match &self.sifted {
            Some(sifted) => Some(&sifted.shown),
            None => self.is_narrowed.then_some(&self.kept),
        }
    }

    /// As [`Store::narrowed`], to fold branches in it.
    pub(super) fn narrowed_mut(&mut self) -> Option<(&mut Subset, &super::Tree)> {
        match &mut self.sifted {
            Some(sifted) => Some((&mut sifted.shown, &self.tree)),
            None => self.is_narrowed.then_some((&mut self.kept, &self.tree)),
        }
    }
}

impl Sifted {
    /// Whether what is shown changed by it.
    fn take(
        &mut self,
        tree: &super::Tree,
        (node, come): (u32, Come),
        verdict: Verdict,
        may_be_shown: bool,
    ) -> bool {
        self.candidates.set(node, verdict != Verdict::Never);
        if verdict == Verdict::Through && may_be_shown {
            self.shown.add(tree, node, come)
        } else {
            self.shown.remove(tree, node)
        }
    }

    /// Memory taken.
    pub fn n_bytes(&self) -> usize {
        size_of::<Self>() + self.shown.n_bytes() + self.candidates.n_bytes()
    }
}
