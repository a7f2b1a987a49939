//! Numbers as their own bytes. Owns widths, signs and byte orders.
use super::{Number, Order};
use crate::device::number::{to_f32, to_f64, whole_of};

/// The first float that 64 bits without a sign don't hold.
const U64_LIMIT: f64 = 18_446_744_073_709_551_616.0;

/// A number as its bytes say it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Raw {
    Whole(i128),
    Float(f64),
}

/// Why a number is not one of these bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// A fraction in a whole number.
    Fraction,
    /// Too large, too small, or not exact.
    Overflow,
}

/// The number of these bytes; none when they are too few or too many.
pub(super) fn read(number: Number, order: Order, bytes: &[u8]) -> Option<Raw> {
    macro_rules! read {
        ($type:ty) => {{
            let bytes = bytes.try_into().ok()?;
            match order {
                Order::Big => <$type>::from_be_bytes(bytes),
                Order::Little => <$type>::from_le_bytes(bytes),
            }
        }};
    }
    Some(match number {
        Number::I8 => Raw::Whole(read!(i8).into()),
        Number::U8 => Raw::Whole(read!(u8).into()),
        Number::I16 => Raw::Whole(read!(i16).into()),
        Number::U16 => Raw::Whole(read!(u16).into()),
        Number::I32 => Raw::Whole(read!(i32).into()),
        Number::U32 => Raw::Whole(read!(u32).into()),
        Number::I64 => Raw::Whole(read!(i64).into()),
        Number::U64 => Raw::Whole(read!(u64).into()),
        Number::F32 => Raw::Float(widen(read!(f32))),
        Number::F64 => Raw::Float(read!(f64)),
    })
}

/// The bytes of a whole number.
pub(super) fn write_whole(number: Number, order: Order, value: i128) -> Result<Vec<u8>, Refused> {
    macro_rules! write {
        ($type:ty) => {
            <$type>::try_from(value).ok().map(|value| match order {
                Order::Big => value.to_be_bytes().to_vec(),
                Order::Little => value.to_le_bytes().to_vec(),
            })
        };
    }
    let bytes = match number {
        Number::I8 => write!(i8),
        Number::U8 => write!(u8),
        Number::I16 => write!(i16),
        Number::U16 => write!(u16),
        Number::I32 => write!(i32),
        Number::U32 => write!(u32),
        Number::I64 => write!(i64),
        Number::U64 => write!(u64),
        Number::F32 | Number::F64 => {
            // A count must come back as the count it was.
            let bytes = write_float(number, order, to_f64(value))?;
            let is_same = match read(number, order, &bytes) {
                Some(Raw::Float(back)) => whole_of(back).map(i128::from) == Some(value),
                Some(Raw::Whole(_)) | None => false,
            };
            is_same.then_some(bytes)
        }
    };
    bytes.ok_or(Refused::Overflow)
}

/// The bytes of a finite float; in 32 bits the nearest there is.
pub(super) fn write_float(number: Number, order: Order, value: f64) -> Result<Vec<u8>, Refused> {
    macro_rules! write {
        ($value:expr) => {
            match order {
                Order::Big => $value.to_be_bytes().to_vec(),
                Order::Little => $value.to_le_bytes().to_vec(),
            }
        };
    }
    match number {
        Number::F64 => Ok(write!(value)),
        Number::F32 => {
            let short = to_f32(value);
            if short.is_finite() { Ok(write!(short)) } else { Err(Refused::Overflow) }
        }
        Number::U64 if (0.0..U64_LIMIT).contains(&value) && value.fract() == 0.0 => {
            write_whole(number, order, whole_u64(value).into())
        }
        Number::I8
        | Number::U8
        | Number::I16
        | Number::U16
        | Number::I32
        | Number::U32
        | Number::I64
        | Number::U64 => {
            if value.fract() != 0.0 {
                return Err(Refused::Fraction);
            }
            let whole = whole_of(value).ok_or(Refused::Overflow)?;
            write_whole(number, order, whole.into())
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range was looked at before")]
const fn whole_u64(value: f64) -> u64 {
    value as u64
}

/// A 32-bit float as the shortest decimal that names it: 0.1, not 0.10000000149011612.
fn widen(short: f32) -> f64 {
    let exact = f64::from(short);
    let shortest: f64 = format!("{short:e}").parse().unwrap_or(exact);
    if to_f32(shortest).to_bits() == short.to_bits() { shortest } else { exact }
}
