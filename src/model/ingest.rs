//! What a device's task tells goes into the model. Owns the words for the user; asks nothing of the task.
use super::device::{Connection, Device, Subscribed};
use super::event::{DeviceId, Effect};
use super::excludes;
use super::held;
use super::learn::Learning;
use super::narrowing;
use super::runs;
use super::toast::Tone;
use super::tree;
use super::{Model, Screen, probe, request};
use crate::decode::{self, figures};
use crate::mqtt::port::{Detail, Lost, Notice, Online, Refusal, Tried};
use crate::mqtt::{Batch, BrokerEvent, Qos, Stage, Subscription, Ticket};
use crate::time::Timestamp;

/// Columns of a topic within a sentence: the words behind it must stay in sight.
const MAX_TOPIC_COLS: usize = 60;

/// Takes an event of a device's task in.
pub fn broker_event(
    model: &mut Model,
    now: Timestamp,
    id: DeviceId,
    event: BrokerEvent,
    effects: &mut Vec<Effect>,
) {
    // A closed device's task may have told something that was under way.
    let Some(device) = device_mut(&mut model.devices, id) else { return };
    match event {
        BrokerEvent::Messages(batch) => messages(model, now, id, batch, effects),
        BrokerEvent::StepBegun(step, since) => device.connection = Connection::Connecting { step, since },
        BrokerEvent::StepDone(step, took, note) => {
            let note = note.map(|note| format!(" ({note})")).unwrap_or_default();
            device.log(now, format!("{}{note} took {:.1} ms", step.words(), took.as_secs_f64() * 1_000.0));
        }
        BrokerEvent::Detail(detail) => {
            if let Detail::Tried(Tried { failure: Some(failure), .. }) = *detail {
                device.log_as(now, Tone::Warn, failure.cause);
            }
        }
        BrokerEvent::Online(online) => {
            come_online(model, now, id, online);
            held::release(model, now, id, effects);
        }
        BrokerEvent::Subscribed { subscription, granted } => {
            subscribed(model, now, id, subscription, granted);
        }
        BrokerEvent::Unsubscribed { filter, reason } => {
            device.subscriptions.retain(|known| known.asked.filter != filter);
            device.log(now, format!("unsubscribed from {filter}: {reason}"));
        }
        BrokerEvent::Probed { topic, granted } => probe::answered(model, now, id, &topic, granted, effects),
        BrokerEvent::Publication { ticket, stage, at } if ticket.run().is_some() => {
            runs::told(model, now, id, ticket, (&stage, at), effects);
        }
        BrokerEvent::Publication { ticket, stage, at } => publication(model, now, id, ticket, stage, at),
        BrokerEvent::Pong { round_trip, at } => {
            device.round_trips.note(at, round_trip);
            if model.ping_asked == Some(id) {
                model.ping_asked = None;
                let words = format!("ping: {:.1} ms", round_trip.as_secs_f64() * 1_000.0);
                model.toasts.say(at, Tone::Info, words);
            }
        }
        BrokerEvent::Link(link) => {
            device.bytes_in.reach(link.at, link.bytes_in);
            device.messages_in.reach(link.at, link.messages_in);
            device.publishes_out.reach(link.at, link.publishes_out);
            device.came.take(&link);
            device.link = link;
        }
        BrokerEvent::Notice(notice) => noticed(model, now, id, notice),
        BrokerEvent::Lost(lost) => {
            probe::lost(model, now, id, effects);
            runs::stop_device(model, now, id, "its connection ended", effects);
            lose(model, now, id, lost);
        }
        BrokerEvent::Ended => device.connection = Connection::Off,
    }
}

fn messages(model: &mut Model, now: Timestamp, id: DeviceId, batch: Batch, effects: &mut Vec<Effect>) {
    let mut batch = probe::take(model, now, id, batch, effects);
    excludes::drop_from(model, now, id, &mut batch);
    if !model.requests.is_empty() {
        request::hear(model, now, id, &batch);
    }
    // The flood passes by: only what comes right behind a publication of ours can be a loop's.
    if batch.iter().next().is_some_and(|first| model.guard.is_watching(first.received)) {
        for message in batch.iter() {
            if model.guard.heard(id, &message) {
                find_loop(model, now, id, message.topic, effects);
            }
        }
    }
    let Model { devices, lives, frozen, learning, monitor, cursor, screen, .. } = model;
    let Some(device) = device_mut(devices, id) else { return };
    if *screen == Screen::Monitor && cursor.device == id {
        monitor.take(device, &batch);
    }
    if lives.await_echo() {
        for message in batch.iter() {
            lives.hear(id, &message);
        }
    }
    match frozen {
        None => store(device, learning.as_mut(), &batch),
        Some(frozen) => {
            if !frozen.keep(id, batch) {
                thaw(model);
                let words = "thawed: more messages came than can be kept back";
                model.toasts.say(now, Tone::Warn, words);
            }
        }
    }
}

/// A loop was found: it is told, and our repeats there stop.
fn find_loop(model: &mut Model, now: Timestamp, id: DeviceId, topic: &str, effects: &mut Vec<Effect>) {
    if let Some(device) = device_mut(&mut model.devices, id) {
        device.log_as(now, Tone::Error, looped(topic));
    }
    model.found_loop = Some((id, topic.to_owned()));
    runs::stop_topic(model, now, id, topic, effects);
}

/// A loop in words, for the banner and the log.
pub fn looped(topic: &str) -> String {
    let topic = decode::sanitize(topic.as_bytes(), MAX_TOPIC_COLS);
    format!("a loop on {topic}: another client answers each of our publications there")
}

fn store(device: &mut Device, learning: Option<&mut Learning>, batch: &Batch) {
    if let Some(learning) = learning {
        learning.observe(device, batch);
    }
    for message in batch.iter() {
        if message.topic.starts_with("$SYS/") {
            device.broker_drops.take(message.topic, message.payload);
        } else {
            device.n_heard += 1;
        }
        let node = device.store.ingest(&message);
        narrowing::hear(device, node, &message);
    }
}

/// The picture goes on: what was kept back is taken in.
pub fn thaw(model: &mut Model) {
    let Some(frozen) = model.frozen.take() else { return };
    for (id, batch) in frozen.into_batches() {
        if let Some(device) = device_mut(&mut model.devices, id) {
            store(device, model.learning.as_mut(), &batch);
        }
    }
}

fn come_online(model: &mut Model, now: Timestamp, id: DeviceId, online: Box<Online>) {
    let Some(device) = device_mut(&mut model.devices, id) else { return };
    device.n_connects += 1;
    device.leaving = false;
    // A session that the broker remembers holds the subscriptions too, and they are not asked for again.
    if !online.connack.session_present {
        device.forget_grants();
    }
    device.listening_since = Some(online.at);
    let present = if online.connack.session_present { "session present" } else { "no session present" };
    let again = if device.n_connects > 1 { " again" } else { "" };
    let words = format!(
        "online{again} after {:.1} ms as {:?}, {present}",
        online.took.as_secs_f64() * 1_000.0,
        online.client_id
    );
    device.log(now, words);
    if device.n_connects > 1 {
        let resumed = match online.n_resumed {
            0 => String::new(),
            n => format!("; {n} publications are sent again"),
        };
        model.toasts.say(now, Tone::Info, format!("{} is online again{resumed}", device.profile.name));
    }
    device.connection = Connection::Online(online);
}

fn subscribed(
    model: &mut Model,
    now: Timestamp,
    id: DeviceId,
    asked: Subscription,
    granted: Result<Qos, Refusal>,
) {
    let Some(device) = device_mut(&mut model.devices, id) else { return };
    let words = match &granted {
        Ok(qos) if *qos < asked.qos => {
            Some((Tone::Warn, format!("{} is granted at QoS {qos} only, not {}", asked.filter, asked.qos)))
        }
        Ok(_) => None,
        Err(refusal) => {
            Some((Tone::Error, format!("the broker refused {}: {}", asked.filter, refusal_words(refusal))))
        }
    };
    if let Some((tone, words)) = words {
        device.log_as(now, tone, words.clone());
        model.toasts.say(now, tone, words);
    }
    device.paused.retain(|paused| paused.filter != asked.filter);
    let refused = granted.is_err().then(|| asked.filter.clone());
    let answered = Subscribed { asked, granted: Some(granted) };
    match device.subscriptions.iter_mut().find(|known| known.asked.filter == answered.asked.filter) {
        Some(known) => *known = answered,
        None => device.subscriptions.push(answered),
    }
    if let Some(filter) = refused {
        request::refused(model, now, id, &filter);
    }
}

/// Why a broker said no, in the spec's words and its own.
pub fn refusal_words(refusal: &Refusal) -> String {
    match &refusal.words {
        Some(words) => format!("{}: {words}", refusal.reason),
        None => refusal.reason.to_string(),
    }
}

fn publication(model: &mut Model, now: Timestamp, id: DeviceId, ticket: Ticket, stage: Stage, at: Timestamp) {
    let Some(device) = device_mut(&mut model.devices, id) else { return };
    let topic = model.lives.topic(id, ticket).unwrap_or_default().to_owned();
    let trouble = match &stage {
        Stage::Refused(reason, words) => {
            let refusal = Refusal { reason: *reason, words: words.clone() };
            Some(format!("the broker refused the publication on {topic}: {}", refusal_words(&refusal)))
        }
        Stage::NotSent(words) => Some(format!("not published on {topic}: {words}")),
        Stage::Queued | Stage::Sent { .. } | Stage::Received | Stage::Acknowledged(_) => None,
    };
    if let Some(words) = trouble {
        device.log_as(now, Tone::Error, words.clone());
        model.toasts.say(now, Tone::Error, words);
    }
    let heard = device.hears(&topic);
    if let (Stage::Sent { .. }, Some(sent)) = (&stage, model.lives.publication(id, ticket)) {
        model.guard.sent(id, sent, device.n_echoes(&topic), at);
    }
    if matches!(stage, Stage::Acknowledged(_)) && model.lives.is_clearing(id, ticket) {
        model.toasts.say(now, Tone::Info, format!("the broker keeps nothing on {topic} any more"));
    }
    model.lives.reach(id, ticket, stage, at, heard);
}

fn noticed(model: &mut Model, now: Timestamp, id: DeviceId, notice: Notice) {
    let Some(device) = device_mut(&mut model.devices, id) else { return };
    let (tone, words) = match notice {
        Notice::MessageRefused { topic, n_bytes, words } => {
            device.n_refused += 1;
            let (size, topic) =
                (figures::grouped(n_bytes), decode::sanitize(topic.as_bytes(), MAX_TOPIC_COLS));
            (Tone::Warn, format!("a message of {size} bytes on {topic} was left out: {words}"))
        }
        Notice::SessionLost { n_restarted: 0, .. } => {
            (Tone::Info, "the broker had no session of ours".into())
        }
        Notice::SessionLost { n_restarted, n_maybe_twice } => {
            let twice = match n_maybe_twice {
                0 => String::new(),
                n => format!("; {n} of them at QoS 2 may arrive twice"),
            };
            (
                Tone::Warn,
                format!("the broker forgot our session: {n_restarted} publications start over{twice}"),
            )
        }
        Notice::PingOverdue { waited } => {
            (Tone::Warn, format!("no answer to our ping for {:.1} s", waited.as_secs_f64()))
        }
        Notice::Words(words) => (Tone::Info, words),
    };
    device.log_as(now, tone, words.clone());
    if tone != Tone::Info {
        model.toasts.say(now, tone, format!("{}: {words}", device.profile.name));
    }
}

fn lose(model: &mut Model, now: Timestamp, id: DeviceId, lost: Lost) {
    let Some(device) = device_mut(&mut model.devices, id) else { return };
    device.listening_since = None;
    if model.ping_asked == Some(id) {
        model.ping_asked = None;
    }
    if std::mem::take(&mut device.leaving) && lost.retry_at.is_none() {
        device.connection = Connection::Off;
        device.log(now, "disconnected, as asked");
        let words = format!("{} is disconnected; c connects", device.profile.name);
        return model.toasts.say(now, Tone::Info, words);
    }
    let remedy = lost.remedy.as_ref().map(|remedy| format!("; {remedy}")).unwrap_or_default();
    device.log_as(now, Tone::Error, format!("{}{remedy}", lost.cause));
    let words = format!("{}: {}{remedy}", device.profile.name, lost.cause);
    device.last_failure = Some(Box::new(lost.clone()));
    let was = std::mem::replace(&mut device.connection, Connection::Waiting(Box::new(lost)));
    // A connection that can't be made is told where the topics would be, in the header and by the device's
    // row; only what was there and is lost needs a toast as well.
    let was_online = matches!(was, Connection::Online(_));
    if was_online {
        model.toasts.say(now, Tone::Error, words);
    }
}

/// The device of an id, while it is open.
pub fn device_mut(devices: &mut [Device], id: DeviceId) -> Option<&mut Device> {
    tree::place(devices, id).and_then(|place| devices.get_mut(place))
}
