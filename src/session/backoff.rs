//! When to try again. Owns the back-off and its jitter; does not own the socket.
use crate::random::Random;
use std::time::Duration;

/// The ceiling of the first wait: long enough for a broker that restarts to listen again.
const FIRST: Duration = Duration::from_millis(500);
/// The ceiling of every wait: what a person who watches puts up with.
const CAP: Duration = Duration::from_secs(30);
/// No wait is shorter, so that a broker which closes at once never costs a core.
const FLOOR: Duration = Duration::from_millis(100);
/// A connection that held for so long was a good one; the next loss begins from the start.
pub(super) const STABLE_AFTER: Duration = Duration::from_secs(10);

/// Exponential back-off with full jitter: a thousand clients of one broker come back spread out.
#[derive(Clone, Debug)]
pub(super) struct Backoff {
    random: Random,
    n_failures: u32,
}

impl Backoff {
    /// The same seed gives the same waits.
    pub fn new(seed: u64) -> Self {
        Self { random: Random::new(seed), n_failures: 0 }
    }

    /// How long to wait this time; the next ceiling is twice as high.
    pub fn next_wait(&mut self) -> Duration {
        let ceiling = FIRST.saturating_mul(1 << self.n_failures.min(16)).min(CAP);
        self.n_failures = self.n_failures.saturating_add(1);
        let spread_ns = u64::try_from(ceiling.saturating_sub(FLOOR).as_nanos()).unwrap_or(u64::MAX);
        FLOOR + Duration::from_nanos(self.random.below(spread_ns.saturating_add(1)))
    }

    /// All is well: the next wait is a short one again.
    pub fn reset(&mut self) {
        self.n_failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_the_cap_and_never_beyond() {
        for seed in 0..200 {
            let mut backoff = Backoff::new(seed);
            for n in 0..40 {
                let ceiling = CAP.min(FIRST * 2_u32.pow(n.min(10)));
                let wait = backoff.next_wait();
                assert!(wait >= FLOOR && wait <= ceiling, "wait {n} of seed {seed}: {wait:?}");
            }
            backoff.reset();
            assert!(backoff.next_wait() <= FIRST);
        }
    }

    #[test]
    fn a_seed_gives_its_waits_and_seeds_differ() {
        let waits = |seed| {
            let mut backoff = Backoff::new(seed);
            std::iter::repeat_with(|| backoff.next_wait()).take(10).collect::<Vec<_>>()
        };
        assert_eq!(waits(7), waits(7));
        assert_ne!(waits(7), waits(8));
    }
}
