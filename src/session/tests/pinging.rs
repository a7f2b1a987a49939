//! Keep-alive and pings: sections 3.1.2.10, 3.2.2.3.14, 3.12, 3.13.
use super::*;
use crate::session::Reading;

fn kept_alive(ours: u16, servers: Option<u16>) -> Play {
    let profile = Profile { keep_alive_s: ours, ..profile(Version::V5) };
    Play::online_with(profile, ConnAck { server_keep_alive_s: servers, ..ConnAck::default() })
}

impl Play {
    /// Lets time pass up to a moment, waking only at deadlines; the pings written meanwhile, by second.
    fn waits_until(&mut self, until_ms: u64) -> Result<Vec<u64>, Fatal> {
        let until = Timestamp::from_millis(until_ms);
        let mut pings = Vec::new();
        loop {
            for packet in self.written() {
                assert_eq!(packet, Packet::PingReq);
                pings.push(self.now.whole_seconds());
            }
            match self.session.deadline() {
                Some(at) if at <= until => {
                    assert!(at >= self.now, "deadlines never lie behind");
                    self.now = at;
                    self.session.advance(at)?;
                }
                Some(_) | None => {
                    self.now = until;
                    return Ok(pings);
                }
            }
        }
    }

    fn pongs(&mut self) -> Vec<Duration> {
        self.told()
            .into_iter()
            .filter_map(|event| match event {
                BrokerEvent::Pong { round_trip, .. } => Some(round_trip),
                _ => None,
            })
            .collect()
    }
}

/// MQTT-3.1.2-20: never longer than keep-alive between two packets of ours; here a second less.
#[test]
fn a_silent_client_pings_before_keep_alive_ends() {
    for version in VERSIONS {
        let mut play = Play::online_with(profile(version), ConnAck::default());
        assert_eq!(play.session.link_status(play.now).next_ping, Some(Timestamp::from_millis(60_000)));
        assert_eq!(play.waits_until(60_000).unwrap(), [60], "online since second 1");
        assert_eq!(play.session.link_status(play.now).ping_sent, Some(play.now));
        play.pass(250);
        play.hears(Packet::PingResp).unwrap();
        assert_eq!(play.pongs(), [Duration::from_millis(250)]);
        // Any packet of ours counts.
        play.waits_until(80_000).unwrap();
        play.publishes(1, Qos::AtMostOnce);
        play.written();
        play.session.bytes_received(play.now);
        assert_eq!(play.session.link_status(play.now).next_ping, Some(Timestamp::from_millis(139_000)));
    }
}

/// Short keep-alives leave a tenth.
#[test]
fn the_margin_suits_the_keep_alive() {
    for (keep_alive_s, after_ms) in [(1, 900), (5, 4_500), (10, 9_000), (65_535, 65_534_000)] {
        let play = kept_alive(keep_alive_s, None);
        let expected = play.now + Duration::from_millis(after_ms);
        assert_eq!(play.session.link_status(play.now).next_ping, Some(expected));
    }
}

/// Section 3.1.2.10: the broker that sends nothing for 1.5 times keep-alive is dead, and that is told in words.
#[test]
fn a_silent_broker_is_dead_at_one_and_a_half_times_keep_alive() {
    for (ours, servers, dead_at, words) in [
        (60, None, 91_000, "silent for 90 s; keep-alive is 60 s"),
        (60, Some(20), 31_000, "silent for 30 s; keep-alive is 20 s"),
        (0, Some(10), 16_000, "silent for 15 s; keep-alive is 10 s"),
    ] {
        let mut play = kept_alive(ours, servers);
        let fatal = play.waits_until(200_000).unwrap_err();
        assert_eq!(play.now, Timestamp::from_millis(dead_at));
        assert!(fatal.words.contains(words) && fatal.may_retry, "{fatal:?}");
        assert!(play.session.wants_close() && play.written().is_empty());
    }
}

/// A client that talks all the time still finds out that nobody listens.
#[test]
fn our_own_traffic_is_no_sign_of_life() {
    let mut play = kept_alive(10, None);
    let mut pings = 0;
    for ticket in 0..14 {
        play.pass(1_000);
        play.session.advance(play.now).unwrap();
        play.publishes(ticket, Qos::AtMostOnce);
        pings += play.written().iter().filter(|packet| **packet == Packet::PingReq).count();
    }
    assert_eq!(pings, 1);
    play.pass(1_000);
    assert!(play.session.advance(play.now).is_err());
}

/// Section 3.1.2.10 again: every byte from the broker proves that it lives, and our silence still ends in time.
#[test]
fn a_flood_keeps_alive_but_does_not_replace_our_pings() {
    let mut play = kept_alive(10, None);
    let mut pings = 0;
    for _ in 0..600 {
        play.pass(100);
        play.session.bytes_received(play.now);
        play.session.advance(play.now).unwrap();
        pings += play.written().len();
    }
    assert_eq!(pings, 6, "one every 9 s in 60 s, though none was answered");
}

/// Sections 3.1.2.10 and 3.2.2.3.14: zero, ours or the server's, switches it off.
#[test]
fn zero_is_off_and_the_server_decides() {
    for (ours, servers) in [(0, None), (60, Some(0)), (0, Some(0))] {
        let mut play = kept_alive(ours, servers);
        assert_eq!(play.session.deadline(), None);
        assert_eq!(play.session.link_status(play.now).next_ping, None);
        assert_eq!(play.waits_until(1_000_000).unwrap(), []);
    }
    let play = kept_alive(0, Some(30));
    assert_eq!(play.session.link_status(play.now).next_ping, Some(play.now + Duration::from_secs(29)));
}

#[test]
fn a_ping_on_demand_tells_its_round_trip_and_is_not_doubled() {
    for keep_alive_s in [0, 60] {
        let mut play = kept_alive(keep_alive_s, None);
        play.asks(BrokerRequest::Ping);
        play.asks(BrokerRequest::Ping);
        assert_eq!(play.written(), [Packet::PingReq]);
        assert!(play.session.awaits_reply());
        play.asks(BrokerRequest::Ping);
        assert_eq!(play.written(), []);
        play.pass(3);
        play.hears(Packet::PingResp).unwrap();
        assert_eq!(play.pongs(), [Duration::from_millis(3)]);
        assert!(play.written().is_empty() && !play.session.awaits_reply());
        play.hears(Packet::PingResp).unwrap();
        assert!(matches!(play.notices().as_slice(), [Notice::Words(_)]), "nobody waited for that one");
        play.session.transport_lost(play.now, true);
        play.asks(BrokerRequest::Ping);
        assert_eq!(play.notices().len(), 1, "offline it is told that none was sent");
    }
}

/// max(2 s, 4 times the 95th percentile), told once for each ping.
#[test]
fn an_overdue_pingresp_is_told_once() {
    for (usual_ms, overdue_ms) in [(1, 2_000), (400, 2_000), (900, 3_600)] {
        let mut play = kept_alive(600, None);
        for _ in 0..40 {
            play.asks(BrokerRequest::Ping);
            play.written();
            play.pass(usual_ms);
            play.hears(Packet::PingResp).unwrap();
        }
        play.told();
        for _ in 0..2 {
            play.asks(BrokerRequest::Ping);
            let asked = play.now;
            play.written();
            let until = asked + Duration::from_secs(20);
            play.waits_until(until.0 / 1_000_000).unwrap();
            let waited = Duration::from_millis(overdue_ms);
            assert_eq!(play.notices(), [Notice::PingOverdue { waited }]);
            play.hears(Packet::PingResp).unwrap();
        }
    }
}

/// With keep-alive off an unanswered ping is told and given up; the connection stays.
#[test]
fn without_keep_alive_an_unanswered_ping_is_not_fatal() {
    let mut play = kept_alive(0, None);
    play.asks(BrokerRequest::Ping);
    play.written();
    play.waits_until(100_000).unwrap();
    let notices = play.notices();
    assert!(matches!(notices.as_slice(), [Notice::PingOverdue { .. }, Notice::Words(_)]), "{notices:?}");
    assert!(play.session.is_online() && !play.session.awaits_reply());
    play.asks(BrokerRequest::Ping);
    assert_eq!(play.written(), [Packet::PingReq]);
}

/// While a full queue stops the reading, pings go on and the broker is not blamed for silence.
#[test]
fn paused_reading_is_no_silence_of_the_brokers() {
    let mut play = kept_alive(10, None);
    play.asks(BrokerRequest::Ping);
    play.written();
    play.session.set_reading(play.now, Reading::Paused);
    let pings = play.waits_until(100_000).unwrap();
    assert_eq!(pings, (10..=100).step_by(9).collect::<Vec<_>>());
    play.session.set_reading(play.now, Reading::Running);
    for _ in 0..=pings.len() {
        play.hears(Packet::PingResp).unwrap();
    }
    assert!(play.pongs().is_empty(), "a round trip over a pause of ours is no figure");
    // The person's ping is still owed its figure.
    assert_eq!(play.written(), [Packet::PingReq]);
    play.pass(5);
    play.hears(Packet::PingResp).unwrap();
    assert_eq!(play.pongs(), [Duration::from_millis(5)]);
    assert!(play.waits_until(116_000).is_err(), "from then on silence counts again");
}
