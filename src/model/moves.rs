//! Moving about the tree: the cursor, branches, visited rows, matches. Owns no row; `tree` says where they are.
use super::devices::deeds;
use super::layout::Pane;
use super::overlay::Overlay;
use super::toast::Tone;
use super::tree::{self, Placement, RowId};
use super::{Model, Screen, chart, ingest, learn, monitor, narrowing, publications, table};
use crate::command::Context;
use crate::store::{Direction, NodeId};
use crate::time::Timestamp;

/// Nodes looked at between two looks at the keyboard while a branch is expanded whole; a few milliseconds.
const EXPAND_SLICE_NODES: usize = 8_192;

pub(super) fn step(model: &mut Model, now: Timestamp, by: isize) {
    if let Overlay::Help { scroll } = &mut model.overlay {
        *scroll = scroll.saturating_add_signed(by);
        return;
    }
    if let Overlay::Difference(difference) = &mut model.overlay {
        return difference.step(by, model.rows);
    }
    if let Overlay::Exam(exam) = &mut model.overlay {
        return exam.scroll_by(by, (model.cols, model.rows));
    }
    if let Overlay::Parts(picker) = &mut model.overlay {
        return picker.step(by);
    }
    if let (Overlay::Bulk, Some(preview)) = (&model.overlay, &mut model.bulk) {
        return preview.step(by);
    }
    if let Overlay::Saved(picker) = &mut model.overlay {
        return picker.step(by);
    }
    if let Overlay::Filters(_) = model.overlay {
        return narrowing::saved::step(model, by);
    }
    if model.screen == Screen::Devices {
        return deeds::step(model, by);
    }
    if model.screen == Screen::Monitor {
        return monitor::deeds::step(model, by);
    }
    if model.screen == Screen::Publications {
        return publications::deeds::step(model, by);
    }
    if model.context() == Context::Chart {
        return chart::deeds::step(model, now, by);
    }
    if model.focus == Pane::Inspector {
        return model.inspector.scroll_by(by);
    }
    if model.focus == Pane::Learn {
        return learn::hands::step(model, now, by);
    }
    if let Some(search) = &mut model.search {
        search.stay();
    }
    if table::deeds::step(model, by) {
        return;
    }
    let (row, placement) = if by > 0 {
        (tree::next(&model.devices, model.cursor), Placement::Bottom)
    } else {
        (tree::previous(&model.devices, model.cursor), Placement::Top)
    };
    if let Some(row) = row {
        go(model, row, placement);
    }
}

pub(super) fn page(model: &mut Model, now: Timestamp, direction: isize) {
    let (n_topics, n_lines) = model.n_rows();
    let half = |n: usize| isize::try_from((n / 2).max(1)).unwrap_or(1) * direction;
    if let Overlay::Help { scroll } = &mut model.overlay {
        *scroll = scroll.saturating_add_signed(half(usize::from(model.rows)));
        return;
    }
    if let Overlay::Difference(difference) = &mut model.overlay {
        return difference.step(half(usize::from(model.rows)), model.rows);
    }
    if let Overlay::Exam(exam) = &mut model.overlay {
        return exam.scroll_by(half(usize::from(model.rows)), (model.cols, model.rows));
    }
    if let Overlay::Parts(picker) = &mut model.overlay {
        return picker.step(half(n_lines));
    }
    if let (Overlay::Bulk, Some(preview)) = (&model.overlay, &mut model.bulk) {
        return preview.step(half(usize::from(model.rows)));
    }
    if let Overlay::Saved(picker) = &mut model.overlay {
        return picker.step(half(n_lines));
    }
    if let Overlay::Filters(_) = model.overlay {
        return narrowing::saved::step(model, half(n_lines));
    }
    if model.screen == Screen::Devices {
        return deeds::step(model, half(usize::from(model.rows)));
    }
    if model.screen == Screen::Monitor {
        return monitor::deeds::step(model, half(usize::from(model.rows)));
    }
    if model.screen == Screen::Publications {
        return publications::deeds::step(model, half(usize::from(model.rows)));
    }
    if model.context() == Context::Chart {
        return chart::deeds::page(model, now, direction);
    }
    if model.focus == Pane::Inspector {
        return model.inspector.scroll_by(half(n_lines));
    }
    if model.focus == Pane::Learn {
        let n_rows = usize::from(model.layout().learn.rows);
        return learn::hands::step(model, now, half(n_rows));
    }
    if table::deeds::step(model, half(n_topics)) {
        return;
    }
    for _ in 0..half(n_topics).unsigned_abs() {
        step(model, now, direction);
    }
}

pub(super) fn edge(model: &mut Model, now: Timestamp, edge: Placement) {
    if let Overlay::Help { scroll } = &mut model.overlay {
        *scroll = if edge == Placement::Top { 0 } else { usize::MAX / 2 };
        return;
    }
    if let Overlay::Difference(difference) = &mut model.overlay {
        return difference.step(if edge == Placement::Top { isize::MIN } else { isize::MAX }, model.rows);
    }
    if let Overlay::Exam(exam) = &mut model.overlay {
        let by = if edge == Placement::Top { isize::MIN } else { isize::MAX };
        return exam.scroll_by(by, (model.cols, model.rows));
    }
    if let Overlay::Parts(picker) = &mut model.overlay {
        return picker.step(if edge == Placement::Top { isize::MIN } else { isize::MAX });
    }
    if let (Overlay::Bulk, Some(preview)) = (&model.overlay, &mut model.bulk) {
        return preview.step(if edge == Placement::Top { isize::MIN } else { isize::MAX });
    }
    if let Overlay::Saved(picker) = &mut model.overlay {
        return picker.step(if edge == Placement::Top { isize::MIN } else { isize::MAX });
    }
    if let Overlay::Filters(_) = model.overlay {
        let by = if edge == Placement::Top { isize::MIN } else { isize::MAX };
        return narrowing::saved::step(model, by);
    }
    if model.screen == Screen::Devices {
        return deeds::edge(model, edge);
    }
    if model.screen == Screen::Monitor {
        return monitor::deeds::step(model, if edge == Placement::Top { isize::MIN } else { isize::MAX });
    }
    if model.screen == Screen::Publications {
        return publications::deeds::step(
            model,
            if edge == Placement::Top { isize::MIN } else { isize::MAX },
        );
    }
    if model.context() == Context::Chart {
        return chart::deeds::edge(model, now, edge);
    }
    if model.focus == Pane::Inspector {
        return model.inspector.scroll_to(if edge == Placement::Top { 0 } else { usize::MAX / 2 });
    }
    if model.focus == Pane::Learn {
        return learn::hands::edge(model, now, edge);
    }
    model.visited.leave(model.cursor);
    if table::deeds::step(model, if edge == Placement::Top { isize::MIN } else { isize::MAX }) {
        return;
    }
    let row = if edge == Placement::Top { tree::first(&model.devices) } else { tree::last(&model.devices) };
    go(model, row, edge);
}

/// Puts the cursor on a row, its branches expanded, and has it on screen.
pub fn go(model: &mut Model, row: RowId, placement: Placement) {
    model.touched = true;
    if table::deeds::go_to(model, row) {
        return;
    }
    if let Some(device) = ingest::device_mut(&mut model.devices, row.device) {
        device.store.reveal(row.node);
    }
    if row != model.cursor {
        model.cursor = row;
        model.inspector.turn_to();
    }
    follow(model, placement);
}

/// Rows may have gone: the cursor stays where it is, or goes to what is left of its row's way.
pub(super) fn settle(model: &mut Model) {
    follow(model, Placement::Middle);
}

/// Keeps the cursor on screen and on a row that is not hidden.
pub fn follow(model: &mut Model, placement: Placement) {
    if table::follow(model) {
        return;
    }
    let (n_rows, _) = model.n_rows();
    let cursor = tree::shown(&model.devices, model.cursor);
    if cursor != model.cursor {
        model.cursor = cursor;
        model.inspector.turn_to();
    }
    model.anchor = tree::follow(&model.devices, model.anchor, model.cursor, n_rows, placement);
}

pub(super) fn expand(model: &mut Model, now: Timestamp) {
    model.touched = true;
    let row = model.cursor;
    let Some(device) = ingest::device_mut(&mut model.devices, row.device) else { return };
    if !device.store.has_children(row.node) {
        return;
    }
    if device.store.is_expanded(row.node) {
        step(model, now, 1);
    } else {
        device.store.expand(row.node);
    }
}

pub(super) fn collapse(model: &mut Model) {
    model.touched = true;
    model.expanding = None;
    let row = model.cursor;
    let Some(device) = ingest::device_mut(&mut model.devices, row.device) else { return };
    if device.store.is_expanded(row.node) && device.store.has_children(row.node) {
        device.store.collapse(row.node);
        follow(model, Placement::Middle);
    } else if let Some(parent) = device.store.parent(row.node) {
        go(model, RowId { node: parent, ..row }, Placement::Top);
    }
}

pub(super) fn toggle(model: &mut Model) {
    model.touched = true;
    let row = model.cursor;
    let Some(device) = ingest::device_mut(&mut model.devices, row.device) else { return };
    if !device.store.has_children(row.node) {
        return;
    }
    if device.store.is_expanded(row.node) {
        device.store.collapse(row.node);
    } else {
        device.store.expand(row.node);
    }
    follow(model, Placement::Middle);
}

pub(super) fn expand_all(model: &mut Model) {
    model.touched = true;
    model.expanding = Some((model.cursor, None));
}

/// Expands another slice of the branches below a row.
pub(super) fn expand_on(model: &mut Model) {
    let Some((row, from)) = model.expanding.take() else { return };
    let Some(device) = ingest::device_mut(&mut model.devices, row.device) else { return };
    let rest = device.store.expand_all_below(row.node, from, EXPAND_SLICE_NODES);
    model.expanding = rest.map(|from| (row, Some(from)));
    follow(model, Placement::Middle);
}

pub(super) fn collapse_all(model: &mut Model) {
    model.touched = true;
    model.expanding = None;
    let row = model.cursor;
    let Some(device) = ingest::device_mut(&mut model.devices, row.device) else { return };
    device.store.collapse_all_below(row.node);
    if row.is_device() {
        device.store.expand(NodeId::ROOT);
    }
    follow(model, Placement::Middle);
}

pub(super) fn visit(model: &mut Model, now: Timestamp, direction: Direction) {
    let (row, words) = match direction {
        Direction::Backward => (model.visited.back(model.cursor), "no topic was visited before this one"),
        Direction::Forward => (model.visited.forth(model.cursor), "no topic was visited after this one"),
    };
    match row {
        Some(row) => go(model, row, Placement::Middle),
        None => model.say(now, Tone::Info, words),
    }
}
