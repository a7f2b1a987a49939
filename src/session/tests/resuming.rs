//! What survives a lost connection: sections 4.4 (resume), 4.6 (order), 4.9 (quotas anew), 3.2.2.1.1.
use super::*;
use crate::mqtt::Reason;
use crate::mqtt::packet::SubAck;
use crate::session::outbound::LOSSES_BEFORE_GIVING_UP;

const DONE: Stage = Stage::Acknowledged(Reason::SUCCESS);

/// Four in flight: QoS 1, two QoS 2 released in the other order, QoS 2 not received; and one waiting.
fn in_flight(version: Version) -> Play {
    let mut play = Play::online(version);
    play.publishes(1, Qos::AtLeastOnce);
    play.publishes(2, Qos::ExactlyOnce);
    play.publishes(3, Qos::ExactlyOnce);
    play.publishes(4, Qos::ExactlyOnce);
    play.written();
    play.hears(Packet::PubRec(ack(3))).unwrap();
    play.hears(Packet::PubRec(ack(2))).unwrap();
    play.written();
    play.told();
    play
}

/// MQTT-4.4.0-1: unacknowledged PUBLISH with DUP and its old id, PUBREL for what was received.
/// Section 4.6: each kind in its first order.
#[test]
fn a_kept_session_is_taken_up_where_it_was() {
    for version in VERSIONS {
        let mut play = in_flight(version);
        play.session.transport_lost(play.now, true);
        play.publishes(5, Qos::AtLeastOnce);
        play.connects(ConnAck { session_present: true, ..ConnAck::default() });
        let told = play.told();
        let online = told.iter().find_map(|event| match event {
            BrokerEvent::Online(online) => Some(online.n_resumed),
            _ => None,
        });
        assert_eq!(online, Some(4));
        let written = play.written();
        assert_eq!(written.get(..2), Some(&[Packet::PubRel(ack(3)), Packet::PubRel(ack(2))][..]));
        assert_eq!(publishes(&written), [(Some(1), true), (Some(4), true), (Some(5), false)]);
        assert_eq!(play.stages(), [(1, resent(1)), (4, resent(4)), (5, sent(5))]);
        assert!(play.session.link_status(play.now).in_flight.iter().any(|one| one.n_resent == 1));
        // Section 3.7.2.1: not found after a resume means that the first PUBREL had arrived.
        let gone = Ack { reason: Reason::PACKET_IDENTIFIER_NOT_FOUND, ..ack(3) };
        play.hears(Packet::PubComp(gone)).unwrap();
        play.hears(Packet::PubComp(ack(2))).unwrap();
        play.hears(Packet::PubAck(ack(1))).unwrap();
        assert_eq!(play.stages(), [(3, DONE), (2, DONE), (1, DONE)]);
    }
}

/// Section 3.2.2.1.1, session present 0: all starts over with new ids, without DUP, and the user hears of it.
#[test]
fn a_forgotten_session_starts_over_and_is_told() {
    for version in VERSIONS {
        let mut play = in_flight(version);
        play.session.transport_lost(play.now, true);
        play.publishes(5, Qos::AtLeastOnce);
        play.told();
        play.connects(ConnAck::default());
        assert_eq!(play.notices(), [Notice::SessionLost { n_restarted: 4, n_maybe_twice: 3 }]);
        let written = play.written();
        let expected: Vec<_> = (5..=9).map(|id| (Some(id), false)).collect();
        assert_eq!(publishes(&written), expected);
        assert_eq!(written.len(), 5, "no PUBREL for ids that mean nothing now");
        let order: Vec<u64> = play.stages().into_iter().map(|(ticket, _)| ticket).collect();
        assert_eq!(order, [1, 2, 3, 4, 5]);
    }
}

/// A clean session on each connect is what the profile asks for: told only where it costs something.
#[test]
fn a_clean_session_is_lost_silently_unless_something_starts_over() {
    let mut play = Play::online_with(profile(Version::V3), ConnAck::default());
    play.reconnects(false);
    assert_eq!(play.notices(), []);
    play.publishes(1, Qos::ExactlyOnce);
    play.written();
    play.reconnects(false);
    assert_eq!(play.notices(), [Notice::SessionLost { n_restarted: 1, n_maybe_twice: 1 }]);
    let mut play = Play::online(Version::V5);
    play.reconnects(false);
    assert_eq!(play.notices(), [Notice::SessionLost { n_restarted: 0, n_maybe_twice: 0 }]);
}

/// MQTT-3.2.2-2: a session that we asked to be clean cannot be present.
#[test]
fn a_session_present_against_our_wish_is_taken_as_clean() {
    let mut play = Play::online_with(profile(Version::V5), ConnAck::default());
    play.publishes(1, Qos::AtLeastOnce);
    play.written();
    play.told();
    play.reconnects(true);
    let notices = play.notices();
    let lost = Notice::SessionLost { n_restarted: 1, n_maybe_twice: 0 };
    assert!(matches!(notices.as_slice(), [Notice::Words(_), told] if *told == lost), "{notices:?}");
    assert_eq!(publishes(&play.written()), [(Some(2), false)]);
}

/// Section 4.9: the quota is counted anew on each connection, and re-sends take places of it.
#[test]
fn resending_respects_a_smaller_receive_maximum() {
    let mut play = Play::online(Version::V5);
    for ticket in 1..=4 {
        play.publishes(ticket, Qos::AtLeastOnce);
    }
    play.written();
    play.session.transport_lost(play.now, true);
    let connack = ConnAck { session_present: true, receive_maximum: Some(2), ..ConnAck::default() };
    play.connects(connack);
    play.told();
    play.publishes(5, Qos::AtLeastOnce);
    play.publishes(6, Qos::AtMostOnce);
    assert_eq!(publishes(&play.written()), [(Some(1), true), (Some(2), true), (None, false)]);
    play.hears(Packet::PubAck(ack(1))).unwrap();
    assert_eq!(publishes(&play.written()), [(Some(3), true)]);
    for packet_id in 2..=3 {
        play.hears(Packet::PubAck(ack(packet_id))).unwrap();
    }
    assert_eq!(publishes(&play.written()), [(Some(4), true), (Some(5), false)], "the new one last");
}

/// MQTT-2.2.1-4: an id whose fate the broker may still ponder is not used for another publication.
#[test]
fn ids_in_flight_are_never_used_again() {
    let mut play = Play::online(Version::V5);
    play.publishes(1, Qos::ExactlyOnce);
    play.written();
    // The new limit forbids to send it again.
    play.session.transport_lost(play.now, true);
    let small = ConnAck { session_present: true, max_packet_bytes: Some(5), ..ConnAck::default() };
    play.connects(small);
    assert_eq!(publishes(&play.written()), []);
    assert!(matches!(play.stages().last(), Some((1, Stage::NotSent(words))) if words.contains("at most 5")));
    play.session.transport_lost(play.now, true);
    play.connects(ConnAck { session_present: true, ..ConnAck::default() });
    for ticket in 2..=65_535 {
        play.publishes(ticket, Qos::AtMostOnce);
    }
    play.written();
    let mut seen = Vec::new();
    for ticket in 0..65_534 {
        play.publishes(ticket, Qos::AtLeastOnce);
        for (packet_id, _) in publishes(&play.written()) {
            seen.push(packet_id);
        }
        play.told();
    }
    assert_eq!(seen.len(), 65_534);
    assert!(!seen.contains(&Some(1)));
    play.publishes(70_000, Qos::AtLeastOnce);
    assert_eq!(play.stages(), [(70_000, Stage::Queued)], "no id is free");
    play.publishes(70_001, Qos::AtMostOnce);
    assert_eq!(publishes(&play.written()), [(None, false)], "QoS 0 needs none");
}

/// Brokers that close instead of refusing must not be dialled for ever with the same publication.
#[test]
fn a_publication_that_costs_every_connection_is_given_up() {
    for session_present in [true, false] {
        let mut play = Play::online(Version::V3);
        play.publishes(1, Qos::AtLeastOnce);
        for _ in 0..LOSSES_BEFORE_GIVING_UP {
            assert_eq!(publishes(&play.written()).len(), 1);
            play.reconnects(session_present);
        }
        assert_eq!(publishes(&play.written()), []);
        let stages = play.stages();
        let Some((1, Stage::NotSent(words))) = stages.last() else { panic!("{stages:?}") };
        assert!(words.contains("8 connections"), "{words}");
        play.publishes(2, Qos::AtLeastOnce);
        assert_eq!(publishes(&play.written()).len(), 1, "the next is not held up by it");
    }
}

/// What was sent beside it is not given up with it: after half of the losses each flies alone.
#[test]
fn a_publication_that_costs_every_connection_takes_no_other_with_it() {
    for session_present in [true, false] {
        let mut play = Play::online(Version::V3);
        for ticket in 1..=3 {
            play.publishes(ticket, Qos::AtLeastOnce);
        }
        // Nothing tells which of the three it is.
        for n_lost in 0..LOSSES_BEFORE_GIVING_UP {
            let n_sent = if n_lost < LOSSES_BEFORE_GIVING_UP / 2 { 3 } else { 1 };
            assert_eq!(publishes(&play.written()).len(), n_sent, "after {n_lost} losses");
            play.reconnects(session_present);
        }
        play.publishes(4, Qos::AtLeastOnce);
        play.told();
        for ticket in 2..=4 {
            let sent = publishes(&play.written());
            let [(Some(packet_id), _)] = sent.as_slice() else { panic!("{sent:?}") };
            play.hears(Packet::PubAck(ack(*packet_id))).unwrap();
            let acknowledged = (ticket, Stage::Acknowledged(Reason::SUCCESS));
            assert_eq!(play.stages().last(), Some(&acknowledged));
        }
    }
}

/// A CONNECT without an answer may have made a new session, which the next CONNACK calls present. Then the
/// subscriptions are asked for again, an id without DUP is a new message, and "not found" is no success.
#[test]
fn a_session_that_may_be_another_is_not_trusted() {
    let again = |dup| PublishRef { dup, ..delivery(Qos::ExactlyOnce, Some(9)) };
    for (dup, is_new) in [(true, false), (false, true)] {
        let mut play = in_flight(Version::V5);
        play.asks(BrokerRequest::Subscribe(subscription("#")));
        play.written();
        let answer = SubAck { packet_id: id(5), reasons: vec![Reason(1)], reason_string: None };
        play.hears(Packet::SubAck(answer)).unwrap();
        play.delivers(&again(false)).unwrap();
        play.session.transport_lost(play.now, true);
        play.session.transport_opened(play.now);
        play.written();
        play.reconnects(true);
        play.told();
        assert_eq!(play.delivers(&again(dup)), Ok(is_new));
        assert_eq!(play.delivers(&again(false)), Ok(false), "the same id on the same connection");
        let asked = play.written().into_iter().filter(|packet| matches!(packet, Packet::Subscribe(_)));
        assert_eq!(asked.count(), 1);
        play.told();
        let gone = Ack { reason: Reason::PACKET_IDENTIFIER_NOT_FOUND, ..ack(3) };
        play.hears(Packet::PubComp(gone)).unwrap();
        let stages = play.stages();
        assert!(matches!(stages.as_slice(), [(3, Stage::Refused(_, Some(_)))]), "{stages:?}");
        // An answered CONNECT is certain again.
        play.reconnects(true);
        assert_eq!(play.delivers(&again(false)), Ok(false));
    }
}

/// A connection that is lost before CONNACK loses nothing.
#[test]
fn a_failed_attempt_forgets_nothing() {
    let mut play = in_flight(Version::V5);
    for _ in 0..20 {
        play.session.transport_lost(play.now, true);
        play.session.transport_opened(play.now);
        play.written();
    }
    play.session.transport_lost(play.now, true);
    play.connects(ConnAck { session_present: true, ..ConnAck::default() });
    assert_eq!(publishes(&play.written()), [(Some(1), true), (Some(4), true)]);
}

/// What was given up in flight goes again only where MQTT asks for it: section 4.4, in a session that was kept.
#[test]
fn what_was_given_up_in_flight_is_never_sent_as_new() {
    for version in VERSIONS {
        for present in [false, true] {
            let mut play = Play::online(version);
            play.publishes(1, Qos::AtLeastOnce);
            play.publishes(2, Qos::AtLeastOnce);
            play.written();
            play.asks(BrokerRequest::Withdraw(Ticket(1)));
            play.told();
            play.reconnects(present);
            let written = play.written();
            let stages = play.stages();
            if present {
                assert_eq!(publishes(&written), [(Some(1), true), (Some(2), true)]);
            } else {
                assert_eq!(publishes(&written).len(), 1);
                assert!(matches!(&stages[0], (1, Stage::NotSent(words)) if words.contains("is not known")));
            }
        }
    }
}
