//! The kept nodes of one device, found by topic and by their place in the store. Owns which are kept and whether
//! they were saved; the tree that shows them is the store's.
use super::node::{Node, NodeKey};
use crate::mqtt::Topic;
use crate::store::{NodeId, Store};
use std::collections::{BTreeMap, HashMap};

/// Nodes one device may have: twenty times what a large plant names, and a bound on what a file can ask for.
pub const MAX_NODES: usize = 1_000_000;

/// One node before and after a change; neither of them is there twice.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// What was there.
    pub before: Option<Node>,
    /// What is there now.
    pub after: Option<Node>,
}

impl Change {
    /// What undoes it.
    pub fn reversed(&self) -> Self {
        Self { before: self.after.clone(), after: self.before.clone() }
    }
}

/// Why a change was not made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeepError {
    /// The store has no room.
    #[error("there is no memory left to keep {0:?}; --memory allows more")]
    NoMemory(String),
    /// More than [`MAX_NODES`].
    #[error("{MAX_NODES} nodes are kept already, which is the most")]
    TooMany,
}

/// The kept nodes of a device.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    nodes: BTreeMap<NodeKey, Node>,
    /// The keys at a place of the store, the whole payload's first.
    at: HashMap<NodeId, Vec<NodeKey>>,
    /// The state: the same number is the same nodes.
    revision: u64,
    newest_revision: u64,
    saved: u64,
}

impl Kept {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// All of them, in the order of their topics' bytes.
    pub fn iter(&self) -> impl Iterator<Item = &Node> {
        self.nodes.values()
    }

    /// The node of a key.
    pub fn get(&self, key: &NodeKey) -> Option<&Node> {
        self.nodes.get(key)
    }

    /// The nodes at a place of the store: that of the whole payload first, then parts of its JSON.
    pub fn at(&self, id: NodeId) -> impl Iterator<Item = &Node> + Clone {
        self.at.get(&id).into_iter().flatten().filter_map(|key| self.nodes.get(key))
    }

    /// The node of the whole payload at a place of the store.
    pub fn whole(&self, id: NodeId) -> Option<&Node> {
        self.at(id).next().filter(|node| node.path().is_none())
    }

    /// Whether a topic is kept, or a part of its payload.
    pub fn has_topic(&self, topic: &Topic) -> bool {
        let first = NodeKey { topic: topic.clone(), path: None };
        self.nodes.range(first..).next().is_some_and(|(key, _)| key.topic == *topic)
    }

    /// Whether something changed since it was saved last.
    pub const fn is_changed(&self) -> bool {
        self.revision != self.saved
    }

    /// Which state this is; to be handed back to [`Kept::note_saved`] and [`Kept::note_undone`].
    pub const fn revision(&self) -> u64 {
        self.revision
    }

    /// All that was changed since this state is undone, or made again up to it.
    pub const fn note_undone(&mut self, revision: u64) {
        self.revision = revision;
    }

    const fn note_changed(&mut self) {
        self.newest_revision += 1;
        self.revision = self.newest_revision;
    }

    /// The state with this revision is on the disk.
    pub const fn note_saved(&mut self, revision: u64) {
        self.saved = revision;
    }

    /// Puts a node in the place of what its key had. Tells what changed.
    pub fn put(&mut self, store: &mut Store, node: Node) -> Result<Change, KeepError> {
        let key = node.key();
        if self.nodes.len() >= MAX_NODES && !self.nodes.contains_key(&key) {
            return Err(KeepError::TooMany);
        }
        let topic = node.topic.as_str();
        let id = store.keep(topic).ok_or_else(|| KeepError::NoMemory(topic.to_owned()))?;
        let keys = self.at.entry(id).or_default();
        if let Err(place) = keys.binary_search(&key) {
            keys.insert(place, key.clone());
        }
        let before = self.nodes.insert(key, node.clone());
        if before.as_ref() != Some(&node) {
            self.note_changed();
        }
        Ok(Change { before, after: Some(node) })
    }

    /// Keeps a node no longer. `None`: it was not kept.
    pub fn remove(&mut self, store: &mut Store, key: &NodeKey) -> Option<Change> {
        let before = self.nodes.remove(key)?;
        self.note_changed();
        if let Some(id) = store.find(key.topic.as_str())
            && let Some(keys) = self.at.get_mut(&id)
        {
            keys.retain(|known| known != key);
            if keys.is_empty() {
                self.at.remove(&id);
                store.release(id);
            }
        }
        Some(Change { before: Some(before), after: None })
    }

    /// Makes a change that was made or undone before.
    pub fn change(&mut self, store: &mut Store, change: &Change) -> Result<(), KeepError> {
        let key = |node: &Option<Node>| node.as_ref().map(Node::key);
        // A node whose key changes is another one: what it was goes first.
        if let Some(old) = key(&change.before).filter(|old| key(&change.after).as_ref() != Some(old)) {
            self.remove(store, &old);
        }
        match &change.after {
            Some(node) => self.put(store, node.clone()).map(drop),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::{Codec, JsonPath, Kind};

    fn node(topic: &str) -> Node {
        Node::new(Topic::parse(topic).unwrap(), Kind::Float)
    }

    #[test]
    fn a_node_is_in_the_tree_as_long_as_it_or_a_part_of_it_is_kept() {
        let (mut store, mut kept) = (Store::new(usize::MAX), Kept::default());
        let part = Node { codec: Codec::JsonPath(JsonPath::parse("$.c").unwrap()), ..node("a/b") };
        let whole = node("a/b");
        kept.put(&mut store, part.clone()).unwrap();
        kept.put(&mut store, whole.clone()).unwrap();
        let id = store.find("a/b").unwrap();
        assert_eq!(kept.at(id).cloned().collect::<Vec<_>>(), [whole.clone(), part.clone()]);
        assert_eq!(kept.whole(id), Some(&whole));

        kept.remove(&mut store, &whole.key()).unwrap();
        assert!(store.is_there(id) && kept.whole(id).is_none() && kept.has_topic(&whole.topic));
        kept.remove(&mut store, &part.key()).unwrap();
        assert!(!store.is_there(id) && !kept.has_topic(&whole.topic));
        assert_eq!(store.find("a"), None, "a branch that led to nothing else goes with it");
    }

    #[test]
    fn what_is_undone_is_as_it_was_and_can_be_done_again() {
        let (mut store, mut kept) = (Store::new(usize::MAX), Kept::default());
        kept.put(&mut store, node("a")).unwrap();
        kept.note_saved(kept.revision());
        let moved = Change { before: Some(node("a")), after: Some(Node { priority: 3, ..node("b") }) };
        kept.change(&mut store, &moved).unwrap();
        assert!(kept.is_changed());
        assert_eq!(kept.iter().map(|node| node.topic.as_str()).collect::<Vec<_>>(), ["b"]);
        kept.change(&mut store, &moved.reversed()).unwrap();
        assert_eq!(kept.iter().cloned().collect::<Vec<_>>(), [node("a")]);
        assert!(store.find("b").is_none());
    }

    #[test]
    fn a_node_is_changed_only_where_it_differs() {
        let (mut store, mut kept) = (Store::new(usize::MAX), Kept::default());
        kept.put(&mut store, node("a")).unwrap();
        kept.note_saved(kept.revision());
        kept.put(&mut store, node("a")).unwrap();
        assert!(!kept.is_changed());
    }
}
