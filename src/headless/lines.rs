//! Lines that are printed. Owns that nothing in them steers a terminal; knows nothing of what they say.
use crate::decode::escape::{cols, is_hidden, sanitize};
use serde_json::Value;
use std::fmt::Write;

/// Longest text from outside in one line: a reason string may be 65,535 bytes.
const MAX_COLS: usize = 500;

/// Which characters a line may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marks {
    /// Any.
    Unicode,
    /// ASCII: `ok` and `FAILED` for ✓ and ✗.
    Ascii,
}

/// What may come from a broker, as it may be shown.
pub fn clean(text: &str, marks: Marks) -> String {
    let text = sanitize(text.as_bytes(), MAX_COLS);
    match marks {
        Marks::Unicode => text,
        Marks::Ascii => as_ascii(&text.replace(" · ", "; ")),
    }
}

/// Leaves ASCII alone and writes the rest as escapes.
fn as_ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() { out.push(c) } else { out.extend(c.escape_unicode()) }
    }
    out
}

/// A JSON object on one line, exact, and with escapes for all that is not to be seen raw on a terminal.
pub fn json_line(value: &Value) -> String {
    let text = value.to_string();
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        // JSON's own characters are none of these, so that it stands inside a string.
        if is_hidden(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// Rows below a heading, each column as wide as it must be; the last one is not filled up.
pub fn table<const N: usize>(head: [&str; N], rows: &[[String; N]]) -> String {
    let mut widths = head.map(cols);
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cols(cell));
        }
    }
    let mut out = String::new();
    for row in std::iter::once(&head.map(str::to_owned)).chain(rows) {
        let mut line = String::new();
        for (width, cell) in widths.iter().zip(row) {
            let n_spaces = width.saturating_sub(cols(cell)) + 2;
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', n_spaces));
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_json_line_is_exact_and_steers_no_terminal() {
        let topic = "a\u{1b}[2J\u{202e}b\u{9b}é\u{e0001}";
        let line = json_line(&serde_json::json!({ "topic": topic }));
        assert!(!line.chars().any(is_hidden), "{line:?}");
        let back: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(back["topic"], topic);
    }

    #[test]
    fn columns_are_as_wide_as_what_they_hold() {
        let rows = [["°C".to_owned(), "x".to_owned()], ["long".to_owned(), String::new()]];
        assert_eq!(table(["a", "b"], &rows), "a     b\n°C    x\nlong\n");
    }
}
