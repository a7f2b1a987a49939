//! What is looked at, as one line of text: `plant/# -plant/debug/# cap 5000 for 60s matching value:>200`. Owns that
//! grammar; what stands behind `matching` is a view filter's.
use super::matching::Matching;
use crate::device::learn::{DEFAULT_CAP, Scope};
use crate::mqtt::Filter;
use crate::time::Timestamp;
use std::time::Duration;

/// The most candidates a person may ask for: 400 MB of them.
const MAX_CAP: usize = 1_000_000;

/// The longest time: a week.
const MAX_SECONDS: u64 = 7 * 86_400;

/// A word, and whether it stood in quotes.
struct Word {
    text: String,
    is_exclude: bool,
    is_quoted: bool,
}

/// The text of a scope, as it is edited.
pub fn text(scope: &Scope, matching: Option<&Matching>, now: Timestamp) -> String {
    let mut words: Vec<String> = scope.filters.iter().map(|filter| quoted(filter.as_str())).collect();
    words.extend(scope.excludes.iter().map(|filter| format!("-{}", quoted(filter.as_str()))));
    if scope.cap != DEFAULT_CAP {
        words.push(format!("cap {}", scope.cap));
    }
    if let Some(until) = scope.until.filter(|until| *until > now) {
        words.push(format!("for {}s", until.since(now).as_secs().max(1)));
    }
    words.extend(matching.map(|matching| format!("matching {}", matching.text)));
    words.join(" ")
}

fn quoted(filter: &str) -> String {
    let is_word = matches!(filter, "cap" | "for" | "matching");
    let is_plain = !filter.contains([' ', '"']) && !filter.starts_with('-') && !is_word;
    if is_plain { filter.to_owned() } else { format!("\"{}\"", filter.replace('"', "\"\"")) }
}

/// The scope of a text, and what is proposed of it; its time counts from now.
pub fn parse(text: &str, now: Timestamp) -> Result<(Scope, Option<Matching>), String> {
    let mut scope = Scope::of(Vec::new());
    let (words, matching) = words(text)?;
    let matching = Matching::parse(matching)?;
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        match word.text.as_str() {
            "cap" if !word.is_quoted => {
                let cap = words.next().and_then(|n| n.text.replace(',', "").parse().ok());
                let cap = cap.filter(|cap| (1..=MAX_CAP).contains(cap));
                scope.cap = cap.ok_or("behind cap stands how many candidates at most, such as cap 5000")?;
            }
            "for" if !word.is_quoted => {
                let time = words.next().and_then(|time| time_of(&time.text));
                let time = time.ok_or("behind for stands how long, such as for 60s or for 10m")?;
                scope.until = Some(now + time);
            }
            filter => {
                let filter = Filter::parse(filter).map_err(|error| error.to_string())?;
                let list = if word.is_exclude { &mut scope.excludes } else { &mut scope.filters };
                list.push(filter);
            }
        }
    }
    if scope.filters.is_empty() {
        return Err(
            "a filter is wanted, such as plant/# -plant/debug/# cap 5000 for 60s matching oven".into()
        );
    }
    Ok((scope, matching))
}

fn time_of(text: &str) -> Option<Duration> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = text.strip_prefix(digits)?;
    let factor = match unit {
        "" | "s" => 1,
        "m" | "min" => 60,
        "h" => 3_600,
        _other => return None,
    };
    let seconds = digits.parse::<u64>().ok()?.checked_mul(factor)?;
    (1..=MAX_SECONDS).contains(&seconds).then(|| Duration::from_secs(seconds))
}

/// Its words, and what stands behind `matching`.
fn words(text: &str) -> Result<(Vec<Word>, &str), String> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let excluded = rest.strip_prefix('-');
        let body = excluded.unwrap_or(rest);
        let (text, is_quoted, behind) = if let Some(quoted) = body.strip_prefix('"') {
            let (text, behind) = unquote(quoted)?;
            (text, true, behind)
        } else {
            let (word, behind) = body.split_once(' ').unwrap_or((body, ""));
            (word.to_owned(), false, behind)
        };
        if text == "matching" && !is_quoted && excluded.is_none() {
            return Ok((words, behind));
        }
        words.push(Word { text, is_exclude: excluded.is_some(), is_quoted });
        rest = behind.trim_start();
    }
    Ok((words, ""))
}

/// The text up to the closing quote, two of which stand for one, and what follows.
fn unquote(text: &str) -> Result<(String, &str), String> {
    let mut found = String::new();
    let mut rest = text;
    loop {
        let (before, behind) = rest.split_once('"').ok_or("a quote is not closed")?;
        found.push_str(before);
        match behind.strip_prefix('"') {
            Some(more) => {
                found.push('"');
                rest = more;
            }
            None => return Ok((found, behind)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_written_as_it_is_read() {
        let now = Timestamp::from_millis(5_000);
        for line in [
            "#",
            "plant/# -plant/debug/# cap 5000 for 60s",
            "a/+/b $SYS/# -a/x/b",
            "\"a b/c&d/#\" \"say \"\"so\"\"\" -\"-x\"",
            "\"for\" \"cap\" \"matching\"",
            "# -a matching oven !\"a b\" | value:>200",
        ] {
            let (scope, matching) = parse(line, now).unwrap();
            assert_eq!(text(&scope, matching.as_ref(), now), line);
        }
        let (scope, matching) = parse("plant/# cap 5,000 for 2m matching ", now).unwrap();
        assert!(matching.is_none());
        assert_eq!((scope.cap, scope.until), (5_000, Some(now + Duration::from_secs(120))));
    }

    #[test]
    fn what_is_no_scope_says_why() {
        for (line, expected) in [
            ("", "a filter is wanted"),
            ("-a", "a filter is wanted"),
            ("a cap", "cap 5000"),
            ("a cap 0", "cap 5000"),
            ("a for ever", "for 60s"),
            ("a for 99999999999999999999h", "for 60s"),
            ("a/#/b", "must stand alone"),
            ("\"a", "not closed"),
            ("a matching aeg:<5s", "did you mean \"age\""),
            ("matching oven", "a filter is wanted"),
        ] {
            let words = parse(line, Timestamp::ZERO).unwrap_err();
            assert!(words.contains(expected), "{line:?}: {words}");
        }
    }
}
