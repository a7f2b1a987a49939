//! What a device knows of a topic, as the view filter asks for it. Owns no figure; each is looked up when asked.
use crate::decode::chain;
use crate::device::{Document, Kept, Rules};
use crate::model::{picture, typed};
use crate::mqtt::{Qos, Retained};
use crate::sift::Facts;
use crate::store::{Last, LastPayload, NodeId, Store};
use crate::time::Timestamp;
use std::cell::OnceCell;
use std::time::Duration;

/// A topic at a moment.
pub struct Known<'a> {
    store: &'a Store,
    kept: &'a Kept,
    rules: &'a Rules,
    node: NodeId,
    now: Timestamp,
    /// What the decoders make of the last payload, once it was asked for; none where it is taken as it came.
    made: OnceCell<Option<Vec<u8>>>,
}

impl<'a> Known<'a> {
    /// Nothing is looked up yet.
    pub const fn new(
        store: &'a Store,
        kept: &'a Kept,
        rules: &'a Rules,
        node: NodeId,
        now: Timestamp,
    ) -> Self {
        Self { store, kept, rules, node, now, made: OnceCell::new() }
    }

    /// Bytes that were taken and made by decoding until now.
    pub fn n_decoded(&self) -> usize {
        let made = self.made.get().and_then(Option::as_ref);
        made.map_or(0, |made| made.len() + self.raw().map_or(0, <[u8]>::len))
    }

    fn last(&self) -> Option<Last<'a>> {
        self.store.last(self.node)
    }

    fn raw(&self) -> Option<&'a [u8]> {
        match self.last()?.payload {
            LastPayload::Whole(payload) => Some(payload),
            LastPayload::Evicted { .. } => None,
        }
    }

    /// Whether a payload does not fit its kept node.
    pub fn misfits(&self, payload: &[u8]) -> bool {
        // Most topics are not kept.
        if self.kept.at(self.node).next().is_none() {
            return false;
        }
        let document = Document::new(self.rules.reading(&self.topic()), payload);
        typed::has_misfit(self.kept, self.node, &document)
    }

    fn topic(&self) -> String {
        let mut topic = String::new();
        self.store.topic_of(self.node, &mut topic);
        topic
    }
}

/// What is inside of a small payload that is no text, or that something was chosen for.
pub fn decoded(rules: &Rules, payload: &[u8], topic: impl FnOnce() -> String) -> Option<Vec<u8>> {
    let is_small = payload.len() <= chain::MAX_PREVIEWED_BYTES;
    if !is_small || chain::is_plain(payload) && rules.list().is_empty() {
        return None;
    }
    chain::inside(rules.reading(&topic()), payload).map(|decoded| decoded.bytes.into_owned())
}

impl Facts for Known<'_> {
    fn retained(&self) -> Option<bool> {
        match picture::kept(&self.last()?) {
            Retained::Yes => Some(true),
            Retained::No => Some(false),
            Retained::Unknown => None,
        }
    }

    fn age(&self) -> Option<Duration> {
        self.last().map(|last| self.now.since(last.received))
    }

    fn rate_per_s(&self) -> f64 {
        f64::from(self.store.topic_rate(self.node, self.now))
    }

    fn n_messages(&self) -> u64 {
        self.store.node(self.node).n_messages
    }

    fn n_bytes(&self) -> Option<usize> {
        self.last().map(|last| last.n_bytes)
    }

    fn qos(&self) -> Option<Qos> {
        self.last().map(|last| last.qos)
    }

    fn payload(&self) -> Option<&[u8]> {
        let raw = self.raw()?;
        Some(self.made.get_or_init(|| decoded(self.rules, raw, || self.topic())).as_deref().unwrap_or(raw))
    }

    fn is_kept(&self) -> bool {
        self.store.is_kept(self.node)
    }

    fn is_pinned(&self) -> bool {
        self.store.is_pinned(self.node)
    }

    fn is_stale(&self) -> bool {
        let stale_at =
            self.last().and_then(|last| typed::silent_at(self.store, self.kept, self.node, last.received));
        stale_at.is_some_and(|at| at <= self.now)
    }

    fn has_error(&self) -> bool {
        self.raw().is_some_and(|payload| self.misfits(payload))
    }
}
