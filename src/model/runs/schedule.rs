//! When the publications of a generator are due. Owns the ticks; sends nothing and asks no clock.
//!
//! The k-th tick lies at start + k / rate, so nothing adds up to a drift. Whoever comes a little late for a tick (a
//! frame was drawn) takes it all the same, and then the ones behind it at half the distance until they are on time:
//! never two at once. What is older than [`LAG`] and not the newest is skipped and counted.
use crate::time::Timestamp;
use std::fmt;
use std::time::Duration;

/// How late a tick may be taken when others are due behind it: longer than it takes to draw a frame.
pub const LAG: Duration = Duration::from_millis(10);

/// Nanoseconds of a tick at a thousandth of a hertz.
const NS_AT_1_MHZ: u128 = 1_000_000_000_000;

/// How often a second, in thousandths: 0.1 to 1,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rate {
    millihertz: u32,
}

impl Rate {
    /// The slowest: once in ten seconds.
    pub const LEAST: Self = Self { millihertz: 100 };
    /// The fastest.
    pub const MOST: Self = Self { millihertz: 1_000_000 };
    /// Once a second.
    pub const ONE: Self = Self { millihertz: 1_000 };

    /// The rate of a text such as `50` or `0.5`, in publications a second.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!("{text:?} is no rate: a number from 0.1 to 1000 publications a second, such as 50 or 0.5")
        };
        let (whole, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
        let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if !is_digits(whole) || !is_digits(fraction) || whole.is_empty() && fraction.is_empty() {
            return Err(wrong());
        }
        if fraction.len() > 3 {
            return Err(format!("{text:?} is finer than a rate goes: three digits behind the point"));
        }
        let digits = format!("{whole}{fraction:0<3}");
        let rate = Self { millihertz: digits.parse().map_err(|_too_long| wrong())? };
        if (Self::LEAST..=Self::MOST).contains(&rate) { Ok(rate) } else { Err(wrong()) }
    }

    /// From one tick to the next.
    pub fn period(self) -> Duration {
        Duration::from_nanos(u64::try_from(self.ns(1)).unwrap_or(u64::MAX))
    }

    /// From the first tick to the k-th behind it, in nanoseconds, rounded up.
    fn ns(self, k: u64) -> u128 {
        (u128::from(k) * NS_AT_1_MHZ).div_ceil(u128::from(self.millihertz))
    }

    /// The last tick that is not later than so long after the first.
    fn ticks_within(self, span: Duration) -> u64 {
        u64::try_from(span.as_nanos() * u128::from(self.millihertz) / NS_AT_1_MHZ).unwrap_or(u64::MAX)
    }
}

impl fmt::Display for Rate {
    /// `50`, `0.5`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, thousandths) = (self.millihertz / 1_000, self.millihertz % 1_000);
        if thousandths == 0 {
            return write!(f, "{whole}");
        }
        let digits = format!("{thousandths:03}");
        write!(f, "{whole}.{}", digits.trim_end_matches('0'))
    }
}

/// How long it goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Until {
    /// Until it is stopped.
    #[default]
    Stopped,
    /// Until so many were published.
    Count(u64),
    /// So long.
    Time(Duration),
}

/// Whether there is room for another publication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// There is.
    Free,
    /// The broker, or the way to it, is behind: what is due waits, and the newest goes when there is room.
    None,
}

/// A tick that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tick {
    /// Its number, from 0.
    pub number: u64,
    /// When it was due.
    pub due: Timestamp,
    /// From the first tick to this one.
    pub elapsed: Duration,
}

/// The ticks of one generator.
#[derive(Clone, Debug)]
pub struct Schedule {
    /// When the first tick is due.
    pub start: Timestamp,
    /// How many a second.
    pub rate: Rate,
    /// How long.
    pub until: Until,
    /// Ticks that were taken.
    pub n_taken: u64,
    /// Ticks that were missed.
    pub n_skipped: u64,
    next: u64,
    taken: Option<Timestamp>,
}

impl Schedule {
    /// Ticks from a moment on.
    pub const fn new(start: Timestamp, rate: Rate, until: Until) -> Self {
        Self { start, rate, until, n_taken: 0, n_skipped: 0, next: 0, taken: None }
    }

    /// The tick to be taken now, if there is one. Whatever was missed is counted.
    pub fn take(&mut self, now: Timestamp, room: Room) -> Option<Tick> {
        self.skip(now, room);
        if self.is_over() || room == Room::None || self.ready() > now {
            return None;
        }
        let number = self.next;
        self.next += 1;
        self.n_taken += 1;
        self.taken = Some(now);
        let due = self.at(number);
        Some(Tick { number, due, elapsed: due.since(self.start) })
    }

    /// The last tick was a miss after all: nothing was published.
    pub const fn miss(&mut self) {
        self.pass();
        self.n_skipped += 1;
    }

    /// Nothing was to be published at the last tick.
    pub const fn pass(&mut self) {
        self.n_taken = self.n_taken.saturating_sub(1);
    }

    /// Whether no tick will come any more.
    pub fn is_over(&self) -> bool {
        match self.until {
            Until::Stopped => false,
            Until::Count(n) => self.n_taken >= n,
            Until::Time(_) => self.next >= self.end(),
        }
    }

    /// When to look again: the next tick's time, or with no room the time of the one behind it, which takes its
    /// place.
    pub fn deadline(&self, room: Room) -> Option<Timestamp> {
        match room {
            _ if self.is_over() => None,
            Room::Free => Some(self.ready()),
            Room::None => Some(self.at(self.next + 1)),
        }
    }

    fn at(&self, number: u64) -> Timestamp {
        self.start + Duration::from_nanos(u64::try_from(self.rate.ns(number)).unwrap_or(u64::MAX))
    }

    /// When the next may be taken: at its time, and never less than half a period behind the one before.
    fn ready(&self) -> Timestamp {
        let apart = self.taken.map_or(Timestamp::ZERO, |taken| taken + self.rate.period() / 2);
        self.at(self.next).max(apart)
    }

    /// How many ticks its time holds.
    fn end(&self) -> u64 {
        match self.until {
            Until::Stopped | Until::Count(_) => u64::MAX,
            // The last one lies before the end of the time.
            Until::Time(time) => self.rate.ticks_within(time.saturating_sub(Duration::from_nanos(1))) + 1,
        }
    }

    fn skip(&mut self, now: Timestamp, room: Room) {
        if now < self.start || self.is_over() {
            return;
        }
        let is_late = |time: Duration| now >= self.start + time + LAG;
        let from = match self.until {
            Until::Time(time) if is_late(time) => self.end(),
            Until::Time(_) | Until::Stopped | Until::Count(_) => {
                let newest = self.rate.ticks_within(now.since(self.start)).min(self.end() - 1);
                match room {
                    Room::None => newest,
                    Room::Free => newest.min(self.oldest_to_take(now)),
                }
            }
        };
        self.n_skipped += from.saturating_sub(self.next);
        self.next = self.next.max(from);
    }

    /// The first tick that is not too late to be taken.
    fn oldest_to_take(&self, now: Timestamp) -> u64 {
        let since = now.since(self.start);
        let too_late = since.checked_sub(LAG).and_then(|early| early.checked_sub(Duration::from_nanos(1)));
        too_late.map_or(0, |span| self.rate.ticks_within(span) + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const START: Timestamp = Timestamp::from_millis(500);

    fn schedule(rate: &str, until: Until) -> Schedule {
        Schedule::new(START, Rate::parse(rate).unwrap(), until)
    }

    /// Wakes when it is due, so much late each time; when each tick was taken, until the end or that moment.
    fn taken(
        schedule: &mut Schedule,
        late: &mut dyn FnMut() -> Duration,
        until: Timestamp,
    ) -> Vec<Timestamp> {
        let mut taken = Vec::new();
        while let Some(at) = schedule.deadline(Room::Free).filter(|at| *at < until) {
            let now = at + late();
            if schedule.take(now, Room::Free).is_some() {
                taken.push(now);
            }
        }
        taken
    }

    #[test]
    fn a_rate_is_a_number_between_its_bounds() {
        for (text, expected) in [
            ("1000", Ok("1000")),
            (" 50 ", Ok("50")),
            ("0.1", Ok("0.1")),
            (".25", Ok("0.25")),
            ("3.", Ok("3")),
            ("33.333", Ok("33.333")),
            ("0.09", Err("from 0.1 to 1000")),
            ("1001", Err("from 0.1 to 1000")),
            ("99999999999999", Err("from 0.1 to 1000")),
            ("0", Err("from 0.1 to 1000")),
            ("-1", Err("is no rate")),
            ("fast", Err("is no rate")),
            ("", Err("is no rate")),
            (".", Err("is no rate")),
            ("1.0001", Err("three digits")),
        ] {
            match (Rate::parse(text), expected) {
                (Ok(rate), Ok(shown)) => assert_eq!(rate.to_string(), shown),
                (Err(words), Err(part)) => assert!(words.contains(part), "{words}"),
                (found, _) => panic!("{text:?}: {found:?}"),
            }
        }
    }

    #[test]
    fn a_million_ticks_do_not_drift() {
        let mut never = || Duration::ZERO;
        let mut ticks = schedule("3", Until::Count(1_000_000));
        let at = taken(&mut ticks, &mut never, Timestamp(u64::MAX));
        assert_eq!(at.len(), 1_000_000);
        assert_eq!(at[300_000].since(START), Duration::from_secs(100_000));
        assert_eq!(at[999_999].since(START), Duration::from_secs(333_333));
        assert_eq!(ticks.n_skipped, 0);
    }

    #[test]
    fn a_time_holds_the_ticks_before_its_end() {
        for (rate, time_ms, n) in
            [("1000", 1_000, 1_000), ("10", 950, 10), ("10", 901, 10), ("10", 900, 9), ("0.1", 1, 1)]
        {
            let mut ticks = schedule(rate, Until::Time(Duration::from_millis(time_ms)));
            let at = taken(&mut ticks, &mut || Duration::ZERO, Timestamp(u64::MAX));
            assert_eq!(at.len(), n, "{rate} for {time_ms} ms");
            assert!(ticks.is_over());
        }
    }

    #[test]
    fn a_short_delay_is_caught_up_one_by_one_and_a_long_one_is_skipped() {
        let mut ticks = schedule("1000", Until::Stopped);
        let late = |ms: u64| START + Duration::from_millis(ms);
        assert!(ticks.take(late(0), Room::Free).is_some());
        // Four are due; each waits for half a period behind the other.
        assert_eq!(ticks.take(late(4), Room::Free).map(|tick| tick.number), Some(1));
        assert_eq!(ticks.take(late(4), Room::Free), None);
        assert_eq!(ticks.deadline(Room::Free), Some(late(4) + Duration::from_micros(500)));
        let at = taken(&mut ticks, &mut || Duration::ZERO, late(20));
        assert_eq!((ticks.n_taken, ticks.n_skipped), (20, 0));
        assert_eq!(at.last(), Some(&late(19)), "on time again");
        // A second without a look: the ten newest are caught up, the others skipped.
        assert_eq!(ticks.take(late(1_000), Room::Free).map(|tick| tick.number), Some(990));
        assert_eq!(ticks.n_skipped, 970);
    }

    #[test]
    fn without_room_the_newest_waits_and_goes_once_there_is_some() {
        let mut ticks = schedule("100", Until::Stopped);
        let late = |ms: u64| START + Duration::from_millis(ms);
        assert_eq!(ticks.take(late(0), Room::None), None);
        assert_eq!(ticks.take(late(55), Room::None), None);
        assert_eq!(ticks.n_skipped, 5);
        assert_eq!(ticks.deadline(Room::None), Some(late(60)));
        assert_eq!(ticks.take(late(57), Room::Free).map(|tick| tick.number), Some(5));
        assert_eq!(ticks.take(late(57), Room::Free), None);
    }

    #[test]
    fn a_time_that_ran_out_without_room_ends() {
        let mut ticks = schedule("100", Until::Time(Duration::from_millis(100)));
        assert_eq!(ticks.take(START + Duration::from_millis(105), Room::None), None);
        assert!(!ticks.is_over(), "the last one may still go");
        assert_eq!(ticks.take(START + Duration::from_millis(110), Room::None), None);
        assert!(ticks.is_over());
        assert_eq!((ticks.n_taken, ticks.n_skipped), (0, 10));
    }

    proptest! {
        #[test]
        fn never_a_burst_never_a_drift_and_every_tick_is_accounted_for(
            millihertz in 100_u32..=1_000_000,
            late_us in prop::collection::vec((0_u64..30_000, any::<bool>()), 1..200),
        ) {
            let rate = Rate { millihertz };
            let mut ticks = Schedule::new(START, rate, Until::Stopped);
            let mut before: Option<(Timestamp, u64)> = None;
            let mut now = START;
            for (late_us, has_room) in late_us {
                let room = if has_room { Room::Free } else { Room::None };
                let at = ticks.deadline(room).unwrap();
                now = now.max(at) + Duration::from_micros(late_us);
                let Some(tick) = ticks.take(now, room) else { continue };
                let exact = u128::from(tick.number) * NS_AT_1_MHZ / u128::from(millihertz);
                prop_assert!(tick.due.since(START).as_nanos().abs_diff(exact) <= 1, "no drift");
                prop_assert!(tick.due <= now, "none before its time");
                prop_assert!(
                    now.since(tick.due) <= LAG.max(rate.period()),
                    "none is later than the newest, or than the lag"
                );
                if let Some((taken, number)) = before {
                    prop_assert!(now.since(taken) >= rate.period() / 2, "no burst");
                    prop_assert!(tick.number > number, "no tick twice");
                }
                prop_assert_eq!(ticks.n_taken + ticks.n_skipped, tick.number + 1);
                before = Some((now, tick.number));
            }
        }
    }
}
