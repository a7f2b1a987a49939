//! The script of faults, line by line; and what clients do wrong.
use super::*;

fn faulty(faults: impl IntoIterator<Item = Fault>) -> Bench {
    Bench::with(Limits::default(), Faults::new(faults))
}

use super::super::super::faults::Fault;

#[test]
fn a_delayed_answer_leaves_when_its_time_has_come() {
    let by = Duration::from_secs(3);
    let mut bench = faulty([Fault::Delay { kind: PacketKind::PingResp, by }]);
    let (mut peer, _) = bench.join(connect(Version::V5, "peer"));
    bench.say(&mut peer, Packet::PingReq);
    let mut bytes = Vec::new();
    let output = bench.core.take_output(peer.id, bench.now, &mut bytes);
    assert_eq!((bytes.len(), output.deadline), (0, Some(bench.now + by)));
    bench.later(3);
    assert_eq!(bench.hears(&mut peer), [Packet::PingResp]);
}

#[test]
fn a_broker_may_never_answer_a_ping() {
    let mut bench = faulty([Fault::NeverSend(PacketKind::PingResp)]);
    let (mut peer, _) = bench.join(connect(Version::V3, "peer"));
    bench.say(&mut peer, Packet::PingReq);
    bench.say(&mut peer, publish("a", "", 1, 1));
    assert_eq!(bench.hears(&mut peer), [Packet::PubAck(Ack::success(packet_id(1)))]);
}

#[test]
fn a_dropped_packet_is_as_if_it_had_been_lost() {
    let mut bench = faulty([
        Fault::DropSent { kind: PacketKind::PubAck, nth: 1 },
        Fault::DropReceived { kind: PacketKind::Publish, nth: 2 },
    ]);
    let (mut peer, _) = bench.join(connect(Version::V3, "peer"));
    bench.subscribe(&mut peer, "a", 0);
    for id in 1..=3 {
        bench.say(&mut peer, publish("a", &id.to_string(), 1, id));
    }
    let heard = bench.hears(&mut peer);
    assert_eq!(heard.iter().filter_map(shown).collect::<Vec<_>>(), ["a=1", "a=3"]);
    let acks: Vec<_> = heard.iter().filter(|packet| matches!(packet, Packet::PubAck(_))).collect();
    assert_eq!(acks, [&Packet::PubAck(Ack::success(packet_id(3)))]);
}

#[test]
fn connects_and_filters_are_refused_as_scripted() {
    for version in BOTH {
        let refused = Filter::parse("secret/#").unwrap();
        let mut bench = faulty([
            Fault::RefuseConnect { reason: Reason::SERVER_UNAVAILABLE, times: 1 },
            Fault::RefuseFilter { filter: refused.clone(), reason: Reason::NOT_AUTHORIZED },
            Fault::GrantAtMost(Qos::AtLeastOnce),
        ]);
        let mut peer = bench.dial(version);
        bench.say(&mut peer, Packet::Connect(Box::new(connect(version, "peer"))));
        let (heard, closed) = bench.hears_all(&mut peer);
        let [Packet::ConnAck(connack)] = heard.as_slice() else { panic!("{heard:?}") };
        assert_eq!((connack.reason, closed), (Reason::SERVER_UNAVAILABLE, true));

        let (mut peer, _) = bench.join(connect(version, "peer"));
        let subscriptions = vec![subscription("secret/#", 2), subscription("a", 2), subscription("b", 0)];
        let ask = Subscribe { packet_id: packet_id(5), subscriptions, subscription_id: None };
        bench.say(&mut peer, Packet::Subscribe(ask));
        let refusal = if version == Version::V3 { Reason::UNSPECIFIED } else { Reason::NOT_AUTHORIZED };
        assert_eq!(bench.core.take_suback(&mut peer, bench.now), [refusal, Reason(1), Reason(0)]);
        assert_eq!(bench.core.routes.len(), 2);
    }
}

#[test]
fn duplicates_carry_dup_and_the_same_id() {
    let mut bench = faulty([Fault::Duplicate]);
    let (mut peer, _) = bench.join(connect(Version::V3, "peer"));
    bench.subscribe(&mut peer, "#", 2);
    for (qos, id) in [(0, 0), (1, 1), (2, 2)] {
        bench.say(&mut peer, publish("a", "x", qos, id));
    }
    let heard = bench.messages(&mut peer);
    assert_eq!(heard, ["a=x", "a=x q1", "a=x q1 D", "a=x q2", "a=x q2 D"]);
}

#[test]
fn a_silent_broker_reads_and_never_writes() {
    let mut bench = Bench::new();
    let (mut peer, _) = bench.join(connect(Version::V5, "peer"));
    bench.subscribe(&mut peer, "#", 1);
    bench.core.faults = Faults::new([Fault::Silent]);
    bench.say(&mut peer, Packet::PingReq);
    bench.say(&mut peer, publish("a", "x", 1, 1));
    assert_eq!(bench.hears_all(&mut peer), (vec![], false));
    assert_eq!(bench.core.figures.publishes_received, 1);
}

#[test]
fn strikes_fall_on_the_packet_they_are_set_on() {
    for (n_packets, n_answers) in [(0, 0), (1, 0), (2, 1), (3, 2)] {
        let mut bench = faulty([Fault::StrikeAt { n_packets, times: 1, strike: Strike::Close }]);
        let mut peer = bench.dial(Version::V5);
        bench.say(&mut peer, Packet::Connect(Box::new(connect(Version::V5, "peer"))));
        bench.say(&mut peer, Packet::PingReq);
        bench.say(&mut peer, Packet::PingReq);
        let (heard, closed) = bench.hears_all(&mut peer);
        assert_eq!((heard.len(), closed), (n_answers, true), "at packet {n_packets}");
        bench.join(connect(Version::V5, "peer"));
    }
}

#[test]
fn strikes_send_what_they_are_told_to() {
    let mut bench = Bench::new();
    let limited = Connect { max_packet_bytes: Some(100), ..connect(Version::V5, "peer") };
    let (mut peer, _) = bench.join(limited);
    bench.core.strike(peer.id, bench.now, &Strike::SendBytes(vec![0xFF, 0xFF]));
    let mut bytes = Vec::new();
    bench.core.take_output(peer.id, bench.now, &mut bytes);
    assert_eq!(bytes, [0xFF, 0xFF]);
    bench.core.strike(peer.id, bench.now, &Strike::SendOversize(1_000));
    let heard = bench.hears(&mut peer);
    let [Packet::Publish(oversize)] = heard.as_slice() else { panic!("{heard:?}") };
    assert_eq!(oversize.payload.0.len(), 1_000);
    let words = Some("back at noon".to_owned());
    bench.core.strike(peer.id, bench.now, &Strike::Disconnect { reason: Reason(0x8B), words: words.clone() });
    let (heard, closed) = bench.hears_all(&mut peer);
    let [Packet::Disconnect(goodbye)] = heard.as_slice() else { panic!("{heard:?}") };
    assert_eq!((goodbye.reason, &goodbye.reason_string, closed), (Reason(0x8B), &words, true));
}

/// MQTT 5.0 sections 3.2.2.3.4 and .5, 3.1.0-2, 4.8.2, 3.3.4-7: limits are enforced and named.
#[test]
fn what_a_client_may_not_do_is_told_it() {
    let limits = Limits {
        receive_maximum: 1,
        max_qos: Qos::ExactlyOnce,
        retain_available: false,
        ..Limits::default()
    };
    let shared = Subscription { no_local: true, ..subscription("$share/g/a", 0) };
    for (packets, expected) in [
        (vec![Packet::Connect(Box::new(connect(Version::V5, "peer")))], Reason::PROTOCOL_ERROR),
        (vec![retain("a", "1")], Reason(0x9A)),
        (vec![subscribe_as(shared)], Reason::PROTOCOL_ERROR),
        (vec![publish("a", "", 2, 1), publish("a", "", 2, 2)], Reason::RECEIVE_MAXIMUM_EXCEEDED),
        (vec![Packet::Auth(Reason(0x18))], Reason::PROTOCOL_ERROR),
    ] {
        let mut bench = Bench::with(limits.clone(), Faults::default());
        let (mut peer, _) = bench.join(connect(Version::V5, "peer"));
        for packet in packets {
            bench.say(&mut peer, packet);
        }
        let (heard, closed) = bench.hears_all(&mut peer);
        let Some(Packet::Disconnect(goodbye)) = heard.last() else { panic!("{heard:?}") };
        assert_eq!((goodbye.reason, closed), (expected, true));
    }
}
