//! Births of Sparkplug as the store's last messages hold them, read when a message that follows one is looked at. Owns
//! what is remembered of them and its bounds; costs nothing while messages are taken in.
use std::borrow::Cow;
use std::sync::Arc;

use crate::decode::sparkplug::{self, Birth, Births, Heard, MAX_BIRTH_BYTES, Message, Route, Told};
use crate::device::codec::named_document;
use crate::store::{LastPayload, NodeId, Store};

use super::Model;
use super::device::Device;
use super::tree::RowId;

/// Births remembered at once: more edge nodes and devices than a screen shows.
const MAX_BIRTHS: usize = 256;

/// Memory for births; the one used longest ago makes room.
const MAX_BYTES: usize = 2 * MAX_BIRTH_BYTES;

/// What is known beside the payloads on screen.
#[derive(Debug, Default)]
pub struct BirthBook {
    /// The latest used last.
    births: Vec<Entry>,
    /// By their nodes, in their order.
    told: Vec<Known>,
    n_looks: u64,
}

/// What is known of one topic.
#[derive(Clone, Debug)]
struct Known {
    node: NodeId,
    /// The look-up that found it so.
    stamp: u64,
    told: Arc<Told>,
}

/// A birth that was read.
#[derive(Debug)]
struct Entry {
    node: NodeId,
    /// Which message of the store it was.
    sequence: u64,
    /// The look-up that used it last.
    look: u64,
    birth: Arc<Birth>,
}

impl Model {
    /// Looks up what births say of the topics in these rows, and of the one under the cursor.
    pub(super) fn look_up_births<'a>(&mut self, rows: impl Iterator<Item = &'a RowId>) {
        let rows: Vec<RowId> = rows.copied().chain([self.cursor]).collect();
        let charted: Vec<RowId> = self.chart.series.iter().map(|series| series.key.row).collect();
        for device in &mut self.devices {
            let rows = rows.iter().chain(&charted).filter(|row| row.device == device.id);
            device.births.look_up(&device.store, rows.map(|row| row.node));
            let edited = self.editor.as_ref().filter(|editor| editor.device == device.id);
            if let Some(route) = edited.and_then(|editor| Route::parse(editor.node.topic.as_str())) {
                device.births.of(&device.store, &route);
            }
        }
    }
}

/// The JSON in which the nodes at a place find their values, with the names that births give.
pub fn document<'p>(device: &Device, node: NodeId, payload: &'p [u8]) -> Cow<'p, [u8]> {
    let known = device.births.told(node);
    if known.is_none() && !is_spoken(&device.store) {
        return Cow::Borrowed(payload);
    }
    if let Some(told) = known {
        return named_document(&told.topic, payload, told.births.clone());
    }
    let mut topic = String::new();
    device.store.topic_of(node, &mut topic);
    named_document(&topic, payload, device.births_of(&topic))
}

/// Whether any topic of Sparkplug was heard.
fn is_spoken(store: &Store) -> bool {
    ["spBv1.0", "STATE"].iter().any(|level| store.find(level).is_some())
}

impl Device {
    /// What the births heard last say of the messages on a topic.
    pub fn births_of(&self, topic: &str) -> Births {
        let Some(route) = Route::parse(topic) else { return Births::default() };
        let heard = |topic: &str| self.births.present(&self.store, topic);
        let device = route.of_device(Message::DeviceBirth);
        Births {
            node: heard(&route.of_node(Message::NodeBirth)),
            device: device.as_deref().map(heard).unwrap_or_default(),
        }
    }
}

impl BirthBook {
    /// What is known of a topic that is on screen.
    pub fn told(&self, node: NodeId) -> Option<&Arc<Told>> {
        self.known(node).map(|known| &known.told)
    }

    /// A number that is another one when something else is known of a topic.
    pub fn stamp(&self, node: NodeId) -> u64 {
        self.known(node).map_or(0, |known| known.stamp)
    }

    fn known(&self, node: NodeId) -> Option<&Known> {
        let at = self.told.binary_search_by_key(&node, |known| known.node).ok()?;
        self.told.get(at)
    }

    /// Looks up what is known of the topics on screen; others are forgotten. Costs what is on the screen, and a new
    /// birth its length once.
    pub fn look_up(&mut self, store: &Store, nodes: impl Iterator<Item = NodeId>) {
        if !is_spoken(store) {
            self.told.clear();
            return;
        }
        self.n_looks += 1;
        let mut told = Vec::new();
        let mut topic = String::new();
        for node in nodes.filter(|node| store.last(*node).is_some()) {
            topic.clear();
            store.topic_of(node, &mut topic);
            let births = match Route::parse(&topic) {
                Some(route) => self.of(store, &route),
                None if sparkplug::host(&topic).is_some() => Births::default(),
                None => continue,
            };
            let is_it = |known: &&Known| *known.told.topic == *topic && known.told.births == births;
            let known = self.known(node).filter(is_it).cloned();
            told.push(known.unwrap_or_else(|| Known {
                node,
                stamp: self.n_looks,
                told: Arc::new(Told { topic: topic.as_str().into(), births }),
            }));
        }
        told.sort_unstable_by_key(|known| known.node);
        told.dedup_by_key(|known| known.node);
        self.told = told;
    }

    fn of(&mut self, store: &Store, route: &Route<'_>) -> Births {
        let node = self.heard(store, &route.of_node(Message::NodeBirth));
        let device = route.of_device(Message::DeviceBirth).map(|topic| self.heard(store, &topic));
        Births { node, device: device.unwrap_or_default() }
    }

    /// The last birth on a topic, read anew where it is not remembered.
    fn present(&self, store: &Store, topic: &str) -> Heard {
        let Some((node, last)) = store.find(topic).and_then(|node| Some((node, store.last(node)?))) else {
            return Heard::No;
        };
        let is_it = |entry: &&Entry| entry.node == node && entry.sequence == last.sequence;
        match (self.births.iter().find(is_it), last.payload) {
            (Some(entry), _) => Heard::Yes(Arc::clone(&entry.birth)),
            (None, LastPayload::Evicted { .. }) => Heard::Evicted,
            (None, LastPayload::Whole(payload)) => Heard::Yes(Arc::new(Birth::read(payload))),
        }
    }

    /// The last birth on a topic.
    fn heard(&mut self, store: &Store, topic: &str) -> Heard {
        let Some((node, last)) = store.find(topic).and_then(|node| Some((node, store.last(node)?))) else {
            return Heard::No;
        };
        let known = self.births.iter().position(|entry| entry.node == node);
        let known = known.map(|at| self.births.remove(at)).filter(|entry| entry.sequence == last.sequence);
        let birth = match (known, last.payload) {
            (Some(entry), _) => entry.birth,
            (None, LastPayload::Evicted { .. }) => return Heard::Evicted,
            (None, LastPayload::Whole(payload)) => Arc::new(Birth::read(payload)),
        };
        let entry = Entry { node, sequence: last.sequence, look: self.n_looks, birth: Arc::clone(&birth) };
        if self.make_room(birth.n_bytes()) {
            self.births.push(entry);
            Heard::Yes(birth)
        } else {
            Heard::Evicted
        }
    }

    /// Forgets births that are not needed now, those used longest ago first; whether so many bytes fit then.
    fn make_room(&mut self, n_bytes: usize) -> bool {
        let mut n_taken: usize = self.births.iter().map(|entry| entry.birth.n_bytes()).sum();
        while self.births.len() >= MAX_BIRTHS || n_taken + n_bytes > MAX_BYTES {
            match self.births.first() {
                Some(oldest) if oldest.look < self.n_looks => {
                    n_taken -= self.births.remove(0).birth.n_bytes();
                }
                Some(_) => return false,
                None => return true,
            }
        }
        true
    }
}
