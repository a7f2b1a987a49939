//! The hand in a structured value: its cursor, the rows on screen, what is searched for. Owns no member; the index
//! of the payload does.
use super::folds::{Doc, Folds, MAX_LOOKED, Steps};
use super::inside::Inside;
use crate::decode::outline::Step;
use crate::device::{JsonPath, PathStep};
use crate::model::tree::RowId;

/// Topics whose folds are remembered while others are looked at.
pub const MAX_STRUCTURES: usize = 64;

/// What shows a topic's structured value.
#[derive(Clone, Debug)]
pub struct Structure {
    /// Whose.
    pub row: RowId,
    /// Which message it was settled for, and whether with all of it.
    of: (u64, bool),
    /// Whether the value is what a jq program made: its paths are none of the message.
    pub is_filtered: bool,
    /// What is folded.
    pub folds: Folds,
    /// The member under the hand.
    pub cursor: usize,
    /// Its path, as far as it can be kept.
    steps: Option<Steps>,
    /// The first row that scrolls.
    pub top: usize,
    /// Rows of the last frame, for pages.
    pub n_rows: usize,
    /// What is searched for.
    pub inside: Option<Inside>,
}

/// A path as the device file writes it; none where it can't.
pub fn path_of(doc: Doc<'_>, node: usize) -> Option<JsonPath> {
    let steps = doc.steps(node)?;
    let steps: Vec<PathStep> = steps.iter().map(path_step).collect();
    JsonPath::of(steps)
}

fn path_step(step: &Step<'_>) -> PathStep {
    match step {
        Step::Member(name) => PathStep::Member(name.as_ref().into()),
        Step::Index(place) => PathStep::Index(*place),
    }
}

fn steps_of(path: &JsonPath) -> Steps {
    let steps = path.steps().iter().map(|step| match step {
        PathStep::Member(name) => Step::Member(name.to_string().into()),
        PathStep::Index(place) => Step::Index(*place),
    });
    steps.collect()
}

impl Structure {
    /// As a topic's value is seen first, at a path that was chosen before.
    pub fn new(row: RowId, of: (u64, bool), doc: Doc<'_>, path: Option<&JsonPath>) -> Self {
        let steps = path.map(steps_of).unwrap_or_default();
        let mut structure = Self {
            row,
            of,
            is_filtered: false,
            folds: Folds::new(doc),
            cursor: 0,
            steps: Some(steps),
            top: 0,
            n_rows: 1,
            inside: None,
        };
        let mut budget = MAX_LOOKED;
        structure.find_cursor(doc, &mut budget);
        structure.reveal(doc, structure.cursor);
        structure
    }

    /// The present message may be another one than that of the last frame: everything stays at its path.
    pub fn settle(&mut self, of: (u64, bool), doc: Doc<'_>) {
        if self.of == of && self.cursor < doc.outline.len() {
            return;
        }
        self.of = of;
        let mut budget = MAX_LOOKED;
        let above = self.cursor.saturating_sub(self.top);
        self.find_cursor(doc, &mut budget);
        self.folds.settle(doc, &mut budget);
        if let Some(inside) = &mut self.inside {
            inside.settle(self.cursor);
        }
        self.cursor = self.folds.hider(doc, self.cursor).unwrap_or(self.cursor);
        let top = if self.top == 0 { 0 } else { self.cursor.saturating_sub(above) };
        self.top = self.folds.hider(doc, top).unwrap_or(top);
    }

    /// Puts the cursor at its path, or at what is left of the way there.
    fn find_cursor(&mut self, doc: Doc<'_>, budget: &mut usize) {
        let Some(mut steps) = self.steps.clone() else {
            self.cursor = self.cursor.min(doc.outline.len().saturating_sub(1));
            return;
        };
        loop {
            if let Some(found) = doc.find(&steps, self.cursor, budget) {
                self.cursor = found;
                return;
            }
            steps = steps.iter().take(steps.len().saturating_sub(1)).cloned().collect();
        }
    }

    /// Puts the cursor on a member that is shown.
    pub fn go(&mut self, doc: Doc<'_>, node: usize) {
        self.cursor = node;
        self.steps = doc.steps(node);
        if let Some(inside) = &mut self.inside {
            inside.stay();
        }
    }

    /// Unfolds what hides a member.
    pub fn reveal(&mut self, doc: Doc<'_>, node: usize) {
        while let Some(hider) = self.folds.hider(doc, node) {
            self.folds.set(doc, hider, true);
        }
    }

    /// Moves the cursor by rows.
    pub fn step(&mut self, doc: Doc<'_>, by: isize) {
        let mut node = self.cursor;
        for _ in 0..by.unsigned_abs() {
            let next = if by > 0 { self.folds.next(doc, node) } else { self.folds.previous(doc, node) };
            let Some(next) = next else { break };
            node = next;
        }
        self.go(doc, node);
    }

    /// Unfolds the member under the cursor, or goes to the first that lies in it.
    pub fn unfold(&mut self, doc: Doc<'_>) {
        if !doc.has_members(self.cursor) {
            return;
        }
        if self.folds.is_open(doc, self.cursor) {
            return self.step(doc, 1);
        }
        self.folds.set(doc, self.cursor, true);
    }

    /// Folds the member under the cursor, or goes to what it lies in.
    pub fn fold(&mut self, doc: Doc<'_>) {
        if doc.has_members(self.cursor) && self.folds.is_open(doc, self.cursor) {
            self.folds.set(doc, self.cursor, false);
        } else if let Some(parent) = doc.outline.parent(self.cursor) {
            self.go(doc, parent);
        }
    }

    /// Unfolds or folds the member under the cursor.
    pub fn toggle(&mut self, doc: Doc<'_>) {
        if doc.has_members(self.cursor) {
            let is_open = self.folds.is_open(doc, self.cursor);
            self.folds.set(doc, self.cursor, !is_open);
        }
    }

    /// Unfolds or folds it and all below.
    pub fn set_below(&mut self, doc: Doc<'_>, is_open: bool) {
        self.folds.set_below(doc, self.cursor, is_open);
    }

    /// Goes up where rows would be left empty at the end.
    fn fill(&mut self, doc: Doc<'_>) {
        let below = std::iter::successors(Some(self.top), |row| self.folds.next(doc, *row));
        let mut n_below = below.take(self.n_rows).count();
        while let Some(above) = self.folds.previous(doc, self.top) {
            n_below += 1;
            if n_below > room(doc, above, self.n_rows) {
                break;
            }
            self.top = above;
        }
    }

    /// The rows on screen: what the first of them lies in, as far as a third of the rows holds it, and then those
    /// that scroll, the cursor's among them.
    pub fn window(&mut self, doc: Doc<'_>, n_rows: usize) -> Window {
        self.n_rows = n_rows.max(1);
        self.top = self.top.min(doc.outline.len().saturating_sub(1));
        self.top = self.folds.hider(doc, self.top).unwrap_or(self.top);
        if self.cursor < self.top {
            self.top = self.cursor;
        }
        // Fewer rows are left the deeper it goes; a third of them all is the least.
        for _ in 0..2 {
            let mut least = self.cursor;
            for _ in 1..room(doc, self.top, self.n_rows) {
                let Some(above) = self.folds.previous(doc, least).filter(|above| *above >= self.top) else {
                    break;
                };
                least = above;
            }
            self.top = self.top.max(least);
        }
        self.fill(doc);
        let n_sticky = self.n_rows - room(doc, self.top, self.n_rows);
        let mut sticky: Vec<usize> = doc.outline.above(self.top).take(n_sticky).collect();
        sticky.reverse();
        let first = std::iter::once(self.top);
        let rest = std::iter::successors(self.folds.next(doc, self.top), |row| self.folds.next(doc, *row));
        let rows = first.chain(rest).take(self.n_rows - n_sticky).collect();
        Window { sticky, rows }
    }
}

/// The rows that scroll, with what the first of them lies in on top.
fn room(doc: Doc<'_>, top: usize, n_rows: usize) -> usize {
    n_rows - doc.outline.above(top).take(n_rows / 3).count()
}

/// The rows on screen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// What the first row lies in, outermost first.
    pub sticky: Vec<usize>,
    /// The rows that scroll.
    pub rows: Vec<usize>,
}
