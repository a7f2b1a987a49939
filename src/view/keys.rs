//! Keys as words: those that do something now, for the footer. Owns which do; the keymap owns the chords.
use crate::command::{Command, Context};
use crate::device::learn::Lane;
use crate::keymap::Chord;
use crate::model::Model;
use crate::model::device::Connection;
use crate::model::devices::Row;
use crate::model::editor::Body;
use crate::model::form::Field;
use crate::model::inspector::Tab;
use crate::model::layout::Arrangement;
use crate::model::learn::hands::Hold;
use crate::model::monitor::Panel;
use crate::model::overlay::{Deed, Overlay};
use crate::mqtt::Retained;

mod bulk;
mod publications;
mod runs;

/// A key and what it does now.
pub struct Hint {
    /// The chords, as read.
    pub keys: String,
    /// What they do.
    pub words: &'static str,
}

/// The keys that do something now, the most wanted first.
pub fn now(model: &Model) -> Vec<Hint> {
    let context = model.context();
    let wanted = match context {
        Context::Topics | Context::Everywhere => topics(model),
        Context::Range => vec![
            (&[Command::CursorDown, Command::CursorUp][..], "extend"),
            (&[Command::KeepRange], "keep"),
            (&[Command::EditRange], "edit"),
            (&[Command::RemoveRange], "keep no longer"),
            (&[Command::Leave], "leave"),
        ],
        Context::Inspector => inspector(model),
        Context::Publish => publish(model),
        Context::Learn => learn(model),
        Context::Editor => editor(model),
        Context::Devices => devices(model),
        Context::Monitor => monitor(model),
        Context::Publications => publications::keys(model),
        Context::DeviceForm => vec![
            (&[Command::AcceptField][..], "next"),
            (&[Command::SaveForm], "save"),
            (&[Command::TestDevice], "test"),
            (&[Command::NextSection], "next group"),
            (&[Command::Leave], "leave"),
        ],
        Context::Line => vec![(&[Command::Accept][..], "ok"), (&[Command::Leave], "cancel")],
        Context::Question => question(model),
        Context::Parts => vec![
            (&[Command::Tick][..], "tick"),
            (&[Command::KeepTicked], "keep"),
            (&[Command::CursorDown, Command::CursorUp], "move"),
            (&[Command::Leave], "leave"),
        ],
        Context::Repeat => runs::keys(model),
        Context::Saved => publications::saved_keys(model),
        Context::Exam => vec![
            (&[Command::ExamineAgain][..], "once more"),
            (&[Command::CursorDown, Command::CursorUp], "scroll"),
            (&[Command::Leave], "back"),
        ],
        Context::Bulk => bulk::keys(model),
        Context::HelpScreen => {
            vec![(&[Command::CursorDown, Command::CursorUp][..], "scroll"), (&[Command::Leave], "back")]
        }
    };
    let panes = matches!(context, Context::Topics | Context::Inspector | Context::Learn);
    let thaw: Wanted = vec![(&[Command::ToggleFreeze][..], "thaw")];
    let first = if model.frozen.is_some() && panes { thaw } else { Vec::new() };
    let mut hints: Vec<Hint> = Vec::new();
    for (commands, words) in first.into_iter().chain(wanted) {
        let keys: Vec<String> = commands.iter().filter_map(|command| key(model, context, *command)).collect();
        if keys.len() == commands.len() {
            hints.push(Hint { keys: keys.join("/"), words });
        }
    }
    hints
}

/// The first chord of a command where it is heard.
pub fn key(model: &Model, context: Context, command: Command) -> Option<String> {
    model.keymap.chords(context, command).first().map(Chord::to_string)
}

/// Commands that do one thing together, and the words for it.
type Wanted = Vec<(&'static [Command], &'static str)>;

fn topics(model: &Model) -> Wanted {
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
    match row.filter(|row| row.has_children).map(|row| row.is_expanded) {
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
    if can_publish && row.is_some_and(|row| row.is_kept) {
        keys.push((&[Command::EditValue], "edit value"));
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
        keys.push((&[Command::CopyTopic, Command::CopyPayload], "copy"));
        keys.push((&[Command::TabHistory], "history"));
        keys.push((&[Command::Pin], if row.is_some_and(|row| row.is_pinned) { "unpin" } else { "pin" }));
    }
    if device.is_some_and(|device| device.kept.is_changed()) {
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
    if model.frozen.is_none() {
        keys.push((&[Command::ToggleFreeze], "freeze"));
    }
    if online {
        keys.push((&[Command::PingNow], "ping"));
    }
    keys.push((&[Command::Quit], "quit"));
    keys
}

fn question(model: &Model) -> Wanted {
    let mut keys: Wanted = vec![(&[Command::Yes], "yes"), (&[Command::No], "no")];
    if saves_first(model) {
        keys.push((&[Command::SaveFirst], "save first"));
    }
    keys
}

/// Whether the question that is open can be answered by saving first.
pub fn saves_first(model: &Model) -> bool {
    let quits = matches!(&model.overlay, Overlay::Question(question) if matches!(question.deed, Deed::Quit));
    quits && model.devices.iter().any(|device| device.kept.is_changed())
}

fn learn(model: &Model) -> Wanted {
    let Some(learning) = &model.learning else { return Vec::new() };
    if learning.picker.is_some() {
        return vec![
            (&[Command::Tick][..], "tick"),
            (&[Command::Keep], "keep"),
            (&[Command::CursorDown, Command::CursorUp], "move"),
            (&[Command::Leave], "back"),
        ];
    }
    let device = model.device(learning.device);
    let is_any = !learning.learn.is_empty(learning.lane);
    let mut keys: Wanted = Vec::new();
    match learning.lane {
        Lane::New if is_any => keys.extend([
            (&[Command::Tick][..], "tick"),
            (&[Command::Keep], "keep"),
            (&[Command::KeepAll], "keep all"),
        ]),
        Lane::Kept if is_any => keys.push((&[Command::Keep], "change to what was heard")),
        Lane::Discarded if is_any => keys.push((&[Command::Keep], "bring back")),
        Lane::New | Lane::Kept | Lane::Discarded => {}
    }
    if device.is_some_and(|device| device.kept.is_changed()) {
        keys.push((&[Command::SaveDevice], "save"));
    }
    keys.push((&[Command::ToggleLearn], "end"));
    if learning.lane == Lane::New && is_any {
        keys.push((&[Command::EditCandidate], "edit"));
        keys.push((&[Command::Discard], "discard"));
        keys.push((&[Command::ChooseParts], "parts"));
    }
    let is_held = learning.hold == Hold::Still;
    keys.push((&[Command::HoldStill], if is_held { "follow" } else { "hold still" }));
    keys.push((&[Command::LearnScope], "scope"));
    keys.push((&[Command::NextList], "other lists"));
    keys.push((&[Command::Leave], "topics"));
    if is_any {
        keys.push((&[Command::CursorDown, Command::CursorUp], "move"));
    }
    keys
}

fn inspector(model: &Model) -> Wanted {
    let shown = &model.picture.inspector;
    let mut keys: Wanted = Vec::new();
    if shown.cursor.is_some() {
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
    keys.push((&[Command::CopyTopic, Command::CopyPayload], "copy"));
    keys.push((&[Command::NextPane], "next pane"));
    keys.push((&[Command::Leave], "back"));
    keys
}

fn publish(model: &Model) -> Wanted {
    let mut keys: Wanted = Vec::new();
    let in_text = model.form.in_text();
    let sends_line = !(model.form.field == Field::Payload && model.form.payload.has_lines());
    if !model.settings.read_only {
        keys.push((if sends_line { &[Command::SendLine] } else { &[Command::Send] }, "send"));
    }
    keys.push((&[Command::NextField], "next field"));
    if !in_text {
        keys.push((&[Command::ToggleChoice], "change"));
    }
    if model.form.n_sent() > 0 {
        keys.push((&[Command::PreviousSent, Command::NextSent], "sent before"));
    }
    keys.push((&[Command::Leave], "back"));
    keys.push((&[Command::NextFormat], "format"));
    keys.push((&[Command::EditText], "editor"));
    keys.push((&[Command::ReadFile], "file"));
    keys.push((&[Command::FillReceived], "last value"));
    keys.push((&[Command::Compare], "compare"));
    keys.push((&[Command::ToggleFold], if model.form.unfolded { "fold" } else { "properties" }));
    keys
}

fn editor(model: &Model) -> Wanted {
    let Some(editor) = &model.editor else { return Vec::new() };
    let leave: (&[Command], _) = (&[Command::Leave], "back");
    let step: &[Command] = &[Command::StepUp, Command::StepDown];
    let mut keys: Wanted = match &editor.body {
        Body::Which(_) => return vec![(step, "choose"), (&[Command::Send], "edit"), leave],
        Body::Impulse | Body::Text(_) => Vec::new(),
        Body::Bool(_) => vec![(&[Command::ToggleChoice], "toggle")],
        Body::Choice(_) => vec![(step, "choose")],
        Body::Numbers { lines, .. } => {
            let mut keys: Wanted = vec![(step, "step")];
            if lines.len() > 1 {
                keys.push((&[Command::NextField], "next part"));
            }
            keys
        }
    };
    keys.insert(0, (&[Command::Send], "send"));
    keys.push(leave);
    if let Body::Numbers { .. } = editor.body {
        keys.push((&[Command::LeapUp, Command::LeapDown], "ten steps"));
        if editor.node.domain.min.is_some() || editor.node.domain.max.is_some() {
            keys.push((&[Command::ToMin, Command::ToMax], "bounds"));
        }
    }
    if model.spacing.recalled(editor.device, &editor.node.key()).next().is_some() {
        keys.push((&[Command::PreviousSent], "sent before"));
    }
    keys.push((&[Command::ToggleLive], if editor.is_live { "live off" } else { "live" }));
    keys
}

fn monitor(model: &Model) -> Wanted {
    let mut keys: Wanted = vec![(&[Command::NextPane], "next panel")];
    match model.monitor.panel {
        Panel::Subscriptions => {
            keys.push((&[Command::EditSubscription], "edit"));
            keys.push((&[Command::PauseSubscription], "pause"));
            keys.push((&[Command::DropSubscription], "drop"));
            keys.push((&[Command::SubscribeTo], "subscribe"));
            keys.push((&[Command::CursorDown, Command::CursorUp], "move"));
        }
        Panel::Log => {
            keys.push((&[Command::NarrowLog], "narrow"));
            keys.push((&[Command::CopyLines], "copy"));
            keys.push((&[Command::SaveLog], "save"));
            keys.push((&[Command::CursorDown, Command::CursorUp], "move"));
        }
        Panel::KeepAlive => keys.push((&[Command::PingOften], "ping more or less often")),
        Panel::Connection | Panel::Session | Panel::Qos | Panel::Traffic | Panel::Limits | Panel::Broker => {
            keys.push((&[Command::CursorDown, Command::CursorUp], "scroll"));
        }
    }
    let is_online = model.selected().is_some_and(|device| device.online().is_some());
    if is_online {
        keys.push((&[Command::PingNow], "ping"));
    } else {
        keys.push((&[Command::ToggleConnection], "connect"));
    }
    keys.push((&[Command::Leave], "back"));
    keys.push((&[Command::Quit], "quit"));
    keys
}

fn devices(model: &Model) -> Wanted {
    let rows = model.shelf_rows();
    let row = model.shelf_row();
    let is_broken = row.as_ref().is_some_and(|row| model.is_broken(row));
    let is_saved = matches!(row, Some(Row::Saved(_)));
    let open = row.as_ref().and_then(|row| model.row_device(row));
    let mut keys: Wanted = Vec::new();
    match open.map(|device| &device.connection) {
        Some(connection) => {
            keys.push((&[Command::OpenDevice], "explore"));
            let is_on = matches!(connection, Connection::Online(_) | Connection::Connecting { .. });
            keys.push((&[Command::ToggleConnection], if is_on { "disconnect" } else { "connect" }));
        }
        None if row.is_some() && !is_broken => keys.push((&[Command::OpenDevice], "open")),
        None => {}
    }
    if matches!(row, Some(Row::Open(_))) {
        keys.push((&[Command::SaveDevice], "save"));
    } else if is_saved && !is_broken {
        keys.push((&[Command::EditDevice], "edit"));
    }
    keys.push((&[Command::AddDevice], "add"));
    if is_broken {
        keys.push((&[Command::DeleteDevice], "delete"));
    } else if row.is_some() {
        keys.push((&[Command::ExamineDevice], "test"));
    }
    if open.is_some() {
        keys.push((&[Command::CloseDevice], "close"));
    }
    if is_saved && !is_broken {
        keys.push((&[Command::CopyDevice], "copy"));
        keys.push((&[Command::DeleteDevice], "delete"));
    }
    if rows.len() > 1 {
        keys.push((&[Command::NarrowDevices], "narrow"));
        keys.push((&[Command::CursorDown, Command::CursorUp], "move"));
    }
    if !model.shelf.narrow.is_empty() {
        keys.push((&[Command::Leave], "all"));
    } else if !model.devices.is_empty() {
        keys.push((&[Command::Leave], "back"));
    }
    keys.push((&[Command::Quit], "quit"));
    keys
}
