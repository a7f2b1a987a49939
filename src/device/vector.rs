//! Two to four numbers as people and devices write them. Owns the ways: in a row, in an array, by name, as a
//! colour's digits.
use serde_json::{Map, Value as Json};

use super::kind::Kind;
use super::misfit::{Misfit, quote};
use super::number;
use super::value::Value;

/// Longest text read as a vec: four floats at their longest, with room between them.
const MAX_TEXT_BYTES: usize = 2048;

/// Names of components, in their order.
const NAMES: [&[&str]; 8] = [
    &["x", "y"],
    &["x", "y", "z"],
    &["x", "y", "z", "w"],
    &["r", "g", "b"],
    &["r", "g", "b", "a"],
    &["h", "s"],
    &["h", "s", "v"],
    &["h", "s", "l"],
];

/// What the digits of a colour such as `#ff8800` count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hex {
    /// 0 to 255.
    Bytes,
    /// 0 to 1.
    Fractions,
    /// They are no value of the node: its components are not red, green and blue.
    Never,
}

/// A vec of its components; none when they are too many or too few.
pub(super) fn of(kind: Kind, found: &[f64]) -> Option<Value> {
    match (kind, found) {
        (Kind::Vec2, &[x, y]) => Some(Value::Vec2([x, y])),
        (Kind::Vec3, &[x, y, z]) => Some(Value::Vec3([x, y, z])),
        (Kind::Vec4, &[x, y, z, w]) => Some(Value::Vec4([x, y, z, w])),
        _ => None,
    }
}

fn counted(kind: Kind, found: &[f64]) -> Result<Value, Misfit> {
    of(kind, found).ok_or(Misfit::Components { found: found.len(), kind })
}

/// `1,2,3`, `1 2 3`, `#ff8800`.
pub(super) fn of_text(kind: Kind, hex: Hex, text: &str) -> Result<Value, Misfit> {
    let misfit = || Misfit::NotAVec { found: quote(text.as_bytes()), kind };
    if text.len() > MAX_TEXT_BYTES {
        return Err(misfit());
    }
    if let Some(digits) = text.strip_prefix('#') {
        return of_hex(kind, hex, digits).ok_or_else(misfit);
    }
    let pieces: Vec<&str> = if text.contains(',') {
        text.split(',').map(str::trim_ascii).collect()
    } else {
        text.split_ascii_whitespace().collect()
    };
    let found: Option<Vec<f64>> = pieces.iter().map(|piece| number::float(piece)).collect();
    counted(kind, &found.ok_or_else(misfit)?)
}

/// Six digits for a vec3, eight for a vec4: an opacity that isn't there is not made up.
fn of_hex(kind: Kind, hex: Hex, digits: &str) -> Option<Value> {
    let scale = match hex {
        Hex::Bytes => 1.0,
        Hex::Fractions => 255.0,
        Hex::Never => return None,
    };
    let digits: Option<Vec<u32>> = digits.chars().map(|c| c.to_digit(16)).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0 && digits.len() >= 6)?;
    let parts: Vec<f64> = digits
        .chunks(2)
        .map(|pair| f64::from(pair.iter().fold(0, |byte, digit| byte << 4 | digit)) / scale)
        .collect();
    of(kind, &parts)
}

/// `[1,2,3]`, numbers only.
pub(super) fn of_array(kind: Kind, list: &[Json]) -> Result<Value, Misfit> {
    let Some(wanted) = kind.n_components().filter(|wanted| *wanted == list.len()) else {
        return Err(Misfit::Components { found: list.len(), kind });
    };
    let found: Vec<f64> = list.iter().map_while(component).collect();
    if found.len() == wanted {
        counted(kind, &found)
    } else {
        Err(Misfit::OtherJson { found: "this JSON array", kind })
    }
}

/// `{"x":1,"y":2,"z":3}`, `{"r":1,"g":2,"b":3}` and such, in any order and with nothing else.
pub(super) fn of_object(kind: Kind, map: &Map<String, Json>) -> Result<Value, Misfit> {
    let named = |names: &&[&str]| Some(names.len()) == kind.n_components();
    NAMES
        .iter()
        .filter(|names| named(names) && names.len() == map.len())
        .find_map(|names| {
            let found: Option<Vec<f64>> = names.iter().map(|name| component(map.get(*name)?)).collect();
            of(kind, &found?)
        })
        .ok_or(Misfit::OtherJson { found: "this JSON object", kind })
}

fn component(value: &Json) -> Option<f64> {
    match value {
        Json::Number(digits) => number::float(digits.as_str()),
        Json::Null | Json::Bool(_) | Json::String(_) | Json::Array(_) | Json::Object(_) => None,
    }
}
