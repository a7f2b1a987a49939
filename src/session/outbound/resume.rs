//! What becomes of publications when a connection ends (MQTT 5.0 section 4.4). Owns re-sends and fresh starts.
use super::{Awaits, Held, Outbound, Packet, publish, tell, weight};
use crate::mqtt::packet::Ack;
use crate::mqtt::{BrokerEvent, Qos, Stage};
use crate::session::Certainty;
use crate::session::limits::Limits;
use crate::time::Timestamp;
use std::collections::VecDeque;

/// Connections that may be lost with a publication unacknowledged. Brokers that close instead of refusing
/// (AWS does where a right lacks, many do on a packet too large) would else be dialled for ever.
pub(in crate::session) const LOSSES_BEFORE_GIVING_UP: u32 = 8;

/// Losses after which a publication flies alone: those that were sent beside the one that a broker cannot
/// take are not to be given up with it.
const LOSSES_BEFORE_FLYING_ALONE: u32 = LOSSES_BEFORE_GIVING_UP / 2;

/// Whether a publication may be what ends the connections.
pub(super) const fn is_suspect(n_lost: u32) -> bool {
    n_lost >= LOSSES_BEFORE_FLYING_ALONE
}

/// The words with which a publication is given up after so many losses.
pub(super) fn patience_ended(n_lost: u32) -> Option<String> {
    (n_lost >= LOSSES_BEFORE_GIVING_UP).then(|| {
        format!(
            "given up: sent on {n_lost} connections, each lost before the broker acknowledged it; \
             it may have no right to this topic, or be too large"
        )
    })
}

/// What is said of a publication that was given up in flight.
const UNCERTAIN: &str =
    "it was sent once, and the broker forgot our session: whether it arrived is not known";

/// What a lost session means to those who asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::session) struct Restarted {
    pub n_restarted: usize,
    pub n_maybe_twice: usize,
}

impl Outbound {
    /// The connection is gone: nothing in flight is forgotten, and what was about to go now waits.
    pub fn stop(&mut self, now: Timestamp, events: &mut VecDeque<BrokerEvent>) {
        self.resend.clear();
        self.n_places = 0;
        self.alone = None;
        for flight in self.flights.values_mut() {
            if std::mem::take(&mut flight.has_place) {
                flight.n_lost = flight.n_lost.saturating_add(1);
            }
        }
        for held in self.held_qos0.iter_mut().chain(&mut self.held) {
            if !std::mem::replace(&mut held.is_told, true) {
                tell(events, held.ticket, Stage::Queued, now);
            }
        }
    }

    /// The broker kept the session: all in flight is sent again, with the ids it knows. Returns how many.
    ///
    /// Each PUBREL goes in the order of the PUBREC packets, then each PUBLISH in its old order (section 4.6).
    pub fn resume(&mut self, certainty: Certainty) -> usize {
        self.is_doubtful = certainty == Certainty::Doubtful;
        let mut releases = Vec::new();
        let mut publishes = VecDeque::new();
        for (seq, flight) in &self.flights {
            match flight.awaits {
                Awaits::PubComp(order) => releases.push((order, *seq)),
                Awaits::PubAck | Awaits::PubRec => publishes.push_back(*seq),
            }
        }
        releases.sort_unstable();
        self.resend = releases.into_iter().map(|(_, seq)| seq).chain(publishes).collect();
        self.resend.len()
    }

    /// The broker forgot the session: all in flight starts over as new, ahead of what waits.
    ///
    /// At QoS 2 the broker may have passed the first one on, and can't know the second for the same.
    pub fn start_over(&mut self, now: Timestamp, events: &mut VecDeque<BrokerEvent>) -> Restarted {
        let mut restarted = Restarted::default();
        while let Some((seq, flight)) = self.flights.pop_last() {
            if flight.is_given_up {
                tell(events, flight.ticket, Stage::NotSent(UNCERTAIN.into()), now);
                continue;
            }
            restarted.n_restarted += 1;
            restarted.n_maybe_twice += usize::from(flight.publication.qos == Qos::ExactlyOnce);
            self.held_bytes += weight(&flight.publication);
            self.held.push_front(Held {
                seq,
                ticket: flight.ticket,
                publication: flight.publication,
                since: flight.since,
                is_told: true,
                n_lost: flight.n_lost,
            });
        }
        self.by_id.clear();
        self.in_flight_bytes = 0;
        self.is_doubtful = false;
        restarted
    }

    /// The next of what is sent again. PUBREL is never held up; PUBLISH waits for a place (section 4.9).
    pub(super) fn next_resend(
        &mut self,
        now: Timestamp,
        limits: &Limits,
        events: &mut VecDeque<BrokerEvent>,
    ) -> Option<Packet> {
        while let Some(seq) = self.resend.front().copied() {
            let n_lost = self.flights.get(&seq).map_or(0, |flight| flight.n_lost);
            let has_place = self.has_place(limits, n_lost);
            let Some(flight) = self.flights.get_mut(&seq) else {
                self.resend.pop_front();
                continue;
            };
            let is_release = matches!(flight.awaits, Awaits::PubComp(_));
            if !is_release && !has_place {
                return None;
            }
            self.resend.pop_front();
            if !is_release
                && let Some(words) =
                    limits.objection(&flight.publication).or_else(|| patience_ended(flight.n_lost))
            {
                // Its id stays in use: the broker may hold it for this publication until the session ends.
                tell(events, flight.ticket, Stage::NotSent(words), now);
                self.by_id.remove(&flight.packet_id);
                self.in_flight_bytes -= weight(&flight.publication);
                self.flights.remove(&seq);
                continue;
            }
            flight.has_place = true;
            flight.n_resent = flight.n_resent.saturating_add(1);
            flight.since = now;
            self.n_places += 1;
            if is_release {
                return Some(Packet::PubRel(Ack::success(flight.packet_id)));
            }
            self.sent.count(flight.publication.qos, true, flight.publication.retain);
            let stage = Stage::Sent { packet_id: Some(flight.packet_id), resent: true };
            tell(events, flight.ticket, stage, now);
            let packet = publish(&flight.publication, Some(flight.packet_id), true);
            self.note_alone(seq, n_lost);
            return Some(Packet::Publish(packet));
        }
        None
    }
}
