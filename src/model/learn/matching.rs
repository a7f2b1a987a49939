//! The view filter as a bound of learning: only what it lets through is proposed. Owns what a topic is judged by when
//! it is heard; the language is `sift`'s.
//!
//! A topic is judged when a message of it is heard, by that message, or, what was heard before learning began, by its
//! last one. What was proposed once stays proposed, however old it gets.
use crate::decode;
use crate::device::Rules;
use crate::model::device::Device;
use crate::model::narrowing::known::{Known, decoded};
use crate::model::{Model, narrowing};
use crate::mqtt::{MessageRef, Qos, Retained};
use crate::sift::{self, Facts, Sift};
use crate::store::NodeId;
use crate::time::Timestamp;
use std::cell::OnceCell;
use std::sync::Arc;
use std::time::Duration;

/// Columns of the filter within a sentence.
const MAX_TEXT_COLS: usize = 40;

/// What is proposed at all.
#[derive(Clone, Debug)]
pub struct Matching {
    /// As it was typed.
    pub text: String,
    sift: Arc<Sift>,
}

impl Matching {
    /// What a text lets through; an empty one bounds nothing.
    pub fn parse(text: &str) -> Result<Option<Self>, String> {
        let sift = sift::parse(text).map_err(|error| error.to_string())?;
        let matching = Self { text: text.trim().to_owned(), sift: Arc::new(sift) };
        Ok((!matching.sift.is_empty()).then_some(matching))
    }

    /// The view filter in force.
    pub fn in_force(model: &Model) -> Option<Self> {
        // It was read when it was set.
        Self::parse(narrowing::text(model)?).ok().flatten()
    }

    /// `matching hot = value:>200`, for the pane and for questions.
    pub fn words(&self, device: Option<&Device>) -> String {
        let name = device.and_then(|device| device.filters.name_of(&self.text));
        let label = name.map_or_else(|| self.text.clone(), |name| format!("{name} = {}", self.text));
        format!("matching {}", decode::sanitize(label.as_bytes(), MAX_TEXT_COLS))
    }

    /// Whether a topic is proposed because of a message: its own, or one that tells of it.
    pub fn heard(&self, device: &Device, message: &MessageRef<'_>, topic: &str) -> bool {
        if topic != message.topic {
            return self.told(device, topic, message.received);
        }
        if !self.sift.may_let_through(topic) {
            return false;
        }
        let node = device.store.find(topic);
        let known = node.map(|node| known(device, node, message.received));
        self.sift.is_of_names()
            || self
                .sift
                .lets_through(topic, &Heard { message, known, rules: &device.rules, made: OnceCell::new() })
    }

    /// Whether a topic that another one's message tells of is proposed: by what was heard of it, else by its name alone.
    pub fn told(&self, device: &Device, topic: &str, now: Timestamp) -> bool {
        match device.store.find(topic).filter(|node| device.store.is_topic(*node)) {
            Some(node) => self.lets_through(device, node, topic, now),
            None => self.sift.is_of_names() && self.sift.may_let_through(topic),
        }
    }

    /// Whether a topic that was heard is let through now.
    pub fn lets_through(&self, device: &Device, node: NodeId, topic: &str, now: Timestamp) -> bool {
        self.sift.lets_through(topic, &known(device, node, now))
    }
}

const fn known(device: &Device, node: NodeId, now: Timestamp) -> Known<'_> {
    Known::new(&device.store, &device.kept, &device.rules, node, now)
}

/// A message that the store has not taken in yet, and what the store knows of its topic.
struct Heard<'a> {
    message: &'a MessageRef<'a>,
    known: Option<Known<'a>>,
    rules: &'a Rules,
    /// What the decoders make of it, once that was asked for.
    made: OnceCell<Option<Vec<u8>>>,
}

impl Facts for Heard<'_> {
    fn retained(&self) -> Option<bool> {
        match self.message.retained {
            Retained::Yes => Some(!self.message.payload.is_empty()),
            Retained::No => Some(false),
            Retained::Unknown => None,
        }
    }

    fn age(&self) -> Option<Duration> {
        Some(Duration::ZERO)
    }

    fn rate_per_s(&self) -> f64 {
        self.known.as_ref().map_or(0.0, Known::rate_per_s)
    }

    fn n_messages(&self) -> u64 {
        self.known.as_ref().map_or(0, Known::n_messages) + 1
    }

    fn n_bytes(&self) -> Option<usize> {
        Some(self.message.payload.len())
    }

    fn qos(&self) -> Option<Qos> {
        Some(self.message.qos)
    }

    fn payload(&self) -> Option<&[u8]> {
        let MessageRef { topic, payload, .. } = self.message;
        let made = self.made.get_or_init(|| decoded(self.rules, payload, || (*topic).to_owned()));
        Some(made.as_deref().unwrap_or(payload))
    }

    fn is_kept(&self) -> bool {
        self.known.as_ref().is_some_and(Known::is_kept)
    }

    fn is_pinned(&self) -> bool {
        self.known.as_ref().is_some_and(Known::is_pinned)
    }

    fn is_stale(&self) -> bool {
        false
    }

    fn has_error(&self) -> bool {
        self.known.as_ref().is_some_and(|known| known.misfits(self.message.payload))
    }
}
