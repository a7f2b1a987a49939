//! What of the store an export takes, slice by slice: each topic's value or history as of when the walk reaches it.
//! Owns the place in the tree and the counts; what is taken is a copy, and never more than a slice of it.
use super::steps::Row;
use crate::decode::figures;
use crate::mqtt::{Qos, Retained};
use crate::store::{Last, LastPayload, NodeId, Past, PastCursor, PastStep, Store};
use crate::time::WallOrigin;
use std::collections::VecDeque;

/// Nodes looked at, or records gone back by, between two looks at the keyboard: a millisecond or two.
const SLICE_STEPS: usize = 4_096;

/// Bytes of payloads in one slice; one payload more may be in it.
const SLICE_BYTES: usize = 512 * 1024;

/// Bytes that a row takes beside its payload and topic, about.
const ROW_BYTES: usize = 64;

/// How much of a topic is exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Its last message.
    Value,
    /// All that is remembered of it, the last message last.
    History,
    /// Its name alone.
    Name,
}

/// What was taken so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Messages.
    pub n_messages: u64,
    /// Topics.
    pub n_topics: u64,
    /// Messages whose payload was evicted: they are marked.
    pub n_evicted: u64,
    /// Payloads of which only the beginning was kept: they are marked.
    pub n_cut: u64,
    /// Messages that were evicted before the walk reached them.
    pub n_gone: u64,
}

impl Taken {
    /// How much it is, in words.
    pub fn words(&self, depth: Depth) -> String {
        let topics = figures::counted(self.n_topics, "topic");
        match depth {
            Depth::Name => topics,
            Depth::Value | Depth::History => {
                format!("{} of {topics}", figures::counted(self.n_messages, "message"))
            }
        }
    }

    /// What is not whole of it, in words.
    pub fn losses(&self) -> String {
        let of =
            |n: u64, noun: &str, what: &str| (n > 0).then(|| format!("{} {what}", figures::counted(n, noun)));
        let losses = [
            of(self.n_evicted, "evicted payload", "left out (marked)"),
            of(self.n_cut, "payload", "cut as history keeps them (marked)"),
            of(self.n_gone, "message", "evicted meanwhile and left out"),
        ];
        losses.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

/// A topic whose history is being read.
#[derive(Clone, Debug)]
struct Reading {
    topic: String,
    cursor: PastCursor,
    is_back: bool,
    /// The message that was the last one when the walk came here; what comes meanwhile is not waited for.
    last: Row,
}

/// A walk through what is exported.
#[derive(Clone, Debug)]
pub struct Walk {
    /// Where to look, and whether at all below as well.
    tops: VecDeque<(NodeId, bool)>,
    /// Where to go on below the first of them.
    from: Option<NodeId>,
    /// Topics found and not taken yet: no more than a slice has steps.
    topics: VecDeque<NodeId>,
    reading: Option<Reading>,
    /// One that is taken as it is.
    ready: Option<Row>,
    depth: Depth,
    wall: WallOrigin,
    /// What was taken so far.
    pub taken: Taken,
}

impl Walk {
    /// A walk that begins.
    pub fn new(tops: Vec<(NodeId, bool)>, depth: Depth, wall: WallOrigin) -> Self {
        let (topics, taken) = (VecDeque::new(), Taken::default());
        Self { tops: tops.into(), from: None, topics, reading: None, ready: None, depth, wall, taken }
    }

    /// A walk that takes this message alone.
    pub fn of_row(row: Row) -> Self {
        let ready = Some(row);
        Self { ready, ..Self::new(Vec::new(), Depth::Value, WallOrigin::default()) }
    }

    /// How much of each topic it takes.
    pub const fn depth(&self) -> Depth {
        self.depth
    }

    /// Whether all was taken.
    pub fn is_over(&self) -> bool {
        self.tops.is_empty() && self.topics.is_empty() && self.reading.is_none() && self.ready.is_none()
    }

    /// Takes the next slice.
    pub fn slice(&mut self, store: &mut Store) -> Vec<Row> {
        let (mut rows, mut n_bytes, mut n_steps) = (Vec::new(), 0, 0);
        while n_bytes < SLICE_BYTES && n_steps < SLICE_STEPS && !self.is_over() {
            let taken = if let Some(row) = self.ready.take() {
                self.taken.n_topics += 1;
                Some(row)
            } else if self.reading.is_some() {
                self.read_on(store, &mut n_steps)
            } else if let Some(node) = self.topics.pop_front() {
                n_steps += 1;
                self.take(store, node)
            } else {
                n_steps += self.look(store, SLICE_STEPS - n_steps);
                None
            };
            if let Some(row) = taken {
                n_bytes += row.payload.as_ref().map_or(0, Vec::len) + row.topic.len() + ROW_BYTES;
                self.count(&row);
                rows.push(row);
            }
        }
        rows
    }

    fn count(&mut self, row: &Row) {
        self.taken.n_messages += 1;
        if self.depth != Depth::Name {
            self.taken.n_evicted += u64::from(row.payload.is_none());
            self.taken.n_cut += u64::from(row.is_cut());
        }
    }

    /// Looks for topics; how many nodes were looked at, at most.
    fn look(&mut self, store: &mut Store, budget: usize) -> usize {
        let Some((top, is_whole)) = self.tops.front().copied() else { return 0 };
        let mut found = Vec::new();
        if is_whole && store.is_there(top) {
            self.from = store.ordered_topics_slice(top, self.from.unwrap_or(top), budget, &mut found);
        } else if store.is_topic(top) {
            found.push(top);
        }
        if self.from.is_none() {
            self.tops.pop_front();
        }
        // Those found are steps again when they are taken.
        self.topics.extend(found);
        if self.from.is_none() { 1 } else { budget }
    }

    /// Takes a topic's last message, or begins to read its history.
    fn take(&mut self, store: &Store, node: NodeId) -> Option<Row> {
        let last = store.last(node)?;
        let mut topic = String::new();
        store.topic_of(node, &mut topic);
        self.taken.n_topics += 1;
        if self.depth == Depth::Name {
            let (qos, retained) = (Qos::AtMostOnce, Retained::Unknown);
            return Some(Row { topic, unix_ms: 0, qos, retained, payload: None, n_bytes: 0 });
        }
        let row = self.of_last(topic.clone(), &last);
        if self.depth == Depth::Value {
            return Some(row);
        }
        let cursor = store.begin_past(node);
        self.reading = Some(Reading { topic, cursor, is_back: false, last: row });
        None
    }

    /// The next message of the history that is being read.
    fn read_on(&mut self, store: &Store, n_steps: &mut usize) -> Option<Row> {
        let reading = self.reading.as_mut()?;
        if !reading.is_back {
            let budget = SLICE_STEPS.saturating_sub(*n_steps);
            reading.is_back = store.go_back(&mut reading.cursor, budget);
            *n_steps += if reading.is_back { 1 } else { budget };
            return None;
        }
        *n_steps += 1;
        match store.next_past(&mut reading.cursor) {
            PastStep::Message(past) => {
                let topic = reading.topic.clone();
                Some(self.of_past(topic, &past))
            }
            PastStep::Gone => {
                self.taken.n_gone += 1;
                None
            }
            PastStep::End => self.reading.take().map(|reading| reading.last),
        }
    }

    fn of_last(&self, topic: String, last: &Last<'_>) -> Row {
        let payload = match last.payload {
            LastPayload::Whole(payload) => Some(payload.to_vec()),
            LastPayload::Evicted { .. } => None,
        };
        let unix_ms = self.wall.unix_ms_at(last.received);
        Row { topic, unix_ms, qos: last.qos, retained: last.retained, payload, n_bytes: last.n_bytes }
    }

    fn of_past(&self, topic: String, past: &Past<'_>) -> Row {
        let is_evicted = past.payload.is_empty() && past.n_bytes > 0;
        let payload = (!is_evicted).then(|| past.payload.to_vec());
        let unix_ms = self.wall.unix_ms_at(past.received);
        Row { topic, unix_ms, qos: past.qos, retained: past.retained, payload, n_bytes: past.n_bytes }
    }
}
