//! A metric of Sparkplug B, and the template that may be its value.
use super::super::bounds::Flaw;
use super::super::jot::Jot;
use super::super::protobuf::Field;
use super::super::reader::Reader;
use super::typed::{self, Type};
use super::{at, bytes, last, list, object, sets, text, time, truth, unknown, whole};

/// One metric.
pub(super) fn write(reader: Reader<'_>, jot: &mut Jot) -> Result<(), Flaw> {
    let kind = last(reader, 4)?.map(|field| field.varint()).transpose()?.map(Type);
    let alias = last(reader, 2)?.map(|field| field.varint()).transpose()?;
    let nameless = if last(reader, 1)?.is_none() { alias } else { None };
    object(reader, &[], jot, |field, jot| match field.number {
        1 => text(field, "name", jot),
        2 => {
            if let Some(alias) = nameless {
                let name = format!("alias {alias}");
                jot.key("name").and_then(|()| jot.text(&name)).map_err(at(field.at))?;
            }
            whole(field, "alias", jot)
        }
        3 => time(field, "timestamp", jot),
        4 => typed::name(field, "datatype", jot),
        5 => truth(field, "is_historical", jot),
        6 => truth(field, "is_transient", jot),
        7 => truth(field, "is_null", jot),
        8 => {
            jot.key("metadata").map_err(at(field.at))?;
            metadata(field.inside()?, jot)
        }
        9 => {
            jot.key("properties").map_err(at(field.at))?;
            sets::properties(field.inside()?, jot)
        }
        10..=18 => {
            jot.key("value").map_err(at(field.at))?;
            value(field, kind, jot)
        }
        _ => unknown(field, jot),
    })
}

fn value(field: &Field<'_>, kind: Option<Type>, jot: &mut Jot) -> Result<(), Flaw> {
    match field.number {
        16 => typed::array(field, kind, jot),
        17 => sets::data(field.inside()?, jot),
        18 => template(field.inside()?, jot),
        number => typed::basic(field, number - 10, kind, jot),
    }
}

fn metadata(reader: Reader<'_>, jot: &mut Jot) -> Result<(), Flaw> {
    object(reader, &[], jot, |field, jot| match field.number {
        1 => truth(field, "is_multi_part", jot),
        2 => text(field, "content_type", jot),
        3 => whole(field, "size", jot),
        4 => whole(field, "seq", jot),
        5 => text(field, "file_name", jot),
        6 => text(field, "file_type", jot),
        7 => text(field, "md5", jot),
        8 => text(field, "description", jot),
        _ => unknown(field, jot),
    })
}

fn template(reader: Reader<'_>, jot: &mut Jot) -> Result<(), Flaw> {
    object(reader, &[2, 3], jot, |field, jot| match field.number {
        1 => text(field, "version", jot),
        2 => list(reader, field, "metrics", jot, write),
        3 => list(reader, field, "parameters", jot, parameter),
        4 => text(field, "template_ref", jot),
        5 => truth(field, "is_definition", jot),
        _ => unknown(field, jot),
    })
}

fn parameter(reader: Reader<'_>, jot: &mut Jot) -> Result<(), Flaw> {
    let kind = last(reader, 2)?.map(|field| field.varint()).transpose()?.map(Type);
    object(reader, &[], jot, |field, jot| match field.number {
        1 => text(field, "name", jot),
        2 => typed::name(field, "type", jot),
        number @ 3..=8 => {
            jot.key("value").map_err(at(field.at))?;
            typed::basic(field, number - 3, kind, jot)
        }
        9 => bytes(field, "extension", jot),
        _ => unknown(field, jot),
    })
}
