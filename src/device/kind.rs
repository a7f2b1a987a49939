//! The type of a node's value. Owns the names as people and files write them.
use std::fmt;

/// What a node's value is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Nothing but the moment: a bell, a button.
    Impulse,
    /// On or off.
    Bool,
    /// A whole number.
    Int,
    /// A number.
    Float,
    /// Text.
    #[default]
    String,
    /// Values in a row, a JSON array.
    List,
    /// Named values, a JSON object.
    Map,
    /// Two numbers: a position in a plane.
    Vec2,
    /// Three numbers: a position, a colour.
    Vec3,
    /// Four numbers: a colour with its opacity.
    Vec4,
    /// Bytes that mean nothing to us.
    Bytes,
}

impl Kind {
    /// All of them, simplest first.
    pub const ALL: [Self; 11] = [
        Self::Impulse,
        Self::Bool,
        Self::Int,
        Self::Float,
        Self::String,
        Self::List,
        Self::Map,
        Self::Vec2,
        Self::Vec3,
        Self::Vec4,
        Self::Bytes,
    ];

    /// As a device file writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Impulse => "impulse",
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Float => "float",
            Self::String => "string",
            Self::List => "list",
            Self::Map => "map",
            Self::Vec2 => "vec2",
            Self::Vec3 => "vec3",
            Self::Vec4 => "vec4",
            Self::Bytes => "bytes",
        }
    }

    /// The type of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// How many numbers a vec has.
    pub const fn n_components(self) -> Option<usize> {
        match self {
            Self::Vec2 => Some(2),
            Self::Vec3 => Some(3),
            Self::Vec4 => Some(4),
            Self::Impulse
            | Self::Bool
            | Self::Int
            | Self::Float
            | Self::String
            | Self::List
            | Self::Map
            | Self::Bytes => None,
        }
    }

    /// Whether it is one number.
    pub const fn is_number(self) -> bool {
        matches!(self, Self::Int | Self::Float)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
