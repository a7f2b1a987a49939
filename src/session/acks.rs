//! Acknowledgements that wait to be written. Owns their order (MQTT 5.0 section 4.6); decides on none.
use crate::mqtt::packet::Ack;
use crate::mqtt::{Packet, PacketId, Reason};
use std::collections::VecDeque;

/// Acknowledgements that may wait while the writing is blocked: one of each direction for every packet id.
pub(super) const MAX_WAITING: usize = 2 * 65_535;

/// Which packet acknowledges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::enum_variant_names, reason = "the packets are called so")]
pub(super) enum AckKind {
    PubAck,
    PubRec,
    PubRel,
    PubComp,
}

/// Whether writing it gives the broker a place of our receive maximum back (section 4.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Freed,
    Kept,
}

#[derive(Clone, Copy, Debug)]
struct Waiting {
    kind: AckKind,
    packet_id: PacketId,
    reason: Reason,
    place: Place,
}

/// One queue for all four kinds keeps each kind in the order of its causes, as section 4.6 asks.
///
/// Bounded by [`MAX_WAITING`], which only a broker can pass that breaks the protocol.
#[derive(Debug, Default)]
pub(super) struct Acks(VecDeque<Waiting>);

impl Acks {
    pub fn push(&mut self, kind: AckKind, packet_id: PacketId, reason: Reason, place: Place) {
        self.0.push_back(Waiting { kind, packet_id, reason, place });
    }

    /// The next one to write, and whether it frees a place.
    pub fn next(&mut self) -> Option<(Packet, Place)> {
        let Waiting { kind, packet_id, reason, place } = self.0.pop_front()?;
        let ack = Ack { packet_id, reason, reason_string: None };
        let packet = match kind {
            AckKind::PubAck => Packet::PubAck(ack),
            AckKind::PubRec => Packet::PubRec(ack),
            AckKind::PubRel => Packet::PubRel(ack),
            AckKind::PubComp => Packet::PubComp(ack),
        };
        Some((packet, place))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// What was not written on a lost connection is asked for again by re-sends on the next.
    pub fn forget_all(&mut self) {
        self.0.clear();
    }
}
