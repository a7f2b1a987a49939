//! Publications with names: saving one from the form, and the list to pick one from. Owns what is under the hand there;
//! the files are `config`'s.
use super::draft::{Draft, Saved, Shelf};
use crate::keymap::{Chord, Key};
use crate::model::devices::Errand;
use crate::model::event::{DeviceId, Effect};
use crate::model::line::Line;
use crate::model::overlay::{Overlay, PromptKind};
use crate::model::toast::Tone;
use crate::model::{Model, Pane, Screen, Undo, UndoStep, keys, publish};
use crate::time::Timestamp;

/// Characters of a name: it is a row of a list.
const MAX_NAME_CHARS: usize = 60;

/// The list over the panes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Picker {
    /// The device that they are published to.
    pub device: DeviceId,
    /// What the files hold; `None` until they are read.
    pub list: Option<Vec<Saved>>,
    /// The row under the hand, of those that are seen.
    pub place: usize,
    /// What they shall hold in their names, topics or payloads.
    pub narrow: Line,
    /// Whether that is being typed.
    pub is_narrowing: bool,
}

impl Picker {
    /// Those that hold the narrowing text.
    pub fn rows(&self) -> impl Iterator<Item = &Saved> {
        let needle = self.narrow.text().to_lowercase();
        let holds = move |saved: &&Saved| {
            let publication = &saved.draft.publication;
            let payload = String::from_utf8_lossy(&publication.payload.0);
            let texts = [saved.name.as_str(), publication.topic.as_str(), &payload];
            needle.is_empty() || texts.iter().any(|text| text.to_lowercase().contains(&needle))
        };
        self.list.iter().flatten().filter(holds)
    }

    /// The one under the hand.
    pub fn under_hand(&self) -> Option<&Saved> {
        self.rows().nth(self.place.min(self.rows().count().saturating_sub(1)))
    }

    /// Moves the hand.
    pub fn step(&mut self, by: isize) {
        let most = self.rows().count().saturating_sub(1);
        self.place = self.place.min(most).saturating_add_signed(by).min(most);
    }

    /// Applies a key to the narrowing text, while that is typed. Whether it was one for it.
    pub fn key(&mut self, chord: Chord) -> bool {
        if !self.is_narrowing {
            return false;
        }
        let is_over = matches!(chord.key, Key::Enter | Key::Down | Key::Up | Key::Esc);
        self.is_narrowing = !is_over;
        if chord.key == Key::Esc {
            self.narrow = Line::default();
        } else if !is_over {
            self.narrow.edit(chord);
            self.place = 0;
        }
        true
    }
}

/// Asks for the name under which the form shall be saved.
pub fn ask_name(model: &mut Model, now: Timestamp, kind: PromptKind) {
    if let Err(words) = shelf(model, kind).and_then(|_shelf| model.form.draft()) {
        return model.say(now, Tone::Warn, words);
    }
    let topic = model.form.topic.text();
    let name = topic.rsplit('/').next().unwrap_or(topic).to_owned();
    keys::prompt(model, kind, &name);
}

/// Where a publication is saved by a prompt of some kind.
fn shelf(model: &Model, kind: PromptKind) -> Result<Shelf, String> {
    if kind == PromptKind::SaveForAll {
        return Ok(Shelf::Global);
    }
    let device = model.device(model.form.device).ok_or("no device is open; D shows the devices")?;
    let file = device.origin.file().ok_or_else(|| {
        let name = &device.profile.name;
        format!("{name} has no file yet: w on the topics saves it; alt-S saves for all devices")
    })?;
    Ok(Shelf::Device(device.id, file.to_owned()))
}

/// A name was typed.
pub fn named(
    model: &mut Model,
    kind: PromptKind,
    text: &str,
    effects: &mut Vec<Effect>,
) -> Result<(), String> {
    let name = text.trim();
    if name.is_empty() || name.chars().count() > MAX_NAME_CHARS {
        return Err(format!("a name has 1 to {MAX_NAME_CHARS} characters"));
    }
    let saved = Saved { name: name.to_owned(), shelf: shelf(model, kind)?, draft: model.form.draft()? };
    effects.push(Effect::Disk(Box::new(Errand::SavePublication(Box::new(saved), Again::No))));
    Ok(())
}

/// Whether a deed is done again or undone; then it needs no way back of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// It is done the first time.
    No,
    /// It is undone, or done again.
    Yes,
}

/// Opens the list.
pub fn open(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    let on_form = model.screen == Screen::Explorer && model.focus == Pane::Publish;
    let id = if on_form { model.form.device } else { model.cursor.device };
    if model.device(id).is_none() {
        return model.say(now, Tone::Warn, "no device is open to publish to; D shows the devices");
    }
    model.overlay = Overlay::Saved(Box::new(Picker { device: id, ..Picker::default() }));
    list(model, effects);
}

/// Has the files read anew, while the list is open.
fn list(model: &Model, effects: &mut Vec<Effect>) {
    let Overlay::Saved(picker) = &model.overlay else { return };
    let file = model.device(picker.device).and_then(|device| device.origin.file().map(str::to_owned));
    effects.push(Effect::Disk(Box::new(Errand::ListSaved(picker.device, file))));
}

/// The files were read.
pub fn listed(model: &mut Model, now: Timestamp, list: Vec<Saved>, warnings: Vec<String>) {
    if let Overlay::Saved(picker) = &mut model.overlay {
        picker.list = Some(list);
    }
    for warning in warnings {
        model.warn(now, warning);
    }
}

/// Begins to type what the rows shall hold.
pub fn narrow(model: &mut Model) {
    if let Overlay::Saved(picker) = &mut model.overlay {
        picker.is_narrowing = true;
    }
}

/// Puts what is under the hand into the form, where Enter sends it.
pub fn take(model: &mut Model) {
    let Overlay::Saved(picker) = &model.overlay else { return };
    let (device, chosen) = (picker.device, picker.under_hand().cloned());
    let Some(saved) = chosen else { return };
    model.overlay = Overlay::None;
    model.editor = None;
    model.form.fill(device, &saved.draft);
    model.screen = Screen::Explorer;
    model.focus = Pane::Publish;
}

/// Sends what is under the hand.
pub fn send(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    take(model);
    if model.overlay == Overlay::None {
        publish::send(model, now, effects);
    }
}

/// Deletes what is under the hand.
pub fn delete(model: &mut Model, effects: &mut Vec<Effect>) {
    let Overlay::Saved(picker) = &model.overlay else { return };
    if let Some(saved) = picker.under_hand() {
        let saved = Box::new(saved.clone());
        effects.push(Effect::Disk(Box::new(Errand::ForgetPublication(saved, Again::No))));
    }
}

/// It was saved, in the place of what had the name, or deleted; or it could not be done.
pub fn done(
    model: &mut Model,
    now: Timestamp,
    (saved, again, is_saved): (Saved, Again, bool),
    was: Result<Option<Draft>, String>,
    effects: &mut Vec<Effect>,
) {
    list(model, effects);
    let was = match was {
        Ok(was) => was,
        Err(words) => return model.say(now, Tone::Error, words),
    };
    if again == Again::Yes {
        return;
    }
    let name = &saved.name;
    let words = match (&was, is_saved, &saved.shelf) {
        (Some(_), true, _) => format!("saving {name} in the place of what was called so"),
        (None, true, Shelf::Global) => format!("saving {name} for all devices"),
        (None, true, Shelf::Device(_, file)) => format!("saving {name} in {file}"),
        (_, false, _) => format!("deleting {name}"),
    };
    let forget = |saved: &Saved| UndoStep::ForgetPublication(Box::new(saved.clone()));
    let save = |saved: Saved| UndoStep::SavePublication(Box::new(saved));
    let back = match was {
        Some(was) => save(Saved { draft: was, ..saved.clone() }),
        None => forget(&saved),
    };
    let device = match &saved.shelf {
        Shelf::Device(id, _) => *id,
        Shelf::Global => model.cursor.device,
    };
    let forth = if is_saved { save(saved) } else { forget(&saved) };
    model.remember_undo(Undo { device, words: words.clone(), back, forth });
    model.say(now, Tone::Info, format!("{words}; u undoes"));
}
