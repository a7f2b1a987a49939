//! Sparkplug B as JSON: the one schema of Eclipse's specification 3.0, written out. Owns what its messages are made of;
//! members come in the order of the wire, the metrics together and each by its name, so that `$.metrics.Level.value`
//! is a place that stays from message to message. Names of aliases are from the births heard.
mod births;
mod command;
mod line;
mod made;
mod metric;
mod packed;
mod registry;
mod route;
mod sets;
#[cfg(test)]
#[cfg(feature = "sparkplug")]
mod tests;
mod typed;
mod words;

use std::mem::replace;

use super::bounds::{Bounds, Flaw};
use super::date;
use super::jot::{Jot, Stop};
use super::protobuf::{Field, all};
use super::reader::Reader;

pub use births::{Birth, Births, Described, Heard, MAX_BIRTH_BYTES, described};
pub use command::{Command, Content, REBIRTH, Refusal, command, rebirth, stamped};
pub use line::preview;
pub use made::{Made, made};
pub use registry::Registry;
pub use route::{Message, Route, host};
pub(super) use words::state;

/// Whether this program reads it: a feature, on unless it is built without.
pub const IS_BUILT_IN: bool = cfg!(feature = "sparkplug");

/// What is known beside the bytes of a payload.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// The topic it came on.
    pub topic: Box<str>,
    /// What the births said before it.
    pub births: Births,
}

/// A payload as it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sheet {
    /// Its members.
    pub json: Vec<u8>,
    /// What a person should know of it, in words.
    pub notes: Vec<String>,
}

/// Whether payloads of a topic are Sparkplug B; the states of hosts beside them are JSON.
pub fn is_spoken_on(topic: &str) -> bool {
    Route::parse(topic).is_some()
}

/// The payload that bytes are.
pub(super) fn decode(bytes: &[u8], told: &Told, bounds: &Bounds) -> Result<Sheet, Flaw> {
    if bytes.is_empty() {
        return Err(Flaw::new(0, "there are no bytes, hence no metrics"));
    }
    let inside = packed::undo(bytes, bounds)?;
    let mut notes = Vec::new();
    if let Some(inside) = &inside {
        notes.push(words::unpacked(inside));
    }
    let reader = Reader::new(inside.as_ref().map_or(bytes, |inside| &inside.bytes));
    let mut jot = Jot::new(bounds);
    payload(reader, &mut jot, &told.births)?;
    notes.extend(words::notes(reader, told));
    Ok(Sheet { json: jot.finish(), notes })
}

fn payload(reader: Reader<'_>, jot: &mut Jot, births: &Births) -> Result<(), Flaw> {
    object(reader, &[2], jot, |field, jot| match field.number {
        1 => time(field, "timestamp", jot),
        2 => named(reader, field, "metrics", jot, |inside, jot| metric::write(inside, jot, births)),
        3 => whole(field, "seq", jot),
        4 => text(field, "uuid", jot),
        5 => bytes(field, "body", jot),
        _ => unknown(field, jot),
    })
}

/// A message's members, each written by its number; of the numbers in `lists` only the first, since [`list`] goes
/// on to the others from there.
fn object<'a>(
    reader: Reader<'a>,
    lists: &[u32],
    jot: &mut Jot,
    mut member: impl FnMut(&Field<'a>, &mut Jot) -> Result<(), Flaw>,
) -> Result<(), Flaw> {
    let mut begun = vec![false; lists.len()];
    jot.open(b'{').map_err(at(reader.at))?;
    for field in all(reader) {
        let field = field?;
        let list = lists.iter().position(|number| *number == field.number);
        let is_begun = list.and_then(|list| begun.get_mut(list)).is_some_and(|begun| replace(begun, true));
        if !is_begun {
            member(&field, jot)?;
        }
    }
    jot.close(b'}').map_err(at(reader.at))
}

/// All members of one number at the place of the first.
fn list<'a>(
    reader: Reader<'a>,
    first: &Field<'a>,
    name: &str,
    jot: &mut Jot,
    write: impl Fn(Reader<'a>, &mut Jot) -> Result<(), Flaw>,
) -> Result<(), Flaw> {
    gathered(reader, first, (name, [b'[', b']']), jot, write)
}

/// Likewise, where each writes its own name.
fn named<'a>(
    reader: Reader<'a>,
    first: &Field<'a>,
    name: &str,
    jot: &mut Jot,
    write: impl Fn(Reader<'a>, &mut Jot) -> Result<(), Flaw>,
) -> Result<(), Flaw> {
    gathered(reader, first, (name, [b'{', b'}']), jot, write)
}

fn gathered<'a>(
    reader: Reader<'a>,
    first: &Field<'a>,
    (name, [open, close]): (&str, [u8; 2]),
    jot: &mut Jot,
    write: impl Fn(Reader<'a>, &mut Jot) -> Result<(), Flaw>,
) -> Result<(), Flaw> {
    jot.key(name).and_then(|()| jot.open(open)).map_err(at(first.at))?;
    for field in of(Reader { at: first.at, ..reader }, first.number) {
        write(field?.inside()?, jot)?;
    }
    jot.close(close).map_err(at(first.at))
}
/// The fields of one number.
fn of(reader: Reader<'_>, number: u32) -> impl Iterator<Item = Result<Field<'_>, Flaw>> {
    all(reader).filter(move |field| field.as_ref().map_or(true, |field| field.number == number))
}

/// The last field of a number: where one is written twice, the last one counts.
fn last(reader: Reader<'_>, number: u32) -> Result<Option<Field<'_>>, Flaw> {
    of(reader, number).try_fold(None, |_, field| field.map(Some))
}

fn at(offset: usize) -> impl Fn(Stop) -> Flaw {
    move |stop| stop.flaw(offset)
}

fn whole(field: &Field<'_>, name: &str, jot: &mut Jot) -> Result<(), Flaw> {
    let n = field.varint()?;
    jot.key(name).and_then(|()| jot.whole(n)).map_err(at(field.at))
}

fn truth(field: &Field<'_>, name: &str, jot: &mut Jot) -> Result<(), Flaw> {
    let n = field.varint()?;
    jot.key(name).and_then(|()| jot.truth(n != 0)).map_err(at(field.at))
}

fn text(field: &Field<'_>, name: &str, jot: &mut Jot) -> Result<(), Flaw> {
    let bytes = content(field.inside()?);
    jot.key(name).and_then(|()| jot.text_or_bytes(bytes)).map_err(at(field.at))
}

fn bytes(field: &Field<'_>, name: &str, jot: &mut Jot) -> Result<(), Flaw> {
    let bytes = content(field.inside()?);
    jot.key(name).and_then(|()| jot.bytes(bytes)).map_err(at(field.at))
}

/// A point in time as a date, or as the number it is where no year of four digits holds it.
fn time(field: &Field<'_>, name: &str, jot: &mut Jot) -> Result<(), Flaw> {
    let ms = field.varint()?;
    jot.key(name).and_then(|()| point(ms, jot)).map_err(at(field.at))
}

/// Milliseconds since 1970.
fn point(ms: u64, jot: &mut Jot) -> Result<(), Stop> {
    match date_of(ms) {
        Some(date) => jot.plain(&format!("\"{date}\"")),
        None => jot.whole(ms),
    }
}

fn date_of(ms: u64) -> Option<String> {
    let seconds = i64::try_from(ms / 1_000).ok()?;
    date::rfc3339(seconds, u32::try_from(ms % 1_000 * 1_000_000).unwrap_or_default())
}

/// A member that the specification does not have: its number, and what it holds as it came.
fn unknown(field: &Field<'_>, jot: &mut Jot) -> Result<(), Flaw> {
    use super::protobuf::Wire;
    jot.key(&format!("field {}", field.number))
        .and_then(|()| match field.wire {
            Wire::Varint(n) => jot.whole(n),
            Wire::Fixed64(bits) => jot.double(f64::from_bits(bits)),
            Wire::Fixed32(bits) => jot.single(f32::from_bits(bits)),
            Wire::Bytes(inside) | Wire::Group(inside) => jot.text_or_bytes(content(inside)),
        })
        .map_err(at(field.at))
}

fn content(inside: Reader<'_>) -> &[u8] {
    inside.bytes.get(inside.at..).unwrap_or_default()
}
