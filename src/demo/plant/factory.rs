//! The works: ovens, machines, sensors, meters. Owns their behaviour; lights and rooms are the house's.
use super::device::{Counter, Device, Fixed, Gauge, Outbox, Sign, Wording, number};
use super::wander::Wander;
use crate::mqtt::Qos;
use crate::random::Random;
use std::time::Duration;

/// Room temperature, to which an oven cools.
const AMBIENT: f64 = 21.0;
/// What an oven can be set to, in °C.
const OVEN_RANGE: std::ops::RangeInclusive<f64> = 0.0..=400.0;

pub(super) fn devices(random: &mut Random) -> Vec<Box<dyn Device>> {
    let mut devices: Vec<Box<dyn Device>> = Vec::new();
    for hall in 1..=2_u8 {
        for oven in 1..=3_u8 {
            devices.push(Box::new(Oven::new(hall, oven, random)));
        }
    }
    // Topic, middle, reach, decimals, wording, QoS, interval.
    for (topic, middle, reach, n_decimals, wording, qos, every_ms) in [
        ("plant/hall1/temperature", 24.0, 3.0, 1, Wording::Json("°C"), 0, 3_000),
        ("plant/hall2/temperature", 22.0, 3.0, 1, Wording::Json("°C"), 0, 3_000),
        ("plant/hall1/noise", 71.0, 9.0, 0, Wording::Unit("dB"), 0, 1_000),
        ("plant/hall1/conveyor1/speed", 0.8, 0.2, 2, Wording::Unit("m/s"), 0, 500),
        ("plant/hall1/conveyor1/current", 4.1, 0.9, 1, Wording::Unit("A"), 0, 500),
        ("plant/hall2/compressor/pressure", 7.2, 0.6, 2, Wording::Unit("bar"), 1, 1_000),
        ("plant/hall2/compressor/oil_temperature", 68.0, 8.0, 1, Wording::Unit("°C"), 0, 2_000),
        ("plant/hall2/press1/force", 118.0, 30.0, 0, Wording::Unit("kN"), 0, 400),
        ("plant/energy/power", 84.0, 25.0, 1, Wording::Unit("kW"), 0, 1_000),
        ("plant/energy/voltage", 230.0, 4.0, 1, Wording::Unit("V"), 0, 1_000),
        ("plant/energy/current", 121.0, 30.0, 1, Wording::Unit("A"), 0, 1_000),
        ("industrial/sensor01/pressure/value", 6.2, 0.5, 3, Wording::Bare, 1, 1_000),
        ("industrial/sensor02/pressure/value", 3.4, 0.5, 3, Wording::Bare, 1, 1_000),
        ("/sensors/temperature", 23.5, 1.5, 1, Wording::Bare, 0, 2_000),
    ] {
        let wander = Wander::new(middle, reach, random);
        let qos = Qos::from_bits(qos).unwrap_or_default();
        devices.push(Box::new(Gauge { topic: topic.into(), wander, n_decimals, wording, qos, every_ms }));
    }
    for sensor in ["1", "2", "3", "basement", "roof", "yard"] {
        for (quantity, middle, reach) in [("temperature", 19.0, 6.0), ("humidity", 52.0, 14.0)] {
            devices.push(Box::new(Gauge {
                topic: format!("sensors/{sensor}/{quantity}"),
                wander: Wander::new(middle, reach, random),
                n_decimals: 1,
                wording: Wording::Bare,
                qos: Qos::AtMostOnce,
                every_ms: 4_000,
            }));
        }
    }
    for (topic, count, most_per_step, unit, qos, every_ms) in [
        ("plant/hall1/conveyor1/count", 48_210, 3, "", Qos::AtMostOnce, 1_000),
        ("plant/hall2/press1/strokes", 1_204_311, 4, "", Qos::ExactlyOnce, 2_000),
        ("plant/hall2/compressor/hours", 18_443, 1, " h", Qos::AtLeastOnce, 60_000),
        ("plant/energy/total", 903_112, 1, " kWh", Qos::ExactlyOnce, 10_000),
    ] {
        devices.push(Box::new(Counter { topic: topic.into(), count, most_per_step, unit, qos, every_ms }));
    }
    devices.push(Box::new(Sign {
        topic: "plant/hall1/conveyor1/state".into(),
        words: &["running", "stopping", "stopped", "starting"],
        at: 0,
        qos: Qos::AtLeastOnce,
        every_ms: 25_000,
    }));
    devices.push(Box::new(Beacon { n_beats: 0, mood: Mood::Beating }));
    devices.push(Box::new(Fixed {
        publications: vec![
            ("industrial/sensor01/pressure/unit", Qos::AtLeastOnce, b"bar".to_vec()),
            (
                "plant/config",
                Qos::AtLeastOnce,
                br#"{"site":"demo","halls":2,"shift":{"start":"06:00","end":"22:00"},"contact":null}"#
                    .to_vec(),
            ),
        ],
    }));
    devices
}

/// An oven that follows its setpoint slowly.
#[derive(Debug)]
struct Oven {
    base: String,
    temperature: f64,
    setpoint: f64,
    is_open: bool,
    n_openings: u64,
    n_cycles: u64,
    energy_kwh: f64,
    state: &'static str,
}

impl Oven {
    fn new(hall: u8, oven: u8, random: &mut Random) -> Self {
        let base = format!("plant/hall{hall}/oven{oven}");
        let setpoint =
            if (hall, oven) == (1, 3) { 185.0 } else { (random.between(12.0, 44.0)).round() * 5.0 };
        Self {
            base,
            temperature: setpoint - 1.6,
            setpoint,
            is_open: false,
            n_openings: random.below(900),
            n_cycles: random.below(9_000),
            energy_kwh: random.between(900.0, 9_000.0),
            state: "holding",
        }
    }

    fn topic(&self, name: &str) -> String {
        format!("{}/{name}", self.base)
    }

    fn state_now(&self) -> &'static str {
        match self.setpoint - self.temperature {
            missing if missing > 3.0 => "heating",
            missing if missing < -3.0 => "cooling",
            _ => "holding",
        }
    }

    fn say_temperature(&self, out: &mut Outbox) {
        let text = format!("{:.1} °C", self.temperature);
        out.keep(&self.topic("temperature"), Qos::AtLeastOnce, text);
    }

    fn say_telemetry(&self, out: &mut Outbox) {
        let duty = ((self.setpoint - self.temperature) / 40.0 + 0.4).clamp(0.0, 1.0);
        let text = format!(
            concat!(
                "{{\"uptime_s\":{},\"cycles\":{},\"energy_kwh\":{:.2},",
                "\"heater\":{{\"duty\":{:.2},\"current_a\":{:.1},\"zones\":[{:.1},{:.1},{:.1}]}},",
                "\"door\":{{\"open\":{},\"count\":{}}},\"firmware\":\"2.4.1\"}}"
            ),
            out.uptime.as_secs(),
            self.n_cycles,
            self.energy_kwh,
            duty,
            duty * 23.0,
            self.temperature - 1.9,
            self.temperature + 0.3,
            self.temperature + 0.8,
            self.is_open,
            self.n_openings,
        );
        out.keep_json(&self.topic("telemetry"), Qos::AtMostOnce, text);
    }

    fn say_door(&self, out: &mut Outbox) {
        let word = if self.is_open { "open" } else { "closed" };
        out.keep(&self.topic("door"), Qos::AtLeastOnce, word);
    }

    fn say_new_state(&mut self, out: &mut Outbox) {
        let state = self.state_now();
        if state != self.state {
            self.state = state;
            out.keep(&self.topic("state"), Qos::ExactlyOnce, state);
        }
    }
}

impl Device for Oven {
    fn n_topics(&self) -> usize {
        5
    }

    fn interval(&self) -> Duration {
        Duration::from_secs(1)
    }

    fn per_step(&self) -> f64 {
        // The door and the state change about once in half a minute.
        2.05
    }

    fn furnish(&self, out: &mut Outbox) {
        self.say_temperature(out);
        out.keep(&self.topic("setpoint"), Qos::AtLeastOnce, format!("{:.1}", self.setpoint));
        self.say_door(out);
        out.keep(&self.topic("state"), Qos::ExactlyOnce, self.state);
        self.say_telemetry(out);
    }

    fn step(&mut self, random: &mut Random, out: &mut Outbox) -> Duration {
        let goal = if self.is_open { AMBIENT } else { self.setpoint };
        self.temperature += (goal - self.temperature) * 0.03 + random.between(-0.3, 0.3);
        self.energy_kwh += random.between(0.0, 0.01);
        self.n_cycles += 1;
        // Closed for three quarters of a minute, open for some seconds.
        if random.below(if self.is_open { 4 } else { 45 }) == 0 {
            self.is_open = !self.is_open;
            self.n_openings += u64::from(self.is_open);
            self.say_door(out);
        }
        self.say_temperature(out);
        self.say_telemetry(out);
        self.say_new_state(out);
        self.interval().mul_f64(random.between(0.97, 1.03))
    }

    fn ears(&self) -> Vec<String> {
        vec![self.topic("setpoint")]
    }

    fn hear(&mut self, topic: &str, payload: &[u8], out: &mut Outbox) {
        if topic != self.topic("setpoint") {
            return;
        }
        if let Some(setpoint) = number(payload).filter(|wanted| OVEN_RANGE.contains(wanted)) {
            self.setpoint = setpoint;
            self.say_new_state(out);
        }
    }
}

/// A device that goes silent now and then.
#[derive(Debug)]
struct Beacon {
    n_beats: u64,
    mood: Mood,
}

#[derive(Clone, Copy, Debug)]
enum Mood {
    Beating,
    /// Silent, and nobody has said so yet: the last word comes late, as a will does.
    Fading,
    /// Silent, and known to be.
    Gone,
}

impl Device for Beacon {
    fn n_topics(&self) -> usize {
        2
    }

    fn interval(&self) -> Duration {
        Duration::from_secs(2)
    }

    fn per_step(&self) -> f64 {
        1.0
    }

    fn furnish(&self, out: &mut Outbox) {
        out.keep("plant/hall2/beacon/status", Qos::AtLeastOnce, "online");
        out.keep("plant/hall2/beacon/heartbeat", Qos::AtMostOnce, self.n_beats.to_string());
    }

    fn step(&mut self, random: &mut Random, out: &mut Outbox) -> Duration {
        match self.mood {
            Mood::Beating if random.below(20) == 0 => {
                self.mood = Mood::Fading;
                return Duration::from_secs(6);
            }
            Mood::Fading => {
                self.mood = Mood::Gone;
                out.keep("plant/hall2/beacon/status", Qos::AtLeastOnce, "offline");
                return Duration::from_secs(30 + random.below(30));
            }
            Mood::Gone => {
                self.mood = Mood::Beating;
                out.keep("plant/hall2/beacon/status", Qos::AtLeastOnce, "online");
            }
            Mood::Beating => {}
        }
        self.n_beats += 1;
        out.tell("plant/hall2/beacon/heartbeat", Qos::AtMostOnce, self.n_beats.to_string());
        self.interval()
    }
}
