//! Siblings in another order than that of their names: by rate, age or count. Owns the orders made, which stand until
//! they are made anew; names' order is `order`'s.
//!
//! An order is made when somebody steps into a branch, and costs a look at its children then; a step costs a look-up.
//! What comes in between stands behind the others until the next order.
use super::arena::NONE;
use super::{NodeId, Store};
use crate::time::Timestamp;
use foldhash::fast::RandomState;
use hashbrown::HashMap;
use std::cell::RefCell;
use std::cmp::{Ordering, Reverse};
use std::sync::Arc;

/// Children of a branch that is put in order: three milliseconds. Those of larger ones stay in the order of their names.
pub const MAX_SORTED: usize = 10_000;

/// Children in all orders together: branches that nobody looks at any more make room.
const MAX_LISTED: usize = 200_000;

/// What siblings are ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortBy {
    /// Messages a second, most first.
    Rate,
    /// When something came last, the newest first.
    Age,
    /// Messages heard, most first.
    Count,
}

/// An order of siblings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SiblingOrder {
    /// By what.
    pub by: SortBy,
    /// The other way round.
    pub is_reversed: bool,
}

/// The orders made so far.
#[derive(Debug)]
pub(super) struct Sorting {
    order: SiblingOrder,
    at: Timestamp,
    made: RefCell<Made>,
}

#[derive(Debug, Default)]
struct Made {
    lists: HashMap<u32, Arc<List>, RandomState>,
    n_listed: usize,
}

/// A branch's children in order.
#[derive(Debug, Default)]
struct List {
    ids: Vec<u32>,
    places: HashMap<u32, usize, RandomState>,
}

impl List {
    fn of(ids: Vec<u32>) -> Arc<Self> {
        let places = ids.iter().enumerate().map(|(place, id)| (*id, place)).collect();
        Arc::new(Self { ids, places })
    }
}

impl Store {
    /// Orders siblings, or by their names again; anew as they are now.
    pub fn sort_siblings(&mut self, order: Option<SiblingOrder>, now: Timestamp) {
        let sorting = |order| Box::new(Sorting { order, at: now, made: RefCell::default() });
        self.sorting = order.map(sorting);
        self.revision += 1;
    }

    /// What siblings are ordered by; `None`: their names.
    pub fn sibling_order(&self) -> Option<SiblingOrder> {
        self.sorting.as_ref().map(|sorting| sorting.order)
    }

    /// Compares two siblings as they are shown.
    pub fn compare_siblings(&self, left: NodeId, right: NodeId) -> Ordering {
        let list = self.parent(left).and_then(|parent| self.sorted(parent));
        let places = list.and_then(|list| Some((*list.places.get(&left.0)?, *list.places.get(&right.0)?)));
        match places {
            Some((left, right)) => left.cmp(&right),
            None => self.tree.compare(left.0, right.0),
        }
    }

    /// A branch's children in order; `None` where they stand by their names.
    fn sorted(&self, branch: NodeId) -> Option<Arc<List>> {
        let sorting = self.sorting.as_ref()?;
        let n_children = self.n_children(branch);
        if !(2..=MAX_SORTED).contains(&n_children) {
            return None;
        }
        let known = sorting.made.borrow().lists.get(&branch.0).cloned();
        let list = match known {
            Some(list) if list.ids.len() == n_children => return Some(list),
            Some(list) => self.brought_up(branch, &list),
            None => self.put_in_order(branch, sorting),
        };
        let made = &mut *sorting.made.borrow_mut();
        if made.n_listed + list.ids.len() > MAX_LISTED {
            *made = Made::default();
        }
        made.n_listed += list.ids.len();
        if let Some(before) = made.lists.insert(branch.0, Arc::clone(&list)) {
            made.n_listed = made.n_listed.saturating_sub(before.ids.len());
        }
        Some(list)
    }

    fn put_in_order(&self, branch: NodeId, sorting: &Sorting) -> Arc<List> {
        let mut ids: Vec<u32> = self.children(branch).map(|child| child.0).collect();
        let key = |id: &u32| {
            let node = self.node(NodeId(*id));
            match sorting.order.by {
                // Of numbers that are not negative, the bits are in their order.
                SortBy::Rate => u128::from(node.rate_per_s(sorting.at).max(0.0).to_bits()),
                SortBy::Age => node.last_change.since(Timestamp::ZERO).as_nanos(),
                SortBy::Count => u128::from(node.n_messages_below),
            }
        };
        // Those that are alike stay in the order of their names.
        if sorting.order.is_reversed {
            ids.sort_by_cached_key(key);
        } else {
            ids.sort_by_cached_key(|id| Reverse(key(id)));
        }
        List::of(ids)
    }

    /// What went is left out, what is new stands last.
    fn brought_up(&self, branch: NodeId, list: &List) -> Arc<List> {
        let is_here = |id: &u32| self.is_listed(NodeId(*id)) && self.tree.slots[*id].parent == branch.0;
        let mut ids: Vec<u32> = list.ids.iter().copied().filter(is_here).collect();
        let is_new = |id: &u32| !list.places.contains_key(id);
        ids.extend(self.children(branch).map(|child| child.0).filter(is_new));
        List::of(ids)
    }

    /// The child that is shown first, where children are in an order of their own.
    pub(super) fn first_sorted(&self, branch: NodeId) -> Option<u32> {
        let list = self.sorted(branch)?;
        list.ids.iter().copied().find(|id| self.is_listed(NodeId(*id)))
    }

    /// The child that is shown last, likewise.
    pub(super) fn last_sorted(&self, branch: NodeId) -> Option<u32> {
        let list = self.sorted(branch)?;
        list.ids.iter().rev().copied().find(|id| self.is_listed(NodeId(*id)))
    }

    /// The sibling shown behind a node.
    pub(super) fn sibling_after(&self, id: NodeId) -> Option<u32> {
        if let Some((list, place)) = self.place_among(id) {
            let mut behind = list.ids.iter().skip(place + 1).copied();
            return behind.find(|id| self.is_listed(NodeId(*id)));
        }
        match self.narrowed() {
            Some(subset) => subset.sibling_after(&self.tree, id.0),
            None => Some(self.tree.slots[id.0].next).filter(|next| *next != NONE),
        }
    }

    /// The sibling shown before a node.
    pub(super) fn sibling_before(&self, id: NodeId) -> Option<u32> {
        if let Some((list, place)) = self.place_among(id) {
            let mut before = list.ids.iter().take(place).rev().copied();
            return before.find(|id| self.is_listed(NodeId(*id)));
        }
        match self.narrowed() {
            Some(subset) => subset.sibling_before(&self.tree, id.0),
            None => self.tree.sibling_before(id.0),
        }
    }

    /// The order that a node stands in, and where.
    fn place_among(&self, id: NodeId) -> Option<(Arc<List>, usize)> {
        let sorting = self.sorting.as_ref()?;
        let parent = self.parent(id)?;
        let list = self.sorted(parent)?;
        if let Some(place) = list.places.get(&id.0).copied() {
            return Some((list, place));
        }
        // One went and another came: the order is that of others.
        let list = self.put_in_order(parent, sorting);
        sorting.made.borrow_mut().lists.insert(parent.0, Arc::clone(&list));
        let place = list.places.get(&id.0).copied()?;
        Some((list, place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mqtt::{MessageRef, Qos, Queued, Retained};
    use crate::store::Verdict;

    fn hear(store: &mut Store, topic: &str, s: u64) {
        store.ingest(&MessageRef {
            topic,
            payload: b"1",
            properties: &[],
            qos: Qos::AtMostOnce,
            retained: Retained::No,
            dup: false,
            queued: Queued::No,
            packet_id: None,
            received: Timestamp::from_millis(s * 1_000),
        });
    }

    fn topics(store: &Store, rows: impl Iterator<Item = NodeId>) -> Vec<String> {
        let mut topic = String::new();
        let name = |node: NodeId| {
            store.topic_of(node, &mut topic);
            topic.clone()
        };
        rows.map(name).collect()
    }

    /// The rows from above; from below they are the same ones.
    #[track_caller]
    fn shows(store: &Store, expected: &[&str]) {
        let down = std::iter::successors(store.next_visible(NodeId::ROOT), |row| store.next_visible(*row));
        let down: Vec<NodeId> = down.collect();
        let last = store.last_visible_below(NodeId::ROOT);
        let up = std::iter::successors(Some(last), |row| store.previous_visible(*row));
        let mut up: Vec<NodeId> = up.take_while(|row| *row != NodeId::ROOT).collect();
        up.reverse();
        assert_eq!(topics(store, down.into_iter()), expected);
        assert_eq!(topics(store, up.into_iter()), expected);
    }

    /// `a` is spoken on once, `b` three times, `c` twice with two leaves; each later than the one before.
    fn heard() -> Store {
        let mut store = Store::new(64 << 20);
        for (s, topic) in (1..).zip(["a", "b", "b", "b", "c/x", "c/y", "c/y"]) {
            hear(&mut store, topic, s);
        }
        store.expand(NodeId::ROOT);
        let c = store.find("c").unwrap();
        store.expand(c);
        store
    }

    const fn by(by: SortBy) -> SiblingOrder {
        SiblingOrder { by, is_reversed: false }
    }

    const NOW: Timestamp = Timestamp::from_millis(8_000);

    #[test]
    fn siblings_stand_by_count_or_age_and_by_name_again() {
        let mut store = heard();
        shows(&store, &["a", "b", "c", "c/x", "c/y"]);
        store.sort_siblings(Some(by(SortBy::Count)), NOW);
        shows(&store, &["b", "c", "c/y", "c/x", "a"]);
        store.sort_siblings(Some(by(SortBy::Age)), NOW);
        shows(&store, &["c", "c/y", "c/x", "b", "a"]);
        store.sort_siblings(Some(SiblingOrder { by: SortBy::Age, is_reversed: true }), NOW);
        shows(&store, &["a", "b", "c", "c/x", "c/y"]);
        store.sort_siblings(None, NOW);
        shows(&store, &["a", "b", "c", "c/x", "c/y"]);
    }

    #[test]
    fn what_comes_stands_last_until_the_next_order_and_what_goes_is_gone() {
        let mut store = heard();
        store.sort_siblings(Some(by(SortBy::Count)), NOW);
        shows(&store, &["b", "c", "c/y", "c/x", "a"]);
        for _ in 0..9 {
            hear(&mut store, "aa", 9);
        }
        shows(&store, &["b", "c", "c/y", "c/x", "a", "aa"]);
        store.sort_siblings(Some(by(SortBy::Count)), NOW);
        shows(&store, &["aa", "b", "c", "c/y", "c/x", "a"]);
        let kept = store.keep("zz").unwrap();
        shows(&store, &["aa", "b", "c", "c/y", "c/x", "a", "zz"]);
        store.release(kept);
        shows(&store, &["aa", "b", "c", "c/y", "c/x", "a"]);
    }

    #[test]
    fn a_narrowed_tree_is_in_order_too_though_others_come_through_meanwhile() {
        let mut store = heard();
        store.begin_sift();
        for topic in ["a", "c/x", "c/y"] {
            let node = store.find(topic).unwrap();
            store.sift(node, Verdict::Through);
        }
        store.sort_siblings(Some(by(SortBy::Count)), NOW);
        shows(&store, &["c", "c/y", "c/x", "a"]);
        let (a, b) = (store.find("a").unwrap(), store.find("b").unwrap());
        store.sift(a, Verdict::NotNow);
        store.sift(b, Verdict::Through);
        let from_b = std::iter::successors(Some(b), |row| store.next_visible(*row));
        assert_eq!(topics(&store, from_b), ["b", "c", "c/y", "c/x"]);
        shows(&store, &["b", "c", "c/y", "c/x"]);
    }

    #[test]
    fn too_many_siblings_stay_in_the_order_of_their_names() {
        let mut store = Store::new(64 << 20);
        for n in 0..=MAX_SORTED {
            hear(&mut store, &format!("t{n}"), 1);
        }
        hear(&mut store, "t7", 2);
        store.expand(NodeId::ROOT);
        store.sort_siblings(Some(by(SortBy::Count)), NOW);
        assert_eq!(store.level(store.next_visible(NodeId::ROOT).unwrap()), "t0");
    }
}
