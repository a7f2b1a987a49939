//! The machine's clock. Owns the only look at it; everything else is told the time.
use crate::time::{Clock, Timestamp, WallOrigin};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// The machine's monotonic clock, counted from when it was made.
#[derive(Clone, Copy, Debug)]
pub struct MachineClock {
    made: Instant,
    /// The wall-clock time at which it was made.
    pub origin: WallOrigin,
}

impl Default for MachineClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine")]
    fn default() -> Self {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let unix_ms = i64::try_from(since_1970.as_millis()).unwrap_or_default();
        let offset_s = jiff::Zoned::now().offset().seconds();
        Self { made: Instant::now(), origin: WallOrigin { unix_ms, offset_s } }
    }
}

impl Clock for MachineClock {
    fn now(&self) -> Timestamp {
        let ns = u64::try_from(self.made.elapsed().as_nanos()).unwrap_or(u64::MAX);
        Timestamp(ns)
    }
}
