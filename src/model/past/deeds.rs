//! What keys do to the past messages: hold, list, mark, look into, delete. Owns the words; what is deleted goes from
//! our history alone, never from the broker.
use super::filter::Filter;
use super::inspected::Inspected;
use super::reader::cut_words;
use super::{compare, reader};
use crate::command::{Command, Context};
use crate::decode::figures;
use crate::model::event::Effect;
use crate::model::inspector::Tab;
use crate::model::overlay::{Deed, Overlay, PromptKind, Question};
use crate::model::toast::Tone;
use crate::model::tree::{self, RowId};
use crate::model::undo::{Undo, UndoStep};
use crate::model::{Model, ingest, keys};
use crate::store::PastKey;
use crate::time::Timestamp;

type Carry = fn(&mut Model, Timestamp, &mut Vec<Effect>);

/// The tab's commands.
const DEEDS: [(Command, Carry); 8] = [
    (Command::HoldHistory, |model, _, _| hold(model)),
    (Command::FilterHistory, |model, _, _| ask_filter(model)),
    (Command::OpenPast, |model, now, _| open(model, now)),
    (Command::MarkMessage, |model, now, _| mark(model, now)),
    (Command::CompareMessages, compare::ask),
    (Command::ForgetMessage, |model, now, _| forget(model, now)),
    (Command::ForgetHistory, |model, now, _| ask_clear(model, now)),
    (Command::ToggleUtc, |model, now, _| toggle_utc(model, now)),
];

/// Carries a command of the tab out.
pub fn command(model: &mut Model, now: Timestamp, command: Command, effects: &mut Vec<Effect>) {
    if let Some((_, carry)) = DEEDS.iter().find(|(known, _)| *known == command) {
        carry(model, now, effects);
    }
}

/// What every deletion says of the broker.
const BROKER: &str = "the broker is untouched";

/// Brings the rows and the hand up to date between two frames.
pub(super) fn settle(model: &mut Model) {
    let row = model.cursor;
    let Model { devices, inspector, .. } = model;
    let Some(device) = tree::device(devices, row.device).filter(|_| !row.is_device()) else { return };
    let by = reader(inspector, device, row);
    inspector.past.settle(&device.store, row.node, &by);
}

/// The key of the message under the hand.
fn under_hand(model: &mut Model) -> Option<PastKey> {
    settle(model);
    let row = model.cursor;
    let device = tree::device(&model.devices, row.device).filter(|_| !row.is_device())?;
    model.inspector.past.under_hand(&device.store, row.node).map(|past| past.key)
}

fn nothing(model: &mut Model, now: Timestamp) {
    model.say(now, Tone::Info, "no message is under the cursor");
}

/// Holds the rows still, or follows the newest again.
pub fn hold(model: &mut Model) {
    settle(model);
    let row = model.cursor;
    let Some(device) = tree::device(&model.devices, row.device) else { return };
    let n_messages = device.store.node(row.node).n_messages;
    model.inspector.past.toggle_hold(n_messages);
}

/// Shows times of the local zone, or of UTC.
pub fn toggle_utc(model: &mut Model, now: Timestamp) {
    let view = &mut model.inspector.past;
    view.is_utc = !view.is_utc;
    let words = if view.is_utc { "times are UTC" } else { "times are local" };
    model.say(now, Tone::Info, words);
}

/// Marks the message under the hand, or takes its mark away.
pub fn mark(model: &mut Model, now: Timestamp) {
    let Some(key) = under_hand(model) else { return nothing(model, now) };
    let view = &mut model.inspector.past;
    let is_marked = view.marked.is_some_and(|marked| marked.ordinal == key.ordinal);
    view.marked = (!is_marked).then_some(key);
    if !is_marked {
        let nth = figures::grouped(key.ordinal);
        model.say(now, Tone::Info, format!("message {nth} is marked; = compares another with it"));
    }
}

/// Shows the message under the hand in the tabs Value and Message.
pub fn open(model: &mut Model, now: Timestamp) {
    let Some(key) = under_hand(model) else { return nothing(model, now) };
    let row = model.cursor;
    let Some(device) = tree::device(&model.devices, row.device) else { return };
    let Some(past) = device.store.past(row.node, key) else { return };
    let inspected = Inspected::new(&past, compare::whole(&device.store, row.node, &past));
    model.inspector.show(Tab::Value);
    model.inspector.scroll = 0;
    model.inspector.past.inspected = Some(inspected);
}

/// The payload of the past message that is looked at or under the hand, or why it can't be copied; `None` where the
/// last one is meant.
pub fn payload(model: &mut Model) -> Option<Result<String, String>> {
    let is_listed = model.context() == Context::History;
    let inspected = match model.inspector.past.inspected.clone() {
        Some(inspected) => inspected,
        None if is_listed => {
            let key = under_hand(model)?;
            let row = model.cursor;
            let device = tree::device(&model.devices, row.device)?;
            let past = device.store.past(row.node, key)?;
            Inspected::new(&past, compare::whole(&device.store, row.node, &past))
        }
        None => return None,
    };
    let Some(payload) = &inspected.payload else {
        return Some(Err("the payload was evicted to stay within --memory".to_owned()));
    };
    if inspected.is_cut() {
        let words = cut_words(payload.len(), inspected.n_bytes);
        return Some(Err(format!("only the {words} are held: a part is not copied as if it were all")));
    }
    Some(std::str::from_utf8(payload).map(str::to_owned).map_err(|_no_text| {
        let n = payload.len();
        format!("the payload's {n} bytes are no UTF-8 text; a clipboard takes text only")
    }))
}

/// Goes back from a past message to the list; whether one was looked at.
pub fn leave(model: &mut Model) -> bool {
    if model.inspector.past.inspected.is_some() {
        model.inspector.show(Tab::History);
        return true;
    }
    if model.context() == Context::History && model.inspector.past.filter.is_some() {
        model.inspector.past.list(None);
        return true;
    }
    false
}

/// Asks which messages to list.
pub fn ask_filter(model: &mut Model) {
    let text = model.inspector.past.filter.as_ref().map_or_else(String::new, |filter| filter.text.clone());
    keys::prompt(model, PromptKind::FilterHistory, &text);
}

/// Lists what a text asks for. What is wrong with it, in words.
pub fn filter(model: &mut Model, text: &str) -> Result<(), String> {
    if text.is_empty() {
        if model.inspector.past.filter.is_some() {
            model.inspector.past.list(None);
        }
        return Ok(());
    }
    let row = model.cursor;
    let Some(device) = tree::device(&model.devices, row.device) else { return Ok(()) };
    if model.inspector.past.filter.as_ref().is_some_and(|filter| filter.text == text) {
        return Ok(());
    }
    let filter = Filter::begin(text, reader(&model.inspector, device, row).by())?;
    model.inspector.past.list(Some(filter));
    Ok(())
}

/// What is being typed changed: the list follows as far as it has a meaning.
pub fn retype(model: &mut Model) {
    let Overlay::Prompt(prompt) = &model.overlay else { return };
    let text = prompt.line.text().to_owned();
    if let Err(words) = filter(model, &text)
        && let Overlay::Prompt(prompt) = &mut model.overlay
    {
        prompt.error = Some(words);
    }
}

/// Does a slice of the listing.
pub fn due(model: &mut Model) {
    let row = model.cursor;
    let Model { devices, inspector, .. } = model;
    if !inspector.past.is_working() {
        return;
    }
    let Some(device) = tree::device(devices, row.device) else { return inspector.past.list(None) };
    let by = reader(inspector, device, row);
    if let Some(filter) = &mut inspector.past.filter {
        filter.work(&device.store, row.node, &by);
    }
}

/// Deletes the message under the hand from our history.
pub fn forget(model: &mut Model, now: Timestamp) {
    let Some(key) = under_hand(model) else { return nothing(model, now) };
    let row = model.cursor;
    if !forget_one(model, row, key) {
        let words = "the last message is the topic's value and stays; d deletes those before it";
        return model.say(now, Tone::Info, words);
    }
    let nth = figures::grouped(key.ordinal);
    let Some(device) = tree::device(&model.devices, row.device) else { return };
    let n = figures::grouped(device.store.n_forgotten(row.node));
    model.remember_undo(Undo {
        device: row.device,
        words: format!("deleting message {nth} from the history"),
        back: UndoStep::RecallPast(row, key),
        forth: UndoStep::ForgetPast(row, key),
    });
    let words = format!("message {nth} is deleted here ({n} in all); {BROKER}; u undoes");
    model.say(now, Tone::Info, words);
}

fn forget_one(model: &mut Model, row: RowId, key: PastKey) -> bool {
    let Some(device) = ingest::device_mut(&mut model.devices, row.device) else { return false };
    let is_done = device.store.is_there(row.node) && device.store.forget(row.node, key);
    if is_done && model.cursor == row {
        let view = &mut model.inspector.past;
        if let Some(filter) = &mut view.filter {
            filter.drop(key);
        }
        view.marked = view.marked.filter(|marked| marked.ordinal != key.ordinal);
    }
    is_done
}

/// Takes a deletion back, or deletes again; whether that could be done.
pub(in crate::model) fn carry_out(model: &mut Model, now: Timestamp, step: &UndoStep) -> bool {
    match step {
        UndoStep::RecallPast(row, key) => {
            let device = ingest::device_mut(&mut model.devices, row.device);
            let is_done = device
                .is_some_and(|device| device.store.is_there(row.node) && device.store.recall(row.node, *key));
            if is_done && model.cursor == *row {
                let view = &mut model.inspector.past;
                // What is listed is looked through again.
                let text = view.filter.take().map(|filter| filter.text);
                if let Some(text) = text {
                    let _known_to_be_right = filter(model, &text);
                }
            } else if !is_done {
                model.say(
                    now,
                    Tone::Warn,
                    "the message can't be brought back: its place in the history is gone",
                );
            }
            is_done
        }
        UndoStep::ForgetPast(row, key) => forget_one(model, *row, *key),
        UndoStep::Publish(_)
        | UndoStep::Subscribe(_)
        | UndoStep::Unsubscribe(_)
        | UndoStep::Pause(_)
        | UndoStep::Candidates(..)
        | UndoStep::SavePublication(_)
        | UndoStep::ForgetPublication(_)
        | UndoStep::Filter(_)
        | UndoStep::Exclude(_)
        | UndoStep::TakeIn(_)
        | UndoStep::Nodes(..)
        | UndoStep::Republish(..)
        | UndoStep::Sweep => false,
    }
}

/// Asks whether to delete all of the topic's messages but the last.
pub fn ask_clear(model: &mut Model, now: Timestamp) {
    let row = model.cursor;
    let Some(device) = tree::device(&model.devices, row.device).filter(|_| !row.is_device()) else { return };
    let n = device.store.n_history(row.node).saturating_sub(1) as u64;
    if n == 0 {
        return model.say(now, Tone::Info, "the history holds nothing before the last message");
    }
    let mut topic = String::new();
    device.store.topic_of(row.node, &mut topic);
    let words = format!(
        "Delete {} of {topic} here, all but the last? This can't be undone; {BROKER}.",
        figures::counted(n, "past message")
    );
    model.overlay = Overlay::Question(Question { words, deed: Deed::ForgetHistory(row) });
}

/// Deletes them.
pub fn clear(model: &mut Model, now: Timestamp, row: RowId) {
    let Some(device) = ingest::device_mut(&mut model.devices, row.device) else { return };
    if !device.store.is_there(row.node) {
        return;
    }
    let n = device.store.forget_history(row.node);
    if model.cursor == row {
        let view = &mut model.inspector.past;
        view.list(None);
        view.marked = None;
    }
    let n = figures::counted(n, "past message");
    model.say(now, Tone::Info, format!("{n} deleted here; {BROKER}"));
}
