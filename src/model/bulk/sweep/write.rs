//! From the count that was typed to the run that clears: the undo file first, on the disk before anything goes.
use super::super::Preview;
use super::super::found::{Back, Found, Judged, judge, publication};
use super::super::undo::{Done, Step};
use super::{Stage, Sweep};
use crate::decode::figures;
use crate::model::device::Device;
use crate::model::devices::Errand;
use crate::model::event::Effect;
use crate::model::runs::bulk::{Bulk, Clearing};
use crate::model::runs::{self, Work};
use crate::model::toast::Tone;
use crate::model::{Model, Undo, UndoStep, tree};
use crate::mqtt::{Publication, Topic};
use crate::time::Timestamp;

/// Rows written between two looks at the keyboard, and bytes of their payloads: about a millisecond.
const SLICE_ROWS: usize = 1_024;
const SLICE_BYTES: usize = 1024 * 1024;

/// An undo file on its way.
#[derive(Clone, Debug)]
pub struct Writing {
    /// What is to be cleared, as places among the rows.
    todo: Vec<u32>,
    n_done: usize,
    clearings: Vec<Clearing>,
    /// Rows that were cleared or went since they were looked at.
    n_gone: usize,
    awaits: Awaits,
}

/// What is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Awaits {
    /// The worker, to be ready for more.
    Ready,
    /// Us, to hand it more.
    More,
    /// The worker, to have it on the disk.
    Safe,
}

impl Writing {
    /// Whether there is a slice to be handed over.
    pub(super) const fn is_working(&self) -> bool {
        matches!(self.awaits, Awaits::More)
    }

    /// How many rows are handed over, of how many.
    pub(super) fn progress(&self) -> (usize, usize) {
        (self.n_done, self.todo.len())
    }

    /// The next slice of publications.
    fn slice(&mut self, device: &Device, rows: &[Found]) -> Vec<Publication> {
        let mut publications = Vec::new();
        let (mut n_bytes, mut text) = (0, String::new());
        let from = self.n_done;
        for at in self.todo.iter().skip(from).take(SLICE_ROWS) {
            if n_bytes >= SLICE_BYTES {
                break;
            }
            self.n_done += 1;
            let Some(row) = rows.get(*at as usize) else { continue };
            // What came meanwhile is what the broker keeps now.
            let Judged::Kept(now) = judge(device, row.node) else {
                self.n_gone += 1;
                continue;
            };
            device.store.topic_of(row.node, &mut text);
            let Ok(topic) = Topic::parse(&text) else { continue };
            if let Some(publication) = publication(device, &now, &topic) {
                n_bytes += publication.payload.0.len();
                publications.push(publication);
            } else if row.back != Back::Nothing {
                // It was told that an undo brings it back, and it can't any more.
                self.n_gone += 1;
                continue;
            }
            self.clearings.push(Clearing { topic, node: now.node, sequence: now.sequence });
        }
        publications
    }
}

/// The count was typed: the undo file is begun.
pub fn confirm(
    model: &mut Model,
    now: Timestamp,
    text: &str,
    effects: &mut Vec<Effect>,
) -> Result<(), String> {
    let wall = model.settings.wall;
    let Some(Preview::Sweep(sweep)) = model.bulk.as_deref_mut() else { return Ok(()) };
    let typed: String = text.chars().filter(|c| !matches!(c, ',' | ' ' | '_')).collect();
    if typed != sweep.chosen.n.to_string() {
        return Err(format!("type {} to clear them, or esc", figures::grouped(sweep.chosen.n as u64)));
    }
    let Some(device) = tree::device(&model.devices, sweep.device) else {
        return Err("the device was closed meanwhile".to_owned());
    };
    if device.online().is_none() {
        return Err("not connected; c in the tree connects".to_owned());
    }
    let is_chosen = |at: &u32| sweep.rows.get(*at as usize).is_some_and(|row| !row.is_excluded);
    let todo = sweep.seen.iter().copied().filter(is_chosen).collect();
    sweep.stage =
        Stage::Writing(Writing { todo, n_done: 0, clearings: Vec::new(), n_gone: 0, awaits: Awaits::Ready });
    let name: String = device.profile.name.chars().filter(char::is_ascii_alphanumeric).take(32).collect();
    let stem = format!("{}-{name}", wall.unix_ms_at(now));
    effects.push(Effect::Disk(Box::new(Errand::Undo(Step::Begin(stem)))));
    Ok(())
}

/// Hands the worker another slice, when it is ready for one.
pub fn write_on(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    let Model { bulk: Some(preview), devices, .. } = model else { return };
    let Preview::Sweep(Sweep { rows, stage: Stage::Writing(writing), device, .. }) = &mut **preview else {
        return;
    };
    if writing.awaits != Awaits::More {
        return;
    }
    let Some(device) = tree::device(devices, *device) else { return };
    if device.online().is_none() {
        let words = "the connection ended before anything was cleared";
        return give_up(model, now, words, effects);
    }
    let publications = writing.slice(device, rows);
    let step = if writing.n_done < writing.todo.len() || !publications.is_empty() {
        writing.awaits = Awaits::Ready;
        Step::Add(publications)
    } else {
        writing.awaits = Awaits::Safe;
        Step::Finish
    };
    effects.push(Effect::Disk(Box::new(Errand::Undo(step))));
}

fn give_up(model: &mut Model, now: Timestamp, words: &str, effects: &mut Vec<Effect>) {
    if let Some(Preview::Sweep(sweep)) = model.bulk.as_deref_mut() {
        sweep.stage = Stage::Choosing;
    }
    effects.push(Effect::Disk(Box::new(Errand::Undo(Step::Discard))));
    model.say(now, Tone::Error, words);
}

/// The worker did a step, or could not.
pub fn answered(model: &mut Model, now: Timestamp, done: Result<Done, String>, effects: &mut Vec<Effect>) {
    // Who left meanwhile had it taken away.
    let Some(Preview::Sweep(sweep)) = model.bulk.as_deref_mut() else { return };
    let Stage::Writing(writing) = &mut sweep.stage else { return };
    match (done, writing.awaits) {
        (Ok(Done::Ready), _) => writing.awaits = Awaits::More,
        (Ok(Done::Safe(path)), Awaits::Safe) => begin(model, now, &path, effects),
        (Ok(Done::Safe(_)), Awaits::Ready | Awaits::More) => {}
        (Err(words), _) => give_up(model, now, &format!("nothing was cleared: {words}"), effects),
    }
}

/// The undo file is safe: the run begins.
fn begin(model: &mut Model, now: Timestamp, path: &str, effects: &mut Vec<Effect>) {
    let Some(preview) = model.bulk.take() else { return };
    let Preview::Sweep(Sweep { device, name, pace, stage: Stage::Writing(writing), .. }) = *preview else {
        return;
    };
    let n = figures::counted(writing.clearings.len() as u64, "retained message");
    let n_gone = writing.n_gone;
    let work = Work::Bulk(Box::new(Bulk::sweep(&name, writing.clearings, pace)));
    match runs::begin(model, now, device, work) {
        Ok(run) => {
            model.remember_undo(Undo {
                device,
                words: format!("the sweep of {name}"),
                back: UndoStep::Republish(path.to_owned(), run),
                forth: UndoStep::Sweep,
            });
            let gone = if n_gone > 0 {
                format!("; {} were gone meanwhile", figures::grouped(n_gone as u64))
            } else {
                String::new()
            };
            model.say(now, Tone::Info, format!("clearing {n}{gone}; ! stops, u undoes from {path}"));
            runs::due(model, now, effects);
        }
        Err(words) => model.say(now, Tone::Error, format!("nothing was cleared: {words}")),
    }
}
