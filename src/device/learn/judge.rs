//! A look at one payload. Owns which shape it has and what is taken from it; keeps nothing.
mod measured;

use super::shape::Shapes;
use crate::decode::json::is_json;
use crate::decode::value::{measure, truth};
use measured::judge_object;

/// Bytes of a payload that are looked at. What is longer is told by its first and last bytes: a flood of big
/// documents must not cost more than it did before learning.
pub const MAX_JUDGED_BYTES: usize = 4096;

/// Longest text that may be one of a small set of words.
pub const MAX_WORD_BYTES: usize = 24;

/// What one payload told.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Sample<'a> {
    /// Its shape, or two where a number is also bare or not.
    pub shapes: Shapes,
    /// The least and the greatest number in it.
    pub range: Option<(f64, f64)>,
    /// What stands behind the number, blanks included.
    pub suffix: &'a str,
    /// The text, where it may be one of a small set.
    pub word: Option<&'a str>,
}

/// Looks at a payload. Never fails, and never reads more than [`MAX_JUDGED_BYTES`].
pub(super) fn judge(payload: &[u8]) -> Sample<'_> {
    let of = |shapes| Sample { shapes, ..Sample::default() };
    if payload.is_empty() {
        return of(Shapes::EMPTY);
    }
    if payload.len() > MAX_JUDGED_BYTES {
        return of(judge_long(payload));
    }
    let Ok(whole) = std::str::from_utf8(payload) else { return of(Shapes::BYTES) };
    let text = whole.trim_ascii();
    match text.as_bytes() {
        [b'0'..=b'9' | b'-' | b'+' | b'.', ..] => {
            if let Some(sample) = judge_number(text) {
                return sample;
            }
        }
        [b'{', .., b'}'] if is_shallow(payload) => {
            if let Some(sample) = judge_object(text) {
                return sample;
            }
        }
        [b'[', inside @ .., b']'] => {
            if let Some(vec) = components(inside) {
                return vec;
            }
            if is_shallow(payload) && is_json(payload) {
                return of(Shapes::ARRAY);
            }
        }
        [b'#', digits @ ..] if digits.len() == 6 && digits.iter().all(u8::is_ascii_hexdigit) => {
            return Sample { word: Some(text), ..of(Shapes::HEX_COLOR) };
        }
        [b'"', .., b'"'] if text.len() > 1 && is_json(payload) => {
            let inside = text.get(1..text.len() - 1).filter(|inside| !inside.contains('\\'));
            return Sample { word: inside.filter(is_short), ..of(Shapes::QUOTED) };
        }
        b"null" => return of(Shapes::NULL),
        _ if whole.contains('\0') => return of(Shapes::BYTES),
        _ => {}
    }
    let shapes = if truth(payload).is_some() { Shapes::WORD_OF_BOOL } else { Shapes::TEXT };
    Sample { word: Some(text).filter(is_short), ..of(shapes) }
}

/// Whether JSON, if this is any, nests no deeper than a list or a map can hold.
fn is_shallow(payload: &[u8]) -> bool {
    const MAX_NESTING: usize = 127;
    let n_open = payload.iter().filter(|byte| matches!(byte, b'{' | b'[')).count();
    n_open <= MAX_NESTING || serde_json::from_slice::<serde_json::Value>(payload).is_ok()
}

fn is_short(word: &&str) -> bool {
    !word.is_empty() && word.len() <= MAX_WORD_BYTES && !word.contains(char::is_control)
}

/// A payload too long to be read whole.
fn judge_long(payload: &[u8]) -> Shapes {
    let head = payload.get(..MAX_JUDGED_BYTES).unwrap_or(payload);
    let is_text = match std::str::from_utf8(head) {
        Ok(_) => true,
        // A character cut at the end is no fault of the payload's.
        Err(error) => error.error_len().is_none(),
    };
    let ends =
        (head.trim_ascii_start().first(), payload.last_chunk::<16>().map(|tail| tail.trim_ascii_end()));
    match ends {
        _ if !is_text || head.contains(&0) => Shapes::BYTES,
        (Some(b'{'), Some([.., b'}'])) => Shapes::OBJECT,
        (Some(b'['), Some([.., b']'])) => Shapes::ARRAY,
        _ => Shapes::TEXT,
    }
}

fn judge_number(text: &str) -> Option<Sample<'_>> {
    let Some((number, unit)) = measure(text.as_bytes()) else {
        // Two would be ambiguous: `23,5` is a number in half of Europe.
        return components(text.as_bytes())
            .filter(|vec| vec.shapes != Shapes::VEC2)
            .map(|vec| Sample { shapes: vec.shapes.with(Shapes::COMMAS), ..vec });
    };
    let head = text.get(..text.len() - unit.len())?;
    let digits = head.trim_end_matches([' ', '\u{a0}', '\u{202f}']);
    let form = match digits {
        "0" | "1" => Shapes::ZERO_ONE,
        _ if digits.parse::<i64>().is_ok() => Shapes::INT,
        _ => Shapes::FLOAT,
    };
    let dress = if unit.is_empty() { Shapes::BARE } else { Shapes::UNIT };
    let suffix = if unit.is_empty() { "" } else { text.get(digits.len()..)? };
    Some(Sample { shapes: form.with(dress), range: Some((number, number)), suffix, word: None })
}

/// Two to four numbers between commas.
fn components(inside: &[u8]) -> Option<Sample<'static>> {
    let text = std::str::from_utf8(inside).ok()?;
    let mut range: Option<(f64, f64)> = None;
    let mut n = 0;
    for piece in text.split(',') {
        let piece = piece.trim_ascii();
        let is_plain =
            piece.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'-' | b'.' | b'e' | b'E' | b'+'));
        let number: f64 = piece.parse().ok().filter(|number: &f64| is_plain && number.is_finite())?;
        range = Some(range.map_or((number, number), |(min, max)| (min.min(number), max.max(number))));
        n += 1;
        if n > 4 {
            return None;
        }
    }
    let shapes = match n {
        2 => Shapes::VEC2,
        3 => Shapes::VEC3,
        4 => Shapes::VEC4,
        _ => return None,
    };
    Some(Sample { shapes, range, suffix: "", word: None })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::Kind;

    #[test]
    fn one_payload_makes_its_type() {
        let long = format!("{{\"a\":\"{}\"}}", "x".repeat(5_000));
        let deep = format!("{{\"value\":{}{}}}", "[".repeat(500), "]".repeat(500));
        for (payload, expected) in [
            (&b""[..], Kind::Impulse),
            (b"null", Kind::Impulse),
            (b"0", Kind::Int),
            (b"-17", Kind::Int),
            (b" 23.5\n", Kind::Float),
            (b"1e3", Kind::Float),
            (b"12345678901234567890", Kind::Float),
            ("20.0 °C".as_bytes(), Kind::Float),
            (b"55%", Kind::Int),
            (b"1 %", Kind::Int),
            (b"ON", Kind::Bool),
            (b"closed", Kind::Bool),
            (b"idle", Kind::String),
            (b"\"idle\"", Kind::String),
            (b"23,5", Kind::String),
            (b"12,34,56", Kind::Vec3),
            (b"[1, 2.5]", Kind::Vec2),
            (b"[1,2,3]", Kind::Vec3),
            (b"[1,2,3,4]", Kind::Vec4),
            (b"[1,2,3,4,5]", Kind::List),
            (b"[1]", Kind::List),
            (b"[]", Kind::List),
            (b"[nan,1]", Kind::String),
            (b"#ff8800", Kind::String),
            (b"{\"a\":1}", Kind::Map),
            (b"{not json}", Kind::String),
            (b"{\"unit\":5,\"value\":\"x\"}", Kind::Map),
            (deep.as_bytes(), Kind::String),
            (long.as_bytes(), Kind::Map),
            (b"\xff\xfe", Kind::Bytes),
            (b"a\0b", Kind::Bytes),
            (b"2026-11-22T13:50:29Z", Kind::String),
            (b"192.168.1.1", Kind::String),
        ] {
            assert_eq!(judge(payload).shapes.kind(false), expected, "{}", String::from_utf8_lossy(payload));
        }
        assert_eq!(judge(b"1").shapes.kind(true), Kind::Bool);
    }

    #[test]
    fn what_stands_behind_a_number_is_kept_as_written() {
        for (payload, range, suffix) in [
            ("20.0 °C", Some((20.0, 20.0)), " °C"),
            ("55%", Some((55.0, 55.0)), "%"),
            ("7", Some((7.0, 7.0)), ""),
            ("[3,-1,2]", Some((-1.0, 3.0)), ""),
            (r#"{"unit":"bar","value":6.2,"t":{"a":[1]}}"#, Some((6.2, 6.2)), "bar"),
            (r#"{"unit":"bar"}"#, None, ""),
        ] {
            let sample = judge(payload.as_bytes());
            assert_eq!((sample.range, sample.suffix), (range, suffix), "{payload}");
        }
    }
}
