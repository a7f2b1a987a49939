//! A run that publishes again and again at a rate. Owns its schedule and how much of it may be under way.
use super::flow::Flow;
use super::schedule::{Room, Schedule};
use super::work::{Made, Next};
use crate::mqtt::{Publication, Stage, Topic};
use crate::time::Timestamp;

/// Publications without an acknowledgement, beyond which ticks are skipped: two seconds at the fastest rate.
const MAX_OPEN: usize = 2_048;

/// Publications that the task was given and has not written yet: those of this many milliseconds, at least
/// [`MIN_UNSENT`].
const UNSENT_MS: usize = 20;

/// Two, so that a slow one is not held up by the one before.
const MIN_UNSENT: usize = 2;

/// Refusals in a row, after which it makes no sense to go on.
const MAX_REFUSED: u64 = 5;

/// A generator that runs.
#[derive(Clone, Debug)]
pub struct Generator {
    /// Where to.
    pub topic: Topic,
    /// When.
    pub schedule: Schedule,
    what: Publication,
}

impl Generator {
    /// Publishes the same again and again.
    pub fn constant(what: Publication, schedule: Schedule) -> Self {
        Self { topic: what.topic.clone(), schedule, what }
    }

    /// What is to be done now.
    pub fn next(&mut self, now: Timestamp, flow: &Flow) -> Next {
        if flow.n_refused_in_a_row >= MAX_REFUSED {
            let why = flow.trouble.clone().unwrap_or_default();
            return Next::Stop(format!("the broker refused {MAX_REFUSED} in a row: {why}"));
        }
        let room = self.room(flow);
        match self.schedule.take(now, room) {
            Some(tick) => Next::Publish(Made { publication: self.what.clone(), due: tick.due }),
            None if self.schedule.is_over() => Next::Done,
            None => Next::Wait,
        }
    }

    /// When to ask again, unless something is heard of what is under way.
    pub fn deadline(&self, flow: &Flow) -> Option<Timestamp> {
        self.schedule.deadline(self.room(flow))
    }

    /// The task had no room for the last one.
    pub fn not_taken(&mut self) {
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
        let of_a_while = u128::try_from(UNSENT_MS).unwrap_or(0) * 1_000_000
            / self.schedule.rate.period().as_nanos().max(1);
        let most = usize::try_from(of_a_while).unwrap_or(MIN_UNSENT).max(MIN_UNSENT);
        let is_free = flow.n_queued() == 0 && flow.n_unsent() < most && flow.n_open() < MAX_OPEN;
        if is_free { Room::Free } else { Room::None }
    }
}
