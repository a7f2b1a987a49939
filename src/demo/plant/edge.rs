//! An edge node of Sparkplug B with a press behind it: born when the plant begins to live, telling by aliases what
//! changes, obeying commands. Owns its metrics; how bytes are put down is `decode`'s.
use super::device::{Device, Outbox};
use super::wander::Wander;
use crate::decode::sparkplug::{Made, REBIRTH, Registry, made};
use crate::device::JsonPath;
use crate::device::codec::named_document;
use crate::mqtt::Qos;
use crate::random::Random;
use std::ops::RangeInclusive;
use std::time::Duration;

const NBIRTH: &str = "spBv1.0/plant/NBIRTH/line1";
const NDATA: &str = "spBv1.0/plant/NDATA/line1";
const NCMD: &str = "spBv1.0/plant/NCMD/line1";
const DBIRTH: &str = "spBv1.0/plant/DBIRTH/line1/press";
const DDATA: &str = "spBv1.0/plant/DDATA/line1/press";
const DCMD: &str = "spBv1.0/plant/DCMD/line1/press";

/// What the press can be set to, in °C.
const RANGE: RangeInclusive<f32> = 20.0..=230.0;

/// Data types by their numbers.
const INT64: u64 = 4;
const UINT64: u64 = 8;
const FLOAT: u64 = 9;
const DOUBLE: u64 = 10;
const BOOLEAN: u64 = 11;
const STRING: u64 = 12;
const DATE_TIME: u64 = 13;

/// Metrics that go by their aliases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Metric {
    Load = 1,
    Temperature = 10,
    Setpoint = 11,
    Running = 12,
    Parts = 13,
    Mode = 14,
    Started = 15,
}

/// Metrics of the press, in the order of its birth.
const OF_PRESS: [Metric; 6] =
    [Metric::Temperature, Metric::Setpoint, Metric::Running, Metric::Parts, Metric::Mode, Metric::Started];

/// The edge node and its press.
#[derive(Debug)]
pub(super) struct Edge {
    is_born: bool,
    seq: u8,
    load: Wander,
    temperature: f32,
    setpoint: f32,
    is_running: bool,
    n_parts: u64,
    started_ms: u64,
    n_steps: u64,
    /// Its own, so that what it does changes nobody else's chances.
    random: Random,
    /// Its births, by which commands name metrics.
    births: Registry,
}

impl Edge {
    pub fn new(seed: u64) -> Self {
        let mut random = Random::new(seed ^ 0x5b);
        Self {
            is_born: false,
            seq: 0,
            load: Wander::new(42.0, 20.0, &mut random),
            temperature: 168.5,
            setpoint: 180.0,
            is_running: true,
            n_parts: 1_204,
            started_ms: 0,
            n_steps: 0,
            random,
            births: Registry::default(),
        }
    }

    const fn mode(&self) -> &'static str {
        if !self.is_running {
            "stopped"
        } else if self.temperature + 2.0 < self.setpoint {
            "heating"
        } else {
            "pressing"
        }
    }

    fn value(&self, metric: Metric, made: Made) -> Made {
        match metric {
            Metric::Load => made.double(13, (self.load.value * 10.0).round() / 10.0),
            Metric::Temperature => made.single(12, (self.temperature * 10.0).round() / 10.0),
            Metric::Setpoint => made.single(12, self.setpoint),
            Metric::Running => made.n(14, self.is_running.into()),
            Metric::Parts => made.n(11, self.n_parts),
            Metric::Mode => made.bytes(15, self.mode()),
            Metric::Started => made.n(11, self.started_ms),
        }
    }

    /// A metric as a birth tells it.
    fn born(&self, metric: Metric, now_ms: u64) -> Made {
        let (name, kind) = match metric {
            Metric::Load => ("Load", DOUBLE),
            Metric::Temperature => ("Temperature", FLOAT),
            Metric::Setpoint => ("Setpoint", FLOAT),
            Metric::Running => ("Running", BOOLEAN),
            Metric::Parts => ("Parts/Good", INT64),
            Metric::Mode => ("Mode", STRING),
            Metric::Started => ("Started", DATE_TIME),
        };
        let made = made().bytes(1, name).n(2, metric as u64).n(3, now_ms).n(4, kind);
        let made = match metric {
            Metric::Load => made.inside(9, unit("%", 0.0, 100.0)),
            Metric::Temperature => made.inside(9, unit("°C", 0.0, 250.0)),
            Metric::Setpoint => made.inside(9, unit("°C", *RANGE.start(), *RANGE.end())),
            Metric::Running | Metric::Parts | Metric::Mode | Metric::Started => made,
        };
        self.value(metric, made)
    }

    /// A message with what it is about, at the moment of the outbox.
    fn tell(&mut self, topic: &str, metrics: &[Made], out: &mut Outbox) {
        let payload = metrics.iter().fold(made().n(1, out.unix_ms), |all, one| all.inside(2, one.clone()));
        let payload = payload.n(3, self.seq.into()).0;
        self.seq = self.seq.wrapping_add(1);
        self.births.observe(topic, &payload);
        out.tell(topic, Qos::AtMostOnce, payload);
    }

    /// Tells all its metrics, and those of the press.
    fn bear(&mut self, out: &mut Outbox) {
        let now_ms = out.unix_ms;
        if !self.is_born {
            self.started_ms = now_ms;
        }
        (self.is_born, self.seq) = (true, 0);
        let own = [
            made().bytes(1, "bdSeq").n(3, now_ms).n(4, UINT64).n(11, 0),
            made().bytes(1, REBIRTH).n(3, now_ms).n(4, BOOLEAN).n(14, 0),
            self.born(Metric::Load, now_ms),
        ];
        self.tell(NBIRTH, &own, out);
        let press = OF_PRESS.map(|metric| self.born(metric, now_ms));
        self.tell(DBIRTH, &press, out);
    }

    /// Tells some metrics by their aliases.
    fn data(&mut self, topic: &str, metrics: &[Metric], out: &mut Outbox) {
        let now_ms = out.unix_ms;
        let told = |metric: &Metric| self.value(*metric, made().n(2, *metric as u64).n(3, now_ms));
        let told: Vec<Made> = metrics.iter().map(told).collect();
        self.tell(topic, &told, out);
    }

    /// A metric's value in a command.
    fn wished<T>(&self, topic: &str, payload: &[u8], name: &str, read: fn(&[u8]) -> Option<T>) -> Option<T> {
        let document = named_document(topic, payload, self.births.births(topic));
        let path = JsonPath::parse(&format!("$.metrics['{name}'].value")).ok()?;
        read(&path.part(&document).ok()?)
    }
}

/// A range with its unit, as properties.
fn unit(unit: &str, low: f32, high: f32) -> Made {
    made()
        .bytes(1, "engUnit")
        .bytes(1, "engLow")
        .bytes(1, "engHigh")
        .inside(2, made().n(1, STRING).bytes(8, unit))
        .inside(2, made().n(1, FLOAT).single(5, low))
        .inside(2, made().n(1, FLOAT).single(5, high))
}

fn parsed<T: std::str::FromStr>(text: &[u8]) -> Option<T> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

impl Device for Edge {
    /// Nothing that edge nodes tell is retained (Sparkplug 3.0, 6.4.19 and on).
    fn n_topics(&self) -> usize {
        0
    }

    fn interval(&self) -> Duration {
        Duration::from_secs(1)
    }

    fn first(&self, _random: &mut Random) -> Duration {
        Duration::from_millis(700)
    }

    fn per_step(&self) -> f64 {
        1.2
    }

    fn furnish(&self, _out: &mut Outbox) {}

    fn step(&mut self, _random: &mut Random, out: &mut Outbox) -> Duration {
        if !self.is_born {
            self.bear(out);
            return self.interval();
        }
        self.n_steps += 1;
        let before = self.mode();
        let target = if self.is_running { self.setpoint } else { 20.0 };
        self.temperature += (target - self.temperature) * 0.08;
        let is_pressed = self.mode() == "pressing" && self.random.below(3) == 0;
        self.n_parts += u64::from(is_pressed);
        let mut changed = vec![Metric::Temperature];
        changed.extend(is_pressed.then_some(Metric::Parts));
        changed.extend((self.mode() != before).then_some(Metric::Mode));
        self.data(DDATA, &changed, out);
        if self.n_steps.is_multiple_of(5) {
            self.load.step(&mut self.random);
            self.data(NDATA, &[Metric::Load], out);
        }
        self.interval()
    }

    fn ears(&self) -> Vec<String> {
        vec![NCMD.to_owned(), DCMD.to_owned()]
    }

    fn hear(&mut self, topic: &str, payload: &[u8], out: &mut Outbox) {
        if topic == NCMD && self.wished(topic, payload, REBIRTH, parsed) == Some(true) {
            self.bear(out);
        }
        if topic != DCMD {
            return;
        }
        let mut changed = Vec::new();
        let setpoint: Option<f32> = self.wished(topic, payload, "Setpoint", parsed);
        if let Some(setpoint) = setpoint.filter(|setpoint| RANGE.contains(setpoint)) {
            self.setpoint = setpoint;
            changed.push(Metric::Setpoint);
        }
        if let Some(is_running) = self.wished(topic, payload, "Running", parsed) {
            self.is_running = is_running;
            changed.push(Metric::Running);
        }
        if !changed.is_empty() {
            changed.push(Metric::Mode);
            self.data(DDATA, &changed, out);
        }
    }
}
