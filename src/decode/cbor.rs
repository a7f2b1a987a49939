//! CBOR as JSON. Owns the format's heads and tags: dates, big numbers and UUIDs are put as what they mean, every
//! other tag is `{"tag 32": …}`, a simple value without a name `{"simple": 99}`.
use super::bounds::{Bounds, Flaw};
use super::date;
use super::jot::{Jot, Stop};
use super::reader::Reader;

/// Fewest letters of texts in what is believed unasked.
const MIN_GUESSED_LETTERS: usize = 2;

/// The tag that says no more than that this is CBOR.
const SELF_DESCRIBED: [u8; 3] = [0xd9, 0xd9, 0xf7];

/// Longest big number that is put in digits: their making takes time by the square.
const MAX_BIG_BYTES: usize = 128;

/// What stands for the end of what has no length.
const BREAK: u8 = 0xff;

/// The one value that bytes are.
pub(super) fn decode(bytes: &[u8], bounds: &Bounds) -> Result<Vec<u8>, Flaw> {
    read(bytes, bounds).map(Jot::finish)
}

/// Likewise, when the bytes are most likely meant so: a list or a map with words in it, whole and nothing more; or
/// they say so themselves.
pub(super) fn guess(bytes: &[u8], bounds: &Bounds) -> Result<Option<Vec<u8>>, Flaw> {
    let is_told = bytes.starts_with(&SELF_DESCRIBED);
    if !is_told && !matches!(bytes.first(), Some(0x80..=0xbf)) {
        return Ok(None);
    }
    match read(bytes, bounds) {
        Ok(jot) => Ok((is_told || jot.n_letters >= MIN_GUESSED_LETTERS).then(|| jot.finish())),
        Err(flaw) if flaw.is_bound() => Err(flaw),
        Err(_) => Ok(None),
    }
}

fn read(bytes: &[u8], bounds: &Bounds) -> Result<Jot, Flaw> {
    let mut reader = Reader::new(bytes);
    if bytes.starts_with(&SELF_DESCRIBED) {
        reader.at = SELF_DESCRIBED.len();
    }
    let mut jot = Jot::new(bounds);
    value(&mut reader, &mut jot)?;
    match reader.n_left() {
        0 => Ok(jot),
        n => Err(Flaw::new(reader.at, format!("{n} bytes follow the value"))),
    }
}

/// A head's argument: a number, or none where the length is not told.
fn argument(reader: &mut Reader<'_>, head: u8) -> Result<Option<u64>, Flaw> {
    let start = reader.at.saturating_sub(1);
    Ok(match head & 0x1f {
        short @ 0..=23 => Some(short.into()),
        24 => Some(reader.u8()?.into()),
        25 => Some(u16::from_be_bytes(reader.array()?).into()),
        26 => Some(u32::from_be_bytes(reader.array()?).into()),
        27 => Some(u64::from_be_bytes(reader.array()?)),
        31 if matches!(head >> 5, 2..=5) => None,
        _ => return Err(Flaw::new(start, format!("0x{head:02x} begins no value"))),
    })
}

/// Reads a value; the nesting is bounded by the sheet.
fn value(reader: &mut Reader<'_>, jot: &mut Jot) -> Result<(), Flaw> {
    let start = reader.at;
    let stopped = |stop: Stop| stop.flaw(start);
    let head = reader.u8()?;
    if head >> 5 == 7 {
        return simple(reader, jot, head, start);
    }
    let argument = argument(reader, head)?;
    match (head >> 5, argument) {
        (0, Some(n)) => jot.whole(n).map_err(stopped),
        (1, Some(n)) => jot.whole(-1 - i128::from(n)).map_err(stopped),
        (2, argument) => {
            let bytes = string(reader, argument, 2)?;
            jot.bytes(&bytes).map_err(stopped)
        }
        (3, argument) => {
            let text = string(reader, argument, 3)?;
            jot.text_or_bytes(&text).map_err(stopped)
        }
        (4, n) => {
            jot.open(b'[').map_err(stopped)?;
            let mut n_read = 0;
            while goes_on(reader, n, &mut n_read) {
                value(reader, jot)?;
            }
            jot.close(b']').map_err(stopped)
        }
        (5, n) => {
            jot.open(b'{').map_err(stopped)?;
            let mut n_read = 0;
            while goes_on(reader, n, &mut n_read) {
                let mut key = jot.aside();
                value(reader, &mut key)?;
                jot.key_of(key).map_err(stopped)?;
                value(reader, jot)?;
            }
            jot.close(b'}').map_err(stopped)
        }
        (_, Some(tag)) => tagged(reader, jot, tag, start),
        (_, None) => Err(Flaw::new(start, "a number without its digits")),
    }
}

/// Whether another element follows; the end mark of what has no length is taken.
fn goes_on(reader: &mut Reader<'_>, n: Option<u64>, n_read: &mut u64) -> bool {
    match n {
        Some(n) => {
            *n_read += 1;
            *n_read <= n
        }
        None if reader.peek() == Some(BREAK) => {
            reader.at += 1;
            false
        }
        None => true,
    }
}

/// The bytes of a string, put together where they come in pieces.
fn string(reader: &mut Reader<'_>, argument: Option<u64>, major: u8) -> Result<Vec<u8>, Flaw> {
    let Some(n) = argument else {
        let mut whole = Vec::new();
        let mut n_read = 0;
        while goes_on(reader, None, &mut n_read) {
            let at = reader.at;
            let head = reader.u8()?;
            let n = self::argument(reader, head)?;
            let Some(n) = n.filter(|_| head >> 5 == major) else {
                return Err(Flaw::new(at, "a piece of a string is of another kind"));
            };
            whole.extend_from_slice(reader.take(n)?);
        }
        return Ok(whole);
    };
    Ok(reader.take(n)?.to_vec())
}

fn simple(reader: &mut Reader<'_>, jot: &mut Jot, head: u8, start: usize) -> Result<(), Flaw> {
    let stopped = |stop: Stop| stop.flaw(start);
    let named = |jot: &mut Jot, n: u8| {
        jot.open(b'{')?;
        jot.key("simple")?;
        jot.whole(n)?;
        jot.close(b'}')
    };
    match head & 0x1f {
        20 => jot.truth(false).map_err(stopped),
        21 => jot.truth(true).map_err(stopped),
        22 => jot.null().map_err(stopped),
        23 => jot.plain("\"undefined\"").map_err(stopped),
        24 => {
            let n = reader.u8()?;
            named(jot, n).map_err(stopped)
        }
        25 => {
            let half = u16::from_be_bytes(reader.array()?);
            jot.single(of_half(half)).map_err(stopped)
        }
        26 => {
            let number = f32::from_be_bytes(reader.array()?);
            jot.single(number).map_err(stopped)
        }
        27 => {
            let number = f64::from_be_bytes(reader.array()?);
            jot.double(number).map_err(stopped)
        }
        n @ 0..=19 => named(jot, n).map_err(stopped),
        _ => Err(Flaw::new(start, format!("0x{head:02x} begins no value"))),
    }
}

/// A float of 16 bits.
fn of_half(half: u16) -> f32 {
    let sign = if half & 0x8000 == 0 { 1.0 } else { -1.0 };
    let (exponent, fraction) = (half >> 10 & 0x1f, half & 0x3ff);
    let is_whole = fraction == 0;
    let fraction = f32::from(fraction);
    match exponent {
        0 => sign * fraction * 2.0_f32.powi(-24),
        31 if is_whole => sign * f32::INFINITY,
        31 => f32::NAN,
        exponent => sign * (1.0 + fraction / 1024.0) * 2.0_f32.powi(i32::from(exponent) - 15),
    }
}

fn tagged(reader: &mut Reader<'_>, jot: &mut Jot, tag: u64, start: usize) -> Result<(), Flaw> {
    let stopped = |stop: Stop| stop.flaw(start);
    let known = match tag {
        0 => reader.peek().filter(|head| head >> 5 == 3).map(|_| None),
        1 => date_of(reader).map(|date| Some(format!("\"{date}\""))),
        2 | 3 => big(reader, tag == 3).map(Some),
        37 => uuid(reader).map(|uuid| Some(format!("\"{uuid}\""))),
        _ => None,
    };
    match known {
        Some(Some(json)) => jot.plain(&json).map_err(stopped),
        // A text that says by itself what it is.
        Some(None) => value(reader, jot),
        None => {
            jot.open(b'{').map_err(stopped)?;
            jot.key(&format!("tag {tag}")).map_err(stopped)?;
            value(reader, jot)?;
            jot.close(b'}').map_err(stopped)
        }
    }
}

/// A number of seconds since 1970 as a date; the reader moves only when there is one.
fn date_of(reader: &mut Reader<'_>) -> Option<String> {
    let mut ahead = *reader;
    let head = ahead.u8().ok()?;
    let (seconds, ns) = match head {
        0..=0x1b => (i64::try_from(argument(&mut ahead, head).ok()??).ok()?, 0),
        0x20..=0x3b => (-1 - i64::try_from(argument(&mut ahead, head).ok()??).ok()?, 0),
        0xfb => {
            let seconds = f64::from_be_bytes(ahead.array().ok()?);
            let whole = seconds.floor();
            if !(-1e12..1e12).contains(&whole) {
                return None;
            }
            // A float of today has room for microseconds.
            #[expect(clippy::cast_possible_truncation, reason = "both were brought within their range")]
            let (whole, us) = (whole as i64, ((seconds - whole) * 1e6).round() as i64);
            (whole + us / 1_000_000, u32::try_from(us % 1_000_000).ok()? * 1_000)
        }
        _ => return None,
    };
    let date = date::rfc3339(seconds, ns)?;
    *reader = ahead;
    Some(date)
}

/// A whole number of any size in digits; the reader moves only when there is one.
fn big(reader: &mut Reader<'_>, is_negative: bool) -> Option<String> {
    let mut ahead = *reader;
    let head = ahead.u8().ok().filter(|head| head >> 5 == 2)?;
    let n = argument(&mut ahead, head).ok()??;
    let bytes = ahead.take(n).ok().filter(|bytes| bytes.len() <= MAX_BIG_BYTES)?;
    // Digits with the lowest first; -1 - n is the same digits as n + 1 behind a minus.
    let mut digits = vec![0_u8];
    let start = bytes.iter().map(|byte| u32::from(*byte)).collect::<Vec<_>>();
    for byte in start {
        let mut carry = byte;
        for digit in &mut digits {
            carry += u32::from(*digit) * 256;
            *digit = (carry % 10) as u8;
            carry /= 10;
        }
        while carry > 0 {
            digits.push((carry % 10) as u8);
            carry /= 10;
        }
    }
    if is_negative {
        let mut place = 0;
        while digits.get(place) == Some(&9) {
            if let Some(digit) = digits.get_mut(place) {
                *digit = 0;
            }
            place += 1;
        }
        match digits.get_mut(place) {
            Some(digit) => *digit += 1,
            None => digits.push(1),
        }
    }
    *reader = ahead;
    let sign = if is_negative { "-" } else { "" };
    Some(format!("{sign}{}", digits.iter().rev().map(|digit| char::from(b'0' + digit)).collect::<String>()))
}

fn uuid(reader: &mut Reader<'_>) -> Option<String> {
    let mut ahead = *reader;
    // A string of sixteen bytes.
    ahead.u8().ok().filter(|head| *head == 0x50)?;
    let number = u128::from_be_bytes(ahead.array().ok()?);
    *reader = ahead;
    let part = |from: u32, n_digits: usize| {
        let part = number >> from & ((1 << (n_digits * 4)) - 1);
        format!("{part:0n_digits$x}")
    };
    Some([part(96, 8), part(80, 4), part(64, 4), part(48, 4), part(0, 12)].join("-"))
}
