//! Values that come by themselves: ramps, waves, random ones. Owns the shapes, what they need, and the words for what
//! is missing; knows no schedule and no topic.
//!
//! A value of a ramp or a wave follows from the time alone, so what is skipped is missed and nothing is late. A random
//! one, and each step of a walk, follows from the seed and the one before.
mod wave;

use super::kind::Kind;
use super::node::Node;
use super::number::{shortest, whole_of};
use super::value::Value;
use crate::random::Random;
use std::time::Duration;
use wave::Wave;

/// The longest period: a week is the longest time there is elsewhere, too.
pub const MAX_PERIOD: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// How values follow each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    /// Always the same.
    #[default]
    Constant,
    /// From the least to the greatest, and from the least again.
    Ramp,
    /// Up and down, softly.
    Sine,
    /// Up and down, evenly.
    Triangle,
    /// The least for half a period, the greatest for the other; choices each for their part of it.
    Square,
    /// Any, each time anew.
    Random,
    /// A step up or down from the one before.
    Walk,
}

impl Shape {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Constant, Self::Ramp, Self::Sine, Self::Triangle, Self::Square, Self::Random, Self::Walk];

    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Constant => "constant",
            Self::Ramp => "ramp",
            Self::Sine => "sine",
            Self::Triangle => "triangle",
            Self::Square => "square",
            Self::Random => "random",
            Self::Walk => "random walk",
        }
    }

    /// Whether it comes round again after a period.
    pub const fn has_period(self) -> bool {
        match self {
            Self::Ramp | Self::Sine | Self::Triangle | Self::Square => true,
            Self::Constant | Self::Random | Self::Walk => false,
        }
    }

    /// Whether chance has a part in it.
    pub const fn has_seed(self) -> bool {
        match self {
            Self::Random | Self::Walk => true,
            Self::Constant | Self::Ramp | Self::Sine | Self::Triangle | Self::Square => false,
        }
    }
}

/// What a generator is made from.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// How values follow each other.
    pub shape: Shape,
    /// The least number; the domain's where nothing is said.
    pub min: Option<f64>,
    /// The greatest.
    pub max: Option<f64>,
    /// How long it takes to come round.
    pub period: Duration,
    /// What numbers are apart, or how far a walk goes at once; a fitting one where nothing is said.
    pub step: Option<f64>,
    /// Where chance begins: the same seed, the same values.
    pub seed: u64,
}

/// What makes value after value.
#[derive(Clone, Debug)]
pub struct Generator {
    what: What,
    shape: Shape,
    period: Duration,
    random: Random,
}

#[derive(Clone, Debug)]
enum What {
    Same(Value),
    /// Each as a whole number, or as it comes.
    Numbers(Wave, Kind),
    Choices(Vec<Value>),
}

impl Generator {
    /// Values of a node, within its domain; the same one again and again for the constant shape.
    pub fn of_node(node: &Node, plan: &Plan, constant: &Value) -> Result<Self, String> {
        if plan.shape == Shape::Constant {
            return Ok(Self::new(What::Same(constant.clone()), plan));
        }
        let name = plan.shape.name();
        if let Some(choices) = choices(node) {
            return match plan.shape {
                Shape::Square | Shape::Random => {
                    check_period(plan)?;
                    Ok(Self::new(What::Choices(choices), plan))
                }
                Shape::Constant | Shape::Ramp | Shape::Sine | Shape::Triangle | Shape::Walk => Err(format!(
                    "a {name} needs numbers; of {} only square, random and constant can be made",
                    if node.kind == Kind::Bool { "on and off" } else { "a list of values" }
                )),
            };
        }
        match node.kind {
            Kind::Int | Kind::Float => {}
            Kind::Impulse
            | Kind::Bool
            | Kind::String
            | Kind::List
            | Kind::Map
            | Kind::Vec2
            | Kind::Vec3
            | Kind::Vec4
            | Kind::Bytes => {
                return Err(format!(
                    "a {name} makes numbers, and {} is a node of type {}; constant repeats its value",
                    node.topic, node.kind
                ));
            }
        }
        let plan = Plan {
            min: plan.min.or(node.domain.min),
            max: plan.max.or(node.domain.max),
            step: plan.step.or(node.domain.step),
            ..plan.clone()
        };
        let generator = Self::numbers(&plan, node.kind)?;
        // What the node would refuse later is refused now.
        for bound in [plan.min, plan.max].into_iter().flatten() {
            node.within(&value_of(node.kind, bound))?;
        }
        Ok(generator)
    }

    /// Numbers for a topic that is no kept node.
    pub fn of_numbers(plan: &Plan) -> Result<Self, String> {
        Self::numbers(plan, Kind::Float)
    }

    fn numbers(plan: &Plan, kind: Kind) -> Result<Self, String> {
        check_period(plan)?;
        let of = |bound: Option<f64>, what| {
            bound.ok_or_else(|| format!("{what} is missing: a {} goes from min to max", plan.shape.name()))
        };
        let (min, max) = (of(plan.min, "min")?, of(plan.max, "max")?);
        let wave = Wave::new(plan.shape, min, max, plan.step, kind)?;
        Ok(Self::new(What::Numbers(wave, kind), plan))
    }

    fn new(what: What, plan: &Plan) -> Self {
        Self { what, shape: plan.shape, period: plan.period, random: Random::new(plan.seed) }
    }

    /// The next value, so long after the first.
    pub fn value(&mut self, elapsed: Duration) -> Value {
        match &mut self.what {
            What::Same(value) => value.clone(),
            What::Numbers(wave, kind) => {
                value_of(*kind, wave.number(self.shape, wave::phase(elapsed, self.period), &mut self.random))
            }
            What::Choices(choices) => {
                let place = match self.shape {
                    Shape::Random => {
                        let n = u64::try_from(choices.len()).unwrap_or(u64::MAX);
                        usize::try_from(self.random.below(n)).unwrap_or_default()
                    }
                    Shape::Constant
                    | Shape::Ramp
                    | Shape::Sine
                    | Shape::Triangle
                    | Shape::Square
                    | Shape::Walk => wave::part(elapsed, self.period, choices.len()),
                };
                choices.get(place).or(choices.first()).cloned().unwrap_or(Value::Impulse)
            }
        }
    }

    /// So many numbers at even distances over a span, for a picture of the shape; none where it is no shape of numbers.
    pub fn preview(&self, span: Duration, n: u32) -> Vec<f64> {
        let mut copy = self.clone();
        let number = |value: &Value| match &self.what {
            What::Choices(choices) => {
                let place = choices.iter().position(|choice| choice == value)?;
                u32::try_from(place).ok().map(f64::from)
            }
            What::Same(_) | What::Numbers(..) => value.number(),
        };
        (0..n).filter_map(|k| number(&copy.value(span * k / n.max(1)))).collect()
    }
}

/// The values of a node that has few: those its domain lists, or on and off.
fn choices(node: &Node) -> Option<Vec<Value>> {
    match node.kind {
        Kind::Impulse => None,
        _ if !node.domain.values.is_empty() => Some(node.domain.values.clone()),
        Kind::Bool => Some(vec![Value::Bool(false), Value::Bool(true)]),
        Kind::Int
        | Kind::Float
        | Kind::String
        | Kind::List
        | Kind::Map
        | Kind::Vec2
        | Kind::Vec3
        | Kind::Vec4
        | Kind::Bytes => None,
    }
}

fn check_period(plan: &Plan) -> Result<(), String> {
    if plan.shape.has_period() && plan.period.is_zero() {
        return Err(format!(
            "a {} needs a period: how long it takes to come round, such as 10s",
            plan.shape.name()
        ));
    }
    if plan.period > MAX_PERIOD {
        return Err("the period is longer than a week, which is the most".to_owned());
    }
    Ok(())
}

/// A number as a value; whole where it must be.
fn value_of(kind: Kind, number: f64) -> Value {
    match whole_of(number.round()) {
        Some(whole) if kind == Kind::Int => Value::Int(whole),
        Some(_) | None => Value::Float(number),
    }
}

/// A number as the payload of a topic that is no kept node.
pub fn number_text(value: &Value) -> String {
    match value {
        Value::Float(number) => shortest(*number),
        Value::Impulse
        | Value::Bool(_)
        | Value::Int(_)
        | Value::String(_)
        | Value::List(_)
        | Value::Map(_)
        | Value::Vec2(_)
        | Value::Vec3(_)
        | Value::Vec4(_)
        | Value::Bytes(_) => value.shown(),
    }
}

#[cfg(test)]
mod tests;
