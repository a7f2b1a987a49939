//! How the payload's text becomes bytes, and bytes a text again. Owns the four formats and the words for what is
//! wrong; knows no form.
use crate::decode::json;
use data_encoding::{BASE64_NOPAD, HEXLOWER};

/// The largest binary payload that is shown as hexadecimal digits: longer ones are half as long in base64.
const MAX_HEX_BYTES: usize = 4_096;

/// What the payload's text is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Itself, in UTF-8.
    #[default]
    Text,
    /// JSON, sent as it is spelled.
    Json,
    /// Hexadecimal digits, two a byte.
    Hex,
    /// Base64 (RFC 4648 section 4).
    Base64,
}

impl Format {
    /// In the order that a key steps through them.
    pub const ALL: [Self; 4] = [Self::Text, Self::Json, Self::Hex, Self::Base64];

    /// As it is read on screen.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "JSON",
            Self::Hex => "hex",
            Self::Base64 => "base64",
        }
    }

    /// The ending of a file that holds such a text.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Text | Self::Hex | Self::Base64 => "txt",
            Self::Json => "json",
        }
    }

    /// The next one, or the one before, round and round.
    pub const fn step(self, forth: bool) -> Self {
        match (self, forth) {
            (Self::Text, true) | (Self::Hex, false) => Self::Json,
            (Self::Json, true) | (Self::Base64, false) => Self::Hex,
            (Self::Hex, true) | (Self::Text, false) => Self::Base64,
            (Self::Base64, true) | (Self::Json, false) => Self::Text,
        }
    }

    /// The bytes that a text stands for, or what is wrong with it and where.
    pub fn bytes(self, text: &str) -> Result<Vec<u8>, String> {
        match self {
            Self::Text => Ok(text.as_bytes().to_vec()),
            Self::Json => json::check(text).map(|()| text.as_bytes().to_vec()),
            Self::Hex => hex(text),
            Self::Base64 => base64(text),
        }
    }

    /// The text that stands for some bytes; none when no text of this format does.
    pub fn text(self, bytes: &[u8]) -> Option<String> {
        match self {
            Self::Text => std::str::from_utf8(bytes).ok().map(str::to_owned),
            Self::Json => Self::Text.text(bytes).filter(|text| json::check(text).is_ok()),
            Self::Hex => {
                let digits: Vec<String> = bytes.iter().map(|byte| HEXLOWER.encode(&[*byte])).collect();
                Some(digits.join(" "))
            }
            Self::Base64 => Some(data_encoding::BASE64.encode(bytes)),
        }
    }

    /// The format that suits some bytes, and their text in it: text wherever they are text.
    pub fn of(bytes: &[u8]) -> (Self, String) {
        let binary = if bytes.len() > MAX_HEX_BYTES { Self::Base64 } else { Self::Hex };
        let is_control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
        match Self::Text.text(bytes).filter(|text| !text.contains(is_control)) {
            None => (binary, binary.text(bytes).unwrap_or_default()),
            Some(text) if text.trim_start().starts_with(['{', '[']) && json::check(&text).is_ok() => {
                (Self::Json, text)
            }
            Some(text) => (Self::Text, text),
        }
    }
}

/// What may stand between digits for the eye: `de:ad be-ef`.
const BETWEEN_DIGITS: [char; 8] = [' ', '\t', '\r', '\n', ':', '-', ',', '_'];

fn hex(text: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::with_capacity(text.len() / 2);
    let mut half: Option<u8> = None;
    // A group may begin with 0x, as programs write it.
    let mut prefix: Option<usize> = None;
    let mut is_group_start = true;
    for (at, c) in text.char_indices() {
        if prefix == Some(at) {
            continue;
        }
        if BETWEEN_DIGITS.contains(&c) {
            is_group_start = true;
            continue;
        }
        let rest = text.get(at..).unwrap_or_default();
        if is_group_start && half.is_none() && (rest.starts_with("0x") || rest.starts_with("0X")) {
            prefix = Some(at + 1);
            is_group_start = false;
            continue;
        }
        is_group_start = false;
        let digit = c.to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let Some(digit) = digit else {
            return Err(format!("{} is no hexadecimal digit; a byte is two of 0-9 and a-f", place(text, at)));
        };
        match half.take() {
            None => half = Some(digit),
            Some(upper) => bytes.push(upper << 4 | digit),
        }
    }
    match half {
        None => Ok(bytes),
        Some(_) => Err("an odd number of hexadecimal digits; a byte is two".to_owned()),
    }
}

fn base64(text: &str) -> Result<Vec<u8>, String> {
    let mut plain = String::with_capacity(text.len());
    let mut n_padding = 0;
    for (at, c) in text.char_indices() {
        match c {
            ' ' | '\t' | '\r' | '\n' => {}
            '=' => n_padding += 1,
            'A'..='Z' | 'a'..='z' | '0'..='9' | '+' | '/' if n_padding == 0 => plain.push(c),
            'A'..='Z' | 'a'..='z' | '0'..='9' | '+' | '/' => {
                return Err(format!("{} stands behind the padding; base64 ends with =", place(text, at)));
            }
            // The alphabet for URLs (section 5) says the same with other letters.
            '-' if n_padding == 0 => plain.push('+'),
            '_' if n_padding == 0 => plain.push('/'),
            _ => {
                let words = "is not of base64: A-Z a-z 0-9 + / and = at the end";
                return Err(format!("{} {words}", place(text, at)));
            }
        }
    }
    if plain.len() % 4 == 1 || n_padding > 0 && !(plain.len() + n_padding).is_multiple_of(4) || n_padding > 2
    {
        return Err(format!(
            "{} characters of base64 are no whole number of bytes; is the end missing?",
            plain.len()
        ));
    }
    let cut = |_| "the last character of base64 holds bits that belong to no byte; is it cut?".to_owned();
    BASE64_NOPAD.decode(plain.as_bytes()).map_err(cut)
}

/// A character and where it stands: `'g' at line 1 column 5`.
fn place(text: &str, at: usize) -> String {
    let (before, behind) = text.split_at_checked(at).unwrap_or((text, ""));
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
    format!("{:?} at line {line} column {column}", behind.chars().next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_becomes_the_bytes_of_its_format() {
        for (format, text, expected) in [
            (Format::Text, "é\n", "é\n".as_bytes()),
            (
                Format::Json,
                "{\"b\": 1.50, \"a\": 12345678901234567890123}",
                b"{\"b\": 1.50, \"a\": 12345678901234567890123}",
            ),
            (Format::Hex, "de:ad BE-EF 0x00,0xff01\n7f", &[0xde, 0xad, 0xbe, 0xef, 0, 0xff, 1, 0x7f]),
            (Format::Hex, "", b""),
            (Format::Hex, "0 0", &[0]),
            (Format::Base64, "aGVs\nbG8=", b"hello"),
            (Format::Base64, "aGVsbG8", b"hello"),
            (Format::Base64, "-_8=", &[0xfb, 0xff]),
            (Format::Base64, "", b""),
        ] {
            assert_eq!(format.bytes(text).as_deref(), Ok(expected), "{format:?} {text:?}");
        }
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        for (format, text, expected) in [
            (Format::Json, "{\"a\": 1,\n \"b\": x}", "line 2 column 7: expected value"),
            (Format::Json, "", "line 1 column 1: nothing yet, which is no JSON"),
            (Format::Json, "{\"a\":", "line 1 column 6: ends too early"),
            (Format::Json, "\"é\" 1", "line 1 column 5: trailing characters"),
            (Format::Hex, "de ag", "'g' at line 1 column 5 is no hexadecimal digit"),
            (Format::Hex, "dea", "an odd number of hexadecimal digits"),
            (Format::Hex, "\u{202e}", "'\\u{202e}' at line 1 column 1"),
            (Format::Base64, "aGVs\nbG8!", "'!' at line 2 column 4 is not of base64"),
            (Format::Base64, "aGVsb", "5 characters of base64 are no whole number of bytes"),
            (Format::Base64, "aGV=sbG8", "'s' at line 1 column 5 stands behind the padding"),
            (Format::Base64, "aGVsbG9", "is it cut?"),
            (Format::Base64, "aGVsbG8==", "no whole number of bytes"),
        ] {
            let words = format.bytes(text).unwrap_err();
            assert!(words.contains(expected), "{format:?} {text:?}: {words}");
        }
    }

    #[test]
    fn bytes_come_back_as_a_text_that_stands_for_them() {
        for (bytes, expected) in [
            (&b"21.5"[..], Format::Text),
            (b"{\"a\":1}", Format::Json),
            (b"{not json", Format::Text),
            (b"\xff\xfe\x00", Format::Hex),
            (b"\x1b[31m", Format::Hex),
            (&[0xff; 5_000], Format::Base64),
            (b"", Format::Text),
        ] {
            let (format, text) = Format::of(bytes);
            assert_eq!(format, expected, "{bytes:?}");
            assert_eq!(format.bytes(&text).as_deref(), Ok(bytes));
        }
        for format in Format::ALL {
            assert_eq!(format.step(true).step(false), format);
        }
    }
}
