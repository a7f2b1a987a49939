//! Learning: from the messages of a while to typed nodes that can be kept. Owns what is remembered of each topic,
//! the guesses and the conventions; keeps nothing for good, and subscribes to nothing.
//!
//! A session is a [`Learn`]: it is told every message and remembers, for each topic within its [`Scope`], a record
//! of fixed size. Guesses are made when they are asked for, which is for what is on screen.
mod book;
mod cadence;
mod candidate;
pub mod check;
pub mod convention;
mod guess;
mod hint;
mod judge;
#[cfg(test)]
mod laws;
mod names;
mod parts;
mod recent;
mod shape;
mod statistics;
#[cfg(test)]
mod tests;
mod words;

pub use book::{CandidateId, Lane};
pub use cadence::Cadence;
pub use candidate::Candidate;
pub use check::{Check, Finding, Report};
pub use convention::{Convention, Ignored};
pub use guess::{Guess, Sureness};
pub use hint::{Hint, MAX_HINTS};
pub use judge::MAX_JUDGED_BYTES;
pub use parts::{MAX_PART_DEPTH, MAX_PARTS, Part, Parts, part_at};
pub use shape::{join, widens_to};
pub use statistics::{MAX_DENSE_SAMPLES, SAMPLE_GAP};
pub use words::MAX_WORDS;

use crate::device::Node;
use crate::mqtt::{Filter, MessageRef, Topic};
use crate::store::Refused;
use crate::time::Timestamp;
use book::{Book, Record};
use hint::Hints;
use recent::Recent;

/// Candidates a session holds unless told otherwise: 40 MB at the 400 bytes a candidate may take.
pub const DEFAULT_CAP: usize = 100_000;

/// Topics of kept nodes that a session watches beside its candidates.
pub const MAX_WATCHED: usize = 100_000;

/// What a session looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// Topics that match one of these.
    pub filters: Vec<Filter>,
    /// And none of these.
    pub excludes: Vec<Filter>,
    /// Candidates at most; further topics are counted.
    pub cap: usize,
    /// The moment from which nothing more is learnt.
    pub until: Option<Timestamp>,
}

impl Scope {
    /// All that matches one of these filters, up to [`DEFAULT_CAP`] candidates, until stopped.
    pub const fn of(filters: Vec<Filter>) -> Self {
        Self { filters, excludes: Vec::new(), cap: DEFAULT_CAP, until: None }
    }

    /// Whether a topic is looked at.
    pub fn covers(&self, topic: &str) -> bool {
        self.filters.iter().any(|filter| filter.matches(topic))
            && !self.excludes.iter().any(|filter| filter.matches(topic))
    }
}

/// How much a session holds, and what it passed over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Candidates not decided upon.
    pub n_new: usize,
    /// Candidates kept, and kept nodes that spoke.
    pub n_kept: usize,
    /// Candidates thrown away.
    pub n_discarded: usize,
    /// Messages taken in on those.
    pub n_messages: u64,
    /// Topics beyond the cap: exact up to 4,096, an estimate within a few per cent beyond.
    pub n_topics_refused: u64,
    /// Hints from conventions.
    pub n_hints: usize,
    /// Hints that found no room.
    pub n_hints_refused: u64,
    /// Discovery messages read.
    pub n_discoveries: u64,
    /// Discovery messages that were too big, no JSON or not understood.
    pub n_discoveries_ignored: u64,
    /// Memory taken by candidates and their index.
    pub n_bytes: usize,
}

/// One learning session over one device.
#[derive(Debug)]
pub struct Learn {
    /// What it looks at; may be changed at any time, what is known stays.
    pub scope: Scope,
    book: Book,
    recent: Recent,
    hints: Hints,
    refused: Refused,
    /// Candidates made, whatever became of them.
    n_made: usize,
    n_watched: usize,
    n_messages: u64,
    n_discoveries: u64,
    n_discoveries_ignored: u64,
    discovery_bytes: usize,
}

impl Learn {
    /// A session that has heard nothing yet.
    pub fn new(scope: Scope) -> Self {
        Self {
            scope,
            book: Book::default(),
            recent: Recent::default(),
            hints: Hints::default(),
            refused: Refused::default(),
            n_made: 0,
            n_watched: 0,
            n_messages: 0,
            n_discoveries: 0,
            n_discoveries_ignored: 0,
            discovery_bytes: 0,
        }
    }

    /// What to subscribe to beside the scope, so that devices can describe themselves.
    pub fn discovery_filters() -> impl Iterator<Item = &'static str> {
        convention::ALL.iter().flat_map(|convention| convention.filters().iter().copied())
    }

    /// Whether a message on this topic would be looked at.
    pub fn wants(&self, topic: &str) -> bool {
        self.scope.covers(topic) || convention::is_discovery(topic)
    }

    /// Whether its time is over.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.scope.until.is_some_and(|until| now >= until)
    }

    /// Takes a message in: every one that is heard during the session. `is_kept` is asked about topics that are
    /// new to the session; those are watched, not proposed.
    ///
    /// A known topic costs one look-up by hash and a look at the payload, or a look at its hash alone where it spoke
    /// a moment ago; nothing is allocated but for a new word.
    pub fn observe(&mut self, message: &MessageRef<'_>, is_kept: impl Fn(&str) -> bool) {
        self.observe_wanted(message, is_kept, |_| true);
    }

    /// The same where not all topics within the scope are wanted: `is_wanted` is asked about those that are new to
    /// the session.
    pub fn observe_wanted(
        &mut self,
        message: &MessageRef<'_>,
        is_kept: impl Fn(&str) -> bool,
        is_wanted: impl Fn(&str) -> bool,
    ) {
        if self.is_over(message.received) {
            return;
        }
        let hash = self.book.hash(message.topic);
        let Some(n_messages) = self.recent.look(hash, message.received) else { return };
        let known = self.book.find(hash, message.topic);
        let Some(id) = known.or_else(|| self.meet(hash, message, &is_kept, &is_wanted)) else { return };
        self.n_messages += u64::from(n_messages);
        self.book.touch(id, |statistics| statistics.take(message, n_messages));
    }

    /// A topic that is new to the session.
    fn meet(
        &mut self,
        hash: u64,
        message: &MessageRef<'_>,
        is_kept: &impl Fn(&str) -> bool,
        is_wanted: &impl Fn(&str) -> bool,
    ) -> Option<CandidateId> {
        if convention::is_discovery(message.topic) {
            self.discover(message, is_kept, is_wanted);
            return None;
        }
        let is_wanted = self.scope.covers(message.topic) && is_wanted(message.topic);
        if is_wanted { self.add(hash, message.topic, is_kept) } else { None }
    }

    /// A new record, if there is room.
    fn add(&mut self, hash: u64, topic: &str, is_kept: &impl Fn(&str) -> bool) -> Option<CandidateId> {
        let is_kept = is_kept(topic);
        let (lane, n, cap) = if is_kept {
            (Lane::Kept, &mut self.n_watched, MAX_WATCHED)
        } else {
            (Lane::New, &mut self.n_made, self.scope.cap)
        };
        let made =
            Topic::parse(topic).ok().filter(|_| *n < cap).and_then(|topic| self.book.add(hash, topic, lane));
        if made.is_some() {
            *n += 1;
        } else {
            self.refused.count(hash);
        }
        made
    }

    /// A message by which a device describes itself or others; what it describes within the scope is proposed even
    /// before it speaks.
    fn discover(
        &mut self,
        message: &MessageRef<'_>,
        is_kept: &impl Fn(&str) -> bool,
        is_wanted: &impl Fn(&str) -> bool,
    ) {
        let Some(convention) = convention::ALL.iter().find(|convention| convention.reads(message.topic))
        else {
            return;
        };
        self.discovery_bytes =
            self.discovery_bytes.saturating_add(message.payload.len().min(convention::MAX_DISCOVERY_BYTES));
        let hints = if self.discovery_bytes > convention::MAX_DISCOVERY_BYTES_IN_ALL {
            Err(Ignored::TooBig)
        } else {
            convention.read(message.topic, message.payload)
        };
        let Ok(hints) = hints else {
            self.n_discoveries_ignored += 1;
            return;
        };
        self.n_discoveries += 1;
        for hint in hints {
            let hash = self.book.hash(&hint.topic);
            let is_new = self.scope.covers(&hint.topic) && self.book.find(hash, &hint.topic).is_none();
            if is_new && is_wanted(&hint.topic) {
                self.add(hash, &hint.topic, is_kept);
            }
            self.hints.add(hint);
        }
    }

    /// How much it holds.
    pub fn counts(&self) -> Counts {
        Counts {
            n_new: self.book.len(Lane::New),
            n_kept: self.book.len(Lane::Kept),
            n_discarded: self.book.len(Lane::Discarded),
            n_messages: self.n_messages,
            n_topics_refused: self.refused.n_topics(),
            n_hints: self.hints.len(),
            n_hints_refused: self.hints.n_refused,
            n_discoveries: self.n_discoveries,
            n_discoveries_ignored: self.n_discoveries_ignored,
            n_bytes: self.book.n_bytes() + self.recent.n_bytes(),
        }
    }

    /// How many candidates a lane holds.
    pub const fn len(&self, lane: Lane) -> usize {
        self.book.len(lane)
    }

    /// Whether a lane holds none.
    pub const fn is_empty(&self, lane: Lane) -> bool {
        self.book.len(lane) == 0
    }

    /// A candidate.
    pub fn candidate(&self, id: CandidateId) -> Option<Candidate<'_>> {
        self.book.get(id).map(|record| Candidate::new(id, self, record))
    }

    /// The candidate of a topic.
    pub fn find(&self, topic: &str) -> Option<CandidateId> {
        self.book.find(self.book.hash(topic), topic)
    }

    /// The candidate of a lane that spoke last.
    pub fn newest(&self, lane: Lane) -> Option<CandidateId> {
        self.book.newest(lane)
    }

    /// The one that spoke longest ago.
    pub fn oldest(&self, lane: Lane) -> Option<CandidateId> {
        self.book.oldest(lane)
    }

    /// The next one down its list, towards those that spoke longer ago.
    pub fn older(&self, id: CandidateId) -> Option<CandidateId> {
        self.book.older(id)
    }

    /// The next one up its list.
    pub fn newer(&self, id: CandidateId) -> Option<CandidateId> {
        self.book.newer(id)
    }

    /// A candidate and those below it on its list; no anchor: from the newest of the lane.
    pub fn window(&self, lane: Lane, anchor: Option<CandidateId>) -> impl Iterator<Item = CandidateId> + '_ {
        let first = anchor.filter(|id| self.book.get(*id).is_some_and(|record| record.lane == lane));
        std::iter::successors(first.or_else(|| self.newest(lane)), |id| self.older(*id))
    }

    /// Puts a candidate into another lane: kept, discarded, or back.
    pub fn put(&mut self, id: CandidateId, lane: Lane) {
        self.book.put(id, lane);
    }

    /// Rows stay where they are until released; what is new still comes to the head.
    pub const fn hold(&mut self) {
        self.book.hold();
    }

    /// The order is that of activity again. Costs a sort of all candidates where something spoke meanwhile.
    pub fn release(&mut self) {
        self.book.release();
    }

    /// Whether the order is held.
    pub const fn is_held(&self) -> bool {
        self.book.is_held()
    }

    fn knows(&self, topic: &str) -> bool {
        self.find(topic).is_some()
    }

    fn record(&self, topic: &str) -> Option<&Record> {
        self.book.get(self.find(topic)?)
    }
}

/// The members of a JSON payload that can be nodes of their own, by what the payload alone tells.
pub fn parts_of(topic: &str, payload: &[u8]) -> Parts {
    parts::parts(topic, payload, &[])
}

/// The metrics of Sparkplug that can be nodes of their own: those of a birth with what it says of them, and those that
/// only a later message has; both as JSON in which metrics have their names.
pub fn metrics_of(topic: &str, birth: &[u8], data: &[u8], hints: &[Hint]) -> Parts {
    let mut all = parts::parts(topic, birth, hints);
    for part in parts::parts(topic, data, hints).list {
        let is_full = all.list.len() >= parts::MAX_METRICS;
        match all.list.iter_mut().find(|known| known.path == part.path) {
            Some(known) => known.value = part.value,
            None if is_full => all.n_more += 1,
            None => all.list.push(part),
        }
    }
    all
}

/// The node that a hint describes.
pub fn described(topic: &Topic, hint: &Hint) -> Node {
    parts::described(topic, hint)
}
