//! Search that forgives left-out letters: topics scored by how well they fit. Owns the scores; the matching is
//! `nucleo`'s, the order of results the caller's.
//!
//! Topics of a plant are alike: those that differ only in letters and digits that are not sought fit equally well, and
//! are scored once.
use super::inside::Inside;
use super::search::{Found, Needle, SearchCursor};
use super::tree::ROOT;
use super::{NodeId, Store};
use foldhash::fast::RandomState;
use hashbrown::HashMap;
use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

/// Shapes of topics whose scores are remembered, and bytes of each: a megabyte at most. Longer topics are rare.
const MAX_SHAPES: usize = 4_096;
const MAX_SHAPE_BYTES: usize = 256;

/// What is searched for, letter by letter: each word's letters in their order, anything between them. Smart case.
pub struct Fuzzy {
    pattern: Pattern,
    matcher: Box<Matcher>,
    letters: Vec<char>,
    path: String,
    parent: Option<u32>,
    own: usize,
    /// What stands for each byte in a shape.
    stands: Box<[u8; 256]>,
    shape: Vec<u8>,
    scores: HashMap<Box<[u8]>, Option<u32>, RandomState>,
}

impl std::fmt::Debug for Fuzzy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Fuzzy").field(&self.pattern).finish()
    }
}

/// A topic that fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fit {
    /// Which.
    pub node: NodeId,
    /// How well: the more the better; 0 for one whose value alone holds the text.
    pub score: u32,
    /// The length of the topic; of two that fit alike the shorter one is meant.
    pub n_bytes: usize,
}

impl Fuzzy {
    /// Reads what was typed.
    pub fn new(text: &str) -> Self {
        Self {
            pattern: Pattern::new(text, CaseMatching::Smart, Normalization::Smart, AtomKind::Fuzzy),
            matcher: Box::new(Matcher::new(Config::DEFAULT.match_paths())),
            letters: Vec::new(),
            path: String::new(),
            parent: None,
            own: 0,
            stands: Box::new(stands(text)),
            shape: Vec::new(),
            scores: HashMap::default(),
        }
    }

    /// How well the path fits, if at all.
    fn score_path(&mut self) -> Option<u32> {
        let has_shape = self.path.len() <= MAX_SHAPE_BYTES && self.path.is_ascii();
        if has_shape {
            let stands = |byte: u8| self.stands.get(usize::from(byte)).copied().unwrap_or(byte);
            // That of the parent is there already.
            self.shape.truncate(self.own);
            self.shape.extend(self.path.bytes().skip(self.shape.len()).map(stands));
            if let Some(score) = self.scores.get(self.shape.as_slice()) {
                return *score;
            }
        }
        let text = Utf32Str::new(&self.path, &mut self.letters);
        let score = self.pattern.score(text, &mut self.matcher);
        if has_shape {
            if self.scores.len() == MAX_SHAPES {
                self.scores.clear();
            }
            self.scores.insert(self.shape.as_slice().into(), score);
        }
        score
    }

    /// How well a text fits, if at all.
    pub fn score(&mut self, text: &str) -> Option<u32> {
        self.pattern.score(Utf32Str::new(text, &mut self.letters), &mut self.matcher)
    }

    /// Which characters of a text fit, by their places among its characters; none where it doesn't.
    pub fn places(&mut self, text: &str) -> Vec<u32> {
        let mut places = Vec::new();
        let text = Utf32Str::new(text, &mut self.letters);
        if self.pattern.indices(text, &mut self.matcher, &mut places).is_none() {
            places.clear();
        }
        places.sort_unstable();
        places.dedup();
        places
    }
}

/// What stands for each byte in a shape: for a letter or digit that is not sought its kind, else itself.
fn stands(sought: &str) -> [u8; 256] {
    let mut stands = [0; 256];
    for (byte, stands) in (0..=u8::MAX).zip(&mut stands) {
        let is_sought = sought.bytes().any(|other| other.eq_ignore_ascii_case(&byte));
        // No byte of ASCII is one of these.
        *stands = match byte {
            _ if is_sought => byte,
            b'a'..=b'z' => 0x80,
            b'A'..=b'Z' => 0x81,
            b'0'..=b'9' => 0x82,
            _ => byte,
        };
    }
    stands
}

impl Store {
    /// Looks at up to `budget_nodes` nodes and hands on the topics that fit, or whose values hold the needle where it
    /// asks for those. `Some` tells where to go on; `None`: all were looked at.
    pub fn fuzzy_slice(
        &self,
        cursor: SearchCursor,
        (fuzzy, needle, inside): (&mut Fuzzy, &Needle, &mut dyn Inside),
        budget_nodes: usize,
        found: &mut Found,
        mut hand_on: impl FnMut(Fit),
    ) -> Option<SearchCursor> {
        let (nodes, rest) = cursor.slice(budget_nodes, self.tree.slots.len());
        for node in nodes {
            let id = NodeId(node);
            if !(self.is_topic(id) || self.is_kept(id)) || !self.is_listed(id) {
                continue;
            }
            let parent = self.tree.slots[node].parent;
            if fuzzy.parent != Some(parent) {
                self.topic_of(NodeId(parent), &mut fuzzy.path);
                if parent != ROOT {
                    fuzzy.path.push('/');
                }
                (fuzzy.parent, fuzzy.own) = (Some(parent), fuzzy.path.len());
                fuzzy.shape.clear();
            }
            fuzzy.path.truncate(fuzzy.own);
            fuzzy.path.push_str(self.tree.level(node));
            let score = fuzzy.score_path();
            let score = score.or_else(|| {
                let holds = self.holds(id, needle, found) || self.holds_inside(id, needle, inside);
                holds.then_some(0)
            });
            if let Some(score) = score {
                hand_on(Fit { node: id, score, n_bytes: fuzzy.path.len() });
            }
            if inside.is_tired() {
                return Some(SearchCursor(node + 1));
            }
        }
        // Another store has other parents under the same numbers.
        if rest.is_none() {
            fuzzy.parent = None;
        }
        rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mqtt::{MessageRef, Qos, Queued, Retained};
    use crate::store::inside::AsItCame;
    use crate::time::Timestamp;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn topics_that_are_alike_are_scored_as_if_they_were_not(
            sought in "[a-cA1é /]{1,4}",
            topics in prop::collection::hash_set("[abxA1 2é]{1,4}(/[bcyB1_-]{0,4}){0,3}", 1..40),
        ) {
            let mut store = Store::new(64 << 20);
            for topic in &topics {
                store.ingest(&MessageRef {
                    topic,
                    payload: b"1",
                    properties: &[],
                    qos: Qos::AtMostOnce,
                    retained: Retained::No,
                    dup: false,
                    queued: Queued::No,
                    packet_id: None,
                    received: Timestamp::ZERO,
                });
            }
            let (mut fits, mut cursor) = (Vec::new(), Some(SearchCursor::default()));
            let (mut fuzzy, needle, mut found) = (Fuzzy::new(&sought), Needle::new(&sought), Found::default());
            while let Some(at) = cursor {
                cursor = store.fuzzy_slice(at, (&mut fuzzy, &needle, &mut AsItCame), 7, &mut found, |fit| fits.push(fit));
            }
            let mut alone = Fuzzy::new(&sought);
            let mut topic = String::new();
            prop_assert_eq!(fits.len(), topics.iter().filter(|topic| alone.score(topic).is_some()).count());
            for fit in fits {
                store.topic_of(fit.node, &mut topic);
                prop_assert_eq!(alone.score(&topic), Some(fit.score), "{}", topic);
            }
        }
    }
}
