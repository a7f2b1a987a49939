//! Values to payloads. Owns the spelling: the shortest that reads back as the same value.
//!
//! Text: numbers in the fewest digits, `true` and `false`, vecs as `1,2,3`, lists and maps as JSON, an impulse
//! as nothing. JSON: the same, vecs as arrays, an impulse as `null`. At a path the smallest document that holds
//! the value; an element of an array only where it is the first, since nobody knows the others.
use serde_json::{Number as Digits, Value as Json};

use super::raw::{self, Refused};
use super::{Codec, JsonPath, Number, Order, PathStep};
use crate::device::kind::Kind;
use crate::device::misfit::{WriteError, quote};
use crate::device::node::Node;
use crate::device::number::{shortest, to_f64, whole_of};
use crate::device::value::Value;

impl Node {
    /// The payload that says a value. A whole number that a float holds is a float's value
    /// too; nothing else is converted, and the
    /// domain is not asked.
    pub fn write(&self, value: &Value) -> Result<Vec<u8>, WriteError> {
        let widened = match (self.kind, value) {
            (Kind::Float, Value::Int(whole)) => Some(to_f64(i128::from(*whole)))
                .filter(|float| whole_of(*float) == Some(*whole))
                .map(Value::Float),
            _ => None,
        };
        let value = widened.as_ref().unwrap_or(value);
        if value.kind() != self.kind {
            return Err(WriteError::Kind { found: value.kind(), kind: self.kind });
        }
        if !self.codec.carries(self.kind) {
            return Err(WriteError::Codec {
                codec: quote(self.codec.to_string().as_bytes()),
                kind: self.kind,
            });
        }
        if let Some(strange) = value.numbers().iter().find(|number| !number.is_finite()) {
            return Err(WriteError::NotFinite(strange.to_string().into()));
        }
        if self.is_of_sparkplug() {
            return Err(WriteError::NoPayload);
        }
        let payload = match &self.codec {
            Codec::Text => text(value),
            Codec::Json => json(value).to_string().into_bytes(),
            Codec::JsonPath(path) => within(path, json(value))?.to_string().into_bytes(),
            Codec::Raw(number, order) => self.bytes(*number, *order, value)?,
            Codec::Words { off, .. } if *value == Value::Bool(false) => off.as_bytes().to_vec(),
            Codec::Words { on, .. } => on.as_bytes().to_vec(),
            Codec::Suffix(suffix) => [text(value), suffix.as_bytes().to_vec()].concat(),
        };
        // Lists and maps may hold what no payload can: too deep, too much. Two equal words mean nothing.
        match self.read(&payload) {
            Ok(_) => Ok(payload),
            Err(misfit) => Err(WriteError::OneWay(misfit)),
        }
    }

    fn bytes(&self, number: Number, order: Order, value: &Value) -> Result<Vec<u8>, WriteError> {
        let bytes = match value {
            Value::Bool(truth) => raw::write_whole(number, order, i128::from(*truth)),
            Value::Int(whole) => raw::write_whole(number, order, i128::from(*whole)),
            Value::Float(float) => raw::write_float(number, order, *float),
            Value::Impulse
            | Value::String(_)
            | Value::List(_)
            | Value::Map(_)
            | Value::Vec2(_)
            | Value::Vec3(_)
            | Value::Vec4(_)
            | Value::Bytes(_) => Err(Refused::Overflow),
        };
        bytes.map_err(|refused| {
            let (value, codec) = (quote(value.shown().as_bytes()), self.codec.to_string().into());
            match refused {
                Refused::Fraction => WriteError::NotWhole { value, codec },
                Refused::Overflow => WriteError::Overflow { value, codec },
            }
        })
    }
}

fn text(value: &Value) -> Vec<u8> {
    match value {
        Value::Impulse => Vec::new(),
        Value::Bool(truth) => truth.to_string().into_bytes(),
        Value::Int(whole) => whole.to_string().into_bytes(),
        Value::Float(float) => shortest(*float).into_bytes(),
        Value::String(text) => text.as_bytes().to_vec(),
        Value::Bytes(bytes) => bytes.to_vec(),
        Value::List(_) | Value::Map(_) => json(value).to_string().into_bytes(),
        Value::Vec2(_) | Value::Vec3(_) | Value::Vec4(_) => {
            value.numbers().iter().map(|number| shortest(*number)).collect::<Vec<_>>().join(",").into_bytes()
        }
    }
}

/// A value as JSON. Bytes have no form there, which `carries` said.
fn json(value: &Value) -> Json {
    match value {
        Value::Impulse | Value::Bytes(_) => Json::Null,
        Value::Bool(truth) => Json::Bool(*truth),
        Value::Int(whole) => Json::Number((*whole).into()),
        Value::Float(float) => digits(*float),
        Value::String(text) => Json::String(text.to_string()),
        Value::List(list) => Json::Array(list.clone()),
        Value::Map(map) => Json::Object(map.clone()),
        Value::Vec2(_) | Value::Vec3(_) | Value::Vec4(_) => {
            Json::Array(value.numbers().iter().map(|number| digits(*number)).collect())
        }
    }
}

fn digits(float: f64) -> Json {
    Json::Number(Digits::from_string_unchecked(shortest(float)))
}

/// The smallest document that holds a value at a place.
fn within(path: &JsonPath, value: Json) -> Result<Json, WriteError> {
    path.steps().iter().rev().try_fold(value, |inner, step| match step {
        PathStep::Member(name) => Ok(Json::Object([(name.to_string(), inner)].into_iter().collect())),
        PathStep::Index(0) => Ok(Json::Array(vec![inner])),
        PathStep::Index(_) => Err(WriteError::Element { path: quote(path.to_string().as_bytes()) }),
    })
}
