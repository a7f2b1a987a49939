//! Decoded values put down as JSON, so that one layout, one path language and one tree serve every format. Owns how
//! that is written which JSON has no word for: bytes are `"h'0a0b'"`, as CBOR's diagnostic notation has them, and
//! numbers beyond the finite are the words `"NaN"`, `"Infinity"`, `"-Infinity"`, as in Protobuf's JSON.
use std::fmt::Display;
use std::io::Write;

use super::bounds::{Bounds, Flaw};

/// Why a decoder stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// The output is as long as it may be.
    Long(usize),
    /// The nesting is as deep as it may be.
    Deep(usize),
}

impl Stop {
    /// As a flaw of the bytes at an offset.
    pub fn flaw(self, offset: usize) -> Flaw {
        match self {
            Self::Long(max) => {
                Flaw::bound(offset, format!("decoding stops: more than {max} bytes would be shown"))
            }
            Self::Deep(max) => Flaw::new(offset, format!("decoding stops: nested deeper than {max} levels")),
        }
    }
}

/// JSON as it is written.
pub(super) struct Jot {
    out: Vec<u8>,
    max_bytes: usize,
    max_depth: usize,
    depth: usize,
    is_after_value: bool,
    /// Letters of texts that were written: what tells a message from an accident.
    pub n_letters: usize,
    /// Whether a member's name was no text.
    pub has_odd_key: bool,
}

impl Jot {
    /// An empty sheet.
    pub fn new(bounds: &Bounds) -> Self {
        Self {
            out: Vec::new(),
            max_bytes: bounds.max_out_bytes,
            max_depth: bounds.max_depth,
            depth: 0,
            is_after_value: false,
            n_letters: 0,
            has_odd_key: false,
        }
    }

    /// A sheet for a map's key, as deep and as long as this one may still become.
    pub fn aside(&self) -> Self {
        Self {
            out: Vec::new(),
            max_bytes: self.max_bytes.saturating_sub(self.out.len()),
            max_depth: self.max_depth,
            depth: self.depth,
            is_after_value: false,
            n_letters: 0,
            has_odd_key: false,
        }
    }

    /// What was written.
    pub fn finish(self) -> Vec<u8> {
        self.out
    }

    /// Begins a list or a map.
    pub fn open(&mut self, bracket: u8) -> Result<(), Stop> {
        if self.depth == self.max_depth {
            return Err(Stop::Deep(self.max_depth));
        }
        self.begin(1)?;
        self.out.push(bracket);
        self.depth += 1;
        self.is_after_value = false;
        Ok(())
    }

    /// Ends a list or a map.
    pub fn close(&mut self, bracket: u8) -> Result<(), Stop> {
        self.room(1)?;
        self.out.push(bracket);
        self.depth = self.depth.saturating_sub(1);
        self.is_after_value = true;
        Ok(())
    }

    /// The name of the member whose value comes next.
    pub fn key(&mut self, name: &str) -> Result<(), Stop> {
        self.text(name)?;
        self.room(1)?;
        self.out.push(b':');
        self.is_after_value = false;
        Ok(())
    }

    /// The name of the next member, from a value of any kind that was written aside.
    pub fn key_of(&mut self, aside: Self) -> Result<(), Stop> {
        let n_letters = aside.n_letters;
        let rendered = aside.finish();
        if rendered.first() == Some(&b'"') {
            self.begin(rendered.len() + 1)?;
            self.n_letters += n_letters;
            self.out.extend_from_slice(&rendered);
        } else {
            let n_letters = self.n_letters;
            self.text(&String::from_utf8_lossy(&rendered))?;
            // Digits are no words.
            self.n_letters = n_letters;
            self.has_odd_key = true;
        }
        self.room(1)?;
        self.out.push(b':');
        self.is_after_value = false;
        Ok(())
    }

    /// A text.
    pub fn text(&mut self, text: &str) -> Result<(), Stop> {
        let n_escaped = text.bytes().filter(|byte| *byte < 0x20 || matches!(byte, b'"' | b'\\')).count();
        self.begin(text.len() + 2 + n_escaped * 5)?;
        // Writing to memory does not fail.
        let _ = serde_json::to_writer(&mut self.out, text);
        self.n_letters += text.chars().filter(|c| !c.is_control()).count();
        self.is_after_value = true;
        Ok(())
    }

    /// Bytes that are no text.
    pub fn bytes(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        self.begin(bytes.len().saturating_mul(2).saturating_add(5))?;
        self.out.extend_from_slice(b"\"h'");
        for byte in bytes {
            let digit = |half: u8| if half < 10 { b'0' + half } else { b'a' + half - 10 };
            self.out.extend([digit(byte >> 4), digit(byte & 15)]);
        }
        self.out.extend_from_slice(b"'\"");
        self.is_after_value = true;
        Ok(())
    }

    /// Text when it is UTF-8, else bytes.
    pub fn text_or_bytes(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        match std::str::from_utf8(bytes) {
            Ok(text) => self.text(text),
            Err(_) => self.bytes(bytes),
        }
    }

    /// A whole number.
    pub fn whole(&mut self, number: impl Display) -> Result<(), Stop> {
        self.plain(&number.to_string())
    }

    /// A number of 32 bits, in the fewest digits that tell it from its neighbours.
    pub fn single(&mut self, number: f32) -> Result<(), Stop> {
        match serde_json::to_string(&number) {
            Ok(digits) if number.is_finite() => self.plain(&digits),
            Ok(_) | Err(_) => self.endless(f64::from(number)),
        }
    }

    /// A number of 64 bits, likewise.
    pub fn double(&mut self, number: f64) -> Result<(), Stop> {
        match serde_json::to_string(&number) {
            Ok(digits) if number.is_finite() => self.plain(&digits),
            Ok(_) | Err(_) => self.endless(number),
        }
    }

    fn endless(&mut self, number: f64) -> Result<(), Stop> {
        self.plain(if number.is_nan() {
            "\"NaN\""
        } else if number > 0.0 {
            "\"Infinity\""
        } else {
            "\"-Infinity\""
        })
    }

    /// `true` or `false`.
    pub fn truth(&mut self, truth: bool) -> Result<(), Stop> {
        self.plain(if truth { "true" } else { "false" })
    }

    /// `null`.
    pub fn null(&mut self) -> Result<(), Stop> {
        self.plain("null")
    }

    /// JSON that was written elsewhere.
    pub fn plain(&mut self, json: &str) -> Result<(), Stop> {
        self.begin(json.len())?;
        let _ = self.out.write_all(json.as_bytes());
        self.is_after_value = true;
        Ok(())
    }

    fn begin(&mut self, n_bytes: usize) -> Result<(), Stop> {
        self.room(n_bytes.saturating_add(1))?;
        if self.is_after_value {
            self.out.push(b',');
        }
        Ok(())
    }

    fn room(&self, n_bytes: usize) -> Result<(), Stop> {
        let is_room = n_bytes <= self.max_bytes.saturating_sub(self.out.len());
        is_room.then_some(()).ok_or(Stop::Long(self.max_bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_out_as_json_with_words_for_what_it_lacks() {
        let mut jot = Jot::new(&Bounds::default());
        jot.open(b'{').unwrap();
        jot.key("a\"b").unwrap();
        jot.whole(u64::MAX).unwrap();
        jot.key("l").unwrap();
        jot.open(b'[').unwrap();
        jot.single(0.1).unwrap();
        jot.double(f64::NEG_INFINITY).unwrap();
        jot.bytes(&[0, 0xfe]).unwrap();
        jot.null().unwrap();
        jot.close(b']').unwrap();
        let mut aside = jot.aside();
        aside.whole(-7).unwrap();
        jot.key_of(aside).unwrap();
        jot.truth(true).unwrap();
        jot.close(b'}').unwrap();
        let json = String::from_utf8(jot.finish()).unwrap();
        assert_eq!(json, r#"{"a\"b":18446744073709551615,"l":[0.1,"-Infinity","h'00fe'",null],"-7":true}"#);
        assert!(crate::decode::json::is_json(json.as_bytes()));
    }

    #[test]
    fn nothing_grows_past_its_bounds() {
        let mut jot = Jot::new(&Bounds { max_out_bytes: 10, max_depth: 2, max_layers: 1 });
        assert_eq!(jot.text("\u{1}\u{1}\u{1}"), Err(Stop::Long(10)));
        jot.open(b'[').unwrap();
        jot.open(b'[').unwrap();
        assert_eq!(jot.open(b'['), Err(Stop::Deep(2)));
        assert_eq!(jot.bytes(&[0; 9]), Err(Stop::Long(10)));
        assert!(jot.finish().len() <= 10);
    }
}
