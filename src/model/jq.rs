//! The jq line of a topic: live while it is typed, kept by Enter, as it was by Esc. Owns the line and the programs
//! that the arrows bring back; which program a topic has, its device's rules know.
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::inspector::Tab;
use super::overlay::{Overlay, PromptKind};
use super::toast::Tone;
use super::tree::{self, RowId};
use super::{Model, ingest, keys};
use crate::decode::{Choice, Reading, jq};
use crate::time::Timestamp;

/// Programs that the arrows bring back: more than anybody goes through by key.
const MAX_HISTORY: usize = 50;

/// The jq line.
#[derive(Clone, Debug, Default)]
pub struct Jq {
    /// The line that is open.
    draft: Option<Draft>,
    /// Programs that were taken, the latest last.
    history: Vec<String>,
    /// Which of them stands in the line.
    place: Option<usize>,
}

/// A program that is being typed.
#[derive(Clone, Debug)]
struct Draft {
    row: RowId,
    /// As far as it could be run last.
    program: Arc<str>,
    /// What was looked at before.
    tab: Tab,
}

/// A number that other programs do not have, and is not 0.
pub fn stamp(program: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    program.hash(&mut hasher);
    hasher.finish() | 1
}

impl Jq {
    /// The program of a row: what is being typed goes before what its rules say.
    fn program(&self, row: RowId, of_rules: Option<&Arc<str>>) -> Option<Arc<str>> {
        let draft = self.draft.as_ref().filter(|draft| draft.row == row);
        let program = draft.map_or_else(|| of_rules.cloned(), |draft| Some(Arc::clone(&draft.program)));
        program.filter(|program| !program.is_empty())
    }

    /// The program that what is seen of a row goes through, and what is said of it beside the title: never is its
    /// output taken for the message.
    pub fn seen(
        &self,
        row: RowId,
        reading: Reading<'_>,
        is_value: bool,
    ) -> (Option<Arc<str>>, Option<String>) {
        match (self.program(row, reading.jq).filter(|_| is_value), reading.choice) {
            (Some(program), Choice::Raw) => (None, Some(format!("raw, without jq: {program}"))),
            (Some(program), Choice::Auto | Choice::By(_)) => {
                let words = format!("jq: {program}");
                (Some(program), Some(words))
            }
            (None, _) => (None, None),
        }
    }
}

/// Asks for the program of the topic under the cursor; the one in force stands there to be changed.
pub fn open(model: &mut Model, now: Timestamp) {
    let row = model.cursor;
    let device = tree::device(&model.devices, row.device).filter(|_| !row.is_device());
    let Some(device) = device.filter(|device| device.store.last(row.node).is_some()) else {
        let words = "no message came on this very topic: there is nothing for jq to read";
        return model.say(now, Tone::Info, words);
    };
    let program = device.reading(row.node).jq.cloned().unwrap_or_default();
    // Those of the device's file can be brought back as well.
    let known = device.rules.programs().filter(|known| **known != program);
    let known: Vec<String> = known.map(ToString::to_string).collect();
    for program in
        known.into_iter().rev().filter(|known| !model.jq.history.contains(known)).collect::<Vec<_>>()
    {
        model.jq.history.insert(0, program);
    }
    model.jq.history.drain(..model.jq.history.len().saturating_sub(MAX_HISTORY));
    model.jq.place = None;
    model.jq.draft = Some(Draft { row, program: Arc::clone(&program), tab: model.inspector.tab });
    model.inspector.show(Tab::Value);
    keys::prompt(model, PromptKind::Jq, &program);
}

/// Another letter: the value follows. While the program can't be run, the last one that could stays in force.
pub fn retype(model: &mut Model) {
    let Overlay::Prompt(prompt) = &mut model.overlay else { return };
    let program = prompt.line.text().trim();
    match judged(program) {
        Ok(()) => {
            prompt.error = None;
            if let Some(draft) = &mut model.jq.draft {
                draft.program = program.into();
            }
        }
        Err(words) => prompt.error = Some(words),
    }
}

fn judged(program: &str) -> Result<(), String> {
    if program.is_empty() { Ok(()) } else { jq::check(program).map_err(|fault| fault.to_string()) }
}

/// What was typed is the topic's program from now on; nothing takes the old one away.
pub fn accept(model: &mut Model, now: Timestamp, text: &str) -> Result<(), String> {
    let program = text.trim();
    judged(program)?;
    let Some(row) = model.jq.draft.as_ref().map(|draft| draft.row) else { return Ok(()) };
    let Some(device) = ingest::device_mut(&mut model.devices, row.device) else { return Ok(()) };
    let was = device.reading(row.node).jq.cloned().unwrap_or_default();
    let is_raw = device.reading(row.node).choice == Choice::Raw;
    let mut topic = String::new();
    device.store.topic_of(row.node, &mut topic);
    device.rules.filter_by(&topic, program)?;
    let saves = if device.rules.is_changed() && device.origin.file().is_some() { "; w saves it" } else { "" };
    model.jq.draft = None;
    if !program.is_empty() {
        model.jq.history.retain(|known| known != program);
        model.jq.history.push(program.to_owned());
        model.jq.history.drain(..model.jq.history.len().saturating_sub(MAX_HISTORY));
        // One that was stopped is given another try.
        model.inspector.decoded.take_if(|decoded| decoded.is_given_up);
    }
    if *was != *program {
        model.inspector.scroll = 0;
        let words = match (program.is_empty(), is_raw) {
            (true, _) => "without jq",
            (false, true) => "jq, once the payload is no longer shown as it came: x",
            (false, false) => "by jq; x shows what came",
        };
        model.say(now, Tone::Info, format!("{words}{saves}"));
    }
    Ok(())
}

/// Everything is as it was.
pub fn leave(model: &mut Model) {
    if let Some(draft) = model.jq.draft.take() {
        model.inspector.show(draft.tab);
    }
}

/// Fills in a program that was taken before this one, or after.
pub fn turn(model: &mut Model, now: Timestamp, is_older: bool) {
    let n_lines = model.jq.history.len();
    let place = match (model.jq.place, is_older) {
        (None, true) => n_lines.checked_sub(1),
        (Some(place), true) => Some(place.saturating_sub(1)),
        (Some(place), false) => Some(place + 1).filter(|place| *place < n_lines),
        (None, false) => None,
    };
    model.jq.place = place;
    let text = place.and_then(|place| model.jq.history.get(place)).cloned();
    let Overlay::Prompt(prompt) = &mut model.overlay else { return };
    match (text, is_older) {
        (Some(text), _) => prompt.line.set(text),
        (None, false) => prompt.line.set(""),
        (None, true) => return model.say(now, Tone::Info, "no program was taken before"),
    }
    retype(model);
}
