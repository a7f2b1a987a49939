//! Births, data and deaths as edge nodes send them, put together by a small encoder; then broken in every way.
mod births;
mod command;

use proptest::prelude::*;

use super::super::bounds::Bounds;
use super::super::chain::{Choice, Form, decode_on};
use super::super::decoder::Decoder;
use super::super::json::is_json;
use super::made::{Made, made};
use super::*;

/// 2024-02-29T12:00:00.250Z.
const LEAP_MS: u64 = 1_709_208_000_250;

/// A metric of a payload with nothing else.
fn alone(metric: Made) -> Vec<u8> {
    made().inside(2, metric).0
}

fn read(bytes: &[u8]) -> Result<String, Flaw> {
    decode(bytes, &Told::default(), &Bounds::default()).map(|sheet| String::from_utf8(sheet.json).unwrap())
}

/// A node's birth with a metric of most kinds.
fn birth() -> Vec<u8> {
    let units = made().bytes(1, "engUnit").inside(2, made().n(1, 12).bytes(8, "mV"));
    let metadata = made().bytes(2, "text/csv").n(3, 12).bytes(8, "a file");
    let row = |name: &str, n: u64| made().inside(1, made().bytes(6, name)).inside(1, made().n(1, n));
    let set = made()
        .n(1, 2)
        .bytes(2, "name")
        .bytes(2, "offset")
        .n(3, 12)
        .n(3, 1)
        .inside(4, row("a", 0xff))
        .inside(4, row("b", 5));
    let parameter = made().bytes(1, "ratio").n(2, 9).single(5, 0.1);
    let template = made()
        .bytes(1, "v1")
        .inside(2, made().bytes(1, "speed").n(4, 4).n(11, u64::MAX - 4))
        .inside(3, parameter)
        .n(5, 1);
    made()
        .n(1, LEAP_MS)
        .inside(2, made().bytes(1, "bdSeq").n(3, LEAP_MS).n(4, 8).n(11, 3))
        .inside(2, made().bytes(1, "Volt").n(2, 7).n(4, 9).inside(9, units).single(12, 230.5))
        .inside(2, made().bytes(1, "log").n(4, 18).inside(8, metadata).bytes(16, [0, 0xfe]))
        .inside(2, made().bytes(1, "set").n(4, 16).inside(17, set))
        .inside(2, made().bytes(1, "motor").n(4, 19).inside(18, template))
        .n(3, 0)
        .0
}

const BIRTH: &str = concat!(
    r#"{"timestamp":"2024-02-29T12:00:00.25Z","metrics":{"#,
    r#""bdSeq":{"timestamp":"2024-02-29T12:00:00.25Z","datatype":"UInt64","value":3},"#,
    r#""Volt":{"alias":7,"datatype":"Float","properties":{"engUnit":"mV"},"value":230.5},"#,
    r#""log":{"datatype":"File","#,
    r#""metadata":{"content_type":"text/csv","size":12,"description":"a file"},"value":"h'00fe'"},"#,
    r#""set":{"datatype":"DataSet","value":{"num_of_columns":2,"columns":["name","offset"],"#,
    r#""types":["String","Int8"],"rows":[["a",-1],["b",5]]}},"#,
    r#""motor":{"datatype":"Template","value":{"version":"v1","#,
    r#""metrics":{"speed":{"datatype":"Int64","value":-5}},"#,
    r#""parameters":[{"name":"ratio","type":"Float","value":0.1}],"is_definition":true}}"#,
    r#"},"seq":0}"#
);

#[test]
fn a_birth_is_shown_with_names_types_properties_sets_and_templates() {
    assert_eq!(read(&birth()).as_deref(), Ok(BIRTH));
}

#[test]
fn every_type_of_number_is_read_with_its_sign() {
    for (kind, number, n, expected) in [
        (1, 10, 0xff, "-1"),
        (1, 10, 0xffff_ff80, "-128"),
        (1, 10, 300, "300"),
        (2, 10, 0x8000, "-32768"),
        (3, 10, 0xffff_fffe, "-2"),
        (3, 10, u64::MAX - 1, "-2"),
        (4, 11, u64::MAX, "-1"),
        (5, 10, 255, "255"),
        (6, 10, 65_535, "65535"),
        (7, 10, 0xffff_ffff, "4294967295"),
        (8, 11, u64::MAX, "18446744073709551615"),
        (11, 14, 1, "true"),
        (13, 11, LEAP_MS, r#""2024-02-29T12:00:00.25Z""#),
        (13, 11, u64::MAX, "18446744073709551615"),
    ] {
        let json = read(&alone(made().n(4, kind).n(number, n))).unwrap();
        assert!(json.ends_with(&format!(",\"value\":{expected}}}}}}}")), "{json} is not {expected}");
    }
    let json = read(&alone(made().n(4, 10).double(13, f64::NAN))).unwrap();
    assert!(json.ends_with("\"value\":\"NaN\"}}}"), "{json}");
    assert_eq!(
        read(&alone(made().n(4, 99).n(7, 1))).as_deref(),
        Ok(r#"{"metrics":{"no name":{"datatype":99,"is_null":true,"value":null}}}"#)
    );
}

#[test]
fn arrays_are_lists_of_their_type() {
    for (kind, bytes, expected) in [
        (22, &[0xff, 1][..], "[-1,1]"),
        (23, &[0xfe, 0xff], "[-2]"),
        (26, &[0xff], "[255]"),
        (28, &[1, 0, 0, 0], "[1]"),
        (30, &[0, 0, 0xac, 0x41], "[21.5]"),
        (
            32,
            &[10, 0, 0, 0, 0b1010_0000, 0b0100_0000],
            "[true,false,true,false,false,false,false,false,false,true]",
        ),
        (33, b"ab\0\0c\0", r#"["ab","","c"]"#),
        (34, &LEAP_MS.to_le_bytes(), r#"["2024-02-29T12:00:00.25Z"]"#),
        (17, &[0xab], r#""h'ab'""#),
    ] {
        let json = read(&alone(made().n(4, kind).bytes(16, bytes))).unwrap();
        assert!(json.ends_with(&format!(",\"value\":{expected}}}}}}}")), "{json} is not {expected}");
    }
}

#[test]
fn data_by_alias_alone_names_the_alias() {
    let data = made().inside(2, made().n(2, 7).single(12, 21.5)).n(3, 4).0;
    let expected = r#"{"metrics":{"alias 7":{"alias":7,"value":21.5}},"seq":4}"#;
    assert_eq!(read(&data).as_deref(), Ok(expected));
}

#[test]
fn what_is_malformed_is_told_with_its_place() {
    for (bytes, offset, words) in [
        (vec![], 0, "there are no bytes, hence no metrics"),
        (b"\x08\x01\x12\xff\xff\xff\xff\x0f".to_vec(), 8, "4294967295 bytes should follow, 0 are left"),
        (alone(made().bytes(4, "x")), 2, "field 4 should be a whole number, it is bytes with their length"),
        (alone(made().n(12, 1)), 2, "field 12 should be a float of 32 bits, it is a whole number"),
        (alone(made().n(4, 33).bytes(16, "ab")), 7, "the text that begins here has no zero at its end"),
        (alone(made().n(4, 24).bytes(16, "ab")), 7, "4 bytes should follow, 2 are left"),
        (
            alone(made().inside(9, made().bytes(1, "a"))),
            4,
            "a property has a name here, its value is missing",
        ),
        (alone(Made(vec![0x53])), 2, "the group 10 that begins here does not end"),
    ] {
        assert_eq!(read(&bytes), Err(Flaw::new(offset, words)), "{bytes:02x?}");
    }
}

#[test]
fn templates_in_each_other_stop_at_the_bound() {
    let deep = (0..5_000).fold(made(), |inside, _| made().inside(18, made().inside(2, inside)));
    let flaw = read(&alone(deep)).unwrap_err();
    assert_eq!(flaw.words, "decoding stops: nested deeper than 128 levels");
}

#[test]
fn only_the_topics_of_nodes_and_devices_promise_it() {
    for (topic, is_promised) in [
        ("spBv1.0/plant/NBIRTH/edge", true),
        ("spBv1.0/plant/DDATA/edge/press", true),
        ("spBv1.0/STATE/host", false),
        ("spBv1.0/plant/NBIRTH", false),
        ("spBv1.0/plant/other/edge", false),
        ("a/spBv1.0/plant/NDATA/edge", false),
    ] {
        assert_eq!(is_spoken_on(topic), is_promised, "{topic}");
    }
}

#[test]
fn a_promise_is_kept_unasked_and_a_broken_one_is_told_and_shown_as_it_came() {
    let promised = Some(Decoder::Sparkplug);
    let birth = birth();
    let decoded = decode_on(promised, &birth, Choice::Auto, &Bounds::default());
    assert_eq!((decoded.names(" "), decoded.form), ("Sparkplug B".to_owned(), Form::Json));
    for end in 1..birth.len() {
        let cut = &birth[..end];
        let decoded = decode_on(promised, cut, Choice::Auto, &Bounds::default());
        let is_told = decoded.failures.iter().any(|failure| failure.decoder == Decoder::Sparkplug);
        assert!(is_told == (decoded.names(" ") != "Sparkplug B"), "cut at {end}");
        assert!(!is_told || *decoded.bytes == *cut, "cut at {end}");
    }
    // Not every node keeps to it.
    let decoded = decode_on(promised, b"{\"a\":1}", Choice::Auto, &Bounds::default());
    assert_eq!(decoded.names(" "), "JSON");
    assert_eq!(decoded.failures.len(), 1);
    // Without its topic it is never guessed.
    let decoded = decode_on(None, &birth, Choice::Auto, &Bounds::default());
    assert!(decoded.steps.iter().all(|step| step.decoder != Decoder::Sparkplug));
}

proptest! {
    #[test]
    fn no_bytes_break_it(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..5),
        noise in prop::collection::vec(any::<u8>(), 0..80),
        is_noise in any::<bool>(),
    ) {
        let mut bytes = if is_noise { noise } else { birth() };
        for (place, byte) in changes {
            if !bytes.is_empty() {
                let place = place.index(bytes.len());
                bytes[place] = byte;
            }
        }
        let bounds = Bounds { max_out_bytes: 2_048, max_depth: 20, max_layers: 3 };
        let sparkplug = decode(&bytes, &Told::default(), &bounds).map(|sheet| sheet.json);
        for decoded in [sparkplug, super::super::protobuf::fields::decode(&bytes, &bounds)] {
            match decoded {
                Ok(json) => {
                    prop_assert!(json.len() <= bounds.max_out_bytes);
                    prop_assert!(is_json(&json), "{}", String::from_utf8_lossy(&json));
                }
                Err(flaw) => prop_assert!(flaw.offset <= bytes.len()),
            }
        }
    }
}
