//! The store's stories: what a reader of the screen would notice. The laws are in `laws`.
use super::*;
use crate::mqtt::{Qos, Queued, Retained};
use crate::time::Timestamp;
use std::time::Duration;

const ROOMY: usize = usize::MAX;

fn hear_at(store: &mut Store, topic: &str, payload: &[u8], ms: u64) -> Option<NodeId> {
    store.ingest(&MessageRef {
        topic,
        payload,
        properties: &[],
        qos: Qos::AtMostOnce,
        retained: Retained::No,
        dup: false,
        queued: Queued::No,
        packet_id: None,
        received: Timestamp::from_millis(ms),
    })
}

fn hear(store: &mut Store, topic: &str, payload: &[u8]) -> Option<NodeId> {
    hear_at(store, topic, payload, 0)
}

fn with_topics(topics: &[&str]) -> Store {
    let mut store = Store::new(ROOMY);
    for topic in topics {
        hear(&mut store, topic, b"1").expect("there is room");
    }
    store
}

fn topic_of(store: &Store, id: NodeId) -> String {
    let mut topic = String::new();
    store.topic_of(id, &mut topic);
    topic
}

fn rows(store: &Store) -> Vec<String> {
    let down = std::iter::successors(store.next_visible(NodeId::ROOT), |id| store.next_visible(*id));
    down.map(|id| topic_of(store, id)).collect()
}

fn n_rows(store: &Store) -> usize {
    std::iter::successors(store.next_visible(NodeId::ROOT), |id| store.next_visible(*id)).count()
}

fn payload(store: &Store, topic: &str) -> Option<Vec<u8>> {
    match store.last(store.find(topic)?)?.payload {
        LastPayload::Whole(payload) => Some(payload.to_vec()),
        LastPayload::Evicted { .. } => None,
    }
}

#[test]
fn topics_that_look_alike_are_all_different() {
    let topics = ["a", "/a", "a/", "a//b", "//a", "/", "A", "café/é", "cafe\u{301}/é", "a b/c&d", "$SYS/x"];
    let store = with_topics(&topics);
    assert_eq!(store.counts().n_topics, topics.len());
    for topic in topics {
        assert_eq!(topic_of(&store, store.find(topic).unwrap()), topic);
    }
    assert_eq!(
        store.find("").map(|id| store.n_children(id)),
        Some(2),
        "the level before `/a`, `//a` and `/`"
    );
    for absent in ["b", "a/b", "a///b", "$SYS/", "$sys/x"] {
        assert_eq!(store.find(absent), None, "{absent:?}");
    }
    assert!(store.find("$SYS").is_some_and(|id| !store.is_topic(id)), "a branch is found, too");
}

#[test]
fn the_longest_and_deepest_topic_costs_no_more_than_its_levels() {
    let deepest = "/".repeat(65_535);
    let longest = "x".repeat(65_535);
    let mut store = Store::new(ROOMY);
    let id = hear(&mut store, &deepest, b"1").unwrap();
    assert_eq!(hear(&mut store, &deepest, b"2"), Some(id));
    let long = hear(&mut store, &longest, b"1").unwrap();
    assert_eq!((store.depth(id), topic_of(&store, id)), (65_536, deepest.clone()));
    assert_eq!((store.depth(long), topic_of(&store, long)), (1, longest));
    assert_eq!(store.node(NodeId::ROOT).n_messages_below, 3);

    assert_eq!(store.expand_all_below(NodeId::ROOT, None, usize::MAX), None);
    assert_eq!(n_rows(&store), 65_537);
    assert_eq!(store.last_visible_below(NodeId::ROOT), long);
    let mut found = Found::default();
    store.search_slice(SearchCursor::default(), &Needle::new("///"), usize::MAX, &mut found);
    assert_eq!(found.nodes.len(), 65_536 - 3, "all that have three slashes before them");
    store.collapse_all_below(NodeId::ROOT);
    assert_eq!(n_rows(&store), 0);
}

#[test]
fn siblings_come_in_natural_order_once_expanded() {
    let mut store = with_topics(&["dev10", "dev2", "/x", "dev02", "Dev3", "dev", "é", "9", "10"]);
    store.expand(NodeId::ROOT);
    assert_eq!(rows(&store), ["", "9", "10", "Dev3", "dev", "dev02", "dev2", "dev10", "é"]);
    let (short, long) = ("9".repeat(300), "1".repeat(400));
    let mut store_of_numbers = with_topics(&[&long, &short, "5"]);
    store_of_numbers.expand(NodeId::ROOT);
    assert_eq!(rows(&store_of_numbers), ["5", &short, &long]);
    hear(&mut store, "dev3", b"1");
    assert_eq!(rows(&store).get(7).map(String::as_str), Some("dev3"));
}

#[test]
fn a_leaf_that_becomes_a_branch_keeps_its_counts() {
    let mut store = Store::new(ROOMY);
    for ms in [0, 500, 1000] {
        hear_at(&mut store, "a/b", b"1", ms);
    }
    hear_at(&mut store, "a/b/c", b"1", 1000);
    let node = store.node(store.find("a/b").unwrap());
    assert_eq!((node.n_messages, node.n_messages_below, node.n_topics_below), (3, 4, 2));
    assert_eq!(node.interval, Some(Duration::from_millis(500)));
    let now = Timestamp::from_millis(2000);
    for id in [NodeId::ROOT, store.find("a").unwrap(), store.find("a/b").unwrap()] {
        assert!((store.node(id).rate_per_s(now) - 2.0).abs() < 0.01);
    }
    assert!((store.total_rate(now) - 2.0).abs() < 0.01);
    assert!(store.total_rate(Timestamp::from_millis(60_000)).abs() < 0.01);
}

#[test]
fn the_last_payload_is_whole_and_its_copy_in_history_is_cut() {
    let mut store = Store::new(ROOMY);
    let big: Vec<u8> = (0..10_000_000_u32).map(|n| n.to_le_bytes()[0]).collect();
    let id = hear(&mut store, "big", &big).unwrap();
    assert_eq!(payload(&store, "big"), Some(big.clone()));
    hear_at(&mut store, "big", b"small", 7);
    let past: Vec<Past<'_>> = store.history(id).collect();
    let told: Vec<_> = past.iter().map(|past| (past.payload.len(), past.n_bytes, past.is_cut())).collect();
    assert_eq!(told, [(5, 5, false), (MAX_PAST_PAYLOAD_BYTES, big.len(), true)]);
    assert_eq!(past[1].payload, &big[..MAX_PAST_PAYLOAD_BYTES]);
    assert_eq!(store.last(id).unwrap().changed, Timestamp::from_millis(7));
}

#[test]
fn a_noisy_neighbour_cannot_push_out_a_pinned_history() {
    let mut store = Store::new(2_000_000);
    for n in 0..10_u8 {
        hear(&mut store, "quiet/pinned", &[n]);
        hear(&mut store, "quiet/other", &[n]);
    }
    let pinned = store.find("quiet/pinned").unwrap();
    store.pin(pinned);
    for n in 0..100_000_u32 {
        hear(&mut store, "noisy", &[0; 100].map(|_| n.to_le_bytes()[0]));
    }
    let values = |id| store.history(id).map(|past| past.payload[0]).collect::<Vec<_>>();
    assert_eq!(values(pinned), (0..10).rev().collect::<Vec<_>>());
    assert_eq!(values(store.find("quiet/other").unwrap()), [9], "the last message stays in any case");
    assert!(store.counts().n_bytes <= 2_000_000 && store.counts().n_history_evicted > 50_000);
    store.unpin(pinned);
    assert_eq!(store.n_history(pinned), 10, "it goes on in the common one");
    hear(&mut store, "quiet/pinned", &[10]);
    assert_eq!(store.history(pinned).map(|past| past.payload[0]).collect::<Vec<_>>()[..3], [10, 9, 8]);
}

#[test]
fn silent_topics_lose_their_payloads_first_and_shown_ones_never() {
    let mut store = Store::new(1_000_000);
    let topic = |n: usize| format!("t/{n}");
    for n in 0..60 {
        hear(&mut store, &topic(n), &vec![1; 10_000]);
    }
    assert_eq!(store.counts().n_payloads_evicted, 0);
    let shown = [store.find("t/0").unwrap(), store.find("t/3").unwrap()];
    store.set_in_view(&shown);
    store.pin(store.find("t/1").unwrap());
    hear(&mut store, &topic(2), &vec![2; 10_000]);
    for n in 60..110 {
        hear(&mut store, &topic(n), &vec![1; 10_000]);
    }
    for n in 0..4 {
        assert!(payload(&store, &topic(n)).is_some(), "{n} is shown, pinned or was heard again");
    }
    for n in 4..10 {
        assert_eq!(payload(&store, &topic(n)), None, "{n} was silent for longest");
        let last = store.last(store.find(&topic(n)).unwrap()).unwrap();
        assert_eq!(last.payload, LastPayload::Evicted { n_bytes: 10_000 });
    }
    assert!(payload(&store, &topic(109)).is_some());
    assert!(store.counts().n_bytes <= 1_000_000);
}

#[test]
fn a_flood_of_ever_new_topics_is_counted_within_the_budget() {
    let mut store = Store::new(2_000_000);
    hear(&mut store, "known", b"0");
    let n_refused = (0..50_000).filter(|n| hear(&mut store, &format!("flood/{n}/x"), b"1").is_none()).count();
    let counts = store.counts();
    assert!(n_refused > 30_000);
    assert_eq!(counts.n_messages_refused, n_refused as u64);
    assert!(counts.n_topics_refused.abs_diff(n_refused as u64) < n_refused as u64 / 10);
    assert_eq!((counts.n_messages, counts.n_topics), (50_001, 50_001 - n_refused));
    assert!(counts.n_bytes < 2_200_000, "{counts:?}");
    assert!(hear(&mut store, "known", b"1").is_some());
    assert_eq!(payload(&store, "known"), Some(b"1".to_vec()));
    store.set_budget(3_000_000);
    assert!(hear(&mut store, "flood/49999/x", b"1").is_some(), "with more memory it goes on");
}

#[test]
fn search_finds_where_the_needle_ends_and_minds_capitals_only_when_typed() {
    let mut store =
        with_topics(&["plant/Hall1/oven3/temperature", "plant/Hall1/oven3/door", "plant/hall2/Étage"]);
    for (text, expected) in [
        ("hall", vec!["plant/Hall1", "plant/hall2"]),
        ("Hall", vec!["plant/Hall1"]),
        ("l1/ov", vec!["plant/Hall1/oven3"]),
        ("oven3/", vec!["plant/Hall1/oven3/door", "plant/Hall1/oven3/temperature"]),
        ("plant/hall1/oven3/door", vec!["plant/Hall1/oven3/door"]),
        ("étage", vec!["plant/hall2/Étage"]),
        ("nothing", vec![]),
        ("", vec![]),
    ] {
        let needle = Needle::new(text);
        let (mut found, mut at) = (Vec::new(), NodeId::ROOT);
        while let Step::Found(id) = store.next_match(at, Direction::Forward, &needle, usize::MAX) {
            found.push(topic_of(&store, id));
            at = id;
        }
        assert_eq!(found, expected, "{text:?}");
    }
}

#[test]
fn the_revision_tells_of_every_change() {
    let mut store = with_topics(&["a/b"]);
    let a = store.find("a").unwrap();
    let mut seen = vec![store.revision()];
    let mut expect_new = |store: &Store| {
        assert!(!seen.contains(&store.revision()));
        seen.push(store.revision());
    };
    hear(&mut store, "a/b", b"1");
    expect_new(&store);
    store.expand(a);
    expect_new(&store);
    store.collapse(a);
    expect_new(&store);
    store.pin(a);
    expect_new(&store);
    store.unpin(a);
    expect_new(&store);
    store.collapse(a);
    assert_eq!(seen.last(), Some(&store.revision()), "nothing changed");
}

#[test]
fn records_stay_small() {
    assert_eq!(size_of::<tree::Slot>(), 32);
    assert_eq!(size_of::<tree::Branch>(), 48);
    assert_eq!(size_of::<Heard>(), 96);
    assert_eq!(size_of::<Record>(), 40);
}

#[test]
fn a_node_only_ever_kept_leaves_with_its_pin_and_its_branch_is_a_leaf_again() {
    let mut store = Store::new(usize::MAX);
    store.expand(NodeId::ROOT);
    let lamp = store.keep("hall/lamp").unwrap();
    store.pin(lamp);
    store.release(lamp);
    assert!(store.is_there(lamp), "the pin holds it");
    store.unpin(lamp);
    assert!(store.find("hall").is_none());

    hear(&mut store, "hall", b"1");
    let door = store.keep("hall/door").unwrap();
    store.release(door);
    let hall = store.find("hall").unwrap();
    store.expand(hall);
    hear(&mut store, "hall/bell", b"1");
    assert_eq!(store.next_visible(hall), None, "what was a leaf when it was expanded stays folded");
}

#[test]
fn the_beginnings_of_values_are_searched_and_evicted_ones_counted() {
    let mut store = Store::new(usize::MAX);
    let long = [vec![b'x'; 4_096], b"needle".to_vec()].concat();
    let values: [(&str, &[u8]); 5] = [
        ("a", b"a NEEDLE"),
        ("b", "no N\u{c9}EDLE".as_bytes()),
        ("c", &long),
        ("needle", b"1"),
        ("d", b"\xff needle"),
    ];
    for (topic, payload) in values {
        hear(&mut store, topic, payload);
    }
    let names = |text: &str| {
        let mut found = Found::default();
        let needle = Needle::new(text).with_values(true);
        assert_eq!(store.search_slice(SearchCursor::default(), &needle, usize::MAX, &mut found), None);
        found.nodes.iter().map(|id| store.level(*id).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names("needle"), ["a", "needle", "d"]);
    assert_eq!(names("NEEDLE"), ["a"]);
    assert_eq!(names("n\u{e9}edle"), ["b"]);
    assert!(names("").is_empty());
}
