//! A message as it was delivered to us. Owns the borrowed shape; copies live in batches and in the store.
use super::words::{PacketId, Qos};
use crate::time::Timestamp;

/// What is known of the broker having kept a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Retained {
    /// The RETAIN flag was set.
    Yes,
    /// Known not to be: MQTT 5 with retain-as-published.
    No,
    /// Delivered live by 3.1.1, where the flag says nothing (MQTT 3.1.1 section 3.3.1.3).
    #[default]
    Unknown,
}

/// Whether the broker kept a delivery for us while we were away (section 4.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Queued {
    /// It came live, as far as anybody can tell.
    #[default]
    No,
    /// It came among the first of a resumed session.
    Likely,
    /// It had been sent on an earlier connection already.
    Certainly,
}

/// A message delivered by the broker, borrowed from wherever its bytes lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageRef<'a> {
    /// The topic, checked, aliases resolved.
    pub topic: &'a str,
    /// The bytes as they came.
    pub payload: &'a [u8],
    /// The property bytes as they came, without their length; empty on 3.1.1.
    /// `wire::read_publish_properties` reads them.
    pub properties: &'a [u8],
    /// Quality of service of this delivery.
    pub qos: Qos,
    /// Kept by the broker or not.
    pub retained: Retained,
    /// The DUP flag: the broker may have delivered it before (section 3.3.1.1).
    pub dup: bool,
    /// Kept for us while we were away, or not.
    pub queued: Queued,
    /// The id it was delivered under, at QoS 1 and 2.
    pub packet_id: Option<PacketId>,
    /// When its bytes were read.
    pub received: Timestamp,
}
