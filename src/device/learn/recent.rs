//! Topics that spoke a moment ago and are known well: a look at them is spared. Owns a small table of hashes; a
//! wrong guess of it costs a sample, never a topic.
use crate::time::Timestamp;

/// Places of the table: ten thousand busy topics rarely meet in one, and it stays in the processor's cache.
const PLACES: usize = 1 << 16;

/// Messages of a topic that are looked at whatever its pace: as many as are sampled one and all.
const MIN_LOOKS: u32 = super::MAX_DENSE_SAMPLES;

/// How long a known topic is left alone after a look: fifty looks a second tell its type, bounds and pace.
const REST_MS: u32 = 20;

#[derive(Clone, Copy, Debug, Default)]
struct Place {
    /// The hash's upper half.
    tag: u32,
    /// When it was looked at last; the clock's milliseconds, wrapped.
    looked_ms: u32,
    /// Messages passed over since.
    n_passed: u16,
    n_looks: u8,
}

/// Who spoke a moment ago.
#[derive(Debug)]
pub(super) struct Recent {
    places: Box<[Place]>,
}

impl Default for Recent {
    fn default() -> Self {
        Self { places: vec![Place::default(); PLACES].into() }
    }
}

impl Recent {
    /// A message of a topic with this hash: how many of its messages this look stands for, itself included;
    /// `None` when it can be spared.
    #[expect(clippy::cast_possible_truncation, reason = "the hash is taken in halves, the clock wrapped")]
    pub fn look(&mut self, hash: u64, received: Timestamp) -> Option<u32> {
        let (tag, now_ms) = ((hash >> 32) as u32, (received.0 / 1_000_000) as u32);
        let place = self.places.get_mut(hash as usize % PLACES)?;
        if place.tag != tag {
            *place = Place { tag, looked_ms: now_ms, n_passed: 0, n_looks: 1 };
            return Some(1);
        }
        if u32::from(place.n_looks) >= MIN_LOOKS
            && now_ms.wrapping_sub(place.looked_ms) < REST_MS
            && place.n_passed < u16::MAX
        {
            place.n_passed += 1;
            return None;
        }
        place.looked_ms = now_ms;
        place.n_looks = place.n_looks.saturating_add(1);
        Some(u32::from(std::mem::take(&mut place.n_passed)) + 1)
    }

    /// Memory taken.
    pub const fn n_bytes(&self) -> usize {
        self.places.len() * size_of::<Place>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looks(recent: &mut Recent, hash: u64, moments_ms: impl Iterator<Item = u64>) -> (u32, u32) {
        let seen: Vec<u32> =
            moments_ms.filter_map(|ms| recent.look(hash, Timestamp::from_millis(ms))).collect();
        (u32::try_from(seen.len()).unwrap(), seen.iter().sum())
    }

    #[test]
    fn a_flood_of_one_topic_is_looked_at_fifty_times_a_second_and_counted_whole() {
        let mut recent = Recent::default();
        let (n_looks, n_messages) = looks(&mut recent, 7 << 32, 0..1_001);
        assert!((50..=70).contains(&n_looks), "{n_looks}");
        assert!(
            (1_001 - REST_MS..=1_001).contains(&n_messages),
            "{n_messages}: all but those since the last look"
        );
    }

    #[test]
    fn a_slow_topic_is_always_looked_at() {
        let mut recent = Recent::default();
        assert_eq!(looks(&mut recent, 7 << 32, (0..100).map(|n| n * 100)), (100, 100));
        let (n_looks, _) = looks(&mut recent, 9 << 32, (0..16).map(|_| 5));
        assert_eq!(n_looks, 16, "the first ones as well, however fast");
    }
}
