//! Pictures by their heads. Owns kinds and measures; no pixel is decoded.
use super::reader::Reader;

/// A picture's kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// GIF.
    Gif,
    /// WebP.
    WebP,
    /// Windows bitmap.
    Bmp,
}

impl Kind {
    /// What the screen calls it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::Gif => "GIF",
            Self::WebP => "WebP",
            Self::Bmp => "BMP",
        }
    }

    /// The ending of its files.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Gif => "gif",
            Self::WebP => "webp",
            Self::Bmp => "bmp",
        }
    }
}

/// What a picture's head says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Image {
    /// Its kind.
    pub kind: Kind,
    /// Columns and rows of pixels; none when the head is cut before it says.
    pub size: Option<(u32, u32)>,
}

/// The picture that bytes begin as.
pub fn read(bytes: &[u8]) -> Option<Image> {
    let kind = match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Kind::Png,
        [0xff, 0xd8, 0xff, ..] => Kind::Jpeg,
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Kind::Gif,
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Kind::WebP,
        // Its head's length is one of few: two letters alone are a word.
        [b'B', b'M', _, _, _, _, _, _, _, _, _, _, _, _, 12 | 40 | 52 | 56 | 64 | 108 | 124, 0, 0, 0, ..] => {
            Kind::Bmp
        }
        _ => return None,
    };
    let size = match kind {
        Kind::Png => png(bytes),
        Kind::Jpeg => jpeg(bytes),
        Kind::Gif => gif(bytes),
        Kind::WebP => webp(bytes),
        Kind::Bmp => bmp(bytes),
    };
    Some(Image { kind, size })
}

fn at(bytes: &[u8], offset: usize) -> Reader<'_> {
    Reader { bytes, at: offset }
}

fn png(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut head = at(bytes, 12);
    let is_head = head.take(4).ok()? == b"IHDR";
    let size = (u32::from_be_bytes(head.array().ok()?), u32::from_be_bytes(head.array().ok()?));
    is_head.then_some(size)
}

/// Goes from segment to segment to the one that begins a frame.
fn jpeg(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut head = at(bytes, 2);
    loop {
        if head.u8().ok()? != 0xff {
            return None;
        }
        let mut marker = head.u8().ok()?;
        while marker == 0xff {
            marker = head.u8().ok()?;
        }
        match marker {
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                head.take(3).ok()?;
                let rows = u16::from_be_bytes(head.array().ok()?);
                let cols = u16::from_be_bytes(head.array().ok()?);
                return Some((cols.into(), rows.into()));
            }
            // These stand alone.
            0x01 | 0xd0..=0xd8 => {}
            0xd9 | 0xda => return None,
            _ => {
                let length = u16::from_be_bytes(head.array().ok()?);
                head.take(u64::from(length.checked_sub(2)?)).ok()?;
            }
        }
    }
}

fn gif(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut head = at(bytes, 6);
    let cols = u16::from_le_bytes(head.array().ok()?);
    let rows = u16::from_le_bytes(head.array().ok()?);
    Some((cols.into(), rows.into()))
}

fn webp(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut head = at(bytes, 12);
    match head.take(4).ok()? {
        b"VP8 " => {
            let mut frame = at(bytes, 26);
            let cols = u16::from_le_bytes(frame.array().ok()?) & 0x3fff;
            let rows = u16::from_le_bytes(frame.array().ok()?) & 0x3fff;
            Some((cols.into(), rows.into()))
        }
        b"VP8L" => {
            let mut frame = at(bytes, 21);
            let bits = u32::from_le_bytes(frame.array().ok()?);
            Some(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
        }
        b"VP8X" => {
            let mut frame = at(bytes, 24);
            let mut three = || {
                let [a, b, c] = frame.array().ok()?;
                Some(u32::from_le_bytes([a, b, c, 0]) + 1)
            };
            Some((three()?, three()?))
        }
        _ => None,
    }
}

fn bmp(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut head = at(bytes, 18);
    if bytes.get(14) == Some(&12) {
        let cols = u16::from_le_bytes(head.array().ok()?);
        let rows = u16::from_le_bytes(head.array().ok()?);
        return Some((cols.into(), rows.into()));
    }
    let cols = i32::from_le_bytes(head.array().ok()?);
    let rows = i32::from_le_bytes(head.array().ok()?);
    // A negative height means that the uppermost row comes first.
    Some((cols.unsigned_abs(), rows.unsigned_abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The head of a JPEG as Frigate's snapshots have it: JFIF, a table, a frame of 1280 by 720.
    pub fn jpeg_head() -> Vec<u8> {
        let mut bytes = vec![0xff, 0xd8, 0xff, 0xe0, 0, 16];
        bytes.extend(b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0");
        bytes.extend([0xff, 0xdb, 0, 4, 1, 2, 0xff, 0xff, 0xc0, 0, 11, 8, 0x02, 0xd0, 0x05, 0, 1, 0x11, 0]);
        bytes
    }

    #[test]
    fn heads_tell_kind_and_measures() {
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        png.extend([0, 0, 2, 0x80, 0, 0, 1, 0xe0, 8, 2, 0, 0, 0]);
        let mut bmp = b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0".to_vec();
        bmp.extend([64, 0, 0, 0]);
        bmp.extend((-48_i32).to_le_bytes());
        let mut webp = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0".to_vec();
        webp.extend([0x7f, 2, 0, 0xdf, 1, 0]);
        for (bytes, kind, size) in [
            (png, Kind::Png, (640, 480)),
            (jpeg_head(), Kind::Jpeg, (1280, 720)),
            (b"GIF89a\x40\x01\xf0\0".to_vec(), Kind::Gif, (320, 240)),
            (webp, Kind::WebP, (640, 480)),
            (bmp, Kind::Bmp, (64, 48)),
        ] {
            assert_eq!(read(&bytes), Some(Image { kind, size: Some(size) }));
            for end in 0..bytes.len() {
                // However it is cut, it is the same picture or none.
                let cut = read(&bytes[..end]);
                assert!(cut.is_none_or(|cut| cut.kind == kind && cut.size.is_none_or(|cut| cut == size)));
            }
        }
        assert_eq!(read(b"BMW is a word"), None);
    }
}
