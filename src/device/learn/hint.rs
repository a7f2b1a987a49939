//! What conventions tell of topics before, or beside, what is heard on them. Owns the hints and their bound.
use super::super::access::Access;
use super::super::codec::JsonPath;
use super::super::kind::Kind;
use super::super::unit::Unit;
use foldhash::fast::RandomState;
use hashbrown::HashMap;

/// Hints a session keeps: a large house has 2,000 entities of a few topics each. About 10 MB.
pub const MAX_HINTS: usize = 16_384;

/// Hints on one topic: a device rarely has more than thirty values, an edge node of Sparkplug some hundred metrics.
pub const MAX_HINTS_PER_TOPIC: usize = 512;

/// Longest text of a name or a description that is kept, in characters.
pub const MAX_TEXT_CHARS: usize = 120;

/// Choices a hint may name.
pub const MAX_CHOICES: usize = 64;

/// What a convention says of a topic, or of a place in its JSON.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hint {
    /// The exact topic.
    pub topic: Box<str>,
    /// The place in its JSON; none for the whole payload.
    pub path: Option<JsonPath>,
    /// A name for people.
    pub alias: Option<Box<str>>,
    /// What it is, in words.
    pub description: Option<Box<str>>,
    /// What its value is.
    pub kind: Option<Kind>,
    /// What its number counts.
    pub unit: Option<Unit>,
    /// The least number.
    pub min: Option<f64>,
    /// The greatest.
    pub max: Option<f64>,
    /// What numbers are apart.
    pub step: Option<f64>,
    /// The only texts there are; empty: no such list.
    pub values: Vec<Box<str>>,
    /// The words of true and false.
    pub words: Option<(Box<str>, Box<str>)>,
    /// Which way it goes.
    pub access: Option<Access>,
    /// At which quality of service it wants to be told, 0 to 2.
    pub qos: Option<u8>,
    /// Whether the broker shall keep what it is told.
    pub retain: Option<bool>,
    /// The convention that says so.
    pub source: &'static str,
}

impl Hint {
    /// A hint that says nothing yet.
    pub fn on(topic: &str, source: &'static str) -> Self {
        Self { topic: topic.into(), source, ..Self::default() }
    }

    /// Takes from another hint on the same place what this one lacks. Who is told by one and tells by the other
    /// goes both ways.
    fn merge(&mut self, other: Self) {
        if let (Some(mine), Some(theirs)) = (self.access, other.access)
            && mine != theirs
        {
            self.access = Some(Access::Both);
        }
        self.access = self.access.or(other.access);
        self.alias = self.alias.take().or(other.alias);
        self.description = self.description.take().or(other.description);
        self.kind = self.kind.or(other.kind);
        self.unit = self.unit.take().or(other.unit);
        self.min = self.min.or(other.min);
        self.max = self.max.or(other.max);
        self.step = self.step.or(other.step);
        self.words = self.words.take().or(other.words);
        self.qos = self.qos.or(other.qos);
        self.retain = self.retain.or(other.retain);
        if self.values.is_empty() {
            self.values = other.values;
        }
    }
}

/// All hints by topic, and how many found no room.
#[derive(Debug, Default)]
pub(super) struct Hints {
    by_topic: HashMap<Box<str>, Vec<Hint>, RandomState>,
    n: usize,
    pub n_refused: u64,
}

impl Hints {
    /// Adds a hint, or tells more of one that is there. `false`: there is no room, which is counted.
    pub fn add(&mut self, hint: Hint) -> bool {
        if let Some(hints) = self.by_topic.get_mut(&hint.topic) {
            if let Some(known) = hints.iter_mut().find(|known| known.path == hint.path) {
                known.merge(hint);
                return true;
            }
            if self.n < MAX_HINTS && hints.len() < MAX_HINTS_PER_TOPIC {
                hints.push(hint);
                self.n += 1;
                return true;
            }
        } else if self.n < MAX_HINTS {
            self.by_topic.insert(hint.topic.clone(), vec![hint]);
            self.n += 1;
            return true;
        }
        self.n_refused += 1;
        false
    }

    /// All that is said of a topic and of places in its JSON.
    pub fn on(&self, topic: &str) -> &[Hint] {
        self.by_topic.get(topic).map(Vec::as_slice).unwrap_or_default()
    }

    /// How many there are.
    pub const fn len(&self) -> usize {
        self.n
    }
}

/// A name or description as it may be kept: one line, without control characters, cut at a bound.
pub(super) fn tidy(text: &str) -> Option<Box<str>> {
    let one_line: String = text.trim().chars().filter(|c| !c.is_control()).take(MAX_TEXT_CHARS).collect();
    (!one_line.is_empty()).then(|| one_line.into())
}
