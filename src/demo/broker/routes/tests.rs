//! Laws of the routing table: it agrees with `Filter::matches`, and forgets what it is told to.
use super::*;
use proptest::prelude::*;

fn filter(text: &str) -> Filter {
    Filter::parse(text).unwrap()
}

fn route(session: u32) -> Route {
    Route {
        target: Target::Session(session),
        qos: Qos::AtMostOnce,
        no_local: false,
        retain_as_published: false,
        subscription_id: None,
    }
}

fn hearers(routes: &mut Routes, topic: &str) -> Vec<u32> {
    let mut found = Vec::new();
    routes.matching(topic, None, |_| true, &mut found);
    let session = |found: &Match| match found.target {
        Target::Session(session) => session,
        Target::Ear(_) => panic!("no ears here"),
    };
    found.iter().map(session).collect()
}

fn pattern() -> impl Strategy<Value = String> {
    let level = prop_oneof!["[ab]?", Just("+".to_owned()), Just("$x".to_owned())];
    (proptest::collection::vec(level, 1..4), any::<bool>()).prop_map(|(mut levels, with_hash)| {
        if with_hash {
            levels.push("#".to_owned());
        }
        let text = levels.join("/");
        if text.is_empty() { "#".to_owned() } else { text }
    })
}

fn topic() -> impl Strategy<Value = String> {
    proptest::collection::vec(prop_oneof!["[ab]?", Just("$x".to_owned())], 1..5).prop_map(|levels| {
        let text = levels.join("/");
        if text.is_empty() { "/".to_owned() } else { text }
    })
}

proptest! {
    /// MQTT 5.0 section 4.7, by the other implementation in the house.
    #[test]
    fn the_tree_agrees_with_matching_one_by_one(
        patterns in proptest::collection::vec(pattern(), 0..12),
        gone in proptest::collection::vec(any::<bool>(), 12),
        topics in proptest::collection::vec(topic(), 1..8),
    ) {
        let filters: Vec<Filter> = patterns.iter().map(|text| filter(text)).collect();
        let mut routes = Routes::default();
        for (session, filter) in (0..).zip(&filters) {
            prop_assert!(routes.subscribe(filter, route(session)));
        }
        let mut expected_len = filters.len();
        for (session, (filter, gone)) in (0..).zip(filters.iter().zip(&gone)) {
            if *gone {
                prop_assert!(routes.unsubscribe(filter, Target::Session(session)));
                expected_len -= 1;
            }
        }
        prop_assert_eq!(routes.len(), expected_len);
        for topic in &topics {
            let expected: Vec<u32> = (0..)
                .zip(filters.iter().zip(&gone))
                .filter(|(_, (filter, gone))| !**gone && filter.matches(topic))
                .map(|(session, _)| session)
                .collect();
            prop_assert_eq!(hearers(&mut routes, topic), expected, "{}", topic);
        }
    }
}

/// MQTT 5.0 section 3.3.4: one copy, the highest QoS, all the subscription ids.
#[test]
fn overlapping_subscriptions_deliver_once() {
    let mut routes = Routes::default();
    for (text, qos, id) in [("a/#", Qos::AtMostOnce, 3), ("a/+", Qos::ExactlyOnce, 4)] {
        routes.subscribe(&filter(text), Route { qos, subscription_id: Some(id), ..route(1) });
    }
    let mut found = Vec::new();
    routes.matching("a/b", None, |_| true, &mut found);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].qos, found[0].subscription_ids.clone()), (Qos::ExactlyOnce, vec![3, 4]));
}

/// MQTT-3.8.3-3.
#[test]
fn no_local_keeps_ones_own_away_and_nothing_else() {
    let mut routes = Routes::default();
    routes.subscribe(&filter("#"), Route { no_local: true, ..route(1) });
    let mut found = Vec::new();
    routes.matching("a", Some(Target::Session(1)), |_| true, &mut found);
    assert!(found.is_empty());
    routes.matching("a", Some(Target::Session(2)), |_| true, &mut found);
    assert_eq!(found.len(), 1);
}

/// MQTT 5.0 section 4.8.2.
#[test]
fn a_shared_group_takes_turns_among_those_awake() {
    let mut routes = Routes::default();
    for session in [1, 2, 3] {
        routes.subscribe(&filter("$share/g/a"), route(session));
    }
    let mut heard = Vec::new();
    let mut found = Vec::new();
    for _ in 0..4 {
        routes.matching("a", None, |target| target != Target::Session(2), &mut found);
        heard.extend(found.iter().map(|found| found.target));
    }
    assert_eq!(heard, [1, 3, 1, 3].map(Target::Session));
    assert!(routes.unsubscribe(&filter("$share/g/a"), Target::Session(1)));
    assert!(!routes.unsubscribe(&filter("$share/h/a"), Target::Session(3)));
}

#[test]
fn changing_filters_do_not_grow_the_tree() {
    let mut routes = Routes::default();
    for number in 0..1_000 {
        let filter = filter(&format!("a/{number}/+/#"));
        routes.subscribe(&filter, route(1));
        routes.unsubscribe(&filter, Target::Session(1));
    }
    assert_eq!(routes.nodes.len() - routes.free.len(), 1);
    assert!(routes.nodes.len() < 8);
}

#[test]
fn a_topic_of_thirty_thousand_levels_is_walked() {
    let deep = "a/".repeat(30_000);
    let mut routes = Routes::default();
    routes.subscribe(&filter(&format!("{deep}#")), route(7));
    assert_eq!(hearers(&mut routes, &deep), [7]);
    assert!(routes.unsubscribe(&filter(&format!("{deep}#")), Target::Session(7)));
}
