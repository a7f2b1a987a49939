//! The members of a JSON payload and how they hang together. Owns an index of twenty bytes a member, read once;
//! order, spelling, precision and repeated names stay the payload's own, since nothing is parsed into values.
//!
//! Members are numbered in the order of the payload, the whole being 0: what lies below a member are the numbers
//! from the next one up to its end.
use std::borrow::Cow;

use super::json::{skip_space, token_end};

mod beside;
mod build;
mod compare;
#[cfg(test)]
mod laws;
mod line;
mod search;

pub use compare::Compared;
pub use line::Face;
pub use search::Needle;

/// Members that are indexed: 80 MB of index. A payload of 16 MiB has more only when they are shorter than four
/// bytes each, comma included.
pub const MAX_NODES: usize = 4 << 20;

/// What no member has as its number.
const NONE: u32 = u32::MAX;

/// Where a member is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Entry {
    /// Of its name's first byte, or of its value's in a list.
    offset: u32,
    parent: u32,
    /// The first number that is no longer below it.
    end: u32,
    /// Among its siblings, from 0.
    place: u32,
    n_children: u32,
}

/// The index of a payload. Every question wants the payload that it was made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outline {
    entries: Vec<Entry>,
    /// Members whose name another member of their object has as well, in order.
    twins: Vec<u32>,
    is_whole: bool,
}

/// A step from an object or a list to what lies in it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Step<'a> {
    /// A member's name, its escapes undone.
    Member(Cow<'a, str>),
    /// A place in a list, from 0.
    Index(u32),
}

/// What a member is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `{…}`.
    Object,
    /// `[…]`.
    List,
    /// Anything else.
    Single,
}

impl Outline {
    /// Whether all of the payload is in it, not only its beginning.
    pub const fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// How many members there are, the whole included.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is nothing; it never is made so.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Bytes it takes.
    pub fn n_bytes(&self) -> usize {
        self.entries.capacity() * size_of::<Entry>() + self.twins.capacity() * size_of::<u32>()
    }

    fn entry(&self, node: usize) -> Option<&Entry> {
        self.entries.get(node)
    }

    /// What it lies in; none for the whole.
    pub fn parent(&self, node: usize) -> Option<usize> {
        self.entry(node).filter(|entry| entry.parent != NONE).map(|entry| entry.parent as usize)
    }

    /// The first number that is no longer below it.
    pub fn end(&self, node: usize) -> usize {
        self.entry(node).map_or(node + 1, |entry| entry.end as usize)
    }

    /// How many members lie right in it.
    pub fn n_children(&self, node: usize) -> usize {
        self.entry(node).map_or(0, |entry| entry.n_children as usize)
    }

    /// Its place among its siblings, from 0.
    pub fn place(&self, node: usize) -> usize {
        self.entry(node).map_or(0, |entry| entry.place as usize)
    }

    /// How many members it lies within.
    pub fn depth(&self, node: usize) -> usize {
        self.above(node).count()
    }

    /// What it lies within, innermost first.
    pub fn above(&self, node: usize) -> impl Iterator<Item = usize> + '_ {
        std::iter::successors(self.parent(node), |above| self.parent(*above))
    }

    /// What lies right in it.
    pub fn children(&self, node: usize) -> impl Iterator<Item = usize> + '_ {
        let end = self.end(node);
        let first = Some(node + 1).filter(|first| *first < end);
        std::iter::successors(first, move |child| Some(self.end(*child)).filter(|next| *next < end))
    }

    /// Whether another member of its object has its name.
    pub fn is_twin(&self, node: usize) -> bool {
        u32::try_from(node).is_ok_and(|node| self.twins.binary_search(&node).is_ok())
    }

    /// Whether it has a name, being in an object.
    fn is_member(&self, payload: &[u8], node: usize) -> bool {
        self.parent(node).is_some_and(|parent| self.shape(payload, parent) == Shape::Object)
    }

    /// Its name as it stands in the payload, quotes and escapes included.
    pub fn key<'a>(&self, payload: &'a [u8], node: usize) -> Option<&'a [u8]> {
        let start = self.entry(node)?.offset as usize;
        self.is_member(payload, node).then(|| payload.get(start..token_end(payload, start))).flatten()
    }

    /// Where its value begins.
    fn value_start(&self, payload: &[u8], node: usize) -> Option<usize> {
        let entry = self.entry(node)?;
        let start = entry.offset as usize;
        // Whoever asks for the shape of a parent ends here: only a name is followed by a colon.
        if payload.get(start) != Some(&b'"') {
            return Some(start);
        }
        let after = skip_space(payload, token_end(payload, start));
        let is_name = payload.get(after) == Some(&b':');
        Some(if is_name { skip_space(payload, after + 1) } else { start })
    }

    /// What it is.
    pub fn shape(&self, payload: &[u8], node: usize) -> Shape {
        match self.value_start(payload, node).and_then(|start| payload.get(start)) {
            Some(b'{') => Shape::Object,
            Some(b'[') => Shape::List,
            Some(_) | None => Shape::Single,
        }
    }

    /// Its value as it stands in the payload. An object or a list ends with what is behind it, blanks and commas
    /// excluded.
    pub fn value<'a>(&self, payload: &'a [u8], node: usize) -> &'a [u8] {
        let Some(start) = self.value_start(payload, node) else { return &[] };
        let end = match payload.get(start) {
            Some(b'{' | b'[') => self.bracket_end(payload, node, start),
            Some(_) | None => token_end(payload, start),
        };
        payload.get(start..end.min(payload.len())).unwrap_or_default()
    }

    /// Its value without what closes it: enough to tell two of them apart, and quick however deep it goes.
    fn extent<'a>(&self, payload: &'a [u8], node: usize) -> &'a [u8] {
        let Some(start) = self.value_start(payload, node) else { return &[] };
        let end = self.entry(self.end(node)).map_or(payload.len(), |next| next.offset as usize);
        let value = payload.get(start..end).unwrap_or_default();
        let is_closing = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b',' | b']' | b'}');
        let end = value.iter().rposition(|byte| !is_closing(byte)).map_or(0, |last| last + 1);
        value.get(..end).unwrap_or_default()
    }

    /// The end of a bracketed value: behind its last member comes nothing but its own closing bracket.
    fn bracket_end(&self, payload: &[u8], node: usize, start: usize) -> usize {
        let last = self.end(node) - 1;
        let mut at = start + 1;
        if last > node {
            let begun = self.value_start(payload, last).unwrap_or(start);
            at = match payload.get(begun) {
                Some(b'{' | b'[') => begun + 1,
                Some(_) | None => token_end(payload, begun),
            };
        }
        // Closing brackets from the last one's depth up to this one's.
        let mut deeper = last;
        loop {
            if deeper == node {
                return skip_space(payload, at) + 1;
            }
            if self.n_children(deeper) > 0 || self.shape(payload, deeper) != Shape::Single {
                at = skip_space(payload, at) + 1;
            }
            match self.parent(deeper) {
                Some(parent) => deeper = parent,
                None => return at,
            }
        }
    }

    /// The step to it from what it lies in; none for the whole, and for a name that is no Unicode.
    pub fn step<'a>(&self, payload: &'a [u8], node: usize) -> Option<Step<'a>> {
        match self.key(payload, node) {
            Some(key) => name(key).map(Step::Member),
            None => self.parent(node).and(self.entry(node)).map(|entry| Step::Index(entry.place)),
        }
    }

    /// Whether a step leads to it from what it lies in.
    pub fn is_at(&self, payload: &[u8], node: usize, step: &Step<'_>) -> bool {
        match (self.key(payload, node), step) {
            (Some(key), Step::Member(wanted)) => name(key).is_some_and(|name| name == *wanted),
            (None, Step::Index(wanted)) => {
                self.parent(node).is_some() && self.place(node) == *wanted as usize
            }
            (Some(_), Step::Index(_)) | (None, Step::Member(_)) => false,
        }
    }

    /// Where steps from the whole lead; of members with one name the last. Looks at so many members at most.
    pub fn find(&self, payload: &[u8], steps: &[Step<'_>], budget: &mut usize) -> Option<usize> {
        steps.iter().try_fold(0, |node, step| self.child(payload, node, step, budget))
    }

    /// Where a step leads.
    pub fn child(&self, payload: &[u8], node: usize, step: &Step<'_>, budget: &mut usize) -> Option<usize> {
        let mut found = None;
        for child in self.children(node) {
            *budget = budget.checked_sub(1)?;
            if self.is_at(payload, child, step) {
                found = Some(child);
                // Only a name may come again, and the last one counts.
                if !self.is_twin(child) {
                    break;
                }
            }
        }
        found
    }
}

/// A name without its quotes and escapes; none when it holds half of a surrogate pair.
fn name(key: &[u8]) -> Option<Cow<'_, str>> {
    let inner = key.get(1..key.len().saturating_sub(1))?;
    if memchr::memchr(b'\\', inner).is_none() {
        return std::str::from_utf8(inner).ok().map(Cow::Borrowed);
    }
    serde_json::from_slice::<String>(key).ok().map(Cow::Owned)
}
