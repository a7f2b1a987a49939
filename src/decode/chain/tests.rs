//! Payloads that people send, and what breaks them: each decoder whole, cut at every byte, and against noise.
use std::io::Write;

use data_encoding::{BASE64, HEXLOWER_PERMISSIVE};
use proptest::prelude::*;

use super::super::bounds::MAX_INLINE_OUT_BYTES;
use super::super::json;
use super::super::numbers::{Format, Number};
use super::*;

const JSON: &[u8] = br#"{"state":"ON","brightness":254,"z":1.50,"a":1,"a":2}"#;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

fn lz4(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = lz4_flex::frame::FrameEncoder::new(Vec::new());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn snappy(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = snap::write::FrameEncoder::new(Vec::new());
    encoder.write_all(bytes).unwrap();
    encoder.into_inner().unwrap()
}

fn hex(digits: &str) -> Vec<u8> {
    HEXLOWER_PERMISSIVE.decode(digits.replace(' ', "").as_bytes()).unwrap()
}

fn auto(payload: &[u8]) -> Decoded<'_> {
    decode(payload, Choice::Auto, &Bounds::default())
}

fn by(payload: &[u8], decoder: Decoder) -> Decoded<'_> {
    decode(payload, Choice::By(decoder), &Bounds::default())
}

fn shown(decoded: &Decoded<'_>) -> (String, String) {
    (decoded.names(" > "), String::from_utf8_lossy(&decoded.bytes).into_owned())
}

/// Every kind of packing and structure, whole.
fn good() -> Vec<(&'static str, Vec<u8>)> {
    let packed = |bytes: Vec<u8>| BASE64.encode(&bytes).into_bytes();
    vec![
        ("gzip > JSON", gzip(JSON)),
        ("zlib > JSON", zlib(JSON)),
        ("zstd > JSON", zstd(JSON)),
        ("LZ4 > JSON", lz4(JSON)),
        ("Snappy > JSON", snappy(JSON)),
        ("gzip > zstd > JSON", gzip(&zstd(JSON))),
        ("base64 > gzip > JSON", packed(gzip(JSON))),
        ("gzip > gzip > text", gzip(&gzip(b"hello"))),
        (
            "UTF-16 > JSON",
            JSON.iter().fold(vec![0xff, 0xfe], |mut all, byte| {
                all.extend([*byte, 0]);
                all
            }),
        ),
    ]
}

#[test]
fn packings_are_undone_and_named_and_what_is_inside_stays_as_it_was() {
    for (names, payload) in good() {
        let decoded = auto(&payload);
        assert_eq!(decoded.names(" > "), names);
        assert!(decoded.failures.is_empty() && decoded.cut.is_none(), "{names}: {:?}", decoded.failures);
        assert!(*decoded.bytes == *JSON || *decoded.bytes == *b"hello", "{names}");
        // What was undone is told with its sizes, and the bytes as they came are one choice away.
        assert_eq!(decoded.steps.first().map(|step| step.n_in), Some(payload.len()));
        let raw = decode(&payload, Choice::Raw, &Bounds::default());
        assert_eq!(*raw.bytes, payload);
    }
}

#[test]
fn what_people_send_is_read_without_a_setting() {
    // zigbee2mqtt, Tasmota, Home Assistant, ESPHome, The Things Stack; one of each.
    for payload in [
        &br#"{"battery":100,"linkquality":87,"temperature":21.35}"#[..],
        br#"{"Time":"2026-11-22T10:00:00","ENERGY":{"Power":[12,0]}}"#,
        br#"{"name":"lamp","cmd_t":"~/set","~":"homeassistant/light/lamp"}"#,
        br#"{"uplink_message":{"f_port":1,"frm_payload":"AQIDBA==","decoded_payload":{"t":21.5}}}"#,
    ] {
        let decoded = auto(payload);
        assert_eq!((decoded.names(" > ").as_str(), decoded.form), ("JSON", Form::Json));
        assert!(matches!(decoded.bytes, Cow::Borrowed(_)), "nothing is copied");
    }
    for (payload, names) in [
        (&b"23.5"[..], "text"),
        (b"online", "text"),
        (b"aGVsbG8gd29ybGQgaGVsbG8=", "text"),
        (b"", "text"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF\0", "image"),
        (b"\x00\x01\x02\x03", "hex"),
        (b"{\"a\":1}\n{\"a\":2}\n", "JSON Lines"),
        (b"\xef\xbb\xbf{\"a\":1}", "JSON"),
    ] {
        assert_eq!(auto(payload).names(" > "), names, "{payload:?}");
    }
}

#[test]
fn message_pack_and_cbor_are_known_by_their_words() {
    for (digits, decoder, json) in [
        ("82 a1 74 cb 4035800000000000 a2 6f6e c3", "MessagePack", r#"{"t":21.5,"on":true}"#),
        ("81 ab 74656d7065726174757265 15", "MessagePack", r#"{"temperature":21}"#),
        (
            "82 a2 7473 d6ff 514b67b0 a1 78 d4 05 ff",
            "MessagePack",
            r#"{"ts":"2013-03-21T20:04:00Z","x":{"ext 5":"h'ff'"}}"#,
        ),
        ("a2 61 74 f9 4d60 62 6f6e f5", "CBOR", r#"{"t":21.5,"on":true}"#),
        (
            "a2 61 74 c1 1a 514b67b0 61 6e c2 49 010000000000000000",
            "CBOR",
            r#"{"t":"2013-03-21T20:04:00Z","n":18446744073709551616}"#,
        ),
        ("d9d9f7 83 01 3b ffffffffffffffff f7", "CBOR", r#"[1,-18446744073709551616,"undefined"]"#),
        ("bf 63 466f6f 9f 01 ff 62 7572 d820 61 78 ff", "CBOR", r#"{"Foo":[1],"ur":{"tag 32":"x"}}"#),
        ("81 a2 00 64 74656d70 02 f9 7c00", "CBOR", r#"[{"0":"temp","2":"Infinity"}]"#),
    ] {
        let payload = hex(digits);
        let (names, bytes) = shown(&auto(&payload));
        assert_eq!((names.as_str(), bytes.as_str()), (decoder, json), "{digits}");
    }
    // Numbers alone are no message unless somebody says so.
    assert_eq!(auto(&hex("93010203")).names(" > "), "hex");
    assert_eq!(shown(&by(&hex("93010203"), Decoder::MessagePack)).1, "[1,2,3]");
    assert_eq!(shown(&by(&hex("83010203"), Decoder::Cbor)).1, "[1,2,3]");
    assert_eq!(shown(&by(&hex("c349 010000000000000000"), Decoder::Cbor)).1, "-18446744073709551617");
    assert_eq!(shown(&by(&hex("c3420 3e7"), Decoder::Cbor)).1, "-1000");
}

#[test]
fn a_choice_reads_what_a_guess_would_not_and_says_where_it_fails() {
    let floats = hex("41ac0000 c0490fdb");
    let decoded = by(&floats, Decoder::Numbers(Format::big(Number::F32)));
    assert_eq!(shown(&decoded), ("f32-be".into(), "[21.5,-3.1415927]".into()));
    // A packing before a chosen decoder is undone.
    assert_eq!(by(&gzip(&floats), Decoder::Numbers(Format::big(Number::F32))).names(" > "), "gzip > f32-be");
    assert_eq!(by(&gzip(JSON), Decoder::Hex).names(" > "), "hex");
    let bare = snap::raw::Encoder::new().compress_vec(JSON).unwrap();
    assert_eq!(by(&bare, Decoder::Snappy).names(" > "), "Snappy > JSON");

    for (payload, decoder, words) in [
        (&b"{\"a\":1,}"[..], Decoder::Json, "JSON fails at byte 7: key must be a string"),
        (b"{\"a\":\n 1,\n x}", Decoder::Json, "JSON fails at byte 11: key must be a string"),
        (b"\x92\x01", Decoder::MessagePack, "MessagePack fails at byte 2: 1 bytes should follow, 0 are left"),
        (b"\x01\x02\x03", Decoder::Cbor, "CBOR fails at byte 1: 2 bytes follow the value"),
        (
            b"\x5a\xff\xff\xff\xff",
            Decoder::Cbor,
            "CBOR fails at byte 5: 4294967295 bytes should follow, 0 are left",
        ),
        (b"hello", Decoder::Gzip, "gzip fails at byte 5: the rest of it is missing"),
    ] {
        let decoded = by(payload, decoder);
        assert_eq!(decoded.failures.iter().map(ToString::to_string).collect::<Vec<_>>(), [words]);
        assert_eq!(*decoded.bytes, *payload, "it falls through to what came");
    }
    // What looks meant but is broken says so unasked.
    let broken = auto(b"{\"a\": tru}");
    assert_eq!(broken.names(" > "), "text");
    assert_eq!(broken.failures[0].to_string(), "JSON fails at byte 9: expected ident");
}

#[test]
fn a_packing_cut_or_spoilt_anywhere_is_never_shown_as_whole() {
    for (names, payload) in good() {
        if names.starts_with("UTF-16") || names.starts_with("base64") {
            continue;
        }
        let whole = auto(&payload);
        for end in 1..payload.len() {
            let cut = auto(&payload[..end]);
            let is_honest = cut.bytes != whole.bytes || !cut.failures.is_empty();
            assert!(is_honest, "{names} cut at {end}");
        }
        let mut longer = payload.clone();
        longer.extend(b"??");
        let spoilt = longer.clone();
        let longer = auto(&spoilt);
        assert!(!longer.failures.is_empty() || *longer.bytes == *spoilt, "{names}: what follows is told");
    }
}

#[test]
fn a_bomb_is_stopped_at_the_bound_and_told() {
    let zeros = vec![b' '; 4 << 20];
    for payload in [gzip(&zeros), zlib(&zeros), zstd(&zeros), lz4(&zeros), snappy(&zeros)] {
        let decoded = decode(&payload, Choice::Auto, &Bounds::inline());
        assert_eq!(decoded.bytes.len(), MAX_INLINE_OUT_BYTES);
        assert_eq!(decoded.cut, decoded.steps.first().map(|step| step.decoder));
    }
    let nested = (0..10).fold(b"x".to_vec(), |inside, _| gzip(&inside));
    assert_eq!(auto(&nested).steps.len(), Bounds::default().max_layers + 1);
    // Bare Snappy says its size at the front; 4 GB are not made.
    assert!(by(b"\xff\xff\xff\xff\x0f", Decoder::Snappy).failures[0].flaw.words.contains("over the bound"));
}

#[test]
fn no_depth_overflows_the_stack() {
    for (byte, decoder) in
        [(0x91, Decoder::MessagePack), (0x81, Decoder::Cbor), (0xc6, Decoder::Cbor), (0xa1, Decoder::Cbor)]
    {
        let mut deep = vec![byte; 100_000];
        deep.push(1);
        let words = by(&deep, decoder).failures[0].to_string();
        assert!(words.contains("nested deeper than 128 levels") || words.contains("more than"), "{words}");
    }
    let groups = [vec![0x0b; 100_000], vec![0x0c; 100_000]].concat();
    for (payload, decoder) in [
        (groups.as_slice(), Decoder::ProtobufFields),
        (&groups, Decoder::Meshtastic),
        (&groups, Decoder::Sparkplug),
        ("<a>".repeat(100_000).as_bytes(), Decoder::Xml),
    ] {
        if !is_built_in(decoder) {
            continue;
        }
        let words = by(payload, decoder).failures[0].to_string();
        assert!(
            words.contains("nested deeper than 128 levels") || words.contains("more than 128"),
            "{words}"
        );
    }
    let brackets = "[".repeat(100_000) + &"]".repeat(100_000);
    assert_eq!(auto(brackets.as_bytes()).form, Form::Json);
}

/// Whether this build reads it.
const fn is_built_in(decoder: Decoder) -> bool {
    !matches!(decoder, Decoder::Sparkplug) || sparkplug::IS_BUILT_IN
}

#[test]
fn a_build_without_sparkplug_says_so_and_shows_the_fields() {
    let payload = b"\x12\x07\x10\x07\x65\0\0\xac\x41\x18\x04";
    let decoded =
        decode_on(Decoder::of_topic("spBv1.0/g/NDATA/e"), payload, Choice::Auto, &Bounds::default());
    let words: Vec<String> = decoded.failures.iter().map(ToString::to_string).collect();
    if sparkplug::IS_BUILT_IN {
        assert_eq!((decoded.names(" "), words.len()), ("Sparkplug B".to_owned(), 0));
    } else {
        assert_eq!(decoded.names(" "), "protobuf fields");
        assert!(words[0].contains("this program was built without its feature sparkplug"), "{words:?}");
    }
}

/// A length of 4 GB, and the largest there is, where each format has one.
#[test]
fn lengths_that_lie_cost_nothing_and_are_told() {
    for (payload, decoder) in [
        (&b"\xdb\xff\xff\xff\xffab"[..], Decoder::MessagePack),
        (b"\xdd\xff\xff\xff\xff\x01", Decoder::MessagePack),
        (b"\xdf\xff\xff\xff\xff\x01\x01", Decoder::MessagePack),
        (b"\xc6\xff\xff\xff\xff\x01", Decoder::MessagePack),
        (b"\x7a\xff\xff\xff\xffab", Decoder::Cbor),
        (b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff\x01", Decoder::Cbor),
        (b"\xbb\xff\xff\xff\xff\xff\xff\xff\xff\x01\x01", Decoder::Cbor),
        (b"\x5b\xff\xff\xff\xff\xff\xff\xff\xff\x01", Decoder::Cbor),
        (b"\x0a\xff\xff\xff\xff\x0fab", Decoder::ProtobufFields),
        (b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01ab", Decoder::ProtobufFields),
        (b"\x12\xff\xff\xff\xff\x0fab", Decoder::Sparkplug),
        (b"\x0a\xff\xff\xff\xff\x0fab", Decoder::Meshtastic),
        (b"\xff\xff\xff\xff\x0f", Decoder::Snappy),
    ] {
        let decoded = by(payload, decoder);
        assert_eq!(decoded.failures.first().map(|failure| failure.decoder), Some(decoder), "{payload:02x?}");
        assert!(decoded.bytes.len() <= payload.len(), "{payload:02x?}");
    }
}

/// One payload of each decoder that shows, whole; each of its beginnings, and each of its bits turned.
#[test]
fn every_cut_and_every_turned_bit_is_json_or_text_or_words_with_a_place() {
    let samples: [(Decoder, &[u8]); 10] = [
        (Decoder::Json, b"{\"a\":[1,2.5e3,\"\\u00e9\",null],\"a\":true}"),
        (Decoder::JsonLines, b"{\"a\":1}\n[2]\n"),
        (Decoder::Xml, b"<?xml version=\"1.0\"?><a b=\"c\"><d>1 &lt; 2</d><!-- e --></a>"),
        (
            Decoder::MessagePack,
            b"\x83\xa1a\x92\x01\xcb\x40\x35\x80\0\0\0\0\0\xa1b\xc4\x02\xff\0\xa1c\xd6\xff\0\0\0\x01",
        ),
        (
            Decoder::Cbor,
            b"\xa3\x61a\x9f\x01\xfb\x40\x35\x80\0\0\0\0\0\xff\x61b\x42\xff\0\x61c\xc1\x1a\0\0\0\x01",
        ),
        (
            Decoder::ProtobufFields,
            b"\x08\x96\x01\x12\x02ab\x1a\x02\x08\x01\x23\x28\x01\x24\x35\0\0\xac\x41\x39\0\0\0\0\0\0\xf0\x3f",
        ),
        (Decoder::Sparkplug, b"\x08\x01\x12\x0e\x0a\x01t\x10\x07\x20\x09\x65\0\0\xac\x41\x38\0\x18\x04"),
        (
            Decoder::Meshtastic,
            b"\x0a\x12\x0d\x01\0\0\0\x15\xff\xff\xff\xff\x22\x06\x08\x01\x12\x02hi\x12\x01L",
        ),
        (Decoder::Numbers(Format::big(Number::I32)), b"\0\0\0\x01\xff\xff\xff\xff"),
        (Decoder::Image, b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x10\0\0\0\x20\x08\x02\0\0\0"),
    ];
    for (decoder, whole) in samples.into_iter().filter(|(decoder, _)| is_built_in(*decoder)) {
        let fits = by(whole, decoder);
        assert!(fits.failures.is_empty(), "{}: {:?}", decoder.title(), fits.failures);
        let cuts = (0..whole.len()).map(|n| whole[..n].to_vec());
        let turned = (0..whole.len() * 8).map(|bit| {
            let mut bytes = whole.to_vec();
            bytes[bit / 8] ^= 1 << (bit % 8);
            bytes
        });
        for bytes in cuts.chain(turned) {
            for choice in [Choice::By(decoder), Choice::Auto] {
                let decoded = decode_on(Some(decoder), &bytes, choice, &Bounds::inline());
                assert!(decoded.form != Form::Json || json::is_json(&decoded.bytes), "{bytes:02x?}");
                assert!(decoded.bytes.len() <= 100 * whole.len(), "{bytes:02x?}");
                for failure in decoded.failures {
                    assert!(failure.flaw.offset <= bytes.len(), "{failure} of {bytes:02x?}");
                }
            }
        }
    }
}

fn any_choice() -> impl Strategy<Value = Choice> {
    prop::sample::select(Choice::all().collect::<Vec<_>>())
}

/// Noise, and good payloads with a few bytes changed: what gets past the marks.
fn nearly_good() -> impl Strategy<Value = Vec<u8>> {
    let spoilt = (
        prop::sample::select(good()),
        prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
    )
        .prop_map(|((_, mut payload), changes)| {
            for (place, byte) in changes {
                let place = place.index(payload.len());
                payload[place] = byte;
            }
            payload
        });
    prop_oneof![3 => spoilt, 2 => prop::collection::vec(any::<u8>(), 0..200)]
}

proptest! {
    #[test]
    fn no_bytes_panic_a_decoder_or_outgrow_the_bound(payload in nearly_good(), choice in any_choice()) {
        let bounds = Bounds { max_out_bytes: 4_096, max_depth: 20, max_layers: 3 };
        let decoded = decode(&payload, choice, &bounds);
        prop_assert!(decoded.bytes.len() <= bounds.max_out_bytes.max(payload.len() + 2));
        prop_assert!(!decoded.steps.is_empty());
        if decoded.form == Form::Json {
            prop_assert!(json::is_json(&decoded.bytes), "{:?}", decoded);
        }
        for failure in &decoded.failures {
            let text = failure.to_string();
            prop_assert!(!text.chars().any(super::super::escape::is_hidden), "{}", text);
        }
    }
}
