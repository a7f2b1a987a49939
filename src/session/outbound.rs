//! Our publications (MQTT 5.0 sections 4.3, 4.4, 4.6, 4.9). Owns their stages; knows no subscriptions.
mod answers;
mod resume;

pub(super) use answers::Match;

#[cfg(test)]
pub(super) use resume::LOSSES_BEFORE_GIVING_UP;

use super::ids::PacketIds;
use super::limits::Limits;
use crate::mqtt::packet::Publish;
use crate::mqtt::port::{InFlight, InFlightStage};
use crate::mqtt::{BrokerEvent, Packet, PacketId, Publication, Qos, Stage, Tally, Ticket};
use crate::time::Timestamp;
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use std::collections::{BTreeMap, VecDeque};

/// Publications held before they are sent: what a form or a script makes in a long outage.
pub(super) const MAX_HELD: usize = 10_000;
/// Bytes of payload and topic held before they are sent: an eighth of the memory budget's default.
pub(super) const MAX_HELD_BYTES: usize = 64 * 1024 * 1024;

/// Bytes of publications without an acknowledgement, beyond which no further one is sent: a broker that
/// acknowledges nothing must not fill our memory with copies for a re-send.
pub(super) const MAX_IN_FLIGHT_BYTES: usize = 64 * 1024 * 1024;

/// A publication that was not sent yet, or starts over.
#[derive(Debug)]
struct Held {
    seq: u64,
    ticket: Ticket,
    publication: Publication,
    since: Timestamp,
    /// Whether `Queued` was told, or a later stage.
    is_told: bool,
    /// How often it was sent on connections that were lost.
    n_lost: u32,
}

/// A QoS 1 or 2 publication between its PUBLISH and the last acknowledgement.
#[derive(Debug)]
struct Flight {
    ticket: Ticket,
    publication: Publication,
    packet_id: PacketId,
    awaits: Awaits,
    since: Timestamp,
    n_resent: u32,
    n_lost: u32,
    /// Whether it was given up: it is not sent as new when the broker forgot it.
    is_given_up: bool,
    /// Whether it takes a place of the broker's receive maximum on this connection.
    has_place: bool,
}

/// What the broker owes us next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::enum_variant_names, reason = "the packets are called so")]
enum Awaits {
    PubAck,
    PubRec,
    /// With its place among the PUBREC packets, for PUBREL is sent again in their order (section 4.6).
    PubComp(u64),
}

/// Every publication from the request to its last stage.
#[derive(Debug, Default)]
pub(super) struct Outbound {
    /// QoS 0, in order. Apart, for the receive maximum doesn't hold it up (section 4.9).
    held_qos0: VecDeque<Held>,
    /// QoS 1 and 2, in order.
    held: VecDeque<Held>,
    held_bytes: usize,
    in_flight_bytes: usize,
    /// By the order of their first PUBLISH.
    flights: BTreeMap<u64, Flight>,
    by_id: HashMap<PacketId, u64, FixedState>,
    /// What to send again, by its place in `flights`: each PUBREL, and behind them each PUBLISH.
    resend: VecDeque<u64>,
    /// Places of the broker's receive maximum in use.
    n_places: u32,
    /// The publication that flies alone, for it may be what ends the connections.
    alone: Option<u64>,
    next_seq: u64,
    next_rec: u64,
    /// Whether the session that was resumed may be another than the one we know.
    is_doubtful: bool,
    /// PUBLISH packets handed out, re-sends included.
    pub sent: Tally,
}

fn tell(events: &mut VecDeque<BrokerEvent>, ticket: Ticket, stage: Stage, at: Timestamp) {
    events.push_back(BrokerEvent::Publication { ticket, stage, at });
}

fn weight(publication: &Publication) -> usize {
    publication.topic.as_str().len() + publication.payload.0.len() + publication.properties.encoded_bytes()
}

impl Outbound {
    /// Takes a publication; `limits` are those in force, `None` while offline.
    pub fn publish(
        &mut self,
        now: Timestamp,
        ticket: Ticket,
        publication: Publication,
        limits: Option<&Limits>,
        ids: &PacketIds,
        events: &mut VecDeque<BrokerEvent>,
    ) {
        if let Some(words) = limits.and_then(|limits| limits.objection(&publication)) {
            return tell(events, ticket, Stage::NotSent(words), now);
        }
        if self.n_held() >= MAX_HELD {
            let words =
                format!("{MAX_HELD} publications wait already; withdraw some, or wait for the broker");
            return tell(events, ticket, Stage::NotSent(words), now);
        }
        let n_bytes = weight(&publication);
        // A single one may be as large as the broker allows.
        if self.held_bytes > 0 && self.held_bytes.saturating_add(n_bytes) > MAX_HELD_BYTES {
            let words = format!(
                "{} bytes of publications wait already, and at most {MAX_HELD_BYTES} may; this one has {n_bytes}",
                self.held_bytes
            );
            return tell(events, ticket, Stage::NotSent(words), now);
        }
        let goes_at_once = limits.is_some_and(|limits| match publication.qos {
            Qos::AtMostOnce => true,
            Qos::AtLeastOnce | Qos::ExactlyOnce => {
                let ahead = self.n_places as usize + self.resend.len() + self.held.len();
                self.alone.is_none()
                    && ahead < usize::from(limits.receive_maximum).min(ids.n_free())
                    && self.in_flight_bytes.saturating_add(self.held_bytes) < MAX_IN_FLIGHT_BYTES
            }
        });
        if !goes_at_once {
            tell(events, ticket, Stage::Queued, now);
        }
        let qos = publication.qos;
        let held =
            Held { seq: self.next_seq, ticket, publication, since: now, is_told: !goes_at_once, n_lost: 0 };
        self.next_seq += 1;
        self.held_bytes += n_bytes;
        match qos {
            Qos::AtMostOnce => self.held_qos0.push_back(held),
            Qos::AtLeastOnce | Qos::ExactlyOnce => self.held.push_back(held),
        }
    }

    /// Gives a publication up that was not sent yet. One in flight is sent again where MQTT asks for it, in a session
    /// that was resumed (section 4.4), and never as new.
    pub fn withdraw(&mut self, now: Timestamp, ticket: Ticket, events: &mut VecDeque<BrokerEvent>) {
        for held in [&mut self.held_qos0, &mut self.held] {
            if let Some(idx) = held.iter().position(|held| held.ticket == ticket)
                && let Some(held) = held.remove(idx)
            {
                self.held_bytes -= weight(&held.publication);
                return tell(events, ticket, Stage::NotSent("withdrawn".into()), now);
            }
        }
        if let Some(flight) = self.flights.values_mut().find(|flight| flight.ticket == ticket) {
            flight.is_given_up = true;
        }
    }

    /// The session ends: what was not sent never will be.
    pub fn give_up_held(&mut self, now: Timestamp, words: &str, events: &mut VecDeque<BrokerEvent>) {
        for held in self.held_qos0.drain(..).chain(self.held.drain(..)) {
            tell(events, held.ticket, Stage::NotSent(words.into()), now);
        }
        self.held_bytes = 0;
    }

    /// The next PUBLISH, or PUBREL of a resumed exchange.
    pub fn next(
        &mut self,
        now: Timestamp,
        limits: &Limits,
        ids: &mut PacketIds,
        events: &mut VecDeque<BrokerEvent>,
    ) -> Option<Packet> {
        if let Some(packet) = self.next_resend(now, limits, events) {
            return Some(packet);
        }
        let seq = |held: &VecDeque<Held>| held.front().map_or(u64::MAX, |held| held.seq);
        loop {
            let (qos0, higher) = (seq(&self.held_qos0), seq(&self.held));
            let may_fly = higher < qos0
                && self.resend.is_empty()
                && self.has_place(limits, self.held.front().map_or(0, |held| held.n_lost))
                && self.in_flight_bytes < MAX_IN_FLIGHT_BYTES;
            if let Some(packet_id) = may_fly.then(|| ids.take()).flatten() {
                let held = self.held.pop_front()?;
                if let Some(publish) = self.take_off(now, held, packet_id, limits, events) {
                    return Some(Packet::Publish(publish));
                }
                ids.free(packet_id);
            } else {
                let held = self.held_qos0.pop_front()?;
                self.held_bytes -= weight(&held.publication);
                if let Some(words) = limits.objection(&held.publication) {
                    tell(events, held.ticket, Stage::NotSent(words), now);
                    continue;
                }
                self.sent.count(Qos::AtMostOnce, false, held.publication.retain);
                tell(events, held.ticket, Stage::Sent { packet_id: None, resent: false }, now);
                return Some(Packet::Publish(publish(&held.publication, None, false)));
            }
        }
    }

    /// A held publication becomes one in flight, unless the broker has a limit against it.
    fn take_off(
        &mut self,
        now: Timestamp,
        held: Held,
        packet_id: PacketId,
        limits: &Limits,
        events: &mut VecDeque<BrokerEvent>,
    ) -> Option<Publish> {
        let Held { seq, ticket, publication, n_lost, .. } = held;
        self.held_bytes -= weight(&publication);
        if let Some(words) = limits.objection(&publication).or_else(|| resume::patience_ended(n_lost)) {
            tell(events, ticket, Stage::NotSent(words), now);
            return None;
        }
        let awaits = match publication.qos {
            Qos::AtMostOnce | Qos::AtLeastOnce => Awaits::PubAck,
            Qos::ExactlyOnce => Awaits::PubRec,
        };
        let packet = publish(&publication, Some(packet_id), false);
        self.sent.count(publication.qos, false, publication.retain);
        self.in_flight_bytes += weight(&publication);
        let flight = Flight {
            ticket,
            publication,
            packet_id,
            awaits,
            since: now,
            n_resent: 0,
            n_lost,
            is_given_up: false,
            has_place: true,
        };
        self.note_alone(seq, n_lost);
        self.flights.insert(seq, flight);
        self.by_id.insert(packet_id, seq);
        self.n_places += 1;
        tell(events, ticket, Stage::Sent { packet_id: Some(packet_id), resent: false }, now);
        Some(packet)
    }

    /// Whether a publication may fly that so many connections were lost with.
    fn has_place(&self, limits: &Limits, n_lost: u32) -> bool {
        let most = if resume::is_suspect(n_lost) { 1 } else { u32::from(limits.receive_maximum) };
        self.alone.is_none() && self.n_places < most
    }

    fn note_alone(&mut self, seq: u64, n_lost: u32) {
        if resume::is_suspect(n_lost) {
            self.alone = Some(seq);
        }
    }

    pub fn n_held(&self) -> usize {
        self.held_qos0.len() + self.held.len()
    }

    /// Places of the broker's receive maximum in use.
    pub fn n_places(&self) -> u32 {
        self.n_places
    }

    pub fn is_in_flight(&self) -> bool {
        !self.flights.is_empty()
    }

    /// What was not sent yet, and since when it waits.
    pub fn held(&self) -> impl Iterator<Item = (Ticket, Timestamp)> {
        self.held_qos0.iter().chain(&self.held).map(|held| (held.ticket, held.since))
    }

    /// The oldest publications in flight, at most so many.
    pub fn in_flight(&self, at_most: usize) -> impl Iterator<Item = InFlight> {
        self.flights.values().take(at_most).map(|flight| InFlight {
            outbound: true,
            packet_id: flight.packet_id,
            topic: Some(flight.publication.topic.clone()),
            qos: flight.publication.qos,
            stage: match flight.awaits {
                Awaits::PubAck | Awaits::PubRec => InFlightStage::Publish,
                Awaits::PubComp(_) => InFlightStage::PubRel,
            },
            since: flight.since,
            n_resent: flight.n_resent,
        })
    }
}

fn publish(publication: &Publication, packet_id: Option<PacketId>, dup: bool) -> Publish {
    Publish {
        dup,
        qos: publication.qos,
        retain: publication.retain,
        topic: publication.topic.clone(),
        packet_id,
        properties: publication.properties.clone(),
        payload: publication.payload.clone(),
    }
}
