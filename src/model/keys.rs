//! A key or a paste goes to where it is heard. Owns text entry and answers; commands are `apply`'s.
use super::devices::{deeds, edit};
use super::event::Effect;
use super::line::Edited;
use super::overlay::{Deed, Overlay, Prompt, PromptKind};
use super::search::Search;
use super::toast::Tone;
use super::tree::{Placement, RowId};
use super::{
    Model, Undo, UndoStep, apply, bulk, editor, export, form, held, inspector, learn, menu, monitor, moves,
    nodes, opening, past, publications, runs, table,
};
use crate::command::{Command, Context};
use crate::keymap::{Chord, Key};
use crate::mqtt::BrokerRequest;
use crate::mqtt::entry::parse_subscription;
use crate::time::Timestamp;

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
        (Overlay::Prompt(_), Some(Command::Accept)) => return accept(model, now, effects),
        (Overlay::Prompt(_), Some(Command::Leave)) => return leave_prompt(model),
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
    let is_text = match model.overlay {
        Overlay::Prompt(_) | Overlay::Attribute(_) => true,
        Overlay::None
        | Overlay::Help { .. }
        | Overlay::Question(_)
        | Overlay::Parts(_)
        | Overlay::Difference(_)
        | Overlay::Saved(_)
        | Overlay::Repeat(_)
        | Overlay::Exam(_)
        | Overlay::Menu(_)
        | Overlay::Exporting
        | Overlay::Bulk => false,
    };
    if is_text && belongs_to_text(chord, command) {
        return edit(model, chord);
    }
    if model.context() == Context::Publish && form::keys::key(&mut model.form, chord, command) {
        return;
    }
    if let Some(command) = command {
        apply::command(model, now, command, effects);
    }
}

/// Whether a chord edits text although it may be bound to something.
pub fn belongs_to_text(chord: Chord, command: Option<Command>) -> bool {
    let moves = matches!(chord.key, Key::Left | Key::Right | Key::Home | Key::End);
    chord.text().is_some() || moves || command.is_none()
}

fn edit(model: &mut Model, chord: Chord) {
    if let Overlay::Attribute(_) = model.overlay {
        return nodes::attribute::edit(model, chord);
    }
    match &mut model.overlay {
        Overlay::Prompt(prompt) => {
            if prompt.line.edit(chord) == Edited::Changed {
                prompt.error = None;
                retype(model);
            }
        }
        Overlay::None
        | Overlay::Help { .. }
        | Overlay::Question(_)
        | Overlay::Attribute(_)
        | Overlay::Parts(_)
        | Overlay::Difference(_)
        | Overlay::Saved(_)
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
        retype(model);
    }
}

/// Opens a prompt.
pub fn prompt(model: &mut Model, kind: PromptKind, text: &str) {
    let line = super::line::Line::with(text);
    model.overlay = Overlay::Prompt(Prompt { kind, line, from: model.cursor, error: None });
}

/// What is being typed changed: the search follows with each letter.
fn retype(model: &mut Model) {
    let Overlay::Prompt(prompt) = &model.overlay else { return };
    match prompt.kind {
        PromptKind::Search => {}
        PromptKind::SearchInside => {
            let text = prompt.line.text().to_owned();
            return inspector::deeds::search(model, &text);
        }
        PromptKind::NarrowDevices => return prompt.line.text().clone_into(&mut model.shelf.narrow),
        PromptKind::NarrowLog => return prompt.line.text().clone_into(&mut model.monitor.narrow),
        PromptKind::NarrowSweep => return bulk::narrow_to(model),
        PromptKind::FilterHistory => return past::deeds::retype(model),
        PromptKind::BatchFile
        | PromptKind::ConfirmSweep
        | PromptKind::GoTo
        | PromptKind::Subscribe
        | PromptKind::AddChild
        | PromptKind::AddSibling
        | PromptKind::Alias
        | PromptKind::LearnScope
        | PromptKind::EditCandidate
        | PromptKind::EditRange
        | PromptKind::SaveLog
        | PromptKind::PayloadFile
        | PromptKind::CopyDevice
        | PromptKind::SaveForDevice
        | PromptKind::SaveForAll
        | PromptKind::Export
        | PromptKind::SaveDevice => return,
    }
    let (text, from) = (prompt.line.text().to_owned(), prompt.from);
    if text.is_empty() {
        model.search = None;
        moves::go(model, from, Placement::Middle);
    } else {
        model.search = Some(Search::begin(&text, from));
    }
}

fn accept(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    let Overlay::Prompt(prompt) = &model.overlay else { return };
    let text = prompt.line.text().to_owned();
    let kind = prompt.kind;
    let from = prompt.from;
    let done = match kind {
        PromptKind::Search => {
            model.visited.leave(from);
            Ok(())
        }
        PromptKind::GoTo => go_to(model, &text),
        PromptKind::Subscribe => subscribe(model, now, &text, effects),
        PromptKind::AddChild | PromptKind::AddSibling => nodes::edit::add(model, now, from, kind, &text),
        PromptKind::Alias => nodes::edit::name(model, now, from, &text),
        PromptKind::EditRange => nodes::range::edit(model, now, &text),
        PromptKind::SearchInside
        | PromptKind::NarrowDevices
        | PromptKind::NarrowLog
        | PromptKind::NarrowSweep => Ok(()),
        PromptKind::FilterHistory => past::deeds::filter(model, &text),
        PromptKind::BatchFile => bulk::batch::open_file(model, &text, effects),
        PromptKind::ConfirmSweep => bulk::sweep::confirm(model, now, &text, effects),
        PromptKind::PayloadFile => form::deeds::read_file(&text, effects),
        PromptKind::SaveLog => monitor::deeds::save(model, now, &text, effects),
        PromptKind::Export => export::accept(model, &text, effects),
        PromptKind::LearnScope => learn::rescope(model, now, &text, effects),
        PromptKind::EditCandidate => learn::deeds::edited(model, &text),
        PromptKind::SaveForDevice | PromptKind::SaveForAll => {
            publications::saved::named(model, kind, &text, effects)
        }
        PromptKind::CopyDevice | PromptKind::SaveDevice => deeds::named(model, kind, text.trim(), effects),
    };
    match (done, &mut model.overlay) {
        (Ok(()), overlay) => *overlay = Overlay::None,
        (Err(words), Overlay::Prompt(prompt)) => prompt.error = Some(words),
        (
            Err(_),
            Overlay::None
            | Overlay::Help { .. }
            | Overlay::Question(_)
            | Overlay::Attribute(_)
            | Overlay::Parts(_)
            | Overlay::Difference(_)
            | Overlay::Saved(_)
            | Overlay::Repeat(_)
            | Overlay::Exam(_)
            | Overlay::Menu(_)
            | Overlay::Exporting
            | Overlay::Bulk,
        ) => {}
    }
}

fn leave_prompt(model: &mut Model) {
    let Overlay::Prompt(prompt) = std::mem::take(&mut model.overlay) else { return };
    match prompt.kind {
        PromptKind::Search => {
            model.search = None;
            moves::go(model, prompt.from, Placement::Middle);
        }
        PromptKind::SearchInside => inspector::deeds::leave_search(model),
        PromptKind::NarrowDevices => model.shelf.narrow.clear(),
        PromptKind::NarrowLog => model.monitor.narrow.clear(),
        PromptKind::NarrowSweep => bulk::widen(model),
        PromptKind::FilterHistory => model.inspector.past.list(None),
        PromptKind::BatchFile
        | PromptKind::ConfirmSweep
        | PromptKind::GoTo
        | PromptKind::Subscribe
        | PromptKind::AddChild
        | PromptKind::AddSibling
        | PromptKind::Alias
        | PromptKind::LearnScope
        | PromptKind::EditCandidate
        | PromptKind::EditRange
        | PromptKind::SaveLog
        | PromptKind::PayloadFile
        | PromptKind::SaveForDevice
        | PromptKind::SaveForAll
        | PromptKind::CopyDevice => {}
        PromptKind::Export => export::forget(model),
        PromptKind::SaveDevice => model.quits_when_saved = false,
    }
}

fn go_to(model: &mut Model, topic: &str) -> Result<(), String> {
    let here = model.cursor.device;
    let find = |id| {
        model.device(id).and_then(|device| device.store.find(topic)).map(|node| RowId { device: id, node })
    };
    let ids = model.devices.iter().map(|device| device.id);
    let row = find(here).or_else(|| ids.filter(|id| *id != here).find_map(find));
    let row = row.ok_or_else(|| format!("no topic {topic:?} was heard so far; / finds a part of a topic"))?;
    model.visited.leave(model.cursor);
    moves::go(model, row, Placement::Middle);
    Ok(())
}

fn subscribe(model: &mut Model, now: Timestamp, text: &str, effects: &mut Vec<Effect>) -> Result<(), String> {
    let subscription = parse_subscription(text).map_err(|error| error.to_string())?;
    let (filter, device) = (subscription.filter.clone(), model.cursor.device);
    let words = format!("subscribing to {filter} at QoS {}", subscription.qos);
    let known = model.device(device).and_then(|device| device.subscribed(&filter).cloned());
    model.remember_undo(Undo {
        device,
        words: words.clone(),
        back: known.map_or(UndoStep::Unsubscribe(filter), UndoStep::Subscribe),
        forth: UndoStep::Subscribe(subscription.clone()),
    });
    learn::disown(model, device, &subscription.filter);
    effects.push(Effect::Request(device, BrokerRequest::Subscribe(subscription)));
    model.say(now, Tone::Info, format!("{words}; u undoes"));
    Ok(())
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
