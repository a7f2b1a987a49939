//! What every device of the plant can do, and how it speaks. Owns the shape; each device is elsewhere.
use super::wander::Wander;
use crate::mqtt::{Payload, Publication, PublishProperties, Qos, Topic};
use crate::random::Random;
use std::fmt::Debug;
use std::time::Duration;

/// Something in the plant that publishes on topics of its own.
pub(super) trait Device: Debug + Send {
    /// How many topics it keeps a retained state on.
    fn n_topics(&self) -> usize;
    /// How long it is from one step to the next, on average.
    fn interval(&self) -> Duration;
    /// How long it is to the first step: spread out, so that the plant does not breathe in one rhythm.
    fn first(&self, random: &mut Random) -> Duration {
        self.interval().mul_f64(random.unit())
    }
    /// How many publications a step has, on average.
    fn per_step(&self) -> f64;
    /// Its first state, all of it retained.
    fn furnish(&self, out: &mut Outbox);
    /// One step; tells after how long it wants the next.
    fn step(&mut self, random: &mut Random, out: &mut Outbox) -> Duration;
    /// Filters of what it reacts to.
    fn ears(&self) -> Vec<String> {
        Vec::new()
    }
    /// A client published something that may concern it.
    fn hear(&mut self, _topic: &str, _payload: &[u8], _out: &mut Outbox) {}
    /// Publications a second.
    fn rate_per_s(&self) -> f64 {
        let interval = self.interval().as_secs_f64();
        if interval > 0.0 { self.per_step() / interval } else { 0.0 }
    }
}

/// Gathers what devices say.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    pub publications: Vec<Publication>,
    /// Since the plant began.
    pub uptime: Duration,
    /// Milliseconds since 1970.
    pub unix_ms: u64,
}

impl Outbox {
    /// A retained state.
    pub fn keep(&mut self, topic: &str, qos: Qos, payload: impl Into<Vec<u8>>) {
        self.put(topic, qos, payload.into(), true);
    }

    /// A message that is not retained.
    pub fn tell(&mut self, topic: &str, qos: Qos, payload: impl Into<Vec<u8>>) {
        self.put(topic, qos, payload.into(), false);
    }

    /// A retained state in JSON, which MQTT 5 clients are told.
    pub fn keep_json(&mut self, topic: &str, qos: Qos, payload: impl Into<Vec<u8>>) {
        self.keep(topic, qos, payload);
        if let Some(publication) = self.publications.last_mut() {
            publication.properties.payload_is_utf8 = Some(true);
            publication.properties.content_type = Some("application/json".to_owned());
        }
    }

    fn put(&mut self, topic: &str, qos: Qos, payload: Vec<u8>, retain: bool) {
        self.publications.push(Publication {
            topic: Topic::parse(topic).expect("the plant's topics are topics"),
            payload: Payload::from(payload),
            qos,
            retain,
            properties: PublishProperties::default(),
        });
    }
}

/// A number as somebody may send it: `185`, `185.0`, `185.0 °C`.
pub(super) fn number(payload: &[u8]) -> Option<f64> {
    let text = std::str::from_utf8(payload).ok()?.trim();
    let digits = text.split_whitespace().next()?;
    digits.parse::<f64>().ok().filter(|number| number.is_finite())
}

/// How a gauge writes its number.
#[derive(Clone, Copy, Debug)]
pub(super) enum Wording {
    /// `21.4`
    Bare,
    /// `21.4 °C`
    Unit(&'static str),
    /// `{"value":21.4,"unit":"°C"}`
    Json(&'static str),
}

/// One topic with a number that wanders.
#[derive(Debug)]
pub(super) struct Gauge {
    pub topic: String,
    pub wander: Wander,
    pub n_decimals: usize,
    pub wording: Wording,
    pub qos: Qos,
    pub every_ms: u64,
}

impl Gauge {
    fn say(&self, out: &mut Outbox) {
        let (value, n_decimals) = (self.wander.value, self.n_decimals);
        match self.wording {
            Wording::Bare => out.keep(&self.topic, self.qos, format!("{value:.n_decimals$}")),
            Wording::Unit(unit) => out.keep(&self.topic, self.qos, format!("{value:.n_decimals$} {unit}")),
            Wording::Json(unit) => {
                let text = format!("{{\"value\":{value:.n_decimals$},\"unit\":\"{unit}\"}}");
                out.keep_json(&self.topic, self.qos, text);
            }
        }
    }
}

impl Device for Gauge {
    fn n_topics(&self) -> usize {
        1
    }

    fn interval(&self) -> Duration {
        Duration::from_millis(self.every_ms)
    }

    fn per_step(&self) -> f64 {
        1.0
    }

    fn furnish(&self, out: &mut Outbox) {
        self.say(out);
    }

    fn step(&mut self, random: &mut Random, out: &mut Outbox) -> Duration {
        self.wander.step(random);
        self.say(out);
        self.interval().mul_f64(random.between(0.9, 1.1))
    }
}

/// One topic with a number that only grows.
#[derive(Debug)]
pub(super) struct Counter {
    pub topic: String,
    pub count: u64,
    pub most_per_step: u64,
    pub unit: &'static str,
    pub qos: Qos,
    pub every_ms: u64,
}

impl Device for Counter {
    fn n_topics(&self) -> usize {
        1
    }

    fn interval(&self) -> Duration {
        Duration::from_millis(self.every_ms)
    }

    fn per_step(&self) -> f64 {
        1.0
    }

    fn furnish(&self, out: &mut Outbox) {
        out.keep(&self.topic, self.qos, format!("{}{}", self.count, self.unit));
    }

    fn step(&mut self, random: &mut Random, out: &mut Outbox) -> Duration {
        self.count += 1 + random.below(self.most_per_step);
        self.furnish(out);
        self.interval()
    }
}

/// One topic that goes through a list of words, staying longest with the first.
#[derive(Debug)]
pub(super) struct Sign {
    pub topic: String,
    pub words: &'static [&'static str],
    pub at: usize,
    pub qos: Qos,
    pub every_ms: u64,
}

impl Device for Sign {
    fn n_topics(&self) -> usize {
        1
    }

    fn interval(&self) -> Duration {
        Duration::from_millis(self.every_ms)
    }

    fn per_step(&self) -> f64 {
        1.0
    }

    fn furnish(&self, out: &mut Outbox) {
        let word = self.words.get(self.at).copied().unwrap_or_default();
        out.keep(&self.topic, self.qos, word);
    }

    fn step(&mut self, random: &mut Random, out: &mut Outbox) -> Duration {
        self.at = (self.at + 1) % self.words.len().max(1);
        self.furnish(out);
        let patience = if self.at == 0 { 1.6 } else { 0.4 };
        self.interval().mul_f64(patience * random.between(0.7, 1.3))
    }
}

/// Topics whose payloads never change: configuration, and what is awkward.
#[derive(Debug)]
pub(super) struct Fixed {
    pub publications: Vec<(&'static str, Qos, Vec<u8>)>,
}

impl Device for Fixed {
    fn n_topics(&self) -> usize {
        self.publications.len()
    }

    fn interval(&self) -> Duration {
        Duration::ZERO
    }

    fn per_step(&self) -> f64 {
        0.0
    }

    fn furnish(&self, out: &mut Outbox) {
        for (topic, qos, payload) in &self.publications {
            out.keep(topic, *qos, payload.clone());
        }
    }

    fn step(&mut self, _random: &mut Random, _out: &mut Outbox) -> Duration {
        Duration::ZERO
    }
}
