//! Publishing from the form, clearing what is retained, undoing that. Owns the deeds; `form` owns the fields.
use super::devices::Errand;
use super::event::{DeviceId, Effect};
use super::form::{Field, Offline};
use super::overlay::{Deed, Overlay, Question};
use super::picture;
use super::publications::draft::Draft;
use super::publications::saved::Again;
use super::toast::Tone;
use super::{
    Model, Pane, Undo, UndoStep, bulk, excludes, held, ingest, learn, metrics, monitor, narrowing, nodes,
    past, takes,
};
use crate::mqtt::{
    BrokerRequest, Payload, Publication, PublishProperties, Qos, Retained, Stage, Ticket, Topic,
};
use crate::store::LastPayload;
use crate::time::Timestamp;

/// What every command that publishes says in a read-only run.
pub const READ_ONLY: &str = "this is a read-only run (--read-only): nothing is published";

/// What sending says while there is no connection and nothing shall be held.
pub const OFFLINE: &str =
    "not connected, and the form refuses while offline: nothing is sent or held; c connects";

/// Opens the form on the topic under the cursor; on a metric of Sparkplug that is pointed at, its editor.
pub fn open(model: &mut Model, now: Timestamp) {
    if metrics::is_pointed_at(model) {
        return super::editor::open(model, now);
    }
    open_plain(model);
}

/// Opens the form on the topic under the cursor, whatever is on it.
pub fn open_plain(model: &mut Model) {
    let row = model.cursor;
    model.editor = None;
    let mut topic = String::new();
    let mut is_heard = false;
    if let Some(device) = model.device(row.device) {
        device.store.topic_of(row.node, &mut topic);
        is_heard = device.store.is_topic(row.node);
    }
    // The device's own row has no topic to fill in: what stands there stays, to be sent once more or changed.
    if row.is_device() && !model.form.topic.text().is_empty() {
        model.form.device = row.device;
        model.form.field = Field::Topic;
    } else {
        model.form.begin(row.device, &topic, is_heard);
    }
    model.focus = Pane::Publish;
}

/// Sends what the form holds.
pub fn send(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    if model.settings.read_only {
        return model.say(now, Tone::Warn, READ_ONLY);
    }
    let id = model.form.device;
    if model.device(id).is_none() {
        return model.say(now, Tone::Warn, "no device is open to publish to; D shows the devices");
    }
    let is_online = model.device(id).is_some_and(|device| device.online().is_some());
    if model.form.offline == Offline::Refuse && !is_online {
        return model.say(now, Tone::Error, OFFLINE);
    }
    let draft = match model.form.publication(model.device(id)).and_then(|_taken| model.form.draft()) {
        Err(words) => return model.say(now, Tone::Error, words),
        Ok(draft) => draft,
    };
    let publication = if model.form.has_placeholders() {
        let Model { form, fillings, settings, .. } = model;
        fillings.fill(settings.wall.unix_ms_at(now), form.topic.text(), |ctx| form.filled(ctx))
    } else {
        Ok(draft.publication.clone())
    };
    model.form.remember(&draft.publication);
    hand_over(model, now, id, publication, draft, effects);
}

/// Sends a publication as it was written, its placeholders replaced anew.
pub fn send_draft(model: &mut Model, now: Timestamp, id: DeviceId, draft: Draft, effects: &mut Vec<Effect>) {
    let publication = filled(model, now, &draft);
    hand_over(model, now, id, publication, draft, effects);
}

/// What a publication comes to, its placeholders replaced anew.
pub fn filled(model: &mut Model, now: Timestamp, draft: &Draft) -> Result<Publication, String> {
    if !draft.has_placeholders() {
        return Ok(draft.publication.clone());
    }
    let Model { fillings, settings, .. } = model;
    let topic = draft.publication.topic.as_str();
    fillings.fill(settings.wall.unix_ms_at(now), topic, |ctx| draft.filled(ctx))
}

fn hand_over(
    model: &mut Model,
    now: Timestamp,
    id: DeviceId,
    publication: Result<Publication, String>,
    draft: Draft,
    effects: &mut Vec<Effect>,
) {
    match publication {
        Err(words) => model.say(now, Tone::Error, words),
        Ok(publication) => {
            let ticket = publish(model, now, id, publication, effects);
            if let Some(ticket) = ticket.filter(|_| draft.has_placeholders()) {
                model.lives.note_draft(id, ticket, draft);
            }
        }
    }
}

/// Hands a publication to its device's task and follows its life. `None`: it does not go, and it was said why not.
pub fn publish(
    model: &mut Model,
    now: Timestamp,
    id: DeviceId,
    publication: Publication,
    effects: &mut Vec<Effect>,
) -> Option<Ticket> {
    let device = ingest::device_mut(&mut model.devices, id)?;
    let ticket = Ticket(device.next_ticket);
    device.next_ticket += 1;
    let refusal = takes::check(device, &publication).err();
    model.lives.begin(id, ticket, publication.clone(), now);
    if let Some(words) = refusal {
        model.say(now, Tone::Error, format!("not published on {}: {words}", publication.topic));
        model.lives.reach(id, ticket, Stage::NotSent(words), now, None);
        return None;
    }
    held::send(model, now, id, (ticket, publication), effects);
    Some(ticket)
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
    let undo = match (picture::kept(&last), last.payload) {
        (Retained::No, _) => "It was not retained when it came last.",
        (Retained::Yes, LastPayload::Whole(_)) => "u brings it back.",
        (Retained::Unknown, LastPayload::Whole(_)) => {
            "Whether it is retained is unknown on MQTT 3.1.1; u publishes the last message retained."
        }
        (_, LastPayload::Evicted { .. }) => "Its payload was evicted here, so it can't be brought back.",
    };
    let words = format!("Delete the retained message of {text} on the broker? {undo}");
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
    let retained = |payload: &[u8], qos, properties| Publication {
        topic: topic.clone(),
        payload: Payload::from(payload),
        qos,
        retain: true,
        properties,
    };
    // At QoS 1, so that the broker's answer tells whether it is gone.
    let cleared = retained(&[], Qos::AtLeastOnce, PublishProperties::default());
    let undo = last.as_ref().and_then(|last| match (last.payload, picture::kept(last)) {
        // What was never retained must not become so by an undo.
        (LastPayload::Evicted { .. }, _) | (_, Retained::No) => None,
        (LastPayload::Whole(payload), Retained::Yes | Retained::Unknown) => {
            let properties = bulk::found::kept_properties(last.properties);
            Some(Undo {
                device: id,
                words: format!("clearing {topic}"),
                back: UndoStep::Publish(retained(payload, last.qos, properties)),
                forth: UndoStep::Publish(cleared.clone()),
            })
        }
    });
    if publish(model, now, id, cleared, effects).is_none() {
        return;
    }
    if let Some(undo) = undo {
        model.remember_undo(undo);
    }
    model.say(now, Tone::Info, format!("clearing the retained message of {topic}"));
}

/// Takes a step. Whether it could be taken; else it was said why not.
fn carry_out(
    model: &mut Model,
    now: Timestamp,
    id: DeviceId,
    step: &UndoStep,
    effects: &mut Vec<Effect>,
) -> bool {
    let request = match step {
        UndoStep::Publish(publication) => {
            return publish(model, now, id, publication.clone(), effects).is_some();
        }
        UndoStep::SavePublication(saved) => {
            effects.push(Effect::Disk(Box::new(Errand::SavePublication(saved.clone(), Again::Yes))));
            return true;
        }
        UndoStep::ForgetPublication(saved) => {
            effects.push(Effect::Disk(Box::new(Errand::ForgetPublication(saved.clone(), Again::Yes))));
            return true;
        }
        UndoStep::Subscribe(subscription) => BrokerRequest::Subscribe(subscription.clone()),
        UndoStep::Pause(subscription) => {
            monitor::deeds::pause_at(model, id, subscription, effects);
            return true;
        }
        UndoStep::Republish(path, run) => {
            effects.push(Effect::Disk(Box::new(Errand::ReadUndo(id, *run, path.clone()))));
            return true;
        }
        UndoStep::Sweep => {
            model.say(now, Tone::Info, "a sweep is done again by X, after a look at what is there now");
            return false;
        }
        UndoStep::RecallPast(..) | UndoStep::ForgetPast(..) => {
            return past::deeds::carry_out(model, now, step);
        }
        UndoStep::Exclude(_) | UndoStep::TakeIn(_) => {
            excludes::carry_out(model, id, step);
            return true;
        }
        UndoStep::Filter(change) => {
            narrowing::saved::carry_out(model, id, change);
            return true;
        }
        UndoStep::Unsubscribe(filter) => BrokerRequest::Unsubscribe(filter.clone()),
        UndoStep::Candidates(session, ids, lane) => {
            return learn::deeds::put(model, now, *session, ids, *lane);
        }
        UndoStep::Nodes(changes, revision) => {
            let is_done = nodes::carry_out(model, now, id, changes);
            if is_done && let Some(device) = ingest::device_mut(&mut model.devices, id) {
                device.kept.note_undone(*revision);
            }
            return is_done;
        }
    };
    effects.push(Effect::Request(id, request));
    true
}

/// Does what undoes the last deed.
pub fn undo(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    if let Some(words) = bulk::undo::hindered(model) {
        return model.say(now, Tone::Warn, words);
    }
    let Some(undo) = model.undo.pop() else {
        return model.say(now, Tone::Info, "nothing to undo");
    };
    if model.device(undo.device).is_none() {
        return model.say(now, Tone::Warn, format!("{} can't be undone: its device was closed", undo.words));
    }
    if carry_out(model, now, undo.device, &undo.back, effects) {
        model.say(now, Tone::Info, format!("undone: {}", undo.words));
        model.redo.push(undo);
    }
}

/// Does again what was undone last.
pub fn redo(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    let Some(undo) = model.redo.pop() else {
        return model.say(now, Tone::Info, "nothing to redo");
    };
    if model.device(undo.device).is_none() {
        let words = format!("{} can't be done again: its device was closed", undo.words);
        return model.say(now, Tone::Warn, words);
    }
    if carry_out(model, now, undo.device, &undo.forth, effects) {
        model.say(now, Tone::Info, format!("done again: {}", undo.words));
        model.undo.push(undo);
    }
}
