//! What commands do to the form's payload. Owns the words said of it; the text is `text`'s, the formats `format`'s.
use super::{Field, Format};
use crate::decode::respell;
use crate::model::Model;
use crate::model::toast::Tone;
use crate::time::Timestamp;

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
