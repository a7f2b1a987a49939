//! The house: rooms, doors, lights, thermostat, and the show. Owns what answers a person who sets it.
use super::device::{Device, Gauge, Outbox, Sign, Wording, number};
use super::wander::Wander;
use crate::mqtt::Qos;
use crate::random::Random;
use std::time::Duration;

/// What the thermostat can be set to, in °C.
const TARGET_RANGE: std::ops::RangeInclusive<f64> = 5.0..=35.0;

pub(super) fn devices(random: &mut Random) -> Vec<Box<dyn Device>> {
    let mut devices: Vec<Box<dyn Device>> = Vec::new();
    for room in ["livingroom", "kitchen", "bedroom", "bath"] {
        for (quantity, unit, middle, reach, n_decimals) in
            [("temperature", "°C", 21.0, 2.0, 1), ("humidity", "%", 48.0, 12.0, 0)]
        {
            let wording = if quantity == "humidity" { Wording::Unit(unit) } else { Wording::Json(unit) };
            devices.push(Box::new(Gauge {
                topic: format!("home/{room}/{quantity}"),
                wander: Wander::new(middle, reach, random),
                n_decimals,
                wording,
                qos: Qos::AtMostOnce,
                every_ms: 5_000,
            }));
        }
    }
    for (name, is_on, brightness, mirror) in [
        ("living_room", true, 70, Some("home/livingroom/lights/brightness")),
        ("kitchen", false, 100, None),
        ("bedroom", false, 40, None),
        ("hall", true, 100, None),
    ] {
        devices.push(Box::new(Light { name, is_on, brightness, mirror }));
    }
    devices.push(Box::new(Thermostat { target: 21.0, temperature: 20.4, state: "idle" }));
    devices.push(Box::new(Lighting { level: 0.5 }));
    for (topic, words, qos, every_ms) in [
        ("home/door/front", ["closed", "open"].as_slice(), Qos::AtLeastOnce, 20_000),
        ("home/door/garage", ["closed", "open"].as_slice(), Qos::ExactlyOnce, 45_000),
        (
            "score/performance/cue_state",
            ["idle", "armed", "running", "release"].as_slice(),
            Qos::AtLeastOnce,
            8_000,
        ),
    ] {
        devices.push(Box::new(Sign { topic: topic.into(), words, at: 0, qos, every_ms }));
    }
    devices.push(Box::new(Gauge {
        topic: "score/performance/tempo".into(),
        wander: Wander::new(120.0, 4.0, random),
        n_decimals: 1,
        wording: Wording::Bare,
        qos: Qos::AtMostOnce,
        every_ms: 1_000,
    }));
    devices
}

/// A lamp that can be set on its state's topic or below it on `/set`; to the latter it answers with its
/// new state. It never answers on the topic it was set by, for that would make a loop.
#[derive(Debug)]
struct Light {
    name: &'static str,
    is_on: bool,
    /// In percent, when it is on.
    brightness: u8,
    /// Another topic of the same brightness.
    mirror: Option<&'static str>,
}

impl Light {
    fn topic(&self) -> String {
        format!("home/lights/{}", self.name)
    }

    fn level(&self) -> u8 {
        if self.is_on { self.brightness } else { 0 }
    }

    fn say_brightness(&self, out: &mut Outbox, but: &str) {
        let text = self.level().to_string();
        let own = format!("{}/brightness", self.topic());
        for topic in [Some(own.as_str()), self.mirror].into_iter().flatten().filter(|topic| *topic != but) {
            out.keep(topic, Qos::AtLeastOnce, text.as_str());
        }
    }

    fn say_state(&self, out: &mut Outbox) {
        out.keep(&self.topic(), Qos::AtLeastOnce, if self.is_on { "on" } else { "off" });
    }

    /// Follows a wish; `false` when it cannot be understood.
    fn obey(&mut self, payload: &[u8]) -> bool {
        let text = String::from_utf8_lossy(payload).trim().to_ascii_lowercase();
        let level = match text.as_str() {
            "on" | "true" | "1" => Some(f64::from(self.brightness.max(1))),
            "off" | "false" => Some(0.0),
            _number => number(payload).filter(|level| (0.0..=100.0).contains(level)),
        };
        // Below 1 it is a fraction, as show control sends it.
        let percent = match level {
            Some(level) if level > 0.0 && level < 1.0 => (level * 100.0).ceil(),
            Some(level) => level.round(),
            None => return false,
        };
        self.is_on = percent > 0.0;
        if self.is_on {
            self.brightness = u8::try_from(super::whole(percent)).unwrap_or(100);
        }
        true
    }
}

impl Device for Light {
    fn n_topics(&self) -> usize {
        2 + usize::from(self.mirror.is_some())
    }

    fn interval(&self) -> Duration {
        // Somebody walks through the hall; the other lights are left to whoever sets them.
        if self.name == "hall" { Duration::from_secs(30) } else { Duration::ZERO }
    }

    fn per_step(&self) -> f64 {
        2.0
    }

    fn furnish(&self, out: &mut Outbox) {
        self.say_state(out);
        self.say_brightness(out, "");
    }

    fn step(&mut self, random: &mut Random, out: &mut Outbox) -> Duration {
        self.is_on = !self.is_on;
        self.furnish(out);
        self.interval().mul_f64(random.between(0.5, 1.5))
    }

    fn ears(&self) -> Vec<String> {
        let own = self.topic();
        let mirror = self.mirror.map(str::to_owned);
        [format!("{own}/set"), format!("{own}/brightness"), own].into_iter().chain(mirror).collect()
    }

    fn hear(&mut self, topic: &str, payload: &[u8], out: &mut Outbox) {
        if !self.ears().iter().any(|own| own == topic) {
            return;
        }
        let own = self.topic();
        if !self.obey(payload) {
            let shown: String = String::from_utf8_lossy(payload).chars().take(40).collect();
            let words = format!("{shown:?} is no state of a light; send on, off, or 0 to 100");
            out.tell(&format!("{own}/error"), Qos::AtMostOnce, words);
            return;
        }
        if topic != own {
            self.say_state(out);
        }
        self.say_brightness(out, topic);
    }
}

/// A thermostat with the heating behind it.
#[derive(Debug)]
struct Thermostat {
    target: f64,
    temperature: f64,
    state: &'static str,
}

impl Thermostat {
    fn wanted_state(&self) -> &'static str {
        match self.target - self.temperature {
            missing if missing > 0.4 => "heating",
            missing if missing < -0.4 => "cooling",
            _ => "idle",
        }
    }

    fn say_state(&mut self, out: &mut Outbox) {
        let state = self.wanted_state();
        if state != self.state {
            self.state = state;
            out.keep("home/hvac/state", Qos::AtLeastOnce, state);
        }
    }

    fn say_temperature(&self, out: &mut Outbox) {
        out.keep("home/thermostat/temperature", Qos::AtMostOnce, format!("{:.1} °C", self.temperature));
    }
}

impl Device for Thermostat {
    fn n_topics(&self) -> usize {
        3
    }

    fn interval(&self) -> Duration {
        Duration::from_secs(2)
    }

    fn per_step(&self) -> f64 {
        1.0
    }

    fn furnish(&self, out: &mut Outbox) {
        out.keep("home/thermostat/target", Qos::AtLeastOnce, format!("{:.1}", self.target));
        out.keep("home/hvac/state", Qos::AtLeastOnce, self.state);
        self.say_temperature(out);
    }

    fn step(&mut self, random: &mut Random, out: &mut Outbox) -> Duration {
        let help = match self.state {
            "heating" => 0.12,
            "cooling" => -0.12,
            _idle => 0.0,
        };
        self.temperature += help + random.between(-0.05, 0.05);
        self.say_temperature(out);
        self.say_state(out);
        self.interval()
    }

    fn ears(&self) -> Vec<String> {
        vec!["home/thermostat/target".into()]
    }

    fn hear(&mut self, topic: &str, payload: &[u8], out: &mut Outbox) {
        if topic != "home/thermostat/target" {
            return;
        }
        if let Some(target) = number(payload).filter(|wanted| TARGET_RANGE.contains(wanted)) {
            self.target = target;
            self.say_state(out);
        }
    }
}

/// Stage lighting: `/controls/lighting` takes 0 to 1 and is answered on `/controls/lighting/state`.
#[derive(Debug)]
struct Lighting {
    level: f64,
}

impl Device for Lighting {
    fn n_topics(&self) -> usize {
        2
    }

    fn interval(&self) -> Duration {
        Duration::ZERO
    }

    fn per_step(&self) -> f64 {
        0.0
    }

    fn furnish(&self, out: &mut Outbox) {
        out.keep("/controls/lighting", Qos::AtMostOnce, format!("{}", self.level));
        out.keep("/controls/lighting/state", Qos::AtLeastOnce, format!("{:.0} %", self.level * 100.0));
    }

    fn step(&mut self, _random: &mut Random, _out: &mut Outbox) -> Duration {
        Duration::ZERO
    }

    fn ears(&self) -> Vec<String> {
        vec!["/controls/lighting".into()]
    }

    fn hear(&mut self, topic: &str, payload: &[u8], out: &mut Outbox) {
        if topic != "/controls/lighting" {
            return;
        }
        if let Some(level) = number(payload).filter(|wanted| (0.0..=1.0).contains(wanted)) {
            self.level = level;
            let text = format!("{:.0} %", level * 100.0);
            out.keep("/controls/lighting/state", Qos::AtLeastOnce, text);
        }
    }
}
