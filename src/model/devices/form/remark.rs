//! What the form says beside a field. Owns nothing but the words' shape.
use super::field::Field;

/// How much a remark weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// It may stay so.
    Advice,
    /// It can't be saved so.
    Fault,
}

/// Something said about a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// Whose it is; the cursor can go there.
    pub field: Field,
    /// Whether it can stay so.
    pub weight: Weight,
    /// Names the offender and the remedy; never a secret.
    pub words: String,
}
