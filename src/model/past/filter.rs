//! Which past messages are listed: those that hold a text, compare with a number, came by a QoS. Owns the terms and
//! the list, which is made in slices so that no key waits.
use super::MAX_ROWS_BACK;
use super::reader::{ReadBy, Reader};
use crate::mqtt::{Qos, Retained};
use crate::store::{NodeId, Past, PastKey, Store};
use std::cmp::Ordering;
use std::collections::VecDeque;

/// Messages looked at between two looks at the keyboard, and their bytes: a few milliseconds, structured values
/// with a path included.
const SLICE_MESSAGES: usize = 500;
const SLICE_BYTES: usize = 256 * 1024;

/// Messages that may have come between two frames without the list being begun anew.
const MAX_CAUGHT_UP: usize = 10_000;

/// A list of messages, and what they have in common.
#[derive(Clone, Debug)]
pub struct Filter {
    /// What was typed.
    pub text: String,
    /// Those found so far, the newest first; at most as many as a key may go back.
    pub matches: VecDeque<PastKey>,
    /// Further ones, which are counted alone.
    pub n_beyond: usize,
    terms: Vec<Term>,
    by: ReadBy,
    /// The newest message that was looked at, counted from 1.
    newest: u64,
    /// The oldest one.
    oldest: Option<PastKey>,
    is_done: bool,
}

#[derive(Clone, Debug, PartialEq)]
enum Term {
    /// A text; in lower case it stands for any case.
    Text(String),
    Value(Test, f64),
    Size(Test, f64),
    Qos(Qos),
    Retained(Retained),
    Dup(bool),
}

/// How one number stands to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Test {
    Is(Ordering),
    IsNot(Ordering),
}

impl Test {
    fn holds(self, left: f64, right: f64) -> bool {
        match self {
            Self::Is(ordering) => left.partial_cmp(&right) == Some(ordering),
            Self::IsNot(ordering) => left.partial_cmp(&right).is_some_and(|found| found != ordering),
        }
    }

    /// The test at the start of a text, and what stands behind.
    fn split(text: &str) -> Option<(Self, &str)> {
        const SIGNS: [(&str, Test); 6] = [
            (">=", Test::IsNot(Ordering::Less)),
            ("<=", Test::IsNot(Ordering::Greater)),
            ("!=", Test::IsNot(Ordering::Equal)),
            (">", Test::Is(Ordering::Greater)),
            ("<", Test::Is(Ordering::Less)),
            ("=", Test::Is(Ordering::Equal)),
        ];
        SIGNS.iter().find_map(|(sign, test)| Some((*test, text.strip_prefix(sign)?)))
    }
}

impl Term {
    fn holds(&self, past: &Past<'_>, by: &Reader<'_>) -> bool {
        match self {
            Self::Text(text) => {
                let is_exact = text.chars().any(char::is_uppercase);
                by.is_match(past, |value| {
                    if is_exact { value.contains(text) } else { value.to_lowercase().contains(text) }
                })
            }
            Self::Value(test, number) => by.number(past).is_some_and(|value| test.holds(value, *number)),
            Self::Size(test, n_bytes) => {
                test.holds(u32::try_from(past.n_bytes).unwrap_or(u32::MAX).into(), *n_bytes)
            }
            Self::Qos(qos) => past.qos == *qos,
            Self::Retained(retained) => past.retained == *retained,
            Self::Dup(dup) => past.dup == *dup,
        }
    }

    /// A word that is more than a part of the text.
    fn parse(word: &str) -> Option<Result<Self, String>> {
        if let Some((test, number)) = Test::split(word) {
            return Some(Ok(Self::Value(test, number.parse().ok()?)));
        }
        let (name, value) = word.split_once(':')?;
        let wrong = |may| Err(format!("{value:?} is nothing {name} can be; it is {may}"));
        Some(match (name, value) {
            ("qos", "0") => Ok(Self::Qos(Qos::AtMostOnce)),
            ("qos", "1") => Ok(Self::Qos(Qos::AtLeastOnce)),
            ("qos", "2") => Ok(Self::Qos(Qos::ExactlyOnce)),
            ("qos", _) => wrong("0, 1 or 2"),
            ("r" | "retained", "yes") => Ok(Self::Retained(Retained::Yes)),
            ("r" | "retained", "no") => Ok(Self::Retained(Retained::No)),
            ("r" | "retained", "unknown") => Ok(Self::Retained(Retained::Unknown)),
            ("r" | "retained", _) => wrong("yes, no or unknown"),
            ("dup", "yes") => Ok(Self::Dup(true)),
            ("dup", "no") => Ok(Self::Dup(false)),
            ("dup", _) => wrong("yes or no"),
            ("size", value) => match size(value) {
                Some((test, n_bytes)) => Ok(Self::Size(test, n_bytes)),
                None => wrong("such as >1k, <=200 or =0"),
            },
            _ => return None,
        })
    }
}

/// A test of a size: `>1k`, `<=200`, `=0`.
fn size(text: &str) -> Option<(Test, f64)> {
    let (sign, amount) = Test::split(text)?;
    let (number, unit) = match amount.strip_suffix(['k', 'K']) {
        Some(number) => (number, 1e3),
        None => amount.strip_suffix(['m', 'M']).map_or((amount, 1.0), |number| (number, 1e6)),
    };
    number.parse::<f64>().ok().filter(|number| number.is_finite()).map(|number| (sign, number * unit))
}

/// What a text asks for: words with a meaning of their own, the rest as one text.
fn parse(text: &str) -> Result<Vec<Term>, String> {
    let (mut terms, mut rest) = (Vec::new(), Vec::new());
    for word in text.split_whitespace() {
        match Term::parse(word) {
            Some(term) => terms.push(term?),
            None => rest.push(word),
        }
    }
    if terms.is_empty() && !text.is_empty() {
        // Its blanks count.
        terms.push(Term::Text(text.to_owned()));
    } else if !rest.is_empty() {
        terms.push(Term::Text(rest.join(" ")));
    }
    Ok(terms)
}

impl Filter {
    /// Begins to list what a text asks for. What is wrong with it, in words.
    pub fn begin(text: &str, by: ReadBy) -> Result<Self, String> {
        let terms = parse(text)?;
        Ok(Self {
            text: text.to_owned(),
            matches: VecDeque::new(),
            n_beyond: 0,
            terms,
            by,
            newest: 0,
            oldest: None,
            is_done: false,
        })
    }

    /// Whether older messages are still to be looked at.
    pub const fn is_working(&self) -> bool {
        !self.is_done
    }

    /// How many match, as far as was looked.
    pub fn n_found(&self) -> usize {
        self.matches.len() + self.n_beyond
    }

    /// A message is there no longer.
    pub fn drop(&mut self, key: PastKey) {
        self.matches.retain(|known| known.ordinal != key.ordinal);
    }

    fn is_match(&self, past: &Past<'_>, by: &Reader<'_>) -> bool {
        self.terms.iter().all(|term| term.holds(past, by))
    }

    fn begin_anew(&mut self, by: ReadBy) {
        self.matches.clear();
        (self.n_beyond, self.newest, self.oldest, self.is_done, self.by) = (0, 0, None, false, by);
    }

    /// Looks at what came since, and lets go what went; how many rows came on top.
    pub fn catch_up(&mut self, store: &Store, node: NodeId, by: &Reader<'_>) -> usize {
        if self.by != by.by() {
            self.begin_anew(by.by());
        }
        if self.newest == 0 {
            return 0;
        }
        let mut found = Vec::new();
        let mut n_looked = 0;
        let mut newest = self.newest;
        for past in store.history(node) {
            if past.key.ordinal <= self.newest {
                // It has a place in the log by now.
                if let Some(front) =
                    self.matches.front_mut().filter(|front| front.ordinal == past.key.ordinal)
                {
                    *front = past.key;
                }
                break;
            }
            newest = newest.max(past.key.ordinal);
            n_looked += 1;
            if n_looked > MAX_CAUGHT_UP {
                self.begin_anew(by.by());
                return 0;
            }
            if self.is_match(&past, by) {
                found.push(past.key);
            }
        }
        self.newest = newest;
        let n_new = found.len();
        for key in found.into_iter().rev() {
            self.matches.push_front(key);
        }
        while self.matches.len() > MAX_ROWS_BACK {
            self.matches.pop_back();
            self.n_beyond += 1;
        }
        self.let_go(store, node, by);
        n_new
    }

    /// The oldest messages may have been evicted, or moved by a pin.
    fn let_go(&mut self, store: &Store, node: NodeId, by: &Reader<'_>) {
        while let Some(oldest) = self.matches.back()
            && !store.is_in_place(node, *oldest)
        {
            if store.past(node, *oldest).is_some() {
                return self.begin_anew(by.by());
            }
            self.matches.pop_back();
            // Those beyond are older, and went before.
            self.n_beyond = 0;
        }
    }

    /// Looks at a slice of what is older than what was looked at.
    pub fn work(&mut self, store: &Store, node: NodeId, by: &Reader<'_>) {
        if self.newest == 0 {
            self.newest = store.node(node).n_messages;
        }
        let from = self.oldest.unwrap_or(PastKey::TOP);
        let before = self.oldest.map_or(u64::MAX, |oldest| oldest.ordinal);
        let (mut n_messages, mut n_bytes) = (0, 0);
        self.is_done = true;
        for past in store.history_from(node, from).skip_while(|past| past.key.ordinal >= before) {
            if past.key.ordinal > self.newest {
                continue;
            }
            if n_messages == SLICE_MESSAGES || n_bytes > SLICE_BYTES {
                self.is_done = false;
                break;
            }
            n_messages += 1;
            n_bytes += past.payload.len();
            self.oldest = Some(past.key);
            if !self.is_match(&past, by) {
                continue;
            }
            if self.matches.len() < MAX_ROWS_BACK {
                self.matches.push_back(past.key);
            } else {
                self.n_beyond += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_with_a_meaning_are_told_from_the_text() {
        let text = |text: &str| Term::Text(text.to_owned());
        for (typed, expected) in [
            ("on", vec![text("on")]),
            ("set  point", vec![text("set  point")]),
            (">20", vec![Term::Value(Test::Is(Ordering::Greater), 20.0)]),
            ("<=-1.5", vec![Term::Value(Test::IsNot(Ordering::Greater), -1.5)]),
            ("!=3", vec![Term::Value(Test::IsNot(Ordering::Equal), 3.0)]),
            (">", vec![text(">")]),
            ("a:b", vec![text("a:b")]),
            (
                "qos:1 r:yes door open",
                vec![Term::Qos(Qos::AtLeastOnce), Term::Retained(Retained::Yes), text("door open")],
            ),
            ("size:>1k dup:no", vec![Term::Size(Test::Is(Ordering::Greater), 1_000.0), Term::Dup(false)]),
        ] {
            assert_eq!(parse(typed), Ok(expected), "{typed}");
        }
        for typed in ["qos:3", "r:maybe", "dup:1", "size:big", "size:>NaNk"] {
            assert!(parse(typed).is_err(), "{typed}");
        }
    }
}
