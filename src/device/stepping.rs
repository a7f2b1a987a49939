//! One step up or down from a value. Owns how wide a step is where the node names none, the digits that stay,
//! and what a node begins with.
use super::domain::Clip;
use super::kind::Kind;
use super::node::Node;
use super::number::{to_f64, whole_of};
use super::value::Value;

/// Steps from bound to bound where the node names no step, about: a hundred keys lead through everything.
const STEPS_OF_RANGE: f64 = 100.0;

/// The step of a float of which nothing is known, below a hundred.
const SMALL_STEP: f64 = 0.1;

/// Digits behind the point that a step may keep.
const MAX_DECIMALS: usize = 17;

impl Node {
    /// How far one step leads from a number: the domain's own, else a round part of its range, else a round part
    /// of the number.
    pub fn step_from(&self, number: f64) -> f64 {
        let whole = self.kind == Kind::Int;
        let named = self.domain.step.filter(|step| *step > 0.0 && step.is_finite());
        let range = match (self.domain.min, self.domain.max) {
            (Some(min), Some(max)) if max > min => Some(max - min).filter(|range| range.is_finite()),
            _ => None,
        };
        let step = match (named, range) {
            (Some(step), _) => step,
            (None, Some(range)) => round_part(range / STEPS_OF_RANGE),
            (None, None) if whole => 1.0,
            (None, None) if number.abs() < 100.0 || !number.is_finite() => SMALL_STEP,
            (None, None) => 10_f64.powf(number.abs().log10().floor() - 2.0),
        };
        if whole { step.round().max(1.0) } else { step }
    }

    /// A number so many steps from a value's, of which a vec has several; kept within the bounds, or brought in
    /// again where the node wraps or folds. What has no such number stays as it is.
    pub fn stepped(&self, value: &Value, component: usize, n_steps: i32) -> Value {
        let mut stepped = value.clone();
        if let Value::Int(whole) = &mut stepped {
            let step = whole_of(self.step_from(to_f64((*whole).into()))).unwrap_or(1);
            let to = whole.saturating_add(step.saturating_mul(n_steps.into()));
            let least = self.domain.min.and_then(|min| whole_of(min.ceil()));
            let most = self.domain.max.and_then(|max| whole_of(max.floor()));
            *whole = if self.comes_in_again() { to } else { bounded(to, least, most) };
        }
        if let Some(number) = stepped.numbers_mut().get_mut(component) {
            let step = self.step_from(*number);
            let to = tidy(*number + step * f64::from(n_steps), decimals(step).max(decimals(*number)));
            let to = if to.is_finite() { to } else { *number };
            *number = if self.comes_in_again() { to } else { bounded(to, self.domain.min, self.domain.max) };
        }
        match self.domain.clip(self.clip, &stepped) {
            Ok(clipped) if self.comes_in_again() => clipped.value,
            Ok(_) | Err(_) => stepped,
        }
    }

    /// The value with a number at a bound of the domain; `None` where there is no such bound.
    pub fn at_bound(&self, value: &Value, component: usize, is_upper: bool) -> Option<Value> {
        let bound = if is_upper { self.domain.max } else { self.domain.min }?;
        let mut moved = value.clone();
        if let Value::Int(whole) = &mut moved {
            *whole = whole_of(if is_upper { bound.floor() } else { bound.ceil() })?;
            return Some(moved);
        }
        *moved.numbers_mut().get_mut(component)? = bound;
        Some(moved)
    }

    /// The simplest value of the node's type, brought within its domain where that can be.
    pub fn simplest(&self) -> Value {
        let simplest = match self.kind {
            Kind::Impulse => Value::Impulse,
            Kind::Bool => Value::Bool(false),
            Kind::Int => Value::Int(0),
            Kind::Float => Value::Float(0.0),
            Kind::String => Value::String("".into()),
            Kind::List => Value::List(Vec::new()),
            Kind::Map => Value::Map(serde_json::Map::new()),
            Kind::Vec2 => Value::Vec2([0.0; 2]),
            Kind::Vec3 => Value::Vec3([0.0; 3]),
            Kind::Vec4 => Value::Vec4([0.0; 4]),
            Kind::Bytes => Value::Bytes([].into()),
        };
        match self.domain.clip(Clip::Clip, &simplest) {
            Ok(clipped) => clipped.value,
            Err(_) => simplest,
        }
    }

    const fn comes_in_again(&self) -> bool {
        matches!(self.clip, Clip::Wrap | Clip::Fold)
    }
}

fn bounded<T: PartialOrd>(number: T, least: Option<T>, most: Option<T>) -> T {
    match (least, most) {
        (Some(least), _) if number < least => least,
        (_, Some(most)) if number > most => most,
        (Some(_) | None, Some(_) | None) => number,
    }
}

/// The next of 1, 2, 5, 10, 20 … from a number down.
fn round_part(number: f64) -> f64 {
    let places = number.abs().log10().floor();
    let power = 10_f64.powf(places);
    let part = [5.0, 2.0].into_iter().find(|part| part * power <= number * (1.0 + f64::EPSILON));
    let decimals = if places < 0.0 { digits_of(-places) } else { 0 };
    let step = tidy(part.unwrap_or(1.0) * power, decimals);
    if step > 0.0 { step } else { number }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "floats have few hundred places")]
const fn digits_of(places: f64) -> usize {
    places as usize
}

/// 0.1 and 0.2 are 0.3, not 0.30000000000000004.
fn tidy(number: f64, decimals: usize) -> f64 {
    if decimals > MAX_DECIMALS {
        return number;
    }
    format!("{number:.decimals$}").parse().unwrap_or(number)
}

/// Digits behind the point in a number's shortest form.
fn decimals(number: f64) -> usize {
    let text = format!("{number}");
    text.split_once('.').map_or(0, |(_, behind)| behind.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::Domain;
    use crate::mqtt::Topic;

    fn node(kind: Kind, min: Option<f64>, max: Option<f64>, step: Option<f64>) -> Node {
        let domain = Domain { min, max, step, values: Vec::new() };
        Node { domain, ..Node::new(Topic::parse("a").unwrap(), kind) }
    }

    #[test]
    fn a_step_is_the_node_s_own_or_a_sensible_one() {
        for (min, max, step, from, expected) in [
            (None, None, Some(0.5), 20.0, 20.5),
            (None, None, None, 20.05, 20.15),
            (None, None, None, 0.2, 0.3),
            (None, None, None, 1830.0, 1840.0),
            (Some(0.0), Some(100.0), None, 5.0, 6.0),
            (Some(0.0), Some(1.0), None, 0.5, 0.51),
            (Some(0.0), Some(254.0), None, 0.0, 2.0),
            (Some(0.0), Some(100.0), None, 100.0, 100.0),
            (Some(0.0), Some(100.0), None, -7.0, 0.0),
            (None, None, None, f64::MAX, f64::MAX),
        ] {
            let stepped = node(Kind::Float, min, max, step).stepped(&Value::Float(from), 0, 1);
            assert_eq!(stepped, Value::Float(expected), "{from} in {min:?}..{max:?}");
        }
        for (min, max, step, from, expected) in [
            (None, None, None, 20, 21),
            (Some(0.0), Some(10.0), None, 3, 4),
            (Some(0.0), Some(255.0), None, 254, 255),
            (None, None, Some(10.0), 20, 30),
            (None, None, None, i64::MAX, i64::MAX),
        ] {
            let stepped = node(Kind::Int, min, max, step).stepped(&Value::Int(from), 0, 1);
            assert_eq!(stepped, Value::Int(expected), "{from} in {min:?}..{max:?}");
        }
    }

    #[test]
    fn steps_come_in_again_where_the_node_wraps() {
        let mut angle = node(Kind::Float, Some(0.0), Some(360.0), Some(10.0));
        angle.clip = Clip::Wrap;
        assert_eq!(angle.stepped(&Value::Float(355.0), 0, 1), Value::Float(5.0));
        assert_eq!(angle.stepped(&Value::Float(0.0), 0, -1), Value::Float(350.0));
    }

    #[test]
    fn a_component_is_stepped_alone() {
        let place = node(Kind::Vec3, None, None, Some(1.0));
        assert_eq!(place.stepped(&Value::Vec3([1.0, 2.0, 3.0]), 1, -2), Value::Vec3([1.0, 0.0, 3.0]));
        assert_eq!(place.stepped(&Value::Vec3([1.0, 2.0, 3.0]), 3, 1), Value::Vec3([1.0, 2.0, 3.0]));
        assert_eq!(place.at_bound(&Value::Vec3([1.0, 2.0, 3.0]), 0, true), None);
    }
}
