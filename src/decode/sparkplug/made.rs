//! Messages of protobuf put together for tests. Owns a small encoder.

/// A message as it is put together.
#[derive(Clone, Default)]
pub(crate) struct Made(pub Vec<u8>);

impl Made {
    fn varint(mut self, mut n: u64) -> Self {
        while n > 0x7f {
            self.0.push(0x80 | u8::try_from(n & 0x7f).unwrap());
            n >>= 7;
        }
        self.0.push(u8::try_from(n).unwrap());
        self
    }

    pub fn n(self, number: u64, n: u64) -> Self {
        self.varint(number << 3).varint(n)
    }

    pub fn bytes(self, number: u64, bytes: impl AsRef<[u8]>) -> Self {
        let mut made = self.varint(number << 3 | 2).varint(bytes.as_ref().len() as u64);
        made.0.extend(bytes.as_ref());
        made
    }

    pub fn inside(self, number: u64, message: Self) -> Self {
        self.bytes(number, message.0)
    }

    pub fn single(self, number: u64, float: f32) -> Self {
        let mut made = self.varint(number << 3 | 5);
        made.0.extend(float.to_le_bytes());
        made
    }

    pub fn double(self, number: u64, float: f64) -> Self {
        let mut made = self.varint(number << 3 | 1);
        made.0.extend(float.to_le_bytes());
        made
    }
}

/// One with no field yet.
pub(crate) fn made() -> Made {
    Made::default()
}
