//! CONNECT, CONNACK, DISCONNECT, AUTH: sections 3.1, 3.2, 3.14, 4.12, 4.13.
use super::*;
use crate::mqtt::packet::{Connect, Disconnect, SubAck};
use crate::mqtt::profile::Will;
use crate::mqtt::{Reason, Secret};

fn connect_of(profile: Profile) -> Connect {
    let mut play = Play::new(profile);
    play.session.transport_opened(play.now);
    match play.session.next_packet(play.now) {
        Some(Packet::Connect(connect)) => *connect,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_first_story_from_connect_to_acknowledged() {
    for version in VERSIONS {
        let mut play = Play::new(Profile { subscriptions: vec![subscription("#")], ..profile(version) });
        assert_eq!(play.session.retry_at(), Some(Timestamp::ZERO));
        play.connects(ConnAck::default());
        assert!(play.session.is_online() && play.session.retry_at().is_none());
        let written = play.written();
        assert!(matches!(written.as_slice(), [Packet::Subscribe(_)]), "{written:?}");
        play.publishes(1, Qos::AtLeastOnce);
        let written = play.written();
        assert_eq!(publishes(&written), [(Some(2), false)]);
        play.hears(Packet::PubAck(ack(2))).unwrap();
        assert_eq!(play.stages(), [(1, sent(2)), (1, Stage::Acknowledged(Reason::SUCCESS))]);
        assert_eq!(play.delivers(&delivery(Qos::AtMostOnce, None)), Ok(true));
    }
}

/// Section 3.1.2.11: what the profile wishes goes out on 5; 3.1.1 has no properties.
#[test]
fn connect_says_what_the_profile_says() {
    let will = Will {
        topic: Topic::parse("gone").unwrap(),
        payload: Payload::from(&b"x"[..]),
        qos: Qos::AtLeastOnce,
        retain: true,
        delay_s: 5,
        properties: PublishProperties::default(),
    };
    let full = Profile {
        username: Some("u".into()),
        password: Some(Secret::new(b"p".to_vec())),
        keep_alive_s: 30,
        session_expiry_s: 600,
        receive_maximum: 10,
        max_packet_bytes: 1000,
        will: Some(will.clone()),
        ..profile(Version::V5)
    };
    let connect = connect_of(full.clone());
    let aliases = connect.topic_alias_maximum;
    assert!(aliases.is_some_and(|n| n > 0), "inbound aliases must work");
    let expected = Connect {
        version: Version::V5,
        client_id: "mqttscope-test".into(),
        keep_alive_s: 30,
        clean_start: true,
        username: Some("u".into()),
        password: Some(Secret::new(b"p".to_vec())),
        will: Some(will),
        session_expiry_s: Some(600),
        receive_maximum: Some(10),
        max_packet_bytes: Some(1000),
        topic_alias_maximum: aliases,
        request_response_information: None,
        request_problem_information: Some(true),
        user: Vec::new(),
    };
    assert_eq!(connect, expected);
    let bare = Connect {
        version: Version::V3,
        session_expiry_s: None,
        receive_maximum: None,
        max_packet_bytes: None,
        topic_alias_maximum: None,
        request_problem_information: None,
        ..expected
    };
    assert_eq!(connect_of(Profile { version: Version::V3, ..full.clone() }), bare);
    // Sections 3.1.2.11.3 and .4: zero is a protocol error for both.
    let zero = connect_of(Profile { receive_maximum: 0, max_packet_bytes: 0, ..full });
    assert_eq!((zero.receive_maximum, zero.max_packet_bytes), (Some(1), None));
}

/// Section 3.1.2.4: clean each time, but on 5 with an expiry only until there is something to come back to.
#[test]
fn clean_start_is_asked_again_unless_the_session_shall_be_remembered() {
    for (version, clean_start, session_expiry_s, expected) in [
        (Version::V3, true, 0, [true, true]),
        (Version::V3, true, 600, [true, true]),
        (Version::V3, false, 0, [false, false]),
        (Version::V5, true, 0, [true, true]),
        (Version::V5, true, 600, [true, false]),
        (Version::V5, false, 600, [false, false]),
    ] {
        let mut play = Play::new(Profile { clean_start, session_expiry_s, ..profile(version) });
        for expected in expected {
            play.session.transport_opened(play.now);
            let Some(Packet::Connect(connect)) = play.session.next_packet(play.now) else { panic!() };
            assert_eq!(connect.clean_start, expected, "{version} {clean_start} {session_expiry_s}");
            play.hears(Packet::ConnAck(Box::default())).unwrap();
            play.session.transport_lost(play.now, true);
        }
    }
}

/// Section 3.2.2.3: limits, the given client id and the keep-alive in force are told; section 3.1.3.1: the
/// given id is used from then on.
#[test]
fn online_tells_what_became_known() {
    let mut play = Play::new(Profile { client_id: String::new(), ..profile(Version::V5) });
    let connack = ConnAck {
        assigned_client_id: Some("given".into()),
        server_keep_alive_s: Some(20),
        receive_maximum: Some(3),
        ..ConnAck::default()
    };
    play.session.transport_opened(play.now);
    assert!(play.session.awaits_reply());
    play.written();
    play.pass(40);
    play.hears(Packet::ConnAck(Box::new(connack.clone()))).unwrap();
    let told = play.told();
    let [BrokerEvent::Online(online)] = told.as_slice() else { panic!("{told:?}") };
    let expected = Online {
        connack,
        client_id: "given".into(),
        keep_alive_s: 20,
        at: play.now,
        took: Duration::from_millis(40),
        n_resumed: 0,
        version: Version::V5,
        tls: None,
    };
    assert_eq!(**online, expected);
    play.session.transport_lost(play.now, true);
    play.session.transport_opened(play.now);
    let Some(Packet::Connect(connect)) = play.session.next_packet(play.now) else { panic!() };
    assert_eq!(connect.client_id, "given");
}

/// Section 3.2.2.2: refused, in the spec's words and the broker's, with a remedy; retried only where it helps.
#[test]
fn a_refusal_is_told_in_words() {
    for (version, code, words, remedy, may_retry) in [
        (Version::V5, 0x84, "unsupported protocol version (0x84)", Some("--mqtt 3"), false),
        (Version::V3, 0x84, "unsupported protocol version (0x84)", Some("--mqtt 5"), false),
        (Version::V5, 0x85, "client identifier not valid (0x85)", Some("--client-id"), false),
        (Version::V3, 0x86, "bad user name or password (0x86)", Some("--username"), false),
        (Version::V5, 0x86, "bad user name or password (0x86)", Some("--password-env"), false),
        (Version::V5, 0x87, "not authorized (0x87)", Some("--password-env"), false),
        (Version::V5, 0x88, "server unavailable (0x88)", None, true),
        (Version::V5, 0x89, "server busy (0x89)", None, true),
        (Version::V5, 0x8A, "banned (0x8A)", Some("ban"), false),
        (Version::V5, 0x97, "quota exceeded (0x97)", None, true),
        (Version::V5, 0x9A, "retain not supported (0x9A)", Some("--will-retain"), false),
        (Version::V5, 0x9D, "server moved (0x9D)", Some("elsewhere:1883"), false),
        (Version::V5, 0x9F, "connection rate exceeded (0x9F)", None, true),
    ] {
        let mut play = Play::new(profile(version));
        play.session.transport_opened(play.now);
        play.written();
        let connack = ConnAck {
            reason: Reason(code),
            reason_string: (version == Version::V5).then(|| "the moon is full".into()),
            server_reference: (code == 0x9D).then(|| "elsewhere:1883".into()),
            ..ConnAck::default()
        };
        let fatal = play.hears(Packet::ConnAck(Box::new(connack))).unwrap_err();
        assert!(fatal.words.contains(words), "{fatal:?}");
        assert_eq!(fatal.words.contains("the moon is full"), version == Version::V5, "{fatal:?}");
        assert_eq!(fatal.words.contains("elsewhere:1883"), code == 0x9D, "{fatal:?}");
        match remedy {
            Some(part) => assert!(fatal.remedy.as_ref().unwrap().contains(part), "{fatal:?}"),
            None => assert_eq!(fatal.remedy, None),
        }
        assert_eq!((fatal.from_broker, fatal.may_retry), (true, may_retry), "{fatal:?}");
        // MQTT-3.2.2-7: the broker closes; we have nothing to say.
        assert_eq!(play.written(), []);
        assert!(play.session.wants_close() && !play.session.is_online());
        assert_eq!(play.session.transport_lost(play.now, fatal.may_retry).is_some(), may_retry);
        assert_eq!(play.session.wants_connection(), may_retry);
    }
}

/// MQTT-3.2.0-1: the first packet from the broker is the CONNACK. Section 4.13: on 5 we say what was wrong.
#[test]
fn nothing_comes_before_connack() {
    for version in VERSIONS {
        for packet in [Packet::PingResp, Packet::PubAck(ack(1)), Packet::PubRel(ack(1)), Packet::PingReq] {
            let mut play = Play::new(profile(version));
            play.session.transport_opened(play.now);
            play.written();
            let fatal = play.hears(packet).unwrap_err();
            assert_eq!(fatal.reason, Reason::PROTOCOL_ERROR);
            assert!(fatal.words.contains("before it answered CONNECT"), "{fatal}");
            assert_farewell(&mut play, version, Reason::PROTOCOL_ERROR);
        }
        let mut play = Play::new(profile(version));
        play.session.transport_opened(play.now);
        play.written();
        assert!(play.delivers(&delivery(Qos::AtMostOnce, None)).is_err());
    }
}

/// On 5 DISCONNECT with the reason, on 3.1.1 nothing; then the transport is to be closed.
fn assert_farewell(play: &mut Play, version: Version, reason: Reason) {
    let written = play.written();
    match version {
        Version::V3 => assert_eq!(written, []),
        Version::V5 => {
            let [Packet::Disconnect(disconnect)] = written.as_slice() else { panic!("{written:?}") };
            assert_eq!(disconnect.reason, reason);
        }
    }
    assert!(play.session.wants_close());
}

/// Section 4.13: what only a client may send, and a second CONNACK (MQTT-3.2.0-2), end the connection.
#[test]
fn a_broker_that_plays_client_is_left() {
    for version in VERSIONS {
        let connack = Packet::ConnAck(Box::default());
        for packet in [connack, Packet::PingReq, Packet::Connect(Box::new(connect_of(profile(version))))] {
            let mut play = Play::online(version);
            let fatal = play.hears(packet).unwrap_err();
            assert!(fatal.may_retry && !fatal.from_broker);
            assert_farewell(&mut play, version, Reason::PROTOCOL_ERROR);
            // What still comes on the dying connection is of no interest.
            assert_eq!(play.hears(Packet::PingReq), Ok(()));
            assert_eq!(play.delivers(&delivery(Qos::AtLeastOnce, Some(1))), Ok(false));
            assert_eq!(play.written(), []);
        }
    }
}

/// Sections 3.2.2.3.3 and .6: limits of zero are protocol errors.
#[test]
fn a_connack_without_sense_is_refused() {
    for connack in [
        ConnAck { receive_maximum: Some(0), ..ConnAck::default() },
        ConnAck { max_packet_bytes: Some(0), ..ConnAck::default() },
        ConnAck { reason: Reason(0x01), ..ConnAck::default() },
    ] {
        let mut play = Play::new(profile(Version::V5));
        play.session.transport_opened(play.now);
        play.written();
        assert!(play.hears(Packet::ConnAck(Box::new(connack))).is_err());
        assert_farewell(&mut play, Version::V5, Reason::PROTOCOL_ERROR);
    }
}

/// Section 4.12: we never offer an authentication method, so AUTH has no place; it is told in words.
#[test]
fn auth_is_refused_in_words() {
    let mut early = Play::new(profile(Version::V5));
    early.session.transport_opened(early.now);
    early.written();
    for mut play in [early, Play::online(Version::V5)] {
        let fatal = play.hears(Packet::Auth(Reason(0x18))).unwrap_err();
        assert!(fatal.words.contains("AUTH") && fatal.remedy.is_some() && !fatal.may_retry, "{fatal:?}");
        assert_farewell(&mut play, Version::V5, Reason::PROTOCOL_ERROR);
    }
}

/// Section 3.14.2: the broker's reason, words and reference are told; never back by ourselves after 0x8E.
#[test]
fn a_disconnect_from_the_broker_is_told_in_words() {
    for (code, may_retry, remedy) in [
        (0x8E, false, Some("--client-id")),
        (0x8B, true, None),
        (0x98, true, None),
        (0x9C, true, Some("b.example")),
        (0x9D, false, Some("b.example")),
        (0x8D, true, Some("--keep-alive")),
        (0x00, true, None),
    ] {
        let mut play = Play::online(Version::V5);
        let disconnect = Disconnect {
            reason: Reason(code),
            reason_string: Some("bye".into()),
            server_reference: Some("b.example".into()),
            ..Disconnect::default()
        };
        let fatal = play.hears(Packet::Disconnect(disconnect)).unwrap_err();
        assert!(fatal.words.contains("\"bye\"") && fatal.words.contains("b.example"), "{fatal}");
        assert_eq!((fatal.from_broker, fatal.may_retry), (true, may_retry), "{fatal:?}");
        assert_eq!(fatal.remedy.is_some(), remedy.is_some());
        assert!(remedy.is_none_or(|part| fatal.remedy.as_ref().unwrap().contains(part)), "{fatal:?}");
        // MQTT-3.14.4-3: it closes; we answer nothing.
        assert_eq!(play.written(), []);
        assert_eq!(play.session.transport_lost(play.now, fatal.may_retry).is_some(), may_retry);
        play.asks(BrokerRequest::Connect);
        assert_eq!(play.session.retry_at(), Some(play.now), "a person may always try again");
    }
}

#[test]
fn a_broker_that_never_answers_is_given_up() {
    for version in VERSIONS {
        let mut play = Play::new(profile(version));
        play.session.transport_opened(play.now);
        play.written();
        let deadline = play.session.deadline().unwrap();
        assert_eq!(deadline, play.now + super::super::CONNACK_WITHIN);
        assert_eq!(play.session.advance(deadline - Duration::from_nanos(1)), Ok(()));
        let fatal = play.session.advance(deadline).unwrap_err();
        assert!(fatal.may_retry && fatal.words.contains("10 s") && fatal.remedy.is_some(), "{fatal:?}");
        assert!(play.session.wants_close() && play.written().is_empty());
    }
}

/// Section 3.14: what is received is acknowledged, then DISCONNECT goes, then the transport is closed.
#[test]
fn disconnect_is_said_last_and_stays_until_connect() {
    for version in VERSIONS {
        let mut play = Play::online(version);
        play.delivers(&delivery(Qos::AtLeastOnce, Some(5))).unwrap();
        play.asks(BrokerRequest::Disconnect);
        assert!(!play.session.wants_close() && !play.session.wants_connection());
        let bye = Packet::Disconnect(Disconnect::default());
        assert_eq!(play.written(), [Packet::PubAck(ack(5)), bye]);
        assert!(play.session.wants_close() && !play.session.has_ended());
        assert_eq!(play.session.transport_lost(play.now, true), None);
        play.publishes(1, Qos::AtLeastOnce);
        assert_eq!(play.stages(), [(1, Stage::Queued)]);
        play.asks(BrokerRequest::Connect);
        assert_eq!((play.session.retry_at(), play.session.wants_connection()), (Some(play.now), true));
        // `Connect` while the old transport still closes is not forgotten either.
        play.connects(ConnAck::default());
        play.asks(BrokerRequest::Disconnect);
        play.written();
        play.asks(BrokerRequest::Connect);
        assert_eq!(play.session.transport_lost(play.now, false), Some(play.now));
    }
}

#[test]
fn end_gives_up_what_waits_and_says_so() {
    let mut play = Play::new(profile(Version::V5));
    play.publishes(1, Qos::AtMostOnce);
    play.asks(BrokerRequest::End);
    assert!(play.session.has_ended() && !play.session.wants_connection());
    play.publishes(2, Qos::AtMostOnce);
    let stages = play.stages();
    let [(1, Stage::Queued), (1, Stage::NotSent(_)), (2, Stage::NotSent(_))] = stages.as_slice() else {
        panic!("{stages:?}")
    };
    play.asks(BrokerRequest::Connect);
    assert!(play.session.has_ended(), "nothing comes after the end");

    let mut play = Play::online(Version::V5);
    play.asks(BrokerRequest::End);
    assert!(!play.session.has_ended());
    assert_eq!(play.written(), [Packet::Disconnect(Disconnect::default())]);
    assert_eq!(play.session.transport_lost(play.now, true), None);
    assert!(play.session.has_ended());
}

/// MQTT-3.1.0-1: nothing goes out before CONNECT, not even DISCONNECT.
#[test]
fn leaving_before_connect_went_out_says_nothing() {
    let mut play = Play::new(profile(Version::V5));
    play.session.transport_opened(play.now);
    play.asks(BrokerRequest::Disconnect);
    assert!(play.session.wants_close() && play.written().is_empty());
}

#[test]
fn waits_grow_between_failures_and_shrink_after_a_good_connection() {
    let mut play = Play::new(profile(Version::V5));
    let mut longest = Duration::ZERO;
    for _ in 0..12 {
        let at = play.session.transport_lost(play.now, true).unwrap();
        assert_eq!(play.session.retry_at(), Some(at));
        longest = longest.max(at.since(play.now));
        play.now = at;
    }
    assert!(longest > Duration::from_secs(5) && longest <= Duration::from_secs(30), "{longest:?}");
    play.connects(ConnAck::default());
    play.pass(60_000);
    let at = play.session.transport_lost(play.now, true).unwrap();
    assert!(at.since(play.now) <= Duration::from_millis(500));
}

/// A broker that errs with every packet must not fill the log.
#[test]
fn oddities_are_told_a_few_times_only() {
    let mut play = Play::online(Version::V5);
    for id in 1..1_000 {
        let odd = SubAck { packet_id: super::id(id), reasons: vec![Reason::SUCCESS], reason_string: None };
        play.hears(Packet::SubAck(odd)).unwrap();
    }
    assert_eq!(play.notices().len(), 32);
}
