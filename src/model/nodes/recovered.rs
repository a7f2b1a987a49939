//! Nodes and filters that were not saved when the program ended, offered when their device is opened again. Owns the offer;
//! the files beside the device files are `config`'s.
use crate::decode::figures;
use crate::device::{Change, Node};
use crate::model::device::Device;
use crate::model::devices::Errand;
use crate::model::event::{DeviceId, Effect};
use crate::model::opening::Origin;
use crate::model::overlay::{Deed, Overlay, Question};
use crate::model::toast::Tone;
use crate::model::{Model, ingest, nodes};
use crate::mqtt::entry::{MAX_NAME_CHARS, is_device_name};
use crate::sift::named::Named;
use crate::time::Timestamp;
use std::collections::BTreeMap;

/// Nodes and filters that wait to be offered.
#[derive(Clone, Debug, PartialEq)]
pub struct Recovered {
    /// The device they are of.
    pub device: DeviceId,
    /// The name they were written under.
    pub name: String,
    /// All of the device's nodes as they were.
    pub nodes: Vec<Node>,
    /// All of its view filters with names.
    pub filters: Vec<Named>,
}

/// Whether a device has something that is worth recovering.
pub const fn is_wanted(device: &Device) -> bool {
    device.kept.is_changed() || device.filters.is_changed()
}

/// The name that a device's unsaved nodes are written under: that of its file, else one made of its address.
pub fn name_of(device: &Device) -> String {
    let address = &device.profile.address;
    let name = match &device.origin {
        Origin::File(word) if is_device_name(word) => return word.clone(),
        Origin::File(path) => {
            let file = path.rsplit(['/', '\\']).next().unwrap_or_default();
            file.strip_suffix(".toml").unwrap_or(file).to_owned()
        }
        Origin::Url(_) => format!("{}-{}", address.host, address.port),
        Origin::Program => device.profile.name.clone(),
    };
    let plain = |c: char| if c.is_alphanumeric() || matches!(c, '_' | '.') { c } else { '-' };
    let name: String = name.trim_start_matches(['.', '-']).chars().map(plain).take(MAX_NAME_CHARS).collect();
    if is_device_name(&name) { name } else { "device".to_owned() }
}

/// Has it looked for what was recovered of a device.
pub fn look(model: &Model, id: DeviceId, effects: &mut Vec<Effect>) {
    if let Some(device) = model.device(id) {
        effects.push(Effect::Disk(Box::new(Errand::Recover(id, name_of(device)))));
    }
}

/// Something was recovered; it is asked about as soon as nothing else is.
pub fn found(model: &mut Model, now: Timestamp, found: Result<Recovered, String>, effects: &mut Vec<Effect>) {
    match found {
        Err(words) => model.warn(now, words),
        Ok(recovered) => match model.device(recovered.device) {
            None => {}
            Some(device) if counts(device, &recovered) == (0, 0) => forget(recovered.name, effects),
            Some(_) => model.recovered.push(recovered),
        },
    }
}

/// Asks about the next ones as soon as nothing else is asked.
pub fn ask(model: &mut Model) {
    if model.overlay != Overlay::None || model.recovered.is_empty() {
        return;
    }
    let recovered = model.recovered.remove(0);
    let Some(device) = model.device(recovered.device) else { return };
    let counts = counts(device, &recovered);
    let is_one = counts.0 + counts.1 == 1;
    let words = format!(
        "{} of {} {} not saved when mqttscope ended. Take {} over?",
        counted(counts),
        device.profile.name,
        if is_one { "was" } else { "were" },
        if is_one { "it" } else { "them" },
    );
    model.overlay = Overlay::Question(Question { words, deed: Deed::TakeOver(Box::new(recovered)) });
}

/// A yes: the nodes are as they were when the program ended, and unsaved.
pub fn take_over(model: &mut Model, now: Timestamp, recovered: Recovered, effects: &mut Vec<Effect>) {
    let Some(device) = model.device(recovered.device) else { return };
    let (changes, counts) = (changes(device, &recovered), counts(device, &recovered));
    let nodes = figures::counted(changes.len() as u64, "node");
    nodes::exchange(model, now, recovered.device, changes, &format!("taking {nodes} over"));
    if let Some(device) = ingest::device_mut(&mut model.devices, recovered.device) {
        device.filters.set(recovered.filters);
    }
    let undoes = if counts.0 > 0 { ", u undoes" } else { "" };
    let of_nodes = if counts.0 > 0 && counts.1 > 0 { " for the nodes" } else { "" };
    model.say(now, Tone::Info, format!("{} taken over; w saves{undoes}{of_nodes}", counted(counts)));
    forget(recovered.name, effects);
}

/// The file is no longer offered; it stays as `NAME.recovered.toml~`.
pub fn forget(name: String, effects: &mut Vec<Effect>) {
    effects.push(Effect::Disk(Box::new(Errand::ForgetRecovered(name))));
}

/// How many nodes and filters are others than the device's.
fn counts(device: &Device, recovered: &Recovered) -> (u64, u64) {
    let (known, other) = (device.filters.list(), &recovered.filters);
    let is_new = |named: &&Named| !known.contains(named);
    let is_gone = |named: &&Named| !other.iter().any(|other| other.name == named.name);
    let n_filters = other.iter().filter(is_new).count() + known.iter().filter(is_gone).count();
    (changes(device, recovered).len() as u64, n_filters as u64)
}

/// `3 nodes and 1 filter`.
fn counted((n_nodes, n_filters): (u64, u64)) -> String {
    let (nodes, filters) = (figures::counted(n_nodes, "node"), figures::counted(n_filters, "filter"));
    match (n_nodes, n_filters) {
        (_, 0) => nodes,
        (0, _) => filters,
        (_, _) => format!("{nodes} and {filters}"),
    }
}

/// What leads from a device's nodes to those recovered.
fn changes(device: &Device, recovered: &Recovered) -> Vec<Change> {
    let mut after: BTreeMap<_, _> = recovered.nodes.iter().map(|node| (node.key(), node)).collect();
    let mut changes = Vec::new();
    for node in device.kept.iter() {
        let after = after.remove(&node.key());
        if after != Some(node) {
            changes.push(Change { before: Some(node.clone()), after: after.cloned() });
        }
    }
    changes.extend(after.into_values().map(|node| Change { before: None, after: Some(node.clone()) }));
    changes
}
