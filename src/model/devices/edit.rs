//! The form on the Devices screen: when it opens, what it hears, what is saved of it. Owns no field; `form` does.
use super::form::{DeviceForm, Heard, Remark};
use super::{Errand, Row, SaveError, Saving, deeds, exam};
use crate::command::Command;
use crate::keymap::Chord;
use crate::model::Model;
use crate::model::apply;
use crate::model::event::{DeviceId, Effect};
use crate::model::keys::belongs_to_text;
use crate::model::nodes;
use crate::model::opening;
use crate::model::overlay::{Deed, Overlay, Question};
use crate::model::toast::Tone;
use crate::mqtt::Profile;
use crate::mqtt::profile::PasswordSource;
use crate::time::Timestamp;

/// A form that is open.
#[derive(Clone, Debug)]
pub struct Editing {
    /// Its fields.
    pub form: DeviceForm,
    /// The device that is open with these settings and has no file yet.
    pub of: Option<DeviceId>,
    /// Whether it is being written.
    pub is_saving: bool,
}

/// Opens an empty form, or one for the broker found on the network that is under the hand.
pub fn add(model: &mut Model) {
    let form = match model.shelf_row() {
        Some(Row::Found(full_name)) => {
            let found = model.shelf.nearby.all().find(|found| found.full_name == full_name);
            found.map(|found| DeviceForm::at(found.address()))
        }
        Some(Row::Saved(_) | Row::Open(_) | Row::Local) | None => None,
    };
    begin(model, form.unwrap_or_else(|| DeviceForm::new(None)), None);
}

/// Opens the form of the row under the hand.
pub fn edit(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    match model.shelf_row() {
        Some(row @ Row::Saved(_)) if deeds::broken(model, &row).is_some() => {
            let words = "a broken file has no form: mend it in an editor and come back, or delete it";
            model.say(now, Tone::Warn, words);
        }
        Some(Row::Saved(name)) => effects.push(deeds::errand(Errand::Read(name))),
        Some(Row::Open(id)) => {
            if let Some(device) = model.device(id) {
                let form = DeviceForm::like(&deeds::kept_profile(device));
                begin(model, form, Some(id));
            }
        }
        Some(Row::Local | Row::Found(_)) | None => add(model),
    }
}

/// A device file was read for its form.
pub fn read(model: &mut Model, now: Timestamp, name: &str, read: Result<Box<Profile>, String>) {
    match read {
        Ok(profile) if model.shelf.editing.is_none() => {
            let form = DeviceForm::of(name, &profile);
            let is_plain = profile.password.is_some() && profile.password_source == PasswordSource::Given;
            begin(model, if is_plain { form.with_plain_password() } else { form }, None);
        }
        // A second `e` was quicker than the disk.
        Ok(_) => {}
        Err(words) => model.say(now, Tone::Error, words),
    }
}

fn begin(model: &mut Model, form: DeviceForm, of: Option<DeviceId>) {
    let taken: Vec<String> = model.shelf.saved().iter().map(|saved| saved.name.clone()).collect();
    model.shelf.editing = Some(Editing { form: form.with_taken(taken), of, is_saving: false });
}

/// A key while the form is open.
pub fn key(
    model: &mut Model,
    now: Timestamp,
    chord: Chord,
    command: Option<Command>,
    effects: &mut Vec<Effect>,
) {
    let Some(Editing { form, .. }) = &mut model.shelf.editing else { return };
    if form.takes_text() && belongs_to_text(chord, command) {
        return form.key(chord);
    }
    let Some(command) = command else { return form.key(chord) };
    match form.command(command) {
        Heard::Stays => {}
        Heard::Ignored => apply::command(model, now, command, effects),
        Heard::Save => save(model, now, effects),
        Heard::Test => test(model, now, effects),
        Heard::Leave => leave(model),
    }
}

fn save(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    let Some(Editing { form, of, is_saving }) = &mut model.shelf.editing else { return };
    match form.profile() {
        Ok(saved) => {
            if std::mem::replace(is_saving, true) {
                return;
            }
            let (was, of) = (form.edited.clone(), *of);
            // A device that has no file yet brings its nodes along.
            let of = of.and_then(|id| model.device(id)).map(|device| nodes::saving(device, &saved.name));
            let saving =
                Saving { name: saved.name, was, profile: saved.profile, plain: saved.plain_password, of };
            effects.push(deeds::errand(Errand::Save(Box::new(saving))));
        }
        Err(remarks) => fault(model, now, &remarks),
    }
}

/// Looks at each step to the broker with what the form holds, saved or not.
fn test(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    let Some(Editing { form, .. }) = &mut model.shelf.editing else { return };
    match form.profile() {
        Ok(saved) => {
            let mut profile = saved.profile;
            if profile.client_id.is_empty() {
                profile.client_id = format!("mqttscope{:x}", model.settings.wall.unix_ms_at(now));
            }
            exam::begin(model, profile, effects);
        }
        Err(remarks) => fault(model, now, &remarks),
    }
}

/// Goes to the first of what must be put right, and says what it is.
fn fault(model: &mut Model, now: Timestamp, remarks: &[Remark]) {
    let (Some(Editing { form, .. }), Some(first)) = (&mut model.shelf.editing, remarks.first()) else {
        return;
    };
    form.go(first.field);
    model.say(now, Tone::Warn, first.words.as_str());
}

fn leave(model: &mut Model) {
    match &model.shelf.editing {
        Some(editing) if editing.form.changed() => {
            let words = "Leave the form? What was changed in it is not saved.".to_owned();
            model.overlay = Overlay::Question(Question { words, deed: Deed::LeaveForm });
        }
        Some(_) | None => model.shelf.editing = None,
    }
}

/// What the form holds was written, or not: it closes, or says why it stays. What is open follows.
pub fn saved(
    model: &mut Model,
    now: Timestamp,
    saving: &Saving,
    saved: Result<Box<opening::Opening>, SaveError>,
    effects: &mut Vec<Effect>,
) {
    if let Err(SaveError::NotWritten(words)) = saved {
        if let Some(editing) = &mut model.shelf.editing {
            editing.is_saving = false;
        }
        return model.say(now, Tone::Error, words);
    }
    model.shelf.editing = None;
    model.shelf.cursor = Some(Row::Saved(saving.name.clone()));
    let before = saving.was.clone().map(opening::Origin::File);
    if let Some(of) = &saving.of {
        nodes::note_saved(model, of);
    }
    let open = saving
        .of
        .as_ref()
        .map(|of| of.id)
        .or_else(|| before.and_then(|was| opening::opened_from(model, &was)));
    match (saved, open) {
        (Ok(opening), Some(id)) => opening::change(model, now, id, *opening, effects),
        (Ok(opening), None) => match lacking(&opening.profile) {
            None => model.say(now, Tone::Info, format!("{} is saved; enter opens it", saving.name)),
            Some(words) => {
                model.say(now, Tone::Warn, format!("{} is saved; {words}, and e edits it", saving.name));
            }
        },
        (Err(SaveError::NotOpened(words) | SaveError::NotWritten(words)), _) => {
            model.say(now, Tone::Error, format!("{} is saved, and can't be opened: {words}", saving.name));
        }
    }
}

/// What the preset's broker asks for and the profile has not.
fn lacking(profile: &Profile) -> Option<String> {
    let preset = profile.preset?;
    let missing = preset.asks().iter().filter(|ask| ask.is_missing(profile));
    let words: Vec<&str> = missing.map(|ask| ask.words()).collect();
    (!words.is_empty()).then(|| format!("{} asks for {} as well", preset.name(), words.join(" and ")))
}
