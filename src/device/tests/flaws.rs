//! Attributes that contradict each other.
use super::*;

/// What is wrong with a node of a type after a change.
fn flaws(kind: Kind, change: impl FnOnce(&mut Node)) -> Vec<String> {
    let mut node = node(kind, "text");
    change(&mut node);
    node.check().iter().map(ToString::to_string).collect()
}

#[test]
fn a_plain_node_of_each_type_has_no_flaw() {
    for kind in Kind::ALL {
        assert_eq!(flaws(kind, |_| {}), Vec::<String>::new());
    }
}

#[test]
fn each_flaw_names_its_attribute_and_what_helps() {
    type Change = fn(&mut Node);
    let rows: [(Kind, Change, &str); 20] = [
        (
            Kind::Int,
            |node| (node.domain.min, node.domain.max) = (Some(5.0), Some(3.0)),
            "min: 5 is above max 3; swap them",
        ),
        (
            Kind::Int,
            |node| (node.domain.min, node.domain.max) = (Some(0.2), Some(0.8)),
            "min: no whole number lies within 0.2..0.8; widen it",
        ),
        (
            Kind::Float,
            |node| node.domain.max = Some(f64::NAN),
            "max: NaN is no finite number; write one or remove it",
        ),
        (Kind::String, |node| node.domain.min = Some(1.0), "min: type string has no min; remove 1"),
        (Kind::Float, |node| node.domain.step = Some(0.0), "step: 0 is no step; it must be above 0"),
        (
            Kind::Int,
            |node| node.domain.step = Some(0.5),
            "step: 0.5 leads off whole numbers; write a whole step",
        ),
        (
            Kind::Float,
            |node| node.clip = Clip::Wrap,
            "clip: wrap needs min and max; add them or write \"none\"",
        ),
        (Kind::Float, |node| node.clip = Clip::Low, "clip: low needs min; add them or write \"none\""),
        (
            Kind::Float,
            |node| node.clip = Clip::Clip,
            "clip: clip needs min, max or values; add them or write \"none\"",
        ),
        (
            Kind::String,
            |node| node.clip = Clip::Clip,
            "clip: clip needs bounds, which only numbers and vecs have; add them or write \"none\"",
        ),
        (
            Kind::Int,
            |node| (node.domain.max, node.default) = (Some(3.0), Some(Value::Int(5))),
            "default: 5 is outside the domain 3 and below; change it or widen the domain",
        ),
        (
            Kind::Int,
            |node| node.default = Some(string("x")),
            "default: \"x\" is of type string, not int; change it or the type",
        ),
        (
            Kind::Int,
            |node| node.domain.values = vec![string("x")],
            "values: \"x\" is of type string, not int; change it or the type",
        ),
        (
            Kind::String,
            |node| node.unit = Some(Unit::new("°C")),
            "unit: type string counts nothing, so °C means nothing; remove it",
        ),
        (Kind::Float, |node| node.unit = Some(Unit::new("")), "unit: it is empty; remove it or name one"),
        (
            Kind::Int,
            |node| node.codec = Codec::Words { on: "a".into(), off: "b".into() },
            "codec: words a/b carries no int; text, json, a JSON path, a suffix and raw numbers do",
        ),
        (
            Kind::String,
            |node| node.codec = Codec::parse("u8").unwrap(),
            "codec: u8 carries no string; text, json and a JSON path do",
        ),
        (
            Kind::Bool,
            |node| node.codec = Codec::Words { on: "a".into(), off: "a".into() },
            "codec: \"a\" means both on and off; give them different words",
        ),
        (
            Kind::Float,
            |node| node.codec = Codec::Suffix("".into()),
            "codec: the suffix is empty; codec text does without",
        ),
        (
            Kind::Float,
            |node| node.codec = Codec::Suffix("e5".into()),
            "codec: the suffix \"e5\" could be a part of the number; put a blank before it",
        ),
    ];
    for (kind, change, words) in rows {
        assert_eq!(flaws(kind, change), [words]);
    }
}

#[test]
fn all_flaws_are_told_at_once() {
    let found = flaws(Kind::String, |node| {
        node.domain.min = Some(1.0);
        node.unit = Some(Unit::new("V"));
        node.codec = Codec::parse("u8").unwrap();
    });
    assert_eq!(found.len(), 3, "{found:?}");
}
