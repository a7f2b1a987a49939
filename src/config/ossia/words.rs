//! score's words for what nodes have, and ours. Owns the tables.
use crate::device::{Access, Clip, Kind, Value};
use serde_json::{Map, Number, Value as Json, json};

/// Units that score has under another name.
const UNITS: [(&str, &str); 20] = [
    ("dB", "gain.db"),
    ("rad", "angle.radian"),
    ("deg", "angle.degree"),
    ("Hz", "time.Hz"),
    ("s", "time.second"),
    ("ms", "time.ms"),
    ("bpm", "time.bpm"),
    ("px", "distance.px"),
    ("km", "distance.km"),
    ("m", "distance.m"),
    ("dm", "distance.dm"),
    ("cm", "distance.cm"),
    ("mm", "distance.mm"),
    ("um", "distance.um"),
    ("nm", "distance.nm"),
    ("m/s", "speed.m/s"),
    ("mph", "speed.mph"),
    ("km/h", "speed.km/h"),
    ("kn", "speed.kn"),
    ("ft/s", "speed.ft/s"),
];

/// score's families of units.
const DATASPACES: [&str; 8] =
    ["angle", "color", "distance", "gain", "orientation", "position", "speed", "time"];

pub(super) fn access(access: Access) -> &'static str {
    match access {
        Access::Get => "<-",
        Access::Set => "->",
        Access::Both => "<->",
    }
}

pub(super) fn of_access(word: &str) -> Option<Access> {
    Access::ALL.into_iter().find(|mode| access(*mode) == word)
}

pub(super) fn clip(clip: Clip) -> &'static str {
    match clip {
        Clip::None => "Free",
        Clip::Clip => "Clip",
        Clip::Low => "Low",
        Clip::High => "High",
        Clip::Wrap => "Wrap",
        Clip::Fold => "Fold",
    }
}

pub(super) fn of_clip(word: &str) -> Option<Clip> {
    Clip::ALL.into_iter().find(|mode| clip(*mode) == word)
}

/// score's name of a unit.
pub(super) fn unit(unit: &str) -> Option<&str> {
    let known = UNITS.iter().find(|(ours, _)| *ours == unit).map(|(_, theirs)| *theirs);
    let family = unit.split_once('.').map(|(family, _)| family);
    known.or_else(|| family.filter(|family| DATASPACES.contains(family)).map(|_| unit))
}

pub(super) fn of_unit(unit: &str) -> &str {
    UNITS.iter().find(|(_, theirs)| *theirs == unit).map_or(unit, |(ours, _)| ours)
}

/// score's name of a type; bytes it has none for.
pub(super) fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Impulse => "Impulse",
        Kind::Bool => "Bool",
        Kind::Int => "Int",
        Kind::Float => "Float",
        Kind::String | Kind::Bytes => "String",
        Kind::List => "Tuple",
        Kind::Map => "Map",
        Kind::Vec2 => "Vec2f",
        Kind::Vec3 => "Vec3f",
        Kind::Vec4 => "Vec4f",
    }
}

pub(super) fn of_kind(word: &str) -> Option<Kind> {
    Kind::ALL.into_iter().find(|known| kind(*known) == word)
}

/// A value of a type that says nothing: score knows a node's type by its value.
pub(super) fn empty(of: Kind) -> Json {
    let value = match of {
        Kind::Impulse => Json::Null,
        Kind::Bool => json!(false),
        Kind::Int | Kind::Float => json!(0),
        Kind::String | Kind::Bytes => json!(""),
        Kind::List | Kind::Map => json!([]),
        Kind::Vec2 => json!([0, 0]),
        Kind::Vec3 => json!([0, 0, 0]),
        Kind::Vec4 => json!([0, 0, 0, 0]),
    };
    json!({ kind(of): value })
}

/// A value as score writes it; `None` for what it has no room for.
pub(super) fn value(value: &Value) -> Option<Json> {
    let inner = match value {
        Value::Impulse => Json::Null,
        Value::Bool(flag) => json!(flag),
        Value::Int(number) => json!(i32::try_from(*number).ok()?),
        Value::Float(number) => float(*number)?,
        Value::String(text) => json!(text),
        Value::List(list) => tuple(list)?,
        Value::Map(map) => pairs(map)?,
        Value::Vec2(numbers) => floats(numbers)?,
        Value::Vec3(numbers) => floats(numbers)?,
        Value::Vec4(numbers) => floats(numbers)?,
        Value::Bytes(_) => return None,
    };
    Some(json!({ kind(value.kind()): inner }))
}

/// A number that score's 32-bit floats have room for; its digits stay.
pub(super) fn float(number: f64) -> Option<Json> {
    let is_in_room = number.abs() <= f64::from(f32::MAX);
    Number::from_f64(number).filter(|_| is_in_room).map(Json::Number)
}

fn floats(numbers: &[f64]) -> Option<Json> {
    numbers.iter().map(|number| float(*number)).collect::<Option<Vec<Json>>>().map(Json::Array)
}

fn tuple(list: &[Json]) -> Option<Json> {
    list.iter().map(of_json).collect::<Option<Vec<Json>>>().map(Json::Array)
}

fn pairs(map: &Map<String, Json>) -> Option<Json> {
    map.iter()
        .map(|(key, value)| Some(json!([key, of_json(value)?])))
        .collect::<Option<Vec<Json>>>()
        .map(Json::Array)
}

fn of_json(json: &Json) -> Option<Json> {
    Some(match json {
        Json::Null => return None,
        Json::Bool(flag) => json!({ "Bool": flag }),
        Json::Number(number) => match number.as_i64().and_then(|number| i32::try_from(number).ok()) {
            Some(number) => json!({ "Int": number }),
            None => json!({ "Float": float(number.as_f64()?)? }),
        },
        Json::String(text) => json!({ "String": text }),
        Json::Array(list) => json!({ "Tuple": tuple(list)? }),
        Json::Object(map) => json!({ "Map": pairs(map)? }),
    })
}

/// The plain JSON of a value as score writes it.
pub(super) fn plain(value: &Json) -> Option<Json> {
    let (word, inner) = value.as_object()?.iter().next()?;
    match of_kind(word)? {
        Kind::List => inner.as_array()?.iter().map(plain).collect::<Option<Vec<Json>>>().map(Json::Array),
        Kind::Map => {
            let pair = |pair: &Json| {
                let [key, value] = pair.as_array()?.as_slice() else { return None };
                Some((key.as_str()?.to_owned(), plain(value)?))
            };
            inner.as_array()?.iter().map(pair).collect::<Option<Map<String, Json>>>().map(Json::Object)
        }
        Kind::Impulse
        | Kind::Bool
        | Kind::Int
        | Kind::Float
        | Kind::String
        | Kind::Vec2
        | Kind::Vec3
        | Kind::Vec4
        | Kind::Bytes => Some(inner.clone()),
    }
}
