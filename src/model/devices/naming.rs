//! Names for devices that are saved: what came of one, and asking anew. Owns the words; the file is a worker's.
use super::{Row, SaveError, Saving};
use crate::model::event::Effect;
use crate::model::opening::{self, Opening};
use crate::model::overlay::{Overlay, PromptKind};
use crate::model::toast::Tone;
use crate::model::{Model, keys, nodes};
use crate::time::Timestamp;

/// A device that is open got a file, or did not.
pub(super) fn saved(
    model: &mut Model,
    now: Timestamp,
    saving: &Saving,
    saved: Result<Box<Opening>, SaveError>,
    effects: &mut Vec<Effect>,
) {
    let Saving { name, of, profile, .. } = saving;
    match (saved, of) {
        (Err(SaveError::NotWritten(words)), _) => {
            ask_again(model, now, PromptKind::SaveDevice, name, words);
        }
        (Ok(_) | Err(SaveError::NotOpened(_)), Some(of)) => {
            model.shelf.cursor = Some(Row::Saved(name.clone()));
            opening::name(model, now, of.id, name, effects);
            nodes::saved(model, now, of, Ok(()));
            nodes::leaving::go_on(model, now, effects);
            if profile.password.is_some() {
                let words = format!("saved as {name}, without the password; e tells where it comes from");
                model.say(now, Tone::Info, words);
            }
        }
        (Ok(_) | Err(SaveError::NotOpened(_)), None) => {}
    }
}

/// A name was refused: what was typed stands there again, with the reason.
pub(super) fn ask_again(model: &mut Model, now: Timestamp, kind: PromptKind, typed: &str, words: String) {
    if model.overlay != Overlay::None {
        return model.say(now, Tone::Error, words);
    }
    keys::prompt(model, kind, typed);
    if let Overlay::Prompt(prompt) = &mut model.overlay {
        prompt.error = Some(words);
    }
}
