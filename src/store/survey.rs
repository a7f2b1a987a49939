//! A look at every topic, slice by slice. Owns the order, that of arrival; judges nothing.
use super::{NodeId, Store};
use crate::store::tree::ROOT;

/// Where a survey goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SurveyCursor(u32);

impl Default for SurveyCursor {
    fn default() -> Self {
        Self(ROOT + 1)
    }
}

impl Store {
    /// Looks at up to `budget_nodes` nodes and hands on those that are topics. `Some` tells where to go on;
    /// `None`: all were looked at.
    pub fn survey_slice(
        &self,
        cursor: SurveyCursor,
        budget_nodes: u32,
        mut look: impl FnMut(NodeId),
    ) -> Option<SurveyCursor> {
        let n_nodes = self.tree.slots.len();
        let end = cursor.0.saturating_add(budget_nodes.max(1)).min(n_nodes);
        for node in cursor.0..end {
            let id = NodeId(node);
            if !self.tree.is_unlinked(node) && self.is_topic(id) {
                look(id);
            }
        }
        (end < n_nodes).then_some(SurveyCursor(end))
    }
}
