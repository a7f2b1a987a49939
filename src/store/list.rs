//! Siblings that are shown, in natural order. Owns that a place among millions is found and changed at the cost of a
//! few hundred; what the order is, the caller says.
use super::arena::heap_bytes;
use super::order::Ladder;

/// Siblings that stand in one row: to move more costs more than a microsecond.
const FEW: usize = 1_024;

/// Sorted siblings.
#[derive(Debug)]
pub(super) enum List {
    /// In one row.
    Few(Vec<u32>),
    /// In many short ones.
    Many(Ladder),
}

impl List {
    /// Of siblings that are in order.
    pub fn of(sorted: Vec<u32>) -> Self {
        if sorted.len() > FEW { Self::Many(Ladder::of(&sorted)) } else { Self::Few(sorted) }
    }

    /// Puts one that is not there in its place.
    pub fn insert(&mut self, id: u32, is_less: impl Fn(u32) -> bool) {
        match self {
            Self::Few(row) => {
                let place = row.partition_point(|other| is_less(*other));
                row.insert(place, id);
                if row.len() > FEW {
                    *self = Self::Many(Ladder::of(row));
                }
            }
            Self::Many(ladder) => {
                ladder.insert(id, is_less);
            }
        }
    }

    /// Takes one out.
    pub fn remove(&mut self, id: u32, is_less: impl Fn(u32) -> bool) {
        match self {
            Self::Few(row) => {
                let place = row.partition_point(|other| is_less(*other));
                if row.get(place) == Some(&id) {
                    row.remove(place);
                }
            }
            Self::Many(ladder) => ladder.remove(id, is_less),
        }
    }

    /// The rows it is kept in.
    fn rows(&self) -> &[Vec<u32>] {
        match self {
            Self::Few(row) => std::slice::from_ref(row),
            Self::Many(ladder) => ladder.rungs(),
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.rows().iter().map(Vec::len).sum()
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = u32> {
        self.rows().iter().flatten().copied()
    }

    /// The first.
    pub fn first(&self) -> Option<u32> {
        self.rows().first()?.first().copied()
    }

    /// The last.
    pub fn last(&self) -> Option<u32> {
        self.rows().last()?.last().copied()
    }

    /// The first for which it no longer holds that it comes before.
    pub fn first_not(&self, comes_before: impl Fn(u32) -> bool) -> Option<u32> {
        let (row, place) = self.place(&comes_before);
        let rows = self.rows();
        let here = rows.get(row).and_then(|row| row.get(place));
        here.or_else(|| rows.get(row + 1)?.first()).copied()
    }

    /// The last for which it holds.
    pub fn last_that(&self, comes_before: impl Fn(u32) -> bool) -> Option<u32> {
        let (row, place) = self.place(&comes_before);
        self.rows().get(row)?.get(place.checked_sub(1)?).copied()
    }

    /// The row in which it ceases to hold, and where.
    fn place(&self, comes_before: &impl Fn(u32) -> bool) -> (usize, usize) {
        let rows = self.rows();
        let begun = rows.partition_point(|row| row.first().is_some_and(|first| comes_before(*first)));
        let row = begun.saturating_sub(1);
        (row, rows.get(row).map_or(0, |row| row.partition_point(|id| comes_before(*id))))
    }

    /// Memory taken.
    pub fn n_bytes(&self) -> usize {
        match self {
            Self::Few(row) => heap_bytes(row.capacity() * size_of::<u32>()),
            Self::Many(ladder) => ladder.n_bytes(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn many_siblings_are_kept_in_order_as_few_are(
            begun_with in 0..3_000_u32,
            changes in prop::collection::vec((any::<bool>(), 0..4_000_u32), 0..1_500),
            asked in prop::collection::vec(0..4_001_u32, 20),
        ) {
            let mut plain: Vec<u32> = (0..begun_with).collect();
            let mut list = List::of(plain.clone());
            for (is_in, id) in changes {
                match (is_in, plain.binary_search(&id)) {
                    (true, Err(place)) => {
                        plain.insert(place, id);
                        list.insert(id, |other| other < id);
                    }
                    (false, Ok(place)) => {
                        plain.remove(place);
                        list.remove(id, |other| other < id);
                    }
                    (true, Ok(_)) | (false, Err(_)) => {}
                }
            }
            prop_assert_eq!(list.iter().collect::<Vec<_>>(), plain.clone());
            let ends = (list.len(), list.first(), list.last());
            prop_assert_eq!(ends, (plain.len(), plain.first().copied(), plain.last().copied()));
            for id in asked {
                let after = plain.iter().find(|other| **other > id).copied();
                prop_assert_eq!(list.first_not(|other| other <= id), after);
                let before = plain.iter().rev().find(|other| **other < id).copied();
                prop_assert_eq!(list.last_that(|other| other < id), before);
            }
        }
    }
}
