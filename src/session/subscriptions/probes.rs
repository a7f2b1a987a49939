//! Asking what is retained on one topic by a fresh SUBSCRIBE of it. Owns that what the user subscribed stays as it was.
//!
//! A SUBSCRIBE of a filter that is subscribed already replaces that subscription, and with retain handling 0 has the
//! retained messages sent again (MQTT 5.0 section 3.8.4; 3.1.1 section 3.8.4 always sends them). So an existing
//! subscription keeps its QoS and options for the while, and gets its own retain handling back; where there is none,
//! the probe's is dropped again. A shared one of the same topic is another filter (section 4.8.2), and not touched.
use super::{Asked, Subscriptions, Wish};
use crate::mqtt::packet::{SubAck, Subscribe};
use crate::mqtt::port::Refusal;
use crate::mqtt::profile::RetainHandling;
use crate::mqtt::{BrokerEvent, Filter, Packet, Qos, Reason, Subscription, Topic, Version};
use crate::session::ids::PacketIds;
use crate::session::limits::Limits;
use std::collections::VecDeque;

/// Probes under way: one is a person's, the others those that were given up without an answer.
const MAX_PROBES: usize = 16;

impl Subscriptions {
    /// Asks for what is retained on a topic.
    pub fn probe(&mut self, topic: &Topic, events: &mut VecDeque<BrokerEvent>) {
        let mut refuse = |reason, words: String| {
            let granted = Err(Refusal { reason, words: Some(words) });
            events.push_back(BrokerEvent::Probed { topic: topic.clone(), granted });
        };
        let Ok(filter) = Filter::parse(topic.as_str()) else {
            return refuse(Reason(0x8F), "no filter names this topic alone; nothing was sent".into());
        };
        if filter.share_group().is_some() {
            let words = "a filter of this name would be a shared subscription; nothing was sent";
            return refuse(Reason(0x8F), words.into());
        }
        if self.probes.len() >= MAX_PROBES {
            return refuse(Reason(0x97), format!("{MAX_PROBES} probes wait for an answer already"));
        }
        let known = self.wished.iter().find(|known| known.filter == filter);
        let fresh = Subscription::new(filter.clone(), Qos::AtMostOnce);
        let mut subscription = known.cloned().unwrap_or(fresh);
        subscription.retain_handling = RetainHandling::Always;
        self.probes.retain(|probed| *probed != filter);
        self.probes.push(filter);
        self.waiting.push_back(Wish::Probe(subscription));
    }

    /// Brings the subscription of a topic back to what the user wished.
    pub fn end_probe(&mut self, topic: &Topic, version: Version) {
        let Some(place) = self.probes.iter().position(|probed| probed.as_str() == topic.as_str()) else {
            return;
        };
        let filter = self.probes.remove(place);
        let n_waiting = self.waiting.len();
        self.waiting.retain(|wish| !matches!(wish, Wish::Probe(probe) if probe.filter == filter));
        if self.waiting.len() < n_waiting {
            // It never left.
            return;
        }
        match self.wished.iter().find(|known| known.filter == filter) {
            Some(known) if version == Version::V5 && known.retain_handling != RetainHandling::Always => {
                let known = known.clone();
                self.wait(Wish::Subscribe(known));
            }
            Some(_) => {}
            None => self.wait(Wish::Unsubscribe(filter)),
        }
    }

    /// The connection is gone: a broker that keeps the session keeps the probes' subscriptions, too.
    pub(super) fn stop_probes(&mut self) {
        self.waiting.retain(|wish| !matches!(wish, Wish::Probe(_)));
        for filter in std::mem::take(&mut self.probes) {
            if self.wished.iter().all(|known| known.filter != filter) {
                self.wait(Wish::Unsubscribe(filter));
            }
        }
    }

    /// The SUBSCRIBE of the probe that is next, in a packet of its own.
    pub(super) fn next_probe(&mut self, limits: &Limits, ids: &mut PacketIds) -> Option<Packet> {
        let Some(Wish::Probe(_)) = self.waiting.front() else { return None };
        let packet_id = ids.take()?;
        let Some(Wish::Probe(subscription)) = self.waiting.pop_front() else { return None };
        self.asked.push_back(Asked::Probe(packet_id, subscription.clone()));
        // A subscription without its id would take the place of one that has it.
        let subscription_id = self.id_of(&subscription, limits);
        Some(Packet::Subscribe(Subscribe { packet_id, subscriptions: vec![subscription], subscription_id }))
    }

    /// Answers those in front that the broker said beforehand it would not take.
    pub(super) fn refuse_probe(&mut self, limits: &Limits, events: &mut VecDeque<BrokerEvent>) {
        while let Some(Wish::Probe(subscription)) = self.waiting.front() {
            let Some(refusal) = limits.refusal(subscription) else { return };
            let filter = subscription.filter.clone();
            self.waiting.pop_front();
            self.probes.retain(|probed| *probed != filter);
            tell(&filter, Err(refusal), events);
        }
    }

    /// SUBACK of a probe; `false`: it is none's.
    pub(super) fn probed(
        &mut self,
        answer: &SubAck,
        ids: &mut PacketIds,
        events: &mut VecDeque<BrokerEvent>,
    ) -> bool {
        let ours = |asked: &Asked| matches!(asked, Asked::Probe(id, _) if *id == answer.packet_id);
        let Some(place) = self.asked.iter().position(ours) else { return false };
        let Some(Asked::Probe(id, subscription)) = self.asked.remove(place) else { return false };
        ids.free(id);
        let reason = answer.reasons.first().copied().unwrap_or(Reason::SUCCESS);
        let granted =
            Qos::from_bits(reason.0).ok_or_else(|| Refusal { reason, words: answer.reason_string.clone() });
        tell(&subscription.filter, granted, events);
        true
    }
}

fn tell(filter: &Filter, granted: Result<Qos, Refusal>, events: &mut VecDeque<BrokerEvent>) {
    if let Ok(topic) = Topic::parse(filter.as_str()) {
        events.push_back(BrokerEvent::Probed { topic, granted });
    }
}
