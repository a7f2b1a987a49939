//! Learning without a screen: hears a broker for a while and proposes nodes. Owns what is remembered beside the
//! session, which is the last payload of JSON objects; writes no file.
mod merge;
mod print;

pub use merge::{Existing, Merged, What, merge};
pub use print::{MAX_ROWS, Summary, json, summary, table};

use super::listen::{Heard, Plan, Told, Unheard, listen};
use super::step_aside;
use crate::decode::sparkplug::{Registry, is_spoken_on};
use crate::device::codec::named_document;
use crate::device::learn::{Candidate, Counts, Guess, Lane, Learn, Scope};
use crate::device::{Document, Node, NodeKey, Rules};
use crate::mqtt::{Filter, MessageRef, Profile, Qos, Subscription, Topic};
use crate::store::natural_path;
use crate::time::Clock;
use std::collections::{HashMap, HashSet};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

/// Longest payload that is remembered to be taken apart: longer ones are not parsed either.
const MAX_PAYLOAD_BYTES: usize = 64 * 1024;

/// Bytes of such payloads in all: a thousand of the longest.
const MAX_PAYLOADS_BYTES: usize = 64 * 1024 * 1024;

/// What to learn.
#[derive(Clone, Debug)]
pub struct Options {
    /// Which topics, and how many.
    pub scope: Scope,
    /// How payloads are read.
    pub rules: Rules,
    /// Whether JSON objects become nodes of their members.
    pub objects: Objects,
    /// How long an answer of the broker may take.
    pub patience: Duration,
    /// How long is listened.
    pub lasting: Duration,
}

/// What becomes of JSON objects that no convention describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Objects {
    /// A node for the whole of each.
    Whole,
    /// A node for each member.
    Parts,
}

/// How it goes.
#[derive(Debug)]
pub enum Progress {
    /// So much is heard, and so much time is left.
    Heard {
        /// Topics that are learnt.
        n_topics: usize,
        /// Messages heard.
        n_messages: u64,
        /// Time left.
        left: Duration,
    },
    /// Something worth a line; not escaped.
    Words(String),
}

/// A topic that was heard, or that a convention told of.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The exact topic.
    pub topic: Topic,
    /// What it most likely is.
    pub guess: Guess,
    /// Whether it was kept before the session.
    pub was_kept: bool,
    /// The nodes it proposes.
    pub nodes: Vec<Node>,
}

/// What was learnt.
#[derive(Clone, Debug)]
pub struct Learnt {
    /// In the natural order of topics.
    pub rows: Vec<Row>,
    /// How much, and what was passed over.
    pub counts: Counts,
    /// Members of JSON objects beyond the bounds of what is taken apart.
    pub n_members_left_out: u64,
    /// JSON objects that found no room to be taken apart.
    pub n_objects_left_out: u64,
    /// How the listening went.
    pub heard: Heard,
}

/// Listens to the profile's subscriptions, and to what conventions say where the broker allows that. `kept` are the
/// nodes that the device has already.
///
/// # Errors
/// When there is no connection, or no answer to a filter in time.
pub async fn learn(
    mut profile: Profile,
    clock: &Arc<dyn Clock>,
    options: Options,
    kept: &[Node],
    stop: impl Future<Output = ()>,
    tell: &mut (dyn FnMut(Progress) + Send),
) -> Result<Learnt, Unheard> {
    step_aside(&mut profile, "-learn");
    let beside = if profile.limits().all_topics { discovery(&profile.subscriptions) } else { Vec::new() };
    let plan = Plan { patience: options.patience, lasting: options.lasting, beside };
    let kept: HashSet<&str> = kept.iter().map(|node| node.topic.as_str()).collect();
    let mut session = Learn::new(options.scope);
    session.rules = options.rules;
    let (mut payloads, mut births) = (Payloads::default(), Registry::default());
    let mut take = |told: Told<'_>| match told {
        Told::Online(_) => {}
        Told::Messages(batch) => {
            for message in batch.iter() {
                session.observe(&message, |topic| kept.contains(topic));
                births.observe(message.topic, message.payload);
                payloads.take(&message, &session);
            }
        }
        Told::Left(left) => {
            let counts = session.counts();
            let n_topics = counts.n_new + counts.n_kept;
            tell(Progress::Heard { n_topics, n_messages: counts.n_messages, left });
        }
        Told::Words(words) => tell(Progress::Words(words)),
    };
    let heard = listen(profile, clock, &plan, stop, &mut take).await?;
    let mut n_members_left_out = 0;
    let lanes = [(Lane::New, false), (Lane::Kept, true)];
    let candidates = lanes.into_iter().flat_map(|(lane, was_kept)| {
        session.window(lane, None).filter_map(|id| session.candidate(id)).map(move |one| (one, was_kept))
    });
    let mut rows: Vec<Row> = candidates
        .map(|(candidate, was_kept)| {
            let topic = candidate.topic().as_str();
            let payload =
                payloads.of(topic).map(|payload| named_document(topic, payload, births.births(topic)));
            let nodes = proposed(&candidate, payload.as_deref(), options.objects, &mut n_members_left_out);
            Row { topic: candidate.topic().clone(), guess: candidate.guess(), was_kept, nodes }
        })
        .collect();
    rows.sort_by(|one, other| natural_path(one.topic.as_str(), other.topic.as_str()));
    let counts = session.counts();
    let n_objects_left_out = match options.objects {
        Objects::Parts => payloads.n_left_out,
        Objects::Whole => 0,
    };
    Ok(Learnt { rows, counts, n_members_left_out, n_objects_left_out, heard })
}

/// What to ask for so that devices can describe themselves, where the subscriptions do not cover it.
fn discovery(subscriptions: &[Subscription]) -> Vec<Subscription> {
    let filters = Learn::discovery_filters().filter_map(|filter| Filter::parse(filter).ok());
    let is_new =
        |filter: &Filter| !subscriptions.iter().any(|subscription| subscription.filter.covers(filter));
    filters.filter(is_new).map(|filter| Subscription::new(filter, Qos::AtMostOnce)).collect()
}

/// The nodes of a candidate.
fn proposed(
    candidate: &Candidate<'_>,
    payload: Option<&[u8]>,
    objects: Objects,
    n_left_out: &mut u64,
) -> Vec<Node> {
    let nodes = candidate.nodes(payload);
    let [whole] = nodes.as_slice() else { return nodes };
    match (objects, payload) {
        (Objects::Parts, Some(payload)) if whole.path().is_none() => {
            let parts = candidate.parts(payload);
            *n_left_out += parts.n_more as u64;
            let cadence_ms = whole.cadence_ms;
            let part = |node: Node| Node { cadence_ms, qos: whole.qos, ..node };
            let of_parts: Vec<Node> =
                parts.list.iter().map(|found| part(found.node(candidate.topic()))).collect();
            let mut seen: HashSet<NodeKey> = HashSet::new();
            let of_parts: Vec<Node> = of_parts.into_iter().filter(|node| seen.insert(node.key())).collect();
            if of_parts.is_empty() { nodes } else { of_parts }
        }
        (Objects::Parts | Objects::Whole, _) => nodes,
    }
}

/// The last JSON object of each topic, or what is decoded to one.
#[derive(Default)]
struct Payloads {
    by_topic: HashMap<Box<str>, Vec<u8>>,
    n_bytes: usize,
    n_left_out: u64,
}

impl Payloads {
    fn take(&mut self, message: &MessageRef<'_>, session: &Learn) {
        let is_spoken = is_spoken_on(message.topic);
        let document = Document::brief(session.rules.reading(message.topic), message.payload);
        // Metrics are given their names when all births were heard.
        let payload = if is_spoken { message.payload } else { document.bytes() };
        let is_object = is_spoken || payload.trim_ascii_start().starts_with(b"{");
        if !is_object || session.find(message.topic).is_none() {
            return;
        }
        let old = self.by_topic.get_mut(message.topic);
        let n_old = old.as_ref().map_or(0, |old| old.len());
        let n_bytes = self.n_bytes - n_old + payload.len();
        if payload.len() > MAX_PAYLOAD_BYTES || n_bytes > MAX_PAYLOADS_BYTES {
            // One that came before serves as well.
            self.n_left_out += u64::from(old.is_none());
            return;
        }
        self.n_bytes = n_bytes;
        match old {
            Some(old) => {
                old.clear();
                old.extend_from_slice(payload);
            }
            None => {
                self.by_topic.insert(message.topic.into(), payload.to_vec());
            }
        }
    }

    fn of(&self, topic: &str) -> Option<&[u8]> {
        self.by_topic.get(topic).map(Vec::as_slice)
    }
}
