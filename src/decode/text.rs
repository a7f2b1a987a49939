//! A payload as wrapped text. Owns where lines break; a window costs the window, once the lines were counted.
use super::escape::{MAX_BYTES_PER_COL, Piece, cols, pieces, prefix, push_sane};
use super::marks::Marks;
use super::{Ink, Line};

/// Fewest columns that text is wrapped to; anything wider than an escape.
const MIN_COLS: usize = 12;

/// Where the lines of a payload begin at a certain width.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrapped {
    marks: Marks<usize>,
    max_cols: usize,
}

impl Wrapped {
    /// Counts the lines of a payload; reads all of it once.
    pub fn new(payload: &[u8], max_cols: usize) -> Self {
        let max_cols = max_cols.max(MIN_COLS);
        Self { marks: Marks::walk(0, |at| take(payload, at, max_cols, None)), max_cols }
    }

    /// How many lines there are.
    pub fn n_lines(&self) -> usize {
        self.marks.n_lines()
    }

    /// The lines of a window, of the payload that was counted.
    pub fn lines(&self, payload: &[u8], from: usize, n: usize) -> Vec<Line> {
        let Some((mut at, skip)) = self.marks.before(from) else { return Vec::new() };
        for _ in 0..skip {
            at = take(payload, at, self.max_cols, None).unwrap_or(payload.len());
        }
        let mut lines = Vec::new();
        while lines.len() < n {
            let mut line = Line::default();
            let Some(next) = take(payload, at, self.max_cols, Some(&mut line)) else { break };
            lines.push(line);
            at = next;
        }
        lines
    }
}

/// Takes one line that starts at an offset; where the next one starts, or none at the end.
fn take(payload: &[u8], start: usize, max_cols: usize, mut line: Option<&mut Line>) -> Option<usize> {
    let rest = payload.get(start..).filter(|rest| !rest.is_empty())?;
    // Nearly all lines are plain letters: no piece has to be made to know where they end.
    let plain = rest.iter().take(max_cols + 1).take_while(|byte| (0x20..0x7f).contains(*byte)).count();
    let next = match rest.get(plain) {
        Some(_) | None if plain > max_cols => Some((max_cols, start + max_cols)),
        Some(b'\n') => Some((plain, start + plain + 1)),
        None => Some((plain, start + plain)),
        Some(_) => None,
    };
    if let Some((shown, next)) = next {
        if let Some(line) = line {
            push_sane(line, Ink::Plain, rest.get(..shown).unwrap_or(rest), max_cols);
        }
        return Some(next);
    }
    // A payload without a line's end must not be searched anew for every line made of it.
    let rest = rest.get(..max_cols.saturating_mul(MAX_BYTES_PER_COL)).unwrap_or(rest);
    let end = memchr::memchr(b'\n', rest);
    let whole = rest.get(..end.unwrap_or(rest.len())).unwrap_or(rest);
    let whole = whole.strip_suffix(b"\r").filter(|_| end.is_some()).unwrap_or(whole);
    let (mut width, mut taken) = (0, 0);
    for piece in pieces(whole) {
        let (ink, text, mut n_bytes) = match &piece {
            Piece::Text(text) => (Ink::Plain, *text, text.len()),
            Piece::Escape(text) => (Ink::Escape, text.as_str(), escaped_bytes(whole, taken)),
        };
        let room = max_cols.saturating_sub(width);
        let shown = match piece {
            Piece::Text(text) => {
                let shown = prefix(text, room);
                n_bytes = shown.len();
                shown
            }
            Piece::Escape(_) if cols(text) <= room => text,
            Piece::Escape(_) => "",
        };
        if let Some(line) = line.as_deref_mut() {
            line.push(ink, shown);
        }
        width += cols(shown);
        if shown.len() < text.len() {
            // At least one piece fits a line of MIN_COLS, so that every line gets on.
            let got = if shown.is_empty() { 0 } else { n_bytes };
            return Some(start + (taken + got).max(1));
        }
        taken += n_bytes;
    }
    Some(start + end.map_or(rest.len(), |end| end + 1))
}

/// How many bytes the escape stands for that begins here: a malformed byte, or a character.
fn escaped_bytes(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..at.saturating_add(4).min(bytes.len())).unwrap_or_default();
    let first = rest.utf8_chunks().next();
    first.and_then(|chunk| chunk.valid().chars().next()).map_or(1, char::len_utf8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(payload: &[u8], max_cols: usize) -> Vec<String> {
        let wrapped = Wrapped::new(payload, max_cols);
        let lines = wrapped.lines(payload, 0, usize::MAX);
        assert_eq!(lines.len(), wrapped.n_lines());
        lines.iter().map(Line::text).collect()
    }

    #[test]
    fn lines_end_where_the_payload_says_and_where_the_room_ends() {
        assert_eq!(shown(b"one\ntwo\r\n\nfour", 20), ["one", "two", "", "four"]);
        assert_eq!(shown(b"abcdefghijklmnopqrstuvwxyz", 12), ["abcdefghijkl", "mnopqrstuvwx", "yz"]);
        assert_eq!(shown("ⅠⅡⅢ温度温度温度温度".as_bytes(), 12), ["ⅠⅡⅢ温度温度", "温度温度"]);
        assert_eq!(shown(b"\x1b[2Jabcdefg\xffxyz", 12), ["\\x1b[2Jabcde", "fg\\xffxyz"]);
        assert_eq!(shown(b"", 12), Vec::<String>::new());
        assert_eq!(shown(b"\n", 12), [""]);
    }

    #[test]
    fn a_window_deep_in_a_long_text_is_that_of_the_whole() {
        let payload: Vec<u8> = (0..5000).flat_map(|n| format!("line {n}\n").into_bytes()).collect();
        let wrapped = Wrapped::new(&payload, 40);
        assert_eq!(wrapped.n_lines(), 5000);
        let shown: Vec<String> = wrapped.lines(&payload, 4321, 2).iter().map(Line::text).collect();
        assert_eq!(shown, ["line 4321", "line 4322"]);
        assert_eq!(wrapped.lines(&payload, 5000, 2), []);
    }
}
