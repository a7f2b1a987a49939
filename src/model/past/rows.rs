//! The rows of the tab History, as far as they are on screen. Owns what each says; made anew only where it changed.
use super::reader::ReadBy;
use super::{head, reader};
use crate::decode::Preview;
use crate::model::device::Device;
use crate::model::inspector::Inspector;
use crate::model::shown::Shown;
use crate::model::tree::RowId;
use crate::mqtt::{Qos, Retained};
use crate::store::Past;
use crate::time::{Timestamp, WallOrigin};
use std::time::Duration;

/// A message of the past.
#[derive(Clone, Debug, PartialEq)]
pub struct PastRow {
    /// Which message of its topic it was, counted from 1.
    pub ordinal: u64,
    /// When it came.
    pub received: Timestamp,
    /// Since the message listed before it.
    pub delta: Option<Duration>,
    /// One line of it.
    pub preview: Preview,
    /// Its full size.
    pub n_bytes: usize,
    /// Whether the history holds only its beginning.
    pub is_cut: bool,
    /// Quality of service of the delivery.
    pub qos: Qos,
    /// Kept by the broker or not.
    pub retained: Retained,
    /// The DUP flag.
    pub dup: bool,
    /// Whether others are compared with it.
    pub is_marked: bool,
}

/// What rows were made for: others have to be made anew.
#[derive(Clone, Debug, PartialEq)]
pub struct MadeFor {
    row: RowId,
    cols: usize,
    by: ReadBy,
}

/// Fills the tab; its window follows the row under the hand.
pub fn show(
    shown: &mut Shown,
    old: Shown,
    inspector: &mut Inspector,
    (device, row): (&Device, RowId),
    (cols, n_rows): (usize, usize),
    wall: WallOrigin,
) {
    let by = reader(inspector, device, row);
    let (store, node, view) = (&device.store, row.node, &mut inspector.past);
    view.settle(store, node, &by);
    shown.lines = head::lines(view, device, row.node, &by, wall, (cols, n_rows));
    // The heading has a row of its own.
    let n_rows = n_rows.saturating_sub(1 + shown.lines.len());
    view.follow(store, node, n_rows);
    shown.n_lines = view.n_listed(store, node);
    shown.scroll = view.top;
    shown.is_utc = view.is_utc;
    let made_for = MadeFor { row, cols, by: by.by() };
    let known = if old.made_for.as_ref() == Some(&made_for) { old.past } else { Vec::new() };
    let marked = view.marked.map(|marked| marked.ordinal);
    let messages = view.rows(store, node, view.top, n_rows + 1);
    for (place, message) in messages.iter().enumerate().take(n_rows) {
        let ordinal = message.key.ordinal;
        let delta = messages.get(place + 1).map(|before| message.received.since(before.received));
        let is_it = |row: &&PastRow| row.ordinal == ordinal && row.n_bytes == message.n_bytes;
        // What was made for the last frame need not be decoded again.
        let preview = known.iter().find(is_it).map(|row| row.preview.clone());
        let preview = preview.unwrap_or_else(|| by.preview(message, cols));
        shown.past.push(past_row(message, delta, preview, marked == Some(ordinal)));
    }
    shown.cursor = (!shown.past.is_empty()).then(|| view.at.saturating_sub(view.top));
    shown.made_for = Some(made_for);
}

fn past_row(message: &Past<'_>, delta: Option<Duration>, preview: Preview, is_marked: bool) -> PastRow {
    PastRow {
        ordinal: message.key.ordinal,
        received: message.received,
        delta,
        preview,
        n_bytes: message.n_bytes,
        is_cut: message.is_cut(),
        qos: message.qos,
        retained: message.retained,
        dup: message.dup,
        is_marked,
    }
}
