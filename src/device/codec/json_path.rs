//! Places in JSON documents. Owns the grammar (RFC 9535, singular queries) and what is said of a place that
//! isn't there; the walk itself is `seek`'s.
use std::fmt;

use serde::de::DeserializeSeed;

use super::CodecError;
use super::seek::{Found, Seek};
use crate::device::misfit::{Misfit, place};

/// Steps a path may have: half of the depth that JSON is read to, so that whatever lies there has room.
pub const MAX_STEPS: usize = 64;

/// Largest JSON read for a value: room for what a bridge tells about its devices, and parsed within a frame.
pub const MAX_JSON_BYTES: usize = 1 << 20;

/// A place in a JSON document: member names and indices from the root (RFC 9535, singular queries).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JsonPath(Box<[PathStep]>);

/// One step into a JSON document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PathStep {
    /// A member of an object.
    Member(Box<str>),
    /// A place in an array, from 0.
    Index(u32),
}

impl JsonPath {
    /// The place of a text such as `$.state.level`, `$['odd name'][3]` or `$` for the whole.
    pub fn parse(text: &str) -> Result<Self, CodecError> {
        let mut reader = Reader { text, at: 0 };
        if !reader.take('$') {
            return Err(reader.wrong("a JSON path begins with $, such as $.state.level"));
        }
        let mut steps = Vec::new();
        while let Some(c) = reader.peek() {
            let step = match c {
                '.' => reader.dotted()?,
                '[' => reader.bracketed()?,
                _ => return Err(reader.wrong("a step begins with . or [")),
            };
            steps.push(step);
            if steps.len() > MAX_STEPS {
                return Err(reader.wrong(&format!("a path has at most {MAX_STEPS} steps")));
            }
        }
        Ok(Self(steps.into()))
    }

    /// A path of these steps; none when they are more than [`MAX_STEPS`].
    pub fn of(steps: impl Into<Box<[PathStep]>>) -> Option<Self> {
        Some(Self(steps.into())).filter(|path| path.0.len() <= MAX_STEPS)
    }

    /// Its steps, outermost first; none for `$`.
    pub fn steps(&self) -> &[PathStep] {
        &self.0
    }

    /// What lies there as a payload of its own: a text without its quotes, anything else as JSON.
    pub fn part(&self, payload: &[u8]) -> Result<Vec<u8>, Misfit> {
        let found = self.find(payload)?;
        Ok(found.as_str().map_or_else(|| found.to_string(), str::to_owned).into_bytes())
    }

    /// What lies there; of members with one name the last.
    pub fn find(&self, payload: &[u8]) -> Result<serde_json::Value, Misfit> {
        if payload.len() > MAX_JSON_BYTES {
            return Err(Misfit::TooLarge(payload.len()));
        }
        let text = std::str::from_utf8(payload).map_err(|error| Misfit::NotUtf8(error.valid_up_to()))?;
        let mut document = serde_json::Deserializer::from_str(text);
        let found = Seek(&self.0).deserialize(&mut document);
        let found = found
            .and_then(|found| document.end().map(|()| found))
            .map_err(|error| Misfit::no_json(&error))?;
        let above =
            |left: usize| Self(self.0.iter().take(self.0.len().saturating_sub(left)).cloned().collect());
        let step = |left: usize| self.0.get(self.0.len().saturating_sub(left));
        match found {
            Found::Value(value) => Ok(value),
            Found::Missing { left } => match step(left) {
                Some(PathStep::Index(index)) => {
                    Err(Misfit::NoElement { index: *index, at: place(&above(left)) })
                }
                Some(PathStep::Member(name)) => Err(Misfit::no_member(name, &above(left))),
                None => Err(Misfit::no_member("", &above(left))),
            },
            Found::Other { left } => match step(left) {
                Some(PathStep::Index(_)) => Err(Misfit::NoArray(place(&above(left)))),
                Some(PathStep::Member(_)) | None => Err(Misfit::NoObject(place(&above(left)))),
            },
        }
    }
}

impl fmt::Display for JsonPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("$")?;
        for step in &self.0 {
            match step {
                PathStep::Member(name) if is_plain(name) => write!(f, ".{name}")?,
                PathStep::Member(name) => {
                    f.write_str("['")?;
                    for c in name.chars() {
                        match c {
                            '\\' | '\'' => write!(f, "\\{c}")?,
                            '\n' => f.write_str("\\n")?,
                            '\t' => f.write_str("\\t")?,
                            '\r' => f.write_str("\\r")?,
                            '\0'..=' ' if c != ' ' => write!(f, "\\u{:04x}", u32::from(c))?,
                            _ => write!(f, "{c}")?,
                        }
                    }
                    f.write_str("']")?;
                }
                PathStep::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// Whether a member's name needs no quotes.
fn is_plain(name: &str) -> bool {
    name.chars().next().is_some_and(is_first) && name.chars().all(|c| is_first(c) || c.is_ascii_digit())
}

/// Whether a name without quotes may begin with it (RFC 9535, `name-first`).
const fn is_first(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_' || !c.is_ascii()
}

/// Where in a path we are.
struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn take(&mut self, c: char) -> bool {
        let is_next = self.peek() == Some(c);
        self.at += if is_next { c.len_utf8() } else { 0 };
        is_next
    }

    fn take_while(&mut self, is_part: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).unwrap_or_default()
    }

    fn wrong(&self, words: &str) -> CodecError {
        let before = self.text.get(..self.at).unwrap_or_default();
        CodecError::Path { text: self.text.into(), at: before.chars().count() + 1, words: words.into() }
    }

    fn dotted(&mut self) -> Result<PathStep, CodecError> {
        self.take('.');
        match self.peek() {
            Some('.') => Err(self.wrong("`..` means many places; a node has one")),
            Some('*') => Err(self.wrong("`*` means many places; a node has one")),
            Some(c) if is_first(c) => {
                Ok(PathStep::Member(self.take_while(|c| is_first(c) || c.is_ascii_digit()).into()))
            }
            Some(_) | None => {
                Err(self.wrong("a member's name is expected; write an odd one as ['odd name']"))
            }
        }
    }

    fn bracketed(&mut self) -> Result<PathStep, CodecError> {
        self.take('[');
        let step = match self.peek() {
            Some(quote @ ('\'' | '"')) => PathStep::Member(self.quoted(quote)?),
            Some('*' | '?') => {
                return Err(self.wrong("wildcards and filters mean many places; a node has one"));
            }
            Some('-') => return Err(self.wrong("places are counted from 0; the end of an array moves")),
            Some(_) | None => {
                let start = self.at;
                let digits = self.take_while(|c| c.is_ascii_digit());
                if self.peek() == Some(':') {
                    return Err(self.wrong("a slice means many places; a node has one"));
                }
                let is_plain = digits == "0" || !digits.starts_with('0');
                let Some(index) = digits.parse().ok().filter(|_| is_plain) else {
                    self.at = start;
                    return Err(self.wrong("a quoted name or a whole number is expected"));
                };
                PathStep::Index(index)
            }
        };
        if self.take(']') { Ok(step) } else { Err(self.wrong("a ] is expected")) }
    }

    fn quoted(&mut self, quote: char) -> Result<Box<str>, CodecError> {
        self.take(quote);
        let mut name = String::new();
        loop {
            match self.peek() {
                None => return Err(self.wrong("the name is not closed; a quote is missing")),
                Some(c) if c == quote => break,
                Some('\\') => name.push(self.escaped(quote)?),
                Some(c) if c < ' ' => {
                    return Err(self.wrong("a control character is written as an escape, such as \\n"));
                }
                Some(c) => {
                    name.push(c);
                    self.next();
                }
            }
        }
        self.take(quote);
        Ok(name.into())
    }

    fn escaped(&mut self, quote: char) -> Result<char, CodecError> {
        let start = self.at;
        self.take('\\');
        let c = match self.next() {
            Some('b') => Some('\u{8}'),
            Some('f') => Some('\u{c}'),
            Some('n') => Some('\n'),
            Some('r') => Some('\r'),
            Some('t') => Some('\t'),
            Some('u') => self.hex().and_then(|high| match high {
                0xd800..0xdc00 if self.take('\\') && self.take('u') => {
                    let low = self.hex().filter(|low| (0xdc00..0xe000).contains(low))?;
                    char::from_u32(0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00))
                }
                _ => char::from_u32(high),
            }),
            Some(c) if c == quote || c == '\\' || c == '/' => Some(c),
            Some(_) | None => None,
        };
        c.ok_or_else(|| {
            self.at = start;
            self.wrong("this is no escape; there are \\\\ \\' \\\" \\/ \\b \\f \\n \\r \\t \\u0000")
        })
    }

    /// Four hexadecimal digits.
    fn hex(&mut self) -> Option<u32> {
        (0..4).try_fold(0, |value, _| Some(value << 4 | self.next()?.to_digit(16)?))
    }
}
