//! The messages that protobuf itself brings, as people read them: a point in time as a date, a duration in seconds,
//! a wrapped value as the value, `Any` with the name of what is in it. Owns their names and fields; one with fields
//! of others in it is shown like any message, so that nothing is hidden.
use super::super::bounds::Flaw;
use super::super::date::rfc3339;
use super::super::jot::Jot;
use super::super::schema::Message;
use super::fields::N_LEVELS;
use super::message::{Pen, content};
use super::{Field, Wire};

/// What every one of them is called at first.
const PACKAGE: &str = "google.protobuf.";

const NS_PER_S: u64 = 1_000_000_000;

impl Pen<'_> {
    /// Writes a message that is known; tells whether it was.
    pub(super) fn well_known(
        &mut self,
        message: &Message,
        fields: &[Field<'_>],
        depth: usize,
    ) -> Result<bool, Flaw> {
        let Some(name) = message.name.strip_prefix(PACKAGE) else { return Ok(false) };
        if fields.iter().any(|field| !message.fields.contains_key(&field.number)) {
            return Ok(false);
        }
        let at = fields.first().map_or(0, |field| field.at);
        let text = match name {
            "Timestamp" => timestamp(fields),
            "Duration" => duration(fields),
            "FieldMask" => mask(fields),
            "Any" => return self.any(fields, depth),
            "DoubleValue" | "FloatValue" | "Int64Value" | "UInt64Value" | "Int32Value" | "UInt32Value"
            | "BoolValue" | "StringValue" | "BytesValue" => {
                let Some(inside) = message.fields.get(&1) else { return Ok(false) };
                match fields {
                    [] => self.default(inside.kind, at, depth)?,
                    fields => self.value(inside, fields, depth)?,
                }
                return Ok(true);
            }
            "Struct" | "ListValue" => {
                let Some(inside) = message.fields.get(&1) else { return Ok(false) };
                match fields {
                    [] => self.put(at, |jot| jot.plain(if name == "Struct" { "{}" } else { "[]" }))?,
                    fields => self.field(inside, fields, depth)?,
                }
                return Ok(true);
            }
            "Value" => return self.any_json(message, fields, depth),
            _other => return Ok(false),
        };
        let Some(text) = text else { return Ok(false) };
        self.put(at, |jot| jot.text(&text))?;
        Ok(true)
    }

    /// `{"@type": "…", …}`; bytes where the schema has no such message.
    fn any(&mut self, fields: &[Field<'_>], depth: usize) -> Result<bool, Flaw> {
        let at = fields.first().map_or(0, |field| field.at);
        let of = |number: u32| {
            let last = fields.iter().rfind(|field| field.number == number)?;
            if let Wire::Bytes(inside) = last.wire { Some(inside) } else { None }
        };
        let Some(url) = of(1).and_then(|url| std::str::from_utf8(content(url)).ok()) else {
            return Ok(false);
        };
        let name = url.rsplit('/').next().unwrap_or_default();
        let message =
            self.schema.find(name).and_then(|place| Some((place, self.schema.messages.get(place)?)));
        self.put(at, |jot| jot.open(b'{'))?;
        self.put(at, |jot| jot.key("@type"))?;
        self.put(at, |jot| jot.text(url))?;
        let inside = match (message, of(2)) {
            (Some(_), Some(inside)) => self.sheet.read([inside])?,
            (Some(_), None) | (None, _) => Vec::new(),
        };
        match (message, of(2)) {
            (Some((place, message)), _) if message.name.starts_with(PACKAGE) => {
                self.put(at, |jot| jot.key("value"))?;
                self.message(place, &inside, depth + N_LEVELS)?;
            }
            (Some((_, message)), _) => self.members(message, &inside, depth + N_LEVELS)?,
            (None, None) => {}
            (None, Some(bytes)) => {
                self.put(at, |jot| jot.key("value"))?;
                self.put(at, |jot| jot.bytes(content(bytes)))?;
            }
        }
        self.put(at, |jot| jot.close(b'}'))?;
        Ok(true)
    }

    /// A value of JSON: what came last of its kinds.
    fn any_json(&mut self, message: &Message, fields: &[Field<'_>], depth: usize) -> Result<bool, Flaw> {
        let Some(last) = fields.iter().max_by_key(|field| field.at) else { return Ok(false) };
        let Some(known) = message.fields.get(&last.number) else { return Ok(false) };
        if last.number == 1 {
            self.put(last.at, Jot::null)?;
        } else {
            self.value(known, std::slice::from_ref(last), depth)?;
        }
        Ok(true)
    }
}

/// Fields 1 and 2 as whole numbers; what is not there is 0.
fn numbers(fields: &[Field<'_>]) -> Option<(i64, i64)> {
    let of = |number: u32| match fields.iter().rfind(|field| field.number == number) {
        None => Some(0),
        Some(field) => field.varint().ok().map(u64::cast_signed),
    };
    Some((of(1)?, of(2)?))
}

fn timestamp(fields: &[Field<'_>]) -> Option<String> {
    let (seconds, ns) = numbers(fields)?;
    rfc3339(seconds, u32::try_from(ns).ok()?)
}

fn duration(fields: &[Field<'_>]) -> Option<String> {
    let (seconds, ns) = numbers(fields)?;
    if (seconds < 0 && ns > 0) || (seconds > 0 && ns < 0) || ns.unsigned_abs() >= NS_PER_S {
        return None;
    }
    let sign = if seconds < 0 || ns < 0 { "-" } else { "" };
    let fraction = match ns.unsigned_abs() {
        0 => String::new(),
        ns => format!(".{ns:09}").trim_end_matches('0').to_owned(),
    };
    Some(format!("{sign}{}{fraction}s", seconds.unsigned_abs()))
}

fn mask(fields: &[Field<'_>]) -> Option<String> {
    let path = |field: &Field<'_>| {
        let inside = field.inside().ok()?;
        std::str::from_utf8(content(inside)).ok().map(str::to_owned)
    };
    Some(fields.iter().map(path).collect::<Option<Vec<_>>>()?.join(","))
}
