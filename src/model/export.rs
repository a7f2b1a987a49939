//! Exports: what of the store goes into a file, or into a text for the clipboard. Owns the way from the choice to
//! the last word; the file is a worker's. One slice is on its way at a time: taken ► written ► the next.
pub mod steps;
mod walk;

pub use walk::{Depth, Taken, Walk};

use super::devices::Errand;
use super::event::{DeviceId, Effect};
use super::overlay::{Deed, Overlay, PromptKind, Question};
use super::toast::Tone;
use super::{Model, apply, ingest, keys};
use crate::decode::{escape, figures};
use crate::time::Timestamp;
use steps::{Done, Failed, Format, Step, Target};

/// Characters of a topic in the name that is proposed for a file.
const MAX_STEM_CHARS: usize = 60;

/// Whether a terminal takes texts for its clipboard; it gives no answer by which one could tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Clipboard {
    /// It may (OSC 52).
    #[default]
    Osc52,
    /// One of this name is known not to.
    Refused(&'static str),
}

/// An export on its way.
#[derive(Clone, Debug)]
pub struct Export {
    number: u32,
    device: DeviceId,
    walk: Walk,
    format: Format,
    /// Where it goes.
    pub goal: Goal,
    /// Topics there were when it began.
    pub n_topics: usize,
    stage: Stage,
}

/// Where an export goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Goal {
    /// A file at a path, as typed.
    File(String),
    /// The terminal's clipboard; what it is, in words.
    Clipboard(&'static str),
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The user is asked where it goes.
    Asking,
    /// The worker is asked to begin.
    Beginning,
    /// The next slice is to be taken.
    Taking,
    /// A slice is being written.
    Writing,
    /// All is written; the file is put in its place.
    Finishing,
}

/// What is to be exported.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Whose.
    pub device: DeviceId,
    /// What and how much of it.
    pub walk: Walk,
    /// Topics in it.
    pub n_topics: usize,
    /// How it is written.
    pub format: Format,
}

impl Export {
    /// Whether there is a slice to be taken.
    pub fn is_working(&self) -> bool {
        self.stage == Stage::Taking
    }

    /// Whether it is asked where it goes.
    pub fn is_asking(&self) -> bool {
        self.stage == Stage::Asking
    }

    /// What was taken so far, in words.
    pub fn progress(&self) -> String {
        let all = match self.n_topics {
            0 | 1 => String::new(),
            n => format!(" of about {}", figures::grouped(n as u64)),
        };
        format!("{}{all} so far", self.walk.taken.words(self.walk.depth()))
    }

    fn step(&self, step: Step) -> Effect {
        Effect::Disk(Box::new(Errand::Export(self.number, step)))
    }
}

fn begin(model: &mut Model, wanted: Wanted, goal: Goal, stage: Stage) {
    model.n_exports = model.n_exports.wrapping_add(1);
    let Wanted { device, walk, n_topics, format } = wanted;
    let number = model.n_exports;
    model.export = Some(Box::new(Export { number, device, walk, format, goal, n_topics, stage }));
}

/// Asks where an export shall go; a name in the current directory is proposed.
pub fn ask(model: &mut Model, now: Timestamp, wanted: Wanted, name: &str, ending: &str) {
    let path = file_name(model, now, name, ending);
    begin(model, wanted, Goal::File(path.clone()), Stage::Asking);
    keys::prompt(model, PromptKind::Export, &path);
}

/// Makes a text of it for the clipboard, on the worker.
pub fn copy(
    model: &mut Model,
    now: Timestamp,
    wanted: Wanted,
    what: &'static str,
    effects: &mut Vec<Effect>,
) {
    let format = wanted.format.clone();
    let name = file_name(model, now, "copy", "txt");
    let max_bytes = apply::max_copy_bytes(model);
    begin(model, wanted, Goal::Clipboard(what), Stage::Beginning);
    if let Some(export) = model.export.as_deref() {
        effects.push(export.step(Step::Begin(Target::Text { max_bytes, name }, format)));
    }
}

/// A name for a file: what it is, when it was, and of what kind.
pub fn file_name(model: &Model, now: Timestamp, name: &str, ending: &str) -> String {
    let mut stem = String::new();
    for c in name.chars() {
        let c = if c.is_alphanumeric() || matches!(c, '_' | '.') { c } else { '-' };
        if c != '-' || !stem.ends_with('-') {
            stem.push(c);
        }
    }
    let stem: String = stem.trim_matches(['-', '.']).chars().take(MAX_STEM_CHARS).collect();
    let stem = if stem.is_empty() { "mqtt" } else { &stem };
    let wall = model.settings.wall;
    let time = wall.time_of_day(now).replace(':', "");
    let time = time.split('.').next().unwrap_or_default();
    format!("{stem}-{}T{time}.{ending}", wall.date(now))
}

/// The path was typed.
pub fn accept(model: &mut Model, text: &str, effects: &mut Vec<Effect>) -> Result<(), String> {
    let path = text.trim();
    if path.is_empty() {
        return Err("a path is wanted, such as ~/values.jsonl; esc leaves it".to_owned());
    }
    let Some(export) = model.export.as_deref_mut() else { return Ok(()) };
    export.goal = Goal::File(path.to_owned());
    send_off(export, Overwrite::No, effects);
    Ok(())
}

/// Whether a file may take another's place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Overwrite {
    No,
    Yes,
}

fn send_off(export: &mut Export, overwrite: Overwrite, effects: &mut Vec<Effect>) {
    let Goal::File(path) = &export.goal else { return };
    let target = Target::File { path: path.clone(), overwrites: overwrite == Overwrite::Yes };
    export.stage = Stage::Beginning;
    effects.push(export.step(Step::Begin(target, export.format.clone())));
}

/// A yes to the question whether a file may be written over.
pub fn overwrite(model: &mut Model, effects: &mut Vec<Effect>) {
    if let Some(export) = model.export.as_deref_mut() {
        send_off(export, Overwrite::Yes, effects);
    }
}

/// A no: another path is asked for.
pub fn ask_again(model: &mut Model, error: Option<String>) {
    let Some(export) = model.export.as_deref_mut() else { return };
    let Goal::File(path) = export.goal.clone() else { return };
    export.stage = Stage::Asking;
    keys::prompt(model, PromptKind::Export, &path);
    if let Overlay::Prompt(prompt) = &mut model.overlay {
        prompt.error = error;
    }
}

/// The path is not told after all.
pub fn forget(model: &mut Model) {
    model.export = None;
}

/// Gives up what is being written; nothing of it stays.
pub fn give_up(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    // What is being put in its place can't be called back.
    if model.export.as_deref().is_some_and(|export| export.stage == Stage::Finishing) {
        return model.say(now, Tone::Info, "all is written already; it ends in a moment");
    }
    let Some(export) = model.export.take() else { return };
    effects.push(export.step(Step::Discard));
    let words = match export.goal {
        Goal::File(_) => "the export was given up; nothing of it is left",
        Goal::Clipboard(_) => "the copy was given up; nothing was sent",
    };
    model.say(now, Tone::Info, words);
}

/// What is written is seen as long as it lasts.
pub fn settle(model: &mut Model) {
    let is_running = model.export.as_deref().is_some_and(|export| !export.is_asking());
    match (&model.overlay, is_running) {
        (Overlay::None, true) => model.overlay = Overlay::Exporting,
        (Overlay::Exporting, false) => model.overlay = Overlay::None,
        (_, true | false) => {}
    }
}

/// What is lost when the program ends now, in words.
pub fn unfinished_words(model: &Model) -> Option<String> {
    let export = model.export.as_deref().filter(|export| !export.is_asking())?;
    match &export.goal {
        Goal::File(path) => Some(format!("The export to {path} is not complete.")),
        Goal::Clipboard(_) => None,
    }
}

/// Takes another slice.
pub fn due(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    let Model { export: Some(export), devices, .. } = model else { return };
    if !export.is_working() {
        return;
    }
    let Some(device) = ingest::device_mut(devices, export.device) else {
        give_up(model, now, effects);
        return model.say(now, Tone::Warn, "the device was closed before all was exported");
    };
    let rows = export.walk.slice(&mut device.store);
    if !rows.is_empty() {
        export.stage = Stage::Writing;
        effects.push(export.step(Step::Add(rows)));
    } else if export.walk.is_over() {
        export.stage = Stage::Finishing;
        effects.push(export.step(Step::Finish));
    }
}

/// The worker is done with a step.
pub fn answered(
    model: &mut Model,
    now: Timestamp,
    number: u32,
    answer: Result<Done, Failed>,
    effects: &mut Vec<Effect>,
) {
    // An older one was given up while the worker was at it.
    let Some(export) = model.export.as_deref_mut().filter(|export| export.number == number) else { return };
    match answer {
        Ok(Done::Ready) => export.stage = Stage::Taking,
        Ok(Done::File { path, n_bytes }) => in_file(model, now, &path, n_bytes),
        Ok(Done::Text(text)) => {
            let (export, what) = (model.export.take(), "text");
            let what = match export.map(|export| export.goal) {
                Some(Goal::Clipboard(what)) => what,
                Some(Goal::File(_)) | None => what,
            };
            apply::copy_as(model, now, what, text, effects);
        }
        Err(Failed::Exists(path)) => {
            export.stage = Stage::Asking;
            let words = format!("There is a file {path} already. Write over it? n: name another.");
            model.overlay = Overlay::Question(Question { words, deed: Deed::OverwriteFile });
        }
        Err(Failed::Words(words)) => {
            let is_beginning = export.stage == Stage::Beginning;
            effects.push(export.step(Step::Discard));
            if is_beginning && matches!(export.goal, Goal::File(_)) {
                return ask_again(model, Some(words));
            }
            model.export = None;
            model.say(now, Tone::Error, words);
        }
    }
}

/// All is in a file.
fn in_file(model: &mut Model, now: Timestamp, path: &str, n_bytes: u64) {
    let Some(export) = model.export.take() else { return };
    let taken = export.walk.taken;
    let what = match (&export.format, &export.goal) {
        (_, Goal::Clipboard(what)) => (*what).to_owned(),
        (Format::Raw | Format::Decoded { .. }, Goal::File(_)) => "1 payload".to_owned(),
        (Format::Lines | Format::Csv | Format::Tree | Format::Names, Goal::File(_)) => {
            taken.words(export.walk.depth())
        }
    };
    let why = match export.goal {
        Goal::Clipboard(_) => format!(" ({})", apply::why_no_clipboard(model)),
        Goal::File(_) => String::new(),
    };
    let path = escape::sanitize(path.as_bytes(), usize::MAX);
    let losses = taken.losses();
    let but = if losses.is_empty() { String::new() } else { format!("; {losses}") };
    let words = format!("{what}, {}, in {path}{why}{but}", figures::bytes(n_bytes));
    if let Some(device) = ingest::device_mut(&mut model.devices, export.device) {
        device.log(now, words.clone());
    }
    model.say(now, if losses.is_empty() { Tone::Info } else { Tone::Warn }, words);
}
