//! Search that forgives left-out letters: topics scored by how well they fit. Owns the scores; the matching is
//! `nucleo`'s, the order of results the caller's.
use super::inside::Inside;
use super::search::{Found, Needle, SearchCursor};
use super::tree::ROOT;
use super::{NodeId, Store};
use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

/// What is searched for, letter by letter: each word's letters in their order, anything between them. Smart case.
pub struct Fuzzy {
    pattern: Pattern,
    matcher: Box<Matcher>,
    letters: Vec<char>,
    path: String,
    parent: Option<u32>,
    own: usize,
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
        }
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
            }
            fuzzy.path.truncate(fuzzy.own);
            fuzzy.path.push_str(self.tree.level(node));
            let text = Utf32Str::new(&fuzzy.path, &mut fuzzy.letters);
            let score = fuzzy.pattern.score(text, &mut fuzzy.matcher);
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
