//! What the tree is narrowed to: kept nodes, what a view filter lets through, or both. Owns who counts as shown;
//! which topics the filter lets through, the caller judges.
use super::subset::Subset;
use super::tree::ROOT;
use super::{NodeId, Store};

/// Where the judging of all topics goes on; begin with the default. Nodes are gone through in the order of their
/// making.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SiftCursor(u32);

impl Default for SiftCursor {
    fn default() -> Self {
        Self(ROOT + 1)
    }
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
    pub fn sift(&mut self, id: NodeId, is_let_through: bool) {
        let is_shown = is_let_through && (!self.is_narrowed || self.kept.is_member(id.0));
        let Some(sifted) = &mut self.sifted else { return };
        let is_changed =
            if is_shown { sifted.add(&self.tree, id.0) } else { sifted.remove(&self.tree, id.0) };
        if is_changed {
            self.revision += 1;
            self.keep_within_budget();
        }
    }

    /// Goes through up to `budget_nodes` nodes, has the topics and kept nodes among them judged by their path, and
    /// shows those that are let through. `Some` tells where to go on; `None`: all were judged.
    pub fn sift_slice(
        &mut self,
        cursor: SiftCursor,
        budget_nodes: u32,
        mut judge: impl FnMut(&Self, NodeId, &str) -> bool,
    ) -> Option<SiftCursor> {
        let mut sifted = self.sifted.take()?;
        let n_nodes = self.tree.slots.len();
        let end = cursor.0.saturating_add(budget_nodes.max(1)).min(n_nodes);
        let (mut path, mut parent, mut n_above) = (String::new(), None, 0);
        for node in cursor.0..end {
            let id = NodeId(node);
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
            let is_shown = (is_kept || !self.is_narrowed) && judge(self, id, &path);
            let is_changed =
                if is_shown { sifted.add(&self.tree, node) } else { sifted.remove(&self.tree, node) };
            self.revision += u64::from(is_changed);
        }
        self.sifted = Some(sifted);
        self.keep_within_budget();
        (end < n_nodes).then_some(SiftCursor(end))
    }

    /// How many topics and kept nodes are shown, here and below; `None` where nothing is left out by a view
    /// filter.
    pub fn n_sifted(&self, id: NodeId) -> Option<usize> {
        self.sifted.as_ref().map(|sifted| sifted.n_members(id.0))
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
            Some(sifted) => Some(sifted),
            None => self.is_narrowed.then_some(&self.kept),
        }
    }

    /// As [`Store::narrowed`], to fold branches in it.
    pub(super) fn narrowed_mut(&mut self) -> Option<(&mut Subset, &super::Tree)> {
        match &mut self.sifted {
            Some(sifted) => Some((sifted, &self.tree)),
            None => self.is_narrowed.then_some((&mut self.kept, &self.tree)),
        }
    }
}
