//! Walking the tree as it is shown: expansion and steps over what is visible. Owns no rows and no cursor.
use super::arena::NONE;
use super::list::List;
use super::tree::ROOT;
use super::{NodeId, Store};

impl Store {
    /// Whether a node is there and the view does not leave it out; its branches may hide it all the same.
    pub fn is_listed(&self, id: NodeId) -> bool {
        self.is_there(id) && self.narrowed().is_none_or(|subset| subset.is_listed(id.0))
    }

    /// Whether its children are shown.
    pub fn is_expanded(&self, id: NodeId) -> bool {
        match self.narrowed() {
            Some(subset) => subset.is_expanded(id.0),
            None => self.tree.is_expanded(id.0),
        }
    }

    /// Shows its children, in natural order from then on. A leaf stays as it is. A new store's root is
    /// collapsed.
    pub fn expand(&mut self, id: NodeId) {
        self.set_expanded(id.0, true);
    }

    /// Hides its children; what is expanded below stays so.
    pub fn collapse(&mut self, id: NodeId) {
        self.set_expanded(id.0, false);
    }

    fn set_expanded(&mut self, node: u32, expanded: bool) {
        if let Some((subset, _)) = self.narrowed_mut() {
            let is_changed = subset.set_collapsed(node, !expanded);
            self.revision += u64::from(is_changed);
            return;
        }
        if expanded {
            // A node whose children all left the tree is a leaf again.
            if node != ROOT && self.tree.branch(node).is_none_or(|branch| branch.n_children == 0) {
                return;
            }
            self.tree.order_children(node);
        }
        if let Some(branch) = self.tree.branch_mut(node).filter(|branch| branch.expanded != expanded) {
            branch.expanded = expanded;
            self.revision += 1;
        }
    }

    /// Expands a node and all branches below it, looking at no more than `budget_nodes` nodes; all at once
    /// where the tree is narrowed. `Some` tells where to go on: call again with it as `from`.
    pub fn expand_all_below(
        &mut self,
        id: NodeId,
        from: Option<NodeId>,
        budget_nodes: usize,
    ) -> Option<NodeId> {
        if let Some((subset, tree)) = self.narrowed_mut() {
            subset.set_all_collapsed(tree, id.0, false);
            self.revision += 1;
            return None;
        }
        let mut node = from.unwrap_or(id).0;
        for _ in 0..budget_nodes.max(1) {
            self.expand(NodeId(node));
            node = self.tree.next_within(node, id.0)?;
        }
        Some(NodeId(node))
    }

    /// Looks at up to `budget_nodes` nodes from `from` on, within what hangs on `top`, and appends the topics
    /// among them. `Some` tells where to go on; `None`: all were looked at.
    pub fn topics_slice(
        &self,
        top: NodeId,
        from: NodeId,
        budget_nodes: usize,
        found: &mut Vec<NodeId>,
    ) -> Option<NodeId> {
        let mut node = from.0;
        for _ in 0..budget_nodes.max(1) {
            if self.heard(NodeId(node)).is_some() {
                found.push(NodeId(node));
            }
            node = self.tree.next_within(node, top.0)?;
        }
        Some(NodeId(node))
    }

    /// Collapses a node and all branches below it.
    pub fn collapse_all_below(&mut self, id: NodeId) {
        self.revision += 1;
        if let Some((subset, tree)) = self.narrowed_mut() {
            return subset.set_all_collapsed(tree, id.0, true);
        }
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
        if self.sorting.is_some() {
            if let Some(first) = self.first_child(id).filter(|_| self.is_expanded(id)) {
                return Some(first);
            }
            let way = std::iter::successors(Some(id), |node| self.parent(*node));
            return way
                .filter(|node| *node != NodeId::ROOT)
                .find_map(|node| self.sibling_after(node))
                .map(NodeId);
        }
        let next = match self.narrowed() {
            Some(subset) => subset.next_visible(&self.tree, id.0),
            None => self.tree.next_visible(id.0),
        };
        next.map(NodeId)
    }

    /// The row above a visible node.
    pub fn previous_visible(&self, id: NodeId) -> Option<NodeId> {
        let before = self.sibling_before(id);
        before.map(|before| self.last_visible_below(NodeId(before))).or_else(|| self.parent(id))
    }

    /// The last row of what hangs on a node: itself where it is not expanded.
    pub fn last_visible_below(&self, id: NodeId) -> NodeId {
        if self.sorting.is_some() {
            let last = |node: &NodeId| self.last_child(*node).filter(|_| self.is_expanded(*node));
            return std::iter::successors(Some(id), last).last().unwrap_or(id);
        }
        NodeId(match self.narrowed() {
            Some(subset) => subset.last_visible_below(&self.tree, id.0),
            None => self.tree.last_visible_below(id.0),
        })
    }

    /// The row that stands for a node: itself, or how far its way from the root is shown: a branch above may be
    /// collapsed, the view may leave it out, it may be no more.
    pub fn visible_or_above(&self, id: NodeId) -> NodeId {
        let above = |node: &u32| Some(self.tree.slots[*node].parent).filter(|parent| *parent != NONE);
        let way: Vec<u32> = std::iter::successors(Some(id.0), above).collect();
        let mut shown = NodeId::ROOT;
        for node in way.into_iter().rev().skip(1).map(NodeId) {
            if !self.is_expanded(shown) || !self.is_listed(node) {
                break;
            }
            shown = node;
        }
        shown
    }

    /// How many children it has that are shown or would be.
    pub fn n_children(&self, id: NodeId) -> usize {
        match self.narrowed() {
            Some(subset) => subset.children(&self.tree, id.0).map_or(0, List::len),
            None => self.tree.branch(id.0).map_or(0, |branch| branch.n_children as usize),
        }
    }

    /// Whether it is a branch.
    pub fn has_children(&self, id: NodeId) -> bool {
        match self.narrowed() {
            Some(subset) => subset.has_children(id.0),
            None => self.n_children(id) > 0,
        }
    }

    /// The child that is shown first.
    pub fn first_child(&self, id: NodeId) -> Option<NodeId> {
        if let Some(first) = self.first_sorted(id) {
            return Some(NodeId(first));
        }
        let first = match self.narrowed() {
            Some(subset) => subset.children(&self.tree, id.0).and_then(List::first),
            None => self.tree.first_child(id.0),
        };
        first.map(NodeId)
    }

    /// The child that is shown last.
    pub fn last_child(&self, id: NodeId) -> Option<NodeId> {
        if let Some(last) = self.last_sorted(id) {
            return Some(NodeId(last));
        }
        let last = match self.narrowed() {
            Some(subset) => subset.children(&self.tree, id.0).and_then(List::last),
            None => self.tree.last_child(id.0),
        };
        last.map(NodeId)
    }

    /// The children: in natural order once the node was expanded, else as it happens.
    pub fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        let narrowed = self.narrowed().map(|subset| subset.children(&self.tree, id.0));
        let all = narrowed.is_none().then(|| self.tree.children(id.0));
        narrowed.flatten().into_iter().flat_map(List::iter).chain(all.into_iter().flatten()).map(NodeId)
    }
}
