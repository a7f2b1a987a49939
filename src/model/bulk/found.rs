//! Whether a topic's message is retained, as far as what was heard tells. Owns the judgement and what an undo needs.
use crate::model::device::Device;
use crate::mqtt::{Payload, Publication, PublishProperties, Qos, Retained, Topic};
use crate::store::{LastPayload, NodeId};
use crate::time::Timestamp;
use crate::wire;

/// Earlier messages of a topic that are looked through for the one that is retained: behind so many live ones it is
/// a state that nobody asks history for.
const MAX_PAST: usize = 32;

/// A topic whose message the broker keeps, or may keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// Which.
    pub node: NodeId,
    /// The last message of it that was heard, counted by the store.
    pub sequence: u64,
    /// Bytes of what is retained.
    pub n_bytes: usize,
    /// When it was heard.
    pub received: Timestamp,
    /// Whether it is surely retained: on MQTT 3.1.1 a live message doesn't tell.
    pub is_sure: bool,
    /// What an undo can bring back.
    pub back: Back,
    /// Whether the user wants it left alone.
    pub is_excluded: bool,
}

/// What an undo can bring back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Back {
    /// Every byte and property.
    Whole,
    /// The payload; its properties were not remembered, for a later message was heard.
    Payload,
    /// Nothing: the payload was evicted here, or cut.
    Nothing,
}

/// What was found out of a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judged {
    /// It is retained, or may be.
    Kept(Found),
    /// It is not retained.
    NotKept,
    /// Nothing that is remembered of it was retained, and not all is remembered.
    Doubtful,
}

/// Looks at a topic.
pub fn judge(device: &Device, node: NodeId) -> Judged {
    let store = &device.store;
    let Some(last) = store.last(node) else { return Judged::NotKept };
    let found = |n_bytes, received, is_sure, back| {
        Judged::Kept(Found {
            node,
            sequence: last.sequence,
            n_bytes,
            received,
            is_sure,
            back,
            is_excluded: false,
        })
    };
    let back = match last.payload {
        LastPayload::Whole(_) => Back::Whole,
        LastPayload::Evicted { .. } => Back::Nothing,
    };
    match last.retained {
        // What clears a topic keeps nothing (MQTT 5.0 section 3.3.1.3).
        Retained::Yes | Retained::Unknown if last.n_bytes == 0 => return Judged::NotKept,
        Retained::Yes => return found(last.n_bytes, last.received, true, back),
        Retained::Unknown => return found(last.n_bytes, last.received, false, back),
        Retained::No => {}
    }
    // A live message that is not retained leaves what is kept as it was.
    let older = store.history(node).skip(1).take(MAX_PAST).find(|past| past.retained == Retained::Yes);
    match older {
        Some(past) if past.n_bytes == 0 => Judged::NotKept,
        Some(past) => {
            let back = if past.is_cut() { Back::Nothing } else { Back::Payload };
            found(past.n_bytes, past.received, true, back)
        }
        None => {
            let n_remembered = store.n_history(node).min(MAX_PAST + 1) as u64;
            let is_whole = n_remembered == store.node(node).n_messages;
            if is_whole { Judged::NotKept } else { Judged::Doubtful }
        }
    }
}

/// The publication that brings back what is retained; `None`: it can't be brought back.
pub fn publication(device: &Device, found: &Found, topic: &Topic) -> Option<Publication> {
    let retained = |payload: &[u8], qos: Qos, properties| Publication {
        topic: topic.clone(),
        payload: Payload::from(payload),
        // What came at QoS 0 may have been published higher, our subscription being lower; and the broker's answer
        // tells that it is back.
        qos: qos.max(Qos::AtLeastOnce),
        retain: true,
        properties,
    };
    match found.back {
        Back::Nothing => None,
        Back::Whole => {
            let last = device.store.last(found.node)?;
            let LastPayload::Whole(payload) = last.payload else { return None };
            Some(retained(payload, last.qos, kept_properties(last.properties)))
        }
        Back::Payload => {
            let mut past = device.store.history(found.node).skip(1).take(MAX_PAST);
            let past = past.find(|past| past.retained == Retained::Yes).filter(|past| !past.is_cut())?;
            Some(retained(past.payload, past.qos, PublishProperties::default()))
        }
    }
}

/// The properties that a message is published again with: those that were its publisher's.
pub fn kept_properties(bytes: &[u8]) -> PublishProperties {
    let read = wire::read_publish_properties(bytes).unwrap_or_default();
    PublishProperties { topic_alias: None, subscription_ids: Vec::new(), ..read }
}
