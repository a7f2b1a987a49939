//! The topics below a branch as a flat table. Owns their order and which are on the screen; what a cell says is
//! made with the picture.
//!
//! The order is made in slices: topics are walked, their keys sorted in runs and the runs merged, so that a million
//! of them hold up no key. It is made anew at most once a second, and holds still for a while after a key.
use super::device::Device;
use super::event::DeviceId;
use super::ingest::device_mut;
use super::tree::{self, RowId};
use super::{Model, moves};
use crate::store::NodeId;
use crate::time::Timestamp;
use std::time::Duration;

pub mod cells;
pub mod deeds;
pub mod picture;
mod sort;

pub use cells::{Column, Order};
use sort::Sorter;

/// Nodes walked between two looks at the keyboard: about a millisecond.
const SLICE_NODES: usize = 4_096;

/// Bytes of packed payloads taken and made meanwhile.
const SLICE_DECODED_BYTES: usize = 128 << 10;

/// Rows merged between two looks at the keyboard, likewise.
const SLICE_ROWS: usize = 32_768;

/// How long the order holds still after a key.
const HOLD: Duration = Duration::from_secs(2);

/// How long an order stands at least, and how much longer for each topic: a million are ordered every ten seconds, so
/// that this takes a twentieth of a core at most.
const STANDS: (Duration, Duration) = (Duration::from_secs(1), Duration::from_micros(10));

/// The table, while it is open.
#[derive(Debug)]
pub struct Table {
    /// Whose topics.
    pub device: DeviceId,
    /// Those below this node, itself included.
    pub top: NodeId,
    /// What they are ordered by.
    pub order: Order,
    /// Where the cursor was when it was opened.
    pub from: RowId,
    rows: Vec<NodeId>,
    /// The uppermost row on the screen.
    first: usize,
    /// The row under the hand.
    place: usize,
    work: Option<Work>,
    /// An order that waits until the picture may move.
    ready: Option<Vec<NodeId>>,
    /// Whether the order being made was asked for, so that nothing holds it back.
    is_asked: bool,
    hold_until: Timestamp,
    stands_until: Timestamp,
    /// What the store was like when the order was begun.
    revision: u64,
    is_kept_only: bool,
    /// Whether it would change though nothing comes: rates fall in silence.
    is_falling: bool,
}

/// An order being made.
#[derive(Debug)]
struct Work {
    at: Option<NodeId>,
    /// Rows to be looked at, the next one last.
    found: Vec<NodeId>,
    n_rows: u32,
    begun: Timestamp,
    sorter: Sorter<NodeId>,
}

impl Table {
    fn new(from: RowId, top: NodeId, order: Order) -> Self {
        let mut table = Self {
            device: from.device,
            top,
            order,
            from,
            rows: Vec::new(),
            first: 0,
            place: 0,
            work: None,
            ready: None,
            is_asked: true,
            hold_until: Timestamp::ZERO,
            stands_until: Timestamp::ZERO,
            revision: 0,
            is_kept_only: false,
            is_falling: false,
        };
        table.revision = u64::MAX;
        table
    }

    /// How many topics it has.
    pub fn n_rows(&self) -> usize {
        self.rows.len()
    }

    /// Whether an order that was asked for is being made.
    pub const fn is_ordering(&self) -> bool {
        self.is_asked && self.work.is_some()
    }

    /// Whether there is work to do in slices.
    pub const fn is_working(&self) -> bool {
        self.work.is_some()
    }

    /// The rows on a screen of so many.
    pub fn window(&self, n_rows: usize) -> impl Iterator<Item = RowId> {
        let row = |node: &NodeId| RowId { device: self.device, node: *node };
        self.rows.iter().skip(self.first).take(n_rows).map(row)
    }

    /// What stands at a place.
    pub fn node_at(&self, place: usize) -> Option<NodeId> {
        self.rows.get(place).copied()
    }

    /// Where a row stands.
    pub fn place_of(&self, row: RowId) -> Option<usize> {
        let is_at = |place: &usize| self.rows.get(*place) == Some(&row.node);
        let known = Some(self.place).filter(is_at);
        Some(row.device)
            .filter(|id| *id == self.device)
            .and_then(|_| known.or_else(|| self.rows.iter().position(|node| *node == row.node)))
    }

    fn begin(&mut self, device: &Device, now: Timestamp) {
        self.revision = device.store.revision();
        self.is_kept_only = device.store.is_kept_only();
        self.is_falling = false;
        let (found, sorter) = (Vec::new(), Sorter::default());
        self.work = Some(Work { at: Some(self.top), found, n_rows: 0, begun: now, sorter });
    }

    /// Does a slice of the work.
    fn go_on(&mut self, device: &mut Device, now: Timestamp) {
        let Some(work) = &mut self.work else { return };
        if let Some(at) = work.at.filter(|_| work.found.is_empty()) {
            work.at = device.store.listed_slice(self.top, at, SLICE_NODES, &mut work.found);
            work.found.reverse();
        }
        if !work.found.is_empty() {
            let (mut keys, mut n_decoded) = (Vec::with_capacity(work.found.len()), 0);
            while let Some(node) = work.found.pop_if(|_| n_decoded < SLICE_DECODED_BYTES) {
                let row = (node, work.n_rows);
                keys.push(cells::key(device, row, self.order, work.begun, &mut n_decoded));
                work.n_rows = work.n_rows.saturating_add(1);
                self.is_falling |= device.store.topic_rate(node, now) > 0.0;
            }
            return work.sorter.push(keys);
        }
        if work.at.is_some() {
            return;
        }
        if let Some(rows) = work.sorter.step(SLICE_ROWS) {
            let each = STANDS.1.saturating_mul(u32::try_from(rows.len()).unwrap_or(u32::MAX));
            self.stands_until = now + STANDS.0 + each;
            self.ready = Some(rows);
            self.work = None;
        }
    }

    /// Whether another order is wanted by now.
    fn wants(&self, device: &Device) -> bool {
        let moves = self.is_falling && matches!(self.order.column, Column::Rate);
        device.store.revision() != self.revision || moves
    }

    /// When another order is due, or the one that is ready may be shown.
    fn deadline(&self, device: &Device) -> Option<Timestamp> {
        match (&self.work, &self.ready) {
            (Some(_), _) => None,
            (None, Some(_)) => Some(self.hold_until),
            (None, None) => self.wants(device).then_some(self.stands_until.max(self.hold_until)),
        }
    }

    /// Takes an order over. The cursor stays with its topic; on the first row it stays there. Where it is then.
    fn adopt(&mut self, rows: Vec<NodeId>, cursor: RowId) -> Option<RowId> {
        let is_on_first = self.place == 0 && self.place_of(cursor) == Some(0);
        let above = self.place.saturating_sub(self.first);
        self.rows = rows;
        self.is_asked = false;
        self.place = match self.place_of(cursor) {
            Some(_) if is_on_first => 0,
            Some(place) => place,
            None => self.place.min(self.rows.len().saturating_sub(1)),
        };
        self.first = self.place.saturating_sub(above);
        self.rows.get(self.place).map(|node| RowId { device: self.device, node: *node })
    }

    /// Has the row under the hand on a screen of so many rows, and the screen full where there are enough.
    fn follow(&mut self, n_rows: usize) {
        let last = self.rows.len().saturating_sub(n_rows);
        let lowest = (self.place + 1).saturating_sub(n_rows);
        self.first = self.first.clamp(lowest, self.place.max(lowest)).min(last);
    }
}

/// A key came: the order holds still.
pub fn touch(model: &mut Model, now: Timestamp) {
    if let Some(table) = &mut model.table {
        table.hold_until = now + HOLD;
    }
}

/// Does a slice of the work.
pub fn due(model: &mut Model, now: Timestamp) {
    let Model { table: Some(table), devices, .. } = model else { return };
    if let Some(device) = device_mut(devices, table.device) {
        table.go_on(device, now);
    }
}

/// Begins what is due, shows what is ready, and leaves a device that is closed.
pub fn settle(model: &mut Model, now: Timestamp) {
    let is_still = model.frozen.is_some();
    let Model { table: Some(table), devices, cursor, .. } = model else { return };
    let Some(device) = tree::device(devices, table.device) else {
        model.table = None;
        return;
    };
    let may_move = table.is_asked || !is_still && table.hold_until <= now;
    if let Some(rows) = table.ready.take_if(|_| may_move) {
        let cursor = *cursor;
        if let Some(row) = table.adopt(rows, cursor)
            && row != cursor
        {
            model.cursor = row;
            model.inspector.turn_to();
        }
        return moves::follow(model, tree::Placement::Middle);
    }
    table.is_asked |= table.is_kept_only != device.store.is_kept_only() && table.work.is_none();
    let is_due = table.is_asked || may_move && table.stands_until <= now && table.wants(device);
    if is_due && table.work.is_none() && table.ready.is_none() {
        table.begin(device, now);
    }
}

/// When there is something to do.
pub fn deadline(model: &Model) -> Option<Timestamp> {
    let table = model.table.as_ref().filter(|_| model.frozen.is_none())?;
    table.deadline(model.device(table.device)?)
}

/// Keeps the cursor's row on the screen. Whether there is a table at all.
pub fn follow(model: &mut Model) -> bool {
    let n_rows = model.n_rows().0.saturating_sub(1);
    let Model { table: Some(table), cursor, .. } = model else { return false };
    if let Some(place) = table.place_of(*cursor) {
        table.place = place;
    }
    table.follow(n_rows);
    true
}
