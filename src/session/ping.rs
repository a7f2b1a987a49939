//! Keep-alive and pings (MQTT 5.0 section 3.1.2.10). Owns their timers and round trips; writes nothing.
use super::Fatal;
use crate::mqtt::Reason;
use crate::time::Timestamp;
use std::time::Duration;

/// Round trips that the notion of "overdue" rests on: at 60 s of keep-alive the last half hour.
const RECENT: usize = 32;
/// No ping is overdue before: a busy link's jitter alarms nobody.
const OVERDUE_AT_LEAST: Duration = Duration::from_secs(2);
/// With keep-alive off a ping on demand is given up after so long; the connection stays.
const GIVE_UP_WITHOUT_KEEP_ALIVE: Duration = Duration::from_secs(30);
/// The most that a ping goes out before its time.
const EARLY_AT_MOST: Duration = Duration::from_secs(1);

/// Whether the caller reads from the socket. While it doesn't, silence is no fault of the broker's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reading {
    /// Bytes are read as they come.
    #[default]
    Running,
    /// A full queue stops the reading; pings still go out.
    Paused,
}

/// What `advance` found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// A PINGRESP is overdue; told once for each ping.
    pub overdue: Option<Duration>,
    /// The answer is waited for no longer; the connection stays.
    pub given_up: Option<Duration>,
}

/// PINGREQs without an answer.
#[derive(Clone, Copy, Debug)]
struct Outstanding {
    first_sent: Timestamp,
    /// More than one when keep-alive forced another out before the answer.
    n: u32,
    /// Whether the first answer tells a round trip: not when we stopped reading meanwhile.
    is_timed: bool,
    is_told_overdue: bool,
}

#[derive(Debug)]
pub(super) struct KeepAlive {
    /// The keep-alive in force; `None` when off.
    period: Option<Duration>,
    last_sent: Timestamp,
    last_inbound: Timestamp,
    reading: Reading,
    /// A ping is to go out as soon as possible.
    is_due: bool,
    /// A person asked, and no round trip was told since.
    is_demanded: bool,
    outstanding: Option<Outstanding>,
    recent: Vec<Duration>,
    recent_idx: usize,
}

impl KeepAlive {
    pub fn new() -> Self {
        Self {
            period: None,
            last_sent: Timestamp::ZERO,
            last_inbound: Timestamp::ZERO,
            reading: Reading::Running,
            is_due: false,
            is_demanded: false,
            outstanding: None,
            recent: Vec::with_capacity(RECENT),
            recent_idx: 0,
        }
    }

    /// A new connection: no ping is out on it. Round trips of the last are still a measure.
    pub fn start(&mut self, now: Timestamp, keep_alive_s: u16) {
        self.period = (keep_alive_s > 0).then(|| Duration::from_secs(keep_alive_s.into()));
        self.last_inbound = now;
        self.reading = Reading::Running;
        self.is_due = false;
        self.outstanding = None;
    }

    /// The connection is gone: nothing is due any more.
    pub fn stop(&mut self) {
        self.period = None;
        self.is_due = false;
        self.is_demanded = false;
        self.outstanding = None;
    }

    pub fn sent(&mut self, now: Timestamp) {
        self.last_sent = now;
    }

    pub fn received(&mut self, now: Timestamp) {
        self.last_inbound = now;
    }

    pub fn last_inbound(&self) -> Timestamp {
        self.last_inbound
    }

    pub fn outstanding_since(&self) -> Option<Timestamp> {
        self.outstanding.map(|outstanding| outstanding.first_sent)
    }

    pub fn set_reading(&mut self, now: Timestamp, reading: Reading) {
        if reading != self.reading {
            // What lies in the socket's buffer is as fresh as the broker could make it.
            self.last_inbound = now;
            if let Some(outstanding) = &mut self.outstanding {
                outstanding.is_timed = false;
            }
        }
        self.reading = reading;
    }

    /// A person asks for a ping. While one is out, its answer serves both.
    pub fn demand(&mut self) {
        self.is_demanded = true;
        self.is_due |= self.outstanding.is_none();
    }

    /// Whether a PINGREQ goes out now; notes it as sent.
    pub fn take_due(&mut self, now: Timestamp) -> bool {
        if !std::mem::take(&mut self.is_due) {
            return false;
        }
        match &mut self.outstanding {
            Some(outstanding) => outstanding.n = outstanding.n.saturating_add(1),
            None => {
                self.outstanding = Some(Outstanding {
                    first_sent: now,
                    n: 1,
                    is_timed: self.reading == Reading::Running,
                    is_told_overdue: false,
                });
            }
        }
        true
    }

    /// PINGRESP came: the round trip, where it could be measured. The error: nobody asked.
    pub fn answered(&mut self, now: Timestamp) -> Result<Option<Duration>, ()> {
        let Some(outstanding) = &mut self.outstanding else { return Err(()) };
        let round_trip = outstanding.is_timed.then(|| now.since(outstanding.first_sent));
        if outstanding.n > 1 {
            outstanding.n -= 1;
            outstanding.is_timed = false;
        } else {
            self.outstanding = None;
        }
        match round_trip {
            Some(round_trip) => {
                self.is_demanded = false;
                if self.recent.len() < RECENT {
                    self.recent.push(round_trip);
                } else {
                    self.recent[self.recent_idx] = round_trip;
                }
                self.recent_idx = (self.recent_idx + 1) % RECENT;
            }
            None => self.is_due |= self.is_demanded && self.outstanding.is_none(),
        }
        Ok(round_trip)
    }

    /// When the next PINGREQ goes out by itself.
    ///
    /// Section 3.1.2.10 bounds the time between two packets *sent*, so the ping goes a tenth (at most 1 s)
    /// before that bound: a timer is never early. It goes as well when nothing was *received* for so long,
    /// for only an answer proves that the broker is there while we talk and it is silent.
    pub fn next_ping(&self) -> Option<Timestamp> {
        let period = self.period?;
        let interval = period.saturating_sub((period / 10).min(EARLY_AT_MOST));
        let asks_for_life = self.outstanding.is_none() && self.reading == Reading::Running;
        let from = if asks_for_life { self.last_sent.min(self.last_inbound) } else { self.last_sent };
        Some(from + interval)
    }

    fn dead_at(&self) -> Option<Timestamp> {
        match self.reading {
            Reading::Running => Some(self.last_inbound + self.period? * 3 / 2),
            Reading::Paused => None,
        }
    }

    fn overdue_at(&self) -> Option<Timestamp> {
        let outstanding = self.outstanding?;
        let waits = self.reading == Reading::Running && !outstanding.is_told_overdue;
        waits.then(|| outstanding.first_sent + self.overdue_after())
    }

    fn give_up_at(&self) -> Option<Timestamp> {
        let patience = self.period.map_or(GIVE_UP_WITHOUT_KEEP_ALIVE, |time| time * 3 / 2);
        match self.reading {
            Reading::Running => Some(self.outstanding?.first_sent + patience),
            Reading::Paused => None,
        }
    }

    /// max(2 s, 4 times the 95th percentile of the last pings).
    fn overdue_after(&self) -> Duration {
        let mut sorted = [Duration::ZERO; RECENT];
        let n = self.recent.len();
        sorted[..n].copy_from_slice(&self.recent);
        let sorted = &mut sorted[..n];
        sorted.sort_unstable();
        let p95 = sorted.get((n * 95).div_ceil(100).saturating_sub(1)).copied().unwrap_or_default();
        OVERDUE_AT_LEAST.max(p95.saturating_mul(4))
    }

    /// When `advance` has something to find.
    pub fn deadline(&self) -> Option<Timestamp> {
        let next_ping = if self.is_due { None } else { self.next_ping() };
        [next_ping, self.dead_at(), self.overdue_at(), self.give_up_at()].into_iter().flatten().min()
    }

    /// Lets time pass. The error: the broker is dead as far as anybody can tell.
    pub fn advance(&mut self, now: Timestamp) -> Result<Found, Fatal> {
        if let Some(period) = self.period
            && self.dead_at().is_some_and(|at| at <= now)
        {
            let silent = now.since(self.last_inbound);
            let words = format!(
                "the broker was silent for {} s; keep-alive is {} s",
                silent.as_secs(),
                period.as_secs()
            );
            // Not a word came, nor did the connection end: whatever is between us is gone, or the broker hangs.
            let remedy = Some("see whether the network on the way and the broker are up".into());
            return Err(Fatal { remedy, ..Fatal::ours(Reason(0x8D), words) });
        }
        self.is_due |= self.next_ping().is_some_and(|at| at <= now);
        let mut found = Found::default();
        if self.overdue_at().is_some_and(|at| at <= now)
            && let Some(outstanding) = &mut self.outstanding
        {
            outstanding.is_told_overdue = true;
            found.overdue = Some(now.since(outstanding.first_sent));
        }
        if self.give_up_at().is_some_and(|at| at <= now) {
            found.given_up = self.outstanding.take().map(|outstanding| now.since(outstanding.first_sent));
            self.is_demanded = false;
        }
        Ok(found)
    }
}
