//! Steps over the whole tree, child by child and row by row. Owns no node; what a view leaves out is `subset`'s.
use super::arena::NONE;
use super::tree::{ROOT, Tree};

impl Tree {
    /// Whether a node's children are shown.
    pub fn is_expanded(&self, node: u32) -> bool {
        self.branch(node).is_some_and(|branch| branch.expanded)
    }

    /// The row below a visible node: its first child if it is expanded, else what follows it.
    pub fn next_visible(&self, node: u32) -> Option<u32> {
        match self.branch(node).filter(|branch| branch.expanded && branch.first != NONE) {
            Some(branch) => Some(branch.first),
            None => self.next_after(node, ROOT),
        }
    }

    /// The last row of what hangs on a node: itself where it is not expanded.
    pub fn last_visible_below(&self, node: u32) -> u32 {
        let mut node = node;
        while let Some(branch) = self.branch(node).filter(|branch| branch.expanded && branch.first != NONE) {
            node = self.slots[branch.first].before;
        }
        node
    }

    /// The child that natural order puts first.
    pub fn first_child(&self, node: u32) -> Option<u32> {
        let branch = self.branch(node)?;
        if branch.ordered {
            return Some(branch.first).filter(|first| *first != NONE);
        }
        self.children(node).min_by(|left, right| self.compare(*left, *right))
    }

    /// The child that natural order puts last.
    pub fn last_child(&self, node: u32) -> Option<u32> {
        let branch = self.branch(node)?;
        if branch.ordered && branch.first != NONE {
            return Some(self.slots[branch.first].before);
        }
        self.children(node).max_by(|left, right| self.compare(*left, *right))
    }

    /// The children: in natural order once the node was expanded, else as it happens.
    pub fn children(&self, node: u32) -> impl Iterator<Item = u32> {
        let listed = |node: u32| Some(node).filter(|node| *node != NONE);
        let first = self.branch(node).and_then(|branch| listed(branch.first));
        std::iter::successors(first, move |node| listed(self.slots[*node].next))
    }

    /// The node after this one when all branches are open, within what hangs on `top`.
    pub fn next_within(&self, node: u32, top: u32) -> Option<u32> {
        match self.branch(node) {
            Some(branch) if branch.first != NONE => Some(branch.first),
            Some(_) | None => self.next_after(node, top),
        }
    }

    /// The node after all that hangs on this one, within what hangs on `top`.
    pub fn next_after(&self, node: u32, top: u32) -> Option<u32> {
        let mut node = node;
        while node != top && node != ROOT {
            let slot = &self.slots[node];
            if slot.next != NONE {
                return Some(slot.next);
            }
            node = slot.parent;
        }
        None
    }

    /// The sibling before, among siblings that are in order.
    pub fn sibling_before(&self, node: u32) -> Option<u32> {
        let parent = self.slots[node].parent;
        let is_first = parent == NONE || self.branch(parent)?.first == node;
        Some(self.slots[node].before).filter(|before| !is_first && *before != NONE)
    }
}
