//! Values of nodes on their way out: how far apart they go, which go first, which are not sent twice. Owns what waits
//! and what was sent last; publishing itself is `publish`'s.
use super::event::{DeviceId, Effect};
use super::{Model, held, metrics, publish};
use crate::decode::figures;
use crate::device::{Node, NodeKey, Value};
use crate::mqtt::{Publication, Stage, Ticket};
use crate::time::Timestamp;
use std::cmp::Reverse;
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

/// Nodes whose last values are remembered: more than one person sets in a day. The one idle longest makes room.
const MAX_NODES: usize = 1_000;

/// Values of a node that a key goes back to.
const MAX_RECALLED: usize = 50;

/// A value of a node that is to be published.
#[derive(Clone, Debug)]
pub struct Wish {
    /// Which node, as its publications shall be spaced.
    pub key: NodeKey,
    /// What is meant, for going back to it.
    pub value: Value,
    /// What goes.
    pub publication: Publication,
    /// How far it must be from the one before.
    pub interval: Duration,
    /// Higher goes first where several wait.
    pub priority: i32,
    /// Whether what equals the one before is left out.
    pub is_filtered: bool,
}

impl Wish {
    /// A node's value with what the node says of spacing.
    pub fn new(node: &Node, value: Value, publication: Publication) -> Self {
        Self {
            key: node.key(),
            value,
            publication,
            interval: Duration::from_millis(node.rate_limit_ms.unwrap_or(0).into()),
            priority: node.priority,
            is_filtered: node.repetition_filter,
        }
    }
}

/// What became of a value at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offered {
    /// It was published.
    Sent,
    /// It waits for its interval; one that waited gave way to it, and was counted.
    Waits,
    /// It equals what was sent last, and the node wants no repetition.
    Repeated,
}

/// What became of a node's values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Values that newer ones took the place of while they waited.
    pub n_replaced: u64,
    /// Values that were not sent because they equalled the one before.
    pub n_repeated: u64,
}

/// The values on their way, by node.
#[derive(Clone, Debug, Default)]
pub struct Spacing {
    ways: BTreeMap<(DeviceId, NodeKey), Way>,
    n_waiting: usize,
}

/// One node's values.
#[derive(Clone, Debug, Default)]
struct Way {
    recalled: VecDeque<Value>,
    last: Option<(Ticket, Publication)>,
    sent_at: Option<Timestamp>,
    touched: Timestamp,
    waiting: Option<Wish>,
    counts: Counts,
}

impl Way {
    fn due(&self) -> Option<Timestamp> {
        let wish = self.waiting.as_ref()?;
        Some(self.sent_at.map_or(Timestamp::ZERO, |at| at + wish.interval))
    }
}

impl Spacing {
    /// When the next value that waits is due.
    pub fn deadline(&self) -> Option<Timestamp> {
        if self.n_waiting == 0 {
            return None;
        }
        self.ways.values().filter_map(Way::due).min()
    }

    /// How many values wait for their interval.
    pub const fn n_waiting(&self) -> usize {
        self.n_waiting
    }

    /// What waits, in words for the question before quitting.
    pub fn words(&self) -> Option<String> {
        let verb = if self.n_waiting == 1 { "waits" } else { "wait" };
        let values = figures::counted(self.n_waiting as u64, "value");
        (self.n_waiting > 0).then(|| format!("{values} {verb} for a node's rate limit."))
    }

    /// Whether a value of this node waits.
    pub fn waits(&self, id: DeviceId, key: &NodeKey) -> bool {
        self.way(id, key).is_some_and(|way| way.waiting.is_some())
    }

    /// What became of a node's values.
    pub fn counts(&self, id: DeviceId, key: &NodeKey) -> Counts {
        self.way(id, key).map(|way| way.counts).unwrap_or_default()
    }

    /// What became of the values of all nodes of a device.
    pub fn counts_of_device(&self, id: DeviceId) -> Counts {
        let ways = self.ways.iter().filter(|((device, _), _)| *device == id);
        ways.fold(Counts::default(), |all, (_, way)| Counts {
            n_replaced: all.n_replaced + way.counts.n_replaced,
            n_repeated: all.n_repeated + way.counts.n_repeated,
        })
    }

    /// The values of a node that were sent, newest first.
    pub fn recalled(&self, id: DeviceId, key: &NodeKey) -> impl Iterator<Item = &Value> {
        self.way(id, key).into_iter().flat_map(|way| &way.recalled)
    }

    /// A node's value left after it was held for the connection: the interval begins now.
    pub fn note_left(&mut self, id: DeviceId, key: &NodeKey, now: Timestamp) {
        if let Some(way) = self.ways.get_mut(&(id, key.clone())) {
            way.sent_at = Some(now);
        }
    }

    /// A device was closed, and with it what waited for it.
    pub fn forget(&mut self, id: DeviceId) {
        self.ways.retain(|(device, _), _| *device != id);
        self.recount();
    }

    fn way(&self, id: DeviceId, key: &NodeKey) -> Option<&Way> {
        self.ways.get(&(id, key.clone()))
    }

    fn way_mut(&mut self, id: DeviceId, key: &NodeKey, now: Timestamp) -> &mut Way {
        let place = (id, key.clone());
        if self.ways.len() >= MAX_NODES && !self.ways.contains_key(&place) {
            let idle = self.ways.iter().filter(|(_, way)| way.waiting.is_none());
            let oldest = idle.min_by_key(|(_, way)| way.touched).map(|(place, _)| place.clone());
            oldest.map(|oldest| self.ways.remove(&oldest));
        }
        let way = self.ways.entry(place).or_default();
        way.touched = now;
        way
    }

    fn recount(&mut self) {
        self.n_waiting = self.ways.values().filter(|way| way.waiting.is_some()).count();
    }
}

/// Takes a value in: publishes it, has it wait for its interval in the place of what waited, or leaves it out.
pub fn offer(
    model: &mut Model,
    now: Timestamp,
    id: DeviceId,
    wish: Wish,
    effects: &mut Vec<Effect>,
) -> Offered {
    let came_through = |ticket| {
        let life = model.lives.iter().find(|life| life.device == id && life.ticket == ticket);
        !life.is_some_and(|life| matches!(life.stage, Some((Stage::Refused(..) | Stage::NotSent(_), _))))
    };
    let last = model.spacing.way(id, &wish.key).and_then(|way| way.last.as_ref());
    let is_repeated = wish.is_filtered
        && last.is_some_and(|(ticket, last)| *last == wish.publication && came_through(*ticket));
    let way = model.spacing.way_mut(id, &wish.key, now);
    way.recalled.retain(|known| *known != wish.value);
    way.recalled.truncate(MAX_RECALLED - 1);
    way.recalled.push_front(wish.value.clone());
    way.counts.n_replaced += u64::from(way.waiting.take().is_some());
    let offered = if is_repeated {
        // What waited is no longer the newest wish, and the newest is there already.
        way.counts.n_repeated += 1;
        Offered::Repeated
    } else if way.sent_at.is_some_and(|at| now < at + wish.interval) {
        way.waiting = Some(wish);
        Offered::Waits
    } else {
        send(model, now, id, wish, effects);
        Offered::Sent
    };
    model.spacing.recount();
    offered
}

/// Publishes what is due, by priority.
pub fn due(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    if model.spacing.n_waiting == 0 {
        return;
    }
    let is_due = |way: &Way| way.due().is_some_and(|due| due <= now);
    let ways = model.spacing.ways.iter_mut().filter(|(_, way)| is_due(way));
    let mut due: Vec<_> = ways
        .filter_map(|((id, _), way)| {
            let at = way.due();
            Some((*id, at, way.waiting.take()?))
        })
        .collect();
    due.sort_by_key(|(_, at, wish)| (Reverse(wish.priority), *at));
    for (id, _, wish) in due {
        send(model, now, id, wish, effects);
    }
    model.spacing.recount();
}

fn send(model: &mut Model, now: Timestamp, id: DeviceId, wish: Wish, effects: &mut Vec<Effect>) {
    let publication = metrics::stamped(model, now, wish.publication.clone(), &wish.key);
    let Some(ticket) = publish::publish(model, now, id, publication, effects) else { return };
    let newest_wins = !wish.interval.is_zero();
    let of = held::Of { key: wish.key.clone(), priority: wish.priority };
    let n_replaced = held::note_node(model, now, id, ticket, of, newest_wins);
    let way = model.spacing.way_mut(id, &wish.key, now);
    way.counts.n_replaced += n_replaced;
    way.sent_at = Some(now);
    way.last = Some((ticket, wish.publication));
}
