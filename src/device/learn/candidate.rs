//! A candidate as the reader sees it, and the nodes it proposes. Owns nothing: it borrows a session.
use super::super::codec::JsonPath;
use super::super::kind::Kind;
use super::super::node::Node;
use super::book::{CandidateId, Lane, Record};
use super::guess::{Beside, Guess, guess};
use super::hint::Hint;
use super::parts::{Parts, dress, parts};
use super::shape::{join, widens_to};
use super::{Learn, convention};
use crate::device::{Access, Domain, Unit};
use crate::mqtt::Topic;
use crate::time::Timestamp;

/// A topic that may become a node.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// Which one it is.
    pub id: CandidateId,
    learn: &'a Learn,
    record: &'a Record,
}

impl<'a> Candidate<'a> {
    pub(super) const fn new(id: CandidateId, learn: &'a Learn, record: &'a Record) -> Self {
        Self { id, learn, record }
    }

    /// The exact topic.
    pub const fn topic(&self) -> &'a Topic {
        &self.record.topic
    }

    /// Where it stands.
    pub const fn lane(&self) -> Lane {
        self.record.lane
    }

    /// The beginning of the first payload, at most 15 bytes; not escaped for the screen.
    pub fn first(&self) -> &'a str {
        self.record.statistics.first.as_str()
    }

    /// When it was last heard; `None` where a convention alone tells of it.
    pub fn received(&self) -> Option<Timestamp> {
        (self.record.statistics.n_messages > 0).then_some(self.record.statistics.received)
    }

    /// What it most likely is. Made anew each time: ask for what is on screen.
    pub fn guess(&self) -> Guess {
        self.guess_with(self.hint().as_ref())
    }

    fn guess_with(&self, hint: Option<&Hint>) -> Guess {
        let topic = self.record.topic.as_str();
        let beside =
            Beside { hint, unit: self.unit_beside(), has_set: self.learn.knows(&format!("{topic}/set")) };
        guess(topic, &self.record.statistics, &beside)
    }

    /// What a convention says of the whole payload.
    fn hint(&self) -> Option<Hint> {
        let topic = self.record.topic.as_str();
        let said = self.learn.hints.on(topic).iter().find(|hint| hint.path.is_none()).cloned();
        said.or_else(|| convention::hint_for_topic(topic))
    }

    /// The unit that `…/unit` tells beside `…/value`, or below the topic itself.
    fn unit_beside(&self) -> Option<Unit> {
        let topic = self.record.topic.as_str();
        let below = topic.strip_suffix("/value").unwrap_or(topic);
        let record = self.learn.record(&format!("{below}/unit"))?;
        match record.statistics.words.sorted().as_slice() {
            [unit] if unit.len() <= 12 => Some(Unit::new(*unit)),
            _ => None,
        }
    }

    /// The node it proposes, all attributes filled in as far as they are known.
    pub fn node(&self) -> Node {
        let hint = self.hint();
        let guess = self.guess_with(hint.as_ref());
        let mut node = Node::new(self.record.topic.clone(), guess.kind);
        node.qos = guess.qos;
        node.retain = guess.was_retained && guess.access == Access::Both;
        node.access = guess.access;
        if let Some(hint) = &hint {
            dress(&mut node, hint);
        }
        node.codec = guess.codec;
        node.unit = guess.unit;
        node.domain = guess.domain;
        let regular = guess.cadence.filter(|cadence| cadence.is_regular && node.access != Access::Set);
        node.cadence_ms =
            regular.and_then(|cadence| u64::try_from(cadence.interval.as_millis()).ok()).filter(|ms| *ms > 0);
        node
    }

    /// All nodes it proposes: where conventions describe places in its JSON, those instead of the object. Without a
    /// payload the described places alone are known.
    pub fn nodes(&self, payload: Option<&[u8]>) -> Vec<Node> {
        let whole = self.node();
        let topic = self.record.topic.as_str();
        let is_sparkplug = crate::decode::sparkplug::is_spoken_on(topic);
        if whole.path().is_some() || !(is_sparkplug || matches!(whole.kind, Kind::Map | Kind::Impulse)) {
            return vec![whole];
        }
        let hints = self.learn.hints.on(topic);
        let present = payload.map(|payload| parts(topic, payload, hints)).unwrap_or_default();
        let has = |path: &JsonPath| present.list.iter().any(|part| part.path == *path);
        // Metrics of Sparkplug have names and types of their own.
        let described = present.list.iter().filter(|part| is_sparkplug || part.hint.is_some());
        let mut nodes: Vec<Node> = described.map(|part| part.node(&self.record.topic)).collect();
        let silent =
            hints.iter().filter_map(|hint| Some((hint, hint.path.as_ref().filter(|path| !has(path))?)));
        nodes.extend(silent.map(|(hint, _)| super::described(&self.record.topic, hint)));
        for node in &mut nodes {
            node.cadence_ms = node.cadence_ms.or(whole.cadence_ms);
        }
        if nodes.is_empty() { vec![whole] } else { nodes }
    }

    /// The places in its last payload that can be kept as nodes of their own.
    pub fn parts(&self, payload: &[u8]) -> Parts {
        let topic = self.record.topic.as_str();
        parts(topic, payload, self.learn.hints.on(topic))
    }

    /// What this session would change of a node that is kept already, everything a person may have written left as
    /// it is: the type only wider, bounds that samples broke gone, unit and cadence where there were none.
    pub fn update_of(&self, kept: &Node) -> Option<Node> {
        let guess = self.guess();
        if kept.topic != self.record.topic || guess.n_samples == 0 {
            return None;
        }
        let mut node = kept.clone();
        let is_same_place = kept.path().is_none() == !matches!(guess.codec, super::super::Codec::JsonPath(_));
        if is_same_place && !widens_to(guess.kind, kept.kind) {
            node.kind = join(guess.kind, kept.kind);
            node.codec = guess.codec;
            if node.kind != kept.kind && !node.kind.is_number() {
                (node.domain, node.default) = (Domain::default(), None);
            }
        }
        if is_same_place && let Some((min, max)) = guess.observed {
            let bounds = (node.domain.min, node.domain.max);
            node.domain.min = bounds.0.filter(|least| *least <= min);
            node.domain.max = bounds.1.filter(|most| *most >= max);
            node.unit = node.unit.or(guess.unit);
        }
        let regular = guess.cadence.filter(|cadence| cadence.is_regular);
        let cadence_ms = regular.and_then(|cadence| u64::try_from(cadence.interval.as_millis()).ok());
        node.cadence_ms = node.cadence_ms.or(cadence_ms.filter(|ms| *ms > 0));
        (node != *kept).then_some(node)
    }
}
