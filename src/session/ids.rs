//! Packet ids (MQTT 5.0 section 2.2.1). Owns which are in use; does not know for what.
use crate::mqtt::PacketId;

const WORDS: usize = 1024;
/// 1 to 65,535.
const ALL: usize = 65_535;

/// The ids in use. They are handed out in a circle, so that a late answer rarely meets a new owner.
#[derive(Debug)]
pub(super) struct PacketIds {
    /// One bit for each id; bit 0 is always set, since 0 is no id (MQTT-2.2.1-3).
    taken: Box<[u64; WORDS]>,
    next: u16,
    n_free: usize,
}

impl PacketIds {
    /// None in use; the first one handed out is `first`, or 1 for 0.
    pub fn starting_at(first: u16) -> Self {
        let mut taken = Box::new([0; WORDS]);
        taken[0] = 1;
        Self { taken, next: first, n_free: ALL }
    }

    /// An id that is not in use, from now on in use (MQTT-2.2.1-4).
    pub fn take(&mut self) -> Option<PacketId> {
        let (first_word, first_bit) = (usize::from(self.next) / 64, u32::from(self.next) % 64);
        let from_bit = u64::MAX << first_bit;
        // The first word is visited twice: for what lies behind the cursor, and at last for what lies before.
        for step in 0..=WORDS {
            let word = (first_word + step) % WORDS;
            let allowed = match step {
                0 => from_bit,
                WORDS => !from_bit,
                _ => u64::MAX,
            };
            let free = !self.taken[word] & allowed;
            if free != 0 {
                let id = word * 64 + free.trailing_zeros() as usize;
                self.taken[word] |= 1 << (id % 64);
                let id = u16::try_from(id).ok().and_then(PacketId::new)?;
                self.next = id.get().wrapping_add(1);
                self.n_free -= 1;
                return Some(id);
            }
        }
        None
    }

    /// The exchange is over: the id may be used again.
    pub fn free(&mut self, id: PacketId) {
        let id = usize::from(id.get());
        let bit = 1 << (id % 64);
        self.n_free += usize::from(self.taken[id / 64] & bit != 0);
        self.taken[id / 64] &= !bit;
    }

    /// The broker forgot the session, and with it every id.
    pub fn forget_all(&mut self) {
        self.taken.fill(0);
        self.taken[0] = 1;
        self.n_free = ALL;
    }

    /// How many are not in use.
    pub fn n_free(&self) -> usize {
        self.n_free
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_is_handed_out_once_before_any_comes_again() {
        for first in [0, 1, 63, 64, 40_000, u16::MAX] {
            let mut ids = PacketIds::starting_at(first);
            let mut seen = vec![false; 65_536];
            for _ in 0..65_535 {
                let id = ids.take().unwrap();
                assert!(!std::mem::replace(&mut seen[usize::from(id.get())], true), "{id} twice");
            }
            assert!(!seen[0] && ids.take().is_none());
            let id = PacketId::new(1_234).unwrap();
            ids.free(id);
            assert_eq!(ids.n_free(), 1);
            assert_eq!((ids.take(), ids.take()), (Some(id), None));
        }
    }

    #[test]
    fn a_freed_id_is_not_the_next_one() {
        let mut ids = PacketIds::starting_at(1);
        let first = ids.take().unwrap();
        ids.free(first);
        assert_ne!(ids.take(), Some(first));
        ids.forget_all();
        assert_eq!(ids.take(), PacketId::new(3));
    }
}
