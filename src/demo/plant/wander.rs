//! Values that wander. Owns their middle, their reach and their pace.
use crate::random::Random;

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
    fn what_wanders_stays_within_reach() {
        let mut random = Random::new(1);
        let mut wander = Wander::new(20.0, 2.0, &mut random);
        for _ in 0..10_000 {
            let value = wander.step(&mut random);
            assert!((18.0..=22.0).contains(&value), "{value}");
        }
    }
}
