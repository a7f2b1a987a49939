//! Subscriptions: sections 3.8 to 3.11, and the limits of 3.2.2.3.
use super::*;
use crate::mqtt::Reason;
use crate::mqtt::packet::{SubAck, Subscribe, Unsubscribe};

fn with_filters(version: Version, n: usize) -> Profile {
    let subscriptions = (0..n).map(|i| subscription(&format!("f/{i}"))).collect();
    Profile { subscriptions, ..persistent(version) }
}

fn suback(packet_id: PacketId, codes: &[u8]) -> SubAck {
    SubAck { packet_id, reasons: codes.iter().copied().map(Reason).collect(), reason_string: None }
}

fn subscribes(packets: &[Packet]) -> Vec<&Subscribe> {
    packets
        .iter()
        .filter_map(|packet| match packet {
            Packet::Subscribe(subscribe) => Some(subscribe),
            _ => None,
        })
        .collect()
}

fn filters(packets: &[Packet]) -> Vec<String> {
    let subscriptions = subscribes(packets).into_iter().flat_map(|packet| &packet.subscriptions);
    subscriptions.map(|subscription| subscription.filter.to_string()).collect()
}

impl Play {
    /// Answers every SUBSCRIBE and UNSUBSCRIBE until none comes; everything written meanwhile.
    fn answers_all(&mut self) -> Vec<Packet> {
        let mut all = Vec::new();
        loop {
            let written = self.said();
            if written.is_empty() {
                return all;
            }
            for packet in &written {
                match packet {
                    Packet::Subscribe(Subscribe { packet_id, subscriptions, .. }) => {
                        let codes = vec![1; subscriptions.len()];
                        self.hears(Packet::SubAck(suback(*packet_id, &codes))).unwrap();
                    }
                    Packet::Unsubscribe(Unsubscribe { packet_id, filters }) => {
                        let codes = vec![0; filters.len()];
                        self.hears(Packet::UnsubAck(suback(*packet_id, &codes))).unwrap();
                    }
                    other => panic!("{other:?}"),
                }
            }
            all.extend(written);
        }
    }

    fn granted(&mut self) -> Vec<(String, Result<u8, u8>)> {
        self.told()
            .into_iter()
            .filter_map(|event| match event {
                BrokerEvent::Subscribed { subscription, granted } => Some((
                    subscription.filter.to_string(),
                    granted.map(Qos::bits).map_err(|refusal| refusal.reason.0),
                )),
                _ => None,
            })
            .collect()
    }
}

#[test]
fn a_thousand_filters_at_start_work() {
    for version in VERSIONS {
        let mut play = Play::online_with(with_filters(version, 1_000), ConnAck::default());
        let first = play.written();
        assert_eq!(first.len(), 32, "several requests are in flight, and not all");
        for packet in subscribes(&first) {
            let codes = vec![1; packet.subscriptions.len()];
            play.hears(Packet::SubAck(suback(packet.packet_id, &codes))).unwrap();
        }
        let rest = play.answers_all();
        assert!(subscribes(&rest).iter().all(|packet| packet.subscriptions.len() <= 16));
        let asked: Vec<String> = filters(&first).into_iter().chain(filters(&rest)).collect();
        let expected: Vec<String> = (0..1_000).map(|i| format!("f/{i}")).collect();
        assert_eq!(asked, expected);
        assert_eq!(play.granted().len(), 1_000);
        // Requests do not wait for them.
        play.publishes(1, Qos::AtLeastOnce);
        assert_eq!(publishes(&play.written()).len(), 1);
    }
}

/// Section 3.2.2.3.6: a SUBSCRIBE keeps the broker's limit too.
#[test]
fn subscribes_keep_the_packet_size_limit() {
    let without_ids = ConnAck { subscription_ids_available: Some(false), ..ConnAck::default() };
    let connack = ConnAck { max_packet_bytes: Some(30), ..without_ids };
    let mut profile = with_filters(Version::V5, 10);
    profile.subscriptions.push(subscription(&"x".repeat(40)));
    let mut play = Play::new(profile);
    play.connects(connack);
    let all = play.answers_all();
    // Fixed header 2, packet id 2, properties 1, each filter 3 + 3 bytes: four fit into 30.
    let sizes: Vec<usize> = subscribes(&all).iter().map(|packet| packet.subscriptions.len()).collect();
    assert_eq!(sizes, [4, 4, 2]);
    assert!(play.granted().contains(&("x".repeat(40), Err(0x95))));
}

/// Sections 3.9.3 and 3.11.3: one reason for each filter; anything else is a protocol error.
#[test]
fn answers_are_told_by_filter_and_must_be_complete() {
    let profile = with_filters(Version::V5, 3);
    let without_ids = ConnAck { subscription_ids_available: Some(false), ..ConnAck::default() };
    let mut play = Play::online_with(profile.clone(), without_ids.clone());
    let written = play.written();
    let id = subscribes(&written)[0].packet_id;
    let answer = SubAck { reason_string: Some("no".into()), ..suback(id, &[2, 0x87, 0]) };
    play.hears(Packet::SubAck(answer)).unwrap();
    let expected = [("f/0", Ok(2)), ("f/1", Err(0x87)), ("f/2", Ok(0))];
    assert_eq!(play.granted(), expected.map(|(filter, granted)| (filter.to_owned(), granted)));
    for codes in [&[1, 1][..], &[1, 1, 1, 1], &[]] {
        let mut play = Play::online_with(profile.clone(), without_ids.clone());
        play.written();
        let fatal = play.hears(Packet::SubAck(suback(id, codes))).unwrap_err();
        assert_eq!(fatal.reason, Reason::PROTOCOL_ERROR);
        // What was not answered is asked again, session present or not.
        play.written();
        play.reconnects(true);
        assert_eq!(filters(&play.written()).len(), 3);
    }
}

/// Section 3.10, and 3.11 of 3.1.1, whose UNSUBACK has no reasons.
#[test]
fn unsubscribing_is_confirmed() {
    for version in VERSIONS {
        let mut play = Play::online_with(with_filters(version, 2), ConnAck::default());
        play.answers_all();
        play.told();
        play.asks(BrokerRequest::Unsubscribe(filter("f/1")));
        let written = play.written();
        let [Packet::Unsubscribe(Unsubscribe { packet_id, filters })] = written.as_slice() else {
            panic!("{written:?}")
        };
        assert_eq!(filters, &[filter("f/1")]);
        let codes: &[u8] = if version == Version::V3 { &[] } else { &[0x11] };
        play.hears(Packet::UnsubAck(suback(*packet_id, codes))).unwrap();
        let told = play.told();
        let [BrokerEvent::Unsubscribed { reason, .. }] = told.as_slice() else { panic!("{told:?}") };
        assert_eq!(reason.0, if version == Version::V3 { 0 } else { 0x11 });
        // Not asked for again.
        play.reconnects(false);
        assert_eq!(self::filters(&play.written()), ["f/0"]);
    }
}

/// A broker that remembers is asked only for what changed meanwhile; one that forgot, for everything.
#[test]
fn the_wished_set_is_asked_for_again_where_it_must() {
    for (session_present, expected, unsubscribed) in
        [(false, &["f/0", "f/2", "new"][..], 0), (true, &["new"], 1)]
    {
        let mut play = Play::online_with(with_filters(Version::V5, 3), ConnAck::default());
        play.answers_all();
        play.session.transport_lost(play.now, true);
        play.asks(BrokerRequest::Subscribe(subscription("new")));
        play.asks(BrokerRequest::Unsubscribe(filter("f/1")));
        play.told();
        play.connects(ConnAck { session_present, ..ConnAck::default() });
        let written = play.answers_all();
        assert_eq!(filters(&written), expected);
        assert_eq!(written.len() - subscribes(&written).len(), unsubscribed);
        let told = play.told();
        let dropped = told.iter().filter(|event| matches!(event, BrokerEvent::Unsubscribed { .. }));
        assert_eq!(dropped.count(), 1, "told either way");
    }
}

/// A session of an earlier run is present, but what it subscribed we can't know: all is asked.
#[test]
fn the_first_connection_asks_for_everything() {
    let connack = ConnAck { session_present: true, ..ConnAck::default() };
    let mut play = Play::online_with(with_filters(Version::V5, 3), connack);
    assert_eq!(filters(&play.written()), ["f/0", "f/1", "f/2"]);
}

/// A SUBSCRIBE without an answer is no part of the session: it is asked for again with a new packet.
#[test]
fn unanswered_requests_are_asked_again_in_order() {
    let mut play = Play::online_with(with_filters(Version::V5, 10), ConnAck::default());
    assert_eq!(filters(&play.written()).len(), 10);
    play.asks(BrokerRequest::Unsubscribe(filter("f/3")));
    play.asks(BrokerRequest::Subscribe(Subscription { qos: Qos::ExactlyOnce, ..subscription("f/4") }));
    play.reconnects(true);
    let all = play.answers_all();
    assert_eq!(filters(&all), ["f/0", "f/1", "f/2", "f/5", "f/6", "f/7", "f/8", "f/9", "f/4"]);
    let changed = subscribes(&all).into_iter().flat_map(|packet| &packet.subscriptions).last();
    assert_eq!(changed.map(|subscription| subscription.qos), Some(Qos::ExactlyOnce));
}

/// Sections 3.2.2.3.11 and .13, and MQTT-3.8.3-4: told in words, nothing sent.
#[test]
fn what_the_broker_does_not_offer_is_not_asked_for() {
    let unshared = ConnAck { shared_available: Some(false), ..ConnAck::default() };
    let exact = ConnAck { wildcard_available: Some(false), ..ConnAck::default() };
    let shared_no_local = Subscription { no_local: true, ..subscription("$share/g/a") };
    for (connack, subscription, code) in [
        (exact.clone(), subscription("a/#"), 0xA2),
        (exact, subscription("+"), 0xA2),
        (unshared, subscription("$share/g/a"), 0x9E),
        (ConnAck::default(), shared_no_local, 0x82),
    ] {
        let mut play = Play::online_with(profile(Version::V5), connack);
        play.asks(BrokerRequest::Subscribe(super::subscription("before")));
        play.asks(BrokerRequest::Subscribe(subscription.clone()));
        play.asks(BrokerRequest::Subscribe(super::subscription("after")));
        let all = play.answers_all();
        assert_eq!(filters(&all), ["before", "after"]);
        let granted = play.granted();
        assert!(granted.contains(&(subscription.filter.to_string(), Err(code))), "{granted:?}");
    }
    // 3.1.1 says nothing of the kind: asked as it is.
    let mut play = Play::online_with(profile(Version::V3), ConnAck::default());
    let no_local = Subscription { no_local: true, ..subscription("$share/g/a") };
    play.asks(BrokerRequest::Subscribe(no_local));
    assert_eq!(filters(&play.written()), ["$share/g/a"]);
}

#[test]
fn filters_without_number_are_refused_in_words() {
    let mut play = Play::new(profile(Version::V5));
    for i in 0..5_000 {
        play.asks(BrokerRequest::Subscribe(subscription(&format!("f/{i}"))));
    }
    let refused = play.granted();
    assert_eq!(refused.len(), 5_000 - 4_096);
    assert!(refused.iter().all(|(_, granted)| *granted == Err(0x97)));
}
