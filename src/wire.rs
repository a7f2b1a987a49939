//! Bytes to packets and back, both versions. Owns rumqttc's codecs and the PUBLISH fast path; opens no socket.
//!
//! The shape that `broker` and `demo` stand on.
use crate::mqtt::packet::PublishRef;
use crate::mqtt::{Packet, PacketId, PublishProperties, Qos, Version};

/// Which side of the connection reads: decides which packets are allowed in, and how QoS bits are held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// We are the client; packets come from a broker.
    Client,
    /// We are a broker; the version is learnt from CONNECT.
    Broker,
}

/// Takes packets out of a growing buffer of bytes. No input panics.
#[derive(Debug)]
pub struct Reader {
    side: Side,
    version: Version,
    max_packet_bytes: u32,
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
    /// In words.
    pub words: String,
}

/// Why the bytes are no packet: the connection cannot go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// Not MQTT, or not allowed here; in words.
    #[error("{0}")]
    Malformed(String),
}

impl Reader {
    /// A reader for one connection.
    pub fn new(side: Side, version: Version, max_packet_bytes: u32) -> Self {
        Self { side, version, max_packet_bytes }
    }

    /// The version in force: the one given, or for a broker the one that CONNECT named.
    pub fn version(&self) -> Version {
        self.version
    }

    /// Takes the first packet off `bytes` from `*at` on and moves `*at` behind it; `None`: more bytes are needed.
    ///
    /// The caller keeps the bytes from `*at` on, appends what it reads, and may compact whenever it likes.
    pub fn next<'a>(&mut self, bytes: &'a [u8], at: &mut usize) -> Result<Option<Incoming<'a>>, WireError> {
        let _ = (bytes, at, self.side, self.max_packet_bytes);
        Ok(None)
    }

    /// How many bytes beyond those given the current packet needs at least; 0 when unknown.
    /// Lets the caller grow its buffer once for a large packet.
    pub fn missing(&self) -> usize {
        0
    }
}

/// Appends a packet's bytes.
pub fn write(packet: &Packet, version: Version, out: &mut Vec<u8>) -> Result<(), WireError> {
    let _ = (packet, version, out);
    Ok(())
}

/// How many bytes a packet takes on the wire, header included; held against the other side's limit.
pub fn packet_bytes(packet: &Packet, version: Version) -> usize {
    let _ = (packet, version);
    0
}

/// Reads the property bytes of a PUBLISH as a message carries them.
pub fn read_publish_properties(bytes: &[u8]) -> Result<PublishProperties, WireError> {
    let _ = bytes;
    Ok(PublishProperties::default())
}
