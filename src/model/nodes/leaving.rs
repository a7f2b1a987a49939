//! Quitting with nodes that are not saved: saved first, or let go. Owns the way there; each save is `nodes`'.
use crate::model::devices::deeds;
use crate::model::event::Effect;
use crate::model::overlay::{Deed, Overlay};
use crate::model::tree::{Placement, RowId};
use crate::model::{Model, Screen, moves, nodes};
use crate::time::Timestamp;

/// The user said that what is not saved may be lost: nothing of it is recovered then.
pub fn let_go(model: &mut Model) {
    for device in &mut model.devices {
        device.let_go();
    }
}

/// Saves what is not saved, and then quits; the answer to the question whether to quit.
pub fn save_first(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    let is_asked = |overlay: &Overlay| {
        if let Overlay::Question(question) = overlay { question.deed == Deed::Quit } else { false }
    };
    if is_asked(&model.overlay) {
        model.overlay = Overlay::None;
        model.quits_when_saved = true;
        go_on(model, now, effects);
    }
}

/// Something was saved: the next one is, or it is time to quit.
pub fn go_on(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    if !model.quits_when_saved {
        return;
    }
    let unsaved = model.devices.iter().find(|device| device.is_unsaved());
    let Some(id) = unsaved.map(|device| device.id) else { return effects.push(Effect::Quit) };
    if model.device(id).is_some_and(|device| device.origin.file().is_some()) {
        return nodes::save(model, now, id, effects);
    }
    model.screen = Screen::Explorer;
    moves::go(model, RowId::device(id), Placement::Middle);
    deeds::ask_save(model, now, effects);
}
