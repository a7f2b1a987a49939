//! What keys do on the Publications screen. Owns the deeds; publishing itself is `publish`'s.
use super::{Publications, Section, board, sent, shell};
use crate::model::event::Effect;
use crate::model::life::Life;
use crate::model::toast::Tone;
use crate::model::{Model, Pane, Screen, apply, publish, request};
use crate::time::Timestamp;

/// Opens the screen, or goes back to where one came from.
pub fn toggle(model: &mut Model) {
    if model.screen == Screen::Publications {
        return leave(model);
    }
    let section = model.publications.section;
    model.publications = Publications { section, from: model.screen, ..Publications::default() };
    model.screen = Screen::Publications;
}

/// Goes back to where one came from.
pub fn leave(model: &mut Model) {
    model.screen = model.publications.from;
}

/// Goes to the section so many further.
pub fn next_section(model: &mut Model, by: usize) {
    model.publications.section = model.publications.section.beside(by);
}

/// Moves the hand, or scrolls the details.
pub fn step(model: &mut Model, by: isize) {
    let most = board::most(model);
    let to = |place: usize| place.min(most).saturating_add_signed(by).min(most);
    match model.publications.section {
        Section::Running => model.publications.running = to(model.publications.running),
        Section::Details => model.publications.top = to(model.publications.top),
        Section::Sent => {
            let place = to(sent::place(model));
            // At the top the hand stays with the newest, whatever comes.
            let key = (place > 0).then(|| sent::key_at(model, place)).flatten();
            model.publications.hand = key;
            model.publications.top = 0;
        }
    }
}

/// The publication under the hand; where there is none it is said how there would be.
fn chosen(model: &mut Model, now: Timestamp) -> Option<Life> {
    let chosen = sent::under_hand(model).cloned();
    if chosen.is_none() {
        model.say(now, Tone::Info, "nothing was published yet; p on a topic publishes");
    }
    chosen
}

/// Puts the publication under the hand into the form.
pub fn fill_form(model: &mut Model, now: Timestamp) {
    let Some(life) = chosen(model, now) else { return };
    model.form.fill(life.device, &life.written());
    model.editor = None;
    model.screen = Screen::Explorer;
    model.focus = Pane::Publish;
}

/// Publishes what is under the hand once more.
pub fn again(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    if model.settings.read_only {
        return model.say(now, Tone::Warn, publish::READ_ONLY);
    }
    let Some(life) = chosen(model, now) else { return };
    model.publications.hand = None;
    if life.answer.is_some() {
        request::send_draft(model, now, life.device, life.written(), effects);
    } else {
        publish::send_draft(model, now, life.device, life.written(), effects);
    }
}

/// Copies what is under the hand as a line for the shell.
pub fn copy_line(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    let Some(life) = chosen(model, now) else { return };
    let Some(device) = model.device(life.device) else { return };
    match shell::line(device, &life.publication) {
        Err(words) => model.say(now, Tone::Warn, words),
        Ok(shell::Line { text, left_out }) => {
            apply::copy(model, now, text, effects);
            if !left_out.is_empty() {
                model.say(now, Tone::Info, left_out.join("; "));
            }
        }
    }
}

/// Copies the payload under the hand.
pub fn copy_payload(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    let Some(life) = chosen(model, now) else { return };
    let payload = &life.publication.payload.0;
    if let Ok(text) = std::str::from_utf8(payload) {
        return apply::copy(model, now, text.to_owned(), effects);
    }
    let n = payload.len();
    let words = format!("the payload's {n} bytes are no UTF-8 text; y copies them as a command");
    model.say(now, Tone::Warn, words);
}
