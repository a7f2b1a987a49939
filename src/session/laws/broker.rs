//! A broker for the laws: pure, small, strict. Owns its session and what it took; knows no transport.
use crate::mqtt::packet::{Ack, ConnAck, Connect, Publish, SubAck};
use crate::mqtt::{Packet, PacketId, Payload, PublishProperties, Qos, Reason, Topic, Version};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Ids of deliveries: few, so that they come again soon.
const IDS: u16 = 4;

/// A delivery of the broker's in flight.
#[derive(Clone, Debug)]
struct Outgoing {
    n: u32,
    qos: Qos,
    packet_id: u16,
    is_received: bool,
}

/// The broker, with what it remembers of the client between connections.
#[derive(Debug)]
pub(super) struct Broker {
    version: Version,
    pub receive_maximum: u16,
    has_session: bool,
    /// QoS 2 ids between PUBLISH and PUBREL.
    unreleased: BTreeSet<PacketId>,
    outgoing: Vec<Outgoing>,
    waiting: VecDeque<(u32, Qos)>,
    client_takes: usize,
    is_connected: bool,
    subscribed: BTreeSet<String>,
    /// How often each publication of the client's was taken.
    pub taken: BTreeMap<u32, u32>,
    /// Deliveries that were forgotten with a session.
    pub forgotten: BTreeSet<u32>,
}

/// Publications and deliveries carry a number.
pub(super) fn payload(n: u32) -> Payload {
    Payload::from(&n.to_be_bytes()[..])
}

pub(super) fn number(payload: &[u8]) -> u32 {
    u32::from_be_bytes(payload.try_into().unwrap())
}

/// Whether the broker refuses a publication (MQTT 5 alone can say so).
pub(super) fn refuses(n: u32, version: Version) -> bool {
    version == Version::V5 && n % 7 == 3
}

impl Broker {
    pub fn new(version: Version, receive_maximum: u16) -> Self {
        Self {
            version,
            receive_maximum,
            has_session: false,
            unreleased: BTreeSet::new(),
            outgoing: Vec::new(),
            waiting: VecDeque::new(),
            client_takes: 0,
            is_connected: false,
            subscribed: BTreeSet::new(),
            taken: BTreeMap::new(),
            forgotten: BTreeSet::new(),
        }
    }

    /// Loses its memory, as a restart without persistence does.
    pub fn forget(&mut self) {
        self.has_session = false;
        self.unreleased.clear();
        self.subscribed.clear();
        self.forgotten.extend(self.outgoing.drain(..).map(|one| one.n));
        self.forgotten.extend(self.waiting.drain(..).map(|(n, _)| n));
    }

    pub fn lose_connection(&mut self) {
        self.is_connected = false;
    }

    /// Something to deliver to the client.
    pub fn deliver(&mut self, n: u32, qos: Qos) {
        self.waiting.push_back((n, qos));
    }

    /// Whether it knows of a filter.
    pub fn hears(&self, filter: &str) -> bool {
        self.subscribed.contains(filter)
    }

    /// Whether everything was delivered and acknowledged.
    pub fn is_done(&self) -> bool {
        self.outgoing.is_empty() && self.waiting.is_empty()
    }

    /// What it sends by itself: deliveries as far as the client takes them.
    pub fn send(&mut self, out: &mut VecDeque<Packet>) {
        while self.is_connected && self.outgoing.len() < self.client_takes {
            let is_free = |id: &u16| self.outgoing.iter().all(|one| one.packet_id != *id);
            let Some(packet_id) = (1..=IDS).find(is_free) else { return };
            let Some((n, qos)) = self.waiting.pop_front() else { return };
            let one = Outgoing { n, qos, packet_id, is_received: false };
            out.push_back(one.publish(false));
            if qos != Qos::AtMostOnce {
                self.outgoing.push(one);
            }
        }
    }

    /// Takes a packet of the client's and answers it.
    pub fn receive(&mut self, packet: Packet, out: &mut VecDeque<Packet>) {
        match packet {
            Packet::Connect(connect) => self.connected(&connect, out),
            Packet::Publish(publish) => self.published(&publish, out),
            Packet::PubRel(ack) => {
                let known = self.unreleased.remove(&ack.packet_id);
                let reason = match (known, self.version) {
                    (false, Version::V5) => Reason::PACKET_IDENTIFIER_NOT_FOUND,
                    (true, _) | (false, Version::V3) => Reason::SUCCESS,
                };
                out.push_back(Packet::PubComp(Ack { reason, ..Ack::success(ack.packet_id) }));
            }
            Packet::PubAck(ack) | Packet::PubComp(ack) => {
                self.outgoing.retain(|one| one.packet_id != ack.packet_id.get());
            }
            Packet::PubRec(ack) => {
                let known = self.outgoing.iter_mut().find(|one| one.packet_id == ack.packet_id.get());
                known.expect("PUBREC for a delivery in flight").is_received = true;
                out.push_back(Packet::PubRel(ack));
            }
            Packet::Subscribe(subscribe) => {
                let reasons = vec![Reason::SUCCESS; subscribe.subscriptions.len()];
                self.subscribed.extend(subscribe.subscriptions.iter().map(|one| one.filter.to_string()));
                let packet_id = subscribe.packet_id;
                out.push_back(Packet::SubAck(SubAck { packet_id, reasons, reason_string: None }));
            }
            Packet::PingReq => out.push_back(Packet::PingResp),
            Packet::Disconnect(_) => self.is_connected = false,
            other => panic!("the client sent {other:?}"),
        }
    }

    fn connected(&mut self, connect: &Connect, out: &mut VecDeque<Packet>) {
        if connect.clean_start {
            self.forget();
        }
        let session_present = std::mem::replace(&mut self.has_session, true);
        self.is_connected = true;
        self.client_takes = connect.receive_maximum.map_or(usize::from(IDS), usize::from);
        let receive_maximum = (self.version == Version::V5).then_some(self.receive_maximum);
        let connack = ConnAck { session_present, receive_maximum, ..ConnAck::default() };
        out.push_back(Packet::ConnAck(Box::new(connack)));
        for one in &self.outgoing {
            let id = PacketId::new(one.packet_id).unwrap();
            out.push_back(if one.is_received { Packet::PubRel(Ack::success(id)) } else { one.publish(true) });
        }
    }

    fn published(&mut self, publish: &Publish, out: &mut VecDeque<Packet>) {
        let n = number(&publish.payload.0);
        let mut take = || *self.taken.entry(n).or_default() += 1;
        let Some(packet_id) = publish.packet_id else { return take() };
        let mut ack = Ack::success(packet_id);
        let is_refused = refuses(n, self.version);
        if is_refused {
            ack.reason = Reason(0x97);
        }
        if publish.qos == Qos::AtLeastOnce {
            if !is_refused {
                take();
            }
            out.push_back(Packet::PubAck(ack));
            return;
        }
        if !is_refused && self.unreleased.insert(packet_id) {
            take();
        }
        out.push_back(Packet::PubRec(ack));
    }
}

impl Outgoing {
    fn publish(&self, dup: bool) -> Packet {
        Packet::Publish(Publish {
            dup,
            qos: self.qos,
            retain: false,
            topic: Topic::parse("down").unwrap(),
            packet_id: PacketId::new(self.packet_id).filter(|_| self.qos != Qos::AtMostOnce),
            properties: PublishProperties::default(),
            payload: payload(self.n),
        })
    }
}
