//! Carries commands out. Owns moving about the tree and the program's own switches.
use super::device::Connection;
use super::event::{DeviceId, Effect};
use super::inspector::Tab;
use super::layout::{Arrangement, Pane};
use super::overlay::{Deed, Overlay, PromptKind, Question};
use super::search::Progress;
use super::toast::Tone;
use super::tree::{self, Placement, RowId};
use super::{Model, ingest, keys, publish};
use crate::command::Command;
use crate::mqtt::{BrokerRequest, Stage};
use crate::store::{Direction, LastPayload, NodeId};
use crate::time::Timestamp;

/// Nodes looked at between two looks at the keyboard while a branch is expanded whole; a few milliseconds.
const EXPAND_SLICE_NODES: usize = 8_192;

/// The largest text sent to the terminal's clipboard: many terminals take no more in one OSC 52.
const MAX_COPY_BYTES: usize = 74_994;

/// Carries a command out.
pub fn command(model: &mut Model, now: Timestamp, command: Command, effects: &mut Vec<Effect>) {
    match command {
        Command::Help => help(model),
        Command::NextPane => model.focus = model.focus.next(),
        Command::PreviousPane => model.focus = model.focus.previous(),
        Command::Leave => leave(model),
        Command::Quit => quit(model, effects),
        Command::Interrupt => interrupt(model, now, effects),
        Command::Suspend => effects.push(Effect::Suspend),
        Command::Undo => publish::undo(model, now, effects),
        Command::Redo => publish::redo(model, now, effects),
        Command::PingNow => ping(model, now, effects),
        Command::ToggleFreeze => freeze(model, now),
        Command::CursorDown => step(model, 1),
        Command::CursorUp => step(model, -1),
        Command::PageDown => page(model, 1),
        Command::PageUp => page(model, -1),
        Command::First => edge(model, Placement::Top),
        Command::Last => edge(model, Placement::Bottom),
        Command::Expand => expand(model),
        Command::Collapse => collapse(model),
        Command::Toggle => toggle(model),
        Command::ExpandAll => expand_all(model),
        Command::CollapseAll => collapse_all(model),
        Command::VisitedBack => visit(model, now, Direction::Backward),
        Command::VisitedForward => visit(model, now, Direction::Forward),
        Command::Search => keys::prompt(model, PromptKind::Search, ""),
        Command::NextMatch => seek(model, now, Direction::Forward),
        Command::PreviousMatch => seek(model, now, Direction::Backward),
        Command::GoTo => keys::prompt(model, PromptKind::GoTo, ""),
        Command::Pin => pin(model, now),
        Command::Publish => publish::open(model),
        Command::ClearRetained => publish::ask_clear(model, now),
        Command::SubscribeTo => keys::prompt(model, PromptKind::Subscribe, ""),
        Command::ToggleConnection => toggle_connection(model, effects),
        Command::CopyTopic => copy_topic(model, now, effects),
        Command::CopyPayload => copy_payload(model, now, effects),
        Command::TabValue => model.inspector.show(Tab::Value),
        Command::TabHistory => model.inspector.show(Tab::History),
        Command::TabMessage => model.inspector.show(Tab::Message),
        Command::NextTab => model.inspector.show(model.inspector.tab.next()),
        Command::PreviousTab => model.inspector.show(model.inspector.tab.previous()),
        Command::SendLine | Command::Send => publish::send(model, now, effects),
        Command::NextField => model.form.field = model.form.field.next(),
        Command::PreviousField => model.form.field = model.form.field.previous(),
        Command::ToggleChoice => model.form.step_choice(true),
        Command::PreviousChoice => model.form.step_choice(false),
        Command::PreviousSent => older(model, now),
        Command::NextSent => {
            model.form.newer();
        }
        Command::Accept => {}
        Command::Yes => keys::yes(model, now, effects),
        Command::No => model.overlay = Overlay::None,
    }
}

fn help(model: &mut Model) {
    model.overlay = match model.overlay {
        Overlay::Help { .. } => Overlay::None,
        Overlay::None | Overlay::Prompt(_) | Overlay::Question(_) => Overlay::Help { scroll: 0 },
    };
}

/// Leaves the innermost thing: an overlay, a pane, the marks of a search, the toasts.
fn leave(model: &mut Model) {
    if model.overlay != Overlay::None {
        model.overlay = Overlay::None;
    } else if model.focus != Pane::Topics {
        model.focus = Pane::Topics;
    } else if model.search.is_some() {
        model.search = None;
    } else {
        model.toasts.clear();
    }
}

fn quit(model: &mut Model, effects: &mut Vec<Effect>) {
    match model.lives.n_unsettled(None) {
        0 => effects.push(Effect::Quit),
        n => {
            let them = if n == 1 { "1 publication is" } else { &format!("{n} publications are") };
            let words = format!("{them} not acknowledged by the broker yet. Quit all the same?");
            model.overlay = Overlay::Question(Question { words, deed: Deed::Quit });
        }
    }
}

fn interrupt(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    if std::mem::replace(&mut model.quit_asked, true) {
        return effects.push(Effect::Quit);
    }
    model.say(now, Tone::Warn, "ctrl-c again quits");
}

fn ping(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    let id = model.cursor.device;
    let is_online = model.selected().is_some_and(|device| device.online().is_some());
    if !is_online {
        return model.say(now, Tone::Warn, "not online, so there is nobody to ping; c connects at once");
    }
    model.ping_asked = Some(id);
    effects.push(Effect::Request(id, BrokerRequest::Ping));
}

fn freeze(model: &mut Model, now: Timestamp) {
    model.frozen = match model.frozen {
        None => Some(now),
        Some(_) => None,
    };
}

fn step(model: &mut Model, by: isize) {
    if let Overlay::Help { scroll } = &mut model.overlay {
        *scroll = scroll.saturating_add_signed(by);
        return;
    }
    if model.focus == Pane::Inspector {
        return model.inspector.scroll_by(by);
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

fn page(model: &mut Model, direction: isize) {
    let (n_topics, n_lines) = model.n_rows();
    let half = |n: usize| isize::try_from((n / 2).max(1)).unwrap_or(1) * direction;
    if let Overlay::Help { scroll } = &mut model.overlay {
        *scroll = scroll.saturating_add_signed(half(usize::from(model.rows)));
        return;
    }
    if model.focus == Pane::Inspector {
        return model.inspector.scroll_by(half(n_lines));
    }
    for _ in 0..half(n_topics).unsigned_abs() {
        step(model, direction);
    }
}

fn edge(model: &mut Model, edge: Placement) {
    if let Overlay::Help { scroll } = &mut model.overlay {
        *scroll = if edge == Placement::Top { 0 } else { usize::MAX / 2 };
        return;
    }
    if model.focus == Pane::Inspector {
        return model.inspector.scroll_to(if edge == Placement::Top { 0 } else { usize::MAX / 2 });
    }
    model.visited.leave(model.cursor);
    let row = if edge == Placement::Top { RowId::default() } else { tree::last(&model.devices) };
    go(model, row, edge);
}

/// Puts the cursor on a row, its branches expanded, and has it on screen.
pub fn go(model: &mut Model, row: RowId, placement: Placement) {
    if let Some(device) = ingest::device_mut(&mut model.devices, row.device) {
        device.store.reveal(row.node);
    }
    if row != model.cursor {
        model.cursor = row;
        model.inspector.turn_to();
    }
    follow(model, placement);
}

/// Keeps the cursor on screen and on a row that is not hidden.
pub fn follow(model: &mut Model, placement: Placement) {
    let (n_rows, _) = model.n_rows();
    let cursor = tree::shown(&model.devices, model.cursor);
    if cursor != model.cursor {
        model.cursor = cursor;
        model.inspector.turn_to();
    }
    model.anchor = tree::follow(&model.devices, model.anchor, model.cursor, n_rows, placement);
}

fn expand(model: &mut Model) {
    let row = model.cursor;
    let Some(device) = ingest::device_mut(&mut model.devices, row.device) else { return };
    if !device.store.has_children(row.node) {
        return;
    }
    if device.store.is_expanded(row.node) {
        step(model, 1);
    } else {
        device.store.expand(row.node);
    }
}

fn collapse(model: &mut Model) {
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

fn toggle(model: &mut Model) {
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

fn expand_all(model: &mut Model) {
    model.expanding = Some((model.cursor, None));
}

/// Expands another slice of the branches below a row.
fn expand_on(model: &mut Model) {
    let Some((row, from)) = model.expanding.take() else { return };
    let Some(device) = ingest::device_mut(&mut model.devices, row.device) else { return };
    let rest = device.store.expand_all_below(row.node, from, EXPAND_SLICE_NODES);
    model.expanding = rest.map(|from| (row, Some(from)));
    follow(model, Placement::Middle);
}

fn collapse_all(model: &mut Model) {
    model.expanding = None;
    let row = model.cursor;
    let Some(device) = ingest::device_mut(&mut model.devices, row.device) else { return };
    device.store.collapse_all_below(row.node);
    if row.is_device() {
        device.store.expand(NodeId::ROOT);
    }
    follow(model, Placement::Middle);
}

fn visit(model: &mut Model, now: Timestamp, direction: Direction) {
    let (row, words) = match direction {
        Direction::Backward => (model.visited.back(model.cursor), "no topic was visited before this one"),
        Direction::Forward => (model.visited.forth(model.cursor), "no topic was visited after this one"),
    };
    match row {
        Some(row) => go(model, row, Placement::Middle),
        None => model.say(now, Tone::Info, words),
    }
}

fn seek(model: &mut Model, now: Timestamp, direction: Direction) {
    let cursor = model.cursor;
    let Some(search) = &mut model.search else {
        return model.say(now, Tone::Info, "nothing is searched for; / begins");
    };
    search.seek(cursor, direction, false);
}

fn pin(model: &mut Model, now: Timestamp) {
    let row = model.cursor;
    let Some(device) = ingest::device_mut(&mut model.devices, row.device) else { return };
    if row.is_device() || device.store.last(row.node).is_none() {
        return model.say(now, Tone::Info, "only a topic with a message can be pinned");
    }
    if device.store.is_pinned(row.node) {
        device.store.unpin(row.node);
    } else {
        device.store.pin(row.node);
    }
}

fn toggle_connection(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(device) = model.selected() else { return };
    let id = device.id;
    match (&device.connection, model.lives.n_unsettled(Some(id))) {
        (Connection::Online(_) | Connection::Connecting { .. }, 0) => {
            effects.push(Effect::Request(id, BrokerRequest::Disconnect));
        }
        (Connection::Online(_) | Connection::Connecting { .. }, n) => {
            let words = format!("{n} publications are in flight. Disconnect all the same?");
            model.overlay = Overlay::Question(Question { words, deed: Deed::Disconnect(id) });
        }
        (Connection::Waiting(_) | Connection::Off, _) => {
            effects.push(Effect::Request(id, BrokerRequest::Connect));
        }
    }
}

fn copy_topic(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    let row = model.cursor;
    let Some(device) = model.device(row.device) else { return };
    let mut topic = String::new();
    if row.is_device() {
        topic = device.profile.address.to_string();
    } else {
        device.store.topic_of(row.node, &mut topic);
    }
    copy(model, now, topic, effects);
}

fn copy_payload(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    let row = model.cursor;
    let last = model.device(row.device).and_then(|device| device.store.last(row.node));
    let words = match last.map(|last| last.payload) {
        None => "this row has no message to copy".into(),
        Some(LastPayload::Evicted { .. }) => "the payload was evicted to stay within --memory".into(),
        Some(LastPayload::Whole(payload)) => match std::str::from_utf8(payload) {
            Ok(text) => return copy(model, now, text.to_owned(), effects),
            Err(_) => format!(
                "the payload's {} bytes are no UTF-8 text; a clipboard takes text only",
                payload.len()
            ),
        },
    };
    model.say(now, Tone::Warn, words);
}

fn copy(model: &mut Model, now: Timestamp, text: String, effects: &mut Vec<Effect>) {
    if text.len() > MAX_COPY_BYTES {
        let words =
            format!("{} bytes are more than a terminal's clipboard takes ({MAX_COPY_BYTES})", text.len());
        return model.say(now, Tone::Warn, words);
    }
    effects.push(Effect::Copy(text));
    model.say(now, Tone::Info, "sent to the terminal's clipboard");
}

fn older(model: &mut Model, now: Timestamp) {
    if !model.form.older() {
        model.say(now, Tone::Info, "nothing older was published");
    }
}

/// A request found no room in its device's queue, or its task is gone.
pub fn request_refused(
    model: &mut Model,
    now: Timestamp,
    id: DeviceId,
    request: &BrokerRequest,
    words: &str,
) {
    if let BrokerRequest::Publish(ticket, _) = request {
        model.lives.reach(id, *ticket, Stage::NotSent(words.to_owned()), now, false);
    }
    model.say(now, Tone::Error, words);
}

/// Deadlines came, or there is time for a slice of work.
pub fn due(model: &mut Model, now: Timestamp) {
    model.toasts.advance(now);
    model.lives.advance(now);
    expand_on(model);
    let Model { search: Some(search), devices, .. } = model else { return };
    match search.work(devices) {
        Progress::Found(row) => go(model, row, Placement::Middle),
        Progress::NotFound | Progress::Working | Progress::Idle => {}
    }
}

/// The program was stopped and goes on: the links may have died meanwhile.
pub fn resumed(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    for device in &mut model.devices {
        device.log(now, "the program was suspended until now");
        if device.online().is_some() {
            effects.push(Effect::Request(device.id, BrokerRequest::Ping));
        }
    }
}

/// Whether a pane can be seen on this screen without going to it.
pub fn is_seen(model: &Model, pane: Pane) -> bool {
    match model.layout().arrangement {
        Arrangement::Wide | Arrangement::Stacked => true,
        Arrangement::Single => model.focus == pane,
        Arrangement::TooSmall => false,
    }
}
