//! What becomes of a value outside its domain. Owns clipping, wrapping, folding and rounding to steps; whatever
//! comes out lies within, or it is refused in words.
use super::{Clip, Domain};
use crate::device::number::{shortest, to_f64};
use crate::device::value::Value;

/// Digits behind the point that rounding to a step may keep.
const MAX_DECIMALS: usize = 17;

/// A value that lies within its domain, and what it was.
#[derive(Clone, Debug, PartialEq)]
pub struct Clipped {
    /// What may be published.
    pub value: Value,
    /// What was asked for, where that is something else.
    pub was: Option<Value>,
}

impl Domain {
    /// Brings a value within the domain in the way asked for; refused in words where there is none. Vecs are
    /// taken component by component, and whole numbers stay whole. Steps are [`Self::snap`]'s.
    pub fn clip(&self, clip: Clip, value: &Value) -> Result<Clipped, String> {
        let refused = || match self.judge(value) {
            Err(outside) => outside.to_string(),
            Ok(()) => format!("{} is no finite number", value.shown()),
        };
        if value.numbers().iter().any(|number| !number.is_finite()) {
            return Err(refused());
        }
        if let (Some(min), Some(max)) = (self.min, self.max)
            && min > max
        {
            return Err(format!("min {} is above max {}; swap them", shortest(min), shortest(max)));
        }
        let mut result = value.clone();
        if !self.values.is_empty() {
            if self.judge(value).is_err() {
                result = self.nearest(clip, value).ok_or_else(refused)?.clone();
            }
        } else if let Value::Int(whole) = value {
            result = Value::Int(self.clip_whole(clip, *whole).ok_or_else(refused)?);
        } else {
            for number in result.numbers_mut() {
                *number = self.clip_float(clip, *number).ok_or_else(refused)?;
            }
        }
        // The last word is the judge's: a listed value may lie outside the bounds.
        self.judge(&result).map_err(|outside| outside.to_string())?;
        let was = (result != *value).then(|| value.clone());
        Ok(Clipped { value: result, was })
    }

    /// The nearest value that whole steps from `min`, else from 0, lead to; kept within the bounds. What is no
    /// number, and whole numbers with steps that aren't, stay as they are.
    pub fn snap(&self, value: &Value) -> Value {
        let Some(step) = self.step.filter(|step| *step > 0.0 && step.is_finite()) else {
            return value.clone();
        };
        let base = self.min.filter(|min| min.is_finite()).unwrap_or(0.0);
        let mut snapped = value.clone();
        if let Value::Int(whole) = &mut snapped {
            let number = to_f64((*whole).into());
            // Beyond 2^53 a float is no place to count whole numbers in.
            if number.abs() < 9_007_199_254_740_992.0
                && let Some(rounded) = crate::device::number::whole_of(self.snap_float(base, step, number))
            {
                *whole = rounded;
            }
        }
        for number in snapped.numbers_mut() {
            *number = self.snap_float(base, step, *number);
        }
        snapped
    }

    fn snap_float(&self, base: f64, step: f64, number: f64) -> f64 {
        let places = decimals(step).max(decimals(base));
        let at = |n: f64| {
            // 3 steps of 0.1 are 0.3, not 0.30000000000000004.
            let exact = base + n * step;
            format!("{exact:.places$}").parse().unwrap_or(exact)
        };
        let n = ((number - base) / step).round();
        let rounded =
            [at(n), at(n - 1.0), at(n + 1.0)].into_iter().find(|rounded: &f64| self.holds(*rounded));
        rounded.filter(|rounded| rounded.is_finite() && self.holds(number)).unwrap_or(number)
    }

    /// The nearest of the listed values, where the way is to take the nearer.
    fn nearest(&self, clip: Clip, value: &Value) -> Option<&Value> {
        let number = value.number().filter(|_| clip == Clip::Clip)?;
        let distance = |listed: &&Value| listed.number().map(|listed| (listed - number).abs());
        self.values
            .iter()
            .filter(|listed| listed.kind() == value.kind() && distance(listed).is_some())
            .min_by(|one, other| {
                distance(one).unwrap_or(f64::MAX).total_cmp(&distance(other).unwrap_or(f64::MAX))
            })
    }

    fn clip_float(&self, clip: Clip, number: f64) -> Option<f64> {
        let low = self.min.filter(|min| number < *min);
        let high = self.max.filter(|max| number > *max);
        match (clip, self.min, self.max) {
            (Clip::Wrap, Some(min), Some(max)) => Some(wrap(number, min, max)),
            (Clip::Fold, Some(min), Some(max)) => Some(fold(number, min, max)),
            _ if low.is_none() && high.is_none() => Some(number),
            (Clip::Clip, ..) => low.or(high),
            (Clip::Low, ..) => low,
            (Clip::High, ..) => high,
            (Clip::None | Clip::Wrap | Clip::Fold, ..) => None,
        }
    }

    fn clip_whole(&self, clip: Clip, whole: i64) -> Option<i64> {
        let least = self.min.map_or(Some(i64::MIN), |min| bound(min.ceil()))?;
        let most = self.max.map_or(Some(i64::MAX), |max| bound(max.floor()))?;
        let is_within = (least..=most).contains(&whole);
        let (low, high, number) = (i128::from(least), i128::from(most), i128::from(whole));
        let range = high - low;
        let clipped = match clip {
            _ if range < 0 => return None,
            Clip::Wrap if self.min.is_some() && self.max.is_some() => match range {
                0 => low,
                _ => low + (number - low).rem_euclid(range),
            },
            Clip::Fold if self.min.is_some() && self.max.is_some() => match range {
                0 => low,
                _ => low + range - ((number - low).rem_euclid(2 * range) - range).abs(),
            },
            _ if is_within => number,
            Clip::Clip => number.clamp(low, high),
            Clip::Low if whole < least => low,
            Clip::High if whole > most => high,
            Clip::None | Clip::Low | Clip::High | Clip::Wrap | Clip::Fold => return None,
        };
        i64::try_from(clipped).ok()
    }
}

/// A whole bound as one of 64 bits: the outermost there is for those beyond.
fn bound(bound: f64) -> Option<i64> {
    if bound.is_nan() {
        return None;
    }
    let outermost = if bound < 0.0 { i64::MIN } else { i64::MAX };
    Some(crate::device::number::whole_of(bound).unwrap_or(outermost))
}

/// From `min` on, and before `max`.
fn wrap(number: f64, min: f64, max: f64) -> f64 {
    if number >= min && number < max || min >= max {
        return if min >= max { min } else { number };
    }
    let wrapped = min + modulo(number, min, max, 1.0);
    if wrapped >= min && wrapped < max { wrapped } else { min }
}

fn fold(number: f64, min: f64, max: f64) -> f64 {
    if number >= min && number <= max {
        return number;
    }
    if min >= max {
        return min;
    }
    let range = max - min;
    let way = modulo(number, min, max, 2.0);
    let folded = if way > range { max - (way - range) } else { min + way };
    if folded.is_nan() { min } else { folded.clamp(min, max) }
}

/// How far a number is from `min` when it starts anew after so many ranges; a quarter of everything where the
/// range itself is more than floats hold.
fn modulo(number: f64, min: f64, max: f64, n_ranges: f64) -> f64 {
    let far = (number - min).rem_euclid((max - min) * n_ranges);
    if far.is_finite() && ((max - min) * n_ranges).is_finite() {
        return far;
    }
    let quarter = |number: f64| number / 8.0;
    (quarter(number) - quarter(min)).rem_euclid((quarter(max) - quarter(min)) * n_ranges) * 8.0
}

/// Digits behind the point in a number's shortest form.
fn decimals(number: f64) -> usize {
    let text = format!("{number}");
    text.split_once('.').map_or(0, |(_, behind)| behind.len()).min(MAX_DECIMALS)
}
