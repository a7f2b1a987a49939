//! A kept node: a topic, or a place in its JSON, with what is known of its values. Owns the attributes and
//! their defaults; the device file's spelling is `config`'s.
use super::access::Access;
use super::codec::{Codec, JsonPath};
use super::domain::{Clip, Domain};
use super::kind::Kind;
use super::unit::Unit;
use super::value::Value;
use crate::mqtt::{Qos, Topic};

/// What tells two nodes of one device apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeKey {
    /// The exact topic.
    pub topic: Topic,
    /// The place in its JSON, where the node is only a part of the payload.
    pub path: Option<JsonPath>,
}

/// A kept node.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The exact topic.
    pub topic: Topic,
    /// What to call it instead of its last level.
    pub alias: Option<String>,
    /// What it is, in words.
    pub description: Option<String>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// What its value is.
    pub kind: Kind,
    /// Whether we listen, send, or both.
    pub access: Access,
    /// What its number counts.
    pub unit: Option<Unit>,
    /// What it is set to when nothing else is said.
    pub default: Option<Value>,
    /// Which values it takes.
    pub domain: Domain,
    /// What becomes of other numbers before they are published.
    pub clip: Clip,
    /// How its payload is written.
    pub codec: Codec,
    /// At which quality of service we publish.
    pub qos: Qos,
    /// Whether the broker shall keep what we publish.
    pub retain: bool,
    /// Milliseconds between two publications at least; the newest value wins.
    pub rate_limit_ms: Option<u32>,
    /// Whether a value equal to the last one is not sent again.
    pub repetition_filter: bool,
    /// Which go first where several wait; higher first.
    pub priority: i32,
    /// Milliseconds between messages as learnt; stale past three times that.
    pub cadence_ms: Option<u64>,
}

impl Node {
    /// A node with the defaults.
    pub const fn new(topic: Topic, kind: Kind) -> Self {
        Self {
            topic,
            alias: None,
            description: None,
            tags: Vec::new(),
            kind,
            access: Access::Both,
            unit: None,
            default: None,
            domain: Domain { min: None, max: None, step: None, values: Vec::new() },
            clip: Clip::None,
            codec: Codec::Text,
            qos: Qos::AtMostOnce,
            retain: false,
            rate_limit_ms: None,
            repetition_filter: false,
            priority: 0,
            cadence_ms: None,
        }
    }

    /// The place in its topic's JSON, where it is only a part of the payload.
    pub const fn path(&self) -> Option<&JsonPath> {
        match &self.codec {
            Codec::JsonPath(path) => Some(path),
            Codec::Text | Codec::Json | Codec::Raw(..) | Codec::Words { .. } | Codec::Suffix(_) => None,
        }
    }

    /// What tells it apart from the device's other nodes.
    pub fn key(&self) -> NodeKey {
        NodeKey { topic: self.topic.clone(), path: self.path().cloned() }
    }
}
