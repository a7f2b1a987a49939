//! A simulated plant: what it says when, and how it answers. Owns no clock, no socket and no broker.
//!
//! Everything in it is a device with a next due time; whoever runs the plant calls [`Plant::step`] when
//! [`Plant::due`] has come, however late. The same seed and the same calls give the same publications.
mod bulk;
mod device;
mod edge;
mod factory;
mod house;
mod oddities;
#[cfg(test)]
mod tests;
mod wander;

use self::bulk::Bulk;
use self::device::{Device, Outbox};
use self::edge::Edge;
use crate::mqtt::{Filter, Publication};
use crate::random::Random;
use crate::time::{Timestamp, WallOrigin};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

/// The most topics a plant has.
pub const MAX_TOPICS: usize = 1_000_000;
/// The most messages a second it publishes.
pub const MAX_RATE_PER_S: f64 = 50_000.0;
/// Topics made for a rate that the standing devices alone could not carry: each then changes about
/// five times a second.
const BULK_TOPICS_PER_RATE: f64 = 0.2;
/// At most so many of them.
const MAX_BULK_FOR_RATE: f64 = 10_000.0;

/// What a plant that was not stepped for a while makes up for.
const CATCH_UP: Duration = Duration::from_secs(1);

/// How large a plant, and which.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlantOptions {
    /// How many topics with a retained state, up to [`MAX_TOPICS`]; `None`: about a hundred, and an edge node of
    /// Sparkplug, which keeps none.
    pub n_topics: Option<usize>,
    /// How many messages a second, up to [`MAX_RATE_PER_S`]; `None`: as the devices have it, about thirty.
    pub rate_per_s: Option<f64>,
    /// Another seed is another plant.
    pub seed: u64,
    /// What the clock on its wall shows.
    pub wall: WallOrigin,
}

/// A plant.
#[derive(Debug)]
pub struct Plant {
    devices: Vec<Box<dyn Device>>,
    /// When which device is due; ties in the order of devices.
    agenda: BinaryHeap<Reverse<(Timestamp, usize)>>,
    bulk: Bulk,
    random: Random,
    /// Intervals are this many times their natural length.
    pace: f64,
    outbox: Outbox,
    n_furnished: usize,
    started: Timestamp,
    wall: WallOrigin,
}

impl Plant {
    /// A plant that begins to live now. Nothing is published before [`Plant::furnish`] is called.
    pub fn new(options: &PlantOptions, now: Timestamp) -> Self {
        let mut random = Random::new(options.seed);
        let mut devices = factory::devices(&mut random);
        devices.append(&mut house::devices(&mut random));
        devices.append(&mut oddities::devices());
        if options.n_topics.is_none() {
            devices.push(Box::new(Edge::new(options.seed)));
        }
        let n_wanted = options.n_topics.map(|n_topics| n_topics.min(MAX_TOPICS));
        if let Some(n_wanted) = n_wanted {
            let mut room = n_wanted;
            devices.retain(|device| {
                let fits = device.n_topics() <= room;
                if fits {
                    room -= device.n_topics();
                }
                fits
            });
        }
        let natural_rate: f64 = devices.iter().map(|device| device.rate_per_s()).sum();
        let rate_per_s =
            options.rate_per_s.filter(|rate| rate.is_finite()).map(|rate| rate.clamp(0.0, MAX_RATE_PER_S));
        let extra_rate = rate_per_s.map_or(0.0, |rate| (rate - natural_rate).max(0.0));
        let n_standing: usize = devices.iter().map(|device| device.n_topics()).sum();
        let n_bulk = match n_wanted {
            Some(n_wanted) => n_wanted - n_standing,
            None => whole((extra_rate * BULK_TOPICS_PER_RATE).min(MAX_BULK_FOR_RATE)),
        };
        let pace = match rate_per_s {
            Some(rate) if n_bulk == 0 || rate < natural_rate => natural_rate / rate,
            Some(_) | None => 1.0,
        };
        let bulk = Bulk::new(n_bulk, if n_bulk == 0 { 0.0 } else { extra_rate }, now, &mut random);
        let mut plant = Self {
            devices,
            agenda: BinaryHeap::new(),
            bulk,
            random,
            pace,
            outbox: Outbox::default(),
            n_furnished: 0,
            started: now,
            wall: options.wall,
        };
        for at in 0..plant.devices.len() {
            let device = plant.devices.get(at);
            let first = device.map(|device| device.first(&mut plant.random)).unwrap_or_default();
            plant.plan(at, now, first);
        }
        plant
    }

    /// How many topics it keeps a retained state on.
    pub fn n_topics(&self) -> usize {
        self.devices.iter().map(|device| device.n_topics()).sum::<usize>() + self.bulk.n_topics()
    }

    /// The next part of its first state, at most about `n_most` publications, all retained; `false` when
    /// there is no more to come.
    pub fn furnish(&mut self, n_most: usize, out: &mut Vec<Publication>) -> bool {
        while let Some(device) = self.devices.get(self.n_furnished) {
            if out.len() >= n_most {
                return true;
            }
            device.furnish(&mut self.outbox);
            self.n_furnished += 1;
            out.append(&mut self.outbox.publications);
        }
        let from = self.n_furnished - self.devices.len();
        let n_left = self.bulk.furnish(from, n_most.saturating_sub(out.len()), out);
        self.n_furnished = self.devices.len() + self.bulk.n_topics() - n_left;
        n_left > 0
    }

    /// What it wants to hear from clients.
    pub fn ears(&self) -> Vec<Filter> {
        let texts = self.devices.iter().flat_map(|device| device.ears());
        texts.filter_map(|text| Filter::parse(&text).ok()).collect()
    }

    /// When [`Plant::step`] has something to say next; `None`: never.
    pub fn due(&self) -> Option<Timestamp> {
        let device = self.agenda.peek().map(|Reverse((due, _))| *due);
        device.into_iter().chain(self.bulk.due()).min()
    }

    /// Appends all that is due.
    pub fn step(&mut self, now: Timestamp, out: &mut Vec<Publication>) {
        while let Some(Reverse((due, at))) = self.agenda.peek().copied() {
            if due > now {
                break;
            }
            self.agenda.pop();
            self.look_at_the_clocks(now);
            let Some(device) = self.devices.get_mut(at) else { continue };
            let next = device.step(&mut self.random, &mut self.outbox);
            // From when it was due, so that being late costs no message; but a long sleep is not made up for.
            self.plan(at, due.max(now - CATCH_UP), next);
        }
        out.append(&mut self.outbox.publications);
        self.bulk.step(now, &mut self.random, out);
    }

    /// Hears what a client published, and appends the answer.
    pub fn hear(&mut self, now: Timestamp, heard: &Publication, out: &mut Vec<Publication>) {
        self.look_at_the_clocks(now);
        for device in &mut self.devices {
            device.hear(heard.topic.as_str(), &heard.payload.0, &mut self.outbox);
        }
        out.append(&mut self.outbox.publications);
    }

    fn look_at_the_clocks(&mut self, now: Timestamp) {
        self.outbox.uptime = now.since(self.started);
        self.outbox.unix_ms = u64::try_from(self.wall.unix_ms_at(now)).unwrap_or_default();
    }

    fn plan(&mut self, at: usize, from: Timestamp, after: Duration) {
        // A pace beyond every clock: the rate was 0, and the plant holds still.
        if let Ok(after) = Duration::try_from_secs_f64(after.as_secs_f64() * self.pace)
            && !after.is_zero()
        {
            self.agenda.push(Reverse((from + after, at)));
        }
    }
}

/// The whole part of a number that is not negative.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, and that is what is wanted"
)]
fn whole(number: f64) -> usize {
    number as usize
}
