//! Another client of our id: what there is to see of it, and what is said (sections 3.1.4 and 3.14.2.1).
use super::*;
use crate::mqtt::Reason;
use crate::mqtt::packet::Disconnect;

/// Comes online, and is lost after so long.
fn lives(play: &mut Play, ms: u64) {
    play.connects(ConnAck::default());
    play.pass(ms);
    play.session.transport_lost(play.now, true);
}

#[test]
fn connections_lost_at_once_again_and_again_are_named_with_the_id() {
    let mut play = Play::new(profile(Version::V3));
    for _ in 0..2 {
        lives(&mut play, 200);
        assert_eq!(play.session.rival(), None, "twice may be chance");
    }
    lives(&mut play, 200);
    let words = play.session.rival().unwrap();
    assert!(words.contains("3 connections in a row") && words.contains("\"mqttscope-test\""), "{words}");
    assert_eq!(play.notices(), [Notice::Words(words)], "and it is in the log, once");
    lives(&mut play, 200);
    assert_eq!(play.notices(), []);
    // One that held shows that nobody fights for the id.
    lives(&mut play, 10_000);
    assert_eq!(play.session.rival(), None);
}

#[test]
fn who_leaves_at_once_is_no_rival_of_himself() {
    let mut play = Play::new(profile(Version::V3));
    for _ in 0..5 {
        play.connects(ConnAck::default());
        play.asks(BrokerRequest::Disconnect);
        play.written();
        play.session.transport_lost(play.now, true);
        play.asks(BrokerRequest::Connect);
    }
    assert_eq!(play.session.rival(), None);
}

/// Two that come back after every take-over would fight for ever.
#[test]
fn a_take_over_that_the_broker_names_is_not_answered() {
    let mut play = Play::online_with(profile(Version::V5), ConnAck::default());
    let taken = Disconnect { reason: Reason::SESSION_TAKEN_OVER, ..Disconnect::default() };
    let fatal = play.hears(Packet::Disconnect(taken)).unwrap_err();
    assert!(!fatal.may_retry && fatal.words.contains("session taken over"), "{fatal:?}");
    assert!(fatal.remedy.unwrap().contains("another client uses the client id \"mqttscope-test\""));
    assert_eq!(play.session.transport_lost(play.now, fatal.may_retry), None);
}
