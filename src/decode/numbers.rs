//! Payloads as numbers one behind the other. Owns widths and byte orders; never guessed, since any bytes are
//! numbers of some kind.
use super::bounds::{Bounds, Flaw};
use super::jot::{Jot, Stop};

/// How wide a number is, and how it is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Width {
    /// One byte with a sign.
    I8,
    /// One byte.
    U8,
    /// Two bytes with a sign.
    I16,
    /// Two bytes.
    U16,
    /// Four bytes with a sign.
    I32,
    /// Four bytes.
    U32,
    /// Eight bytes with a sign.
    I64,
    /// Eight bytes.
    U64,
    /// IEEE 754, four bytes.
    F32,
    /// IEEE 754, eight bytes.
    F64,
}

/// Which byte comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Order {
    /// The one that counts least.
    Little,
    /// The one that counts most.
    Big,
}

/// A number's width and byte order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Format {
    /// How wide.
    pub width: Width,
    /// Which byte first.
    pub order: Order,
}

impl Format {
    /// The least byte first.
    pub const fn little(width: Width) -> Self {
        Self { width, order: Order::Little }
    }

    /// The greatest byte first.
    pub const fn big(width: Width) -> Self {
        Self { width, order: Order::Big }
    }

    /// What screen and device file call it.
    pub const fn name(self) -> &'static str {
        match (self.width, self.order) {
            (Width::I8, Order::Little | Order::Big) => "i8",
            (Width::U8, Order::Little | Order::Big) => "u8",
            (Width::I16, Order::Little) => "i16-le",
            (Width::I16, Order::Big) => "i16-be",
            (Width::U16, Order::Little) => "u16-le",
            (Width::U16, Order::Big) => "u16-be",
            (Width::I32, Order::Little) => "i32-le",
            (Width::I32, Order::Big) => "i32-be",
            (Width::U32, Order::Little) => "u32-le",
            (Width::U32, Order::Big) => "u32-be",
            (Width::I64, Order::Little) => "i64-le",
            (Width::I64, Order::Big) => "i64-be",
            (Width::U64, Order::Little) => "u64-le",
            (Width::U64, Order::Big) => "u64-be",
            (Width::F32, Order::Little) => "f32-le",
            (Width::F32, Order::Big) => "f32-be",
            (Width::F64, Order::Little) => "f64-le",
            (Width::F64, Order::Big) => "f64-be",
        }
    }

    /// Bytes of one number.
    pub const fn n_bytes(self) -> usize {
        match self.width {
            Width::I8 | Width::U8 => 1,
            Width::I16 | Width::U16 => 2,
            Width::I32 | Width::U32 | Width::F32 => 4,
            Width::I64 | Width::U64 | Width::F64 => 8,
        }
    }
}

/// The numbers of a payload as JSON: a list, or the one there is.
pub(super) fn decode(bytes: &[u8], format: Format, bounds: &Bounds) -> Result<Vec<u8>, Flaw> {
    let n_bytes = format.n_bytes();
    let left = bytes.len() % n_bytes;
    if bytes.is_empty() || left > 0 {
        let words = format!("{left} of the {n_bytes} bytes of a number are there");
        return Err(Flaw::new(bytes.len() - left, words));
    }
    let mut jot = Jot::new(bounds);
    let is_list = bytes.len() > n_bytes;
    if is_list {
        jot.open(b'[').map_err(|stop| stop.flaw(0))?;
    }
    for (place, chunk) in bytes.chunks_exact(n_bytes).enumerate() {
        write(&mut jot, format, chunk).map_err(|stop| stop.flaw(place * n_bytes))?;
    }
    if is_list {
        jot.close(b']').map_err(|stop| stop.flaw(bytes.len()))?;
    }
    Ok(jot.finish())
}

fn write(jot: &mut Jot, format: Format, chunk: &[u8]) -> Result<(), Stop> {
    macro_rules! number {
        ($type:ty) => {{
            let bytes = chunk.try_into().unwrap_or_default();
            match format.order {
                Order::Little => <$type>::from_le_bytes(bytes),
                Order::Big => <$type>::from_be_bytes(bytes),
            }
        }};
    }
    match format.width {
        Width::I8 => jot.whole(number!(i8)),
        Width::U8 => jot.whole(number!(u8)),
        Width::I16 => jot.whole(number!(i16)),
        Width::U16 => jot.whole(number!(u16)),
        Width::I32 => jot.whole(number!(i32)),
        Width::U32 => jot.whole(number!(u32)),
        Width::I64 => jot.whole(number!(i64)),
        Width::U64 => jot.whole(number!(u64)),
        Width::F32 => jot.single(number!(f32)),
        Width::F64 => jot.double(number!(f64)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], format: Format) -> Result<String, Flaw> {
        decode(bytes, format, &Bounds::default()).map(|json| String::from_utf8(json).unwrap())
    }

    #[test]
    fn numbers_are_read_in_either_order_one_or_many() {
        for (bytes, format, expected) in [
            (&[0xff][..], Format::little(Width::I8), "-1"),
            (&[0xff, 1], Format::little(Width::U8), "[255,1]"),
            (&[0x01, 0x02], Format::little(Width::U16), "513"),
            (&[0x01, 0x02], Format::big(Width::U16), "258"),
            (&[0xff, 0xfe], Format::big(Width::I16), "-2"),
            (&[0, 0, 0xac, 0x41], Format::little(Width::F32), "21.5"),
            (&[0x41, 0xac, 0, 0, 0x7f, 0xc0, 0, 0], Format::big(Width::F32), "[21.5,\"NaN\"]"),
            (&[0xff; 8], Format::big(Width::U64), "18446744073709551615"),
            (&[0xff; 8], Format::little(Width::I64), "-1"),
            (&[0x7f, 0xf0, 0, 0, 0, 0, 0, 0], Format::big(Width::F64), "\"Infinity\""),
        ] {
            assert_eq!(read(bytes, format).as_deref(), Ok(expected), "{bytes:?} {format:?}");
        }
    }

    #[test]
    fn a_number_that_is_not_whole_is_named_with_its_place() {
        let flaw = read(&[1, 2, 3, 4, 5, 6], Format::big(Width::F32)).unwrap_err();
        assert_eq!(flaw, Flaw::new(4, "2 of the 4 bytes of a number are there"));
        assert!(read(&[], Format::big(Width::F32)).is_err());
    }
}
