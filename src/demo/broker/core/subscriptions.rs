//! SUBSCRIBE and UNSUBSCRIBE: what is granted and what is answered. Owns no route and no walk.
use super::super::routes::{Route, Target};
use super::limits::MAX_FILTERS;
use super::{ConnectionId, Core};
use crate::mqtt::packet::{SubAck, Subscribe, Unsubscribe};
use crate::mqtt::profile::RetainHandling;
use crate::mqtt::{Packet, Qos, Reason, Subscription, Version};
use crate::time::Timestamp;

/// "No subscription existed".
const NO_SUBSCRIPTION_EXISTED: Reason = Reason(0x11);
/// "Quota exceeded".
const QUOTA_EXCEEDED: Reason = Reason(0x97);

impl Core {
    pub(super) fn subscribe(&mut self, id: ConnectionId, place: u32, now: Timestamp, subscribe: Subscribe) {
        let Some(version) = self.connections.get(&id).map(|connection| connection.version) else { return };
        let is_shared = |subscription: &Subscription| subscription.filter.share_group().is_some();
        if subscribe.subscriptions.iter().any(|asked| is_shared(asked) && asked.no_local) {
            // MQTT-3.8.3-4.
            return self.protocol_error(id, now, "no local on a shared subscription");
        }
        let mut reasons = Vec::with_capacity(subscribe.subscriptions.len());
        let mut fresh = Vec::new();
        for mut subscription in subscribe.subscriptions {
            if version == Version::V3 {
                // 3.1.1 knows none of these: live messages carry no RETAIN (3.1.1 section 3.3.1.3).
                subscription.no_local = false;
                subscription.retain_as_published = false;
                subscription.retain_handling = RetainHandling::Always;
            }
            match self.grant(place, &subscription, subscribe.subscription_id) {
                Ok((qos, is_new)) => {
                    reasons.push(Reason(qos.bits()));
                    let wants_retained = match subscription.retain_handling {
                        RetainHandling::Always => true,
                        RetainHandling::IfNew => is_new,
                        RetainHandling::Never => false,
                    };
                    // Section 4.8.2: a shared subscription is sent no retained messages.
                    if wants_retained && !is_shared(&subscription) {
                        fresh.push((subscription.filter, qos));
                    }
                }
                // 3.1.1 knows one failure only (section 3.9.3 there).
                Err(_) if version == Version::V3 => reasons.push(Reason::UNSPECIFIED),
                Err(reason) => reasons.push(reason),
            }
        }
        let suback = SubAck { packet_id: subscribe.packet_id, reasons, reason_string: None };
        self.send(id, now, &Packet::SubAck(suback));
        for (filter, qos) in fresh {
            if !self.begin_walk(id, filter, qos, subscribe.subscription_id) {
                return self.close_with(id, now, QUOTA_EXCEEDED, None);
            }
        }
        self.pump_retained(id, place, now);
    }

    fn grant(
        &mut self,
        place: u32,
        asked: &Subscription,
        subscription_id: Option<u32>,
    ) -> Result<(Qos, bool), Reason> {
        if let Some(reason) = self.faults.filter_refusal(&asked.filter) {
            return Err(reason);
        }
        let qos = self.faults.granted(asked.qos);
        let session = self.session_mut(place).ok_or(Reason::UNSPECIFIED)?;
        let is_known = session.filters.contains(&asked.filter);
        if !is_known && session.filters.len() >= MAX_FILTERS {
            return Err(QUOTA_EXCEEDED);
        }
        if !is_known {
            session.filters.push(asked.filter.clone());
        }
        let route = Route {
            target: Target::Session(place),
            qos,
            no_local: asked.no_local,
            retain_as_published: asked.retain_as_published,
            subscription_id,
        };
        Ok((qos, self.routes.subscribe(&asked.filter, route)))
    }

    pub(super) fn unsubscribe(
        &mut self,
        id: ConnectionId,
        place: u32,
        now: Timestamp,
        unsubscribe: &Unsubscribe,
    ) {
        let mut reasons = Vec::with_capacity(unsubscribe.filters.len());
        for filter in &unsubscribe.filters {
            let was_there = self.routes.unsubscribe(filter, Target::Session(place));
            self.with_session(place, |session| {
                session.filters.retain(|known| known != filter);
                true
            });
            reasons.push(if was_there { Reason::SUCCESS } else { NO_SUBSCRIPTION_EXISTED });
        }
        let is_v3 = self.connections.get(&id).is_some_and(|connection| connection.version == Version::V3);
        if is_v3 {
            reasons.clear();
        }
        let unsuback = SubAck { packet_id: unsubscribe.packet_id, reasons, reason_string: None };
        self.send(id, now, &Packet::UnsubAck(unsuback));
    }
}
