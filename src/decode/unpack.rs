//! Compressed payloads undone. Owns the marks they are known by, the bound at which a bomb is stopped, and where a
//! broken one breaks.
use std::io::{self, BufRead, Read};

use super::bounds::{Bounds, Flaw};
use super::decoder::Decoder;
use super::escape::sanitize;

/// Window that a zstd frame may ask for whatever the output's bound: what the format's RFC has every reader grant.
const ZSTD_WINDOW_BYTES: usize = 8 << 20;

/// Columns of an outside crate's words.
const MAX_WORDS_COLS: usize = 120;

/// Compressed parts behind each other that are undone: a log sent as it grew has a few.
const MAX_PARTS: usize = 1_000;

/// What was in a packing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Unpacked {
    /// The bytes, as many as the bound lets out.
    pub bytes: Vec<u8>,
    /// Whether there would be more.
    pub is_cut: bool,
    /// Bytes at the end that are no part of the packing.
    pub n_left: usize,
}

/// How sure a mark is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// Bytes that nothing else begins with: when undoing fails, it is broken.
    Sure(Decoder),
    /// Bytes that may be anything: when undoing fails, it was something else.
    Weak(Decoder),
}

/// The packing that bytes begin with the mark of.
pub(super) fn mark(bytes: &[u8]) -> Option<Mark> {
    match bytes {
        [0x1f, 0x8b, 8, ..] => Some(Mark::Sure(Decoder::Gzip)),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Mark::Sure(Decoder::Zstd)),
        [0x04, 0x22, 0x4d, 0x18, ..] => Some(Mark::Sure(Decoder::Lz4)),
        [0xff, 6, 0, 0, b's', b'N', b'a', b'P', b'p', b'Y', ..] => Some(Mark::Sure(Decoder::Snappy)),
        // Deflate with a window of up to 32 kB, no dictionary, and a check that one in 31 passes by chance.
        [first, second, _, ..]
            if first & 0x8f == 8
                && second & 0x20 == 0
                && u16::from_be_bytes([*first, *second]).is_multiple_of(31) =>
        {
            Some(Mark::Weak(Decoder::Zlib))
        }
        _ => None,
    }
}

/// Undoes a compression.
pub(super) fn unpack(decoder: Decoder, bytes: &[u8], bounds: &Bounds) -> Result<Unpacked, Flaw> {
    let is_bare = !matches!(mark(bytes), Some(Mark::Sure(Decoder::Snappy)));
    if decoder == Decoder::Snappy && is_bare {
        return bare_snappy(bytes, bounds);
    }
    let mut source = Source { whole: bytes, at: 0, is_past: false };
    let mut unpacked = Unpacked::default();
    for _ in 0..MAX_PARTS {
        let part = part(decoder, &mut source, &mut unpacked, bounds);
        if let Err(error) = part {
            let is_short = error.kind() == io::ErrorKind::UnexpectedEof || source.is_past;
            let words = if is_short {
                "the rest of it is missing".to_owned()
            } else {
                sanitize(error.to_string().as_bytes(), MAX_WORDS_COLS)
            };
            return Err(Flaw::new(source.at, words));
        }
        let rest = bytes.get(source.at..).unwrap_or_default();
        let is_more = matches!(mark(rest), Some(Mark::Sure(next)) if next == decoder);
        if unpacked.is_cut || !is_more {
            unpacked.n_left = if unpacked.is_cut { 0 } else { rest.len() };
            return Ok(unpacked);
        }
    }
    unpacked.is_cut = true;
    Ok(unpacked)
}

/// Undoes one of the parts behind each other.
fn part(
    decoder: Decoder,
    source: &mut Source<'_>,
    unpacked: &mut Unpacked,
    bounds: &Bounds,
) -> io::Result<()> {
    match decoder {
        Decoder::Gzip => drain(&mut flate2::bufread::GzDecoder::new(source), unpacked, bounds),
        Decoder::Zlib => drain(&mut flate2::bufread::ZlibDecoder::new(source), unpacked, bounds),
        Decoder::Lz4 => {
            drain(&mut lz4_flex::frame::FrameDecoder::new(&mut *source), unpacked, bounds)?;
            // This reader takes the end of its input for the end of the frame.
            if source.is_past && !unpacked.is_cut {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            Ok(())
        }
        Decoder::Snappy => drain(&mut snap::read::FrameDecoder::new(source), unpacked, bounds),
        Decoder::Zstd => {
            let window = bounds.max_out_bytes.max(ZSTD_WINDOW_BYTES) as u64;
            let mut reader = ruzstd::decoding::StreamingDecoder::new_with_max_window_size(source, window)
                .map_err(io::Error::other)?;
            drain(&mut reader, unpacked, bounds)?;
            let frame = &reader.decoder;
            let told = frame.get_checksum_from_data();
            if !unpacked.is_cut && told.is_some() && told != frame.get_calculated_checksum() {
                return Err(io::Error::other("the checksum does not match"));
            }
            Ok(())
        }
        Decoder::Base64
        | Decoder::Utf16
        | Decoder::Text
        | Decoder::Json
        | Decoder::JsonLines
        | Decoder::Xml
        | Decoder::MessagePack
        | Decoder::Cbor
        | Decoder::Sparkplug
        | Decoder::Meshtastic
        | Decoder::Protobuf
        | Decoder::ProtobufFields
        | Decoder::Image
        | Decoder::Numbers(_)
        | Decoder::Hex => Err(io::Error::other("it is no compression")),
    }
}

/// Reads what comes out, up to the bound.
fn drain(reader: &mut impl Read, unpacked: &mut Unpacked, bounds: &Bounds) -> io::Result<()> {
    let room = bounds.max_out_bytes.saturating_sub(unpacked.bytes.len());
    // One byte more than there is room for tells whether there is more.
    reader.take(room as u64 + 1).read_to_end(&mut unpacked.bytes)?;
    unpacked.is_cut = unpacked.bytes.len() > bounds.max_out_bytes;
    unpacked.bytes.truncate(bounds.max_out_bytes);
    Ok(())
}

fn bare_snappy(bytes: &[u8], bounds: &Bounds) -> Result<Unpacked, Flaw> {
    let flaw = |error: snap::Error| Flaw::new(0, sanitize(error.to_string().as_bytes(), MAX_WORDS_COLS));
    let n_bytes = snap::raw::decompress_len(bytes).map_err(flaw)?;
    if n_bytes > bounds.max_out_bytes {
        let words =
            format!("{n_bytes} bytes are said to be in it, over the bound of {}", bounds.max_out_bytes);
        return Err(Flaw::bound(0, words));
    }
    let bytes = snap::raw::Decoder::new().decompress_vec(bytes).map_err(flaw)?;
    Ok(Unpacked { bytes, is_cut: false, n_left: 0 })
}

/// The packed bytes, and how far they were read.
struct Source<'a> {
    whole: &'a [u8],
    at: usize,
    /// Whether more was wanted than there is.
    is_past: bool,
}

impl Source<'_> {
    fn rest(&self) -> &[u8] {
        self.whole.get(self.at..).unwrap_or_default()
    }
}

impl Read for Source<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let n = into.len().min(self.rest().len());
        self.is_past |= n == 0 && !into.is_empty();
        for (to, from) in into.iter_mut().zip(self.rest()) {
            *to = *from;
        }
        self.at += n;
        Ok(n)
    }
}

impl BufRead for Source<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        Ok(self.rest())
    }

    fn consume(&mut self, n: usize) {
        self.at += n.min(self.rest().len());
    }
}
