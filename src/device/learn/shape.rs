//! The forms payloads have. Owns which type a set of them makes, and the order of types.
//!
//! A candidate's type is a function of the *set* of shapes seen, so the order of samples cannot change it, and
//! one more sample can only widen it.
use super::super::kind::Kind;
use std::fmt;

/// The forms payloads have, as a set.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Shapes(u32);

impl Shapes {
    /// No byte.
    pub const EMPTY: Self = Self(1);
    /// JSON's `null`.
    pub const NULL: Self = Self(1 << 1);
    /// `0` or `1`, which may be a bool.
    pub const ZERO_ONE: Self = Self(1 << 2);
    /// Another whole number.
    pub const INT: Self = Self(1 << 3);
    /// A number with a fraction or an exponent.
    pub const FLOAT: Self = Self(1 << 4);
    /// A number had no unit behind it.
    pub const BARE: Self = Self(1 << 5);
    /// A number had one.
    pub const UNIT: Self = Self(1 << 6);
    /// Units differed: the numbers cannot be compared.
    pub const UNITS_DIFFER: Self = Self(1 << 7);
    /// The unit was the same, the blanks before it were not.
    pub const SPACING_DIFFERS: Self = Self(1 << 8);
    /// On or off in one of its words.
    pub const WORD_OF_BOOL: Self = Self(1 << 9);
    /// Text.
    pub const TEXT: Self = Self(1 << 10);
    /// A JSON string.
    pub const QUOTED: Self = Self(1 << 11);
    /// A colour such as `#ff8800`.
    pub const HEX_COLOR: Self = Self(1 << 12);
    /// A JSON object with a number under `value` and a text under `unit`.
    pub const MEASURED: Self = Self(1 << 13);
    /// Another JSON object.
    pub const OBJECT: Self = Self(1 << 14);
    /// A JSON array that is no vec.
    pub const ARRAY: Self = Self(1 << 15);
    /// Two numbers in a JSON array.
    pub const VEC2: Self = Self(1 << 16);
    /// Three.
    pub const VEC3: Self = Self(1 << 17);
    /// Four.
    pub const VEC4: Self = Self(1 << 18);
    /// The numbers of a vec stood between commas alone: `12,34,56`.
    pub const COMMAS: Self = Self(1 << 19);
    /// No text.
    pub const BYTES: Self = Self(1 << 20);

    const NUMBERS: Self = Self(Self::ZERO_ONE.0 | Self::INT.0 | Self::FLOAT.0);
    const TEXTS: Self = Self(Self::TEXT.0 | Self::QUOTED.0 | Self::HEX_COLOR.0);
    const OBJECTS: Self = Self(Self::MEASURED.0 | Self::OBJECT.0);
    const VECS: Self = Self(Self::VEC2.0 | Self::VEC3.0 | Self::VEC4.0);
    const ARRAYS: Self = Self(Self::ARRAY.0 | Self::VECS.0);

    /// Both sets.
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether any of these were seen.
    pub const fn has(self, any: Self) -> bool {
        self.0 & any.0 != 0
    }

    /// Whether nothing but these was seen; no payload and `null` count as nothing.
    pub const fn only(self, these: Self) -> bool {
        self.0 & !(these.0 | Self::EMPTY.0 | Self::NULL.0) == 0
    }

    /// How many different kinds of thing were seen: more than one is a conflict.
    fn n_groups(self, is_bool_topic: bool) -> usize {
        let digits_are_bool = is_bool_topic && !self.has(Self(Self::INT.0 | Self::FLOAT.0 | Self::UNIT.0));
        let numbers = self.has(Self::NUMBERS);
        let bools = self.has(Self::WORD_OF_BOOL) || (numbers && digits_are_bool);
        [
            numbers && !digits_are_bool,
            bools,
            self.has(Self::TEXTS),
            self.has(Self::OBJECTS),
            self.has(Self::ARRAYS),
        ]
        .into_iter()
        .filter(|seen| *seen)
        .count()
    }

    /// Whether the type had to be widened because samples disagreed.
    pub fn conflict(self, is_bool_topic: bool) -> bool {
        self.has(Self::UNITS_DIFFER)
            || self.n_groups(is_bool_topic) > 1
            || (self.has(Self::BYTES) && self.0 & !Self::BYTES.0 != 0)
    }

    /// The narrowest type that holds every sample.
    ///
    /// `0` and `1` alone are an int, since most such topics count something; where the topic's name says that it
    /// is on or off (`is_bool_topic`), they are a bool.
    pub fn kind(self, is_bool_topic: bool) -> Kind {
        if self.has(Self::BYTES) {
            return Kind::Bytes;
        }
        if self.has(Self::UNITS_DIFFER) && self.has(Self::NUMBERS) {
            return Kind::String;
        }
        match self.n_groups(is_bool_topic) {
            0 => return Kind::Impulse,
            1 => {}
            _ => return Kind::String,
        }
        if self.has(Self::TEXTS) {
            Kind::String
        } else if self.has(Self::OBJECTS) {
            Kind::Map
        } else if self.has(Self::ARRAYS) {
            match Self(self.0 & Self::ARRAYS.0) {
                Self::VEC2 => Kind::Vec2,
                Self::VEC3 => Kind::Vec3,
                Self::VEC4 => Kind::Vec4,
                // Numbers between commas alone are no JSON.
                _ if self.has(Self::COMMAS) => Kind::String,
                _ => Kind::List,
            }
        } else if self.has(Self::FLOAT) {
            Kind::Float
        } else if self.has(Self::WORD_OF_BOOL) || (is_bool_topic && !self.has(Self::INT.with(Self::UNIT))) {
            Kind::Bool
        } else {
            Kind::Int
        }
    }
}

impl fmt::Debug for Shapes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Shapes({:#b})", self.0)
    }
}

/// Whether whatever fits the narrower type also fits the wider one. A partial order: impulse is the least,
/// bytes the greatest, and a list is no number.
pub fn widens_to(narrow: Kind, wide: Kind) -> bool {
    narrow == wide
        || match wide {
            Kind::Bytes => true,
            Kind::String => narrow != Kind::Bytes,
            Kind::Float => matches!(narrow, Kind::Impulse | Kind::Bool | Kind::Int),
            Kind::Int => matches!(narrow, Kind::Impulse | Kind::Bool),
            Kind::List => narrow == Kind::Impulse || narrow.n_components().is_some(),
            Kind::Bool | Kind::Map | Kind::Vec2 | Kind::Vec3 | Kind::Vec4 => narrow == Kind::Impulse,
            Kind::Impulse => false,
        }
}

/// The narrowest type both fit.
pub fn join(one: Kind, other: Kind) -> Kind {
    let holds_both = |kind: &Kind| widens_to(one, *kind) && widens_to(other, *kind);
    Kind::ALL
        .into_iter()
        .filter(holds_both)
        .reduce(|a, b| if widens_to(b, a) { b } else { a })
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_types_has_a_join_for_every_pair() {
        for one in Kind::ALL {
            for other in Kind::ALL {
                let both = join(one, other);
                assert!(widens_to(one, both) && widens_to(other, both), "{one} {other} {both}");
                assert_eq!(both, join(other, one));
                for wider in Kind::ALL.into_iter().filter(|k| widens_to(one, *k) && widens_to(other, *k)) {
                    assert!(widens_to(both, wider), "{one} and {other} also fit {wider}, below {both}");
                }
            }
        }
    }
}
