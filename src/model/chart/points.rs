//! Numbers over time, with a summary of each block of them. Owns the search by time and what lies in a range, at the
//! cost of its blocks rather than its numbers; reads no payload.
use crate::time::Timestamp;
use std::collections::VecDeque;
use std::ops::Range;
use std::time::Duration;

/// Points of a block: a column of a chart looks at two blocks' points, and at summaries between them.
const BLOCK: usize = 64;

/// Blocks whose intervals tell a cadence; more of them tell no more.
const CADENCE_BLOCKS: usize = 64;

/// Fewer intervals tell no cadence.
const MIN_INTERVALS: usize = 4;

/// A number and when it came.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    /// When.
    pub at: Timestamp,
    /// The number; finite.
    pub value: f64,
}

/// What lies in a range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// How many points.
    pub n: usize,
    /// The earliest.
    pub first: Point,
    /// The latest.
    pub last: Point,
    /// The least number.
    pub min: f64,
    /// The greatest.
    pub max: f64,
    /// The mean of the numbers.
    pub mean: f64,
}

impl Summary {
    const fn of(point: Point) -> Self {
        let value = point.value;
        Self { n: 1, first: point, last: point, min: value, max: value, mean: value }
    }

    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
    fn and(self, later: Self) -> Self {
        let n = self.n + later.n;
        let share = |part: usize| part as f64 / n as f64;
        Self {
            n,
            first: self.first,
            last: later.last,
            min: self.min.min(later.min),
            max: self.max.max(later.max),
            // Weighted, since a sum of the widest numbers is infinite.
            mean: self.mean * share(self.n) + later.mean * share(later.n),
        }
    }
}

#[derive(Clone, Debug)]
struct Block {
    points: Vec<Point>,
    summary: Summary,
    /// The median time between its points, once it is full.
    interval: Option<Duration>,
}

/// Points in the order of their time.
#[derive(Clone, Debug, Default)]
pub struct Points {
    blocks: VecDeque<Block>,
    n: usize,
    /// Points let go for lack of room, oldest first.
    pub n_gone: u64,
    /// Points whose time lay before that of the one they followed; they stand at its time.
    pub n_backwards: u64,
}

impl Points {
    /// How many there are.
    pub const fn len(&self) -> usize {
        self.n
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.n == 0
    }

    /// Memory taken.
    pub fn n_bytes(&self) -> usize {
        self.blocks.len() * (size_of::<Block>() + BLOCK * size_of::<Point>())
    }

    /// Adds the next one, and lets the oldest go beyond so many.
    pub fn push(&mut self, point: Point, most: usize) {
        let before = self.last().map_or(Timestamp::ZERO, |last| last.at);
        self.n_backwards += u64::from(point.at < before);
        let point = Point { at: point.at.max(before), ..point };
        if let Some(block) = self.blocks.back_mut().filter(|block| block.points.len() < BLOCK) {
            block.points.push(point);
            block.summary = block.summary.and(Summary::of(point));
            if block.points.len() == BLOCK {
                block.interval = median(&mut intervals(&block.points));
            }
        } else {
            let mut points = Vec::with_capacity(BLOCK);
            points.push(point);
            self.blocks.push_back(Block { points, summary: Summary::of(point), interval: None });
        }
        self.n += 1;
        while self.n > most.max(BLOCK) {
            let n_gone = self.blocks.pop_front().map_or(self.n, |block| block.points.len());
            self.n -= n_gone;
            self.n_gone += n_gone as u64;
        }
    }

    /// The point at a place.
    pub fn get(&self, place: usize) -> Option<Point> {
        self.blocks.get(place / BLOCK)?.points.get(place % BLOCK).copied()
    }

    /// The earliest.
    pub fn first(&self) -> Option<Point> {
        self.blocks.front().map(|block| block.summary.first)
    }

    /// The latest.
    pub fn last(&self) -> Option<Point> {
        self.blocks.back().map(|block| block.summary.last)
    }

    /// The place of the first point at or after a moment; how many there are when none is.
    pub fn place_at(&self, at: Timestamp) -> usize {
        let n_before = self.blocks.partition_point(|block| block.summary.last.at < at);
        let within = |block: &Block| block.points.partition_point(|point| point.at < at);
        self.blocks.get(n_before).map_or(self.n, |block| n_before * BLOCK + within(block))
    }

    /// The places from a moment up to another, that one left out.
    pub fn between(&self, from: Timestamp, to: Timestamp) -> Range<usize> {
        let from = self.place_at(from);
        from..self.place_at(to).max(from)
    }

    /// What lies at these places; nothing where none are.
    pub fn summary(&self, places: Range<usize>) -> Option<Summary> {
        let (mut at, end) = (places.start, places.end.min(self.n));
        let mut all: Option<Summary> = None;
        let mut add = |part: Summary| all = Some(all.map_or(part, |all| all.and(part)));
        while at < end {
            let block = self.blocks.get(at / BLOCK)?;
            if at % BLOCK == 0 && end - at >= block.points.len() {
                add(block.summary);
                at += block.points.len();
            } else {
                let stop = (at % BLOCK + (end - at)).min(block.points.len());
                let points = block.points.get(at % BLOCK..stop).unwrap_or_default();
                for point in points {
                    add(Summary::of(*point));
                }
                at += points.len().max(1);
            }
        }
        all
    }

    /// The usual time between points around these places: the median of what evenly spread blocks have for
    /// theirs. `None` where there are too few to tell.
    pub fn cadence(&self, places: Range<usize>) -> Option<Duration> {
        let from = (places.start / BLOCK).saturating_sub(1);
        let to = (places.end / BLOCK + 1).min(self.blocks.len());
        let stride = (to.saturating_sub(from) / CADENCE_BLOCKS).max(1);
        let (mut medians, mut n) = (Vec::new(), 0);
        for block in self.blocks.range(from.min(to)..to).step_by(stride) {
            n += block.points.len().saturating_sub(1);
            medians.extend(block.interval.or_else(|| median(&mut intervals(&block.points))));
        }
        median(&mut medians).filter(|_| n >= MIN_INTERVALS)
    }
}

fn intervals(points: &[Point]) -> Vec<Duration> {
    points.iter().zip(points.iter().skip(1)).map(|(before, after)| after.at.since(before.at)).collect()
}

fn median(durations: &mut [Duration]) -> Option<Duration> {
    let middle = durations.len() / 2;
    (middle < durations.len()).then(|| *durations.select_nth_unstable(middle).1)
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "extremes are taken over, not reckoned")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn points(steps: &[(u64, f64)], most: usize) -> (Points, Vec<Point>) {
        let (mut made, mut plain, mut at) = (Points::default(), Vec::new(), 0);
        for (step, value) in steps {
            at += step;
            let point = Point { at: Timestamp(at), value: *value };
            made.push(point, most);
            plain.push(point);
        }
        (made, plain)
    }

    fn steps() -> impl Strategy<Value = Vec<(u64, f64)>> {
        proptest::collection::vec((0_u64..5, -1e6..1e6_f64), 0..700)
    }

    proptest! {
        #[test]
        fn blocks_tell_the_same_as_looking_at_every_point(
            steps in steps(), from in 0_u64..2_000, length in 0_u64..2_000,
        ) {
            let (made, plain) = points(&steps, usize::MAX);
            let (from, to) = (Timestamp(from), Timestamp(from + length));
            let inside: Vec<Point> =
                plain.iter().filter(|point| point.at >= from && point.at < to).copied().collect();
            let range = made.between(from, to);
            prop_assert_eq!(range.len(), inside.len());
            for (place, point) in range.clone().zip(&inside) {
                prop_assert_eq!(made.get(place), Some(*point));
            }
            match made.summary(range) {
                None => prop_assert!(inside.is_empty()),
                Some(summary) => {
                    prop_assert_eq!((summary.n, summary.first, summary.last),
                        (inside.len(), inside[0], inside[inside.len() - 1]));
                    let values = || inside.iter().map(|point| point.value);
                    prop_assert_eq!(summary.min, values().fold(f64::INFINITY, f64::min));
                    prop_assert_eq!(summary.max, values().fold(f64::NEG_INFINITY, f64::max));
                    #[expect(clippy::cast_precision_loss, reason = "a few hundred")]
                    let mean = values().sum::<f64>() / inside.len() as f64;
                    prop_assert!((summary.mean - mean).abs() < 1e-3);
                }
            }
        }

        #[test]
        fn what_is_let_go_is_the_oldest_and_is_counted(steps in steps(), most in 1_usize..300) {
            let (made, plain) = points(&steps, most);
            prop_assert!(made.len() <= most.max(BLOCK));
            prop_assert_eq!(made.len() as u64 + made.n_gone, plain.len() as u64);
            let kept: Vec<Point> = (0..made.len()).filter_map(|place| made.get(place)).collect();
            prop_assert_eq!(&kept[..], &plain[plain.len() - made.len()..]);
        }
    }

    #[test]
    fn a_clock_that_was_set_back_moves_no_point_before_another() {
        let mut made = Points::default();
        for (at, value) in [(100, 1.0), (40, 2.0), (100, 3.0), (120, 4.0)] {
            made.push(Point { at: Timestamp(at), value }, 1_000);
        }
        let at: Vec<u64> = (0..4).filter_map(|place| made.get(place)).map(|point| point.at.0).collect();
        assert_eq!((at, made.n_backwards), (vec![100, 100, 100, 120], 1));
        assert_eq!(made.between(Timestamp(100), Timestamp(101)), 0..3);
        assert_eq!(made.place_at(Timestamp(u64::MAX)), 4);
    }

    #[test]
    fn the_cadence_is_the_usual_interval_and_no_gap_changes_it() {
        let mut steps = vec![(10, 0.0); 300];
        steps[150].0 = 100_000;
        let (made, _) = points(&steps, usize::MAX);
        assert_eq!(made.cadence(0..300), Some(Duration::from_nanos(10)));
        let (few, _) = points(&[(10, 0.0); 4], usize::MAX);
        assert_eq!(few.cadence(0..4), None);
        assert_eq!(Points::default().cadence(0..0), None);
    }

    #[test]
    fn the_widest_numbers_have_a_mean() {
        let (made, _) = points(&[(1, f64::MAX), (1, f64::MAX), (1, f64::MIN)], usize::MAX);
        let mean = made.summary(0..3).unwrap().mean;
        assert!(mean.is_finite() && mean > 0.0);
    }
}
