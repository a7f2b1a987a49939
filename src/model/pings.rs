//! Ping round trips of the last hour. Owns how many are kept and what they come to; asks for none.
use crate::time::Timestamp;
use std::collections::VecDeque;
use std::time::Duration;

/// How far back the figures look.
pub const WINDOW: Duration = Duration::from_secs(3_600);

/// Round trips kept: an hour of one every five seconds.
const MAX_KEPT: usize = 720;

/// Round trips that the notion of "overdue" rests on, as in the session.
const RECENT: usize = 32;

/// No ping is overdue before, as in the session.
const OVERDUE_AT_LEAST: Duration = Duration::from_secs(2);

/// Half of them, nearly all of them, the longest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spread {
    /// Half are no longer.
    pub p50: Duration,
    /// 95 of 100 are no longer.
    pub p95: Duration,
    /// None is longer.
    pub max: Duration,
}

/// What times come to; `None` without any.
pub fn spread(times: impl IntoIterator<Item = Duration>) -> Option<Spread> {
    let mut sorted: Vec<Duration> = times.into_iter().collect();
    sorted.sort_unstable();
    let at = |percent: usize| sorted.get((sorted.len() * percent).div_ceil(100).saturating_sub(1)).copied();
    Some(Spread { p50: at(50)?, p95: at(95)?, max: *sorted.last()? })
}

/// Round trips, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Pings(VecDeque<(Timestamp, Duration)>);

impl Pings {
    /// Notes one; the oldest makes room.
    pub fn note(&mut self, at: Timestamp, round_trip: Duration) {
        if self.0.len() == MAX_KEPT {
            self.0.pop_front();
        }
        self.0.push_back((at, round_trip));
    }

    /// The newest.
    pub fn last(&self) -> Option<Duration> {
        self.0.back().map(|(_, round_trip)| *round_trip)
    }

    /// How many are kept.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there was none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those of the last hour, oldest first.
    pub fn recent(&self, now: Timestamp) -> impl Iterator<Item = Duration> {
        self.0.iter().filter(move |(at, _)| now.since(*at) <= WINDOW).map(|(_, round_trip)| *round_trip)
    }

    /// How long an answer may be awaited before it is overdue: max(2 s, 4 times the 95th percentile of late).
    pub fn patience(&self) -> Duration {
        let of_late = self.0.iter().rev().take(RECENT).map(|(_, round_trip)| *round_trip);
        let p95 = spread(of_late).unwrap_or_default().p95;
        OVERDUE_AT_LEAST.max(p95.saturating_mul(4))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_of_round_trips_comes_to_its_percentiles() {
        let mut pings = Pings::default();
        assert_eq!(spread(pings.recent(Timestamp::ZERO)), None);
        for n in 1..=100 {
            pings.note(Timestamp::from_millis(n), Duration::from_millis(n));
        }
        let ms = Duration::from_millis;
        let now = Timestamp::from_millis(3_600_051);
        let all = spread(pings.recent(Timestamp::from_millis(100)));
        assert_eq!(all, Some(Spread { p50: ms(50), p95: ms(95), max: ms(100) }));
        assert_eq!(pings.recent(now).count(), 50, "what is older than an hour counts no more");
        assert_eq!(pings.last(), Some(ms(100)));
    }

    #[test]
    fn patience_grows_with_a_slow_link_and_never_falls_below_two_seconds() {
        let mut pings = Pings::default();
        assert_eq!(pings.patience(), Duration::from_secs(2));
        for n in 0..32 {
            pings.note(Timestamp::from_millis(n), Duration::from_secs(1));
        }
        assert_eq!(pings.patience(), Duration::from_secs(4));
        for n in 0..1_000 {
            pings.note(Timestamp::from_millis(n), Duration::from_millis(1));
        }
        assert_eq!((pings.patience(), pings.len()), (Duration::from_secs(2), MAX_KEPT));
    }
}
