//! A PUBLISH on its way to many. Owns its bytes without owning its parts; every other packet is `wire`'s.
use crate::mqtt::packet::Publish;
use crate::mqtt::{Packet, PacketId, Payload, PublishProperties, Qos, Topic, Version};
use crate::wire;

/// The parts of a delivery, borrowed from wherever they lie: encoding a relayed message allocates nothing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame<'a> {
    pub dup: bool,
    pub qos: Qos,
    pub retain: bool,
    pub topic: &'a str,
    pub packet_id: Option<PacketId>,
    pub properties: Option<&'a PublishProperties>,
    pub subscription_ids: &'a [u32],
    pub payload: &'a [u8],
}

impl Frame<'_> {
    /// Appends the packet's bytes, unless they are more than `max_bytes`; tells whether it did.
    pub fn write(&self, version: Version, max_bytes: u32, out: &mut Vec<u8>) -> bool {
        let start = out.len();
        let has_properties = self.properties.is_some() || !self.subscription_ids.is_empty();
        let written = if version == Version::V5 && has_properties {
            wire::write(&self.packet(), version, out).is_ok()
        } else {
            self.write_plain(version, out)
        };
        let fits = written && out.len() - start <= usize::try_from(max_bytes).unwrap_or(usize::MAX);
        if !fits {
            out.truncate(start);
        }
        fits
    }

    fn write_plain(&self, version: Version, out: &mut Vec<u8>) -> bool {
        let Ok(topic_bytes) = u16::try_from(self.topic.len()) else { return false };
        let n_id = if self.packet_id.is_some() { 2 } else { 0 };
        let n_properties = usize::from(version == Version::V5);
        let mut remaining = 2 + self.topic.len() + n_id + n_properties + self.payload.len();
        if remaining > MAX_REMAINING {
            return false;
        }
        out.reserve(remaining + 5);
        out.push(0x30 | u8::from(self.dup) << 3 | self.qos.bits() << 1 | u8::from(self.retain));
        loop {
            let low = u8::try_from(remaining & 0x7F).unwrap_or_default();
            remaining >>= 7;
            if remaining == 0 {
                out.push(low);
                break;
            }
            out.push(low | 0x80);
        }
        out.extend_from_slice(&topic_bytes.to_be_bytes());
        out.extend_from_slice(self.topic.as_bytes());
        if let Some(id) = self.packet_id {
            out.extend_from_slice(&id.get().to_be_bytes());
        }
        if version == Version::V5 {
            out.push(0);
        }
        out.extend_from_slice(self.payload);
        true
    }

    fn packet(&self) -> Packet {
        let mut properties = self.properties.cloned().unwrap_or_default();
        properties.topic_alias = None;
        properties.subscription_ids = self.subscription_ids.to_vec();
        Packet::Publish(Publish {
            dup: self.dup,
            qos: self.qos,
            retain: self.retain,
            topic: Topic::parse(self.topic).expect("only checked topics are routed"),
            packet_id: self.packet_id,
            properties,
            payload: Payload::from(self.payload),
        })
    }
}

/// The largest remaining length (section 2.1.4).
const MAX_REMAINING: usize = 268_435_455;
