//! The MQTT session, sans I/O: packets and time in, packets and events out. Owns ids, stages and timers.
use crate::mqtt::packet::PublishRef;
use crate::mqtt::port::LinkStatus;
use crate::mqtt::{BrokerEvent, BrokerRequest, MessageRef, Packet, PacketId, Profile, Qos, Reason};
use crate::time::Timestamp;

/// One device's session across all its connections.
#[derive(Debug)]
pub struct Session {
    profile: Profile,
}

/// The connection cannot go on: what to say in DISCONNECT (MQTT 5), and in words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{words}")]
pub struct Fatal {
    /// For the DISCONNECT that goes out first.
    pub reason: Reason,
    /// One sentence that names the offender.
    pub words: String,
    /// What to do about it, where we know.
    pub remedy: Option<String>,
    /// Whether the broker itself gave the reason (CONNACK refused, DISCONNECT received).
    pub from_broker: bool,
    /// Whether trying again by itself is allowed (no after 0x8E, or bad credentials for good).
    pub may_retry: bool,
}

impl Session {
    /// A session that was never online. `seed` feeds the jitter of the back-off.
    pub fn new(profile: Profile, seed: u64) -> Self {
        let _ = seed;
        Self { profile }
    }

    /// The transport is open: queues CONNECT.
    pub fn transport_opened(&mut self, now: Timestamp) {
        let _ = (now, &self.profile);
    }

    /// The transport is gone; nothing in flight is forgotten. Returns when to try again.
    pub fn transport_lost(&mut self, now: Timestamp, may_retry: bool) -> Option<Timestamp> {
        let _ = (now, may_retry);
        None
    }

    /// Takes any packet but PUBLISH.
    pub fn receive(&mut self, now: Timestamp, packet: Packet) -> Result<(), Fatal> {
        let _ = (now, packet);
        Ok(())
    }

    /// Takes a PUBLISH; returns the message unless it is a QoS 2 duplicate to be held back.
    pub fn receive_publish<'a>(
        &'a mut self,
        now: Timestamp,
        publish: &PublishRef<'a>,
    ) -> Result<Option<MessageRef<'a>>, Fatal> {
        let _ = (now, publish);
        Ok(None)
    }

    /// Acknowledges a PUBLISH that could not be taken, so that the broker doesn't send it for ever.
    pub fn refuse_publish(&mut self, now: Timestamp, qos: Qos, packet_id: Option<PacketId>) {
        let _ = (now, qos, packet_id);
    }

    /// Takes a request of the model's; works online and offline.
    pub fn request(&mut self, now: Timestamp, request: BrokerRequest) {
        let _ = (now, request);
    }

    /// Notes that bytes were read: keep-alive counts every one of them.
    pub fn bytes_received(&mut self, now: Timestamp) {
        let _ = now;
    }

    /// Lets time pass: pings, timeouts. An error means that the connection is dead.
    pub fn advance(&mut self, now: Timestamp) -> Result<(), Fatal> {
        let _ = now;
        Ok(())
    }

    /// When `advance` must be called next.
    pub fn deadline(&self) -> Option<Timestamp> {
        None
    }

    /// The next packet to write. Sent stages are stamped with `now`.
    pub fn next_packet(&mut self, now: Timestamp) -> Option<Packet> {
        let _ = now;
        None
    }

    /// The next event to tell; `Messages` never is among them.
    pub fn next_event(&mut self) -> Option<BrokerEvent> {
        None
    }

    /// Whether a round trip is being measured, so that reads must not be delayed.
    pub fn awaits_reply(&self) -> bool {
        false
    }

    /// The figures that the session knows; the caller fills in bytes and stalls.
    pub fn link_status(&self, now: Timestamp) -> LinkStatus {
        LinkStatus { at: now, ..LinkStatus::default() }
    }

    /// Whether the session is between CONNACK and the transport's loss.
    pub fn is_online(&self) -> bool {
        false
    }
}
