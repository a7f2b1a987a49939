//! A text of one or several lines being edited. Owns the text, its cursor by grapheme, and what can be undone of
//! it; draws nothing.
//!
//! It is our own: the text areas that are kept by others (`ratatui-textarea` and its like) are widgets that hold
//! their text, so the model could not know it without knowing ratatui.
use super::line::{self, Edited, Line};
use crate::keymap::{Chord, Key};
use std::ops::Range;

/// The longest text that is edited here: all of it is looked at after each key. What is longer is sent as it is.
pub const MAX_BYTES: usize = 1 << 20;

/// Steps that can be undone: an afternoon of changes of mind.
const MAX_STEPS: usize = 200;

/// What those steps may hold together: a few texts of the greatest length.
const MAX_UNDO_BYTES: usize = 4 * MAX_BYTES;

/// Lines that a page is.
const PAGE_LINES: usize = 8;

/// A text being edited.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    held: String,
    /// In bytes, always at a grapheme's border.
    cursor: usize,
    /// The column, in graphemes, that moving up and down keeps to.
    column: Option<usize>,
    done: Vec<Change>,
    undone: Vec<Change>,
}

/// A piece of the text that became another one.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Change {
    at: usize,
    removed: String,
    inserted: String,
    /// Where the cursor stood before.
    cursor: usize,
    /// Whether it was typed, so that what is typed next is the same step.
    is_typing: bool,
}

impl Change {
    fn n_bytes(&self) -> usize {
        self.removed.len() + self.inserted.len()
    }
}

impl Text {
    /// A text with the cursor behind it.
    pub fn with(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { cursor: text.len(), held: text, ..Self::default() }
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.held
    }

    /// Another text from the beginning: nothing of the one before can be brought back.
    pub fn set(&mut self, text: impl Into<String>) {
        *self = Self::with(text);
    }

    /// Another text in its place, as one step that can be undone. What it held is kept when it is too long.
    pub fn replace(&mut self, text: &str) -> bool {
        let fits = text.len() <= MAX_BYTES;
        if fits && text != self.held {
            self.splice(0..self.held.len(), text, false);
        }
        fits
    }

    /// The text before and behind the cursor.
    pub fn halves(&self) -> (&str, &str) {
        self.held.split_at_checked(self.cursor).unwrap_or((&self.held, ""))
    }

    /// Whether it has several lines.
    pub fn has_lines(&self) -> bool {
        self.held.contains('\n')
    }

    /// How many lines it has; at least one.
    pub fn n_lines(&self) -> usize {
        memchr::memchr_iter(b'\n', self.held.as_bytes()).count() + 1
    }

    /// The line that the cursor stands in, counted from 0.
    pub fn cursor_line(&self) -> usize {
        memchr::memchr_iter(b'\n', self.halves().0.as_bytes()).count()
    }

    /// The line that the cursor stands in, with the cursor.
    pub fn line_at_cursor(&self) -> Line {
        let (before, behind) = self.halves();
        let before = before.rsplit('\n').next().unwrap_or_default();
        Line::between(before, behind.split('\n').next().unwrap_or_default())
    }

    /// Puts text in at the cursor. Nothing is dropped but what exceeds the bound; returns how many bytes that was.
    pub fn insert(&mut self, text: &str) -> usize {
        self.put(text, false)
    }

    fn put(&mut self, text: &str, is_typing: bool) -> usize {
        let mut fits = text.len().min(MAX_BYTES.saturating_sub(self.held.len()));
        while !text.is_char_boundary(fits) {
            fits -= 1;
        }
        if let Some(part) = text.get(..fits).filter(|part| !part.is_empty()) {
            self.splice(self.cursor..self.cursor, part, is_typing);
        }
        text.len() - fits
    }

    /// Applies an editing key: readline's, as far as no terminal swallows them, and those of several lines.
    pub fn edit(&mut self, chord: Chord) -> Edited {
        let word = chord.ctrl || chord.alt;
        let (text, at) = (self.held.as_str(), self.cursor);
        match chord.key {
            Key::Char(letter) if chord.ctrl && !chord.alt => self.control(letter),
            Key::Char(letter) if !word => {
                self.put(letter.encode_utf8(&mut [0; 4]), true);
                Edited::Changed
            }
            Key::Char('b') => self.go(line::word_before(text, at)),
            Key::Char('f') => self.go(line::word_behind(text, at)),
            Key::Char('d') => self.remove_to(line::word_behind(text, at)),
            Key::Backspace if word => self.remove_to(line::word_before(text, at)),
            Key::Backspace => self.remove_to(line::grapheme_before(text, at)),
            Key::Delete => self.remove_to(line::grapheme_behind(text, at)),
            Key::Left if word => self.go(line::word_before(text, at)),
            Key::Right if word => self.go(line::word_behind(text, at)),
            Key::Left => self.go(line::grapheme_before(text, at)),
            Key::Right => self.go(line::grapheme_behind(text, at)),
            Key::Home if chord.ctrl => self.go(0),
            Key::End if chord.ctrl => self.go(self.held.len()),
            Key::Home => self.go(self.line_start()),
            Key::End => self.go(self.line_end()),
            Key::Up => self.step_lines(-1),
            Key::Down => self.step_lines(1),
            Key::PageUp => self.step_lines(-PAGE_LINES.cast_signed()),
            Key::PageDown => self.step_lines(PAGE_LINES.cast_signed()),
            Key::Char(_) | Key::Enter | Key::Esc | Key::Tab | Key::BackTab | Key::F(_) => Edited::Ignored,
        }
    }

    fn control(&mut self, letter: char) -> Edited {
        let (text, at) = (self.held.as_str(), self.cursor);
        match letter {
            'a' => self.go(self.line_start()),
            'e' => self.go(self.line_end()),
            'b' => self.go(line::grapheme_before(text, at)),
            'f' => self.go(line::grapheme_behind(text, at)),
            'd' => self.remove_to(line::grapheme_behind(text, at)),
            'h' => self.remove_to(line::grapheme_before(text, at)),
            'w' => self.remove_to(line::word_before(text, at)),
            'u' => self.remove_to(self.line_start()),
            'k' => self.remove_to(self.line_end()),
            _ => Edited::Ignored,
        }
    }

    /// Takes the last step back. Whether there was one.
    pub fn undo(&mut self) -> bool {
        let Some(change) = self.done.pop() else { return false };
        self.held.replace_range(change.at..change.at + change.inserted.len(), &change.removed);
        (self.cursor, self.column) = (change.cursor, None);
        self.undone.push(change);
        true
    }

    /// Takes a step that was undone again. Whether there was one.
    pub fn redo(&mut self) -> bool {
        let Some(mut change) = self.undone.pop() else { return false };
        self.held.replace_range(change.at..change.at + change.removed.len(), &change.inserted);
        (self.cursor, self.column) = (change.at + change.inserted.len(), None);
        change.is_typing = false;
        self.done.push(change);
        true
    }

    fn go(&mut self, to: usize) -> Edited {
        (self.cursor, self.column) = (to, None);
        // What is typed elsewhere is another step.
        if let Some(last) = self.done.last_mut() {
            last.is_typing = false;
        }
        Edited::Moved
    }

    fn line_start(&self) -> usize {
        self.halves().0.rfind('\n').map_or(0, |at| at + 1)
    }

    fn line_end(&self) -> usize {
        self.halves().1.find('\n').map_or(self.held.len(), |at| self.cursor + at)
    }

    /// Goes so many lines down, or up, as near to the column as the line is long.
    fn step_lines(&mut self, by: isize) -> Edited {
        if !self.has_lines() {
            return Edited::Ignored;
        }
        let column = self.column.unwrap_or_else(|| line::n_graphemes(self.line_at_cursor().halves().0));
        let to = self.cursor_line().saturating_add_signed(by).min(self.n_lines() - 1);
        let mut start = 0;
        for line in self.held.split('\n').take(to) {
            start += line.len() + 1;
        }
        let rest = self.held.get(start..).unwrap_or_default();
        let line = rest.split('\n').next().unwrap_or_default();
        self.go(start + line::bytes_of_graphemes(line, column));
        self.column = Some(column);
        Edited::Moved
    }

    fn remove_to(&mut self, to: usize) -> Edited {
        let (from, to) = (self.cursor.min(to), self.cursor.max(to));
        if from == to {
            return Edited::Moved;
        }
        self.splice(from..to, "", false);
        Edited::Changed
    }

    fn splice(&mut self, range: Range<usize>, with: &str, is_typing: bool) {
        let removed = self.held.get(range.clone()).unwrap_or_default().to_owned();
        self.held.replace_range(range.clone(), with);
        let cursor = std::mem::replace(&mut self.cursor, range.start + with.len());
        self.column = None;
        self.undone.clear();
        match self.done.last_mut() {
            // A word is a step: what is typed behind what was typed belongs to it, until a blank begins the next.
            Some(last)
                if is_typing
                    && last.is_typing
                    && last.at + last.inserted.len() == range.start
                    && (last.inserted.ends_with(char::is_whitespace)
                        || !with.starts_with(char::is_whitespace)) =>
            {
                last.inserted.push_str(with);
            }
            Some(_) | None => {
                let inserted = with.to_owned();
                self.done.push(Change { at: range.start, removed, inserted, cursor, is_typing });
            }
        }
        let mut n_bytes: usize = self.done.iter().map(Change::n_bytes).sum();
        while self.done.len() > MAX_STEPS || n_bytes > MAX_UNDO_BYTES {
            n_bytes -= self.done.remove(0).n_bytes();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &mut Text, chords: &str) {
        for chord in chords.split(' ') {
            text.edit(chord.parse().unwrap());
        }
    }

    #[test]
    fn a_text_is_edited_by_grapheme_word_and_line() {
        for (start, chords, expected) in [
            ("", "a b c", ("abc", "")),
            ("cafe\u{301}", "backspace", ("caf", "")),
            ("👩‍👩‍👧\nx", "up end delete", ("👩‍👩‍👧", "x")),
            ("one\ntwo", "home x", ("one\nx", "two")),
            ("one\ntwo", "ctrl-u", ("one\n", "")),
            ("one\ntwo", "up ctrl-k", ("one", "\ntwo")),
            ("one\ntwo", "ctrl-home ctrl-k", ("", "\ntwo")),
            ("one\ntwo three", "ctrl-w", ("one\ntwo ", "")),
            ("one\ntwo", "ctrl-w ctrl-w", ("", "")),
            ("one\ntwo", "home backspace", ("one", "two")),
        ] {
            let mut text = Text::with(start);
            typed(&mut text, chords);
            assert_eq!(text.halves(), expected, "{start:?} after {chords}");
        }
    }

    #[test]
    fn moving_between_lines_keeps_to_the_column_by_graphemes() {
        let mut text = Text::with("long line\né\n工厂温度 x");
        typed(&mut text, "left left");
        assert_eq!(text.line_at_cursor().halves(), ("工厂温度", " x"));
        typed(&mut text, "up");
        assert_eq!(text.halves(), ("long line\né", "\n工厂温度 x"));
        typed(&mut text, "up");
        assert_eq!(text.halves().0, "long");
        typed(&mut text, "up pgdn");
        assert_eq!((text.cursor_line(), text.line_at_cursor().halves().0), (2, "工厂温度"));
        assert_eq!(Text::with("one").edit("up".parse().unwrap()), Edited::Ignored);
    }

    #[test]
    fn every_word_typed_can_be_undone_and_done_again() {
        let mut text = Text::with("");
        typed(&mut text, "o n e space t w o");
        text.insert("\npasted");
        typed(&mut text, "ctrl-u");
        let mut seen = vec![text.text().to_owned()];
        while text.undo() {
            seen.push(text.text().to_owned());
        }
        assert_eq!(seen, ["one two\n", "one two\npasted", "one two", "one", ""]);
        while text.redo() {}
        assert_eq!(text.halves(), ("one two\n", ""));
        text.replace("other");
        assert!(text.undo());
        assert_eq!(text.text(), "one two\n");
    }

    #[test]
    fn no_number_of_steps_grows_without_bound() {
        let mut text = Text::default();
        for _ in 0..3 * MAX_STEPS {
            text.insert("x");
        }
        assert_eq!(text.done.len(), MAX_STEPS);
        for _ in 0..20 {
            assert!(text.replace(&"a".repeat(MAX_BYTES)) && text.replace(&"b".repeat(MAX_BYTES)));
        }
        assert!(text.done.iter().map(Change::n_bytes).sum::<usize>() <= MAX_UNDO_BYTES);
        assert!(!text.replace(&"c".repeat(MAX_BYTES + 1)));
        assert_eq!(text.insert("é"), 2, "what found no room is counted");
    }
}
