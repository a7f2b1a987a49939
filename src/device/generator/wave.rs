//! Numbers between two bounds. Owns their order in time and the steps they lie on.
use super::{Kind, Shape, Value, shortest};
use crate::device::domain::Domain;
use crate::device::number::{to_f64, whole_of};
use crate::random::Random;
use std::time::Duration;

/// Steps from bound to bound that a walk needs where none is named, at most.
const STEPS_OF_A_WALK: f64 = 50.0;

/// Numbers between bound and bound where no step is named, at least: finer than anybody looks.
const NUMBERS: f64 = 1e4;

/// Numbers from `min` to `max` on steps.
#[derive(Clone, Debug)]
pub(super) struct Wave {
    min: f64,
    max: f64,
    /// Whatever is generated comes to lie on these, so that no digits go on and on.
    steps: Domain,
    step: f64,
    /// Where a walk stands; it begins in the middle.
    place: Option<f64>,
}

impl Wave {
    pub fn new(shape: Shape, min: f64, max: f64, step: Option<f64>, kind: Kind) -> Result<Self, String> {
        let range = max - min;
        if !range.is_finite() {
            return Err(format!("from {} to {} is too far for numbers", shortest(min), shortest(max)));
        }
        if min >= max {
            return Err(format!("min {} must lie below max {}", shortest(min), shortest(max)));
        }
        if kind == Kind::Int && min.ceil() > max.floor() {
            return Err(format!("no whole number lies between {} and {}", shortest(min), shortest(max)));
        }
        let fine = round_part(range / if shape == Shape::Walk { STEPS_OF_A_WALK } else { NUMBERS });
        let step = match step {
            Some(step) if !step.is_finite() || step <= 0.0 => {
                return Err(format!("a step of {} leads nowhere; it must be more than 0", shortest(step)));
            }
            Some(step) if step > range => {
                return Err(format!("a step of {} is more than there is from min to max", shortest(step)));
            }
            Some(step) if kind == Kind::Int && whole_of(step).is_none() => {
                return Err(format!("a step of {} leads to numbers that are not whole", shortest(step)));
            }
            Some(step) => step,
            None if kind == Kind::Int => fine.round().max(1.0),
            None => fine,
        };
        let (min, max) = if kind == Kind::Int { (min.ceil(), max.floor()) } else { (min, max) };
        let steps = Domain { min: Some(min), max: Some(max), step: Some(step), values: Vec::new() };
        Ok(Self { min, max, steps, step, place: None })
    }

    /// The number at a place of the period, from 0 to 1.
    pub fn number(&mut self, shape: Shape, phase: f64, random: &mut Random) -> f64 {
        let range = self.max - self.min;
        let part = match shape {
            Shape::Constant => 0.0,
            Shape::Ramp => phase,
            Shape::Sine => f64::midpoint(1.0, (std::f64::consts::TAU * phase).sin()),
            Shape::Triangle => 1.0 - (2.0 * phase - 1.0).abs(),
            Shape::Square if phase < 0.5 => return self.min,
            Shape::Square => return self.max,
            Shape::Random => {
                // Each step is as likely as any other, the outermost too.
                let n = (range / self.step).floor();
                let at = (random.unit() * (n + 1.0)).floor().min(n);
                return self.snapped(self.min + at * self.step);
            }
            Shape::Walk => return self.walk(random),
        };
        self.snapped(self.min + part * range)
    }

    /// One step up or down; at a bound the way is back.
    fn walk(&mut self, random: &mut Random) -> f64 {
        let next = match self.place {
            None => f64::midpoint(self.min, self.max),
            Some(place) => {
                let (up, down) = (place + self.step, place - self.step);
                // The bounds are reached in spite of what a float adds up to.
                let spare = self.step / 1e6;
                match (random.is_up(), up <= self.max + spare, down >= self.min - spare) {
                    (true, true, _) | (false, true, false) => up,
                    (false, _, true) | (true, false, true) => down,
                    (_, false, false) => place,
                }
            }
        };
        let next = self.snapped(next);
        self.place = Some(next);
        next
    }

    fn snapped(&self, number: f64) -> f64 {
        let number = number.clamp(self.min, self.max);
        let snapped = self.steps.snap(&Value::Float(number));
        snapped.numbers().first().copied().unwrap_or(number)
    }
}

/// How far within its period a moment lies, from 0 up to 1; exact however long it has gone on.
pub(super) fn phase(elapsed: Duration, period: Duration) -> f64 {
    let into = elapsed.as_nanos().checked_rem(period.as_nanos()).unwrap_or(0);
    let ns = |ns: u128| to_f64(i128::try_from(ns).unwrap_or(i128::MAX));
    ns(into) / ns(period.as_nanos().max(1))
}

/// Which of so many even parts of its period a moment lies in.
pub(super) fn part(elapsed: Duration, period: Duration, n: usize) -> usize {
    let into = elapsed.as_nanos().checked_rem(period.as_nanos()).unwrap_or(0);
    usize::try_from(into * n as u128 / period.as_nanos().max(1)).unwrap_or(0)
}

/// The greatest power of ten within a length.
fn round_part(length: f64) -> f64 {
    // By its digits: as a product 0.001 would be a little less or more.
    format!("1e{:.0}", length.log10().floor()).parse().unwrap_or(length)
}
