//! Values as people type and see them. Owns both directions: what is shown can be typed again. Texts here are as
//! long and as strange as the values; `decode::escape` makes them safe for a terminal.
use std::fmt::Write;

use super::codec::{Codec, Wanted};
use super::kind::Kind;
use super::misfit::OutOfDomain;
use super::node::Node;
use super::number::shortest;
use super::unit;
use super::value::Value;
use super::vector::Hex;

impl Value {
    /// The value that a person typed: a number with or without a unit, on or off in any word, JSON for lists and
    /// maps, `1, 2, 3` or `#ff8800` for vecs, `0x1f8b` or `"text"` for bytes. The error says what would do.
    pub fn parse(kind: Kind, text: &str) -> Result<Self, String> {
        typed(Wanted::kind(kind), text)
    }

    /// It in one line, as it can be typed again. Not made safe for a terminal: that is `decode::escape`'s.
    pub fn shown(&self) -> String {
        match self {
            Self::Impulse => "impulse".to_owned(),
            Self::Bool(true) => "on".to_owned(),
            Self::Bool(false) => "off".to_owned(),
            Self::Int(whole) => whole.to_string(),
            Self::Float(number) => shortest(*number),
            Self::String(text) => text.to_string(),
            Self::List(list) => serde_json::to_string(list).unwrap_or_default(),
            Self::Map(map) => serde_json::to_string(map).unwrap_or_default(),
            Self::Vec2(_) | Self::Vec3(_) | Self::Vec4(_) => {
                self.numbers().iter().map(|number| shortest(*number)).collect::<Vec<_>>().join(", ")
            }
            Self::Bytes(bytes) => bytes.iter().fold("0x".to_owned(), |mut digits, byte| {
                let _ = write!(digits, "{byte:02x}");
                digits
            }),
        }
    }
}

impl Node {
    /// A value of this node with its unit, or in its own words: `23.5 °C`, `OPEN`. Not made safe for a terminal.
    pub fn shown(&self, value: &Value) -> String {
        match (&self.codec, value) {
            (Codec::Words { on, .. }, Value::Bool(true)) if !on.is_empty() => on.to_string(),
            (Codec::Words { off, .. }, Value::Bool(false)) if !off.is_empty() => off.to_string(),
            (_, Value::Int(_) | Value::Float(_) | Value::Vec2(_) | Value::Vec3(_) | Value::Vec4(_)) => {
                let behind = self.unit.as_ref().map(unit::Unit::behind).unwrap_or_default();
                format!("{}{behind}", value.shown())
            }
            _ => value.shown(),
        }
    }

    /// The value that a person typed for this node: its own words count, and only its own unit.
    pub fn parse(&self, text: &str) -> Result<Value, String> {
        if let (Codec::Words { on, off }, Kind::Bool) = (&self.codec, self.kind) {
            let is = |word: &str| text.trim().eq_ignore_ascii_case(word.trim());
            match (is(on), is(off)) {
                (true, false) => return Ok(Value::Bool(true)),
                (false, true) => return Ok(Value::Bool(false)),
                (true, true) | (false, false) => {}
            }
        }
        typed(self.wanted(), text)
    }

    /// Whether a value lies within the node's domain. It is known all the same; a misfit is something else.
    pub fn judge(&self, value: &Value) -> Result<(), OutOfDomain> {
        self.domain.judge(value)
    }
}

fn typed(wanted: Wanted<'_>, text: &str) -> Result<Value, String> {
    let trimmed = text.trim();
    match wanted.kind {
        Kind::Impulse => Ok(Value::Impulse),
        Kind::String => Ok(Value::String(text.into())),
        Kind::Bytes => bytes(trimmed).ok_or_else(|| {
            "bytes are hexadecimal digits in pairs, such as 0x1f8b, or a text in quotes".to_owned()
        }),
        _ if trimmed.is_empty() => Err(format!("nothing is no {}", wanted.kind)),
        Kind::Vec4 if trimmed.starts_with('#') && trimmed.len() == 7 => {
            // Who types a colour without its opacity means all of it, and sees so before it goes.
            let opaque = format!("{trimmed}ff");
            read(wanted, opaque.as_bytes())
        }
        Kind::Vec2 | Kind::Vec3 | Kind::Vec4 => {
            let digits = wanted.unit.and_then(|unit| trimmed.strip_suffix(unit.as_str()));
            let is_named =
                wanted.unit.is_some_and(|unit| !unit.as_str().is_empty()) && wanted.hex != Hex::Never;
            read(wanted, digits.filter(|_| is_named).unwrap_or(trimmed).trim().as_bytes())
        }
        Kind::Bool | Kind::Int | Kind::Float | Kind::List | Kind::Map => read(wanted, trimmed.as_bytes()),
    }
}

fn read(wanted: Wanted<'_>, text: &[u8]) -> Result<Value, String> {
    super::codec::text(wanted, text).map(|(value, _)| value).map_err(|misfit| misfit.to_string())
}

/// `0x1f8b`, `1f 8b`, or a JSON string.
fn bytes(text: &str) -> Option<Value> {
    if text.starts_with('"') {
        let text: String = serde_json::from_str(text).ok()?;
        return Some(Value::Bytes(text.into_bytes().into()));
    }
    let text = text.strip_prefix("0x").unwrap_or(text);
    let digits: Vec<u8> = text
        .chars()
        .filter(|c| !matches!(c, ' ' | ':'))
        .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect::<Option<_>>()?;
    let (pairs, left) = digits.as_chunks::<2>();
    left.is_empty().then(|| Value::Bytes(pairs.iter().map(|[high, low]| high << 4 | low).collect()))
}
