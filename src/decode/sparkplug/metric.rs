//! A metric of Sparkplug B, and the template that may be its value. Owns what is taken from births: the name of an
//! alias, and the type where the message has none.
use std::borrow::Cow;

use super::super::bounds::{Bounds, Flaw};
use super::super::jot::Jot;
use super::super::protobuf::Field;
use super::super::reader::Reader;
use super::births::Births;
use super::typed::{self, Type};
use super::{at, bytes, content, last, list, named, object, of, sets, text, time, truth, unknown, whole};

/// A metric in its parts.
pub(super) struct Metric<'a> {
    /// Where it is.
    pub at: usize,
    pub name: Option<Cow<'a, str>>,
    pub alias: Option<u64>,
    pub kind: Option<Type>,
    pub is_null: bool,
    pub is_historical: bool,
    pub value: Option<Field<'a>>,
    properties: Option<Reader<'a>>,
}

impl<'a> Metric<'a> {
    pub fn read(reader: Reader<'a>) -> Result<Self, Flaw> {
        let mut metric = Self {
            at: reader.at,
            name: None,
            alias: None,
            kind: None,
            is_null: false,
            is_historical: false,
            value: None,
            properties: None,
        };
        for field in super::all(reader) {
            let field = field?;
            match field.number {
                1 => metric.name = Some(String::from_utf8_lossy(content(field.inside()?))),
                2 => metric.alias = Some(field.varint()?),
                4 => metric.kind = Some(Type(field.varint()?)),
                5 => metric.is_historical = field.varint()? != 0,
                7 => metric.is_null = field.varint()? != 0,
                9 => metric.properties = Some(field.inside()?),
                10..=18 => metric.value = Some(field),
                _ => {}
            }
        }
        Ok(metric)
    }

    /// Its name: its own, that of its alias by the births, else the alias itself.
    pub fn title(&self, births: &Births) -> Cow<'_, str> {
        match (&self.name, self.alias) {
            (Some(name), _) => Cow::Borrowed(name),
            (None, Some(alias)) => births
                .known(self)
                .map_or_else(|| format!("alias {alias}"), |known| known.name.to_string())
                .into(),
            (None, None) => Cow::Borrowed("no name"),
        }
    }

    /// Its type, which births know where the message does not say.
    pub fn kind(&self, births: &Births) -> Option<Type> {
        self.kind.or_else(|| births.known(self)?.kind)
    }

    /// The whole number that it has for a value.
    pub fn whole(&self) -> Option<u64> {
        self.value.filter(|field| (10..=11).contains(&field.number))?.varint().ok()
    }

    /// The text that it has for a value.
    pub fn text(&self) -> Option<&'a str> {
        let field = self.value.filter(|field| field.number == 15)?;
        std::str::from_utf8(content(field.inside().ok()?)).ok()
    }

    /// The value of a property, by its name; none where it is null or not well formed.
    pub fn property(&self, name: &str) -> Option<Field<'a>> {
        let reader = self.properties?;
        let place = of(reader, 1).position(|key| {
            key.and_then(|key| key.inside()).is_ok_and(|key| content(key) == name.as_bytes())
        })?;
        let inside = of(reader, 2).nth(place)?.ok()?.inside().ok()?;
        super::all(inside).filter_map(Result::ok).filter(|field| (3..=8).contains(&field.number)).last()
    }

    /// What its number counts.
    pub fn unit(&self) -> Option<Box<str>> {
        self.words("engUnit")
    }

    /// A property that is a text.
    pub fn words(&self, name: &str) -> Option<Box<str>> {
        let inside = self.property(name)?.inside().ok()?;
        std::str::from_utf8(content(inside)).ok().filter(|words| !words.is_empty()).map(Box::from)
    }

    /// A property that is a finite number.
    pub fn number(&self, name: &str) -> Option<f64> {
        let field = self.property(name)?;
        let mut jot = Jot::new(&Bounds { max_out_bytes: 64, max_depth: 1, max_layers: 1 });
        typed::basic(&field, field.number - 3, None, &mut jot).ok()?;
        std::str::from_utf8(&jot.finish()).ok()?.parse().ok()
    }

    /// Its quality, where it is told and not good.
    pub fn doubt(&self) -> Option<&'static str> {
        let quality = self.property("Quality").or_else(|| self.property("quality"))?.varint().ok()?;
        sets::quality(quality).filter(|words| *words != "GOOD")
    }

    /// Its value as JSON.
    pub fn value(&self, jot: &mut Jot, births: &Births) -> Result<(), Flaw> {
        match &self.value {
            Some(field) => value(field, self.kind(births), jot, births),
            None => jot.null().map_err(at(self.at)),
        }
    }
}

/// One metric by its name.
pub(super) fn write(reader: Reader<'_>, jot: &mut Jot, births: &Births) -> Result<(), Flaw> {
    let metric = Metric::read(reader)?;
    let kind = metric.kind(births);
    jot.key(&metric.title(births)).map_err(at(reader.at))?;
    let mut is_typed = metric.kind.is_some();
    let mut type_of_birth = |jot: &mut Jot| match kind {
        Some(kind) if !std::mem::replace(&mut is_typed, true) => {
            jot.key("datatype").and_then(|()| kind.write(jot)).map_err(at(reader.at))
        }
        Some(_) | None => Ok(()),
    };
    object(reader, &[], jot, |field, jot| match field.number {
        // It is the member's own name.
        1 => Ok(()),
        2 => whole(field, "alias", jot).and_then(|()| type_of_birth(jot)),
        3 => time(field, "timestamp", jot),
        4 => typed::name(field, "datatype", jot),
        5 => truth(field, "is_historical", jot),
        6 => truth(field, "is_transient", jot),
        7 => {
            truth(field, "is_null", jot)?;
            if metric.value.is_none() && metric.is_null {
                type_of_birth(jot)?;
                jot.key("value").and_then(|()| jot.null()).map_err(at(field.at))?;
            }
            Ok(())
        }
        8 => {
            jot.key("metadata").map_err(at(field.at))?;
            metadata(field.inside()?, jot)
        }
        9 => {
            jot.key("properties").map_err(at(field.at))?;
            sets::properties(field.inside()?, jot)
        }
        10..=18 => {
            type_of_birth(jot)?;
            jot.key("value").map_err(at(field.at))?;
            value(field, kind, jot, births)
        }
        _ => unknown(field, jot),
    })
}

fn value(field: &Field<'_>, kind: Option<Type>, jot: &mut Jot, births: &Births) -> Result<(), Flaw> {
    match field.number {
        16 => typed::array(field, kind, jot),
        17 => sets::data(field.inside()?, jot),
        18 => template(field.inside()?, jot, births),
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

fn template(reader: Reader<'_>, jot: &mut Jot, births: &Births) -> Result<(), Flaw> {
    object(reader, &[2, 3], jot, |field, jot| match field.number {
        1 => text(field, "version", jot),
        2 => named(reader, field, "metrics", jot, |inside, jot| write(inside, jot, births)),
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
