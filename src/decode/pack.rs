//! Values put back into the form that a topic's payloads have. Owns which forms can be written; what would have to be
//! guessed is refused in words.
use std::io::Write;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use serde_json::{Number, Value};

use super::bounds::Bounds;
use super::chain::{Choice, Inside, look_inside};
use super::decoder::Decoder;
use super::hint::Reading;

/// The form of a topic's payloads: decoders from the outermost on; none for plain text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form(Vec<Decoder>);

/// How numbers without a fraction are written where bytes tell whole numbers from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wholes {
    /// As whole numbers.
    Whole,
    /// As numbers that may have a fraction.
    Float,
}

impl Form {
    /// The form of a topic whose last payload is known, or of which no more is known than how it is to be read. Of one
    /// that is looked at raw, what it would be otherwise: devices know nothing of how we look.
    pub fn of(reading: Reading<'_>, last: Option<&[u8]>) -> Self {
        let choice = if reading.choice == Choice::Raw { Choice::Auto } else { reading.choice };
        let chosen = match choice {
            Choice::By(decoder) => Some(decoder),
            Choice::Auto | Choice::Raw => reading.hint.promised.filter(|_| last.is_none()),
        };
        // These show plain text too, and are no form of it.
        let is_form = |decoder: &Decoder| {
            !matches!(decoder, Decoder::Text | Decoder::Json | Decoder::Hex | Decoder::Image)
        };
        let steps = last.filter(|payload| !payload.is_empty()).map(|payload| {
            match look_inside(Reading { choice, ..reading }, payload, &Bounds::inline()) {
                Inside::AsItCame => Vec::new(),
                Inside::Decoded(decoded) | Inside::Beyond(decoded) => decoded.steps,
            }
        });
        match steps.filter(|steps| !steps.is_empty()) {
            Some(steps) => Self(steps.into_iter().map(|step| step.decoder).collect()),
            None => Self(chosen.filter(is_form).into_iter().collect()),
        }
    }

    /// Whether it is text as it is, or JSON.
    pub fn is_plain(&self) -> bool {
        self.0.iter().all(|decoder| matches!(decoder, Decoder::Text | Decoder::Json))
    }

    /// Whether values are spelled in JSON on their way into it.
    pub fn wants_json(&self) -> bool {
        self.0.iter().any(|decoder| matches!(decoder, Decoder::MessagePack | Decoder::Cbor))
    }

    /// The decoders' names, as the inspector has them.
    pub fn names(&self) -> String {
        self.0.iter().map(|decoder| decoder.title()).collect::<Vec<_>>().join(" → ")
    }

    /// A text in this form; JSON where [`Self::wants_json`]. Why that can't be, in words.
    pub fn pack(&self, text: Vec<u8>, wholes: Wholes) -> Result<Vec<u8>, String> {
        self.0.iter().rev().try_fold(text, |bytes, decoder| match decoder {
            Decoder::Text | Decoder::Json => Ok(bytes),
            Decoder::MessagePack => written(&bytes, wholes, message_pack),
            Decoder::Cbor => written(&bytes, wholes, cbor),
            Decoder::Gzip => {
                let mut packer = GzEncoder::new(Vec::new(), Compression::default());
                packer.write_all(&bytes).and_then(|()| packer.finish()).map_err(|error| error.to_string())
            }
            Decoder::Zlib => {
                let mut packer = ZlibEncoder::new(Vec::new(), Compression::default());
                packer.write_all(&bytes).and_then(|()| packer.finish()).map_err(|error| error.to_string())
            }
            Decoder::Zstd
            | Decoder::Lz4
            | Decoder::Snappy
            | Decoder::Base64
            | Decoder::Utf16
            | Decoder::JsonLines
            | Decoder::Xml
            | Decoder::Sparkplug
            | Decoder::Meshtastic
            | Decoder::Protobuf
            | Decoder::ProtobufFields
            | Decoder::Image
            | Decoder::Numbers(_)
            | Decoder::Hex => Err(format!(
                "payloads here are {}, and {} is read but not written; p sends bytes, as hex or base64",
                self.names(),
                decoder.title()
            )),
        })
    }
}

/// JSON in another spelling of its values.
fn written(
    json: &[u8],
    wholes: Wholes,
    write: fn(&Value, Wholes, &mut Vec<u8>) -> Result<(), String>,
) -> Result<Vec<u8>, String> {
    let value: Value = serde_json::from_slice(json).map_err(|error| format!("no JSON: {error}"))?;
    let mut out = Vec::with_capacity(json.len());
    write(&value, wholes, &mut out)?;
    Ok(out)
}

/// A number as bytes tell it.
enum Told {
    Whole(u64),
    /// Below zero: what is left when one is taken from it and the sign turned.
    Below(u64),
    Float(f64),
}

fn told(number: &Number, wholes: Wholes) -> Result<Told, String> {
    if wholes == Wholes::Whole {
        if let Some(whole) = number.as_u64() {
            return Ok(Told::Whole(whole));
        }
        if let Some(whole) = number.as_i64() {
            return Ok(Told::Below(!whole.cast_unsigned()));
        }
        if number.as_str().bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
            return Err(format!("{number} is beyond whole numbers of 64 bits, which is what can be written"));
        }
    }
    let float = number.as_f64().filter(|float| float.is_finite());
    float.map(Told::Float).ok_or_else(|| format!("{number} is no finite number of 64 bits"))
}

/// A length or a whole number behind a mark that says how many bytes it takes.
fn sized(out: &mut Vec<u8>, n: u64, marks: [u8; 4]) {
    let bytes = n.to_be_bytes();
    let (n_bytes, mark) = match n {
        0..=0xff => (1, marks[0]),
        0x100..=0xffff => (2, marks[1]),
        0x1_0000..=0xffff_ffff => (4, marks[2]),
        _ => (8, marks[3]),
    };
    out.push(mark);
    out.extend(bytes.iter().skip(8 - n_bytes));
}

fn message_pack(value: &Value, wholes: Wholes, out: &mut Vec<u8>) -> Result<(), String> {
    // The format has no lengths of eight bytes, and no payload has them.
    let small =
        |n: usize, least: u8, most: u8| u8::try_from(n).ok().filter(|n| *n <= most).map(|n| least | n);
    match value {
        Value::Null => out.push(0xc0),
        Value::Bool(truth) => out.push(0xc2 | u8::from(*truth)),
        Value::Number(number) => match told(number, wholes)? {
            Told::Whole(n @ 0..=0x7f) => out.extend(u8::try_from(n)),
            Told::Whole(n) => sized(out, n, [0xcc, 0xcd, 0xce, 0xcf]),
            Told::Below(n) => match n {
                0..=0x1f => out.extend(u8::try_from(!n & 0xff)),
                // The lowest bytes of a number in two's complement say it all, where its sign is among them.
                0x20..=0x7f => out.extend([0xd0].into_iter().chain(u8::try_from(!n & 0xff))),
                0x80..=0x7fff => sized_below(out, n, 0xd1, 2),
                0x8000..=0x7fff_ffff => sized_below(out, n, 0xd2, 4),
                _ => sized_below(out, n, 0xd3, 8),
            },
            Told::Float(float) => {
                out.push(0xcb);
                out.extend(float.to_be_bytes());
            }
        },
        Value::String(text) => {
            match small(text.len(), 0xa0, 31) {
                Some(mark) => out.push(mark),
                None => sized(out, text.len() as u64, [0xd9, 0xda, 0xdb, 0xdb]),
            }
            out.extend(text.as_bytes());
        }
        Value::Array(list) => {
            match small(list.len(), 0x90, 15) {
                Some(mark) => out.push(mark),
                None => counted(out, list.len(), [0xdc, 0xdd]),
            }
            list.iter().try_for_each(|value| message_pack(value, wholes, out))?;
        }
        Value::Object(map) => {
            match small(map.len(), 0x80, 15) {
                Some(mark) => out.push(mark),
                None => counted(out, map.len(), [0xde, 0xdf]),
            }
            for (name, value) in map {
                message_pack(&Value::String(name.clone()), wholes, out)?;
                message_pack(value, wholes, out)?;
            }
        }
    }
    Ok(())
}

fn sized_below(out: &mut Vec<u8>, n: u64, mark: u8, n_bytes: usize) {
    out.push(mark);
    out.extend((!n).to_be_bytes().iter().skip(8 - n_bytes));
}

/// The number of values in a list or a map: two bytes of it, or four.
fn counted(out: &mut Vec<u8>, n: usize, marks: [u8; 2]) {
    sized(out, (n as u64).max(0x100), [marks[0], marks[0], marks[1], marks[1]]);
    // A count below 256 takes two bytes all the same.
    if n < 0x100
        && let Some(last) = out.len().checked_sub(2)
    {
        out.truncate(last);
        out.extend([0, u8::try_from(n).unwrap_or_default()]);
    }
}

fn cbor(value: &Value, wholes: Wholes, out: &mut Vec<u8>) -> Result<(), String> {
    fn head(out: &mut Vec<u8>, major: u8, n: u64) {
        let major = major << 5;
        match u8::try_from(n) {
            Ok(small @ 0..=23) => out.push(major | small),
            _ => sized(out, n, [0x18, 0x19, 0x1a, 0x1b].map(|mark| major | mark)),
        }
    }
    match value {
        Value::Null => out.push(0xf6),
        Value::Bool(truth) => out.push(0xf4 | u8::from(*truth)),
        Value::Number(number) => match told(number, wholes)? {
            Told::Whole(n) => head(out, 0, n),
            Told::Below(n) => head(out, 1, n),
            Told::Float(float) => {
                out.push(0xfb);
                out.extend(float.to_be_bytes());
            }
        },
        Value::String(text) => {
            head(out, 3, text.len() as u64);
            out.extend(text.as_bytes());
        }
        Value::Array(list) => {
            head(out, 4, list.len() as u64);
            list.iter().try_for_each(|value| cbor(value, wholes, out))?;
        }
        Value::Object(map) => {
            head(out, 5, map.len() as u64);
            for (name, value) in map {
                head(out, 3, name.len() as u64);
                out.extend(name.as_bytes());
                cbor(value, wholes, out)?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::decode;
    use proptest::prelude::*;

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            (-300_i64..300).prop_map(Value::from),
            ".{0,40}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 300, 20, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..20).prop_map(Value::from),
                prop::collection::vec((".{0,8}", inner), 0..20)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_packed_decodes_to_the_same(value in json()) {
            for form in [
                vec![Decoder::MessagePack],
                vec![Decoder::Cbor],
                vec![Decoder::Gzip, Decoder::Cbor],
                vec![Decoder::Zlib, Decoder::Gzip, Decoder::MessagePack],
            ] {
                let (outer, last) = (form[0], form[form.len() - 1]);
                let packed = Form(form).pack(value.to_string().into_bytes(), Wholes::Whole).unwrap();
                let by = if outer == last { packed } else { unpacked(&packed) };
                let back = decode(&by, Choice::By(last), &Bounds::default());
                let back: Value = serde_json::from_slice(&back.bytes).unwrap();
                prop_assert_eq!(&back, &value);
            }
        }
    }

    /// The packings alone undone.
    fn unpacked(packed: &[u8]) -> Vec<u8> {
        use super::super::unpack::{Mark, mark, unpack};
        let mut bytes = packed.to_vec();
        while let Some(Mark::Sure(by @ Decoder::Gzip) | Mark::Weak(by @ Decoder::Zlib)) = mark(&bytes) {
            match unpack(by, &bytes, &Bounds::default()) {
                Ok(inside) if inside.n_left == 0 => bytes = inside.bytes,
                Ok(_) | Err(_) => break,
            }
        }
        bytes
    }

    #[test]
    fn a_form_is_that_of_the_last_payload_else_of_what_was_chosen() {
        let auto = Reading::default();
        let by = |decoder| Reading { choice: Choice::By(decoder), ..auto };
        let raw = Reading { choice: Choice::Raw, ..auto };
        let packed = b"\x82\xabtemperature\x15\xa2on\xc3";
        for (reading, last, names) in [
            (auto, Some(&packed[..]), "MessagePack"),
            (raw, Some(packed), "MessagePack"),
            (auto, Some(b"{\"t\":1}"), ""),
            (auto, Some(b"21.5"), ""),
            (auto, None, ""),
            (by(Decoder::Cbor), None, "CBOR"),
            (by(Decoder::Protobuf), None, "protobuf"),
        ] {
            assert_eq!(Form::of(reading, last).names(), names);
        }
    }

    #[test]
    fn what_cannot_be_written_is_refused_in_words_with_a_remedy() {
        let words = Form(vec![Decoder::Gzip, Decoder::Protobuf]).pack(b"{}".to_vec(), Wholes::Whole);
        assert_eq!(
            words.unwrap_err(),
            "payloads here are gzip → protobuf, and protobuf is read but not written; p sends bytes, as hex or base64"
        );
        let words = Form(vec![Decoder::Cbor]).pack(b"18446744073709551616".to_vec(), Wholes::Whole);
        assert!(words.unwrap_err().contains("64 bits"));
        let float = Form(vec![Decoder::MessagePack]).pack(b"21".to_vec(), Wholes::Float);
        assert_eq!(float.unwrap(), b"\xcb\x40\x35\0\0\0\0\0\0");
    }
}
