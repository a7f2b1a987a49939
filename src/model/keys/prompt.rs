//! The line in the footer's place: what typing, Enter and Esc do to what it asks for. Owns no text entry.
use crate::model::devices::deeds;
use crate::model::event::Effect;
use crate::model::line::Line;
use crate::model::overlay::{Overlay, Prompt, PromptKind};
use crate::model::toast::Tone;
use crate::model::{
    Model, Undo, UndoStep, bulk, excludes, export, form, inspector, jq, learn, monitor, narrowing, nodes,
    past, publications, search,
};
use crate::mqtt::BrokerRequest;
use crate::mqtt::entry::parse_subscription;
use crate::time::Timestamp;

/// Opens a prompt.
pub fn open(model: &mut Model, kind: PromptKind, text: &str) {
    let line = Line::with(text);
    model.overlay = Overlay::Prompt(Prompt { kind, line, from: model.cursor, error: None });
}

/// What is being typed changed: the search follows with each letter.
pub(super) fn retype(model: &mut Model, now: Timestamp) {
    let Overlay::Prompt(prompt) = &model.overlay else { return };
    match prompt.kind {
        PromptKind::Search | PromptKind::GoTo => {}
        PromptKind::ViewFilter => return narrowing::prompt::retype(model, now),
        PromptKind::Jq => return jq::retype(model),
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
        | PromptKind::NameFilter
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
    let (kind, text, from) = (prompt.kind, prompt.line.text().to_owned(), prompt.from);
    search::deeds::retype(model, kind, &text, from);
}

/// What fits best is known by now, and Enter was pressed before.
pub fn go_to_best(model: &mut Model, now: Timestamp) {
    let Overlay::Prompt(prompt) = &mut model.overlay else { return };
    let text = prompt.line.text().to_owned();
    prompt.error = None;
    let done = search::deeds::go_to(model, now, &text);
    settle(model, done);
}

/// What was typed was taken, or its error stands in the line.
fn settle(model: &mut Model, done: Result<(), String>) {
    match done {
        Ok(()) => model.overlay = Overlay::None,
        Err(words) => {
            if let Overlay::Prompt(prompt) = &mut model.overlay {
                prompt.error = Some(words);
            }
        }
    }
}

/// Enter in a prompt: what was typed is taken, or its error stands in the line.
pub(super) fn accept(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    let Overlay::Prompt(prompt) = &model.overlay else { return };
    let text = prompt.line.text().to_owned();
    let kind = prompt.kind;
    let from = prompt.from;
    let done = match kind {
        PromptKind::Search => {
            search::deeds::accept(model, from);
            Ok(())
        }
        PromptKind::GoTo => search::deeds::go_to(model, now, &text),
        PromptKind::ViewFilter => narrowing::prompt::accept(model, now, &text),
        PromptKind::Jq => jq::accept(model, now, &text),
        PromptKind::NameFilter => narrowing::saved::named(model, now, &text),
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
    settle(model, done);
}

/// Esc in a prompt.
pub(super) fn leave(model: &mut Model, now: Timestamp) {
    let Overlay::Prompt(prompt) = std::mem::take(&mut model.overlay) else { return };
    match prompt.kind {
        PromptKind::Search => search::deeds::leave(model, prompt.from),
        PromptKind::GoTo => model.going = None,
        PromptKind::ViewFilter => narrowing::prompt::leave(model, now, prompt.from),
        PromptKind::Jq => jq::leave(model),
        PromptKind::NameFilter => narrowing::saved::leave_name(model, prompt.from),
        PromptKind::SearchInside => inspector::deeds::leave_search(model),
        PromptKind::NarrowDevices => model.shelf.narrow.clear(),
        PromptKind::NarrowLog => model.monitor.narrow.clear(),
        PromptKind::NarrowSweep => bulk::widen(model),
        PromptKind::FilterHistory => model.inspector.past.list(None),
        PromptKind::BatchFile
        | PromptKind::ConfirmSweep
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

fn subscribe(model: &mut Model, now: Timestamp, text: &str, effects: &mut Vec<Effect>) -> Result<(), String> {
    if let Some(excluded) = text.trim_start().strip_prefix('!') {
        return excludes::toggle(model, now, excluded);
    }
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
