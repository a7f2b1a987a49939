//! Bytes from the wire to what is shown. Owns every form a payload or topic takes on screen, and that nothing
//! raw gets there; never fails, and makes no more than was asked for. Knows no colour: spans say what they are.

mod base64;
pub mod bounds;
mod cbor;
pub mod chain;
mod date;
pub mod decoder;
pub mod diff;
pub mod escape;
pub mod figures;
pub mod hex;
pub mod hint;
pub mod image;
mod jot;
pub mod jq;
pub mod json;
mod json_lines;
#[cfg(test)]
mod laws;
mod marks;
mod meshtastic;
mod msgpack;
pub mod numbers;
pub mod outline;
mod protobuf;
mod reader;
pub mod respell;
pub mod schema;
pub mod sparkplug;
pub mod stamp;
pub mod text;
mod unpack;
mod utf16;
pub mod value;
mod xml;

pub use bounds::Bounds;
pub use chain::{Choice, Decoded, decode, decode_on};
pub use decoder::Decoder;
pub use escape::{cols, fit, sanitize};
pub use hint::{Hint, Reading};
pub use schema::Schema;
pub use value::{Kind, Preview, number, preview, preview_on};

/// What a piece of a line is, for whoever gives it a style.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ink {
    /// As it came.
    Plain,
    /// What had to be made visible: a control character, a malformed byte.
    Escape,
    /// The name of a JSON member.
    Key,
    /// Words.
    Text,
    /// A number.
    Number,
    /// `true`, `false`, `null`, on, off.
    Literal,
    /// Brackets, commas, `{6 keys}`.
    Structure,
    /// Bytes as hexadecimal digits.
    Bytes,
    /// What may be overlooked: offsets, sizes, the mark of a cut.
    Faint,
}

/// A piece of a line with one meaning; its text is safe to draw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// What it is.
    pub ink: Ink,
    /// What is drawn.
    pub text: String,
}

/// How far back a text may reach into the grapheme that the next one continues: a letter and its marks.
const JOIN_BYTES: usize = 32;

/// One line as drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// Its pieces from left to right; neighbours differ in ink.
    pub spans: Vec<Span>,
    /// The columns it takes.
    pub cols: usize,
}

impl Line {
    /// Adds a piece, joined to its neighbour when that is the same ink.
    pub fn push(&mut self, ink: Ink, text: &str) {
        match self.spans.last_mut() {
            Some(last) if last.ink == ink => {
                // Only the join is measured anew, where two texts may grow into one grapheme: to measure all of
                // a line for each of its pieces would take a second for a screenful of Cyrillic.
                let mut join = last.text.len().saturating_sub(JOIN_BYTES);
                while !last.text.is_char_boundary(join) {
                    join += 1;
                }
                let before = cols(last.text.get(join..).unwrap_or_default());
                last.text.push_str(text);
                let behind = cols(last.text.get(join..).unwrap_or_default());
                self.cols = (self.cols + behind).saturating_sub(before);
            }
            Some(_) | None if text.is_empty() => {}
            Some(_) | None => {
                self.cols += cols(text);
                self.spans.push(Span { ink, text: text.to_owned() });
            }
        }
    }

    /// Makes room for the ellipsis within so many columns, and ends in it.
    pub fn cut(&mut self, max_cols: usize) {
        let room = max_cols.saturating_sub(1);
        while self.cols > room {
            let Some(last) = self.spans.pop() else { break };
            self.cols = self.cols.saturating_sub(cols(&last.text));
            let kept = escape::prefix(&last.text, room.saturating_sub(self.cols));
            self.push(last.ink, kept);
            if !kept.is_empty() {
                break;
            }
        }
        self.push(Ink::Faint, escape::prefix(escape::ELLIPSIS, max_cols));
    }

    /// The line as one text.
    pub fn text(&self) -> String {
        self.spans.iter().map(|span| span.text.as_str()).collect()
    }
}
