//! Natural order among siblings. Owns the comparison and the sorted lists; stepping is `walk`'s.
use super::arena::{NONE, heap_bytes};
use super::tree::Tree;
use std::cmp::Ordering;

/// Siblings up to which a new one's place is found by going through them.
const FEW: u32 = 32;

/// Ids a rung holds before it splits in two: inserting moves at most 2 KB.
const RUNG_IDS: usize = 512;

/// Compares two levels as a reader would: `dev2` before `dev10`, the empty one first. Numbers that
/// differ only in leading zeros are told apart by their bytes, so that no two levels are equal.
pub fn natural(left: &str, right: &str) -> Ordering {
    let (mut a, mut b) = (left.as_bytes(), right.as_bytes());
    while let (Some((x, a_rest)), Some((y, b_rest))) = (a.split_first(), b.split_first()) {
        if x.is_ascii_digit() && y.is_ascii_digit() {
            let ((m, a_rest), (n, b_rest)) = (split_number(a), split_number(b));
            let order = m.len().cmp(&n.len()).then_with(|| m.cmp(n));
            if order.is_ne() {
                return order;
            }
            (a, b) = (a_rest, b_rest);
        } else if x == y {
            (a, b) = (a_rest, b_rest);
        } else {
            return x.cmp(y);
        }
    }
    a.len().cmp(&b.len()).then_with(|| left.cmp(right))
}

/// Compares two topics level by level in natural order, a branch before what hangs on it.
pub fn natural_path(left: &str, right: &str) -> Ordering {
    let (mut left, mut right) = (left.split('/'), right.split('/'));
    loop {
        match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(one), Some(other)) => match natural(one, other) {
                Ordering::Equal => {}
                differs @ (Ordering::Less | Ordering::Greater) => return differs,
            },
        }
    }
}

/// The digits at the beginning, without leading zeros, and what follows them.
fn split_number(text: &[u8]) -> (&[u8], &[u8]) {
    let n_digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = text.split_at(n_digits);
    let n_zeros = digits.iter().take_while(|digit| **digit == b'0').count();
    (digits.get(n_zeros..).unwrap_or_default(), rest)
}

/// What siblings are sorted by.
#[derive(PartialEq, Eq)]
struct SortKey<'a> {
    beginning: u128,
    level: &'a str,
}

impl Ord for SortKey<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.beginning.cmp(&other.beginning).then_with(|| natural(self.level, other.level))
    }
}

impl PartialOrd for SortKey<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The beginning of a text as a number that is less where the text comes first in natural order, and
/// equal where sixteen bytes do not tell. A number is written as `0`, its length, its digits.
pub(super) fn beginning(text: &[u8]) -> u128 {
    let mut bytes = [0; 16];
    let mut places = bytes.iter_mut();
    let mut rest = text;
    while let (Some((byte, after)), Some(place)) = (rest.split_first(), places.next()) {
        if !byte.is_ascii_digit() {
            *place = *byte;
            rest = after;
            continue;
        }
        let (digits, after) = split_number(rest);
        let n_digits = u8::try_from(digits.len()).unwrap_or(u8::MAX);
        *place = b'0';
        // Which of two very long numbers is longer, the texts must tell.
        let is_long = n_digits == u8::MAX;
        let digits = if is_long { &[] } else { digits };
        for byte in [n_digits].iter().chain(digits) {
            let Some(place) = places.next() else { break };
            *place = *byte;
        }
        if is_long {
            break;
        }
        rest = after;
    }
    u128::from_be_bytes(bytes)
}

/// Many siblings in order: short sorted lists in a sorted list.
#[derive(Debug, Default)]
pub(super) struct Ladder {
    rungs: Vec<Vec<u32>>,
}

impl Ladder {
    /// Of siblings that are in order.
    pub fn of(sorted: &[u32]) -> Self {
        let rung = |ids: &[u32]| {
            let mut rung = Vec::with_capacity(RUNG_IDS);
            rung.extend_from_slice(ids);
            rung
        };
        // Half full, so that what comes next does not split each of them.
        Self { rungs: sorted.chunks(RUNG_IDS / 2).map(rung).collect() }
    }

    /// Puts an id in its place; tells the one before it, if any.
    pub fn insert(&mut self, id: u32, mut is_less: impl FnMut(u32) -> bool) -> Option<u32> {
        let after = self.rungs.partition_point(|rung| rung.first().is_some_and(|first| is_less(*first)));
        let rung_idx = after.saturating_sub(1);
        if self.rungs.is_empty() {
            self.rungs.push(Vec::with_capacity(RUNG_IDS));
        }
        let rung = self.rungs.get_mut(rung_idx)?;
        let place = rung.partition_point(|other| is_less(*other));
        let before = place.checked_sub(1).and_then(|before| rung.get(before)).copied();
        rung.insert(place, id);
        if rung.len() >= RUNG_IDS {
            let mut upper = Vec::with_capacity(RUNG_IDS);
            upper.extend(rung.drain(RUNG_IDS / 2..));
            self.rungs.insert(rung_idx + 1, upper);
        }
        before
    }

    /// Takes an id out.
    pub fn remove(&mut self, id: u32, mut is_less: impl FnMut(u32) -> bool) {
        let after = self.rungs.partition_point(|rung| rung.first().is_some_and(|first| is_less(*first)));
        // It is the first of the rung after, or lies within the one before.
        for rung_idx in [after, after.saturating_sub(1)] {
            let Some(rung) = self.rungs.get_mut(rung_idx) else { continue };
            if let Some(place) = rung.iter().position(|known| *known == id) {
                rung.remove(place);
                if rung.is_empty() {
                    self.rungs.remove(rung_idx);
                }
                return;
            }
        }
    }

    /// The short lists, in order; none of them is empty.
    pub fn rungs(&self) -> &[Vec<u32>] {
        &self.rungs
    }

    /// Memory taken.
    pub const fn n_bytes(&self) -> usize {
        heap_bytes(self.rungs.capacity() * size_of::<Vec<u32>>())
            + self.rungs.len() * heap_bytes(RUNG_IDS * size_of::<u32>())
    }
}

impl Tree {
    /// Compares two siblings.
    pub fn compare(&self, left: u32, right: u32) -> Ordering {
        natural(self.level(left), self.level(right))
    }

    /// Sorts siblings. Their beginnings are compared as numbers, their texts only where those are equal:
    /// a hundred thousand texts lie all over the memory.
    pub fn sort(&self, siblings: &mut [u32]) {
        let Some(first) = siblings.first().map(|first| self.level(*first).as_bytes()) else { return };
        let shared = siblings.iter().fold(first.len(), |shared, sibling| {
            let both = first.iter().zip(self.level(*sibling).as_bytes());
            both.take(shared).take_while(|(left, right)| left == right).count()
        });
        // A number must not be torn.
        let shared = first.get(..shared).unwrap_or_default();
        let n_skipped = shared.len() - shared.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        siblings.sort_by_cached_key(|sibling| {
            let level = self.level(*sibling);
            SortKey { beginning: beginning(level.as_bytes().get(n_skipped..).unwrap_or_default()), level }
        });
    }

    /// Brings a node's children into natural order, once and for all.
    pub fn order_children(&mut self, node: u32) {
        let Some(branch) = self.branch_mut(node).filter(|branch| !branch.ordered) else { return };
        branch.ordered = true;
        let (mut child, n_children) = (branch.first, branch.n_children);
        let mut children = Vec::with_capacity(n_children as usize);
        while child != NONE {
            children.push(child);
            child = self.slots[child].next;
        }
        self.sort(&mut children);
        let mut before = children.last().copied().unwrap_or(NONE);
        for (place, child) in children.iter().enumerate() {
            self.slots[*child].before = before;
            self.slots[*child].next = children.get(place + 1).copied().unwrap_or(NONE);
            before = *child;
        }
        let branch = self.slots[node].branch;
        self.branches[branch].first = children.first().copied().unwrap_or(NONE);
        if n_children > FEW {
            let ladder = Ladder::of(&children);
            self.ladder_bytes += ladder.n_bytes();
            self.ladders.insert(branch, ladder);
        }
    }

    /// Links a new child into a list that is in order.
    pub(super) fn insert_in_order(&mut self, branch: u32, child: u32) {
        let before = if self.branches[branch].n_children > FEW {
            let mut ladder = self.ladders.remove(&branch).unwrap_or_else(|| {
                let built = Ladder::of(&self.linked(branch));
                self.ladder_bytes += built.n_bytes();
                built
            });
            let taken = ladder.n_bytes();
            let before = ladder.insert(child, |other| self.compare(other, child).is_lt());
            self.ladder_bytes = self.ladder_bytes + ladder.n_bytes() - taken;
            self.ladders.insert(branch, ladder);
            before
        } else {
            self.last_below_few(branch, child)
        };
        self.link_after(branch, before, child);
    }

    /// Takes a child out of its parent's list, which comes into order for it.
    pub(super) fn unlink_in_order(&mut self, parent: u32, child: u32) {
        self.order_children(parent);
        let branch = self.slots[parent].branch;
        if let Some(mut ladder) = self.ladders.remove(&branch) {
            self.ladder_bytes -= ladder.n_bytes();
            ladder.remove(child, |other| self.compare(other, child).is_lt());
            // A few have no ladder: one that is not kept up would be wrong when they are many again.
            if self.branches[branch].n_children - 1 > FEW {
                self.ladder_bytes += ladder.n_bytes();
                self.ladders.insert(branch, ladder);
            }
        }
        let (before, next) = (self.slots[child].before, self.slots[child].next);
        let first = self.branches[branch].first;
        if child == first {
            self.branches[branch].first = next;
        } else {
            self.slots[before].next = next;
        }
        // The first child's `before` is the last one.
        let follower = if next == NONE { self.branches[branch].first } else { next };
        if follower != NONE {
            self.slots[follower].before = before;
        }
        self.branches[branch].n_children -= 1;
    }

    /// The last of a few siblings that belongs before a new one; what is new mostly belongs last.
    fn last_below_few(&self, branch: u32, child: u32) -> Option<u32> {
        let first = self.branches[branch].first;
        if first == NONE {
            return None;
        }
        let mut before = self.slots[first].before;
        while self.compare(before, child).is_ge() {
            if before == first {
                return None;
            }
            before = self.slots[before].before;
        }
        Some(before)
    }

    fn linked(&self, branch: u32) -> Vec<u32> {
        let listed = |node: u32| Some(node).filter(|node| *node != NONE);
        let first = listed(self.branches[branch].first);
        std::iter::successors(first, |node| listed(self.slots[*node].next)).collect()
    }

    fn link_after(&mut self, branch: u32, before: Option<u32>, child: u32) {
        let first = self.branches[branch].first;
        let (next, last) = match before {
            Some(before) => (self.slots[before].next, before),
            None if first == NONE => (NONE, child),
            None => (first, self.slots[first].before),
        };
        self.slots[child].next = next;
        self.slots[child].before = last;
        match before {
            Some(before) => self.slots[before].next = child,
            None => self.branches[branch].first = child,
        }
        // The first child's `before` is the last one.
        let first = self.branches[branch].first;
        let follower = if next == NONE { first } else { next };
        self.slots[follower].before = child;
    }
}
