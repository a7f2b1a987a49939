//! A past message in the last one's place, in the tabs Value and Message. Owns a copy of it, so that what is looked
//! at stays whatever history drops.
use super::reader::cut_words;
use crate::decode::{Ink, Line, figures};
use crate::model::export::steps::Row;
use crate::model::shown::fact;
use crate::mqtt::{PacketId, Qos, Queued, Retained};
use crate::store::{Last, LastPayload, Past, PastKey};
use crate::time::{Timestamp, WallOrigin};
use std::sync::Arc;

/// A past message that is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspected {
    /// Which of its topic's messages it is.
    pub key: PastKey,
    /// The payload or its beginning; `None` if it was evicted before.
    pub payload: Option<Arc<[u8]>>,
    /// The payload's full size.
    pub n_bytes: usize,
    received: Timestamp,
    qos: Qos,
    retained: Retained,
    dup: bool,
    packet_id: Option<PacketId>,
}

impl Inspected {
    /// A copy of a message; the topic's last one whole.
    pub fn new(past: &Past<'_>, whole: Option<&[u8]>) -> Self {
        let payload = whole.unwrap_or(past.payload);
        Self {
            key: past.key,
            payload: (!payload.is_empty() || past.n_bytes == 0).then(|| payload.into()),
            n_bytes: past.n_bytes,
            received: past.received,
            qos: past.qos,
            retained: past.retained,
            dup: past.dup,
            packet_id: past.packet_id,
        }
    }

    /// Whether bytes of the payload are missing.
    pub fn is_cut(&self) -> bool {
        self.payload.as_ref().is_some_and(|payload| payload.len() < self.n_bytes)
    }

    /// The payload, where it is there and whole; else why not, in words.
    pub fn whole(&self) -> Result<&[u8], String> {
        let Some(payload) = &self.payload else {
            return Err("the payload was evicted to stay within --memory".to_owned());
        };
        if self.is_cut() {
            let words = cut_words(payload.len(), self.n_bytes);
            return Err(format!("only the {words} are held: a part is not copied as if it were all"));
        }
        Ok(payload)
    }

    /// As a row of an export.
    pub fn row(&self, topic: String, wall: WallOrigin) -> Row {
        let (qos, retained, n_bytes) = (self.qos, self.retained, self.n_bytes);
        let payload = self.payload.as_ref().map(|payload| payload.to_vec());
        Row { topic, unix_ms: wall.unix_ms_at(self.received), qos, retained, payload, n_bytes }
    }

    /// As if it were the topic's last.
    pub fn last(&self) -> Last<'_> {
        Last {
            payload: match &self.payload {
                Some(payload) => LastPayload::Whole(payload),
                None => LastPayload::Evicted { n_bytes: self.n_bytes },
            },
            properties: &[],
            n_bytes: self.n_bytes,
            qos: self.qos,
            retained: self.retained,
            dup: self.dup,
            // Told of the last message alone.
            queued: Queued::No,
            packet_id: self.packet_id,
            received: self.received,
            changed: self.received,
            sequence: self.key.ordinal,
        }
    }

    /// Which one it is, and how old: what the title says.
    pub fn words(&self, n_messages: u64, now: Timestamp) -> String {
        let (nth, of) = (figures::grouped(self.key.ordinal), figures::grouped(n_messages));
        format!("message {nth} of {of}, {} (esc: the last)", figures::ago(now.since(self.received)))
    }

    /// What the tabs say of it above its payload.
    pub fn facts(&self) -> Vec<Line> {
        let cut = self.payload.as_ref().filter(|_| self.is_cut());
        cut.map(|payload| {
            let words = format!("the {}: history keeps no more", cut_words(payload.len(), self.n_bytes));
            fact("cut", Ink::Escape, &words)
        })
        .into_iter()
        .collect()
    }
}
