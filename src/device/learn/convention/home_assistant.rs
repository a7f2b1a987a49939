//! Home Assistant's discovery: `homeassistant/<component>/[<node>/]<object>/config`, and whole devices in one
//! message. Owns which component has which topics; reading of single members lies below.
mod entity;

use super::{Convention, Hint, Ignored, Json, MAX_HINTS_PER_MESSAGE, choices, parse};
use crate::device::{Access, JsonPath, Kind, Unit};
use entity::{Entity, Slot};

/// Home Assistant's discovery messages.
pub(super) struct HomeAssistant;

pub(super) const NAME: &str = "home assistant";

impl Convention for HomeAssistant {
    fn name(&self) -> &'static str {
        NAME
    }

    fn filters(&self) -> &'static [&'static str] {
        &["homeassistant/+/+/config", "homeassistant/+/+/+/config"]
    }

    fn reads(&self, topic: &str) -> bool {
        component(topic).is_some()
    }

    fn read(&self, topic: &str, payload: &[u8]) -> Result<Vec<Hint>, Ignored> {
        if payload.trim_ascii().is_empty() {
            return Ok(Vec::new());
        }
        let Json::Object(config) = parse(payload)? else { return Err(Ignored::NotUnderstood) };
        let component = component(topic).ok_or(Ignored::NotUnderstood)?;
        let device = Entity::new(&config, None)?;
        let mut hints = Vec::new();
        if component != "device" {
            hints_of(component, &device, &mut hints)?;
            return Ok(hints);
        }
        let Some(Json::Object(components)) = device.get("components") else {
            return Err(Ignored::NotUnderstood);
        };
        let mut n_understood = 0_usize;
        for config in components.values().filter_map(Json::as_object) {
            let Ok(entity) = Entity::new(config, Some(&device)) else { continue };
            let Some(platform) = entity.text("platform") else { continue };
            n_understood += usize::from(hints_of(platform, &entity, &mut hints).is_ok());
            if hints.len() > MAX_HINTS_PER_MESSAGE {
                return Err(Ignored::TooBig);
            }
        }
        if n_understood == 0 { Err(Ignored::NotUnderstood) } else { Ok(hints) }
    }

    fn hint_for_topic(&self, _: &str) -> Option<Hint> {
        None
    }

    fn hint_for_part(&self, _: &str, _: &JsonPath, _: &Json) -> Option<Hint> {
        None
    }
}

/// The component of a discovery topic.
fn component(topic: &str) -> Option<&str> {
    let inside = topic.strip_prefix("homeassistant/")?.strip_suffix("/config")?;
    let (component, ids) = inside.split_once('/')?;
    let n_ids = ids.split('/').filter(|id| !id.is_empty()).count();
    ((1..=2).contains(&n_ids) && n_ids == ids.split('/').count() && !component.is_empty())
        .then_some(component)
}

/// Topics on which a component is told and tells its state.
const STATE: Slot = Slot { topic: "state_topic", template: "value_template", access: Access::Get };
const COMMAND: Slot = Slot { topic: "command_topic", template: "", access: Access::Set };

const fn get(topic: &'static str, template: &'static str) -> Slot {
    Slot { topic, template, access: Access::Get }
}

const fn set(topic: &'static str) -> Slot {
    Slot { topic, template: "", access: Access::Set }
}

fn hints_of(component: &str, entity: &Entity<'_>, out: &mut Vec<Hint>) -> Result<(), Ignored> {
    let before = out.len();
    match component {
        "sensor" => sensor(entity, out),
        "binary_sensor" => {
            entity.tell(out, STATE, |hint| {
                on_or_off(hint, entity.word_or("payload_on", "ON"), entity.word_or("payload_off", "OFF"));
            });
        }
        "switch" => switch(entity, STATE, out),
        "light" if entity.text("schema") == Some("json") => json_light(entity, out),
        "light" => light(entity, out),
        "number" => {
            for slot in [STATE, COMMAND] {
                entity
                    .tell(out, slot, |hint| number(entity, hint, ["min", "max", "step"], [1.0, 100.0, 1.0]));
            }
        }
        "select" => {
            for slot in [STATE, COMMAND] {
                entity.tell(out, slot, |hint| one_of(hint, choices(entity.get("options"))));
            }
        }
        "text" => {
            for slot in [STATE, COMMAND] {
                entity.tell(out, slot, |hint| hint.kind = Some(Kind::String));
            }
        }
        "button" => {
            entity.tell(out, COMMAND, |hint| one_of(hint, vec![entity.word_or("payload_press", "PRESS")]));
        }
        "cover" => cover(entity, out),
        "climate" => climate(entity, out),
        _ => return Err(Ignored::NotUnderstood),
    }
    if out.len() == before {
        return Err(Ignored::NotUnderstood);
    }
    tell_apart(out.get_mut(before..).unwrap_or_default());
    entity.tell(out, get("availability_topic", "availability_template"), |hint| {
        hint.alias = None;
        let words = [("payload_available", "online"), ("payload_not_available", "offline")];
        one_of(hint, words.map(|(member, default)| entity.word_or(member, default)).to_vec());
    });
    Ok(())
}

/// A name that a state and its command share says nothing where both stand in one tree.
fn tell_apart(hints: &mut [Hint]) {
    let states: Vec<_> = hints.iter().filter(|hint| hint.access == Some(Access::Get)).cloned().collect();
    for hint in hints.iter_mut().filter(|hint| hint.access == Some(Access::Set)) {
        let is_twin = |state: &Hint| state.alias == hint.alias && state.topic != hint.topic;
        if let Some(alias) = hint.alias.clone().filter(|_| states.iter().any(is_twin)) {
            hint.alias = Some(format!("{alias} set").into());
        }
    }
}

fn on_or_off(hint: &mut Hint, on: Box<str>, off: Box<str>) {
    hint.kind = Some(Kind::Bool);
    hint.words = Some((on, off));
}

fn one_of(hint: &mut Hint, values: Vec<Box<str>>) {
    hint.kind = Some(Kind::String);
    hint.values = values;
}

fn number(entity: &Entity<'_>, hint: &mut Hint, members: [&str; 3], defaults: [f64; 3]) {
    hint.kind = Some(Kind::Float);
    hint.unit = entity.unit("unit_of_measurement");
    let [min, max, step] = [0, 1, 2].map(|at| entity.number(members[at]).unwrap_or(defaults[at]));
    if min <= max {
        (hint.min, hint.max) = (Some(min), Some(max));
    }
    hint.step = Some(step).filter(|step| *step > 0.0);
}

fn level(hint: &mut Hint, max: f64) {
    hint.kind = Some(Kind::Int);
    (hint.min, hint.max) = (Some(0.0), Some(max));
}

fn sensor(entity: &Entity<'_>, out: &mut Vec<Hint>) {
    entity.tell(out, STATE, |hint| {
        let options = choices(entity.get("options"));
        hint.unit = entity.unit("unit_of_measurement");
        if !options.is_empty() {
            one_of(hint, options);
        } else if hint.unit.is_some() || entity.text("state_class").is_some() {
            hint.kind = Some(Kind::Float);
        }
    });
}

fn switch(entity: &Entity<'_>, state: Slot, out: &mut Vec<Hint>) {
    let [on, off] =
        [("payload_on", "ON"), ("payload_off", "OFF")].map(|(name, word)| entity.word_or(name, word));
    entity.tell(out, state, |hint| {
        on_or_off(hint, entity.word_or("state_on", &on), entity.word_or("state_off", &off));
    });
    entity.tell(out, COMMAND, |hint| on_or_off(hint, on.clone(), off.clone()));
}

fn light(entity: &Entity<'_>, out: &mut Vec<Hint>) {
    switch(entity, get("state_topic", "state_value_template"), out);
    let full = entity.number("brightness_scale").unwrap_or(255.0);
    for slot in [get("brightness_state_topic", "brightness_value_template"), set("brightness_command_topic")]
    {
        entity.tell_of(out, slot, "brightness", |hint| level(hint, full));
    }
    for slot in [get("rgb_state_topic", "rgb_value_template"), set("rgb_command_topic")] {
        entity.tell_of(out, slot, "colour", |hint| {
            hint.kind = Some(Kind::Vec3);
            (hint.min, hint.max) = (Some(0.0), Some(255.0));
        });
    }
    for slot in [get("color_temp_state_topic", "color_temp_value_template"), set("color_temp_command_topic")]
    {
        entity.tell_of(out, slot, "colour temperature", |hint| {
            hint.kind = Some(Kind::Int);
            (hint.min, hint.max) = (entity.number("min_mireds"), entity.number("max_mireds"));
        });
    }
    for slot in [get("effect_state_topic", "effect_value_template"), set("effect_command_topic")] {
        entity.tell_of(out, slot, "effect", |hint| one_of(hint, choices(entity.get("effect_list"))));
    }
}

/// A light that tells and is told all in one JSON object.
fn json_light(entity: &Entity<'_>, out: &mut Vec<Hint>) {
    let full = entity.number("brightness_scale").unwrap_or(255.0);
    let has_brightness = entity.is_true("brightness") || entity.get("supported_color_modes").is_some();
    for slot in [STATE, COMMAND] {
        let slot = Slot { template: "", ..slot };
        entity.tell(out, slot, |hint| hint.kind = Some(Kind::Map));
        entity.tell(out, slot, |hint| {
            hint.path = super::members(["state"]);
            if slot.access == Access::Get {
                hint.kind = Some(Kind::Bool);
            } else {
                one_of(hint, vec!["OFF".into(), "ON".into()]);
            }
        });
        if has_brightness {
            entity.tell_of(out, slot, "brightness", |hint| {
                hint.path = super::members(["brightness"]);
                level(hint, full);
            });
        }
    }
}

fn cover(entity: &Entity<'_>, out: &mut Vec<Hint>) {
    let words = |pairs: &[(&str, &str)]| -> Vec<Box<str>> {
        pairs.iter().map(|(member, default)| entity.word_or(member, default)).collect()
    };
    entity.tell(out, STATE, |hint| {
        let states = [
            ("state_closed", "closed"),
            ("state_closing", "closing"),
            ("state_open", "open"),
            ("state_opening", "opening"),
            ("state_stopped", "stopped"),
        ];
        one_of(hint, words(&states));
    });
    entity.tell(out, COMMAND, |hint| {
        one_of(
            hint,
            words(&[("payload_close", "CLOSE"), ("payload_open", "OPEN"), ("payload_stop", "STOP")]),
        );
    });
    for slot in [get("position_topic", "position_template"), set("set_position_topic")] {
        entity.tell_of(out, slot, "position", |hint| {
            hint.kind = Some(Kind::Int);
            let ends = [("position_closed", 0.0), ("position_open", 100.0)]
                .map(|(member, default)| entity.number(member).unwrap_or(default));
            (hint.min, hint.max) = (Some(ends[0].min(ends[1])), Some(ends[0].max(ends[1])));
        });
    }
}

fn climate(entity: &Entity<'_>, out: &mut Vec<Hint>) {
    let unit = entity.unit("temperature_unit").map(|unit| match unit.as_str() {
        "C" => Unit::new("°C"),
        "F" => Unit::new("°F"),
        _ => unit,
    });
    let target = |hint: &mut Hint| {
        hint.kind = Some(Kind::Float);
        hint.unit.clone_from(&unit);
        (hint.min, hint.max, hint.step) =
            (entity.number("min_temp"), entity.number("max_temp"), entity.number("temp_step"));
    };
    for slot in
        [get("temperature_state_topic", "temperature_state_template"), set("temperature_command_topic")]
    {
        entity.tell_of(out, slot, "target", target);
    }
    entity.tell_of(
        out,
        get("current_temperature_topic", "current_temperature_template"),
        "temperature",
        |hint| {
            hint.kind = Some(Kind::Float);
            hint.unit.clone_from(&unit);
        },
    );
    entity.tell_of(out, get("current_humidity_topic", "current_humidity_template"), "humidity", |hint| {
        hint.kind = Some(Kind::Float);
        hint.unit = Some(Unit::new("%"));
    });
    for (name, slots, modes) in [
        ("mode", [get("mode_state_topic", "mode_state_template"), set("mode_command_topic")], "modes"),
        (
            "fan",
            [get("fan_mode_state_topic", "fan_mode_state_template"), set("fan_mode_command_topic")],
            "fan_modes",
        ),
        (
            "swing",
            [get("swing_mode_state_topic", "swing_mode_state_template"), set("swing_mode_command_topic")],
            "swing_modes",
        ),
    ] {
        for slot in slots {
            entity.tell_of(out, slot, name, |hint| one_of(hint, choices(entity.get(modes))));
        }
    }
    entity.tell_of(out, get("action_topic", "action_template"), "action", |hint| {
        hint.kind = Some(Kind::String);
    });
}
