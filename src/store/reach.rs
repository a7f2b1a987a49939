//! The topics below a node in natural order, slice by slice, as far as the tree is narrowed to them. Owns the steps;
//! whoever walks on while messages come sees each topic once, those that are new behind the place included.
use super::tree::{ROOT, Tree};
use super::{NodeId, Store};

impl Store {
    /// Looks at up to `budget_nodes` nodes from `from` on, within what hangs on `top`, and appends the topics among
    /// them that the view shows, not only as the way to others. `Some` tells where to go on; `None`: all were looked
    /// at. Branches come into natural order on the way, as by expanding them.
    pub fn ordered_topics_slice(
        &mut self,
        top: NodeId,
        from: NodeId,
        budget_nodes: usize,
        found: &mut Vec<NodeId>,
    ) -> Option<NodeId> {
        let mut node = from.0;
        for _ in 0..budget_nodes.max(1) {
            let id = NodeId(node);
            if !self.is_there(id) {
                node = self.tree.next_there(node, top.0)?;
            } else if self.is_listed(id) {
                if self.is_topic(id) && self.is_shown(id) {
                    found.push(id);
                }
                self.tree.order_children(node);
                node = self.tree.next_within(node, top.0)?;
            } else {
                node = self.tree.next_after(node, top.0)?;
            }
        }
        Some(NodeId(node))
    }
}

impl Tree {
    /// The node after one that left the tree, within what hangs on `top`.
    fn next_there(&self, node: u32, top: u32) -> Option<u32> {
        let mut node = node;
        while node != top && node != ROOT {
            let parent = self.slots[node].parent;
            if !self.is_unlinked(parent) {
                // What one was taken out of is in order.
                let behind = self.children(parent).find(|child| self.compare(*child, node).is_gt());
                return behind.or_else(|| self.next_after(parent, top));
            }
            node = parent;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mqtt::{MessageRef, Qos, Queued, Retained};
    use crate::time::Timestamp;

    fn hear(store: &mut Store, topic: &str) {
        store.ingest(&MessageRef {
            topic,
            payload: b"1",
            properties: &[],
            qos: Qos::AtMostOnce,
            retained: Retained::No,
            dup: false,
            queued: Queued::No,
            packet_id: None,
            received: Timestamp::ZERO,
        });
    }

    fn topics(store: &Store, found: &[NodeId]) -> Vec<String> {
        let mut topic = String::new();
        let name = |node: &NodeId| {
            store.topic_of(*node, &mut topic);
            topic.clone()
        };
        found.iter().map(name).collect()
    }

    /// All below a node, so many nodes at a time; `between` happens after each slice.
    fn walk(
        store: &mut Store,
        top: NodeId,
        budget: usize,
        mut between: impl FnMut(&mut Store),
    ) -> Vec<String> {
        let (mut found, mut at) = (Vec::new(), Some(top));
        while let Some(from) = at {
            at = store.ordered_topics_slice(top, from, budget, &mut found);
            between(store);
        }
        topics(store, &found)
    }

    #[test]
    fn topics_come_in_natural_order_whatever_the_slices_and_the_order_of_arrival() {
        for budget in [1, 2, 3, 100] {
            let mut store = Store::new(64 << 20);
            for topic in ["b/2", "b/10", "a", "b/1/x", "b", "", "c//d"] {
                hear(&mut store, topic);
            }
            let all = walk(&mut store, NodeId::ROOT, budget, |_| {});
            assert_eq!(all, ["", "a", "b", "b/1/x", "b/2", "b/10", "c//d"]);
            let top = store.find("b").unwrap();
            assert_eq!(walk(&mut store, top, budget, |_| {}), ["b", "b/1/x", "b/2", "b/10"]);
        }
    }

    #[test]
    fn what_comes_behind_the_place_is_seen_and_nothing_twice_though_branches_are_expanded() {
        let mut store = Store::new(64 << 20);
        for n in [5, 3, 9, 1, 7] {
            hear(&mut store, &format!("a/{n}"));
        }
        let mut n = 0;
        let all = walk(&mut store, NodeId::ROOT, 2, |store| {
            n += 1;
            hear(store, &format!("a/{}", n * 2));
            let branch = store.find("a").unwrap();
            store.expand(branch);
        });
        let numbers: Vec<u32> = all.iter().map(|topic| topic.replace("a/", "").parse().unwrap()).collect();
        assert!(numbers.is_sorted_by(|left, right| left < right), "{numbers:?}");
        assert!([1, 3, 5, 7, 9].iter().all(|old| numbers.contains(old)), "{numbers:?}");
    }

    #[test]
    fn a_narrowed_tree_gives_what_it_is_narrowed_to_and_a_node_that_leaves_stops_no_walk() {
        let mut store = Store::new(64 << 20);
        for topic in ["a", "a/1", "a/2", "b/1", "c"] {
            hear(&mut store, topic);
        }
        for topic in ["a/2", "b/0", "b/1", "c"] {
            store.keep(topic);
        }
        store.set_kept_only(true);
        assert_eq!(walk(&mut store, NodeId::ROOT, 1, |_| {}), ["a/2", "b/1", "c"]);
        let top = store.find("a").unwrap();
        assert_eq!(walk(&mut store, top, 1, |_| {}), ["a/2"]);
        store.set_kept_only(false);
        // Nothing was heard on b/0; it leaves as the walk rests on it.
        let mut n = 0;
        let all = walk(&mut store, NodeId::ROOT, 1, |store| {
            n += 1;
            if n == 5 {
                let gone = store.find("b/0").unwrap();
                store.release(gone);
            }
        });
        assert_eq!(all, ["a", "a/1", "a/2", "b/1", "c"]);
    }
}
