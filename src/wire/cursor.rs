//! Reading numbers and strings (MQTT 5.0 section 1.5). Owns the bounds of one packet; knows no packet.
use super::{WireError, malformed};
use crate::mqtt::PacketId;

/// What is left of one packet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a> {
    rest: &'a [u8],
    /// The packet's name, for the words of an error.
    what: &'static str,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8], what: &'static str) -> Self {
        Self { rest: bytes, what }
    }

    pub(super) fn what(&self) -> &'static str {
        self.what
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Everything that is left.
    pub(super) fn rest(self) -> &'a [u8] {
        self.rest
    }

    pub(super) fn take(&mut self, n_bytes: usize) -> Result<&'a [u8], WireError> {
        let Some((taken, rest)) = self.rest.split_at_checked(n_bytes) else {
            return malformed(format!("{} is shorter than what it says it holds", self.what));
        };
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], WireError> {
        let Some((taken, rest)) = self.rest.split_first_chunk::<N>() else {
            return malformed(format!("{} is shorter than what it says it holds", self.what));
        };
        self.rest = rest;
        Ok(*taken)
    }

    pub(super) fn byte(&mut self) -> Result<u8, WireError> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(super) fn two(&mut self) -> Result<u16, WireError> {
        self.array().map(u16::from_be_bytes)
    }

    pub(super) fn four(&mut self) -> Result<u32, WireError> {
        self.array().map(u32::from_be_bytes)
    }

    /// A packet identifier, which never is 0 (MQTT-2.2.1-3).
    pub(super) fn packet_id(&mut self) -> Result<PacketId, WireError> {
        match PacketId::new(self.two()?) {
            Some(id) => Ok(id),
            None => malformed(format!("{} has the packet id 0", self.what)),
        }
    }

    /// A variable byte integer of at most four bytes (section 1.5.5).
    pub(super) fn varint(&mut self) -> Result<u32, WireError> {
        match varint(self.rest) {
            Varint::Is(number, n_bytes) => {
                self.take(n_bytes)?;
                Ok(number)
            }
            Varint::Short | Varint::TooLong => {
                malformed(format!("{} holds a length of more than four bytes, or none", self.what))
            }
        }
    }

    /// Bytes behind a length of two.
    pub(super) fn binary(&mut self) -> Result<&'a [u8], WireError> {
        let n_bytes = self.two()?;
        self.take(usize::from(n_bytes))
    }

    /// A string: UTF-8 without U+0000 (section 1.5.4).
    pub(super) fn text(&mut self) -> Result<&'a str, WireError> {
        let bytes = self.binary()?;
        match std::str::from_utf8(bytes) {
            Ok(text) if !bytes.contains(&0) => Ok(text),
            Ok(_) => malformed(format!("{} holds a string with the null character", self.what)),
            Err(_) => malformed(format!("{} holds a string that is no UTF-8", self.what)),
        }
    }

    /// The list of properties: a length, then so many bytes.
    pub(super) fn block(&mut self) -> Result<Self, WireError> {
        let n_bytes = self.varint()?;
        let bytes = self.take(usize::try_from(n_bytes).unwrap_or(usize::MAX))?;
        Ok(Self { rest: bytes, what: self.what })
    }

    /// Holds that nothing is left.
    pub(super) fn end(self) -> Result<(), WireError> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            malformed(format!("{} has {} bytes too many", self.what, self.rest.len()))
        }
    }
}

/// A variable byte integer at the front of some bytes.
pub(super) enum Varint {
    /// The number, and how many bytes it took.
    Is(u32, usize),
    /// It goes on behind the end.
    Short,
    /// It goes on behind the fourth byte.
    TooLong,
}

pub(super) fn varint(bytes: &[u8]) -> Varint {
    let mut number = 0_u32;
    for (idx, byte) in bytes.iter().take(4).enumerate() {
        number |= u32::from(byte & 0x7F) << (7 * idx);
        if byte & 0x80 == 0 {
            return Varint::Is(number, idx + 1);
        }
    }
    if bytes.len() < 4 { Varint::Short } else { Varint::TooLong }
}
