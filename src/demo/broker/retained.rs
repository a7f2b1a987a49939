//! The retained messages. Owns their compact storage; does not know who is subscribed.
use crate::mqtt::{PublishProperties, Qos};
use crate::time::Timestamp;
use foldhash::fast::FixedState;
use hashbrown::HashTable;
use std::hash::BuildHasher;
use std::time::Duration;

/// Retained messages in slots that keep their place, so that a walk over them can pause and go on.
///
/// A slot is 32 bytes and one allocation for topic and payload together: a million short ones fit in
/// little more than 100 MB.
#[derive(Debug, Default)]
pub(super) struct RetainedStore {
    slots: Vec<Slot>,
    free: Vec<u32>,
    index: HashTable<u32>,
    hasher: FixedState,
    n_bytes: usize,
    /// Grows with each walk begun; see [`RetainedStore::begin_walk`].
    epoch: u32,
}

/// The topic's and the payload's bytes in one; a vacant slot has no topic.
#[derive(Debug, Default)]
struct Slot {
    bytes: Box<[u8]>,
    extras: Option<Box<Extras>>,
    epoch: u32,
    topic_bytes: u16,
    qos: Qos,
}

#[derive(Debug)]
struct Extras {
    properties: PublishProperties,
    stored: Timestamp,
}

/// How much is kept at most.
#[derive(Clone, Copy, Debug)]
pub(super) struct StoreBounds {
    pub n_topics: usize,
    /// Of topics and payloads.
    pub n_bytes: usize,
}

/// One retained message, borrowed.
#[derive(Clone, Debug)]
pub(super) struct Kept<'a> {
    pub topic: &'a str,
    pub payload: &'a [u8],
    pub qos: Qos,
    /// Message expiry already counted down (MQTT-3.3.2-6).
    pub properties: Option<PublishProperties>,
    /// The number of the walk that was the newest when it was stored.
    pub epoch: u32,
}

impl Slot {
    fn topic(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.topic_bytes)).unwrap_or_default()
    }

    fn kept(&self, now: Timestamp) -> Option<Kept<'_>> {
        let (topic, payload) = self.bytes.split_at_checked(usize::from(self.topic_bytes))?;
        let topic = std::str::from_utf8(topic).ok()?;
        if topic.is_empty() {
            return None;
        }
        let properties = match &self.extras {
            None => None,
            Some(extras) => Some(aged(&extras.properties, now.since(extras.stored))?),
        };
        Some(Kept { topic, payload, qos: self.qos, properties, epoch: self.epoch })
    }
}

/// The properties after a while; `None` when the message has expired.
pub(super) fn aged(properties: &PublishProperties, waited: Duration) -> Option<PublishProperties> {
    let mut aged = properties.clone();
    if let Some(expiry_s) = aged.message_expiry_s {
        let waited_s = u32::try_from(waited.as_secs()).unwrap_or(u32::MAX);
        aged.message_expiry_s = Some(expiry_s.checked_sub(waited_s).filter(|left| *left > 0)?);
    }
    Some(aged)
}

impl RetainedStore {
    /// How many topics have one.
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// How many slots a walk has to look at.
    pub fn n_slots(&self) -> u32 {
        u32::try_from(self.slots.len()).unwrap_or(u32::MAX)
    }

    /// The number of a new walk. What is stored from now on carries this number or a higher one, so that
    /// the walk can leave out what its subscriber has heard live in the meantime.
    pub fn begin_walk(&mut self) -> u32 {
        self.epoch = self.epoch.saturating_add(1);
        self.epoch
    }

    /// Keeps a message in place of an older one; an empty payload clears (MQTT-3.3.1-6).
    /// Tells whether there was room.
    pub fn set(
        &mut self,
        topic: &str,
        payload: &[u8],
        qos: Qos,
        properties: Option<&PublishProperties>,
        now: Timestamp,
        bounds: StoreBounds,
    ) -> bool {
        if payload.is_empty() {
            self.clear(topic);
            return true;
        }
        let Ok(topic_bytes) = u16::try_from(topic.len()) else { return false };
        let known = self.find(topic);
        let before =
            known.and_then(|place| self.slots.get(place as usize)).map_or(0, |slot| slot.bytes.len());
        let n_bytes = self.n_bytes - before + topic.len() + payload.len();
        if n_bytes > bounds.n_bytes || (known.is_none() && self.index.len() >= bounds.n_topics) {
            return false;
        }
        self.n_bytes = n_bytes;
        let place = known.unwrap_or_else(|| self.claim(topic));
        let Some(slot) = self.slots.get_mut(place as usize) else { return false };
        if slot.topic_bytes == topic_bytes && slot.bytes.len() == topic.len() + payload.len() {
            if let Some(old) = slot.bytes.get_mut(topic.len()..) {
                old.copy_from_slice(payload);
            }
        } else {
            let mut bytes = Vec::with_capacity(topic.len() + payload.len());
            bytes.extend_from_slice(topic.as_bytes());
            bytes.extend_from_slice(payload);
            slot.bytes = bytes.into_boxed_slice();
            slot.topic_bytes = topic_bytes;
        }
        slot.qos = qos;
        slot.epoch = self.epoch;
        slot.extras =
            properties.map(|properties| Box::new(Extras { properties: properties.clone(), stored: now }));
        true
    }

    /// The slot of one topic.
    pub fn place_of(&self, topic: &str) -> Option<u32> {
        self.find(topic)
    }

    /// The message of one slot.
    pub fn at(&self, place: u32, now: Timestamp) -> Option<Kept<'_>> {
        self.slots.get(place as usize)?.kept(now)
    }

    fn find(&self, topic: &str) -> Option<u32> {
        let found = self.index.find(self.hasher.hash_one(topic.as_bytes()), |place| {
            self.slots.get(*place as usize).is_some_and(|slot| slot.topic() == topic.as_bytes())
        });
        found.copied()
    }

    fn claim(&mut self, topic: &str) -> u32 {
        let place = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Slot::default());
            u32::try_from(self.slots.len() - 1).unwrap_or(u32::MAX)
        });
        let (slots, hasher) = (&self.slots, &self.hasher);
        self.index.insert_unique(hasher.hash_one(topic.as_bytes()), place, |place| {
            hasher.hash_one(slots.get(*place as usize).map(Slot::topic).unwrap_or_default())
        });
        place
    }

    fn clear(&mut self, topic: &str) {
        let hash = self.hasher.hash_one(topic.as_bytes());
        let slots = &self.slots;
        let found = self.index.find_entry(hash, |place| {
            slots.get(*place as usize).is_some_and(|slot| slot.topic() == topic.as_bytes())
        });
        let Ok(entry) = found else { return };
        let (place, _) = entry.remove();
        if let Some(slot) = self.slots.get_mut(place as usize) {
            self.n_bytes -= slot.bytes.len();
            *slot = Slot::default();
            self.free.push(place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: StoreBounds = StoreBounds { n_topics: 1_000, n_bytes: 10_000 };

    fn store_of(messages: &[(&str, &str)]) -> RetainedStore {
        let mut store = RetainedStore::default();
        for (topic, payload) in messages {
            store.set(topic, payload.as_bytes(), Qos::AtMostOnce, None, Timestamp::ZERO, BOUNDS);
        }
        store
    }

    fn text(store: &RetainedStore, topic: &str) -> Option<String> {
        let kept = store.at(store.place_of(topic)?, Timestamp::ZERO)?;
        Some(String::from_utf8(kept.payload.to_vec()).unwrap())
    }

    /// MQTT 5.0 section 3.3.1.3.
    #[test]
    fn a_newer_message_replaces_and_an_empty_one_clears() {
        let store = store_of(&[("a", "1"), ("/a", "2"), ("a", "3"), ("a/", "44"), ("/a", "")]);
        assert_eq!(text(&store, "a").as_deref(), Some("3"));
        assert_eq!(text(&store, "/a"), None);
        assert_eq!(text(&store, "a/").as_deref(), Some("44"));
        assert_eq!((store.len(), store.n_slots()), (2, 3));
    }

    #[test]
    fn a_cleared_place_is_used_again() {
        let store = store_of(&[("a", "1"), ("a", ""), ("b", "2"), ("c", "3")]);
        assert_eq!((store.len(), store.n_slots()), (2, 2));
        assert_eq!(text(&store, "b").as_deref(), Some("2"));
        assert_eq!(text(&store, "a"), None);
    }

    #[test]
    fn a_full_store_still_takes_newer_values() {
        let mut store = store_of(&[("a", "1"), ("b", "2")]);
        let mut set = |topic, payload: &[u8], n_topics, n_bytes| {
            let bounds = StoreBounds { n_topics, n_bytes };
            store.set(topic, payload, Qos::AtMostOnce, None, Timestamp::ZERO, bounds)
        };
        assert!(!set("c", b"3", 2, 99));
        assert!(set("a", b"longer", 2, 9));
        assert!(!set("a", b"far longer", 2, 9));
        assert!(set("b", b"", 2, 9) && set("c", b"4", 2, 9));
        assert_eq!(text(&store, "a").as_deref(), Some("longer"));
        assert_eq!(store.n_bytes, 9);
    }

    /// MQTT 5.0 section 3.3.2.3.3.
    #[test]
    fn expiry_counts_down_and_ends() {
        let mut store = RetainedStore::default();
        let properties = PublishProperties { message_expiry_s: Some(10), ..PublishProperties::default() };
        store.set("a", b"1", Qos::AtMostOnce, Some(&properties), Timestamp::ZERO, BOUNDS);
        let left = |ms| store.at(0, Timestamp::from_millis(ms)).map(|kept| kept.properties);
        assert_eq!(left(4_000).unwrap().unwrap().message_expiry_s, Some(6));
        assert!(left(10_000).is_none());
    }

    #[test]
    fn a_slot_stays_small() {
        assert_eq!(size_of::<Slot>(), 32);
    }
}
