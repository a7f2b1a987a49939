//! Protobuf by a schema as JSON: fields by their names as the schema spells them, enums by theirs, in the order in
//! which they came. Owns what fits and what does not: a payload that is something else says so with its place; what
//! the schema does not have is shown by its number, as without one.
use super::super::bounds::{Bounds, Flaw};
use super::super::hint::Compiled;
use super::super::jot::{Jot, Stop};
use super::super::reader::Reader;
use super::super::schema::{self, Kind, Message, Schema};
use super::fields::{N_LEVELS, Sheet};
use super::{Field, Wire, varint};

/// A payload by its topic's schema.
pub(in super::super) fn decode(
    bytes: &[u8],
    schema: Option<&Compiled>,
    bounds: &Bounds,
) -> Result<Vec<u8>, Flaw> {
    match schema {
        None => Err(Flaw::setting("no [[decoder]] of the device file names a schema for this topic")),
        Some(Err(words)) => Err(Flaw::setting(words.to_string())),
        Some(Ok(schema)) => by(schema, bytes, bounds),
    }
}

/// A payload by a schema.
pub(in super::super) fn by(schema: &Schema, bytes: &[u8], bounds: &Bounds) -> Result<Vec<u8>, Flaw> {
    let mut pen = Pen { schema, sheet: Sheet::new(bounds) };
    let fields = pen.sheet.read([Reader::new(bytes)])?;
    if let (Some(first), Some(root)) = (fields.first(), schema.messages.get(schema.root))
        && !fields.iter().any(|field| root.fields.contains_key(&field.number))
    {
        let words = format!("none of its fields is one of {}; this is field {}", root.name, first.number);
        return Err(Flaw::new(first.at, words));
    }
    pen.message(schema.root, &fields, 1)?;
    Ok(pen.sheet.jot.finish())
}

/// Writes by a schema.
pub(super) struct Pen<'s> {
    pub schema: &'s Schema,
    pub sheet: Sheet,
}

impl<'s> Pen<'s> {
    fn type_of(&self, place: usize) -> Result<&'s Message, Flaw> {
        // A schema is checked when it is made.
        self.schema.messages.get(place).ok_or_else(|| Flaw::setting("the schema lacks a message"))
    }

    /// A message of these fields.
    pub fn message(&mut self, place: usize, fields: &[Field<'_>], depth: usize) -> Result<(), Flaw> {
        let message = self.type_of(place)?;
        if self.well_known(message, fields, depth)? {
            return Ok(());
        }
        let at = fields.first().map_or(0, |field| field.at);
        self.put(at, |jot| jot.open(b'{'))?;
        self.members(message, fields, depth)?;
        self.put(at, |jot| jot.close(b'}'))
    }

    /// The members of a message.
    pub fn members(&mut self, message: &Message, fields: &[Field<'_>], depth: usize) -> Result<(), Flaw> {
        let number_of = |number: u32| fields.iter().rfind(|field| field.number == number)?.varint().ok();
        let port = self.schema.port(message, number_of);
        for same in fields.chunk_by(|one, other| one.number == other.number) {
            let Some(first) = same.first() else { continue };
            if let Some(known) = message.fields.get(&first.number) {
                self.put(first.at, |jot| jot.key(&known.name))?;
                let port = port.filter(|port| port.field == first.number);
                if !port.is_some_and(|port| self.lies_there(known, port.kind, same, depth)) {
                    self.field(known, same, depth)?;
                }
                continue;
            }
            self.put(first.at, |jot| jot.key(&first.number.to_string()))?;
            self.list(same, |pen, field| pen.sheet.value(field, depth))?;
        }
        Ok(())
    }

    /// Writes what lies in a field of bytes; tells whether it was that.
    fn lies_there(&mut self, known: &schema::Field, kind: Kind, same: &[Field<'_>], depth: usize) -> bool {
        let inside = schema::Field { kind, ..known.clone() };
        let mut aside = self.sheet.jot.aside();
        std::mem::swap(&mut aside, &mut self.sheet.jot);
        let written = self.value(&inside, same, depth);
        std::mem::swap(&mut aside, &mut self.sheet.jot);
        let json = aside.finish();
        written.is_ok() && self.sheet.jot.plain(&String::from_utf8_lossy(&json)).is_ok()
    }

    /// One value for one field, a list for more.
    fn list(
        &mut self,
        same: &[Field<'_>],
        mut write: impl FnMut(&mut Self, &Field<'_>) -> Result<(), Flaw>,
    ) -> Result<(), Flaw> {
        if let [one] = same {
            return write(self, one);
        }
        let at = same.first().map_or(0, |field| field.at);
        self.put(at, |jot| jot.open(b'['))?;
        same.iter().try_for_each(|field| write(self, field))?;
        self.put(at, |jot| jot.close(b']'))
    }

    /// What a field of the schema holds. Of one that should come once, the last counts, and the parts of a message
    /// are put together.
    pub fn field(&mut self, known: &schema::Field, same: &[Field<'_>], depth: usize) -> Result<(), Flaw> {
        let at = same.first().map_or(0, |field| field.at);
        if !known.is_list {
            return self.value(known, same, depth);
        }
        if let Kind::Message(place) = known.kind {
            let entry = self.type_of(place)?;
            if entry.is_entry {
                return self.map(known, entry, same, depth);
            }
        }
        self.put(at, |jot| jot.open(b'['))?;
        for field in same {
            match field.wire {
                Wire::Bytes(packed) if is_packable(known.kind) => self.packed(known, field, packed)?,
                Wire::Varint(_) | Wire::Fixed64(_) | Wire::Bytes(_) | Wire::Fixed32(_) | Wire::Group(_) => {
                    self.value(known, std::slice::from_ref(field), depth)?;
                }
            }
        }
        self.put(at, |jot| jot.close(b']'))
    }

    fn packed(
        &mut self,
        known: &schema::Field,
        field: &Field<'_>,
        mut packed: Reader<'_>,
    ) -> Result<(), Flaw> {
        while packed.n_left() > 0 {
            let at = packed.at;
            let wire = match known.kind {
                Kind::Double | Kind::Fixed64 | Kind::Sfixed64 => {
                    Wire::Fixed64(u64::from_le_bytes(packed.array()?))
                }
                Kind::Float | Kind::Fixed32 | Kind::Sfixed32 => {
                    Wire::Fixed32(u32::from_le_bytes(packed.array()?))
                }
                Kind::Int32
                | Kind::Int64
                | Kind::Uint32
                | Kind::Uint64
                | Kind::Sint32
                | Kind::Sint64
                | Kind::Bool
                | Kind::Enum(_)
                | Kind::Text
                | Kind::Bytes
                | Kind::Message(_)
                | Kind::Group(_) => Wire::Varint(varint(&mut packed)?),
            };
            self.scalar(known, &Field { number: field.number, at, wire })?;
        }
        Ok(())
    }

    /// Entries of a map as members.
    pub fn map(
        &mut self,
        known: &schema::Field,
        entry: &Message,
        same: &[Field<'_>],
        depth: usize,
    ) -> Result<(), Flaw> {
        let at = same.first().map_or(0, |field| field.at);
        let (Some(key), Some(value)) = (entry.fields.get(&1), entry.fields.get(&2)) else {
            return Err(Flaw::setting("the schema has a map without a key"));
        };
        self.put(at, |jot| jot.open(b'{'))?;
        for field in same {
            let Wire::Bytes(inside) = field.wire else { return Err(misfit(known, field, "a map's entry")) };
            let parts = self.sheet.read([inside])?;
            let of = |number: u32| -> Vec<Field<'_>> {
                parts.iter().filter(|part| part.number == number).copied().collect()
            };
            let mut aside = self.sheet.jot.aside();
            std::mem::swap(&mut aside, &mut self.sheet.jot);
            let written = match of(1).as_slice() {
                [] => self.default(key.kind, field.at, depth),
                keys => self.value(key, keys, depth),
            };
            std::mem::swap(&mut aside, &mut self.sheet.jot);
            written?;
            self.put(field.at, |jot| jot.key_of(aside))?;
            match of(2).as_slice() {
                [] => self.default(value.kind, field.at, depth)?,
                values => self.value(value, values, depth + N_LEVELS)?,
            }
        }
        self.put(at, |jot| jot.close(b'}'))
    }

    /// What stands for a value that is not there.
    pub fn default(&mut self, kind: Kind, at: usize, depth: usize) -> Result<(), Flaw> {
        match kind {
            Kind::Message(place) | Kind::Group(place) => self.message(place, &[], depth + N_LEVELS),
            Kind::Text => self.put(at, |jot| jot.text("")),
            Kind::Bytes => self.put(at, |jot| jot.bytes(&[])),
            Kind::Bool => self.put(at, |jot| jot.truth(false)),
            Kind::Double | Kind::Float => self.put(at, |jot| jot.double(0.0)),
            Kind::Enum(place) => {
                let number = self.schema.enums.get(place).map_or(0, |all| all.default);
                self.choice(place, i64::from(number), at)
            }
            Kind::Int32
            | Kind::Int64
            | Kind::Uint32
            | Kind::Uint64
            | Kind::Sint32
            | Kind::Sint64
            | Kind::Fixed32
            | Kind::Fixed64
            | Kind::Sfixed32
            | Kind::Sfixed64 => self.put(at, |jot| jot.whole(0)),
        }
    }

    /// One value of fields of one number.
    pub fn value(&mut self, known: &schema::Field, same: &[Field<'_>], depth: usize) -> Result<(), Flaw> {
        let Some(last) = same.last() else { return Ok(()) };
        let (Kind::Message(place) | Kind::Group(place)) = known.kind else {
            return self.scalar(known, last);
        };
        let mut parts = Vec::with_capacity(same.len());
        for field in same {
            match field.wire {
                Wire::Bytes(inside) | Wire::Group(inside) => parts.push(inside),
                Wire::Varint(_) | Wire::Fixed64(_) | Wire::Fixed32(_) => {
                    return Err(misfit(known, field, "a message"));
                }
            }
        }
        let fields = self.sheet.read(parts)?;
        self.message(place, &fields, depth + N_LEVELS)
    }

    fn scalar(&mut self, known: &schema::Field, field: &Field<'_>) -> Result<(), Flaw> {
        let at = field.at;
        match (known.kind, field.wire) {
            (Kind::Int32 | Kind::Int64, Wire::Varint(n)) => self.put(at, |jot| jot.whole(n.cast_signed())),
            (Kind::Uint32 | Kind::Uint64, Wire::Varint(n)) => self.put(at, |jot| jot.whole(n)),
            (Kind::Sint32 | Kind::Sint64, Wire::Varint(n)) => {
                // Zigzag: the lowest bit is the sign.
                let number = (n >> 1).cast_signed() ^ -(n & 1).cast_signed();
                self.put(at, |jot| jot.whole(number))
            }
            (Kind::Bool, Wire::Varint(n)) => self.put(at, |jot| jot.truth(n != 0)),
            (Kind::Enum(place), Wire::Varint(n)) => self.choice(place, n.cast_signed(), at),
            (Kind::Double, Wire::Fixed64(bits)) => self.put(at, |jot| jot.double(f64::from_bits(bits))),
            (Kind::Fixed64, Wire::Fixed64(bits)) => self.put(at, |jot| jot.whole(bits)),
            (Kind::Sfixed64, Wire::Fixed64(bits)) => self.put(at, |jot| jot.whole(bits.cast_signed())),
            (Kind::Float, Wire::Fixed32(bits)) => self.put(at, |jot| jot.single(f32::from_bits(bits))),
            (Kind::Fixed32, Wire::Fixed32(bits)) => self.put(at, |jot| jot.whole(bits)),
            (Kind::Sfixed32, Wire::Fixed32(bits)) => self.put(at, |jot| jot.whole(bits.cast_signed())),
            (Kind::Text, Wire::Bytes(inside)) => match std::str::from_utf8(content(inside)) {
                Ok(text) => self.put(at, |jot| jot.text(text)),
                Err(error) => {
                    let words = format!("field {} {:?} is a text and no UTF-8", field.number, known.name);
                    Err(Flaw::new(inside.at + error.valid_up_to(), words))
                }
            },
            (Kind::Bytes, Wire::Bytes(inside)) => self.put(at, |jot| jot.bytes(content(inside))),
            (kind, _) => Err(misfit(known, field, wanted(kind))),
        }
    }

    /// An enum's number by its name, if it has one.
    fn choice(&mut self, place: usize, number: i64, at: usize) -> Result<(), Flaw> {
        let names = self.schema.enums.get(place).map(|all| &all.names);
        let name = names.zip(i32::try_from(number).ok()).and_then(|(names, number)| names.get(&number));
        match name {
            Some(name) => self.put(at, |jot| jot.text(name)),
            None => self.put(at, |jot| jot.whole(number)),
        }
    }

    /// Writes; what stops it is told at the place of what was written.
    pub fn put(&mut self, at: usize, write: impl FnOnce(&mut Jot) -> Result<(), Stop>) -> Result<(), Flaw> {
        write(&mut self.sheet.jot).map_err(|stop| stop.flaw(at))
    }
}

/// The bytes that a reader has left.
pub(super) fn content(inside: Reader<'_>) -> &[u8] {
    inside.bytes.get(inside.at..).unwrap_or_default()
}

fn misfit(known: &schema::Field, field: &Field<'_>, wanted: &str) -> Flaw {
    let is = field.wire.words();
    Flaw::new(field.at, format!("field {} {:?} should be {wanted}, it is {is}", field.number, known.name))
}

const fn is_packable(kind: Kind) -> bool {
    !matches!(kind, Kind::Text | Kind::Bytes | Kind::Message(_) | Kind::Group(_))
}

const fn wanted(kind: Kind) -> &'static str {
    match kind {
        Kind::Double | Kind::Fixed64 | Kind::Sfixed64 => "eight bytes",
        Kind::Float | Kind::Fixed32 | Kind::Sfixed32 => "four bytes",
        Kind::Int32
        | Kind::Int64
        | Kind::Uint32
        | Kind::Uint64
        | Kind::Sint32
        | Kind::Sint64
        | Kind::Bool
        | Kind::Enum(_) => "a whole number",
        Kind::Text => "a text",
        Kind::Bytes => "bytes",
        Kind::Message(_) => "a message",
        Kind::Group(_) => "a group",
    }
}

#[cfg(test)]
mod tests;
