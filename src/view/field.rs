//! A line of text being edited, seen through a window. Owns the scrolling that keeps the cursor in it.
use crate::decode::escape;
use crate::model::line::Line;

use super::strip::suffix;

/// What is seen of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The text, safe to draw, no wider than asked for.
    pub text: String,
    /// The cursor's column in it.
    pub cursor: usize,
}

/// The columns a line takes as a whole, its cursor behind the end included, up to a bound.
pub fn natural_cols(line: &Line, max_cols: usize) -> usize {
    let (before, behind) = line.halves();
    let cols = escape::cols(&tail(before, max_cols)) + escape::cols(&head(behind, max_cols)) + 1;
    cols.min(max_cols)
}

/// What is seen of a line in so many columns.
pub fn see(line: &Line, max_cols: usize) -> Seen {
    let (before, behind) = line.halves();
    let (before, behind) = (tail(before, max_cols), head(behind, max_cols));
    let n_behind = escape::cols(&behind);
    // The cursor stands on the letter behind it, or on a blank at the end.
    let room = max_cols.saturating_sub(n_behind.clamp(1, (max_cols / 3).max(1)));
    let before = if escape::cols(&before) <= room {
        before
    } else {
        let mark = escape::prefix(escape::ELLIPSIS, room);
        format!("{mark}{}", suffix(&before, room.saturating_sub(escape::cols(mark))))
    };
    let cursor = escape::cols(&before);
    let rest = escape::fit(&behind, max_cols.saturating_sub(cursor), escape::ELLIPSIS);
    Seen { text: format!("{before}{rest}"), cursor }
}

/// The end of a text as it is drawn: no more than could be seen.
fn tail(text: &str, max_cols: usize) -> String {
    let mut from = text.len().saturating_sub(bytes_of(max_cols));
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let shown = escape::sanitize(text.get(from..).unwrap_or_default().as_bytes(), usize::MAX);
    // One column more than fits tells that there is more.
    if from == 0 { shown } else { format!("{}{shown}", escape::ELLIPSIS) }
}

/// The start of a text as it is drawn: no more than could be seen, and a column that tells of more.
fn head(text: &str, max_cols: usize) -> String {
    escape::sanitize(text.as_bytes(), max_cols.saturating_add(1))
}

fn bytes_of(cols: usize) -> usize {
    cols.saturating_add(1).saturating_mul(escape::MAX_BYTES_PER_COL)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(before: &str, behind: &str) -> Line {
        let mut line = Line::with(behind);
        line.edit("home".parse().unwrap());
        line.insert(before);
        assert_eq!(line.halves(), (before, behind));
        line
    }

    #[test]
    fn the_cursor_is_seen_wherever_it_stands() {
        for (before, behind, expected) in [
            ("", "", ("", 0)),
            ("abc", "", ("abc", 3)),
            ("", "abcdefghijkl", ("abcdefghi…", 0)),
            ("abcdefghijkl", "", ("…efghijkl", 9)),
            ("abcdefghijkl", "mnopqrs", ("…ghijklmn…", 7)),
            ("a\tb", "\u{202e}", ("a\\tb\\u{20…", 4)),
            ("工厂温度工厂", "", ("…温度工厂", 9)),
        ] {
            let seen = see(&line(before, behind), 10);
            assert_eq!((seen.text.as_str(), seen.cursor), expected, "{before:?} {behind:?}");
        }
    }

    #[test]
    fn no_width_is_exceeded() {
        let texts = ["", "plain text", "工厂 é \u{7}\u{7}", &"long ".repeat(5_000)];
        for (before, behind) in texts.iter().flat_map(|a| texts.map(move |b| (*a, b))) {
            let line = line(before, behind);
            for width in 0..40 {
                let seen = see(&line, width);
                assert!(escape::cols(&seen.text) <= width, "{seen:?} in {width}");
                assert!(seen.cursor < width.max(1), "{seen:?} in {width}");
            }
        }
    }
}
