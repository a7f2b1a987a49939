//! Bytes as a dump: offset, hexadecimal digits, ASCII. Owns its layout; costs the window, not the payload.
use super::{Ink, Line};

/// Digits an offset has; enough for the largest packet the protocol knows (256 MiB).
const OFFSET_DIGITS: usize = 7;

/// How many bytes a line holds when it may be so many columns wide.
pub fn bytes_per_line(max_cols: usize) -> usize {
    match max_cols {
        0..=40 => 4,
        41..=75 => 8,
        76.. => 16,
    }
}

/// How many lines so many bytes take.
pub fn n_lines(n_bytes: usize, per_line: usize) -> usize {
    n_bytes.div_ceil(per_line.max(1))
}

/// The lines of a window.
pub fn lines(bytes: &[u8], per_line: usize, from: usize, n: usize) -> Vec<Line> {
    let per_line = per_line.max(1);
    let start = from.saturating_mul(per_line).min(bytes.len());
    let rest = bytes.get(start..).unwrap_or_default();
    let offsets = (start..).step_by(per_line);
    rest.chunks(per_line).take(n).zip(offsets).map(|(chunk, offset)| line(chunk, offset, per_line)).collect()
}

fn line(chunk: &[u8], offset: usize, per_line: usize) -> Line {
    let mut line = Line::default();
    line.push(Ink::Faint, &format!("{offset:0OFFSET_DIGITS$x} "));
    let mut digits = String::with_capacity(per_line * 3 + 2);
    for place in 0..per_line {
        // A wider gap every eight bytes lets the eye count.
        digits.push_str(if place % 8 == 0 { "  " } else { " " });
        if let Some(byte) = chunk.get(place) {
            push_digits(&mut digits, *byte);
        } else {
            digits.push_str("  ");
        }
    }
    line.push(Ink::Bytes, digits.trim_start());
    line.push(Ink::Faint, "  ");
    for byte in chunk {
        let printable = (0x20..0x7f).contains(byte);
        let (ink, c) = if printable { (Ink::Plain, char::from(*byte)) } else { (Ink::Faint, '.') };
        line.push(ink, c.encode_utf8(&mut [0; 4]));
    }
    line
}

/// Writes a byte as two digits.
pub(super) fn push_digits(text: &mut String, byte: u8) {
    text.extend([byte >> 4, byte & 15].map(|half| char::from_digit(half.into(), 16).unwrap_or('?')));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dump_shows_offset_digits_and_letters() {
        let bytes: Vec<u8> = (0..20).map(|n| n + 0x38).collect();
        let shown: Vec<String> = lines(&bytes, 16, 0, 9).iter().map(Line::text).collect();
        assert_eq!(
            shown,
            [
                "0000000 38 39 3a 3b 3c 3d 3e 3f  40 41 42 43 44 45 46 47  89:;<=>?@ABCDEFG",
                "0000010 48 49 4a 4b                                       HIJK",
            ]
        );
        assert_eq!(n_lines(20, 16), 2);
        assert_eq!(lines(&bytes, 8, 2, 1)[0].text(), "0000010 48 49 4a 4b              HIJK");
    }

    #[test]
    fn a_line_is_never_wider_than_asked() {
        for max_cols in 30..120 {
            let per_line = bytes_per_line(max_cols);
            assert!(lines(&[0; 16], per_line, 0, 1)[0].cols <= max_cols, "{max_cols}");
        }
    }

    #[test]
    fn a_window_beyond_the_end_is_empty() {
        assert_eq!(lines(b"abc", 16, 7, 5), []);
        assert_eq!(lines(b"", 16, 0, 5), []);
        assert_eq!(lines(b"abc", 0, usize::MAX, 5), []);
    }
}
