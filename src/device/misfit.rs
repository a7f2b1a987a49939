//! Why a payload is no value of its node, why a value can't be written, and why it lies outside its domain.
//! Owns the words. What they quote was made safe to draw.
use super::codec::{Codec, JsonPath, MAX_JSON_BYTES, Number};
use super::kind::Kind;
use crate::decode;
use crate::decode::sparkplug::Refusal;

/// Columns quoted of what is to blame: enough to know it by, and the sentence stays a line.
const MAX_QUOTED_COLS: usize = 40;

/// Columns of the JSON parser's own words, which quote nothing: its longest sentence and its place.
const MAX_PARSER_COLS: usize = 100;

/// Why a payload is no value of its node. The value is unknown then, and nothing is made up in its place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// Nothing where something is needed.
    #[error("an empty payload is no {0}")]
    Empty(Kind),
    /// Bytes that are no text, from this place on.
    #[error("not UTF-8 at byte {0}")]
    NotUtf8(usize),
    /// None of the words of a bool.
    #[error("`{0}` is no bool: on/off, true/false, yes/no, open/closed, 1/0")]
    NotBool(Box<str>),
    /// None of the node's own two words.
    #[error("`{found}` is neither `{on}` nor `{off}`")]
    NotAWord {
        /// What came.
        found: Box<str>,
        /// For true.
        on: Box<str>,
        /// For false.
        off: Box<str>,
    },
    /// No number, or one with something unknown behind it.
    #[error("`{0}` is no number")]
    NotANumber(Box<str>),
    /// A number with a fraction where a whole one is needed.
    #[error("{0} is no whole number")]
    NotWhole(Box<str>),
    /// A whole number that 64 bits don't hold.
    #[error("{0} is beyond whole numbers of 64 bits")]
    Beyond(Box<str>),
    /// Infinite, or not a number in IEEE 754's sense.
    #[error("{0} is no finite number")]
    NotFinite(Box<str>),
    /// Another unit than the node's.
    #[error("`{found}` is not in {unit}, the node's unit")]
    OtherUnit {
        /// What came.
        found: Box<str>,
        /// What the node counts.
        unit: Box<str>,
    },
    /// The characters that belong behind the number are not there.
    #[error("`{found}` does not end in `{suffix}`")]
    NoSuffix {
        /// What came.
        found: Box<str>,
        /// What was to be there.
        suffix: Box<str>,
    },
    /// No JSON, in the parser's words.
    #[error("no JSON: {0}")]
    NotJson(Box<str>),
    /// More JSON than is read.
    #[error("{0} bytes of JSON are not read for a value; at most {MAX_JSON_BYTES}")]
    TooLarge(usize),
    /// The object at a place lacks a member.
    #[error("no member `{name}` in the JSON at {at}")]
    NoMember {
        /// Its name.
        name: Box<str>,
        /// Where it was looked for.
        at: Box<str>,
    },
    /// The array at a place is too short.
    #[error("no element {index} in the JSON at {at}")]
    NoElement {
        /// Its place, from 0.
        index: u32,
        /// Where it was looked for.
        at: Box<str>,
    },
    /// A member is looked for in what is no object.
    #[error("the JSON at {0} is no object")]
    NoObject(Box<str>),
    /// An element is looked for in what is no array.
    #[error("the JSON at {0} is no array")]
    NoArray(Box<str>),
    /// JSON of another type.
    #[error("{found} is no {kind}")]
    OtherJson {
        /// What came: `a JSON array`.
        found: &'static str,
        /// What the node holds.
        kind: Kind,
    },
    /// A vec with too few or too many numbers.
    #[error("{found} numbers where a {kind} has {}", kind.n_components().unwrap_or_default())]
    Components {
        /// How many came.
        found: usize,
        /// What the node holds.
        kind: Kind,
    },
    /// None of the ways to write a vec.
    #[error("`{found}` is no {kind}: 1,2,3 or [1,2,3] or {{\"x\":1,\"y\":2}} or a colour such as #ff8800")]
    NotAVec {
        /// What came.
        found: Box<str>,
        /// What the node holds.
        kind: Kind,
    },
    /// Another number of bytes than the raw number has.
    #[error("{found} bytes where {codec} has {}", number.n_bytes())]
    Length {
        /// How many came.
        found: usize,
        /// The number's form.
        number: Number,
        /// The codec's name.
        codec: Box<str>,
    },
    /// The codec has no way to write the node's type.
    #[error("codec {codec} carries no {kind}; {}", remedy(*kind))]
    Codec {
        /// The codec, readably.
        codec: Box<str>,
        /// What the node holds.
        kind: Kind,
    },
}

impl Misfit {
    pub(super) fn no_json(error: &serde_json::Error) -> Self {
        let words = error.to_string();
        if words.starts_with("recursion limit") {
            return Self::NotJson("it nests more than 127 deep".into());
        }
        Self::NotJson(decode::sanitize(words.as_bytes(), MAX_PARSER_COLS).into())
    }

    pub(super) fn no_member(name: &str, at: &JsonPath) -> Self {
        Self::NoMember { name: quote(name.as_bytes()), at: place(at) }
    }

    pub(super) fn codec(codec: &Codec, kind: Kind) -> Self {
        Self::Codec { codec: quote(codec.to_string().as_bytes()), kind }
    }
}

/// Why a value can't be written as its node's payload.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// Another type than the node's.
    #[error("a value of type {found} is none of type {kind}")]
    Kind {
        /// The value's.
        found: Kind,
        /// The node's.
        kind: Kind,
    },
    /// Infinite, or not a number in IEEE 754's sense.
    #[error("{0} is no finite number")]
    NotFinite(Box<str>),
    /// A fraction where the bytes hold whole numbers only.
    #[error("{value} is no whole number, and {codec} holds no other")]
    NotWhole {
        /// What was to be written.
        value: Box<str>,
        /// The codec's name.
        codec: Box<str>,
    },
    /// A number that the bytes don't hold.
    #[error("{value} does not fit {codec}")]
    Overflow {
        /// What was to be written.
        value: Box<str>,
        /// The codec's name.
        codec: Box<str>,
    },
    /// A place in an array whose other elements nobody knows.
    #[error(
        "{path} is one of several elements of an array, and the others are unknown; write the whole array"
    )]
    Element {
        /// Where it would go.
        path: Box<str>,
    },
    /// The codec has no way to write the node's type.
    #[error("codec {codec} carries no {kind}; {}", remedy(*kind))]
    Codec {
        /// The codec, readably.
        codec: Box<str>,
        /// What the node holds.
        kind: Kind,
    },
    /// A metric of Sparkplug has no payload of its own: edge nodes take commands.
    #[error("a metric of Sparkplug is written by a command to its edge node, not by a payload on its topic")]
    NoPayload,
    /// A place beside the values of metrics.
    #[error("an edge node takes over values of metrics, and this is none: $.metrics.NAME.value is")]
    NoMetric,
    /// A metric of Sparkplug that can't be written so.
    #[error(transparent)]
    Metric(Refusal),
    /// What was written would not be understood when it came back.
    #[error("it would not read back: {0}")]
    OneWay(Misfit),
}

/// A value outside its domain: known, and shown as such.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutOfDomain {
    /// Below `min` or above `max`.
    #[error("{value} is outside the domain {range}")]
    Range {
        /// The value, or the component to blame.
        value: Box<str>,
        /// The bounds, such as `0..100`.
        range: Box<str>,
    },
    /// None of the values there are.
    #[error("`{value}` is none of the domain's values: {values}")]
    NotListed {
        /// The value.
        value: Box<str>,
        /// The values, cut where they are many.
        values: Box<str>,
    },
}

/// Which codecs carry a type.
pub(super) const fn remedy(kind: Kind) -> &'static str {
    match kind {
        Kind::Impulse => "text, json, a JSON path and words do",
        Kind::Bool => "text, json, a JSON path, words and raw numbers do",
        Kind::Int | Kind::Float => "text, json, a JSON path, a suffix and raw numbers do",
        Kind::String | Kind::List | Kind::Map | Kind::Vec2 | Kind::Vec3 | Kind::Vec4 => {
            "text, json and a JSON path do"
        }
        Kind::Bytes => "text does",
    }
}

/// A place in JSON, safe to draw.
pub(super) fn place(path: &JsonPath) -> Box<str> {
    quote(path.to_string().as_bytes())
}

/// The start of what is to blame, safe to draw.
pub(super) fn quote(bytes: &[u8]) -> Box<str> {
    decode::sanitize(bytes, MAX_QUOTED_COLS).into()
}
