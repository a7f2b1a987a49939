//! What the user wants to hear. Owns the wished set and the requests that bring the broker to it.
mod probes;

use super::Fatal;
use super::ids::PacketIds;
use super::limits::Limits;
use super::numbers::{ID_BYTES, Numbers};
use crate::mqtt::packet::{SubAck, Subscribe, Unsubscribe};
use crate::mqtt::port::Refusal;
use crate::mqtt::preset;
use crate::mqtt::{BrokerEvent, Filter, Packet, PacketId, Qos, Reason, Subscription, Version, size};
use std::collections::VecDeque;

/// Filters in one SUBSCRIBE, unless the broker is of a kind that takes fewer: few enough that one refusal of a whole
/// packet names its culprit soon.
const FILTERS_PER_PACKET: usize = 16;
/// Bytes of filters in one SUBSCRIBE, for brokers that name no limit: one filter of the longest kind.
const FILTERS_BYTES_PER_PACKET: usize = 65_538;
/// Requests without an answer: 1,000 filters start in two round trips, and no broker drowns.
const REQUESTS_IN_FLIGHT: usize = 32;
/// Filters wished for, and as many requests that wait: more than any person names, less than a scan can feel.
const MAX_FILTERS: usize = 4_096;

/// Something to ask the broker.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Wish {
    Subscribe(Subscription),
    Unsubscribe(Filter),
    /// A fresh SUBSCRIBE, for what is retained.
    Probe(Subscription),
}

impl Wish {
    fn filter(&self) -> &Filter {
        match self {
            Self::Subscribe(subscription) | Self::Probe(subscription) => &subscription.filter,
            Self::Unsubscribe(filter) => filter,
        }
    }
}

/// A request without an answer.
#[derive(Debug)]
enum Asked {
    Subscribe(PacketId, Vec<Subscription>),
    Unsubscribe(PacketId, Vec<Filter>),
    Probe(PacketId, Subscription),
}

impl Asked {
    fn n_filters(&self) -> usize {
        match self {
            Self::Subscribe(_, subscriptions) => subscriptions.len(),
            Self::Unsubscribe(_, filters) => filters.len(),
            Self::Probe(..) => 1,
        }
    }
}

#[derive(Debug)]
pub(super) struct Subscriptions {
    wished: Vec<Subscription>,
    /// Not asked yet, in order; a filter occurs once, save in a probe.
    waiting: VecDeque<Wish>,
    asked: VecDeque<Asked>,
    pub numbers: Numbers,
    /// Filters whose SUBSCRIBE is a probe's; nobody's wish unless they are wished as well.
    probes: Vec<Filter>,
    /// Whether live messages tell if they are retained (section 3.8.3.1).
    pub any_retain_as_published: bool,
}

impl Subscriptions {
    pub fn new(wished: Vec<Subscription>) -> Self {
        let mut subscriptions = Self {
            wished: Vec::new(),
            waiting: VecDeque::new(),
            asked: VecDeque::new(),
            numbers: Numbers::default(),
            probes: Vec::new(),
            any_retain_as_published: false,
        };
        for subscription in wished {
            subscriptions.remember(subscription);
        }
        subscriptions.waiting = subscriptions.wished.iter().cloned().map(Wish::Subscribe).collect();
        subscriptions
    }

    fn remember(&mut self, subscription: Subscription) {
        self.numbers.give(&subscription.filter);
        match self.wished.iter_mut().find(|known| known.filter == subscription.filter) {
            Some(known) => *known = subscription,
            None => self.wished.push(subscription),
        }
        self.look_for_retain_as_published();
    }

    fn look_for_retain_as_published(&mut self) {
        self.any_retain_as_published = self.wished.iter().any(|wished| wished.retain_as_published);
    }

    /// The user wants a filter, or wants it otherwise.
    pub fn subscribe(&mut self, subscription: Subscription, events: &mut VecDeque<BrokerEvent>) {
        let is_known = self.wished.iter().any(|known| known.filter == subscription.filter);
        if !is_known && self.wished.len() >= MAX_FILTERS {
            let words = format!("at most {MAX_FILTERS} filters on one device; drop some, or use wider ones");
            let granted = Err(Refusal { reason: Reason(0x97), words: Some(words) });
            events.push_back(BrokerEvent::Subscribed { subscription, granted });
            return;
        }
        self.remember(subscription.clone());
        self.wait(Wish::Subscribe(subscription));
    }

    /// The user wants a filter no more.
    pub fn unsubscribe(&mut self, filter: Filter, events: &mut VecDeque<BrokerEvent>) {
        self.wished.retain(|known| known.filter != filter);
        self.numbers.take_back(&filter);
        self.look_for_retain_as_published();
        if self.waiting.len() >= 2 * MAX_FILTERS {
            events.push_back(BrokerEvent::Unsubscribed { filter, reason: Reason(0x97) });
            return;
        }
        self.wait(Wish::Unsubscribe(filter));
    }

    /// The last wish for a filter is the one that counts.
    fn wait(&mut self, wish: Wish) {
        let is_probe = |earlier: &Wish| matches!(earlier, Wish::Probe(_));
        self.waiting.retain(|earlier| is_probe(earlier) || earlier.filter() != wish.filter());
        self.waiting.push_back(wish);
    }

    /// The connection is gone: what was not answered is asked again, before what is newer.
    pub fn stop(&mut self, ids: &mut PacketIds) {
        while let Some(asked) = self.asked.pop_back() {
            let wishes: Vec<Wish> = match asked {
                Asked::Subscribe(id, subscriptions) => {
                    ids.free(id);
                    subscriptions.into_iter().map(Wish::Subscribe).collect()
                }
                Asked::Unsubscribe(id, filters) => {
                    ids.free(id);
                    filters.into_iter().map(Wish::Unsubscribe).collect()
                }
                Asked::Probe(id, _) => {
                    ids.free(id);
                    Vec::new()
                }
            };
            for wish in wishes.into_iter().rev() {
                if self.waiting.iter().all(|newer| newer.filter() != wish.filter()) {
                    self.waiting.push_front(wish);
                }
            }
        }
        self.stop_probes();
    }

    /// The broker knows none of our subscriptions: all are asked anew, and those to drop are gone already.
    pub fn start_over(&mut self, events: &mut VecDeque<BrokerEvent>) {
        for wish in std::mem::take(&mut self.waiting) {
            match wish {
                Wish::Subscribe(_) | Wish::Probe(_) => {}
                Wish::Unsubscribe(filter) => {
                    events.push_back(BrokerEvent::Unsubscribed { filter, reason: Reason(0x11) });
                }
            }
        }
        self.waiting = self.wished.iter().cloned().map(Wish::Subscribe).collect();
    }

    /// The broker may have forgotten without saying so: all is asked, what is to go as well.
    pub fn ask_all(&mut self) {
        self.waiting.retain(|wish| matches!(wish, Wish::Unsubscribe(_)));
        self.waiting.extend(self.wished.iter().cloned().map(Wish::Subscribe));
    }

    /// The next SUBSCRIBE or UNSUBSCRIBE: neighbours of a kind go together as far as the bounds allow.
    pub fn next(
        &mut self,
        limits: &Limits,
        ids: &mut PacketIds,
        events: &mut VecDeque<BrokerEvent>,
    ) -> Option<Packet> {
        if self.asked.len() >= REQUESTS_IN_FLIGHT {
            return None;
        }
        self.refuse_by_limits(limits, events);
        if let Some(probe) = self.next_probe(limits, ids) {
            return Some(probe);
        }
        let bytes_limit = limits.max_packet_bytes.map_or(usize::MAX, |limit| limit as usize);
        let most = limits.kind.max_filters_per_subscribe.unwrap_or(FILTERS_PER_PACKET);
        let has_room = |n: usize, bytes: usize| {
            n == 0
                || (n < most
                    && bytes <= FILTERS_BYTES_PER_PACKET
                    && size::subscribe_bytes(bytes, limits.version) <= bytes_limit)
        };
        if self.waiting.is_empty() {
            return None;
        }
        let packet_id = ids.take()?;
        let (mut subscriptions, mut filters) = (Vec::new(), Vec::new());
        let mut bytes = 0;
        let subscription_id = self.front_id(limits);
        while let Some(wish) = self.waiting.pop_front() {
            let n = subscriptions.len() + filters.len();
            match wish {
                Wish::Subscribe(subscription)
                    if filters.is_empty()
                        // An id is that of the whole packet (section 3.8.2.1.2).
                        && (n == 0 || (subscription_id.is_none() && self.id_of(&subscription, limits).is_none()))
                        && limits.refusal(&subscription).is_none()
                        && has_room(n, bytes + size::subscription_bytes(&subscription)) =>
                {
                    bytes += size::subscription_bytes(&subscription);
                    subscriptions.push(subscription);
                }
                Wish::Unsubscribe(filter)
                    if subscriptions.is_empty() && has_room(n, bytes + size::filter_bytes(&filter)) =>
                {
                    bytes += size::filter_bytes(&filter);
                    filters.push(filter);
                }
                Wish::Subscribe(_) | Wish::Unsubscribe(_) | Wish::Probe(_) => {
                    self.waiting.push_front(wish);
                    break;
                }
            }
        }
        if filters.is_empty() {
            self.asked.push_back(Asked::Subscribe(packet_id, subscriptions.clone()));
            Some(Packet::Subscribe(Subscribe { packet_id, subscriptions, subscription_id }))
        } else {
            self.asked.push_back(Asked::Unsubscribe(packet_id, filters.clone()));
            Some(Packet::Unsubscribe(Unsubscribe { packet_id, filters }))
        }
    }

    /// The id of what is asked next.
    fn front_id(&self, limits: &Limits) -> Option<u32> {
        match self.waiting.front()? {
            Wish::Subscribe(subscription) => self.id_of(subscription, limits),
            Wish::Unsubscribe(_) | Wish::Probe(_) => None,
        }
    }

    /// The id that a subscription is asked for with, where the broker takes one and there is room for it.
    fn id_of(&self, subscription: &Subscription, limits: &Limits) -> Option<u32> {
        let n_bytes = size::subscription_bytes(subscription) + ID_BYTES;
        let most = limits.max_packet_bytes.map_or(usize::MAX, |limit| limit as usize);
        let has_room = size::subscribe_bytes(n_bytes, limits.version) <= most;
        self.numbers.of(&subscription.filter).filter(|_| limits.ids_available && has_room)
    }

    /// Takes from the front what the broker said beforehand that it would not take.
    fn refuse_by_limits(&mut self, limits: &Limits, events: &mut VecDeque<BrokerEvent>) {
        self.refuse_probe(limits, events);
        while let Some(Wish::Subscribe(subscription)) = self.waiting.front() {
            let Some(refusal) = limits.refusal(subscription) else { return };
            if let Some(Wish::Subscribe(subscription)) = self.waiting.pop_front() {
                events.push_back(BrokerEvent::Subscribed { subscription, granted: Err(refusal) });
            }
        }
    }

    /// SUBACK (section 3.9). `Ok(false)`: its id belongs to no SUBSCRIBE of ours.
    pub fn granted(
        &mut self,
        answer: SubAck,
        ids: &mut PacketIds,
        events: &mut VecDeque<BrokerEvent>,
    ) -> Result<bool, Fatal> {
        let ours = |asked: &Asked| matches!(asked, Asked::Subscribe(id, _) if *id == answer.packet_id);
        let Some(idx) = self.asked.iter().position(ours) else {
            return Ok(self.probed(&answer, ids, events));
        };
        let n_filters = self.asked[idx].n_filters();
        if answer.reasons.len() != n_filters {
            return Err(wrong_count("SUBACK", answer.reasons.len(), n_filters));
        }
        let Some(Asked::Subscribe(id, subscriptions)) = self.asked.remove(idx) else { return Ok(false) };
        ids.free(id);
        for (subscription, reason) in subscriptions.into_iter().zip(answer.reasons) {
            let granted = Qos::from_bits(reason.0)
                .ok_or_else(|| Refusal { reason, words: answer.reason_string.clone() });
            events.push_back(BrokerEvent::Subscribed { subscription, granted });
        }
        Ok(true)
    }

    /// UNSUBACK (section 3.11). `Ok(false)`: its id belongs to no UNSUBSCRIBE of ours.
    pub fn dropped(
        &mut self,
        answer: &SubAck,
        limits: &Limits,
        ids: &mut PacketIds,
        events: &mut VecDeque<BrokerEvent>,
    ) -> Result<bool, Fatal> {
        let ours = |asked: &Asked| matches!(asked, Asked::Unsubscribe(id, _) if *id == answer.packet_id);
        let Some(idx) = self.asked.iter().position(ours) else { return Ok(false) };
        let n_filters = self.asked[idx].n_filters();
        let says_nothing = limits.version == Version::V3 && answer.reasons.is_empty();
        if !says_nothing && answer.reasons.len() != n_filters {
            return Err(wrong_count("UNSUBACK", answer.reasons.len(), n_filters));
        }
        let Some(Asked::Unsubscribe(id, filters)) = self.asked.remove(idx) else { return Ok(false) };
        ids.free(id);
        let reasons = answer.reasons.iter().copied().chain(std::iter::repeat(Reason::SUCCESS));
        for (filter, reason) in filters.into_iter().zip(reasons) {
            events.push_back(BrokerEvent::Unsubscribed { filter, reason });
        }
        Ok(true)
    }
}

/// The subscriptions at the highest QoS that a broker of a kind takes, and how many of them were higher.
pub(super) fn lowered(wished: Vec<Subscription>, kind: &preset::Limits) -> (Vec<Subscription>, usize) {
    let mut n_lowered = 0;
    let lower = |subscription| {
        let (subscription, is_lower) = kind.lower(subscription);
        n_lowered += usize::from(is_lower);
        subscription
    };
    (wished.into_iter().map(lower).collect(), n_lowered)
}

fn wrong_count(packet: &str, n_reasons: usize, n_filters: usize) -> Fatal {
    Fatal::protocol_error(format!(
        "the broker's {packet} answers for {n_reasons} filters; we asked for {n_filters}"
    ))
}
