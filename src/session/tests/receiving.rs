//! Deliveries to us: sections 3.3 (PUBLISH, aliases), 4.3 (QoS), 4.6 (order of answers), 4.9 (our quota).
use super::*;
use crate::mqtt::packet::Aliased;
use crate::mqtt::{Reason, Retained};

fn not_found(packet_id: u16) -> Ack {
    Ack { reason: Reason::PACKET_IDENTIFIER_NOT_FOUND, ..ack(packet_id) }
}

/// Section 4.3: QoS 0 is answered with nothing, 1 with PUBACK, 2 with PUBREC and then PUBCOMP.
#[test]
fn each_qos_has_its_answer() {
    for version in VERSIONS {
        let mut play = Play::online(version);
        for (qos, packet_id) in [(Qos::ExactlyOnce, 9), (Qos::AtMostOnce, 0), (Qos::AtLeastOnce, 4)] {
            assert_eq!(play.delivers(&delivery(qos, Some(packet_id))), Ok(true));
        }
        assert_eq!(play.written(), [Packet::PubRec(ack(9)), Packet::PubAck(ack(4))], "section 4.6");
        let open = play.session.link_status(play.now).in_flight;
        assert!(matches!(open.as_slice(), [one] if !one.outbound && one.packet_id == id(9)), "{open:?}");
        play.hears(Packet::PubRel(ack(9))).unwrap();
        assert_eq!(play.written(), [Packet::PubComp(ack(9))]);
        let status = play.session.link_status(play.now);
        assert_eq!((status.messages_in, status.in_flight.len()), (3, 0));
        assert_eq!(status.received.by_qos, [1, 1, 1]);
    }
}

/// MQTT-4.3.3-10: until PUBREL the same id is the same message, on this connection and on the next.
#[test]
fn a_qos_2_duplicate_is_held_back_and_counted() {
    for version in VERSIONS {
        let mut play = Play::online(version);
        let again = PublishRef { dup: true, ..delivery(Qos::ExactlyOnce, Some(9)) };
        assert_eq!(play.delivers(&delivery(Qos::ExactlyOnce, Some(9))), Ok(true));
        assert_eq!(play.delivers(&again), Ok(false));
        play.reconnects(true);
        assert_eq!(play.delivers(&again), Ok(false));
        assert_eq!(play.said(), [Packet::PubRec(ack(9))]);
        let status = play.session.link_status(play.now);
        assert_eq!((status.n_duplicates, status.messages_in), (2, 1));
        play.hears(Packet::PubRel(ack(9))).unwrap();
        assert_eq!(play.delivers(&delivery(Qos::ExactlyOnce, Some(9))), Ok(true), "the id is free again");
    }
}

/// Section 4.3.3: PUBREL after a resumed session gets its PUBCOMP, also when we know nothing of it any more.
#[test]
fn pubrel_is_always_answered() {
    for version in VERSIONS {
        let mut play = Play::online(version);
        play.delivers(&delivery(Qos::ExactlyOnce, Some(9))).unwrap();
        play.written();
        play.reconnects(true);
        play.hears(Packet::PubRel(ack(9))).unwrap();
        play.hears(Packet::PubRel(ack(9))).unwrap();
        assert_eq!(play.said(), [Packet::PubComp(ack(9)), Packet::PubComp(not_found(9))]);
    }
}

/// Section 4.1: with the session the ids are gone; what comes under them is new.
#[test]
fn a_forgotten_session_forgets_what_was_received() {
    for version in VERSIONS {
        let mut play = Play::online(version);
        play.delivers(&delivery(Qos::ExactlyOnce, Some(9))).unwrap();
        play.reconnects(false);
        assert_eq!(play.delivers(&delivery(Qos::ExactlyOnce, Some(9))), Ok(true));
    }
}

/// MQTT-3.3.4-9 and section 4.9: more unacknowledged deliveries than we take end the connection with 0x93.
#[test]
fn our_receive_maximum_is_held() {
    let limited = Profile { receive_maximum: 2, ..persistent(Version::V5) };
    let mut play = Play::online_with(limited, ConnAck::default());
    for round in 0..3 {
        play.delivers(&delivery(Qos::AtLeastOnce, Some(1))).unwrap();
        play.delivers(&delivery(Qos::ExactlyOnce, Some(2))).unwrap();
        // A duplicate takes no second place.
        play.delivers(&delivery(Qos::ExactlyOnce, Some(2))).unwrap();
        play.written();
        play.delivers(&delivery(Qos::AtLeastOnce, Some(3 + round))).unwrap();
        play.written();
        play.hears(Packet::PubRel(ack(2))).unwrap();
        play.written();
    }
    play.delivers(&delivery(Qos::ExactlyOnce, Some(1))).unwrap();
    play.delivers(&delivery(Qos::ExactlyOnce, Some(2))).unwrap();
    play.written();
    assert_eq!(play.delivers(&delivery(Qos::AtMostOnce, None)), Ok(true), "QoS 0 takes no place");
    // Quotas begin anew with the connection; what is resumed takes no place until it is sent again.
    play.reconnects(true);
    play.delivers(&delivery(Qos::AtLeastOnce, Some(7))).unwrap();
    play.delivers(&delivery(Qos::ExactlyOnce, Some(1))).unwrap();
    let fatal = play.delivers(&delivery(Qos::ExactlyOnce, Some(2))).unwrap_err();
    assert_eq!((fatal.reason, fatal.may_retry), (Reason::RECEIVE_MAXIMUM_EXCEEDED, true));
    let written = play.written();
    assert!(matches!(written.as_slice(), [Packet::Disconnect(bye)] if bye.reason == fatal.reason));
}

/// Section 4.9 bounds what may be open; answers to one id delivered for ever need a bound of their own.
#[test]
fn a_broker_that_repeats_itself_and_reads_nothing_is_left() {
    for version in VERSIONS {
        let mut play = Play::online(version);
        let again = PublishRef { dup: true, ..delivery(Qos::ExactlyOnce, Some(9)) };
        let n_taken = (0..200_000).take_while(|_| play.delivers(&again).is_ok()).count();
        assert_eq!(n_taken, super::super::acks::MAX_WAITING, "{version}");
    }
}

/// Section 3.3.2.3.4.
#[test]
fn topic_aliases_are_resolved_on_their_connection() {
    let aliased =
        |topic, alias| PublishRef { topic, topic_alias: Some(alias), ..delivery(Qos::AtMostOnce, None) };
    let mut play = Play::online(Version::V5);
    for (topic, alias, expected) in [
        ("a/long/topic", 64, "a/long/topic"),
        ("", 64, "a/long/topic"),
        ("other", 1, "other"),
        ("", 64, "a/long/topic"),
        ("new", 64, "new"),
        ("", 64, "new"),
        ("", 1, "other"),
    ] {
        let message = play.session.receive_publish(play.now, &aliased(topic, alias)).unwrap().unwrap();
        assert_eq!(message.topic, expected);
    }
    // MQTT-3.3.2-7: the table ends with the connection.
    play.reconnects(true);
    let fatal = play.delivers(&aliased("", 1)).unwrap_err();
    assert_eq!(fatal.reason, Reason::PROTOCOL_ERROR);
    // MQTT-3.3.2-8, -9, -11.
    for alias in [0, 65, u16::MAX] {
        let mut play = Play::online(Version::V5);
        let fatal = play.delivers(&aliased("a", alias)).unwrap_err();
        assert_eq!(fatal.reason, Reason::TOPIC_ALIAS_INVALID);
    }
}

/// Section 3.3.2.1: a PUBLISH needs a topic, and above QoS 0 a packet id.
#[test]
fn a_publish_without_its_parts_is_refused() {
    let bare = PublishRef { topic: "", ..delivery(Qos::AtMostOnce, None) };
    for publish in [bare, delivery(Qos::AtLeastOnce, None), delivery(Qos::ExactlyOnce, None)] {
        let mut play = Play::online(Version::V5);
        assert_eq!(play.delivers(&publish).unwrap_err().reason, Reason::PROTOCOL_ERROR);
    }
}

/// Section 3.3.1.3: the flag says something about live messages only with retain-as-published.
#[test]
fn retained_is_told_only_where_it_is_known() {
    let asked = |retain_as_published| Subscription { retain_as_published, ..subscription("#") };
    for (version, as_published, retain, expected) in [
        (Version::V5, true, true, Retained::Yes),
        (Version::V5, true, false, Retained::No),
        (Version::V5, false, true, Retained::Yes),
        (Version::V5, false, false, Retained::Unknown),
        (Version::V3, true, true, Retained::Yes),
        (Version::V3, true, false, Retained::Unknown),
    ] {
        let profile = Profile { subscriptions: vec![asked(as_published)], ..profile(version) };
        let mut play = Play::online_with(profile, ConnAck::default());
        let publish = PublishRef { retain, ..delivery(Qos::AtMostOnce, None) };
        let message = play.session.receive_publish(play.now, &publish).unwrap().unwrap();
        assert_eq!(message.retained, expected);
    }
}

/// What is beyond us is acknowledged all the same, else it would come for ever; on 5 with 0x83.
#[test]
fn a_refused_delivery_is_over() {
    let refused = |packet_id| Ack { reason: Reason(0x83), ..ack(packet_id) };
    for version in VERSIONS {
        let mut play = Play::online(version);
        play.session.refuse_publish(play.now, Qos::AtMostOnce, None);
        play.session.refuse_publish(play.now, Qos::AtLeastOnce, Some(id(1)));
        play.session.refuse_publish(play.now, Qos::ExactlyOnce, Some(id(2)));
        let expected = match version {
            Version::V3 => [Packet::PubAck(ack(1)), Packet::PubRec(ack(2))],
            Version::V5 => [Packet::PubAck(refused(1)), Packet::PubRec(refused(2))],
        };
        assert_eq!(play.written(), expected);
        assert_eq!(play.session.link_status(play.now).messages_in, 0);
        play.hears(Packet::PubRel(ack(2))).unwrap();
        assert!(matches!(play.written().as_slice(), [Packet::PubComp(_)]));
    }
}

/// Acknowledgements of a lost connection mean nothing on the next (section 4.4: the broker sends again).
#[test]
fn answers_are_not_carried_over() {
    let mut play = Play::online(Version::V5);
    play.delivers(&delivery(Qos::AtLeastOnce, Some(1))).unwrap();
    play.reconnects(true);
    assert_eq!(play.said(), []);
}

/// Section 3.3.2.3.4: a PUBLISH that is left out changes what its alias stands for all the same.
#[test]
fn an_alias_that_was_lost_names_no_topic_until_it_is_said_anew() {
    let aliased = |topic, packet_id| PublishRef {
        topic,
        topic_alias: Some(3),
        ..delivery(if packet_id == 0 { Qos::AtMostOnce } else { Qos::AtLeastOnce }, Some(packet_id))
    };
    for lost in [Aliased::Lost(3), Aliased::AnyLost] {
        let mut play = Play::online(Version::V5);
        assert!(play.delivers(&aliased("a", 0)).unwrap());
        play.session.note_aliased(Aliased::Untouched, "");
        assert!(play.delivers(&aliased("", 0)).unwrap());
        play.session.note_aliased(lost, "b\u{fffd}");
        for packet_id in [0, 7] {
            assert!(!play.delivers(&aliased("", packet_id)).unwrap(), "no message on the old topic");
            let told = play.told();
            let words = "the message that said which topic that is could not be read";
            let is_left_out = |event: &BrokerEvent| match event {
                BrokerEvent::Notice(Notice::MessageRefused { words: said, .. }) => said.contains(words),
                _ => false,
            };
            assert!(told.iter().any(is_left_out), "{told:?}");
        }
        let refused = Ack { reason: Reason(0x83), ..ack(7) };
        assert_eq!(play.said(), [Packet::PubAck(refused)]);
        assert!(play.delivers(&aliased("c", 0)).unwrap());
        assert!(play.delivers(&aliased("", 0)).unwrap());
        play.session.note_aliased(Aliased::Named(3), "d");
        let message = play.session.receive_publish(play.now, &aliased("", 0)).unwrap().unwrap();
        assert_eq!(message.topic, "d", "too large a message names its alias well");
    }
}
