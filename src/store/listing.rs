//! The topics below a node, in the order of the tree and slice by slice. Owns the order; judges nothing.
use super::{NodeId, Store, rate};
use crate::time::Timestamp;
use std::cmp::Ordering;

impl Store {
    /// Looks at up to `budget_nodes` nodes from `from` on, within what hangs on `top`, and appends the topics and
    /// kept nodes among them that the view shows. The branches on the way come into natural order. `Some` tells
    /// where to go on; `None`: all were looked at.
    pub fn listed_slice(
        &mut self,
        top: NodeId,
        from: NodeId,
        budget_nodes: usize,
        found: &mut Vec<NodeId>,
    ) -> Option<NodeId> {
        let mut node = from.0;
        for _ in 0..budget_nodes.max(1) {
            let id = NodeId(node);
            if (self.is_topic(id) || self.is_kept(id)) && self.is_listed(id) {
                found.push(id);
            }
            self.tree.order_children(node);
            node = self.tree.next_within(node, top.0)?;
        }
        Some(NodeId(node))
    }

    /// Messages a second on this very topic, over the last two seconds.
    pub fn topic_rate(&self, id: NodeId, now: Timestamp) -> f32 {
        self.heard(id).map_or(rate::Rate::NONE, |heard| heard.rate).per_s(now)
    }

    /// Which of two nodes the tree shows first when all its branches are open.
    pub fn compare_places(&self, left: NodeId, right: NodeId) -> Ordering {
        let up = |node: u32, by: usize| (0..by).fold(node, |node, _| self.tree.slots[node].parent);
        let (left_depth, right_depth) = (self.tree.depth(left.0), self.tree.depth(right.0));
        let depth = left_depth.min(right_depth);
        let (mut one, mut other) = (up(left.0, left_depth - depth), up(right.0, right_depth - depth));
        if one == other {
            // One hangs on the other, and the upper one goes first.
            return left_depth.cmp(&right_depth);
        }
        for _ in 0..depth {
            let parents = (self.tree.slots[one].parent, self.tree.slots[other].parent);
            if parents.0 == parents.1 {
                break;
            }
            (one, other) = parents;
        }
        self.tree.compare(one, other)
    }
}
