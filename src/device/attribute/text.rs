//! Attributes as text, in both directions. Owns the spellings; what is shown can be typed again.
use super::{Attribute, one_of};
use crate::device::access::Access;
use crate::device::codec::Codec;
use crate::device::domain::Clip;
use crate::device::kind::Kind;
use crate::device::node::Node;
use crate::device::number::shortest;
use crate::device::unit::{self, Unit};
use crate::device::value::Value;
use crate::mqtt::Qos;

/// An attribute as it can be typed again.
pub(super) fn of(node: &Node, attribute: Attribute) -> String {
    let number = |number: Option<f64>| number.map(shortest).unwrap_or_default();
    match attribute {
        Attribute::Topic => node.topic.to_string(),
        Attribute::Alias => node.alias.clone().unwrap_or_default(),
        Attribute::Description => node.description.clone().unwrap_or_default(),
        Attribute::Tags => node.tags.join(", "),
        Attribute::Type => node.kind.name().to_owned(),
        Attribute::Access => node.access.name().to_owned(),
        Attribute::Default => node.default.as_ref().map(|value| node.shown(value)).unwrap_or_default(),
        Attribute::Min => number(node.domain.min),
        Attribute::Max => number(node.domain.max),
        Attribute::Step => number(node.domain.step),
        Attribute::Values => values(&node.domain.values),
        Attribute::Clip => node.clip.name().to_owned(),
        Attribute::Unit => node.unit.as_ref().map(ToString::to_string).unwrap_or_default(),
        Attribute::Codec => node.codec.to_string(),
        Attribute::Qos => node.qos.to_string(),
        Attribute::Retain => yes(node.retain).to_owned(),
        Attribute::RateLimit => node.rate_limit_ms.map(|ms| span(ms.into())).unwrap_or_default(),
        Attribute::RepetitionFilter => yes(node.repetition_filter).to_owned(),
        Attribute::Priority => node.priority.to_string(),
        Attribute::Cadence => node.cadence_ms.map(span).unwrap_or_default(),
    }
}

/// Takes a text in. Topic and type are not changed here: they change more than themselves.
pub(super) fn set(node: &mut Node, attribute: Attribute, text: &str) -> Result<(), String> {
    let word = || Some(text.to_owned()).filter(|text| !text.is_empty());
    let wrong = || one_of(attribute);
    match attribute {
        Attribute::Topic | Attribute::Type => {}
        Attribute::Alias => node.alias = word(),
        Attribute::Description => node.description = word(),
        Attribute::Tags => {
            let tags = text.split(',').map(str::trim).filter(|tag| !tag.is_empty());
            node.tags = tags.map(str::to_owned).collect();
        }
        Attribute::Access => node.access = Access::from_name(text).ok_or_else(wrong)?,
        Attribute::Default => node.default = word().map(|text| node.parse(&text)).transpose()?,
        Attribute::Min => node.domain.min = number(text)?,
        Attribute::Max => node.domain.max = number(text)?,
        Attribute::Step => node.domain.step = number(text)?,
        Attribute::Values => node.domain.values = parse_values(node, text)?,
        Attribute::Clip => node.clip = Clip::from_name(text).ok_or_else(wrong)?,
        Attribute::Unit => node.unit = word().map(|text| Unit::normal(&text)),
        Attribute::Codec => node.codec = codec(text)?,
        Attribute::Qos => {
            node.qos = text.parse().ok().and_then(Qos::from_bits).ok_or_else(wrong)?;
        }
        Attribute::Retain => node.retain = truth(text).ok_or_else(wrong)?,
        Attribute::RepetitionFilter => node.repetition_filter = truth(text).ok_or_else(wrong)?,
        Attribute::RateLimit => {
            let ms = milliseconds(text)?.map(u32::try_from).transpose();
            node.rate_limit_ms = ms.map_err(|_too_long| format!("{text:?} is beyond {} ms", u32::MAX))?;
        }
        Attribute::Priority => {
            let words = || format!("{text:?} is no whole number of 32 bits");
            node.priority = if text.is_empty() { 0 } else { text.parse().ok().ok_or_else(words)? };
        }
        Attribute::Cadence => node.cadence_ms = milliseconds(text)?,
    }
    Ok(())
}

const fn yes(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}

fn truth(text: &str) -> Option<bool> {
    match Value::parse(Kind::Bool, text) {
        Ok(Value::Bool(truth)) => Some(truth),
        Ok(_) | Err(_) => None,
    }
}

fn number(text: &str) -> Result<Option<f64>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    // With its unit behind it, as people write bounds.
    let (digits, _unit) = unit::split(text);
    match Value::parse(Kind::Float, digits) {
        Ok(Value::Float(number)) => Ok(Some(number)),
        Ok(_) | Err(_) => Err(format!("{text:?} is no number")),
    }
}

fn span(ms: u64) -> String {
    if ms >= 1_000 && ms.is_multiple_of(1_000) { format!("{} s", ms / 1_000) } else { format!("{ms} ms") }
}

fn milliseconds(text: &str) -> Result<Option<u64>, String> {
    let (digits, unit) = unit::split(text);
    let factor = match unit.trim() {
        "" | "ms" => 1.0,
        "s" => 1_000.0,
        "min" => 60_000.0,
        "h" => 3_600_000.0,
        _ => 0.0,
    };
    let ms = number(digits)?.map(|number| (number * factor).round());
    match ms {
        None if text.is_empty() => Ok(None),
        Some(ms) if factor > 0.0 => match crate::device::number::whole_of(ms).map(u64::try_from) {
            // None at all is what 0 means.
            Some(Ok(0)) => Ok(None),
            Some(Ok(ms)) => Ok(Some(ms)),
            Some(Err(_)) | None => Err(format!("{text:?} is no time")),
        },
        Some(_) | None => Err(format!("{text:?} is no time: a number with ms, s, min or h")),
    }
}

/// Values parted by commas; as a JSON array of texts where that would not part them again.
fn values(values: &[Value]) -> String {
    let texts: Vec<String> = values.iter().map(Value::shown).collect();
    let is_plain = |text: &String| {
        !text.is_empty() && !text.contains(',') && !text.starts_with(['[', '"']) && text.trim() == text
    };
    if texts.iter().all(is_plain) {
        return texts.join(", ");
    }
    serde_json::to_string(&texts).unwrap_or_default()
}

fn parse_values(node: &Node, text: &str) -> Result<Vec<Value>, String> {
    let plain = || text.split(',').map(|word| word.trim().to_owned()).collect();
    let is_texts = text.starts_with('[').then(|| serde_json::from_str::<Vec<serde_json::Value>>(text).ok());
    let texts: Vec<String> = match is_texts.flatten() {
        Some(list) => list
            .into_iter()
            .map(|item| if let serde_json::Value::String(text) = item { text } else { item.to_string() })
            .collect(),
        None => plain(),
    };
    let words = texts.iter().filter(|word| texts.len() > 1 || !word.is_empty());
    words.map(|word| Value::parse(node.kind, word)).collect()
}

/// A codec, with the two that a device file writes as tables.
fn codec(text: &str) -> Result<Codec, String> {
    if let Some(words) = text.strip_prefix("words ") {
        let (on, off) = words.split_once('/').ok_or("two words parted by a slash: words ON/OFF")?;
        return Ok(Codec::Words { on: on.trim().into(), off: off.trim().into() });
    }
    if let Some(suffix) = text.strip_prefix("suffix ") {
        let suffix = suffix.trim();
        let quoted = serde_json::from_str::<String>(suffix).ok();
        return Ok(Codec::Suffix(quoted.unwrap_or_else(|| suffix.to_owned()).into()));
    }
    if text.is_empty() { Ok(Codec::Text) } else { Codec::parse(text).map_err(|error| error.to_string()) }
}
