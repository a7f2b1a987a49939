//! Long lines broken at blanks to the columns there are. Owns where; nothing is cut, so nothing is lost unseen.
use crate::decode::escape::{cols, prefix};
use crate::decode::{Ink, Line};

/// The narrowest column that words are broken to; a narrower one shows their beginnings.
const MIN_COLS: usize = 8;

/// Breaks a line to so many columns; what follows the first is indented.
pub fn line(line: &Line, max_cols: usize, indent: usize) -> Vec<Line> {
    if line.cols <= max_cols || max_cols < indent + MIN_COLS {
        return vec![line.clone()];
    }
    let mut folded = vec![Line::default()];
    for span in &line.spans {
        for word in span.text.split_inclusive(' ') {
            put(&mut folded, (span.ink, word), max_cols, indent);
        }
    }
    folded
}

/// A text broken to so many columns.
pub fn words(text: &str, max_cols: usize) -> Vec<String> {
    let mut whole = Line::default();
    whole.push(Ink::Plain, text);
    line(&whole, max_cols, 0).iter().map(|line| line.text().trim_end().to_owned()).collect()
}

fn put(folded: &mut Vec<Line>, (ink, word): (Ink, &str), max_cols: usize, indent: usize) {
    let mut rest = word;
    while !rest.is_empty() {
        let Some(last) = folded.last_mut() else { return };
        let room = max_cols.saturating_sub(last.cols);
        if cols(rest.trim_end()) <= room {
            return last.push(ink, prefix(rest, room));
        }
        // A word longer than a line is broken wherever the line ends.
        let is_fresh = last.cols <= indent;
        if is_fresh {
            let part = prefix(rest, room.max(1));
            last.push(ink, part);
            rest = rest.get(part.len()..).unwrap_or_default();
            if part.is_empty() {
                return;
            }
        }
        let mut next = Line::default();
        next.push(Ink::Plain, &" ".repeat(indent));
        folded.push(next);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_whole_where_they_can_and_none_is_lost() {
        for (text, max_cols, expected) in [
            ("one two", 10, &["one two"][..]),
            ("one two three four", 9, &["one two", "three", "four"]),
            ("abcdefghijkl", 8, &["abcdefgh", "ijkl"]),
            ("a bcdefghijkl m", 8, &["a", "bcdefghi", "jkl m"]),
        ] {
            assert_eq!(words(text, max_cols), expected, "{text:?}");
        }
    }

    #[test]
    fn what_follows_stands_under_what_it_belongs_to() {
        let mut long = Line::default();
        long.push(Ink::Key, "name  ");
        long.push(Ink::Text, "alpha beta gamma");
        let folded = line(&long, 16, 6);
        let texts: Vec<String> = folded.iter().map(Line::text).collect();
        assert_eq!(texts, ["name  alpha beta", "      gamma"]);
        assert!(folded.iter().all(|line| line.cols <= 16));
    }
}
