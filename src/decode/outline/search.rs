//! Finding text in a payload's members. Owns what counts as a match: a name or a value that holds the text, each by
//! itself.
use std::borrow::Cow;

use super::{Outline, Shape, name};

/// Bytes of a value that are looked at: a picture in base64 is not read to its end for every key.
const MAX_LOOKED_BYTES: usize = 64 << 10;

/// What is searched for. Smart case: a text without capitals finds both, one with capitals only itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needle {
    text: String,
    any_case: bool,
}

impl Needle {
    /// Reads what was typed. An empty text finds nothing.
    pub fn new(text: &str) -> Self {
        let any_case = !text.chars().any(char::is_uppercase);
        Self { text: if any_case { text.to_lowercase() } else { text.to_owned() }, any_case }
    }

    /// What was typed, in the case it is compared in.
    pub fn text(&self) -> &str {
        &self.text
    }

    fn is_in(&self, token: &[u8]) -> bool {
        let token = token.get(..MAX_LOOKED_BYTES).unwrap_or(token);
        let is_text = token.first() == Some(&b'"');
        let text = if is_text { name(token) } else { None };
        let text = text.unwrap_or_else(|| String::from_utf8_lossy(token));
        if !self.any_case {
            return text.contains(&self.text);
        }
        let folded = if text.is_ascii() {
            if let Cow::Borrowed(text) = &text {
                return holds_any_case(text.as_bytes(), self.text.as_bytes());
            }
            text.to_ascii_lowercase()
        } else {
            text.to_lowercase()
        };
        folded.contains(&self.text)
    }
}

/// Whether plain letters hold a needle of small ones.
fn holds_any_case(text: &[u8], needle: &[u8]) -> bool {
    let Some(first) = needle.first() else { return false };
    let upper = first.to_ascii_uppercase();
    let mut from = 0;
    while let Some(found) = text.get(from..).and_then(|rest| memchr::memchr2(*first, upper, rest)) {
        let start = from + found;
        let Some(candidate) = text.get(start..start + needle.len()) else { return false };
        if candidate.eq_ignore_ascii_case(needle) {
            return true;
        }
        from = start + 1;
    }
    false
}

impl Outline {
    /// Whether a member's name holds the text, or its value where that is a single one.
    pub fn is_match(&self, payload: &[u8], node: usize, needle: &Needle) -> bool {
        if needle.text.is_empty() {
            return false;
        }
        self.key(payload, node).is_some_and(|key| needle.is_in(key))
            || self.shape(payload, node) == Shape::Single && needle.is_in(self.value(payload, node))
    }
}
