//! What is folded in a structured value. Owns the rule and its exceptions, and finds them again in the topic's next
//! message: by path, and first where they were.
use crate::decode::outline::{Outline, Step};
use std::collections::BTreeMap;

/// Exceptions remembered; beyond them the one furthest down is as the rule says again.
const MAX_FOLDS: usize = 1_000;

/// Steps of a path that is found again in the next message; what lies deeper is folded in this message alone.
pub const MAX_STEPS: usize = crate::device::codec::MAX_STEPS;

/// Members of a payload that are shown at first without a key: a document of this size is seen whole.
const MAX_UNFOLDED: usize = 300;

/// Siblings looked at to find an exception or the cursor in the next message; what is further is left out.
pub const MAX_LOOKED: usize = 200_000;

/// An index with its payload.
#[derive(Clone, Copy, Debug)]
pub struct Doc<'a> {
    /// The index.
    pub outline: &'a Outline,
    /// What it was made of.
    pub payload: &'a [u8],
}

/// A path that is kept from one message to the next.
pub type Steps = Box<[Step<'static>]>;

impl Doc<'_> {
    /// The path to a member; none where it is longer than [`MAX_STEPS`] or a name in it is no Unicode.
    pub fn steps(&self, node: usize) -> Option<Steps> {
        let above: Vec<usize> = self.outline.above(node).take(MAX_STEPS + 1).collect();
        if above.len() > MAX_STEPS {
            return None;
        }
        let nodes = above.into_iter().rev().skip(1).chain((node > 0).then_some(node));
        nodes.map(|node| self.outline.step(self.payload, node).map(owned)).collect()
    }

    /// Where a path leads: where it led before, if that is still so, else wherever it is found.
    pub fn find(&self, steps: &Steps, hint: usize, budget: &mut usize) -> Option<usize> {
        let is_there = || {
            let mut node = hint;
            for step in steps.iter().rev() {
                if self.outline.is_twin(node) || !self.outline.is_at(self.payload, node, step) {
                    return false;
                }
                let Some(parent) = self.outline.parent(node) else { return false };
                node = parent;
            }
            node == 0
        };
        if is_there() { Some(hint) } else { self.outline.find(self.payload, steps, budget) }
    }

    /// Whether it has members.
    pub fn has_members(&self, node: usize) -> bool {
        self.outline.end(node) > node + 1
    }
}

fn owned(step: Step<'_>) -> Step<'static> {
    match step {
        Step::Member(name) => Step::Member(name.into_owned().into()),
        Step::Index(place) => Step::Index(place),
    }
}

/// An exception from the rule.
#[derive(Clone, Debug)]
struct Fold {
    steps: Option<Steps>,
    is_open: bool,
}

/// What is folded.
#[derive(Clone, Debug, Default)]
pub struct Folds {
    /// What lies less deep is unfolded.
    open_depth: usize,
    /// For a member alone, by its number.
    alone: BTreeMap<usize, Fold>,
    /// For a member and all below it, unless something is said of that.
    below: BTreeMap<usize, Fold>,
    /// Those whose members the present message lacks; the flag is for all below.
    absent: Vec<(bool, usize, Fold)>,
}

impl Folds {
    /// As a document is seen first.
    pub fn new(doc: Doc<'_>) -> Self {
        let is_small = doc.outline.is_whole() && doc.outline.len() <= MAX_UNFOLDED;
        Self { open_depth: if is_small { usize::MAX } else { 1 }, ..Self::default() }
    }

    /// Whether the members of a member are shown below it.
    pub fn is_open(&self, doc: Doc<'_>, node: usize) -> bool {
        if let Some(fold) = self.alone.get(&node) {
            return fold.is_open;
        }
        let around = self.below.range(..=node).rev().find(|(start, _)| doc.outline.end(**start) > node);
        match around {
            Some((_, fold)) => fold.is_open,
            None => doc.outline.above(node).take(self.open_depth).count() < self.open_depth,
        }
    }

    /// Unfolds or folds a member.
    pub fn set(&mut self, doc: Doc<'_>, node: usize, is_open: bool) {
        self.alone.insert(node, Fold { steps: doc.steps(node), is_open });
        while self.n_folds() > MAX_FOLDS {
            if self.absent.pop().is_none() && self.alone.pop_last().is_none() {
                break;
            }
        }
    }

    /// Unfolds or folds a member and all below it: a rule, whatever their number.
    pub fn set_below(&mut self, doc: Doc<'_>, node: usize, is_open: bool) {
        let end = doc.outline.end(node);
        self.alone.retain(|known, _| !(node..end).contains(known));
        self.below.retain(|known, _| !(node..end).contains(known));
        self.below.insert(node, Fold { steps: doc.steps(node), is_open });
        while self.n_folds() > MAX_FOLDS {
            if self.absent.pop().is_none() && self.below.pop_last().is_none() {
                break;
            }
        }
    }

    fn n_folds(&self) -> usize {
        self.alone.len() + self.below.len() + self.absent.len()
    }

    /// The topic's next message is shown.
    pub fn settle(&mut self, doc: Doc<'_>, budget: &mut usize) {
        let alone = std::mem::take(&mut self.alone).into_iter().map(|(node, fold)| (false, node, fold));
        let below = std::mem::take(&mut self.below).into_iter().map(|(node, fold)| (true, node, fold));
        let absent = std::mem::take(&mut self.absent);
        for (is_below, hint, fold) in alone.chain(below).chain(absent).collect::<Vec<_>>() {
            let Some(steps) = &fold.steps else { continue };
            match doc.find(steps, hint, budget) {
                Some(node) if is_below => drop(self.below.insert(node, fold)),
                Some(node) => drop(self.alone.insert(node, fold)),
                None => self.absent.push((is_below, hint, fold)),
            }
        }
    }

    /// The innermost folded member that a member lies in, if any hides it.
    pub fn hider(&self, doc: Doc<'_>, node: usize) -> Option<usize> {
        doc.outline.above(node).filter(|above| !self.is_open(doc, *above)).last()
    }

    /// The row below.
    pub fn next(&self, doc: Doc<'_>, node: usize) -> Option<usize> {
        let next = if self.is_open(doc, node) { node + 1 } else { doc.outline.end(node) };
        (next < doc.outline.len()).then_some(next)
    }

    /// The row above.
    pub fn previous(&self, doc: Doc<'_>, node: usize) -> Option<usize> {
        let before = node.checked_sub(1)?;
        let parent = doc.outline.parent(node)?;
        let between = doc.outline.above(before).take_while(|above| *above != parent && *above > parent);
        let mut row = before;
        for above in between {
            if !self.is_open(doc, above) {
                row = above;
            }
        }
        Some(row)
    }

    /// The last row of all.
    pub fn last(&self, doc: Doc<'_>) -> usize {
        let last = doc.outline.len().saturating_sub(1);
        self.hider(doc, last).unwrap_or(last)
    }
}
