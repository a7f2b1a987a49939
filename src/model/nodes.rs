//! Changes to kept nodes: made, undone, made again. Owns the deeds; which nodes there are, `device::Kept` knows.
use super::event::DeviceId;
use super::toast::Tone;
use super::{Model, Undo, UndoStep, ingest, moves};
use crate::decode::figures;
use crate::device::{Change, Node, NodeKey};
use crate::time::Timestamp;

/// Node changes that all undo steps hold together: a device file's worth of them, some times over. The
/// oldest steps go first, as with more steps than can be remembered.
const MAX_UNDO_CHANGES: usize = 200_000;

/// Keeps nodes, each in the place of what its topic and path had. Tells how many are there that were not, or
/// are no longer as they were; what found no room is told.
pub fn keep(model: &mut Model, now: Timestamp, id: DeviceId, nodes: Vec<Node>, words: &str) -> usize {
    let Some(device) = ingest::device_mut(&mut model.devices, id) else { return 0 };
    let mut changes = Vec::with_capacity(nodes.len());
    let mut refused = None;
    for node in nodes {
        match device.kept.put(&mut device.store, node) {
            Ok(change) if change.before == change.after => {}
            Ok(change) => changes.push(change),
            Err(error) => {
                refused = Some(error);
                break;
            }
        }
    }
    let n_changes = changes.len();
    remember(model, id, changes, words);
    if let Some(error) = refused {
        model.say(now, Tone::Error, error.to_string());
    }
    n_changes
}

/// Keeps nodes no longer. Tells how many were.
pub fn remove(model: &mut Model, id: DeviceId, keys: &[NodeKey], words: &str) -> usize {
    let Some(device) = ingest::device_mut(&mut model.devices, id) else { return 0 };
    let removed = keys.iter().filter_map(|key| device.kept.remove(&mut device.store, key));
    let changes: Vec<Change> = removed.collect();
    let n_changes = changes.len();
    remember(model, id, changes, words);
    moves::settle(model);
    n_changes
}

/// Puts changed nodes in the place of others, whose topics and paths may have been other ones.
pub fn exchange(model: &mut Model, now: Timestamp, id: DeviceId, changes: Vec<Change>, words: &str) {
    let changes: Vec<Change> =
        changes.into_iter().filter(|change| change.before != change.after).collect();
    if carry_out(model, now, id, &changes) {
        remember(model, id, changes, words);
    }
}

fn remember(model: &mut Model, id: DeviceId, changes: Vec<Change>, words: &str) {
    if changes.is_empty() {
        return;
    }
    let back = changes.iter().rev().map(Change::reversed).collect();
    model.remember_undo(Undo {
        device: id,
        words: words.to_owned(),
        back: UndoStep::Nodes(back),
        forth: UndoStep::Nodes(changes),
    });
    let n_changes = |undo: &Undo| match &undo.back {
        UndoStep::Nodes(changes) => changes.len(),
        UndoStep::Publish(_) | UndoStep::Subscribe(_) | UndoStep::Unsubscribe(_) => 0,
    };
    while model.undo.len() > 1 && model.undo.iter().map(n_changes).sum::<usize>() > MAX_UNDO_CHANGES {
        model.undo.remove(0);
    }
}

/// Makes changes that are undone or made again. Whether all of them could be made.
pub fn carry_out(model: &mut Model, now: Timestamp, id: DeviceId, changes: &[Change]) -> bool {
    let Some(device) = ingest::device_mut(&mut model.devices, id) else { return false };
    let mut failed = None;
    for (place, change) in changes.iter().enumerate() {
        if let Err(error) = device.kept.change(&mut device.store, change) {
            failed = Some((place, error));
            break;
        }
    }
    moves::settle(model);
    let Some((place, error)) = failed else { return true };
    let left = figures::counted((changes.len() - place) as u64, "node");
    model.say(now, Tone::Error, format!("{left} left as they are: {error}"));
    false
}
