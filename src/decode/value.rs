//! What a payload most likely is, and one line of it. Owns the guess; a kept node's type, which knows better, is
//! not its business.
use std::fmt;

use serde::de::{self, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::chain::Choice;
use super::escape::{Glyphs, MAX_BYTES_PER_COL, push_sane, push_seen};
use super::hint::Reading;
use super::image::{self, Image};
use super::{Decoder, Ink, Line, chain, figures, hex, respell, sparkplug};

/// Payloads above this are not parsed for one line of a tree; their first byte and their size must do.
pub const MAX_PARSED_BYTES: usize = 64 << 10;

/// Longest payload that may be a number with its unit, or a word.
const MAX_WORD_BYTES: usize = 64;

/// Longest payload that is unpacked for a number: one of [`MAX_WORD_BYTES`] in any packing.
const MAX_PACKED_NUMBER_BYTES: usize = 256;

/// How much is looked at to tell text from bytes.
const JUDGED_BYTES: usize = 512;

/// Bytes shown of what is no text.
const SHOWN_BYTES: usize = 8;

/// What a payload most likely is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Nothing: an impulse, or a cleared topic.
    Empty,
    /// A number, with or without a unit.
    Number,
    /// On or off in one of its words.
    Bool,
    /// A JSON object.
    Object,
    /// A JSON array.
    Array,
    /// JSON's `null`.
    Null,
    /// Words.
    Text,
    /// No text.
    Bytes,
}

/// One line of a payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// What it most likely is.
    pub kind: Kind,
    /// What is drawn.
    pub line: Line,
}

/// How many members, and as many of them as there is room for.
fn structure(line: &mut Line, count: &str, payload: &[u8], max_cols: usize) {
    line.push(Ink::Structure, count);
    if line.cols + 1 < max_cols {
        line.push(Ink::Faint, " ");
        push_sane(
            line,
            Ink::Faint,
            &respell::compacted(payload, (max_cols + 1) * MAX_BYTES_PER_COL),
            max_cols,
        );
    }
}

/// Units that may follow a number; anything else makes a text of it: `2 doors` is no number.
const UNITS: &[&str] = &[
    "°C", "℃", "°F", "℉", "°", "C", "F", "K", "%", "%RH", "‰", "Pa", "hPa", "kPa", "MPa", "bar", "mbar",
    "psi", "V", "mV", "kV", "A", "mA", "µA", "W", "mW", "kW", "MW", "VA", "kVA", "var", "Wh", "kWh", "MWh",
    "J", "kJ", "Ah", "mAh", "Ω", "kΩ", "ohm", "µF", "H", "lx", "lux", "lm", "cd", "dB", "dBm", "dBA", "Hz",
    "kHz", "MHz", "GHz", "rpm", "ppm", "ppb", "µg/m³", "ug/m3", "mg/m³", "g/m³", "m/s", "km/h", "mph", "kn",
    "m", "mm", "cm", "km", "µm", "in", "ft", "m²", "m³", "m3", "m³/h", "m3/h", "l", "L", "ml", "mL", "l/h",
    "L/h", "l/min", "L/min", "g", "mg", "kg", "t", "N", "kN", "Nm", "s", "ms", "µs", "us", "ns", "min", "h",
    "d", "B", "kB", "MB", "GB", "KiB", "MiB", "GiB", "bit/s", "kbit/s", "Mbit/s", "rad", "deg", "W/m²",
    "W/m2", "mm/h", "pH", "UV", "px", "€", "$", "Bq", "Sv", "µSv/h",
];

/// Words for on and off, in pairs.
const WORDS: [(&str, bool); 8] = [
    ("on", true),
    ("off", false),
    ("true", true),
    ("false", false),
    ("yes", true),
    ("no", false),
    ("open", true),
    ("closed", false),
];

/// One line of a payload, at most so many columns wide.
pub fn preview(payload: &[u8], max_cols: usize) -> Preview {
    preview_on(Reading::default(), payload, max_cols)
}

/// Likewise, where something is known of the topic or was chosen for it.
pub fn preview_on(reading: Reading<'_>, payload: &[u8], max_cols: usize) -> Preview {
    if reading.choice == Choice::Raw {
        return plain(payload, max_cols);
    }
    if let Some(image) = image::read(payload) {
        return picture(image, payload.len(), max_cols);
    }
    let is_sparkplug = matches!(reading.choice, Choice::Auto | Choice::By(Decoder::Sparkplug));
    let told = reading.hint.told.filter(|_| is_sparkplug);
    if let Some(line) = told.and_then(|told| sparkplug::preview(told, payload, max_cols)) {
        return line;
    }
    match chain::inside(reading, payload) {
        Some(decoded) => {
            let mut line = Line::default();
            push_sane(&mut line, Ink::Faint, format!("{} ", decoded.names(" ")).as_bytes(), max_cols);
            let room = max_cols.saturating_sub(line.cols);
            let inside = plain(&decoded.bytes, room);
            inside.line.spans.iter().for_each(|span| line.push(span.ink, &span.text));
            Preview { kind: inside.kind, line }
        }
        None => plain(payload, max_cols),
    }
}

/// A picture's kind and measures.
fn picture(image: Image, n_bytes: usize, max_cols: usize) -> Preview {
    let mut line = Line::default();
    let size = image.size.map(|(cols, rows)| format!(" {cols}x{rows}")).unwrap_or_default();
    push_sane(&mut line, Ink::Text, format!("{}{size}", image.kind.title()).as_bytes(), max_cols);
    let size = format!(" {}", figures::bytes(n_bytes.try_into().unwrap_or(u64::MAX)));
    push_sane(&mut line, Ink::Faint, size.as_bytes(), max_cols);
    Preview { kind: Kind::Bytes, line }
}

/// Likewise, of bytes that nothing has to be undone of.
fn plain(payload: &[u8], max_cols: usize) -> Preview {
    let kind = kind(payload);
    let mut line = Line::default();
    let size = || figures::bytes(payload.len().try_into().unwrap_or(u64::MAX));
    let big = payload.len() > MAX_PARSED_BYTES;
    match kind {
        Kind::Empty => line.push(Ink::Faint, "(empty)"),
        Kind::Number => put(&mut line, Ink::Number, payload, max_cols),
        Kind::Bool | Kind::Null => put(&mut line, Ink::Literal, payload, max_cols),
        Kind::Object if big => line.push(Ink::Structure, &format!("{{…}} {}", size())),
        Kind::Array if big => line.push(Ink::Structure, &format!("[…] {}", size())),
        Kind::Object => structure(&mut line, &format!("{{{}}}", counted(payload, "key")), payload, max_cols),
        Kind::Array => structure(&mut line, &format!("[{}]", counted(payload, "value")), payload, max_cols),
        Kind::Text => {
            if payload.len() <= MAX_WORD_BYTES && payload.iter().all(|byte| *byte == b' ') {
                let text = std::str::from_utf8(payload).unwrap_or_default();
                push_seen(&mut line, Ink::Text, text, Glyphs::Unicode, max_cols);
                return Preview { kind, line };
            }
            let tail = if big { format!(" {}", size()) } else { String::new() };
            let room = max_cols.saturating_sub(tail.len());
            put(&mut line, Ink::Text, payload, room);
            line.push(Ink::Faint, &tail);
        }
        Kind::Bytes => {
            let mut digits = String::from("0x");
            payload.iter().take(SHOWN_BYTES).for_each(|byte| hex::push_digits(&mut digits, *byte));
            let more = if payload.len() > SHOWN_BYTES { "…" } else { "" };
            line.push(Ink::Bytes, &format!("{digits}{more}"));
            let count = figures::counted(payload.len().try_into().unwrap_or(u64::MAX), "byte");
            line.push(Ink::Faint, &format!(" {count}"));
        }
    }
    if line.cols > max_cols {
        line.cut(max_cols);
    }
    Preview { kind, line }
}

/// What a payload most likely is.
pub fn kind(payload: &[u8]) -> Kind {
    let trimmed = payload.trim_ascii();
    if payload.is_empty() {
        return Kind::Empty;
    }
    if measure(payload).is_some() {
        return Kind::Number;
    }
    if truth(payload).is_some() {
        return Kind::Bool;
    }
    if trimmed == b"null" {
        return Kind::Null;
    }
    let bracketed = match (trimmed.first(), trimmed.last()) {
        (Some(b'{'), Some(b'}')) => Some(Kind::Object),
        (Some(b'['), Some(b']')) => Some(Kind::Array),
        _ => None,
    };
    match bracketed {
        Some(kind) if payload.len() > MAX_PARSED_BYTES || count(payload).is_some() => kind,
        Some(_) | None if is_text(payload) => Kind::Text,
        Some(_) | None => Kind::Bytes,
    }
}

/// The number a payload is, for sparklines and charts: a plain one, or one with a unit.
pub fn number(payload: &[u8]) -> Option<f64> {
    measure(payload).map(|(number, _)| number)
}

/// Likewise, of what the decoders make of the payload; one that is larger than any packed number is not decoded.
pub fn number_on(reading: Reading<'_>, payload: &[u8]) -> Option<f64> {
    let is_short = payload.len() <= MAX_PACKED_NUMBER_BYTES;
    match Some(payload).filter(|_| is_short).and_then(|payload| chain::inside(reading, payload)) {
        Some(decoded) => number(&decoded.bytes),
        None => number(payload),
    }
}

/// The number and the unit a payload is; the unit may be empty.
pub fn measure(payload: &[u8]) -> Option<(f64, &str)> {
    let text = std::str::from_utf8(Some(payload).filter(|payload| payload.len() <= MAX_WORD_BYTES)?)
        .ok()?
        .trim_ascii();
    let digits = number_length(text.as_bytes());
    let (number, unit) = text.split_at_checked(digits)?;
    let number: f64 = number.parse().ok().filter(|number: &f64| number.is_finite())?;
    let unit = unit.trim_start_matches([' ', '\u{a0}', '\u{202f}']);
    (unit.is_empty() || UNITS.contains(&unit)).then_some((number, unit))
}

/// Which of on and off a payload says in one of its words; `1` and `0` are numbers until a node is bool.
pub fn truth(payload: &[u8]) -> Option<bool> {
    let word = payload.trim_ascii();
    WORDS.iter().find(|(known, _)| word.eq_ignore_ascii_case(known.as_bytes())).map(|(_, truth)| *truth)
}

/// Whether most of a payload can be read: a malformed byte or a control character here and there is text with an
/// accident, a quarter of them is none.
pub fn is_text(payload: &[u8]) -> bool {
    let judged = payload.get(..JUDGED_BYTES).unwrap_or(payload);
    let (mut n_chars, mut n_strange) = (0_usize, 0_usize);
    for chunk in judged.utf8_chunks() {
        for c in chunk.valid().chars() {
            n_chars += 1;
            n_strange +=
                usize::from(c == '\0' || (c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{1b}')));
        }
        n_chars += chunk.invalid().len();
        n_strange += chunk.invalid().len();
    }
    n_strange * 4 <= n_chars
}

fn put(line: &mut Line, ink: Ink, payload: &[u8], max_cols: usize) {
    push_sane(line, ink, payload.trim_ascii(), max_cols);
    if line.cols == 0 {
        // Nothing but blanks: they are the value.
        push_sane(line, ink, payload, max_cols);
    }
}

/// The length of the decimal number at the start: sign, digits, fraction, exponent; 0 for none.
pub fn number_length(text: &[u8]) -> usize {
    let digits = |from: usize| {
        text.get(from..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_digit()).count()
    };
    let mut at = usize::from(matches!(text.first(), Some(b'+' | b'-')));
    let whole = digits(at);
    at += whole;
    let mut fraction = 0;
    if text.get(at) == Some(&b'.') {
        fraction = digits(at + 1);
        at += 1 + fraction;
    }
    if whole + fraction == 0 {
        return 0;
    }
    if matches!(text.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(text.get(at + 1), Some(b'+' | b'-')));
        let exponent = digits(at + 1 + sign);
        if exponent > 0 {
            at += 1 + sign + exponent;
        }
    }
    at
}

fn counted(payload: &[u8], noun: &str) -> String {
    figures::counted(count(payload).unwrap_or_default(), noun)
}

/// How many members or elements the outermost bracket holds; none when the payload is no JSON.
fn count(payload: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(payload).ok()?;
    let mut parser = serde_json::Deserializer::from_str(text);
    let n = parser.deserialize_any(Count).ok()?;
    parser.end().ok().map(|()| n)
}

/// Counts without building: what is inside is checked and passed over, however deep.
struct Count;

impl<'de> Visitor<'de> for Count {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or an array")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<u64, A::Error> {
        let mut n = 0;
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {
            n += 1;
        }
        Ok(n)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<u64, A::Error> {
        let mut n = 0;
        while seq.next_element::<IgnoredAny>()?.is_some() {
            n += 1;
        }
        Ok(n)
    }

    fn visit_str<E: de::Error>(self, _: &str) -> Result<u64, E> {
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_is_guessed_and_shown_in_one_line() {
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(9000), "]".repeat(9000));
        for (payload, kind, shown) in [
            (&b""[..], Kind::Empty, "(empty)"),
            (b"23.5", Kind::Number, "23.5"),
            (b" 1e3\n", Kind::Number, "1e3"),
            (b"-007.50", Kind::Number, "-007.50"),
            ("20.0 °C".as_bytes(), Kind::Number, "20.0 °C"),
            (b"55%", Kind::Number, "55%"),
            (b"12345678901234567890.123456789", Kind::Number, "12345678901234567890.123456789"),
            (b"2 doors", Kind::Text, "2 doors"),
            (b"192.168.1.1", Kind::Text, "192.168.1.1"),
            (b"nan", Kind::Text, "nan"),
            (b"1e999", Kind::Text, "1e999"),
            (b".", Kind::Text, "."),
            (b"ON", Kind::Bool, "ON"),
            (b"closed", Kind::Bool, "closed"),
            (b"null", Kind::Null, "null"),
            (b"{\"a\":1,\"b\":[1,2]}", Kind::Object, "{2 keys} {\"a\":1,\"b\":[1,2]}"),
            (b"{\"a\": 1}", Kind::Object, "{1 key} {\"a\":1}"),
            (b" [1, 2, 3] ", Kind::Array, "[3 values] [1,2,3]"),
            (b"{not json}", Kind::Text, "{not json}"),
            (b"{\"a\":1} x", Kind::Text, "{\"a\":1} x"),
            (b"two\nlines", Kind::Text, "two\\nlines"),
            (b"   ", Kind::Text, "␠␠␠"),
            (b"caf\xe9", Kind::Text, "caf\\xe9"),
            (b"\x1b[2Jclear", Kind::Text, "\\x1b[2Jclear"),
            (b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", Kind::Bytes, "0x1f8b080000000000… 10 bytes"),
            (b"\x00", Kind::Bytes, "0x00 1 byte"),
        ] {
            let preview = preview(payload, 60);
            assert_eq!((preview.kind, preview.line.text().as_str()), (kind, shown));
        }
        let preview = preview(deep.as_bytes(), 60);
        assert!(preview.kind == Kind::Object && preview.line.text().starts_with("{1 key} {\"a\":[[["));
    }

    #[test]
    fn a_big_payload_tells_its_size() {
        let object = format!("{{\"a\":\"{}\"}}", "x".repeat(83_990));
        let text = "x".repeat(84_000);
        for (payload, shown) in [(object.as_str(), "{…} 84 kB"), (text.as_str(), "xxxxxxxxxxxxx… 84 kB")]
        {
            assert_eq!(preview(payload.as_bytes(), 20).line.text(), shown);
        }
    }

    #[test]
    fn numbers_with_a_unit_count_as_numbers() {
        assert_eq!(measure("20.0 °C".as_bytes()), Some((20.0, "°C")));
        assert_eq!(measure("7\u{a0}m/s".as_bytes()), Some((7.0, "m/s")));
        assert_eq!(number(b"{\"value\": 3}"), None);
        assert_eq!(number(b"inf"), None);
        assert_eq!(number(b""), None);
    }
}
