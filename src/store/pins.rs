//! Pinned and kept nodes: their history is their own, so that no noisy neighbour can push it out. Owns the
//! moves between the common log and theirs, and that kept nodes are there before anything was heard on them.
use super::arena::NONE;
use super::history::{Log, Place};
use super::last::Shield;
use super::subset::Come;
use super::tree::ROOT;
use super::{NodeId, Store};

/// A node with a history of its own, and why.
#[derive(Debug)]
pub(super) struct Pin {
    pub log: Log,
    is_pinned: bool,
    is_kept: bool,
}

impl Store {
    /// Shields a node's last payload and gives it a history of its own, beginning with what is there.
    /// What lies below it is not pinned with it.
    pub fn pin(&mut self, id: NodeId) {
        self.hold(id.0).is_pinned = true;
    }

    /// Takes the pin out; its history goes to the common one unless the node is kept. What was never heard and
    /// is kept no longer leaves the tree with it.
    pub fn unpin(&mut self, id: NodeId) {
        if let Some(pin) = self.pins.get_mut(&id.0) {
            pin.is_pinned = false;
            self.let_go(id.0);
            self.prune(id.0);
        }
    }

    /// Whether it is pinned.
    pub fn is_pinned(&self, id: NodeId) -> bool {
        self.pins.get(&id.0).is_some_and(|pin| pin.is_pinned)
    }

    /// Keeps a node: it is in the tree whether anything was heard on it or not, and its history is its own.
    /// `None`: there is no memory for it.
    pub fn keep(&mut self, topic: &str) -> Option<NodeId> {
        let node = self.plant(topic)?;
        self.hold(node).is_kept = true;
        self.kept.add(&self.tree, node, Come::One);
        self.revision += 1;
        self.keep_within_budget();
        Some(NodeId(node))
    }

    /// Keeps a node no longer. What was never heard leaves the tree, and branches that only led to it.
    pub fn release(&mut self, id: NodeId) {
        let Some(pin) = self.pins.get_mut(&id.0).filter(|pin| pin.is_kept) else { return };
        pin.is_kept = false;
        self.kept.remove(&self.tree, id.0);
        let is_nothing = self.is_narrowed || self.tree.slots[id.0].heard == NONE;
        if let Some(sifted) = self.sifted.as_mut().filter(|_| is_nothing) {
            sifted.shown.remove(&self.tree, id.0);
        }
        self.let_go(id.0);
        self.prune(id.0);
        self.revision += 1;
    }

    /// The nodes that are pinned, in no order.
    pub fn pinned(&self) -> Vec<NodeId> {
        let pinned = self.pins.iter().filter(|(_, pin)| pin.is_pinned);
        pinned.map(|(node, _)| NodeId(*node)).collect()
    }

    /// Whether it is kept.
    pub fn is_kept(&self, id: NodeId) -> bool {
        self.kept.is_member(id.0)
    }

    /// How many nodes are kept, here and below.
    pub fn n_kept(&self, id: NodeId) -> usize {
        self.kept.n_members(id.0)
    }

    /// Whether a node is still in the tree.
    pub fn is_there(&self, id: NodeId) -> bool {
        !self.tree.is_unlinked(id.0)
    }

    /// The node of a topic, made with the branches above it where it is not there.
    fn plant(&mut self, topic: &str) -> Option<u32> {
        let mut prefixes = Vec::new();
        self.tree.split(topic, &mut prefixes);
        if let Some(known) = self.tree.find(topic, &prefixes) {
            return Some(known);
        }
        self.grow(topic, &prefixes, 0)
    }

    /// Takes a leaf that nothing was heard on, and branches that only led to it, out of the tree.
    fn prune(&mut self, node: u32) {
        let mut node = node;
        while node != ROOT {
            let slot = &self.tree.slots[node];
            let is_empty = slot.heard == NONE
                && self.tree.branch(node).is_none_or(|branch| branch.n_children == 0)
                && !self.pins.contains_key(&node);
            if !is_empty || self.tree.is_unlinked(node) {
                return;
            }
            let parent = slot.parent;
            self.tree.unlink(node);
            node = parent;
        }
    }

    /// Gives a node a history of its own, if it has none yet.
    fn hold(&mut self, node: u32) -> &mut Pin {
        if !self.pins.contains_key(&node) {
            self.revision += 1;
            let log = self.moved_to_ring(node);
            self.pin_bytes += log.n_bytes();
            self.pins.insert(node, Pin { log, is_pinned: false, is_kept: false });
            self.shield(node, Shield::PINNED, true);
            // One more shares what is for all of them: to cut them all each time would take the square of
            // their number, and each is cut to its share by its next message anyway.
            if self.pins.len().is_power_of_two() {
                self.share_rings();
            } else {
                self.keep_ring_within_its_share(node);
            }
            self.keep_within_budget();
        }
        self.pins.entry(node).or_insert_with(|| Pin { log: Log::ring(), is_pinned: false, is_kept: false })
    }

    /// A ring that begins with the node's part of the common history, which loses it.
    fn moved_to_ring(&mut self, node: u32) -> Log {
        let mut ring = Log::ring();
        let number = self.tree.slots[node].heard;
        if number == NONE {
            return ring;
        }
        let mut way = Vec::new();
        let mut place = self.heard[number].newest;
        while let Some((record, _)) = self.log.get(place) {
            way.push(place);
            place = record.previous;
        }
        let mut newest = Place::NONE;
        for place in way.into_iter().rev() {
            if let Some((record, payload)) = self.log.get(place) {
                let mut record = *record;
                record.previous = newest;
                newest = ring.push(record, payload);
            }
            self.log.mark_gone(place);
        }
        self.heard[number].newest = newest;
        ring
    }

    /// A node's history goes to the common one, once nothing holds it any more.
    fn let_go(&mut self, node: u32) {
        if self.pins.get(&node).is_none_or(|pin| pin.is_pinned || pin.is_kept) {
            return;
        }
        let Some(Pin { log: ring, .. }) = self.pins.remove(&node) else { return };
        self.revision += 1;
        self.pin_bytes -= ring.n_bytes();
        self.shield(node, Shield::PINNED, false);
        let number = self.tree.slots[node].heard;
        if number != NONE {
            let mut newest = Place::NONE;
            for (record, payload) in ring.iter() {
                let mut record = *record;
                record.previous = newest;
                newest = self.log.push(record, payload);
            }
            self.heard[number].newest = newest;
        }
        self.keep_within_budget();
    }
}
