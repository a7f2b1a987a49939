//! A device's topics and their messages, within one memory budget. Owns counting, the last messages and
//! history; knows nothing of decoding, kept nodes or screens.
mod arena;
mod budget;
mod delivery;
mod fuzzy;
mod history;
mod index;
mod inside;
mod last;
#[cfg(test)]
mod laws;
mod list;
mod listing;
mod narrow;
mod node;
mod order;
mod past;
mod pins;
mod probe;
mod rate;
mod reach;
mod refused;
mod search;
mod sorted;
mod steps;
mod subset;
mod survey;
#[cfg(test)]
mod tests;
mod thread;
mod tree;
mod walk;

pub use budget::Counts;
pub use fuzzy::{Fit, Fuzzy};
pub use history::{MAX_PAST_PAYLOAD_BYTES, Past, PastKey};
pub use inside::{AsItCame, Inside};
pub use last::{Last, LastPayload};
pub use narrow::{SiftCursor, Verdict};
pub use node::Node;
pub use order::{natural, natural_path};
pub use past::{PastCursor, PastStep};
pub use refused::Refused;
pub use search::{Direction, Found, Needle, SearchCursor, Step};
pub use sorted::{MAX_SORTED, SiblingOrder, SortBy};
pub use survey::SurveyCursor;

use crate::mqtt::MessageRef;
use arena::{Arena, NONE};
use delivery::Delivery;
use hashbrown::HashMap;
use history::{Log, Record};
use last::{Heard, Shield};
use narrow::Sifted;
use pins::Pin;
use rate::Rate;
use std::collections::VecDeque;
use subset::Subset;
use tree::{Prefix, ROOT, Tree};

/// A node of one store; stays valid as long as the store does, and means nothing to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(u32);

impl NodeId {
    /// The device's own root: no level, no topic, the children of which have depth 1.
    pub const ROOT: Self = Self(ROOT);
}

/// How much a new interval moves the smoothed one: four messages make it follow.
const INTERVAL_SHARE: f32 = 0.25;

/// All that was heard from one device.
#[derive(Debug)]
pub struct Store {
    tree: Tree,
    heard: Arena<Heard>,
    log: Log,
    /// Pinned and kept nodes with their own history.
    pins: HashMap<u32, Pin, foldhash::fast::RandomState>,
    pin_bytes: usize,
    /// What the device file names.
    kept: Subset,
    /// Whether the tree shows only that.
    is_narrowed: bool,
    /// What a view filter lets through of what may be shown; boxed, for most have none.
    sifted: Option<Box<Sifted>>,
    /// The order of siblings, where it is not that of their names; boxed likewise.
    sorting: Option<Box<sorted::Sorting>>,
    in_view: Vec<u32>,
    /// Topics with a payload worth evicting, next one first.
    line: VecDeque<u32>,
    /// What last payloads take beyond their records.
    payload_bytes: usize,
    /// The share of it that nothing shields.
    evictable_bytes: usize,
    budget_bytes: usize,
    refused: Refused,
    rate: Rate,
    n_messages: u64,
    n_history_evicted: u64,
    n_history_forgotten: u64,
    /// The same by topic, for the few that have any.
    forgotten: HashMap<u32, u64, foldhash::fast::RandomState>,
    n_payloads_evicted: u64,
    n_payloads_cut: u64,
    revision: u64,
    prefixes: Vec<Prefix>,
}

impl Store {
    /// An empty store that may take about so much memory.
    pub fn new(budget_bytes: usize) -> Self {
        Self {
            tree: Tree::default(),
            heard: Arena::default(),
            log: Log::default(),
            pins: HashMap::default(),
            pin_bytes: 0,
            kept: Subset::default(),
            is_narrowed: false,
            sifted: None,
            sorting: None,
            in_view: Vec::new(),
            line: VecDeque::new(),
            payload_bytes: 0,
            evictable_bytes: 0,
            budget_bytes,
            refused: Refused::default(),
            rate: Rate::default(),
            n_messages: 0,
            n_history_evicted: 0,
            n_history_forgotten: 0,
            forgotten: HashMap::default(),
            n_payloads_evicted: 0,
            n_payloads_cut: 0,
            revision: 0,
            prefixes: Vec::new(),
        }
    }

    /// Takes a message in. `None`: its topic is new and the budget is used up, so it was only counted.
    pub fn ingest(&mut self, message: &MessageRef<'_>) -> Option<NodeId> {
        let mut prefixes = std::mem::take(&mut self.prefixes);
        self.tree.split(message.topic, &mut prefixes);
        let bucket = rate::bucket_at(message.received);
        self.n_messages += 1;
        self.revision += 1;
        self.rate.count(bucket);
        let known = self.tree.find(message.topic, &prefixes);
        let node = match known.filter(|node| self.tree.slots[*node].heard != NONE) {
            Some(node) => Some(node),
            None => self.make_topic(known, message.topic, &prefixes),
        };
        if node.is_none() {
            self.refused.count(prefixes.last().map_or(0, |prefix| prefix.long_hash()));
        }
        // One very deep topic must not cost its memory for ever.
        if prefixes.capacity() <= MAX_SCRATCH_PREFIXES {
            self.prefixes = prefixes;
        }
        let node = node?;
        self.take_in(node, message);
        self.count_up(node, message, bucket);
        self.keep_within_budget();
        Some(NodeId(node))
    }

    /// Makes a node a topic, and the node first where it is not there, if memory allows.
    fn make_topic(&mut self, known: Option<u32>, topic: &str, prefixes: &[Prefix]) -> Option<u32> {
        let node = match known {
            Some(node) => self.make_room(size_of::<Heard>()).then_some(node)?,
            None => self.grow(topic, prefixes, size_of::<Heard>())?,
        };
        self.tree.slots[node].heard = self.heard.push(Heard::default())?;
        if known.is_some() {
            // Pinned, kept or shown before anything was heard on it.
            self.shield(node, Shield::PINNED, self.pins.contains_key(&node));
            self.shield(node, Shield::IN_VIEW, self.in_view.contains(&node));
        }
        Some(node)
    }

    /// Makes the node of a path that is not there, with the branches above it, if memory allows for that and so
    /// many bytes more.
    fn grow(&mut self, topic: &str, prefixes: &[Prefix], more_bytes: usize) -> Option<u32> {
        let (mut node, n_there) = self.tree.deepest(topic, prefixes);
        let missing = prefixes.get(n_there..)?;
        if !self.make_room(more_bytes + Tree::cost_of(missing.len(), topic.len())) {
            return None;
        }
        for prefix in missing {
            self.give_branch_its_counts(node);
            node = self.tree.add_child(node, topic, *prefix)?;
        }
        Some(node)
    }

    /// A leaf about to have children: what was counted at the topic is the branch's beginning.
    fn give_branch_its_counts(&mut self, node: u32) {
        let (heard, branch) = (self.tree.slots[node].heard, self.tree.slots[node].branch);
        if heard == NONE || branch != NONE {
            return;
        }
        let Some(branch) = self.tree.make_branch(node) else { return };
        let (heard, branch) = (&self.heard[heard], &mut self.tree.branches[branch]);
        branch.n_topics_below = 1;
        branch.n_messages_below = heard.n_messages;
        branch.last_change = heard.received;
        branch.rate = heard.rate;
    }

    /// The topic's own part: the message before goes to history, this one takes its place.
    fn take_in(&mut self, node: u32, message: &MessageRef<'_>) {
        let number = self.tree.slots[node].heard;
        if self.heard[number].n_messages > 0 {
            self.remember(node, number);
        }
        let heard = &mut self.heard[number];
        let (taken, evictable) = (heard.bytes.heap_bytes(), heard.evictable_bytes());
        let is_same = heard.parts().is_some_and(|(_, payload)| payload == message.payload);
        if !is_same || heard.n_messages == 0 {
            heard.changed = message.received;
        }
        if heard.n_messages > 0 {
            let gap_s = message.received.since(heard.received).as_secs_f32();
            let share = if heard.n_messages == 1 { 1.0 } else { INTERVAL_SHARE };
            heard.interval_s += (gap_s - heard.interval_s) * share;
        }
        heard.bytes.set(message.properties, message.payload);
        heard.n_messages += 1;
        heard.received = message.received;
        heard.sequence = self.n_messages;
        heard.rate.count(rate::bucket_at(message.received));
        heard.n_bytes = u32::try_from(message.payload.len()).unwrap_or(u32::MAX);
        heard.properties_bytes = u32::try_from(message.properties.len()).unwrap_or(u32::MAX);
        heard.packet_id = message.packet_id;
        heard.delivery = Delivery::of(message);
        self.payload_bytes = self.payload_bytes + heard.bytes.heap_bytes() - taken;
        self.evictable_bytes = self.evictable_bytes + heard.evictable_bytes() - evictable;
        self.stand_in_line(number);
    }

    /// Copies a topic's last message to history.
    fn remember(&mut self, node: u32, number: u32) {
        let heard = &mut self.heard[number];
        let nth = u32::try_from(heard.n_messages & u64::from(u32::MAX)).unwrap_or_default();
        let mut record = Record::new(number, nth, heard.newest, heard.received, heard.n_bytes);
        record.packet_id = heard.packet_id;
        record.delivery = heard.delivery;
        let payload = heard.parts().map_or(&[][..], |(_, payload)| payload);
        self.n_payloads_cut += u64::from(payload.len() > MAX_PAST_PAYLOAD_BYTES);
        let own = if heard.shield.has(Shield::PINNED) { self.pins.get_mut(&node) } else { None };
        let place = match own {
            Some(Pin { log: ring, .. }) => {
                let taken = ring.n_bytes();
                let place = ring.push(record, payload);
                self.pin_bytes = self.pin_bytes + ring.n_bytes() - taken;
                place
            }
            None => self.log.push(record, payload),
        };
        heard.newest = place;
        heard.n_past = heard.n_past.saturating_add(1);
        if heard.shield.has(Shield::PINNED) {
            self.keep_ring_within_its_share(node);
        }
    }

    /// The counters of the branches from here to the root.
    fn count_up(&mut self, node: u32, message: &MessageRef<'_>, bucket: u32) {
        let is_new = self.heard[self.tree.slots[node].heard].n_messages == 1;
        let mut at = node;
        while at != NONE {
            let slot = &self.tree.slots[at];
            at = slot.parent;
            if slot.branch != NONE {
                let branch = &mut self.tree.branches[slot.branch];
                branch.n_messages_below += 1;
                branch.n_topics_below = branch.n_topics_below.saturating_add(u32::from(is_new));
                branch.last_change = branch.last_change.max(message.received);
                branch.rate.count(bucket);
            }
        }
    }
}

/// Prefixes whose memory is kept between messages: topics with more levels are not met in practice.
const MAX_SCRATCH_PREFIXES: usize = 1024;
