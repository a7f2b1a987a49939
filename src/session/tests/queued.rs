//! What the broker kept for us while we were away (section 4.4), and what is only live.
use super::*;
use crate::mqtt::Queued;

impl Play {
    /// What a delivery is taken for.
    fn judged(&mut self, qos: Qos, packet_id: u16, dup: bool, retain: bool) -> Queued {
        let publish = PublishRef { dup, retain, ..delivery(qos, Some(packet_id)) };
        self.session.bytes_received(self.now);
        let message = self.session.receive_publish(self.now, &publish).unwrap();
        let queued = message.expect("a message").queued;
        self.said();
        queued
    }

    /// Answers the pings that are out; whether there was one.
    fn answers_ping(&mut self) -> bool {
        let is_out = self.written().contains(&Packet::PingReq);
        if is_out {
            self.hears(Packet::PingResp).unwrap();
        }
        is_out
    }

    fn log(&mut self) -> Vec<String> {
        let words = |notice| match notice {
            Notice::Words(words) => Some(words),
            _ => None,
        };
        self.notices().into_iter().filter_map(words).collect()
    }
}

#[test]
fn the_first_deliveries_of_a_resumed_session_were_likely_queued_and_dup_makes_it_certain() {
    for version in VERSIONS {
        let mut play = Play::online(version);
        assert_eq!(play.judged(Qos::AtLeastOnce, 1, false, false), Queued::No, "a new session has nothing");
        play.reconnects(true);
        assert_eq!(play.judged(Qos::AtLeastOnce, 1, true, false), Queued::Certainly);
        assert_eq!(play.judged(Qos::ExactlyOnce, 2, false, false), Queued::Likely);
        assert_eq!(play.judged(Qos::AtMostOnce, 0, false, false), Queued::No, "QoS 0 need not be kept");
        assert_eq!(play.judged(Qos::AtLeastOnce, 3, false, true), Queued::No, "retained is another story");
        assert_eq!(play.log(), [""; 0], "not before it is known to be all");
        // The last deliveries came behind the ping: it is asked again, and then nothing came.
        play.hears(Packet::PingResp).unwrap();
        assert!(play.answers_ping());
        assert_eq!(play.log(), ["2 messages were likely queued while we were away, 1 of them certainly"]);
        assert!(!play.answers_ping(), "no more pings than needed");
        assert_eq!(play.judged(Qos::AtLeastOnce, 4, true, false), Queued::No, "it is live from here on");
    }
}

#[test]
fn nothing_queued_costs_one_ping_and_no_words() {
    let mut play = Play::online(Version::V3);
    play.reconnects(true);
    assert!(play.answers_ping() && !play.answers_ping());
    assert_eq!(play.log(), [""; 0]);
    play.reconnects(false);
    assert!(!play.answers_ping(), "a new session has nothing to ask for");
}

#[test]
fn who_publishes_without_a_pause_does_not_keep_us_asking() {
    let mut play = Play::online(Version::V5);
    play.reconnects(true);
    let mut n_pings = 0;
    for packet_id in 1..=100 {
        play.written();
        let publish = PublishRef { ..delivery(Qos::AtLeastOnce, Some(packet_id)) };
        play.delivers(&publish).unwrap();
        if play.session.awaits_reply() {
            n_pings += 1;
            play.hears(Packet::PingResp).unwrap();
        }
    }
    assert_eq!(n_pings, 16);
    assert_eq!(play.log(), ["16 messages were likely queued while we were away"]);
}

#[test]
fn a_loss_ends_the_count() {
    let mut play = Play::online(Version::V5);
    play.reconnects(true);
    assert_eq!(play.judged(Qos::AtLeastOnce, 1, false, false), Queued::Likely);
    play.reconnects(false);
    let log = play.log();
    assert!(log.contains(&"1 message was likely queued while we were away".to_owned()), "{log:?}");
    assert_eq!(play.judged(Qos::AtLeastOnce, 1, false, false), Queued::No);
}
