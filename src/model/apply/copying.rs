//! Texts for the terminal's clipboard. Owns how long they may be, where they go otherwise, and the words.
use crate::decode::figures;
use crate::model::devices::Errand;
use crate::model::event::Effect;
use crate::model::export::{self, Clipboard};
use crate::model::menu::copies::{self, Form};
use crate::model::toast::Tone;
use crate::model::{Model, past};
use crate::time::Timestamp;

/// The longest text sent to the terminal's clipboard. hterm takes an OSC 52 of 100,000 bytes, and the scripts that
/// others copy by keep to that: 8 bytes around it leave 99,992 of base64, which are 74,994 of text.
pub const MAX_COPY_BYTES: usize = 74_994;

/// The longest text that this terminal is sent; nothing where it is known to take none.
pub fn max_copy_bytes(model: &Model) -> usize {
    match model.settings.clipboard {
        Clipboard::Osc52 => MAX_COPY_BYTES,
        Clipboard::Refused(_) => 0,
    }
}

/// Copies the topic under the cursor, or the device's address.
pub fn copy_topic(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    copies::copy(model, now, (Form::Topic, None), effects);
}

/// Copies the last payload of the topic under the cursor, or the past one that is looked at.
pub fn copy_payload(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    match past::deeds::payload(model) {
        Some(Ok(text)) => copy_as(model, now, "past payload", text, effects),
        Some(Err(words)) => model.say(now, Tone::Warn, words),
        None => copies::copy(model, now, (Form::Payload, None), effects),
    }
}

/// Sends a text to the terminal's clipboard.
pub fn copy(model: &mut Model, now: Timestamp, text: String, effects: &mut Vec<Effect>) {
    copy_as(model, now, "text", text, effects);
}

/// Likewise, and says what it is. A text that is too long for a clipboard goes to a file of ours.
pub fn copy_as(model: &mut Model, now: Timestamp, what: &str, text: String, effects: &mut Vec<Effect>) {
    let size = figures::counted(text.len() as u64, "byte");
    if text.len() > max_copy_bytes(model) {
        let name = export::file_name(model, now, "copy", "txt");
        let what = format!("{what}, {size}");
        return effects.push(Effect::Disk(Box::new(Errand::KeepCopy { what, name, text })));
    }
    effects.push(Effect::Copy(text));
    let words = format!("{what}: {size} sent to the terminal's clipboard; OSC 52 gives no answer");
    model.say(now, Tone::Info, words);
}

/// A text is in a file in the clipboard's stead, or isn't.
pub fn kept(model: &mut Model, now: Timestamp, what: &str, kept: Result<String, String>) {
    let why = why_no_clipboard(model);
    match kept {
        Ok(path) => model.say(now, Tone::Warn, format!("{what}, in {path} ({why})")),
        Err(words) => model.say(now, Tone::Error, format!("{what}, not copied ({why}): {words}")),
    }
}

/// Why a text did not go to the clipboard.
pub fn why_no_clipboard(model: &Model) -> String {
    match model.settings.clipboard {
        Clipboard::Osc52 => {
            let max = figures::grouped(MAX_COPY_BYTES as u64);
            format!("a terminal's clipboard takes {max} bytes")
        }
        Clipboard::Refused(terminal) => format!("{terminal} has no clipboard to send to"),
    }
}
