//! How long to let the socket fill between reads. Owns the judgement of "busy"; sleeps nowhere.
//!
//! A broker that writes message by message wakes its reader for each, and nearly all of the cost is the
//! kernel's: 2.7 to 8 µs a message at 50,000 a second, against 0.9 µs when the reader lets a few
//! milliseconds' worth gather. A quiet stream is read at once, and so is one on which an answer is awaited:
//! its round trip is to be true.
use crate::time::Timestamp;
use std::time::Duration;

/// Messages a second from which on resting pays.
const BUSY_PER_SECOND: u64 = 1000;
/// What the rate is measured over: long enough to hold some messages, short enough to notice a burst.
const WINDOW: Duration = Duration::from_millis(20);
/// Messages of one window that make a stream busy before the window is over.
const BUSY_AT_ONCE: u64 = BUSY_PER_SECOND * 20 / 1000;
/// The first rest, and the unit of longer ones: tokio's timers know no finer.
pub(super) const REST: Duration = Duration::from_millis(1);
/// The longest rest: less than a 60 Hz frame's time, so nobody sees it. Each rest ends with a wake-up of
/// this task and one of the loop, with cold caches; at 50,000 messages a second 4 ms cost a third more.
const LONGEST_REST: Duration = Duration::from_millis(10);
/// How long rests stay short after a request: echoes at QoS 0 are awaited by the user alone, and a broker
/// that needs longer is not told from a slow one by 10 ms more.
const HURRY: Duration = Duration::from_millis(100);
/// A read of fewer messages is small: the next rest is longer.
const SMALL_READ: u64 = 512;
/// A read of more messages is large: the next rest is shorter.
const LARGE_READ: u64 = 1024;

/// The rate of one connection's messages.
#[derive(Debug)]
pub(super) struct Pace {
    window_began: Timestamp,
    n_in_window: u64,
    is_busy: bool,
    rest: Duration,
    hurry_until: Timestamp,
}

impl Pace {
    pub fn new(now: Timestamp) -> Self {
        Self { window_began: now, n_in_window: 0, is_busy: false, rest: REST, hurry_until: Timestamp::ZERO }
    }

    /// Something was asked of the broker, and what comes of it is waited for.
    pub fn hurry(&mut self, now: Timestamp) {
        self.hurry_until = now + HURRY;
    }

    /// Notes a read of so many messages; how long to rest before the next one.
    pub fn after_read(&mut self, now: Timestamp, n_messages: usize) -> Option<Duration> {
        let n_messages = n_messages as u64;
        self.n_in_window = self.n_in_window.saturating_add(n_messages);
        let elapsed = now.since(self.window_began);
        if elapsed >= WINDOW {
            let elapsed_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
            self.is_busy = self.n_in_window.saturating_mul(1000) / elapsed_ms.max(1) > BUSY_PER_SECOND;
            self.window_began = now;
            self.n_in_window = 0;
        } else if self.n_in_window > BUSY_AT_ONCE {
            self.is_busy = true;
        }
        if !self.is_busy {
            self.rest = REST;
            return None;
        }
        if n_messages < SMALL_READ {
            self.rest = (self.rest + REST).min(LONGEST_REST);
        } else if n_messages > LARGE_READ {
            self.rest = self.rest.saturating_sub(REST).max(REST);
        }
        Some(if now < self.hurry_until { REST } else { self.rest })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rests(gap_us: u64, n_messages: usize, n_reads: u64) -> Vec<Option<Duration>> {
        let at = |n: u64| Timestamp(n * gap_us * 1000);
        let mut pace = Pace::new(at(0));
        (1..=n_reads).map(|n| pace.after_read(at(n), n_messages)).collect()
    }

    #[test]
    fn a_quiet_stream_is_read_at_once() {
        for (gap_us, n_messages) in [(1_000_000, 1), (2_000, 1), (1_100, 1), (1_000_000, 100)] {
            assert!(rests(gap_us, n_messages, 500).iter().all(Option::is_none), "every {gap_us} µs");
        }
    }

    #[test]
    fn a_busy_stream_is_let_gather() {
        // 10,000 a second, one by one: the rest grows to its longest.
        let rests = rests(100, 1, 500);
        assert!(rests[..20].iter().all(Option::is_none));
        assert_eq!(rests.last().unwrap(), &Some(LONGEST_REST));
    }

    #[test]
    fn after_a_request_it_gathers_only_shortly() {
        let at = |n: u64| Timestamp(n * 100_000);
        let mut pace = Pace::new(at(0));
        let rests = |pace: &mut Pace, ns: std::ops::Range<u64>| {
            ns.map(|n| pace.after_read(at(n), 1)).collect::<Vec<_>>()
        };
        rests(&mut pace, 1..500);
        pace.hurry(at(500));
        assert!(rests(&mut pace, 501..1_500).iter().all(|rest| *rest == Some(REST)));
        assert_eq!(rests(&mut pace, 1_500..1_501), [Some(LONGEST_REST)]);
    }

    #[test]
    fn large_reads_shorten_the_rest() {
        assert_eq!(rests(1000, 2000, 50).last().unwrap(), &Some(REST));
    }

    #[test]
    fn a_burst_that_is_over_is_forgotten() {
        let mut pace = Pace::new(Timestamp::ZERO);
        assert!(pace.after_read(Timestamp::from_millis(1), 100).is_some());
        assert!(pace.after_read(Timestamp::from_millis(500), 1).is_none());
    }
}
