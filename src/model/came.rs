//! Which subscription messages came by. Owns what the broker told of it by ids, and the words for one message;
//! counting by matching is the Monitor's.
use super::device::{Device, Subscribed};
use super::meter::Meter;
use crate::mqtt::port::{CameBy, LinkStatus};
use crate::mqtt::{Filter, Qos};

/// What came by each subscription, as told by the broker.
#[derive(Clone, Debug, Default)]
pub struct Came {
    list: Vec<(CameBy, Meter)>,
}

impl Came {
    /// New figures of the link.
    pub fn take(&mut self, link: &LinkStatus) {
        self.list.retain(|(known, _)| link.came_by.iter().any(|came| came.id == known.id));
        for came in &link.came_by {
            let total = came.tally.total();
            match self.list.iter_mut().find(|(known, _)| known.id == came.id) {
                Some((known, meter)) if known.filter == came.filter => {
                    meter.reach(link.at, total);
                    known.clone_from(came);
                }
                Some(known) => *known = (came.clone(), Meter::default()),
                None => {
                    let mut meter = Meter::default();
                    meter.reach(link.at, total);
                    self.list.push((came.clone(), meter));
                }
            }
        }
    }

    /// What came by a filter.
    pub fn of(&self, filter: &Filter) -> Option<&(CameBy, Meter)> {
        self.list.iter().find(|(came, _)| came.filter == *filter)
    }

    /// The filter of an id.
    pub fn filter(&self, id: u32) -> Option<&Filter> {
        self.list.iter().find(|(came, _)| came.id == id).map(|(came, _)| &came.filter)
    }

    /// Whether the broker tells it.
    pub fn is_told(&self) -> bool {
        !self.list.is_empty()
    }
}

/// The subscriptions that a message came by: those of its ids, else those that match its topic.
pub fn subscriptions<'a>(device: &'a Device, ids: &[u32], topic: &str) -> Vec<&'a Subscribed> {
    let all = device.subscriptions.iter();
    if ids.is_empty() {
        let is_granted = |known: &&Subscribed| matches!(known.granted, Some(Ok(_)));
        return all.filter(is_granted).filter(|known| known.asked.filter.matches(topic)).collect();
    }
    let filters: Vec<_> = ids.iter().filter_map(|id| device.came.filter(*id)).collect();
    all.filter(|known| filters.contains(&&known.asked.filter)).collect()
}

/// Why a message has its QoS, where that is not the one asked for: the lower counts of what it was published at and
/// what was granted (MQTT 5.0 section 3.8.4).
pub fn why_qos(qos: Qos, by: &[&Subscribed]) -> Option<String> {
    let granted = by.iter().filter_map(|known| known.granted.clone()?.ok()).max()?;
    let asked = by.iter().map(|known| known.asked.qos).max()?;
    if qos < granted {
        return Some(format!(
            "it was published at QoS {qos}: the subscription is granted {granted}, and the lower of both is delivered"
        ));
    }
    (granted < asked).then(|| format!("the broker granted QoS {granted}, though {asked} was asked for"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mqtt::{Subscription, Tally};
    use crate::time::Timestamp;

    fn link(at_s: u64, came: &[(u32, &str, u64)]) -> LinkStatus {
        let came_by = came.iter().map(|(id, filter, n)| CameBy {
            id: *id,
            filter: Filter::parse(filter).unwrap(),
            tally: Tally { by_qos: [*n, 0, 0], ..Tally::default() },
            n_bytes: 0,
        });
        LinkStatus {
            at: Timestamp::from_millis(at_s * 1_000),
            came_by: came_by.collect(),
            ..LinkStatus::default()
        }
    }

    #[test]
    fn figures_follow_their_filter_and_not_its_number() {
        let mut came = Came::default();
        came.take(&link(1, &[(1, "a", 5), (2, "b", 7)]));
        came.take(&link(3, &[(1, "c", 1), (3, "d", 2)]));
        let n = |filter: &str| came.of(&Filter::parse(filter).unwrap()).map(|(came, _)| came.tally.total());
        assert_eq!(["a", "b", "c", "d"].map(n), [None, None, Some(1), Some(2)]);
        assert_eq!(came.filter(3).map(Filter::as_str), Some("d"));
    }

    const ZERO: Qos = Qos::AtMostOnce;
    const ONE: Qos = Qos::AtLeastOnce;
    const TWO: Qos = Qos::ExactlyOnce;

    #[test]
    fn the_lower_of_published_and_granted_is_delivered_and_said() {
        let known = |asked, granted| Subscribed {
            asked: Subscription::new(Filter::parse("a").unwrap(), asked),
            granted: Some(Ok(granted)),
        };
        for (qos, asked, granted, words) in [
            (TWO, TWO, TWO, None),
            (ZERO, ZERO, ZERO, None),
            (ZERO, TWO, TWO, Some("published at QoS 0")),
            (ONE, TWO, TWO, Some("published at QoS 1")),
            (ZERO, TWO, ZERO, Some("granted QoS 0, though 2 was asked")),
            (ZERO, TWO, ONE, Some("published at QoS 0")),
        ] {
            let told = why_qos(qos, &[&known(asked, granted)]);
            assert_eq!(told.is_some(), words.is_some(), "{qos} of {asked}→{granted}: {told:?}");
            assert!(words.is_none_or(|words| told.unwrap_or_default().contains(words)));
        }
        assert_eq!(why_qos(ZERO, &[]), None);
    }
}
