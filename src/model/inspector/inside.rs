//! Searching within a structured value, in slices that never hold up a frame. Owns what is sought and how far it
//! came.
use super::folds::{Doc, Folds};
use crate::decode::outline::Needle;
use crate::store::Direction;

/// Members looked at between two looks at the keyboard; a slice takes about a millisecond.
const SLICE_NODES: usize = 8_192;

/// A search within a value.
#[derive(Clone, Debug)]
pub struct Inside {
    /// What is sought.
    pub needle: Needle,
    /// How many members match as far as was looked.
    pub n_found: usize,
    /// Where the cursor stood when it began, and what was folded; Esc leads back there.
    pub from: (usize, Folds),
    counting: Option<usize>,
    moving: Option<Moving>,
}

/// The way to the next match.
#[derive(Clone, Copy, Debug)]
struct Moving {
    direction: Direction,
    /// The next one to be looked at.
    at: usize,
    n_left: usize,
}

/// What a slice of work brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// The next match.
    At(usize),
    /// Nothing matches at all.
    Nowhere,
    /// Nothing yet, or nothing to do.
    Nothing,
}

impl Inside {
    /// Begins to count matches, and to look for the first from the cursor on.
    pub fn begin(text: &str, doc: Doc<'_>, from: (usize, Folds)) -> Self {
        let at = from.0;
        let mut inside =
            Self { needle: Needle::new(text), n_found: 0, from, counting: Some(0), moving: None };
        inside.moving = Some(Moving { direction: Direction::Forward, at, n_left: doc.outline.len() });
        inside
    }

    /// Begins to look for the next match from a member on.
    pub fn seek(&mut self, doc: Doc<'_>, from: usize, direction: Direction) {
        let n_left = doc.outline.len();
        let at = beside(from, direction, n_left);
        self.moving = Some(Moving { direction, at, n_left });
    }

    /// The user moved on: a match that is still looked for must not pull the cursor away.
    pub fn stay(&mut self) {
        self.moving = None;
    }

    /// Another message came: it is counted anew.
    pub fn settle(&mut self, cursor: usize) {
        self.n_found = 0;
        self.counting = Some(0);
        if let Some(moving) = &mut self.moving {
            moving.at = cursor;
        }
    }

    /// Whether there is anything left to do.
    pub const fn is_working(&self) -> bool {
        self.counting.is_some() || self.moving.is_some()
    }

    /// Does a slice of the work: first the way to the match, then the counting.
    pub fn work(&mut self, doc: Doc<'_>) -> Found {
        let n_nodes = doc.outline.len();
        let is_match = |node: usize| doc.outline.is_match(doc.payload, node, &self.needle);
        if let Some(mut moving) = self.moving.take() {
            moving.at = moving.at.min(n_nodes.saturating_sub(1));
            for _ in 0..SLICE_NODES {
                if moving.n_left == 0 {
                    return Found::Nowhere;
                }
                if is_match(moving.at) {
                    return Found::At(moving.at);
                }
                moving.n_left -= 1;
                moving.at = beside(moving.at, moving.direction, n_nodes);
            }
            self.moving = Some(moving);
        } else if let Some(from) = self.counting.take() {
            let end = from.saturating_add(SLICE_NODES).min(n_nodes);
            self.n_found += (from..end).filter(|node| is_match(*node)).count();
            self.counting = (end < n_nodes).then_some(end);
        }
        Found::Nothing
    }
}

/// The member after or before another, round and round.
fn beside(node: usize, direction: Direction, n_nodes: usize) -> usize {
    match direction {
        Direction::Forward => (node + 1) % n_nodes.max(1),
        Direction::Backward => node.checked_sub(1).unwrap_or(n_nodes.saturating_sub(1)),
    }
}
