//! Numbers over time, several topics at once. Owns which series there are and what stretch of them is seen; the
//! messages are the store's, reading them is `series`'.
use super::device::Device;
use super::inspector::Tab;
use super::tree::{self, RowId};
use super::{Model, Screen};
use crate::device::{JsonPath, sample};
use crate::store::LastPayload;
use crate::time::Timestamp;

pub mod deeds;
pub mod plot;
pub mod points;
pub mod read;
pub mod scale;
pub mod series;
pub mod trace;
pub mod window;

use series::{Key, Series};
use window::{View, Window};

/// Series drawn at once: more colours and marks than eight are not told apart.
pub const MAX_SERIES: usize = 8;

/// Points kept of all series together, at 18 bytes each: two series of a million, or eight of a quarter of one.
pub const MAX_POINTS: usize = 1 << 21;

/// The most of it that is one series'.
const MAX_POINTS_OF_ONE: usize = 1 << 20;

/// Which series are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Company {
    /// The topic under the cursor with the pinned ones and those that were added.
    #[default]
    Together,
    /// The topic under the cursor alone.
    Alone,
}

/// How lines are measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axes {
    /// All by one scale.
    Shared,
    /// Each by its own.
    Own,
}

/// The chart's state.
#[derive(Debug, Default)]
pub struct Chart {
    /// The series with what was read of them, in the order they are drawn.
    pub series: Vec<Series>,
    /// What the user chose to see.
    pub view: View,
    /// The moment that is read out.
    pub cursor: Option<Timestamp>,
    /// How lines are measured; none: by one scale while their units agree.
    pub axes: Option<Axes>,
    /// Which series are drawn.
    pub company: Company,
    /// Pinned topics, in the order they were pinned.
    pub pinned: Vec<RowId>,
    /// What stays while the cursor moves on.
    pub added: Vec<Key>,
    /// Pinned topics for which there was no room.
    pub n_left_out: usize,
    /// What was seen last.
    pub window: Window,
}

impl Chart {
    /// Whether there is anything to draw beside what is under the cursor.
    pub fn has_company(&self) -> bool {
        self.company == Company::Together && !(self.pinned.is_empty() && self.added.is_empty())
    }

    /// Whether part of a history is still to be read.
    pub fn is_working(&self) -> bool {
        self.series.iter().any(Series::is_reading)
    }

    /// The earliest point of all series.
    pub fn first(&self) -> Option<Timestamp> {
        self.series.iter().filter_map(|series| series.points.first()).map(|point| point.at).min()
    }

    /// Points of one series, with so many of them.
    fn share(&self) -> usize {
        (MAX_POINTS / self.series.len().max(1)).min(MAX_POINTS_OF_ONE)
    }
}

/// Whether a chart is on the screen.
pub fn is_seen(model: &Model) -> bool {
    model.screen == Screen::Explorer
        && model.inspector.tab == Tab::Chart
        && model.layout().inspector.rows > 0
        && !model.cursor.is_device()
        && (has_message(model) || model.chart.has_company())
}

fn has_message(model: &Model) -> bool {
    model.selected().is_some_and(|device| device.store.last(model.cursor.node).is_some())
}

/// What is charted of a topic: the place chosen in its value, else what its nodes or its payload offer first.
pub fn key_of(model: &Model, row: RowId) -> Option<Key> {
    let device = model.device(row.device).filter(|_| !row.is_device())?;
    let last = device.store.last(row.node)?;
    let chosen = model.inspector.path(row);
    // What is drawn already stays, whatever the next message lacks.
    let is_drawn = |series: &&Series| {
        let path = series.key.path.as_ref();
        series.key.row == row
            && series.shape.is_some()
            && chosen.is_none_or(|chosen| path.is_some_and(|path| is_below(path, chosen)))
    };
    if let Some(drawn) = model.chart.series.iter().find(is_drawn) {
        return Some(drawn.key.clone());
    }
    let payload = match last.payload {
        LastPayload::Whole(payload) => payload,
        LastPayload::Evicted { .. } => &[],
    };
    let offered = offered(device, row, payload);
    let path = match chosen {
        None => offered.into_iter().next().flatten(),
        // A branch stands for the first number in it.
        Some(chosen) => {
            let below = offered.into_iter().flatten().find(|path| is_below(path, chosen));
            Some(below.unwrap_or_else(|| chosen.clone()))
        }
    };
    Some(Key { row, path })
}

/// Whether a place is another one, or lies in it.
fn is_below(path: &JsonPath, top: &JsonPath) -> bool {
    path.steps().starts_with(top.steps())
}

/// The places of a payload that can be charted, the best first; `None` stands for the whole of it.
pub fn offered(device: &Device, row: RowId, payload: &[u8]) -> Vec<Option<JsonPath>> {
    let kept = device.kept.at(row.node).filter(|node| sample::is_drawn(node.kind));
    let mut offered: Vec<Option<JsonPath>> = kept.map(|node| node.path().cloned()).collect();
    offered.truncate(sample::MAX_PLACES);
    for place in sample::places(device.reading(row.node), payload) {
        if !offered.contains(&Some(place.clone())) {
            offered.push(Some(place));
        }
    }
    if offered.is_empty() {
        offered.push(None);
    }
    offered
}

/// The series that are to be drawn, and how many find no room.
fn wanted(model: &Model) -> (Vec<Key>, usize) {
    let chart = &model.chart;
    let here = key_of(model, model.cursor);
    let (mut keys, mut n_unread): (Vec<Key>, usize) = (Vec::new(), 0);
    if chart.company == Company::Together {
        // No more of them are looked at than could be drawn.
        let pinned = chart.pinned.iter().take(MAX_SERIES).filter_map(|row| key_of(model, *row));
        n_unread = chart.pinned.len().saturating_sub(MAX_SERIES);
        let is_there = |key: &Key| model.device(key.row.device).is_some();
        for key in chart.added.iter().filter(|key| is_there(key)).cloned().chain(pinned) {
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
    }
    let place = here.as_ref().and_then(|here| keys.iter().position(|key| key == here));
    let is_apart = here.is_some() && place.is_none();
    let room = MAX_SERIES - usize::from(is_apart);
    let n_left_out = n_unread + keys.len().saturating_sub(room);
    if let Some(place) = place.filter(|place| *place >= room) {
        // What is under the cursor is drawn whatever else there is.
        keys.swap(place, room - 1);
    }
    keys.truncate(room);
    keys.extend(here.filter(|_| is_apart));
    (keys, n_left_out)
}

/// Makes ready what the chart shows, and reads on what its series are drawn from.
pub fn prepare(model: &mut Model, now: Timestamp) {
    model.picture.chart = None;
    let is_seen = is_seen(model);
    if is_seen {
        let (keys, n_left_out) = wanted(model);
        let mut old = std::mem::take(&mut model.chart.series);
        let mut take = |key: Key| match old.iter().position(|series| series.key == key) {
            Some(place) => old.swap_remove(place),
            None => Series::new(key),
        };
        model.chart.series = keys.into_iter().map(&mut take).collect();
        model.chart.n_left_out = n_left_out;
    }
    read_on(model, is_seen);
    if is_seen {
        let plot = plot::plot(model, now);
        model.chart.window = plot.window;
        model.picture.chart = Some(Box::new(plot));
    }
}

/// Reads the next slice of each series: of those that are seen, that were added, that are not read to their end.
fn read_on(model: &mut Model, is_seen: bool) {
    let share = model.chart.share();
    let mut all = std::mem::take(&mut model.chart.series);
    all.retain_mut(|series| {
        let Some(device) = model.device(series.key.row.device) else { return false };
        if is_seen || series.is_reading() || model.chart.added.contains(&series.key) {
            series.read_on(device, share);
        }
        true
    });
    let Model { devices, chart, .. } = model;
    chart.series = all;
    chart.added.retain(|key| tree::device(devices, key.row.device).is_some());
    chart.pinned.retain(|row| tree::device(devices, row.device).is_some());
}

/// There is time for a slice of work.
pub fn work(model: &mut Model) {
    if model.chart.is_working() {
        read_on(model, false);
    }
}

/// When a live chart would look different without anything happening.
pub fn next_change(model: &Model, now: Timestamp) -> Option<Timestamp> {
    let plot = model.picture.chart.as_ref()?;
    let is_live = model.chart.view.end == window::End::Live && plot.traces.iter().any(plot::Trace::is_drawn);
    is_live.then(|| plot.window.next_change(now))
}
