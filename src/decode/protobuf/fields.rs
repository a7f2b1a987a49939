//! Protobuf without a schema as JSON: numbers of fields for their names. Owns what the wire leaves open: a whole
//! number of the upper half is taken for a negative one, four or eight bytes for a float where that is of a size
//! people measure in, else for a whole number; bytes for text, then for a message, and for no more than bytes when
//! they are neither. Never guessed: many bytes happen to be fields of some kind.
use std::collections::BTreeMap;

use super::super::bounds::{Bounds, Flaw};
use super::super::jot::{Jot, Stop};
use super::super::reader::Reader;
use super::{Field, Wire, all};

/// Most fields that are looked at, those in vain included: as many take a few megabytes.
const MAX_FIELDS: usize = 100_000;

/// Levels that a message in a list takes: the list's and its own.
pub(super) const N_LEVELS: usize = 2;

/// The fields that bytes are.
pub(in super::super) fn decode(bytes: &[u8], bounds: &Bounds) -> Result<Vec<u8>, Flaw> {
    if bytes.is_empty() {
        return Err(Flaw::new(0, "there are no bytes, hence no fields"));
    }
    let mut sheet = Sheet::new(bounds);
    let fields = sheet.read([Reader::new(bytes)])?;
    sheet.message(&fields, 1)?;
    Ok(sheet.jot.finish())
}

/// What is written, and how much was looked at for it.
pub(super) struct Sheet {
    pub jot: Jot,
    n_fields: usize,
    max_depth: usize,
}

impl Sheet {
    /// An empty one.
    pub fn new(bounds: &Bounds) -> Self {
        Self { jot: Jot::new(bounds), n_fields: 0, max_depth: bounds.max_depth }
    }

    /// All fields of a message that may come in parts, those of one number together, in the order of their first.
    pub fn read<'a>(&mut self, parts: impl IntoIterator<Item = Reader<'a>>) -> Result<Vec<Field<'a>>, Flaw> {
        let mut firsts = BTreeMap::new();
        let mut fields = Vec::new();
        for field in parts.into_iter().flat_map(all) {
            let field = field?;
            self.n_fields += 1;
            if self.n_fields > MAX_FIELDS {
                let words = format!("decoding stops: more than {MAX_FIELDS} fields would be looked at");
                return Err(Flaw::new(field.at, words));
            }
            firsts.entry(field.number).or_insert(field.at);
            fields.push(field);
        }
        fields.sort_by_key(|field| firsts.get(&field.number).copied());
        Ok(fields)
    }

    fn message(&mut self, fields: &[Field<'_>], depth: usize) -> Result<(), Flaw> {
        let start = fields.first().map_or(0, |field| field.at);
        let stopped = |stop: Stop| stop.flaw(start);
        self.jot.open(b'{').map_err(stopped)?;
        for same in fields.chunk_by(|one, other| one.number == other.number) {
            let Some(first) = same.first() else { continue };
            self.jot.key(&first.number.to_string()).map_err(stopped)?;
            let is_list = same.len() > 1;
            if is_list {
                self.jot.open(b'[').map_err(stopped)?;
            }
            for field in same {
                self.value(field, depth)?;
            }
            if is_list {
                self.jot.close(b']').map_err(stopped)?;
            }
        }
        self.jot.close(b'}').map_err(stopped)
    }

    /// What a field of an unknown kind holds.
    pub fn value(&mut self, field: &Field<'_>, depth: usize) -> Result<(), Flaw> {
        let stopped = |stop: Stop| stop.flaw(field.at);
        match field.wire {
            Wire::Varint(n) => self.jot.whole(n.cast_signed()).map_err(stopped),
            Wire::Fixed32(bits) => {
                let float = f32::from_bits(bits);
                if is_measure(float.into()) { self.jot.single(float) } else { self.jot.whole(bits) }
                    .map_err(stopped)
            }
            Wire::Fixed64(bits) => {
                let float = f64::from_bits(bits);
                if is_measure(float) { self.jot.double(float) } else { self.jot.whole(bits) }.map_err(stopped)
            }
            Wire::Group(inside) => {
                if depth + N_LEVELS >= self.max_depth {
                    return Err(stopped(Stop::Deep(self.max_depth)));
                }
                let fields = self.read([inside])?;
                self.message(&fields, depth + N_LEVELS)
            }
            Wire::Bytes(inside) => {
                let bytes = inside.bytes.get(inside.at..).unwrap_or_default();
                if is_words(bytes) {
                    return self.jot.text_or_bytes(bytes).map_err(stopped);
                }
                let is_room = depth + N_LEVELS < self.max_depth;
                if let Some(fields) = is_room.then(|| self.read([inside]).ok()).flatten() {
                    return self.message(&fields, depth + N_LEVELS);
                }
                self.jot.text_or_bytes(bytes).map_err(stopped)
            }
        }
    }
}

/// Whether a float is of a size that people measure in.
fn is_measure(float: f64) -> bool {
    float == 0.0 || (1e-9..1e12).contains(&float.abs())
}

/// Whether bytes are a text that a person would write; what begins with a new line is more likely a message whose
/// first field is one of bytes.
fn is_words(bytes: &[u8]) -> bool {
    let is_word = |text: &str| {
        !text.starts_with(['\n', '\t', '\r'])
            && text.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\t' | '\r'))
    };
    std::str::from_utf8(bytes).is_ok_and(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::json::is_json;

    fn read(bytes: &[u8]) -> Result<String, Flaw> {
        decode(bytes, &Bounds::default()).map(|json| String::from_utf8(json).unwrap())
    }

    #[test]
    fn fields_become_members_named_by_their_numbers() {
        for (bytes, expected) in [
            (&b"\x08\x96\x01"[..], r#"{"1":150}"#),
            (b"\x12\x07testing", r#"{"2":"testing"}"#),
            (b"\x1a\x03\x08\x96\x01", r#"{"3":{"1":150}}"#),
            (b"\x10\x01\x08\x02\x10\x03", r#"{"2":[1,3],"1":2}"#),
            (b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", r#"{"1":-1}"#),
            (b"\x0d\0\0\xac\x41\x15\x01\0\0\0", r#"{"1":21.5,"2":1}"#),
            (b"\x09\0\0\0\0\0\0\xf0\x3f", r#"{"1":1.0}"#),
            (b"\x0a\x02\xff\xfe", r#"{"1":"h'fffe'"}"#),
            (b"\x0a\x00", r#"{"1":""}"#),
        ] {
            assert_eq!(read(bytes).as_deref(), Ok(expected), "{bytes:02x?}");
        }
    }

    #[test]
    fn nesting_stops_at_the_bound_and_what_is_deeper_stays_bytes() {
        let deep = (0..300).fold(vec![8, 1], |inside, _| {
            let mut outside = vec![0x0a];
            let mut n = inside.len();
            while n > 0x7f {
                outside.push(0x80 | u8::try_from(n & 0x7f).unwrap());
                n >>= 7;
            }
            outside.push(u8::try_from(n).unwrap());
            outside.extend(inside);
            outside
        });
        let json = read(&deep).unwrap();
        assert!(is_json(json.as_bytes()));
        assert!(json.contains("\"h'") || json.contains("\\u0001"), "{json}");
    }

    #[test]
    fn more_fields_than_the_bound_are_refused_in_words() {
        let flaw = read(&b"\x08\x01".repeat(MAX_FIELDS + 1)).unwrap_err();
        assert_eq!(flaw.offset, MAX_FIELDS * 2);
        assert!(read(b"").is_err());
    }
}
