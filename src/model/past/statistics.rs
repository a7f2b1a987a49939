//! What the recent messages of a topic have in common: how often they come, how evenly, where they were missing, how
//! old they were when they came. Owns the figures and how many messages they are of.
use super::reader::is_evicted;

use crate::decode::{Reading, figures, stamp};
use crate::device::Document;
use crate::store::{Past, Store};
use crate::time::WallOrigin;
use std::time::Duration;

/// Messages whose intervals are measured.
pub const MAX_MESSAGES: usize = 1_000;

/// Messages whose payloads are asked for their time: each is parsed once.
const MAX_STAMPED: usize = 200;

/// Bytes parsed for it at once; what is missing comes with the next frames.
const MAX_PARSED_BYTES: usize = 256 * 1024;

/// An interval of so many medians is a gap.
const GAP_MEDIANS: u32 = 3;

/// Fewer intervals than this have no middle to speak of.
const MIN_INTERVALS: usize = 3;

/// What is known of the intervals between messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Intervals {
    /// How many.
    pub n: usize,
    /// Half of them are shorter.
    pub median: Duration,
    /// By how much the 95th of a hundred is longer than the median.
    pub jitter: Duration,
    /// Those of more than three medians.
    pub n_gaps: usize,
    /// The longest one.
    pub longest: Duration,
}

impl Intervals {
    /// Of intervals in any order.
    pub fn of(mut intervals: Vec<Duration>) -> Option<Self> {
        if intervals.len() < MIN_INTERVALS {
            return None;
        }
        intervals.sort_unstable();
        let at = |hundredths: usize| {
            let place = (intervals.len() - 1) * hundredths / 100;
            intervals.get(place).copied().unwrap_or_default()
        };
        let median = at(50);
        let is_gap = |interval: &&Duration| **interval > median.saturating_mul(GAP_MEDIANS);
        Some(Self {
            n: intervals.len(),
            median,
            jitter: at(95).saturating_sub(median),
            n_gaps: intervals.iter().filter(is_gap).count(),
            longest: at(100),
        })
    }

    /// In pieces of a sentence, the most telling first.
    pub fn words(&self) -> Vec<String> {
        let mut words = vec![
            format!("every {}", figures::span(self.median)),
            format!("jitter {} (p95)", figures::span(self.jitter)),
        ];
        if self.n_gaps > 0 {
            let gaps = figures::counted(self.n_gaps as u64, "gap");
            words.insert(1, format!("{gaps}, longest {}", figures::span(self.longest)));
        }
        words
    }
}

/// How old messages were when they came, by the times in their payloads, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Latency {
    /// How many had a time.
    pub n: usize,
    /// The least; below zero where the sender's clock is ahead of ours.
    pub least: f64,
    /// Half of them were younger.
    pub median: f64,
    /// The greatest.
    pub greatest: f64,
}

impl Latency {
    /// Of latencies in any order; what is no number does not count.
    pub fn of(mut latencies: Vec<f64>) -> Option<Self> {
        latencies.retain(|latency| latency.is_finite());
        latencies.sort_unstable_by(f64::total_cmp);
        let middle = (latencies.len().checked_sub(1)?) / 2;
        Some(Self {
            n: latencies.len(),
            least: *latencies.first()?,
            median: *latencies.get(middle)?,
            greatest: *latencies.last()?,
        })
    }

    /// In a piece of a sentence.
    pub fn words(&self) -> String {
        if self.median < 0.0 {
            return format!("clock ahead by {}", ms(-self.median));
        }
        let least = if self.least < 0.0 { format!("-{}", ms(-self.least)) } else { ms(self.least) };
        let greatest = ms(self.greatest);
        let median = ms(self.median);
        if least == greatest {
            return format!("latency {median}");
        }
        format!("latency {median} ({least} to {greatest})")
    }
}

fn ms(ms: f64) -> String {
    figures::span(Duration::try_from_secs_f64(ms / 1_000.0).unwrap_or(Duration::MAX))
}

/// What was parsed for the frames before.
#[derive(Clone, Debug, Default)]
pub struct Cache {
    /// By the messages' ordinals, the newest first; `None`: it has no time.
    latencies: Vec<(u64, Option<f64>)>,
    intervals: Option<Intervals>,
    /// What the intervals are of: the newest message and how many there are.
    of: (u64, usize),
    /// The state of the rules that payloads were read by.
    read_by: u64,
}

impl Cache {
    /// The figures of a topic's recent messages.
    pub fn statistics(
        &mut self,
        store: &Store,
        node: crate::store::NodeId,
        (reading, read_by): (Reading<'_>, u64),
        wall: WallOrigin,
    ) -> (Option<Intervals>, Option<Latency>) {
        let of = (store.node(node).n_messages, store.n_history(node));
        if self.read_by != read_by {
            *self = Self { read_by, ..Self::default() };
        }
        if self.of != of {
            self.of = of;
            let received: Vec<_> = store.history(node).take(MAX_MESSAGES).map(|past| past.received).collect();
            let pairs = received.windows(2).filter_map(|pair| Some((pair.first()?, pair.last()?)));
            self.intervals = Intervals::of(pairs.map(|(newer, older)| newer.since(*older)).collect());
            self.stamp(store.history(node).take(MAX_STAMPED), reading, wall);
        }
        (self.intervals, Latency::of(self.latencies.iter().filter_map(|(_, latency)| *latency).collect()))
    }

    fn stamp<'a>(
        &mut self,
        messages: impl Iterator<Item = Past<'a>>,
        reading: Reading<'_>,
        wall: WallOrigin,
    ) {
        let before = std::mem::take(&mut self.latencies);
        let mut before = before.into_iter().peekable();
        let mut n_bytes = 0;
        for past in messages {
            let ordinal = past.key.ordinal;
            while before.next_if(|(known, _)| *known > ordinal).is_some() {}
            let known = before.next_if(|(known, _)| *known == ordinal).map(|(_, latency)| latency);
            let latency = match known {
                Some(latency) => latency,
                None if n_bytes > MAX_PARSED_BYTES => {
                    // To be looked at with the next message.
                    continue;
                }
                None => {
                    let document = Document::brief(reading, past.payload);
                    let latency = latency(&past, &document, wall);
                    n_bytes += document.bytes().len().min(stamp::MAX_BYTES);
                    latency
                }
            };
            self.latencies.push((ordinal, latency));
        }
    }
}

/// How old a message was when it came, in milliseconds.
fn latency(past: &Past<'_>, document: &Document<'_>, wall: WallOrigin) -> Option<f64> {
    if past.is_cut() || is_evicted(past) {
        return None;
    }
    let made = stamp::unix_ms(document.bytes(), wall.offset_s)?;
    let came = wall.unix_ms_at(past.received);
    // Milliseconds since 1970 are far below what a float holds exactly.
    let (thousands, rest) = (came.div_euclid(1_000), came.rem_euclid(1_000));
    let came = f64::from(u32::try_from(thousands).ok()?) * 1_000.0 + f64::from(u16::try_from(rest).ok()?);
    Some(came - made)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn every(ms: &[u64]) -> Option<Intervals> {
        Intervals::of(ms.iter().copied().map(Duration::from_millis).collect())
    }

    #[test]
    fn a_steady_sender_with_a_gap_is_told_so() {
        let intervals = every(&[1_000, 1_000, 1_010, 1_000, 990, 9_000]).unwrap();
        assert_eq!(intervals.words(), ["every 1.0 s", "1 gap, longest 9.0 s", "jitter 10 ms (p95)"]);
        assert_eq!(every(&[1_000, 1_000]), None, "two are too few");
        assert_eq!(every(&[0, 0, 0]).unwrap().n_gaps, 0);
    }

    #[test]
    fn a_clock_ahead_is_told_and_not_hidden() {
        let words = |latencies: &[f64]| Latency::of(latencies.to_vec()).map(|latency| latency.words());
        assert_eq!(words(&[35.0]).as_deref(), Some("latency 35 ms"));
        assert_eq!(words(&[12.0, 35.0, 2_100.0]).as_deref(), Some("latency 35 ms (12 ms to 2.1 s)"));
        assert_eq!(words(&[-3_000.0, -2_900.0]).as_deref(), Some("clock ahead by 3.0 s"));
        assert_eq!(words(&[-5.0, 20.0, 30.0]).as_deref(), Some("latency 20 ms (-5.0 ms to 30 ms)"));
        assert_eq!(words(&[f64::NAN, f64::INFINITY]), None);
        assert!(words(&[1e300]).is_some());
    }

    proptest! {
        #[test]
        fn the_figures_are_of_the_intervals(ms in prop::collection::vec(0..100_000_u64, 3..60)) {
            let intervals = every(&ms).unwrap();
            let longest = Duration::from_millis(*ms.iter().max().unwrap());
            prop_assert_eq!((intervals.n, intervals.longest), (ms.len(), longest));
            let below = ms.iter().filter(|ms| Duration::from_millis(**ms) <= intervals.median).count();
            prop_assert!(below * 2 >= ms.len(), "half of them are no longer than the median");
            prop_assert!(intervals.median + intervals.jitter <= longest);
            prop_assert!(intervals.n_gaps * 2 <= ms.len());
        }
    }
}
