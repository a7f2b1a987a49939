//! A key or a paste goes to where it is heard. Owns text entry and answers; commands are `apply`'s.
use super::devices::{deeds, edit};
use super::event::Effect;
use super::line::Edited;
use super::overlay::{Deed, Overlay, PromptKind};
use super::toast::Tone;
use super::{
    Model, apply, editor, export, form, held, jq, learn, menu, narrowing, nodes, opening, past, runs, search,
    table,
};
use crate::command::{Command, Context};
use crate::keymap::{Chord, Key};
use crate::time::Timestamp;

mod prompt;

pub use prompt::{go_to_best, open as prompt};

/// A key was pressed.
pub fn key(model: &mut Model, now: Timestamp, chord: Chord, effects: &mut Vec<Effect>) {
    table::touch(model, now);
    if let Overlay::Saved(picker) = &mut model.overlay
        && picker.key(chord)
    {
        return;
    }
    let command = model
        .keymap
        .command(model.context(), chord)
        .filter(|command| super::heard::is_heard(model, *command));
    if command != Some(Command::Interrupt) {
        model.quit_asked = false;
    }
    match (&model.overlay, command) {
        (Overlay::Prompt(prompt), Some(Command::PreviousResult)) if prompt.kind == PromptKind::ViewFilter => {
            return narrowing::prompt::turn(model, now, true);
        }
        (Overlay::Prompt(prompt), Some(Command::NextResult)) if prompt.kind == PromptKind::ViewFilter => {
            return narrowing::prompt::turn(model, now, false);
        }
        (Overlay::Prompt(prompt), Some(Command::PreviousResult)) if prompt.kind == PromptKind::Jq => {
            return jq::turn(model, now, true);
        }
        (Overlay::Prompt(prompt), Some(Command::NextResult)) if prompt.kind == PromptKind::Jq => {
            return jq::turn(model, now, false);
        }
        (Overlay::Prompt(prompt), Some(Command::SaveFilter)) if prompt.kind == PromptKind::ViewFilter => {
            return narrowing::saved::ask_name(model, now);
        }
        (Overlay::Prompt(prompt), Some(Command::OpenFilters)) if prompt.kind == PromptKind::ViewFilter => {
            return narrowing::saved::open(model, now);
        }
        (Overlay::Prompt(_), Some(Command::Accept)) => return prompt::accept(model, now, effects),
        (Overlay::Prompt(_), Some(Command::Leave)) => return prompt::leave(model, now),
        (Overlay::Attribute(_), Some(Command::Accept)) => return nodes::attribute::accept(model, now),
        _ => {}
    }
    if let Overlay::Menu(_) = model.overlay {
        return menu::key(model, now, chord, command, effects);
    }
    if model.context() == Context::Repeat {
        return runs::starts::key(model, now, chord, command, effects);
    }
    if model.context() == Context::Editor && command == Some(Command::Repeat) {
        return runs::starts::open(model, now);
    }
    if model.context() == Context::Editor {
        return editor::keys::key(model, now, chord, command, effects);
    }
    if model.context() == Context::DeviceForm {
        return edit::key(model, now, chord, command, effects);
    }
    let is_text = matches!(model.overlay, Overlay::Prompt(_) | Overlay::Attribute(_));
    if command.is_some_and(|command| search::deeds::key(model, command)) {
        return;
    }
    if is_text && belongs_to_text(chord, command.filter(|command| !is_of_search(*command))) {
        return edit(model, now, chord);
    }
    if model.context() == Context::Publish && form::keys::key(&mut model.form, chord, command) {
        return;
    }
    if let Some(command) = command {
        apply::command(model, now, command, effects);
    }
}

/// Whether a command is a search's own, so that its chord is a line's editing key elsewhere.
const fn is_of_search(command: Command) -> bool {
    matches!(
        command,
        Command::ToggleFuzzy
            | Command::ToggleValues
            | Command::NextResult
            | Command::PreviousResult
            | Command::CompleteLevel
    )
}

/// Whether a chord edits text although it may be bound to something.
pub fn belongs_to_text(chord: Chord, command: Option<Command>) -> bool {
    let moves = matches!(chord.key, Key::Left | Key::Right | Key::Home | Key::End);
    chord.text().is_some() || moves || command.is_none()
}

fn edit(model: &mut Model, now: Timestamp, chord: Chord) {
    if let Overlay::Attribute(_) = model.overlay {
        return nodes::attribute::edit(model, chord);
    }
    match &mut model.overlay {
        Overlay::Prompt(prompt) => {
            if prompt.line.edit(chord) == Edited::Changed {
                prompt.error = None;
                prompt::retype(model, now);
            }
        }
        Overlay::None
        | Overlay::Help { .. }
        | Overlay::Question(_)
        | Overlay::Attribute(_)
        | Overlay::Parts(_)
        | Overlay::Difference(_)
        | Overlay::Saved(_)
        | Overlay::Filters(_)
        | Overlay::Repeat(_)
        | Overlay::Exam(_)
        | Overlay::Menu(_)
        | Overlay::Exporting
        | Overlay::Bulk => {}
    }
}

/// Text was pasted: into a text field it goes as typed, into the tree it does nothing.
pub fn paste(model: &mut Model, now: Timestamp, text: &str) {
    // A line holds no line ends: a pasted shell line should not fail for its last one.
    let text = text.trim_end_matches(['\r', '\n']);
    if let (Context::DeviceForm, Some(editing)) = (model.context(), &mut model.shelf.editing) {
        return match editing.form.paste(text) {
            0 => {}
            n => model.say(
                now,
                Tone::Warn,
                format!("the last {n} bytes of the paste found no room in the line"),
            ),
        };
    }
    let is_publish = model.context() == Context::Publish;
    if let Overlay::Attribute(_) = model.overlay {
        return match nodes::attribute::paste(model, &text.replace(['\r', '\n'], " ")) {
            0 => {}
            n => model.say(now, Tone::Warn, format!("the last {n} bytes of the paste found no room")),
        };
    }
    if model.context() == Context::Editor {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        return match editor::keys::paste(model, &text) {
            None => model.say(now, Tone::Warn, "this value is chosen by key; nothing can be pasted"),
            Some(0) => {}
            Some(n) => model.say(now, Tone::Warn, format!("the last {n} bytes of the paste found no room")),
        };
    }
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let n_left_out = match &mut model.overlay {
        Overlay::Prompt(prompt) => Some(prompt.line.insert(&text)),
        Overlay::Repeat(settings) => runs::starts::paste(settings, &text),
        Overlay::None if is_publish => model.form.insert(&text),
        Overlay::None
        | Overlay::Help { .. }
        | Overlay::Question(_)
        | Overlay::Attribute(_)
        | Overlay::Parts(_)
        | Overlay::Difference(_)
        | Overlay::Saved(_)
        | Overlay::Filters(_)
        | Overlay::Exam(_)
        | Overlay::Menu(_)
        | Overlay::Exporting
        | Overlay::Bulk => None,
    };
    match n_left_out {
        Some(0) => {}
        Some(n) => model.say(now, Tone::Warn, format!("the last {n} bytes of the paste found no room")),
        None => {
            let words = "pasted text is not run as keys; paste into a field or behind /";
            return model.say(now, Tone::Warn, words);
        }
    }
    if matches!(model.overlay, Overlay::Prompt(_)) {
        prompt::retype(model, now);
    }
}

/// A question was answered with no.
pub fn no(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    let Overlay::Question(question) = std::mem::take(&mut model.overlay) else { return };
    match question.deed {
        Deed::SendHeld(id) => held::discard(model, now, id),
        Deed::TakeOver(recovered) => nodes::recovered::forget(recovered.name, effects),
        Deed::OverwriteFile => export::ask_again(model, None),
        Deed::KeepTopics(_)
        | Deed::RemoveKeys(_)
        | Deed::Quit
        | Deed::Disconnect(_)
        | Deed::ClearRetained(..)
        | Deed::CloseDevice(_)
        | Deed::RemoveNodes(_)
        | Deed::LeaveForm
        | Deed::KeepAll(_)
        | Deed::UpdateNodes(..)
        | Deed::DiscardCandidates(..)
        | Deed::EndLearning
        | Deed::ForgetHistory(_)
        | Deed::DeleteDevice(_) => {}
    }
}

/// A question was answered with yes.
pub fn yes(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    let Overlay::Question(question) = std::mem::take(&mut model.overlay) else { return };
    match question.deed {
        Deed::Quit => {
            nodes::leaving::let_go(model);
            effects.push(Effect::Quit);
        }
        Deed::KeepTopics(topics) => nodes::range::keep_topics(model, now, topics),
        Deed::RemoveKeys(keys) => nodes::range::remove_keys(model, now, &keys),
        Deed::TakeOver(recovered) => nodes::recovered::take_over(model, now, *recovered, effects),
        Deed::OverwriteFile => export::overwrite(model, effects),
        Deed::SendHeld(id) => held::send_all(model, now, id, effects),
        Deed::Disconnect(id) => apply::disconnect(model, now, id, effects),
        Deed::RemoveNodes(row) => nodes::edit::remove(model, now, row),
        Deed::KeepAll(session) => learn::deeds::keep_all(model, now, session),
        Deed::UpdateNodes(id, changed) => learn::deeds::update(model, now, id, changed),
        Deed::DiscardCandidates(session, ids) => learn::deeds::discard(model, now, session, ids),
        Deed::ForgetHistory(row) => past::deeds::clear(model, now, row),
        Deed::EndLearning => learn::end(model, now, effects),
        Deed::LeaveForm => model.shelf.editing = None,
        Deed::CloseDevice(id) => opening::close(model, id, effects),
        Deed::DeleteDevice(name) => deeds::delete(name, effects),
        Deed::ClearRetained(id, topic) => super::publish::clear_retained(model, now, id, &topic, effects),
    }
}
