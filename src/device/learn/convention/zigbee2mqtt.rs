//! zigbee2mqtt: `BASE/bridge/devices` with what each device exposes, `BASE/NAME/set` and `…/get`. The base may be
//! any; it is taken from the topic of the description.
use super::{
    Convention, Hint, Ignored, Json, MAX_HINTS_PER_MESSAGE, choices, members, number, parse, text, word,
};
use crate::decode::value::truth;
use crate::device::learn::hint::tidy;
use crate::device::{Access, JsonPath, Kind, Unit};
use crate::mqtt::topic;
use serde_json::Map;

/// zigbee2mqtt's bridge.
pub(super) struct Zigbee2Mqtt;

const NAME: &str = "zigbee2mqtt";
const DEVICES: &str = "/bridge/devices";

/// Levels of features within features: a light has one, a composite in it a second.
const MAX_FEATURE_DEPTH: usize = 4;

/// The value is in what the device publishes.
const IS_PUBLISHED: u64 = 1;
/// The value can be set.
const CAN_BE_SET: u64 = 2;

/// Longest unit.
const MAX_UNIT_BYTES: usize = 24;

impl Convention for Zigbee2Mqtt {
    fn name(&self) -> &'static str {
        NAME
    }

    fn filters(&self) -> &'static [&'static str] {
        &["zigbee2mqtt/bridge/devices"]
    }

    fn reads(&self, topic: &str) -> bool {
        topic.strip_suffix(DEVICES).is_some_and(|base| !base.is_empty())
    }

    fn read(&self, topic: &str, payload: &[u8]) -> Result<Vec<Hint>, Ignored> {
        if payload.trim_ascii().is_empty() {
            return Ok(Vec::new());
        }
        let base = topic.strip_suffix(DEVICES).ok_or(Ignored::NotUnderstood)?;
        let Json::Array(devices) = parse(payload)? else { return Err(Ignored::NotUnderstood) };
        let mut hints = Vec::new();
        let mut n_understood = 0_usize;
        for device in devices.iter().filter_map(Json::as_object) {
            let Some(name) = text(device, "friendly_name") else { continue };
            n_understood += 1;
            let whole = format!("{base}/{name}");
            let definition = device.get("definition").and_then(Json::as_object);
            let exposes =
                definition.and_then(|definition| definition.get("exposes")).and_then(Json::as_array);
            // The coordinator is listed and exposes nothing.
            let (Some(definition), Some(exposes)) = (definition, exposes) else { continue };
            let set = format!("{whole}/set");
            if topic::check(&set).is_err() {
                continue;
            }
            let device = Device { name, state: &whole, set: &set };
            let mut state = Hint::on(&whole, NAME);
            state.alias = tidy(name);
            state.description = text(definition, "description").and_then(tidy);
            (state.kind, state.access) = (Some(Kind::Map), Some(Access::Get));
            hints.push(state);
            for expose in exposes.iter().filter_map(Json::as_object) {
                device.read(expose, &mut Vec::new(), MAX_FEATURE_DEPTH, &mut hints);
                if hints.len() > MAX_HINTS_PER_MESSAGE {
                    return Err(Ignored::TooBig);
                }
            }
        }
        if n_understood == 0 && !devices.is_empty() { Err(Ignored::NotUnderstood) } else { Ok(hints) }
    }

    fn hint_for_topic(&self, topic: &str) -> Option<Hint> {
        let rest = topic.strip_prefix("zigbee2mqtt/")?;
        let mut hint = Hint::on(topic, NAME);
        hint.access = Some(match rest.rsplit_once('/') {
            Some((_, "set" | "get")) => Access::Set,
            Some((before, _)) if before == "bridge/request" || before.starts_with("bridge/request/") => {
                Access::Set
            }
            Some(_) | None => Access::Get,
        });
        Some(hint)
    }

    fn hint_for_part(&self, topic: &str, path: &JsonPath, _: &Json) -> Option<Hint> {
        topic.strip_prefix("zigbee2mqtt/")?;
        if path.to_string() != "$.linkquality" {
            return None;
        }
        let mut hint = Hint::on(topic, NAME);
        hint.path = Some(path.clone());
        hint.access = Some(Access::Get);
        hint.unit = Some(Unit::new("lqi"));
        (hint.kind, hint.min, hint.max) = (Some(Kind::Int), Some(0.0), Some(255.0));
        Some(hint)
    }
}

/// Where a device tells and is told.
struct Device<'a> {
    name: &'a str,
    state: &'a str,
    set: &'a str,
}

impl Device<'_> {
    /// A value the device exposes, or the features of a light, a switch or a composite.
    fn read<'a>(
        &self,
        expose: &'a Map<String, Json>,
        outer: &mut Vec<&'a str>,
        levels_left: usize,
        hints: &mut Vec<Hint>,
    ) {
        let property = text(expose, "property");
        let kind = text(expose, "type").unwrap_or_default();
        if let Some(Json::Array(features)) = expose.get("features") {
            let Some(levels_left) = levels_left.checked_sub(1) else { return };
            // A light's features stand beside it in the document, a composite's within it.
            let is_within = kind == "composite" && property.is_some();
            outer.extend(property.filter(|_| is_within));
            for feature in features.iter().filter_map(Json::as_object) {
                if hints.len() > MAX_HINTS_PER_MESSAGE {
                    break;
                }
                self.read(feature, outer, levels_left, hints);
            }
            if is_within {
                outer.pop();
            }
            return;
        }
        let (Some(property), Some(access)) = (property, expose.get("access").and_then(Json::as_u64)) else {
            return;
        };
        let path = members(outer.iter().copied().chain([property]));
        for (bit, topic, way) in
            [(IS_PUBLISHED, self.state, Access::Get), (CAN_BE_SET, self.set, Access::Set)]
        {
            if access & bit != 0 {
                let mut hint = Hint::on(topic, NAME);
                hint.path.clone_from(&path);
                hint.access = Some(way);
                let label = text(expose, "label").unwrap_or(property);
                hint.alias = tidy(&format!("{} {label}", self.name));
                hint.description = text(expose, "description").and_then(tidy);
                say(kind, expose, &mut hint);
                hints.push(hint);
            }
        }
    }
}

/// What an exposed value says of its own.
fn say(kind: &str, expose: &Map<String, Json>, hint: &mut Hint) {
    match kind {
        "binary" => {
            let words = [expose.get("value_on"), expose.get("value_off")];
            match words {
                [Some(on), Some(off)] if !on.is_boolean() => {
                    let (Some(on), Some(off)) = (word(on), word(off)) else { return };
                    let is_known = truth(on.as_bytes()) == Some(true) && truth(off.as_bytes()) == Some(false);
                    if is_known && hint.access == Some(Access::Get) {
                        hint.kind = Some(Kind::Bool);
                    } else {
                        hint.kind = Some(Kind::String);
                        hint.values = vec![off, on];
                    }
                }
                [Some(_) | None, Some(_) | None] => hint.kind = Some(Kind::Bool),
            }
        }
        "numeric" => {
            hint.kind = Some(Kind::Float);
            let unit = text(expose, "unit").filter(|unit| !unit.is_empty() && unit.len() <= MAX_UNIT_BYTES);
            hint.unit = unit.filter(|unit| !unit.contains(char::is_control)).map(Unit::normal);
            let [min, max, step] = ["value_min", "value_max", "value_step"].map(|n| number(expose.get(n)?));
            if min.zip(max).is_none_or(|(min, max)| min <= max) {
                (hint.min, hint.max) = (min, max);
            }
            hint.step = step.filter(|step| *step > 0.0);
        }
        "enum" => {
            hint.kind = Some(Kind::String);
            hint.values = choices(expose.get("values"));
        }
        "text" => hint.kind = Some(Kind::String),
        "list" => hint.kind = Some(Kind::List),
        _ => {}
    }
}
