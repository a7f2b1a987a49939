//! Writing numbers and strings (MQTT 5.0 section 1.5). Owns the limits of their lengths; knows no packet.
use super::WireError;

/// The largest remaining length that four bytes can say (section 1.5.5).
pub(super) const MAX_REMAINING: usize = 268_435_455;

pub(super) fn unwritable<T>(words: impl Into<String>) -> Result<T, WireError> {
    Err(WireError::Unwritable(words.into()))
}

pub(super) fn two(out: &mut Vec<u8>, number: u16) {
    out.extend_from_slice(&number.to_be_bytes());
}

/// How many bytes a variable byte integer takes.
pub(super) fn varint_bytes(number: usize) -> usize {
    match number {
        0..=127 => 1,
        128..=16_383 => 2,
        16_384..=2_097_151 => 3,
        _ => 4,
    }
}

/// A variable byte integer; what four bytes cannot say is an error.
pub(super) fn varint(out: &mut Vec<u8>, number: usize) -> Result<(), WireError> {
    if number > MAX_REMAINING {
        return unwritable(format!("{number} bytes are more than the {MAX_REMAINING} that MQTT can carry"));
    }
    let mut rest = number;
    loop {
        let low = u8::try_from(rest & 0x7F).unwrap_or_default();
        rest >>= 7;
        if rest == 0 {
            out.push(low);
            return Ok(());
        }
        out.push(low | 0x80);
    }
}

/// Bytes behind a length of two.
pub(super) fn binary(out: &mut Vec<u8>, bytes: &[u8]) -> Result<(), WireError> {
    let Ok(length) = u16::try_from(bytes.len()) else {
        return unwritable(format!(
            "a string or field of {} bytes exceeds MQTT's limit of 65,535",
            bytes.len()
        ));
    };
    two(out, length);
    out.extend_from_slice(bytes);
    Ok(())
}

/// A string: never U+0000 (MQTT-1.5.4-2).
pub(super) fn text(out: &mut Vec<u8>, text: &str) -> Result<(), WireError> {
    if text.contains('\0') {
        return unwritable(format!("MQTT cannot carry the null character in {text:?}"));
    }
    binary(out, text.as_bytes())
}

/// First byte, remaining length, remainder.
pub(super) fn frame(first: u8, remainder: &[u8], out: &mut Vec<u8>) -> Result<(), WireError> {
    out.push(first);
    varint(out, remainder.len())?;
    out.extend_from_slice(remainder);
    Ok(())
}

/// A property list on its way out.
#[derive(Debug, Default)]
pub(super) struct Block(Vec<u8>);

impl Block {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// With its own length in front.
    pub(super) fn n_bytes(&self) -> usize {
        varint_bytes(self.0.len()) + self.0.len()
    }

    pub(super) fn flag(&mut self, id: u8, value: Option<bool>) {
        self.byte(id, value.map(u8::from));
    }

    pub(super) fn byte(&mut self, id: u8, value: Option<u8>) {
        self.0.extend(value.into_iter().flat_map(|byte| [id, byte]));
    }

    pub(super) fn two(&mut self, id: u8, value: Option<u16>) {
        if let Some(number) = value {
            self.0.push(id);
            two(&mut self.0, number);
        }
    }

    pub(super) fn four(&mut self, id: u8, value: Option<u32>) {
        if let Some(number) = value {
            self.0.push(id);
            self.0.extend_from_slice(&number.to_be_bytes());
        }
    }

    pub(super) fn varint(&mut self, id: u8, number: u32) -> Result<(), WireError> {
        self.0.push(id);
        varint(&mut self.0, usize::try_from(number).unwrap_or(usize::MAX))
    }

    pub(super) fn text(&mut self, id: u8, value: Option<&str>) -> Result<(), WireError> {
        let Some(value) = value else { return Ok(()) };
        self.0.push(id);
        text(&mut self.0, value)
    }

    pub(super) fn binary(&mut self, id: u8, value: Option<&[u8]>) -> Result<(), WireError> {
        let Some(value) = value else { return Ok(()) };
        self.0.push(id);
        binary(&mut self.0, value)
    }

    pub(super) fn pairs(&mut self, id: u8, pairs: &[(String, String)]) -> Result<(), WireError> {
        for (name, value) in pairs {
            self.0.push(id);
            text(&mut self.0, name)?;
            text(&mut self.0, value)?;
        }
        Ok(())
    }

    /// Appends the length and the list.
    pub(super) fn finish(&self, out: &mut Vec<u8>) -> Result<(), WireError> {
        varint(out, self.0.len())?;
        out.extend_from_slice(&self.0);
        Ok(())
    }
}
