//! Protobuf's wire: fields one behind the other, each with a number and one of five shapes. Owns how they are read;
//! what a field means, is for a schema to say.
pub(super) mod fields;
pub(super) mod known;
pub(super) mod message;

use super::bounds::Flaw;
use super::reader::Reader;

/// What a field holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Wire<'a> {
    /// A whole number in as few bytes as it takes.
    Varint(u64),
    /// Eight bytes.
    Fixed64(u64),
    /// Bytes with a length before them, to be read on from where they are.
    Bytes(Reader<'a>),
    /// Four bytes.
    Fixed32(u32),
    /// Fields up to a mark that ends them, as protobuf 2 has them.
    Group(Reader<'a>),
}

/// Groups inside each other that are looked for the end of.
const MAX_GROUPS: usize = 128;

/// Fields of a group that are passed over on the way to its end.
const MAX_PASSED_OVER: usize = 100_000;

/// A field as it comes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field<'a> {
    /// Its number in the schema, which the wire does not hold.
    pub number: u32,
    /// Where its tag is.
    pub at: usize,
    /// What it holds.
    pub wire: Wire<'a>,
}

impl<'a> Field<'a> {
    /// The whole number it holds.
    pub fn varint(&self) -> Result<u64, Flaw> {
        match self.wire {
            Wire::Varint(n) => Ok(n),
            Wire::Fixed64(_) | Wire::Bytes(_) | Wire::Fixed32(_) | Wire::Group(_) => {
                Err(self.is_no("a whole number"))
            }
        }
    }

    /// The float of 32 bits that it holds.
    pub fn single(&self) -> Result<f32, Flaw> {
        match self.wire {
            Wire::Fixed32(bits) => Ok(f32::from_bits(bits)),
            Wire::Varint(_) | Wire::Fixed64(_) | Wire::Bytes(_) | Wire::Group(_) => {
                Err(self.is_no("a float of 32 bits"))
            }
        }
    }

    /// The float of 64 bits that it holds.
    pub fn double(&self) -> Result<f64, Flaw> {
        match self.wire {
            Wire::Fixed64(bits) => Ok(f64::from_bits(bits)),
            Wire::Varint(_) | Wire::Fixed32(_) | Wire::Bytes(_) | Wire::Group(_) => {
                Err(self.is_no("a float of 64 bits"))
            }
        }
    }

    /// What is inside it.
    pub fn inside(&self) -> Result<Reader<'a>, Flaw> {
        match self.wire {
            Wire::Bytes(inside) => Ok(inside),
            Wire::Varint(_) | Wire::Fixed64(_) | Wire::Fixed32(_) | Wire::Group(_) => {
                Err(self.is_no("bytes with their length"))
            }
        }
    }

    fn is_no(&self, wanted: &str) -> Flaw {
        let is = self.wire.words();
        Flaw::new(self.at, format!("field {} should be {wanted}, it is {is}", self.number))
    }
}

impl Wire<'_> {
    /// What is there, in words.
    pub const fn words(&self) -> &'static str {
        match self {
            Self::Varint(_) => "a whole number",
            Self::Fixed64(_) => "eight bytes",
            Self::Bytes(_) => "bytes with their length",
            Self::Fixed32(_) => "four bytes",
            Self::Group(_) => "a group",
        }
    }
}

/// The next field; none at the end.
pub(super) fn next<'a>(reader: &mut Reader<'a>) -> Result<Option<Field<'a>>, Flaw> {
    let at = reader.at;
    if reader.n_left() == 0 {
        return Ok(None);
    }
    let (number, kind) = tag(reader)?;
    let wire = match kind {
        0 => Wire::Varint(varint(reader)?),
        1 => Wire::Fixed64(u64::from_le_bytes(reader.array()?)),
        2 => {
            let n = varint(reader)?;
            let from = reader.at;
            reader.take(n)?;
            Wire::Bytes(Reader { bytes: reader.bytes.get(..reader.at).unwrap_or_default(), at: from })
        }
        5 => Wire::Fixed32(u32::from_le_bytes(reader.array()?)),
        3 => {
            let from = reader.at;
            let end = group_end(reader, number, at)?;
            Wire::Group(Reader { bytes: reader.bytes.get(..end).unwrap_or_default(), at: from })
        }
        4 => return Err(Flaw::new(at, format!("a group {number} ends here that did not begin"))),
        kind => return Err(no_kind(at, number, kind)),
    };
    Ok(Some(Field { number, at, wire }))
}

/// The number and the kind of the field that begins here.
fn tag(reader: &mut Reader<'_>) -> Result<(u32, u64), Flaw> {
    let at = reader.at;
    let tag = varint(reader)?;
    match u32::try_from(tag >> 3).ok().filter(|number| (1..1 << 29).contains(number)) {
        Some(number) => Ok((number, tag & 7)),
        None => Err(Flaw::new(at, format!("no field has the number {}", tag >> 3))),
    }
}

fn no_kind(at: usize, number: u32, kind: u64) -> Flaw {
    Flaw::new(at, format!("field {number} is of kind {kind}, which there is none of"))
}

/// Where the mark is that ends a group; the reader stands behind it.
fn group_end(reader: &mut Reader<'_>, number: u32, begins: usize) -> Result<usize, Flaw> {
    let mut open = vec![number];
    for _ in 0..MAX_PASSED_OVER {
        let at = reader.at;
        if reader.n_left() == 0 {
            return Err(Flaw::new(begins, format!("the group {number} that begins here does not end")));
        }
        match tag(reader)? {
            (_, 0) => drop(varint(reader)?),
            (_, 1) => drop(reader.array::<8>()?),
            (_, 2) => {
                let n = varint(reader)?;
                reader.take(n)?;
            }
            (_, 5) => drop(reader.array::<4>()?),
            (_, 3) if open.len() == MAX_GROUPS => {
                return Err(Flaw::new(
                    at,
                    format!("decoding stops: more than {MAX_GROUPS} groups in each other"),
                ));
            }
            (inner, 3) => open.push(inner),
            (inner, 4) if open.last() == Some(&inner) => {
                open.pop();
                if open.is_empty() {
                    return Ok(at);
                }
            }
            (inner, 4) => {
                let last = open.last().copied().unwrap_or(number);
                return Err(Flaw::new(at, format!("the group {inner} ends here, inside the group {last}")));
            }
            (inner, kind) => return Err(no_kind(at, inner, kind)),
        }
    }
    let words = format!("decoding stops: the group {number} has more than {MAX_PASSED_OVER} fields");
    Err(Flaw::new(begins, words))
}

/// The fields of a message; whoever asks on behind a flaw gets none.
pub(super) fn all(reader: Reader<'_>) -> impl Iterator<Item = Result<Field<'_>, Flaw>> {
    let mut left = Some(reader);
    std::iter::from_fn(move || {
        let field = next(left.as_mut()?).transpose();
        if !matches!(field, Some(Ok(_))) {
            left = None;
        }
        field
    })
}

/// A whole number, seven bits a byte, the lowest first.
pub(super) fn varint(reader: &mut Reader<'_>) -> Result<u64, Flaw> {
    let at = reader.at;
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let byte = reader.u8()?;
        if shift == 63 && byte > 1 {
            break;
        }
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(number);
        }
    }
    Err(Flaw::new(at, "the number that begins here is longer than 64 bits"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Vec<u32>, Flaw> {
        all(Reader::new(bytes)).map(|field| field.map(|field| field.number)).collect()
    }

    #[test]
    fn fields_come_one_after_the_other_and_a_flaw_ends_them() {
        assert_eq!(read(b"\x08\x96\x01\x12\x02ab\x1d\0\0\0\0\x21\0\0\0\0\0\0\0\0"), Ok(vec![1, 2, 3, 4]));
        assert_eq!(all(Reader::new(b"\x08\x01\x0e\x08\x01")).count(), 2);
        assert_eq!(read(b"\x0b\x08\x01\x13\x14\x0c\x10\x01"), Ok(vec![1, 2]));
        assert_eq!(varint(&mut Reader::new(b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")), Ok(u64::MAX));
    }

    #[test]
    fn what_is_malformed_is_named_with_its_place() {
        for (bytes, offset, words) in [
            (&b"\x08\x01\x13"[..], 2, "the group 2 that begins here does not end"),
            (b"\x14", 0, "a group 2 ends here that did not begin"),
            (b"\x13\x0b\x14", 2, "the group 2 ends here, inside the group 1"),
            (b"\x0e", 0, "field 1 is of kind 6, which there is none of"),
            (b"\x00\x01", 0, "no field has the number 0"),
            (
                b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02",
                1,
                "the number that begins here is longer than 64 bits",
            ),
            (b"\x08\x80", 2, "1 bytes should follow, 0 are left"),
            (b"\x0a\xff\xff\xff\xff\x0fab", 6, "4294967295 bytes should follow, 2 are left"),
            (b"\x80\x80\x80\x80\x80\x01\x01", 0, "no field has the number 4294967296"),
        ] {
            assert_eq!(read(bytes), Err(Flaw::new(offset, words)), "{bytes:02x?}");
        }
    }
}
