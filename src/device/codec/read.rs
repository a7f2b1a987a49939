//! Payloads to values. Owns the conversions; what doesn't fit is a misfit in words, never a made-up value.
//!
//! | type | text | JSON, at a path too | elsewhere |
//! |---|---|---|---|
//! | impulse | any payload: the moment is what counts | any value | words: the first one |
//! | bool | on/off, true/false, yes/no, open/closed, 1/0, in any case | `true`, `1`, one of the words | words: exactly the two; raw: 1 and 0 |
//! | int | a whole number of 64 bits: `3`, `3.0`, `1e3`; not `3.5` | the same, as a number or in quotes | raw; suffix |
//! | float | a finite number, to the nearest float | the same, as a number or in quotes | raw; suffix |
//! | string | all of it, exactly | a string | |
//! | list, map | an array, an object | an array, an object | |
//! | vec2/3/4 | `1,2,3` `1 2 3` `[1,2,3]` `{"x":1,…}` `{"r":1,…}` `#ff8800` | the last four, in quotes the first too | |
//! | bytes | all of it, exactly | | |
//!
//! Blanks around a number, a word, a vec are read over, and so is a unit behind a number: the node's own in any
//! spelling, or one that we know when the node has none; another one is a misfit, since 68 °F is not 68 °C.
//! Numbers in quotes are numbers because many devices write them so. Nothing at all is an impulse, the empty
//! string and no bytes; else a misfit.
use serde_json::Value as Json;

use super::raw::{self, Raw};
use super::{Codec, MAX_JSON_BYTES, Number, Order, document};
use crate::decode;
use crate::device::domain::Domain;
use crate::device::kind::Kind;
use crate::device::misfit::{Misfit, quote};
use crate::device::node::Node;
use crate::device::number::{self, NotWhole};
use crate::device::unit::{self, Unit};
use crate::device::value::Value;
use crate::device::vector::{self, Hex};

/// What a text is read as.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The type.
    pub kind: Kind,
    /// The only unit that may stand behind a number; none: any that is known.
    pub unit: Option<&'a Unit>,
    /// What the digits of a colour such as `#ff8800` count.
    pub hex: Hex,
}

impl Wanted<'_> {
    /// A type alone.
    pub const fn kind(kind: Kind) -> Self {
        Self { kind, unit: None, hex: Hex::Bytes }
    }
}

impl Node {
    /// The value of a payload, as the node's codec and type say.
    pub fn read(&self, payload: &[u8]) -> Result<Value, Misfit> {
        self.read_with_unit(payload).map(|(value, _)| value)
    }

    /// The value of a payload and the unit that was written behind it, if any was.
    pub fn read_with_unit<'p>(&self, payload: &'p [u8]) -> Result<(Value, Option<&'p str>), Misfit> {
        if !self.codec.carries(self.kind) {
            return Err(Misfit::codec(&self.codec, self.kind));
        }
        let wanted = self.wanted();
        let value = match &self.codec {
            Codec::Text => return text(wanted, payload),
            Codec::Suffix(suffix) => return with_suffix(wanted, suffix, payload),
            Codec::Json if payload.is_empty() && self.kind == Kind::Impulse => Value::Impulse,
            Codec::Json | Codec::JsonPath(_) if payload.is_empty() => return Err(Misfit::Empty(self.kind)),
            Codec::Json => json(wanted, parsed(payload)?)?,
            Codec::JsonPath(path) => json(wanted, path.find(&document(self.topic.as_str(), payload))?)?,
            Codec::Raw(number, order) => self.raw(*number, *order, payload)?,
            Codec::Words { on, off } => self.word(on, off, payload)?,
        };
        Ok((value, None))
    }

    /// What a text is read as for this node.
    pub fn wanted(&self) -> Wanted<'_> {
        Wanted { kind: self.kind, unit: self.unit.as_ref(), hex: hex(self.unit.as_ref(), &self.domain) }
    }

    fn raw(&self, number: Number, order: Order, payload: &[u8]) -> Result<Value, Misfit> {
        let Some(raw) = raw::read(number, order, payload) else {
            let codec = self.codec.to_string().into();
            return Err(Misfit::Length { found: payload.len(), number, codec });
        };
        match (self.kind, raw) {
            (Kind::Bool, Raw::Whole(bit @ (0 | 1))) => Ok(Value::Bool(bit == 1)),
            (Kind::Bool, Raw::Whole(value)) => Err(Misfit::NotBool(value.to_string().into())),
            (Kind::Bool, Raw::Float(value)) => whole_float(value)
                .ok()
                .filter(|bit| matches!(bit, 0 | 1))
                .map(|bit| Value::Bool(bit == 1))
                .ok_or_else(|| Misfit::NotBool(number::shortest(value).into())),
            (Kind::Float, Raw::Float(value)) if value.is_finite() => Ok(Value::Float(value)),
            (Kind::Float, Raw::Float(value)) => Err(Misfit::NotFinite(value.to_string().into())),
            (Kind::Float, Raw::Whole(value)) => Ok(Value::Float(number::to_f64(value))),
            (_, Raw::Whole(value)) => i64::try_from(value)
                .map(Value::Int)
                .map_err(|_beyond| Misfit::Beyond(value.to_string().into())),
            (_, Raw::Float(value)) => whole_float(value).map(Value::Int),
        }
    }

    fn word(&self, on: &str, off: &str, payload: &[u8]) -> Result<Value, Misfit> {
        let is = |word: &str| payload == word.as_bytes() || payload.trim_ascii() == word.as_bytes();
        match (self.kind, is(on), is(off)) {
            (Kind::Impulse, true, _) => Ok(Value::Impulse),
            (Kind::Bool, true, false) => Ok(Value::Bool(true)),
            (Kind::Bool, false, true) => Ok(Value::Bool(false)),
            _ if payload.is_empty() => Err(Misfit::Empty(self.kind)),
            _ => Err(Misfit::NotAWord {
                found: quote(payload),
                on: quote(on.as_bytes()),
                off: quote(off.as_bytes()),
            }),
        }
    }
}

/// What the digits of a colour count: in ossia's `color.rgb` and `color.rgba`, or up to 1, they are fractions.
fn hex(unit: Option<&Unit>, domain: &Domain) -> Hex {
    match unit.and_then(Unit::known).and_then(|known| known.ossia) {
        Some("color.rgb" | "color.rgba") => Hex::Fractions,
        Some("color.rgba8") => Hex::Bytes,
        Some(name) if name.starts_with("color.") => Hex::Never,
        Some(_) | None if domain.max == Some(1.0) => Hex::Fractions,
        Some(_) | None => Hex::Bytes,
    }
}

fn whole_float(value: f64) -> Result<i64, Misfit> {
    let words = || number::shortest(value).into();
    if !value.is_finite() {
        Err(Misfit::NotFinite(value.to_string().into()))
    } else if value.fract() != 0.0 {
        Err(Misfit::NotWhole(words()))
    } else {
        number::whole_of(value).ok_or_else(|| Misfit::Beyond(words()))
    }
}

fn utf8(payload: &[u8]) -> Result<&str, Misfit> {
    std::str::from_utf8(payload).map_err(|error| Misfit::NotUtf8(error.valid_up_to()))
}

/// A JSON document, as long as it is no larger than what is read for a value.
fn parsed(payload: &[u8]) -> Result<Json, Misfit> {
    if payload.len() > MAX_JSON_BYTES {
        return Err(Misfit::TooLarge(payload.len()));
    }
    serde_json::from_str(utf8(payload)?).map_err(|error| Misfit::no_json(&error))
}

/// The value that a text says.
pub(in crate::device) fn text<'p>(
    wanted: Wanted<'_>,
    payload: &'p [u8],
) -> Result<(Value, Option<&'p str>), Misfit> {
    let plain = |value| Ok((value, None));
    match wanted.kind {
        Kind::Impulse => return plain(Value::Impulse),
        Kind::Bytes => return plain(Value::Bytes(payload.into())),
        Kind::String => return plain(Value::String(utf8(payload)?.into())),
        _ if payload.is_empty() => return Err(Misfit::Empty(wanted.kind)),
        Kind::Bool => {
            return match decode::value::truth(payload) {
                Some(truth) => plain(Value::Bool(truth)),
                None => match payload.trim_ascii() {
                    b"1" => plain(Value::Bool(true)),
                    b"0" => plain(Value::Bool(false)),
                    _ => Err(Misfit::NotBool(quote(payload))),
                },
            };
        }
        Kind::Int | Kind::Float => return measure(wanted, utf8(payload)?),
        Kind::List | Kind::Map => return plain(json(wanted, parsed(payload)?)?),
        Kind::Vec2 | Kind::Vec3 | Kind::Vec4 => {}
    }
    let trimmed = utf8(payload)?.trim_ascii();
    if trimmed.starts_with(['[', '{']) {
        return plain(json(wanted, parsed(payload)?)?);
    }
    plain(vector::of_text(wanted.kind, wanted.hex, trimmed)?)
}

/// A number and the unit behind it.
fn measure<'p>(wanted: Wanted<'_>, text: &'p str) -> Result<(Value, Option<&'p str>), Misfit> {
    let trimmed = text.trim_ascii();
    let (digits, rest) = unit::split(trimmed);
    let value = number_of(wanted.kind, digits, text)?;
    match (rest, wanted.unit) {
        ("", _) => Ok((value, None)),
        (rest, Some(unit)) if unit.is_also(rest) => Ok((value, Some(rest))),
        (rest, Some(unit)) if unit::find(rest).is_some() => {
            Err(Misfit::OtherUnit { found: quote(trimmed.as_bytes()), unit: quote(unit.as_str().as_bytes()) })
        }
        (rest, None) if unit::find(rest).is_some() => Ok((value, Some(rest))),
        (_, Some(_) | None) => Err(Misfit::NotANumber(quote(text.as_bytes()))),
    }
}

/// A number of exactly these digits, or what is wrong with the text they are from.
fn number_of(kind: Kind, digits: &str, text: &str) -> Result<Value, Misfit> {
    if kind == Kind::Int {
        return number::whole(digits).map(Value::Int).map_err(|error| match error {
            NotWhole::NoNumber => Misfit::NotANumber(quote(text.as_bytes())),
            NotWhole::Fraction => Misfit::NotWhole(quote(digits.as_bytes())),
            NotWhole::Beyond => Misfit::Beyond(quote(digits.as_bytes())),
        });
    }
    match number::float(digits) {
        Some(value) => Ok(Value::Float(value)),
        None if !digits.is_empty() && number::length(digits) == digits.len() => {
            Err(Misfit::NotFinite(quote(digits.as_bytes())))
        }
        None => Err(Misfit::NotANumber(quote(text.as_bytes()))),
    }
}

fn with_suffix<'p>(
    wanted: Wanted<'_>,
    suffix: &str,
    payload: &'p [u8],
) -> Result<(Value, Option<&'p str>), Misfit> {
    if payload.is_empty() {
        return Err(Misfit::Empty(wanted.kind));
    }
    let text = utf8(payload)?;
    let (digits, behind) = match (text.strip_suffix(suffix), suffix.trim()) {
        (Some(digits), _) => (digits, text.strip_prefix(digits)),
        (None, trimmed) if !trimmed.is_empty() => {
            let text = text.trim();
            let digits = text.strip_suffix(trimmed);
            (digits.unwrap_or_default(), digits.and_then(|digits| text.strip_prefix(digits)))
        }
        (None, _) => ("", None),
    };
    let Some(behind) = behind else {
        return Err(Misfit::NoSuffix { found: quote(payload), suffix: quote(suffix.as_bytes()) });
    };
    let value = number_of(wanted.kind, digits.trim(), text)?;
    Ok((value, Some(behind.trim()).filter(|behind| !behind.is_empty())))
}

/// The value of a JSON document, or of a place in one.
pub(in crate::device) fn json(wanted: Wanted<'_>, found: Json) -> Result<Value, Misfit> {
    let kind = wanted.kind;
    match (kind, found) {
        (Kind::Impulse, _) => Ok(Value::Impulse),
        (Kind::Bool, Json::Bool(truth)) => Ok(Value::Bool(truth)),
        (Kind::Bool, Json::Number(number)) => match number.as_str() {
            "1" => Ok(Value::Bool(true)),
            "0" => Ok(Value::Bool(false)),
            other => Err(Misfit::NotBool(quote(other.as_bytes()))),
        },
        (Kind::Int | Kind::Float, Json::Number(number)) => number_of(kind, number.as_str(), number.as_str()),
        (Kind::String, Json::String(text)) => Ok(Value::String(text.into())),
        (Kind::List, Json::Array(list)) => Ok(Value::List(list)),
        (Kind::Map, Json::Object(map)) => Ok(Value::Map(map)),
        (Kind::Vec2 | Kind::Vec3 | Kind::Vec4, Json::Array(list)) => vector::of_array(kind, &list),
        (Kind::Vec2 | Kind::Vec3 | Kind::Vec4, Json::Object(map)) => vector::of_object(kind, &map),
        (Kind::Vec2 | Kind::Vec3 | Kind::Vec4, Json::String(text)) => {
            vector::of_text(kind, wanted.hex, text.trim_ascii())
        }
        (Kind::Bool | Kind::Int | Kind::Float, Json::String(quoted)) if !quoted.is_empty() => {
            text(wanted, quoted.as_bytes()).map(|(value, _)| value)
        }
        (_, other) => Err(Misfit::OtherJson { found: called(&other), kind }),
    }
}

/// What JSON calls a value.
const fn called(value: &Json) -> &'static str {
    match value {
        Json::Null => "JSON's null",
        Json::Bool(_) => "a JSON bool",
        Json::Number(_) => "a JSON number",
        Json::String(_) => "a JSON string",
        Json::Array(_) => "a JSON array",
        Json::Object(_) => "a JSON object",
    }
}
