//! What keys do on the Devices screen. Owns the deeds; what is open is `opening`'s, files are a worker's.
use super::{Errand, Row, Saving, Then, exam};
use crate::model::device::{Connection, Device};
use crate::model::event::{DeviceId, Effect};
use crate::model::layout::Pane;
use crate::model::opening::{self, Origin};
use crate::model::overlay::{Deed, Overlay, PromptKind, Question};
use crate::model::toast::Tone;
use crate::model::tree::{Placement, RowId};
use crate::model::{Model, Screen, apply, keys, moves, nodes};
use crate::mqtt::entry::{COMMAND_WORDS, command_word_flaw, is_device_name};
use crate::mqtt::profile::PasswordSource;
use crate::mqtt::{BrokerRequest, Profile};
use crate::time::Timestamp;

/// Shows the Devices screen, or goes back from it.
pub fn show(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    match model.screen {
        Screen::Devices => leave(model, now),
        Screen::Explorer | Screen::Monitor | Screen::Publications => {
            model.screen = Screen::Devices;
            if let Some(device) = model.selected() {
                let row = match device.origin.file() {
                    Some(name) => Row::Saved(name.to_owned()),
                    None => Row::Open(device.id),
                };
                model.shelf.cursor = Some(row);
            }
            effects.push(errand(Errand::List));
        }
    }
}

/// Leaves the innermost thing: the narrowing, then the screen.
pub fn leave(model: &mut Model, now: Timestamp) {
    if !model.shelf.narrow.is_empty() {
        model.shelf.narrow.clear();
    } else if model.devices.is_empty() {
        model.say(now, Tone::Info, "no device is open yet; enter opens the one under the cursor, q quits");
    } else {
        model.screen = Screen::Explorer;
    }
}

/// Moves the hand by so many rows.
pub fn step(model: &mut Model, by: isize) {
    let rows = model.shelf_rows();
    let place = model.shelf_place(&rows).saturating_add_signed(by);
    model.put_hand_on(&rows, place);
}

/// Puts the hand on the first or last row.
pub fn edge(model: &mut Model, edge: Placement) {
    let rows = model.shelf_rows();
    model.put_hand_on(&rows, if edge == Placement::Top { 0 } else { usize::MAX });
}

/// The explorer, on a device's row.
pub fn go_to(model: &mut Model, id: DeviceId) {
    model.screen = Screen::Explorer;
    model.focus = Pane::Topics;
    if model.cursor.device != id {
        let was_touched = model.touched;
        model.visited.leave(model.cursor);
        moves::go(model, RowId::device(id), Placement::Middle);
        // What was chosen here is a device; its branches may still be expanded as they fit.
        model.touched = was_touched;
    }
}

/// Opens the row under the hand and shows it; what is open is shown.
pub fn open(model: &mut Model, now: Timestamp, then: Then, effects: &mut Vec<Effect>) {
    let Some(row) = model.shelf_row() else { return nothing(model, now) };
    if let (Some(device), Then::Go) = (model.row_device(&row), then) {
        let id = device.id;
        return go_to(model, id);
    }
    if let Some(words) = broken(model, &row) {
        return model.say(now, Tone::Error, words);
    }
    let Some(origin) = model.row_origin(&row).filter(|origin| !model.shelf.opening.contains(origin)) else {
        return;
    };
    model.shelf.opening.push(origin.clone());
    effects.push(errand(Errand::Open(origin, then)));
}

/// Examines the row under the hand, open or not.
pub fn examine(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    match model.shelf_row().and_then(|row| model.row_device(&row).map(|device| device.profile.clone())) {
        Some(profile) => exam::begin(model, profile, effects),
        None => open(model, now, Then::Examine, effects),
    }
}

/// Connects the row under the hand, or disconnects it; it stays open.
pub fn toggle(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    let Some(row) = model.shelf_row() else { return nothing(model, now) };
    let Some(device) = model.row_device(&row) else { return open(model, now, Then::Stay, effects) };
    let id = device.id;
    match device.connection {
        Connection::Online(_) | Connection::Connecting { .. } => {
            apply::ask_disconnect(model, now, id, effects);
        }
        Connection::Waiting(_) | Connection::Off => {
            effects.push(Effect::Request(id, BrokerRequest::Connect));
        }
    }
}

/// Closes the row under the hand; asks while publications are under way.
pub fn close(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    let Some(row) = model.shelf_row() else { return nothing(model, now) };
    let Some(device) = model.row_device(&row) else {
        return model.say(now, Tone::Info, format!("{} is not open", model.row_name(&row)));
    };
    let (id, name) = (device.id, device.profile.name.clone());
    let mut losses = Vec::new();
    match model.lives.n_unsettled(Some(id)) + model.runs.n_unsettled(Some(id)) {
        0 => {}
        1 => losses.push(format!("1 publication is not acknowledged by {name}'s broker yet.")),
        n => losses.push(format!("{n} publications are not acknowledged by {name}'s broker yet.")),
    }
    losses.extend(model.runs.words(Some(id)));
    losses.extend(nodes::unsaved_words(model.device(id).into_iter()));
    if losses.is_empty() {
        return opening::close(model, id, effects);
    }
    let words = format!("{} Close it all the same?", losses.join(" "));
    model.overlay = Overlay::Question(Question { words, deed: Deed::CloseDevice(id) });
}

/// Asks whether the file under the hand shall go.
pub fn ask_delete(model: &mut Model, now: Timestamp) {
    match model.shelf_row() {
        Some(Row::Saved(name)) => {
            let open = opening::opened_from(model, &Origin::File(name.clone()));
            let too = if open.is_some() { " It is open, and will be closed." } else { "" };
            let words = format!("Delete the device {name}? Its file is kept as {name}.toml~.{too}");
            model.overlay = Overlay::Question(Question { words, deed: Deed::DeleteDevice(name) });
        }
        Some(Row::Open(_)) => model.say(now, Tone::Info, "it has no file to delete; x closes it"),
        Some(Row::Local | Row::Found(_)) => model.say(now, Tone::Info, "only a saved device can be deleted"),
        None => nothing(model, now),
    }
}

/// Deletes a device's file.
pub fn delete(name: String, effects: &mut Vec<Effect>) {
    effects.push(errand(Errand::Delete(name)));
}

/// Asks for the name of a copy.
pub fn ask_copy(model: &mut Model, now: Timestamp) {
    match model.shelf_row() {
        Some(row @ Row::Saved(_)) if broken(model, &row).is_some() => {
            model.say(now, Tone::Warn, "a broken file is not copied; mend it first");
        }
        Some(Row::Saved(name)) => {
            let free = (2..).map(|n| format!("{name}-{n}"));
            let free = free.into_iter().find(|free| model.shelf.of_name(free).is_none());
            keys::prompt(model, PromptKind::CopyDevice, &free.unwrap_or_default());
        }
        Some(Row::Open(_) | Row::Local | Row::Found(_)) => {
            model.say(now, Tone::Info, "only a saved device can be copied; w saves one that is open");
        }
        None => nothing(model, now),
    }
}

/// Saves the nodes of the device under the hand, or asks for the name to save it under.
pub fn ask_save(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    let row = match model.screen {
        Screen::Devices => model.shelf_row(),
        Screen::Explorer | Screen::Monitor | Screen::Publications => {
            model.selected().map(|device| match device.origin.file() {
                Some(name) => Row::Saved(name.to_owned()),
                None => Row::Open(device.id),
            })
        }
    };
    match row {
        Some(Row::Open(id)) => {
            let profile = model.device(id).map(|device| &device.profile);
            let host = profile.map(|profile| profile.address.host.clone()).unwrap_or_default();
            let first: String = host.split('.').next().unwrap_or_default().to_owned();
            let is_number = first.chars().all(|c| c.is_ascii_digit() || c == ':');
            // What was not named after its host has a name of its own, as the demo has.
            let own = profile.map(|profile| profile.name.clone()).filter(|name| !name.contains(&host));
            let name = own.filter(|name| is_device_name(name));
            let name = name.unwrap_or(if is_number { String::new() } else { first });
            let name = if COMMAND_WORDS.contains(&&*name) { format!("{name}-device") } else { name };
            keys::prompt(model, PromptKind::SaveDevice, &name);
        }
        Some(row @ Row::Saved(_)) => match model.row_device(&row).map(|device| device.id) {
            Some(id) => nodes::save(model, now, id, effects),
            None => model.say(now, Tone::Info, "it is saved already; e changes it"),
        },
        Some(Row::Local | Row::Found(_)) => {
            model.say(now, Tone::Info, "enter opens it; w saves it once it is open");
        }
        None => nothing(model, now),
    }
}

/// A name was typed for the row under the hand. The error is for the prompt.
pub fn named(
    model: &mut Model,
    kind: PromptKind,
    name: &str,
    effects: &mut Vec<Effect>,
) -> Result<(), String> {
    if model.shelf.of_name(name).is_some() {
        return Err(format!("there is a device {name:?} already; choose another name"));
    }
    if let Some(flaw) = command_word_flaw(name) {
        return Err(flaw);
    }
    let row = match (kind, model.screen) {
        (PromptKind::SaveDevice, Screen::Explorer) => Some(Row::Open(model.cursor.device)),
        _ => model.shelf_row(),
    };
    match (kind, row) {
        (PromptKind::CopyDevice, Some(Row::Saved(from))) => {
            effects.push(errand(Errand::Copy(from, name.to_owned())));
            Ok(())
        }
        (PromptKind::SaveDevice, Some(Row::Open(id))) => {
            let device = model.device(id).ok_or("the device was closed meanwhile")?;
            let of = Some(nodes::saving(device, name));
            let mut profile = kept_profile(device);
            name.clone_into(&mut profile.name);
            let saving = Saving { name: name.to_owned(), was: None, profile, plain: false, of };
            effects.push(errand(Errand::Save(Box::new(saving))));
            Ok(())
        }
        (_, _) => Err("the row it was for is gone; esc leaves".into()),
    }
}

/// What is kept of a device's settings: nothing that was made up or looked up for this run.
pub(super) fn kept_profile(device: &Device) -> Profile {
    let mut profile = device.profile.clone();
    profile.excludes = device.excludes.iter().map(|exclude| exclude.filter.clone()).collect();
    if device.id_is_made_up {
        profile.client_id.clear();
    }
    if profile.password_source != PasswordSource::Given {
        // It is asked for anew where it comes from.
        profile.password = None;
    }
    profile
}

impl Model {
    /// Whether a row's file can't be used as it stands.
    pub fn is_broken(&self, row: &Row) -> bool {
        broken(self, row).is_some()
    }
}

/// What is wrong with the file of a row.
pub(super) fn broken(model: &Model, row: &Row) -> Option<String> {
    let Row::Saved(name) = row else { return None };
    model.shelf.of_name(name)?.profile.as_ref().err().cloned()
}

fn nothing(model: &mut Model, now: Timestamp) {
    let words = match (&model.shelf.list, model.shelf.narrow.is_empty()) {
        (None, _) => "the device files are still being read",
        (Some(_), false) => "no device matches; esc shows all",
        (Some(_), true) => "there is no device here",
    };
    model.say(now, Tone::Info, words);
}

pub(super) fn errand(errand: Errand) -> Effect {
    Effect::Disk(Box::new(errand))
}
