//! Which stretch of time a chart shows. Owns zoom, pan and the grid of its columns, which stand at fixed moments so
//! that a picture that moves on keeps its shape; knows no series.
use crate::time::{Timestamp, WallOrigin};
use std::time::Duration;

const MS: u64 = 1_000_000;
const S: u64 = 1_000 * MS;
const MIN: u64 = 60 * S;
const HOUR: u64 = 60 * MIN;
const DAY: u64 = 24 * HOUR;

/// The widths there are, in nanoseconds.
const WIDTHS: [u64; 29] = [
    10 * MS,
    20 * MS,
    50 * MS,
    100 * MS,
    200 * MS,
    500 * MS,
    S,
    2 * S,
    5 * S,
    10 * S,
    20 * S,
    30 * S,
    MIN,
    2 * MIN,
    5 * MIN,
    10 * MIN,
    20 * MIN,
    30 * MIN,
    HOUR,
    2 * HOUR,
    4 * HOUR,
    8 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    4 * DAY,
    7 * DAY,
    14 * DAY,
    28 * DAY,
];

/// The narrowest that is chosen by itself, as its place among them: a second's picture would race by.
const MIN_FITTED: usize = 9;

/// Times that labels may be apart, in nanoseconds.
const STEPS: [u64; 26] = [
    MS,
    2 * MS,
    5 * MS,
    10 * MS,
    20 * MS,
    50 * MS,
    100 * MS,
    200 * MS,
    500 * MS,
    S,
    2 * S,
    5 * S,
    10 * S,
    20 * S,
    30 * S,
    MIN,
    2 * MIN,
    5 * MIN,
    10 * MIN,
    30 * MIN,
    HOUR,
    2 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    7 * DAY,
];

/// Where the picture ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum End {
    /// At the present, and moves with it.
    #[default]
    Live,
    /// Held at a moment.
    At(Timestamp),
}

/// What the user chose to see.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// Which of the widths; none: the least that shows all there is.
    pub width: Option<usize>,
    /// Where it ends.
    pub end: End,
}

/// A stretch of time, cut into columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// Nanoseconds of the program's clock at its left edge; may lie before its beginning.
    start_ns: i64,
    /// Nanoseconds of a column.
    step_ns: u64,
    /// Where what is held ends, within the last column.
    until: Option<Timestamp>,
    /// How many columns there are.
    pub n: usize,
    /// Which of the widths it has.
    pub width: usize,
}

impl View {
    /// The window of so many columns, each a whole number of parts. `first` is the earliest that there is to see.
    pub fn window(self, first: Option<Timestamp>, now: Timestamp, n: usize) -> Window {
        let n = n.max(1);
        let (end, until) = match self.end {
            End::Live => (now, None),
            End::At(at) => (at, Some(Timestamp(at.0.saturating_add(1)))),
        };
        let width = self.width.unwrap_or_else(|| fitted(end.since(first.unwrap_or(end))));
        let ns = WIDTHS.get(width).copied().unwrap_or(DAY);
        // Even, so that half a column is a moment as well.
        let step_ns = ns.div_ceil(n as u64).next_multiple_of(2);
        let last = (end.0 / step_ns).saturating_add(1).saturating_mul(step_ns);
        let whole = step_ns.saturating_mul(n as u64);
        Window { start_ns: signed(last).saturating_sub(signed(whole)), step_ns, until, n, width }
    }

    /// Wider or narrower by one of the widths than a window.
    pub fn zoom(&mut self, window: &Window, wider: bool) {
        let width = if wider { window.width + 1 } else { window.width.saturating_sub(1) };
        self.width = Some(width.min(WIDTHS.len() - 1));
    }

    /// Moves by a quarter of a window, no further back than to where something is, no further on than the present.
    pub fn pan(&mut self, window: &Window, quarters: i64, first: Option<Timestamp>, now: Timestamp) {
        let end = match self.end {
            End::Live => now,
            End::At(at) => at,
        };
        self.width.get_or_insert(window.width);
        let by = Duration::from_nanos(window.width_ns() / 4)
            .saturating_mul(u32::try_from(quarters.unsigned_abs()).unwrap_or(u32::MAX));
        let to = if quarters < 0 { end - by } else { end + by };
        let least = first.unwrap_or(now).min(now) + Duration::from_nanos(window.width_ns() / 4);
        self.end = if to >= now { End::Live } else { End::At(to.max(least.min(now))) };
    }
}

impl Window {
    /// Its width in nanoseconds.
    pub const fn width_ns(&self) -> u64 {
        self.step_ns.saturating_mul(self.n as u64)
    }

    /// Its width in words: `10 min`.
    pub fn words(&self) -> String {
        let ns = WIDTHS.get(self.width).copied().unwrap_or(DAY);
        let units = [(DAY, "d"), (HOUR, "h"), (MIN, "min"), (S, "s"), (MS, "ms")];
        let unit = units.into_iter().find(|(unit, _)| ns >= *unit).unwrap_or((MS, "ms"));
        format!("{} {}", ns / unit.0, unit.1)
    }

    /// The left edge of a column.
    pub fn edge(&self, column: usize) -> Timestamp {
        self.edge_of(column, 1)
    }

    /// The left edge of a part of a column, where each has so many.
    pub fn edge_of(&self, part: usize, parts: usize) -> Timestamp {
        let ns = self.step_ns.saturating_mul(part as u64) / parts.max(1) as u64;
        let edge = Timestamp(u64::try_from(self.start_ns.saturating_add(signed(ns))).unwrap_or(0));
        self.until.map_or(edge, |until| edge.min(until))
    }

    /// The moment behind its last column.
    pub fn end(&self) -> Timestamp {
        self.edge(self.n)
    }

    /// The column of a moment, while it lies in the window.
    pub fn column(&self, at: Timestamp) -> Option<usize> {
        let since = u64::try_from(signed(at.0).saturating_sub(self.start_ns)).ok()?;
        usize::try_from(since / self.step_ns.max(1)).ok().filter(|column| *column < self.n)
    }

    /// When a live picture moves on; not more often than once a second.
    pub fn next_change(&self, now: Timestamp) -> Timestamp {
        self.end().max(now + Duration::from_secs(1))
    }

    /// Labels of the time axis with the columns they begin at, so many columns apart at least.
    pub fn labels(&self, wall: WallOrigin) -> Vec<(usize, String)> {
        let room = 14_u64.min(self.n as u64).max(1);
        let least = self.step_ns.saturating_mul(room);
        let step = STEPS.into_iter().find(|step| *step >= least).unwrap_or(7 * DAY);
        let offset_ms = wall.unix_ms.saturating_add(i64::from(wall.offset_s) * 1_000);
        let offset = i128::from(offset_ms) * i128::from(MS);
        let local = offset + i128::from(self.start_ns);
        let step_wide = i128::from(step);
        let mut labels = Vec::new();
        let mut at = local.div_euclid(step_wide) * step_wide;
        while labels.len() < self.n {
            at += step_wide;
            let Ok(since) = u64::try_from(at - local) else { continue };
            let Some(column) = usize::try_from(since / self.step_ns.max(1)).ok().filter(|at| *at < self.n)
            else {
                break;
            };
            labels.push((column, label(wall, at - offset, step)));
        }
        labels
    }
}

/// A moment in as few letters as its axis needs.
fn label(wall: WallOrigin, ns: i128, step: u64) -> String {
    let ms = i64::try_from(ns.div_euclid(i128::from(MS))).unwrap_or(0);
    // The clock's own beginning moved to that moment: it may lie before the program's.
    let moved = WallOrigin { unix_ms: wall.unix_ms.saturating_add(ms), ..wall };
    let day = moved.date(Timestamp::ZERO);
    let time = moved.time_of_day(Timestamp::ZERO);
    let cut = |n: usize| time.get(..n).unwrap_or(&time).to_owned();
    match step {
        DAY.. => day.get(5..).unwrap_or(&day).to_owned(),
        MIN.. => cut(5),
        S.. => cut(8),
        _ => time,
    }
}

fn fitted(span: Duration) -> usize {
    let fits = |width: &u64| u128::from(*width) >= span.as_nanos();
    WIDTHS.iter().position(fits).unwrap_or(WIDTHS.len() - 1).max(MIN_FITTED)
}

fn signed(ns: u64) -> i64 {
    i64::try_from(ns).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(s: u64) -> Timestamp {
        Timestamp(s * S)
    }

    #[test]
    fn all_there_is_is_seen_and_the_present_lies_in_the_last_column() {
        for (first, now, words) in [
            (100, 100, "10 s"),
            (100, 112, "20 s"),
            (0, 59, "1 min"),
            (0, 3_000, "1 h"),
            (0, 86_400 * 400, "28 d"),
        ] {
            let window = View::default().window(Some(at(first)), at(now), 90);
            assert_eq!(window.words(), words);
            assert_eq!(window.column(at(now)), Some(89), "{first} {now}");
        }
        let ahead = View::default().window(Some(at(500)), at(100), 90);
        assert_eq!(ahead.words(), "10 s", "what lies in the future asks for no width");
    }

    #[test]
    fn columns_stand_still_while_time_goes_on() {
        let view = View { width: Some(12), end: End::Live };
        let before = view.window(None, at(1_000), 40);
        let after = view.window(None, at(1_007), 40);
        let moved = usize::try_from((after.start_ns - before.start_ns) / signed(before.step_ns)).unwrap();
        assert_eq!(after.edge(0), before.edge(moved));
    }

    #[test]
    fn panning_stops_at_the_first_sample_and_at_the_present() {
        let mut view = View { width: Some(12), end: End::Live };
        let window = view.window(Some(at(800)), at(1_000), 60);
        view.pan(&window, -1, Some(at(800)), at(1_000));
        assert_eq!(view.end, End::At(at(985)));
        view.pan(&window, -1_000, Some(at(800)), at(1_000));
        assert_eq!(view.end, End::At(at(815)));
        view.pan(&window, 1_000, Some(at(800)), at(1_000));
        assert_eq!(view.end, End::Live);
    }

    #[test]
    fn labels_stand_at_round_local_times_also_before_the_program_began() {
        let wall = WallOrigin { unix_ms: 1_795_342_573_000, offset_s: 3_600 };
        let view = View { width: Some(15), end: End::Live };
        let window = view.window(None, at(5), 60);
        let labels: Vec<String> = window.labels(wall).into_iter().map(|(_, label)| label).collect();
        assert_eq!(labels, ["11:10", "11:15"]);
        let close = View { width: Some(3), ..view }.window(None, at(5), 60);
        assert_eq!(close.labels(wall).first().map(|(_, label)| label.as_str()), Some("11:16:17.950"));
        for width in 0..WIDTHS.len() {
            let view = View { width: Some(width), end: End::Live };
            for now in [Timestamp::ZERO, at(1), Timestamp(u64::MAX)] {
                assert!(view.window(None, now, 3).labels(wall).len() <= 3);
            }
        }
    }

    #[test]
    fn zooming_ends_at_the_widest_and_the_narrowest() {
        let mut view = View::default();
        for wider in [true, false] {
            for _ in 0..40 {
                let window = view.window(None, at(100), 50);
                view.zoom(&window, wider);
            }
            assert_eq!(view.width, Some(if wider { WIDTHS.len() - 1 } else { 0 }));
        }
    }
}
