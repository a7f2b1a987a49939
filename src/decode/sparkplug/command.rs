//! Commands: a metric that an edge node or a device behind it shall take over, with the type that its birth gave it.
//! Owns which values fit which type, and how each is put down.
//!
//! As Sparkplug 3.0 has it (6.4.6 Metric, 6.4.23 NCMD, 6.4.24 DCMD, 5.17 Commands): a metric
//! that was born with an alias goes by its alias alone, any other by its name, `Node Control/Rebirth` always by its
//! name; there is a time and no sequence number. Its type goes along, which 3.0 does not ask for, since nodes of 2.2
//! read no value without.
use super::super::date;
use super::births::{Births, Known};
use super::made::{Made, made};
use super::route::{Message, Route};
use super::typed::Type;
use super::{Heard, IS_BUILT_IN};

/// The metric of every edge node that has it tell its births again.
pub const REBIRTH: &str = "Node Control/Rebirth";

/// A metric on its way to an edge node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// Where to: `spBv1.0/GROUP/NCMD/NODE` or `spBv1.0/GROUP/DCMD/NODE/DEVICE`.
    pub topic: String,
    /// What goes, without the time of it: [`stamped`] adds that.
    pub payload: Vec<u8>,
    /// How it goes, in words; not made safe for a terminal.
    pub words: String,
}

/// A value before it has the type of its metric.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Content<'a> {
    /// On or off.
    Truth(bool),
    /// A whole number.
    Whole(i64),
    /// Any number.
    Number(f64),
    /// A text; of a point in time the date, of bytes `h'0a0b'`.
    Text(&'a str),
    /// Bytes.
    Bytes(&'a [u8]),
    /// Something else, by its name.
    Other(&'a str),
}

/// Why a metric can't be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The feature is missing.
    #[error("this program was built without its feature sparkplug")]
    NotBuiltIn,
    /// No topic of an edge node.
    #[error("only a metric of an edge node or its devices takes commands")]
    NoRoute,
    /// Nobody told the type.
    #[error("no birth of {0} was heard, and only that tells the metric's type; alt-b asks for it")]
    Unborn(String),
    /// The birth told of it, and was dropped.
    #[error("the birth of {0} was dropped to stay within the memory budget; alt-b asks for it again")]
    Evicted(String),
    /// The birth does not tell of it.
    #[error("the last birth of {who} has no metric {name:?}")]
    Unknown {
        /// Whose birth.
        who: String,
        /// The metric.
        name: String,
    },
    /// The birth gave it no type, or one that the specification does not have.
    #[error("the birth gave {0:?} no type that the specification has")]
    Untyped(String),
    /// A type that is not written here.
    #[error("metrics of the type {0} are read, and not written")]
    Type(&'static str),
    /// Not a value of that type.
    #[error("{value} is no {kind}{hint}")]
    Misfit {
        /// What was to be written.
        value: String,
        /// The type.
        kind: &'static str,
        /// What one looks like.
        hint: &'static str,
    },
}

/// Asks an edge node for its births, and for those of its devices.
pub fn rebirth(route: &Route<'_>) -> Command {
    let known = Known { name: REBIRTH.into(), alias: None, kind: None, field: None, unit: None };
    Command {
        topic: route.of_node(Message::NodeCommand),
        payload: made().inside(2, head(&known).n(4, 11).n(14, 1)).0,
        words: format!("{REBIRTH} = true"),
    }
}

/// The command that a metric takes over a value. The topic is any of whom the metric is about.
///
/// # Errors
/// When the metric's type isn't known, isn't written here, or does not hold the value.
pub fn command(topic: &str, births: &Births, name: &str, content: Content<'_>) -> Result<Command, Refusal> {
    if !IS_BUILT_IN {
        return Err(Refusal::NotBuiltIn);
    }
    let route = Route::parse(topic).ok_or(Refusal::NoRoute)?;
    let heard = if route.device.is_some() { &births.device } else { &births.node };
    let birth = match heard {
        Heard::Yes(birth) => birth,
        Heard::No => return Err(Refusal::Unborn(route.who())),
        Heard::Evicted => return Err(Refusal::Evicted(route.who())),
    };
    let unknown = || Refusal::Unknown { who: route.who(), name: name.to_owned() };
    let known = birth.by_name(name).ok_or_else(unknown)?;
    let untyped = || Refusal::Untyped(name.to_owned());
    let kind = known.kind.and_then(Type::title).ok_or_else(untyped)?;
    let number = known.kind.map_or(0, |kind| kind.0);
    let metric = put(head(known).n(4, number), kind, known.field, content)?;
    let by = alias(known).map(|alias| format!(" by its alias {alias}")).unwrap_or_default();
    Ok(Command {
        topic: route.command(),
        payload: made().inside(2, metric).0,
        words: format!("{name} as {kind}{by}"),
    })
}

/// With the time at which it leaves: fields come in any order.
pub fn stamped(payload: &[u8], unix_ms: i64) -> Vec<u8> {
    let mut stamped = made().n(1, u64::try_from(unix_ms).unwrap_or_default()).0;
    stamped.extend_from_slice(payload);
    stamped
}

fn alias(known: &Known) -> Option<u64> {
    known.alias.filter(|_| &*known.name != REBIRTH)
}

fn head(known: &Known) -> Made {
    match alias(known) {
        Some(alias) => made().n(2, alias),
        None => made().bytes(1, known.name.as_bytes()),
    }
}

/// A value in the field that its type has.
fn put(metric: Made, kind: &'static str, field: Option<u32>, content: Content<'_>) -> Result<Made, Refusal> {
    let misfit = |hint| Refusal::Misfit { value: content.shown(), kind, hint };
    // Some nodes tell whole numbers of 32 bits in the field of 64; they get them there.
    let whole_at = if field == Some(11) { 11 } else { 10 };
    match kind {
        "Int8" => signed::<i8>(content).map(|n| metric.n(10, n)),
        "Int16" => signed::<i16>(content).map(|n| metric.n(10, n)),
        "Int32" => signed::<i32>(content).map(|n| metric.n(10, n)),
        "Int64" => content.whole().map(|n| metric.n(11, n.cast_unsigned())),
        "UInt8" => unsigned::<u8>(content).map(|n| metric.n(10, n)),
        "UInt16" => unsigned::<u16>(content).map(|n| metric.n(10, n)),
        "UInt32" => unsigned::<u32>(content).map(|n| metric.n(whole_at, n)),
        "UInt64" => unsigned::<u64>(content).map(|n| metric.n(11, n)),
        "Float" => content.number().and_then(single).map(|float| metric.single(12, float)),
        "Double" => content.number().map(|float| metric.double(13, float)),
        "Boolean" => match content {
            Content::Truth(truth) => Some(metric.n(14, truth.into())),
            Content::Whole(_)
            | Content::Number(_)
            | Content::Text(_)
            | Content::Bytes(_)
            | Content::Other(_) => None,
        },
        "String" | "Text" => content.text().map(|text| metric.bytes(15, text)),
        "UUID" => {
            let uuid = content.text().filter(|text| is_uuid(text));
            return uuid
                .map(|uuid| metric.bytes(15, uuid))
                .ok_or_else(|| misfit(", such as 123e4567-e89b-12d3-a456-426614174000"));
        }
        "DateTime" => {
            let ms = content.text().and_then(date::unix_ms).or_else(|| unsigned::<u64>(content));
            return ms
                .map(|ms| metric.n(11, ms))
                .ok_or_else(|| misfit(", such as 2024-02-29T12:00:00.25Z, or the milliseconds since 1970"));
        }
        "Bytes" => {
            let bytes = content.bytes();
            return bytes.map(|bytes| metric.bytes(16, bytes)).ok_or_else(|| misfit(", such as h'0a0b'"));
        }
        other => return Err(Refusal::Type(other)),
    }
    .ok_or_else(|| misfit(""))
}

impl Content<'_> {
    fn whole(self) -> Option<i64> {
        match self {
            Self::Whole(n) => Some(n),
            #[expect(clippy::cast_possible_truncation, reason = "whole and within what an i64 holds")]
            Self::Number(n) if n.fract() == 0.0 && (-9.2e18..9.2e18).contains(&n) => Some(n as i64),
            Self::Number(_) | Self::Truth(_) | Self::Text(_) | Self::Bytes(_) | Self::Other(_) => None,
        }
    }

    fn number(self) -> Option<f64> {
        match self {
            #[expect(clippy::cast_precision_loss, reason = "a float holds the nearest")]
            Self::Whole(n) => Some(n as f64),
            Self::Number(n) => Some(n).filter(|n| n.is_finite()),
            Self::Truth(_) | Self::Text(_) | Self::Bytes(_) | Self::Other(_) => None,
        }
    }

    const fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Truth(_) | Self::Whole(_) | Self::Number(_) | Self::Bytes(_) | Self::Other(_) => None,
        }
    }

    fn bytes(&self) -> Option<Vec<u8>> {
        match self {
            Self::Bytes(bytes) => Some(bytes.to_vec()),
            Self::Text(text) => digits(text.trim().strip_prefix("h'")?.strip_suffix('\'')?),
            Self::Truth(_) | Self::Whole(_) | Self::Number(_) | Self::Other(_) => None,
        }
    }

    fn shown(&self) -> String {
        match self {
            Self::Truth(truth) => truth.to_string(),
            Self::Whole(n) => n.to_string(),
            Self::Number(n) => n.to_string(),
            Self::Text(text) => format!("{text:?}"),
            Self::Bytes(bytes) => super::super::figures::counted(bytes.len() as u64, "byte"),
            Self::Other(name) => format!("a {name}"),
        }
    }
}

/// A whole number of a type with a sign, in the bits of 32.
fn signed<N: TryFrom<i64> + Into<i64>>(content: Content<'_>) -> Option<u64> {
    let n: i64 = content.whole().and_then(|n| N::try_from(n).ok())?.into();
    Some(n.cast_unsigned() & u64::from(u32::MAX))
}

/// One of a type without.
fn unsigned<N: TryFrom<i64> + Into<u64>>(content: Content<'_>) -> Option<u64> {
    content.whole().and_then(|n| N::try_from(n).ok()).map(Into::into)
}

/// The float of 32 bits that is nearest; none where it would be infinite.
#[expect(clippy::cast_possible_truncation, reason = "the nearest is wanted")]
fn single(float: f64) -> Option<f32> {
    Some(float as f32).filter(|float| float.is_finite())
}

fn is_uuid(text: &str) -> bool {
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let lengths = text.split('-').map(|part| if is_digits(part) { part.len() } else { 0 });
    lengths.eq([8, 4, 4, 4, 12])
}

/// Bytes of hexadecimal digits.
fn digits(text: &str) -> Option<Vec<u8>> {
    let mut nibbles = text.chars().map(|digit| digit.to_digit(16));
    let mut bytes = Vec::with_capacity(text.len() / 2);
    while let Some(high) = nibbles.next() {
        let byte = high? << 4 | nibbles.next()??;
        bytes.push(u8::try_from(byte).ok()?);
    }
    Some(bytes)
}
