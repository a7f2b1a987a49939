//! A run that publishes again and again at a rate. Owns its schedule and how much of it may be under way.
use super::flow::Flow;
use super::schedule::{Room, Schedule, Until};
use super::source::{Fill, Source};
use super::work::{Made, Next};
use crate::decode::figures;
use crate::mqtt::{Stage, Topic};
use crate::time::Timestamp;

/// Publications without an acknowledgement, beyond which ticks are skipped: two seconds at the fastest rate.
const MAX_OPEN: usize = 2_048;

/// Publications that the task was given and has not written yet: those of so many milliseconds, and at least
/// [`MIN_UNSENT`].
const UNSENT_MS: u128 = 20;

/// Two, so that a slow one is not held up by the one before.
const MIN_UNSENT: usize = 2;

/// Refusals in a row, after which it makes no sense to go on.
const MAX_REFUSED: u64 = 5;

/// A generator that runs.
#[derive(Clone, Debug)]
pub struct Generator {
    /// What it makes, in words: `sine 0..100 over 10 s`.
    pub words: String,
    /// When.
    pub schedule: Schedule,
    /// Values that were left out, for they equalled the one before.
    pub n_repeated: u64,
    source: Source,
}

impl Generator {
    /// Publishes what a source makes.
    pub const fn new(words: String, source: Source, schedule: Schedule) -> Self {
        Self { words, schedule, n_repeated: 0, source }
    }

    /// Where to, as it is written.
    pub const fn topic(&self) -> &Topic {
        self.source.topic()
    }

    /// Whether it goes to a topic, or did so last.
    pub fn goes_to(&self, topic: &str) -> bool {
        self.source.goes_to(topic)
    }

    /// How much of it is done: `37 of 100`; none where it goes on until it is stopped.
    pub fn progress(&self) -> Option<String> {
        match self.schedule.until {
            Until::Stopped => None,
            Until::Count(n) => {
                Some(format!("{} of {}", figures::grouped(self.schedule.n_taken), figures::grouped(n)))
            }
            Until::Time(time) => Some(format!("for {}", figures::span(time))),
        }
    }

    /// What is to be done now.
    pub fn next(&mut self, now: Timestamp, flow: &Flow, fill: &mut Fill<'_>) -> Next {
        if flow.n_refused_in_a_row >= MAX_REFUSED {
            let why = flow.trouble.clone().unwrap_or_default();
            return Next::Stop(format!("the broker refused {MAX_REFUSED} in a row: {why}"));
        }
        let room = self.room(flow);
        match self.schedule.take(now, room) {
            Some(tick) => match self.source.make(tick.elapsed, fill) {
                Ok(Some(publication)) => Next::Publish(Made { publication, due: tick.due }),
                Ok(None) => {
                    self.schedule.pass();
                    self.n_repeated += 1;
                    Next::Wait
                }
                Err(words) => Next::Stop(words),
            },
            None if self.schedule.is_over() => Next::Done,
            None => Next::Wait,
        }
    }

    /// When to ask again, unless something is heard of what is under way.
    pub fn deadline(&self, flow: &Flow) -> Option<Timestamp> {
        self.schedule.deadline(self.room(flow))
    }

    /// The task had no room for the last one.
    pub const fn not_taken(&mut self) {
        self.schedule.miss();
    }

    /// One came a stage further. Why it makes no sense to go on, if that is so.
    pub fn told(&self, stage: &Stage) -> Option<String> {
        match stage {
            Stage::NotSent(words) => Some(words.clone()),
            Stage::Queued
            | Stage::Sent { .. }
            | Stage::Received
            | Stage::Acknowledged(_)
            | Stage::Refused(..) => None,
        }
    }

    /// Newest wins: what the broker is behind with is not added to.
    fn room(&self, flow: &Flow) -> Room {
        let of_a_while = UNSENT_MS * 1_000_000 / self.schedule.rate.period().as_nanos().max(1);
        let most = usize::try_from(of_a_while).unwrap_or(MIN_UNSENT).max(MIN_UNSENT);
        let is_free = flow.n_queued() == 0 && flow.n_unsent() < most && flow.n_open() < MAX_OPEN;
        if is_free { Room::Free } else { Room::None }
    }
}
