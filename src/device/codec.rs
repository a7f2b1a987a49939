//! How a node's payload is written. Owns the codecs and their names.
use std::fmt;

/// The way between a payload's bytes and a value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Codec {
    /// The value as text: `23.5`, `on`, `[1,2]`. A unit behind a number is read over.
    #[default]
    Text,
    /// A JSON document.
    Json,
    /// One place in a JSON document, such as `$.state.level`.
    JsonPath(JsonPath),
    /// A number's own bytes.
    Raw(Number, Order),
    /// The two words of a bool, such as `ON` and `OFF`.
    Words {
        /// For true.
        on: Box<str>,
        /// For false.
        off: Box<str>,
    },
    /// A number with these characters behind it, such as ` °C`.
    Suffix(Box<str>),
}

/// A number's form in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Number {
    /// 8 bits, signed.
    I8,
    /// 8 bits, unsigned.
    U8,
    /// 16 bits, signed.
    I16,
    /// 16 bits, unsigned.
    U16,
    /// 32 bits, signed.
    I32,
    /// 32 bits, unsigned.
    U32,
    /// 64 bits, signed.
    I64,
    /// 64 bits, unsigned.
    U64,
    /// IEEE 754 binary32.
    F32,
    /// IEEE 754 binary64.
    F64,
}

/// Which byte comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Order {
    /// The least significant.
    Little,
    /// The most significant.
    Big,
}

/// A place in a JSON document: member names and indices from the root (RFC 9535, singular queries).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JsonPath(pub(super) Box<[PathStep]>);

/// One step into a JSON document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PathStep {
    /// A member of an object.
    Member(Box<str>),
    /// A place in an array, from 0.
    Index(u32),
}

impl JsonPath {
    /// Its steps, outermost first; none for `$`.
    pub fn steps(&self) -> &[PathStep] {
        &self.0
    }
}

impl fmt::Display for JsonPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("$")?;
        for step in &self.0 {
            match step {
                PathStep::Member(name) if is_plain(name) => write!(f, ".{name}")?,
                PathStep::Member(name) => {
                    write!(f, "['{}']", name.replace('\\', r"\\").replace('\'', r"\'"))?;
                }
                PathStep::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// Whether a member's name needs no quotes.
fn is_plain(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
}
