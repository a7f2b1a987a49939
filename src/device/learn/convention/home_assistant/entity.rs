//! One entity's configuration: abbreviated members, `~`, names, simple value templates. Owns their reading.
use super::super::{Hint, Ignored, Json, number, text, word};
use super::NAME;
use crate::device::codec::PathStep;
use crate::device::learn::hint::tidy;
use crate::device::{Access, JsonPath, Unit};
use crate::mqtt::topic;
use serde_json::Map;

/// Longest template that is read; a simple one has thirty characters.
const MAX_TEMPLATE_BYTES: usize = 256;

/// Steps a template may go into a document.
const MAX_TEMPLATE_STEPS: usize = 8;

/// Longest unit.
const MAX_UNIT_BYTES: usize = 24;

/// Members and how they are abbreviated, for those that are read.
const ABBREVIATIONS: [(&str, &str); 71] = [
    ("action_template", "act_tpl"),
    ("action_topic", "act_t"),
    ("availability_template", "avty_tpl"),
    ("availability_topic", "avty_t"),
    ("brightness_command_topic", "bri_cmd_t"),
    ("brightness_scale", "bri_scl"),
    ("brightness_state_topic", "bri_stat_t"),
    ("brightness_value_template", "bri_val_tpl"),
    ("color_temp_command_topic", "clr_temp_cmd_t"),
    ("color_temp_state_topic", "clr_temp_stat_t"),
    ("color_temp_value_template", "clr_temp_val_tpl"),
    ("command_topic", "cmd_t"),
    ("components", "cmps"),
    ("current_humidity_template", "curr_hum_tpl"),
    ("current_humidity_topic", "curr_hum_t"),
    ("current_temperature_template", "curr_temp_tpl"),
    ("current_temperature_topic", "curr_temp_t"),
    ("device", "dev"),
    ("device_class", "dev_cla"),
    ("effect_command_topic", "fx_cmd_t"),
    ("effect_list", "fx_list"),
    ("effect_state_topic", "fx_stat_t"),
    ("effect_value_template", "fx_val_tpl"),
    ("fan_mode_command_topic", "fan_mode_cmd_t"),
    ("fan_mode_state_template", "fan_mode_stat_tpl"),
    ("fan_mode_state_topic", "fan_mode_stat_t"),
    ("max_mireds", "max_mirs"),
    ("min_mireds", "min_mirs"),
    ("mode_command_topic", "mode_cmd_t"),
    ("mode_state_template", "mode_stat_tpl"),
    ("mode_state_topic", "mode_stat_t"),
    ("options", "ops"),
    ("payload_available", "pl_avail"),
    ("payload_close", "pl_cls"),
    ("payload_not_available", "pl_not_avail"),
    ("payload_off", "pl_off"),
    ("payload_on", "pl_on"),
    ("payload_open", "pl_open"),
    ("payload_press", "pl_prs"),
    ("payload_stop", "pl_stop"),
    ("platform", "p"),
    ("position_closed", "pos_clsd"),
    ("position_open", "pos_open"),
    ("position_template", "pos_tpl"),
    ("position_topic", "pos_t"),
    ("retain", "ret"),
    ("rgb_command_topic", "rgb_cmd_t"),
    ("rgb_state_topic", "rgb_stat_t"),
    ("rgb_value_template", "rgb_val_tpl"),
    ("set_position_topic", "set_pos_t"),
    ("state_class", "stat_cla"),
    ("state_closed", "stat_clsd"),
    ("state_closing", "stat_closing"),
    ("state_off", "stat_off"),
    ("state_on", "stat_on"),
    ("state_open", "stat_open"),
    ("state_opening", "stat_opening"),
    ("state_stopped", "stat_stopped"),
    ("state_topic", "stat_t"),
    ("state_value_template", "stat_val_tpl"),
    ("supported_color_modes", "sup_clrm"),
    ("swing_mode_command_topic", "swing_mode_cmd_t"),
    ("swing_mode_state_template", "swing_mode_stat_tpl"),
    ("swing_mode_state_topic", "swing_mode_stat_t"),
    ("temperature_command_topic", "temp_cmd_t"),
    ("temperature_state_template", "temp_stat_tpl"),
    ("temperature_state_topic", "temp_stat_t"),
    ("temperature_unit", "temp_unit"),
    ("unique_id", "uniq_id"),
    ("unit_of_measurement", "unit_of_meas"),
    ("value_template", "val_tpl"),
];

/// A topic of an entity.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    /// The member that names the topic.
    pub topic: &'static str,
    /// The member that says where in its JSON the value is; empty: there is none.
    pub template: &'static str,
    /// Whether the entity tells or is told there.
    pub access: Access,
}

/// An entity's configuration, and what it takes over from its device.
pub(super) struct Entity<'a> {
    config: &'a Map<String, Json>,
    device: Option<&'a Self>,
    base: Option<&'a str>,
}

impl<'a> Entity<'a> {
    /// Reads the base topic; one that names itself is refused.
    pub fn new(config: &'a Map<String, Json>, device: Option<&'a Self>) -> Result<Self, Ignored> {
        let base = match config.get("~") {
            Some(Json::String(base)) if base.contains('~') => return Err(Ignored::NotUnderstood),
            Some(Json::String(base)) => Some(base.as_str()),
            Some(_) => return Err(Ignored::NotUnderstood),
            None => device.and_then(|device| device.base),
        };
        Ok(Self { config, device, base })
    }

    fn own(&self, name: &str) -> Option<&'a Json> {
        let short = ABBREVIATIONS.iter().find(|(long, _)| *long == name).map(|(_, short)| *short);
        self.config.get(name).or_else(|| self.config.get(short?))
    }

    /// A member by its long name, the device's where the entity has none.
    pub fn get(&self, name: &str) -> Option<&'a Json> {
        let shared = || {
            self.device.filter(|_| {
                matches!(
                    name,
                    "state_topic" | "command_topic" | "qos" | "device" | "availability_topic" | "encoding"
                )
            })
        };
        self.own(name).or_else(|| shared()?.own(name))
    }

    /// A text.
    pub fn text(&self, name: &str) -> Option<&'a str> {
        self.get(name)?.as_str()
    }

    /// A number.
    pub fn number(&self, name: &str) -> Option<f64> {
        number(self.get(name)?)
    }

    /// Whether a member says yes.
    pub fn is_true(&self, name: &str) -> bool {
        self.get(name).and_then(Json::as_bool).unwrap_or_default()
    }

    /// A payload, or what it is where nothing is said.
    pub fn word_or(&self, name: &str, default: &str) -> Box<str> {
        self.get(name).and_then(word).unwrap_or_else(|| default.into())
    }

    /// A unit.
    pub fn unit(&self, name: &str) -> Option<Unit> {
        let unit = self.text(name)?.trim();
        let is_unit = !unit.is_empty() && unit.len() <= MAX_UNIT_BYTES && !unit.contains(char::is_control);
        is_unit.then(|| Unit::normal(unit))
    }

    /// The device's name and the entity's, one where the other holds it.
    fn alias(&self) -> Option<Box<str>> {
        let name = self.own("name").and_then(Json::as_str);
        let device = self.get("device").and_then(Json::as_object).and_then(|device| text(device, "name"));
        match (device, name) {
            (Some(device), Some(name)) if !name.starts_with(device) => tidy(&format!("{device} {name}")),
            (_, Some(name)) => tidy(name),
            (device, None) => tidy(device?),
        }
    }

    /// The topic a member names, with `~` at its start or end replaced.
    fn topic(&self, name: &str) -> Option<String> {
        let text = self.text(name)?;
        let whole = match self.base {
            Some(base) => match (text.strip_prefix('~'), text.strip_suffix('~')) {
                (Some(rest), _) => format!("{base}{rest}"),
                (None, Some(rest)) => format!("{rest}{base}"),
                (None, None) => text.to_owned(),
            },
            None => text.to_owned(),
        };
        topic::check(&whole).is_ok().then_some(whole)
    }

    /// Adds what is said of a topic, where the entity has it.
    pub fn tell(&self, out: &mut Vec<Hint>, slot: Slot, say: impl FnOnce(&mut Hint)) {
        let Some(topic) = self.topic(slot.topic) else { return };
        let mut hint = Hint::on(&topic, NAME);
        hint.alias = self.alias();
        hint.description = self.text("device_class").and_then(|class| tidy(&class.replace('_', " ")));
        hint.access = Some(slot.access);
        hint.qos = self
            .get("qos")
            .and_then(Json::as_u64)
            .and_then(|qos| u8::try_from(qos).ok())
            .filter(|qos| *qos <= 2);
        hint.retain = (slot.access == Access::Set && self.is_true("retain")).then_some(true);
        say(&mut hint);
        if let Some(template) = self.text(slot.template).filter(|template| !template.trim().is_empty()) {
            // What a template computes we cannot tell; the topic and its name are still true.
            match path(template) {
                Some(path) => hint.path = Some(path).filter(|path| !path.steps().is_empty()),
                None => hint = Hint { alias: hint.alias, access: hint.access, ..Hint::on(&topic, NAME) },
            }
        }
        out.push(hint);
    }

    /// The same of one among several values of the entity, which is named.
    pub fn tell_of(&self, out: &mut Vec<Hint>, slot: Slot, part: &str, say: impl FnOnce(&mut Hint)) {
        self.tell(out, slot, |hint| {
            hint.alias = hint.alias.as_ref().and_then(|alias| tidy(&format!("{alias} {part}")));
            say(hint);
        });
    }
}

/// Where a simple template takes its value from: `{{ value_json.a['b'].c | float }}`. No steps: the whole payload.
/// `None`: it computes, which is not for us.
fn path(template: &str) -> Option<JsonPath> {
    let inside = template
        .trim()
        .strip_prefix("{{")?
        .strip_suffix("}}")
        .filter(|_| template.len() <= MAX_TEMPLATE_BYTES)?;
    let inside = inside.trim_start_matches('-').trim_end_matches('-');
    let mut pieces = inside.split('|').map(str::trim);
    let source = pieces.next()?;
    let keeps_place = |filter: &str| {
        let name = filter.split('(').next().unwrap_or_default().trim();
        matches!(name, "float" | "int" | "string" | "round" | "default" | "is_defined")
    };
    if !pieces.all(keeps_place) {
        return None;
    }
    if source == "value" {
        return JsonPath::of([]);
    }
    let mut rest = source.strip_prefix("value_json")?;
    let mut steps = Vec::new();
    while !rest.is_empty() {
        if steps.len() == MAX_TEMPLATE_STEPS {
            return None;
        }
        if let Some(member) = rest.strip_prefix('.') {
            let end = member.find(['.', '[']).unwrap_or(member.len());
            let (name, behind) = member.split_at_checked(end)?;
            let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
            steps.push(PathStep::Member(Some(name).filter(|_| is_name)?.into()));
            rest = behind;
        } else {
            let (index, behind) = rest.strip_prefix('[')?.split_once(']')?;
            let index = index.trim();
            let quoted = ['\'', '"'].into_iter().find_map(|q| index.strip_prefix(q)?.strip_suffix(q));
            steps.push(match quoted {
                Some(name) if !name.contains(['\'', '"', '\\']) => PathStep::Member(name.into()),
                Some(_) => return None,
                None => PathStep::Index(index.parse().ok()?),
            });
            rest = behind;
        }
    }
    JsonPath::of(steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simple_templates_are_places_and_others_are_not_guessed() {
        for (template, expected) in [
            ("{{ value_json.temperature }}", Some("$.temperature")),
            ("{{value_json.a.b}}", Some("$.a.b")),
            ("{{ value_json['ENERGY'].Power }}", Some("$.ENERGY.Power")),
            ("{{ value_json[\"with space\"] | float | round(1) }}", Some("$['with space']")),
            ("{{ value_json.list[2] | int }}", Some("$.list[2]")),
            ("{{ value }}", Some("$")),
            ("{{ value_json }}", Some("$")),
            ("{{ value_json.a * 10 }}", None),
            ("{% if value_json.a %}1{% endif %}", None),
            ("{{ states('sensor.x') }}", None),
            ("{{ value_json.a | multiply(2) }}", None),
            ("{{ value_json. }}", None),
            ("{{ value_json[x] }}", None),
        ] {
            assert_eq!(path(template).map(|path| path.to_string()).as_deref(), expected, "{template}");
        }
        assert_eq!(path(&format!("{{{{ value_json{} }}}}", ".a".repeat(9))), None);
    }

    #[test]
    fn every_abbreviation_is_one() {
        for (long, short) in ABBREVIATIONS {
            assert!(short.len() <= long.len(), "{long} {short}");
            assert_eq!(ABBREVIATIONS.iter().filter(|(_, other)| *other == short).count(), 1, "{short}");
        }
    }
}
