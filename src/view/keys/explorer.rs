//! The keys that do something now in the topics and in the inspector. Owns their order.
use super::Wanted;
use crate::command::Command;
use crate::model::Model;
use crate::model::device::Connection;
use crate::model::device::Device;
use crate::model::inspector::Tab;
use crate::model::layout::Arrangement;
use crate::model::metrics;
use crate::model::past::Hold;
use crate::mqtt::Retained;

pub(super) fn topics(model: &Model) -> Wanted {
    let row = model.picture.rows.iter().find(|row| row.id == model.cursor);
    let device = model.selected();
    let value = row.and_then(|row| row.value.as_ref());
    let can_publish = !model.settings.read_only;
    let online = device.is_some_and(|device| device.online().is_some());
    let mut keys: Wanted = Vec::new();
    if model.picture.rows.len() > 1 {
        keys.push((&[Command::CursorDown, Command::CursorUp], "move"));
    }
    if model.learning.is_some() {
        keys.push((&[Command::NextPane], "learn pane"));
    } else if model.layout().arrangement == Arrangement::Single {
        keys.push((&[Command::NextPane], "next pane"));
    }
    if model.table.is_some() {
        keys.push((&[Command::NextOrder], "order"));
        keys.push((&[Command::ReverseOrder], "reverse"));
        keys.push((&[Command::ToggleTable], "tree"));
    }
    match row.filter(|row| row.has_children && model.table.is_none()).map(|row| row.is_expanded) {
        Some(false) => keys.push((&[Command::Expand], "open")),
        Some(true) => keys.push((&[Command::Collapse], "close")),
        None => {}
    }
    if model.search.is_some() {
        keys.push((&[Command::NextMatch, Command::PreviousMatch], "next match"));
        keys.push((&[Command::Leave], "unmark"));
    }
    if model.picture.rows.len() > 1 {
        keys.push((&[Command::Search], "search"));
    }
    if model.narrowing.set.is_some() {
        keys.push((&[Command::ViewFilter], "change filter"));
        keys.push((&[Command::Leave], "show all"));
    }
    if can_publish && row.is_some_and(|row| row.is_kept) {
        keys.push((&[Command::EditValue], "edit value"));
    }
    if can_publish && metrics::is_born(model) == Some(false) {
        keys.push((&[Command::AskBirths], "ask for births"));
    }
    if can_publish {
        keys.push((&[Command::Publish], "publish"));
    }
    if device.is_some() {
        let words = if model.learning.is_some() { "end learning" } else { "learn" };
        keys.push((&[Command::ToggleLearn], words));
    }
    match device.map(|device| &device.connection) {
        Some(Connection::Waiting(_) | Connection::Off) => {
            keys.push((&[Command::ToggleConnection], "connect"));
        }
        Some(Connection::Online(_) | Connection::Connecting { .. }) | None => {}
    }
    if online {
        keys.push((&[Command::SubscribeTo], "subscribe"));
    }
    if value.is_some() {
        keys.push((&[Command::CopyMenu], "copy"));
        keys.push((&[Command::TabHistory], "history"));
        keys.push((&[Command::Pin], if row.is_some_and(|row| row.is_pinned) { "unpin" } else { "pin" }));
    }
    if device.is_some_and(Device::is_unsaved) {
        keys.push((&[Command::SaveDevice], "save"));
    }
    if row.is_some_and(|row| row.is_kept) {
        keys.push((&[Command::TabNode], "attributes"));
        keys.push((&[Command::RemoveNode], "keep no longer"));
    } else {
        keys.push((&[Command::AddChild], "keep"));
    }
    if device.is_some_and(|device| !device.kept.is_empty()) {
        let is_kept_only = device.is_some_and(|device| device.store.is_kept_only());
        keys.push((&[Command::ToggleKeptOnly], if is_kept_only { "all topics" } else { "kept only" }));
    }
    if can_publish && value.is_some_and(|value| value.retained == Retained::Yes) {
        keys.push((&[Command::ClearRetained], "clear retained"));
    }
    if model.narrowing.set.is_none() && model.picture.rows.len() > 1 {
        keys.push((&[Command::ViewFilter], "filter"));
    }
    if model.frozen.is_none() {
        keys.push((&[Command::ToggleFreeze], "freeze"));
    }
    if online {
        keys.push((&[Command::PingNow], "ping"));
    }
    keys.push((&[Command::Quit], "quit"));
    keys
}

/// What can be done with the message under the hand.
fn history(model: &Model) -> Wanted {
    let view = &model.inspector.past;
    let mut keys: Wanted = vec![(&[Command::CursorDown, Command::CursorUp], "move")];
    keys.push((&[Command::OpenPast], "look into"));
    keys.push((&[Command::MarkMessage], "mark"));
    keys.push((&[Command::CompareMessages], "compare"));
    keys.push((&[Command::FilterHistory], if view.filter.is_some() { "list others" } else { "list only" }));
    keys.push((&[Command::HoldHistory], if view.hold == Hold::No { "hold" } else { "follow" }));
    keys
}

/// Where the inspector shows a value as a tree.
pub(super) fn structure(model: &Model) -> Wanted {
    let mut keys: Wanted = vec![
        (&[Command::CursorDown, Command::CursorUp], "move"),
        (&[Command::Collapse, Command::Expand], "fold"),
        (&[Command::SearchInside], "search"),
        (&[Command::CopyPath], "copy path"),
        (&[Command::KeepPart], "keep"),
        (&[Command::TabHistory], "history"),
    ];
    if !model.settings.read_only {
        match metrics::is_born(model) {
            Some(true) => keys.insert(1, (&[Command::EditValue], "edit metric")),
            Some(false) => keys.insert(1, (&[Command::AskBirths], "ask for births")),
            None => keys.push((&[Command::Publish], "publish")),
        }
    }
    keys.push((&[Command::NextPane], "next pane"));
    keys.push((&[Command::Leave], "back"));
    keys
}

pub(super) fn inspector(model: &Model) -> Wanted {
    let shown = &model.picture.inspector;
    let mut keys: Wanted = Vec::new();
    if shown.tab == Tab::History && shown.cursor.is_some() {
        keys.extend(history(model));
    } else if shown.cursor.is_some() {
        keys.push((&[Command::EditAttribute], "edit"));
        keys.push((&[Command::CursorDown, Command::CursorUp], "move"));
    } else if shown.lines.len().max(shown.past.len()) < shown.n_lines {
        keys.push((&[Command::CursorDown, Command::CursorUp], "scroll"));
    }
    if shown.tab == Tab::Node && !model.cursor.is_device() {
        keys.push((&[Command::KeepPart], if shown.cursor.is_some() { "keep parts" } else { "keep" }));
    }
    if !model.cursor.is_device() {
        keys.push((&[Command::PreviousTab, Command::NextTab], "tabs"));
    }
    if shown.tab == Tab::Message && !model.cursor.is_device() {
        keys.push((&[Command::NextDecoder], "decoder"));
        keys.push((&[Command::ToggleRaw], "raw"));
    }
    if !model.settings.read_only {
        keys.push((&[Command::Publish], "publish"));
    }
    keys.push((&[Command::CopyMenu], "copy"));
    keys.push((&[Command::ExportMenu], "export"));
    keys.push((&[Command::NextPane], "next pane"));
    keys.push((&[Command::Leave], "back"));
    keys
}
