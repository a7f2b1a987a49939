//! Lines of the Monitor, folded to a panel's columns. Owns their form; the words are each panel's.
use crate::decode::{Ink, Line, escape};
use crate::model::fold;
use std::time::Duration;

/// Columns of what a figure is.
const LABEL_COLS: usize = 14;

/// Columns of a text from outside: several lines of the widest panel.
const MAX_COLS: usize = 1_000;

/// How a line is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shade {
    /// As it is.
    #[default]
    Plain,
    /// May be overlooked.
    Faint,
    /// All is well.
    Good,
    /// Needs a look.
    Warn,
    /// Failed.
    Bad,
}

/// A line of a panel.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BoardLine {
    /// Its text, safe to draw.
    pub line: Line,
    /// How it is meant.
    pub shade: Shade,
    /// The row of a list that it belongs to.
    pub row: Option<usize>,
    /// Numbers to be drawn as bars behind the text.
    pub bars: Vec<f64>,
}

/// Lines being made for so many columns.
#[derive(Debug)]
pub struct Lines {
    /// How many there are.
    pub cols: usize,
    /// What was made so far.
    pub list: Vec<BoardLine>,
}

impl Lines {
    /// None yet.
    pub fn new(cols: usize) -> Self {
        Self { cols, list: Vec::new() }
    }

    /// What something is, and what is so.
    pub fn fact(&mut self, name: &str, shade: Shade, words: &str) {
        let mut line = Line::default();
        line.push(Ink::Key, &format!("{name:<LABEL_COLS$}"));
        escape::push_sane(&mut line, Ink::Plain, words.as_bytes(), MAX_COLS);
        self.put(&line, shade, LABEL_COLS, None);
    }

    /// Words under the last fact.
    pub fn more(&mut self, shade: Shade, words: &str) {
        self.fact("", shade, words);
    }

    /// A line that is what it is: a row of a table.
    pub fn row(&mut self, row: Option<usize>, shade: Shade, words: &str) {
        let mut line = Line::default();
        escape::push_sane(&mut line, Ink::Plain, words.as_bytes(), self.cols);
        self.list.push(BoardLine { line, shade, row, bars: Vec::new() });
    }

    /// A row of a list, folded instead of cut.
    pub fn whole(&mut self, row: usize, shade: Shade, words: &str) {
        let mut line = Line::default();
        escape::push_sane(&mut line, Ink::Plain, words.as_bytes(), MAX_COLS);
        self.put(&line, shade, 4, Some(row));
    }

    /// Words that belong to a row of a list, folded below it.
    pub fn under(&mut self, row: Option<usize>, shade: Shade, words: &str) {
        let mut line = Line::default();
        line.push(Ink::Plain, "    ");
        escape::push_sane(&mut line, Ink::Plain, words.as_bytes(), MAX_COLS);
        self.put(&line, shade, 4, row);
    }

    /// A line that another part of the program words.
    pub fn told(&mut self, line: &Line) {
        self.put(line, Shade::Plain, LABEL_COLS, None);
    }

    /// Numbers as bars.
    pub fn bars(&mut self, name: &str, numbers: Vec<f64>) {
        let mut line = Line::default();
        line.push(Ink::Key, &format!("{name:<LABEL_COLS$}"));
        self.list.push(BoardLine { line, bars: numbers, ..BoardLine::default() });
    }

    fn put(&mut self, line: &Line, shade: Shade, indent: usize, row: Option<usize>) {
        let folded = fold::line(line, self.cols, indent);
        let made = folded.into_iter().map(|line| BoardLine { line, shade, row, bars: Vec::new() });
        self.list.extend(made);
    }
}

/// A time that goes on for long, to its two largest units: `12 s`, `3 min 12 s`, `2 h 3 min`, `4 d 1 h`.
pub fn long(time: Duration) -> String {
    let s = time.as_secs();
    let (min, h, d) = (s / 60, s / 3_600, s / 86_400);
    match (d, h, min) {
        (1.., ..) => format!("{d} d {} h", h % 24),
        (0, 1.., _) => format!("{h} h {} min", min % 60),
        (0, 0, 1..) => format!("{min} min {} s", s % 60),
        (0, 0, 0) => format!("{s} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_time_has_two_units() {
        for (s, words) in
            [(0, "0 s"), (59, "59 s"), (61, "1 min 1 s"), (7_380, "2 h 3 min"), (90_000, "1 d 1 h")]
        {
            assert_eq!(long(Duration::from_secs(s)), words);
        }
    }
}
