//! What a broker is for, end to end: retained messages, QoS 2, sessions, restarts, a flood without loss.
use crate::client::{BOTH, Client, broker_with, connect, eventually, id, lasting, publish};
use mqttscope::demo::broker::Keep;
use mqttscope::mqtt::packet::{Ack, Publish};
use mqttscope::mqtt::{Filter, Packet, Qos, Reason, Version};
use mqttscope::wire;

/// MQTT 5.0 section 4.3.3, both directions, and the retained message for a later subscriber.
#[tokio::test]
async fn a_publication_is_delivered_exactly_once_and_kept() {
    for version in BOTH {
        let (mut broker, _) = broker_with([]).await;
        let (mut hearer, _) = Client::join(broker.address(), connect(version, "hearer")).await;
        assert_eq!(hearer.subscribe("plant/#", Qos::ExactlyOnce).await, Reason(2));
        let (mut sender, _) = Client::join(broker.address(), connect(version, "sender")).await;
        let Packet::Publish(plain) = publish("plant//é", b"23.5", Qos::ExactlyOnce, 7) else {
            unreachable!()
        };
        sender.say(Packet::Publish(Publish { retain: true, ..plain })).await;
        assert_eq!(sender.hear().await, Some(Packet::PubRec(Ack::success(id(7)))));
        sender.say(Packet::PubRel(Ack::success(id(7)))).await;
        assert_eq!(sender.hear().await, Some(Packet::PubComp(Ack::success(id(7)))));

        let message = hearer.message().await;
        assert_eq!(
            (message.topic.as_str(), &*message.payload.0, message.retain),
            ("plant//é", &b"23.5"[..], false)
        );
        let ack = Ack::success(message.packet_id.unwrap());
        hearer.say(Packet::PubRec(ack.clone())).await;
        assert_eq!(hearer.hear().await, Some(Packet::PubRel(ack.clone())));
        hearer.say(Packet::PubComp(ack)).await;

        let (mut late, _) = Client::join(broker.address(), connect(version, "late")).await;
        late.subscribe("#", Qos::AtMostOnce).await;
        let kept = late.message().await;
        assert_eq!((kept.topic.as_str(), kept.retain, kept.qos), ("plant//é", true, Qos::AtMostOnce));
        late.say(Packet::PingReq).await;
        assert_eq!(late.hear().await, Some(Packet::PingResp), "{version}");
        broker.stop().await;
    }
}

#[tokio::test]
async fn a_session_outlives_its_connection_and_a_restart_that_keeps_it() {
    for version in BOTH {
        for (keep, expected) in [(Keep::Everything, true), (Keep::Nothing, false)] {
            let (mut broker, _) = broker_with([]).await;
            let address = broker.address();
            let (mut peer, connack) = Client::join(address, lasting(version, "peer")).await;
            assert!(!connack.session_present);
            peer.subscribe("a", Qos::AtLeastOnce).await;
            broker.kill().await;
            assert_eq!(peer.hear().await, None);
            broker.restart(keep).await.unwrap();
            assert_eq!(broker.address(), address);
            let (mut sender, _) = Client::join(address, connect(version, "sender")).await;
            sender.publish("a", b"1", Qos::AtLeastOnce, 1).await;
            assert!(matches!(sender.hear().await, Some(Packet::PubAck(_))));
            let (mut peer, connack) = Client::join(address, lasting(version, "peer")).await;
            assert_eq!(connack.session_present, expected, "{version} {keep:?}");
            if expected {
                let message = peer.message().await;
                assert_eq!((&*message.payload.0, message.dup), (&b"1"[..], false));
            }
        }
    }
}

#[tokio::test]
async fn the_older_of_two_connections_is_sent_away() {
    for version in BOTH {
        let (broker, _) = broker_with([]).await;
        let (mut first, _) = Client::join(broker.address(), connect(version, "peer")).await;
        let (mut second, _) = Client::join(broker.address(), connect(version, "peer")).await;
        let goodbye = first.hears_the_end().await;
        let expected = (version == Version::V5).then_some(Reason::SESSION_TAKEN_OVER);
        assert_eq!(goodbye.map(|goodbye| goodbye.reason), expected);
        second.say(Packet::PingReq).await;
        assert_eq!(second.hear().await, Some(Packet::PingResp));
    }
}

#[tokio::test]
async fn stopping_says_goodbye_and_frees_the_port() {
    for version in BOTH {
        let (mut broker, _) = broker_with([]).await;
        let (mut peer, _) = Client::join(broker.address(), connect(version, "peer")).await;
        let (goodbye, ()) = tokio::join!(peer.hears_the_end(), broker.stop());
        let expected = (version == Version::V5).then_some(Reason(0x8B));
        assert_eq!(goodbye.map(|goodbye| goodbye.reason), expected);
        broker.restart(Keep::Everything).await.unwrap();
        Client::join(broker.address(), connect(version, "peer")).await;
    }
}

/// MQTT-3.1.0-1, section 4.13: what is no MQTT is not talked to; what is malformed is told so.
#[tokio::test]
async fn bytes_that_are_no_packets_end_the_connection() {
    let (broker, _) = broker_with([]).await;
    for bytes in [&b"GET / HTTP/1.1\r\n\r\n"[..], &[0xC0, 0], &[0x10, 0xFF, 0xFF, 0xFF, 0xFF], &[0; 64]] {
        let mut stranger = Client::dial(broker.address(), Version::V5).await;
        stranger.say_bytes(bytes).await;
        assert_eq!(stranger.hear().await, None, "{bytes:?}");
    }
    let (mut peer, _) = Client::join(broker.address(), connect(Version::V5, "peer")).await;
    peer.say_bytes(&[0x36, 4, 0, 1, b'a', 0]).await;
    let goodbye = peer.hears_the_end().await.unwrap();
    assert_eq!(goodbye.reason, Reason::MALFORMED_PACKET);
}

/// MQTT-3.1.2-2 of 3.1.1: an unknown level is answered with return code 1.
#[tokio::test]
async fn an_unknown_protocol_level_is_refused_by_name() {
    let (broker, _) = broker_with([]).await;
    for connect in
        [b"\x10\x0E\0\x06MQIsdp\x03\x02\0\x3C\0\0".as_slice(), b"\x10\x0D\0\x04MQTT\x06\x02\0\x3C\0\0\0"]
    {
        let mut stranger = Client::dial(broker.address(), Version::V3).await;
        stranger.say_bytes(connect).await;
        let Some(Packet::ConnAck(connack)) = stranger.hear().await else { panic!("{connect:?}") };
        assert_eq!(connack.reason, Reason::UNSUPPORTED_PROTOCOL_VERSION);
        assert_eq!(stranger.hear().await, None);
    }
}

#[tokio::test]
async fn this_process_hears_and_publishes_without_a_socket() {
    let (broker, _) = broker_with([]).await;
    let handle = broker.handle();
    let filters = ["home/+/set", "home/#"].map(|text| Filter::parse(text).unwrap());
    let mut heard = handle.hear(&filters, 8);
    let (mut peer, _) = Client::join(broker.address(), connect(Version::V5, "peer")).await;
    peer.subscribe("home/light", Qos::AtMostOnce).await;
    peer.publish("home/light/set", b"x", Qos::AtMostOnce, 0).await;
    peer.publish("home/light", b"on", Qos::AtLeastOnce, 1).await;
    assert_eq!(&*peer.message().await.payload.0, b"on");
    for expected in ["home/light/set", "home/light"] {
        let publication = eventually("a publication", heard.recv()).await.unwrap();
        assert_eq!(publication.topic.as_str(), expected, "each once, though two filters hear it");
    }
    let answer = mqttscope::mqtt::Publication {
        topic: mqttscope::mqtt::Topic::parse("home/light").unwrap(),
        payload: b"off"[..].into(),
        qos: Qos::AtMostOnce,
        retain: false,
        properties: mqttscope::mqtt::PublishProperties::default(),
    };
    assert_eq!(handle.publish(&answer), 2);
    assert_eq!(&*peer.message().await.payload.0, b"off");
    assert!(heard.try_recv().is_err(), "it does not hear itself");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_reaches_a_reader_that_keeps_reading_without_loss() {
    const N_MESSAGES: u32 = 200_000;
    for version in BOTH {
        let (broker, _) = broker_with([]).await;
        let (mut hearer, _) = Client::join(broker.address(), connect(version, "hearer")).await;
        hearer.subscribe("#", Qos::AtMostOnce).await;
        let (mut sender, _) = Client::join(broker.address(), connect(version, "sender")).await;
        let sending = tokio::spawn(async move {
            let mut block = Vec::new();
            for number in 0..N_MESSAGES {
                let packet = publish("plant/hall1/oven3", &number.to_be_bytes(), Qos::AtMostOnce, 0);
                wire::write(&packet, version, &mut block).unwrap();
                // No faster than what is at most a second's lag for the hearer.
                if block.len() > 1 << 16 {
                    sender.say_bytes(&block).await;
                    block.clear();
                    sender.say(Packet::PingReq).await;
                    assert_eq!(sender.hear().await, Some(Packet::PingResp));
                }
            }
            sender.say_bytes(&block).await;
            sender
        });
        for number in 0..N_MESSAGES {
            assert_eq!(&*hearer.message().await.payload.0, &number.to_be_bytes(), "{version}");
        }
        sending.await.unwrap();
        assert_eq!(broker.handle().figures().publishes_dropped, 0);
    }
}

/// A client that goes on dialling must never find somebody else there.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_port_stays_the_broker_s_while_it_is_down() {
    let (mut broker, _) = broker_with([]).await;
    let address = broker.address();
    broker.kill().await;
    let taken = tokio::net::TcpSocket::new_v4().unwrap().bind(address);
    assert_eq!(taken.unwrap_err().kind(), std::io::ErrorKind::AddrInUse);
    let dialled = tokio::net::TcpStream::connect(address).await;
    assert_eq!(dialled.unwrap_err().kind(), std::io::ErrorKind::ConnectionRefused);
    broker.restart(Keep::Nothing).await.unwrap();
    Client::join(address, connect(Version::V5, "peer")).await;
    drop(broker);
}
