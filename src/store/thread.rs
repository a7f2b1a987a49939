//! A topic's past: walked from the newest message on, found by key, forgotten message by message or whole. Owns
//! what forgetting counts; the log itself is `history`'s.
use super::arena::NONE;
use super::history::{Log, MAX_PAST_PAYLOAD_BYTES, Past, PastKey, Place, Record};
use super::last::{Heard, LastPayload};
use super::{NodeId, Store};

impl Store {
    /// The messages of a topic that are still there, newest first, the last one included. Payloads
    /// are cut at [`MAX_PAST_PAYLOAD_BYTES`]; the last one's whole payload is in [`Store::last`].
    pub fn history(&self, id: NodeId) -> impl Iterator<Item = Past<'_>> {
        let newest = self.heard(id).map(|heard| heard.newest).unwrap_or_default();
        self.heard(id).map(last_as_past).into_iter().chain(self.thread(id, newest))
    }

    /// Likewise, from a message on, that one included; where it is gone, from the next older one on. Costs a
    /// look-up where the message is still there.
    pub fn history_from(&self, id: NodeId, key: PastKey) -> impl Iterator<Item = Past<'_>> {
        let is_last = self.heard(id).is_some_and(|heard| heard.n_messages <= key.ordinal);
        let (place, is_there) = match self.record_at(id, key) {
            Some(_) => (key.place, true),
            None => (self.heard(id).map(|heard| heard.newest).unwrap_or_default(), false),
        };
        let last = self.heard(id).filter(|_| is_last).map(last_as_past);
        let older =
            self.thread(id, place).skip_while(move |past| !is_there && past.key.ordinal > key.ordinal);
        last.into_iter().chain(older)
    }

    /// A message of a topic, unless it is gone. Costs a look-up, or a walk where a pin moved it.
    pub fn past(&self, id: NodeId, key: PastKey) -> Option<Past<'_>> {
        self.history_from(id, key).next().filter(|past| past.key.ordinal == key.ordinal)
    }

    /// Whether a message is still where its key says: `false` also where a pin moved it.
    pub fn is_in_place(&self, id: NodeId, key: PastKey) -> bool {
        self.heard(id).is_some_and(|heard| heard.n_messages == key.ordinal)
            || self.record_at(id, key).is_some()
    }

    /// How many messages [`Store::history`] tells of.
    pub fn n_history(&self, id: NodeId) -> usize {
        self.heard(id).map_or(0, |heard| heard.n_past as usize + 1)
    }

    /// How many messages of a topic were forgotten by hand.
    pub fn n_forgotten(&self, id: NodeId) -> u64 {
        let number = self.tree.slots[id.0].heard;
        self.forgotten.get(&number).copied().unwrap_or_default()
    }

    /// Forgets a message of the past; `false`: it is gone already, or it is the topic's last, which is its value.
    pub fn forget(&mut self, id: NodeId, key: PastKey) -> bool {
        let Some(found) = self.past(id, key).filter(|past| past.key.place != Place::NONE) else {
            return false;
        };
        let place = found.key.place;
        let number = self.tree.slots[id.0].heard;
        let newer = self.newer_than(id, key);
        let log = self.pins.get_mut(&id.0).map_or(&mut self.log, |pin| &mut pin.log);
        let Some(previous) = log.get(place).map(|(record, _)| record.previous) else { return false };
        log.mark_gone(place);
        match newer.and_then(|newer| log.get_mut(newer)) {
            Some(newer) => newer.previous = previous,
            None => self.heard[number].newest = previous,
        }
        self.count_forgotten(number, 1);
        true
    }

    /// Takes back that a message was forgotten; `false`: its record was evicted meanwhile, or moved by a pin.
    pub fn recall(&mut self, id: NodeId, key: PastKey) -> bool {
        let number = self.tree.slots[id.0].heard;
        let Some(n_messages) = self.heard(id).map(|heard| heard.n_messages) else { return false };
        let is_it = |record: &Record| {
            record.gone && record.heard == number && record.ordinal(n_messages) == key.ordinal
        };
        if !self.log_of(id).get(key.place).is_some_and(|(record, _)| is_it(record)) {
            return false;
        }
        let newer = self.newer_than(id, key);
        let older = self.history_from(id, key).find(|past| past.key.place != Place::NONE);
        let older = older.map_or(Place::NONE, |past| past.key.place);
        // A pin may have moved its neighbours meanwhile: what goes first must be last in the thread.
        if self.past(id, key).is_some() || older > key.place || newer.is_some_and(|newer| newer < key.place) {
            return false;
        }
        let log = self.pins.get_mut(&id.0).map_or(&mut self.log, |pin| &mut pin.log);
        if let Some(record) = log.get_mut(key.place) {
            record.gone = false;
            record.previous = older;
        }
        match newer.and_then(|newer| log.get_mut(newer)) {
            Some(newer) => newer.previous = key.place,
            None => self.heard[number].newest = key.place,
        }
        let heard = &mut self.heard[number];
        heard.n_past = heard.n_past.saturating_add(1);
        self.n_history_forgotten = self.n_history_forgotten.saturating_sub(1);
        if let Some(n) = self.forgotten.get_mut(&number) {
            *n = n.saturating_sub(1);
        }
        self.revision += 1;
        true
    }

    /// The record of the message that came after another.
    fn newer_than(&self, id: NodeId, key: PastKey) -> Option<Place> {
        let newest = self.heard(id)?.newest;
        let newer = self.thread(id, newest).take_while(|past| past.key.ordinal > key.ordinal);
        newer.last().map(|past| past.key.place)
    }

    /// Forgets all of a topic's messages but the last; how many.
    pub fn forget_history(&mut self, id: NodeId) -> u64 {
        let number = self.tree.slots[id.0].heard;
        if number == NONE {
            return 0;
        }
        let n_past = u64::from(self.heard[number].n_past);
        if let Some(pin) = self.pins.get_mut(&id.0) {
            self.pin_bytes -= pin.log.n_bytes();
            pin.log = Log::ring();
        } else {
            let mut place = self.heard[number].newest;
            while let Some(record) = self.log.get_mut(place) {
                record.gone = true;
                place = record.previous;
            }
        }
        self.heard[number].newest = Place::NONE;
        self.count_forgotten(number, n_past);
        n_past
    }

    fn count_forgotten(&mut self, number: u32, n: u64) {
        if n == 0 {
            return;
        }
        let heard = &mut self.heard[number];
        heard.n_past = heard.n_past.saturating_sub(u32::try_from(n).unwrap_or(u32::MAX));
        *self.forgotten.entry(number).or_default() += n;
        self.n_history_forgotten += n;
        self.revision += 1;
    }

    /// A topic's records from a place on, newest first.
    fn thread(&self, id: NodeId, from: Place) -> impl Iterator<Item = Past<'_>> {
        let log = self.log_of(id);
        let n_messages = self.heard(id).map_or(0, |heard| heard.n_messages);
        let at = move |place| log.get(place).map(|found| (place, found));
        std::iter::successors(at(from), move |(_, (record, _))| at(record.previous)).map(
            move |(place, (record, payload))| {
                record.past(PastKey { ordinal: record.ordinal(n_messages), place }, payload)
            },
        )
    }

    /// The record that a key speaks of, if it is where the key says.
    fn record_at(&self, id: NodeId, key: PastKey) -> Option<&Record> {
        let heard = self.heard(id)?;
        let (record, _) = self.log_of(id).get(key.place)?;
        let is_it = record.heard == self.tree.slots[id.0].heard
            && !record.gone
            && record.ordinal(heard.n_messages) == key.ordinal;
        is_it.then_some(record)
    }

    fn log_of(&self, id: NodeId) -> &Log {
        self.pins.get(&id.0).map_or(&self.log, |pin| &pin.log)
    }
}

fn last_as_past(heard: &Heard) -> Past<'_> {
    let last = heard.last();
    let payload = match last.payload {
        LastPayload::Whole(payload) => payload,
        LastPayload::Evicted { .. } => &[],
    };
    Past {
        key: PastKey { ordinal: heard.n_messages, place: Place::NONE },
        payload: payload.get(..MAX_PAST_PAYLOAD_BYTES).unwrap_or(payload),
        n_bytes: last.n_bytes,
        received: last.received,
        qos: last.qos,
        retained: last.retained,
        dup: last.dup,
        packet_id: last.packet_id,
    }
}
