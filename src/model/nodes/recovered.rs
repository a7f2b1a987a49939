//! Nodes that were not saved when the program ended, offered when their device is opened again. Owns the offer;
//! the files beside the device files are `config`'s.
use crate::decode::figures;
use crate::device::{Change, Node};
use crate::model::device::Device;
use crate::model::devices::Errand;
use crate::model::event::{DeviceId, Effect};
use crate::model::opening::Origin;
use crate::model::overlay::{Deed, Overlay, Question};
use crate::model::toast::Tone;
use crate::model::{Model, nodes};
use crate::mqtt::entry::{MAX_NAME_CHARS, is_device_name};
use crate::time::Timestamp;
use std::collections::BTreeMap;

/// Nodes that wait to be offered.
#[derive(Clone, Debug, PartialEq)]
pub struct Recovered {
    /// The device they are of.
    pub device: DeviceId,
    /// The name they were written under.
    pub name: String,
    /// All of the device's nodes as they were.
    pub nodes: Vec<Node>,
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
            Some(device) if changes(device, &recovered).is_empty() => forget(recovered.name, effects),
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
    let n_changes = changes(device, &recovered).len() as u64;
    let verb = if n_changes == 1 { "was" } else { "were" };
    let words = format!(
        "{} of {} {verb} not saved when mqttscope ended. Take {} over?",
        figures::counted(n_changes, "node"),
        device.profile.name,
        if n_changes == 1 { "it" } else { "them" },
    );
    model.overlay = Overlay::Question(Question { words, deed: Deed::TakeOver(Box::new(recovered)) });
}

/// A yes: the nodes are as they were when the program ended, and unsaved.
pub fn take_over(model: &mut Model, now: Timestamp, recovered: Recovered, effects: &mut Vec<Effect>) {
    let Some(device) = model.device(recovered.device) else { return };
    let changes = changes(device, &recovered);
    let nodes = figures::counted(changes.len() as u64, "node");
    nodes::exchange(model, now, recovered.device, changes, &format!("taking {nodes} over"));
    model.say(now, Tone::Info, format!("{nodes} taken over; w saves, u undoes"));
    forget(recovered.name, effects);
}

/// The file is no longer offered; it stays as `NAME.recovered.toml~`.
pub fn forget(name: String, effects: &mut Vec<Effect>) {
    effects.push(Effect::Disk(Box::new(Errand::ForgetRecovered(name))));
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
