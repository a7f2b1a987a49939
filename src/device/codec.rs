//! How a node's payload is written. Owns the codecs, their names and which types they carry; reading and
//! writing are in `codec/`.
mod json_path;
mod metric;
mod raw;
mod read;
mod seek;
mod write;

pub use crate::decode::numbers::{Number, Order};
pub use json_path::{JsonPath, MAX_JSON_BYTES, MAX_STEPS, PathStep};
pub use metric::named_document;
pub use read::Wanted;
pub(super) use read::text;

use super::kind::Kind;
use crate::decode::sparkplug::Births;
use crate::warning::did_you_mean;
use std::borrow::Cow;
use std::fmt;

/// The way between a payload's bytes and a value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Codec {
    /// The value as text: `23.5`, `on`, `1,2,3`; lists and maps as JSON. A unit behind a number is read over.
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

/// The JSON in which paths find their places: the payload itself, or what Sparkplug's is decoded to where the topic
/// speaks it. What was decoded before, with the names that births give, is left as it is.
pub fn document<'p>(topic: &str, payload: &'p [u8]) -> Cow<'p, [u8]> {
    named_document(topic, payload, Births::default())
}

/// Why a text names no codec.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodecError {
    /// No such name.
    #[error(
        "{text:?} is no codec: text, json, a JSON path such as $.state, or a number such as u16-be{hint}"
    )]
    Unknown {
        /// What was written.
        text: Box<str>,
        /// What may have been meant.
        hint: Box<str>,
    },
    /// A number of several bytes without the order of them.
    #[error("\"{0}\" lacks the order of its bytes: write {0}-be or {0}-le")]
    Order(Number),
    /// No place in a JSON document.
    #[error("{text:?} is no place in JSON: at character {at}, {words}")]
    Path {
        /// What was written.
        text: Box<str>,
        /// The character to blame, from 1.
        at: usize,
        /// What is wrong with it.
        words: Box<str>,
    },
}

impl Codec {
    /// The codec of a text, as a device file writes those that need no table.
    pub fn parse(text: &str) -> Result<Self, CodecError> {
        match text {
            "text" => return Ok(Self::Text),
            "json" => return Ok(Self::Json),
            _ if text.starts_with('$') => return JsonPath::parse(text).map(Self::JsonPath),
            _ => {}
        }
        let (name, order) = match text.split_once('-') {
            None => (text, None),
            Some((name, "be")) => (name, Some(Order::Big)),
            Some((name, "le")) => (name, Some(Order::Little)),
            Some(_) => ("", None),
        };
        match (Number::from_name(name), order) {
            (Some(number), _) if number.n_bytes() == 1 => Ok(Self::Raw(number, Order::Big)),
            (Some(number), Some(order)) => Ok(Self::Raw(number, order)),
            (Some(number), None) => Err(CodecError::Order(number)),
            (None, _) => {
                let names = Self::names();
                let hint = did_you_mean(text, names.iter().map(String::as_str));
                Err(CodecError::Unknown { text: text.into(), hint: hint.into() })
            }
        }
    }

    /// Every codec that has a name of its own: all that a list can offer.
    pub fn names() -> Vec<String> {
        let raw = Number::ALL.into_iter().flat_map(|number| match number.n_bytes() {
            1 => vec![Self::Raw(number, Order::Big)],
            _ => vec![Self::Raw(number, Order::Big), Self::Raw(number, Order::Little)],
        });
        [Self::Text, Self::Json].into_iter().chain(raw).map(|codec| codec.to_string()).collect()
    }

    /// Whether values of a type can be written so.
    pub const fn carries(&self, kind: Kind) -> bool {
        match self {
            Self::Text => true,
            Self::Json | Self::JsonPath(_) => !matches!(kind, Kind::Bytes),
            Self::Raw(..) => matches!(kind, Kind::Bool | Kind::Int | Kind::Float),
            Self::Words { .. } => matches!(kind, Kind::Bool | Kind::Impulse),
            Self::Suffix(_) => kind.is_number(),
        }
    }
}

impl fmt::Display for Codec {
    /// What [`Codec::parse`] takes; words and suffixes, which a file writes as tables, readably.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text => f.write_str("text"),
            Self::Json => f.write_str("json"),
            Self::JsonPath(path) => write!(f, "{path}"),
            Self::Raw(number, _) if number.n_bytes() == 1 => write!(f, "{number}"),
            Self::Raw(number, Order::Big) => write!(f, "{number}-be"),
            Self::Raw(number, Order::Little) => write!(f, "{number}-le"),
            Self::Words { on, off } => write!(f, "words {on}/{off}"),
            Self::Suffix(suffix) => write!(f, "suffix {suffix:?}"),
        }
    }
}
