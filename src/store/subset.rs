//! Some nodes and the way to them: what a narrowed tree shows. Owns who is in it and what is folded there; a
//! step costs a search among siblings that are in it, however many are not.
use super::arena::{NONE, heap_bytes};
use super::tree::{ROOT, Tree};
use foldhash::fast::RandomState;
use hashbrown::HashMap;

/// A member, or a branch on the way to some.
#[derive(Debug, Default)]
struct Entry {
    /// Members here and below.
    n_members: u32,
    is_member: bool,
    is_collapsed: bool,
    /// Children that are entries, in natural order.
    children: Vec<u32>,
}

/// Nodes that were chosen, with their ancestors.
#[derive(Debug, Default)]
pub(super) struct Subset {
    entries: HashMap<u32, Entry, RandomState>,
    list_bytes: usize,
}

impl Subset {
    /// Takes a node in.
    pub fn add(&mut self, tree: &Tree, node: u32) {
        let entry = self.entries.entry(node).or_default();
        if entry.is_member {
            return;
        }
        entry.is_member = true;
        let (mut at, mut below) = (node, NONE);
        while at != NONE {
            let entry = self.entries.entry(at).or_default();
            entry.n_members += 1;
            if below != NONE {
                let children = &mut entry.children;
                let place = children.partition_point(|child| tree.compare(*child, below).is_lt());
                let before = heap_bytes(children.capacity() * size_of::<u32>());
                children.insert(place, below);
                self.list_bytes += heap_bytes(children.capacity() * size_of::<u32>()) - before;
            }
            // Whoever was there already is in its parent's list.
            below = if entry.n_members == 1 { at } else { NONE };
            at = tree.slots[at].parent;
        }
    }

    /// Leaves a node out again.
    pub fn remove(&mut self, tree: &Tree, node: u32) {
        match self.entries.get_mut(&node) {
            Some(entry) if entry.is_member => entry.is_member = false,
            Some(_) | None => return,
        }
        let (mut at, mut gone) = (node, NONE);
        while at != NONE {
            let Some(entry) = self.entries.get_mut(&at) else { return };
            entry.n_members -= 1;
            if gone != NONE {
                let place = entry.children.partition_point(|child| tree.compare(*child, gone).is_lt());
                entry.children.remove(place);
                // With nothing below it there is nothing folded either.
                entry.is_collapsed &= !entry.children.is_empty();
            }
            gone = NONE;
            if entry.n_members == 0 {
                self.list_bytes -= heap_bytes(entry.children.capacity() * size_of::<u32>());
                self.entries.remove(&at);
                gone = at;
            }
            at = tree.slots[at].parent;
        }
    }

    /// Whether a node was chosen.
    pub fn is_member(&self, node: u32) -> bool {
        self.entries.get(&node).is_some_and(|entry| entry.is_member)
    }

    /// Whether a node is shown when the tree is narrowed to this; the root always is.
    pub fn is_listed(&self, node: u32) -> bool {
        node == ROOT || self.entries.contains_key(&node)
    }

    /// How many were chosen, here and below.
    pub fn n_members(&self, node: u32) -> usize {
        self.entries.get(&node).map_or(0, |entry| entry.n_members as usize)
    }

    /// The children that are shown, in natural order.
    pub fn children(&self, node: u32) -> &[u32] {
        self.entries.get(&node).map_or(&[], |entry| entry.children.as_slice())
    }

    /// Whether a node's children are shown: here they are unless they were hidden.
    pub fn is_expanded(&self, node: u32) -> bool {
        self.entries.get(&node).is_some_and(|entry| !entry.is_collapsed && !entry.children.is_empty())
    }

    /// Shows or hides a node's children. Whether that made a difference.
    pub fn set_collapsed(&mut self, node: u32, is_collapsed: bool) -> bool {
        let entry = self.entries.get_mut(&node).filter(|entry| !entry.children.is_empty());
        entry.is_some_and(|entry| std::mem::replace(&mut entry.is_collapsed, is_collapsed) != is_collapsed)
    }

    /// Shows or hides the children of a node and of all below it.
    pub fn set_all_collapsed(&mut self, node: u32, is_collapsed: bool) {
        let mut way = vec![node];
        while let Some(at) = way.pop() {
            way.extend(self.children(at));
            self.set_collapsed(at, is_collapsed);
        }
    }

    /// The row below a visible one.
    pub fn next_visible(&self, tree: &Tree, node: u32) -> Option<u32> {
        if self.is_expanded(node) {
            return self.children(node).first().copied();
        }
        self.next_after(tree, node, ROOT)
    }

    /// The node after this one when all branches are open, within what hangs on `top`.
    pub fn next_within(&self, tree: &Tree, node: u32, top: u32) -> Option<u32> {
        if let Some(first) = self.children(node).first() {
            return Some(*first);
        }
        self.next_after(tree, node, top)
    }

    /// The node after all that hangs on this one, within what hangs on `top`.
    fn next_after(&self, tree: &Tree, node: u32, top: u32) -> Option<u32> {
        let mut node = node;
        while node != top && node != ROOT {
            let parent = tree.slots[node].parent;
            let siblings = self.children(parent);
            let after = siblings.partition_point(|sibling| tree.compare(*sibling, node).is_le());
            if let Some(next) = siblings.get(after) {
                return Some(*next);
            }
            node = parent;
        }
        None
    }

    /// The sibling before that is shown.
    pub fn sibling_before(&self, tree: &Tree, node: u32) -> Option<u32> {
        let parent = tree.slots[node].parent;
        if parent == NONE {
            return None;
        }
        let siblings = self.children(parent);
        let place = siblings.partition_point(|sibling| tree.compare(*sibling, node).is_lt());
        siblings.get(place.checked_sub(1)?).copied()
    }

    /// The last row of what hangs on a node.
    pub fn last_visible_below(&self, node: u32) -> u32 {
        let mut node = node;
        while self.is_expanded(node) {
            let Some(last) = self.children(node).last() else { break };
            node = *last;
        }
        node
    }

    /// Memory taken.
    pub fn n_bytes(&self) -> usize {
        self.entries.allocation_size() + self.list_bytes
    }
}
