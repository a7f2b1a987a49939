//! What the keys of a chart do. Owns the moves of its cursor and the words for what can't be done.
use super::read;
use super::series::Key;
use super::window::{End, View};
use super::{Axes, Company, MAX_SERIES, key_of, offered, plot};
use crate::command::Command;
use crate::model::Model;
use crate::model::toast::Tone;
use crate::model::tree::{Placement, RowId};
use crate::store::LastPayload;
use crate::time::Timestamp;

/// What a key of the chart does.
type Deed = fn(&mut Model, Timestamp);

/// The commands of the chart.
const DEEDS: [(Command, Deed); 11] = [
    (Command::ZoomIn, |model, now| zoom(model, now, false)),
    (Command::ZoomOut, |model, now| zoom(model, now, true)),
    (Command::Earlier, |model, now| sideways(model, now, -1)),
    (Command::Later, |model, now| sideways(model, now, 1)),
    (Command::WholeChart, |model, _| {
        model.chart.view = View::default();
        model.chart.cursor = None;
    }),
    (Command::HoldChart, toggle_hold),
    (Command::ChartCursor, toggle_cursor),
    (Command::ToggleAxes, |model, _| {
        let axes = if plot::axes(model) == Axes::Shared { Axes::Own } else { Axes::Shared };
        model.chart.axes = Some(axes);
    }),
    (Command::ToggleTogether, toggle_together),
    (Command::ToggleSeries, toggle_series),
    (Command::NextNumber, turn_place),
];

/// Carries out a command of the chart.
pub fn command(model: &mut Model, now: Timestamp, command: Command) {
    // What stands still is looked at as of then.
    let seen_at = model.frozen.as_ref().map_or(now, |frozen| frozen.since);
    if let Some((_, deed)) = DEEDS.iter().find(|(known, _)| *known == command) {
        deed(model, seen_at);
    }
}

fn zoom(model: &mut Model, now: Timestamp, wider: bool) {
    let window = model.chart.window;
    model.chart.view.zoom(&window, wider);
    keep_cursor_in_sight(model, now);
}

fn toggle_hold(model: &mut Model, now: Timestamp) {
    match model.chart.view.end {
        End::Live => hold(model, now),
        End::At(_) => {
            model.chart.view.end = End::Live;
            model.chart.cursor = None;
        }
    }
}

/// Reads out the last sample that is seen, or nothing any more.
fn toggle_cursor(model: &mut Model, now: Timestamp) {
    if model.chart.cursor.take().is_some() {
        return;
    }
    hold(model, now);
    let chart = &mut model.chart;
    let end = Timestamp(chart.window.end().0.saturating_sub(1)).min(now);
    let last = chart.series.iter().filter_map(|series| {
        let place = read::place_before(&series.points, end)?;
        series.points.get(place).map(|point| point.at)
    });
    chart.cursor = Some(last.max().unwrap_or(end).max(chart.window.edge(0)));
}

fn toggle_together(model: &mut Model, now: Timestamp) {
    let chart = &mut model.chart;
    chart.company = if chart.company == Company::Together { Company::Alone } else { Company::Together };
    if chart.pinned.is_empty() && chart.added.is_empty() {
        let words = "nothing is charted beside this topic; * pins a topic, s adds a series";
        model.say(now, Tone::Info, words);
    }
}

/// The picture stands still where it is.
fn hold(model: &mut Model, now: Timestamp) {
    let chart = &mut model.chart;
    if chart.view.end == End::Live {
        chart.view.width.get_or_insert(chart.window.width);
        chart.view.end = End::At(now);
    }
}

/// Moves the cursor by a column while there is one, else the window by a quarter.
fn sideways(model: &mut Model, now: Timestamp, by: i64) {
    let chart = &mut model.chart;
    let (window, first) = (chart.window, chart.first());
    let Some(at) = chart.cursor else { return chart.view.pan(&window, by, first, now) };
    // The end of a column, so that what came in it counts.
    let end = |column: usize| Timestamp(window.edge(column + 1).0.saturating_sub(1));
    let column = window.column(at).unwrap_or(window.n / 2);
    let to = match by {
        ..0 if column == 0 => Timestamp(window.edge(0).0.saturating_sub(1)),
        ..0 => end(column - 1),
        _ => end(column + 1).min(now.max(at)),
    };
    chart.cursor = Some(to.max(first.unwrap_or(to).min(at)));
    keep_cursor_in_sight(model, now);
}

/// Moves the cursor to the sample after or before it.
pub fn step(model: &mut Model, now: Timestamp, by: isize) {
    hold(model, now);
    let here = model.cursor;
    let chart = &mut model.chart;
    let primary = chart.series.iter().rfind(|series| series.key.row == here).or(chart.series.first());
    let Some(points) = primary.map(|series| &series.points) else { return };
    let at = chart.cursor.unwrap_or_else(|| chart.window.end());
    let place = read::place_before(points, at);
    let to = match (by.cmp(&0), place) {
        (std::cmp::Ordering::Greater, None) => Some(0),
        (std::cmp::Ordering::Less, Some(place)) if chart.cursor.is_none() => Some(place),
        (_, place) => place.map(|place| place.saturating_add_signed(by)),
    };
    // Several samples of one moment are one stop.
    let point = to.and_then(|to| points.get(to.min(points.len().saturating_sub(1))));
    if let Some(point) = point {
        chart.cursor = Some(point.at);
        keep_cursor_in_sight(model, now);
    }
}

/// Goes to where a series begins, or to the present.
pub fn edge(model: &mut Model, now: Timestamp, edge: Placement) {
    let chart = &mut model.chart;
    let window = chart.window;
    if edge == Placement::Top {
        let first = chart.first();
        chart.view.pan(&window, i64::MIN / 2, first, now);
        if chart.cursor.is_some() {
            chart.cursor = first;
            keep_cursor_in_sight(model, now);
        }
    } else {
        chart.view.end = End::Live;
        chart.cursor = None;
    }
}

/// Moves by whole windows.
pub fn page(model: &mut Model, now: Timestamp, direction: isize) {
    let chart = &mut model.chart;
    let (window, first) = (chart.window, chart.first());
    // Down is towards the present, as lists have their newest below.
    chart.view.pan(&window, if direction > 0 { 4 } else { -4 }, first, now);
}

/// Has the window around the cursor where it lies outside.
fn keep_cursor_in_sight(model: &mut Model, now: Timestamp) {
    let chart = &mut model.chart;
    let Some(at) = chart.cursor else { return };
    let window = chart.view.window(chart.first(), now, chart.window.n);
    if window.column(at).is_none() {
        let half = std::time::Duration::from_nanos(window.width_ns() / 2);
        chart.view.width.get_or_insert(window.width);
        chart.view.end = End::At((at + half).min(now.max(at)));
    }
    chart.window = chart.view.window(chart.first(), now, chart.window.n);
}

/// Has the series under the cursor stay while the cursor moves on, or go with it again.
fn toggle_series(model: &mut Model, now: Timestamp) {
    let Some(key) = key_of(model, model.cursor) else {
        return model.say(now, Tone::Info, "only a topic with a message can be charted");
    };
    let words = name(model, &key);
    let chart = &mut model.chart;
    if let Some(place) = chart.added.iter().position(|known| *known == key) {
        chart.added.remove(place);
        return model.say(now, Tone::Info, format!("{words} goes with the cursor"));
    }
    if chart.added.len() >= MAX_SERIES - 1 {
        let words = format!("{} series stay already; s on one of them lets it go", MAX_SERIES - 1);
        return model.say(now, Tone::Warn, words);
    }
    chart.added.push(key);
    model.say(now, Tone::Info, format!("{words} stays in the chart; s again lets it go"));
}

fn name(model: &Model, key: &Key) -> String {
    let mut topic = String::new();
    if let Some(device) = model.device(key.row.device) {
        device.store.topic_of(key.row.node, &mut topic);
    }
    key.path.as_ref().map_or_else(|| topic.clone(), |path| format!("{topic} {path}"))
}

/// Charts the next number of the payload.
fn turn_place(model: &mut Model, now: Timestamp) {
    let row = model.cursor;
    let offered = offered_of(model, row);
    let Some(key) = key_of(model, row).filter(|_| offered.len() > 1) else {
        return model.say(now, Tone::Info, "this payload has no other number to chart");
    };
    let place = offered.iter().position(|path| *path == key.path);
    let next = place.map_or(0, |place| (place + 1) % offered.len());
    let Some(path) = offered.into_iter().nth(next) else { return };
    model.inspector.places.set(row, path);
}

fn offered_of(model: &Model, row: RowId) -> Vec<Option<crate::device::JsonPath>> {
    let Some(device) = model.device(row.device) else { return Vec::new() };
    match device.store.last(row.node).map(|last| last.payload) {
        Some(LastPayload::Whole(payload)) => offered(device, row, payload),
        Some(LastPayload::Evicted { .. }) | None => Vec::new(),
    }
}
