//! How durations spread: median, 95th percentile, greatest. Owns a few buckets, whatever was noted.
use std::time::Duration;

/// Buckets of each doubling: a percentile is at most a sixteenth too large.
const OF_A_DOUBLING: u32 = 16;

/// Microseconds double so often up to an hour.
const DOUBLINGS: u32 = 32;

/// Durations, counted by size.
#[derive(Clone, Debug, Default)]
pub struct Spread {
    /// By bucket, up to the greatest that was noted: at most `OF_A_DOUBLING * DOUBLINGS`.
    buckets: Vec<u64>,
    n: u64,
    max: Duration,
}

impl Spread {
    /// One more.
    pub fn note(&mut self, took: Duration) {
        let bucket = bucket(took);
        if self.buckets.len() <= bucket {
            self.buckets.resize(bucket + 1, 0);
        }
        self.buckets[bucket] += 1;
        self.n += 1;
        self.max = self.max.max(took);
    }

    /// The greatest.
    pub fn max(&self) -> Option<Duration> {
        (self.n > 0).then_some(self.max)
    }

    /// What so many percent stayed within; a sixteenth too much at most.
    pub fn percentile(&self, percent: u64) -> Option<Duration> {
        let wanted = (self.n * percent).div_ceil(100).max(1);
        let mut n = 0;
        let found = self.buckets.iter().position(|of_size| {
            n += of_size;
            n >= wanted
        })?;
        Some(upper(found).min(self.max))
    }
}

fn bucket(took: Duration) -> usize {
    let us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    let doubling = us.checked_ilog2().unwrap_or(0);
    let place = match doubling.checked_sub(OF_A_DOUBLING.ilog2()) {
        // Small ones have a bucket each.
        None => us,
        Some(shift) => u64::from((shift + 1) * OF_A_DOUBLING) + ((us >> shift) - u64::from(OF_A_DOUBLING)),
    };
    usize::try_from(place).unwrap_or(usize::MAX).min((OF_A_DOUBLING * DOUBLINGS - 1) as usize)
}

/// The greatest duration of a bucket.
fn upper(bucket: usize) -> Duration {
    let (bucket, of) = (bucket as u64, u64::from(OF_A_DOUBLING));
    let us = match (bucket / of).checked_sub(1) {
        None => bucket,
        Some(shift) => ((bucket % of + of + 1) << shift) - 1,
    };
    Duration::from_micros(us)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_at_most_a_sixteenth_too_large() {
        for us in (0..5_000).chain([1_000_000, 59_999_999, 3_600_000_000]) {
            let took = Duration::from_micros(us);
            let upper = upper(bucket(took));
            assert!(upper >= took && upper.as_micros() <= u128::from(us + us / 16), "{us}: {upper:?}");
        }
        let mut spread = Spread::default();
        assert_eq!((spread.max(), spread.percentile(50)), (None, None));
        for us in 1..=1_000 {
            spread.note(Duration::from_micros(us));
        }
        let near = |percent, us: u64| {
            let found = u64::try_from(spread.percentile(percent).unwrap().as_micros()).unwrap();
            assert!((us..=us + us / 16).contains(&found), "p{percent} {found}");
        };
        near(50, 500);
        near(95, 950);
        assert_eq!(spread.percentile(100), Some(Duration::from_millis(1)));
        assert_eq!(spread.max(), Some(Duration::from_millis(1)));
        spread.note(Duration::from_secs(1_000_000));
        assert_eq!(spread.max(), Some(Duration::from_secs(1_000_000)));
    }
}
