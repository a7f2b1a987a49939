//! Messages of protobuf put together, field by field. Owns a small encoder; which fields there are, others know.

/// A message as it is put together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Made(pub Vec<u8>);

impl Made {
    fn varint(mut self, mut n: u64) -> Self {
        while n > 0x7f {
            let [low, ..] = n.to_le_bytes();
            self.0.push(0x80 | low);
            n >>= 7;
        }
        let [low, ..] = n.to_le_bytes();
        self.0.push(low);
        self
    }

    /// A field with a whole number.
    #[must_use]
    pub fn n(self, number: u64, n: u64) -> Self {
        self.varint(number << 3).varint(n)
    }

    /// A field with bytes, or with the bytes of a text.
    #[must_use]
    pub fn bytes(self, number: u64, bytes: impl AsRef<[u8]>) -> Self {
        let mut made = self.varint(number << 3 | 2).varint(bytes.as_ref().len() as u64);
        made.0.extend(bytes.as_ref());
        made
    }

    /// A field with a message inside.
    #[must_use]
    pub fn inside(self, number: u64, message: Self) -> Self {
        self.bytes(number, message.0)
    }

    /// A field with four bytes.
    #[must_use]
    pub fn fixed(self, number: u64, n: u32) -> Self {
        let mut made = self.varint(number << 3 | 5);
        made.0.extend(n.to_le_bytes());
        made
    }

    /// A field with a float of 32 bits.
    #[must_use]
    pub fn single(self, number: u64, float: f32) -> Self {
        self.fixed(number, float.to_bits())
    }

    /// A field with a float of 64 bits.
    #[must_use]
    pub fn double(self, number: u64, float: f64) -> Self {
        let mut made = self.varint(number << 3 | 1);
        made.0.extend(float.to_le_bytes());
        made
    }
}

/// One with no field yet.
pub fn made() -> Made {
    Made::default()
}
