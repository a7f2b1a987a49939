//! The many: machine topics by the hundred thousand. Owns their names and numbers, four bytes each.
use super::whole;
use crate::mqtt::{Payload, Publication, PublishProperties, Qos, Topic};
use crate::random::Random;
use crate::time::Timestamp;
use std::time::Duration;

/// How often a batch of changes goes out: short against a frame, long against waking up.
const BATCH_EVERY: Duration = Duration::from_millis(5);
/// The most that is made up for after a pause, in seconds' worth of messages.
const CATCH_UP_S: f64 = 1.0;

/// What a machine tells: name, unit, middle, reach.
const QUANTITIES: [(&str, &str, f32, f32); 10] = [
    ("temperature", " °C", 62.0, 25.0),
    ("vibration", " mm/s", 2.4, 2.0),
    ("speed", " rpm", 1_450.0, 120.0),
    ("torque", " Nm", 38.0, 15.0),
    ("power", " kW", 5.5, 4.0),
    ("current", " A", 11.0, 6.0),
    ("pressure", " bar", 6.2, 1.5),
    ("flow", " l/min", 24.0, 9.0),
    ("load", " %", 55.0, 40.0),
    ("wear", "", 0.35, 0.3),
];
const MACHINES_PER_LINE: usize = 20;
const LINES_PER_HALL: usize = 10;

/// Topics `plant/hallN/lineN/machN/quantity`, all retained, changing at random at a given rate.
#[derive(Debug)]
pub(super) struct Bulk {
    /// How far each topic's value is from its middle, in reaches.
    offsets: Vec<f32>,
    rate_per_s: f64,
    since: Timestamp,
    n_told: f64,
    due: Option<Timestamp>,
}

impl Bulk {
    pub fn new(n_topics: usize, rate_per_s: f64, now: Timestamp, random: &mut Random) -> Self {
        let offsets = (0..n_topics).map(|_| offset(random)).collect();
        let due = (rate_per_s > 0.0 && n_topics > 0).then_some(now + BATCH_EVERY);
        Self { offsets, rate_per_s, since: now, n_told: 0.0, due }
    }

    pub fn n_topics(&self) -> usize {
        self.offsets.len()
    }

    pub fn due(&self) -> Option<Timestamp> {
        self.due
    }

    /// The first values from topic `from` on, at most `n_most`; tells how many topics are left after them.
    pub fn furnish(&self, from: usize, n_most: usize, out: &mut Vec<Publication>) -> usize {
        let end = from.saturating_add(n_most).min(self.offsets.len());
        out.extend((from..end).map(|number| self.publication(number)));
        self.offsets.len() - end
    }

    /// Appends as many changes as the rate owes by now.
    pub fn step(&mut self, now: Timestamp, random: &mut Random, out: &mut Vec<Publication>) {
        if self.due.is_none_or(|due| due > now) {
            return;
        }
        let owed = now.since(self.since).as_secs_f64() * self.rate_per_s;
        self.n_told = self.n_told.max(owed - CATCH_UP_S * self.rate_per_s);
        let n_changes = whole(owed - self.n_told);
        for _ in 0..n_changes {
            let number = usize::try_from(random.below(self.offsets.len() as u64)).unwrap_or_default();
            if let Some(value) = self.offsets.get_mut(number) {
                *value = (*value * 0.98 + offset(random) * 0.1).clamp(-1.0, 1.0);
            }
            out.push(self.publication(number));
            self.n_told += 1.0;
        }
        self.due = Some(now + BATCH_EVERY);
    }

    fn publication(&self, number: usize) -> Publication {
        let (topic, payload) = self.words(number);
        Publication {
            topic: Topic::parse(&topic).expect("the plant's topics are topics"),
            payload: Payload::from(payload.into_bytes()),
            qos: Qos::AtMostOnce,
            retain: true,
            properties: PublishProperties::default(),
        }
    }

    fn words(&self, number: usize) -> (String, String) {
        let quantity = number % QUANTITIES.len();
        let machine = number / QUANTITIES.len();
        let line = machine / MACHINES_PER_LINE;
        let (name, unit, middle, reach) = QUANTITIES.get(quantity).copied().unwrap_or_default();
        let topic = format!(
            "plant/hall{}/line{}/mach{}/{name}",
            line / LINES_PER_HALL + 1,
            line % LINES_PER_HALL + 1,
            machine % MACHINES_PER_LINE + 1,
        );
        let value = middle + reach * self.offsets.get(number).copied().unwrap_or_default();
        (topic, format!("{value:.1}{unit}"))
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a value shown with one decimal needs no more")]
fn offset(random: &mut Random) -> f32 {
    random.between(-1.0, 1.0) as f32
}
