//! Retained messages for new subscriptions. Owns how far each walk over them has come; keeps none itself.
use super::super::faults::PacketKind;
use super::super::frame::Frame;
use super::super::session::Delivery;
use super::deliver::Letter;
use super::limits::{MAX_FILTERS, SLICE_BYTES, SLICE_SLOTS};
use super::{ConnectionId, Core};
use crate::mqtt::{Filter, Qos};
use crate::time::Timestamp;

/// A walk over the retained messages on behalf of a new subscription.
#[derive(Debug)]
pub(super) struct Walk {
    filter: Filter,
    qos: Qos,
    subscription_id: Option<u32>,
    next: u32,
    end: u32,
    epoch: u32,
}

impl Core {
    /// Begins a walk for a subscription; `false` when the client has more of them open than anybody needs.
    pub(super) fn begin_walk(
        &mut self,
        id: ConnectionId,
        filter: Filter,
        qos: Qos,
        subscription_id: Option<u32>,
    ) -> bool {
        let (mut next, mut end) = (0, self.retained.n_slots());
        if !filter.has_wildcards() {
            let Some(slot) = self.retained.place_of(filter.pattern()) else { return true };
            (next, end) = (slot, slot + 1);
        }
        let epoch = self.retained.begin_walk();
        let Some(connection) = self.connections.get_mut(&id) else { return true };
        let has_room = connection.walks.len() < MAX_FILTERS;
        if has_room {
            connection.walks.push_back(Walk { filter, qos, subscription_id, next, end, epoch });
        }
        has_room
    }

    /// Goes on with the retained messages for new subscriptions, a slice at a time.
    pub(super) fn pump_retained(&mut self, id: ConnectionId, place: u32, now: Timestamp) {
        let mut n_slots = 0;
        while n_slots < SLICE_SLOTS && self.unwritten(id) < SLICE_BYTES {
            let is_waiting = self.session(place).is_none_or(|session| !session.waiting.is_empty());
            let Some(connection) = self.connections.get_mut(&id) else { return };
            let Some(walk) = connection.walks.front_mut() else { return };
            if is_waiting || connection.is_closing {
                return;
            }
            if walk.next >= walk.end {
                connection.walks.pop_front();
                continue;
            }
            n_slots += 1;
            let slot = walk.next;
            walk.next += 1;
            let Some(kept) = self.retained.at(slot, now) else { continue };
            if kept.epoch >= walk.epoch || !walk.filter.matches(kept.topic) {
                continue;
            }
            let (qos, subscription_id) = (kept.qos.min(walk.qos), walk.subscription_id);
            self.deliver_kept(id, place, now, slot, qos, subscription_id);
        }
        if self.connections.get(&id).is_some_and(|connection| !connection.walks.is_empty()) {
            self.mark(id);
        }
    }

    fn deliver_kept(
        &mut self,
        id: ConnectionId,
        place: u32,
        now: Timestamp,
        slot: u32,
        qos: Qos,
        subscription_id: Option<u32>,
    ) {
        // Taken out for the while, so that its messages can be borrowed while a buffer is written to.
        let retained = std::mem::take(&mut self.retained);
        if let Some(kept) = retained.at(slot, now) {
            let subscription_ids = subscription_id.as_slice();
            let letter = Letter {
                topic: kept.topic,
                payload: kept.payload,
                qos,
                retain: true,
                properties: kept.properties.as_ref(),
            };
            if qos == Qos::AtMostOnce {
                let frame = Frame {
                    dup: false,
                    qos,
                    retain: true,
                    topic: letter.topic,
                    packet_id: None,
                    properties: letter.properties,
                    subscription_ids,
                    payload: letter.payload,
                };
                self.emit(id, PacketKind::Publish, now, |version, max, out| frame.write(version, max, out));
            } else {
                let delivery = Delivery {
                    publication: letter.to_publication(),
                    qos,
                    retain: true,
                    subscription_ids: subscription_ids.to_vec(),
                    since: now,
                };
                self.enqueue(place, delivery);
                self.pump_queue(id, place, now);
            }
        }
        self.retained = retained;
    }
}
