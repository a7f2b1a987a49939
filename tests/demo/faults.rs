//! Every line a script of faults can have, seen from the other end of the wire.
use crate::client::{BOTH, Client, Hands, broker_with, connect, eventually, id, lasting, publish};
use mqttscope::demo::broker::{self, ALWAYS, BrokerOptions, Fault, Faults, Limits, PacketKind, Strike};
use mqttscope::mqtt::packet::{Ack, Connect};
use mqttscope::mqtt::{Filter, Packet, Qos, Reason, Version};
use std::sync::Arc;
use std::time::Duration;

#[tokio::test]
async fn answers_are_delayed_until_their_time() {
    for (kind, ask) in [
        (PacketKind::PingResp, Packet::PingReq),
        (PacketKind::PubAck, publish("a", b"", Qos::AtLeastOnce, 3)),
    ] {
        let by = Duration::from_secs(3_600);
        let (broker, hands) = broker_with([Fault::Delay { kind, by }]).await;
        let (mut peer, _) =
            Client::join(broker.address(), Connect { keep_alive_s: 0, ..connect(Version::V3, "peer") }).await;
        peer.say(ask).await;
        // An answer that is not delayed overtakes it.
        peer.subscribe("b", Qos::AtMostOnce).await;
        hands.turn(by);
        broker.handle().wake();
        let answer = peer.hear().await.unwrap();
        assert_eq!(PacketKind::of(&answer), kind);
    }
}

#[tokio::test]
async fn a_lost_acknowledgement_and_a_lost_publish() {
    for version in BOTH {
        let (broker, _) = broker_with([
            Fault::DropSent { kind: PacketKind::PubRec, nth: 1 },
            Fault::DropReceived { kind: PacketKind::PubRel, nth: 1 },
        ])
        .await;
        let (mut peer, _) = Client::join(broker.address(), lasting(version, "peer")).await;
        for _ in 0..2 {
            peer.publish("a", b"", Qos::ExactlyOnce, 4).await;
        }
        assert!(matches!(peer.hear().await, Some(Packet::PubRec(_))));
        for _ in 0..2 {
            peer.say(Packet::PubRel(Ack::success(id(4)))).await;
        }
        assert!(matches!(peer.hear().await, Some(Packet::PubComp(_))));
        peer.say(Packet::PingReq).await;
        assert_eq!(peer.hear().await, Some(Packet::PingResp), "one of each was lost");
        assert_eq!(broker.handle().figures().publishes_received, 1);
    }
}

#[tokio::test]
async fn refusals_name_their_reason() {
    for version in BOTH {
        let (broker, _) = broker_with([
            Fault::RefuseConnect { reason: Reason::NOT_AUTHORIZED, times: 1 },
            Fault::RefuseFilter { filter: Filter::parse("#").unwrap(), reason: Reason::NOT_AUTHORIZED },
            Fault::GrantAtMost(Qos::AtMostOnce),
        ])
        .await;
        let mut refused = Client::dial(broker.address(), version).await;
        refused.say(Packet::Connect(Box::new(connect(version, "peer")))).await;
        let Some(Packet::ConnAck(connack)) = refused.hear().await else { panic!() };
        assert_eq!(connack.reason, Reason::NOT_AUTHORIZED);
        assert_eq!(refused.hear().await, None);
        let (mut peer, _) = Client::join(broker.address(), connect(version, "peer")).await;
        assert!(peer.subscribe("#", Qos::AtMostOnce).await.is_failure());
        assert_eq!(peer.subscribe("a", Qos::ExactlyOnce).await, Reason(0));
    }
}

#[tokio::test]
async fn silence_is_silence() {
    let (broker, _) = broker_with([Fault::Silent]).await;
    let mut peer = Client::dial(broker.address(), Version::V5).await;
    peer.say(Packet::Connect(Box::new(connect(Version::V5, "peer")))).await;
    peer.say(Packet::PingReq).await;
    let handle = broker.handle();
    eventually("the packets to be read", async {
        while handle.figures().packets_received < 2 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!(handle.figures().packets_sent, 0);
    handle.set_faults(Faults::default());
    peer.say(Packet::PingReq).await;
    assert_eq!(peer.hear().await, Some(Packet::PingResp), "the first words after the silence");
}

#[tokio::test]
async fn connections_close_where_the_script_says() {
    for version in BOTH {
        for (n_packets, n_heard) in [(0, 0), (1, 0), (3, 2)] {
            let strike = Fault::StrikeAt { n_packets, times: ALWAYS, strike: Strike::Close };
            let (broker, _) = broker_with([strike]).await;
            for _ in 0..2 {
                let mut peer = Client::dial(broker.address(), version).await;
                let mut bytes = Vec::new();
                mqttscope::wire::write(
                    &Packet::Connect(Box::new(connect(version, "peer"))),
                    version,
                    &mut bytes,
                )
                .unwrap();
                bytes.extend_from_slice(&[0xC0, 0, 0xC0, 0]);
                peer.say_bytes(&bytes).await;
                let mut n = 0;
                while peer.hear().await.is_some() {
                    n += 1;
                }
                assert_eq!(n, n_heard, "{version} at packet {n_packets}");
            }
        }
    }
}

#[tokio::test]
async fn strikes_fall_on_a_live_connection() {
    let (broker, _) = broker_with([]).await;
    let handle = broker.handle();
    assert!(!handle.strike("nobody", &Strike::Close));

    let (mut peer, _) = Client::join(broker.address(), connect(Version::V5, "peer")).await;
    assert!(handle.strike("peer", &Strike::SendOversize(2_000_000)));
    assert_eq!(peer.message().await.payload.0.len(), 2_000_000);
    handle.strike("peer", &Strike::SendBytes(vec![0xF0, 0x01, 0x77, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]));
    // AUTH is allowed to exist; what follows it is not.
    let mut outcome = peer.try_hear().await;
    while let Ok(Some(_)) = outcome {
        outcome = peer.try_hear().await;
    }
    assert!(outcome.is_err(), "{outcome:?}");

    let (mut peer, _) = Client::join(broker.address(), connect(Version::V5, "peer")).await;
    let words = Some("closed for repairs".to_owned());
    handle.strike("peer", &Strike::Disconnect { reason: Reason(0x98), words: words.clone() });
    let goodbye = peer.hears_the_end().await.unwrap();
    assert_eq!((goodbye.reason, goodbye.reason_string), (Reason(0x98), words));

    let (mut peer, _) = Client::join(broker.address(), connect(Version::V5, "peer")).await;
    handle.strike("peer", &Strike::TakeOver);
    assert_eq!(peer.hears_the_end().await.unwrap().reason, Reason::SESSION_TAKEN_OVER);
}

#[tokio::test]
async fn deliveries_come_twice_when_asked_for() {
    for version in BOTH {
        let (broker, _) = broker_with([Fault::Duplicate]).await;
        let (mut peer, _) = Client::join(broker.address(), connect(version, "peer")).await;
        peer.subscribe("a", Qos::ExactlyOnce).await;
        peer.publish("a", b"1", Qos::ExactlyOnce, 1).await;
        let (first, second) = (peer.message().await, peer.message().await);
        assert_eq!((first.packet_id, first.dup, second.dup), (second.packet_id, false, true));
    }
}

/// MQTT-3.1.2-22.
#[tokio::test]
async fn a_client_that_falls_silent_is_closed() {
    for version in BOTH {
        let (broker, hands) = broker_with([]).await;
        let (mut peer, _) =
            Client::join(broker.address(), Connect { keep_alive_s: 10, ..connect(version, "peer") }).await;
        hands.turn(Duration::from_secs(15));
        broker.handle().wake();
        let goodbye = peer.hears_the_end().await;
        let expected = (version == Version::V5).then_some(Reason(0x8D));
        assert_eq!(goodbye.map(|goodbye| goodbye.reason), expected);
    }
}

/// MQTT-3.2.2-15.
#[tokio::test]
async fn a_publication_over_the_limit_is_refused_by_name() {
    let limits = Limits { max_packet_bytes: 1_000, ..Limits::default() };
    let options = BrokerOptions { limits, ..BrokerOptions::default() };
    let broker = broker::start(options, Arc::new(Hands::default())).await.unwrap();
    let (mut peer, connack) = Client::join(broker.address(), connect(Version::V5, "peer")).await;
    assert_eq!(connack.max_packet_bytes, Some(1_000));
    peer.publish("a", &[0; 2_000], Qos::AtLeastOnce, 1).await;
    assert_eq!(peer.hears_the_end().await.unwrap().reason, Reason::PACKET_TOO_LARGE);
}
