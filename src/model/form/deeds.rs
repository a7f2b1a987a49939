//! What commands do to the form's payload. Owns the words said of it; the text is `text`'s, the formats `format`'s.
use super::{Field, Format};
use crate::decode::{figures, respell};
use crate::model::devices::Errand;
use crate::model::event::Effect;
use crate::model::overlay::PromptKind;
use crate::model::toast::Tone;
use crate::model::{Model, keys, text};
use crate::store::LastPayload;
use crate::time::Timestamp;

/// A text for the user's own editor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The text.
    pub text: String,
    /// The ending of the file's name, by which editors tell what is in it.
    pub extension: &'static str,
}

/// The payload's text is of the next format; what it says stays, as long as that is so.
pub fn next_format(model: &mut Model) {
    let form = &mut model.form;
    form.set_format(form.format.step(true));
}

/// Spells the JSON with a line for each member, or in one line when it has several.
pub fn respell(model: &mut Model, now: Timestamp) {
    let form = &mut model.form;
    let text = form.payload.text();
    let (spelled, words) = if text.trim().contains('\n') {
        (respell::minify(text), "in one line")
    } else {
        (respell::pretty(text), "a line for each member")
    };
    match spelled {
        Err(words) => model.say(now, Tone::Warn, format!("not JSON: {words}")),
        Ok(spelled) => {
            if form.payload.replace(&spelled) {
                form.format = Format::Json;
                model.say(now, Tone::Info, format!("{words}; alt-u takes it back"));
            } else {
                model.say(now, Tone::Warn, "with a line for each member it would be too long to edit");
            }
        }
    }
}

/// Begins a new line of the payload.
pub fn new_line(model: &mut Model) {
    model.form.field = Field::Payload;
    model.form.insert("\n");
}

/// Takes the last step of typing back, or again.
pub fn undo(model: &mut Model, now: Timestamp, is_back: bool) {
    let text = &mut model.form.payload;
    let is_done = if is_back { text.undo() } else { text.redo() };
    if !is_done {
        let words = if is_back { "nothing to undo in the payload" } else { "nothing to redo in the payload" };
        model.say(now, Tone::Info, words);
    }
}

/// Opens the payload in the user's own editor.
pub fn edit(model: &mut Model, effects: &mut Vec<Effect>) {
    let form = &model.form;
    let wanted = Wanted { text: form.payload.text().to_owned(), extension: form.format.extension() };
    effects.push(Effect::EditText(Box::new(wanted)));
}

/// The user's own editor ended.
pub fn edited(model: &mut Model, now: Timestamp, edited: Result<String, String>) {
    let payload = &mut model.form.payload;
    match edited {
        Err(words) => model.say(now, Tone::Error, format!("{words}; the payload is as it was")),
        Ok(text) if text == payload.text() => model.say(now, Tone::Info, "the payload is as it was"),
        Ok(text) => {
            // What is too long was told by whoever read it.
            payload.replace(&text);
            model.form.field = Field::Payload;
            model.say(now, Tone::Info, "the payload is as the editor left it; alt-u takes it back");
        }
    }
}

/// Asks for a file to publish the content of.
pub fn ask_file(model: &mut Model) {
    keys::prompt(model, PromptKind::PayloadFile, "");
}

/// Has a file read.
pub fn read_file(path: &str, effects: &mut Vec<Effect>) -> Result<(), String> {
    let path = path.trim().to_owned();
    if path.is_empty() {
        return Err("name a file".to_owned());
    }
    effects.push(Effect::Disk(Box::new(Errand::ReadFile { path, max_bytes: text::MAX_BYTES })));
    Ok(())
}

/// A file was read, or could not be.
pub fn file_read(model: &mut Model, now: Timestamp, path: &str, read: Result<Vec<u8>, String>) {
    match read {
        Err(words) => model.say(now, Tone::Error, format!("{words}; the payload is as it was")),
        Ok(bytes) => take(model, now, &bytes, &format!("{path:?}")),
    }
}

/// Fills in what was received last on the topic.
pub fn fill_received(model: &mut Model, now: Timestamp) {
    match received(model) {
        Err(words) => model.say(now, Tone::Warn, words),
        Ok(bytes) => take(model, now, &bytes, "the value received last"),
    }
}

/// What was received last on the form's topic, or why there is nothing.
pub fn received(model: &Model) -> Result<Vec<u8>, String> {
    let form = &model.form;
    let device = model.device(form.device).ok_or("no device is open")?;
    let last = device.store.find(form.topic.text()).and_then(|node| device.store.last(node));
    match last.map(|last| last.payload) {
        None => Err("nothing was received on this topic yet".to_owned()),
        Some(LastPayload::Evicted { .. }) => {
            Err("its payload was evicted to stay within --memory".to_owned())
        }
        Some(LastPayload::Whole(payload)) => Ok(payload.to_vec()),
    }
}

/// Takes bytes over as the payload, in the format that suits them.
fn take(model: &mut Model, now: Timestamp, bytes: &[u8], whence: &str) {
    let form = &mut model.form;
    let (format, text) = Format::of(bytes);
    let size = figures::bytes(bytes.len() as u64);
    if !form.payload.replace(&text) {
        let words =
            format!("{size} as {} are more than is edited here; the payload is as it was", format.name());
        return model.say(now, Tone::Error, words);
    }
    (form.format, form.field) = (format, Field::Payload);
    let no_text = match format {
        Format::Text | Format::Json => "",
        Format::Hex | Format::Base64 => ", which is no text",
    };
    let words = format!("{size} of {whence}{no_text}, as {}; alt-u takes it back", format.name());
    model.say(now, Tone::Info, words);
}
