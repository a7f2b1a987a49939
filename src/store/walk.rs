//! Walking the tree as it is shown: expansion and steps over what is visible. Owns no rows and no cursor.
use super::arena::NONE;
use super::tree::ROOT;
use super::{NodeId, Store};

impl Store {
    /// Whether its children are shown.
    pub fn is_expanded(&self, id: NodeId) -> bool {
        self.tree.branch(id.0).is_some_and(|branch| branch.expanded)
    }

    /// Shows its children, in natural order from then on. A leaf stays as it is. A new store's root is
    /// collapsed.
    pub fn expand(&mut self, id: NodeId) {
        self.tree.order_children(id.0);
        self.set_expanded(id.0, true);
    }

    /// Hides its children; what is expanded below stays so.
    pub fn collapse(&mut self, id: NodeId) {
        self.set_expanded(id.0, false);
    }

    fn set_expanded(&mut self, node: u32, expanded: bool) {
        if let Some(branch) = self.tree.branch_mut(node).filter(|branch| branch.expanded != expanded) {
            branch.expanded = expanded;
            self.revision += 1;
        }
    }

    /// Expands a node and all branches below it, looking at no more than `budget_nodes` nodes.
    /// `Some` tells where to go on: call again with it as `from`.
    pub fn expand_all_below(
        &mut self,
        id: NodeId,
        from: Option<NodeId>,
        budget_nodes: usize,
    ) -> Option<NodeId> {
        let mut node = from.unwrap_or(id).0;
        for _ in 0..budget_nodes.max(1) {
            self.expand(NodeId(node));
            node = self.next_within(node, id.0)?;
        }
        Some(NodeId(node))
    }

    /// Collapses a node and all branches below it.
    pub fn collapse_all_below(&mut self, id: NodeId) {
        // A branch's record is younger than that of any branch above it, so one pass in the order of
        // their making sees each parent before its children.
        let n_branches = self.tree.branches.len();
        let mut below = vec![false; n_branches as usize];
        for (number, is_below) in (0..n_branches).zip(0..) {
            let node = self.tree.branches[number].node;
            let parent = self.tree.slots[node].parent;
            let above = if parent == NONE { NONE } else { self.tree.slots[parent].branch };
            let inherits = above != NONE && below.get(above as usize).copied().unwrap_or(false);
            if let Some(is_below) = below.get_mut::<usize>(is_below) {
                *is_below = node == id.0 || inherits;
                if *is_below {
                    self.tree.branches[number].expanded = false;
                }
            }
        }
        self.revision += 1;
    }

    /// Expands all branches above a node.
    pub fn reveal(&mut self, id: NodeId) {
        let mut node = id.0;
        while node != ROOT {
            node = self.tree.slots[node].parent;
            self.expand(NodeId(node));
        }
    }

    /// The row below a visible node: its first child if it is expanded, else what follows it.
    pub fn next_visible(&self, id: NodeId) -> Option<NodeId> {
        if let Some(branch) = self.tree.branch(id.0).filter(|branch| branch.expanded && branch.first != NONE)
        {
            return Some(NodeId(branch.first));
        }
        self.next_after(id.0, ROOT).map(NodeId)
    }

    /// The row above a visible node.
    pub fn previous_visible(&self, id: NodeId) -> Option<NodeId> {
        let before = self.sibling_before(id.0);
        before.map(|before| self.last_visible_below(NodeId(before))).or_else(|| self.parent(id))
    }

    /// The last row of what hangs on a node: itself where it is not expanded.
    pub fn last_visible_below(&self, id: NodeId) -> NodeId {
        let mut node = id.0;
        while let Some(branch) =
            self.tree.branch(node).filter(|branch| branch.expanded && branch.first != NONE)
        {
            node = self.tree.slots[branch.first].before;
        }
        NodeId(node)
    }

    /// The uppermost collapsed branch above a node, or the node itself: what shows where it is.
    pub fn visible_or_above(&self, id: NodeId) -> NodeId {
        let (mut shown, mut node) = (id.0, id.0);
        while node != ROOT {
            node = self.tree.slots[node].parent;
            if !self.is_expanded(NodeId(node)) {
                shown = node;
            }
        }
        NodeId(shown)
    }

    /// The child that natural order puts first.
    pub fn first_child(&self, id: NodeId) -> Option<NodeId> {
        let branch = self.tree.branch(id.0)?;
        if branch.ordered {
            return Some(NodeId(branch.first)).filter(|first| first.0 != NONE);
        }
        self.children(id).min_by(|left, right| self.tree.compare(left.0, right.0))
    }

    /// The child that natural order puts last.
    pub fn last_child(&self, id: NodeId) -> Option<NodeId> {
        let branch = self.tree.branch(id.0)?;
        if branch.ordered && branch.first != NONE {
            return Some(NodeId(self.tree.slots[branch.first].before));
        }
        self.children(id).max_by(|left, right| self.tree.compare(left.0, right.0))
    }

    /// The children: in natural order once the node was expanded, else as it happens.
    pub fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        let listed = |node: u32| Some(node).filter(|node| *node != NONE);
        let first = self.tree.branch(id.0).and_then(|branch| listed(branch.first));
        std::iter::successors(first, move |node| listed(self.tree.slots[*node].next)).map(NodeId)
    }

    /// The node after this one when all branches are open, within what hangs on `top`.
    pub(super) fn next_within(&self, node: u32, top: u32) -> Option<u32> {
        match self.tree.branch(node) {
            Some(branch) if branch.first != NONE => Some(branch.first),
            Some(_) | None => self.next_after(node, top),
        }
    }

    /// The node after all that hangs on this one, within what hangs on `top`.
    fn next_after(&self, node: u32, top: u32) -> Option<u32> {
        let mut node = node;
        while node != top && node != ROOT {
            let slot = &self.tree.slots[node];
            if slot.next != NONE {
                return Some(slot.next);
            }
            node = slot.parent;
        }
        None
    }

    /// The sibling before, among siblings that are in order.
    pub(super) fn sibling_before(&self, node: u32) -> Option<u32> {
        let parent = self.tree.slots[node].parent;
        let is_first = parent == NONE || self.tree.branch(parent)?.first == node;
        Some(self.tree.slots[node].before).filter(|before| !is_first && *before != NONE)
    }
}
