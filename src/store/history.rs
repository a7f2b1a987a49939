//! A byte-bounded log of past messages, threaded by topic, oldest gone first. Owns no last message.
use super::arena::heap_bytes;
use super::delivery::Delivery;
use crate::mqtt::{PacketId, Qos, Retained};
use crate::time::Timestamp;
use std::collections::VecDeque;

/// The longest copy of a payload that history keeps; beyond it the rest is cut off and its size told.
pub const MAX_PAST_PAYLOAD_BYTES: usize = 256 * 1024;

/// Payload bytes a chunk takes before the next one begins. A chunk goes at once, so this is also how
/// finely the log is cut back.
const CHUNK_BYTES: usize = 16 * 1024;

/// Records a chunk takes at most: so many topics are told at once that a message of theirs went.
const CHUNK_RECORDS: usize = 256;

/// The same for a pinned or kept node's own history, which has a smaller share to be cut back to.
const RING_CHUNK_BYTES: usize = 2 * 1024;
const RING_CHUNK_RECORDS: usize = 32;

/// Which message of its topic one is, and where it was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PastKey {
    /// Counted from 1, never given again: what is forgotten or evicted leaves a gap.
    pub ordinal: u64,
    /// A hint only: a pin moves it.
    pub(super) place: Place,
}

impl PastKey {
    /// Above every message: a walk from here on begins with the newest.
    pub const TOP: Self = Self { ordinal: u64::MAX, place: Place::NONE };
}

/// A message of the past as history keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Past<'a> {
    /// Which of its topic's messages it is.
    pub key: PastKey,
    /// The payload or its beginning: at most [`MAX_PAST_PAYLOAD_BYTES`], nothing if it was evicted.
    pub payload: &'a [u8],
    /// The payload's full size.
    pub n_bytes: usize,
    /// When it was read.
    pub received: Timestamp,
    /// Quality of service of the delivery.
    pub qos: Qos,
    /// Kept by the broker or not.
    pub retained: Retained,
    /// The DUP flag.
    pub dup: bool,
    /// The id it was delivered under, at QoS 1 and 2.
    pub packet_id: Option<PacketId>,
}

impl Past<'_> {
    /// Whether bytes of the payload are missing.
    pub const fn is_cut(&self) -> bool {
        self.payload.len() < self.n_bytes
    }
}

/// A record's place: never used twice, so that one that is gone is known to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place(u64);

impl Place {
    /// Before every record: the thread ends here.
    pub const NONE: Self = Self(0);

    const fn new(chunk: u64, record_idx: usize) -> Self {
        Self(chunk << 16 | record_idx as u64)
    }
}

/// What is kept of a message beside its payload.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record {
    /// The same topic's record before this one.
    pub previous: Place,
    pub received: Timestamp,
    /// Whose it is: the number of the topic.
    pub heard: u32,
    pub n_bytes: u32,
    pub packet_id: Option<PacketId>,
    pub delivery: Delivery,
    /// Moved to another log, or forgotten; here it counts no more.
    pub gone: bool,
    /// Which of its topic's messages it is, as far as 32 bits tell.
    pub nth: u32,
    start: u32,
    kept: u32,
}

impl Record {
    pub const fn new(heard: u32, nth: u32, previous: Place, received: Timestamp, n_bytes: u32) -> Self {
        let delivery = Delivery::NONE;
        Self {
            previous,
            received,
            heard,
            n_bytes,
            packet_id: None,
            delivery,
            gone: false,
            nth,
            start: 0,
            kept: 0,
        }
    }

    /// Which of its topic's messages it is, where there were so many of them.
    pub fn ordinal(&self, n_messages: u64) -> u64 {
        let newest = u32::try_from(n_messages & u64::from(u32::MAX)).unwrap_or_default();
        n_messages.saturating_sub(newest.wrapping_sub(self.nth).into())
    }

    /// As the reader sees it.
    pub fn past<'a>(&self, key: PastKey, payload: &'a [u8]) -> Past<'a> {
        Past {
            key,
            payload,
            n_bytes: self.n_bytes as usize,
            received: self.received,
            qos: self.delivery.qos(),
            retained: self.delivery.retained(),
            dup: self.delivery.dup(),
            packet_id: self.packet_id,
        }
    }
}

#[derive(Debug, Default)]
struct Chunk {
    records: Vec<Record>,
    payloads: Vec<u8>,
}

impl Chunk {
    fn n_bytes(&self) -> usize {
        let records = heap_bytes(self.records.capacity() * size_of::<Record>());
        // The deque that holds the chunk may be half empty.
        records + heap_bytes(self.payloads.capacity()) + 2 * size_of::<Self>()
    }

    fn has_room_for(&self, payload: &[u8], (max_records, max_bytes): (usize, usize)) -> bool {
        self.records.len() < max_records && self.payloads.len() + payload.len() <= max_bytes
    }
}

/// The log.
#[derive(Debug)]
pub(super) struct Log {
    chunks: VecDeque<Chunk>,
    /// The number of the oldest chunk; they count from 1.
    oldest: u64,
    n_bytes: usize,
    /// Records and payload bytes of a chunk.
    chunk: (usize, usize),
}

impl Default for Log {
    fn default() -> Self {
        Self { chunks: VecDeque::new(), oldest: 1, n_bytes: 0, chunk: (CHUNK_RECORDS, CHUNK_BYTES) }
    }
}

impl Log {
    /// The history of one node.
    pub fn ring() -> Self {
        Self { chunk: (RING_CHUNK_RECORDS, RING_CHUNK_BYTES), ..Self::default() }
    }

    /// Appends a record with its payload, cut to what history keeps.
    pub fn push(&mut self, record: Record, payload: &[u8]) -> Place {
        let payload = payload.get(..MAX_PAST_PAYLOAD_BYTES).unwrap_or(payload);
        if !self.chunks.back().is_some_and(|chunk| chunk.has_room_for(payload, self.chunk)) {
            self.seal();
            self.chunks.push_back(Chunk::default());
            self.n_bytes += self.chunks.back().map_or(0, Chunk::n_bytes);
        }
        let newest = self.oldest + (self.chunks.len() as u64).saturating_sub(1);
        let Some(chunk) = self.chunks.back_mut() else { return Place::NONE };
        let before = chunk.n_bytes();
        let place = Place::new(newest, chunk.records.len());
        let length = |bytes: usize| u32::try_from(bytes).unwrap_or(u32::MAX);
        let (start, kept) = (length(chunk.payloads.len()), length(payload.len()));
        chunk.payloads.extend_from_slice(payload);
        chunk.records.push(Record { start, kept, ..record });
        self.n_bytes = self.n_bytes + chunk.n_bytes() - before;
        place
    }

    /// The newest chunk takes no more: what it has reserved beyond its contents goes back.
    fn seal(&mut self) {
        if let Some(chunk) = self.chunks.back_mut() {
            let before = chunk.n_bytes();
            chunk.payloads.shrink_to_fit();
            self.n_bytes = self.n_bytes + chunk.n_bytes() - before;
        }
    }

    /// The record at a place with its payload, unless it is gone.
    pub fn get(&self, place: Place) -> Option<(&Record, &[u8])> {
        let (chunk_idx, record_idx) = self.locate(place)?;
        let chunk = self.chunks.get(chunk_idx)?;
        let record = chunk.records.get(record_idx)?;
        let start = record.start as usize;
        Some((record, chunk.payloads.get(start..start + record.kept as usize)?))
    }

    /// Marks the record at a place as one that counts here no more.
    pub fn mark_gone(&mut self, place: Place) {
        if let Some(record) = self.get_mut(place) {
            record.gone = true;
        }
    }

    /// The record at a place, unless its chunk is gone.
    pub fn get_mut(&mut self, place: Place) -> Option<&mut Record> {
        let (chunk_idx, record_idx) = self.locate(place)?;
        self.chunks.get_mut(chunk_idx)?.records.get_mut(record_idx)
    }

    fn locate(&self, place: Place) -> Option<(usize, usize)> {
        let chunk_idx = usize::try_from((place.0 >> 16).checked_sub(self.oldest)?).ok()?;
        Some((chunk_idx, usize::try_from(place.0 & 0xFFFF).ok()?))
    }

    /// Drops the oldest chunk and tells of each record that went; `false` when there is none.
    pub fn evict_oldest(&mut self, mut gone: impl FnMut(&Record)) -> bool {
        let Some(chunk) = self.chunks.pop_front() else { return false };
        self.oldest += 1;
        self.n_bytes -= chunk.n_bytes();
        chunk.records.iter().filter(|record| !record.gone).for_each(&mut gone);
        true
    }

    /// All records that count, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = (&Record, &[u8])> {
        self.chunks.iter().flat_map(|chunk| {
            chunk.records.iter().filter(|record| !record.gone).filter_map(|record| {
                let start = record.start as usize;
                Some((record, chunk.payloads.get(start..start + record.kept as usize)?))
            })
        })
    }

    /// Memory taken.
    pub const fn n_bytes(&self) -> usize {
        self.n_bytes
    }
}
