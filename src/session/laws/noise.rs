//! A broker gone mad: any packet at any time. Owns the law that nothing panics and every end is an end.
use crate::mqtt::packet::{Ack, ConnAck, Disconnect, PublishRef, SubAck, SubscriptionIds};
use crate::mqtt::{
    Address, BrokerRequest, Filter, Packet, PacketId, Payload, Profile, Publication, PublishProperties, Qos,
    Reason, Subscription, Ticket, Topic, Version,
};
use crate::session::{Reading, Session};
use crate::time::Timestamp;
use proptest::prelude::*;
use std::time::Duration;

#[derive(Clone, Debug)]
enum Noise {
    Receive(Packet),
    Deliver {
        qos: Qos,
        dup: bool,
        packet_id: Option<PacketId>,
        alias: Option<u16>,
        topic: bool,
    },
    Refuse(Qos, Option<PacketId>),
    Ask(BrokerRequest),
    Pass(u64),
    Write(usize),
    Reading(Reading),
    /// A transport, and whether CONNACK comes at once as it should, with this for session present.
    Opened(Option<bool>),
    Lost(bool),
}

fn qos() -> impl Strategy<Value = Qos> {
    prop::sample::select(Qos::ALL.to_vec())
}

/// Few ids, so that they meet those of the first publications.
fn id() -> impl Strategy<Value = PacketId> {
    (1..9_u16).prop_map(|id| PacketId::new(id).unwrap())
}

fn reason() -> impl Strategy<Value = Reason> {
    prop_oneof![3 => Just(Reason::SUCCESS), 1 => any::<u8>().prop_map(Reason)]
}

fn ack() -> impl Strategy<Value = Ack> {
    (id(), reason()).prop_map(|(packet_id, reason)| Ack { packet_id, reason, reason_string: None })
}

fn packet() -> impl Strategy<Value = Packet> {
    let connack =
        (any::<bool>(), reason(), 0..4_u16, prop::option::of(0..60_u32), prop::option::of(0..3_u16));
    let suback = (id(), prop::collection::vec(reason(), 0..3));
    let suback =
        suback.prop_map(|(packet_id, reasons)| SubAck { packet_id, reasons, reason_string: None }).boxed();
    prop_oneof![
        2 => connack.prop_map(|(session_present, reason, max, bytes, keep_alive)| {
            Packet::ConnAck(Box::new(ConnAck {
                session_present,
                reason,
                receive_maximum: Some(max),
                max_packet_bytes: bytes,
                server_keep_alive_s: keep_alive,
                ..ConnAck::default()
            }))
        }),
        20 => ack().prop_map(Packet::PubAck),
        40 => ack().prop_map(Packet::PubRec),
        20 => ack().prop_map(Packet::PubRel),
        40 => ack().prop_map(Packet::PubComp),
        6 => suback.clone().prop_map(Packet::SubAck),
        6 => suback.prop_map(Packet::UnsubAck),
        6 => Just(Packet::PingResp),
        1 => Just(Packet::PingReq),
        1 => reason().prop_map(Packet::Auth),
        1 => reason().prop_map(|reason| Packet::Disconnect(Disconnect { reason, ..Disconnect::default() })),
    ]
}

fn request() -> impl Strategy<Value = BrokerRequest> {
    let publication = (qos(), any::<bool>()).prop_map(|(qos, retain)| Publication {
        topic: Topic::parse("t").unwrap(),
        payload: Payload::default(),
        qos,
        retain,
        properties: PublishProperties::default(),
    });
    let filter = prop::sample::select(vec!["a", "b/#", "$share/g/c"]).prop_map(|f| Filter::parse(f).unwrap());
    let filter = filter.boxed();
    prop_oneof![
        8 => (0..9_u64, publication).prop_map(|(n, publication)| BrokerRequest::Publish(Ticket(n), publication)),
        2 => (0..9_u64).prop_map(|n| BrokerRequest::Withdraw(Ticket(n))),
        3 => (filter.clone(), qos()).prop_map(|(f, qos)| BrokerRequest::Subscribe(Subscription::new(f, qos))),
        2 => filter.prop_map(BrokerRequest::Unsubscribe),
        2 => Just(BrokerRequest::Ping),
        2 => Just(BrokerRequest::Connect),
        1 => Just(BrokerRequest::Disconnect),
    ]
}

fn noise() -> impl Strategy<Value = Noise> {
    let alias = prop::option::weighted(0.3, prop_oneof![9 => 1..4_u16, 1 => any::<u16>()]);
    let delivery =
        (qos(), any::<bool>(), prop::option::weighted(0.98, id()), alias, prop::bool::weighted(0.9));
    prop_oneof![
        40 => packet().prop_map(Noise::Receive),
        10 => delivery.prop_map(|(qos, dup, packet_id, alias, topic)| {
            Noise::Deliver { qos, dup, packet_id, alias, topic }
        }),
        1 => (qos(), prop::option::of(id())).prop_map(|(qos, id)| Noise::Refuse(qos, id)),
        30 => request().prop_map(Noise::Ask),
        10 => prop_oneof![30 => 0..500_u64, 1 => any::<u64>()].prop_map(Noise::Pass),
        30 => (0..6_usize).prop_map(Noise::Write),
        1 => prop::sample::select(vec![Reading::Running, Reading::Paused]).prop_map(Noise::Reading),
        10 => prop::option::weighted(0.8, any::<bool>()).prop_map(Noise::Opened),
        2 => any::<bool>().prop_map(Noise::Lost),
    ]
}

/// After an error: the last words can be written, then the transport is to be closed, and nothing more comes.
fn assert_ended(session: &mut Session, now: Timestamp) {
    let last: Vec<Packet> = std::iter::from_fn(|| session.next_packet(now)).collect();
    assert!(matches!(last.as_slice(), [] | [Packet::Disconnect(_)]), "{last:?}");
    assert!(session.wants_close() && !session.is_online() && session.deadline().is_none());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_broker_makes_the_session_panic(
        version in prop_oneof![Just(Version::V3), Just(Version::V5)],
        clean_start in any::<bool>(),
        all in prop::collection::vec(noise(), 0..200),
    ) {
        let mut session = Session::new(
            Profile {
                version,
                clean_start,
                receive_maximum: 3,
                keep_alive_s: 2,
                ..Profile::new("noise", Address::tcp("localhost", 1883), "noise")
            },
            1,
        );
        let mut now = Timestamp::ZERO;
        for one in all {
            let outcome = match one {
                Noise::Receive(packet) => session.receive(now, packet),
                Noise::Deliver { qos, dup, packet_id, alias, topic } => {
                    let topic = if topic { "t" } else { "" };
                    let publish = PublishRef {
                        dup, qos, retain: false, topic, packet_id, topic_alias: alias,
                        subscription_ids: SubscriptionIds::default(), properties: &[], payload: b"",
                    };
                    match session.receive_publish(now, &publish) {
                        Ok(message) => {
                            assert!(message.is_none_or(|message| message.topic == "t"));
                            Ok(())
                        }
                        Err(fatal) => Err(fatal),
                    }
                }
                Noise::Refuse(qos, id) => {
                    session.refuse_publish(now, qos, id);
                    Ok(())
                }
                Noise::Ask(request) => {
                    session.request(now, request);
                    Ok(())
                }
                Noise::Pass(ms) => {
                    now = now + Duration::from_millis(ms);
                    session.advance(now)
                }
                Noise::Write(n) => {
                    for _ in 0..n {
                        session.next_packet(now);
                    }
                    Ok(())
                }
                Noise::Reading(reading) => {
                    session.set_reading(now, reading);
                    Ok(())
                }
                Noise::Opened(_) if session.retry_at().is_none() => Ok(()),
                Noise::Opened(None) => {
                    session.transport_opened(now);
                    Ok(())
                }
                Noise::Opened(Some(session_present)) => {
                    session.transport_opened(now);
                    session.next_packet(now);
                    let connack = ConnAck { session_present, ..ConnAck::default() };
                    session.receive(now, Packet::ConnAck(Box::new(connack)))
                }
                Noise::Lost(may_retry) => {
                    let retry_at = session.transport_lost(now, may_retry);
                    assert_eq!(retry_at, session.retry_at());
                    assert_eq!(retry_at.is_some(), session.wants_connection());
                    Ok(())
                }
            };
            if let Err(fatal) = outcome {
                assert!(!fatal.words.is_empty());
                assert_ended(&mut session, now);
            }
            session.link_status(now);
            while session.next_event().is_some() {}
        }
    }
}
