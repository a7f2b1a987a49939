//! Bytes to packets and back, both versions. Owns rumqttc's codecs and the PUBLISH fast path; opens no socket.
//!
//! Which packets go through rumqttc's codecs, and why the others do not:
//!
//! | packet | 3.1.1 | 5 |
//! |---|---|---|
//! | CONNECT | ours: theirs loses binary passwords and empty user names | ours, likewise |
//! | CONNACK | ours: unknown return codes must be shown | ours: reason codes are open |
//! | PUBLISH | ours: no allocation | ours, likewise |
//! | PUBACK, PUBREC, PUBREL, PUBCOMP | theirs | ours: reason codes are open |
//! | SUBSCRIBE | theirs | written by theirs; theirs counts subscription ids twice when reading |
//! | SUBACK | ours: unknown codes | ours, likewise |
//! | UNSUBSCRIBE | theirs | theirs |
//! | UNSUBACK | theirs | ours: reason codes are open |
//! | PINGREQ, PINGRESP | theirs | theirs |
//! | DISCONNECT | theirs | ours: theirs refuses the short forms of section 3.14.2.1 |
//! | AUTH | does not exist | ours: theirs cannot read it |
//!
//! Whatever is read has been held against its length first, so that their "insufficient bytes" cannot
//! stall a connection; where both can do a packet, a test holds ours against theirs.
mod connect;
mod cursor;
mod foreign;
#[cfg(test)]
mod laws;
mod pen;
mod properties;
mod publish;
mod reader;
#[cfg(test)]
mod tests;
mod v3;
mod v5;

pub use reader::Reader;

use crate::mqtt::packet::{Aliased, PublishRef};
use crate::mqtt::{Packet, PacketId, PublishProperties, Qos, Version};

/// Which side of the connection reads: decides which packets are allowed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// We are the client; packets come from a broker.
    Client,
    /// We are a broker; the version is learnt from CONNECT.
    Broker,
}

/// What the buffer's front holds.
#[derive(Debug)]
pub enum Incoming<'a> {
    /// A PUBLISH, borrowed.
    Publish(PublishRef<'a>),
    /// A PUBLISH that cannot be taken; the reader goes on behind it (skipping as many bytes as it has).
    Unreadable(Unreadable),
    /// Any other packet.
    Packet(Packet),
}

/// A PUBLISH that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// As far as it could be read, invalid bytes replaced.
    pub topic: String,
    /// Of the whole packet.
    pub n_bytes: u64,
    /// What acknowledges it.
    pub qos: Qos,
    /// What acknowledges it.
    pub packet_id: Option<PacketId>,
    /// What it does to the topic aliases.
    pub aliased: Aliased,
    /// In words.
    pub words: String,
}

/// Why bytes are no packet, or a packet cannot become bytes: the connection cannot go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// MQTT gone wrong, or not allowed here; in words.
    #[error("{0}")]
    Malformed(String),
    /// Something else than MQTT answered.
    #[error("{words}")]
    NotMqtt {
        /// What it looks like.
        words: String,
        /// What to do about it.
        remedy: String,
    },
    /// A broker's side: CONNECT names a protocol that we don't speak, and wants an answer that says so.
    #[error("the client speaks {name:?} level {level}; only MQTT levels 4 (3.1.1) and 5 are spoken here")]
    UnsupportedProtocol {
        /// The protocol's name as sent, invalid bytes replaced.
        name: String,
        /// Its level as sent.
        level: u8,
    },
    /// A packet of ours that MQTT has no bytes for; in words.
    #[error("{0}")]
    Unwritable(String),
}

impl WireError {
    /// What to do about it, where we know.
    pub fn remedy(&self) -> Option<&str> {
        match self {
            Self::NotMqtt { remedy, .. } => Some(remedy),
            Self::Malformed(_) | Self::UnsupportedProtocol { .. } | Self::Unwritable(_) => None,
        }
    }
}

/// Appends a packet's bytes; on an error nothing is appended. On 3.1.1 properties are left out.
pub fn write(packet: &Packet, version: Version, out: &mut Vec<u8>) -> Result<(), WireError> {
    let start = out.len();
    let written = match (packet, version) {
        (Packet::Publish(publish), _) => publish::write(publish, version, out),
        (Packet::Connect(connect), _) => connect::write(connect, out),
        (_, Version::V3) => v3::write(packet, out),
        (_, Version::V5) => v5::write(packet, out),
    };
    if written.is_err() {
        out.truncate(start);
    }
    written
}

/// How many bytes a packet takes on the wire, header included; held against the other side's limit.
/// What cannot be written at all fits no limit: `usize::MAX`.
pub fn packet_bytes(packet: &Packet, version: Version) -> usize {
    match packet {
        Packet::Publish(publish) => publish::packet_bytes(publish, version),
        Packet::Connect(_)
        | Packet::ConnAck(_)
        | Packet::PubAck(_)
        | Packet::PubRec(_)
        | Packet::PubRel(_)
        | Packet::PubComp(_)
        | Packet::Subscribe(_)
        | Packet::SubAck(_)
        | Packet::Unsubscribe(_)
        | Packet::UnsubAck(_)
        | Packet::PingReq
        | Packet::PingResp
        | Packet::Disconnect(_)
        | Packet::Auth(_) => {
            let mut scratch = Vec::new();
            write(packet, version, &mut scratch).map_or(usize::MAX, |()| scratch.len())
        }
    }
}

/// Reads the property bytes of a PUBLISH as a message carries them.
pub fn read_publish_properties(bytes: &[u8]) -> Result<PublishProperties, WireError> {
    properties::read_publish(bytes)
}

/// Shorthand for the commonest error.
fn malformed<T>(words: impl Into<String>) -> Result<T, WireError> {
    Err(WireError::Malformed(words.into()))
}

/// The bits of the first byte that say which packet it is (MQTT 5.0 section 2.1.2).
mod kind {
    pub(super) const CONNECT: u8 = 1;
    pub(super) const CONNACK: u8 = 2;
    pub(super) const PUBLISH: u8 = 3;
    pub(super) const PUBACK: u8 = 4;
    pub(super) const PUBREC: u8 = 5;
    pub(super) const PUBREL: u8 = 6;
    pub(super) const PUBCOMP: u8 = 7;
    pub(super) const SUBSCRIBE: u8 = 8;
    pub(super) const SUBACK: u8 = 9;
    pub(super) const UNSUBSCRIBE: u8 = 10;
    pub(super) const UNSUBACK: u8 = 11;
    pub(super) const PINGREQ: u8 = 12;
    pub(super) const PINGRESP: u8 = 13;
    pub(super) const DISCONNECT: u8 = 14;
    pub(super) const AUTH: u8 = 15;

    /// The spec's name for it.
    pub(super) const fn name(kind: u8) -> &'static str {
        match kind {
            CONNECT => "CONNECT",
            CONNACK => "CONNACK",
            PUBLISH => "PUBLISH",
            PUBACK => "PUBACK",
            PUBREC => "PUBREC",
            PUBREL => "PUBREL",
            PUBCOMP => "PUBCOMP",
            SUBSCRIBE => "SUBSCRIBE",
            SUBACK => "SUBACK",
            UNSUBSCRIBE => "UNSUBSCRIBE",
            UNSUBACK => "UNSUBACK",
            PINGREQ => "PINGREQ",
            PINGRESP => "PINGRESP",
            DISCONNECT => "DISCONNECT",
            AUTH => "AUTH",
            _ => "a packet of type 0",
        }
    }
}
