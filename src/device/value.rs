//! A typed value. Owns what a value can be; bytes become values and values bytes in `codec`, and what people
//! type and see is in `typed`.
use super::kind::Kind;
use super::number::to_f64;

/// What a node holds or is sent.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// The moment alone.
    Impulse,
    /// On or off.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A finite number.
    Float(f64),
    /// Text.
    String(Box<str>),
    /// A JSON array, numbers exact.
    List(Vec<serde_json::Value>),
    /// A JSON object in its own order, numbers exact.
    Map(serde_json::Map<String, serde_json::Value>),
    /// Two finite numbers.
    Vec2([f64; 2]),
    /// Three finite numbers.
    Vec3([f64; 3]),
    /// Four finite numbers.
    Vec4([f64; 4]),
    /// Bytes.
    Bytes(Box<[u8]>),
}

impl Value {
    /// Its type.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Impulse => Kind::Impulse,
            Self::Bool(_) => Kind::Bool,
            Self::Int(_) => Kind::Int,
            Self::Float(_) => Kind::Float,
            Self::String(_) => Kind::String,
            Self::List(_) => Kind::List,
            Self::Map(_) => Kind::Map,
            Self::Vec2(_) => Kind::Vec2,
            Self::Vec3(_) => Kind::Vec3,
            Self::Vec4(_) => Kind::Vec4,
            Self::Bytes(_) => Kind::Bytes,
        }
    }

    /// The number of an int or a float.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Int(whole) => Some(to_f64((*whole).into())),
            Self::Float(number) => Some(*number),
            Self::Impulse
            | Self::Bool(_)
            | Self::String(_)
            | Self::List(_)
            | Self::Map(_)
            | Self::Vec2(_)
            | Self::Vec3(_)
            | Self::Vec4(_)
            | Self::Bytes(_) => None,
        }
    }

    /// Its floats: the one of a float, the components of a vec, none of anything else.
    pub const fn numbers(&self) -> &[f64] {
        match self {
            Self::Float(number) => std::slice::from_ref(number),
            Self::Vec2(numbers) => numbers,
            Self::Vec3(numbers) => numbers,
            Self::Vec4(numbers) => numbers,
            Self::Impulse
            | Self::Bool(_)
            | Self::Int(_)
            | Self::String(_)
            | Self::List(_)
            | Self::Map(_)
            | Self::Bytes(_) => &[],
        }
    }

    /// The same, to be changed in place.
    pub const fn numbers_mut(&mut self) -> &mut [f64] {
        match self {
            Self::Float(number) => std::slice::from_mut(number),
            Self::Vec2(numbers) => numbers,
            Self::Vec3(numbers) => numbers,
            Self::Vec4(numbers) => numbers,
            Self::Impulse
            | Self::Bool(_)
            | Self::Int(_)
            | Self::String(_)
            | Self::List(_)
            | Self::Map(_)
            | Self::Bytes(_) => &mut [],
        }
    }
}
