//! Brokers that misbehave, and what is said of them. Each gives words that name the offender and the remedy.
use crate::rig::{Device, Peer, VERSIONS, listen, profile, publication, raw_publish, subscription};
use mqttscope::mqtt::packet::{Disconnect, SubAck};
use mqttscope::mqtt::port::{Lost, Notice, Step};
use mqttscope::mqtt::{BrokerEvent, BrokerRequest, Packet, Profile, Qos, Reason, Stage, Version};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Connects to a port that answers CONNECT with the given bytes and closes; returns how it was lost.
async fn answered(version: Version, bytes: &'static [u8]) -> Lost {
    let (listener, address) = listen().await;
    let mut device = Device::start(profile(address, version, "x"));
    let mut peer = Peer::accept(&listener).await;
    peer.next().await;
    peer.socket.write_all(bytes).await.unwrap();
    peer.socket.shutdown().await.unwrap();
    device.lost().await
}

#[tokio::test]
async fn a_closed_port_is_named_with_the_remedy() {
    let (listener, address) = listen().await;
    drop(listener);
    let mut device = Device::start(profile(address, Version::V5, "x"));
    let lost = device.lost().await;
    assert_eq!(lost.step, Some(Step::Tcp));
    assert_eq!(lost.cause, format!("nothing listens on {address}"));
    assert!(lost.remedy.unwrap().contains("start a broker"), "{}", lost.cause);
    assert!(lost.retry_at.is_some());
    // It goes on trying by itself.
    assert_eq!(device.lost().await.n_attempts, 2);
}

#[tokio::test]
async fn an_unknown_host_is_named() {
    let mut profile = profile(SocketAddr::from(([127, 0, 0, 1], 1)), Version::V5, "x");
    // RFC 2606 keeps this name from ever being given to anybody.
    profile.address.host = "broker.invalid".into();
    let lost = Device::start(profile).lost().await;
    assert_eq!(lost.step, Some(Step::Resolve));
    assert!(lost.cause.contains("the host \"broker.invalid\""), "{}", lost.cause);
    assert!(lost.remedy.is_some());
}

#[tokio::test]
async fn whoever_answers_instead_of_a_broker_is_named() {
    for version in VERSIONS {
        for (bytes, words) in [
            (&b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"[..], "an HTTP server answered"),
            (b"\x15\x03\x01\x00\x02\x02\x46", "a TLS server"),
            (b"SSH-2.0-OpenSSH_9.2\r\n", "an SSH server"),
            (b"\x00\x00\x00\x00", "speaks no MQTT"),
        ] {
            let lost = answered(version, bytes).await;
            assert_eq!(lost.step, Some(Step::Connect));
            assert!(lost.cause.contains(words), "{}", lost.cause);
            assert!(lost.remedy.is_some(), "{}", lost.cause);
        }
    }
}

#[tokio::test]
async fn a_broker_that_closes_at_once_is_told_with_the_version_to_try() {
    for (version, remedy) in [(Version::V5, "--mqtt 3"), (Version::V3, "--mqtt 5")] {
        let lost = answered(version, b"").await;
        assert_eq!(lost.step, Some(Step::Connect));
        assert!(lost.cause.contains("without answering CONNECT"), "{}", lost.cause);
        assert!(lost.remedy.as_ref().unwrap().contains(remedy), "{lost:?}");
    }
}

#[tokio::test]
async fn refusals_come_in_the_broker_s_words() {
    // In the form of 3.1.1 to a CONNECT of 5, then with reason 0x86 and a reason string.
    let lost = answered(Version::V5, &[0x20, 2, 0, 1]).await;
    assert_eq!(lost.reason, Some(Reason::UNSUPPORTED_PROTOCOL_VERSION));
    assert!(lost.remedy.unwrap().contains("--mqtt 3"));
    let lost = answered(Version::V5, b"\x20\x0A\x00\x86\x07\x1F\x00\x04nope").await;
    assert_eq!((lost.reason, lost.retry_at), (Some(Reason::BAD_USER_NAME_OR_PASSWORD), None));
    assert!(
        lost.cause.contains("bad user name or password") && lost.cause.contains("nope"),
        "{}",
        lost.cause
    );
    let lost = answered(Version::V3, &[0x20, 2, 0, 5]).await;
    assert_eq!(lost.reason, Some(Reason::NOT_AUTHORIZED));
}

#[tokio::test]
async fn a_broker_that_never_answers_is_given_up() {
    for version in VERSIONS {
        let (listener, address) = listen().await;
        let mut device = Device::start(profile(address, version, "x"));
        let mut peer = Peer::accept(&listener).await;
        assert!(matches!(peer.next().await, Some(Packet::Connect(_))));
        device.hands.turn(Duration::from_secs(60));
        // Any request makes the task look at its clock.
        device.ask(BrokerRequest::Ping);
        let lost = device.lost().await;
        assert_eq!(lost.step, Some(Step::Connect));
        assert!(lost.cause.contains("did not answer CONNECT"), "{}", lost.cause);
        assert!(lost.remedy.is_some());
    }
}

#[tokio::test]
async fn a_malformed_packet_ends_the_connection_with_words() {
    for version in VERSIONS {
        let (listener, address) = listen().await;
        let mut device = Device::start(profile(address, version, "x"));
        let mut peer = Peer::welcome(&listener).await;
        device.online().await;
        // A PUBLISH at QoS 3.
        peer.socket.write_all(&[0x36, 5, 0, 1, b'a', 0, 1]).await.unwrap();
        let said = peer.next().await;
        match version {
            Version::V3 => assert_eq!(said, None),
            Version::V5 => match said {
                // MQTT-4.13.1-1.
                Some(Packet::Disconnect(said)) => assert_eq!(said.reason, Reason::MALFORMED_PACKET),
                other => panic!("{other:?}"),
            },
        }
        drop(peer);
        let lost = device.lost().await;
        assert!(lost.cause.contains("QoS 3"), "{}", lost.cause);
        assert!(lost.retry_at.is_some());
    }
}

#[tokio::test]
async fn bad_messages_are_told_counted_and_survived() {
    for version in VERSIONS {
        let (listener, address) = listen().await;
        let mut device =
            Device::start(Profile { max_packet_bytes: 100_000, ..profile(address, version, "x") });
        let mut peer = Peer::welcome(&listener).await;
        device.online().await;
        let no_properties: &[u8] = if version == Version::V5 { &[0] } else { &[] };
        let big = [no_properties, &vec![b'x'; 3_000_000]].concat();
        let small = [no_properties, b"1"].concat();
        for topic in [&b"bad/\xFF"[..], b"bad/+", b"bad/\0", b""] {
            peer.socket.write_all(&raw_publish(topic, &small)).await.unwrap();
        }
        peer.socket.write_all(&raw_publish(b"big", &big)).await.unwrap();
        peer.socket.write_all(&raw_publish(b"good", &small)).await.unwrap();
        let mut refused = Vec::new();
        while device.heard.is_empty() {
            device
                .until("a message", |event| match event {
                    BrokerEvent::Notice(Notice::MessageRefused { topic, n_bytes, words }) => {
                        refused.push((topic.clone(), *n_bytes, words.clone()));
                        Some(())
                    }
                    BrokerEvent::Messages(_) => Some(()),
                    _ => None,
                })
                .await;
        }
        assert_eq!(device.heard[0].topic, "good");
        let topics: Vec<&str> = refused.iter().map(|(topic, _, _)| topic.as_str()).collect();
        assert_eq!(topics, ["bad/\u{FFFD}", "bad/+", "bad/\0", "", "big"]);
        let (_, n_bytes, words) = refused.last().unwrap();
        assert!(*n_bytes > 3_000_000 && words.contains("limit of 100000 bytes"), "{words}");
    }
}

#[tokio::test]
async fn ten_megabytes_come_whole() {
    for version in VERSIONS {
        let (listener, address) = listen().await;
        let mut device = Device::start(profile(address, version, "x"));
        let mut peer = Peer::welcome(&listener).await;
        let no_properties: &[u8] = if version == Version::V5 { &[0] } else { &[] };
        let payload: Vec<u8> = (0..10_000_000_u32).map(|n| n.to_le_bytes()[0]).collect();
        let bytes = raw_publish(b"photo", &[no_properties, &payload].concat());
        let sending = tokio::spawn(async move {
            peer.socket.write_all(&bytes).await.unwrap();
            peer
        });
        assert!(device.heard(1).await[0].payload == payload);
        sending.await.unwrap();
    }
}

#[tokio::test]
async fn a_disconnect_of_the_broker_s_is_told_and_obeyed() {
    for (reason, is_retried) in [(Reason::SESSION_TAKEN_OVER, false), (Reason(0x8B), true)] {
        let (listener, address) = listen().await;
        let mut device = Device::start(profile(address, Version::V5, "x"));
        let mut peer = Peer::welcome(&listener).await;
        device.online().await;
        let words = Some("so long".to_owned());
        peer.send(&Packet::Disconnect(Disconnect { reason, reason_string: words, ..Disconnect::default() }))
            .await;
        let lost = device.lost().await;
        assert_eq!((lost.step, lost.reason), (None, Some(reason)));
        assert!(lost.cause.contains("so long"), "{}", lost.cause);
        assert_eq!(lost.retry_at.is_some(), is_retried, "{lost:?}");
    }
}

#[tokio::test]
async fn a_connection_that_ends_is_told_from_one_that_is_reset() {
    let (listener, address) = listen().await;
    let mut device = Device::start(profile(address, Version::V5, "x"));
    let peer = Peer::welcome(&listener).await;
    device.online().await;
    drop(peer);
    let lost = device.lost().await;
    assert_eq!((lost.step, lost.cause.as_str()), (None, "the broker closed the connection"));
    device.ask(BrokerRequest::Connect);
    let peer = Peer::welcome(&listener).await;
    device.online().await;
    peer.socket.set_zero_linger().unwrap();
    drop(peer);
    let lost = device.lost().await;
    assert!(lost.cause.contains("reset"), "{}", lost.cause);
}

#[tokio::test]
async fn disconnect_stays_away_and_connect_comes_back() {
    let (listener, address) = listen().await;
    let mut device = Device::start(profile(address, Version::V5, "x"));
    let mut peer = Peer::welcome(&listener).await;
    device.online().await;
    device.ask(BrokerRequest::Disconnect);
    assert_eq!(peer.next().await, Some(Packet::Disconnect(Disconnect::default())));
    drop(peer);
    let lost = device.lost().await;
    assert_eq!((lost.cause.as_str(), lost.retry_at), ("disconnected, as you asked", None));
    // Held while away.
    device.publish(7, publication("a", b"1", Qos::AtMostOnce, false));
    device.ask(BrokerRequest::Connect);
    let mut peer = Peer::welcome(&listener).await;
    assert!(matches!(device.stages(7).await.last(), Some(Stage::Sent { packet_id: None, .. })));
    device.ask(BrokerRequest::End);
    assert_eq!(peer.next().await, Some(Packet::Disconnect(Disconnect::default())));
    drop(peer);
    device.ended().await;
    assert!(device.requests.try_send(BrokerRequest::Ping).unwrap_err().to_string().contains("closed"));
}

#[tokio::test]
async fn end_is_obeyed_in_every_state() {
    // While waiting for the next attempt.
    let (listener, address) = listen().await;
    drop(listener);
    let mut device = Device::start(profile(address, Version::V5, "x"));
    device.lost().await;
    device.ask(BrokerRequest::End);
    device.ended().await;
    // While CONNACK is awaited.
    let (listener, address) = listen().await;
    let mut device = Device::start(profile(address, Version::V5, "x"));
    let mut peer = Peer::accept(&listener).await;
    peer.next().await;
    device.ask(BrokerRequest::End);
    device.ended().await;
    // Before anything could happen.
    let mut device = Device::start(profile(address, Version::V5, "x"));
    device.ask(BrokerRequest::End);
    device.ended().await;
}

#[tokio::test]
async fn disconnect_is_obeyed_while_a_host_keeps_us_waiting() {
    // A full backlog: what comes on top gets no answer at all.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let filled = (TcpStream::connect(address).await.unwrap(), TcpStream::connect(address).await.unwrap());
    let mut device = Device::start(profile(address, Version::V5, "x"));
    device
        .until("TCP begun", |event| matches!(event, BrokerEvent::StepBegun(Step::Tcp, _)).then_some(()))
        .await;
    device.ask(BrokerRequest::Disconnect);
    let lost = device.lost().await;
    assert_eq!((lost.cause.as_str(), lost.retry_at), ("disconnected, as you asked", None));
    device.ask(BrokerRequest::Connect);
    device
        .until("TCP begun", |event| matches!(event, BrokerEvent::StepBegun(Step::Tcp, _)).then_some(()))
        .await;
    device.ask(BrokerRequest::End);
    device.ended().await;
    drop(filled);
}

#[tokio::test]
async fn dropping_either_end_ends_the_task_and_says_so_to_the_broker() {
    for drops_events in [true, false] {
        let (listener, address) = listen().await;
        let mut device = Device::start(profile(address, Version::V5, "x"));
        let mut peer = Peer::welcome(&listener).await;
        device.online().await;
        let Device { requests, events, .. } = device;
        if drops_events {
            drop(events);
            assert_eq!(peer.next().await, Some(Packet::Disconnect(Disconnect::default())));
            drop(requests);
        } else {
            drop(requests);
            assert_eq!(peer.next().await, Some(Packet::Disconnect(Disconnect::default())));
            drop(events);
        }
    }
}

#[tokio::test]
async fn a_busy_stream_s_disconnect_is_not_drowned_by_a_reset() {
    // Bytes that were never read must not turn our DISCONNECT into a reset: the will would be published.
    let (listener, address) = listen().await;
    let mut device = Device::start(profile(address, Version::V3, "x"));
    let peer = Peer::welcome(&listener).await;
    device.online().await;
    let flood = raw_publish(b"flood", &[0; 1000]).repeat(20_000);
    let (mut from, mut to) = peer.socket.into_split();
    let sending = tokio::spawn(async move {
        let _ = to.write_all(&flood).await;
        to
    });
    device.ask(BrokerRequest::End);
    let mut said = Vec::new();
    from.read_to_end(&mut said).await.unwrap();
    assert_eq!(said, [0xE0, 0]);
    sending.abort();
}

#[tokio::test]
async fn what_is_asked_while_the_broker_is_down_is_kept_for_it() {
    let (listener, address) = listen().await;
    drop(listener);
    let mut device = Device::start(profile(address, Version::V3, "x"));
    device.lost().await;
    for n in 0..1000 {
        device.ask(BrokerRequest::Subscribe(subscription(&format!("f/{n}"), Qos::AtMostOnce)));
    }
    let listener = tokio::net::TcpListener::bind(address).await.unwrap();
    device.ask(BrokerRequest::Connect);
    let mut peer = Peer::welcome(&listener).await;
    let mut n_asked = 0;
    while n_asked < 1000 {
        match peer.next().await {
            Some(Packet::Subscribe(subscribe)) => {
                n_asked += subscribe.subscriptions.len();
                let reasons = vec![Reason::SUCCESS; subscribe.subscriptions.len()];
                let answer = SubAck { packet_id: subscribe.packet_id, reasons, reason_string: None };
                peer.send(&Packet::SubAck(answer)).await;
            }
            other => panic!("{other:?}"),
        }
    }
}
