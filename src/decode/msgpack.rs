//! `MessagePack` as JSON. Owns the format's marks; an extension is `{"ext 5": …}`, its timestamp a date.
use super::bounds::{Bounds, Flaw};
use super::date;
use super::jot::{Jot, Stop};
use super::reader::Reader;

/// Fewest letters of texts in what is believed unasked: numbers alone are what any bytes are.
const MIN_GUESSED_LETTERS: usize = 2;

/// The one value that bytes are.
pub(super) fn decode(bytes: &[u8], bounds: &Bounds) -> Result<Vec<u8>, Flaw> {
    read(bytes, bounds).map(Jot::finish)
}

/// Likewise, when the bytes are most likely meant so: a list or a map with words in it, whole and nothing more. Fails
/// only where the bound stops the reading before that is known.
pub(super) fn guess(bytes: &[u8], bounds: &Bounds) -> Result<Option<Vec<u8>>, Flaw> {
    if !matches!(bytes.first(), Some(0x80..=0x9f | 0xdc..=0xdf)) {
        return Ok(None);
    }
    match read(bytes, bounds) {
        Ok(jot) => Ok((jot.n_letters >= MIN_GUESSED_LETTERS && !jot.has_odd_key).then(|| jot.finish())),
        Err(flaw) if flaw.is_bound() => Err(flaw),
        Err(_) => Ok(None),
    }
}

fn read(bytes: &[u8], bounds: &Bounds) -> Result<Jot, Flaw> {
    let mut reader = Reader::new(bytes);
    let mut jot = Jot::new(bounds);
    value(&mut reader, &mut jot)?;
    match reader.n_left() {
        0 => Ok(jot),
        n => Err(Flaw::new(reader.at, format!("{n} bytes follow the value"))),
    }
}

/// Reads a value; the nesting is bounded by the sheet.
fn value(reader: &mut Reader<'_>, jot: &mut Jot) -> Result<(), Flaw> {
    let start = reader.at;
    let stopped = |stop: Stop| stop.flaw(start);
    macro_rules! number {
        ($type:ty) => {
            <$type>::from_be_bytes(reader.array()?)
        };
    }
    match reader.u8()? {
        byte @ 0..=0x7f => jot.whole(byte).map_err(stopped),
        byte @ 0x80..=0x8f => map(reader, jot, u64::from(byte & 0xf), start),
        byte @ 0x90..=0x9f => list(reader, jot, u64::from(byte & 0xf), start),
        byte @ 0xa0..=0xbf => {
            let text = reader.take(u64::from(byte & 0x1f))?;
            jot.text_or_bytes(text).map_err(stopped)
        }
        0xc0 => jot.null().map_err(stopped),
        0xc1 => Err(Flaw::new(start, "0xc1 begins no value")),
        byte @ (0xc2 | 0xc3) => jot.truth(byte == 0xc3).map_err(stopped),
        byte @ 0xc4..=0xc6 => {
            let n = length(reader, byte - 0xc4)?;
            let bytes = reader.take(n)?;
            jot.bytes(bytes).map_err(stopped)
        }
        byte @ 0xc7..=0xc9 => {
            let n = length(reader, byte - 0xc7)?;
            extension(reader, jot, n, start)
        }
        0xca => jot.single(number!(f32)).map_err(stopped),
        0xcb => jot.double(number!(f64)).map_err(stopped),
        0xcc => jot.whole(number!(u8)).map_err(stopped),
        0xcd => jot.whole(number!(u16)).map_err(stopped),
        0xce => jot.whole(number!(u32)).map_err(stopped),
        0xcf => jot.whole(number!(u64)).map_err(stopped),
        0xd0 => jot.whole(number!(i8)).map_err(stopped),
        0xd1 => jot.whole(number!(i16)).map_err(stopped),
        0xd2 => jot.whole(number!(i32)).map_err(stopped),
        0xd3 => jot.whole(number!(i64)).map_err(stopped),
        byte @ 0xd4..=0xd8 => extension(reader, jot, 1 << (byte - 0xd4), start),
        byte @ 0xd9..=0xdb => {
            let n = length(reader, byte - 0xd9)?;
            let text = reader.take(n)?;
            jot.text_or_bytes(text).map_err(stopped)
        }
        byte @ (0xdc | 0xdd) => {
            let n = length(reader, byte - 0xdb)?;
            list(reader, jot, n, start)
        }
        byte @ (0xde | 0xdf) => {
            let n = length(reader, byte - 0xdd)?;
            map(reader, jot, n, start)
        }
        byte @ 0xe0..=0xff => jot.whole(byte.cast_signed()).map_err(stopped),
    }
}

/// A length of one, two or four bytes.
fn length(reader: &mut Reader<'_>, width: u8) -> Result<u64, Flaw> {
    Ok(match width {
        0 => u8::from_be_bytes(reader.array()?).into(),
        1 => u16::from_be_bytes(reader.array()?).into(),
        _ => u32::from_be_bytes(reader.array()?).into(),
    })
}

fn list(reader: &mut Reader<'_>, jot: &mut Jot, n: u64, start: usize) -> Result<(), Flaw> {
    jot.open(b'[').map_err(|stop| stop.flaw(start))?;
    for _ in 0..n {
        value(reader, jot)?;
    }
    jot.close(b']').map_err(|stop| stop.flaw(reader.at))
}

fn map(reader: &mut Reader<'_>, jot: &mut Jot, n: u64, start: usize) -> Result<(), Flaw> {
    jot.open(b'{').map_err(|stop| stop.flaw(start))?;
    for _ in 0..n {
        let at = reader.at;
        let mut key = jot.aside();
        value(reader, &mut key)?;
        jot.key_of(key).map_err(|stop| stop.flaw(at))?;
        value(reader, jot)?;
    }
    jot.close(b'}').map_err(|stop| stop.flaw(reader.at))
}

fn extension(reader: &mut Reader<'_>, jot: &mut Jot, n: u64, start: usize) -> Result<(), Flaw> {
    let kind = reader.u8()?.cast_signed();
    let bytes = reader.take(n)?;
    let date = Some(bytes).filter(|_| kind == -1).and_then(date_of);
    let write = |jot: &mut Jot| {
        if let Some(date) = date {
            return jot.text(&date);
        }
        jot.open(b'{')?;
        jot.key(&format!("ext {kind}"))?;
        jot.bytes(bytes)?;
        jot.close(b'}')
    };
    write(jot).map_err(|stop| stop.flaw(start))
}

/// The timestamp that the format's own extension holds, in one of three widths.
fn date_of(bytes: &[u8]) -> Option<String> {
    match bytes.len() {
        4 => date::rfc3339(u32::from_be_bytes(bytes.try_into().ok()?).into(), 0),
        8 => {
            let both = u64::from_be_bytes(bytes.try_into().ok()?);
            let ns = u32::try_from(both >> 34).ok()?;
            date::rfc3339(i64::try_from(both & 0x3_ffff_ffff).ok()?, ns)
        }
        12 => {
            let ns = u32::from_be_bytes(bytes.get(..4)?.try_into().ok()?);
            date::rfc3339(i64::from_be_bytes(bytes.get(4..)?.try_into().ok()?), ns)
        }
        _ => None,
    }
}
