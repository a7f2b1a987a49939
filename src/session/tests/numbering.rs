//! Subscription ids: MQTT 5.0 sections 3.8.2.1.2, 3.2.2.3.12 and 3.3.2.3.8.
use super::*;
use crate::mqtt::packet::{SubAck, Subscribe};
use crate::mqtt::{Preset, Reason, Tally};

/// The ids and filters of what is asked, answered as it comes.
fn asked(play: &mut Play) -> Vec<(Option<u32>, Vec<String>)> {
    let mut all = Vec::new();
    for packet in play.said() {
        let Packet::Subscribe(Subscribe { packet_id, subscriptions, subscription_id }) = packet else {
            continue;
        };
        let reasons = vec![Reason(2); subscriptions.len()];
        play.hears(Packet::SubAck(SubAck { packet_id, reasons, reason_string: None })).unwrap();
        let filters = subscriptions.iter().map(|subscription| subscription.filter.to_string());
        all.push((subscription_id, filters.collect()));
    }
    all
}

fn with(version: Version, filters: &[&str]) -> Profile {
    Profile { subscriptions: filters.iter().map(|text| subscription(text)).collect(), ..profile(version) }
}

fn by(ids: &[u32], qos: Qos) -> PublishRef<'static> {
    let mut subscription_ids = SubscriptionIds::default();
    for id in ids {
        subscription_ids.add(*id);
    }
    let packet_id = (qos != Qos::AtMostOnce).then_some(7);
    PublishRef { subscription_ids, properties: &[0x0B, 1], ..delivery(qos, packet_id) }
}

fn came(play: &Play) -> Vec<(String, u64, u64)> {
    let link = play.session.link_status(play.now);
    link.came_by.iter().map(|came| (came.filter.to_string(), came.tally.total(), came.n_bytes)).collect()
}

#[test]
fn each_filter_is_asked_for_with_an_id_of_its_own_where_the_broker_takes_ids() {
    let filters = ["a", "b", "c"];
    let all = || vec![(None, filters.map(str::to_owned).to_vec())];
    let each = |n: u32, filter: &str| (Some(n), vec![filter.to_owned()]);
    let without = ConnAck { subscription_ids_available: Some(false), ..ConnAck::default() };
    for (version, connack, expected) in [
        (Version::V3, ConnAck::default(), all()),
        (Version::V5, without, all()),
        (Version::V5, ConnAck::default(), vec![each(1, "a"), each(2, "b"), each(3, "c")]),
    ] {
        let mut play = Play::online_with(with(version, &filters), connack);
        assert_eq!(asked(&mut play), expected);
    }
    // AWS IoT Core is known to take none.
    let preset = Some(Preset::AwsIotCore);
    let aws = Profile { preset, ..with(Version::V5, &filters) };
    assert_eq!(asked(&mut Play::online_with(aws, ConnAck::default())), all());
}

#[test]
fn a_changed_subscription_keeps_its_id_and_a_new_one_gets_another() {
    let mut play = Play::online_with(with(Version::V5, &["a", "b"]), ConnAck::default());
    asked(&mut play);
    play.asks(BrokerRequest::Subscribe(Subscription { no_local: true, ..subscription("b") }));
    play.asks(BrokerRequest::Unsubscribe(filter("a")));
    play.asks(BrokerRequest::Subscribe(subscription("c")));
    assert_eq!(asked(&mut play), [(Some(2), vec!["b".to_owned()]), (Some(3), vec!["c".to_owned()])]);
    // A probe stands in for the subscription of its topic, if there is one.
    play.asks(BrokerRequest::Probe(Topic::parse("b").unwrap()));
    play.asks(BrokerRequest::Probe(Topic::parse("unknown").unwrap()));
    assert_eq!(asked(&mut play), [(Some(2), vec!["b".to_owned()]), (None, vec!["unknown".to_owned()])]);
}

#[test]
fn messages_are_counted_for_each_subscription_that_they_came_by() {
    let mut play = Play::online_with(with(Version::V5, &["a/#", "#"]), ConnAck::default());
    asked(&mut play);
    play.delivers(&delivery(Qos::AtMostOnce, None)).unwrap();
    assert_eq!(came(&play), [], "a broker that never sends an id tells nothing by leaving it out");
    play.delivers(&by(&[1, 2], Qos::AtMostOnce)).unwrap();
    play.delivers(&by(&[2], Qos::ExactlyOnce)).unwrap();
    play.delivers(&by(&[2], Qos::ExactlyOnce)).unwrap();
    // Topic, properties and payload: 3, 2 and 1 bytes. The duplicate of QoS 2 is held back and not counted.
    assert_eq!(came(&play), [("a/#".to_owned(), 1, 6), ("#".to_owned(), 2, 12)]);
    let link = play.session.link_status(play.now);
    assert_eq!(link.came_by[1].tally, Tally { by_qos: [1, 0, 1], ..Tally::default() });
    assert_eq!(link.n_without_id, 1);
    // They go on through reconnects.
    play.reconnects(false);
    asked(&mut play);
    play.delivers(&by(&[1], Qos::AtMostOnce)).unwrap();
    assert_eq!(came(&play)[0], ("a/#".to_owned(), 2, 12));
}

/// An id takes two bytes: where they are too many, the filter goes without.
#[test]
fn an_id_never_costs_a_subscription_that_would_fit_without() {
    let connack = ConnAck { max_packet_bytes: Some(20), ..ConnAck::default() };
    let filters = ["x".repeat(10), "x".repeat(11), "x".repeat(12), "x".repeat(13)];
    let filters: Vec<&str> = filters.iter().map(String::as_str).collect();
    let mut play = Play::online_with(with(Version::V5, &filters), connack);
    // Fixed header 2, packet id 2, properties 1, filter 2 and what it has, options 1.
    let ids: Vec<_> = asked(&mut play).into_iter().map(|(id, filters)| (id, filters[0].len())).collect();
    assert_eq!(ids, [(Some(1), 10), (None, 11), (None, 12)]);
}
