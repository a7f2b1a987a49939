//! What the broker answers to a publication (MQTT 5.0 sections 3.4 to 3.7). Owns how one in flight lands.
use super::{Awaits, Outbound, tell, weight};
use crate::mqtt::packet::Ack;
use crate::mqtt::{BrokerEvent, PacketId, Reason, Stage};
use crate::session::acks::{AckKind, Acks, Place};
use crate::session::ids::PacketIds;
use crate::time::Timestamp;
use std::collections::VecDeque;

/// What an acknowledgement was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::session) enum Match {
    /// A publication of ours that waited for it.
    Ours,
    /// As `Ours`, but the broker treated QoS 2 as QoS 1.
    Downgraded,
    /// Nothing in flight waits for it.
    Unknown,
}

impl Outbound {
    /// PUBACK (section 3.4): the last of QoS 1. Some 3.1.1 brokers answer QoS 2 with it.
    pub fn acknowledged(
        &mut self,
        now: Timestamp,
        ack: &Ack,
        ids: &mut PacketIds,
        events: &mut VecDeque<BrokerEvent>,
    ) -> Match {
        let Some((seq, awaits)) = self.look_up(ack.packet_id) else { return Match::Unknown };
        let found = match awaits {
            Awaits::PubAck => Match::Ours,
            Awaits::PubRec => Match::Downgraded,
            Awaits::PubComp(_) => return Match::Unknown,
        };
        self.land(now, seq, last_stage(ack), ids, events);
        found
    }

    /// PUBREC (section 3.5): the broker has it, or refuses it and is done with it (section 4.3.3).
    pub fn received(
        &mut self,
        now: Timestamp,
        ack: &Ack,
        ids: &mut PacketIds,
        acks: &mut Acks,
        events: &mut VecDeque<BrokerEvent>,
    ) -> Match {
        let Some((seq, awaits)) = self.look_up(ack.packet_id) else {
            return Self::release_unknown(ack, acks);
        };
        match awaits {
            Awaits::PubAck => return Self::release_unknown(ack, acks),
            Awaits::PubRec | Awaits::PubComp(_) if ack.reason.is_failure() => {
                self.land(now, seq, last_stage(ack), ids, events);
                return Match::Ours;
            }
            Awaits::PubRec => {
                if let Some(flight) = self.flights.get_mut(&seq) {
                    flight.awaits = Awaits::PubComp(self.next_rec);
                    flight.since = now;
                    self.next_rec += 1;
                    tell(events, flight.ticket, Stage::Received, now);
                }
            }
            // A broker may repeat its PUBREC; the answer is the same.
            Awaits::PubComp(_) => {}
        }
        acks.push(AckKind::PubRel, ack.packet_id, Reason::SUCCESS, Place::Kept);
        Match::Ours
    }

    /// A PUBREC that no publication waits for is answered all the same, else the broker keeps asking.
    fn release_unknown(ack: &Ack, acks: &mut Acks) -> Match {
        if !ack.reason.is_failure() {
            acks.push(AckKind::PubRel, ack.packet_id, Reason::PACKET_IDENTIFIER_NOT_FOUND, Place::Kept);
        }
        Match::Unknown
    }

    /// PUBCOMP (section 3.7): the last of QoS 2.
    pub fn completed(
        &mut self,
        now: Timestamp,
        ack: &Ack,
        ids: &mut PacketIds,
        events: &mut VecDeque<BrokerEvent>,
    ) -> Match {
        let Some((seq, Awaits::PubComp(_))) = self.look_up(ack.packet_id) else { return Match::Unknown };
        let was_resent = self.flights.get(&seq).is_some_and(|flight| flight.n_resent > 0);
        // Section 3.7.2.1: after a resumed session "not found" only tells that an earlier PUBREL had arrived.
        let stage = match (was_resent && ack.reason == Reason::PACKET_IDENTIFIER_NOT_FOUND, self.is_doubtful)
        {
            (true, false) => Stage::Acknowledged(Reason::SUCCESS),
            (true, true) => {
                let words = "the broker had received it, and may have lost its session since";
                Stage::Refused(ack.reason, Some(words.into()))
            }
            (false, _) => last_stage(ack),
        };
        self.land(now, seq, stage, ids, events);
        Match::Ours
    }

    fn look_up(&self, packet_id: PacketId) -> Option<(u64, Awaits)> {
        let seq = *self.by_id.get(&packet_id)?;
        Some((seq, self.flights.get(&seq)?.awaits))
    }

    /// Ends a flight: its id and its place are free.
    fn land(
        &mut self,
        now: Timestamp,
        seq: u64,
        stage: Stage,
        ids: &mut PacketIds,
        events: &mut VecDeque<BrokerEvent>,
    ) {
        let Some(flight) = self.flights.remove(&seq) else { return };
        self.by_id.remove(&flight.packet_id);
        self.in_flight_bytes -= weight(&flight.publication);
        ids.free(flight.packet_id);
        if flight.has_place {
            self.n_places -= 1;
        }
        self.alone = self.alone.filter(|alone| *alone != seq);
        tell(events, flight.ticket, stage, now);
    }
}

fn last_stage(ack: &Ack) -> Stage {
    if ack.reason.is_failure() {
        Stage::Refused(ack.reason, ack.reason_string.clone())
    } else {
        Stage::Acknowledged(ack.reason)
    }
}
