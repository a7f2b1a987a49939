//! Base64 undone. Owns its spellings: either alphabet, with or without padding, blanks at line ends, `data:`
//! addresses.
use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD};

use super::bounds::{Bounds, Flaw};

/// Shortest text that is tried unasked: fewer letters are a word that happens to fit.
const MIN_GUESSED_BYTES: usize = 16;

/// Whether a text may be base64: unasked it is only tried, and believed if what is inside is known by a mark.
pub(super) fn is_likely(text: &[u8]) -> bool {
    let text = inner(text.trim_ascii());
    text.len() >= MIN_GUESSED_BYTES
        && text.iter().all(|byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_' | b'=' | b'\r' | b'\n')
        })
}

/// What follows the head of a `data:` address.
fn inner(text: &[u8]) -> &[u8] {
    /// Longest head looked for.
    const MAX_HEAD_BYTES: usize = 100;
    if !text.starts_with(b"data:") {
        return text;
    }
    let head = text.get(..MAX_HEAD_BYTES).unwrap_or(text);
    let end = memchr::memmem::find(head, b";base64,").map(|at| at + b";base64,".len());
    end.and_then(|end| text.get(end..)).unwrap_or(text)
}

/// The bytes of a base64 text.
pub(super) fn decode(text: &[u8], bounds: &Bounds) -> Result<Vec<u8>, Flaw> {
    let trimmed = text.trim_ascii();
    let inside = inner(trimmed);
    let lead = text.len() - text.trim_ascii_start().len() + trimmed.len() - inside.len();
    if inside.len() / 4 * 3 > bounds.max_out_bytes {
        return Err(Flaw::bound(lead, format!("more than {} bytes are in it", bounds.max_out_bytes)));
    }
    let letters: Vec<u8> = inside.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let is_url = letters.iter().any(|byte| matches!(byte, b'-' | b'_'));
    let is_padded = letters.last() == Some(&b'=');
    let encoding = match (is_url, is_padded) {
        (false, true) => BASE64,
        (false, false) => BASE64_NOPAD,
        (true, true) => BASE64URL,
        (true, false) => BASE64URL_NOPAD,
    };
    encoding.decode(&letters).map_err(|error| {
        // Blanks that were left out still count for the place.
        let is_letter = |(_, byte): &(usize, &u8)| !byte.is_ascii_whitespace();
        let place = inside.iter().enumerate().filter(is_letter).nth(error.position);
        let offset = lead + place.map_or(inside.len(), |(at, _)| at);
        let words = match error.kind {
            data_encoding::DecodeKind::Length => "the last letters are too few",
            data_encoding::DecodeKind::Symbol => "this letter is none of base64",
            data_encoding::DecodeKind::Trailing => "the last letter has bits to spare",
            data_encoding::DecodeKind::Padding => "the padding is wrong",
        };
        Flaw::new(offset, words)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_is_read() {
        for text in [
            "eyJ0IjoyMX0=",
            " eyJ0IjoyMX0\n",
            "eyJ0\r\nIjoyMX0=",
            "data:application/json;base64,eyJ0IjoyMX0=",
        ] {
            assert_eq!(
                decode(text.as_bytes(), &Bounds::default()).as_deref(),
                Ok(&b"{\"t\":21}"[..]),
                "{text}"
            );
        }
        assert_eq!(decode(b"-_-_", &Bounds::default()), Ok(vec![0xfb, 0xff, 0xbf]));
    }

    #[test]
    fn a_wrong_letter_is_named_by_its_place() {
        let flaw = decode(b"data:x;base64,eyJ0\nI!oy", &Bounds::default()).unwrap_err();
        assert_eq!(flaw, Flaw::new(20, "this letter is none of base64"));
    }
}
