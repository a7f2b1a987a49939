//! What differs between two payloads: JSON by its members, text by line and word, bytes by place. Owns the
//! comparing; every text it gives is safe to draw.
use super::chain::Form;
use super::escape::{cols, sanitize};
use super::figures;
use serde_json::Value;
use similar::{ChangeTag, TextDiff};

/// The largest payload that is compared: what differs in more is nothing to read on a screen.
pub const MAX_BYTES: usize = 256 << 10;

/// Lines of what differs; the rest is counted.
const MAX_LINES: usize = 1_000;

/// Lines that are the same, shown before and behind what differs.
const CONTEXT_LINES: usize = 2;

/// Bytes of a line of bytes.
const BYTES_PER_LINE: usize = 8;

/// Columns of a member's name, its old and its new value, where they stand on one line: what 80 columns hold.
const MAX_CHANGED_COLS: usize = 62;

/// Columns of a piece that are kept.
const MAX_COLS: usize = 400;

/// What was compared with what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// They are the same bytes.
    Same,
    /// As JSON, member by member.
    Json,
    /// As text, line by line and word by word.
    Text,
    /// As bytes, place by place.
    Bytes,
    /// Not at all: one of them is too large.
    TooLarge,
}

/// Where a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// In both.
    Both,
    /// In the old one alone.
    Old,
    /// In the new one alone.
    New,
    /// In both, another value: old and new on one line.
    Changed,
}

/// A line of what differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Where it is.
    pub side: Side,
    /// Its pieces, and whether each is what differs within the line.
    pub pieces: Vec<(bool, String)>,
}

/// What differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diff {
    /// How they were compared.
    pub how: How,
    /// Line by line; those of the old one before those of the new one that take their place.
    pub lines: Vec<Line>,
    /// Lines that are not among them.
    pub n_more: usize,
}

impl Diff {
    /// Compares two payloads, in the way that suits both.
    pub fn new(old: &[u8], new: &[u8]) -> Self {
        let mut diff = Self { how: How::Same, lines: Vec::new(), n_more: 0 };
        if old == new {
            return diff;
        }
        if old.len().max(new.len()) > MAX_BYTES {
            diff.how = How::TooLarge;
            return diff;
        }
        if diff.json(old, new) {
            diff.how = How::Json;
        } else if let (Ok(old), Ok(new)) = (std::str::from_utf8(old), std::str::from_utf8(new)) {
            diff.how = How::Text;
            diff.texts(old, new);
        } else {
            diff.how = How::Bytes;
            diff.bytes(old, new);
        }
        diff
    }

    /// Compares two payloads by what their decoders made of them.
    pub fn of((old_form, old): (Form, &[u8]), (new_form, new): (Form, &[u8])) -> Self {
        let both = old.len().max(new.len());
        match (old_form, new_form) {
            // What was not to be read as JSON is not compared as such.
            (Form::Text, Form::Text) if old != new && both <= MAX_BYTES => {
                let mut diff = Self { how: How::Text, lines: Vec::new(), n_more: 0 };
                diff.texts(&String::from_utf8_lossy(old), &String::from_utf8_lossy(new));
                diff
            }
            (Form::Hex | Form::Image(_), _) | (_, Form::Hex | Form::Image(_))
                if old != new && both <= MAX_BYTES =>
            {
                let mut diff = Self { how: How::Bytes, lines: Vec::new(), n_more: 0 };
                diff.bytes(old, new);
                diff
            }
            (Form::Json | Form::Text | Form::Hex | Form::Image(_), _) => Self::new(old, new),
        }
    }

    /// Whether both are JSON that has members; then by those.
    fn json(&mut self, old: &[u8], new: &[u8]) -> bool {
        let json = |payload: &[u8]| serde_json::from_slice::<Value>(payload).ok().filter(is_nested);
        let (Some(old), Some(new)) = (json(old), json(new)) else { return false };
        self.values("$", &old, &new);
        true
    }

    /// In a few words.
    pub fn words(&self) -> String {
        let count = |side| self.lines.iter().filter(|line| line.side == side).count() as u64;
        let (gone, come) = (figures::grouped(count(Side::Old)), figures::grouped(count(Side::New)));
        match self.how {
            How::Same => "the same bytes".to_owned(),
            How::TooLarge => format!("over {}, which is not compared", figures::bytes(MAX_BYTES as u64)),
            How::Json if self.lines.is_empty() => "the same JSON, spelled otherwise".to_owned(),
            How::Json => format!("JSON: -{gone} +{come} ~{}", figures::grouped(count(Side::Changed))),
            How::Text => format!("text: -{gone} +{come}"),
            How::Bytes => format!("bytes: -{gone} +{come}"),
        }
    }

    fn push(&mut self, side: Side, pieces: Vec<(bool, String)>) {
        if self.lines.len() < MAX_LINES {
            self.lines.push(Line { side, pieces });
        } else {
            self.n_more += 1;
        }
    }

    fn values(&mut self, path: &str, old: &Value, new: &Value) {
        match (old, new) {
            (Value::Object(old), Value::Object(new)) => {
                for (key, value) in old {
                    let path = member(path, key);
                    match new.get(key) {
                        Some(other) => self.values(&path, value, other),
                        None => self.value(Side::Old, &path, value),
                    }
                }
                for (key, value) in new.iter().filter(|(key, _)| !old.contains_key(*key)) {
                    self.value(Side::New, &member(path, key), value);
                }
            }
            (Value::Array(old), Value::Array(new)) => {
                for (at, value) in old.iter().enumerate() {
                    let path = format!("{path}[{at}]");
                    match new.get(at) {
                        Some(other) => self.values(&path, value, other),
                        None => self.value(Side::Old, &path, value),
                    }
                }
                for (at, value) in new.iter().enumerate().skip(old.len()) {
                    self.value(Side::New, &format!("{path}[{at}]"), value);
                }
            }
            (old, new) if old == new => {}
            (old, new) => self.changed(path, old, new),
        }
    }

    fn value(&mut self, side: Side, path: &str, value: &Value) {
        let shown = |text: &str| sanitize(text.as_bytes(), MAX_COLS);
        self.push(side, vec![(false, format!("{}  ", shown(path))), (true, shown(&value.to_string()))]);
    }

    /// A place in both: on one line where there is room, else one below the other.
    fn changed(&mut self, path: &str, old: &Value, new: &Value) {
        let shown = |text: &str| sanitize(text.as_bytes(), MAX_COLS);
        let (name, before, after) = (shown(path), shown(&old.to_string()), shown(&new.to_string()));
        if cols(&name) + cols(&before) + cols(&after) > MAX_CHANGED_COLS {
            self.value(Side::Old, path, old);
            return self.value(Side::New, path, new);
        }
        let pieces =
            vec![(false, format!("{name}  ")), (true, before), (false, " → ".to_owned()), (true, after)];
        self.push(Side::Changed, pieces);
    }

    fn texts(&mut self, old: &str, new: &str) {
        let diff = TextDiff::from_lines(old, new);
        for group in diff.grouped_ops(CONTEXT_LINES) {
            for op in &group {
                for change in diff.iter_inline_changes(op) {
                    let side = match change.tag() {
                        ChangeTag::Equal => Side::Both,
                        ChangeTag::Delete => Side::Old,
                        ChangeTag::Insert => Side::New,
                    };
                    let piece = |(differs, text): (bool, std::borrow::Cow<'_, str>)| {
                        (differs, sanitize(text.trim_end_matches('\n').as_bytes(), MAX_COLS))
                    };
                    let mut pieces: Vec<_> = change.iter_strings_lossy().map(piece).collect();
                    if change.missing_newline() && side != Side::Both {
                        pieces.push((false, "  (no line end)".to_owned()));
                    }
                    self.push(side, pieces);
                }
            }
        }
    }

    fn bytes(&mut self, old: &[u8], new: &[u8]) {
        for start in (0..old.len().max(new.len())).step_by(BYTES_PER_LINE) {
            let part = |bytes: &[u8]| {
                let end = (start + BYTES_PER_LINE).min(bytes.len());
                bytes.get(start..end).unwrap_or_default().to_vec()
            };
            let (old, new) = (part(old), part(new));
            if old != new {
                self.byte_line(Side::Old, start, &old, &new);
                self.byte_line(Side::New, start, &new, &old);
            }
        }
    }

    fn byte_line(&mut self, side: Side, start: usize, bytes: &[u8], others: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        let mut pieces = vec![(false, format!("{start:07x}"))];
        for (at, byte) in bytes.iter().enumerate() {
            pieces.push((others.get(at) != Some(byte), format!(" {byte:02x}")));
        }
        self.push(side, pieces);
    }
}

/// Whether a value has members: two plain numbers are read more easily as text.
fn is_nested(value: &Value) -> bool {
    value.is_object() || value.is_array()
}

/// The path of an object's member: `$.state.level`, or `$["a b"]` where its name is no plain word.
fn member(path: &str, key: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if !key.is_empty() && key.chars().all(is_plain) {
        return format!("{path}.{key}");
    }
    format!("{path}[{key:?}]")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `-` and `+` lines, what differs within them in braces.
    fn shown(old: &[u8], new: &[u8]) -> Vec<String> {
        let mark = |side| match side {
            Side::Both => ' ',
            Side::Old => '-',
            Side::New => '+',
            Side::Changed => '~',
        };
        let piece =
            |(differs, text): &(bool, String)| if *differs { format!("{{{text}}}") } else { text.clone() };
        let line =
            |line: &Line| format!("{}{}", mark(line.side), line.pieces.iter().map(piece).collect::<String>());
        Diff::new(old, new).lines.iter().map(line).collect()
    }

    #[test]
    fn json_is_compared_by_its_members_whatever_their_order_and_blanks() {
        let old = br#"{"a": 1.50, "b": {"x y": [1, 2, 3]}, "gone": null, "big": 123456789012345678901}"#;
        let new = br#"{"big":123456789012345678902,"b":{"x y":[1,5]},"a":1.50,"come":"x"}"#;
        assert_eq!(
            shown(old, new),
            [
                r#"~$.b["x y"][1]  {2} → {5}"#,
                r#"-$.b["x y"][2]  {3}"#,
                "-$.gone  {null}",
                "~$.big  {123456789012345678901} → {123456789012345678902}",
                r#"+$.come  {"x"}"#,
            ]
        );
        let diff = Diff::new(br#"{"a":1,"b":2}"#, br#"{"b": 2, "a": 1}"#);
        assert_eq!((diff.how, diff.words().as_str()), (How::Json, "the same JSON, spelled otherwise"));
    }

    #[test]
    fn text_is_compared_by_line_and_word() {
        let old = b"one\ntwo\nthree\nset point 20 C\nfive\nsix\nseven\neight\n";
        let new = b"one\ntwo\nthree\nset point 21 C\nfive\nsix\nseven\neight\n";
        assert_eq!(
            shown(old, new),
            [" two", " three", "-set point {20} C", "+set point {21} C", " five", " six"]
        );
        assert_eq!(Diff::new(b"20", b"21").words(), "text: -1 +1");
    }

    #[test]
    fn bytes_are_compared_by_place() {
        let old = b"\xff0123456789abcdef";
        let new = b"\xff012345678!abcde";
        assert_eq!(
            shown(old, new),
            ["-0000008 37 38{ 39} 61 62 63 64 65", "+0000008 37 38{ 21} 61 62 63 64 65", "-0000010{ 66}",]
        );
    }

    #[test]
    fn what_is_equal_or_too_large_says_so_and_nothing_raw_is_given() {
        assert_eq!(Diff::new(b"x", b"x").how, How::Same);
        assert_eq!(Diff::new(&vec![0; MAX_BYTES + 1], b"x").how, How::TooLarge);
        let lines = shown(b"a", "a\u{1b}[31m\u{202e}".as_bytes());
        assert!(lines.iter().all(|line| !line.contains(['\u{1b}', '\u{202e}'])), "{lines:?}");
        let many: Vec<u8> = (0..20_000_u32).flat_map(|n| format!("{n}\n").into_bytes()).collect();
        let diff = Diff::new(b"x", &many);
        assert_eq!((diff.lines.len(), diff.n_more), (MAX_LINES, 20_001 - MAX_LINES));
    }
}
