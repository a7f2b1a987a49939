//! The next match by what was counted: where few match, or none, the way through the tree to it need not be gone. Owns
//! the choice among the matches.
use super::{Moving, Progress, Search, compare};
use crate::model::device::Device;
use crate::model::tree::{self, RowId};
use crate::store::Direction;

/// Matches that are compared at once: about a millisecond. Where more match, the next one is near.
const MAX_COMPARED: usize = 8_192;

impl Search {
    /// All are counted just now, while the next match is still looked for: where it is, if that tells.
    pub(super) fn shorten(&mut self, devices: &[Device], has_table: bool) -> Option<Progress> {
        let moving = self.moving.as_ref()?;
        if self.n_found == 0 {
            self.moving = None;
            return Some(Progress::NotFound);
        }
        if has_table || self.n_found > MAX_COMPARED || self.matches.len() != self.n_found {
            return None;
        }
        let row = nearest(devices, &self.matches, moving)?;
        let stepped = (moving.from, moving.direction);
        self.moving = None;
        self.arrive(row, Some(stepped));
        Some(Progress::Found(row))
    }
}

/// The match that comes next, round and round.
fn nearest(devices: &[Device], matches: &[RowId], moving: &Moving) -> Option<RowId> {
    let is_there = |row: &&RowId| {
        tree::device(devices, row.device).is_some_and(|device| device.store.is_there(row.node))
    };
    let all = || matches.iter().filter(is_there).copied();
    let by = |left: &RowId, right: &RowId| compare(devices, *left, *right);
    let beside = |row: &RowId| compare(devices, *row, moving.from);
    let may_be = |row: &RowId| moving.or_from && *row == moving.from;
    match moving.direction {
        Direction::Forward => {
            let behind = all().filter(|row| may_be(row) || beside(row).is_gt());
            behind.min_by(by).or_else(|| all().min_by(by))
        }
        Direction::Backward => {
            let before = all().filter(|row| may_be(row) || beside(row).is_lt());
            before.max_by(by).or_else(|| all().max_by(by))
        }
    }
}
