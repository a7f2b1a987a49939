//! Publishing and hearing: retained messages, QoS, limits. Owns no session's story.
use super::*;

/// MQTT 5.0 section 3.3.1.3, MQTT 3.1.1 section 3.3.1.3.
#[test]
fn a_new_subscriber_is_told_what_was_retained() {
    for version in BOTH {
        let mut bench = Bench::new();
        let (mut sender, _) = bench.join(connect(version, "sender"));
        for (topic, payload) in [("a/b", "1"), ("/a", "2"), ("a/b", "3"), ("gone", "4"), ("gone", "")] {
            bench.say(&mut sender, retain(topic, payload));
        }
        let (mut hearer, _) = bench.join(connect(version, "hearer"));
        bench.subscribe(&mut hearer, "#", 1);
        assert_eq!(bench.messages(&mut hearer), ["a/b=3 R", "/a=2 R"], "{version}");
        bench.say(&mut sender, retain("a/b", "5"));
        assert_eq!(bench.messages(&mut hearer), ["a/b=5"], "live messages carry no RETAIN");
        bench.subscribe(&mut hearer, "a/b", 0);
        assert_eq!(bench.messages(&mut hearer), ["a/b=5 R"], "a single topic is found directly");
    }
}

/// MQTT 5.0 section 3.8.3.1.
#[test]
fn retain_handling_and_retain_as_published_are_kept_to() {
    let mut bench = Bench::new();
    let (mut peer, _) = bench.join(connect(Version::V5, "peer"));
    bench.say(&mut peer, retain("a", "1"));
    let ask = |handling| Subscription {
        retain_handling: handling,
        retain_as_published: true,
        ..subscription("a", 0)
    };
    for (handling, expected) in [
        (RetainHandling::Never, vec![]),
        (RetainHandling::IfNew, vec![]),
        (RetainHandling::Always, vec!["a=1 R"]),
    ] {
        bench.say(&mut peer, subscribe_as(ask(handling)));
        assert_eq!(bench.messages(&mut peer), expected, "{handling:?}");
    }
    bench.say(&mut peer, retain("a", "2"));
    assert_eq!(bench.messages(&mut peer), ["a=2 R"]);
    let filters = vec![Filter::parse("a").unwrap(), Filter::parse("b").unwrap()];
    bench.say(&mut peer, Packet::Unsubscribe(Unsubscribe { packet_id: packet_id(2), filters }));
    let heard = bench.hears(&mut peer);
    let [Packet::UnsubAck(unsuback)] = heard.as_slice() else { panic!("{heard:?}") };
    assert_eq!(unsuback.reasons, [Reason::SUCCESS, Reason(0x11)]);
    bench.say(&mut peer, subscribe_as(ask(RetainHandling::IfNew)));
    assert_eq!(bench.messages(&mut peer), ["a=2 R"], "now the subscription is new");
}

/// MQTT 5.0 section 4.3.3: a repeated PUBLISH is answered and not delivered again.
#[test]
fn exactly_once_inbound_survives_a_repetition() {
    for version in BOTH {
        let mut bench = Bench::new();
        let (mut hearer, _) = bench.join(connect(version, "hearer"));
        bench.subscribe(&mut hearer, "a", 0);
        let (mut sender, _) = bench.join(connect(version, "sender"));
        for _ in 0..2 {
            bench.say(&mut sender, publish("a", "1", 2, 7));
            let heard = bench.hears(&mut sender);
            let expected = Packet::PubRec(Ack::success(packet_id(7)));
            assert_eq!(heard, [expected], "{version}");
        }
        assert_eq!(bench.messages(&mut hearer), ["a=1"]);
        for expected in [Reason::SUCCESS, Reason::PACKET_IDENTIFIER_NOT_FOUND] {
            bench.say(&mut sender, Packet::PubRel(Ack::success(packet_id(7))));
            let heard = bench.hears(&mut sender);
            let [Packet::PubComp(ack)] = heard.as_slice() else { panic!("{heard:?}") };
            let expected = if version == Version::V3 { Reason::SUCCESS } else { expected };
            assert_eq!(ack.reason, expected);
        }
    }
}

/// MQTT 5.0 section 3.4.2.1.
#[test]
fn an_acknowledgement_says_when_nobody_heard() {
    let mut bench = Bench::new();
    let (mut peer, _) = bench.join(connect(Version::V5, "peer"));
    for (topic, qos, expected) in [
        ("a", 1, Reason::NO_MATCHING_SUBSCRIBERS),
        ("a", 2, Reason::NO_MATCHING_SUBSCRIBERS),
        ("$SYS/x", 1, Reason::NOT_AUTHORIZED),
    ] {
        bench.say(&mut peer, publish(topic, "", qos, 3));
        let heard = bench.hears(&mut peer);
        let [Packet::PubAck(ack) | Packet::PubRec(ack)] = heard.as_slice() else { panic!("{heard:?}") };
        assert_eq!(ack.reason, expected, "{topic} at {qos}");
    }
}

/// MQTT 5.0 sections 4.3.2, 4.3.3 and 4.9: never more in flight than the client takes.
#[test]
fn deliveries_keep_within_the_receive_maximum() {
    for qos in [1, 2] {
        let mut bench = Bench::new();
        let (mut peer, _) = bench.join(Connect { receive_maximum: Some(2), ..connect(Version::V5, "peer") });
        bench.subscribe(&mut peer, "a", qos);
        for number in 0..5_u8 {
            bench.core.publish(bench.now, &publication("a", &number.to_string(), qos));
        }
        let mut delivered = Vec::new();
        while delivered.len() < 5 {
            let heard = bench.hears(&mut peer);
            assert!((1..=2).contains(&heard.len()), "{heard:?}");
            for packet in &heard {
                delivered.push(shown(packet).unwrap());
                let Packet::Publish(publish) = packet else { panic!("{packet:?}") };
                let ack = Ack::success(publish.packet_id.unwrap());
                if qos == 1 {
                    bench.say(&mut peer, Packet::PubAck(ack));
                    continue;
                }
                bench.say(&mut peer, Packet::PubRec(ack.clone()));
                let released = Packet::PubRel(ack.clone());
                assert!(bench.core.take_packets(&mut peer).contains(&released));
                bench.say(&mut peer, Packet::PubComp(ack));
            }
        }
        let expected: Vec<String> = (0..5).map(|number| format!("a={number} q{qos}")).collect();
        assert_eq!(delivered, expected, "in order");
    }
}

impl Core {
    /// What lies in the buffer now, PUBLISH left out of the account and left in place.
    fn take_packets(&mut self, peer: &mut Peer) -> Vec<Packet> {
        let connection = self.connections.get_mut(&peer.id).unwrap();
        let mut packets = Vec::new();
        let mut left = Vec::new();
        let mut at = 0;
        loop {
            let start = at;
            match peer.downward.next(&connection.outbox, &mut at).unwrap() {
                None => break,
                Some(Incoming::Packet(packet)) => packets.push(packet),
                Some(Incoming::Publish(_) | Incoming::Unreadable(_)) => {
                    left.extend_from_slice(&connection.outbox[start..at]);
                }
            }
        }
        connection.outbox = left;
        packets
    }
}

fn publication(topic: &str, payload: &str, qos: u8) -> Publication {
    let Packet::Publish(publish) = publish(topic, payload, qos, 1) else { unreachable!() };
    Publication {
        topic: publish.topic,
        payload: publish.payload,
        qos: publish.qos,
        retain: publish.retain,
        properties: publish.properties,
    }
}

/// MQTT-3.1.2-24.
#[test]
fn a_client_is_never_sent_more_than_it_takes() {
    let mut bench = Bench::new();
    let (mut peer, _) = bench.join(Connect { max_packet_bytes: Some(64), ..connect(Version::V5, "peer") });
    bench.subscribe(&mut peer, "#", 1);
    for qos in [0, 1] {
        bench.core.publish(bench.now, &publication("large", &"x".repeat(100), qos));
        bench.core.publish(bench.now, &publication("small", "x", qos));
    }
    assert_eq!(bench.messages(&mut peer), ["small=x", "small=x q1"]);
    assert_eq!(bench.core.figures.publishes_dropped, 2);
    assert_eq!(bench.core.sessions.iter().flatten().map(|session| session.flights.len()).sum::<usize>(), 1);
}

#[test]
fn a_reader_that_lags_loses_qos_0_and_it_is_counted() {
    let mut bench = Bench::with(Limits { outbox_bytes: 1_000, ..Limits::default() }, Faults::default());
    let (mut peer, _) = bench.join(connect(Version::V5, "peer"));
    bench.subscribe(&mut peer, "#", 0);
    for _ in 0..1_000 {
        bench.core.publish(bench.now, &publication("a/b/c", "0123456789", 0));
    }
    let n_heard = bench.messages(&mut peer).len();
    assert!((40..60).contains(&n_heard), "{n_heard}");
    assert_eq!(bench.core.figures.publishes_dropped, 1_000 - n_heard as u64);
}

/// MQTT 5.0 section 3.3.2.3.4.
#[test]
fn a_topic_alias_stands_for_its_topic() {
    let mut bench = Bench::new();
    let (mut hearer, _) = bench.join(connect(Version::V5, "hearer"));
    bench.subscribe(&mut hearer, "#", 0);
    let mut peer = bench.join(connect(Version::V5, "peer")).0;
    let mut aliased = |bench: &mut Bench, topic: &str, alias: u8| {
        let mut bytes = vec![0x30, 0, 0, u8::try_from(topic.len()).unwrap()];
        bytes.extend_from_slice(topic.as_bytes());
        bytes.extend_from_slice(&[3, 0x23, 0, alias, b'!']);
        bytes[1] = u8::try_from(bytes.len() - 2).unwrap();
        let incoming = peer.upward.next(&bytes, &mut 0).unwrap().unwrap();
        bench.core.receive(peer.id, bench.now, incoming)
    };
    assert!(aliased(&mut bench, "a", 5));
    assert!(aliased(&mut bench, "", 5));
    assert!(aliased(&mut bench, "b", 5));
    assert!(aliased(&mut bench, "", 5));
    assert!(!aliased(&mut bench, "", 6), "an alias that was never set");
    assert_eq!(bench.messages(&mut hearer), ["a=!", "a=!", "b=!", "b=!"]);
}

/// MQTT 5.0 section 3.8.3.1: No Local; section 3.8.2.1.2: the subscription's id comes with deliveries.
#[test]
fn no_local_and_subscription_ids() {
    let mut bench = Bench::new();
    let (mut peer, _) = bench.join(connect(Version::V5, "peer"));
    let subscriptions = vec![Subscription { no_local: true, ..subscription("#", 0) }];
    let ask = Subscribe { packet_id: packet_id(9), subscriptions, subscription_id: Some(300) };
    bench.say(&mut peer, Packet::Subscribe(ask));
    bench.say(&mut peer, publish("mine", "", 0, 0));
    bench.core.publish(bench.now, &publication("theirs", "", 0));
    let heard = bench.hears(&mut peer);
    let [Packet::SubAck(_), Packet::Publish(only)] = heard.as_slice() else { panic!("{heard:?}") };
    assert_eq!((only.topic.as_str(), only.properties.subscription_ids.as_slice()), ("theirs", &[300][..]));
}

#[test]
fn a_walk_over_many_retained_messages_needs_little_memory_and_tells_each_once() {
    let mut bench = Bench::new();
    let n_topics = 60_000;
    for number in 0..n_topics {
        let Packet::Publish(publish) = retain(&format!("plant/line/{number}/temperature"), "20.0 °C") else {
            unreachable!()
        };
        let kept = Publication {
            topic: publish.topic,
            payload: publish.payload,
            qos: Qos::AtMostOnce,
            retain: true,
            properties: PublishProperties::default(),
        };
        bench.core.publish(bench.now, &kept);
    }
    let (mut peer, _) = bench.join(connect(Version::V5, "peer"));
    bench.subscribe(&mut peer, "#", 0);
    let largest = bench.core.unwritten_for_test(peer.id);
    assert!(largest < 2 * limits::SLICE_BYTES, "{largest}");
    // Heard live while the walk goes on: not told a second time.
    let live = retain(&format!("plant/line/{}/temperature", n_topics - 1), "99.9 °C");
    bench.say(&mut peer, live);
    let heard = bench.messages(&mut peer);
    assert_eq!(heard.len(), n_topics);
    assert_eq!(heard.iter().filter(|text| text.contains("99.9")).count(), 1);
}

impl Core {
    fn unwritten_for_test(&self, id: ConnectionId) -> usize {
        self.connections.get(&id).unwrap().outbox.len()
    }
}

#[test]
fn the_brokers_figures_are_under_sys_alone() {
    let mut bench = Bench::new();
    bench.core.due(bench.now);
    let (mut peer, _) = bench.join(connect(Version::V5, "peer"));
    bench.subscribe(&mut peer, "#", 0);
    assert!(bench.messages(&mut peer).is_empty());
    bench.subscribe(&mut peer, "$SYS/broker/clients/+", 0);
    assert_eq!(bench.messages(&mut peer).len(), 3);
    bench.later(10);
    assert!(bench.core.deadline() <= bench.now);
    bench.core.due(bench.now);
    assert!(bench.messages(&mut peer).contains(&"$SYS/broker/clients/connected=1".to_owned()));
}

/// The shell reads no more from a client that is congested, so that answers cannot pile up either.
#[test]
fn a_client_that_asks_and_does_not_read_is_congested() {
    let mut bench = Bench::with(Limits { outbox_bytes: 1_000, ..Limits::default() }, Faults::default());
    let (mut peer, _) = bench.join(connect(Version::V3, "peer"));
    let mut n_pings = 0;
    while !bench.core.is_congested(peer.id) {
        bench.say(&mut peer, Packet::PingReq);
        n_pings += 1;
    }
    assert_eq!(n_pings, 500);
    assert_eq!(bench.hears(&mut peer).len(), 500);
    assert!(!bench.core.is_congested(peer.id));
}
