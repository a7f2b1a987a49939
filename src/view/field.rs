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
