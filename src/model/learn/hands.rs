//! The hand in the Learn pane: the cursor, the lists, holding still. Owns when rows move and when they don't.
use super::Learning;
use crate::device::learn::{CandidateId, Lane};
use crate::model::Model;
use crate::model::tree::Placement;
use crate::time::Timestamp;
use std::time::Duration;

/// How long the rows hold still after a key: whoever aims must hit.
const HOLD: Duration = Duration::from_secs(2);

/// Whether rows move with the activity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hold {
    /// They do.
    #[default]
    Follow,
    /// Not before this moment.
    Until(Timestamp),
    /// Not until a key says so.
    Still,
}

impl Hold {
    /// When it ends by itself.
    pub const fn deadline(self) -> Option<Timestamp> {
        match self {
            Self::Until(until) => Some(until),
            Self::Follow | Self::Still => None,
        }
    }
}

impl Learning {
    /// Rows stay where they are for a while.
    pub fn hold_for_a_key(&mut self, now: Timestamp) {
        if self.hold != Hold::Still {
            self.hold = Hold::Until(now + HOLD);
            self.learn.hold();
        }
    }

    /// Follows the activity again when it is time.
    pub fn let_go(&mut self, now: Timestamp) {
        if self.hold.deadline().is_some_and(|until| until <= now) {
            self.hold = Hold::Follow;
            self.learn.release();
            self.shown.is_dirty = true;
        }
    }

    /// The candidate under the hand: what the screen shows there, not what is newest by now.
    pub fn under_hand(&self) -> Option<CandidateId> {
        let is_listed = |id: &CandidateId| {
            self.learn.candidate(*id).is_some_and(|candidate| candidate.lane() == self.lane)
        };
        let seen = || self.shown.rows.first().map(|row| row.id).filter(is_listed);
        self.cursor.filter(is_listed).or_else(seen).or_else(|| self.learn.newest(self.lane))
    }

    /// A candidate is about to leave for another list: the hand goes to its neighbour.
    pub fn step_off(&mut self, id: CandidateId, to: Lane) {
        let leaves = self.learn.candidate(id).is_some_and(|candidate| candidate.lane() != to);
        if leaves && self.cursor == Some(id) {
            self.cursor = self.learn.older(id).or_else(|| self.learn.newer(id));
        }
        self.shown.is_dirty = true;
    }
}

/// Moves the hand by so many rows.
pub fn step(model: &mut Model, now: Timestamp, by: isize) {
    let n_seen = super::rows::n_seen(model);
    let Some(learning) = &mut model.learning else { return };
    if let Some(picker) = &mut learning.picker {
        return picker.step(by);
    }
    learning.hold_for_a_key(now);
    let Some(mut at) = learning.under_hand() else { return };
    for _ in 0..by.unsigned_abs() {
        let next = if by > 0 { learning.learn.older(at) } else { learning.learn.newer(at) };
        let Some(next) = next else { break };
        at = next;
    }
    learning.cursor = if by < 0 && learning.learn.newer(at).is_none() { None } else { Some(at) };
    let row = learning.shown.cursor_row.saturating_add_signed(by);
    learning.shown.cursor_row = row.min(n_seen.saturating_sub(1));
    learning.shown.is_dirty = true;
}

/// Puts the hand on the newest or the oldest.
pub fn edge(model: &mut Model, now: Timestamp, edge: Placement) {
    let n_seen = super::rows::n_seen(model);
    let Some(learning) = &mut model.learning else { return };
    if let Some(picker) = &mut learning.picker {
        return picker.step(if edge == Placement::Top { isize::MIN } else { isize::MAX });
    }
    learning.hold_for_a_key(now);
    (learning.cursor, learning.shown.cursor_row) = match edge {
        Placement::Top => (None, 0),
        Placement::Middle | Placement::Bottom => {
            (learning.learn.oldest(learning.lane), n_seen.saturating_sub(1))
        }
    };
    learning.shown.is_dirty = true;
}

/// Holds the rows until told otherwise, or follows the activity.
pub fn hold_still(model: &mut Model) {
    let Some(learning) = &mut model.learning else { return };
    if learning.hold == Hold::Still {
        learning.hold = Hold::Follow;
        learning.learn.release();
    } else {
        learning.hold = Hold::Still;
        learning.learn.hold();
    }
    learning.shown.is_dirty = true;
}

/// Shows another of the lists.
pub fn turn_list(model: &mut Model, by: isize) {
    let Some(learning) = &mut model.learning else { return };
    let at = Lane::ALL.iter().position(|lane| *lane == learning.lane).unwrap_or_default();
    let next = (at + Lane::ALL.len()).saturating_add_signed(by) % Lane::ALL.len();
    learning.lane = Lane::ALL.get(next).copied().unwrap_or_default();
    learning.picker = None;
    learning.cursor = None;
    learning.shown.cursor_row = 0;
    learning.shown.is_dirty = true;
}
