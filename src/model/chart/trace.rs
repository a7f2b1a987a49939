//! One series as it is drawn in a window: columns of a line, cells of a band, ticks. Owns the decimation, which keeps
//! each column's least and greatest, and the rule by which a line is broken.
use super::points::{Point, Points};
use super::series::Series;
use super::window::Window;
use std::time::Duration;

/// A line is broken where nothing came for so many times the usual interval, as a topic is stale.
const GAP_CADENCES: u32 = 3;

/// A shorter silence is no gap, however quick the topic.
const MIN_GAP: Duration = Duration::from_secs(1);

/// What came within one column of dots.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Column {
    /// The column; -1 and the number of columns stand for what lies just outside.
    pub x: i64,
    /// The number that came first.
    pub first: f64,
    /// The number that came last.
    pub last: f64,
    /// The least.
    pub min: f64,
    /// The greatest.
    pub max: f64,
    /// Whether a line leads here from the column before.
    pub joins: bool,
}

impl Column {
    const fn point(x: i64, value: f64, joins: bool) -> Self {
        Self { x, first: value, last: value, min: value, max: value, joins }
    }
}

/// A cell of a band.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Nothing is known yet.
    Blank,
    /// The state goes on.
    Holds(usize),
    /// The state begins.
    Begins(usize),
    /// Several states within the cell; the last of them.
    Several(usize),
}

/// How long a silence breaks the line of a series: three times its usual interval in the window, or of what was
/// learnt for its node, and no less than a second. `None` where no interval is usual yet.
pub fn gap(series: &Series, window: &Window) -> Option<Duration> {
    let usual = series.points.cadence(series.points.between(window.edge(0), window.end()));
    let usual = series.learnt_cadence().max(usual)?;
    Some((usual * GAP_CADENCES).max(MIN_GAP))
}

/// The columns of a line, each column of the window in so many parts.
pub fn columns(points: &Points, window: &Window, parts: usize, gap: Option<Duration>) -> Vec<Column> {
    let is_joined = |before: Point, after: Point| gap.is_none_or(|gap| after.at.since(before.at) <= gap);
    let begin = points.place_at(window.edge(0));
    let n = window.n * parts;
    let mut columns: Vec<Column> = Vec::new();
    let mut before = begin.checked_sub(1).and_then(|place| points.get(place));
    let mut place = begin;
    for part in 0..n {
        let next = points.place_at(window.edge_of(part + 1, parts));
        if let Some(within) = points.summary(place..next) {
            let joins = before.is_some_and(|before| is_joined(before, within.first));
            if let Some(before) = before.filter(|_| columns.is_empty() && joins) {
                columns.push(Column::point(-1, between(before, within.first, window.edge(0).0), false));
            }
            columns.push(Column {
                x: signed(part),
                first: within.first.value,
                last: within.last.value,
                min: within.min,
                max: within.max,
                joins,
            });
            before = Some(within.last);
        }
        place = next;
    }
    if let (Some(before), Some(after)) = (before, points.get(place))
        && is_joined(before, after)
    {
        if columns.is_empty() {
            columns.push(Column::point(-1, between(before, after, window.edge(0).0), false));
        }
        columns.push(Column::point(signed(n), between(before, after, window.end().0), true));
    }
    columns
}

/// The number on the line from a point to another at a moment.
fn between(before: Point, after: Point, at_ns: u64) -> f64 {
    let whole = after.at.since(before.at).as_secs_f64();
    let part = Duration::from_nanos(at_ns.saturating_sub(before.at.0)).as_secs_f64();
    let share = if whole > 0.0 { (part / whole).clamp(0.0, 1.0) } else { 0.0 };
    before.value * (1.0 - share) + after.value * share
}

/// The cells of a band: a state holds until the next message, however long that takes.
pub fn cells(points: &Points, window: &Window) -> Vec<Cell> {
    let mut place = points.place_at(window.edge(0));
    let mut state = place.checked_sub(1).and_then(|place| points.get(place)).map(|point| word(point.value));
    let mut is_first = true;
    let mut cells = Vec::with_capacity(window.n);
    for column in 0..window.n {
        let next = points.place_at(window.edge(column + 1));
        cells.push(match points.summary(place..next) {
            None => match state {
                None => Cell::Blank,
                Some(word) if is_first => Cell::Begins(word),
                Some(word) => Cell::Holds(word),
            },
            Some(within) => {
                let (last, is_one) = (word(within.last.value), word(within.min) == word(within.max));
                let goes_on = is_one && state == Some(last) && !is_first;
                state = Some(last);
                match (goes_on, is_one) {
                    (true, _) => Cell::Holds(last),
                    (false, true) => Cell::Begins(last),
                    (false, false) => Cell::Several(last),
                }
            }
        });
        is_first = is_first && state.is_none();
        place = next;
    }
    cells
}

/// The columns in which anything came.
pub fn ticks(points: &Points, window: &Window) -> Vec<usize> {
    let has = |column: &usize| !points.between(window.edge(*column), window.edge(column + 1)).is_empty();
    (0..window.n).filter(has).collect()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "made from a small place")]
const fn word(value: f64) -> usize {
    value as usize
}

fn signed(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "extremes are taken over, not reckoned")]
mod tests {
    use super::*;
    use crate::model::chart::window::{End, View};
    use crate::time::Timestamp;
    use proptest::prelude::*;

    const S: u64 = 1_000_000_000;

    fn points(all: &[(u64, f64)]) -> Points {
        let mut points = Points::default();
        for (s, value) in all {
            points.push(Point { at: Timestamp(s * S), value: *value }, usize::MAX);
        }
        points
    }

    /// A minute that ends at 120 s, in 60 columns.
    fn minute() -> Window {
        View { width: Some(12), end: End::At(Timestamp(120 * S - 1)) }.window(None, Timestamp::ZERO, 60)
    }

    proptest! {
        #[test]
        fn decimation_keeps_extremes_whatever_the_window(
            steps in proptest::collection::vec((0_u64..3, -1e3..1e3_f64), 1..900),
            end in 0_u64..900, width in 9_usize..20, n in 1_usize..90, parts in 1_usize..3,
        ) {
            let mut at = 0;
            let all: Vec<(u64, f64)> = steps.iter().map(|(step, value)| { at += step; (at, *value) }).collect();
            let points = points(&all);
            let window = View { width: Some(width), end: End::At(Timestamp(end * S)) }
                .window(None, Timestamp::ZERO, n);
            let columns = columns(&points, &window, parts, None);
            let inside: Vec<f64> = all.iter()
                .filter(|(s, _)| (window.edge(0)..window.end()).contains(&Timestamp(s * S)))
                .map(|(_, value)| *value).collect();
            let seen = || columns.iter().filter(|column| (0..signed(n * parts)).contains(&column.x));
            let least = |values: &mut dyn Iterator<Item = f64>| values.fold(f64::INFINITY, f64::min);
            let most = |values: &mut dyn Iterator<Item = f64>| values.fold(f64::NEG_INFINITY, f64::max);
            prop_assert_eq!(least(&mut seen().map(|column| column.min)), least(&mut inside.iter().copied()));
            prop_assert_eq!(most(&mut seen().map(|column| column.max)), most(&mut inside.iter().copied()));
            prop_assert!(columns.iter().all(|column| column.min <= column.first && column.last <= column.max));
        }
    }

    #[test]
    fn a_line_is_broken_where_nothing_came_for_long_and_enters_from_outside() {
        let all: Vec<(u64, f64)> = (50..70).chain(90..130).map(|s| (s, 1.0)).collect();
        let points = points(&all);
        let gap = points.cadence(0..points.len()).map(|usual| usual * GAP_CADENCES);
        let columns = columns(&points, &minute(), 1, gap);
        let broken: Vec<i64> = columns.iter().filter(|column| !column.joins).map(|column| column.x).collect();
        assert_eq!(broken, [-1, 30], "it enters from the left, and begins anew at 90 s");
        assert_eq!(columns.last().map(|column| column.x), Some(60));
    }

    #[test]
    fn a_line_between_points_outside_is_seen_as_it_passes() {
        let columns = columns(&points(&[(0, 0.0), (240, 240.0)]), &minute(), 1, None);
        let seen: Vec<(i64, f64)> = columns.iter().map(|column| (column.x, column.last)).collect();
        assert_eq!(seen, [(-1, 60.0), (60, 120.0)]);
    }

    #[test]
    fn a_state_holds_until_the_next_message() {
        let cells = cells(&points(&[(70, 0.0), (80, 0.0), (90, 1.0), (118, 0.0), (118, 1.0)]), &minute());
        let at = |s: usize| cells[s - 60];
        assert_eq!(
            (at(69), at(70), at(80), at(89)),
            (Cell::Blank, Cell::Begins(0), Cell::Holds(0), Cell::Holds(0))
        );
        assert_eq!(
            (at(90), at(117), at(118), at(119)),
            (Cell::Begins(1), Cell::Holds(1), Cell::Several(1), Cell::Holds(1))
        );
    }

    #[test]
    fn a_state_from_before_the_window_begins_at_its_edge() {
        let cells = cells(&points(&[(10, 2.0)]), &minute());
        assert_eq!((cells[0], cells[1]), (Cell::Begins(2), Cell::Holds(2)));
        assert_eq!(ticks(&points(&[(61, 0.0), (61, 0.0), (119, 0.0)]), &minute()), [1, 59]);
    }
}
