//! Which values a node takes, and what becomes of others. Owns bounds, steps, choices and clipping.
use super::value::Value;

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
    /// It becomes the nearer bound.
    Clip,
    /// Below `min` it becomes `min`.
    Low,
    /// Above `max` it becomes `max`.
    High,
    /// It comes in again from the other side.
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
