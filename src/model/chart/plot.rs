//! The chart as it is drawn: parts, traces, scales, words. Owns what finds room and in which order the rest goes; the
//! axes go first.
use super::read::{self, Read, Stats};
use super::scale::Scale;
use super::series::{Series, Shape};
use super::trace::{self, Cell, Column};
use super::window::{End, Window};
use super::{Axes, Company, MAX_SERIES};
use crate::decode::figures;
use crate::model::Model;
use crate::time::Timestamp;

/// Columns of the numbers beside the plot.
pub const AXIS_COLS: usize = 9;

/// Columns that are enough for statistics beside the legend.
const WIDE_COLS: usize = 96;

/// A chart.
#[derive(Clone, Debug, Default)]
pub struct Plot {
    /// The stretch of time that is seen.
    pub window: Window,
    /// Dots beside each other in a cell.
    pub dots: usize,
    /// What finds room.
    pub parts: Parts,
    /// The series, in their order.
    pub traces: Vec<Trace>,
    /// Which of them is that under the cursor.
    pub primary: usize,
    /// Labels of the time axis with the columns they begin at.
    pub labels: Vec<(usize, String)>,
    /// The column that is read out.
    pub cursor: Option<usize>,
    /// The moment that is read out.
    pub read_at: Option<String>,
    /// What is seen, in words.
    pub status: Vec<String>,
    /// What was passed over, in words.
    pub notes: Vec<String>,
}

/// What finds room in a chart, in rows and columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// Columns of the scale beside the plot.
    pub axis_cols: usize,
    /// Rows of the legend.
    pub legend: usize,
    /// Statistics.
    pub stats: Room,
    /// Whether there is a row that tells what is seen.
    pub has_status: bool,
    /// Whether there is a row that tells what was passed over.
    pub has_notes: bool,
    /// Whether there is a row of times below the plot.
    pub has_time: bool,
    /// Rows of the plot.
    pub rows: usize,
}

/// Where statistics stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Room {
    /// Nowhere.
    #[default]
    None,
    /// Behind each line of the legend.
    Beside,
    /// Below the legend, for the series under the cursor.
    Below,
}

/// A series as it is drawn.
#[derive(Clone, Debug)]
pub struct Trace {
    /// Its topic, or what it is called instead; not made safe to draw.
    pub name: String,
    /// The place in its JSON, if it is one; likewise.
    pub path: String,
    /// What is drawn.
    pub body: Body,
    /// Its value at the cursor, else the last one.
    pub read: Option<Read>,
    /// Figures of the window.
    pub stats: Option<Stats>,
}

/// What is drawn of a series.
#[derive(Clone, Debug)]
pub enum Body {
    /// A line, and the numbers at the lower and upper edge of its scale.
    Line(Vec<Column>, Scale),
    /// Bands and their words.
    Band(Vec<Cell>, Vec<String>),
    /// The columns of moments.
    Ticks(Vec<usize>),
    /// Nothing, for the reason given.
    Nothing(String),
}

impl Trace {
    /// Whether there is anything to see of it.
    pub const fn is_drawn(&self) -> bool {
        !matches!(self.body, Body::Nothing(_))
    }

    /// Whether it takes a row of its own below the lines.
    pub const fn is_row(&self) -> bool {
        matches!(self.body, Body::Band(..) | Body::Ticks(_))
    }
}

/// What finds room for so many series.
pub fn arrange(cols: usize, rows: usize, (n_traces, n_bands): (usize, usize), has_notes: bool) -> Parts {
    let mut parts = Parts { legend: n_traces.clamp(1, (rows / 4).max(1)), ..Parts::default() };
    let mut left = rows.saturating_sub(parts.legend);
    // Lines have four rows, and bands theirs, before anything is said about them.
    let least = 4 + n_bands.min(rows / 4);
    let mut take = || {
        let has_room = left > least;
        left -= usize::from(has_room);
        has_room
    };
    parts.has_time = take();
    parts.has_status = take();
    parts.has_notes = has_notes && take();
    parts.stats = match cols {
        WIDE_COLS.. => Room::Beside,
        _ if take() => Room::Below,
        _ => Room::None,
    };
    parts.rows = left;
    parts.axis_cols = if cols >= 40 && left >= 3 { AXIS_COLS } else { 0 };
    parts
}

/// Makes the chart of the present series.
pub fn plot(model: &Model, now: Timestamp) -> Plot {
    let chart = &model.chart;
    let inner = model.layout().inspector.inner();
    // The tabs have the uppermost row, and a blank stands on both sides.
    let rows = usize::from(inner.rows).saturating_sub(1);
    let cols = usize::from(inner.cols).saturating_sub(2);
    let notes = notes(model, now);
    let is_row = |series: &&Series| matches!(series.shape, Some(Shape::Band | Shape::Ticks));
    let n_bands = chart.series.iter().filter(is_row).count();
    let parts = arrange(cols, rows, (chart.series.len(), n_bands), !notes.is_empty());
    let window = chart.view.window(chart.first(), now, cols.saturating_sub(parts.axis_cols).max(1));
    let dots = if model.settings.ascii { 1 } else { 2 };
    let cursor = chart.cursor.and_then(|at| window.column(at));
    let read_at = chart.cursor.unwrap_or_else(|| Timestamp(window.end().0.saturating_sub(1)));
    let mut traces: Vec<Trace> =
        chart.series.iter().map(|series| trace(model, series, &window, dots, read_at)).collect();
    let axes = axes(model);
    rescale(&mut traces, axes);
    let here = |series: &Series| series.key.row == model.cursor;
    let primary = chart.series.iter().rposition(here).unwrap_or(0);
    let read_at = chart.cursor.map(|at| model.settings.wall.time_of_day(at));
    let mut status = status(model, &window, axes, now);
    let n_unnamed = traces.len().saturating_sub(parts.legend);
    if n_unnamed > 0 {
        status.push(format!("{n_unnamed} more below"));
    }
    let labels = window.labels(model.settings.wall);
    Plot { window, dots, parts, traces, primary, labels, cursor, read_at, status, notes }
}

/// How lines are measured: as chosen, else by one scale while their units agree.
pub fn axes(model: &Model) -> Axes {
    let lines = || model.chart.series.iter().filter(|series| series.shape == Some(Shape::Line));
    let first = lines().next().map(|series| series.unit.as_str());
    let agree = lines().all(|series| Some(series.unit.as_str()) == first);
    model.chart.axes.unwrap_or(if agree { Axes::Shared } else { Axes::Own })
}

fn trace(model: &Model, series: &Series, window: &Window, dots: usize, read_at: Timestamp) -> Trace {
    let row = series.key.row;
    let (mut name, mut alias) = (String::new(), None);
    if let Some(device) = model.device(row.device) {
        device.store.topic_of(row.node, &mut name);
        let node = device.kept.at(row.node).find(|node| node.path() == series.key.path.as_ref());
        alias = node.and_then(|node| node.alias.clone());
    }
    let path = series.key.path.as_ref().filter(|_| alias.is_none()).map(ToString::to_string);
    let stats = read::stats(series, window);
    let body = match series.shape {
        Some(Shape::Line) => {
            let gap = trace::gap(series, window);
            let columns = trace::columns(&series.points, window, dots, gap);
            let least = columns.iter().map(|column| column.min).fold(f64::INFINITY, f64::min);
            let most = columns.iter().map(|column| column.max).fold(f64::NEG_INFINITY, f64::max);
            Body::Line(columns, Scale { low: least, high: most, ..Scale::default() })
        }
        Some(Shape::Band) => {
            let words = series.words.iter().map(ToString::to_string).collect();
            Body::Band(trace::cells(&series.points, window), words)
        }
        Some(Shape::Ticks) => Body::Ticks(trace::ticks(&series.points, window)),
        None if series.is_reading() => Body::Nothing("reading…".to_owned()),
        None if series.passed.n_not_finite > 0 => Body::Nothing("no finite number".to_owned()),
        None => Body::Nothing("no number, no state: nothing to draw".to_owned()),
    };
    let read = read::at(series, read_at);
    Trace { name: alias.unwrap_or(name), path: path.unwrap_or_default(), body, read, stats }
}

/// Round scales for the lines, one for all of them or each its own.
fn rescale(traces: &mut [Trace], axes: Axes) {
    let mut all: Option<(f64, f64)> = None;
    for trace in traces.iter() {
        if let Body::Line(columns, scale) = &trace.body
            && !columns.is_empty()
        {
            let (low, high) = all.unwrap_or((scale.low, scale.high));
            all = Some((low.min(scale.low), high.max(scale.high)));
        }
    }
    for trace in traces {
        if let Body::Line(columns, scale) = &mut trace.body {
            let own = (!columns.is_empty()).then_some((scale.low, scale.high));
            let (low, high) = if axes == Axes::Shared { all } else { own }.unwrap_or((0.0, 1.0));
            *scale = Scale::around(low, high);
        }
    }
}

fn status(model: &Model, window: &Window, axes: Axes, now: Timestamp) -> Vec<String> {
    let chart = &model.chart;
    let mut words = Vec::new();
    let progress: Vec<(usize, usize)> = chart.series.iter().filter_map(Series::progress).collect();
    if !progress.is_empty() {
        let sum = |(done, all): (usize, usize), part: &(usize, usize)| (done + part.0, all + part.1);
        let (done, all) = progress.iter().fold((0, 0), sum);
        words.push(format!("reading {} of {}", figures::grouped(done as u64), figures::grouped(all as u64)));
    }
    let whole = if chart.view.width.is_none() { "all, " } else { "" };
    words.push(format!("{whole}{}", window.words()));
    words.push(match chart.view.end {
        End::Live if model.frozen.is_some() => "frozen".to_owned(),
        End::Live => "live".to_owned(),
        End::At(_) => {
            let end = window.end().min(now);
            let n_since: usize =
                chart.series.iter().map(|series| series.points.len() - series.points.place_at(end)).sum();
            format!("paused, +{} since", figures::grouped(n_since as u64))
        }
    });
    if chart.series.iter().filter(|series| series.shape == Some(Shape::Line)).count() > 1 {
        words.push(match axes {
            Axes::Shared => "one scale".to_owned(),
            Axes::Own => "own scales".to_owned(),
        });
    }
    if chart.company == Company::Alone && !(chart.pinned.is_empty() && chart.added.is_empty()) {
        words.push("alone".to_owned());
    }
    if chart.n_left_out > 0 {
        words.push(format!("{} more than {MAX_SERIES} series left out", chart.n_left_out));
    }
    words
}

/// What was passed over or let go, so that nothing is missing unsaid.
fn notes(model: &Model, now: Timestamp) -> Vec<String> {
    let series = &model.chart.series;
    let sum = |count: fn(&Series) -> u64| series.iter().map(count).sum::<u64>();
    let mut notes = Vec::new();
    let mut note = |n: u64, words: &dyn Fn(String) -> String| {
        if n > 0 {
            notes.push(words(figures::grouped(n)));
        }
    };
    note(sum(|series| series.passed.n_not_finite), &|n| format!("{n} NaN or infinite"));
    note(sum(|series| series.passed.n_words), &|n| format!("{n} in further words"));
    note(sum(|series| if series.shape.is_some() { series.passed.n_nothing } else { 0 }), &|n| {
        format!("{n} without a value")
    });
    note(sum(|series| series.points.n_backwards), &|n| format!("{n} by a clock set back"));
    let present = Timestamp(now.0.saturating_add(1));
    let n_ahead = |series: &Series| series.points.len() - series.points.place_at(present);
    note(series.iter().map(n_ahead).sum::<usize>() as u64, &|n| format!("{n} ahead of the clock"));
    note(sum(|series| series.points.n_gone), &|n| format!("{n} older let go"));
    let n_points: usize = series.iter().map(|series| series.points.len()).sum();
    let n_bytes: usize = series.iter().map(|series| series.points.n_bytes()).sum();
    if n_points >= MANY_POINTS {
        let (n, size) = (figures::grouped(n_points as u64), figures::bytes(n_bytes as u64));
        notes.push(format!("{n} points in {size}"));
    }
    notes
}

/// Fewer points take no memory worth telling.
const MANY_POINTS: usize = 100_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axes_go_before_the_plot_does() {
        let small = arrange(76, 5, (1, 0), true);
        assert_eq!((small.legend, small.has_time, small.has_status, small.rows), (1, false, false, 4));
        let usual = arrange(48, 29, (3, 1), false);
        assert_eq!(
            (usual.legend, usual.stats, usual.has_time, usual.has_status),
            (3, Room::Below, true, true)
        );
        for rows in 0..40 {
            for n in 0..9 {
                let parts = arrange(60, rows, (n, n / 2), false);
                let below = usize::from(parts.stats == Room::Below);
                let said = parts.legend + below + usize::from(parts.has_time) + usize::from(parts.has_status);
                assert!(said + parts.rows <= rows.max(1), "{rows} {n} {parts:?}");
            }
        }
    }
}
