//! The decoder of the topic under the cursor: another one, or none. Owns what is offered.

use super::event::DeviceId;
use super::toast::Tone;
use super::undo::{Undo, UndoStep};
use super::{Model, ingest, tree};
use crate::decode::bounds::Bounds;
use crate::decode::chain::suiting;
use crate::decode::{Choice, Decoder};
use crate::device::RuleChange;
use crate::model::inspector::MAX_INLINE_BYTES;
use crate::store::{Direction, LastPayload};
use crate::time::Timestamp;

/// Turns to the next way to read the payload that suits it.
pub(super) fn step(model: &mut Model, now: Timestamp, direction: Direction) {
    let Some(choices) = offered(model) else { return no_message(model, now) };
    let Some(chosen) = chosen(model) else { return };
    let place = choices.iter().position(|choice| *choice == chosen).unwrap_or_default();
    let by = match direction {
        Direction::Forward => 1,
        Direction::Backward => choices.len().saturating_sub(1),
    };
    let Some(choice) = choices.get((place + by) % choices.len().max(1)) else { return };
    choose(model, now, *choice);
}

/// Shows the payload as it came, or decodes it again.
pub(super) fn toggle_raw(model: &mut Model, now: Timestamp) {
    if offered(model).is_none() {
        return no_message(model, now);
    }
    match chosen(model) {
        Some(Choice::Raw) => {
            // Back to what other rules have it read by.
            let row = model.cursor;
            let otherwise = topic(model)
                .and_then(|topic| Some(tree::device(&model.devices, row.device)?.rules.otherwise(&topic)));
            let choice = otherwise.filter(|choice| *choice != Choice::Raw).unwrap_or_default();
            choose(model, now, choice);
        }
        Some(Choice::Auto | Choice::By(_)) => choose(model, now, Choice::Raw),
        None => {}
    }
}

fn topic(model: &Model) -> Option<String> {
    let row = model.cursor;
    let device = tree::device(&model.devices, row.device).filter(|_| !row.is_device())?;
    let mut topic = String::new();
    device.store.topic_of(row.node, &mut topic);
    Some(topic)
}

fn chosen(model: &Model) -> Option<Choice> {
    let row = model.cursor;
    tree::device(&model.devices, row.device).map(|device| device.reading(row.node).choice)
}

fn choose(model: &mut Model, now: Timestamp, choice: Choice) {
    let Some(topic) = topic(model) else { return };
    let Some(device) = ingest::device_mut(&mut model.devices, model.cursor.device) else { return };
    let change = match device.rules.choose(&topic, choice) {
        Ok(change) => change,
        Err(words) => return model.say(now, Tone::Error, words),
    };
    let saves = if device.rules.is_changed() && device.origin.file().is_some() { "; w saves it" } else { "" };
    let undoes = if change.is_some() { "; u undoes" } else { "" };
    let id = device.id;
    if let Some(change) = change {
        remember(model, id, &topic, change);
    }
    look_anew(model);
    model.say(now, Tone::Info, format!("decoder: {}{saves}{undoes}", choice.title()));
}

/// Turning through the decoders of one topic is one deed: undoing it leads back to before.
fn remember(model: &mut Model, id: DeviceId, topic: &str, change: RuleChange) {
    let (words, mut back) = (format!("the decoder of {topic}"), change.reversed());
    if let Some(Undo { device, back: UndoStep::Decoder(first), .. }) = model.undo.last()
        && *device == id
        && first.is_beside(&back)
    {
        back.after.clone_from(&first.after);
        model.undo.pop();
    }
    if back.before == back.after {
        return;
    }
    let [back, forth] = [back, change].map(|change| UndoStep::Decoder(Box::new(change)));
    model.remember_undo(Undo { device: id, words, back, forth });
}

/// Undoes a choice, or makes it again.
pub(super) fn carry_out(model: &mut Model, id: DeviceId, change: &RuleChange) {
    if let Some(device) = ingest::device_mut(&mut model.devices, id) {
        device.rules.change(change);
    }
    look_anew(model);
}

/// What was made by the decoder before goes.
fn look_anew(model: &mut Model) {
    model.inspector.scroll = 0;
    model.picture.inspector.past.clear();
}

fn no_message(model: &mut Model, now: Timestamp) {
    model.say(now, Tone::Info, "no message came on this very topic: there is nothing to decode");
}

/// What suits the payload; all there is where trying would take longer than a key may.
fn offered(model: &Model) -> Option<Vec<Choice>> {
    let row = model.cursor;
    let device = tree::device(&model.devices, row.device).filter(|_| !row.is_device())?;
    match device.store.last(row.node)?.payload {
        LastPayload::Whole(payload) if payload.len() <= MAX_INLINE_BYTES => {
            // Sixteen decoders that each unpack a bomb must not be felt.
            let hint = device.reading(row.node).hint;
            Some(suiting(hint, payload, &Bounds { max_out_bytes: MAX_TRIED_BYTES, ..Bounds::default() }))
        }
        LastPayload::Whole(_) => {
            let has_schema = matches!(device.reading(row.node).hint.schema, Some(Ok(_)));
            let is_there = |choice: &Choice| has_schema || *choice != Choice::By(Decoder::Protobuf);
            Some(Choice::all().filter(is_there).collect())
        }
        LastPayload::Evicted { .. } => None,
    }
}

/// Most bytes made by each decoder that is tried: twice what a payload decoded at once may have.
const MAX_TRIED_BYTES: usize = 2 * MAX_INLINE_BYTES;
