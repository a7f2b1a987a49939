//! Changes to kept nodes: made, undone, made again. Owns the deeds; which nodes there are, `device::Kept` knows.
pub mod attribute;
pub mod edit;
pub mod leaving;
pub mod parts;
pub mod range;
pub mod recovered;
pub mod tab;

use super::device::Device;
use super::devices::{Errand, NodesSaving};
use super::event::{DeviceId, Effect};
use super::toast::Tone;
use super::tree::{Placement, RowId};
use super::{Model, Undo, UndoStep, ingest, learn, moves, narrowing};
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
    let before = device.kept.revision();
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
    remember(model, id, changes, before, words);
    if let Some(error) = refused {
        model.say(now, Tone::Error, error.to_string());
    }
    n_changes
}

/// Keeps nodes no longer. Tells how many were.
pub fn remove(model: &mut Model, id: DeviceId, keys: &[NodeKey], words: &str) -> usize {
    let Some(device) = ingest::device_mut(&mut model.devices, id) else { return 0 };
    let before = device.kept.revision();
    let removed = keys.iter().filter_map(|key| device.kept.remove(&mut device.store, key));
    let changes: Vec<Change> = removed.collect();
    let n_changes = changes.len();
    remember(model, id, changes, before, words);
    moves::settle(model);
    n_changes
}

/// Puts changed nodes in the place of others, whose topics and paths may have been other ones.
pub fn exchange(model: &mut Model, now: Timestamp, id: DeviceId, changes: Vec<Change>, words: &str) {
    let changes: Vec<Change> = changes.into_iter().filter(|change| change.before != change.after).collect();
    let before = model.device(id).map_or(0, |device| device.kept.revision());
    if carry_out(model, now, id, &changes) {
        remember(model, id, changes, before, words);
    }
}

fn remember(model: &mut Model, id: DeviceId, changes: Vec<Change>, before: u64, words: &str) {
    learn::follow_kept(model, id, &changes);
    let Some(device) = model.device(id).filter(|_| !changes.is_empty()) else { return };
    let after = device.kept.revision();
    let back = changes.iter().rev().map(Change::reversed).collect();
    model.remember_undo(Undo {
        device: id,
        words: words.to_owned(),
        back: UndoStep::Nodes(back, before),
        forth: UndoStep::Nodes(changes, after),
    });
    let n_changes = |undo: &Undo| match &undo.back {
        UndoStep::Nodes(changes, _) => changes.len(),
        UndoStep::Candidates(_, ids, _) => ids.len(),
        UndoStep::Publish(_)
        | UndoStep::Subscribe(_)
        | UndoStep::Unsubscribe(_)
        | UndoStep::Pause(_)
        | UndoStep::Republish(..)
        | UndoStep::Sweep
        | UndoStep::RecallPast(..)
        | UndoStep::ForgetPast(..)
        | UndoStep::SavePublication(_)
        | UndoStep::ForgetPublication(_)
        | UndoStep::Filter(_)
        | UndoStep::Exclude(_)
        | UndoStep::TakeIn(_) => 0,
    };
    while model.undo.len() > 1 && model.undo.iter().map(n_changes).sum::<usize>() > MAX_UNDO_CHANGES {
        model.undo.remove(0);
    }
}

/// Makes changes that are undone or made again. Whether all of them could be made.
pub fn carry_out(model: &mut Model, now: Timestamp, id: DeviceId, changes: &[Change]) -> bool {
    let Some(device) = ingest::device_mut(&mut model.devices, id) else { return false };
    let (mut failed, mut first) = (None, None);
    for (place, change) in changes.iter().enumerate() {
        if let Err(error) = device.kept.change(&mut device.store, change) {
            failed = Some((place, error));
            break;
        }
        first = first.or(change.after.as_ref().map(|node| node.topic.clone()));
    }
    learn::follow_kept(model, id, changes);
    // Whoever undoes wants to see it.
    let node = first.and_then(|topic| model.device(id)?.store.find(topic.as_str()));
    match node {
        Some(node) => moves::go(model, RowId { device: id, node }, Placement::Middle),
        None => moves::settle(model),
    }
    let Some((place, error)) = failed else { return true };
    let left = figures::counted((changes.len() - place) as u64, "node");
    model.say(now, Tone::Error, format!("{left} left as they are: {error}"));
    false
}

/// Takes the nodes of a device's file in; nothing of it can be undone or is unsaved.
pub fn load(device: &mut Device, nodes: Vec<Node>) {
    for node in nodes {
        if let Err(error) = device.kept.put(&mut device.store, node) {
            device.log(Timestamp::ZERO, error.to_string());
            break;
        }
    }
    device.kept.note_saved(device.kept.revision());
}

/// Shows kept nodes alone, or all topics again.
pub fn toggle_kept_only(model: &mut Model, now: Timestamp) {
    let is_on = model.devices.iter().any(|device| device.store.is_kept_only());
    if !is_on && model.devices.iter().all(|device| device.kept.is_empty()) {
        return model.say(now, Tone::Info, "no node is kept yet");
    }
    for device in &mut model.devices {
        device.store.set_kept_only(!is_on);
        narrowing::judge_anew(device);
    }
    moves::settle(model);
}

/// What a device's nodes are saved with.
pub fn saving(device: &Device, name: &str) -> NodesSaving {
    NodesSaving {
        id: device.id,
        name: name.to_owned(),
        nodes: device.kept.iter().cloned().collect(),
        revision: device.kept.revision(),
        rules: device.rules.list().to_vec(),
        filters: device.filters.list().to_vec(),
    }
}

/// Has a device's nodes written into its file.
pub fn save(model: &mut Model, now: Timestamp, id: DeviceId, effects: &mut Vec<Effect>) {
    let Some(device) = model.device(id) else { return };
    let Some(name) = device.origin.file() else { return };
    if !device.is_unsaved() {
        let words = format!("{name} is saved already");
        return model.say(now, Tone::Info, words);
    }
    effects.push(Effect::Disk(Box::new(Errand::SaveNodes(Box::new(saving(device, name))))));
}

/// These nodes are on the disk.
pub fn note_saved(model: &mut Model, saving: &NodesSaving) {
    if let Some(device) = ingest::device_mut(&mut model.devices, saving.id) {
        device.kept.note_saved(saving.revision);
        device.rules.note_saved(&saving.rules);
        device.filters.note_saved(&saving.filters);
    }
}

/// Nodes were written, or not.
pub fn saved(model: &mut Model, now: Timestamp, saving: &NodesSaving, saved: Result<(), String>) {
    match saved {
        Ok(()) => {
            note_saved(model, saving);
            let nodes = figures::counted(saving.nodes.len() as u64, "node");
            model.say(now, Tone::Info, format!("saved {} with {nodes}", saving.name));
        }
        Err(words) => model.say(now, Tone::Error, format!("not saved: {words}")),
    }
}

/// Which devices have nodes, decoders or filters that are not saved, in words.
pub fn unsaved_words<'a>(devices: impl Iterator<Item = &'a Device>) -> Option<String> {
    let unsaved: Vec<&Device> = devices.filter(|device| device.is_unsaved()).collect();
    let names: Vec<&str> = unsaved.iter().map(|device| device.profile.name.as_str()).collect();
    let of_nodes = unsaved.iter().any(|device| device.kept.is_changed());
    let of_rules = unsaved.iter().any(|device| device.rules.is_changed());
    let of_filters = unsaved.iter().any(|device| device.filters.is_changed());
    let what = match (of_nodes, of_rules, of_filters) {
        (true, true, true) => "nodes, decoders and filters",
        (true, true, false) => "nodes and decoders",
        (true, false, true) => "nodes and filters",
        (false, true, true) => "decoders and filters",
        (false, true, false) => "decoders",
        (false, false, true) => "filters",
        (_, false, false) => "nodes",
    };
    (!names.is_empty()).then(|| format!("The {what} of {} are not saved.", names.join(", ")))
}
