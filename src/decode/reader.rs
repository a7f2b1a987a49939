//! Bytes read from the front, with the place for whoever has to say where they end too early.
use super::bounds::Flaw;

/// Bytes and a place in them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'a> {
    /// All of them.
    pub bytes: &'a [u8],
    /// The next one.
    pub at: usize,
}

impl<'a> Reader<'a> {
    /// From the first byte on.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Bytes not read yet.
    pub const fn n_left(&self) -> usize {
        self.bytes.len().saturating_sub(self.at)
    }

    /// The next byte, left where it is.
    pub fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// The next byte.
    pub fn u8(&mut self) -> Result<u8, Flaw> {
        let [byte] = self.array()?;
        Ok(byte)
    }

    /// So many bytes; a length that claims more than there is costs nothing.
    pub fn take(&mut self, n: u64) -> Result<&'a [u8], Flaw> {
        let end = usize::try_from(n).ok().and_then(|n| self.at.checked_add(n));
        let Some(taken) = end.and_then(|end| self.bytes.get(self.at..end)) else {
            let words = format!("{n} bytes should follow, {} are left", self.n_left());
            return Err(Flaw::new(self.at, words));
        };
        self.at += taken.len();
        Ok(taken)
    }

    /// As many bytes as the array holds.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], Flaw> {
        Ok(self.take(N as u64)?.try_into().unwrap_or([0; N]))
    }
}
