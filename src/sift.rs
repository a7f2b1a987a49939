//! The language of the view filter: which topics are let through. Owns its grammar and its judgement; knows a topic
//! by its name and by what [`Facts`] tell, and takes time linear in what it is held against.
//!
//! Terms stand side by side and all must hold; `|` between blanks begins another choice; `!` excludes.
mod attribute;
mod facts;
pub mod named;
mod number;
mod pattern;
mod read;
#[cfg(test)]
mod tests;
mod text;

pub use attribute::{ATTRIBUTES, Attribute};
pub use facts::{Facts, Nothing};
pub use read::{MAX_BYTES, MAX_TERMS, SiftError, parse};

use crate::mqtt::Filter;
use attribute::Wanted;
use pattern::Pattern;
use text::Text;

/// A view filter that was read.
#[derive(Clone, Debug, Default)]
pub struct Sift {
    /// Any of them must hold, and of each all terms.
    choices: Vec<Vec<Term>>,
}

/// One condition.
#[derive(Clone, Debug)]
struct Term {
    is_excluding: bool,
    test: Test,
}

/// What is tested.
#[derive(Clone, Debug)]
enum Test {
    /// A part of the topic.
    Text(Text),
    /// MQTT's wildcards.
    Mqtt(Filter),
    /// ossia's patterns, and regular expressions.
    Pattern(Pattern),
    /// What is known of the topic beside its name.
    Wanted(Wanted),
}

impl Term {
    /// Whether it holds for a topic; `None`: its name does not tell.
    fn of_topic(&self, topic: &str) -> Option<bool> {
        let holds = match &self.test {
            Test::Text(text) => text.is_in(topic),
            Test::Mqtt(filter) => filter.matches(topic),
            Test::Pattern(pattern) => pattern.is_match(topic),
            Test::Wanted(_) => return None,
        };
        Some(holds != self.is_excluding)
    }

    fn of_facts(&self, facts: &impl Facts) -> bool {
        match &self.test {
            Test::Wanted(wanted) => wanted.holds(facts) != self.is_excluding,
            Test::Text(_) | Test::Mqtt(_) | Test::Pattern(_) => true,
        }
    }

    const fn attribute(&self) -> Option<Attribute> {
        match &self.test {
            Test::Wanted(wanted) => Some(wanted.attribute()),
            Test::Text(_) | Test::Mqtt(_) | Test::Pattern(_) => None,
        }
    }
}

impl Sift {
    /// Whether it says nothing, and so lets all through.
    pub const fn is_empty(&self) -> bool {
        self.choices.is_empty()
    }

    /// Whether a topic is let through.
    pub fn lets_through(&self, topic: &str, facts: &impl Facts) -> bool {
        let holds = |choice: &Vec<Term>| {
            choice.iter().all(|term| term.of_topic(topic).unwrap_or(true))
                && choice.iter().all(|term| term.of_facts(facts))
        };
        self.is_empty() || self.choices.iter().any(holds)
    }

    /// Whether a topic may be let through, as far as its name tells. What may not never will.
    pub fn may_let_through(&self, topic: &str) -> bool {
        let holds = |choice: &Vec<Term>| choice.iter().all(|term| term.of_topic(topic).unwrap_or(true));
        self.is_empty() || self.choices.iter().any(holds)
    }

    fn attributes(&self) -> impl Iterator<Item = Attribute> {
        self.choices.iter().flatten().filter_map(Term::attribute)
    }

    /// Whether names alone decide, once for all.
    pub fn is_of_names(&self) -> bool {
        self.attributes().next().is_none()
    }

    /// Whether time alone changes what is let through.
    pub fn is_timed(&self) -> bool {
        self.attributes().any(Attribute::is_timed)
    }
}
