//! Many topics in one line: `lamp{1..4}/{on,level}`. Owns the expansion; whether a topic is one, `Topic` says.
use std::iter::Peekable;
use std::str::Chars;

/// Topics one line may stand for: a hall full of lamps, and still a list that can be looked at.
pub const MAX_EXPANDED: usize = 10_000;

/// Braces within braces: deeper than anybody writes by hand.
const MAX_DEPTH: usize = 8;

/// Why a line can't be expanded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BraceError {
    /// `{` without its `}`.
    #[error("a {{ has no }}; a brace that belongs to the topic is written \\{{")]
    Open,
    /// `}` without its `{`.
    #[error("a }} has no {{; a brace that belongs to the topic is written \\}}")]
    Close,
    /// `{a}`: neither a list nor a range.
    #[error(
        "{{{0}}} is neither a list {{a,b}} nor a range {{1..4}}; a brace that belongs to the topic is written \\{{"
    )]
    Neither(String),
    /// Too much comes of it.
    #[error("the braces stand for more than {MAX_EXPANDED} topics")]
    TooMany,
    /// Too much within each other.
    #[error("braces lie more than {MAX_DEPTH} deep within each other")]
    TooDeep,
}

/// All that a line stands for, in the order written: lists `{a,b}`, ranges `{1..4}` up or down, `{01..10}` with
/// leading zeros, braces within lists; `\{`, `\}`, `\,` and `\\` stand for themselves.
pub fn expand(text: &str) -> Result<Vec<String>, BraceError> {
    let mut chars = text.chars().peekable();
    let expanded = sequence(&mut chars, 0)?;
    match chars.next() {
        None => Ok(expanded),
        Some(_) => Err(BraceError::Close),
    }
}

/// What stands up to the end, or up to what ends this part of a list.
fn sequence(chars: &mut Peekable<Chars<'_>>, depth: usize) -> Result<Vec<String>, BraceError> {
    let mut all = vec![String::new()];
    while let Some(next) = chars.peek().copied() {
        match next {
            '}' => break,
            ',' if depth > 0 => break,
            '{' => {
                chars.next();
                let choices = choices(chars, depth + 1)?;
                if all.len().saturating_mul(choices.len()) > MAX_EXPANDED {
                    return Err(BraceError::TooMany);
                }
                let with = |start: &String| {
                    choices.iter().map(|choice| format!("{start}{choice}")).collect::<Vec<_>>()
                };
                all = all.iter().flat_map(with).collect();
            }
            _ => {
                chars.next();
                let is_escape = next == '\\' && matches!(chars.peek(), Some('{' | '}' | ',' | '\\'));
                let plain = if is_escape { chars.next().unwrap_or(next) } else { next };
                for text in &mut all {
                    text.push(plain);
                }
            }
        }
    }
    Ok(all)
}

/// What stands between braces; the opening one was read.
fn choices(chars: &mut Peekable<Chars<'_>>, depth: usize) -> Result<Vec<String>, BraceError> {
    if depth > MAX_DEPTH {
        return Err(BraceError::TooDeep);
    }
    let mut parts = vec![sequence(chars, depth)?];
    loop {
        match chars.next() {
            Some(',') => parts.push(sequence(chars, depth)?),
            Some(_) => break,
            None => return Err(BraceError::Open),
        }
        if parts.iter().map(Vec::len).sum::<usize>() > MAX_EXPANDED {
            return Err(BraceError::TooMany);
        }
    }
    match parts.as_slice() {
        [one] => match one.as_slice() {
            [text] => range(text),
            several => Ok(several.to_vec()),
        },
        _ => Ok(parts.into_iter().flatten().collect()),
    }
}

fn range(text: &str) -> Result<Vec<String>, BraceError> {
    let neither = || BraceError::Neither(text.to_owned());
    let (first, last) = text.split_once("..").ok_or_else(neither)?;
    let number = |text: &str| text.parse::<i64>().ok().ok_or_else(neither);
    let (from, to) = (number(first)?, number(last)?);
    if from.abs_diff(to) >= MAX_EXPANDED as u64 {
        return Err(BraceError::TooMany);
    }
    let is_padded = |text: &str| {
        let digits = text.trim_start_matches('-');
        digits.len() > 1 && digits.starts_with('0')
    };
    let width = if is_padded(first) || is_padded(last) { first.len().max(last.len()) } else { 0 };
    let shown = |n: i64| format!("{n:0width$}");
    Ok(if from <= to { (from..=to).map(shown).collect() } else { (to..=from).rev().map(shown).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_ranges_stand_for_all_their_topics_in_order() {
        for (text, expected) in [
            ("controls/lighting", &["controls/lighting"][..]),
            ("lamp{1..2}/{on,level}", &["lamp1/on", "lamp1/level", "lamp2/on", "lamp2/level"]),
            ("{3..1}", &["3", "2", "1"]),
            ("a{08..10}", &["a08", "a09", "a10"]),
            ("{-1..1}", &["-1", "0", "1"]),
            ("{a,b{1..2},}/c", &["a/c", "b1/c", "b2/c", "/c"]),
            ("{{a,b}}", &["a", "b"]),
            (r"json\{x\}/{a\,b,c\\}", &["json{x}/a,b", "json{x}/c\\"]),
            ("a,b\\n", &["a,b\\n"]),
            ("é{ü,∅}", &["éü", "é∅"]),
        ] {
            assert_eq!(expand(text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn braces_that_make_no_sense_are_told() {
        for (text, expected) in [
            ("a{1,2", "has no }"),
            ("a}b", "has no {"),
            ("a{b}", "neither a list"),
            ("a{}", "neither a list"),
            ("a{1..}", "neither a list"),
            ("{1..10001}", "more than 10000"),
            ("{1..100}{1..101}", "more than 10000"),
            ("{-9223372036854775808..9223372036854775807}", "more than 10000"),
            ("{{{{{{{{{a,b},c},d},e},f},g},h},i},j}", "deep"),
        ] {
            let error = expand(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
