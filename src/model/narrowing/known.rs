//! What a device knows of a topic, as the view filter asks for it. Owns no figure; each is looked up when asked.
use crate::device::Kept;
use crate::model::{picture, typed};
use crate::mqtt::{Qos, Retained};
use crate::sift::Facts;
use crate::store::{Last, LastPayload, NodeId, Store};
use crate::time::Timestamp;
use std::time::Duration;

/// A topic at a moment.
pub struct Known<'a> {
    pub store: &'a Store,
    pub kept: &'a Kept,
    pub node: NodeId,
    pub now: Timestamp,
}

impl<'a> Known<'a> {
    fn last(&self) -> Option<Last<'a>> {
        self.store.last(self.node)
    }

    /// Whether a payload does not fit its kept node.
    pub fn misfits(&self, payload: &[u8]) -> bool {
        typed::has_misfit(self.kept, self.node, payload)
    }
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
        match self.last()?.payload {
            LastPayload::Whole(payload) => Some(payload),
            LastPayload::Evicted { .. } => None,
        }
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
        self.payload().is_some_and(|payload| self.misfits(payload))
    }
}
