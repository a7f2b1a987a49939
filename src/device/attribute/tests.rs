//! Attributes typed and read again, and types changed.
use super::*;
use crate::device::{Codec, Domain, Unit, Value};

fn oven() -> Node {
    Node {
        unit: Some(Unit::new("°C")),
        default: Some(Value::Float(20.5)),
        domain: Domain { min: Some(0.0), max: Some(250.0), step: Some(0.5), values: Vec::new() },
        clip: Clip::Clip,
        tags: vec!["hall1".into(), "hot".into()],
        cadence_ms: Some(2_000),
        rate_limit_ms: Some(150),
        ..Node::new(Topic::parse("oven/t").unwrap(), Kind::Float)
    }
}

#[test]
fn what_is_shown_can_be_typed_again() {
    let plain = Node { unit: oven().unit, ..Node::new(Topic::parse("oven/t").unwrap(), Kind::Float) };
    for attribute in Attribute::ALL {
        let text = oven().attribute(attribute);
        let typed = plain.with(attribute, &text).map(|altered| altered.node.attribute(attribute));
        // A mode of clipping means nothing without the bounds.
        if attribute != Attribute::Clip {
            assert_eq!(typed, Ok(text), "{attribute:?}");
        }
        assert_eq!(Attribute::from_name(attribute.name()), Some(attribute));
    }
}

#[test]
fn a_text_changes_one_attribute_or_says_what_would_do() {
    for (attribute, text, expected) in [
        (Attribute::Alias, " boiler ", Ok("boiler")),
        (Attribute::Tags, "a,, b", Ok("a, b")),
        (Attribute::Min, "-5 °C", Ok("-5")),
        (Attribute::Min, "300", Err("300 is above max 250; swap them")),
        (Attribute::Max, "much", Err("\"much\" is no number")),
        (Attribute::Default, "300", Err("300 is outside the domain 0..250")),
        (Attribute::Default, "30 °C", Ok("30 °C")),
        (Attribute::Default, "", Ok("")),
        (Attribute::Values, "1, 2.5", Err("default: ")),
        (Attribute::Values, "20.5, 30", Ok("20.5, 30")),
        (Attribute::Unit, "celsius", Ok("°C")),
        (Attribute::Codec, "u16", Err("\"u16\" lacks the order of its bytes")),
        (Attribute::Codec, "suffix \" °C\"", Ok("suffix \" °C\"")),
        (Attribute::Codec, "words ON/OFF", Err("words ON/OFF carries no float")),
        (Attribute::Qos, "3", Err("qos is one of 0, 1, 2")),
        (Attribute::Retain, "on", Ok("yes")),
        (Attribute::RateLimit, "1.5 s", Ok("1500 ms")),
        (Attribute::RateLimit, "0", Ok("")),
        (Attribute::RateLimit, "2 weeks", Err("is no time")),
        (Attribute::Cadence, "1 min", Ok("60 s")),
        (Attribute::Priority, "-3", Ok("-3")),
        (Attribute::Priority, "high", Err("no whole number")),
        (Attribute::Topic, "a/#", Err("wildcard")),
        (Attribute::Topic, "other", Ok("other")),
    ] {
        let typed = oven().with(attribute, text).map(|altered| altered.node.attribute(attribute));
        match (&typed, expected) {
            (Ok(typed), Ok(expected)) => assert_eq!(typed, expected, "{attribute:?} {text:?}"),
            (Err(words), Err(expected)) if words.contains(expected) => {}
            _ => panic!("{attribute:?} {text:?}: {typed:?}, not {expected:?}"),
        }
    }
}

#[test]
fn another_type_keeps_what_it_can_and_names_what_it_loses() {
    let whole = Node { default: Some(Value::Int(20)), ..Node { kind: Kind::Int, ..oven() } };
    for (node, kind, expected) in [
        (Node { domain: Domain { step: Some(1.0), ..whole.domain.clone() }, ..whole }, "float", &[][..]),
        (oven(), "int", &["default", "step"]),
        (oven(), "string", &["min", "max", "step", "clip", "unit"]),
        (oven(), "bool", &["default", "min", "max", "step", "clip", "unit"]),
        (Node { codec: Codec::Suffix(" °C".into()), ..oven() }, "vec2", &["codec", "default"]),
    ] {
        let altered = node.with(Attribute::Type, kind).unwrap();
        let mut lost = altered.lost.clone();
        lost.sort_unstable();
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        assert_eq!(lost, expected, "{kind}");
        assert_eq!(altered.node.check(), [], "{kind}");
        assert_eq!(altered.node.kind.name(), kind);
    }
    let part = Node { codec: Codec::parse("$.t").unwrap(), ..oven() };
    assert!(part.with(Attribute::Type, "bytes").unwrap_err().contains("keep the whole topic"));
}

#[test]
fn values_with_commas_in_them_stay_whole() {
    let node = Node::new(Topic::parse("a").unwrap(), Kind::String);
    let node = node.with(Attribute::Values, r#"["low, cold", "high"]"#).unwrap().node;
    assert_eq!(node.domain.values, [Value::String("low, cold".into()), Value::String("high".into())]);
    assert_eq!(node.attribute(Attribute::Values), r#"["low, cold","high"]"#);
    assert_eq!(node.with(Attribute::Values, "").unwrap().node.domain.values, []);
}
