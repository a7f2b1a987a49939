//! A small generator of pseudo-random numbers. Owns repeatability: the same seed, the same plant.

/// `SplitMix64` (Steele, Lea, Flood 2014): 64 bits of state, good enough for weather and machines.
#[derive(Clone, Debug)]
pub(super) struct Random {
    state: u64,
}

impl Random {
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    pub fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to but without 1.
    pub fn unit(&mut self) -> f64 {
        let top = u32::try_from(self.next() >> 32).unwrap_or_default();
        f64::from(top) / (f64::from(u32::MAX) + 1.0)
    }

    /// A number between the two.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// A number from 0 up to but without `n`; 0 when `n` is 0.
    pub fn below(&mut self, n: u64) -> u64 {
        self.next().checked_rem(n).unwrap_or_default()
    }

    /// Whether something happens that happens once in `n` times.
    pub fn once_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }
}

/// A value that wanders about a middle and stays within reach of it.
#[derive(Clone, Debug)]
pub(super) struct Wander {
    pub value: f64,
    middle: f64,
    reach: f64,
}

impl Wander {
    pub fn new(middle: f64, reach: f64, random: &mut Random) -> Self {
        Self { value: middle + random.between(-reach, reach) / 2.0, middle, reach }
    }

    /// Goes one step: a push at random, and a pull back to the middle.
    pub fn step(&mut self, random: &mut Random) -> f64 {
        let push = random.between(-0.1, 0.1) * self.reach;
        let pull = (self.middle - self.value) * 0.02;
        let (low, high) = (self.middle - self.reach, self.middle + self.reach);
        self.value = (self.value + push + pull).clamp(low, high);
        self.value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers() {
        let numbers = |seed| {
            let mut random = Random::new(seed);
            [random.next(), random.next(), random.next()]
        };
        assert_eq!(numbers(7), numbers(7));
        assert_ne!(numbers(7), numbers(8));
    }

    #[test]
    fn what_wanders_stays_within_reach() {
        let mut random = Random::new(1);
        let mut wander = Wander::new(20.0, 2.0, &mut random);
        for _ in 0..10_000 {
            let value = wander.step(&mut random);
            assert!((18.0..=22.0).contains(&value), "{value}");
        }
    }
}
