//! The session's laws, played against a model broker. Owns the play: loss, re-delivery, restarts, both versions.
//!
//! Section 4.3.2: QoS 1 arrives at least once. 4.3.3: QoS 2 exactly once while the broker keeps the session.
//! 2.2.1: no packet id is used for two things at once. 4.9: no more in flight than the broker takes. And every
//! ticket comes to a last stage once the connection holds.
mod broker;
mod noise;

use super::Session;
use crate::mqtt::packet::{PublishRef, SubscriptionIds};
use crate::mqtt::{
    Address, BrokerEvent, BrokerRequest, Filter, Packet, PacketId, Profile, Publication, PublishProperties,
    Qos, Stage, Subscription, Ticket, Topic, Version,
};
use crate::time::Timestamp;
use broker::{Broker, number, payload, refuses};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

/// Something that happens.
#[derive(Clone, Copy, Debug)]
enum Happening {
    Publish(Qos),
    Deliver(Qos),
    Subscribe,
    /// So many packets are written, arrive at the broker, arrive at the client.
    Flow(usize, usize, usize),
    /// The connection breaks; whether the broker forgets the session; a receive maximum for the next time.
    Break(bool, u16),
    /// The user disconnects and connects again.
    Leave,
}

/// The client, the broker and the two directions between them.
struct World {
    session: Session,
    broker: Broker,
    now: Timestamp,
    up: VecDeque<Packet>,
    down: VecDeque<Packet>,
    n_asked: u32,
    n_delivered: u32,
    qos_of: Vec<Qos>,
    qos_of_delivery: Vec<Qos>,
    /// What each id in flight stands for: a publication's number, or `None` for a SUBSCRIBE.
    ids: BTreeMap<PacketId, Option<u32>>,
    /// Publications with a place of the receive maximum on this connection.
    places: BTreeSet<PacketId>,
    stages: BTreeMap<u32, Vec<Stage>>,
    seen: BTreeMap<u32, u32>,
    /// Publications that were in flight when a session was lost.
    doubtful: BTreeSet<u32>,
    n_breaks: u32,
    wants_all: bool,
    /// The broker forgot the session, and the client was not told yet.
    is_unaware: bool,
    /// It never was: the answer to the CONNECT that made a new session was lost, the next called it present.
    is_fooled: bool,
}

impl World {
    fn new(version: Version, clean_start: bool, receive_maximum: u16) -> Self {
        let profile = Profile {
            version,
            clean_start,
            session_expiry_s: u32::from(!clean_start) * 600,
            receive_maximum: 3,
            keep_alive_s: 0,
            ..Profile::new("law", Address::tcp("localhost", 1883), "law")
        };
        Self {
            session: Session::new(profile, 1),
            broker: Broker::new(version, receive_maximum),
            now: Timestamp::ZERO,
            up: VecDeque::new(),
            down: VecDeque::new(),
            n_asked: 0,
            n_delivered: 0,
            qos_of: Vec::new(),
            qos_of_delivery: Vec::new(),
            ids: BTreeMap::new(),
            places: BTreeSet::new(),
            stages: BTreeMap::new(),
            seen: BTreeMap::new(),
            doubtful: BTreeSet::new(),
            n_breaks: 0,
            wants_all: false,
            is_unaware: false,
            is_fooled: false,
        }
    }

    fn happens(&mut self, happening: Happening) {
        self.now = self.now + Duration::from_millis(10);
        match happening {
            Happening::Publish(qos) => {
                let publication = Publication {
                    topic: Topic::parse("up").unwrap(),
                    payload: payload(self.n_asked),
                    qos,
                    retain: false,
                    properties: PublishProperties::default(),
                };
                let ticket = Ticket(self.n_asked.into());
                self.session.request(self.now, BrokerRequest::Publish(ticket, publication));
                self.qos_of.push(qos);
                self.n_asked += 1;
            }
            Happening::Deliver(qos) => {
                self.broker.deliver(self.n_delivered, qos);
                self.qos_of_delivery.push(qos);
                self.n_delivered += 1;
            }
            Happening::Subscribe => {
                let subscription = Subscription::new(Filter::parse("#").unwrap(), Qos::ExactlyOnce);
                self.session.request(self.now, BrokerRequest::Subscribe(subscription));
                self.wants_all = true;
            }
            Happening::Flow(written, up, down) => {
                self.flow(written, up, down);
            }
            // One loss less than the session puts up with for one publication.
            Happening::Break(..) | Happening::Leave
                if self.n_breaks + 1 >= super::outbound::LOSSES_BEFORE_GIVING_UP => {}
            Happening::Break(forgets, receive_maximum) => self.breaks(forgets, receive_maximum),
            Happening::Leave => {
                self.session.request(self.now, BrokerRequest::Disconnect);
                self.flow(usize::MAX, usize::MAX, 0);
                assert!(self.session.wants_close());
                self.session.request(self.now, BrokerRequest::Connect);
                self.breaks(false, self.broker.receive_maximum);
            }
        }
        self.listen();
    }

    fn breaks(&mut self, forgets: bool, receive_maximum: u16) {
        self.n_breaks += 1;
        self.up.clear();
        self.down.clear();
        self.places.clear();
        self.ids.retain(|_, stands_for| stands_for.is_some());
        self.broker.lose_connection();
        self.broker.receive_maximum = receive_maximum;
        if forgets {
            self.broker.forget();
            self.doubtful.extend(self.ids.values().flatten());
            self.is_unaware = true;
        }
        self.session.transport_lost(self.now, true);
        self.session.transport_opened(self.now);
    }

    /// Returns how many packets moved.
    fn flow(&mut self, written: usize, up: usize, down: usize) -> usize {
        let mut moved = 0;
        for _ in 0..written {
            let Some(packet) = self.session.next_packet(self.now) else { break };
            self.check_written(&packet);
            self.up.push_back(packet);
            moved += 1;
        }
        for _ in 0..up {
            let Some(packet) = self.up.pop_front() else { break };
            self.broker.receive(packet, &mut self.down);
            moved += 1;
        }
        self.broker.send(&mut self.down);
        for _ in 0..down {
            let Some(packet) = self.down.pop_front() else { break };
            self.take_delivery(packet);
            moved += 1;
        }
        moved
    }

    /// Sections 2.2.1 (ids), 3.3.1.1 (DUP) and 4.9 (places), as seen on the wire.
    fn check_written(&mut self, packet: &Packet) {
        match packet {
            Packet::Publish(publish) => {
                let Some(packet_id) = publish.packet_id else { return };
                let n = number(&publish.payload.0);
                let earlier = self.ids.insert(packet_id, Some(n));
                assert_eq!(publish.dup, earlier.is_some(), "DUP tells a re-send, and nothing else");
                assert!(earlier.is_none_or(|earlier| earlier == Some(n)), "{packet_id} for two publications");
                assert!(self.places.insert(packet_id), "sent twice on one connection");
                let limit = usize::from(self.session.limits.receive_maximum);
                assert!(self.places.len() <= limit, "{} in flight of {limit}", self.places.len());
            }
            Packet::Subscribe(subscribe) => {
                assert!(self.ids.insert(subscribe.packet_id, None).is_none(), "the id is in use");
            }
            _ => {}
        }
    }

    fn take_delivery(&mut self, packet: Packet) {
        match &packet {
            Packet::Publish(publish) => {
                let publish_ref = PublishRef {
                    dup: publish.dup,
                    qos: publish.qos,
                    retain: publish.retain,
                    topic: publish.topic.as_str(),
                    packet_id: publish.packet_id,
                    topic_alias: None,
                    subscription_ids: SubscriptionIds::default(),
                    properties: &[],
                    payload: &publish.payload.0,
                };
                if let Some(message) = self.session.receive_publish(self.now, &publish_ref).unwrap() {
                    *self.seen.entry(number(message.payload)).or_default() += 1;
                }
                return;
            }
            Packet::ConnAck(connack) if connack.session_present => self.is_fooled |= self.is_unaware,
            Packet::ConnAck(_) => {
                self.is_unaware = false;
                self.doubtful.extend(self.ids.values().flatten());
                self.ids.clear();
            }
            Packet::PubAck(ack) | Packet::PubComp(ack) => self.ends(ack.packet_id),
            Packet::PubRec(ack) if ack.reason.is_failure() => self.ends(ack.packet_id),
            Packet::SubAck(answer) => self.ends(answer.packet_id),
            _ => {}
        }
        self.session.receive(self.now, packet).unwrap();
    }

    fn ends(&mut self, packet_id: PacketId) {
        self.ids.remove(&packet_id);
        self.places.remove(&packet_id);
    }

    /// Every stage in its order, nothing after the last one.
    fn listen(&mut self) {
        while let Some(event) = self.session.next_event() {
            let BrokerEvent::Publication { ticket, stage, .. } = event else { continue };
            let stages = self.stages.entry(u32::try_from(ticket.0).unwrap()).or_default();
            let is_legal = match (stages.last(), &stage) {
                (None, next) => matches!(next, Stage::Queued | Stage::Sent { resent: false, .. }),
                (Some(Stage::Queued), next) => matches!(next, Stage::Sent { resent: false, .. }),
                (Some(last), _) if last.is_last() => false,
                (Some(Stage::Received), next) => !matches!(next, Stage::Queued | Stage::Received),
                (Some(_), next) => !matches!(next, Stage::Queued),
            };
            assert!(is_legal, "{stage:?} after {stages:?}");
            stages.push(stage);
        }
    }

    /// The connection holds from now on: all comes to rest, and the laws are held against what happened.
    fn comes_to_rest(&mut self) {
        while self.flow(usize::MAX, usize::MAX, usize::MAX) > 0 {}
        self.listen();
        assert!(self.broker.is_done(), "the broker waits: {:?}", self.broker);
        assert!(self.ids.is_empty() && self.places.is_empty());
        let status = self.session.link_status(self.now);
        let lingers = status.in_flight.iter().any(|one| one.outbound || !self.is_fooled);
        assert!(!lingers && status.n_queued == 0, "{status:?}");
        assert_eq!(self.broker.hears("#"), self.wants_all, "a client must not go deaf");
        for (n, qos) in (0..).zip(&self.qos_of) {
            let last = self.stages.get(&n).and_then(|stages| stages.last());
            assert!(last.is_some_and(Stage::is_last), "publication {n} stopped at {last:?}");
            let taken = self.broker.taken.get(&n).copied().unwrap_or_default();
            if *qos != Qos::AtMostOnce && refuses(n, self.session.profile.version) {
                assert!(matches!(last, Some(Stage::Refused(..))), "{last:?}");
                assert_eq!(taken, 0);
                continue;
            }
            match qos {
                Qos::AtMostOnce => assert!(taken <= 1),
                Qos::ExactlyOnce if !self.doubtful.contains(&n) => assert_eq!(taken, 1, "publication {n}"),
                Qos::AtLeastOnce | Qos::ExactlyOnce => assert!(taken >= 1, "publication {n}"),
            }
        }
        for (n, qos) in (0..).zip(&self.qos_of_delivery) {
            let seen = self.seen.get(&n).copied().unwrap_or_default();
            let is_kept = !self.broker.forgotten.contains(&n);
            match qos {
                Qos::AtMostOnce => assert!(seen <= 1),
                Qos::AtLeastOnce => assert!(seen >= 1 || !is_kept, "delivery {n}"),
                // Its id may stand for an older delivery that the broker forgot unnoticed.
                Qos::ExactlyOnce if self.is_fooled => assert!(seen <= 1, "delivery {n}: {seen}"),
                Qos::ExactlyOnce => assert!(seen == 1 || (!is_kept && seen <= 1), "delivery {n}: {seen}"),
            }
        }
    }
}

fn qos() -> impl Strategy<Value = Qos> {
    prop_oneof![
        1 => Just(Qos::AtMostOnce),
        2 => Just(Qos::AtLeastOnce),
        3 => Just(Qos::ExactlyOnce),
    ]
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        6 => qos().prop_map(Happening::Publish),
        6 => qos().prop_map(Happening::Deliver),
        1 => Just(Happening::Subscribe),
        12 => (0..4_usize, 0..4_usize, 0..4_usize).prop_map(|(a, b, c)| Happening::Flow(a, b, c)),
        1 => Just(Happening::Leave),
        2 => (prop::bool::weighted(0.3), 1..5_u16).prop_map(|(forgets, max)| Happening::Break(forgets, max)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_laws_hold_whatever_happens(
        version in prop_oneof![Just(Version::V3), Just(Version::V5)],
        clean_start in prop::bool::weighted(0.2),
        receive_maximum in 1..5_u16,
        happenings in prop::collection::vec(happening(), 0..120),
    ) {
        let mut world = World::new(version, clean_start, receive_maximum);
        world.session.transport_opened(world.now);
        for happening in happenings {
            world.happens(happening);
        }
        world.comes_to_rest();
    }
}
