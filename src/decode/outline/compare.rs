//! A payload's members beside those of the payload before. Owns which one was which, and whether it changed; looks
//! at no more than it is asked for.
use std::collections::HashMap;

use super::{Outline, Shape};

/// Siblings looked at to find a member that is no longer where it was.
const MAX_LOOKED: usize = 1_000;

/// Bytes of an object or list that are compared; what is longer counts as changed when its length did.
const MAX_COMPARED_BYTES: usize = 64 << 10;

/// Two payloads, the later one first.
#[derive(Debug)]
pub struct Compared<'a> {
    now: (&'a Outline, &'a [u8]),
    before: (&'a Outline, &'a [u8]),
    /// Which member of the one before each was, as far as was asked.
    known: HashMap<usize, Option<usize>>,
}

impl<'a> Compared<'a> {
    /// Compares nothing yet.
    pub fn new(now: (&'a Outline, &'a [u8]), before: (&'a Outline, &'a [u8])) -> Self {
        Self { now, before, known: HashMap::from([(0, Some(0))]) }
    }

    /// Whether a member's value is another than before, or was not there; one that is unfolded says so by what lies
    /// in it, unless it was no object or list.
    pub fn is_changed(&mut self, node: usize, is_unfolded: bool) -> bool {
        let Some(before) = self.before_of(node) else { return true };
        let ((outline, payload), (old, old_payload)) = (self.now, self.before);
        let shape = outline.shape(payload, node);
        if shape != old.shape(old_payload, before) {
            return true;
        }
        if is_unfolded && shape != Shape::Single {
            return false;
        }
        let (value, old) = (outline.extent(payload, node), old.extent(old_payload, before));
        value.len() != old.len() || (value.len() <= MAX_COMPARED_BYTES && value != old)
    }

    /// Which member it was; none when it is new, or too far from where it was.
    fn before_of(&mut self, node: usize) -> Option<usize> {
        let (outline, payload) = self.now;
        let (old, old_payload) = self.before;
        // From the outermost that is not known yet inward: no recursion, however deep.
        let mut unknown = vec![node];
        unknown.extend(outline.above(node));
        let known = unknown.iter().position(|above| self.known.contains_key(above))?;
        for above in unknown.into_iter().take(known).rev().collect::<Vec<_>>() {
            let parent = outline.parent(above)?;
            let old_parent = self.known.get(&parent).copied().flatten();
            let found = old_parent.and_then(|old_parent| {
                let step = outline.step(payload, above)?;
                let hint = old_parent + (above - parent);
                let is_there = |hint: &usize| {
                    old.parent(*hint) == Some(old_parent) && old.is_at(old_payload, *hint, &step)
                };
                let mut budget = MAX_LOOKED;
                // Of members with one name, each is the one of its own place.
                let nearby = Some(hint).filter(is_there);
                nearby.or_else(|| old.child(old_payload, old_parent, &step, &mut budget))
            });
            self.known.insert(above, found);
        }
        self.known.get(&node).copied().flatten()
    }
}
