//! Keys as words: those that do something now, for the footer. Owns which do; the keymap owns the chords.
use crate::command::{Command, Context};
use crate::device::learn::Lane;
use crate::keymap::Chord;
use crate::model::Model;
use crate::model::device::Connection;
use crate::model::device::Device;
use crate::model::devices::Row;
use crate::model::editor::Body;
use crate::model::form::Field;
use crate::model::learn::hands::Hold;
use crate::model::monitor::Panel;
use crate::model::monitor::deeds::excluded;
use crate::model::overlay::{Deed, Overlay};

mod bulk;
mod chart;
mod explorer;
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
        Context::Topics | Context::Table | Context::Everywhere => explorer::topics(model),
        Context::Range => vec![
            (&[Command::CursorDown, Command::CursorUp][..], "extend"),
            (&[Command::KeepRange], "keep"),
            (&[Command::EditRange], "edit"),
            (&[Command::RemoveRange], "keep no longer"),
            (&[Command::Leave], "leave"),
        ],
        Context::Structure => explorer::structure(model),
        Context::Inspector | Context::History => explorer::inspector(model),
        Context::Chart => chart::keys(model),
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
        Context::Filters => vec![
            (&[Command::Choose][..], "filter by it"),
            (&[Command::CursorDown, Command::CursorUp], "move"),
            (&[Command::DeleteFilter], "delete"),
            (&[Command::Leave], "leave"),
        ],
        Context::Exam => vec![
            (&[Command::ExamineAgain][..], "once more"),
            (&[Command::CursorDown, Command::CursorUp], "scroll"),
            (&[Command::Leave], "back"),
        ],
        Context::Menu if model.overlay == Overlay::Exporting => vec![(&[Command::Leave][..], "give up")],
        Context::Menu => vec![
            (&[Command::Choose][..], "take"),
            (&[Command::CursorDown, Command::CursorUp], "move"),
            (&[Command::Leave], "leave"),
        ],
        Context::Bulk => bulk::keys(model),
        Context::HelpScreen => {
            vec![(&[Command::CursorDown, Command::CursorUp][..], "scroll"), (&[Command::Leave], "back")]
        }
    };
    let panes = context
        .heard()
        .any(|context| matches!(context, Context::Topics | Context::Inspector | Context::Learn));
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
    quits && model.devices.iter().any(Device::is_unsaved)
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
    if device.is_some_and(Device::is_unsaved) {
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
        Panel::Subscriptions if excluded(model).is_some() => {
            keys.push((&[Command::DropSubscription], "take in again"));
            keys.push((&[Command::SubscribeTo], "subscribe"));
            keys.push((&[Command::CursorDown, Command::CursorUp], "move"));
        }
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
