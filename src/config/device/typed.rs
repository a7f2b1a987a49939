//! A node's values in a device file, both ways: `default` and `values`. Owns how each type is written in TOML.
use super::raw::{Entries, Is, Raw};
use super::table::Reader;
use crate::device::{Domain, Kind, Value};
use serde_json::Value as Json;

/// How deep lists and maps may nest, as JSON's reader allows.
const MAX_DEPTH: usize = 128;

/// The value of a type; `None` when it is none, which the reader has then been told.
pub(super) fn read(reader: &mut Reader<'_>, key: &str, kind: Kind, raw: &Raw<'_>) -> Option<Value> {
    let value = match (kind, &raw.is) {
        (Kind::Bool, Is::Flag(flag)) => Some(Value::Bool(*flag)),
        (Kind::Int, Is::Int(number)) => Some(Value::Int(*number)),
        (Kind::Float, _) => raw.number().map(Value::Float),
        (Kind::String, Is::Text(text)) => Some(Value::String(text.as_ref().into())),
        (Kind::List | Kind::Map, Is::Text(text)) => match serde_json::from_str(text) {
            Ok(Json::Array(list)) if kind == Kind::List => Some(Value::List(list)),
            Ok(Json::Object(map)) if kind == Kind::Map => Some(Value::Map(map)),
            Ok(_) | Err(_) => None,
        },
        (Kind::List, Is::List(list)) => json_list(list, 0).map(Value::List),
        (Kind::Map, Is::Table(table)) => json_map(table, 0).map(Value::Map),
        (Kind::Vec2, Is::List(list)) => components(list).map(Value::Vec2),
        (Kind::Vec3, Is::List(list)) => components(list).map(Value::Vec3),
        (Kind::Vec4, Is::List(list)) => components(list).map(Value::Vec4),
        (Kind::Bytes, Is::Text(text)) => of_hex(text).map(|bytes| Value::Bytes(bytes.into())),
        (
            _,
            Is::Text(_) | Is::Int(_) | Is::Float(_) | Is::Flag(_) | Is::List(_) | Is::Table(_) | Is::Date,
        ) => None,
    };
    if value.is_none() {
        let wanted = match kind {
            Kind::Impulse => "left out, since an impulse has no value",
            Kind::Bool => "true or false, since the type is bool",
            Kind::Int => "a whole number, since the type is int",
            Kind::Float => "a number, since the type is float",
            Kind::String => {
                "a text in quotes, since the type is string; the type is another one by type = \"float\""
            }
            Kind::List => "a list, as TOML or as JSON in quotes",
            Kind::Map => "a table, as TOML or as JSON in quotes",
            Kind::Vec2 => "two numbers such as [0, 1]",
            Kind::Vec3 => "three numbers such as [0, 1, 0.5]",
            Kind::Vec4 => "four numbers such as [0, 1, 0.5, 1]",
            Kind::Bytes => "pairs of hexadecimal digits in quotes",
        };
        reader.fault(raw.at, format!("{key} must be {wanted}"));
    }
    value
}

/// Why a value lies outside a domain, as the end of a sentence.
pub(super) fn outside(value: &Value, domain: &Domain) -> Option<String> {
    let single;
    let numbers: &[f64] = match value {
        Value::Float(number) => {
            single = [*number];
            &single
        }
        #[expect(
            clippy::cast_precision_loss,
            reason = "bounds are floats; beyond 2^53 the nearest one serves"
        )]
        Value::Int(number) => {
            single = [*number as f64];
            &single
        }
        Value::Vec2(numbers) => numbers,
        Value::Vec3(numbers) => numbers,
        Value::Vec4(numbers) => numbers,
        Value::Impulse
        | Value::Bool(_)
        | Value::String(_)
        | Value::List(_)
        | Value::Map(_)
        | Value::Bytes(_) => &[],
    };
    for number in numbers {
        match (domain.min, domain.max) {
            (Some(min), _) if *number < min => {
                return Some(format!("is {number}, which is less than min, {min}; change one of them"));
            }
            (_, Some(max)) if *number > max => {
                return Some(format!("is {number}, which is more than max, {max}; change one of them"));
            }
            (Some(_) | None, Some(_) | None) => {}
        }
    }
    let is_named = domain.values.is_empty() || domain.values.contains(value);
    (!is_named).then(|| "is none of the values; add it to them, or take one of them".to_owned())
}

/// A value as TOML.
pub(super) fn write(value: &Value) -> Option<String> {
    Some(match value {
        Value::Impulse => return None,
        Value::Bool(flag) => flag.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Float(number) => float(*number),
        Value::String(string) => text(string),
        Value::List(list) => text(&serde_json::to_string(list).ok()?),
        Value::Map(map) => text(&serde_json::to_string(map).ok()?),
        Value::Vec2(numbers) => floats(numbers),
        Value::Vec3(numbers) => floats(numbers),
        Value::Vec4(numbers) => floats(numbers),
        Value::Bytes(bytes) => text(&super::will::hex(bytes)),
    })
}

/// A text in quotes.
pub(super) fn text(text: &str) -> String {
    let is_plain = |c: char| !c.is_control() && c != '"' && c != '\\';
    if text.chars().all(is_plain) { format!("\"{text}\"") } else { toml_edit::Value::from(text).to_string() }
}

/// A number, whole ones without a point.
pub(super) fn float(number: f64) -> String {
    // Beyond this a float's digits are no longer exact, nor within TOML's integers.
    const MAX_WHOLE: f64 = 9_007_199_254_740_992.0;
    if number.fract() == 0.0 && number.abs() < MAX_WHOLE && (number != 0.0 || number.is_sign_positive()) {
        format!("{number:.0}")
    } else {
        toml_edit::Value::from(number).to_string()
    }
}

fn floats(numbers: &[f64]) -> String {
    let numbers: Vec<String> = numbers.iter().map(|number| float(*number)).collect();
    format!("[{}]", numbers.join(", "))
}

fn components<const N: usize>(list: &[Raw<'_>]) -> Option<[f64; N]> {
    let numbers: Option<Vec<f64>> = list.iter().map(Raw::number).collect();
    numbers?.try_into().ok()
}

pub(super) fn of_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u32> = text.chars().map(|c| c.to_digit(16)).collect::<Option<_>>()?;
    let byte = |pair: &[u32]| match pair {
        [high, low] => u8::try_from(high << 4 | low).ok(),
        _odd => None,
    };
    digits.chunks(2).map(byte).collect()
}

/// A value as JSON.
pub(super) fn json(raw: &Raw<'_>, depth: usize) -> Option<Json> {
    match &raw.is {
        Is::Text(text) => Some(Json::String(text.as_ref().to_owned())),
        Is::Int(number) => Some(Json::from(*number)),
        Is::Float(number) => serde_json::Number::from_f64(*number).map(Json::Number),
        Is::Flag(flag) => Some(Json::Bool(*flag)),
        Is::List(list) => json_list(list, depth + 1).map(Json::Array),
        Is::Table(table) => json_map(table, depth + 1).map(Json::Object),
        Is::Date => None,
    }
}

fn json_list(list: &[Raw<'_>], depth: usize) -> Option<Vec<Json>> {
    if depth > MAX_DEPTH { None } else { list.iter().map(|raw| json(raw, depth)).collect() }
}

fn json_map(table: &Entries<'_>, depth: usize) -> Option<serde_json::Map<String, Json>> {
    if depth > MAX_DEPTH {
        return None;
    }
    table.iter().map(|(key, raw)| Some((key.name.as_ref().to_owned(), json(raw, depth)?))).collect()
}
