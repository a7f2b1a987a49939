//! The keys of the Publications screen that do something now. Owns which do.
use super::Wanted;
use crate::command::Command;
use crate::model::Model;
use crate::model::publications::Section;
use crate::model::runs::starts::under_hand;

pub(super) fn keys(model: &Model) -> Wanted {
    let mut keys: Wanted = Vec::new();
    if model.publications.section != Section::Running && !model.lives.is_empty() {
        if !model.settings.read_only {
            keys.push((&[Command::FillForm], "to the form"));
            keys.push((&[Command::SendAgain], "send again"));
        }
        keys.push((&[Command::CopyLine], "mosquitto_pub line"));
        keys.push((&[Command::CopyPayload], "copy payload"));
    }
    if model.publications.section == Section::Running
        && let Some(run) = under_hand(model)
    {
        keys.push(if run.is_running() {
            (&[Command::StopRun][..], "stop")
        } else {
            (&[Command::ForgetRun][..], "off the list")
        });
    }
    if model.runs.n_running() > 0 {
        keys.push((&[Command::StopRuns], "stop all"));
    }
    keys.push((&[Command::NextPane], "next section"));
    keys.push((&[Command::CursorDown, Command::CursorUp], "move"));
    keys.push((&[Command::Leave], "back"));
    keys.push((&[Command::Quit], "quit"));
    keys
}

/// Those of the saved ones.
pub(super) fn saved_keys(model: &Model) -> Wanted {
    let mut keys: Wanted = vec![(&[Command::FillForm][..], "to the form")];
    if !model.settings.read_only {
        keys.push((&[Command::Send], "send"));
    }
    keys.push((&[Command::CursorDown, Command::CursorUp], "move"));
    keys.push((&[Command::NarrowSaved], "narrow"));
    keys.push((&[Command::DeleteSaved], "delete"));
    keys.push((&[Command::Leave], "leave"));
    keys
}
