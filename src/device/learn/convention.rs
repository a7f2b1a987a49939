//! Conventions that tell topics, types, names and units without a person's help. Owns the trait, the list of all
//! and what is refused; each convention is one file below.
mod home_assistant;
mod sparkplug;
mod tasmota;
#[cfg(test)]
mod tests;
mod zigbee2mqtt;

use super::super::codec::{JsonPath, PathStep};
use super::super::kind::Kind;
use super::hint::Hint;
use serde_json::{Map, Value as Json};

/// Longest discovery message that is read: a bridge with three hundred devices fits.
pub const MAX_DISCOVERY_BYTES: usize = 1024 * 1024;

/// Bytes of discovery messages that a session reads altogether: a second's work, and ten times a large house.
pub const MAX_DISCOVERY_BYTES_IN_ALL: usize = 64 * 1024 * 1024;

/// Hints taken from one message.
pub const MAX_HINTS_PER_MESSAGE: usize = 4096;

/// Why a discovery message was not used; it is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ignored {
    /// Longer than [`MAX_DISCOVERY_BYTES`], or one too many.
    TooBig,
    /// No JSON, or nested deeper than 127.
    NoJson,
    /// JSON, and not of the convention's form.
    NotUnderstood,
}

/// One way in which devices describe themselves.
pub trait Convention: Sync {
    /// Its name as people know it.
    fn name(&self) -> &'static str;

    /// What to subscribe to beside the scope, for messages that describe.
    fn filters(&self) -> &'static [&'static str];

    /// Whether messages on this topic describe other topics; such a topic is no candidate.
    fn reads(&self, topic: &str) -> bool;

    /// What a message on such a topic describes; at most [`MAX_HINTS_PER_MESSAGE`]. A payload that is empty takes
    /// a description back and says nothing.
    fn read(&self, topic: &str, payload: &[u8]) -> Result<Vec<Hint>, Ignored>;

    /// What the topic's own form says.
    fn hint_for_topic(&self, topic: &str) -> Option<Hint>;

    /// What the name of a place in the topic's JSON says; `root` is the whole document.
    fn hint_for_part(&self, topic: &str, path: &JsonPath, root: &Json) -> Option<Hint>;
}

/// All conventions we know, the most telling first.
pub static ALL: [&dyn Convention; 4] =
    [&home_assistant::HomeAssistant, &zigbee2mqtt::Zigbee2Mqtt, &tasmota::Tasmota, &sparkplug::Sparkplug];

/// Whether a topic describes others by one of the conventions.
pub fn is_discovery(topic: &str) -> bool {
    ALL.iter().any(|convention| convention.reads(topic))
}

/// What the topic's own form says by the conventions.
pub fn hint_for_topic(topic: &str) -> Option<Hint> {
    ALL.iter().find_map(|convention| convention.hint_for_topic(topic))
}

/// What the name of a place in the topic's JSON says by the conventions.
pub fn hint_for_part(topic: &str, path: &JsonPath, root: &Json) -> Option<Hint> {
    ALL.iter().find_map(|convention| convention.hint_for_part(topic, path, root))
}

/// What a birth of Sparkplug says of all its metrics, on the topic where they are kept.
pub fn metrics(topic: &str, birth: &[u8]) -> Vec<Hint> {
    sparkplug::metrics(topic, birth)
}

/// The type of values of one of Sparkplug's data types, as they are decoded.
pub fn metric_kind(datatype: &str) -> Option<Kind> {
    sparkplug::kind(datatype)
}

/// A hostile payload as JSON, within bounds.
fn parse(payload: &[u8]) -> Result<Json, Ignored> {
    if payload.len() > MAX_DISCOVERY_BYTES {
        return Err(Ignored::TooBig);
    }
    // serde_json refuses what is nested deeper than 127.
    serde_json::from_slice(payload).ok().ok_or(Ignored::NoJson)
}

/// A path of member names.
fn members<'a>(names: impl IntoIterator<Item = &'a str>) -> Option<JsonPath> {
    JsonPath::of(names.into_iter().map(|name| PathStep::Member(name.into())).collect::<Vec<_>>())
}

/// A finite number, written as one or as text.
fn number(json: &Json) -> Option<f64> {
    match json {
        Json::Number(number) => number.as_f64(),
        Json::String(text) => text.trim().parse().ok(),
        Json::Null | Json::Bool(_) | Json::Array(_) | Json::Object(_) => None,
    }
    .filter(|number: &f64| number.is_finite())
}

/// A scalar as the text a payload would be.
fn word(json: &Json) -> Option<Box<str>> {
    match json {
        Json::String(text) if text.len() <= super::judge::MAX_WORD_BYTES * 4 => Some(text.as_str().into()),
        Json::Number(number) => Some(number.to_string().into()),
        Json::Bool(truth) => Some(truth.to_string().into()),
        Json::Null | Json::Array(_) | Json::Object(_) | Json::String(_) => None,
    }
}

/// A text of a member.
fn text<'a>(object: &'a Map<String, Json>, name: &str) -> Option<&'a str> {
    object.get(name)?.as_str()
}

/// Texts of an array, so many at most.
fn choices(json: Option<&Json>) -> Vec<Box<str>> {
    let Some(Json::Array(values)) = json else { return Vec::new() };
    let words: Vec<_> = values.iter().filter_map(word).collect();
    if words.len() > super::hint::MAX_CHOICES { Vec::new() } else { words }
}
