//! Payloads as numbers one behind the other. Owns widths and byte orders; never guessed, since any bytes are
//! numbers of some kind.
use super::bounds::{Bounds, Flaw};
use super::jot::{Jot, Stop};
use std::fmt;

/// A number's form in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Number {
    /// 8 bits, signed.
    I8,
    /// 8 bits, unsigned.
    U8,
    /// 16 bits, signed.
    I16,
    /// 16 bits, unsigned.
    U16,
    /// 32 bits, signed.
    I32,
    /// 32 bits, unsigned.
    U32,
    /// 64 bits, signed.
    I64,
    /// 64 bits, unsigned.
    U64,
    /// IEEE 754 binary32.
    F32,
    /// IEEE 754 binary64.
    F64,
}

/// Which byte comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Order {
    /// The least significant.
    Little,
    /// The most significant.
    Big,
}

/// A number's width and byte order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Format {
    /// How wide.
    pub width: Number,
    /// Which byte first.
    pub order: Order,
}

impl Format {
    /// The least byte first.
    pub const fn little(width: Number) -> Self {
        Self { width, order: Order::Little }
    }

    /// The greatest byte first.
    pub const fn big(width: Number) -> Self {
        Self { width, order: Order::Big }
    }

    /// What screen and device file call it.
    pub const fn name(self) -> &'static str {
        match (self.width, self.order) {
            (Number::I8, Order::Little | Order::Big) => "i8",
            (Number::U8, Order::Little | Order::Big) => "u8",
            (Number::I16, Order::Little) => "i16-le",
            (Number::I16, Order::Big) => "i16-be",
            (Number::U16, Order::Little) => "u16-le",
            (Number::U16, Order::Big) => "u16-be",
            (Number::I32, Order::Little) => "i32-le",
            (Number::I32, Order::Big) => "i32-be",
            (Number::U32, Order::Little) => "u32-le",
            (Number::U32, Order::Big) => "u32-be",
            (Number::I64, Order::Little) => "i64-le",
            (Number::I64, Order::Big) => "i64-be",
            (Number::U64, Order::Little) => "u64-le",
            (Number::U64, Order::Big) => "u64-be",
            (Number::F32, Order::Little) => "f32-le",
            (Number::F32, Order::Big) => "f32-be",
            (Number::F64, Order::Little) => "f64-le",
            (Number::F64, Order::Big) => "f64-be",
        }
    }
}

impl Number {
    /// All of them, smallest first.
    pub const ALL: [Self; 10] = [
        Self::I8,
        Self::U8,
        Self::I16,
        Self::U16,
        Self::I32,
        Self::U32,
        Self::I64,
        Self::U64,
        Self::F32,
        Self::F64,
    ];

    /// As a device file writes it, before the order.
    pub const fn name(self) -> &'static str {
        match self {
            Self::I8 => "i8",
            Self::U8 => "u8",
            Self::I16 => "i16",
            Self::U16 => "u16",
            Self::I32 => "i32",
            Self::U32 => "u32",
            Self::I64 => "i64",
            Self::U64 => "u64",
            Self::F32 => "f32",
            Self::F64 => "f64",
        }
    }

    /// The form of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|number| number.name() == name)
    }

    /// How many bytes it takes.
    pub const fn n_bytes(self) -> usize {
        match self {
            Self::I8 | Self::U8 => 1,
            Self::I16 | Self::U16 => 2,
            Self::I32 | Self::U32 | Self::F32 => 4,
            Self::I64 | Self::U64 | Self::F64 => 8,
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The numbers of a payload as JSON: a list, or the one there is.
pub(super) fn decode(bytes: &[u8], format: Format, bounds: &Bounds) -> Result<Vec<u8>, Flaw> {
    let n_bytes = format.width.n_bytes();
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
        Number::I8 => jot.whole(number!(i8)),
        Number::U8 => jot.whole(number!(u8)),
        Number::I16 => jot.whole(number!(i16)),
        Number::U16 => jot.whole(number!(u16)),
        Number::I32 => jot.whole(number!(i32)),
        Number::U32 => jot.whole(number!(u32)),
        Number::I64 => jot.whole(number!(i64)),
        Number::U64 => jot.whole(number!(u64)),
        Number::F32 => jot.single(number!(f32)),
        Number::F64 => jot.double(number!(f64)),
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
            (&[0xff][..], Format::little(Number::I8), "-1"),
            (&[0xff, 1], Format::little(Number::U8), "[255,1]"),
            (&[0x01, 0x02], Format::little(Number::U16), "513"),
            (&[0x01, 0x02], Format::big(Number::U16), "258"),
            (&[0xff, 0xfe], Format::big(Number::I16), "-2"),
            (&[0, 0, 0xac, 0x41], Format::little(Number::F32), "21.5"),
            (&[0x41, 0xac, 0, 0, 0x7f, 0xc0, 0, 0], Format::big(Number::F32), "[21.5,\"NaN\"]"),
            (&[0xff; 8], Format::big(Number::U64), "18446744073709551615"),
            (&[0xff; 8], Format::little(Number::I64), "-1"),
            (&[0x7f, 0xf0, 0, 0, 0, 0, 0, 0], Format::big(Number::F64), "\"Infinity\""),
        ] {
            assert_eq!(read(bytes, format).as_deref(), Ok(expected), "{bytes:?} {format:?}");
        }
    }

    #[test]
    fn a_number_that_is_not_whole_is_named_with_its_place() {
        let flaw = read(&[1, 2, 3, 4, 5, 6], Format::big(Number::F32)).unwrap_err();
        assert_eq!(flaw, Flaw::new(4, "2 of the 4 bytes of a number are there"));
        assert!(read(&[], Format::big(Number::F32)).is_err());
    }
}
