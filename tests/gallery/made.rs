//! Bytes that documentation describes and nobody can write by hand: pictures, packings, protobuf. Owns a small encoder.
use std::io::Write;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};

pub fn gzip(text: &str) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(text.as_bytes()).unwrap();
    packer.finish().unwrap()
}

pub fn zlib(text: impl AsRef<[u8]>) -> Vec<u8> {
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::default());
    packer.write_all(text.as_ref()).unwrap();
    packer.finish().unwrap()
}

/// A JPEG's head with its measures, and as many bytes behind it as it shall have.
pub fn jpeg(cols: u16, rows: u16, n_bytes: usize) -> Vec<u8> {
    let mut bytes = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xc0\0\x11\x08".to_vec();
    bytes.extend(rows.to_be_bytes());
    bytes.extend(cols.to_be_bytes());
    bytes.extend(b"\x03\x01\x22\0\x02\x11\x01\x03\x11\x01");
    let body = (0_u8..=250).cycle().take(n_bytes.saturating_sub(bytes.len() + 2));
    bytes.extend(body);
    bytes.extend(b"\xff\xd9");
    bytes
}

/// A message of protobuf, field by field.
#[derive(Clone, Default)]
pub struct Proto(pub Vec<u8>);

pub fn proto() -> Proto {
    Proto::default()
}

impl Proto {
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

    pub fn fixed(self, number: u64, n: u32) -> Self {
        let mut made = self.varint(number << 3 | 5);
        made.0.extend(n.to_le_bytes());
        made
    }

    pub fn float(self, number: u64, float: f32) -> Self {
        self.fixed(number, float.to_bits())
    }
}
