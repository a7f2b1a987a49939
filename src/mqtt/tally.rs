//! PUBLISH packets of one direction, counted by what they carried. Owns the counting; knows no time.
use super::words::Qos;

/// PUBLISH packets of one direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// By QoS 0, 1, 2.
    pub by_qos: [u64; 3],
    /// With the DUP flag (section 3.3.1.1).
    pub n_dup: u64,
    /// With the RETAIN flag (section 3.3.1.3).
    pub n_retain: u64,
}

impl Tally {
    /// Counts one.
    pub fn count(&mut self, qos: Qos, dup: bool, retain: bool) {
        self.by_qos[usize::from(qos.bits())] += 1;
        self.n_dup += u64::from(dup);
        self.n_retain += u64::from(retain);
    }

    /// All of them.
    pub fn total(&self) -> u64 {
        self.by_qos.iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_flag_is_counted_beside_the_level() {
        let mut tally = Tally::default();
        tally.count(Qos::ExactlyOnce, true, false);
        tally.count(Qos::AtMostOnce, false, true);
        assert_eq!(tally, Tally { by_qos: [1, 0, 1], n_dup: 1, n_retain: 1 });
        assert_eq!(tally.total(), 2);
    }
}
