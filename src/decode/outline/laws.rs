//! What holds of every outline: each member once and in order, paths that lead back, and no end but the payload's.
use super::*;
use proptest::prelude::*;
use serde_json::Value;

fn steps<'a>(outline: &Outline, payload: &'a [u8], node: usize) -> Option<Vec<Step<'a>>> {
    let mut nodes: Vec<usize> = outline.above(node).collect();
    nodes.reverse();
    nodes.push(node);
    nodes.into_iter().skip(1).map(|node| outline.step(payload, node)).collect()
}

/// Every member with its value, in the payload's order.
fn walk(value: &Value, found: &mut Vec<Value>) {
    found.push(value.clone());
    match value {
        Value::Array(list) => list.iter().for_each(|item| walk(item, found)),
        Value::Object(members) => members.values().for_each(|item| walk(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[a-z\"\\\\{}\\[\\],: é\n]{0,8}".prop_map(Value::from),
    ];
    let inner = leaf.prop_recursive(5, 60, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec(("[a-c\"\\\\ é.\n]{0,3}", inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    });
    prop_oneof![
        prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
        prop::collection::vec(("[a-c\"\\\\ é.\n]{0,3}", inner), 0..6)
            .prop_map(|members| Value::Object(members.into_iter().collect())),
    ]
}

proptest! {
    #[test]
    fn every_member_is_there_once_and_in_order(value in json(), is_pretty in any::<bool>()) {
        let text = if is_pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) };
        let text = text.unwrap();
        let payload = text.as_bytes();
        let outline = Outline::new(payload).unwrap();
        let mut wanted = Vec::new();
        walk(&value, &mut wanted);
        let found: Vec<Value> =
            (0..outline.len()).map(|node| serde_json::from_slice(outline.value(payload, node)).unwrap()).collect();
        prop_assert_eq!(found, wanted);
    }

    #[test]
    fn a_members_path_leads_back_to_it(value in json()) {
        let text = serde_json::to_string(&value).unwrap();
        let payload = text.as_bytes();
        let outline = Outline::new(payload).unwrap();
        for node in 0..outline.len() {
            let path = steps(&outline, payload, node).unwrap();
            prop_assert_eq!(outline.find(payload, &path, &mut 10_000), Some(node));
        }
    }

    #[test]
    fn a_beginning_is_the_beginning_of_the_whole(value in json(), cut in 0_usize..400) {
        let text = serde_json::to_string(&value).unwrap();
        let payload = text.as_bytes();
        let whole = Outline::new(payload).unwrap();
        if let Some(outline) = Outline::of_beginning(payload, cut) {
            prop_assert!(!outline.is_whole());
            for node in 0..outline.len() {
                prop_assert_eq!(outline.parent(node), whole.parent(node));
                prop_assert_eq!(outline.key(payload, node), whole.key(payload, node));
            }
        }
    }

    #[test]
    fn what_is_no_json_never_panics(payload in prop::collection::vec(any::<u8>(), 0..80), json in "[\\[\\]{}\",:0a\\\\ ]{0,60}") {
        for payload in [payload.as_slice(), json.as_bytes()] {
            for outline in [Outline::new(payload), Outline::of_beginning(payload, 40)].into_iter().flatten() {
                for node in 0..outline.len() {
                    outline.line(payload, node, Face::Folded, 30);
                    outline.step(payload, node);
                }
            }
        }
    }

    #[test]
    fn the_same_payload_is_unchanged_and_another_value_is_not(value in json(), n in any::<i64>()) {
        let text = serde_json::to_string(&value).unwrap();
        let payload = text.as_bytes();
        let outline = Outline::new(payload).unwrap();
        let mut same = Compared::new((&outline, payload), (&outline, payload));
        for node in 0..outline.len() {
            prop_assert!(!same.is_changed(node, false));
        }
        let (one, other) = (format!("{{\"x\":{text},\"n\":{n}}}"), format!("{{\"n\":{}, \"x\":{text}}}", n ^ 1));
        let (one, other) = (one.as_bytes(), other.as_bytes());
        let outlines = (Outline::new(one).unwrap(), Outline::new(other).unwrap());
        let mut compared = Compared::new((&outlines.0, one), (&outlines.1, other));
        let last = outlines.0.len() - 1;
        for node in 1..=last {
            prop_assert_eq!(compared.is_changed(node, false), node == last);
        }
    }
}

#[test]
fn of_members_with_one_name_each_is_compared_with_the_one_in_its_place() {
    let (before, now) = (br#"{"a":1,"a":2,"b":3}"#, br#"{"a":1,"a":4,"b":3}"#);
    let outlines = (Outline::new(now).unwrap(), Outline::new(before).unwrap());
    let mut compared = Compared::new((&outlines.0, now), (&outlines.1, before));
    let changed: Vec<usize> =
        (0..outlines.0.len()).filter(|node| compared.is_changed(*node, false)).collect();
    assert_eq!(changed, [0, 2]);
}

#[test]
fn repeated_names_are_told_and_the_last_of_them_is_meant() {
    let payload = br#"{"a":1,"b":{"a":2},"\u0061":3,"c":4}"#;
    let outline = Outline::new(payload).unwrap();
    let twins: Vec<usize> = (0..outline.len()).filter(|node| outline.is_twin(*node)).collect();
    assert_eq!(twins, [1, 4]);
    assert_eq!(outline.find(payload, &[Step::Member("a".into())], &mut 100), Some(4));
    assert_eq!(outline.line(payload, 1, Face::Folded, 60).text(), "\"a\" (name repeated): 1");
}

#[test]
fn a_member_says_in_a_line_what_it_holds() {
    let payload = br#" { "m" : { "on" : true , "x" : [ ] } , "l" : [1.50, "t\n"], "e": {} } "#;
    let outline = Outline::new(payload).unwrap();
    let lines = |face| -> Vec<String> {
        (0..outline.len()).map(|node| outline.line(payload, node, face, 60).text()).collect()
    };
    assert_eq!(
        lines(Face::Folded),
        [
            r#"{3 keys} {"m":{"on":true,"x":[]},"l":[1.50,"t\n"],"e":{}}"#,
            r#""m": {2 keys} {"on":true,"x":[]}"#,
            r#""on": true"#,
            r#""x": []"#,
            r#""l": [2 values] [1.50,"t\n"]"#,
            "[0] 1.50",
            r#"[1] "t\n""#,
            r#""e": {}"#,
        ]
    );
    assert_eq!(lines(Face::Unfolded)[1], r#""m": {2 keys}"#);
}

#[test]
fn no_depth_is_too_deep() {
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let outline = Outline::new(deep.as_bytes()).unwrap();
    assert_eq!(outline.len(), 100_001);
    assert_eq!(outline.depth(100_000), 100_000);
    assert_eq!(outline.value(deep.as_bytes(), 0).len(), 200_001);
    assert_eq!(outline.line(deep.as_bytes(), 99_999, Face::Folded, 40).text(), "[0] [1 value] [1]");
}

#[test]
fn text_is_found_in_names_and_single_values() {
    let payload = r#"{"Temp":{"unit":"°C"},"caf\u00e9":"ÉTÉ","n":-1.5e3}"#.as_bytes();
    let outline = Outline::new(payload).unwrap();
    for (text, found) in
        [("temp", &[1][..]), ("TEMP", &[]), ("café", &[3]), ("été", &[3]), ("e3", &[4]), ("°c", &[2])]
    {
        let needle = Needle::new(text);
        let nodes: Vec<usize> =
            (0..outline.len()).filter(|node| outline.is_match(payload, *node, &needle)).collect();
        assert_eq!(nodes, found, "{text}");
    }
}
