//! Sparkplug B: births name an edge node's metrics, their types, units and ranges before any data come.
use super::{Convention, Hint, Ignored, Json, MAX_DISCOVERY_BYTES, MAX_HINTS_PER_MESSAGE};
use crate::decode::sparkplug::{Described, IS_BUILT_IN, Message, Route, described};
use crate::device::codec::PathStep;
use crate::device::{Access, JsonPath, Kind, Unit};

/// Births of edge nodes and of the devices behind them.
pub(super) struct Sparkplug;

const NAME: &str = "sparkplug";

/// Metrics of a birth that are about the session, not about the plant.
fn is_protocol(name: &str) -> bool {
    name == "bdSeq" || name.starts_with("Node Control/") || name.starts_with("Device Control/")
}

/// The type of values as they are decoded: points in time are written as dates.
pub(super) fn kind(datatype: &str) -> Option<Kind> {
    match datatype {
        "Int8" | "Int16" | "Int32" | "Int64" | "UInt8" | "UInt16" | "UInt32" | "UInt64" => Some(Kind::Int),
        "Float" | "Double" => Some(Kind::Float),
        "Boolean" => Some(Kind::Bool),
        "String" | "Text" | "UUID" | "DateTime" => Some(Kind::String),
        "DataSet" | "Template" | "PropertySet" => Some(Kind::Map),
        _ if datatype.ends_with("Array") => Some(Kind::List),
        _ => None,
    }
}

fn hint(topic: &str, metric: &Described) -> Option<Hint> {
    let steps = ["metrics", &metric.name, "value"].map(|name| PathStep::Member(name.into()));
    let mut hint = Hint::on(topic, NAME);
    hint.path = Some(JsonPath::of(steps)?);
    hint.alias = super::super::hint::tidy(&metric.name);
    hint.description = metric.description.as_deref().and_then(super::super::hint::tidy);
    hint.kind = metric.datatype.and_then(kind);
    hint.unit = metric.unit.as_deref().filter(|unit| unit.len() <= 12).map(Unit::normal);
    (hint.min, hint.max) = (metric.low, metric.high);
    // Commands are messages of their own, on another topic; which metrics obey them, no birth says.
    hint.access = Some(Access::Both);
    Some(hint)
}

/// What a birth says of all its metrics, those about the session included; nothing where it is none, or malformed.
pub(super) fn metrics(topic: &str, payload: &[u8]) -> Vec<Hint> {
    let Some(route) = Route::parse(topic).filter(|route| IS_BUILT_IN && route.message.is_birth()) else {
        return Vec::new();
    };
    let data = route.data();
    let metrics = described(payload).unwrap_or_default();
    metrics.iter().filter_map(|metric| hint(&data, metric)).collect()
}

impl Convention for Sparkplug {
    fn name(&self) -> &'static str {
        NAME
    }

    fn filters(&self) -> &'static [&'static str] {
        &["spBv1.0/+/NBIRTH/+", "spBv1.0/+/DBIRTH/+/+"]
    }

    fn reads(&self, topic: &str) -> bool {
        IS_BUILT_IN && Route::parse(topic).is_some_and(|route| route.message.is_birth())
    }

    fn read(&self, topic: &str, payload: &[u8]) -> Result<Vec<Hint>, Ignored> {
        let route = Route::parse(topic).ok_or(Ignored::NotUnderstood)?;
        if payload.len() > MAX_DISCOVERY_BYTES {
            return Err(Ignored::TooBig);
        }
        let data = route.data();
        let metrics = described(payload).ok_or(Ignored::NotUnderstood)?;
        let metrics = metrics.iter().filter(|metric| !is_protocol(&metric.name));
        Ok(metrics.filter_map(|metric| hint(&data, metric)).take(MAX_HINTS_PER_MESSAGE).collect())
    }

    fn hint_for_topic(&self, topic: &str) -> Option<Hint> {
        let route = Route::parse(topic)?;
        let mut hint = Hint::on(topic, NAME);
        hint.kind = Some(Kind::Map);
        hint.access = Some(match route.message {
            Message::NodeCommand | Message::DeviceCommand => Access::Set,
            Message::NodeBirth
            | Message::NodeDeath
            | Message::NodeData
            | Message::DeviceBirth
            | Message::DeviceDeath
            | Message::DeviceData => Access::Get,
        });
        Some(hint)
    }

    fn hint_for_part(&self, _: &str, _: &JsonPath, _: &Json) -> Option<Hint> {
        None
    }
}
