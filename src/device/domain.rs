//! Which values a node takes, and what becomes of others. Owns bounds, choices and the judgement; clipping and
//! steps are in `domain/`.
mod clip;

pub use clip::Clipped;

use super::misfit::{OutOfDomain, quote};
use super::number::{shortest, to_f64};
use super::value::Value;

/// Listed values named in a message; the rest is counted.
const MAX_NAMED: usize = 8;

/// What a node's values lie within; empty: anything.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Domain {
    /// The least number, or the least of each component.
    pub min: Option<f64>,
    /// The greatest.
    pub max: Option<f64>,
    /// What values are apart, counted from `min`, else from 0.
    pub step: Option<f64>,
    /// The only values there are; empty: no such list.
    pub values: Vec<Value>,
}

/// What is done to a number outside its domain before it is published.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Clip {
    /// Nothing: it is refused in words.
    #[default]
    None,
    /// It becomes the nearer bound, or the nearest of the domain's values.
    Clip,
    /// Below `min` it becomes `min`.
    Low,
    /// Above `max` it becomes `max`.
    High,
    /// It comes in again from the other side; `max` is `min` then, as 360° is 0°.
    Wrap,
    /// It is mirrored at the bound.
    Fold,
}

impl Clip {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::None, Self::Clip, Self::Low, Self::High, Self::Wrap, Self::Fold];

    /// As a device file writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Clip => "clip",
            Self::Low => "low",
            Self::High => "high",
            Self::Wrap => "wrap",
            Self::Fold => "fold",
        }
    }

    /// The mode of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|clip| clip.name() == name)
    }
}

impl Domain {
    /// Whether it says nothing.
    pub const fn is_empty(&self) -> bool {
        self.min.is_none() && self.max.is_none() && self.step.is_none() && self.values.is_empty()
    }

    /// Whether a value lies within. Steps are not asked: they are for setting, and sensors know none.
    pub fn judge(&self, value: &Value) -> Result<(), OutOfDomain> {
        if !self.values.is_empty() && !self.values.iter().any(|listed| is_same(listed, value)) {
            let named: Vec<_> = self.values.iter().take(MAX_NAMED).map(Value::shown).collect();
            let more = self.values.len().saturating_sub(MAX_NAMED);
            let more = if more == 0 { String::new() } else { format!(" and {more} more") };
            let values = format!("{}{more}", quote(named.join(", ").as_bytes())).into();
            return Err(OutOfDomain::NotListed { value: quote(value.shown().as_bytes()), values });
        }
        let whole = if let Value::Int(whole) = value { Some(to_f64((*whole).into())) } else { None };
        match whole.as_slice().iter().chain(value.numbers()).find(|number| !self.holds(**number)) {
            None => Ok(()),
            Some(number) => Err(OutOfDomain::Range {
                value: whole.map_or_else(|| shortest(*number), |_| value.shown()).into(),
                range: self.range().into(),
            }),
        }
    }

    /// The bounds in words: `0..100`, `0 and above`.
    pub fn range(&self) -> String {
        match (self.min, self.max) {
            (Some(min), Some(max)) => format!("{}..{}", shortest(min), shortest(max)),
            (Some(min), None) => format!("{} and above", shortest(min)),
            (None, Some(max)) => format!("{} and below", shortest(max)),
            (None, None) => "anything".to_owned(),
        }
    }

    /// Whether a number lies within the bounds; what is no number lies nowhere.
    fn holds(&self, number: f64) -> bool {
        self.min.is_none_or(|min| number >= min)
            && self.max.is_none_or(|max| number <= max)
            && !number.is_nan()
    }
}

/// Equality in which 1 and 1.0 are one value.
fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Int(whole), Value::Float(float)) | (Value::Float(float), Value::Int(whole)) => {
            super::number::whole_of(*float) == Some(*whole)
        }
        _ => one == other,
    }
}
