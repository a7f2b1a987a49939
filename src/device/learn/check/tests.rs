//! What a check finds, and what it says of it.
use super::*;
use crate::device::{Codec, Domain};
use crate::mqtt::{Filter, Qos, Retained};

fn node(topic: &str, kind: Kind, change: impl FnOnce(&mut Node)) -> Node {
    let mut node = Node::new(Topic::parse(topic).unwrap(), kind);
    change(&mut node);
    node
}

fn check(nodes: Vec<Node>, messages: &[(u64, &str, &str)]) -> Vec<(String, &'static str, String)> {
    let scope = Scope::of(vec![Filter::parse("p/#").unwrap()]);
    let mut check = Check::new(nodes, scope, Timestamp::from_millis(0));
    for (ms, topic, payload) in messages {
        check.observe(&MessageRef {
            topic,
            payload: payload.as_bytes(),
            properties: &[],
            qos: Qos::AtMostOnce,
            retained: Retained::No,
            dup: false,
            packet_id: None,
            received: Timestamp::from_millis(*ms),
            queued: crate::mqtt::message::Queued::No,
        });
    }
    let report = check.finish(Timestamp::from_millis(60_000));
    let line = |finding: &Finding| (finding.topic().to_string(), finding.name(), finding.to_string());
    assert_eq!(report.is_clean(), report.findings.iter().all(|finding| finding.name() == "silent"));
    report.findings.iter().map(line).collect()
}

#[test]
fn each_difference_is_found_and_said() {
    let every_second = |node: &mut Node| node.cadence_ms = Some(1_000);
    let found = check(
        vec![
            node("p/good", Kind::Float, |_| {}),
            node("p/gone", Kind::Float, every_second),
            node("p/slow", Kind::Float, |node| node.cadence_ms = Some(30_000)),
            node("p/kept", Kind::Float, |node| node.retain = true),
            node("p/stale", Kind::Int, every_second),
            node("p/type", Kind::Int, |_| {}),
            node("p/range", Kind::Int, |node| node.domain = Domain { max: Some(9.0), ..Domain::default() }),
            node("p/told", Kind::Int, |node| node.access = Access::Set),
        ],
        &[
            (1_000, "p/good", "1.5"),
            (1_000, "p/stale", "1"),
            (1_000, "p/type", "1"),
            (2_000, "p/type", "warm"),
            (2_000, "p/range", "10"),
            (3_000, "p/new", "20 °C"),
            (4_000, "q/outside", "1"),
        ],
    );
    let found: Vec<_> =
        found.iter().map(|(topic, name, words)| (topic.as_str(), *name, words.as_str())).collect();
    assert_eq!(found.len(), 7, "{found:#?}");
    assert_eq!(found[0], ("p/gone", "missing", "not heard"));
    assert_eq!((found[1].0, found[1].1), ("p/slow", "silent"));
    assert_eq!((found[2].0, found[2].1), ("p/kept", "missing"));
    assert_eq!(found[3], ("p/stale", "stale", "silent for 59 s, expected every 1.0 s"));
    assert!(
        found[4].1 == "type" && found[4].2.starts_with("1 of 2 payloads are no int; the first: "),
        "{found:#?}"
    );
    assert!(found[5].1 == "range" && found[5].2.starts_with("1 of 1 values are out of bounds"), "{found:#?}");
    assert_eq!(found[6], ("p/new", "new", "not in the device file; int in °C"));
}

#[test]
fn a_member_may_be_absent_now_and_then_but_not_always() {
    let at = |path: &str| {
        let codec = Codec::parse(path).unwrap();
        node("p/o", Kind::Int, |node| {
            node.codec = codec;
            node.cadence_ms = Some(10_000);
        })
    };
    let mut messages = Vec::new();
    for ms in (0..60_000).step_by(5_000) {
        messages.push((ms, "p/o", if ms % 10_000 == 0 { r#"{"a":1}"# } else { r#"{"b":1}"# }));
    }
    let found = check(vec![at("$.a"), at("$.b"), at("$.c")], &messages);
    assert_eq!(found, [("p/o".to_owned(), "missing", "not heard".to_owned())]);
}

#[test]
fn new_topics_beyond_the_bound_are_counted() {
    let scope = Scope::of(vec![Filter::parse("#").unwrap()]);
    let mut check = Check::new(Vec::new(), scope, Timestamp::ZERO);
    for n in 0..1_500 {
        check.observe(&MessageRef {
            topic: &format!("t/{n}"),
            payload: b"1",
            properties: &[],
            qos: Qos::AtMostOnce,
            retained: Retained::No,
            dup: false,
            packet_id: None,
            received: Timestamp::ZERO,
            queued: crate::mqtt::message::Queued::No,
        });
    }
    let report = check.finish(Timestamp::ZERO);
    assert_eq!(
        (report.findings.len(), report.n_new_topics, report.n_messages),
        (MAX_NEW_TOPICS, 1_500, 1_500)
    );
}

#[cfg(feature = "sparkplug")]
#[test]
fn metrics_are_judged_by_the_names_that_births_give_and_what_nobody_explained_is_counted() {
    use crate::decode::sparkplug::made;
    let topic = "spBv1.0/p/DDATA/e/d".to_owned();
    let birth_topic = "spBv1.0/p/DBIRTH/e/d";
    let at = |path: &str| Codec::JsonPath(JsonPath::parse(path).unwrap());
    let kept = |path: &str, kind: Kind| {
        node(&topic, kind, |node| (node.codec, node.cadence_ms) = (at(path), Some(1_000)))
    };
    let nodes = vec![kept("$.metrics.Level.value", Kind::Int), kept("$.metrics.Mode.value", Kind::String)];
    let level = made().bytes(1, "Level").n(2, 1).n(4, 3).n(10, 5);
    let birth = made().inside(2, level).inside(2, made().bytes(1, "Mode").n(4, 12).bytes(15, "auto")).0;
    let data = made().inside(2, made().n(2, 1).n(10, 6)).0;
    let heard = |messages: &[(u64, &str, &[u8])]| {
        let scope = Scope::of(vec![Filter::parse("spBv1.0/#").unwrap()]);
        let mut check = Check::new(nodes.clone(), scope, Timestamp::ZERO);
        for (ms, topic, payload) in messages {
            check.observe(&MessageRef {
                topic,
                payload,
                properties: &[],
                qos: Qos::AtMostOnce,
                retained: Retained::No,
                dup: false,
                packet_id: None,
                received: Timestamp::from_millis(*ms),
                queued: crate::mqtt::message::Queued::No,
            });
        }
        check.finish(Timestamp::from_millis(3_000))
    };
    // The mode did not change: that the node speaks says it is as it was.
    let told: Vec<(u64, &str, &[u8])> =
        vec![(0, birth_topic, &birth), (1_000, &topic, &data), (2_500, &topic, &data)];
    let report = heard(&told);
    assert!(report.findings.is_empty() && report.n_unexplained == 0, "{report:?}");
    let report = heard(told.get(1..).unwrap());
    assert_eq!(report.n_unexplained, 2);
    assert!(report.findings.iter().all(|finding| finding.name() == "silent"), "{report:?}");
}
