//! Candidates by topic and by activity. Owns their memory, their index and their order; knows nothing of types.
use super::statistics::Statistics;
use crate::mqtt::Topic;
use foldhash::fast::RandomState;
use hashbrown::HashTable;
use std::hash::BuildHasher;

/// Records a chunk holds: no message pays for moving what is already there.
const CHUNK_RECORDS: usize = 256;

/// Stands for "no record".
const NONE: u32 = u32::MAX;

/// A candidate of one learning session; means nothing to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CandidateId(u32);

/// Where a candidate stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// Not decided upon.
    #[default]
    New,
    /// A node of the device, before this session or by it.
    Kept,
    /// Thrown away by the person.
    Discarded,
}

impl Lane {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::New, Self::Kept, Self::Discarded];
}

/// What is known of a topic, and its neighbours in the order of activity.
#[derive(Debug)]
pub(super) struct Record {
    pub topic: Topic,
    pub statistics: Statistics,
    newer: u32,
    older: u32,
    pub lane: Lane,
}

/// A lane's ends.
#[derive(Clone, Copy, Debug)]
struct Ends {
    newest: u32,
    oldest: u32,
    len: usize,
}

/// All candidates.
#[derive(Debug)]
pub(super) struct Book {
    chunks: Vec<Vec<Record>>,
    len: u32,
    /// Hash and number, so that growing reads no record.
    index: HashTable<(u32, u32)>,
    seed: RandomState,
    lanes: [Ends; 3],
    is_held: bool,
    /// Something spoke while the order was held.
    is_stale: bool,
    heap_bytes: usize,
}

impl Default for Book {
    fn default() -> Self {
        Self {
            chunks: Vec::new(),
            len: 0,
            index: HashTable::new(),
            seed: RandomState::default(),
            lanes: [Ends { newest: NONE, oldest: NONE, len: 0 }; 3],
            is_held: false,
            is_stale: false,
            heap_bytes: 0,
        }
    }
}

/// Spreads 32 bits over 64: the table looks at both ends.
const fn spread(short: u32) -> u64 {
    (short as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

impl Book {
    /// The hash of a topic.
    pub fn hash(&self, topic: &str) -> u64 {
        self.seed.hash_one(topic)
    }

    /// The candidate of a topic with this hash.
    pub fn find(&self, hash: u64, topic: &str) -> Option<CandidateId> {
        let short = short(hash);
        let is_it = |(other, number): &(u32, u32)| {
            *other == short
                && self.get(CandidateId(*number)).is_some_and(|record| record.topic.as_str() == topic)
        };
        self.index.find(spread(short), is_it).map(|(_, number)| CandidateId(*number))
    }

    /// A new candidate at the head of a lane.
    pub fn add(&mut self, hash: u64, topic: Topic, lane: Lane) -> Option<CandidateId> {
        let number = self.len;
        if number == NONE {
            return None;
        }
        let chunk_idx = number as usize / CHUNK_RECORDS;
        if chunk_idx == self.chunks.len() {
            self.chunks.push(Vec::with_capacity(CHUNK_RECORDS));
        }
        // The counts of an `Arc` lie before the text.
        self.heap_bytes += taken(2 * size_of::<usize>() + topic.as_str().len());
        self.chunks.get_mut(chunk_idx)?.push(Record {
            topic,
            statistics: Statistics::default(),
            newer: NONE,
            older: NONE,
            lane,
        });
        self.len += 1;
        self.index.insert_unique(spread(short(hash)), (short(hash), number), |(short, _)| spread(*short));
        self.link_newest(number);
        Some(CandidateId(number))
    }

    /// A candidate.
    pub fn get(&self, id: CandidateId) -> Option<&Record> {
        self.chunks.get(id.0 as usize / CHUNK_RECORDS)?.get(id.0 as usize % CHUNK_RECORDS)
    }

    fn get_mut(&mut self, number: u32) -> Option<&mut Record> {
        self.chunks.get_mut(number as usize / CHUNK_RECORDS)?.get_mut(number as usize % CHUNK_RECORDS)
    }

    /// Changes what is known of a candidate and, unless the order is held, makes it the newest of its lane.
    pub fn touch(&mut self, id: CandidateId, change: impl FnOnce(&mut Statistics)) {
        let Some(record) = self.get_mut(id.0) else { return };
        let before = record.statistics.words.heap_bytes();
        change(&mut record.statistics);
        let (after, is_newest) = (record.statistics.words.heap_bytes(), record.newer == NONE);
        if before != after {
            self.heap_bytes = self.heap_bytes + taken(after) - taken(before);
        }
        if self.is_held {
            self.is_stale = true;
        } else if !is_newest {
            self.unlink(id.0);
            self.link_newest(id.0);
        }
    }

    /// Puts a candidate at the head of another lane.
    pub fn put(&mut self, id: CandidateId, lane: Lane) {
        if self.get(id).is_none_or(|record| record.lane == lane) {
            return;
        }
        self.unlink(id.0);
        if let Some(record) = self.get_mut(id.0) {
            record.lane = lane;
        }
        self.link_newest(id.0);
    }

    /// The order stays as it is; what is new still comes to the head.
    pub const fn hold(&mut self) {
        self.is_held = true;
    }

    /// The order is that of activity again, what happened meanwhile included.
    pub fn release(&mut self) {
        self.is_held = false;
        if !std::mem::take(&mut self.is_stale) {
            return;
        }
        let mut numbers: Vec<u32> = (0..self.len).collect();
        let received = |number: &u32| self.get(CandidateId(*number)).map(|record| record.statistics.received);
        numbers.sort_by_key(received);
        self.lanes = [Ends { newest: NONE, oldest: NONE, len: 0 }; 3];
        for number in numbers {
            self.link_newest(number);
        }
    }

    /// Whether the order is held.
    pub const fn is_held(&self) -> bool {
        self.is_held
    }

    /// The candidate that spoke last.
    pub fn newest(&self, lane: Lane) -> Option<CandidateId> {
        some(self.lanes[lane as usize].newest)
    }

    /// The one that spoke longest ago.
    pub fn oldest(&self, lane: Lane) -> Option<CandidateId> {
        some(self.lanes[lane as usize].oldest)
    }

    /// The next one down the list.
    pub fn older(&self, id: CandidateId) -> Option<CandidateId> {
        some(self.get(id)?.older)
    }

    /// The next one up.
    pub fn newer(&self, id: CandidateId) -> Option<CandidateId> {
        some(self.get(id)?.newer)
    }

    /// How many a lane holds.
    pub const fn len(&self, lane: Lane) -> usize {
        self.lanes[lane as usize].len
    }

    /// Memory taken.
    pub fn n_bytes(&self) -> usize {
        size_of::<Self>()
            + self.chunks.len() * taken(CHUNK_RECORDS * size_of::<Record>())
            + self.chunks.capacity() * size_of::<Vec<Record>>()
            + self.index.allocation_size()
            + self.heap_bytes
    }

    fn link_newest(&mut self, number: u32) {
        let Some(lane) = self.get(CandidateId(number)).map(|record| record.lane) else { return };
        let ends = &mut self.lanes[lane as usize];
        let before = std::mem::replace(&mut ends.newest, number);
        ends.len += 1;
        if before == NONE {
            ends.oldest = number;
        } else if let Some(record) = self.get_mut(before) {
            record.newer = number;
        }
        if let Some(record) = self.get_mut(number) {
            record.newer = NONE;
            record.older = before;
        }
    }

    fn unlink(&mut self, number: u32) {
        let Some(record) = self.get(CandidateId(number)) else { return };
        let (newer, older, lane) = (record.newer, record.older, record.lane as usize);
        self.lanes[lane].len -= 1;
        match self.get_mut(newer) {
            Some(record) => record.older = older,
            None => self.lanes[lane].newest = older,
        }
        match self.get_mut(older) {
            Some(record) => record.newer = newer,
            None => self.lanes[lane].oldest = newer,
        }
    }
}

const fn some(number: u32) -> Option<CandidateId> {
    if number == NONE { None } else { Some(CandidateId(number)) }
}

const fn short(hash: u64) -> u32 {
    (hash >> 32) as u32
}

/// What the allocator really takes for so many bytes: a header of 8, steps of 16, at least 32.
const fn taken(asked: usize) -> usize {
    if asked == 0 {
        return 0;
    }
    let taken = asked.saturating_add(8 + 15) & !15;
    if taken < 32 { 32 } else { taken }
}
