//! The undo of a sweep: its file on the way to the disk, and back to the broker. Owns the steps; the file is a worker's.
use crate::decode::figures;
use crate::model::event::{DeviceId, Effect};
use crate::model::runs::bulk::Bulk;
use crate::model::runs::{self, Run, RunId, Work};
use crate::model::toast::Tone;
use crate::model::{Model, UndoStep};
use crate::mqtt::{Publication, Topic};
use crate::time::Timestamp;
use std::collections::HashSet;

/// A step on the way to an undo file that is safe on the disk; each is answered before the next is asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Begin one whose name begins so.
    Begin(String),
    /// Add these.
    Add(Vec<Publication>),
    /// Have it on the disk.
    Finish,
    /// Take it away: nothing was cleared.
    Discard,
}

/// How a step went well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Done {
    /// The next may come.
    Ready,
    /// It is on the disk, at this path.
    Safe(String),
}

/// Why the next undo can't be done now, where it is a sweep's.
pub fn hindered(model: &Model) -> Option<&'static str> {
    let undo = model.undo.last()?;
    let UndoStep::Republish(_, run) = &undo.back else { return None };
    if model.runs.get(*run).is_some_and(Run::is_running) {
        return Some("the sweep still runs; ! stops it, and then u undoes it");
    }
    let is_online = model.device(undo.device)?.online().is_some();
    (!is_online).then_some("not connected, so the sweep can't be undone now; c connects")
}

/// The undo file was read: what the sweep cleared is published again.
pub fn republish(
    model: &mut Model,
    now: Timestamp,
    (device, sweep): (DeviceId, RunId),
    path: &str,
    read: Result<Vec<Publication>, Vec<String>>,
    effects: &mut Vec<Effect>,
) {
    let mut rows = match read {
        Ok(rows) => rows,
        Err(bad) => {
            let why = bad.into_iter().next().unwrap_or_default();
            return model.say(now, Tone::Error, format!("the sweep can't be undone: {why}"));
        }
    };
    // What the sweep left alone is newer than the file.
    let untouched: HashSet<Topic> = match model.runs.get(sweep).map(|run| &run.work) {
        Some(Work::Bulk(bulk)) => bulk.untouched().into_iter().cloned().collect(),
        Some(Work::Generator(_)) | None => HashSet::new(),
    };
    rows.retain(|row| !untouched.contains(&row.topic));
    if rows.is_empty() {
        return model.say(now, Tone::Info, "the sweep cleared nothing that could be brought back");
    }
    let n = figures::counted(rows.len() as u64, "message");
    let work = Work::Bulk(Box::new(Bulk::undo(format!("the undo from {path}"), rows)));
    match runs::begin(model, now, device, work) {
        Ok(_) => model.say(now, Tone::Info, format!("publishing {n} again from {path}; ! stops it")),
        Err(words) => {
            let words = format!("the sweep is not undone: {words}; I publishes {path}");
            model.say(now, Tone::Error, words);
        }
    }
    runs::due(model, now, effects);
}
