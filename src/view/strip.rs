//! A line composed from left to right to known columns, and words broken to lines. Owns the counting alone.
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::decode::{self, Ink, escape, fit};
use crate::model::fold;
use crate::theme::{Role, Theme};

/// A line being composed. Its texts are safe to draw: they are ours, or were sanitized.
#[derive(Clone, Debug, Default)]
pub struct Strip {
    spans: Vec<Span<'static>>,
    cols: usize,
}

impl Strip {
    /// The columns taken so far.
    pub const fn cols(&self) -> usize {
        self.cols
    }

    /// Adds a text.
    pub fn put(&mut self, text: impl Into<String>, style: Style) {
        let text = text.into();
        if !text.is_empty() {
            self.cols += escape::cols(&text);
            self.spans.push(Span::styled(text, style));
        }
    }

    /// Adds a text, cut with an ellipsis to so many columns.
    pub fn put_fit(&mut self, text: &str, max_cols: usize, style: Style) {
        self.put(fit(text, max_cols, escape::ELLIPSIS), style);
    }

    /// Adds a decoded line, cut to so many columns; each ink in its role, patched with a style over it.
    pub fn put_inks(&mut self, line: &decode::Line, max_cols: usize, theme: &Theme, over: Style) {
        if line.cols <= max_cols {
            for span in &line.spans {
                self.put(span.text.as_str(), theme[role(span.ink)].patch(over));
            }
        } else {
            let mut line = line.clone();
            line.cut(max_cols);
            for span in line.spans {
                self.put(span.text, theme[role(span.ink)].patch(over));
            }
        }
    }

    /// Adds blanks up to a column.
    pub fn to(&mut self, col: usize) {
        if col > self.cols {
            self.put(" ".repeat(col - self.cols), Style::new());
        }
    }

    /// Adds a text that ends at a column, when it fits between the present end and there.
    pub fn put_right(&mut self, text: &str, end: usize, style: Style) {
        let start = end.saturating_sub(escape::cols(text));
        if start >= self.cols {
            self.to(start);
            self.put(text, style);
        }
    }

    /// Adds another strip.
    pub fn append(&mut self, other: Self) {
        self.cols += other.cols;
        self.spans.extend(other.spans);
    }

    /// Adds what another strip holds behind its first piece, which only brought it to the present column.
    pub fn append_after(&mut self, other: Self, skip_cols: usize) {
        let skip = usize::from(skip_cols > 0);
        self.cols += other.cols.saturating_sub(skip_cols);
        self.spans.extend(other.spans.into_iter().skip(skip));
    }

    /// As ratatui draws it.
    pub fn into_line(self) -> Line<'static> {
        Line::from(self.spans)
    }
}

/// The role of a piece of a decoded line.
pub const fn role(ink: Ink) -> Role {
    match ink {
        Ink::Plain => Role::Value,
        Ink::Escape => Role::Escape,
        Ink::Key => Role::ValueKey,
        Ink::Text => Role::ValueText,
        Ink::Number => Role::ValueNumber,
        Ink::Literal => Role::ValueBool,
        Ink::Structure => Role::ValueJson,
        Ink::Bytes => Role::ValueBytes,
        Ink::Faint => Role::TextFaint,
    }
}

/// A text from outside in one line, its end kept: what is too long loses its beginning.
pub fn keep_end(text: &str, max_cols: usize) -> String {
    // The end of a long text costs no more than its columns.
    let look = max_cols.saturating_add(1).saturating_mul(escape::MAX_BYTES_PER_COL);
    let mut from = text.len().saturating_sub(look);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let sane = escape::sanitize(text.get(from..).unwrap_or_default().as_bytes(), usize::MAX);
    if from == 0 && escape::cols(&sane) <= max_cols {
        return sane;
    }
    format!("{}{}", escape::prefix(escape::ELLIPSIS, max_cols), suffix(&sane, max_cols.saturating_sub(1)))
}

/// As many whole graphemes from the end as take no more than so many columns.
pub fn suffix(text: &str, max_cols: usize) -> &str {
    let over = escape::cols(text).saturating_sub(max_cols);
    if over == 0 {
        return text;
    }
    let mut left_out = escape::prefix(text, over).len();
    if escape::cols(text.get(left_out..).unwrap_or_default()) > max_cols {
        // A wide letter lies across the cut.
        left_out = escape::prefix(text, over + 1).len();
    }
    text.get(left_out..).unwrap_or_default()
}

/// Words from outside broken to lines of so many columns; beyond so many lines they end in an ellipsis.
pub fn wrap(text: &str, max_cols: usize, max_lines: usize) -> Vec<String> {
    let sane = escape::sanitize(text.as_bytes(), max_cols.saturating_mul(max_lines));
    let mut lines = fold::words(&sane, max_cols);
    if lines.len() > max_lines {
        lines.truncate(max_lines);
        if let Some(last) = lines.last_mut() {
            let kept = escape::prefix(last, max_cols.saturating_sub(2)).trim_end();
            *last = format!("{kept} {}", escape::ELLIPSIS);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_topic_is_kept() {
        for (text, max_cols, expected) in [
            ("a/b", 3, "a/b"),
            ("plant/hall1", 6, "…hall1"),
            ("工厂/温度", 5, "…温度"),
            ("工厂/温度", 4, "…度"),
            ("\u{1b}/x", 3, "…/x"),
            ("abc", 0, ""),
        ] {
            assert_eq!(keep_end(text, max_cols), expected, "{text:?} in {max_cols}");
        }
        assert_eq!(keep_end(&"x".repeat(100_000), 4), "…xxx");
    }

    #[test]
    fn words_that_find_no_room_end_in_an_ellipsis() {
        assert_eq!(wrap("one two three", 20, 1), ["one two three"]);
        assert_eq!(wrap("one two three four five", 10, 1), ["one two t…"]);
        assert_eq!(wrap("", 10, 2), [""]);
    }

    #[test]
    fn columns_are_counted_from_the_left() {
        let mut strip = Strip::default();
        strip.put("温", Style::new());
        strip.to(4);
        strip.put_right("12", 8, Style::new());
        strip.put_right("no room", 9, Style::new());
        assert_eq!((strip.cols(), strip.into_line().to_string()), (8, "温    12".to_owned()));
    }
}
