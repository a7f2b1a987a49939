//! Publications made while a device is offline. Owns the question that those grown old ask before they go.
//!
//! A setpoint that is sent an hour late is dangerous, so what waited longer than [`OLD`] is only sent after a yes.
use super::event::{DeviceId, Effect};
use super::overlay::{Deed, Overlay, Question};
use super::{Model, ingest};
use crate::decode::figures;
use crate::mqtt::{BrokerRequest, Publication, Stage, Ticket};
use crate::time::Timestamp;
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
        device.held.push(Held { ticket, publication, since: now });
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
    for held in young {
        effects.push(Effect::Request(id, BrokerRequest::Publish(held.ticket, held.publication)));
    }
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
pub fn send_all(model: &mut Model, id: DeviceId, effects: &mut Vec<Effect>) {
    let Some(device) = ingest::device_mut(&mut model.devices, id) else { return };
    for held in std::mem::take(&mut device.held) {
        effects.push(Effect::Request(id, BrokerRequest::Publish(held.ticket, held.publication)));
    }
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
