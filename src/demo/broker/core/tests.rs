//! Stories of the broker's core, by packets alone. Owns the bench they are told on.
mod faulty;
mod laws;
mod sessions;
mod traffic;

use super::*;
use crate::mqtt::packet::{Ack, Connect, Publish, Subscribe, Unsubscribe};
use crate::mqtt::profile::RetainHandling;
use crate::mqtt::{PacketId, Payload, PublishProperties, Subscription};
use crate::wire::{Incoming, Reader, Side};

const BOTH: [Version; 2] = [Version::V3, Version::V5];

struct Bench {
    core: Core,
    now: Timestamp,
}

struct Peer {
    id: ConnectionId,
    version: Version,
    upward: Reader,
    downward: Reader,
}

impl Bench {
    fn new() -> Self {
        Self::with(Limits::default(), Faults::default())
    }

    fn with(limits: Limits, faults: Faults) -> Self {
        let now = Timestamp::from_millis(1_000);
        Self { core: Core::new(limits, None, faults, now), now }
    }

    fn dial(&mut self, version: Version) -> Peer {
        Peer {
            id: self.core.accept(self.now),
            version,
            upward: Reader::new(Side::Broker, Version::V5, PROTOCOL_MAX_PACKET_BYTES),
            downward: Reader::new(Side::Client, version, PROTOCOL_MAX_PACKET_BYTES),
        }
    }

    /// Connects and takes the CONNACK off; tells whether the session was present.
    fn join(&mut self, connect: Connect) -> (Peer, bool) {
        let mut peer = self.dial(connect.version);
        self.say(&mut peer, Packet::Connect(Box::new(connect)));
        let (id, now) = (peer.id, self.now);
        let mut bytes = Vec::new();
        self.core.take_output(id, now, &mut bytes);
        let mut at = 0;
        let first = peer.downward.next(&bytes, &mut at).unwrap();
        let Some(Incoming::Packet(Packet::ConnAck(connack))) = first else { panic!("{first:?}") };
        assert_eq!(connack.reason, Reason::SUCCESS);
        // What follows the CONNACK is left for `hears`.
        let rest = bytes.split_off(at);
        let connection = self.core.connections.get_mut(&id).unwrap();
        connection.outbox.splice(0..0, rest);
        (peer, connack.session_present)
    }

    #[expect(clippy::needless_pass_by_value, reason = "the stories read better without a borrow")]
    fn say(&mut self, peer: &mut Peer, packet: Packet) {
        let mut bytes = Vec::new();
        wire::write(&packet, peer.version, &mut bytes).unwrap();
        let mut at = 0;
        let incoming = peer.upward.next(&bytes, &mut at).unwrap().unwrap();
        self.core.receive(peer.id, self.now, incoming);
    }

    /// All that is written to a client by now, and whether its connection is closed then.
    fn hears_all(&mut self, peer: &mut Peer) -> (Vec<Packet>, bool) {
        let mut packets = Vec::new();
        loop {
            let mut bytes = Vec::new();
            let output = self.core.take_output(peer.id, self.now, &mut bytes);
            let mut at = 0;
            while let Some(incoming) = peer.downward.next(&bytes, &mut at).unwrap() {
                packets.push(match incoming {
                    Incoming::Packet(packet) => packet,
                    Incoming::Publish(publish) => Packet::Publish(Publish {
                        dup: publish.dup,
                        qos: publish.qos,
                        retain: publish.retain,
                        topic: Topic::parse(publish.topic).unwrap(),
                        packet_id: publish.packet_id,
                        properties: wire::read_publish_properties(publish.properties).unwrap(),
                        payload: Payload::from(publish.payload),
                    }),
                    Incoming::Unreadable(unreadable) => panic!("{unreadable:?}"),
                });
            }
            assert_eq!(at, bytes.len(), "whole packets only");
            if output.close {
                self.core.closed(peer.id, self.now);
            }
            if output.close || bytes.is_empty() {
                return (packets, output.close);
            }
        }
    }

    fn hears(&mut self, peer: &mut Peer) -> Vec<Packet> {
        self.hears_all(peer).0
    }

    /// The deliveries among what a client hears, as `topic=payload`, with marks for QoS, RETAIN and DUP.
    fn messages(&mut self, peer: &mut Peer) -> Vec<String> {
        self.hears(peer).iter().filter_map(shown).collect()
    }

    fn subscribe(&mut self, peer: &mut Peer, filter: &str, qos: u8) {
        self.say(peer, subscribe(filter, qos));
        let answer = self.core.take_suback(peer, self.now);
        assert_eq!(answer, vec![Reason(qos)]);
    }

    fn vanish(&mut self, peer: &Peer) {
        self.core.closed(peer.id, self.now);
    }

    fn later(&mut self, seconds: u64) {
        self.now = self.now + Duration::from_secs(seconds);
    }
}

impl Core {
    /// Takes the SUBACK off the buffer's front and leaves what follows it.
    fn take_suback(&mut self, peer: &mut Peer, _now: Timestamp) -> Vec<Reason> {
        let connection = self.connections.get_mut(&peer.id).unwrap();
        let mut at = 0;
        let first = peer.downward.next(&connection.outbox, &mut at).unwrap();
        let Some(Incoming::Packet(Packet::SubAck(suback))) = first else { panic!("{first:?}") };
        connection.outbox.drain(..at);
        suback.reasons
    }
}

fn shown(packet: &Packet) -> Option<String> {
    let Packet::Publish(publish) = packet else { return None };
    let payload = String::from_utf8_lossy(&publish.payload.0).into_owned();
    let mut text = format!("{}={payload}", publish.topic);
    if publish.qos > Qos::AtMostOnce {
        text.push_str(["", " q1", " q2"][usize::from(publish.qos.bits())]);
    }
    if publish.retain {
        text.push_str(" R");
    }
    if publish.dup {
        text.push_str(" D");
    }
    Some(text)
}

fn connect(version: Version, client_id: &str) -> Connect {
    Connect {
        version,
        client_id: client_id.into(),
        keep_alive_s: 60,
        clean_start: true,
        username: None,
        password: None,
        will: None,
        session_expiry_s: None,
        receive_maximum: None,
        max_packet_bytes: None,
        topic_alias_maximum: None,
        request_response_information: None,
        request_problem_information: None,
        user: Vec::new(),
    }
}

/// A CONNECT that asks for a session that outlives the connection.
fn lasting(version: Version, client_id: &str) -> Connect {
    let session_expiry_s = (version == Version::V5).then_some(3_600);
    Connect { clean_start: false, session_expiry_s, ..connect(version, client_id) }
}

fn packet_id(number: u16) -> PacketId {
    PacketId::new(number).unwrap()
}

fn subscription(filter: &str, qos: u8) -> Subscription {
    Subscription {
        filter: Filter::parse(filter).unwrap(),
        qos: Qos::from_bits(qos).unwrap(),
        no_local: false,
        retain_as_published: false,
        retain_handling: RetainHandling::Always,
    }
}

fn subscribe(filter: &str, qos: u8) -> Packet {
    subscribe_as(subscription(filter, qos))
}

fn subscribe_as(subscription: Subscription) -> Packet {
    Packet::Subscribe(Subscribe {
        packet_id: packet_id(1),
        subscriptions: vec![subscription],
        subscription_id: None,
    })
}

fn publish(topic: &str, payload: &str, qos: u8, id: u16) -> Packet {
    Packet::Publish(Publish {
        dup: false,
        qos: Qos::from_bits(qos).unwrap(),
        retain: false,
        topic: Topic::parse(topic).unwrap(),
        packet_id: PacketId::new(id).filter(|_| qos > 0),
        properties: PublishProperties::default(),
        payload: Payload::from(payload.as_bytes()),
    })
}

fn retain(topic: &str, payload: &str) -> Packet {
    let Packet::Publish(publish) = publish(topic, payload, 0, 0) else { unreachable!() };
    Packet::Publish(Publish { retain: true, ..publish })
}
