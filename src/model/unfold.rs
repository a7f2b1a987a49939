//! What is expanded before the user moves about the tree. Owns when, and how much fits; later it is the user's.
use super::device::Device;
use super::tree::RowId;
use super::{Model, tree};
use crate::store::NodeId;
use crate::time::Timestamp;
use std::time::Duration;

/// How long after it began to listen a device's first picture is made: retained messages come at once.
const UNFOLD_AFTER: Duration = Duration::from_millis(250);

/// A pause in what comes after which it is made sooner.
const UNFOLD_IN_PAUSE: Duration = Duration::from_millis(10);

/// When a device's branches are expanded for the first picture.
pub fn due(device: &Device) -> Option<Timestamp> {
    if device.n_heard == 0 {
        // Kept nodes are there before anything is heard.
        return (!device.kept.is_empty()).then_some(Timestamp::ZERO);
    }
    let latest = device.listening_since? + UNFOLD_AFTER;
    let pause = device.store.node(NodeId::ROOT).last_change + UNFOLD_IN_PAUSE;
    Some(latest.min(pause))
}

/// Expands what fits, level by level, so that no branch opens while another lies closed above it.
fn unfold_to_fit(device: &mut Device, mut room: usize) {
    let mut level = vec![NodeId::ROOT];
    while !level.is_empty() {
        let mut below = Vec::new();
        for node in level {
            let n_children = device.store.n_children(node);
            if !device.store.is_expanded(node) {
                if n_children == 0 || n_children > room {
                    continue;
                }
                room -= n_children;
                device.store.expand(node);
            }
            below.extend(device.store.children(node).take(MAX_UNFOLDED));
        }
        level = below;
    }
}

/// Children looked at below a branch: more than any screen has rows.
const MAX_UNFOLDED: usize = 500;

impl Model {
    /// Until the user moves about the tree, its branches are expanded as long as they fit the screen.
    pub(super) fn unfold(&mut self, now: Timestamp) {
        if self.touched {
            return;
        }
        let n_rows = usize::from(self.layout().topics.inner().rows);
        for place in 0..self.devices.len() {
            let room = n_rows.saturating_sub(self.n_shown(n_rows));
            let Some(device) = self.devices.get_mut(place) else { return };
            if due(device).is_some_and(|at| at <= now) {
                device.is_unfolded = true;
                if room > 0 {
                    unfold_to_fit(device, room);
                }
            }
        }
    }

    /// Whether a device's branches are about to be expanded for the first time: what whoever connects waits for.
    pub fn is_unfolding(&self, now: Timestamp) -> bool {
        let is_due = |device: &Device| due(device).is_some_and(|at| at <= now);
        !self.touched && self.devices.iter().any(|device| !device.is_unfolded && is_due(device))
    }

    /// How many rows are shown, counted as far as a screen goes.
    fn n_shown(&self, n_rows: usize) -> usize {
        let below = |row: &RowId| tree::next(&self.devices, *row);
        std::iter::successors(Some(tree::first(&self.devices)), below).take(n_rows).count()
    }
}
