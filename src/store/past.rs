//! A topic's history from the oldest message on, slice by slice, while others come. Owns the way back to it; what is
//! evicted meanwhile is told as gone.
use super::history::{Past, PastKey, Place};
use super::{NodeId, Store};

/// How far the reading of a topic's history is: as it was when that began.
#[derive(Clone, Debug)]
pub struct PastCursor {
    node: NodeId,
    /// Whether the history was the node's own then.
    is_own: bool,
    /// The next record on the way back.
    next: Place,
    /// Records found on the way back, eight bytes each: less than their records take.
    places: Vec<Place>,
}

/// What the next step of a reading comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PastStep<'a> {
    /// A message.
    Message(Past<'a>),
    /// One that was evicted meanwhile.
    Gone,
    /// There are no more.
    End,
}

impl Store {
    /// Begins to read what a topic's history holds before its last message.
    pub fn begin_past(&self, id: NodeId) -> PastCursor {
        let next = self.heard(id).map(|heard| heard.newest).unwrap_or_default();
        PastCursor { node: id, is_own: self.pins.contains_key(&id.0), next, places: Vec::new() }
    }

    /// Goes back by up to `budget` records. `true`: the oldest is reached.
    pub fn go_back(&self, cursor: &mut PastCursor, budget: usize) -> bool {
        for _ in 0..budget.max(1) {
            let Some(previous) = self.record(cursor, cursor.next).map(|(previous, _)| previous) else {
                return true;
            };
            cursor.places.push(cursor.next);
            cursor.next = previous;
        }
        false
    }

    /// The oldest message that was not read yet, once the way back is gone.
    pub fn next_past<'a>(&'a self, cursor: &mut PastCursor) -> PastStep<'a> {
        let Some(place) = cursor.places.pop() else { return PastStep::End };
        self.record(cursor, place).map_or(PastStep::Gone, |(_, past)| PastStep::Message(past))
    }

    fn record(&self, cursor: &PastCursor, place: Place) -> Option<(Place, Past<'_>)> {
        let own = self.pins.get(&cursor.node.0).map(|pin| &pin.log);
        // What moves from the common log to a node's own can be read in both as long as it stays.
        let log = if cursor.is_own { own? } else { &self.log };
        let (record, payload) = log.get(place)?;
        // What was forgotten or moved since the reading began is part of it all the same.
        let is_it = record.heard == self.tree.slots[cursor.node.0].heard;
        let n_messages = self.heard(cursor.node)?.n_messages;
        let key = PastKey { ordinal: record.ordinal(n_messages), place };
        is_it.then(|| (record.previous, record.past(key, payload)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mqtt::{MessageRef, Qos, Queued, Retained};
    use crate::time::Timestamp;

    fn hear(store: &mut Store, topic: &str, payload: &[u8]) {
        store.ingest(&MessageRef {
            topic,
            payload,
            properties: &[],
            qos: Qos::AtMostOnce,
            retained: Retained::No,
            dup: false,
            queued: Queued::No,
            packet_id: None,
            received: Timestamp::ZERO,
        });
    }

    /// Reads all, going back by two records at a time; what comes between the steps is none of it.
    fn read(store: &mut Store, id: NodeId, mut between: impl FnMut(&mut Store)) -> (Vec<String>, usize) {
        let mut cursor = store.begin_past(id);
        while !store.go_back(&mut cursor, 2) {
            between(store);
        }
        let (mut read, mut n_gone) = (Vec::new(), 0);
        loop {
            match store.next_past(&mut cursor) {
                PastStep::Message(past) => read.push(String::from_utf8(past.payload.to_vec()).unwrap()),
                PastStep::Gone => n_gone += 1,
                PastStep::End => return (read, n_gone),
            }
            between(store);
        }
    }

    #[test]
    fn history_is_read_from_the_oldest_on_as_it_was_when_that_began() {
        for is_pinned in [false, true] {
            let mut store = Store::new(64 << 20);
            for n in 0..9 {
                hear(&mut store, "a", n.to_string().as_bytes());
                hear(&mut store, "b", b"x");
            }
            let id = store.find("a").unwrap();
            if is_pinned {
                store.pin(id);
            }
            let (read, n_gone) = read(&mut store, id, |store| hear(store, "a", b"new"));
            assert_eq!((read.join(""), n_gone), ("01234567".to_owned(), 0));
        }
    }

    #[test]
    fn what_is_evicted_meanwhile_is_counted_and_a_pin_meanwhile_changes_nothing() {
        let mut store = Store::new(1 << 20);
        for n in 0..5 {
            hear(&mut store, "a", n.to_string().as_bytes());
        }
        let id = store.find("a").unwrap();
        let mut cursor = store.begin_past(id);
        assert!(store.go_back(&mut cursor, 100));
        store.pin(id);
        assert!(matches!(store.next_past(&mut cursor), PastStep::Message(past) if past.payload == b"0"));
        for _ in 0..400 {
            hear(&mut store, "b", &[b'x'; 8_192]);
        }
        let rest: Vec<bool> =
            (0..3).map(|_| matches!(store.next_past(&mut cursor), PastStep::Gone)).collect();
        assert_eq!(rest, [true; 3]);
        assert_eq!(store.next_past(&mut cursor), PastStep::End);
    }
}
