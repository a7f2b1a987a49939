//! The line that the view filter is typed in. Owns its life: live while typed, kept by Enter, taken back by Esc.
use super::{MAX_HISTORY, Tally, tally};
use crate::decode::figures;
use crate::model::overlay::{Overlay, PromptKind};
use crate::model::toast::Tone;
use crate::model::tree::{Placement, RowId};
use crate::model::{Model, keys, moves};
use crate::time::Timestamp;

/// Asks what shall be shown; what is in force stands there to be changed.
pub fn open(model: &mut Model) {
    let text = super::text(model).unwrap_or_default().to_owned();
    model.narrowing.before = Some(text.clone());
    model.narrowing.place = None;
    keys::prompt(model, PromptKind::ViewFilter, &text);
}

/// Another letter: the tree follows. What can't be read leaves the tree as it is, and is told beside.
pub fn retype(model: &mut Model, now: Timestamp) {
    let Overlay::Prompt(prompt) = &model.overlay else { return };
    let text = prompt.line.text().to_owned();
    let error = super::set(model, now, &text).err().map(|error| error.to_string());
    if let Overlay::Prompt(prompt) = &mut model.overlay {
        prompt.error = error;
    }
}

/// What was typed stays in force.
pub fn accept(model: &mut Model, now: Timestamp, text: &str) -> Result<(), String> {
    super::set(model, now, text).map_err(|error| error.to_string())?;
    if !text.trim().is_empty() {
        remember(model, text);
    }
    model.narrowing.before = None;
    Ok(())
}

/// A line that the arrows shall bring back.
pub fn remember(model: &mut Model, text: &str) {
    let history = &mut model.narrowing.history;
    history.retain(|line| line != text);
    history.push(text.to_owned());
    if history.len() > MAX_HISTORY {
        history.remove(0);
    }
}

/// What was in force before is so again, and the hand where it was.
pub fn leave(model: &mut Model, now: Timestamp, from: RowId) {
    let before = model.narrowing.before.take().unwrap_or_default();
    model.narrowing.naming = None;
    // It was read once, so it can be read again.
    if super::set(model, now, &before).is_ok() && !super::leaves_out(model, from) {
        moves::go(model, from, Placement::Middle);
    }
}

/// Fills in a line that was kept before this one, or after.
pub fn turn(model: &mut Model, now: Timestamp, is_older: bool) {
    let n_lines = model.narrowing.history.len();
    let place = match (model.narrowing.place, is_older) {
        (None, true) => n_lines.checked_sub(1),
        (Some(place), true) => Some(place.saturating_sub(1)),
        (Some(place), false) => Some(place + 1).filter(|place| *place < n_lines),
        (None, false) => None,
    };
    model.narrowing.place = place;
    let text = place.and_then(|place| model.narrowing.history.get(place)).cloned();
    let Overlay::Prompt(prompt) = &mut model.overlay else { return };
    match (text, is_older) {
        (Some(text), _) => prompt.line.set(text),
        (None, false) => prompt.line.set(""),
        (None, true) => {
            return model.say(now, Tone::Info, "no filter was set before");
        }
    }
    retype(model, now);
}

/// What stands beside the line.
pub fn words(model: &Model) -> String {
    match tally(model) {
        None => "text a/+/# dev{1..5} /regex/ !not age:<10s type:json retained: kept:".to_owned(),
        Some(tally) => format!("matches {}", of(tally)),
    }
}

/// `12 of 1,204`, with a mark while there are more to judge.
pub fn of(tally: Tally) -> String {
    let n = |n: usize| figures::grouped(n as u64);
    let more = if tally.is_complete { "" } else { " so far" };
    format!("{} of {}{more}", n(tally.n_shown), n(tally.n_topics))
}
