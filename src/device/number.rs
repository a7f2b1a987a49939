//! Numbers as text and as bits. Owns the exact way from digits to whole numbers and floats and back; never
//! saturates, never makes up a number.

use crate::decode::value::number_length;

/// Why digits are no whole number of 64 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotWhole {
    /// Something is left behind the point.
    Fraction,
    /// More than 64 bits hold.
    Beyond,
    /// No number at all.
    NoNumber,
}

/// The length of the decimal number a text begins with: sign, digits, fraction, exponent; 0 for none.
pub fn length(text: &str) -> usize {
    number_length(text.as_bytes())
}

/// The whole number that digits say, exactly: `1e3` and `3.0` are whole, `3.5` is not.
pub fn whole(text: &str) -> Result<i64, NotWhole> {
    if text.is_empty() || length(text) != text.len() {
        return Err(NotWhole::NoNumber);
    }
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => (text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default()),
        None => (text, ""),
    };
    // A zero with a silly exponent is still zero, so exponents beyond 64 bits may count as the largest.
    let exponent: i64 = match exponent.parse() {
        Ok(exponent) => exponent,
        Err(_) if exponent.is_empty() => 0,
        Err(_) if exponent.starts_with('-') => i64::MIN / 2,
        Err(_) => i64::MAX / 2,
    };
    let (mut value, mut zeros, mut n_fraction, mut is_fraction, mut is_beyond) =
        (0_i128, 0_i64, 0_i64, false, false);
    for byte in mantissa.bytes() {
        match byte {
            b'.' => is_fraction = true,
            b'0'..=b'9' => {
                n_fraction += i64::from(is_fraction);
                if byte == b'0' {
                    zeros += i64::from(value != 0 || is_beyond);
                    continue;
                }
                // Zeros count only once a digit follows; those at the end belong to the exponent.
                for _ in 0..=zeros {
                    is_beyond = is_beyond || value > i128::from(u64::MAX);
                    value = if is_beyond { value } else { value * 10 };
                }
                zeros = 0;
                value += if is_beyond { 0 } else { i128::from(byte - b'0') };
            }
            _ => {}
        }
    }
    if value == 0 {
        return Ok(0);
    }
    let scale = zeros.saturating_add(exponent).saturating_sub(n_fraction);
    if scale < 0 {
        return Err(NotWhole::Fraction);
    }
    for _ in 0..scale {
        is_beyond = is_beyond || value > i128::from(u64::MAX);
        if is_beyond {
            return Err(NotWhole::Beyond);
        }
        value *= 10;
    }
    let value = if mantissa.starts_with('-') { -value } else { value };
    i64::try_from(value).ok().filter(|_| !is_beyond).ok_or(NotWhole::Beyond)
}

/// The float nearest to what digits say; none for what is no number or beyond all floats.
pub fn float(text: &str) -> Option<f64> {
    (!text.is_empty() && length(text) == text.len()).then_some(())?;
    text.parse().ok().filter(|value: &f64| value.is_finite())
}

/// A whole float as a whole number; none when it has a fraction or more than 64 bits hold.
#[expect(clippy::cast_possible_truncation, reason = "the range was looked at before")]
pub fn whole_of(value: f64) -> Option<i64> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    (value.fract() == 0.0 && (-LIMIT..LIMIT).contains(&value)).then_some(value as i64)
}

/// The float nearest to a whole number.
#[expect(clippy::cast_precision_loss, reason = "the nearest float is what is asked for")]
pub const fn to_f64(value: i128) -> f64 {
    value as f64
}

/// The 32-bit float nearest to a float; infinite when all of them are smaller.
#[expect(clippy::cast_possible_truncation, reason = "the nearest smaller float is what is asked for")]
pub const fn to_f32(value: f64) -> f32 {
    value as f32
}

/// The fewest digits that read back as the same float; an exponent only where the zeros would go on and on.
pub fn shortest(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 || (1e-5..1e16).contains(&size) { format!("{value}") } else { format!("{value:e}") }
}
