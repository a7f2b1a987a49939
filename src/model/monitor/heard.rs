//! What came by which subscription, while the Monitor is open. Owns the counting by matching, for brokers that send
//! no subscription ids (`came` has those); asks nothing.
use crate::model::device::Device;
use crate::model::event::DeviceId;
use crate::model::meter::Meter;
use crate::mqtt::{Batch, Filter};

/// Filters held against messages in one batch: about a millisecond. Beyond that every n-th message counts n times.
const MAX_MATCHES: usize = 8_192;

/// What came by a subscription.
#[derive(Clone, Debug)]
pub struct Count {
    filter: Filter,
    /// Messages that it matches, by their QoS.
    pub by_qos: [u64; 3],
    /// Bytes of their topics, properties and payloads.
    pub n_bytes: u64,
    /// Messages per second.
    pub messages: Meter,
    /// Bytes per second.
    pub bytes: Meter,
}

impl Count {
    /// Messages that it matches.
    pub fn n_messages(&self) -> u64 {
        self.by_qos.iter().sum()
    }
}

/// Counts of one device's subscriptions.
#[derive(Clone, Debug, Default)]
pub struct Heard {
    device: Option<DeviceId>,
    counts: Vec<Count>,
    /// Whether only a sample was looked at since it began.
    pub is_sampled: bool,
}

impl Heard {
    /// Counts for this device from now on, unless it does already.
    pub fn follow(&mut self, device: &Device) {
        if self.device != Some(device.id) {
            *self = Self { device: Some(device.id), ..Self::default() };
        }
        let asked = device.subscriptions.iter().map(|known| &known.asked.filter);
        let asked = asked.filter(|filter| device.came.of(filter).is_none());
        if !self.counts.iter().map(|count| &count.filter).eq(asked.clone()) {
            let mut old = std::mem::take(&mut self.counts);
            self.counts = asked
                .map(|filter| match old.iter().position(|count| count.filter == *filter) {
                    Some(place) => old.swap_remove(place),
                    None => Count {
                        filter: filter.clone(),
                        by_qos: [0; 3],
                        n_bytes: 0,
                        messages: Meter::default(),
                        bytes: Meter::default(),
                    },
                })
                .collect();
        }
    }

    /// Messages came.
    pub fn take(&mut self, device: &Device, batch: &Batch) {
        self.follow(device);
        let stride = (batch.len() * self.counts.len()).div_ceil(MAX_MATCHES).max(1);
        self.is_sampled |= stride > 1;
        let weight = stride as u64;
        for message in batch.iter().step_by(stride) {
            let n_bytes = message.topic.len() + message.properties.len() + message.payload.len();
            for count in self.counts.iter_mut().filter(|count| count.filter.matches(message.topic)) {
                count.by_qos[usize::from(message.qos.bits())] += weight;
                count.n_bytes += n_bytes as u64 * weight;
                count.messages.reach(message.received, count.n_messages());
                count.bytes.reach(message.received, count.n_bytes);
            }
        }
    }

    /// What came by a filter.
    pub fn of(&self, filter: &Filter) -> Option<&Count> {
        self.counts.iter().find(|count| count.filter == *filter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mqtt::{Address, MessageRef, Profile, Qos, Queued, Retained, Subscription};
    use crate::time::Timestamp;

    fn device(filters: &[&str]) -> Device {
        let mut profile = Profile::new("demo", Address::tcp("127.0.0.1", 1883), "id");
        let subscription = |text: &&str| Subscription::new(Filter::parse(text).unwrap(), Qos::AtMostOnce);
        profile.subscriptions = filters.iter().map(subscription).collect();
        Device::new(DeviceId(0), profile, 1 << 20)
    }

    fn batch(n: usize) -> Batch {
        let mut batch = Batch::default();
        for _ in 0..n {
            batch.push(&MessageRef {
                topic: "a/b",
                payload: b"12",
                properties: &[],
                qos: Qos::AtMostOnce,
                retained: Retained::No,
                dup: false,
                queued: Queued::No,
                packet_id: None,
                received: Timestamp::from_millis(5),
            });
        }
        batch
    }

    #[test]
    fn a_message_counts_for_each_filter_that_matches_it() {
        let device = device(&["a/#", "b/#", "$share/g/a/+"]);
        let mut heard = Heard::default();
        heard.take(&device, &batch(3));
        let n = |filter: &str| heard.of(&Filter::parse(filter).unwrap()).unwrap().n_messages();
        assert_eq!((n("a/#"), n("b/#"), n("$share/g/a/+")), (3, 0, 3));
        assert_eq!(heard.of(&Filter::parse("a/#").unwrap()).unwrap().n_bytes, 15);
        assert!(!heard.is_sampled);
    }

    #[test]
    fn many_filters_make_it_a_sample_that_still_comes_to_the_whole() {
        let filters: Vec<String> = (0..100).map(|n| format!("{n}/#")).chain(["a/#".into()]).collect();
        let filters: Vec<&str> = filters.iter().map(String::as_str).collect();
        let device = device(&filters);
        let mut heard = Heard::default();
        heard.take(&device, &batch(4_000));
        assert!(heard.is_sampled);
        let n = heard.of(&Filter::parse("a/#").unwrap()).unwrap().n_messages();
        assert!((4_000..4_100).contains(&n), "{n}");
    }
}
