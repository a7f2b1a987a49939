//! Many messages in one buffer. Owns the one copy between the socket and the store.
use super::message::{MessageRef, Queued, Retained};
use super::words::{PacketId, Qos};
use crate::time::Timestamp;

/// Messages in the order they came, their bytes side by side in one buffer.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    bytes: Vec<u8>,
    heads: Vec<Head>,
}

/// Where one message's bytes lie in the buffer: topic, properties, payload, in this order.
#[derive(Clone, Copy, Debug)]
struct Head {
    start: usize,
    topic_bytes: u32,
    properties_bytes: u32,
    payload_bytes: u32,
    qos: Qos,
    retained: Retained,
    dup: bool,
    queued: Queued,
    packet_id: Option<PacketId>,
    received: Timestamp,
}

impl Batch {
    /// Copies a message in. Parts of 4 GiB and more cannot occur: a packet holds at most 256 MiB.
    pub fn push(&mut self, message: &MessageRef<'_>) {
        let length = |part: usize| u32::try_from(part).unwrap_or(u32::MAX);
        self.heads.push(Head {
            start: self.bytes.len(),
            topic_bytes: length(message.topic.len()),
            properties_bytes: length(message.properties.len()),
            payload_bytes: length(message.payload.len()),
            qos: message.qos,
            retained: message.retained,
            dup: message.dup,
            queued: message.queued,
            packet_id: message.packet_id,
            received: message.received,
        });
        self.bytes.extend_from_slice(message.topic.as_bytes());
        self.bytes.extend_from_slice(message.properties);
        self.bytes.extend_from_slice(message.payload);
    }

    /// How many messages it holds.
    pub fn len(&self) -> usize {
        self.heads.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.heads.is_empty()
    }

    /// How many bytes of topics, properties and payloads it holds.
    pub fn n_bytes(&self) -> usize {
        self.bytes.len()
    }

    /// Empties it and keeps its buffers for the next use.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.heads.clear();
    }

    /// Drops the messages whose topics will not do, and tells how many those were. Their bytes stay in the buffer.
    pub fn retain_topics(&mut self, mut will_do: impl FnMut(&str) -> bool) -> usize {
        let (before, bytes) = (self.heads.len(), &self.bytes);
        self.heads.retain(|head| {
            let end = head.start + head.topic_bytes as usize;
            let topic = bytes.get(head.start..end).and_then(|topic| std::str::from_utf8(topic).ok());
            topic.is_some_and(&mut will_do)
        });
        before - self.heads.len()
    }

    /// The messages in the order they came.
    pub fn iter(&self) -> impl Iterator<Item = MessageRef<'_>> {
        self.heads.iter().filter_map(|head| self.at(head))
    }

    fn at(&self, head: &Head) -> Option<MessageRef<'_>> {
        let rest = self.bytes.get(head.start..)?;
        let (topic, rest) = rest.split_at_checked(head.topic_bytes as usize)?;
        let (properties, rest) = rest.split_at_checked(head.properties_bytes as usize)?;
        Some(MessageRef {
            topic: std::str::from_utf8(topic).ok()?,
            payload: rest.get(..head.payload_bytes as usize)?,
            properties,
            qos: head.qos,
            retained: head.retained,
            dup: head.dup,
            queued: head.queued,
            packet_id: head.packet_id,
            received: head.received,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_comes_out_in_order() {
        let mut batch = Batch::default();
        let message = |topic: &'static str, payload: &'static [u8]| MessageRef {
            topic,
            payload,
            properties: &[1, 2],
            qos: Qos::AtLeastOnce,
            retained: Retained::Yes,
            dup: true,
            queued: Queued::Likely,
            packet_id: PacketId::new(7),
            received: Timestamp::from_millis(3),
        };
        let given = [message("a//b", b"1"), message("/é", b""), message("c", &[0, 255])];
        for message in &given {
            batch.push(message);
        }
        assert_eq!(batch.iter().collect::<Vec<_>>(), given);
        assert_eq!((batch.len(), batch.n_bytes()), (3, 4 + 1 + 3 + 1 + 2 + 6));
    }
}
