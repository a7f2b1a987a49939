//! One series of a chart: which topic's payloads, and the numbers read of them. Owns reading them a slice at a time
//! and their bound; what is drawn is `plot`'s.
use super::points::{Point, Points};
use crate::decode::{Choice, Decoder, Reading};
use crate::device::sample::{self, Sample};
use crate::device::{JsonPath, Node};
use crate::model::births;
use crate::model::device::Device;
use crate::model::tree::RowId;
use crate::store::{Past, PastKey};
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
    /// How payloads are read that no node reads.
    read_by: ReadBy,
    /// Messages of the topic that were forgotten by hand.
    n_forgotten: u64,
    /// Which of the topic's messages was read last.
    n_read: u64,
    fetching: Option<Fetch>,
}

/// How payloads are read, to be told from another way.
type ReadBy = (Choice, Option<Decoder>, (u64, u64));

/// A stretch of history on its way in, newest first.
#[derive(Clone, Debug)]
struct Fetch {
    from: Option<PastKey>,
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
            read_by: ReadBy::default(),
            n_forgotten: 0,
            n_read: 0,
            fetching: None,
        }
    }

    /// Whether part of its history is still to be read.
    pub const fn is_reading(&self) -> bool {
        self.fetching.is_some()
    }

    /// Messages read and to be read, while it is.
    pub fn progress(&self) -> Option<(usize, usize)> {
        self.fetching.as_ref().map(|fetch| (fetch.n_wanted - fetch.left, fetch.n_wanted))
    }

    /// The interval learnt for its node.
    pub fn learnt_cadence(&self) -> Option<Duration> {
        self.node.as_ref().and_then(|node| node.cadence_ms).map(Duration::from_millis)
    }

    /// Reads the next slice of what came since, keeping no more than so many points.
    pub fn read_on(&mut self, device: &Device, most: usize) {
        let id = self.key.row.node;
        let reading = device.reading(id);
        let stamps = (reading.hint.stamp(), device.births.stamp(id));
        self.settle(device, (reading.choice, reading.hint.promised, stamps));
        let n_messages = device.store.node(id).n_messages;
        if self.fetching.is_none() && n_messages > self.n_read {
            let n_new = usize::try_from(n_messages - self.n_read).unwrap_or(usize::MAX);
            let n_wanted = n_new.min(device.store.n_history(id)).min(most);
            let (left, up_to) = (n_wanted, n_messages);
            self.fetching = Some(Fetch { from: None, left, n_wanted, up_to, points: Vec::new() });
        }
        let Some(mut fetch) = self.fetching.take() else { return };
        if fetch.left > 0 {
            let past: Box<dyn Iterator<Item = Past<'_>>> = match fetch.from.take() {
                None => Box::new(device.store.history(id)),
                Some(key) => Box::new(device.store.history_from(id, key)),
            };
            let n_read = self.n_read;
            let (mut n_bytes, mut n) = (0, 0);
            for past in past.take_while(|past| past.key.ordinal > n_read).take(fetch.left) {
                if n == SLICE_MESSAGES || n_bytes >= SLICE_BYTES {
                    fetch.from = Some(past.key);
                    break;
                }
                (n, n_bytes) = (n + 1, n_bytes + past.payload.len());
                fetch.points.extend(self.point(device, reading, &past));
            }
            fetch.left = if fetch.from.is_some() { fetch.left - n } else { 0 };
            if fetch.left > 0 {
                self.fetching = Some(fetch);
                return;
            }
        }
        for _ in 0..SLICE_POINTS {
            let Some(point) = fetch.points.pop() else {
                self.n_read = fetch.up_to;
                return;
            };
            self.points.push(point, most);
        }
        self.fetching = Some(fetch);
    }

    /// How its payloads are read may have changed, or some were forgotten: then all is read anew.
    fn settle(&mut self, device: &Device, read_by: ReadBy) {
        let id = self.key.row.node;
        let (revision, n_forgotten) = (device.kept.revision(), device.store.n_forgotten(id));
        if (self.kept_revision, self.read_by, self.n_forgotten) == (Some(revision), read_by, n_forgotten) {
            return;
        }
        let node = device.kept.at(id).find(|node| node.path() == self.key.path.as_ref());
        let node = node.filter(|node| sample::is_drawn(node.kind));
        let is_other =
            (self.read_by, self.n_forgotten) != (read_by, n_forgotten) || self.node.as_ref() != node;
        if self.kept_revision.is_some() && is_other {
            *self = Self::new(self.key.clone());
        }
        if let Some(unit) = node.and_then(|node| node.unit.as_ref()) {
            self.unit = unit.behind();
        }
        self.node = node.cloned();
        self.kept_revision = Some(revision);
        (self.read_by, self.n_forgotten) = (read_by, n_forgotten);
    }

    fn point(&mut self, device: &Device, reading: Reading<'_>, past: &Past<'_>) -> Option<Point> {
        let is_evicted = past.payload.is_empty() && past.n_bytes > 0;
        let sample = match &self.node {
            _ if is_evicted => Sample::Nothing,
            Some(node) => Sample::of_node(node, &births::document(device, self.key.row.node, past.payload)),
            None => Sample::of_payload(reading, past.payload, self.key.path.as_ref()),
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
        self.shape.is_none() && self.fetching.is_none()
    }
}
