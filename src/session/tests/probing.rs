//! Probes for what is retained: section 3.8.4 (a SUBSCRIBE replaces one of the same filter), and what stays untouched.
use super::*;
use crate::mqtt::Reason;
use crate::mqtt::packet::{SubAck, Subscribe, Unsubscribe};
use crate::mqtt::profile::RetainHandling;

fn topic() -> Topic {
    Topic::parse("a/b").unwrap()
}

fn suback(packet_id: PacketId, code: u8) -> Packet {
    Packet::SubAck(SubAck { packet_id, reasons: vec![Reason(code)], reason_string: None })
}

/// Online with these subscriptions, all granted.
fn listening(version: Version, subscriptions: &[Subscription]) -> Play {
    let profile = Profile { subscriptions: subscriptions.to_vec(), ..persistent(version) };
    let mut play = Play::online_with(profile, ConnAck::default());
    for packet in play.said() {
        let Packet::Subscribe(Subscribe { packet_id, subscriptions, .. }) = packet else { continue };
        let reasons = vec![Reason(1); subscriptions.len()];
        play.hears(Packet::SubAck(SubAck { packet_id, reasons, reason_string: None })).unwrap();
    }
    play.told();
    play
}

/// The one subscription that the only packet written asks for.
fn asked(play: &mut Play) -> (PacketId, Subscription) {
    match play.said().as_slice() {
        [Packet::Subscribe(Subscribe { packet_id, subscriptions, .. })] => {
            assert_eq!(subscriptions.len(), 1, "a probe is a packet of its own");
            (*packet_id, subscriptions[0].clone())
        }
        other => panic!("{other:?}"),
    }
}

fn probed(play: &mut Play) -> Vec<Result<Qos, u8>> {
    let told = play.told().into_iter();
    told.filter_map(|event| match event {
        BrokerEvent::Probed { granted, .. } => Some(granted.map_err(|refusal| refusal.reason.0)),
        _ => None,
    })
    .collect()
}

/// MQTT-3.8.4-4: what was not subscribed is for the while, and dropped again; wider filters are not touched.
#[test]
fn a_probe_subscribes_the_topic_alone_and_leaves_nothing_behind() {
    for version in VERSIONS {
        let mut play = listening(version, &[subscription("#"), subscription("$share/g/a/b")]);
        play.asks(BrokerRequest::Probe(topic()));
        let (id, subscription) = asked(&mut play);
        assert_eq!(subscription.filter.as_str(), "a/b");
        assert_eq!(subscription.retain_handling, RetainHandling::Always);
        play.hears(suback(id, 0)).unwrap();
        assert_eq!(probed(&mut play), [Ok(Qos::AtMostOnce)]);
        play.asks(BrokerRequest::EndProbe(topic()));
        let written = play.said();
        let [Packet::Unsubscribe(Unsubscribe { filters, .. })] = written.as_slice() else {
            panic!("{written:?}")
        };
        assert_eq!(filters.iter().map(Filter::as_str).collect::<Vec<_>>(), ["a/b"]);
        play.asks(BrokerRequest::EndProbe(topic()));
        assert_eq!(play.said(), [], "it ends once");
    }
}

/// Section 3.8.4: an identical filter is replaced, so it keeps its options for the while, and gets its own retain
/// handling back by a SUBSCRIBE for which nothing is sent again (3.8.3.1).
#[test]
fn a_probe_of_a_subscribed_topic_gives_back_what_was_asked_for_it() {
    let mut own = subscription("a/b");
    (own.no_local, own.retain_as_published, own.qos) = (true, false, Qos::ExactlyOnce);
    for handling in [RetainHandling::Always, RetainHandling::IfNew, RetainHandling::Never] {
        own.retain_handling = handling;
        let mut play = listening(Version::V5, &[own.clone()]);
        play.asks(BrokerRequest::Probe(topic()));
        let (id, during) = asked(&mut play);
        assert_eq!(during, Subscription { retain_handling: RetainHandling::Always, ..own.clone() });
        play.hears(suback(id, 2)).unwrap();
        assert_eq!(probed(&mut play), [Ok(Qos::ExactlyOnce)]);
        play.asks(BrokerRequest::EndProbe(topic()));
        if handling == RetainHandling::Always {
            assert_eq!(play.said(), []);
        } else {
            assert_eq!(asked(&mut play).1, own);
        }
    }
}

#[test]
fn a_refused_probe_says_why_and_one_the_broker_cannot_take_is_not_sent() {
    for version in VERSIONS {
        let mut play = listening(version, &[]);
        play.asks(BrokerRequest::Probe(topic()));
        let (id, _) = asked(&mut play);
        let code = if version == Version::V5 { 0x87 } else { 0x80 };
        play.hears(suback(id, code)).unwrap();
        assert_eq!(probed(&mut play), [Err(code)]);
    }
    let mut play = listening(Version::V5, &[]);
    play.asks(BrokerRequest::Probe(Topic::parse("$share/g/a").unwrap()));
    assert_eq!(play.said(), []);
    assert_eq!(probed(&mut play), [Err(0x8F)]);
}

/// The broker that keeps our session keeps the probe's subscription, too: it is dropped. One that forgot it has none.
#[test]
fn a_probe_does_not_outlive_its_connection() {
    for (present, expected) in [(true, 1), (false, 0)] {
        let mut play = listening(Version::V5, &[subscription("#")]);
        play.asks(BrokerRequest::Probe(topic()));
        asked(&mut play);
        play.reconnects(present);
        let written = play.said();
        let drops = |packet: &&Packet| matches!(packet, Packet::Unsubscribe(_));
        assert_eq!(written.iter().filter(drops).count(), expected, "{written:?}");
        let filters = written.iter().filter_map(|packet| match packet {
            Packet::Subscribe(subscribe) => Some(subscribe.subscriptions[0].filter.as_str()),
            _ => None,
        });
        assert!(filters.eq((!present).then_some("#")));
        assert_eq!(probed(&mut play), []);
    }
}

#[test]
fn a_probe_that_never_left_is_taken_back() {
    let mut play = listening(Version::V5, &[]);
    play.asks(BrokerRequest::Probe(topic()));
    play.asks(BrokerRequest::EndProbe(topic()));
    assert_eq!(play.said(), []);
}
