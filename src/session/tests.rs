//! Tests of the session by the section of the spec they hold. Owns the play in which the test is the broker.
mod choosing;
mod connecting;
mod numbering;
mod pinging;
mod probing;
mod publishing;
mod queued;
mod receiving;
mod resuming;
mod rivals;
mod subscribing;

use super::{Fatal, Session};
use crate::mqtt::packet::{Ack, ConnAck, PublishRef, SubscriptionIds};
use crate::mqtt::port::{Notice, Online};
use crate::mqtt::{
    Address, BrokerEvent, BrokerRequest, Filter, Packet, PacketId, Payload, Profile, Publication,
    PublishProperties, Qos, Stage, Subscription, Ticket, Topic, Version,
};
use crate::time::Timestamp;
use std::time::Duration;

const VERSIONS: [Version; 2] = [Version::V3, Version::V5];

fn profile(version: Version) -> Profile {
    Profile { version, ..Profile::new("test", Address::tcp("localhost", 1883), "mqttscope-test") }
}

/// A profile whose session outlives the connection.
fn persistent(version: Version) -> Profile {
    Profile { clean_start: false, session_expiry_s: 3600, ..profile(version) }
}

fn id(id: u16) -> PacketId {
    PacketId::new(id).unwrap()
}

fn filter(text: &str) -> Filter {
    Filter::parse(text).unwrap()
}

fn subscription(text: &str) -> Subscription {
    Subscription::new(filter(text), Qos::AtLeastOnce)
}

fn publication(qos: Qos) -> Publication {
    Publication {
        topic: Topic::parse("a/b").unwrap(),
        payload: Payload::from(&b"1"[..]),
        qos,
        retain: false,
        properties: PublishProperties::default(),
    }
}

fn delivery(qos: Qos, packet_id: Option<u16>) -> PublishRef<'static> {
    PublishRef {
        dup: false,
        qos,
        retain: false,
        topic: "a/b",
        packet_id: packet_id.and_then(PacketId::new),
        topic_alias: None,
        subscription_ids: SubscriptionIds::default(),
        properties: &[],
        payload: b"1",
    }
}

/// A session and the time, with the test for a broker.
struct Play {
    session: Session,
    now: Timestamp,
}

impl Play {
    fn new(profile: Profile) -> Self {
        // A persistent session takes its first packet id from the seed.
        Self { session: Session::new(profile, 1), now: Timestamp::from_millis(1_000) }
    }

    /// Connected, CONNECT read and answered with `connack`; events so far are gone.
    fn online_with(profile: Profile, connack: ConnAck) -> Self {
        let mut play = Self::new(profile);
        play.connects(connack);
        play.told();
        play
    }

    fn online(version: Version) -> Self {
        Self::online_with(persistent(version), ConnAck::default())
    }

    fn connects(&mut self, connack: ConnAck) {
        self.session.transport_opened(self.now);
        let written = self.written();
        assert!(matches!(written.as_slice(), [Packet::Connect(_)]), "{written:?}");
        self.hears(Packet::ConnAck(Box::new(connack))).unwrap();
    }

    /// The connection breaks and is made again.
    fn reconnects(&mut self, session_present: bool) {
        self.session.transport_lost(self.now, true);
        self.connects(ConnAck { session_present, ..ConnAck::default() });
    }

    fn pass(&mut self, ms: u64) {
        self.now = self.now + Duration::from_millis(ms);
    }

    fn asks(&mut self, request: BrokerRequest) {
        self.session.request(self.now, request);
    }

    fn publishes(&mut self, ticket: u64, qos: Qos) {
        self.asks(BrokerRequest::Publish(Ticket(ticket), publication(qos)));
    }

    fn hears(&mut self, packet: Packet) -> Result<(), Fatal> {
        self.session.bytes_received(self.now);
        self.session.receive(self.now, packet)
    }

    /// Takes a delivery; whether it went on to the screen.
    fn delivers(&mut self, publish: &PublishRef<'_>) -> Result<bool, Fatal> {
        self.session.bytes_received(self.now);
        Ok(self.session.receive_publish(self.now, publish)?.is_some())
    }

    fn written(&mut self) -> Vec<Packet> {
        std::iter::from_fn(|| self.session.next_packet(self.now)).collect()
    }

    /// As `written`, without the pings that look for what was queued.
    fn said(&mut self) -> Vec<Packet> {
        self.written().into_iter().filter(|packet| *packet != Packet::PingReq).collect()
    }

    fn told(&mut self) -> Vec<BrokerEvent> {
        std::iter::from_fn(|| self.session.next_event()).collect()
    }

    /// The stages told since the last look, all other events left out.
    fn stages(&mut self) -> Vec<(u64, Stage)> {
        self.told()
            .into_iter()
            .filter_map(|event| match event {
                BrokerEvent::Publication { ticket, stage, .. } => Some((ticket.0, stage)),
                _ => None,
            })
            .collect()
    }

    fn notices(&mut self) -> Vec<Notice> {
        self.told()
            .into_iter()
            .filter_map(|event| match event {
                BrokerEvent::Notice(notice) => Some(notice),
                _ => None,
            })
            .collect()
    }
}

fn sent(packet_id: u16) -> Stage {
    Stage::Sent { packet_id: PacketId::new(packet_id), resent: false }
}

fn resent(packet_id: u16) -> Stage {
    Stage::Sent { packet_id: PacketId::new(packet_id), resent: true }
}

fn ack(packet_id: u16) -> Ack {
    Ack::success(id(packet_id))
}

/// (packet id, DUP) of each PUBLISH.
fn publishes(packets: &[Packet]) -> Vec<(Option<u16>, bool)> {
    packets
        .iter()
        .filter_map(|packet| match packet {
            Packet::Publish(publish) => Some((publish.packet_id.map(PacketId::get), publish.dup)),
            _ => None,
        })
        .collect()
}
