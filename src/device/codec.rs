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

/// Why a text names no codec.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no codec: text, json, a JSON path such as $.state, or a number such as u16-be")]
pub struct CodecError(Box<str>);

impl Codec {
    /// The codec of a text, as a device file writes those that need no table.
    pub fn parse(text: &str) -> Result<Self, CodecError> {
        let (name, order) = text.split_once('-').unwrap_or((text, ""));
        let order = match order {
            "be" => Some(Order::Big),
            "le" => Some(Order::Little),
            _one_byte => None,
        };
        let codec = match name {
            "text" if order.is_none() => Some(Self::Text),
            "json" if order.is_none() => Some(Self::Json),
            "i8" => Some(Self::Raw(Number::I8, Order::Big)),
            "u8" => Some(Self::Raw(Number::U8, Order::Big)),
            "i16" => order.map(|order| Self::Raw(Number::I16, order)),
            "u16" => order.map(|order| Self::Raw(Number::U16, order)),
            "i32" => order.map(|order| Self::Raw(Number::I32, order)),
            "u32" => order.map(|order| Self::Raw(Number::U32, order)),
            "i64" => order.map(|order| Self::Raw(Number::I64, order)),
            "u64" => order.map(|order| Self::Raw(Number::U64, order)),
            "f32" => order.map(|order| Self::Raw(Number::F32, order)),
            "f64" => order.map(|order| Self::Raw(Number::F64, order)),
            _path => path(text).map(Self::JsonPath),
        };
        codec.ok_or_else(|| CodecError(text.into()))
    }
}

fn path(text: &str) -> Option<JsonPath> {
    let (mut rest, mut steps) = (text.strip_prefix('$')?, Vec::new());
    while !rest.is_empty() {
        let step;
        if let Some(dotted) = rest.strip_prefix('.') {
            let end = dotted.find(['.', '[']).unwrap_or(dotted.len());
            let (name, behind) = dotted.split_at_checked(end)?;
            (step, rest) = (PathStep::Member(is_plain(name).then_some(name)?.into()), behind);
        } else if let Some(quoted) = rest.strip_prefix("['") {
            let (name, behind) = quoted.split_once("']")?;
            (step, rest) = (PathStep::Member(name.into()), behind);
        } else {
            let (index, behind) = rest.strip_prefix('[')?.split_once(']')?;
            (step, rest) = (PathStep::Index(index.parse().ok()?), behind);
        }
        steps.push(step);
    }
    Some(JsonPath(steps.into()))
}

impl fmt::Display for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text => f.write_str("text"),
            Self::Json => f.write_str("json"),
            Self::JsonPath(path) => write!(f, "{path}"),
            Self::Raw(number, order) => {
                let name = format!("{number:?}").to_ascii_lowercase();
                match (number, order) {
                    (Number::I8 | Number::U8, _) => f.write_str(&name),
                    (_, Order::Big) => write!(f, "{name}-be"),
                    (_, Order::Little) => write!(f, "{name}-le"),
                }
            }
            Self::Words { on, off } => write!(f, "words {on}/{off}"),
            Self::Suffix(suffix) => write!(f, "suffix {suffix:?}"),
        }
    }
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
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
