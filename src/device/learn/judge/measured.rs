//! An object's `value` and `unit`. Owns finding them without building the rest of the document.
use super::Sample;
use crate::decode::json::is_json;
use crate::device::learn::shape::Shapes;
use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use std::fmt;

/// Longest unit that is taken from an object's `unit` member.
const MAX_UNIT_BYTES: usize = 12;

/// Looks at what begins and ends as an object does; `None`: it is no JSON.
pub(super) fn judge_object(text: &str) -> Option<Sample<'_>> {
    let mut parser = serde_json::Deserializer::from_str(text);
    let found = parser.deserialize_map(Measured).and_then(|found| parser.end().map(|()| found));
    let Ok((number, unit)) = found else {
        // A unit that is no text, or no JSON.
        return is_json(text.as_bytes()).then_some(Sample { shapes: Shapes::OBJECT, ..Sample::default() });
    };
    let is_measured = number.is_some() && unit.is_some();
    Some(Sample {
        shapes: if is_measured { Shapes::MEASURED } else { Shapes::OBJECT },
        range: number.filter(|_| is_measured).map(|number| (number, number)),
        suffix: unit.filter(|_| is_measured).unwrap_or_default(),
        word: None,
    })
}

/// Finds `value` and `unit` among an object's members and passes over the others.
struct Measured;

impl<'de> Visitor<'de> for Measured {
    type Value = (Option<f64>, Option<&'de str>);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut number, mut unit) = (None, None);
        while let Some(key) = map.next_key_seed(Key)? {
            match key {
                Member::Value => {
                    let value: serde_json::Value = map.next_value()?;
                    number = value.as_f64().filter(|number| number.is_finite());
                }
                Member::Unit => unit = map.next_value_seed(ShortText)?,
                Member::Other => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok((number, unit))
    }
}

enum Member {
    Value,
    Unit,
    Other,
}

struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Member;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Member, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key {
    type Value = Member;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member's name")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Member, E> {
        Ok(match name {
            "value" => Member::Value,
            "unit" | "unit_of_measurement" | "uom" => Member::Unit,
            _ => Member::Other,
        })
    }
}

/// A short text without escapes; anything else is passed over.
struct ShortText;

impl<'de> DeserializeSeed<'de> for ShortText {
    type Value = Option<&'de str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for ShortText {
    type Value = Option<&'de str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a unit")
    }

    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
        let is_unit = !text.is_empty() && text.len() <= MAX_UNIT_BYTES && !text.contains(char::is_control);
        Ok(Some(text).filter(|_| is_unit))
    }

    fn visit_str<E: de::Error>(self, _: &str) -> Result<Self::Value, E> {
        Ok(None)
    }
}
