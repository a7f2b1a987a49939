//! ossia's patterns and regular expressions. Owns how one is written as the other; the matching is the crate's, in
//! linear time and bounded memory.
use crate::device::braces;
use regex::{Regex, RegexBuilder};
use std::fmt::Write as _;

/// What a compiled pattern may take: ten thousand topics of a brace, and no more.
const MAX_COMPILED_BYTES: usize = 4 * 1024 * 1024;

/// What matching may remember beside; beyond it, it goes on more slowly.
const MAX_CACHE_BYTES: usize = 1024 * 1024;

/// Groups within groups.
const MAX_NESTED: u32 = 50;

/// A compiled pattern.
#[derive(Clone, Debug)]
pub(super) struct Pattern(Regex);

impl Pattern {
    /// A regular expression, found anywhere in the topic.
    pub fn regex(text: &str) -> Result<Self, String> {
        build(text, false).map(Self).map_err(|error| match error {
            regex::Error::Syntax(words) => {
                // The last line says what is wrong; those before it draw an arrow.
                let words = words.lines().last().unwrap_or_default();
                format!("no regular expression: {}", words.trim_start_matches("error: "))
            }
            regex::Error::CompiledTooBig(_) | _ => {
                "the regular expression stands for too much; make it shorter".to_owned()
            }
        })
    }

    /// A pattern of ossia's or of MQTT's signs. With a slash it is held against the whole topic, without one against
    /// each level.
    pub fn ossia(text: &str) -> Result<Self, String> {
        let translated = translate(text)?;
        let any_case = !text.chars().any(char::is_uppercase);
        build(&translated, any_case)
            .map(Self)
            .map_err(|_error| "the pattern stands for too much; make it shorter".to_owned())
    }

    pub fn is_match(&self, topic: &str) -> bool {
        self.0.is_match(topic)
    }
}

fn build(text: &str, any_case: bool) -> Result<Regex, regex::Error> {
    RegexBuilder::new(text)
        .case_insensitive(any_case)
        .dot_matches_new_line(true)
        .size_limit(MAX_COMPILED_BYTES)
        .dfa_size_limit(MAX_CACHE_BYTES)
        .nest_limit(MAX_NESTED)
        .build()
}

/// Whether a word is more than a text.
pub(super) fn is_pattern(word: &str) -> bool {
    let has_wildcard = word.split('/').any(|level| matches!(level, "+" | "#"));
    word.contains(['*', '?', '{', '}', '[', ']']) || word.contains("//") || has_wildcard
}

fn translate(text: &str) -> Result<String, String> {
    let has_slash = text.contains('/');
    let mut out = String::with_capacity(text.len() * 2);
    out.push_str(if has_slash { "^" } else { "(?:^|/)" });
    let mut rest = text;
    let mut at_level = true;
    while let Some(next) = rest.chars().next() {
        let after = rest.get(next.len_utf8()..).unwrap_or_default();
        let ends_level = after.is_empty() || after.starts_with('/');
        rest = after;
        match next {
            '/' => {
                let deeper = after.trim_start_matches('/');
                if deeper.len() == after.len() {
                    // What stands before `/#` is meant as well.
                    out.push_str(if after == "#" { "" } else { "/" });
                } else {
                    // `//`: any number of levels between.
                    let is_start = out == "^";
                    out.push_str(if is_start { "(?:.*/)?" } else { "/(?:.*/)?" });
                    rest = deeper;
                }
                at_level = true;
                continue;
            }
            '+' if at_level && ends_level => out.push_str("[^/]*"),
            '#' if at_level && after.is_empty() => {
                out.push_str(if text == "#" || text.ends_with("//#") { ".*" } else { "(?:/.*)?" });
            }
            '*' => out.push_str("[^/]*"),
            '?' => out.push_str("[^/]"),
            '[' => rest = class(after, &mut out)?,
            '{' => rest = choices(after, &mut out)?,
            '}' => return Err("a } has no {; text with a brace stands in quotes".to_owned()),
            plain => out.push_str(&regex::escape(plain.encode_utf8(&mut [0; 4]))),
        }
        at_level = false;
    }
    out.push_str(if has_slash || text == "#" { "$" } else { "(?:/|$)" });
    Ok(out)
}

/// `[a-z]`, `[!a-z]`; the opening bracket was read.
fn class<'a>(text: &'a str, out: &mut String) -> Result<&'a str, String> {
    let open = || "a [ has no ]; text with a bracket stands in quotes".to_owned();
    // The first may be a bracket itself.
    let skipped = text.chars().take(2).take_while(|c| matches!(c, '!' | '^')).count();
    let inside = text.get(skipped..).unwrap_or_default();
    let first = inside.chars().next().ok_or_else(open)?;
    let end = inside.get(first.len_utf8()..).and_then(|more| more.find(']')).ok_or_else(open)?;
    let (inside, rest) = inside.split_at_checked(first.len_utf8() + end).ok_or_else(open)?;
    out.push_str(if skipped > 0 { "[^/" } else { "[" });
    let mut chars = inside.chars().peekable();
    while let Some(from) = chars.next() {
        let mut ahead = chars.clone();
        let to = (ahead.next() == Some('-')).then(|| ahead.next()).flatten();
        if let Some(to) = to {
            if from > to {
                return Err(format!("[{from}-{to}]: the lower end stands first"));
            }
            chars = ahead;
        }
        let _ = write!(out, "\\x{{{:X}}}-\\x{{{:X}}}", u32::from(from), u32::from(to.unwrap_or(from)));
    }
    out.push(']');
    rest.strip_prefix(']').ok_or_else(open)
}

/// `{a,b}`, `{1..5}`; the opening brace was read.
fn choices<'a>(text: &'a str, out: &mut String) -> Result<&'a str, String> {
    let mut depth = 1_usize;
    let mut end = None;
    for (at, c) in text.char_indices() {
        depth = match c {
            '{' => depth + 1,
            '}' => depth - 1,
            _ => depth,
        };
        if depth == 0 {
            end = Some(at);
            break;
        }
    }
    let open = || "a { has no }; text with a brace stands in quotes".to_owned();
    let (inside, rest) = text.split_at_checked(end.ok_or_else(open)?).ok_or_else(open)?;
    let all = braces::expand(&format!("{{{inside}}}")).map_err(|error| error.to_string())?;
    out.push_str("(?:");
    for (place, one) in all.iter().enumerate() {
        if place > 0 {
            out.push('|');
        }
        // Within braces, too, * and ? stand for others.
        for c in one.chars() {
            match c {
                '*' => out.push_str("[^/]*"),
                '?' => out.push_str("[^/]"),
                plain => out.push_str(&regex::escape(plain.encode_utf8(&mut [0; 4]))),
            }
        }
    }
    out.push(')');
    rest.strip_prefix('}').ok_or_else(open)
}
