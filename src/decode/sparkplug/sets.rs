//! What Sparkplug B keeps side by side: properties (names here, values there) and data sets (columns, then rows).
use super::super::bounds::Flaw;
use super::super::jot::Jot;
use super::super::protobuf::{Field, Wire, varint};
use super::super::reader::Reader;
use super::typed::{self, Type};
use super::{at, content, list, object, of, unknown, whole};

/// Most columns of a data set whose types are kept in mind; a table of more is none that a person reads.
const MAX_COLUMNS: usize = 10_000;

/// Properties by their names.
pub(super) fn properties(reader: Reader<'_>, jot: &mut Jot) -> Result<(), Flaw> {
    let stopped = || at(reader.at);
    jot.open(b'{').map_err(stopped())?;
    let (mut keys, mut values) = (of(reader, 1), of(reader, 2));
    loop {
        match (keys.next().transpose()?, values.next().transpose()?) {
            (Some(key), Some(value)) => {
                let name = String::from_utf8_lossy(content(key.inside()?));
                jot.key(&name).map_err(at(key.at))?;
                property(&name, value.inside()?, jot)?;
            }
            (None, None) => break,
            (Some(key), None) => {
                return Err(Flaw::new(key.at, "a property has a name here, its value is missing"));
            }
            (None, Some(value)) => {
                return Err(Flaw::new(value.at, "a property has a value here, its name is missing"));
            }
        }
    }
    for field in super::all(reader) {
        let field = field?;
        if field.number > 2 {
            unknown(&field, jot)?;
        }
    }
    jot.close(b'}').map_err(stopped())
}

/// A property's value; what its type is, says the value well enough.
fn property(name: &str, reader: Reader<'_>, jot: &mut Jot) -> Result<(), Flaw> {
    let kind = super::last(reader, 1)?.map(|field| field.varint()).transpose()?.map(Type);
    // One of several may be set; the last one counts.
    let value = super::all(reader).try_fold(None, |value, field| {
        field.map(|field| if (3..=10).contains(&field.number) { Some(field) } else { value })
    })?;
    let Some(field) = value else { return jot.null().map_err(at(reader.at)) };
    match field.number {
        9 => properties(field.inside()?, jot),
        10 => {
            let inside = field.inside()?;
            object(inside, &[1], jot, |field, jot| match field.number {
                1 => list(inside, field, "propertyset", jot, properties),
                _ => unknown(field, jot),
            })
        }
        number => {
            let means =
                field.varint().ok().and_then(quality).filter(|_| name.eq_ignore_ascii_case("quality"));
            let Some(means) = means else { return typed::basic(&field, number - 3, kind, jot) };
            let stopped = || at(field.at);
            jot.open(b'{').and_then(|()| jot.key("value")).map_err(stopped())?;
            typed::basic(&field, number - 3, kind, jot)?;
            jot.key("means").and_then(|()| jot.text(means)).and_then(|()| jot.close(b'}')).map_err(stopped())
        }
    }
}

/// What the number of a quality means (Sparkplug 3.0, section 6.4.13).
pub(super) const fn quality(n: u64) -> Option<&'static str> {
    match n {
        0 => Some("BAD"),
        192 => Some("GOOD"),
        500 => Some("STALE"),
        _ => None,
    }
}

/// A data set: its columns, their types, its rows.
pub(super) fn data(reader: Reader<'_>, jot: &mut Jot) -> Result<(), Flaw> {
    let types = types(reader)?;
    object(reader, &[2, 3, 4], jot, |field, jot| match field.number {
        1 => whole(field, "num_of_columns", jot),
        2 => {
            let stopped = || at(field.at);
            jot.key("columns").and_then(|()| jot.open(b'[')).map_err(stopped())?;
            for column in of(reader, 2) {
                let column = column?;
                jot.text_or_bytes(content(column.inside()?)).map_err(at(column.at))?;
            }
            jot.close(b']').map_err(stopped())
        }
        3 => {
            let stopped = || at(field.at);
            jot.key("types").and_then(|()| jot.open(b'[')).map_err(stopped())?;
            types.iter().try_for_each(|kind| kind.write(jot)).map_err(stopped())?;
            jot.close(b']').map_err(stopped())
        }
        4 => list(reader, field, "rows", jot, |inside, jot| row(inside, &types, jot)),
        _ => unknown(field, jot),
    })
}

/// The columns' types, one by one as the specification writes them, or packed.
fn types(reader: Reader<'_>) -> Result<Vec<Type>, Flaw> {
    let mut types = Vec::new();
    for field in of(reader, 3) {
        let field: Field<'_> = field?;
        match field.wire {
            Wire::Bytes(mut packed) => {
                while packed.n_left() > 0 && types.len() <= MAX_COLUMNS {
                    types.push(Type(varint(&mut packed)?));
                }
            }
            Wire::Varint(_) | Wire::Fixed64(_) | Wire::Fixed32(_) | Wire::Group(_) => {
                types.push(Type(field.varint()?));
            }
        }
        if types.len() > MAX_COLUMNS {
            let words = format!("decoding stops: a data set of more than {MAX_COLUMNS} columns");
            return Err(Flaw::new(field.at, words));
        }
    }
    Ok(types)
}

fn row(reader: Reader<'_>, types: &[Type], jot: &mut Jot) -> Result<(), Flaw> {
    jot.open(b'[').map_err(at(reader.at))?;
    for (place, element) in of(reader, 1).enumerate() {
        let inside = element?.inside()?;
        let kind = types.get(place).copied();
        // One of several may be set; the last one counts.
        let field = super::all(inside).try_fold(None, |_, field| field.map(Some))?;
        match field {
            Some(field) if (1..=6).contains(&field.number) => {
                typed::basic(&field, field.number - 1, kind, jot)?;
            }
            Some(field) => object(inside, &[], jot, |_, jot| unknown(&field, jot))?,
            None => jot.null().map_err(at(inside.at))?,
        }
    }
    jot.close(b']').map_err(at(reader.at))
}
