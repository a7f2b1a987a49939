//! Values to payloads: one row for each type and codec.
use super::*;
use Kind::{Bool, Bytes, Float, Impulse, Int, List, Map, String, Vec2, Vec3};

#[test]
fn a_value_is_written_in_the_shortest_way_that_reads_back() {
    for (kind, codec, value, payload) in [
        (Impulse, "text", Value::Impulse, &b""[..]),
        (Impulse, "json", Value::Impulse, b"null"),
        (Impulse, "words PRESS/", Value::Impulse, b"PRESS"),
        (Bool, "text", Value::Bool(true), b"true"),
        (Bool, "words ON/OFF", Value::Bool(false), b"OFF"),
        (Bool, "$.state", Value::Bool(true), b"{\"state\":true}"),
        (Bool, "u8", Value::Bool(true), b"\x01"),
        (Int, "text", Value::Int(i64::MIN), b"-9223372036854775808"),
        (Int, "u16-be", Value::Int(258), b"\x01\x02"),
        (Int, "$.state.level", Value::Int(5), b"{\"state\":{\"level\":5}}"),
        (Int, "$['odd name'][0]", Value::Int(5), b"{\"odd name\":[5]}"),
        (Float, "text", Value::Float(0.1), b"0.1"),
        (Float, "text", Value::Float(20.0), b"20"),
        (Float, "text", Value::Float(1e21), b"1e21"),
        (Float, "text", Value::Float(-1.5e-7), b"-1.5e-7"),
        (Float, "text", Value::Int(7), b"7"),
        (Float, "json", Value::Float(1e21), b"1e21"),
        (Float, "i16-le", Value::Float(-2.0), b"\xfe\xff"),
        (Float, "suffix  °C", Value::Float(20.5), "20.5 °C".as_bytes()),
        (String, "text", string("a\nb"), b"a\nb"),
        (String, "json", string("a\"b"), b"\"a\\\"b\""),
        (String, "$", string("x"), b"\"x\""),
        (List, "text", json("[1,{\"a\":2.50}]"), b"[1,{\"a\":2.50}]"),
        (Map, "$.m", json("{\"z\":1,\"a\":2}"), b"{\"m\":{\"z\":1,\"a\":2}}"),
        (Vec2, "text", Value::Vec2([1.0, 2.5]), b"1,2.5"),
        (Vec3, "json", Value::Vec3([1.0, 2.5, 0.0]), b"[1,2.5,0]"),
        (Bytes, "text", Value::Bytes([0, 255].into()), b"\x00\xff"),
    ] {
        assert_eq!(node(kind, codec).write(&value).as_deref(), Ok(payload), "{kind} by {codec}");
    }
}

#[test]
fn what_no_payload_holds_is_refused_in_words() {
    let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
    let path = format!("${}", ".a".repeat(40));
    for (kind, codec, value, words) in [
        (Int, "text", Value::Float(1.0), "a value of type float is none of type int"),
        (Float, "text", Value::Int(9_007_199_254_740_993), "a value of type int is none of type float"),
        (Float, "text", Value::Float(f64::NAN), "NaN is no finite number"),
        (Vec2, "json", Value::Vec2([0.0, f64::INFINITY]), "inf is no finite number"),
        (Int, "u8", Value::Int(256), "256 does not fit u8"),
        (Int, "u32-be", Value::Int(-1), "-1 does not fit u32-be"),
        (Int, "f32-be", Value::Int(16_777_217), "16777217 does not fit f32-be"),
        (Float, "f32-be", Value::Float(1e39), "1e39 does not fit f32-be"),
        (Float, "i16-be", Value::Float(20.5), "20.5 is no whole number, and i16-be holds no other"),
        (Float, "i64-be", Value::Float(1e19), "1e19 does not fit i64-be"),
        (String, "u8", string("x"), "codec u8 carries no string; text, json and a JSON path do"),
        (
            Int,
            "$.a[2]",
            Value::Int(1),
            "$.a[2] is one of several elements of an array, and the others are unknown; write the whole array",
        ),
        (Bool, "words X/X", Value::Bool(true), "it would not read back: `X` is neither `X` nor `X`"),
        (List, &path, json(&deep), "it would not read back: no JSON: it nests more than 127 deep"),
    ] {
        let found = node(kind, codec).write(&value).map_err(|error| error.to_string());
        assert_eq!(found, Err(words.to_owned()), "{kind} by {codec}");
    }
}
