//! The decoder of the topic under the cursor: another one, or none. Owns what is offered.

use super::toast::Tone;
use super::{Model, tree};
use crate::decode::Choice;
use crate::decode::bounds::Bounds;
use crate::decode::chain::suiting;
use crate::model::inspector::MAX_INLINE_BYTES;
use crate::store::{Direction, LastPayload};
use crate::time::Timestamp;

/// Turns to the next way to read the payload that suits it.
pub(super) fn step(model: &mut Model, now: Timestamp, direction: Direction) {
    let Some(choices) = offered(model) else { return no_message(model, now) };
    let row = model.cursor;
    let chosen = model.inspector.choice(row);
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
    match model.inspector.choice(model.cursor) {
        Choice::Raw => choose(model, now, Choice::Auto),
        Choice::Auto | Choice::By(_) => choose(model, now, Choice::Raw),
    }
}

fn choose(model: &mut Model, now: Timestamp, choice: Choice) {
    model.inspector.choose(model.cursor, choice);
    model.say(now, Tone::Info, format!("decoder: {}", choice.title()));
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
            Some(suiting(payload, &Bounds { max_out_bytes: MAX_TRIED_BYTES, ..Bounds::default() }))
        }
        LastPayload::Whole(_) => Some(Choice::all().collect()),
        LastPayload::Evicted { .. } => None,
    }
}

/// Most bytes made by each decoder that is tried: twice what a payload decoded at once may have.
const MAX_TRIED_BYTES: usize = 2 * MAX_INLINE_BYTES;
