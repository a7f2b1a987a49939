//! What is said about a user's file that is not right: where, what, and what may have been meant.
//! Owns the wording and the distance between words; reads no file and shows nothing.
use std::fmt;

/// One thing in a user's file that was not understood and is passed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The file as the user knows it.
    pub file: String,
    /// The line, counted from 1, when one is to blame.
    pub line: Option<usize>,
    /// What is wrong and what helps: lower case, no full stop.
    pub text: String,
}

impl Warning {
    /// A warning about the line that holds the byte at `offset` of `source`.
    pub fn at(file: &str, source: &str, offset: usize, text: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line: Some(line_of(source, offset)), text: text.into() }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.text),
            None => write!(f, "{}: {}", self.file, self.text),
        }
    }
}

/// The line, counted from 1, that holds the byte at `offset`.
pub fn line_of(source: &str, offset: usize) -> usize {
    source.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

/// `; did you mean "…"?` when one of the candidates is near enough, else nothing.
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    match nearest(word, candidates) {
        Some(candidate) => format!("; did you mean {candidate:?}?"),
        None => String::new(),
    }
}

/// Longest word that is compared letter by letter; nobody mistypes a longer name by a letter or two.
const MAX_COMPARED_CHARS: usize = 64;

/// The candidate that a slip of the finger turns into `word`; none when all are further off.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let n_chars = word.chars().count();
    if n_chars > MAX_COMPARED_CHARS {
        return None;
    }
    let allowed = (n_chars / 3).clamp(1, 3);
    candidates
        .into_iter()
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Letters to insert, remove, exchange or swap with their neighbour to get from one word to the other.
fn distance(from: &str, to: &str) -> usize {
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
    let mut before_last = vec![0; to.len() + 1];
    let mut last: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.iter().enumerate() {
        let mut row = vec![i + 1; to.len() + 1];
        for (j, b) in to.iter().enumerate() {
            let exchanged = last[j] + usize::from(a != b);
            row[j + 1] = exchanged.min(row[j] + 1).min(last[j + 1] + 1);
            if i > 0 && j > 0 && *a == to[j - 1] && from[i - 1] == *b {
                row[j + 1] = row[j + 1].min(before_last[j - 1] + 1);
            }
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_recognised_and_a_stranger_is_not() {
        let known = ["cursor-down", "cursor-up", "quit", "topic.retained"];
        for (word, expected) in [
            ("cursor-dwon", Some("cursor-down")),
            ("cursordown", Some("cursor-down")),
            ("quti", Some("quit")),
            ("topic.retain", Some("topic.retained")),
            ("elephant", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, known), expected, "{word}");
        }
    }

    #[test]
    fn a_warning_names_file_and_line() {
        let warning = Warning::at("keymap.toml", "a\nb\nc", 4, "no such thing");
        assert_eq!(warning.to_string(), "keymap.toml:3: no such thing");
    }
}
