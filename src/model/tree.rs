//! Walking the rows of all devices: cursor, anchor, window. Owns no node; the stores do.
//!
//! The picture hangs on an *anchor*, the first row that scrolls, so that inserts above never move it. The
//! anchor's ancestors stay pinned on top (the sticky path), at most a third of the rows.
use super::device::Device;
use super::event::DeviceId;
use crate::store::NodeId;

/// A row of the tree: a node of a device; the device's own row is its root node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RowId {
    /// Whose.
    pub device: DeviceId,
    /// Which.
    pub node: NodeId,
}

impl Default for RowId {
    fn default() -> Self {
        Self::device(DeviceId::default())
    }
}

impl RowId {
    /// The row of a device itself.
    pub const fn device(device: DeviceId) -> Self {
        Self { device, node: NodeId::ROOT }
    }

    /// Whether it is a device's own row.
    pub fn is_device(self) -> bool {
        self.node == NodeId::ROOT
    }
}

/// The rows that a screen shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// Ancestors of the first row, outermost first.
    pub sticky: Vec<RowId>,
    /// How many outer ancestors found no room on top.
    pub n_hidden_ancestors: usize,
    /// The rows from the anchor on.
    pub rows: Vec<RowId>,
}

/// Where to put the cursor's row when it is not on screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    /// At the top edge: the cursor came from below.
    Top,
    /// At the bottom edge: the cursor came from above.
    Bottom,
    /// In the middle: the cursor jumped.
    Middle,
}

/// The device of a row.
pub fn device(devices: &[Device], id: DeviceId) -> Option<&Device> {
    place(devices, id).and_then(|place| devices.get(place))
}

/// Where a device stands among those that are open; `None` when it is closed. Ids only grow, so they are in order.
pub fn place(devices: &[Device], id: DeviceId) -> Option<usize> {
    devices.binary_search_by_key(&id, |device| device.id).ok()
}

/// The first row of all.
pub fn first(devices: &[Device]) -> RowId {
    devices.first().map_or_else(RowId::default, |device| RowId::device(device.id))
}

/// The row below, through expanded branches and on to the next device.
pub fn next(devices: &[Device], row: RowId) -> Option<RowId> {
    let place = place(devices, row.device)?;
    if let Some(node) = devices.get(place)?.store.next_visible(row.node) {
        return Some(RowId { node, ..row });
    }
    devices.get(place + 1).map(|below| RowId::device(below.id))
}

/// The row above.
pub fn previous(devices: &[Device], row: RowId) -> Option<RowId> {
    let place = place(devices, row.device)?;
    if row.is_device() {
        let above = devices.get(place.checked_sub(1)?)?;
        return Some(RowId { device: above.id, node: above.store.last_visible_below(NodeId::ROOT) });
    }
    let node = devices.get(place)?.store.previous_visible(row.node)?;
    Some(RowId { node, ..row })
}

/// The last row of all.
pub fn last(devices: &[Device]) -> RowId {
    let Some(device) = devices.last() else { return RowId::default() };
    RowId { device: device.id, node: device.store.last_visible_below(NodeId::ROOT) }
}

/// How many levels a row lies below the device's own row.
pub fn depth(devices: &[Device], row: RowId) -> usize {
    device(devices, row.device).map_or(0, |device| device.store.depth(row.node))
}

/// The row that is shown for another: itself, or the outermost branch above that hides it.
pub fn shown(devices: &[Device], row: RowId) -> RowId {
    let Some(device) = device(devices, row.device) else { return first(devices) };
    RowId { node: device.store.visible_or_above(row.node), ..row }
}

/// How many rows the sticky path of an anchor takes.
fn n_sticky(devices: &[Device], anchor: RowId, n_rows: usize) -> usize {
    depth(devices, anchor).min(n_rows / 3)
}

/// The rows on screen when `anchor` is the first that scrolls. O(rows), whatever the stores hold.
pub fn window(devices: &[Device], anchor: RowId, n_rows: usize) -> Window {
    let mut window = Window::default();
    let n_sticky = n_sticky(devices, anchor, n_rows);
    if let Some(device) = device(devices, anchor.device) {
        let mut node = anchor.node;
        while window.sticky.len() < n_sticky
            && let Some(parent) = device.store.parent(node)
        {
            window.sticky.push(RowId { node: parent, ..anchor });
            node = parent;
        }
        window.sticky.reverse();
        window.n_hidden_ancestors = depth(devices, anchor).saturating_sub(n_sticky);
    }
    let mut row = device(devices, anchor.device).map(|_| anchor);
    while window.rows.len() + n_sticky < n_rows
        && let Some(shown) = row
    {
        window.rows.push(shown);
        row = next(devices, shown);
    }
    window
}

/// The anchor that has the cursor on screen: the present one where it does already.
///
/// A window that ends before the last screen row while rows lie above is pulled down to fill the screen.
pub fn follow(devices: &[Device], anchor: RowId, cursor: RowId, n_rows: usize, to: Placement) -> RowId {
    let anchor = shown(devices, anchor);
    if n_rows == 0 {
        return anchor;
    }
    let window = window(devices, anchor, n_rows);
    let anchor = if window.rows.contains(&cursor) {
        anchor
    } else {
        match to {
            Placement::Top => cursor,
            Placement::Bottom => back(devices, cursor, n_rows, n_rows),
            Placement::Middle => back(devices, cursor, n_rows / 2 + 1, n_rows),
        }
    };
    fill(devices, anchor, n_rows)
}

/// The anchor that has a row on that row of the screen, counted from 1.
pub fn anchored(devices: &[Device], row: RowId, place: usize, n_rows: usize) -> RowId {
    fill(devices, back(devices, row, place, n_rows), n_rows)
}

/// The topmost anchor that still has `row` within its first `reach` screen rows, sticky path included.
fn back(devices: &[Device], row: RowId, reach: usize, n_rows: usize) -> RowId {
    let (mut anchor, mut candidate) = (row, row);
    let mut n_steps = 0;
    while let Some(above) = previous(devices, candidate) {
        n_steps += 1;
        if n_steps >= reach {
            break;
        }
        candidate = above;
        if n_steps + 1 + n_sticky(devices, candidate, n_rows) <= reach {
            anchor = candidate;
        }
    }
    anchor
}

/// Pulls an anchor up while the rows from it on leave the screen's foot empty.
fn fill(devices: &[Device], anchor: RowId, n_rows: usize) -> RowId {
    let used = |anchor| {
        let window = window(devices, anchor, n_rows);
        window.rows.len() + window.sticky.len()
    };
    if used(anchor) >= n_rows {
        return anchor;
    }
    back(devices, last(devices), n_rows, n_rows)
}
