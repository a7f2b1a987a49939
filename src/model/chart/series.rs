//! One series of a chart: which topic's payloads, and the numbers read of them. Owns reading them a slice at a time
//! and their bound; what is drawn is `plot`'s.
use super::points::{Point, Points};
use crate::device::sample::{self, Sample};
use crate::device::{JsonPath, Node};
use crate::model::device::Device;
use crate::model::tree::RowId;
use crate::store::{Past, PastCursor};
use std::time::Duration;

/// Messages read between two looks at the keyboard: a millisecond of JSON.
const SLICE_MESSAGES: usize = 2_048;

/// Payload bytes read likewise.
const SLICE_BYTES: usize = 512 * 1024;

/// Points put in their order likewise.
const SLICE_POINTS: usize = 16_384;

/// Different words of one series: beyond them it is text rather than a state.
const MAX_WORDS: usize = 12;

/// What a series is drawn from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The topic's row.
    pub row: RowId,
    /// The place in its JSON, unless it is the whole payload.
    pub path: Option<JsonPath>,
}

/// How a series is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A line of numbers.
    Line,
    /// Bands with words; numbers are places among the words.
    Band,
    /// Moments.
    Ticks,
}

/// What was passed over, so that it can be told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Passed {
    /// Messages with nothing to draw.
    pub n_nothing: u64,
    /// Numbers that are none, or infinite.
    pub n_not_finite: u64,
    /// Words beyond those that are told apart.
    pub n_words: u64,
}

/// A series with what was read of it.
#[derive(Clone, Debug)]
pub struct Series {
    /// What it is drawn from.
    pub key: Key,
    /// Its points, oldest first.
    pub points: Points,
    /// How it is drawn; none before anything was read.
    pub shape: Option<Shape>,
    /// The words of a band.
    pub words: Vec<Box<str>>,
    /// What was passed over.
    pub passed: Passed,
    /// The unit behind its numbers, with what parts it from them; not made safe to draw.
    pub unit: String,
    /// The node that reads its payloads.
    node: Option<Node>,
    kept_revision: Option<u64>,
    /// Messages of the topic read so far.
    n_read: u64,
    reading: Option<Reading>,
}

/// A stretch of history on its way in, newest first.
#[derive(Clone, Debug)]
struct Reading {
    from: Option<PastCursor>,
    /// Messages still to be read.
    left: usize,
    n_wanted: usize,
    /// Messages the topic had when it began.
    up_to: u64,
    points: Vec<Point>,
}

impl Series {
    /// A series of which nothing was read.
    pub fn new(key: Key) -> Self {
        Self {
            key,
            points: Points::default(),
            shape: None,
            words: Vec::new(),
            passed: Passed::default(),
            unit: String::new(),
            node: None,
            kept_revision: None,
            n_read: 0,
            reading: None,
        }
    }

    /// Whether part of its history is still to be read.
    pub const fn is_reading(&self) -> bool {
        self.reading.is_some()
    }

    /// Messages read and to be read, while it is.
    pub fn progress(&self) -> Option<(usize, usize)> {
        self.reading.as_ref().map(|reading| (reading.n_wanted - reading.left, reading.n_wanted))
    }

    /// The interval learnt for its node.
    pub fn learnt_cadence(&self) -> Option<Duration> {
        self.node.as_ref().and_then(|node| node.cadence_ms).map(Duration::from_millis)
    }

    /// Reads the next slice of what came since, keeping no more than so many points.
    pub fn read_on(&mut self, device: &Device, most: usize) {
        self.settle(device);
        let n_messages = device.store.node(self.key.row.node).n_messages;
        if self.reading.is_none() && n_messages > self.n_read {
            let n_there = device.store.n_history(self.key.row.node);
            let n_new = usize::try_from(n_messages - self.n_read).unwrap_or(usize::MAX);
            let n_wanted = n_new.min(n_there).min(most);
            let (left, up_to) = (n_wanted, n_messages);
            self.reading = Some(Reading { from: None, left, n_wanted, up_to, points: Vec::new() });
        }
        let Some(mut reading) = self.reading.take() else { return };
        if reading.left > 0 {
            let (mut n_bytes, n) = (0, reading.left.min(SLICE_MESSAGES));
            let mut n_read = 0;
            let from = device.store.history_slice(self.key.row.node, reading.from, n, |past| {
                n_read += 1;
                n_bytes += past.payload.len();
                reading.points.extend(self.point(past));
                n_bytes < SLICE_BYTES
            });
            reading.from = from;
            reading.left = if from.is_some() { reading.left.saturating_sub(n_read) } else { 0 };
            if reading.left > 0 {
                self.reading = Some(reading);
                return;
            }
        }
        for _ in 0..SLICE_POINTS {
            let Some(point) = reading.points.pop() else {
                self.n_read = reading.up_to;
                return;
            };
            self.points.push(point, most);
        }
        self.reading = Some(reading);
    }

    /// What its node says may have changed: then all is read anew.
    fn settle(&mut self, device: &Device) {
        let revision = device.kept.revision();
        if self.kept_revision == Some(revision) {
            return;
        }
        let node = device.kept.at(self.key.row.node).find(|node| node.path() == self.key.path.as_ref());
        if self.kept_revision.is_some() && self.node.as_ref() != node {
            *self = Self::new(self.key.clone());
        }
        self.unit = node.and_then(|node| node.unit.as_ref()).map(|unit| unit.behind()).unwrap_or_default();
        self.node = node.filter(|node| sample::is_drawn(node.kind)).cloned();
        self.kept_revision = Some(revision);
    }

    fn point(&mut self, past: &Past<'_>) -> Option<Point> {
        let is_evicted = past.payload.is_empty() && past.n_bytes > 0;
        let sample = match &self.node {
            _ if is_evicted => Sample::Nothing,
            Some(node) => Sample::of_node(node, past.payload),
            None => Sample::of_payload(past.payload, self.key.path.as_ref()),
        };
        let fits = |series: &mut Self, shape: Shape| *series.shape.get_or_insert(shape) == shape;
        let value = match sample {
            Sample::Number(number) if fits(self, Shape::Line) => {
                if self.unit.is_empty() && self.node.is_none() && self.key.path.is_none() {
                    let unit = sample::unit(past.payload);
                    self.unit = if unit.is_empty() { String::new() } else { format!(" {unit}") };
                }
                number
            }
            // A number among words is one of them.
            Sample::Number(number) if self.shape == Some(Shape::Band) => self.word(&number.to_string())?,
            Sample::Word(word) if fits(self, Shape::Band) => self.word(&word)?,
            Sample::Impulse if fits(self, Shape::Ticks) => 0.0,
            Sample::NotFinite => {
                self.passed.n_not_finite += 1;
                return None;
            }
            Sample::Number(_) | Sample::Word(_) | Sample::Impulse | Sample::Nothing => {
                self.passed.n_nothing += 1;
                return None;
            }
        };
        Some(Point { at: past.received, value })
    }

    /// The place of a word, as a number.
    fn word(&mut self, word: &str) -> Option<f64> {
        let place = self.words.iter().position(|known| **known == *word);
        let place = place.or_else(|| {
            (self.words.len() < MAX_WORDS).then(|| {
                self.words.push(word.into());
                self.words.len() - 1
            })
        });
        if place.is_none() {
            self.passed.n_words += 1;
        }
        u32::try_from(place?).ok().map(f64::from)
    }

    /// The word of a band's number.
    pub fn word_of(&self, value: f64) -> &str {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "made from a small place"
        )]
        self.words.get(value as usize).map_or("", |word| word)
    }

    /// Whether nothing that came can be drawn.
    pub const fn is_bare(&self) -> bool {
        self.shape.is_none() && self.reading.is_none()
    }
}
