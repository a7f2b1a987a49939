//! A one-line text editor for forms and prompts. Owns the text and its cursor, by grapheme; draws nothing.
use crate::keymap::{Chord, Key};
use unicode_segmentation::UnicodeSegmentation;

/// The longest text a line takes: twice what fits a topic, so that one that is too long is refused with words
/// rather than cut.
const MAX_BYTES: usize = 131_070;

/// A line of text being edited.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    text: String,
    /// In bytes, always at a grapheme's border.
    cursor: usize,
}

/// What a chord did to the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edited {
    /// The text is another one.
    Changed,
    /// Only the cursor moved, or nothing could.
    Moved,
    /// The chord means nothing to a line.
    Ignored,
}

impl Line {
    /// A line that holds a text, the cursor behind it.
    pub fn with(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { cursor: text.len(), text }
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text before and behind the cursor.
    pub fn halves(&self) -> (&str, &str) {
        self.text.split_at_checked(self.cursor).unwrap_or((&self.text, ""))
    }

    /// Replaces the text; the cursor goes behind it.
    pub fn set(&mut self, text: impl Into<String>) {
        *self = Self::with(text);
    }

    /// A line with its cursor between two texts.
    pub fn between(before: &str, behind: &str) -> Self {
        Self { text: format!("{before}{behind}"), cursor: before.len() }
    }

    /// Empties it and overwrites what it held.
    pub fn wipe(&mut self) {
        let mut bytes = std::mem::take(self).text.into_bytes();
        bytes.fill(0);
        // Keeps the compiler from dropping a write that nobody reads.
        std::hint::black_box(&mut bytes);
    }

    /// Puts text in at the cursor. Line ends become `\n` characters of the text, nothing is dropped but
    /// what exceeds the bound; returns how many bytes that was.
    pub fn insert(&mut self, text: &str) -> usize {
        let mut fits = text.len().min(MAX_BYTES.saturating_sub(self.text.len()));
        while !text.is_char_boundary(fits) {
            fits -= 1;
        }
        if let Some(part) = text.get(..fits) {
            self.text.insert_str(self.cursor, part);
            self.cursor += part.len();
        }
        text.len() - fits
    }

    /// Applies an editing key: readline's, as far as no terminal swallows them.
    pub fn edit(&mut self, chord: Chord) -> Edited {
        let word = chord.ctrl || chord.alt;
        match chord.key {
            Key::Char(letter) if chord.ctrl && !chord.alt => self.control(letter),
            Key::Char(letter) if !word => {
                self.insert(letter.encode_utf8(&mut [0; 4]));
                Edited::Changed
            }
            Key::Char('b') => self.go(word_before(&self.text, self.cursor)),
            Key::Char('f') => self.go(word_behind(&self.text, self.cursor)),
            Key::Char('d') => self.remove_to(word_behind(&self.text, self.cursor)),
            Key::Backspace if word => self.remove_to(word_before(&self.text, self.cursor)),
            Key::Backspace => self.remove_to(grapheme_before(&self.text, self.cursor)),
            Key::Delete => self.remove_to(grapheme_behind(&self.text, self.cursor)),
            Key::Left if word => self.go(word_before(&self.text, self.cursor)),
            Key::Right if word => self.go(word_behind(&self.text, self.cursor)),
            Key::Left => self.go(grapheme_before(&self.text, self.cursor)),
            Key::Right => self.go(grapheme_behind(&self.text, self.cursor)),
            Key::Home => self.go(0),
            Key::End => self.go(self.text.len()),
            Key::Char(_)
            | Key::Enter
            | Key::Esc
            | Key::Tab
            | Key::BackTab
            | Key::Up
            | Key::Down
            | Key::PageUp
            | Key::PageDown
            | Key::F(_) => Edited::Ignored,
        }
    }

    fn control(&mut self, letter: char) -> Edited {
        match letter {
            'a' => self.go(0),
            'e' => self.go(self.text.len()),
            'b' => self.go(grapheme_before(&self.text, self.cursor)),
            'f' => self.go(grapheme_behind(&self.text, self.cursor)),
            'd' => self.remove_to(grapheme_behind(&self.text, self.cursor)),
            'h' => self.remove_to(grapheme_before(&self.text, self.cursor)),
            'w' => self.remove_to(word_before(&self.text, self.cursor)),
            'u' => self.remove_to(0),
            'k' => self.remove_to(self.text.len()),
            _ => Edited::Ignored,
        }
    }

    fn go(&mut self, to: usize) -> Edited {
        self.cursor = to;
        Edited::Moved
    }

    fn remove_to(&mut self, to: usize) -> Edited {
        let (from, to) = (self.cursor.min(to), self.cursor.max(to));
        if from == to {
            return Edited::Moved;
        }
        self.text.replace_range(from..to, "");
        self.cursor = from;
        Edited::Changed
    }
}

/// What parts words: a slash too, as levels are words here.
const BETWEEN_WORDS: [char; 4] = [' ', '/', '\n', '\t'];

fn halves(text: &str, cursor: usize) -> (&str, &str) {
    text.split_at_checked(cursor).unwrap_or((text, ""))
}

/// The beginning of the grapheme before a cursor.
pub(super) fn grapheme_before(text: &str, cursor: usize) -> usize {
    halves(text, cursor).0.grapheme_indices(true).next_back().map_or(0, |(at, _)| at)
}

/// The end of the grapheme behind a cursor.
pub(super) fn grapheme_behind(text: &str, cursor: usize) -> usize {
    cursor + halves(text, cursor).1.graphemes(true).next().map_or(0, str::len)
}

/// The beginning of the word before a cursor.
pub(super) fn word_before(text: &str, cursor: usize) -> usize {
    let trimmed = halves(text, cursor).0.trim_end_matches(BETWEEN_WORDS);
    trimmed.rfind(BETWEEN_WORDS).map_or(0, |at| at + 1)
}

/// The end of the word behind a cursor.
pub(super) fn word_behind(text: &str, cursor: usize) -> usize {
    let behind = halves(text, cursor).1;
    let skipped = behind.len() - behind.trim_start_matches(BETWEEN_WORDS).len();
    let word = behind.get(skipped..).unwrap_or_default();
    cursor + skipped + word.find(BETWEEN_WORDS).unwrap_or(word.len())
}

/// How many graphemes a text has.
pub(super) fn n_graphemes(text: &str) -> usize {
    text.graphemes(true).count()
}

/// The bytes that so many graphemes of a text take, or all of them.
pub(super) fn bytes_of_graphemes(text: &str, n: usize) -> usize {
    text.grapheme_indices(true).nth(n).map_or(text.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(line: &mut Line, chords: &str) {
        for chord in chords.split(' ') {
            line.edit(chord.parse().unwrap());
        }
    }

    #[test]
    fn a_line_is_edited_by_grapheme_and_by_level() {
        for (start, chords, expected) in [
            ("", "a b c", ("abc", "")),
            ("ab", "left x", ("ax", "b")),
            ("cafe\u{301}", "backspace", ("caf", "")),
            ("👩‍👩‍👧 x", "home right delete", ("👩‍👩‍👧", "x")),
            ("plant/hall1/door", "ctrl-w", ("plant/hall1/", "")),
            ("plant/hall1/door", "ctrl-w ctrl-w", ("plant/", "")),
            ("plant/hall1", "home alt-f x", ("plantx", "/hall1")),
            ("abc", "ctrl-a ctrl-k", ("", "")),
            ("abc", "ctrl-u", ("", "")),
        ] {
            let mut line = Line::with(start);
            typed(&mut line, chords);
            assert_eq!(line.halves(), expected, "{start:?} after {chords}");
        }
    }

    #[test]
    fn a_paste_beyond_the_bound_tells_how_much_was_left_out() {
        let mut line = Line::default();
        assert_eq!(line.insert(&"é".repeat(70_000)), 140_000 - 131_070);
        assert_eq!(line.text().len(), 131_070);
    }
}
