//! How often a topic speaks. Owns the smoothing and what counts as regular.
use crate::mqtt::Retained;
use crate::time::Timestamp;
use std::num::NonZeroU64;
use std::time::Duration;

/// How much a new gap moves the smoothed ones: four messages make them follow.
const SHARE: f32 = 0.25;

/// Gaps that must be known before a cadence is claimed.
const MIN_GAPS: u16 = 4;

/// Jitter up to this part of the interval is regular; a door that opens now and then is not.
const MAX_JITTER: f32 = 0.25;

/// Smoothed gaps between messages.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Gaps {
    last: Option<NonZeroU64>,
    interval_s: f32,
    jitter_s: f32,
    n: u16,
    /// The message that the broker had kept was passed over.
    had_kept_one: bool,
}

/// The time between a topic's messages, and how far single gaps are from it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cadence {
    /// Smoothed time between two messages.
    pub interval: Duration,
    /// Smoothed distance of a gap from that.
    pub jitter: Duration,
    /// Whether it is steady enough to tell when the topic is late.
    pub is_regular: bool,
}

impl Gaps {
    /// Counts a message, the last of so many since the one counted before. A first one that the broker had kept
    /// tells nothing of when it was published.
    pub fn count(&mut self, received: Timestamp, retained: Retained, n_messages: u32) {
        match self.last {
            #[expect(clippy::cast_precision_loss, reason = "a pace is told in two digits")]
            Some(last) => {
                self.count_gap(
                    received.since(Timestamp(last.get())).as_secs_f32() / n_messages.max(1) as f32,
                );
            }
            None if retained == Retained::Yes && !self.had_kept_one => {
                self.had_kept_one = true;
                return;
            }
            None => {}
        }
        self.last = NonZeroU64::new(received.0.max(1));
    }

    fn count_gap(&mut self, gap_s: f32) {
        if self.n == 0 {
            self.interval_s = gap_s;
        } else {
            self.jitter_s += ((gap_s - self.interval_s).abs() - self.jitter_s) * SHARE;
            self.interval_s += (gap_s - self.interval_s) * SHARE;
        }
        self.n = self.n.saturating_add(1);
    }

    /// What is known, once enough is.
    pub fn cadence(&self) -> Option<Cadence> {
        (self.n >= MIN_GAPS).then(|| Cadence {
            interval: duration(self.interval_s),
            jitter: duration(self.jitter_s),
            is_regular: self.interval_s > 0.0 && self.jitter_s <= self.interval_s * MAX_JITTER,
        })
    }
}

fn duration(seconds: f32) -> Duration {
    Duration::try_from_secs_f32(seconds.max(0.0)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cadence(moments_ms: &[u64], first: Retained) -> Option<Cadence> {
        let mut gaps = Gaps::default();
        for (at, ms) in moments_ms.iter().enumerate() {
            gaps.count(Timestamp::from_millis(*ms), if at == 0 { first } else { Retained::No }, 1);
        }
        gaps.cadence()
    }

    #[test]
    fn a_steady_topic_has_a_cadence_and_a_restless_one_is_not_regular() {
        let steady = cadence(&[0, 1_000, 2_000, 3_000, 4_100], Retained::No).unwrap();
        assert!(steady.is_regular && steady.interval.as_millis().abs_diff(1_000) < 50, "{steady:?}");
        let restless = cadence(&[0, 10, 9_000, 9_020, 60_000, 60_100], Retained::No).unwrap();
        assert!(!restless.is_regular, "{restless:?}");
        assert_eq!(cadence(&[0, 1_000, 2_000, 3_000], Retained::No), None);
    }

    #[test]
    fn a_kept_message_on_subscribing_is_no_beat() {
        let found = cadence(&[0, 900, 1_900, 2_900, 3_900, 4_900], Retained::Yes).unwrap();
        assert_eq!((found.interval.as_millis(), found.jitter.as_millis()), (1_000, 0));
    }
}
