//! Subscription ids (MQTT 5.0 sections 3.8.2.1.2 and 3.3.2.3.8). Owns which filter has which, and what came by each.
use crate::mqtt::packet::{PublishRef, SubscriptionIds};
use crate::mqtt::port::CameBy;
use crate::mqtt::{Filter, Tally};

/// Filters that get an id: each takes a SUBSCRIBE of its own, and so many start in one round trip. The others share
/// their SUBSCRIBE packets, and have none.
const MAX_NUMBERED: usize = 32;

/// Bytes that an id adds to a SUBSCRIBE: what it is, and a number below 128.
pub(super) const ID_BYTES: usize = 2;

/// Which filter has which id.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    came: Vec<CameBy>,
    /// The id given last: they go round, so that a late delivery is not taken for a new subscription's.
    last: u32,
    /// Messages without an id of ours.
    n_without: u64,
    /// Whether any message had one.
    is_told: bool,
}

impl Numbers {
    /// Gives a filter its id, unless it has one or there are enough.
    pub fn give(&mut self, filter: &Filter) {
        if self.of(filter).is_some() || self.came.len() >= MAX_NUMBERED {
            return;
        }
        loop {
            self.last = self.last % SubscriptionIds::GREATEST + 1;
            if self.came.iter().all(|came| came.id != self.last) {
                break;
            }
        }
        let (id, filter) = (self.last, filter.clone());
        self.came.push(CameBy { id, filter, tally: Tally::default(), n_bytes: 0 });
    }

    /// The filter is wished for no more.
    pub fn take_back(&mut self, filter: &Filter) {
        self.came.retain(|came| came.filter != *filter);
    }

    /// The id of a filter.
    pub fn of(&self, filter: &Filter) -> Option<u32> {
        self.came.iter().find(|came| came.filter == *filter).map(|came| came.id)
    }

    /// Counts a message for each subscription that it came by.
    #[inline]
    pub fn count(&mut self, publish: &PublishRef<'_>, topic_bytes: usize) {
        if publish.subscription_ids.is_empty() {
            self.n_without += 1;
            return;
        }
        self.is_told = true;
        let n_bytes = topic_bytes + publish.properties.len() + publish.payload.len();
        for came in &mut self.came {
            if publish.subscription_ids.holds(came.id) {
                came.tally.count(publish.qos, publish.dup, publish.retain);
                came.n_bytes += n_bytes as u64;
            }
        }
    }

    /// What came by each, and how many messages came without an id; nothing while the broker never sent any.
    pub fn told(&self) -> (Vec<CameBy>, u64) {
        if self.is_told { (self.came.clone(), self.n_without) } else { (Vec::new(), 0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(n: usize) -> Filter {
        Filter::parse(&format!("f/{n}")).unwrap()
    }

    #[test]
    fn ids_are_given_once_and_go_round_before_they_come_again() {
        let mut numbers = Numbers::default();
        for n in 0..40 {
            numbers.give(&filter(n));
        }
        assert_eq!((numbers.of(&filter(0)), numbers.of(&filter(31))), (Some(1), Some(32)));
        assert_eq!(numbers.of(&filter(32)), None, "there are enough");
        numbers.take_back(&filter(0));
        numbers.give(&filter(1));
        numbers.give(&filter(50));
        assert_eq!((numbers.of(&filter(1)), numbers.of(&filter(50))), (Some(2), Some(33)));
        for n in 100..131 {
            numbers.take_back(&filter(50));
            numbers.give(&filter(50));
            assert_eq!(numbers.of(&filter(50)), Some(n - 66));
        }
        numbers.take_back(&filter(50));
        numbers.give(&filter(50));
        assert_eq!(numbers.of(&filter(50)), Some(1), "those in use are passed over when it begins anew");
    }
}
