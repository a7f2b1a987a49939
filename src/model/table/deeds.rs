//! What keys do with the table: open, leave, order, move. Owns no row.
use super::{Order, Table};
use crate::model::tree::{Placement, RowId};
use crate::model::{Model, moves};
use crate::store::NodeId;
use crate::time::Timestamp;

/// Opens the table of what lies below the cursor's branch, or of the branch that its topic lies in; leaves it at the
/// topic under the cursor.
pub fn toggle(model: &mut Model, now: Timestamp) {
    if model.table.take().is_some() {
        return moves::go(model, model.cursor, Placement::Middle);
    }
    let from = model.cursor;
    let Some(device) = model.device(from.device) else { return };
    let is_branch = from.is_device() || device.store.has_children(from.node);
    let top = if is_branch { from.node } else { device.store.parent(from.node).unwrap_or(NodeId::ROOT) };
    model.range = None;
    model.table = Some(Box::new(Table::new(from, top, model.table_order)));
    super::settle(model, now);
    super::due(model, now);
    super::due(model, now);
    super::settle(model, now);
}

/// Leaves the table for the row from which it was opened. Whether there was one.
pub fn leave(model: &mut Model) -> bool {
    let Some(table) = model.table.take() else { return false };
    moves::go(model, table.from, Placement::Middle);
    true
}

/// Orders by the next column, or the other way round.
pub fn order(model: &mut Model, now: Timestamp, by: impl Fn(Order) -> Order) {
    let Some(table) = &mut model.table else { return };
    table.order = by(table.order);
    table.is_asked = true;
    (table.work, table.ready) = (None, None);
    model.table_order = table.order;
    super::settle(model, now);
}

/// The next column, as it is first seen.
pub fn next_column(order: Order) -> Order {
    let column = order.column.next();
    Order { column, is_down: column.begins_with_most() }
}

/// The other way round.
pub const fn reversed(order: Order) -> Order {
    Order { is_down: !order.is_down, ..order }
}

/// Moves by so many rows. Whether there is a table.
pub fn step(model: &mut Model, by: isize) -> bool {
    let Some(table) = &mut model.table else { return false };
    let most = table.rows.len().saturating_sub(1);
    let place = table.place.saturating_add_signed(by).min(most);
    let node = table.rows.get(place).copied();
    table.place = place;
    let row = node.map(|node| RowId { device: table.device, node });
    if let Some(row) = row {
        go(model, row);
    }
    true
}

/// Puts the cursor on a row of the table. Whether it has that row; one that it lacks is for the tree to show.
pub fn go_to(model: &mut Model, row: RowId) -> bool {
    let Some(table) = &mut model.table else { return false };
    let place = table.place_of(row);
    match place {
        Some(place) => table.place = place,
        None => model.table = None,
    }
    if place.is_some() {
        go(model, row);
    }
    place.is_some()
}

fn go(model: &mut Model, row: RowId) {
    model.touched = true;
    if row != model.cursor {
        model.cursor = row;
        model.inspector.turn_to();
    }
    super::follow(model);
}
