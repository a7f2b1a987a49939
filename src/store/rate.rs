//! Messages per second out of two integer buckets. Owns the counting; asks nobody for the time.
use crate::time::Timestamp;

/// Width of a bucket: long enough that a message a second reads as 1, short enough to follow a hand.
const BUCKET_NS: u64 = 2_000_000_000;

/// How many messages fell into the newest bucket and into the one before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Rate {
    bucket: u32,
    current: u32,
    previous: u32,
}

/// The number of the bucket a moment falls into.
pub(super) fn bucket_at(moment: Timestamp) -> u32 {
    u32::try_from(moment.0 / BUCKET_NS).unwrap_or(u32::MAX)
}

impl Rate {
    /// Nothing heard.
    pub const NONE: Self = Self { bucket: 0, current: 0, previous: 0 };

    /// Counts a message of the given bucket; what comes late counts as of the newest one.
    pub fn count(&mut self, bucket: u32) {
        match bucket.saturating_sub(self.bucket) {
            0 => self.current = self.current.saturating_add(1),
            gap => {
                self.previous = if gap == 1 { self.current } else { 0 };
                self.current = 1;
                self.bucket = bucket;
            }
        }
    }

    /// Messages per second over the last two seconds; the older bucket counts by its share.
    #[expect(clippy::cast_precision_loss, reason = "a rate is shown with three digits")]
    pub fn per_s(self, now: Timestamp) -> f32 {
        let share = |ns: u64| ns as f32 / BUCKET_NS as f32;
        let (previous, current, left) = match bucket_at(now).checked_sub(self.bucket) {
            Some(0) => (self.previous, self.current, 1.0 - share(now.0 % BUCKET_NS)),
            Some(1) => (self.current, 0, 1.0 - share(now.0 % BUCKET_NS)),
            Some(_) => (0, 0, 0.0),
            None => (self.previous, self.current, 0.0),
        };
        (previous as f32 * left + current as f32) / (BUCKET_NS / 1_000_000_000) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_steady_stream_reads_as_its_rate_and_silence_as_none() {
        let mut rate = Rate::default();
        for ms in (0..10_000).step_by(10) {
            rate.count(bucket_at(Timestamp::from_millis(ms)));
        }
        for (ms, expected) in [(10_000, 100.0), (10_500, 75.0), (12_000, 0.0), (3_600_000, 0.0)] {
            let found = rate.per_s(Timestamp::from_millis(ms));
            assert!((found - expected).abs() < 0.5, "{found} at {ms} ms, expected {expected}");
        }
    }

    #[test]
    fn after_a_long_silence_the_count_starts_anew() {
        let mut rate = Rate::default();
        (0..1000).for_each(|_| rate.count(0));
        rate.count(bucket_at(Timestamp::from_millis(60_000)));
        assert!((rate.per_s(Timestamp::from_millis(60_000)) - 0.5).abs() < 0.01);
    }
}
