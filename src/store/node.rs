//! Questions about one node. Owns the shape of the answers; changes nothing.
use super::arena::NONE;
use super::last::{Heard, Last};
use super::rate::Rate;
use super::tree::ROOT;
use super::{NodeId, Store};
use crate::time::Timestamp;
use std::time::Duration;

/// The figures of a node, as they were when asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Node {
    /// Messages on this very topic.
    pub n_messages: u64,
    /// Messages here and below.
    pub n_messages_below: u64,
    /// Topics with at least one message here and below.
    pub n_topics_below: usize,
    /// When the last message came, here or below.
    pub last_change: Timestamp,
    /// Smoothed time between the messages on this very topic; `None` before the second.
    pub interval: Option<Duration>,
    rate: Rate,
}

impl Node {
    /// Messages per second over the last two seconds, here and below.
    pub fn rate_per_s(&self, now: Timestamp) -> f32 {
        self.rate.per_s(now)
    }
}

impl Store {
    /// The node with exactly this path, whether it is a topic or only on the way to some. The empty
    /// path is that of the empty level which `/a` begins with, never the root's.
    pub fn find(&self, topic: &str) -> Option<NodeId> {
        let mut prefixes = Vec::new();
        self.tree.split(topic, &mut prefixes);
        self.tree.find(topic, &prefixes).map(NodeId)
    }

    /// Writes a node's path, the exact bytes, into an empty `out`. The root's is empty.
    pub fn topic_of(&self, id: NodeId, out: &mut String) {
        out.clear();
        let mut way = Vec::new();
        let mut node = id.0;
        while node != ROOT {
            way.push(node);
            node = self.tree.slots[node].parent;
        }
        for (place, node) in way.iter().rev().enumerate() {
            if place > 0 {
                out.push('/');
            }
            out.push_str(self.tree.level(*node));
        }
    }

    /// The text of a node's last level; may be empty.
    pub fn level(&self, id: NodeId) -> &str {
        self.tree.level(id.0)
    }

    /// The node above; `None` above the root.
    pub fn parent(&self, id: NodeId) -> Option<NodeId> {
        Some(NodeId(self.tree.slots[id.0].parent)).filter(|parent| parent.0 != NONE)
    }

    /// Steps from the root.
    pub fn depth(&self, id: NodeId) -> usize {
        self.tree.depth(id.0)
    }

    /// Whether a message was heard on this very topic.
    pub fn is_topic(&self, id: NodeId) -> bool {
        self.heard(id).is_some()
    }

    /// Messages on this very topic.
    pub fn n_messages_on(&self, id: NodeId) -> u64 {
        self.heard(id).map_or(0, |heard| heard.n_messages)
    }

    /// A node's figures.
    pub fn node(&self, id: NodeId) -> Node {
        let heard = self.heard(id);
        let mut node = Node::default();
        if let Some(heard) = heard {
            node.n_messages = heard.n_messages;
            node.interval = (heard.n_messages > 1)
                .then(|| Duration::try_from_secs_f32(heard.interval_s).unwrap_or_default());
        }
        match (self.tree.branch(id.0), heard) {
            (Some(branch), _) => Node {
                n_messages_below: branch.n_messages_below,
                n_topics_below: branch.n_topics_below as usize,
                last_change: branch.last_change,
                rate: branch.rate,
                ..node
            },
            (None, Some(heard)) => Node {
                n_messages_below: heard.n_messages,
                n_topics_below: 1,
                last_change: heard.received,
                rate: heard.rate,
                ..node
            },
            (None, None) => node,
        }
    }

    /// A topic's last message.
    pub fn last(&self, id: NodeId) -> Option<Last<'_>> {
        self.heard(id).map(Heard::last)
    }

    pub(super) fn heard(&self, id: NodeId) -> Option<&Heard> {
        match self.tree.slots[id.0].heard {
            NONE => None,
            number => Some(&self.heard[number]),
        }
    }
}
