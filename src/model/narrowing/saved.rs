//! View filters with names: saving what stands in the line, and the list to pick one from. Owns what is under the hand
//! there; which there are, the device knows, and its file is `config`'s.
use super::prompt;
use crate::model::device::Device;
use crate::model::event::DeviceId;
use crate::model::overlay::{Overlay, PromptKind};
use crate::model::toast::Tone;
use crate::model::tree::RowId;
use crate::model::{Model, Screen, Undo, UndoStep, ingest, keys};
use crate::sift::named::{Named, NamedChange};
use crate::time::Timestamp;

/// The list over the panes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Picker {
    /// The device whose filters they are.
    pub device: DeviceId,
    /// The row under the hand.
    pub place: usize,
    /// The line it was opened from: what stood there, and the row that was under the cursor then.
    from: Option<(String, RowId)>,
}

/// The device whose filters are meant: the one under the cursor.
fn device(model: &Model) -> Option<&Device> {
    model.device(model.cursor.device)
}

/// What the filter in force is called: by the device under the cursor, else by another one.
pub fn name(model: &Model) -> Option<&str> {
    let text = super::text(model)?;
    let devices = device(model).into_iter().chain(&model.devices);
    devices.into_iter().find_map(|device| device.filters.name_of(text))
}

/// The filter in force as a sentence names it.
pub fn label(model: &Model) -> Option<String> {
    let text = super::text(model)?;
    Some(name(model).map_or_else(|| text.to_owned(), |name| format!("{name} = {text}")))
}

/// Asks for the name under which the filter in its line shall be saved.
pub fn ask_name(model: &mut Model, now: Timestamp) {
    let Overlay::Prompt(line) = &model.overlay else { return };
    let text = line.line.text().trim().to_owned();
    prompt::retype(model, now);
    let name = device(model).and_then(|device| device.filters.name_of(&text)).unwrap_or_default().to_owned();
    let has_device = device(model).is_some();
    let Overlay::Prompt(line) = &mut model.overlay else { return };
    if line.error.is_some() {
        return;
    }
    line.error = match (text.is_empty(), has_device) {
        (true, _) => Some("nothing to save yet: type a filter first".to_owned()),
        (false, false) => Some("no device is open to save it for; D shows the devices".to_owned()),
        (false, true) => None,
    };
    if line.error.is_none() {
        let from = line.from;
        model.narrowing.naming = Some(text);
        keys::prompt(model, PromptKind::NameFilter, &name);
        put_back(model, from);
    }
}

/// The row that was under the cursor when the line of the filter was opened.
fn put_back(model: &mut Model, from: RowId) {
    if let Overlay::Prompt(line) = &mut model.overlay {
        line.from = from;
    }
}

/// A name was typed: the filter has it, and is in force.
pub fn named(model: &mut Model, now: Timestamp, name: &str) -> Result<(), String> {
    let Some(text) = model.narrowing.naming.clone() else { return Ok(()) };
    let name = name.trim();
    let of_device = device(model).ok_or("the device was closed meanwhile")?;
    let change = of_device.filters.naming(name, &text)?;
    let id = of_device.id;
    prompt::accept(model, now, &text)?;
    model.narrowing.naming = None;
    let words = match &change.before {
        Some(before) if before.name == name && before.text == text => {
            model.say(now, Tone::Info, format!("the filter is called {name} already"));
            return Ok(());
        }
        Some(before) if before.name == name => format!("saving the filter in the place of what {name} was"),
        Some(before) => format!("calling the filter {name}, not {}", before.name),
        None => format!("saving the filter as {name}"),
    };
    make(model, now, id, change, &words);
    Ok(())
}

/// Esc in the line of the name: the filter is typed on.
pub fn leave_name(model: &mut Model, from: RowId) {
    let text = model.narrowing.naming.take().unwrap_or_default();
    keys::prompt(model, PromptKind::ViewFilter, &text);
    put_back(model, from);
}

fn make(model: &mut Model, now: Timestamp, id: DeviceId, change: NamedChange, words: &str) {
    carry_out(model, id, &change);
    let back = UndoStep::Filter(change.reversed());
    model.remember_undo(Undo { device: id, words: words.to_owned(), back, forth: UndoStep::Filter(change) });
    model.say(now, Tone::Info, format!("{words}; w saves the device, u undoes"));
}

/// Makes a change, undoes it, or makes it again.
pub fn carry_out(model: &mut Model, id: DeviceId, change: &NamedChange) {
    if let Some(device) = ingest::device_mut(&mut model.devices, id) {
        device.filters.change(change);
    }
}

/// Opens the list, from the tree or from the filter's line.
pub fn open(model: &mut Model, now: Timestamp) {
    let Some(device) = device(model) else {
        return model.say(now, Tone::Info, "no device is open; D shows the devices");
    };
    let (id, in_force) = (device.id, super::text(model));
    let place = device.filters.list().iter().position(|known| Some(known.text.as_str()) == in_force);
    let is_empty = device.filters.list().is_empty();
    let words = format!("{} has no saved filter; alt-s in the line of f saves one", device.profile.name);
    let mut from = None;
    if let Overlay::Prompt(line) = &mut model.overlay {
        if is_empty {
            line.error = Some(words);
            return;
        }
        from = Some((line.line.text().to_owned(), line.from));
    } else if is_empty {
        return model.say(now, Tone::Info, words);
    }
    model.overlay = Overlay::Filters(Box::new(Picker { device: id, place: place.unwrap_or_default(), from }));
}

/// Those of the list's device.
pub fn rows<'a>(model: &'a Model, picker: &Picker) -> &'a [Named] {
    model.device(picker.device).map_or(&[], |device| device.filters.list())
}

/// Moves the hand.
pub fn step(model: &mut Model, by: isize) {
    let Overlay::Filters(picker) = &model.overlay else { return };
    let most = rows(model, picker).len().saturating_sub(1);
    if let Overlay::Filters(picker) = &mut model.overlay {
        picker.place = picker.place.min(most).saturating_add_signed(by).min(most);
    }
}

/// Goes back to the line, where the list was opened from one.
pub fn leave(model: &mut Model) {
    let Overlay::Filters(picker) = std::mem::take(&mut model.overlay) else { return };
    if let Some((text, from)) = picker.from {
        keys::prompt(model, PromptKind::ViewFilter, &text);
        put_back(model, from);
    }
}

/// Puts what is under the hand in force; what is no filter goes into the line, to be mended.
pub fn take(model: &mut Model, now: Timestamp) {
    let Overlay::Filters(picker) = &model.overlay else { return };
    let Some(named) = rows(model, picker).get(picker.place).cloned() else { return };
    let from = picker.from.as_ref().map(|(_, from)| *from);
    model.overlay = Overlay::None;
    model.screen = Screen::Explorer;
    if prompt::accept(model, now, &named.text).is_err() {
        prompt::open(model);
        if let Overlay::Prompt(line) = &mut model.overlay {
            line.line.set(named.text);
            line.from = from.unwrap_or(line.from);
        }
        prompt::retype(model, now);
    }
}

/// Deletes what is under the hand.
pub fn delete(model: &mut Model, now: Timestamp) {
    let Overlay::Filters(picker) = &model.overlay else { return };
    let (id, place) = (picker.device, picker.place);
    let Some(change) = model.device(id).and_then(|device| device.filters.removing(place)) else { return };
    let name = change.before.as_ref().map(|named| named.name.clone()).unwrap_or_default();
    make(model, now, id, change, &format!("deleting the filter {name}"));
    step(model, 0);
}
