//! JSON laid out over lines. Owns the layout: order, spelling and precision are the payload's own, since nothing
//! is parsed into numbers or maps; a window costs the window, once the lines were counted.
use super::escape::push_sane;
use super::marks::Marks;
use super::{Ink, Line};

/// Largest payload that is laid out: the largest that is received unless asked for more.
pub const MAX_BYTES: usize = 16 << 20;

/// Columns a level is set in by.
pub(super) const INDENT: usize = 2;

/// Deepest level that is set in further; a payload of brackets must not fill the screen with nothing.
pub(super) const MAX_INDENTED: usize = 24;

/// Where the lines of a JSON payload begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pretty {
    marks: Marks<Place>,
}

/// The start of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    offset: usize,
    depth: usize,
}

impl Pretty {
    /// Counts the lines; none when the payload is no JSON, or over [`MAX_BYTES`]. Reads all of it twice.
    pub fn new(payload: &[u8]) -> Option<Self> {
        if payload.len() > MAX_BYTES || !is_json(payload) {
            return None;
        }
        let start = Place { offset: 0, depth: 0 };
        Some(Self { marks: Marks::walk(start, |place| take(payload, place, None)) })
    }

    /// How many lines there are.
    pub fn n_lines(&self) -> usize {
        self.marks.n_lines()
    }

    /// The lines of a window, of the payload that was counted; longer ones are cut to so many columns.
    pub fn lines(&self, payload: &[u8], from: usize, n: usize, max_cols: usize) -> Vec<Line> {
        let Some((mut place, skip)) = self.marks.before(from) else { return Vec::new() };
        for _ in 0..skip {
            let Some(next) = take(payload, place, None) else { return Vec::new() };
            place = next;
        }
        let mut lines = Vec::new();
        while lines.len() < n {
            let mut pen = Pen { line: Line::default(), max_cols, cut: false };
            let Some(next) = take(payload, place, Some(&mut pen)) else { break };
            lines.push(pen.line);
            place = next;
        }
        lines
    }
}

/// Whether a payload is JSON as a whole. However deep, since nothing is built from it.
pub fn is_json(payload: &[u8]) -> bool {
    std::str::from_utf8(payload).is_ok_and(|text| serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok())
}

/// Whether a text is JSON as a whole; else where it goes wrong, and why: `line 2 column 7: expected value`.
pub fn check(text: &str) -> Result<(), String> {
    if text.trim().is_empty() {
        return Err("line 1 column 1: nothing yet, which is no JSON".to_owned());
    }
    let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(text) else { return Ok(()) };
    let (line, column, words) = if error.is_eof() {
        let last = text.rsplit('\n').next().unwrap_or_default();
        (text.matches('\n').count() + 1, last.chars().count() + 1, "ends too early".to_owned())
    } else {
        // The parser counts bytes; whoever reads counts characters.
        let line = text.split('\n').nth(error.line().saturating_sub(1)).unwrap_or_default();
        let before = line.char_indices().take_while(|(at, _)| at + 1 < error.column()).count();
        let words = error.to_string();
        let words = words.split(" at line ").next().unwrap_or_default().to_owned();
        (error.line(), before + 1, words)
    };
    Err(format!("line {line} column {column}: {words}"))
}

/// What writes a line, to its width and no further.
struct Pen {
    line: Line,
    max_cols: usize,
    cut: bool,
}

impl Pen {
    fn write(&mut self, ink: Ink, bytes: &[u8]) {
        self.cut = self.cut || !push_sane(&mut self.line, ink, bytes, self.max_cols);
    }
}

/// Takes the line that starts at a place of a payload known to be JSON; where the next one starts.
fn take(payload: &[u8], place: Place, mut pen: Option<&mut Pen>) -> Option<Place> {
    let mut write = |ink: Ink, bytes: &[u8]| {
        if let Some(pen) = pen.as_deref_mut().filter(|pen| !pen.cut) {
            pen.write(ink, bytes);
        }
    };
    let mut depth = place.depth;
    let mut at = skip_space(payload, place.offset);
    let first = *payload.get(at)?;
    if matches!(first, b'}' | b']') {
        depth = depth.saturating_sub(1);
    }
    write(Ink::Structure, &b" ".repeat(INDENT * depth.min(MAX_INDENTED)));
    let mut end = token_end(payload, at);
    let after = skip_space(payload, end);
    if first == b'"' && payload.get(after) == Some(&b':') {
        write(Ink::Key, payload.get(at..end)?);
        write(Ink::Structure, b": ");
        at = skip_space(payload, after + 1);
        end = token_end(payload, at);
    }
    let token = payload.get(at..end)?;
    match *token.first()? {
        opening @ (b'{' | b'[') => {
            let after = skip_space(payload, end);
            let closing = if opening == b'{' { b'}' } else { b']' };
            write(Ink::Structure, token);
            if payload.get(after) == Some(&closing) {
                write(Ink::Structure, &[closing]);
                end = after + 1;
            } else {
                return Some(Place { offset: end, depth: depth.saturating_add(1) });
            }
        }
        b'}' | b']' => write(Ink::Structure, token),
        b'"' => write(Ink::Text, token),
        b't' | b'f' | b'n' => write(Ink::Literal, token),
        _ => write(Ink::Number, token),
    }
    let after = skip_space(payload, end);
    if payload.get(after) == Some(&b',') {
        write(Ink::Structure, b",");
        end = after + 1;
    }
    Some(Place { offset: end, depth })
}

pub(super) fn skip_space(payload: &[u8], from: usize) -> usize {
    let rest = payload.get(from..).unwrap_or_default();
    from + rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).count()
}

/// The end of the token that starts here: a string, a bracket, or a run of anything else.
pub(super) fn token_end(payload: &[u8], start: usize) -> usize {
    let rest = payload.get(start..).unwrap_or_default();
    let length = match rest.first() {
        Some(b'"') => string_length(rest),
        Some(b'{' | b'}' | b'[' | b']' | b',' | b':') => 1,
        Some(_) => rest.iter().take_while(|byte| !b"{}[],: \t\r\n\"".contains(byte)).count(),
        None => 0,
    };
    start + length
}

/// The length of a string with its quotes.
fn string_length(rest: &[u8]) -> usize {
    let mut at = 1;
    while let Some(found) = rest.get(at..).and_then(|rest| memchr::memchr2(b'"', b'\\', rest)) {
        if rest.get(at + found) == Some(&b'"') {
            return at + found + 1;
        }
        at += found + 2;
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(payload: &str, max_cols: usize) -> Vec<String> {
        let payload = payload.as_bytes();
        let pretty = Pretty::new(payload).unwrap();
        let lines = pretty.lines(payload, 0, usize::MAX, max_cols);
        assert_eq!(lines.len(), pretty.n_lines());
        lines.iter().map(Line::text).collect()
    }

    #[test]
    fn order_spelling_and_precision_are_the_payloads_own() {
        let payload = r#" {"z":1.50,"a":[ ],"big":123456789012345678901234567890,"m":{"on":true,"x":null},"l":[1,{}]} "#;
        assert_eq!(
            shown(payload, 80),
            [
                "{",
                "  \"z\": 1.50,",
                "  \"a\": [],",
                "  \"big\": 123456789012345678901234567890,",
                "  \"m\": {",
                "    \"on\": true,",
                "    \"x\": null",
                "  },",
                "  \"l\": [",
                "    1,",
                "    {}",
                "  ]",
                "}",
            ]
        );
    }

    #[test]
    fn inks_tell_the_kinds_apart() {
        let payload = br#"{"a\"b": "c, d: e", "n": -1e5, "t": false}"#;
        let lines = Pretty::new(payload).unwrap().lines(payload, 1, 3, 80);
        let inks: Vec<Vec<Ink>> =
            lines.iter().map(|line| line.spans.iter().map(|span| span.ink).collect()).collect();
        assert_eq!(inks[0], [Ink::Structure, Ink::Key, Ink::Structure, Ink::Text, Ink::Structure]);
        assert_eq!(inks[1][3], Ink::Number);
        assert_eq!(inks[2][3], Ink::Literal);
        assert_eq!(lines[0].text(), r#"  "a\"b": "c, d: e","#);
    }

    #[test]
    fn what_hides_in_a_string_is_shown_and_what_is_too_long_is_cut_visibly() {
        assert_eq!(shown("{\"a\":\"x\u{202e}y\"}", 80)[1], "  \"a\": \"x\\u{202e}y\"");
        assert_eq!(shown(&format!("[\"{}\"]", "x".repeat(500)), 20)[1], "  \"xxxxxxxxxxxxxxxx…");
    }

    #[test]
    fn no_depth_overflows_the_stack_and_no_indent_fills_the_screen() {
        let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
        let pretty = Pretty::new(deep.as_bytes()).unwrap();
        assert_eq!(pretty.n_lines(), 200_001);
        let line = &pretty.lines(deep.as_bytes(), 100_000, 1, 80)[0];
        assert_eq!(line.text().trim_start(), "1");
        assert_eq!(line.cols, INDENT * MAX_INDENTED + 1);
    }

    #[test]
    fn what_is_no_json_is_not_laid_out() {
        for payload in [&b"{\"a\":"[..], b"hello", b"", b"{\"a\":\"\xff\"}", b"[1,]"] {
            assert_eq!(Pretty::new(payload), None);
        }
        assert_eq!(shown("12", 80), ["12"]);
        assert_eq!(shown("\"x\"", 80), ["\"x\""]);
    }
}
