//! Sessions: beginning, resuming, taking over, ending; wills and keep-alive.
use super::*;
use crate::mqtt::profile::Will;

/// MQTT 5.0 sections 4.1 and 4.4: what waited comes, what was in flight comes again with DUP.
#[test]
fn a_session_goes_on_where_it_was() {
    for version in BOTH {
        let mut bench = Bench::new();
        let (mut peer, present) = bench.join(lasting(version, "peer"));
        assert!(!present);
        bench.subscribe(&mut peer, "a", 2);
        let (mut sender, _) = bench.join(connect(version, "sender"));
        bench.say(&mut sender, publish("a", "1", 1, 1));
        bench.say(&mut sender, publish("a", "2", 2, 2));
        bench.say(&mut sender, publish("a", "3", 2, 3));
        let heard = bench.hears(&mut peer);
        assert_eq!(heard.iter().filter_map(shown).collect::<Vec<_>>(), ["a=1 q1", "a=2 q2", "a=3 q2"]);
        let Packet::Publish(second) = &heard[1] else { panic!("{heard:?}") };
        bench.say(&mut peer, Packet::PubRec(Ack::success(second.packet_id.unwrap())));
        bench.vanish(&peer);
        bench.say(&mut sender, publish("a", "4", 1, 4));
        bench.say(&mut sender, publish("a", "lost", 0, 0));

        let (mut peer, present) = bench.join(lasting(version, "peer"));
        assert!(present, "{version}");
        let heard = bench.hears(&mut peer);
        let expected = Packet::PubRel(Ack::success(second.packet_id.unwrap()));
        assert_eq!(heard.iter().filter(|packet| **packet == expected).count(), 1, "MQTT-4.4.0-1");
        let messages: Vec<_> = heard.iter().filter_map(shown).collect();
        assert_eq!(messages, ["a=1 q1 D", "a=3 q2 D", "a=4 q1"]);

        bench.vanish(&peer);
        let (mut peer, present) = bench.join(connect(version, "peer"));
        assert!(!present, "a clean start forgets");
        bench.say(&mut sender, publish("a", "5", 1, 5));
        assert!(bench.messages(&mut peer).is_empty());
    }
}

/// MQTT-3.3.4-9: also when a session resumes with more in flight than the client takes now.
#[test]
fn resuming_keeps_within_a_smaller_receive_maximum() {
    let mut bench = Bench::new();
    let (mut peer, _) = bench.join(lasting(Version::V5, "peer"));
    bench.subscribe(&mut peer, "a", 1);
    let (mut sender, _) = bench.join(connect(Version::V5, "sender"));
    for number in 1..=5 {
        bench.say(&mut sender, publish("a", &number.to_string(), 1, number));
    }
    assert_eq!(bench.messages(&mut peer).len(), 5);
    bench.vanish(&peer);
    let (mut peer, _) = bench.join(Connect { receive_maximum: Some(2), ..lasting(Version::V5, "peer") });
    let mut order = Vec::new();
    loop {
        let heard = bench.hears(&mut peer);
        if heard.is_empty() {
            break;
        }
        assert!(heard.len() <= 2, "{heard:?}");
        for packet in &heard {
            let Packet::Publish(publish) = packet else { panic!("{packet:?}") };
            order.push(shown(packet).unwrap());
            bench.say(&mut peer, Packet::PubAck(Ack::success(publish.packet_id.unwrap())));
        }
    }
    assert_eq!(order, ["a=1 q1 D", "a=2 q1 D", "a=3 q1 D", "a=4 q1 D", "a=5 q1 D"]);
}

#[test]
fn what_waits_for_an_absent_client_is_bounded_and_counted() {
    let limits = Limits { queued_messages: 3, ..Limits::default() };
    let mut bench = Bench::with(limits, Faults::default());
    let (mut peer, _) = bench.join(lasting(Version::V5, "peer"));
    bench.subscribe(&mut peer, "a", 1);
    bench.vanish(&peer);
    let (mut sender, _) = bench.join(connect(Version::V5, "sender"));
    for number in 1..=5 {
        bench.say(&mut sender, publish("a", &number.to_string(), 1, number));
    }
    let (mut peer, _) = bench.join(lasting(Version::V5, "peer"));
    assert_eq!(bench.messages(&mut peer), ["a=1 q1", "a=2 q1", "a=3 q1"]);
    assert_eq!(bench.core.figures.publishes_dropped, 2);
}

/// MQTT-3.1.4-3: the older connection is told 0x8E and closed.
#[test]
fn a_second_client_of_the_same_id_takes_over() {
    for version in BOTH {
        let mut bench = Bench::new();
        let (mut first, _) = bench.join(lasting(version, "peer"));
        bench.subscribe(&mut first, "a", 1);
        let (mut second, present) = bench.join(lasting(version, "peer"));
        assert!(present);
        let (heard, closed) = bench.hears_all(&mut first);
        assert!(closed);
        match version {
            Version::V3 => assert_eq!(heard, []),
            Version::V5 => {
                let [Packet::Disconnect(goodbye)] = heard.as_slice() else { panic!("{heard:?}") };
                assert_eq!(goodbye.reason, Reason::SESSION_TAKEN_OVER);
            }
        }
        let (mut sender, _) = bench.join(connect(version, "sender"));
        bench.say(&mut sender, publish("a", "1", 0, 0));
        assert_eq!(bench.messages(&mut second), ["a=1"], "the end of the first is not the session's");
    }
}

/// MQTT 5.0 section 3.1.2.11.2.
#[test]
fn a_session_ends_when_its_expiry_has_passed() {
    for (expiry_s, waits, expected) in
        [(Some(10), 9, true), (Some(10), 10, false), (Some(u32::MAX), 1_000_000, true), (None, 0, false)]
    {
        let mut bench = Bench::new();
        let ask =
            || Connect { clean_start: false, session_expiry_s: expiry_s, ..connect(Version::V5, "peer") };
        let (peer, _) = bench.join(ask());
        bench.vanish(&peer);
        bench.later(waits);
        bench.core.due(bench.now);
        assert_eq!(bench.join(ask()).1, expected, "{expiry_s:?} after {waits} s");
    }
}

fn will(delay_s: u32) -> Will {
    Will {
        topic: Topic::parse("will").unwrap(),
        payload: Payload::from(&b"gone"[..]),
        qos: Qos::AtMostOnce,
        retain: false,
        delay_s,
        properties: PublishProperties::default(),
    }
}

/// MQTT 5.0 section 3.1.2.5 and 3.14.2.1.
#[test]
fn a_will_goes_out_unless_the_client_says_goodbye() {
    for version in BOTH {
        for (goodbye, expected) in [(None, 1), (Some(Reason::SUCCESS), 0), (Some(Reason(0x04)), 1)] {
            if version == Version::V3 && goodbye == Some(Reason(0x04)) {
                continue;
            }
            let mut bench = Bench::new();
            let (mut hearer, _) = bench.join(connect(version, "hearer"));
            bench.subscribe(&mut hearer, "will", 0);
            let (mut peer, _) = bench.join(Connect { will: Some(will(0)), ..connect(version, "peer") });
            if let Some(reason) = goodbye {
                let goodbye = Disconnect { reason, ..Disconnect::default() };
                bench.say(&mut peer, Packet::Disconnect(goodbye));
            }
            bench.vanish(&peer);
            assert_eq!(bench.messages(&mut hearer).len(), expected, "{version} {goodbye:?}");
        }
    }
}

/// MQTT 5.0 section 3.1.3.2.2.
#[test]
fn a_delayed_will_waits_for_the_client_to_come_back() {
    for (comes_back, expected) in [(false, 1), (true, 0)] {
        let mut bench = Bench::new();
        let (mut hearer, _) = bench.join(connect(Version::V5, "hearer"));
        bench.subscribe(&mut hearer, "will", 0);
        let (peer, _) = bench.join(Connect { will: Some(will(5)), ..lasting(Version::V5, "peer") });
        bench.vanish(&peer);
        assert!(bench.messages(&mut hearer).is_empty());
        if comes_back {
            bench.join(lasting(Version::V5, "peer"));
        }
        bench.later(5);
        bench.core.due(bench.now);
        assert_eq!(bench.messages(&mut hearer).len(), expected, "comes back: {comes_back}");
    }
}

/// MQTT-3.1.2-22: one and a half times the keep-alive.
#[test]
fn a_silent_client_is_closed_at_one_and_a_half_times_its_keep_alive() {
    let mut bench = Bench::new();
    let (mut peer, _) = bench.join(Connect { keep_alive_s: 10, ..connect(Version::V5, "peer") });
    bench.later(14);
    assert_eq!(bench.hears_all(&mut peer), (vec![], false));
    bench.say(&mut peer, Packet::PingReq);
    bench.later(14);
    assert_eq!(bench.hears_all(&mut peer), (vec![Packet::PingResp], false));
    bench.later(1);
    let (heard, closed) = bench.hears_all(&mut peer);
    let [Packet::Disconnect(goodbye)] = heard.as_slice() else { panic!("{heard:?}") };
    assert_eq!((goodbye.reason, closed), (Reason(0x8D), true));

    let (mut peer, _) = bench.join(Connect { keep_alive_s: 0, ..connect(Version::V5, "peer") });
    bench.later(1_000_000);
    assert_eq!(bench.hears_all(&mut peer), (vec![], false), "0 switches it off (section 3.1.2.10)");
}

/// MQTT-3.1.3-7 (5.0), MQTT-3.1.3-8 (3.1.1), and the password.
#[test]
fn connect_is_answered_by_the_rules_of_its_version() {
    let credentials = Some(("user".to_owned(), Secret::new(b"right".to_vec())));
    let with = |password: &str| Connect {
        username: Some("user".into()),
        password: Some(Secret::new(password.into())),
        ..connect(Version::V5, "x")
    };
    let v3_without_id = Connect { clean_start: false, ..connect(Version::V3, "") };
    for (credentials, connect, expected) in [
        (None, connect(Version::V5, ""), Reason::SUCCESS),
        (None, connect(Version::V3, ""), Reason::SUCCESS),
        (None, v3_without_id, Reason::CLIENT_IDENTIFIER_NOT_VALID),
        (credentials.clone(), with("right"), Reason::SUCCESS),
        (credentials.clone(), with("wrong"), Reason::BAD_USER_NAME_OR_PASSWORD),
        (credentials, connect(Version::V3, "x"), Reason::BAD_USER_NAME_OR_PASSWORD),
    ] {
        let mut bench = Bench::new();
        bench.core.credentials = credentials;
        let mut peer = bench.dial(connect.version);
        let (version, is_anonymous) = (connect.version, connect.client_id.is_empty());
        bench.say(&mut peer, Packet::Connect(Box::new(connect)));
        let (heard, closed) = bench.hears_all(&mut peer);
        let [Packet::ConnAck(connack)] = heard.as_slice() else { panic!("{heard:?}") };
        assert_eq!((connack.reason, closed), (expected, expected != Reason::SUCCESS));
        let is_assigned = connack.assigned_client_id.is_some();
        assert_eq!(is_assigned, version == Version::V5 && is_anonymous);
    }
}

#[test]
fn a_broker_that_forgets_knows_no_session_and_no_retained_message() {
    let mut bench = Bench::new();
    let (mut peer, _) = bench.join(lasting(Version::V3, "peer"));
    bench.say(&mut peer, retain("a", "1"));
    bench.subscribe(&mut peer, "a", 0);
    bench.vanish(&peer);
    bench.core.forget();
    let (mut peer, present) = bench.join(lasting(Version::V3, "peer"));
    assert!(!present);
    bench.subscribe(&mut peer, "#", 0);
    assert!(bench.messages(&mut peer).is_empty());
}
