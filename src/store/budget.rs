//! One memory budget and what goes when it is used up. Owns the order of eviction and the counts.
use super::arena::NONE;
use super::history::Record;
use super::last::{Bytes, Heard, Shield};
use super::pins::Pin;
use super::{NodeId, Store};
use crate::time::Timestamp;

/// The share of the budget that all pinned histories may take together: one part in so many.
const PINNED_SHARE: usize = 4;

/// What one pinned history takes at most: ten thousands of values, and a few big payloads.
const MAX_RING_BYTES: usize = 1024 * 1024;

/// How much there is, and how much was let go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Topics in the tree.
    pub n_topics: usize,
    /// Every message taken in, those refused included.
    pub n_messages: u64,
    /// Topics that found no room: exact up to 4,096, an estimate within a few per cent beyond.
    pub n_topics_refused: u64,
    /// Messages on such topics.
    pub n_messages_refused: u64,
    /// Messages dropped from history.
    pub n_history_evicted: u64,
    /// Messages of history forgotten by hand.
    pub n_history_forgotten: u64,
    /// Last payloads dropped.
    pub n_payloads_evicted: u64,
    /// Payloads cut when they went to history.
    pub n_payloads_cut: u64,
    /// Memory taken, all included.
    pub n_bytes: usize,
    /// Memory allowed.
    pub budget_bytes: usize,
}

impl Heard {
    /// What eviction of the last payload would give back now.
    pub const fn evictable_bytes(&self) -> usize {
        if self.shield.holds() { 0 } else { self.bytes.heap_bytes() }
    }
}

impl Store {
    /// Changes the budget; what is too much goes at once. The tree itself never shrinks.
    pub fn set_budget(&mut self, bytes: usize) {
        self.budget_bytes = bytes;
        self.share_rings();
        self.keep_within_budget();
    }

    /// Every message taken in, those refused included.
    pub const fn n_messages(&self) -> u64 {
        self.n_messages
    }

    /// How much there is, and how much was let go.
    pub fn counts(&self) -> Counts {
        Counts {
            n_topics: self.heard.len() as usize,
            n_messages: self.n_messages,
            n_topics_refused: self.refused.n_topics(),
            n_messages_refused: self.refused.n_messages,
            n_history_evicted: self.n_history_evicted,
            n_history_forgotten: self.n_history_forgotten,
            n_payloads_evicted: self.n_payloads_evicted,
            n_payloads_cut: self.n_payloads_cut,
            n_bytes: self.n_bytes(),
            budget_bytes: self.budget_bytes,
        }
    }

    /// Messages per second over the last two seconds, those refused included.
    pub fn total_rate(&self, now: Timestamp) -> f32 {
        self.rate.per_s(now)
    }

    /// Differs whenever anything was taken in, expanded, pinned or dropped since.
    pub const fn revision(&self) -> u64 {
        self.revision
    }

    /// Last payloads of these nodes stay; those named before may go again.
    pub fn set_in_view(&mut self, ids: &[NodeId]) {
        if self.in_view.iter().copied().eq(ids.iter().map(|id| id.0)) {
            return;
        }
        let before = std::mem::take(&mut self.in_view);
        for node in &before {
            self.shield(*node, Shield::IN_VIEW, false);
        }
        for id in ids {
            self.shield(id.0, Shield::IN_VIEW, true);
        }
        self.in_view = before;
        self.in_view.clear();
        self.in_view.extend(ids.iter().map(|id| id.0));
        self.keep_within_budget();
    }

    /// Raises or lowers a shield before a topic's last payload.
    pub(super) fn shield(&mut self, node: u32, which: Shield, on: bool) {
        let number = self.tree.slots[node].heard;
        if number != NONE {
            let heard = &mut self.heard[number];
            let before = heard.evictable_bytes();
            heard.shield.set(which, on);
            self.evictable_bytes = self.evictable_bytes + heard.evictable_bytes() - before;
        }
    }

    /// Memory taken, all included.
    pub(super) fn n_bytes(&self) -> usize {
        size_of::<Self>()
            + self.tree.n_bytes()
            + self.heard.n_bytes()
            + self.log.n_bytes()
            + self.pin_bytes
            + self.pins.allocation_size()
            + self.forgotten.allocation_size()
            + self.kept.n_bytes()
            + self.sifted.as_ref().map_or(0, |sifted| size_of::<super::Subset>() + sifted.n_bytes())
            + self.payload_bytes
            + self.refused.n_bytes()
            + (self.line.capacity() + self.in_view.capacity()) * size_of::<u32>()
    }

    /// Makes room for so many bytes beside what is there; `false` when nothing more can go.
    pub(super) fn make_room(&mut self, wanted: usize) -> bool {
        loop {
            let is_enough = self.n_bytes().saturating_add(wanted) <= self.budget_bytes;
            if is_enough || !(self.evict_history() || self.evict_payload()) {
                return is_enough;
            }
        }
    }

    /// Drops what is too much.
    pub(super) fn keep_within_budget(&mut self) {
        self.make_room(0);
    }

    fn evict_history(&mut self) -> bool {
        let (heard, n_evicted) = (&mut self.heard, &mut self.n_history_evicted);
        self.log.evict_oldest(|record| forget(heard, n_evicted, record))
    }

    /// Drops the payload of a topic that was silent for long, going round those that have one.
    fn evict_payload(&mut self) -> bool {
        while self.evictable_bytes > 0 {
            let Some(number) = self.line.pop_front() else { return false };
            let heard = &mut self.heard[number];
            let taken = heard.bytes.heap_bytes();
            if taken == 0 {
                heard.shield.set(Shield::QUEUED, false);
            } else if heard.shield.holds() || heard.shield.has(Shield::TOUCHED) {
                heard.shield.set(Shield::TOUCHED, false);
                self.line.push_back(number);
            } else {
                heard.bytes = Bytes::Evicted;
                heard.shield.set(Shield::QUEUED, false);
                self.payload_bytes -= taken;
                self.evictable_bytes -= taken;
                self.n_payloads_evicted += 1;
                return true;
            }
        }
        false
    }

    /// A topic that was heard from: its payload can be evicted, but not before its turn.
    pub(super) fn stand_in_line(&mut self, number: u32) {
        let heard = &mut self.heard[number];
        if heard.shield.has(Shield::QUEUED) {
            heard.shield.set(Shield::TOUCHED, true);
        } else if heard.bytes.heap_bytes() > 0 {
            heard.shield.set(Shield::QUEUED, true);
            self.line.push_back(number);
        }
    }

    /// Cuts a pinned node's own history back to its share.
    pub(super) fn keep_ring_within_its_share(&mut self, node: u32) {
        let share = self.ring_bytes();
        let Some(Pin { log: ring, .. }) = self.pins.get_mut(&node) else { return };
        let taken = ring.n_bytes();
        let (heard, n_evicted) = (&mut self.heard, &mut self.n_history_evicted);
        while ring.n_bytes() > share && ring.evict_oldest(|record| forget(heard, n_evicted, record)) {}
        self.pin_bytes = self.pin_bytes + ring.n_bytes() - taken;
    }

    /// Cuts all pinned histories back to their share.
    pub(super) fn share_rings(&mut self) {
        let pinned: Vec<u32> = self.pins.keys().copied().collect();
        for node in pinned {
            self.keep_ring_within_its_share(node);
        }
    }

    /// What one pinned history may take.
    pub(super) fn ring_bytes(&self) -> usize {
        (self.budget_bytes / PINNED_SHARE / self.pins.len().max(1)).min(MAX_RING_BYTES)
    }
}

/// A record of history went: its topic has one less.
fn forget(heard: &mut super::Arena<Heard>, n_evicted: &mut u64, record: &Record) {
    heard[record.heard].n_past = heard[record.heard].n_past.saturating_sub(1);
    *n_evicted += 1;
}
