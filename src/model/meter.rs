//! How much per second, lately. Owns a few buckets of a second each.
use crate::time::Timestamp;

/// Whole seconds looked back over: enough to steady the figure, few enough to fall quickly.
const SECONDS: usize = 3;

/// Counts per second over the last full seconds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Meter {
    /// The second that `buckets[0]` counts; the ones behind it lie further back.
    second: u64,
    buckets: [u64; SECONDS + 1],
    total: u64,
    /// The second that counting began in.
    began: Option<u64>,
}

impl Meter {
    /// Takes a running total as it stood at a moment.
    pub fn reach(&mut self, now: Timestamp, total: u64) {
        self.roll(now);
        self.began.get_or_insert(now.whole_seconds());
        self.buckets[0] = self.buckets[0].saturating_add(total.saturating_sub(self.total));
        self.total = total;
    }

    /// The mean of the last full seconds, as many as there were, or of the current one while it is the first.
    #[expect(clippy::cast_precision_loss, reason = "a figure for the eye")]
    pub fn per_second(&self, now: Timestamp) -> f64 {
        let mut at = *self;
        at.roll(now);
        let [current, full @ ..] = at.buckets;
        let n_full = at.began.map_or(0, |began| at.second - began).min(SECONDS as u64);
        if n_full == 0 { current as f64 } else { full.iter().sum::<u64>() as f64 / n_full as f64 }
    }

    /// Whether it shows anything but zero, so that a quiet second would change it.
    pub fn is_moving(&self, now: Timestamp) -> bool {
        self.per_second(now) > 0.0
    }

    fn roll(&mut self, now: Timestamp) {
        let passed = usize::try_from(now.whole_seconds().saturating_sub(self.second)).unwrap_or(usize::MAX);
        if passed > 0 {
            self.buckets.rotate_right(passed.min(SECONDS + 1) % (SECONDS + 1));
            for bucket in self.buckets.iter_mut().take(passed) {
                *bucket = 0;
            }
            self.second = now.whole_seconds();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::float_cmp, reason = "whole numbers")]
    fn a_steady_stream_reads_its_rate_and_silence_reads_zero() {
        let mut meter = Meter::default();
        for tenth in 0..=50 {
            meter.reach(Timestamp::from_millis(tenth * 100), (tenth + 1) * 10);
        }
        assert_eq!(meter.per_second(Timestamp::from_millis(5_000)), 100.0);
        assert!(meter.is_moving(Timestamp::from_millis(7_000)));
        assert_eq!(meter.per_second(Timestamp::from_millis(9_500)), 0.0);
    }
}
