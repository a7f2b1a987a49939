//! From a line to its terms. Owns the grammar and what is said about a term that is none.
use super::attribute::{ATTRIBUTES, Attribute, Wanted};
use super::pattern::{Pattern, is_pattern};
use super::text::Text;
use super::{Sift, Term, Test};
use crate::decode;
use crate::mqtt::Filter;
use crate::warning::did_you_mean;

/// The longest line: more than any screen shows, and a pasted payload is none.
pub const MAX_BYTES: usize = 8_192;

/// The most terms: each is held against every topic.
pub const MAX_TERMS: usize = 64;

/// Columns of an offending term that are repeated.
const MAX_TERM_COLS: usize = 40;

/// What is wrong with a term, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{term} at {place}: {words}")]
pub struct SiftError {
    /// The term, safe to show.
    pub term: String,
    /// Its place in the line, in characters from 1.
    pub place: usize,
    /// What is wrong, with a remedy.
    pub words: String,
}

/// A piece of the line between blanks.
struct Word<'a> {
    /// As written.
    whole: &'a str,
    /// Where it begins, in bytes.
    at: usize,
    is_excluding: bool,
    /// A regular expression, an attribute, or a text.
    kind: Kind<'a>,
}

enum Kind<'a> {
    /// `|`
    Or,
    /// In quotes, or with nothing in it that means more.
    Text(String),
    /// A word that may be a pattern.
    Word(&'a str),
    Regex(String),
    /// What stands behind the name, and whether it is in quotes.
    Attribute(Attribute, String, bool),
}

/// Reads a line. An empty one lets all through.
pub fn parse(line: &str) -> Result<Sift, SiftError> {
    let error = |at: usize, term: &str, words: String| SiftError {
        term: decode::sanitize(term.as_bytes(), MAX_TERM_COLS),
        place: line.get(..at).map_or(0, |before| before.chars().count()) + 1,
        words,
    };
    if line.len() > MAX_BYTES {
        let words = format!("a filter has at most {MAX_BYTES} bytes, this one has {}", line.len());
        return Err(error(0, line, words));
    }
    let (mut choices, mut choice, mut n_terms) = (Vec::new(), Vec::new(), 0);
    let (mut at, mut or_at) = (0, None);
    while let Some(word) = next(line, at).map_err(|(at, term, words)| error(at, &term, words))? {
        at = word.at + word.whole.len();
        if let Kind::Or = word.kind {
            if choice.is_empty() {
                return Err(error(word.at, "|", "a choice stands on both sides of |".to_owned()));
            }
            choices.push(std::mem::take(&mut choice));
            or_at = Some(word.at);
            continue;
        }
        n_terms += 1;
        if n_terms > MAX_TERMS {
            return Err(error(word.at, word.whole, format!("a filter has at most {MAX_TERMS} terms")));
        }
        let is_excluding = word.is_excluding;
        let test = tested(word.kind).map_err(|words| error(word.at, word.whole, words))?;
        choice.push(Term { is_excluding, test });
    }
    match or_at {
        Some(at) if choice.is_empty() => {
            return Err(error(at, "|", "a choice stands on both sides of |".to_owned()));
        }
        Some(_) | None if choice.is_empty() => {}
        Some(_) | None => choices.push(choice),
    }
    Ok(Sift { choices })
}

fn tested(kind: Kind<'_>) -> Result<Test, String> {
    Ok(match kind {
        Kind::Text(text) => Test::Text(Text::new(&text)),
        Kind::Regex(text) => Test::Pattern(Pattern::regex(&text)?),
        Kind::Attribute(attribute, text, is_quoted) => {
            Test::Wanted(Wanted::read(attribute, &text, is_quoted)?)
        }
        Kind::Word(word) if !is_pattern(word) => Test::Text(Text::new(word)),
        Kind::Word(word) => {
            let is_ossia = word.contains(['*', '?', '{', '}', '[', ']']) || word.contains("//");
            if is_ossia {
                Test::Pattern(Pattern::ossia(word)?)
            } else {
                Test::Mqtt(Filter::parse(word).map_err(|error| error.to_string())?)
            }
        }
        Kind::Or => return Err("a choice stands on both sides of |".to_owned()),
    })
}

type Wrong = (usize, String, String);

/// The next word from a place on.
fn next(text: &str, from: usize) -> Result<Option<Word<'_>>, Wrong> {
    let rest = text.get(from..).unwrap_or_default();
    let trimmed = rest.trim_start();
    let at = from + rest.len() - trimmed.len();
    if trimmed.is_empty() {
        return Ok(None);
    }
    let blank = |text: &str| text.find(char::is_whitespace).unwrap_or(text.len());
    let end = |length: usize| trimmed.get(..length).unwrap_or(trimmed);
    let word = end(blank(trimmed));
    if word == "|" {
        return Ok(Some(Word { whole: word, at, is_excluding: false, kind: Kind::Or }));
    }
    let is_excluding = trimmed.starts_with('!');
    let body = trimmed.strip_prefix('!').unwrap_or(trimmed);
    let n_before = trimmed.len() - body.len();
    let plain = body.get(..blank(body)).unwrap_or(body);
    let wrong = |words: String| (at, word.to_owned(), words);
    if plain.is_empty() {
        return Err(wrong("a term to exclude stands right behind !".to_owned()));
    }
    let made = |length: usize, kind| Ok(Some(Word { whole: end(n_before + length), at, is_excluding, kind }));
    if body.starts_with('"') {
        let (text, length) = quoted(body).map_err(wrong)?;
        return made(length, Kind::Text(text));
    }
    if let Some(inside) = slashed(plain) {
        return made(plain.len(), Kind::Regex(inside.replace("\\/", "/")));
    }
    let n_letters = plain.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (name, behind) = body.split_at_checked(n_letters).unwrap_or((body, ""));
    let Some(behind) = behind.strip_prefix(':').filter(|_| n_letters > 0) else {
        return made(plain.len(), Kind::Word(plain));
    };
    let (inside, length, is_quoted) = if behind.starts_with('"') {
        let (inside, length) = quoted(behind).map_err(wrong)?;
        (inside, length, true)
    } else {
        let inside = behind.get(..blank(behind)).unwrap_or(behind);
        (inside.to_owned(), inside.len(), false)
    };
    let length = n_letters + 1 + length;
    if name == "re" {
        if inside.is_empty() {
            return Err(wrong("re: needs a regular expression behind it".to_owned()));
        }
        return made(length, Kind::Regex(inside));
    }
    if let Some(attribute) = Attribute::of(name) {
        return made(length, Kind::Attribute(attribute, inside, is_quoted));
    }
    let meant = did_you_mean(name, ATTRIBUTES.iter().map(|(_, name, ..)| *name).chain(["re"]));
    let end = if meant.is_empty() { ";" } else { "" };
    Err(wrong(format!("there is no {name}:{meant}{end} text with a colon stands in quotes")))
}

/// What stands between slashes, with none inside: `/a$/`.
fn slashed(word: &str) -> Option<&str> {
    let inside = word.strip_prefix('/')?.strip_suffix('/')?;
    let is_one = !inside.is_empty() && !inside.replace("\\/", "").contains('/') && !inside.ends_with('\\');
    is_one.then_some(inside)
}

/// What stands in quotes, and how many bytes that took; `\"` and `\\` stand for themselves.
fn quoted(text: &str) -> Result<(String, usize), String> {
    let mut out = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => {
                return if out.is_empty() {
                    Err("nothing stands in the quotes".to_owned())
                } else {
                    Ok((out, at + 1))
                };
            }
            '\\' => match chars.next() {
                Some((_, next @ ('"' | '\\'))) => out.push(next),
                Some((_, next)) => out.extend(['\\', next]),
                None => break,
            },
            plain => out.push(plain),
        }
    }
    Err("a quote is not closed; \\\" stands for one within".to_owned())
}
