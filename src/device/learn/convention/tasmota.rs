//! Tasmota: `cmnd/…`, `stat/…`, `tele/…`, and the units of its telemetry by the names of its members.
use super::{Convention, Hint, Ignored, Json, text};
use crate::device::codec::PathStep;
use crate::device::{Access, JsonPath, Kind, Unit};

/// Tasmota's default topics and telemetry.
pub(super) struct Tasmota;

const NAME: &str = "tasmota";

/// Members of telemetry and what their numbers count (`SENSOR`, `STATE`, `STATUS8`, `STATUS10`).
const UNITS: [(&str, &str); 30] = [
    ("Humidity", "%"),
    ("Voltage", "V"),
    ("Current", "A"),
    ("Power", "W"),
    ("ApparentPower", "VA"),
    ("ReactivePower", "var"),
    ("Total", "kWh"),
    ("Today", "kWh"),
    ("Yesterday", "kWh"),
    ("ExportActive", "kWh"),
    ("Frequency", "Hz"),
    ("Illuminance", "lx"),
    ("Distance", "cm"),
    ("CarbonDioxide", "ppm"),
    ("TVOC", "ppb"),
    ("PM1", "µg/m³"),
    ("PM2.5", "µg/m³"),
    ("PM10", "µg/m³"),
    ("Noise", "dB"),
    ("Weight", "kg"),
    ("Flow", "L/min"),
    ("UptimeSec", "s"),
    ("Heap", "kB"),
    ("Dimmer", "%"),
    ("White", "%"),
    ("RSSI", "%"),
    ("Signal", "dBm"),
    ("Speed", "m/s"),
    ("Battery", "%"),
    ("Moisture", "%"),
];

/// Members whose unit a sibling at the top tells, and that sibling.
const TOLD_UNITS: [(&str, &str, &str); 4] = [
    ("Temperature", "TempUnit", "°"),
    ("DewPoint", "TempUnit", "°"),
    ("Pressure", "PressureUnit", ""),
    ("SeaPressure", "PressureUnit", ""),
];

/// Settings in per cent.
const PERCENT: [&str; 4] = ["Dimmer", "White", "Humidity", "Battery"];

/// Endings of `tele/DEVICE/…` and `stat/DEVICE/…` that hold a document.
const DOCUMENTS: [&str; 9] =
    ["SENSOR", "STATE", "INFO1", "INFO2", "INFO3", "RESULT", "STATUS8", "STATUS10", "STATUS11"];

/// Prefix, device and what is behind it, by the default full topic `%prefix%/%topic%/`.
fn split(topic: &str) -> Option<(&str, &str)> {
    let (prefix, rest) = topic.split_once('/')?;
    let (_, ending) = rest.rsplit_once('/')?;
    let is_known = !ending.is_empty() && ending.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    (matches!(prefix, "tele" | "stat" | "cmnd") && is_known).then_some((prefix, ending))
}

/// `POWER`, `POWER1`: a relay.
fn is_power(ending: &str) -> bool {
    ending.strip_prefix("POWER").is_some_and(|n| n.bytes().all(|byte| byte.is_ascii_digit()))
}

impl Convention for Tasmota {
    fn name(&self) -> &'static str {
        NAME
    }

    fn filters(&self) -> &'static [&'static str] {
        &[]
    }

    fn reads(&self, _: &str) -> bool {
        false
    }

    fn read(&self, _: &str, _: &[u8]) -> Result<Vec<Hint>, Ignored> {
        Err(Ignored::NotUnderstood)
    }

    fn hint_for_topic(&self, topic: &str) -> Option<Hint> {
        let (prefix, ending) = split(topic)?;
        let mut hint = Hint::on(topic, NAME);
        hint.access = Some(if prefix == "cmnd" { Access::Set } else { Access::Get });
        if is_power(ending) {
            hint.kind = Some(Kind::Bool);
            hint.words = Some(("ON".into(), "OFF".into()));
        } else if ending == "LWT" {
            hint.values = vec!["Offline".into(), "Online".into()];
        } else if prefix != "cmnd" && DOCUMENTS.contains(&ending) {
            hint.kind = Some(Kind::Map);
        } else if prefix == "cmnd" && ending == "DIMMER" {
            hint.kind = Some(Kind::Int);
            hint.unit = Some(Unit::new("%"));
            (hint.min, hint.max) = (Some(0.0), Some(100.0));
        }
        Some(hint)
    }

    fn hint_for_part(&self, topic: &str, path: &JsonPath, root: &Json) -> Option<Hint> {
        let (prefix, ending) = split(topic)?;
        if prefix == "cmnd" || !DOCUMENTS.contains(&ending) {
            return None;
        }
        let PathStep::Member(name) = path.steps().last()? else { return None };
        let told =
            TOLD_UNITS.iter().find(|(member, ..)| **member == **name).and_then(|(_, sibling, sign)| {
                let unit = text(root.as_object()?, sibling)?;
                (unit.len() <= 8).then(|| Unit::new(format!("{sign}{unit}")))
            });
        let named = UNITS.iter().find(|(member, _)| **member == **name).map(|(_, unit)| Unit::new(*unit));
        let mut hint = Hint::on(topic, NAME);
        hint.access = Some(Access::Get);
        hint.path = Some(path.clone());
        hint.unit = told.or(named);
        if is_power(name) {
            hint.kind = Some(Kind::Bool);
            hint.words = Some(("ON".into(), "OFF".into()));
        } else if PERCENT.contains(&&**name) {
            (hint.min, hint.max) = (Some(0.0), Some(100.0));
        }
        (hint.unit.is_some() || hint.words.is_some()).then_some(hint)
    }
}
