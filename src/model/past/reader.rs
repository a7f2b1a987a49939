//! How a past message's payload is read: whole, or what lies at the path chosen in the inspector. Owns what stands
//! for a payload that is not there, or not whole.
use crate::decode::{self, Choice, Decoder, Ink, Kind, Line, Preview, figures};
use crate::device::JsonPath;
use crate::model::inspector::part::{self, Reading};
use crate::model::picture;
use crate::store::Past;

/// Columns of a value that is looked through where it is no text.
const MAX_LOOKED_COLS: usize = 400;

/// How a topic's payloads are read.
#[derive(Clone, Debug, Default)]
pub struct Reader<'a> {
    /// The decoders.
    pub reading: Reading<'a>,
    /// Which births of Sparkplug give its names.
    pub births: u64,
    /// Where in the decoded value; `None` for the whole of it.
    pub path: Option<JsonPath>,
}

/// What tells two ways to read apart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReadBy {
    choice: Choice,
    promised: Option<Decoder>,
    schema: u64,
    births: u64,
    path: Option<JsonPath>,
}

impl Reader<'_> {
    /// Which way it is.
    pub fn by(&self) -> ReadBy {
        let Reading { choice, hint, .. } = self.reading;
        ReadBy {
            choice,
            promised: hint.promised,
            schema: hint.stamp(),
            births: self.births,
            path: self.path.clone(),
        }
    }

    /// One line of a message.
    pub fn preview(&self, past: &Past<'_>, max_cols: usize) -> Preview {
        if is_evicted(past) {
            return picture::evicted(past.n_bytes);
        }
        if past.is_cut() {
            return cut(past, max_cols);
        }
        match &self.path {
            None => decode::preview_on(self.reading, past.payload, max_cols),
            Some(path) => part::preview(self.reading, past.payload, path, max_cols)
                .unwrap_or_else(|_words| faint(Kind::Empty, &format!("(no {path})"), max_cols)),
        }
    }

    /// The number a message is, or holds at the path.
    pub fn number(&self, past: &Past<'_>) -> Option<f64> {
        match &self.path {
            _ if past.is_cut() => None,
            None => decode::number(past.payload),
            Some(path) => part::number(self.reading, past.payload, path),
        }
    }

    /// Whether a test holds for a message's text: all that is there of the payload, or what lies at the path.
    pub fn is_match(&self, past: &Past<'_>, holds: impl Fn(&str) -> bool) -> bool {
        if is_evicted(past) {
            return false;
        }
        if let (Some(path), false) = (&self.path, past.is_cut()) {
            return part::read(self.reading, past.payload, path)
                .is_ok_and(|part| holds(&String::from_utf8_lossy(&part)));
        }
        match std::str::from_utf8(past.payload) {
            Ok(text) => holds(text),
            // What was cut may end within a letter.
            Err(_) if past.is_cut() => holds(&String::from_utf8_lossy(past.payload)),
            Err(_) => holds(&decode::preview_on(self.reading, past.payload, MAX_LOOKED_COLS).line.text()),
        }
    }
}

/// Whether nothing is left of a message's payload.
pub const fn is_evicted(past: &Past<'_>) -> bool {
    past.payload.is_empty() && past.n_bytes > 0
}

/// What is there of a payload that history could not keep whole; it is never parsed.
fn cut(past: &Past<'_>, max_cols: usize) -> Preview {
    let mut line = Line::default();
    line.push(Ink::Escape, "cut ");
    // No more of it than fits is looked at.
    let head = past.payload.get(..max_cols.saturating_mul(4)).unwrap_or(past.payload);
    decode::escape::push_sane(&mut line, Ink::Plain, head, max_cols);
    Preview { kind: Kind::Text, line }
}

/// That no more than so many bytes of so many are there.
pub fn cut_words(n_there: usize, n_bytes: usize) -> String {
    format!("first {} of {}", figures::bytes(n_there as u64), figures::bytes(n_bytes as u64))
}

fn faint(kind: Kind, words: &str, max_cols: usize) -> Preview {
    let mut line = Line::default();
    decode::escape::push_sane(&mut line, Ink::Faint, words.as_bytes(), max_cols);
    Preview { kind, line }
}
