//! Publications made while a device is offline. Owns the question that those grown old ask before they go.
//!
//! A setpoint that is sent an hour late is dangerous, so what waited longer than [`OLD`] is only sent after a yes.
use super::event::{DeviceId, Effect};
use super::overlay::{Deed, Overlay, Question};
use super::toast::Tone;
use super::{Model, ingest, takes};
use crate::decode::figures;
use crate::device::NodeKey;
use crate::mqtt::{BrokerRequest, Publication, Stage, Ticket};
use crate::time::Timestamp;
use std::cmp::Reverse;
use std::time::Duration;

/// How long a publication may wait and still be what was meant.
pub const OLD: Duration = Duration::from_secs(10);

/// Publications held for a device: more than anybody makes by hand while a broker is away.
const MAX_HELD: usize = 1_000;

/// A publication that waits for the connection.
#[derive(Clone, Debug)]
pub struct Held {
    ticket: Ticket,
    publication: Publication,
    since: Timestamp,
    of: Option<Of>,
}

/// The node whose value a publication is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Of {
    /// Which node.
    pub key: NodeKey,
    /// Higher goes first.
    pub priority: i32,
}

impl Held {
    /// Its number.
    pub fn ticket(&self) -> Ticket {
        self.ticket
    }
}

/// Hands a publication to the device's task, or holds it while there is no connection.
pub fn send(
    model: &mut Model,
    now: Timestamp,
    id: DeviceId,
    (ticket, publication): (Ticket, Publication),
    effects: &mut Vec<Effect>,
) {
    let Some(device) = ingest::device_mut(&mut model.devices, id) else { return };
    if device.online().is_some() {
        return effects.push(Effect::Request(id, BrokerRequest::Publish(ticket, publication)));
    }
    let stage = if device.held.len() < MAX_HELD {
        device.held.push(Held { ticket, publication, since: now, of: None });
        model.lives.note_waiting(id, ticket);
        Stage::Queued
    } else {
        Stage::NotSent(format!("{MAX_HELD} publications wait already for the connection"))
    };
    model.lives.reach(id, ticket, stage, now, None);
}

/// The device is online: what is young goes, what is old waits for an answer.
pub fn release(model: &mut Model, now: Timestamp, id: DeviceId, effects: &mut Vec<Effect>) {
    let Some(device) = ingest::device_mut(&mut model.devices, id) else { return };
    let (young, old): (Vec<_>, Vec<_>) = device.held.drain(..).partition(|held| now.since(held.since) < OLD);
    device.held = old;
    leave(model, now, id, young, effects);
}

/// They go, those of nodes by their priority, and the intervals between those begin anew.
fn leave(model: &mut Model, now: Timestamp, id: DeviceId, mut held: Vec<Held>, effects: &mut Vec<Effect>) {
    held.sort_by_key(|held| Reverse(held.of.as_ref().map_or(0, |of| of.priority)));
    for held in held {
        // What the broker takes is known only now: it may speak another version than was thought.
        let refusal = super::tree::device(&model.devices, id)
            .and_then(|device| takes::check(device, &held.publication).err());
        if let Some(words) = refusal {
            model.say(now, Tone::Error, format!("not published on {}: {words}", held.publication.topic));
            model.lives.reach(id, held.ticket, Stage::NotSent(words), now, None);
            continue;
        }
        if let Some(of) = &held.of {
            model.spacing.note_left(id, &of.key, now);
        }
        effects.push(Effect::Request(id, BrokerRequest::Publish(held.ticket, held.publication)));
    }
}

/// A publication is a node's value. Where the newest wins, those of the same node that are held give way, and how
/// many that were is told.
pub fn note_node(
    model: &mut Model,
    now: Timestamp,
    id: DeviceId,
    ticket: Ticket,
    of: Of,
    newest_wins: bool,
) -> u64 {
    let Some(device) = ingest::device_mut(&mut model.devices, id) else { return 0 };
    let Some(held) = device.held.iter_mut().find(|held| held.ticket == ticket) else { return 0 };
    let key = of.key.clone();
    held.of = Some(of);
    if !newest_wins {
        return 0;
    }
    let is_older = |held: &Held| held.ticket != ticket && held.of.as_ref().is_some_and(|of| of.key == key);
    let (older, rest): (Vec<_>, Vec<_>) = device.held.drain(..).partition(is_older);
    device.held = rest;
    for held in &older {
        let stage = Stage::NotSent("a newer value took its place before there was a connection".to_owned());
        model.lives.reach(id, held.ticket, stage, now, None);
    }
    older.len() as u64
}

/// Asks about old ones as soon as nothing else is asked.
pub fn ask(model: &mut Model, now: Timestamp) {
    if model.overlay != Overlay::None {
        return;
    }
    let waits = |device: &&super::device::Device| device.online().is_some() && !device.held.is_empty();
    let Some(device) = model.devices.iter().find(waits) else { return };
    let oldest = device.held.iter().map(|held| now.since(held.since)).max().unwrap_or_default();
    let topics: Vec<&str> = device.held.iter().map(|held| held.publication.topic.as_str()).take(3).collect();
    let more = if device.held.len() > topics.len() { ", …" } else { "" };
    let words = format!(
        "{} waited {} for the connection ({}{more}). Send now what was meant then? No discards.",
        figures::counted(device.held.len() as u64, "publication"),
        figures::age(oldest),
        topics.join(", "),
    );
    model.overlay = Overlay::Question(Question { words, deed: Deed::SendHeld(device.id) });
}

/// A yes: they go after all.
pub fn send_all(model: &mut Model, now: Timestamp, id: DeviceId, effects: &mut Vec<Effect>) {
    let Some(device) = ingest::device_mut(&mut model.devices, id) else { return };
    let held = std::mem::take(&mut device.held);
    leave(model, now, id, held, effects);
}

/// A no: they are given up, and say so.
pub fn discard(model: &mut Model, now: Timestamp, id: DeviceId) {
    let Some(device) = ingest::device_mut(&mut model.devices, id) else { return };
    for held in std::mem::take(&mut device.held) {
        let waited = figures::age(now.since(held.since));
        let stage = Stage::NotSent(format!("discarded as you chose, after {waited}"));
        model.lives.reach(id, held.ticket, stage, now, None);
    }
}
