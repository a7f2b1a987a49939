//! The store's laws, held against a naive model that keeps everything in maps of texts.
mod plain;

use super::*;
use crate::mqtt::{PacketId, Qos, Queued, Retained};
use crate::time::Timestamp;
use plain::{Deed, Message, Pair, Path, key};
use proptest::prelude::*;
use std::cmp::Ordering;
use std::collections::BTreeMap;

const LEVELS: [&str; 14] =
    ["", "a", "A", "b", "é", "É", "1", "2", "10", "01", "dev2", "dev10", "dev02x", "ab"];

fn path() -> impl Strategy<Value = Path> {
    let levels = |names| prop::collection::vec(prop::sample::select(names), 1..5);
    let few = prop::collection::vec(prop::sample::select(&LEVELS[1..3]), 1..3);
    // Most messages are on topics heard before.
    prop_oneof![1 => levels(&LEVELS[..]), 2 => few]
        .prop_filter("a topic is never empty", |levels| levels[..] != [""])
        .prop_map(|levels| levels.into_iter().map(str::to_owned).collect())
}

fn message(payload_bytes: usize) -> impl Strategy<Value = Message> {
    let payload = prop_oneof![
        prop::collection::vec(0..3_u8, 0..3),
        (0..3_u8, 0..payload_bytes).prop_map(|(byte, n)| vec![byte; n])
    ];
    let properties = prop::collection::vec(any::<u8>(), 0..4);
    (payload, properties, 0..3_u8, 0..3_u8, any::<bool>(), any::<u16>()).prop_map(
        |(payload, properties, qos, retained, dup, packet_id)| Message {
            payload,
            properties,
            qos: Qos::from_bits(qos).unwrap(),
            retained: [Retained::Yes, Retained::No, Retained::Unknown][usize::from(retained)],
            dup,
            packet_id: PacketId::new(packet_id),
            received: Timestamp::ZERO,
        },
    )
}

fn deed(payload_bytes: usize) -> impl Strategy<Value = Deed> {
    let index = any::<prop::sample::Index>;
    prop_oneof![
        12 => (path(), message(payload_bytes)).prop_map(|(path, message)| Deed::Hear(path, message)),
        2 => index().prop_map(Deed::Expand),
        1 => index().prop_map(Deed::Collapse),
        1 => (index(), 1..20_usize).prop_map(|(index, slice)| Deed::ExpandAll(index, slice)),
        1 => index().prop_map(Deed::CollapseAll),
        1 => index().prop_map(Deed::Reveal),
        2 => index().prop_map(Deed::Pin),
        1 => index().prop_map(Deed::Unpin),
        1 => prop::collection::vec(index(), 0..4).prop_map(Deed::View),
        2 => path().prop_map(Deed::Keep),
        1 => index().prop_map(Deed::Release),
        1 => any::<bool>().prop_map(Deed::KeptOnly),
        2 => (prop::option::of(prop::sample::select(&["a", "", "1", "/"][..])), 1..20_u32)
            .prop_map(|(text, slice)| Deed::Narrow(text, slice)),
        2 => (index(), index()).prop_map(|(node, message)| Deed::Forget(node, message)),
        1 => index().prop_map(Deed::ForgetHistory),
    ]
}

/// Messages come in order, some at the same moment.
fn at_their_times(deeds: Vec<Deed>) -> impl Iterator<Item = Deed> {
    deeds.into_iter().zip(0..).map(|(mut deed, at)| {
        if let Deed::Hear(_, message) = &mut deed {
            message.received = Timestamp::from_millis(at / 2 * 100);
        }
        deed
    })
}

/// What an empty tree takes.
const BARE_BYTES: usize = 100_000;

/// What the tree may take beyond the budget: the newest chunks of its arenas, not yet full.
const SLACK_BYTES: usize = 128 * 1024;

proptest! {
    #[test]
    fn with_room_enough_the_store_is_the_plain_model(
        deeds in prop::collection::vec(deed(300), 1..80),
        text in prop::sample::select(&["a", "A", "é", "dev1", "/", "a/", "b/1", "//", "É", "aa", "zz"][..]),
        slice in 1..40_usize,
    ) {
        let mut pair = Pair::new(usize::MAX);
        for deed in at_their_times(deeds) {
            pair.carry_out(deed);
            pair.check_steps();
        }
        pair.check_nodes(true);
        pair.check_search(text, slice);
        pair.check_steps();
    }

    #[test]
    fn under_a_small_budget_only_what_may_go_goes(
        deeds in prop::collection::vec(deed(20_000), 1..150),
        budget_bytes in 60_000..250_000_usize,
    ) {
        let mut pair = Pair::new(budget_bytes);
        for deed in at_their_times(deeds) {
            pair.carry_out(deed);
            let (store, counts) = (&pair.store, pair.store.counts());
            let nothing_left = (store.log.n_bytes(), store.evictable_bytes) == (0, 0);
            // What hands do (forget, narrow, fold) takes a little memory, and nothing goes for it until more comes.
            let by_hand = store.forgotten.allocation_size()
                + store.kept.n_bytes()
                + store.sifted.as_ref().map_or(0, |sifted| sifted.n_bytes());
            prop_assert!(counts.n_bytes <= budget_bytes + by_hand || nothing_left, "{counts:?}");
            let tree_bytes = store.tree.n_bytes() + store.heard.n_bytes();
            prop_assert!(tree_bytes <= budget_bytes.max(BARE_BYTES) + SLACK_BYTES, "{counts:?}");
            // All are cut to their share when their number reaches a power of two: the most between two of
            // those is 1 + ln 2 quarters.
            prop_assert!(store.pin_bytes <= budget_bytes * 7 / 16);
        }
        pair.check_nodes(false);
        pair.check_steps();
    }

    #[test]
    fn topics_shown_below_a_node_are_those_the_view_lets_through(
        deeds in prop::collection::vec(deed(30), 1..60),
        text in prop::sample::select(&["a", "", "1", "/"][..]),
        kept_only in any::<bool>(),
        slice in 1..20_usize,
    ) {
        let mut pair = Pair::new(usize::MAX);
        for deed in at_their_times(deeds) {
            pair.carry_out(deed);
        }
        pair.check_shown_topics(slice);
        pair.carry_out(Deed::KeptOnly(kept_only));
        pair.check_shown_topics(slice);
        pair.carry_out(Deed::Narrow(Some(text), 7));
        pair.check_shown_topics(slice);
    }

    #[test]
    fn natural_order_is_total(left in "[a1-9/0é]{0,6}", middle in "[a0-2:é]{0,20}", right in "[a0-2é]{0,6}") {
        let (a, b, c) = (left.as_str(), middle.as_str(), right.as_str());
        prop_assert_eq!(natural(a, b), key(a).cmp(&key(b)));
        prop_assert_eq!(natural(a, b), natural(b, a).reverse());
        prop_assert_eq!(natural(a, b) == Ordering::Equal, a == b);
        let beginnings = order::beginning(a.as_bytes()).cmp(&order::beginning(b.as_bytes()));
        prop_assert!(beginnings.is_eq() || beginnings == natural(a, b));
        if natural(a, b).is_le() && natural(b, c).is_le() {
            prop_assert!(natural(a, c).is_le());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn many_siblings_are_in_order_whenever_they_came(
        names in prop::collection::vec("[ab]?[0-9]{0,4}", 1..3000),
        expanded_after in 0..200_usize,
    ) {
        let mut store = Store::new(usize::MAX);
        let mut expected = BTreeMap::new();
        for (n, name) in names.iter().enumerate() {
            let topic = format!("many/{name}");
            let message = MessageRef {
                topic: &topic,
                payload: b"",
                properties: b"",
                qos: Qos::AtMostOnce,
                retained: Retained::No,
                dup: false,
                queued: Queued::No,
                packet_id: None,
                received: Timestamp::ZERO,
            };
            let id = store.ingest(&message).unwrap();
            expected.insert(key(name), id);
            if n == expanded_after {
                store.reveal(id);
            }
        }
        let many = store.find("many").unwrap();
        store.expand(NodeId::ROOT);
        store.expand(many);
        let expected: Vec<NodeId> = expected.into_values().collect();
        let down = std::iter::successors(store.next_visible(many), |id| store.next_visible(*id));
        prop_assert_eq!(down.collect::<Vec<_>>(), expected.clone());
        let up = std::iter::successors(Some(store.last_visible_below(many)), |id| store.previous_visible(*id));
        let mut up: Vec<NodeId> = up.take_while(|id| *id != many).collect();
        up.reverse();
        prop_assert_eq!(up, expected.clone());
        prop_assert_eq!(store.first_child(many), expected.first().copied());
        prop_assert_eq!(store.last_child(many), expected.last().copied());
    }

    #[test]
    fn nodes_that_were_never_heard_come_and_go_in_order(
        names in prop::collection::vec("[ab]?[0-9]{0,3}", 1..400),
        gone in prop::collection::vec(any::<prop::sample::Index>(), 0..400),
        kept_only in any::<bool>(),
    ) {
        let mut store = Store::new(usize::MAX);
        let mut expected = BTreeMap::new();
        let bare = store.tree.slots.len();
        for name in &names {
            expected.insert(key(name), store.keep(&format!("many/{name}")).unwrap());
        }
        store.set_kept_only(kept_only);
        for index in &gone {
            let name = &names[index.index(names.len())];
            if let Some(id) = expected.remove(&key(name)) {
                store.release(id);
                let topic = format!("many/{name}");
                prop_assert!(store.find(&topic).is_none());
            }
            // Come back, and gone once more with the next like it.
            if name.starts_with('a') && !expected.contains_key(&key(name)) {
                expected.insert(key(name), store.keep(&format!("many/{name}")).unwrap());
            }
        }
        store.expand(NodeId::ROOT);
        let Some(many) = store.find("many") else {
            prop_assert!(expected.is_empty() && store.n_children(NodeId::ROOT) == 0);
            prop_assert!(store.tree.slots.len() > bare);
            return Ok(());
        };
        store.expand(many);
        let down = std::iter::successors(store.next_visible(many), |id| store.next_visible(*id));
        prop_assert_eq!(down.collect::<Vec<_>>(), expected.into_values().collect::<Vec<_>>());
    }
}
