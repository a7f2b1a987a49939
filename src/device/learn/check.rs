//! Live traffic held against kept nodes: what is new, missing, late, of another type, out of bounds. Owns the
//! comparison; where messages come from, how long, and what is printed is the caller's.
#[cfg(test)]
mod tests;

use super::{Guess, Lane, Learn, Scope};
use crate::decode::sparkplug::{Registry, Route, is_spoken_on};
use crate::device::codec::named_document;
use crate::device::{Access, Document, JsonPath, Kind, Misfit, Node, NodeKey, Rules};
use crate::mqtt::{MessageRef, Topic};
use crate::time::Timestamp;
use foldhash::fast::RandomState;
use hashbrown::HashMap;
use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

/// New topics named in a report; more are counted. A device file that lacks more than these is another device's.
pub const MAX_NEW_TOPICS: usize = 1_000;

/// A node is late past so many times its cadence.
pub const LATE_AFTER_CADENCES: u32 = 3;

/// Kept nodes and what was heard of them since.
#[derive(Debug)]
pub struct Check {
    nodes: Vec<Watched>,
    by_topic: HashMap<Box<str>, Vec<usize>, RandomState>,
    /// Topics that no node names.
    others: Learn,
    /// What edge nodes of Sparkplug were born with.
    births: Registry,
    started: Timestamp,
    n_messages: u64,
    n_unexplained: u64,
}

/// What was heard of a node.
#[derive(Debug)]
struct Watched {
    node: Node,
    n_values: u64,
    last: Option<Timestamp>,
    longest_silence: Duration,
    misfits: Faults,
    out_of_domain: Faults,
}

/// How many, and the first in words.
#[derive(Debug, Default)]
struct Faults {
    n: u64,
    first: Option<String>,
}

impl Faults {
    fn count(&mut self, words: impl fmt::Display) {
        self.n += 1;
        self.first.get_or_insert_with(|| words.to_string());
    }
}

/// One difference between the device file and the traffic.
#[derive(Clone, Debug, PartialEq)]
pub enum Finding {
    /// A topic spoke that no node names.
    New {
        /// The topic.
        topic: Topic,
        /// What it most likely is.
        guess: Box<Guess>,
    },
    /// A node that should have spoken did not: by its cadence, or because the broker keeps its value.
    Missing {
        /// The node.
        node: NodeKey,
    },
    /// A node was silent for longer than three times its cadence.
    Stale {
        /// The node.
        node: NodeKey,
        /// Its longest silence.
        silent: Duration,
        /// Its cadence.
        cadence: Duration,
    },
    /// Payloads did not fit the node's type.
    Misfit {
        /// The node.
        node: NodeKey,
        /// Its type.
        kind: Kind,
        /// How many of them.
        n: u64,
        /// Of how many messages.
        of: u64,
        /// What was wrong with the first.
        first: String,
    },
    /// Values lay outside the node's domain.
    OutOfDomain {
        /// The node.
        node: NodeKey,
        /// How many of them.
        n: u64,
        /// Of how many messages.
        of: u64,
        /// What was wrong with the first.
        first: String,
    },
    /// A node did not speak, and nothing says that it should have. No fault.
    Silent {
        /// The node.
        node: NodeKey,
    },
}

/// What a check found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// Nodes in the order of the device file, then new topics in the order of their names.
    pub findings: Vec<Finding>,
    /// Nodes looked for.
    pub n_nodes: usize,
    /// Messages heard within the scope.
    pub n_messages: u64,
    /// New topics in all: those beyond [`MAX_NEW_TOPICS`] are counted only, by an estimate past 4,096 of them.
    pub n_new_topics: u64,
    /// Messages of Sparkplug on topics of nodes by aliases that no birth has explained: their metrics are not judged.
    pub n_unexplained: u64,
    /// How long was listened.
    pub watched: Duration,
}

impl Report {
    /// Whether the traffic is as the device file says; a silent node is no fault.
    pub fn is_clean(&self) -> bool {
        self.findings.iter().all(|finding| matches!(finding, Finding::Silent { .. }))
    }
}

impl Finding {
    /// Its kind in one word, as it stands in output for machines.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::New { .. } => "new",
            Self::Missing { .. } => "missing",
            Self::Stale { .. } => "stale",
            Self::Misfit { .. } => "type",
            Self::OutOfDomain { .. } => "range",
            Self::Silent { .. } => "silent",
        }
    }

    /// The topic it is about; not escaped for the screen.
    pub const fn topic(&self) -> &Topic {
        match self {
            Self::New { topic, .. } => topic,
            Self::Missing { node }
            | Self::Stale { node, .. }
            | Self::Misfit { node, .. }
            | Self::OutOfDomain { node, .. }
            | Self::Silent { node } => &node.topic,
        }
    }

    /// The place in the topic's JSON it is about.
    pub const fn path(&self) -> Option<&JsonPath> {
        match self {
            Self::New { .. } => None,
            Self::Missing { node }
            | Self::Stale { node, .. }
            | Self::Misfit { node, .. }
            | Self::OutOfDomain { node, .. }
            | Self::Silent { node } => node.path.as_ref(),
        }
    }
}

impl fmt::Display for Finding {
    /// What is the matter, without the topic: `silent for 12 s, expected every 1.0 s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let span = crate::decode::figures::span;
        match self {
            Self::New { guess, .. } => match &guess.unit {
                Some(unit) => {
                    let unit = crate::decode::sanitize(unit.as_str().as_bytes(), 16);
                    write!(f, "not in the device file; {} in {unit}", guess.kind)
                }
                None => write!(f, "not in the device file; {}", guess.kind),
            },
            Self::Missing { .. } => f.write_str("not heard"),
            Self::Stale { silent, cadence, .. } => {
                write!(f, "silent for {}, expected every {}", span(*silent), span(*cadence))
            }
            Self::Misfit { kind, n, of, first, .. } => {
                write!(f, "{n} of {of} payloads are no {kind}; the first: {first}")
            }
            Self::OutOfDomain { n, of, first, .. } => {
                write!(f, "{n} of {of} values are out of bounds; the first: {first}")
            }
            Self::Silent { .. } => f.write_str("silent; nothing says that it should have spoken"),
        }
    }
}

impl Check {
    /// Begins to hold traffic against nodes. Topics that no node names count as new where the scope covers them.
    pub fn new(nodes: Vec<Node>, scope: Scope, started: Timestamp) -> Self {
        let mut by_topic: HashMap<Box<str>, Vec<usize>, RandomState> = HashMap::default();
        for (at, node) in nodes.iter().enumerate() {
            by_topic.entry(node.topic.as_str().into()).or_default().push(at);
        }
        let cap = scope.cap.min(MAX_NEW_TOPICS);
        let watched = |node| Watched {
            node,
            n_values: 0,
            last: None,
            longest_silence: Duration::ZERO,
            misfits: Faults::default(),
            out_of_domain: Faults::default(),
        };
        Self {
            nodes: nodes.into_iter().map(watched).collect(),
            by_topic,
            others: Learn::new(Scope { cap, until: None, ..scope }),
            births: Registry::default(),
            started,
            n_messages: 0,
            n_unexplained: 0,
        }
    }

    /// Reads payloads by these rules from now on.
    pub fn read_by(&mut self, rules: Rules) {
        self.others.rules = rules;
    }

    /// Takes a message in.
    pub fn observe(&mut self, message: &MessageRef<'_>) {
        self.n_messages += u64::from(self.others.scope.covers(message.topic));
        self.births.observe(message.topic, message.payload);
        // What an edge node is born with are values of the metrics that are kept where its data come.
        let of_birth = Route::parse(message.topic).filter(|route| route.message.is_birth());
        let told_on = of_birth.map(|route| route.data());
        let Some(places) = self.by_topic.get(told_on.as_deref().unwrap_or(message.topic)) else {
            return self.others.observe(message, |topic| self.by_topic.contains_key(topic));
        };
        self.n_unexplained += u64::from(self.births.is_unexplained(message.topic, message.payload));
        let named = || named_document(message.topic, message.payload, self.births.births(message.topic));
        let named = if is_spoken_on(message.topic) { named() } else { Cow::Borrowed(message.payload) };
        let document = match named {
            Cow::Owned(json) => Document::of_json(message.payload, json),
            Cow::Borrowed(payload) => Document::new(self.others.rules.reading(message.topic), payload),
        };
        for at in places {
            if let Some(watched) = self.nodes.get_mut(*at) {
                watched.hear(message, &document, self.started);
            }
        }
    }

    /// What was found until now.
    pub fn finish(&self, now: Timestamp) -> Report {
        let watched = now.since(self.started);
        let mut findings: Vec<_> =
            self.nodes.iter().flat_map(|node| node.findings(self.started, now)).collect();
        let new = self.others.window(Lane::New, None).filter_map(|id| self.others.candidate(id));
        let mut new: Vec<_> = new.filter(|candidate| candidate.received().is_some()).collect();
        new.sort_by(|one, other| one.topic().cmp(other.topic()));
        let n_new_topics = new.len() as u64 + self.others.counts().n_topics_refused;
        findings.extend(new.into_iter().map(|candidate| Finding::New {
            topic: candidate.topic().clone(),
            guess: Box::new(candidate.guess()),
        }));
        Report {
            findings,
            n_nodes: self.nodes.len(),
            n_messages: self.n_messages,
            n_new_topics,
            n_unexplained: self.n_unexplained,
            watched,
        }
    }
}

impl Watched {
    fn hear(&mut self, message: &MessageRef<'_>, document: &Document<'_>, started: Timestamp) {
        let read = document.read(&self.node);
        let is_absent = matches!(read, Err(Misfit::NoMember { .. }));
        // Devices publish only what changed; a member that never comes is missing in the end. Edge nodes of Sparkplug
        // say by whatever they tell that the others are as they were.
        if is_absent && !(self.node.is_of_sparkplug() && self.n_values > 0) {
            return;
        }
        let since = self.last.unwrap_or(started);
        self.longest_silence = self.longest_silence.max(message.received.since(since));
        self.last = Some(message.received);
        if is_absent {
            return;
        }
        self.n_values += 1;
        match read {
            Err(misfit) => self.misfits.count(misfit),
            Ok(value) => {
                if let Err(out) = self.node.domain.judge(&value) {
                    self.out_of_domain.count(out);
                }
            }
        }
    }

    fn findings(&self, started: Timestamp, now: Timestamp) -> Vec<Finding> {
        let key = || self.node.key();
        let mut found = Vec::new();
        let cadence = self.node.cadence_ms.filter(|ms| *ms > 0).map(Duration::from_millis);
        let late = cadence.map(|cadence| (cadence, cadence.saturating_mul(LATE_AFTER_CADENCES)));
        let silence = self.longest_silence.max(now.since(self.last.unwrap_or(started)));
        match (self.last, late) {
            // Nobody need have told it anything.
            (None, _) if self.node.access == Access::Set => {}
            (None, Some((_, late))) if silence > late => found.push(Finding::Missing { node: key() }),
            (None, _) if self.node.retain => found.push(Finding::Missing { node: key() }),
            (None, _) => found.push(Finding::Silent { node: key() }),
            (Some(_), Some((cadence, late))) if silence > late => {
                found.push(Finding::Stale { node: key(), silent: silence, cadence });
            }
            (Some(_), _) => {}
        }
        if let Some(first) = &self.misfits.first {
            let (n, of, kind) = (self.misfits.n, self.n_values, self.node.kind);
            found.push(Finding::Misfit { node: key(), kind, n, of, first: first.clone() });
        }
        if let Some(first) = &self.out_of_domain.first {
            let (n, of) = (self.out_of_domain.n, self.n_values);
            found.push(Finding::OutOfDomain { node: key(), n, of, first: first.clone() });
        }
        found
    }
}
