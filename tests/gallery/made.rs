//! Bytes that documentation describes and nobody can write by hand: pictures, packings, protobuf. Owns the pictures
//! and packings.
use std::io::Write;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};

pub use mqttscope::decode::sparkplug::{Made as Proto, made as proto};

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
