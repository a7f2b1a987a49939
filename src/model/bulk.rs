//! Many publications at once, seen before they go: a batch, or a sweep of what is retained. Owns which preview is open
//! and what its keys mean; what goes on after the yes is a run's.
pub mod batch;
pub mod defaults;
pub mod found;
pub mod pace;
pub mod sweep;
pub mod undo;

pub use sweep::choose;

use super::devices::Errand;
use super::event::Effect;
use super::overlay::Overlay;
use super::runs::Work;
use super::toast::Tone;
use super::{Model, publish};
use crate::command::Command;
use crate::time::Timestamp;
use batch::Batch;
use sweep::Sweep;

/// Publications of one preview: a plant's every topic twice over, and 60 MB while they wait.
pub const MAX_ROWS: usize = 200_000;

/// What is previewed.
#[derive(Clone, Debug)]
pub enum Preview {
    /// Publications of a file, or of nodes' defaults.
    Batch(Batch),
    /// Retained messages to clear.
    Sweep(Sweep),
}

impl Preview {
    /// Whether there is work to do in slices.
    pub fn is_working(&self) -> bool {
        match self {
            Self::Batch(batch) => batch.is_working(),
            Self::Sweep(sweep) => sweep.is_working(),
        }
    }

    /// How many rows can be scrolled through.
    fn n_rows(&self) -> usize {
        match self {
            Self::Batch(batch) => batch.n_lines(),
            Self::Sweep(sweep) => sweep.seen().len(),
        }
    }

    /// The row under the hand.
    pub const fn place(&self) -> usize {
        match self {
            Self::Batch(batch) => batch.place,
            Self::Sweep(sweep) => sweep.place,
        }
    }

    /// Moves the hand by so many rows.
    pub fn step(&mut self, by: isize) {
        let last = self.n_rows().saturating_sub(1);
        let place = match self {
            Self::Batch(batch) => &mut batch.place,
            Self::Sweep(sweep) => &mut sweep.place,
        };
        *place = place.saturating_add_signed(by).min(last);
    }
}

/// Opens a preview in the place of another.
pub fn show(model: &mut Model, preview: Preview) {
    model.bulk = Some(Box::new(preview));
    model.overlay = Overlay::Bulk;
}

/// A preview that is open is seen again when a prompt or the help before it is gone.
pub fn settle(model: &mut Model) {
    match (&model.bulk, &model.overlay) {
        (Some(_), Overlay::None) => model.overlay = Overlay::Bulk,
        (None, Overlay::Bulk) => model.overlay = Overlay::None,
        (Some(_) | None, _) => {}
    }
}

/// Leaves the preview; nothing was sent.
pub fn leave(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    let preview = model.bulk.take();
    model.overlay = Overlay::None;
    if let Some(Preview::Sweep(sweep)) = preview.as_deref()
        && sweep.is_writing()
    {
        effects.push(Effect::Disk(Box::new(Errand::Undo(undo::Step::Discard))));
        model.say(now, Tone::Info, "the sweep was given up before anything was cleared");
    }
}

/// Goes on: publishes, or asks for the count.
pub fn go_on(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    if model.settings.read_only {
        return model.say(now, Tone::Warn, publish::READ_ONLY);
    }
    match model.bulk.as_deref() {
        Some(Preview::Batch(_)) => batch::start(model, now, effects),
        Some(Preview::Sweep(_)) => sweep::ask_count(model, now),
        None => {}
    }
}

/// Another slice of work.
pub fn due(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    let Model { bulk: Some(preview), devices, .. } = model else { return };
    let device = match &**preview {
        Preview::Batch(batch) => batch.device,
        Preview::Sweep(sweep) => sweep.device,
    };
    let Some(device) = super::tree::device(devices, device) else {
        model.bulk = None;
        model.say(now, Tone::Warn, "the device was closed; nothing was published");
        return;
    };
    match &mut **preview {
        Preview::Batch(batch) => batch.advance(device),
        Preview::Sweep(sweep) => sweep.advance(device),
    }
    sweep::write_on(model, now, effects);
}

/// Changes how fast they will go.
pub fn change_pace(model: &mut Model, command: Command) {
    let pace = match model.bulk.as_deref_mut() {
        Some(Preview::Batch(batch)) => &mut batch.pace,
        Some(Preview::Sweep(sweep)) => &mut sweep.pace,
        None => return,
    };
    *pace = if command == Command::Faster { pace.faster() } else { pace.slower() };
}

/// What is typed narrows the sweep with each letter.
pub fn narrow_to(model: &mut Model) {
    if let (Overlay::Prompt(prompt), Some(Preview::Sweep(sweep))) =
        (&model.overlay, model.bulk.as_deref_mut())
    {
        sweep.narrow_to(prompt.line.text());
    }
}

/// All of the sweep is seen again.
pub fn widen(model: &mut Model) {
    if let Some(Preview::Sweep(sweep)) = model.bulk.as_deref_mut() {
        sweep.narrow_to("");
    }
}

/// What the count is, for beside the line that it is typed into.
pub fn count_words(model: &Model) -> String {
    match model.bulk.as_deref() {
        Some(Preview::Sweep(sweep)) => sweep.count_words(),
        Some(Preview::Batch(_)) | None => String::new(),
    }
}

/// Clears what is retained on the topic under the cursor, or on all of a branch or range.
pub fn clear(model: &mut Model, now: Timestamp) {
    if !sweep::open(model, now) {
        publish::ask_clear(model, now);
    }
}

/// Asks for a file, or previews what failed.
pub fn begin(model: &mut Model, now: Timestamp, command: Command) {
    if command == Command::PublishFile {
        batch::ask_file(model, now);
    } else {
        show_failed(model, now);
    }
}

/// Previews what failed of the batch that ended last, to be published again.
fn show_failed(model: &mut Model, now: Timestamp) {
    let bulks = model.runs.iter().rev().filter(|run| !run.is_running()).filter_map(|run| match &run.work {
        Work::Bulk(bulk) if bulk.n_failed() > 0 => Some((run.device, bulk)),
        Work::Bulk(_) | Work::Generator(_) => None,
    });
    let last = bulks
        .map(|(device, bulk)| (device, bulk.words(), bulk.failed()))
        .find(|(.., failed)| !failed.is_empty());
    let Some((device, words, failed)) = last else {
        return model.say(now, Tone::Info, "of no batch that ended did a publication fail");
    };
    let name = format!("again what failed of {words}");
    show(model, Preview::Batch(Batch::again(device, name, failed)));
}
