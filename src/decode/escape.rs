//! The one way from wire to screen. Owns which characters are never drawn as they are, how wide the others are,
//! and how a text is cut; every text from outside goes through here before a terminal sees it.
use std::borrow::Cow;
use std::str::Utf8Chunks;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::{Ink, Line};

/// Combining marks that one character may carry: more than any script stacks, fewer than a prank does.
pub const MAX_MARKS: usize = 4;

/// Spaces at a text's end that are drawn one by one: enough to see that they are there.
const MAX_SEEN_SPACES: usize = 16;

/// The mark of a cut. It is one column wide and in every font.
pub const ELLIPSIS: &str = "…";

/// Most bytes that one column can come from: a letter with its marks takes twenty. What lies further back is
/// not looked at, so that the start of a long payload costs no more than the start of a short one.
pub const MAX_BYTES_PER_COL: usize = 32;

/// Longest grapheme seen as one: no script comes near, and a stack of a million marks must not be walked for
/// each of them.
const MAX_GRAPHEME_BYTES: usize = 64;

/// Longest run of plain letters taken at once, for the same reason.
const MAX_RUN_BYTES: usize = 256;

/// A piece of what came from the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// As it came; safe to draw.
    Text(&'a str),
    /// What stands for something that must not be drawn.
    Escape(String),
}

/// The pieces of a text from the wire, made as they are asked for.
pub fn pieces(bytes: &[u8]) -> Pieces<'_> {
    Pieces { chunks: bytes.utf8_chunks(), valid: "", invalid: &[], inside: "" }
}

/// See [`pieces`].
#[derive(Clone)]
pub struct Pieces<'a> {
    chunks: Utf8Chunks<'a>,
    valid: &'a str,
    /// Malformed bytes after `valid`.
    invalid: &'a [u8],
    /// What is left of a grapheme that cannot be drawn as a whole.
    inside: &'a str,
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        loop {
            if !self.inside.is_empty() {
                return Some(self.next_inside());
            }
            if let Some(piece) = self.next_valid() {
                return Some(piece);
            }
            if let Some((byte, rest)) = self.invalid.split_first() {
                self.invalid = rest;
                return Some(Piece::Escape(format!("\\x{byte:02x}")));
            }
            let chunk = self.chunks.next()?;
            (self.valid, self.invalid) = (chunk.valid(), chunk.invalid());
        }
    }
}

impl<'a> Pieces<'a> {
    /// The next piece of well-formed text: a run of plain letters, or one grapheme.
    fn next_valid(&mut self) -> Option<Piece<'a>> {
        let run = plain_run(self.valid);
        if !run.is_empty() {
            self.valid = self.valid.get(run.len()..).unwrap_or_default();
            return Some(Piece::Text(run));
        }
        let grapheme = head(self.valid).graphemes(true).next()?;
        self.valid = self.valid.get(grapheme.len()..).unwrap_or_default();
        if is_drawable(grapheme) {
            return Some(Piece::Text(grapheme));
        }
        self.inside = grapheme;
        Some(self.next_inside())
    }

    /// Of a grapheme that hides something, whatever may be shown is shown.
    fn next_inside(&mut self) -> Piece<'a> {
        let mut end = 0;
        let mut marks = 0;
        for c in self.inside.chars() {
            let mark = c.width() == Some(0);
            marks += usize::from(mark);
            // A mark needs a letter before it, or it would change what was drawn earlier.
            if is_hidden(c) || (mark && (end == 0 || marks > MAX_MARKS)) {
                break;
            }
            end += c.len_utf8();
        }
        let (shown, rest) = self.inside.split_at_checked(end).unwrap_or((self.inside, ""));
        if shown.is_empty() || cols(shown) == 0 {
            let mut chars = self.inside.chars();
            let escape = chars.next().map(escape).unwrap_or_default();
            self.inside = chars.as_str();
            return Piece::Escape(escape);
        }
        self.inside = rest;
        Piece::Text(shown)
    }
}

/// Printable ASCII at the start, but for a last letter that a mark may follow.
fn plain_run(text: &str) -> &str {
    let plain = text.bytes().take(MAX_RUN_BYTES).take_while(|byte| (0x20..0x7f).contains(byte)).count();
    let end = if plain == text.len() { plain } else { plain.saturating_sub(1) };
    text.get(..end).unwrap_or_default()
}

/// The start of a text, at least the first grapheme of any honest one.
fn head(text: &str) -> &str {
    (MAX_GRAPHEME_BYTES..MAX_GRAPHEME_BYTES + 4).find_map(|end| text.get(..end)).unwrap_or(text)
}

/// Whether a grapheme can be drawn as it is.
fn is_drawable(grapheme: &str) -> bool {
    let marks = grapheme.chars().filter(|c| c.width() == Some(0)).count();
    let led = grapheme.chars().next().is_some_and(|c| c.width() != Some(0));
    led && marks <= MAX_MARKS && !grapheme.chars().any(is_hidden) && cols(grapheme) > 0
}

/// Whether a character must never be drawn: it steers the terminal, reorders what stands beside it, or cannot
/// be seen. (Unicode's `Default_Ignorable_Code_Point`, the bidi controls, line separators, non-characters.)
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(u32::from(c),
            0xAD | 0x34F | 0x61C | 0x115F..=0x1160 | 0x17B4..=0x17B5 | 0x180B..=0x180F
            | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0x3164
            | 0xFDD0..=0xFDEF | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFFB
            | 0x1BCA0..=0x1BCA3 | 0x1D173..=0x1D17A | 0xE0000..=0xE0FFF)
        || u32::from(c) & 0xFFFE == 0xFFFE
}

/// How a character is drawn that must not be: as a programmer would write it.
fn escape(c: char) -> String {
    match c {
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\t' => "\\t".to_owned(),
        c if c.is_ascii() => format!("\\x{:02x}", u32::from(c)),
        c => format!("\\u{{{:x}}}", u32::from(c)),
    }
}

/// The columns that a text safe to draw takes: its graphemes' widths, as ratatui lays them out.
pub fn cols(text: &str) -> usize {
    if is_plain(text) {
        return text.len();
    }
    text.graphemes(true).map(grapheme_cols).sum()
}

/// Whether every byte is one letter and one column.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| (0x20..0x7f).contains(&byte))
}

/// The columns of one grapheme. Terminals give halfwidth sound marks a column, and so does ratatui.
fn grapheme_cols(grapheme: &str) -> usize {
    let sound_marks = grapheme.chars().filter(|c| matches!(c, '\u{ff9e}' | '\u{ff9f}')).count();
    grapheme.width() + sound_marks
}

/// Writes bytes from the wire onto a line until it is `max_cols` wide. Whether all of them found room; when not,
/// the line ends in an ellipsis.
pub fn push_sane(line: &mut Line, ink: Ink, bytes: &[u8], max_cols: usize) -> bool {
    let n_looked_at = bytes.len().min(max_cols.saturating_add(1).saturating_mul(MAX_BYTES_PER_COL));
    for piece in pieces(bytes.get(..n_looked_at).unwrap_or(bytes)) {
        let (ink, text) = match &piece {
            Piece::Text(text) => (ink, *text),
            Piece::Escape(text) => (Ink::Escape, text.as_str()),
        };
        let room = max_cols.saturating_sub(line.cols);
        if cols(text) <= room {
            line.push(ink, text);
        } else {
            line.push(ink, prefix(text, room));
            line.cut(max_cols);
            return false;
        }
    }
    if n_looked_at < bytes.len() {
        line.cut(max_cols);
    }
    n_looked_at == bytes.len()
}

/// A text from the wire as it may be drawn, printed or copied into a title, at most so many columns wide.
pub fn sanitize(bytes: &[u8], max_cols: usize) -> String {
    let mut line = Line::default();
    push_sane(&mut line, Ink::Plain, bytes, max_cols);
    line.text()
}

/// Writes a text whose spaces at either end would not be seen, though they count: those are made visible.
pub fn push_seen(line: &mut Line, ink: Ink, text: &str, glyphs: Glyphs, max_cols: usize) {
    let mark = match glyphs {
        Glyphs::Unicode => "␠",
        Glyphs::Ascii => "\\x20",
    };
    let inner = text.trim_matches(' ');
    let before = text.len() - text.trim_start_matches(' ').len();
    let behind = text.len() - before - inner.len();
    for _ in 0..before.min(MAX_SEEN_SPACES) {
        line.push(Ink::Escape, prefix(mark, max_cols.saturating_sub(line.cols)));
    }
    push_sane(line, ink, inner.as_bytes(), max_cols);
    for _ in 0..behind.min(MAX_SEEN_SPACES) {
        line.push(Ink::Escape, prefix(mark, max_cols.saturating_sub(line.cols)));
    }
}

/// One level of a topic; an empty one is made visible.
pub fn level(text: &str, ascii: Glyphs, max_cols: usize) -> Line {
    let mut line = Line::default();
    match (text.is_empty(), ascii) {
        (false, glyphs) => push_seen(&mut line, Ink::Plain, text, glyphs, max_cols),
        (true, Glyphs::Unicode) => line.push(Ink::Escape, fit("∅", max_cols, "").as_ref()),
        (true, Glyphs::Ascii) => line.push(Ink::Escape, fit("\"\"", max_cols, "").as_ref()),
    }
    line
}

/// What the terminal's locale can show of ours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Glyphs {
    /// Any character.
    #[default]
    Unicode,
    /// Only ASCII.
    Ascii,
}

/// A text that is safe to draw, cut to so many columns; a cut one ends in the ellipsis.
pub fn fit<'a>(text: &'a str, max_cols: usize, ellipsis: &str) -> Cow<'a, str> {
    if cols(text) <= max_cols {
        return Cow::Borrowed(text);
    }
    let ellipsis = prefix(ellipsis, max_cols);
    let kept = prefix(text, max_cols.saturating_sub(cols(ellipsis)));
    Cow::Owned(format!("{kept}{ellipsis}"))
}

/// As many whole graphemes from the start as take no more than so many columns.
pub fn prefix(text: &str, max_cols: usize) -> &str {
    if is_plain(text) {
        return text.get(..max_cols).unwrap_or(text);
    }
    let mut width = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        width += grapheme_cols(grapheme);
        if width > max_cols {
            return text.get(..at).unwrap_or_default();
        }
    }
    text
}
