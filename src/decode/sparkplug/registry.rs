//! Births as they are heard where no store holds messages. Owns how many are remembered; the last of a topic counts.
use std::collections::HashMap;
use std::sync::Arc;

use super::super::bounds::Bounds;
use super::super::reader::Reader;
use super::births::{Birth, Births, Heard, MAX_BIRTH_BYTES};
use super::metric::Metric;
use super::route::{Message, Route};
use super::{IS_BUILT_IN, of, packed};

/// Memory for births: those of a large plant.
const MAX_BYTES: usize = 64 << 20;

/// The births heard, by their topics.
#[derive(Clone, Debug, Default)]
pub struct Registry {
    births: HashMap<Box<str>, Heard>,
    n_bytes: usize,
}

impl Registry {
    /// Takes in a message that may be a birth.
    pub fn observe(&mut self, topic: &str, payload: &[u8]) {
        if !IS_BUILT_IN || !Route::parse(topic).is_some_and(|route| route.message.is_birth()) {
            return;
        }
        let cost = |heard: &Heard| heard.birth().map_or(0, Birth::n_bytes) + topic.len();
        let birth = Heard::Yes(Arc::new(Birth::read(payload)));
        let n_old = self.births.get(topic).map_or(0, cost);
        let n_bytes = self.n_bytes - n_old + cost(&birth);
        if n_bytes <= MAX_BYTES {
            self.n_bytes = n_bytes;
            self.births.insert(topic.into(), birth);
        } else if let Some(old) = self.births.get_mut(topic) {
            // What it said before holds no longer.
            self.n_bytes = self.n_bytes + topic.len() - n_old;
            *old = Heard::Evicted;
        }
    }

    /// Whether a message has metrics by aliases that no birth heard has explained.
    pub fn is_unexplained(&self, topic: &str, payload: &[u8]) -> bool {
        if !IS_BUILT_IN || Route::parse(topic).is_none_or(|route| route.message.is_birth()) {
            return false;
        }
        let bounds = Bounds { max_out_bytes: MAX_BIRTH_BYTES, ..Bounds::default() };
        let Ok(inside) = packed::undo(payload, &bounds) else { return false };
        let reader = Reader::new(inside.as_ref().map_or(payload, |inside| &inside.bytes));
        let births = self.births(topic);
        let metrics = of(reader, 2).map_while(Result::ok).filter_map(|field| {
            let inside = field.inside().ok()?;
            Metric::read(inside).ok()
        });
        metrics
            .filter(|metric| metric.name.is_none() && metric.alias.is_some())
            .any(|metric| births.known(&metric).is_none())
    }

    /// What the births heard say of the messages on a topic.
    pub fn births(&self, topic: &str) -> Births {
        let Some(route) = Route::parse(topic) else { return Births::default() };
        let heard = |topic: &str| self.births.get(topic).cloned().unwrap_or_default();
        let device = route.of_device(Message::DeviceBirth);
        Births {
            node: heard(&route.of_node(Message::NodeBirth)),
            device: device.as_deref().map(heard).unwrap_or_default(),
        }
    }
}
