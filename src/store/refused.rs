//! Topics that found no room, counted without storing them. Owns the estimate; keeps no topic.
use hashbrown::HashTable;

/// Hashes remembered one by one: up to here the number is exact. 64 KiB.
const MAX_EXACT: usize = 4096;

/// Registers of the estimate beyond that: 4 KiB for an error of about 1.6 %.
const REGISTERS: usize = 4096;

/// How many messages were refused, and on how many different topics.
#[derive(Debug, Default)]
pub struct Refused {
    /// Messages counted.
    pub n_messages: u64,
    exact: HashTable<u64>,
    /// The longest run of leading zeros seen for each slice of the hashes (`HyperLogLog`).
    registers: Vec<u8>,
}

impl Refused {
    /// Counts a message by its topic's hash.
    pub fn count(&mut self, hash: u64) {
        self.n_messages += 1;
        if self.registers.is_empty() {
            self.registers = vec![0; REGISTERS];
        }
        let hash = scramble(hash);
        let slice = usize::try_from(hash % REGISTERS as u64).unwrap_or(0);
        let run = u8::try_from((hash | (REGISTERS as u64 - 1)).leading_zeros() + 1).unwrap_or(u8::MAX);
        if let Some(register) = self.registers.get_mut(slice) {
            *register = run.max(*register);
        }
        if self.exact.len() <= MAX_EXACT && self.exact.find(hash, |other| *other == hash).is_none() {
            self.exact.insert_unique(hash, hash, |hash| *hash);
        }
    }

    /// On how many topics: exact up to 4,096, an estimate beyond.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an estimate of a positive number"
    )]
    pub fn n_topics(&self) -> u64 {
        if self.exact.len() <= MAX_EXACT {
            return self.exact.len() as u64;
        }
        let n = REGISTERS as f64;
        let sum: f64 = self.registers.iter().map(|run| (-f64::from(*run)).exp2()).sum();
        let raw = 0.7213 / (1.0 + 1.079 / n) * n * n / sum;
        let n_untouched = self.registers.iter().map(|run| f64::from(u8::from(*run == 0))).sum::<f64>();
        let small = raw <= 2.5 * n && n_untouched > 0.0;
        let estimate = if small { n * (n / n_untouched).ln() } else { raw };
        (estimate as u64).max(MAX_EXACT as u64)
    }

    /// Memory taken.
    pub fn n_bytes(&self) -> usize {
        self.registers.capacity() + self.exact.allocation_size()
    }
}

/// Spreads what the path's hash left uneven.
const fn scramble(hash: u64) -> u64 {
    let mixed = (hash ^ (hash >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    mixed ^ (mixed >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_are_counted_exactly_and_many_about_right() {
        for n in [0_u64, 1, 4096, 20_000, 300_000] {
            let mut refused = Refused::default();
            for topic in 0..n {
                let hash = topic.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(23) ^ topic;
                (0..2).for_each(|_| refused.count(hash));
            }
            let (found, allowed) = (refused.n_topics(), if n <= 4096 { 0 } else { n / 20 });
            assert!(found.abs_diff(n) <= allowed, "{found} of {n}");
            assert_eq!(refused.n_messages, 2 * n);
        }
    }
}
