//! Points in time and the clock's face. Owns the arithmetic; asks no machine for the time.
mod span;

pub use span::parse_span;

use std::ops::{Add, Sub};
use std::time::Duration;

/// Nanoseconds since the program's clock was made; monotonic, so never before a message's cause.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub u64);

impl Timestamp {
    /// The moment the clock was made.
    pub const ZERO: Self = Self(0);

    /// A point so many milliseconds after the clock was made; tests read well with it.
    pub const fn from_millis(ms: u64) -> Self {
        Self(ms * 1_000_000)
    }

    /// How long ago `earlier` was; zero when it lies ahead.
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }

    /// Whole seconds since the clock was made.
    pub const fn whole_seconds(self) -> u64 {
        self.0 / 1_000_000_000
    }
}

impl Add<Duration> for Timestamp {
    type Output = Self;

    fn add(self, after: Duration) -> Self {
        let ns = u64::try_from(after.as_nanos()).unwrap_or(u64::MAX);
        Self(self.0.saturating_add(ns))
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Self;

    fn sub(self, before: Duration) -> Self {
        let ns = u64::try_from(before.as_nanos()).unwrap_or(u64::MAX);
        Self(self.0.saturating_sub(ns))
    }
}

/// What hands out the time. The runtime owns the machine's; tests turn the hands themselves.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// Milliseconds of a day.
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// The wall-clock time, in milliseconds since 1970 (UTC), at which [`Timestamp::ZERO`] lay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WallOrigin {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub unix_ms: i64,
    /// Seconds that the machine's time zone is ahead of UTC.
    pub offset_s: i32,
}

impl WallOrigin {
    /// The wall-clock time of a moment, in milliseconds since 1970 (UTC).
    pub fn unix_ms_at(self, moment: Timestamp) -> i64 {
        let ms = i64::try_from(moment.0 / 1_000_000).unwrap_or(i64::MAX);
        self.unix_ms.saturating_add(ms)
    }

    /// The time of day of a moment in the machine's time zone: `14:05:09.123`.
    pub fn time_of_day(self, moment: Timestamp) -> String {
        let of_day = self.local_ms(moment).rem_euclid(DAY_MS);
        let (seconds, ms) = (of_day / 1_000, of_day % 1_000);
        format!("{:02}:{:02}:{:02}.{ms:03}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
    }

    /// The date of a moment in the machine's time zone: `2026-11-22`.
    pub fn date(self, moment: Timestamp) -> String {
        // Years that begin in March end with the day that not every year has; 400 of them repeat.
        let days = self.local_ms(moment).div_euclid(DAY_MS) + 719_468;
        let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        format!("{:04}-{month:02}-{day:02}", year + era * 400 + i64::from(month <= 2))
    }

    fn local_ms(self, moment: Timestamp) -> i64 {
        self.unix_ms_at(moment).saturating_add(i64::from(self.offset_s) * 1_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_has_its_time_of_day_in_the_machine_s_zone() {
        let origin = WallOrigin { unix_ms: 1_795_342_573_000, offset_s: 3_600 };
        assert_eq!(origin.time_of_day(Timestamp::from_millis(123)), "11:16:13.123");
        let west = WallOrigin { unix_ms: 0, offset_s: -5 * 3_600 };
        assert_eq!(west.time_of_day(Timestamp::ZERO), "19:00:00.000");
    }

    #[test]
    fn a_moment_has_its_date_in_the_machine_s_zone() {
        for (unix_s, offset_s, date) in [
            (0, 0, "1970-01-01"),
            (-1, 0, "1969-12-31"),
            (0, -3_600, "1969-12-31"),
            (951_782_400, 0, "2000-02-29"),
            (951_868_800, 0, "2000-03-01"),
            (1_798_761_599, 0, "2026-12-31"),
            (1_798_761_599, 3_600, "2027-01-01"),
        ] {
            let origin = WallOrigin { unix_ms: unix_s * 1_000, offset_s };
            assert_eq!(origin.date(Timestamp::ZERO), date, "{unix_s}");
        }
    }

    #[test]
    fn an_earlier_moment_is_never_a_negative_age() {
        let (early, late) = (Timestamp::from_millis(5), Timestamp::from_millis(9));
        assert_eq!(late.since(early), Duration::from_millis(4));
        assert_eq!(early.since(late), Duration::ZERO);
        assert_eq!(early - Duration::from_secs(1), Timestamp::ZERO);
    }
}
