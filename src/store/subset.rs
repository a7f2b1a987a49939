//! Some nodes and the way to them: what a narrowed tree shows. Owns who is in it and what is folded there; a
//! step costs a search among siblings that are in it, however many are not.
//!
//! A member costs a bit, a branch on the way to some an entry. Which of a branch's children are shown is listed
//! when somebody looks there, and kept up from then on; where many come at once, it is forgotten and made anew.
use super::arena::{NONE, heap_bytes};
use super::list::List;
use super::tree::{ROOT, Tree};
use foldhash::fast::RandomState;
use hashbrown::HashMap;
use std::cell::{Cell, OnceCell};

/// Children whose list is kept up while a whole tree is judged: of more, each would cost more than it does to sort them
/// all in the end.
const MAX_KEPT_UP: u32 = 256;

/// Whether members come one by one, or a tree of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Come {
    One,
    Many,
}

/// A branch on the way to some members; those below are not zero.
#[derive(Debug, Default)]
struct Entry {
    /// Members below, itself not counted.
    n_members: u32,
    is_collapsed: bool,
    /// Children that are shown, in natural order, once somebody looked.
    children: OnceCell<List>,
}

/// A bit for each node.
#[derive(Debug, Default)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    /// Whether a node's bit is set.
    pub fn has(&self, node: u32) -> bool {
        let (word, bit) = place(node);
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }

    /// Sets it or takes it back. Whether that made a difference.
    pub fn set(&mut self, node: u32, on: bool) -> bool {
        let (word, bit) = place(node);
        if on && word >= self.0.len() {
            self.0.resize(word + 1, 0);
        }
        let Some(word) = self.0.get_mut(word).filter(|word| (**word & bit != 0) != on) else { return false };
        *word ^= bit;
        true
    }

    /// The first node from one on that has it.
    pub fn next(&self, from: u32) -> Option<u32> {
        let (first, bit) = place(from);
        let words = self.0.get(first..)?.iter().enumerate();
        let (ahead, rest) = words
            .map(|(ahead, word)| (ahead, if ahead == 0 { word & !(bit - 1) } else { *word }))
            .find(|(_, word)| *word != 0)?;
        u32::try_from((first + ahead) * 64).ok().map(|start| start + rest.trailing_zeros())
    }

    /// Memory taken.
    pub const fn n_bytes(&self) -> usize {
        heap_bytes(self.0.capacity() * size_of::<u64>())
    }
}

/// Nodes that were chosen, with their ancestors.
#[derive(Debug, Default)]
pub(super) struct Subset {
    members: Bits,
    branches: HashMap<u32, Entry, RandomState>,
    list_bytes: Cell<usize>,
}

/// Where a node's bit lies.
const fn place(node: u32) -> (usize, u64) {
    (node as usize / 64, 1 << (node % 64))
}

impl Subset {
    /// Takes a node in. Whether that made a difference.
    pub fn add(&mut self, tree: &Tree, node: u32, come: Come) -> bool {
        if !self.members.set(node, true) {
            return false;
        }
        let (mut below, mut is_new) = (node, !self.branches.contains_key(&node));
        let mut at = tree.slots[node].parent;
        while at != NONE {
            let is_member = is_new && self.is_member(at);
            let entry = self.branches.entry(at).or_default();
            entry.n_members += 1;
            if is_new && let Some(list) = entry.children.get_mut() {
                let before = list.n_bytes();
                // So many members below: at most so many children are shown.
                if come == Come::One || entry.n_members <= MAX_KEPT_UP {
                    list.insert(below, |child| tree.compare(child, below).is_lt());
                    self.list_bytes.set(self.list_bytes.get() + list.n_bytes() - before);
                } else {
                    self.list_bytes.set(self.list_bytes.get() - before);
                    entry.children.take();
                }
            }
            // Whoever was shown already is in its parent's list.
            is_new = is_new && entry.n_members == 1 && !is_member;
            (below, at) = (at, tree.slots[at].parent);
        }
        true
    }

    /// Leaves a node out again. Whether that made a difference.
    pub fn remove(&mut self, tree: &Tree, node: u32) -> bool {
        if !self.members.set(node, false) {
            return false;
        }
        let (mut below, mut is_gone) = (node, !self.branches.contains_key(&node));
        let mut at = tree.slots[node].parent;
        while at != NONE {
            let is_member = self.is_member(at);
            let Some(entry) = self.branches.get_mut(&at) else { return true };
            entry.n_members -= 1;
            if is_gone && let Some(list) = entry.children.get_mut() {
                let before = list.n_bytes();
                list.remove(below, |child| tree.compare(child, below).is_lt());
                self.list_bytes.set(self.list_bytes.get() + list.n_bytes() - before);
            }
            is_gone = is_gone && entry.n_members == 0 && !is_member;
            if entry.n_members == 0 {
                let list = entry.children.take();
                self.list_bytes.set(self.list_bytes.get() - list.map_or(0, |list| list.n_bytes()));
                self.branches.remove(&at);
            }
            (below, at) = (at, tree.slots[at].parent);
        }
        true
    }

    /// Whether a node was chosen.
    pub fn is_member(&self, node: u32) -> bool {
        self.members.has(node)
    }

    /// Whether a node is shown when the tree is narrowed to this; the root always is.
    pub fn is_listed(&self, node: u32) -> bool {
        node == ROOT || self.is_member(node) || self.branches.contains_key(&node)
    }

    /// How many were chosen, here and below.
    pub fn n_members(&self, node: u32) -> usize {
        let below = self.branches.get(&node).map_or(0, |entry| entry.n_members as usize);
        below + usize::from(self.is_member(node))
    }

    /// Whether any of a node's children is shown.
    pub fn has_children(&self, node: u32) -> bool {
        self.branches.contains_key(&node)
    }

    /// The children that are shown, in natural order; none where there are none.
    pub fn children(&self, tree: &Tree, node: u32) -> Option<&List> {
        let entry = self.branches.get(&node)?;
        let list = entry.children.get_or_init(|| {
            let mut list: Vec<u32> = tree.children(node).filter(|child| self.is_listed(*child)).collect();
            if tree.branch(node).is_some_and(|branch| !branch.ordered) {
                tree.sort(&mut list);
            }
            let list = List::of(list);
            self.list_bytes.set(self.list_bytes.get() + list.n_bytes());
            list
        });
        Some(list)
    }

    /// Whether a node's children are shown: here they are unless they were hidden.
    pub fn is_expanded(&self, node: u32) -> bool {
        self.branches.get(&node).is_some_and(|entry| !entry.is_collapsed)
    }

    /// Shows or hides a node's children. Whether that made a difference.
    pub fn set_collapsed(&mut self, node: u32, is_collapsed: bool) -> bool {
        let entry = self.branches.get_mut(&node);
        entry.is_some_and(|entry| std::mem::replace(&mut entry.is_collapsed, is_collapsed) != is_collapsed)
    }

    /// Shows or hides the children of a node and of all below it.
    pub fn set_all_collapsed(&mut self, tree: &Tree, node: u32, is_collapsed: bool) {
        for (at, entry) in &mut self.branches {
            let mut above = *at;
            while above != node && above != ROOT {
                above = tree.slots[above].parent;
            }
            if above == node {
                entry.is_collapsed = is_collapsed;
            }
        }
    }

    /// The row below a visible one.
    pub fn next_visible(&self, tree: &Tree, node: u32) -> Option<u32> {
        if self.is_expanded(node) {
            return self.children(tree, node)?.first();
        }
        let mut node = node;
        while node != ROOT {
            let next = self.sibling_after(tree, node);
            if next.is_some() {
                return next;
            }
            node = tree.slots[node].parent;
        }
        None
    }

    /// The sibling shown after a node.
    pub fn sibling_after(&self, tree: &Tree, node: u32) -> Option<u32> {
        self.children(tree, tree.slots[node].parent)?.first_not(|sibling| tree.compare(sibling, node).is_le())
    }

    /// The sibling before that is shown.
    pub fn sibling_before(&self, tree: &Tree, node: u32) -> Option<u32> {
        let parent = tree.slots[node].parent;
        if parent == NONE {
            return None;
        }
        self.children(tree, parent)?.last_that(|sibling| tree.compare(sibling, node).is_lt())
    }

    /// The last row of what hangs on a node.
    pub fn last_visible_below(&self, tree: &Tree, node: u32) -> u32 {
        let mut node = node;
        while self.is_expanded(node) {
            let Some(last) = self.children(tree, node).and_then(List::last) else { break };
            node = last;
        }
        node
    }

    /// Memory taken.
    pub fn n_bytes(&self) -> usize {
        self.branches.allocation_size() + self.members.n_bytes() + self.list_bytes.get()
    }
}
