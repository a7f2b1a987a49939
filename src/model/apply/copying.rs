//! Texts for the terminal's clipboard. Owns how long they may be, and the words.
use crate::model::event::Effect;
use crate::model::toast::Tone;
use crate::model::{Model, past};
use crate::store::LastPayload;
use crate::time::Timestamp;

/// The largest text sent to the terminal's clipboard: many terminals take no more in one OSC 52.
const MAX_COPY_BYTES: usize = 74_994;

/// Copies the topic under the cursor, or the device's address.
pub fn copy_topic(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
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

/// Copies the last payload of the topic under the cursor, or the past one that is looked at.
pub fn copy_payload(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    if let Some(copied) = past::deeds::payload(model) {
        return match copied {
            Ok(text) => copy(model, now, text, effects),
            Err(words) => model.say(now, Tone::Warn, words),
        };
    }
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

/// Sends a text to the terminal's clipboard, if it is not too long for one.
pub fn copy(model: &mut Model, now: Timestamp, text: String, effects: &mut Vec<Effect>) {
    if text.len() > MAX_COPY_BYTES {
        let words =
            format!("{} bytes are more than a terminal's clipboard takes ({MAX_COPY_BYTES})", text.len());
        return model.say(now, Tone::Warn, words);
    }
    effects.push(Effect::Copy(text));
    model.say(now, Tone::Info, "sent to the terminal's clipboard");
}
