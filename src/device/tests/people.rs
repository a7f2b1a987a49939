//! What people type and see.
use super::*;

#[test]
fn people_type_values_as_they_would_say_them() {
    for (kind, text, expected) in [
        (Kind::Impulse, "", Ok(Value::Impulse)),
        (Kind::Bool, " On ", Ok(Value::Bool(true))),
        (Kind::Bool, "maybe", Err("`maybe` is no bool: on/off, true/false, yes/no, open/closed, 1/0")),
        (Kind::Int, "45 %", Ok(Value::Int(45))),
        (Kind::Int, "", Err("nothing is no int")),
        (Kind::Float, "23.5 °C", Ok(Value::Float(23.5))),
        (Kind::Float, "12.5kWh", Ok(Value::Float(12.5))),
        (Kind::String, " as is ", Ok(string(" as is "))),
        (Kind::List, "[1, 2]", Ok(json("[1,2]"))),
        (Kind::Map, "{\"a\": 1}", Ok(json("{\"a\":1}"))),
        (Kind::Vec3, "1, 2, 3", Ok(Value::Vec3([1.0, 2.0, 3.0]))),
        (Kind::Vec3, "#ff8800", Ok(Value::Vec3([255.0, 136.0, 0.0]))),
        (Kind::Vec4, "#ff8800", Ok(Value::Vec4([255.0, 136.0, 0.0, 255.0]))),
        (Kind::Vec2, "1", Err("1 numbers where a vec2 has 2")),
        (Kind::Bytes, "0x1f8B", Ok(Value::Bytes([0x1f, 0x8b].into()))),
        (Kind::Bytes, "1f 8b", Ok(Value::Bytes([0x1f, 0x8b].into()))),
        (Kind::Bytes, "\"hé\"", Ok(Value::Bytes("hé".as_bytes().into()))),
        (
            Kind::Bytes,
            "1f8",
            Err("bytes are hexadecimal digits in pairs, such as 0x1f8b, or a text in quotes"),
        ),
        (
            Kind::Bytes,
            "\u{203}",
            Err("bytes are hexadecimal digits in pairs, such as 0x1f8b, or a text in quotes"),
        ),
    ] {
        assert_eq!(Value::parse(kind, text), expected.map_err(str::to_owned), "{kind} {text}");
    }
}

#[test]
fn a_nodes_own_words_and_unit_count() {
    let mut lamp = node(Kind::Bool, "words OPEN/SHUT");
    assert_eq!(lamp.parse("shut"), Ok(Value::Bool(false)));
    assert_eq!(lamp.parse("off"), Ok(Value::Bool(false)));
    assert_eq!(lamp.shown(&Value::Bool(true)), "OPEN");
    lamp.codec = Codec::Words { on: "0".into(), off: "1".into() };
    assert_eq!(lamp.parse("1"), Ok(Value::Bool(false)));
    let mut oven = node(Kind::Float, "text");
    oven.unit = Some(Unit::new("°C"));
    assert_eq!(oven.parse("20 C"), Ok(Value::Float(20.0)));
    assert_eq!(oven.parse("68 °F"), Err("`68 °F` is not in °C, the node's unit".to_owned()));
}

#[test]
fn a_value_is_shown_with_its_unit() {
    for (unit, value, shown) in [
        ("°C", Value::Float(23.5), "23.5 °C"),
        ("%", Value::Int(45), "45 %"),
        ("°", Value::Float(90.0), "90°"),
        ("angle.degree", Value::Float(90.0), "90°"),
        ("doors", Value::Int(2), "2 doors"),
        ("color.rgb", Value::Vec3([1.0, 0.5, 0.0]), "1, 0.5, 0"),
        ("gain.linear", Value::Float(0.5), "0.5"),
        ("gain.db", Value::Float(-3.0), "-3 dB"),
        ("V", string("x"), "x"),
    ] {
        let mut node = node(value.kind(), "text");
        node.unit = Some(Unit::new(unit));
        assert_eq!(node.shown(&value), shown);
        assert_eq!(node.parse(shown), Ok(value), "{shown}");
    }
    assert_eq!(Value::Bytes([0x1f, 0].into()).shown(), "0x1f00");
    assert_eq!(json("{\"a\":[1, 2]}").shown(), "{\"a\":[1,2]}");
}
