//! "Is it retained now?", asked by a fresh SUBSCRIBE of the very topic. Owns the wait and the words of the answer;
//! that no subscription changes by it is the session's.
use super::device::Device;
use super::event::{DeviceId, Effect};
use super::ingest::refusal_words;
use super::toast::Tone;
use super::{Model, ingest};
use crate::decode::{self, figures};
use crate::mqtt::port::Refusal;
use crate::mqtt::{Batch, BrokerRequest, MessageRef, Qos, Retained, Topic};
use crate::store::LastPayload;
use crate::time::Timestamp;
use std::time::Duration;

/// How long a retained message may take after the SUBACK; brokers send it in the same breath.
pub const WAIT: Duration = Duration::from_secs(2);

/// How long the SUBACK may take: a slow link's round trip several times over.
const SUBACK_WAIT: Duration = Duration::from_secs(10);

/// Columns of a topic, and of a payload, within the answer.
const MAX_COLS: usize = 60;

/// A question that waits for its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// Whose broker is asked.
    pub device: DeviceId,
    /// Of which topic.
    pub topic: Topic,
    /// When it is given up.
    pub until: Timestamp,
    /// Whether the SUBACK came.
    is_subscribed: bool,
    /// Live messages on the topic meanwhile: where another subscription covers it they may come twice.
    n_live: u64,
}

/// Asks about the topic under the cursor.
pub fn ask(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    let row = model.cursor;
    let Some(device) = model.device(row.device) else { return };
    let mut text = String::new();
    device.store.topic_of(row.node, &mut text);
    let words = match (Topic::parse(&text), device.online()) {
        (Err(_), _) => "only a topic can be probed; this row is none".to_owned(),
        (Ok(_), _) if row.is_device() => "only a topic can be probed; this row is a device".to_owned(),
        (Ok(_), None) => "not connected, so there is nobody to ask; c connects".to_owned(),
        (Ok(_), Some(online)) if online.connack.retain_available == Some(false) => {
            "the broker keeps no retained messages, as its CONNACK says".to_owned()
        }
        (Ok(_), Some(_)) if model.probe.is_some() => {
            "a probe waits for its answer already; try again in a moment".to_owned()
        }
        (Ok(topic), Some(_)) => {
            model.probe = Some(Probe {
                device: row.device,
                topic: topic.clone(),
                until: now + SUBACK_WAIT,
                is_subscribed: false,
                n_live: 0,
            });
            effects.push(Effect::Request(row.device, BrokerRequest::Probe(topic)));
            return model.say(
                now,
                Tone::Info,
                format!("asking the broker whether it keeps {}", quoted(&text)),
            );
        }
    };
    model.say(now, Tone::Warn, words);
}

fn quoted(topic: &str) -> String {
    decode::sanitize(topic.as_bytes(), MAX_COLS)
}

/// The SUBACK came.
pub fn answered(
    model: &mut Model,
    now: Timestamp,
    id: DeviceId,
    topic: &Topic,
    granted: Result<Qos, Refusal>,
    effects: &mut Vec<Effect>,
) {
    let Some(probe) = model.probe.as_mut().filter(|probe| probe.device == id && probe.topic == *topic) else {
        return;
    };
    match granted {
        Ok(_) => (probe.is_subscribed, probe.until) = (true, now + WAIT),
        Err(refusal) => {
            let words = format!(
                "whether {} is retained is unknown: the broker refused the subscription: {}",
                quoted(topic.as_str()),
                refusal_words(&refusal)
            );
            end(model, now, Tone::Error, words, effects);
        }
    }
}

/// Messages came: the answer is told and taken out of them, for it is no new message. Of a topic that was never
/// heard it is one.
pub fn take(
    model: &mut Model,
    now: Timestamp,
    id: DeviceId,
    batch: Batch,
    effects: &mut Vec<Effect>,
) -> Batch {
    let Some(probe) = model.probe.as_mut().filter(|probe| probe.device == id) else { return batch };
    let is_its = |message: &MessageRef<'_>| message.topic == probe.topic.as_str();
    let is_answer = |message: &MessageRef<'_>| message.retained == Retained::Yes && is_its(message);
    let answer = batch.iter().position(|message| is_answer(&message));
    let before = answer.unwrap_or(usize::MAX);
    probe.n_live += batch.iter().take(before).filter(is_its).count() as u64;
    let Some((at, message)) = answer.and_then(|at| Some((at, batch.iter().nth(at)?))) else { return batch };
    let topic = probe.topic.clone();
    let Some(device) = super::tree::device(&model.devices, id) else { return batch };
    let (same, is_new) = compared(device, &message);
    let words = format!(
        "{} is retained: {}, QoS {}, {same}",
        quoted(topic.as_str()),
        figures::counted(message.payload.len() as u64, "byte"),
        message.qos
    );
    let mut rest = Batch::default();
    if !is_new {
        for (_, message) in batch.iter().enumerate().filter(|(place, _)| *place != at) {
            rest.push(&message);
        }
    }
    end(model, now, Tone::Info, words, effects);
    if is_new { batch } else { rest }
}

/// How it compares with the last message, and whether it is the first that is known.
fn compared(device: &Device, message: &MessageRef<'_>) -> (String, bool) {
    let last = device.store.find(message.topic).and_then(|node| device.store.last(node));
    match last.map(|last| last.payload) {
        None => ("and nothing else was heard on it".to_owned(), true),
        Some(LastPayload::Whole(payload)) if payload == message.payload => {
            ("the same as the last value".to_owned(), false)
        }
        Some(LastPayload::Whole(_)) => {
            let value = decode::preview(message.payload, MAX_COLS).line.text();
            (format!("different from the last value: {value}"), false)
        }
        Some(LastPayload::Evicted { .. }) => ("the last value was evicted here".to_owned(), false),
    }
}

/// When it is given up.
pub fn deadline(model: &Model) -> Option<Timestamp> {
    model.probe.as_ref().map(|probe| probe.until)
}

/// Gives it up when it is time.
pub fn due(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    let Some(probe) = model.probe.as_ref().filter(|probe| probe.until <= now) else { return };
    let topic = quoted(probe.topic.as_str());
    let (tone, words) = if probe.is_subscribed {
        (
            Tone::Info,
            format!("{topic} is not retained: nothing came within {} s of the SUBACK", WAIT.as_secs()),
        )
    } else {
        let s = SUBACK_WAIT.as_secs();
        (Tone::Warn, format!("whether {topic} is retained is unknown: no SUBACK came within {s} s"))
    };
    end(model, now, tone, words, effects);
}

/// The connection ended, or the device was closed.
pub fn lost(model: &mut Model, now: Timestamp, id: DeviceId, effects: &mut Vec<Effect>) {
    let Some(probe) = model.probe.as_ref().filter(|probe| probe.device == id) else { return };
    let words =
        format!("whether {} is retained is unknown: the connection ended", quoted(probe.topic.as_str()));
    end(model, now, Tone::Warn, words, effects);
}

/// Tells the answer, and has the subscription brought back to what it was.
fn end(model: &mut Model, now: Timestamp, tone: Tone, words: String, effects: &mut Vec<Effect>) {
    let Some(Probe { device: id, topic, n_live, .. }) = model.probe.take() else { return };
    effects.push(Effect::Request(id, BrokerRequest::EndProbe(topic.clone())));
    let words = match n_live {
        0 => words,
        1 => format!("{words}; 1 live message came meanwhile, perhaps twice"),
        n => format!("{words}; {n} live messages came meanwhile, some perhaps twice"),
    };
    if let Some(device) = ingest::device_mut(&mut model.devices, id) {
        device.log_as(now, tone, words.clone());
    }
    model.say(now, tone, words);
}
