//! A topic's messages newest first, a slice at a time. Owns where a reader left off; a place that is gone since
//! ends the reading, it never misleads.
use super::history::{Past, Place};
use super::{NodeId, Store};

/// Where reading a topic's history back was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PastCursor {
    place: Place,
    /// Whether the topic had a history of its own then: what moves to another log changes its place.
    is_own: bool,
}

impl Store {
    /// Tells of at most so many messages of a topic, newest first, from where it was left, else from the last one
    /// on; as long as `wants_more` says so. Where to go on, or `None` when nothing is left.
    pub fn history_slice(
        &self,
        id: NodeId,
        from: Option<PastCursor>,
        n: usize,
        mut wants_more: impl FnMut(&Past<'_>) -> bool,
    ) -> Option<PastCursor> {
        let heard = self.heard(id)?;
        let pin = self.pins.get(&id.0);
        let (log, is_own) = (pin.map_or(&self.log, |pin| &pin.log), pin.is_some());
        let mut left = n;
        let mut place = match from {
            Some(from) if from.is_own != is_own => return None,
            Some(from) => from.place,
            None => {
                left = left.saturating_sub(1);
                let newest = self.history(id).next()?;
                if !wants_more(&newest) {
                    left = 0;
                }
                heard.newest
            }
        };
        while left > 0 {
            let (record, payload) = log.get(place)?;
            place = record.previous;
            left -= 1;
            if !wants_more(&record.past(payload)) {
                break;
            }
        }
        log.get(place).map(|_there| PastCursor { place, is_own })
    }
}

#[cfg(test)]
mod tests {
    use crate::mqtt::{MessageRef, Qos, Queued, Retained};
    use crate::store::Store;
    use crate::time::Timestamp;

    fn hear(store: &mut Store, topic: &str, nth: u64) {
        store.ingest(&MessageRef {
            topic,
            payload: nth.to_string().as_bytes(),
            properties: &[],
            qos: Qos::AtMostOnce,
            retained: Retained::No,
            dup: false,
            queued: Queued::No,
            packet_id: None,
            received: Timestamp(nth),
        });
    }

    #[test]
    fn slices_together_are_the_whole_history_whatever_comes_meanwhile() {
        let mut store = Store::new(usize::MAX);
        for nth in 0..1_000 {
            hear(&mut store, "a", nth);
            hear(&mut store, "b", nth);
        }
        let id = store.find("a").unwrap();
        let (mut seen, mut from, mut n_slices) = (Vec::new(), None, 0);
        loop {
            from = store.history_slice(id, from, 77, |past| {
                seen.push(past.received.0);
                true
            });
            hear(&mut store, "a", 5_000 + n_slices);
            n_slices += 1;
            if from.is_none() {
                break;
            }
        }
        assert_eq!(seen, (0..1_000).rev().collect::<Vec<_>>());
        assert_eq!(n_slices, 13);
    }

    #[test]
    fn a_history_that_moved_or_went_ends_the_reading() {
        let mut store = Store::new(usize::MAX);
        (0..100).for_each(|nth| hear(&mut store, "a", nth));
        let id = store.find("a").unwrap();
        let from = store.history_slice(id, None, 10, |_| true);
        assert!(from.is_some());
        store.pin(id);
        assert_eq!(store.history_slice(id, from, 10, |_| panic!("a place of another log")), None);
        let stopped = store.history_slice(id, None, 10, |_| false);
        let mut next = None;
        store.history_slice(id, stopped, 1, |past| next.replace(past.received.0).is_none());
        assert_eq!(next, Some(98));
    }
}
