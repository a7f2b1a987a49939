//! Rows visited by jumping, back and forth like a browser. Owns the trail.
use super::event::DeviceId;
use super::tree::RowId;

/// Places remembered: further back nobody finds the way.
const MAX_VISITED: usize = 100;

/// The trail, and where on it we are.
#[derive(Clone, Debug, Default)]
pub struct Visited {
    back: Vec<RowId>,
    forth: Vec<RowId>,
}

impl Visited {
    /// A jump leaves this row.
    pub fn leave(&mut self, row: RowId) {
        self.forth.clear();
        if self.back.last() == Some(&row) {
            return;
        }
        if self.back.len() == MAX_VISITED {
            self.back.remove(0);
        }
        self.back.push(row);
    }

    /// A device was closed: its rows are no more.
    pub fn forget(&mut self, id: DeviceId) {
        self.back.retain(|row| row.device != id);
        self.forth.retain(|row| row.device != id);
    }

    /// The rows left of late, the last one first.
    pub fn latest(&self) -> impl Iterator<Item = RowId> {
        self.back.iter().rev().chain(&self.forth).copied()
    }

    /// The row to go back to from here.
    pub fn back(&mut self, here: RowId) -> Option<RowId> {
        step(&mut self.back, &mut self.forth, here)
    }

    /// The row to go forth to from here.
    pub fn forth(&mut self, here: RowId) -> Option<RowId> {
        step(&mut self.forth, &mut self.back, here)
    }
}

fn step(from: &mut Vec<RowId>, to: &mut Vec<RowId>, here: RowId) -> Option<RowId> {
    let mut row = from.pop()?;
    // A jump that led nowhere left an entry for where we are.
    while row == here {
        row = from.pop()?;
    }
    to.push(here);
    Some(row)
}
