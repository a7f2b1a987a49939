//! The nodes: who is whose child, found by path. Owns the shape of the tree; knows no messages' contents.
use super::arena::{Arena, NONE, TextPlace, Texts};
use super::index::{Index, PathHash};
use super::order::Ladder;
use super::rate::Rate;
use crate::time::Timestamp;
use foldhash::fast::RandomState;
use hashbrown::HashMap;

/// The device's own root.
pub(super) const ROOT: u32 = 0;

/// A place in the tree, branch or leaf. Kept small: there may be millions.
#[derive(Debug)]
pub(super) struct Slot {
    pub parent: u32,
    /// The next sibling, in natural order once the parent is ordered.
    pub next: u32,
    /// The sibling before, once the parent is ordered; of the first one, the last.
    pub before: u32,
    /// The topic record, once a message was heard here.
    pub heard: u32,
    /// The branch record, once there are children.
    pub branch: u32,
    hash: u32,
    text: TextPlace,
    text_bytes: u16,
    /// Steps from the root, less one: a topic has up to 65,536 levels.
    depth_less_one: u16,
}

/// What a node with children has beside.
#[derive(Debug)]
pub(super) struct Branch {
    /// Whose record this is.
    pub node: u32,
    /// The first child: in natural order once ordered, else the newest.
    pub first: u32,
    pub n_children: u32,
    pub n_topics_below: u32,
    pub n_messages_below: u64,
    pub last_change: Timestamp,
    pub rate: Rate,
    pub expanded: bool,
    /// The children's list is in natural order. Stays so once it is.
    pub ordered: bool,
}

impl Branch {
    const fn new(node: u32) -> Self {
        Self {
            node,
            first: NONE,
            n_children: 0,
            n_topics_below: 0,
            n_messages_below: 0,
            last_change: Timestamp::ZERO,
            rate: Rate::NONE,
            expanded: false,
            ordered: false,
        }
    }
}

/// One prefix of a topic that ends with a whole level.
#[derive(Clone, Copy, Debug)]
pub(super) struct Prefix {
    hash: PathHash,
    start: u32,
    end: u32,
}

impl Prefix {
    /// The hash of the whole prefix.
    pub const fn long_hash(self) -> u64 {
        self.hash.long()
    }

    fn level(self, topic: &str) -> &str {
        topic.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

/// A level's text among those that lie beside it.
#[derive(Clone, Copy, Debug)]
pub(super) struct TextAt<'a> {
    pub bytes: &'a [u8],
    /// Whether all of them are ASCII.
    pub is_ascii: bool,
    pub start: usize,
    pub end: usize,
}

/// All nodes of a device.
#[derive(Debug)]
pub(super) struct Tree {
    pub slots: Arena<Slot>,
    pub branches: Arena<Branch>,
    texts: Texts,
    index: Index,
    /// Where branches with many children in order find a new one's place; by branch.
    pub ladders: HashMap<u32, Ladder, RandomState>,
    /// What the ladders take.
    pub ladder_bytes: usize,
}

impl Default for Tree {
    fn default() -> Self {
        let mut tree = Self {
            slots: Arena::default(),
            branches: Arena::default(),
            texts: Texts::default(),
            index: Index::default(),
            ladders: HashMap::default(),
            ladder_bytes: 0,
        };
        let (text, hash) = (TextPlace::EMPTY, PathHash::ROOT.short());
        let root = Slot {
            parent: NONE,
            next: NONE,
            before: NONE,
            heard: NONE,
            branch: 0,
            hash,
            text,
            text_bytes: 0,
            depth_less_one: 0,
        };
        tree.slots.push(root);
        tree.branches.push(Branch::new(ROOT));
        tree
    }
}

impl Tree {
    /// Splits a topic into its prefixes, shortest first, in one pass.
    pub fn split(&self, topic: &str, prefixes: &mut Vec<Prefix>) {
        prefixes.clear();
        let (mut hash, mut start) = (PathHash::ROOT, 0);
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let bytes = topic.as_bytes();
        // Byte by byte: levels are too short for a vectorised search to pay.
        while start <= bytes.len() {
            let rest = bytes.get(start..).unwrap_or_default();
            let n_bytes = rest.iter().position(|byte| *byte == b'/').unwrap_or(rest.len());
            hash = self.index.child_hash(hash, rest.get(..n_bytes).unwrap_or_default());
            let end = start + n_bytes;
            prefixes.push(Prefix { hash, start: place(start), end: place(end) });
            start = end + 1;
        }
    }

    /// The node of the longest of these prefixes.
    pub fn find(&self, topic: &str, prefixes: &[Prefix]) -> Option<u32> {
        let longest = prefixes.last()?;
        self.index.find(longest.hash, |node| self.is_at(node, topic, prefixes))
    }

    /// Whether a node's path is exactly these levels.
    fn is_at(&self, node: u32, topic: &str, prefixes: &[Prefix]) -> bool {
        let mut node = node;
        for prefix in prefixes.iter().rev() {
            if node == ROOT || self.level(node) != prefix.level(topic) {
                return false;
            }
            node = self.slots[node].parent;
        }
        node == ROOT
    }

    /// The deepest node there is on the way to a topic, and how many of its prefixes that covers.
    pub fn deepest(&self, topic: &str, prefixes: &[Prefix]) -> (u32, usize) {
        let found = (1..prefixes.len()).rev().find_map(|n_levels| {
            let node = self.find(topic, prefixes.get(..n_levels)?)?;
            Some((node, n_levels))
        });
        found.unwrap_or((ROOT, 0))
    }

    /// Memory that so many new levels would take, about.
    pub const fn cost_of(n_levels: usize, text_bytes: usize) -> usize {
        /// An entry of the hash tables, their free places included.
        const INDEX_ENTRY_BYTES: usize = 12;
        n_levels * (size_of::<Slot>() + size_of::<Branch>() + INDEX_ENTRY_BYTES) + text_bytes
    }

    /// Adds a child that is not there yet. `None` when the numbers are used up.
    pub fn add_child(&mut self, parent: u32, topic: &str, prefix: Prefix) -> Option<u32> {
        let level = prefix.level(topic);
        let text = self.texts.push(level)?;
        let branch = self.make_branch(parent)?;
        let depth_less_one = match parent {
            ROOT => 0,
            parent => self.slots[parent].depth_less_one.saturating_add(1),
        };
        let node = self.slots.push(Slot {
            parent,
            next: NONE,
            before: NONE,
            heard: NONE,
            branch: NONE,
            hash: prefix.hash.short(),
            text,
            text_bytes: u16::try_from(level.len()).unwrap_or(u16::MAX),
            depth_less_one,
        })?;
        let slots = &self.slots;
        self.index.insert(prefix.hash, node, |other| slots[other].hash);
        self.branches[branch].n_children += 1;
        if self.branches[branch].ordered {
            self.insert_in_order(branch, node);
        } else {
            self.slots[node].next = self.branches[branch].first;
            self.branches[branch].first = node;
        }
        Some(node)
    }

    /// Takes a leaf out of the tree. Its number is not used again; its way up can still be read.
    pub fn unlink(&mut self, node: u32) {
        let parent = self.slots[node].parent;
        self.unlink_in_order(parent, node);
        self.index.remove(self.slots[node].hash, node);
        // No node is its own sibling.
        self.slots[node].next = node;
    }

    /// Whether a node was taken out.
    pub fn is_unlinked(&self, node: u32) -> bool {
        self.slots[node].next == node
    }

    /// The number of a node's branch record, made if need be.
    pub fn make_branch(&mut self, node: u32) -> Option<u32> {
        if self.slots[node].branch == NONE {
            self.slots[node].branch = self.branches.push(Branch::new(node))?;
        }
        Some(self.slots[node].branch)
    }

    /// The text of a node's last level.
    pub fn level(&self, node: u32) -> &str {
        let slot = &self.slots[node];
        self.texts.get(slot.text, slot.text_bytes)
    }

    /// Where a node's last level lies, and among what; none where it is empty. Levels lie in the order of their
    /// making.
    pub fn text_at(&self, slot: &Slot) -> Option<(usize, TextAt<'_>)> {
        let (chunk, start) = slot.text.parts();
        let n_bytes = usize::from(slot.text_bytes);
        let (bytes, is_ascii) = self.texts.chunk(chunk).filter(|_| n_bytes > 0)?;
        Some((chunk, TextAt { bytes, is_ascii, start, end: start + n_bytes }))
    }

    /// Steps from the root.
    pub fn depth(&self, node: u32) -> usize {
        if node == ROOT { 0 } else { usize::from(self.slots[node].depth_less_one) + 1 }
    }

    /// The branch record of a node that has one.
    pub fn branch(&self, node: u32) -> Option<&Branch> {
        match self.slots[node].branch {
            NONE => None,
            branch => Some(&self.branches[branch]),
        }
    }

    /// As [`Tree::branch`], to change.
    pub fn branch_mut(&mut self, node: u32) -> Option<&mut Branch> {
        match self.slots[node].branch {
            NONE => None,
            branch => Some(&mut self.branches[branch]),
        }
    }

    /// Memory taken.
    pub fn n_bytes(&self) -> usize {
        self.slots.n_bytes()
            + self.branches.n_bytes()
            + self.texts.n_bytes()
            + self.index.n_bytes()
            + self.ladders.allocation_size()
            + self.ladder_bytes
    }
}
