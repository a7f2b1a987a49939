//! Publishing from the form, clearing what is retained, undoing that. Owns the deeds; `form` owns the fields.
use super::event::{DeviceId, Effect};
use super::overlay::{Deed, Overlay, Question};
use super::toast::Tone;
use super::{Model, Pane, Undo, ingest};
use crate::mqtt::{BrokerRequest, Payload, Publication, PublishProperties, Qos, Retained, Ticket, Topic};
use crate::store::LastPayload;
use crate::time::Timestamp;

const READ_ONLY: &str = "this is a read-only run (--read-only): nothing is published";

/// Opens the form on the topic under the cursor.
pub fn open(model: &mut Model) {
    let row = model.cursor;
    let mut topic = String::new();
    if let Some(device) = model.device(row.device) {
        device.store.topic_of(row.node, &mut topic);
    }
    model.form.begin(row.device, &topic);
    model.focus = Pane::Publish;
}

/// Sends what the form holds.
pub fn send(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    if model.settings.read_only {
        return model.say(now, Tone::Warn, READ_ONLY);
    }
    let id = model.form.device;
    let online = model.device(id).and_then(|device| device.online());
    match model.form.publication(online) {
        Err(words) => model.say(now, Tone::Error, words),
        Ok(publication) => {
            model.form.remember(&publication);
            publish(model, now, id, publication, effects);
        }
    }
}

/// Hands a publication to its device's task and follows its life.
pub fn publish(
    model: &mut Model,
    now: Timestamp,
    id: DeviceId,
    publication: Publication,
    effects: &mut Vec<Effect>,
) {
    let Some(device) = ingest::device_mut(&mut model.devices, id) else { return };
    let ticket = Ticket(device.next_ticket);
    device.next_ticket += 1;
    model.lives.begin(id, ticket, publication.clone(), now);
    effects.push(Effect::Request(id, BrokerRequest::Publish(ticket, publication)));
}

/// Asks whether the retained message of the topic under the cursor shall go.
pub fn ask_clear(model: &mut Model, now: Timestamp) {
    if model.settings.read_only {
        return model.say(now, Tone::Warn, READ_ONLY);
    }
    let row = model.cursor;
    let Some(device) = model.device(row.device) else { return };
    let mut text = String::new();
    device.store.topic_of(row.node, &mut text);
    let last = device.store.last(row.node);
    let (Ok(topic), Some(last)) = (Topic::parse(&text), last) else {
        let words = "only a topic with a message can be cleared; this row is none";
        return model.say(now, Tone::Warn, words);
    };
    let undo = match (last.retained, last.payload) {
        (Retained::No, _) => ". It was not retained when it came last",
        (_, LastPayload::Whole(_)) => "; u brings it back",
        (_, LastPayload::Evicted { .. }) => ". Its payload was evicted here, so it can't be brought back",
    };
    let words = format!("Delete the retained message of {text} on the broker{undo}?");
    model.overlay = Overlay::Question(Question { words, deed: Deed::ClearRetained(row.device, topic) });
}

/// Publishes an empty retained payload (MQTT 5.0 section 3.3.1.3) and remembers what was there.
pub fn clear_retained(
    model: &mut Model,
    now: Timestamp,
    id: DeviceId,
    topic: &Topic,
    effects: &mut Vec<Effect>,
) {
    let Some(device) = model.device(id) else { return };
    let last = device.store.find(topic.as_str()).and_then(|node| device.store.last(node));
    let retained = |payload: &[u8], qos| Publication {
        topic: topic.clone(),
        payload: Payload::from(payload),
        qos,
        retain: true,
        properties: PublishProperties::default(),
    };
    // At QoS 1, so that the broker's answer tells whether it is gone.
    let cleared = retained(&[], Qos::AtLeastOnce);
    let undo = match last.as_ref().map(|last| (last.payload, last.qos)) {
        Some((LastPayload::Whole(payload), qos)) => Some(Undo {
            device: id,
            words: format!("clearing {topic}"),
            back: retained(payload, qos),
            forth: cleared.clone(),
        }),
        Some((LastPayload::Evicted { .. }, _)) | None => None,
    };
    if let Some(undo) = undo {
        model.remember_undo(undo);
    }
    publish(model, now, id, cleared, effects);
    model.say(now, Tone::Info, format!("clearing the retained message of {topic}"));
}

/// Publishes what undoes the last deed.
pub fn undo(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    let Some(undo) = model.undo.pop() else {
        return model.say(now, Tone::Info, "nothing to undo");
    };
    publish(model, now, undo.device, undo.back.clone(), effects);
    model.say(now, Tone::Info, format!("undone: {}", undo.words));
    model.redo.push(undo);
}

/// Does again what was undone last.
pub fn redo(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    let Some(undo) = model.redo.pop() else {
        return model.say(now, Tone::Info, "nothing to redo");
    };
    publish(model, now, undo.device, undo.forth.clone(), effects);
    model.say(now, Tone::Info, format!("done again: {}", undo.words));
    model.undo.push(undo);
}
