//! What is asked of a topic beside its name: `age:<10s`, `type:float`, `kept:`. Owns the names and their meaning.
use super::facts::Facts;
use super::number::{Range, Unit, examples};
use super::text::Text;
use crate::decode::{self, value};
use crate::warning::did_you_mean;

/// Bytes of a payload that a text is looked for in: a value that people search is shorter.
const MAX_SEARCHED_BYTES: usize = 65_536;

/// What can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Attribute {
    /// Whether the broker keeps the last message.
    Retained,
    /// How long ago the topic was heard.
    Age,
    /// Messages a second.
    Rate,
    /// Messages heard.
    Count,
    /// Bytes of the last payload.
    Size,
    /// Of the last message.
    Qos,
    /// What the last payload is.
    Type,
    /// What it holds, or its number.
    Value,
    /// Whether the device file names it.
    Kept,
    /// Whether it is pinned.
    Pinned,
    /// Whether it should have been heard again long since.
    Stale,
    /// Whether its payload does not fit its kept node.
    Error,
}

/// All of them: name, what stands behind the colon, what it asks.
pub const ATTRIBUTES: [(Attribute, &str, &str, &str); 12] = [
    (Attribute::Retained, "retained", "yes, no, unknown", "the broker keeps the last message"),
    (Attribute::Age, "age", "<10s, >5m", "how long ago it was heard"),
    (Attribute::Rate, "rate", ">1, <0.5", "messages a second"),
    (Attribute::Count, "count", ">100, 1", "messages heard"),
    (Attribute::Size, "size", ">1k, <=200", "bytes of the last payload"),
    (Attribute::Qos, "qos", "0, 1, 2, >0", "QoS of the last message"),
    (
        Attribute::Type,
        "type",
        "int, float, number, bool, text, json, object, array, null, bytes, empty",
        "what the last payload is; several by commas",
    ),
    (Attribute::Value, "value", "text, >20, 20..30", "a part of the last payload, or its number"),
    (Attribute::Kept, "kept", "yes, no", "the device file names it"),
    (Attribute::Pinned, "pinned", "yes, no", "it is pinned"),
    (Attribute::Stale, "stale", "yes, no", "it should have been heard again long since"),
    (Attribute::Error, "error", "yes, no", "its payload does not fit its kept node"),
];

impl Attribute {
    /// Whether time alone changes it.
    pub const fn is_timed(self) -> bool {
        matches!(self, Self::Age | Self::Rate | Self::Stale)
    }

    /// The attribute of a name.
    pub fn of(name: &str) -> Option<Self> {
        ATTRIBUTES.iter().find(|(_, known, ..)| *known == name).map(|(attribute, ..)| *attribute)
    }
}

/// An attribute and what it must be.
#[derive(Clone, Debug)]
pub(super) enum Wanted {
    Retained(Option<bool>),
    Number(Attribute, Range),
    Type(Vec<Type>),
    ValueText(Text),
    Mark(Attribute, bool),
}

/// What a payload may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Int,
    Float,
    Number,
    Bool,
    Text,
    Json,
    Object,
    Array,
    Null,
    Bytes,
    Empty,
}

const TYPES: [(&str, Type); 15] = [
    ("int", Type::Int),
    ("float", Type::Float),
    ("number", Type::Number),
    ("bool", Type::Bool),
    ("text", Type::Text),
    ("string", Type::Text),
    ("json", Type::Json),
    ("object", Type::Object),
    ("map", Type::Object),
    ("array", Type::Array),
    ("list", Type::Array),
    ("null", Type::Null),
    ("bytes", Type::Bytes),
    ("empty", Type::Empty),
    ("impulse", Type::Empty),
];

impl Wanted {
    /// Reads what stands behind the colon.
    pub fn read(attribute: Attribute, text: &str, is_quoted: bool) -> Result<Self, String> {
        match attribute {
            Attribute::Retained => match text {
                "unknown" => Ok(Self::Retained(None)),
                _ => Ok(Self::Retained(Some(yes(text, "yes, no or unknown")?))),
            },
            Attribute::Age => bounded(attribute, text, Unit::Time),
            Attribute::Rate => bounded(attribute, text, Unit::Plain),
            Attribute::Size => bounded(attribute, text, Unit::Bytes),
            Attribute::Count | Attribute::Qos => {
                Ok(Self::Number(attribute, Range::read(text, Unit::Plain)?.0))
            }
            Attribute::Type => types(text).map(Self::Type),
            Attribute::Value if text.is_empty() => {
                Err("value: needs a text or a number behind it, such as value:on or value:>20".to_owned())
            }
            Attribute::Value if is_quoted => Ok(Self::ValueText(Text::new(text))),
            Attribute::Value => match Range::read(text, Unit::Plain) {
                Ok((range, _)) => Ok(Self::Number(attribute, range)),
                // `30..20` is a slip, not a text.
                Err(words) if text.starts_with(['<', '>', '=']) || words.ends_with("stands first") => {
                    Err(words)
                }
                Err(_) => Ok(Self::ValueText(Text::new(text))),
            },
            Attribute::Kept | Attribute::Pinned | Attribute::Stale | Attribute::Error => {
                Ok(Self::Mark(attribute, yes(text, "yes or no")?))
            }
        }
    }

    /// What it asks for.
    pub const fn attribute(&self) -> Attribute {
        match self {
            Self::Retained(_) => Attribute::Retained,
            Self::Type(_) => Attribute::Type,
            Self::ValueText(_) => Attribute::Value,
            Self::Number(attribute, _) | Self::Mark(attribute, _) => *attribute,
        }
    }

    /// Whether a topic is so.
    pub fn holds(&self, facts: &impl Facts) -> bool {
        match self {
            Self::Retained(wanted) => facts.n_messages() > 0 && facts.retained() == *wanted,
            Self::Number(attribute, range) => {
                number(*attribute, facts).is_some_and(|number| range.holds(number))
            }
            Self::Type(types) => facts.payload().is_some_and(|payload| is_of(payload, types)),
            Self::ValueText(text) => facts.payload().is_some_and(|payload| {
                let payload = payload.get(..MAX_SEARCHED_BYTES).unwrap_or(payload);
                text.is_in(&String::from_utf8_lossy(payload))
            }),
            Self::Mark(attribute, wanted) => mark(*attribute, facts) == *wanted,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts and sizes are compared with what people write")]
fn number(attribute: Attribute, facts: &impl Facts) -> Option<f64> {
    match attribute {
        Attribute::Age => facts.age().map(|age| age.as_secs_f64()),
        Attribute::Rate => Some(facts.rate_per_s()),
        Attribute::Count => Some(facts.n_messages() as f64),
        Attribute::Size => facts.n_bytes().map(|n| n as f64),
        Attribute::Qos => facts.qos().map(|qos| f64::from(qos as u8)),
        Attribute::Value => facts.payload().and_then(decode::number),
        Attribute::Retained
        | Attribute::Type
        | Attribute::Kept
        | Attribute::Pinned
        | Attribute::Stale
        | Attribute::Error => None,
    }
}

fn mark(attribute: Attribute, facts: &impl Facts) -> bool {
    match attribute {
        Attribute::Kept => facts.is_kept(),
        Attribute::Pinned => facts.is_pinned(),
        Attribute::Stale => facts.is_stale(),
        Attribute::Error => facts.has_error(),
        Attribute::Retained
        | Attribute::Age
        | Attribute::Rate
        | Attribute::Count
        | Attribute::Size
        | Attribute::Qos
        | Attribute::Type
        | Attribute::Value => false,
    }
}

fn yes(text: &str, choices: &str) -> Result<bool, String> {
    match text {
        "" | "yes" | "true" | "on" => Ok(true),
        "no" | "false" | "off" => Ok(false),
        other => Err(format!("{other:?} stands for neither; write {choices}")),
    }
}

fn bounded(attribute: Attribute, text: &str, unit: Unit) -> Result<Wanted, String> {
    match Range::read(text, unit)? {
        (range, true) => Ok(Wanted::Number(attribute, range)),
        (_, false) => Err(format!("is that less or more? {}", examples(unit))),
    }
}

fn types(text: &str) -> Result<Vec<Type>, String> {
    let one = |word: &str| {
        let known = TYPES.iter().find(|(known, _)| *known == word).map(|(_, of)| *of);
        let meant = did_you_mean(word, TYPES.iter().map(|(known, _)| *known));
        known.ok_or_else(|| {
            let all = if meant.is_empty() { "; int, float, bool, text, json and bytes are some" } else { "" };
            format!("there is no type {word:?}{meant}{all}")
        })
    };
    text.split(',').map(one).collect()
}

fn is_of(payload: &[u8], types: &[Type]) -> bool {
    let kind = value::kind(payload);
    let is_int = || {
        let digits = payload.trim_ascii();
        let n = value::number_length(digits);
        digits.get(..n).is_some_and(|digits| !digits.iter().any(|byte| matches!(byte, b'.' | b'e' | b'E')))
    };
    types.iter().any(|of| match of {
        Type::Int => kind == decode::Kind::Number && is_int(),
        Type::Float => kind == decode::Kind::Number && !is_int(),
        Type::Number => kind == decode::Kind::Number,
        Type::Bool => kind == decode::Kind::Bool,
        Type::Text => kind == decode::Kind::Text,
        Type::Json => matches!(kind, decode::Kind::Object | decode::Kind::Array),
        Type::Object => kind == decode::Kind::Object,
        Type::Array => kind == decode::Kind::Array,
        Type::Null => kind == decode::Kind::Null,
        Type::Bytes => kind == decode::Kind::Bytes,
        Type::Empty => kind == decode::Kind::Empty,
    })
}
