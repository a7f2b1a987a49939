//! The walk to a place in a JSON document. Owns the way there; builds nothing of what lies beside it.
use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::PathStep;

/// What `serde_json` calls the only member of a number that keeps its digits.
const NUMBER: &str = "$serde_json::private::Number";

/// What a place held.
pub(super) enum Found {
    Value(serde_json::Value),
    /// The object has no such member, or the array ends before; so many steps were left.
    Missing {
        left: usize,
    },
    /// Neither object nor array where the next step wants one.
    Other {
        left: usize,
    },
}

/// Goes these steps, and passes over all that lies beside.
#[derive(Clone, Copy)]
pub(super) struct Seek<'a>(pub(super) &'a [PathStep]);

impl Seek<'_> {
    const fn other(self) -> Found {
        Found::Other { left: self.0.len() }
    }
}

impl<'de> DeserializeSeed<'de> for Seek<'_> {
    type Value = Found;

    fn deserialize<D: Deserializer<'de>>(self, place: D) -> Result<Found, D::Error> {
        if self.0.is_empty() {
            serde_json::Value::deserialize(place).map(Found::Value)
        } else {
            place.deserialize_any(self)
        }
    }
}

impl<'de> Visitor<'de> for Seek<'_> {
    type Value = Found;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Found, A::Error> {
        let left = self.0.len();
        let (name, rest) = match self.0.split_first() {
            Some((PathStep::Member(name), rest)) => (Some(&**name), rest),
            Some((PathStep::Index(_), rest)) => (None, rest),
            None => return Ok(self.other()),
        };
        let mut found = if name.is_some() { Found::Missing { left } } else { Found::Other { left } };
        while let Some(key) = map.next_key_seed(Key(name.unwrap_or_default()))? {
            match key {
                Seen::This if name.is_some() => found = map.next_value_seed(Seek(rest))?,
                Seen::This | Seen::Another => drop(map.next_value::<IgnoredAny>()?),
                Seen::Number => {
                    map.next_value::<IgnoredAny>()?;
                    found = Found::Other { left };
                }
            }
        }
        Ok(found)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Found, A::Error> {
        let left = self.0.len();
        let (wanted, rest) = match self.0.split_first() {
            Some((PathStep::Index(index), rest)) => (Some(*index), rest),
            Some((PathStep::Member(_), rest)) => (None, rest),
            None => return Ok(self.other()),
        };
        let mut found = if wanted.is_some() { Found::Missing { left } } else { Found::Other { left } };
        for index in 0_u32.. {
            if wanted == Some(index) {
                let Some(here) = seq.next_element_seed(Seek(rest))? else { break };
                found = here;
            } else if seq.next_element::<IgnoredAny>()?.is_none() {
                break;
            }
        }
        Ok(found)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Found, E> {
        Ok(self.other())
    }

    fn visit_i64<E>(self, _: i64) -> Result<Found, E> {
        Ok(self.other())
    }

    fn visit_u64<E>(self, _: u64) -> Result<Found, E> {
        Ok(self.other())
    }

    fn visit_f64<E>(self, _: f64) -> Result<Found, E> {
        Ok(self.other())
    }

    fn visit_str<E>(self, _: &str) -> Result<Found, E> {
        Ok(self.other())
    }

    fn visit_unit<E>(self) -> Result<Found, E> {
        Ok(self.other())
    }
}

/// Compares a member's name without keeping it.
struct Key<'a>(&'a str);

/// What a member's name was.
enum Seen {
    This,
    Another,
    Number,
}

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = Seen;

    fn deserialize<D: Deserializer<'de>>(self, key: D) -> Result<Seen, D::Error> {
        key.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = Seen;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Seen, E> {
        Ok(match name {
            NUMBER => Seen::Number,
            _ if name == self.0 => Seen::This,
            _ => Seen::Another,
        })
    }
}
