//! What is remembered of a topic's samples: O(1), whatever comes. Owns the merging; the guess is made elsewhere.
use super::super::unit::Unit;
use super::cadence::Gaps;
use super::judge::judge;
use super::shape::Shapes;
use super::words::Words;
use crate::device::{Document, Rules};
use crate::mqtt::{MessageRef, Qos, Retained};
use crate::time::Timestamp;
use std::time::Duration;

/// Messages of a topic that are looked at one and all; beyond that, no more than one in [`SAMPLE_GAP`].
pub const MAX_DENSE_SAMPLES: u32 = 16;

/// Time between two samples of a topic that is known well: a door that opens once an hour is always seen, a flood
/// costs twenty looks a second.
pub const SAMPLE_GAP: Duration = Duration::from_millis(50);

/// Bytes of a text kept in place.
const SHORT_BYTES: usize = 15;

/// A text of at most 15 bytes, cut at a character.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Short {
    length: u8,
    bytes: [u8; SHORT_BYTES],
}

impl Short {
    /// As much of a text as fits.
    pub fn of(text: &str) -> Self {
        let mut short = Self::default();
        let mut end = text.len().min(SHORT_BYTES);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let (head, _) = text.split_at_checked(end).unwrap_or_default();
        if let Some(bytes) = short.bytes.get_mut(..end) {
            bytes.copy_from_slice(head.as_bytes());
        }
        short.length = u8::try_from(end).unwrap_or_default();
        short
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        self.bytes
            .get(..usize::from(self.length))
            .and_then(|b| std::str::from_utf8(b).ok())
            .unwrap_or_default()
    }
}

/// A topic's samples, merged. What it says of types, bounds, units and words does not depend on their order.
#[derive(Clone, Debug)]
pub(super) struct Statistics {
    /// The least and the greatest number.
    pub min: f64,
    pub max: f64,
    pub words: Words,
    pub gaps: Gaps,
    /// When the last sample was taken.
    sampled: Timestamp,
    /// When the last message came.
    pub received: Timestamp,
    pub n_messages: u32,
    pub n_samples: u32,
    pub shapes: Shapes,
    /// What stood behind the first number that had something there.
    pub suffix: Short,
    /// The beginning of the first payload that is text.
    pub first: Short,
    pub qos: Qos,
    pub was_retained: bool,
}

impl Default for Statistics {
    fn default() -> Self {
        Self {
            min: f64::INFINITY,
            max: f64::NEG_INFINITY,
            words: Words::None,
            gaps: Gaps::default(),
            sampled: Timestamp::ZERO,
            received: Timestamp::ZERO,
            n_messages: 0,
            n_samples: 0,
            shapes: Shapes::default(),
            suffix: Short::default(),
            first: Short::default(),
            qos: Qos::AtMostOnce,
            was_retained: false,
        }
    }
}

impl Statistics {
    /// Counts a message and those before it that it stands for, and looks at its payload unless enough of them
    /// were looked at lately.
    pub fn take(&mut self, message: &MessageRef<'_>, n_messages: u32, rules: &Rules) {
        self.n_messages = self.n_messages.saturating_add(n_messages);
        self.received = message.received;
        self.gaps.count(message.received, message.retained, n_messages);
        self.qos = self.qos.max(message.qos);
        self.was_retained |= message.retained == Retained::Yes;
        if self.n_samples < MAX_DENSE_SAMPLES || message.received.since(self.sampled) >= SAMPLE_GAP {
            self.sampled = message.received;
            self.sample(Document::brief(rules.reading(message.topic), message.payload).bytes());
        }
    }

    /// Looks at a payload.
    fn sample(&mut self, payload: &[u8]) {
        let sample = judge(payload);
        if self.n_samples == 0 {
            let text = payload.get(..SHORT_BYTES + 1).unwrap_or(payload);
            self.first = Short::of(text.utf8_chunks().next().map_or("", |chunk| chunk.valid()));
        }
        self.n_samples = self.n_samples.saturating_add(1);
        let mut shapes = sample.shapes;
        if let Some((min, max)) = sample.range {
            self.min = self.min.min(min);
            self.max = self.max.max(max);
        }
        if !sample.suffix.is_empty() {
            let known = self.suffix.as_str();
            if known.is_empty() {
                self.suffix = Short::of(sample.suffix);
            } else if known != sample.suffix {
                let is_same = Unit::normal(unit_of(known)) == Unit::normal(unit_of(sample.suffix));
                shapes = shapes.with(if is_same { Shapes::SPACING_DIFFERS } else { Shapes::UNITS_DIFFER });
            }
        }
        if shapes.has(Shapes::TEXT.with(Shapes::QUOTED).with(Shapes::WORD_OF_BOOL)) {
            self.words.add(sample.word);
        }
        self.shapes = self.shapes.with(shapes);
    }

    /// The least and the greatest number seen.
    pub fn range(&self) -> Option<(f64, f64)> {
        (self.min <= self.max).then_some((self.min, self.max))
    }
}

/// The unit without the blanks before it.
pub(super) fn unit_of(suffix: &str) -> &str {
    suffix.trim_start_matches([' ', '\u{a0}', '\u{202f}'])
}
