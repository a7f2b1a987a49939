//! Pinned nodes: their history is their own, so that no noisy neighbour can push it out. Owns the moves
//! between the common log and theirs.
use super::arena::NONE;
use super::history::{Log, Place};
use super::last::Shield;
use super::{NodeId, Store};

impl Store {
    /// Shields a node's last payload and gives it a history of its own, beginning with what is there.
    /// What lies below it is not pinned with it.
    pub fn pin(&mut self, id: NodeId) {
        if self.is_pinned(id) {
            return;
        }
        self.revision += 1;
        let mut ring = Log::default();
        let number = self.tree.slots[id.0].heard;
        if number != NONE {
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
                self.log.mark_moved(place);
            }
            self.heard[number].newest = newest;
        }
        self.pin_bytes += ring.n_bytes();
        self.pins.insert(id.0, ring);
        self.shield(id.0, Shield::PINNED, true);
        // One more shares what is for all of them.
        self.share_rings();
        self.keep_within_budget();
    }

    /// Takes the pin out; its history goes to the common one.
    pub fn unpin(&mut self, id: NodeId) {
        let Some(ring) = self.pins.remove(&id.0) else { return };
        self.revision += 1;
        self.pin_bytes -= ring.n_bytes();
        self.shield(id.0, Shield::PINNED, false);
        let number = self.tree.slots[id.0].heard;
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

    /// Whether it is pinned.
    pub fn is_pinned(&self, id: NodeId) -> bool {
        self.pins.contains_key(&id.0)
    }
}
