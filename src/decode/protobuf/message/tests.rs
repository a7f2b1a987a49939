//! What a schema makes of bytes, by hand-made schemas; those of files are `config`'s to test.
use super::*;
use crate::decode::json::is_json;
use crate::decode::schema::{Enum, Field as Known};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Messages by name and fields, each with its number, name, kind, and whether it is a list.
type Sketch<'a> = &'a [(&'a str, &'a [(u32, &'a str, Kind, bool)])];

fn schema(messages: Sketch<'_>) -> Schema {
    let made = messages.iter().map(|(name, fields)| Message {
        name: (*name).into(),
        fields: fields
            .iter()
            .map(|(number, name, kind, is_list)| {
                (*number, Known { name: (*name).into(), kind: *kind, is_list: *is_list })
            })
            .collect(),
        is_entry: name.ends_with("Entry"),
    });
    let colors = Enum { names: BTreeMap::from([(0, "RED".into()), (-1, "NONE".into())]), default: 0 };
    Schema::new(messages[0].0, made.collect(), vec![colors]).unwrap()
}

const ALL: Sketch<'_> = &[
    (
        "All",
        &[
            (1, "i", Kind::Int64, false),
            (2, "u", Kind::Uint64, false),
            (3, "s", Kind::Sint64, false),
            (4, "b", Kind::Bool, false),
            (5, "e", Kind::Enum(0), false),
            (6, "d", Kind::Double, false),
            (7, "f", Kind::Float, false),
            (8, "text", Kind::Text, false),
            (9, "bytes", Kind::Bytes, false),
            (10, "many", Kind::Sint32, true),
            (11, "inner", Kind::Message(0), false),
            (12, "map", Kind::Message(1), true),
            (13, "group", Kind::Group(0), false),
            (14, "at", Kind::Message(2), false),
            (15, "any", Kind::Message(3), false),
            (16, "took", Kind::Message(4), false),
            (17, "value", Kind::Message(5), false),
            (18, "words", Kind::Text, true),
        ],
    ),
    ("All.MapEntry", &[(1, "key", Kind::Text, false), (2, "value", Kind::Enum(0), false)]),
    ("google.protobuf.Timestamp", &[(1, "seconds", Kind::Int64, false), (2, "nanos", Kind::Int32, false)]),
    ("google.protobuf.Any", &[(1, "type_url", Kind::Text, false), (2, "value", Kind::Bytes, false)]),
    ("google.protobuf.Duration", &[(1, "seconds", Kind::Int64, false), (2, "nanos", Kind::Int32, false)]),
    (
        "google.protobuf.Value",
        &[
            (1, "null_value", Kind::Enum(0), false),
            (2, "number_value", Kind::Double, false),
            (3, "string_value", Kind::Text, false),
            (6, "list_value", Kind::Message(6), false),
        ],
    ),
    ("google.protobuf.ListValue", &[(1, "values", Kind::Message(5), true)]),
];

fn read(bytes: &[u8]) -> Result<String, Flaw> {
    by(&schema(ALL), bytes, &Bounds::default()).map(|json| String::from_utf8(json).unwrap())
}

#[test]
fn fields_are_named_and_numbers_are_exact() {
    for (bytes, expected) in [
        (&b""[..], "{}"),
        (b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\x7f", r#"{"i":9223372036854775807}"#),
        (b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", r#"{"i":-1}"#),
        (b"\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", r#"{"u":18446744073709551615}"#),
        (b"\x18\x03", r#"{"s":-2}"#),
        (b"\x18\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", r#"{"s":-9223372036854775808}"#),
        (b"\x20\x01\x28\x00", r#"{"b":true,"e":"RED"}"#),
        (b"\x28\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x20\x00", r#"{"e":"NONE","b":false}"#),
        (b"\x28\x07", r#"{"e":7}"#),
        (b"\x31\0\0\0\0\0\0\xf0\x7f", r#"{"d":"Infinity"}"#),
        (b"\x3d\x9a\x99\x99\x3e", r#"{"f":0.3}"#),
        (b"\x42\x03\xe2\x82\xac", r#"{"text":"€"}"#),
        (b"\x4a\x02\xff\x00", r#"{"bytes":"h'ff00'"}"#),
        (b"\x52\x03\x01\x02\x03\x50\x04", r#"{"many":[-1,1,-2,2]}"#),
        (b"\x92\x01\x01a", r#"{"words":["a"]}"#),
        // Parts of a message are one, and of a number the last counts.
        (b"\x5a\x02\x08\x01\x5a\x02\x20\x01\x08\x05\x08\x06", r#"{"inner":{"i":1,"b":true},"i":6}"#),
        (b"\x62\x04\x0a\x02on\x62\x02\x10\x07", r#"{"map":{"on":"RED","":7}}"#),
        (b"\x6b\x08\x01\x6c", r#"{"group":{"i":1}}"#),
        (b"\x72\x06\x08\x80\xd3\xd8\xca\x06", r#"{"at":"2026-01-01T08:00:00Z"}"#),
        (b"\x82\x01\x08\x08\x01\x10\x80\xca\xb5\xee\x01", r#"{"took":"1.5s"}"#),
        (b"\x7a\x09\x0a\x03x/y\x12\x02\x08\x01", r#"{"any":{"@type":"x/y","value":"h'0801'"}}"#),
        (b"\x7a\x0b\x0a\x05x/All\x12\x02\x08\x01", r#"{"any":{"@type":"x/All","i":1}}"#),
        (b"\x8a\x01\x09\x32\x07\x0a\x03\x1a\x01a\x0a\x00", r#"{"value":["a",{}]}"#),
        // What the schema does not have is there by its number.
        (b"\x08\x01\xa2\x06\x02hi\xa0\x06\x05", r#"{"i":1,"100":["hi",5]}"#),
    ] {
        assert_eq!(read(bytes).as_deref(), Ok(expected), "{bytes:02x?}");
    }
}

#[test]
fn what_does_not_fit_says_where_and_what_was_expected() {
    for (bytes, offset, words) in [
        (
            &b"\x08\x01\x12\x01a"[..],
            2,
            "field 2 \"u\" should be a whole number, it is bytes with their length",
        ),
        (b"\x5a\x04\x08\x01\x38\x01", 4, "field 7 \"f\" should be four bytes, it is a whole number"),
        (b"\x42\x03a\xffb", 3, "field 8 \"text\" is a text and no UTF-8"),
        (b"\x58\x01", 0, "field 11 \"inner\" should be a message, it is a whole number"),
        (b"\x62\x03\x0a\x05o", 4, "5 bytes should follow, 1 are left"),
        (b"\x60\x01", 0, "field 12 \"map\" should be a map's entry, it is a whole number"),
        (b"\x52\x02\x01\x80", 4, "1 bytes should follow, 0 are left"),
        (b"\xa0\x06\x05", 0, "none of its fields is one of All; this is field 100"),
    ] {
        assert_eq!(read(bytes), Err(Flaw::new(offset, words)), "{bytes:02x?}");
    }
}

#[test]
fn messages_inside_themselves_stop_at_the_bound() {
    let deep = |tag: u8, mut bytes: Vec<u8>| {
        for _ in 0..400 {
            let mut n = bytes.len();
            let mut outside = vec![tag];
            while n > 0x7f {
                outside.push(0x80 | u8::try_from(n & 0x7f).unwrap());
                n >>= 7;
            }
            outside.push(u8::try_from(n).unwrap());
            outside.extend(bytes);
            bytes = outside;
        }
        bytes
    };
    assert_eq!(read(&deep(0x5a, vec![])).unwrap_err().words, "decoding stops: nested deeper than 128 levels");
    let groups = [vec![0x6b; 100_000], vec![0x6c; 100_000]].concat();
    assert_eq!(read(&groups).unwrap_err().words, "decoding stops: more than 128 groups in each other");
    let bounds = Bounds { max_out_bytes: 20, ..Bounds::default() };
    assert!(by(&schema(ALL), b"\x42\x14aaaaaaaaaaaaaaaaaaaa", &bounds).unwrap_err().is_bound());
}

proptest! {
    #[test]
    fn any_bytes_are_json_or_words_with_a_place(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        match by(&schema(ALL), &bytes, &Bounds::default()) {
            Ok(json) => prop_assert!(is_json(&json), "{}", String::from_utf8_lossy(&json)),
            Err(flaw) => prop_assert!(flaw.offset <= bytes.len()),
        }
    }
}
