//! Putting many rows in order, a step at a time. Owns runs and their merging; knows no topic.
use std::collections::VecDeque;

/// A row with what it is ordered by. Rows that are alike stay in the order of their places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key<N> {
    /// What it is ordered by.
    pub by: [u64; 2],
    /// Where it stands in the tree among the others.
    pub place: u32,
    /// Which.
    pub node: N,
}

/// Rows on their way into order.
#[derive(Debug)]
pub struct Sorter<N> {
    runs: VecDeque<Vec<Key<N>>>,
    merging: Option<Merging<N>>,
}

impl<N> Default for Sorter<N> {
    fn default() -> Self {
        Self { runs: VecDeque::new(), merging: None }
    }
}

/// Two runs becoming one.
#[derive(Debug)]
struct Merging<N> {
    left: std::vec::IntoIter<Key<N>>,
    right: std::vec::IntoIter<Key<N>>,
    merged: Vec<Key<N>>,
}

impl<N: Ord> Sorter<N> {
    /// Takes a slice of rows in.
    pub fn push(&mut self, mut keys: Vec<Key<N>>) {
        if !keys.is_empty() {
            keys.sort_unstable();
            self.runs.push_back(keys);
        }
    }

    /// Goes on by so many rows. `Some`: all are in order.
    pub fn step(&mut self, budget: usize) -> Option<Vec<N>> {
        let mut left_over = budget.max(1);
        while left_over > 0 {
            let Some(merging) = &mut self.merging else {
                if self.runs.len() < 2 {
                    let run = self.runs.pop_front().unwrap_or_default();
                    return Some(run.into_iter().map(|key| key.node).collect());
                }
                let mut next = || self.runs.pop_front().unwrap_or_default();
                let (left, right) = (next(), next());
                let merged = Vec::with_capacity(left.len() + right.len());
                self.merging = Some(Merging { left: left.into_iter(), right: right.into_iter(), merged });
                continue;
            };
            left_over = merging.step(left_over);
            if left_over > 0 {
                let merged = self.merging.take().map(|merging| merging.merged).unwrap_or_default();
                self.runs.push_back(merged);
            }
        }
        None
    }
}

impl<N: Ord> Merging<N> {
    /// Goes on by so many rows at most; tells what is left of them, which is nothing until the end.
    fn step(&mut self, budget: usize) -> usize {
        for left_over in (0..budget).rev() {
            let next = match (self.left.as_slice().first(), self.right.as_slice().first()) {
                (Some(left), Some(right)) if left <= right => self.left.next(),
                (Some(_), None) => self.left.next(),
                (_, Some(_)) => self.right.next(),
                (None, None) => return left_over + 1,
            };
            self.merged.extend(next);
        }
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn in_steps_of_any_size_it_is_the_order_of_one_sort(
            keys in prop::collection::vec(0..50_u64, 0..400),
            run in 1..60_usize,
            budget in 1..90_usize,
        ) {
            let key = |(place, key): (u32, &u64)| Key { by: [*key, 0], place, node: place };
            let mut keys: Vec<Key<u32>> = (0..).zip(&keys).map(key).collect();
            let mut sorter = Sorter::default();
            keys.chunks(run).for_each(|keys| sorter.push(keys.to_vec()));
            let n_steps = keys.len() * 12 / budget + 12;
            let sorted = (0..=n_steps).find_map(|_| sorter.step(budget)).expect("steps lead to the end");
            keys.sort();
            prop_assert_eq!(sorted, keys.iter().map(|key| key.node).collect::<Vec<_>>());
        }
    }
}
