//! Deliveries to us (MQTT 5.0 sections 4.3 and 4.9). Owns the QoS 2 ids and our receive maximum.
use super::acks::{AckKind, Acks, Place};
use super::{Certainty, Fatal};
use crate::mqtt::port::{InFlight, InFlightStage};
use crate::mqtt::{PacketId, Qos, Reason, Topic, Version};
use crate::time::Timestamp;
use foldhash::fast::FixedState;
use hashbrown::HashMap;

/// Whether a delivery goes on to the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Delivery {
    New,
    Duplicate,
}

/// Bytes of a topic kept while its delivery is open: with every packet id in use that is 64 MiB.
const MAX_TOPIC_KEPT: usize = 1_024;

/// A QoS 2 delivery between its PUBLISH and its PUBREL.
#[derive(Clone, Debug)]
struct Open {
    /// `None` when it is longer than is kept.
    topic: Option<Topic>,
    since: Timestamp,
    n_again: u32,
    /// The connection on which it takes a place of our receive maximum.
    connection: u64,
}

#[derive(Debug)]
pub(super) struct Inbound {
    /// How many deliveries we take at once: what CONNECT said, or as many as there are ids.
    receive_maximum: u32,
    open: HashMap<PacketId, Open, FixedState>,
    /// Places taken on this connection: from PUBLISH until PUBACK or PUBCOMP is written.
    n_places: u32,
    connection: u64,
    certainty: Certainty,
    pub n_duplicates: u64,
}

impl Inbound {
    pub fn new(version: Version, receive_maximum: u16) -> Self {
        let receive_maximum = match version {
            Version::V3 => u32::from(u16::MAX),
            Version::V5 => u32::from(receive_maximum.max(1)),
        };
        Self {
            receive_maximum,
            open: HashMap::with_hasher(FixedState::default()),
            n_places: 0,
            connection: 0,
            certainty: Certainty::Certain,
            n_duplicates: 0,
        }
    }

    /// A new connection: quotas begin anew (section 4.9), ids are kept until CONNACK says otherwise.
    pub fn start(&mut self) {
        self.n_places = 0;
        self.connection += 1;
    }

    /// CONNACK says that the session is present; whether that can only be ours.
    pub fn resume(&mut self, certainty: Certainty) {
        self.certainty = certainty;
    }

    /// The broker forgot the session, and with it every exchange.
    pub fn forget_all(&mut self) {
        self.open.clear();
        self.certainty = Certainty::Certain;
    }

    /// A delivery at QoS 1: acknowledged at once (section 4.3.2).
    pub fn at_least_once(
        &mut self,
        packet_id: PacketId,
        reason: Reason,
        acks: &mut Acks,
    ) -> Result<(), Fatal> {
        self.take_place()?;
        acks.push(AckKind::PubAck, packet_id, reason, Place::Freed);
        Ok(())
    }

    /// A delivery at QoS 2 (section 4.3.3): received, and held back when it is one we have.
    pub fn exactly_once(
        &mut self,
        now: Timestamp,
        packet_id: PacketId,
        (is_dup, topic): (bool, &str),
        acks: &mut Acks,
    ) -> Result<Delivery, Fatal> {
        let connection = self.connection;
        if self.certainty == Certainty::Doubtful && !is_dup {
            // A re-delivery on a new connection carries DUP (MQTT-3.3.1-1): this id has begun a new life.
            let is_stale = |open: &Open| open.connection != connection;
            if self.open.get(&packet_id).is_some_and(is_stale) {
                self.open.remove(&packet_id);
            }
        }
        let delivery = if let Some(open) = self.open.get_mut(&packet_id) {
            open.n_again = open.n_again.saturating_add(1);
            self.n_duplicates += 1;
            if std::mem::replace(&mut open.connection, connection) != connection {
                self.take_place()?;
            }
            Delivery::Duplicate
        } else {
            self.take_place()?;
            let topic = Some(topic).filter(|topic| topic.len() <= MAX_TOPIC_KEPT);
            let topic = topic.and_then(|topic| Topic::parse(topic).ok());
            self.open.insert(packet_id, Open { topic, since: now, n_again: 0, connection });
            Delivery::New
        };
        acks.push(AckKind::PubRec, packet_id, Reason::SUCCESS, Place::Kept);
        Ok(delivery)
    }

    /// A QoS 2 delivery that we can't take: MQTT 5 lets us end it with the PUBREC.
    pub fn refuse_exactly_once(
        &mut self,
        packet_id: PacketId,
        reason: Reason,
        acks: &mut Acks,
    ) -> Result<(), Fatal> {
        if self.open.remove(&packet_id).is_none_or(|open| open.connection != self.connection) {
            self.take_place()?;
        }
        acks.push(AckKind::PubRec, packet_id, reason, Place::Freed);
        Ok(())
    }

    /// PUBREL: the id is free again, whether we knew it or not (section 4.3.3).
    pub fn released(&mut self, packet_id: PacketId, acks: &mut Acks) -> bool {
        let open = self.open.remove(&packet_id);
        let reason = match &open {
            Some(_) => Reason::SUCCESS,
            None => Reason::PACKET_IDENTIFIER_NOT_FOUND,
        };
        let place = match &open {
            Some(open) if open.connection == self.connection => Place::Freed,
            Some(_) | None => Place::Kept,
        };
        acks.push(AckKind::PubComp, packet_id, reason, place);
        open.is_some()
    }

    /// Places of our receive maximum in use.
    pub fn n_places(&self) -> u32 {
        self.n_places
    }

    /// An acknowledgement was handed out that gives the broker a place back.
    pub fn free_place(&mut self) {
        self.n_places = self.n_places.saturating_sub(1);
    }

    fn take_place(&mut self) -> Result<(), Fatal> {
        if self.n_places >= self.receive_maximum {
            return Err(Fatal::ours(
                Reason::RECEIVE_MAXIMUM_EXCEEDED,
                format!(
                    "the broker sent more than {} deliveries without waiting for an acknowledgement",
                    self.receive_maximum
                ),
            ));
        }
        self.n_places += 1;
        Ok(())
    }

    /// The first of the QoS 2 deliveries in flight, at most so many.
    pub fn in_flight(&self, at_most: usize) -> impl Iterator<Item = InFlight> {
        self.open.iter().take(at_most).map(|(packet_id, open)| InFlight {
            outbound: false,
            packet_id: *packet_id,
            topic: open.topic.clone(),
            qos: Qos::ExactlyOnce,
            stage: InFlightStage::PubRec,
            since: open.since,
            n_resent: open.n_again,
        })
    }
}
