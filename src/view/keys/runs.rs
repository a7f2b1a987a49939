//! The keys of a generator's settings that do something now. Owns which do.
use super::Wanted;
use crate::command::Command;
use crate::model::Model;
use crate::model::overlay::Overlay;

pub(super) fn keys(model: &Model) -> Wanted {
    let mut keys: Wanted = Vec::new();
    let Overlay::Repeat(settings) = &model.overlay else { return keys };
    if settings.told.is_ok() {
        keys.push((&[Command::StartRun], "start"));
    }
    if settings.line(settings.field).is_none() {
        keys.push((&[Command::ToggleChoice, Command::PreviousChoice], "choose"));
    }
    keys.push((&[Command::NextField, Command::PreviousField], "next field"));
    keys.push((&[Command::Leave], "leave"));
    keys
}
