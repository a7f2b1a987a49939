//! How fast publications leave: lately, and since the first. Owns a few marks on the way.
use crate::time::Timestamp;
use std::collections::VecDeque;
use std::time::Duration;

/// Marks are so far apart at least.
const APART: Duration = Duration::from_millis(500);

/// Marks kept: the last five seconds, or the last ten publications where they come more slowly.
const MAX_MARKS: usize = 11;

/// What left, and when.
#[derive(Clone, Debug, Default)]
pub struct Speed {
    /// How many had left at a moment, oldest first.
    marks: VecDeque<(Timestamp, u64)>,
    first: Timestamp,
    last: Timestamp,
    n: u64,
}

impl Speed {
    /// One left.
    pub fn note(&mut self, at: Timestamp) {
        if self.n == 0 {
            self.first = at;
        }
        self.n += 1;
        self.last = self.last.max(at);
        if self.marks.back().is_none_or(|(marked, _)| at.since(*marked) >= APART) {
            if self.marks.len() == MAX_MARKS {
                self.marks.pop_front();
            }
            self.marks.push_back((at, self.n));
        }
    }

    /// Per second over the last marks; none before there were two. What stays away lets it fall.
    pub fn lately(&self, now: Timestamp) -> Option<f64> {
        let (from, n) = self.marks.front()?;
        let per_second = per_second(self.n - n, self.last.since(*from))?;
        let is_late = now.since(self.last).as_secs_f64() * per_second > 2.0 && now.since(self.last) > APART;
        if is_late { self::per_second(self.n - n, now.since(*from)) } else { Some(per_second) }
    }

    /// Per second from the first to the last; none before there were two.
    pub fn mean(&self) -> Option<f64> {
        per_second(self.n.checked_sub(1)?, self.last.since(self.first))
    }
}

#[expect(clippy::cast_precision_loss, reason = "a figure for the eye")]
fn per_second(n: u64, span: Duration) -> Option<f64> {
    (n > 0 && !span.is_zero()).then(|| n as f64 / span.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_speed_is_that_of_the_last_seconds() {
        let at = Timestamp::from_millis;
        let mut speed = Speed::default();
        assert_eq!((speed.lately(at(0)), speed.mean()), (None, None));
        for k in 0..=1_000 {
            speed.note(at(10 * k));
        }
        assert_eq!(speed.lately(at(10_000)), Some(100.0));
        assert_eq!(speed.mean(), Some(100.0));
        for k in 0..=10 {
            speed.note(at(20_000 + 1_000 * k));
        }
        assert_eq!(speed.lately(at(30_000)), Some(1.0), "slow ones are counted over more time");
        assert!(speed.lately(at(60_000)).is_some_and(|rate| rate < 0.3), "what stays away");
    }
}
