//! What the broker remembers for one client id. Owns packet ids, stages and the queue; writes nothing.
use super::core::ConnectionId;
use crate::mqtt::profile::Will;
use crate::mqtt::{Filter, PacketId, Publication, Qos};
use crate::time::Timestamp;
use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

/// A session (section 4.1): it may outlive its connection.
#[derive(Debug, Default)]
pub(super) struct Session {
    pub client_id: String,
    /// `None` while the client is away.
    pub connection: Option<ConnectionId>,
    pub filters: Vec<Filter>,
    /// Sent at QoS 1 and 2 and not acknowledged to the end, in the order of sending.
    pub flights: VecDeque<Flight>,
    /// How many of the last flights still have to be sent again on this connection (section 4.4).
    pub n_unsent: usize,
    /// Waits for the receive maximum or for the client to come back.
    pub waiting: VecDeque<Delivery>,
    pub waiting_bytes: usize,
    /// QoS 2 publications received and not released (section 4.3.3).
    pub unreleased: HashSet<PacketId>,
    pub expiry_s: u32,
    /// When an absent client's session ends; `None`: never, or the client is here.
    pub ends_at: Option<Timestamp>,
    pub will: Option<Will>,
    /// When an absent client's delayed will goes out.
    pub will_at: Option<Timestamp>,
    pub last_id: u16,
}

/// One message on its way to one client.
#[derive(Clone, Debug)]
pub(super) struct Delivery {
    pub publication: Arc<Publication>,
    pub qos: Qos,
    pub retain: bool,
    pub subscription_ids: Vec<u32>,
    /// Since when it waits: message expiry counts from here.
    pub since: Timestamp,
}

/// A delivery with its packet id.
#[derive(Clone, Debug)]
pub(super) struct Flight {
    pub packet_id: PacketId,
    pub stage: FlightStage,
    pub delivery: Delivery,
}

/// What was sent last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FlightStage {
    Publish,
    Release,
}

/// Bounds of one session's queue.
#[derive(Clone, Copy, Debug)]
pub(super) struct QueueBounds {
    pub n_messages: usize,
    pub n_bytes: usize,
}

impl Delivery {
    pub fn n_bytes(&self) -> usize {
        self.publication.topic.as_str().len() + self.publication.payload.0.len()
    }
}

impl Session {
    /// Whether there is room for one more to wait.
    pub fn has_room(&self, bounds: QueueBounds) -> bool {
        self.waiting.len() < bounds.n_messages && self.waiting_bytes < bounds.n_bytes
    }

    /// Puts a delivery at the queue's end.
    pub fn wait(&mut self, delivery: Delivery) {
        self.waiting_bytes += delivery.n_bytes();
        self.waiting.push_back(delivery);
    }

    /// Takes the first of the queue.
    pub fn next_waiting(&mut self) -> Option<Delivery> {
        let delivery = self.waiting.pop_front()?;
        self.waiting_bytes -= delivery.n_bytes();
        Some(delivery)
    }

    /// Takes a delivery into flight under a packet id of its own (MQTT-2.2.1-3).
    pub fn launch(&mut self, delivery: Delivery) -> Option<&Flight> {
        let packet_id = self.free_id()?;
        self.flights.push_back(Flight { packet_id, stage: FlightStage::Publish, delivery });
        self.flights.back()
    }

    /// PUBACK, PUBCOMP, or a PUBREC that refuses: the flight is over.
    pub fn land(&mut self, packet_id: PacketId) -> bool {
        let Some(at) = self.flights.iter().position(|flight| flight.packet_id == packet_id) else {
            return false;
        };
        if at >= self.flights.len() - self.n_unsent {
            self.n_unsent -= 1;
        }
        self.flights.remove(at);
        true
    }

    /// PUBREC: from now on only the PUBREL is sent again (MQTT-4.3.3-5).
    pub fn received(&mut self, packet_id: PacketId) -> bool {
        let found = self.flights.iter_mut().find(|flight| flight.packet_id == packet_id);
        let Some(flight) = found.filter(|flight| flight.delivery.qos == Qos::ExactlyOnce) else {
            return false;
        };
        flight.stage = FlightStage::Release;
        true
    }

    /// The next id that names nothing in flight; there are 65,535 and far fewer flights.
    fn free_id(&mut self) -> Option<PacketId> {
        for _ in 0..=u16::MAX {
            self.last_id = self.last_id.checked_add(1).unwrap_or(1);
            let id = PacketId::new(self.last_id)?;
            if !self.flights.iter().any(|flight| flight.packet_id == id) {
                return Some(id);
            }
        }
        None
    }
}
