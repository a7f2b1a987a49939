//! Protobuf's wire: fields one behind the other, each with a number and one of four shapes. Owns how they are read;
//! what a field means, is for a schema to say.
pub(super) mod fields;

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
}

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
            Wire::Fixed64(_) | Wire::Bytes(_) | Wire::Fixed32(_) => Err(self.is_no("a whole number")),
        }
    }

    /// The float of 32 bits that it holds.
    pub fn single(&self) -> Result<f32, Flaw> {
        match self.wire {
            Wire::Fixed32(bits) => Ok(f32::from_bits(bits)),
            Wire::Varint(_) | Wire::Fixed64(_) | Wire::Bytes(_) => Err(self.is_no("a float of 32 bits")),
        }
    }

    /// The float of 64 bits that it holds.
    pub fn double(&self) -> Result<f64, Flaw> {
        match self.wire {
            Wire::Fixed64(bits) => Ok(f64::from_bits(bits)),
            Wire::Varint(_) | Wire::Fixed32(_) | Wire::Bytes(_) => Err(self.is_no("a float of 64 bits")),
        }
    }

    /// What is inside it.
    pub fn inside(&self) -> Result<Reader<'a>, Flaw> {
        match self.wire {
            Wire::Bytes(inside) => Ok(inside),
            Wire::Varint(_) | Wire::Fixed64(_) | Wire::Fixed32(_) => {
                Err(self.is_no("bytes with their length"))
            }
        }
    }

    fn is_no(&self, wanted: &str) -> Flaw {
        let is = match self.wire {
            Wire::Varint(_) => "a whole number",
            Wire::Fixed64(_) => "eight bytes",
            Wire::Bytes(_) => "bytes with their length",
            Wire::Fixed32(_) => "four bytes",
        };
        Flaw::new(self.at, format!("field {} should be {wanted}, it is {is}", self.number))
    }
}

/// The next field; none at the end.
pub(super) fn next<'a>(reader: &mut Reader<'a>) -> Result<Option<Field<'a>>, Flaw> {
    let at = reader.at;
    if reader.n_left() == 0 {
        return Ok(None);
    }
    let tag = varint(reader)?;
    let Some(number) = u32::try_from(tag >> 3).ok().filter(|number| (1..1 << 29).contains(number)) else {
        return Err(Flaw::new(at, format!("no field has the number {}", tag >> 3)));
    };
    let wire = match tag & 7 {
        0 => Wire::Varint(varint(reader)?),
        1 => Wire::Fixed64(u64::from_le_bytes(reader.array()?)),
        2 => {
            let n = varint(reader)?;
            let from = reader.at;
            reader.take(n)?;
            Wire::Bytes(Reader { bytes: reader.bytes.get(..reader.at).unwrap_or_default(), at: from })
        }
        5 => Wire::Fixed32(u32::from_le_bytes(reader.array()?)),
        3 | 4 => {
            let words = format!("field {number} is a group: groups are not read, protobuf gave them up");
            return Err(Flaw::new(at, words));
        }
        kind => {
            return Err(Flaw::new(at, format!("field {number} is of kind {kind}, which there is none of")));
        }
    };
    Ok(Some(Field { number, at, wire }))
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
        assert_eq!(all(Reader::new(b"\x08\x01\x0b\x08\x01")).count(), 2);
        assert_eq!(varint(&mut Reader::new(b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")), Ok(u64::MAX));
    }

    #[test]
    fn what_is_malformed_is_named_with_its_place() {
        for (bytes, offset, words) in [
            (&b"\x08\x01\x13"[..], 2, "field 2 is a group: groups are not read, protobuf gave them up"),
            (b"\x14", 0, "field 2 is a group: groups are not read, protobuf gave them up"),
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
