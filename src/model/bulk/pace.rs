//! How fast many publications go. Owns the steps of the choice and the grants over time.
use crate::decode::figures;
use crate::time::Timestamp;
use std::time::Duration;

/// The choices, a second; behind the last there is no limit but the broker's.
const STEPS: [u32; 10] = [1, 10, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000];

/// Publications a second; `None`: as fast as the broker acknowledges.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pace(pub Option<u32>);

impl Pace {
    /// The default of a sweep: those who subscribe hear each clearing.
    pub const SWEEP: Self = Self(Some(1_000));

    /// The next choice up.
    pub fn faster(self) -> Self {
        Self(self.0.and_then(|rate| STEPS.into_iter().find(|step| *step > rate)))
    }

    /// The next choice down.
    pub fn slower(self) -> Self {
        let rate = self.0.unwrap_or(u32::MAX);
        Self(Some(STEPS.into_iter().rev().find(|step| *step < rate).unwrap_or(STEPS[0])))
    }

    /// In words.
    pub fn words(self) -> String {
        match self.0 {
            Some(rate) => format!("{} a second at most", figures::grouped(rate.into())),
            None => "as fast as the broker acknowledges".to_owned(),
        }
    }

    /// When publication number `n`, counted from 0, may go after the first one did.
    pub fn due(self, began: Timestamp, n: u64) -> Timestamp {
        match self.0 {
            Some(rate) => {
                let nanos = u128::from(n) * 1_000_000_000 / u128::from(rate.max(1));
                began + Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
            }
            None => began,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_is_chosen_in_steps_up_to_no_limit() {
        let mut pace = Pace::SWEEP;
        for expected in [Some(2_000), Some(5_000), Some(10_000), None, None] {
            pace = pace.faster();
            assert_eq!(pace.0, expected);
        }
        for expected in [Some(10_000), Some(5_000)] {
            pace = pace.slower();
            assert_eq!(pace.0, expected);
        }
        assert_eq!(Pace(Some(1)).slower(), Pace(Some(1)));
    }

    #[test]
    fn a_thousand_a_second_are_a_millisecond_apart() {
        let began = Timestamp::from_millis(5);
        assert_eq!(Pace::SWEEP.due(began, 0), began);
        assert_eq!(Pace::SWEEP.due(began, 2_500), Timestamp::from_millis(2_505));
        assert_eq!(Pace(None).due(began, 2_500), began);
    }
}
