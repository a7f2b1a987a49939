//! Publications of ours: sections 4.3 (stages), 4.6 (order), 4.9 (flow control), 3.2.2.3 (limits).
use super::*;
use crate::mqtt::Reason;

fn connack(receive_maximum: u16) -> ConnAck {
    ConnAck { receive_maximum: Some(receive_maximum), ..ConnAck::default() }
}

fn with_reason(packet_id: u16, code: u8, words: &str) -> Ack {
    Ack { reason: Reason(code), reason_string: Some(words.into()), ..ack(packet_id) }
}

const DONE: Stage = Stage::Acknowledged(Reason::SUCCESS);

/// Sections 4.3.1 to 4.3.3.
#[test]
fn every_stage_is_told_once_and_in_order() {
    for version in VERSIONS {
        let mut play = Play::online(version);
        play.publishes(0, Qos::AtMostOnce);
        play.publishes(1, Qos::AtLeastOnce);
        play.publishes(2, Qos::ExactlyOnce);
        assert_eq!(play.stages(), [], "nothing waits, so nothing is told before it is sent");
        assert_eq!(publishes(&play.written()), [(None, false), (Some(1), false), (Some(2), false)]);
        let sent_qos0 = Stage::Sent { packet_id: None, resent: false };
        assert_eq!(play.stages(), [(0, sent_qos0), (1, sent(1)), (2, sent(2))]);
        assert!(play.session.awaits_reply());
        play.hears(Packet::PubAck(ack(1))).unwrap();
        play.hears(Packet::PubRec(ack(2))).unwrap();
        assert_eq!(play.written(), [Packet::PubRel(ack(2))], "MQTT-4.3.3-3");
        play.hears(Packet::PubComp(ack(2))).unwrap();
        assert_eq!(play.stages(), [(1, DONE), (2, Stage::Received), (2, DONE)]);
        assert!(!play.session.awaits_reply());
        let status = play.session.link_status(play.now);
        assert_eq!((status.publishes_out, status.in_flight.len(), status.n_queued), (3, 0, 0));
    }
}

/// Sections 3.4.2.1 and 3.5.2.1: a refusal is told with the broker's words and frees the place (4.9).
#[test]
fn a_refused_publication_frees_its_place() {
    let mut play = Play::online_with(profile(Version::V5), connack(1));
    play.publishes(1, Qos::AtLeastOnce);
    play.publishes(2, Qos::ExactlyOnce);
    play.publishes(3, Qos::ExactlyOnce);
    for (ticket, packet) in [
        (1, Packet::PubAck(with_reason(1, 0x97, "no quota"))),
        (2, Packet::PubRec(with_reason(2, 0x87, "not you"))),
    ] {
        assert_eq!(publishes(&play.written()), [(Some(ticket), false)]);
        play.hears(packet).unwrap();
    }
    // MQTT-4.3.3-4: no PUBREL after a PUBREC that refuses.
    let written = play.written();
    assert_eq!((written.len(), publishes(&written)), (1, vec![(Some(3), false)]));
    let refused = |code, words: &str| Stage::Refused(Reason(code), Some(words.into()));
    assert_eq!(
        play.stages(),
        [
            (2, Stage::Queued),
            (3, Stage::Queued),
            (1, sent(1)),
            (1, refused(0x97, "no quota")),
            (2, sent(2)),
            (2, refused(0x87, "not you")),
            (3, sent(3)),
        ]
    );
}

/// Section 4.9: a place is taken from PUBLISH to PUBACK or PUBCOMP; QoS 0 and all else are not held up.
#[test]
fn the_receive_maximum_is_never_exceeded() {
    let mut play = Play::online_with(profile(Version::V5), connack(2));
    for ticket in 1..=4 {
        play.publishes(ticket, if ticket % 2 == 0 { Qos::AtLeastOnce } else { Qos::ExactlyOnce });
    }
    play.publishes(5, Qos::AtMostOnce);
    assert_eq!(publishes(&play.written()), [(Some(1), false), (Some(2), false), (None, false)]);
    play.hears(Packet::PubRec(ack(1))).unwrap();
    assert_eq!(play.written(), [Packet::PubRel(ack(1))], "PUBREC alone frees nothing");
    play.asks(BrokerRequest::Ping);
    assert_eq!(play.written(), [Packet::PingReq]);
    play.hears(Packet::PubComp(ack(1))).unwrap();
    assert_eq!(publishes(&play.written()), [(Some(3), false)]);
    play.hears(Packet::PubAck(ack(2))).unwrap();
    assert_eq!(publishes(&play.written()), [(Some(4), false)]);
    let queued: Vec<u64> =
        play.stages().into_iter().filter(|(_, stage)| *stage == Stage::Queued).map(|(t, _)| t).collect();
    assert_eq!(queued, [3, 4]);
}

/// Section 4.6: what waited for the connection goes in the order it was asked for.
#[test]
fn what_is_held_while_offline_goes_in_order() {
    for version in VERSIONS {
        let mut play = Play::new(profile(version));
        for ticket in 1..=6 {
            play.publishes(ticket, Qos::ALL[usize::try_from(ticket % 3).unwrap()]);
        }
        let since = play.now;
        assert_eq!(play.session.held().count(), 6);
        assert!(play.session.held().all(|(_, at)| at == since));
        assert_eq!(play.session.link_status(play.now).n_queued, 6);
        assert_eq!(play.stages().len(), 6);
        play.connects(ConnAck::default());
        play.written();
        let tickets: Vec<u64> = play.stages().into_iter().map(|(ticket, _)| ticket).collect();
        assert_eq!(tickets, [1, 2, 3, 4, 5, 6]);
    }
}

/// What was about to go when the connection broke waits as well, and that is told.
#[test]
fn a_publication_that_missed_its_connection_is_queued() {
    let mut play = Play::online(Version::V5);
    play.publishes(1, Qos::AtMostOnce);
    assert_eq!(play.stages(), []);
    play.session.transport_lost(play.now, true);
    assert_eq!(play.stages(), [(1, Stage::Queued)]);
}

/// Section 3.2.2.3: every limit of the CONNACK is held against a publication before it goes, in words.
#[test]
fn what_the_broker_would_not_take_is_not_sent() {
    let base = publication(Qos::AtMostOnce);
    let retained = Publication { retain: true, ..base.clone() };
    let large = Publication { payload: Payload::from(vec![0; 200]), ..base.clone() };
    let aliased = Publication {
        properties: PublishProperties { topic_alias: Some(3), ..PublishProperties::default() },
        ..base.clone()
    };
    for (connack, publication, part) in [
        (
            ConnAck { max_qos: Some(Qos::AtLeastOnce), ..ConnAck::default() },
            Publication { qos: Qos::ExactlyOnce, ..base.clone() },
            "at most QoS 1",
        ),
        (ConnAck { retain_available: Some(false), ..ConnAck::default() }, retained, "no retained"),
        (ConnAck { max_packet_bytes: Some(100), ..ConnAck::default() }, large, "at most 100"),
        (ConnAck { topic_alias_maximum: Some(2), ..ConnAck::default() }, aliased, "at most 2"),
    ] {
        // Asked for online, and asked for before the limits were known.
        let mut online = Play::online_with(profile(Version::V5), connack.clone());
        online.asks(BrokerRequest::Publish(Ticket(1), publication.clone()));
        let mut early = Play::new(profile(Version::V5));
        early.asks(BrokerRequest::Publish(Ticket(1), publication));
        early.connects(connack);
        for mut play in [online, early] {
            assert_eq!(publishes(&play.written()), []);
            let stages = play.stages();
            let Some((1, Stage::NotSent(words))) = stages.last() else { panic!("{stages:?}") };
            assert!(words.contains(part) && words.contains("CONNACK"), "{words}");
            assert_eq!(play.session.link_status(play.now).n_queued, 0);
        }
    }
}

/// The size that is held against the limit is the whole packet's (section 3.2.2.3.6).
#[test]
fn a_packet_of_exactly_the_limit_goes() {
    let publication = publication(Qos::AtLeastOnce);
    let n_bytes = u32::try_from(publication.encoded_bytes(Version::V5)).unwrap();
    for (limit, goes) in [(n_bytes, 1), (n_bytes - 1, 0)] {
        let limited = ConnAck { max_packet_bytes: Some(limit), ..ConnAck::default() };
        let mut play = Play::online_with(profile(Version::V5), limited);
        play.publishes(1, Qos::AtLeastOnce);
        assert_eq!(publishes(&play.written()).len(), goes);
    }
}

#[test]
fn what_no_broker_could_take_is_not_even_held() {
    let with = |properties| Publication { properties, ..publication(Qos::AtMostOnce) };
    let none = PublishProperties::default;
    for (version, properties, part) in [
        (Version::V3, PublishProperties { content_type: Some("a".into()), ..none() }, "3.1.1"),
        (Version::V5, PublishProperties { topic_alias: Some(0), ..none() }, "alias"),
        (Version::V5, PublishProperties { subscription_ids: vec![1], ..none() }, "subscription id"),
        (Version::V5, PublishProperties { response_topic: Some("a/#".into()), ..none() }, "\"a/#\""),
        (Version::V5, PublishProperties { content_type: Some("x".repeat(65_536)), ..none() }, "content type"),
        (Version::V5, PublishProperties { correlation_data: Some(vec![0; 65_536]), ..none() }, "65,535"),
        (
            Version::V5,
            PublishProperties { user: vec![("x".repeat(65_536), String::new())], ..none() },
            "name",
        ),
    ] {
        let mut play = Play::new(profile(version));
        play.asks(BrokerRequest::Publish(Ticket(1), with(properties)));
        let stages = play.stages();
        let [(1, Stage::NotSent(words))] = stages.as_slice() else { panic!("{stages:?}") };
        assert!(words.contains(part), "{words}");
    }
}

#[test]
fn too_many_or_too_large_to_hold_is_told_in_words() {
    let mut play = Play::new(profile(Version::V5));
    for ticket in 0..=super::super::outbound::MAX_HELD as u64 {
        play.publishes(ticket, Qos::AtMostOnce);
    }
    let stages = play.stages();
    assert!(matches!(stages.last(), Some((10_000, Stage::NotSent(words))) if words.contains("10000")));
    play.asks(BrokerRequest::Withdraw(Ticket(17)));
    play.publishes(10_001, Qos::AtMostOnce);
    assert_eq!(play.stages(), [(17, Stage::NotSent("withdrawn".into())), (10_001, Stage::Queued)]);

    let mut play = Play::new(profile(Version::V5));
    let half = Payload::from(vec![0; super::super::outbound::MAX_HELD_BYTES / 2]);
    for ticket in 1..=2 {
        let large = Publication { payload: half.clone(), ..publication(Qos::AtLeastOnce) };
        play.asks(BrokerRequest::Publish(Ticket(ticket), large));
    }
    let stages = play.stages();
    let [(1, Stage::Queued), (2, Stage::NotSent(words))] = stages.as_slice() else { panic!("{stages:?}") };
    assert!(words.contains("bytes"), "{words}");
}

#[test]
fn withdrawing_takes_back_only_what_was_not_sent() {
    let mut play = Play::online_with(profile(Version::V5), connack(1));
    play.publishes(1, Qos::AtLeastOnce);
    play.publishes(2, Qos::AtLeastOnce);
    play.written();
    play.told();
    for ticket in [1, 2, 3] {
        play.asks(BrokerRequest::Withdraw(Ticket(ticket)));
    }
    assert_eq!(play.stages(), [(2, Stage::NotSent("withdrawn".into()))]);
    play.hears(Packet::PubAck(ack(1))).unwrap();
    assert_eq!(play.written(), []);
}

/// Section 4.3.3: an unknown id in PUBREC is answered with 0x92, elsewhere it is noticed alone.
#[test]
fn unknown_ids_are_noticed_and_harm_nothing() {
    for version in VERSIONS {
        let mut play = Play::online(version);
        play.hears(Packet::PubAck(ack(9))).unwrap();
        play.hears(Packet::PubComp(ack(9))).unwrap();
        assert_eq!(play.written(), []);
        play.hears(Packet::PubRec(ack(9))).unwrap();
        let not_found = Ack { reason: Reason::PACKET_IDENTIFIER_NOT_FOUND, ..ack(9) };
        assert_eq!(play.written(), [Packet::PubRel(not_found)]);
        assert_eq!(play.notices().len(), 3);
    }
}

/// A repeated PUBREC gets its PUBREL again, and the stage is told once.
#[test]
fn a_repeated_pubrec_is_released_again() {
    let mut play = Play::online(Version::V5);
    play.publishes(1, Qos::ExactlyOnce);
    play.written();
    play.hears(Packet::PubRec(ack(1))).unwrap();
    play.hears(Packet::PubRec(ack(1))).unwrap();
    assert_eq!(play.written(), [Packet::PubRel(ack(1)), Packet::PubRel(ack(1))]);
    assert_eq!(play.stages(), [(1, sent(1)), (1, Stage::Received)]);
}

/// `RabbitMQ` before 4.0 answers QoS 2 with PUBACK: taken, with a word about it.
#[test]
fn a_broker_that_downgrades_qos_2_is_believed() {
    let mut play = Play::online(Version::V3);
    play.publishes(1, Qos::ExactlyOnce);
    play.written();
    play.told();
    play.hears(Packet::PubAck(ack(1))).unwrap();
    let told = play.told();
    assert!(matches!(
        told.as_slice(),
        [BrokerEvent::Publication { stage: Stage::Acknowledged(_), .. }, BrokerEvent::Notice(_)]
    ));
}

/// Section 2.2.1: ids come back with every kind of end.
#[test]
fn no_id_is_ever_lost() {
    let refused = |id| Ack { reason: Reason(0x97), ..ack(id) };
    let mut play = Play::online(Version::V5);
    for ticket in 0..200_000 {
        play.publishes(ticket, if ticket % 2 == 0 { Qos::AtLeastOnce } else { Qos::ExactlyOnce });
        let written = play.written();
        let [(Some(id), false)] = publishes(&written)[..] else { panic!("{written:?}") };
        let end = match ticket % 4 {
            0 => Packet::PubAck(ack(id)),
            1 => Packet::PubRec(refused(id)),
            2 => Packet::PubAck(refused(id)),
            _ => {
                play.hears(Packet::PubRec(ack(id))).unwrap();
                play.written();
                Packet::PubComp(ack(id))
            }
        };
        play.hears(end).unwrap();
        play.told();
    }
    // With everything in flight when the session is lost, too.
    for ticket in 0..10_000 {
        play.publishes(ticket, Qos::AtLeastOnce);
    }
    for _ in 0..4 {
        assert_eq!(publishes(&play.written()).len(), 10_000);
        play.reconnects(false);
    }
    assert_eq!(play.session.ids.n_free(), 65_535);
}

/// A broker that acknowledges nothing must not fill our memory.
#[test]
fn what_is_in_flight_is_bounded_in_bytes() {
    let mut play = Play::online(Version::V3);
    let third = Payload::from(vec![0; crate::session::outbound::MAX_IN_FLIGHT_BYTES / 3]);
    for ticket in 1..=4 {
        let large = Publication { payload: third.clone(), ..publication(Qos::AtLeastOnce) };
        play.asks(BrokerRequest::Publish(Ticket(ticket), large));
        assert_eq!(publishes(&play.written()).len(), usize::from(ticket < 4), "publication {ticket}");
    }
    play.publishes(5, Qos::AtLeastOnce);
    assert_eq!(play.stages().iter().filter(|(_, stage)| *stage == Stage::Queued).count(), 2);
    play.hears(Packet::PubAck(ack(1))).unwrap();
    assert_eq!(publishes(&play.written()), [(Some(4), false)]);
    // A kept session is sent again all the same.
    play.reconnects(true);
    assert_eq!(publishes(&play.written()).len(), 3);
}
