//! The bounds of everything that grows in the broker. Owns the numbers and their reasons alone.
use crate::mqtt::Qos;
use crate::mqtt::profile::PROTOCOL_MAX_PACKET_BYTES;
use std::time::Duration;

/// What the broker takes and keeps. The first six are told to MQTT 5 clients in CONNACK.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Unreleased QoS 2 publications of one client.
    pub receive_maximum: u16,
    /// Of a packet that a client sends.
    pub max_packet_bytes: u32,
    /// Topic aliases a client may set.
    pub topic_alias_maximum: u16,
    /// The highest QoS a client may publish at.
    pub max_qos: Qos,
    /// Whether messages can be retained.
    pub retain_available: bool,
    /// The keep-alive all clients must use instead of theirs.
    pub server_keep_alive_s: Option<u16>,
    /// Messages that wait for one session, at QoS 1 and 2; what comes on top is dropped and counted.
    pub queued_messages: usize,
    /// Bytes that wait for one session, likewise.
    pub queued_bytes: usize,
    /// Unwritten bytes for one connection beyond which QoS 0 is dropped and counted, as real brokers do:
    /// a burst of half a million short messages, or some seconds' lag at 100,000 a second.
    pub outbox_bytes: usize,
    /// Topics with a retained message: the million of `--topics`, and as many again.
    pub retained_topics: usize,
    /// Bytes of their topics and payloads together; what comes on top is not kept, and counted.
    pub retained_bytes: usize,
}

/// Sessions the broker remembers; a demo meets a handful, a test some hundreds.
pub(super) const MAX_SESSIONS: usize = 4_096;
/// Subscriptions of one session: ten times what the explorer must be able to ask for.
pub(super) const MAX_FILTERS: usize = 10_000;
/// QoS 1 and 2 deliveries in flight to one client, whatever receive maximum it grants.
pub(super) const MAX_IN_FLIGHT: usize = 1_024;
/// Packets held back by a delay; beyond that they are sent at once.
pub(super) const MAX_DELAYED: usize = 10_000;
/// Retained messages are encoded in slices of about this size, so that a million of them need no memory.
pub(super) const SLICE_BYTES: usize = 1 << 20;
/// Slots looked at in one slice: some milliseconds.
pub(super) const SLICE_SLOTS: u32 = 65_536;
/// A connection that has not said CONNECT by then is closed (section 3.1.4).
pub(super) const CONNECT_WITHIN: Duration = Duration::from_secs(10);

impl Default for Limits {
    fn default() -> Self {
        Self {
            receive_maximum: 1_024,
            max_packet_bytes: PROTOCOL_MAX_PACKET_BYTES,
            topic_alias_maximum: 64,
            max_qos: Qos::ExactlyOnce,
            retain_available: true,
            server_keep_alive_s: None,
            queued_messages: 10_000,
            queued_bytes: 64 << 20,
            outbox_bytes: 32 << 20,
            retained_topics: 2_000_000,
            retained_bytes: 512 << 20,
        }
    }
}
