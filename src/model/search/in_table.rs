//! The next match among the rows of the table, in their order. Owns the steps; what matches is the store's.
use super::inside::Decoding;
use super::{Moving, Progress, SLICE_TOPICS, Search};
use crate::model::device::Device;
use crate::model::table::Table;
use crate::model::tree::RowId;
use crate::store::{Direction, Inside};

impl Search {
    /// Looks at the next rows of the table, round and round, until one matches.
    pub(super) fn move_in_table(&mut self, device: &Device, table: &Table) -> Progress {
        let Some(mut moving) = self.moving.take() else { return Progress::Idle };
        let mut place = moving.place.or_else(|| table.place_of(moving.from)).unwrap_or_default();
        let mut inside = Decoding::of(&device.rules, &device.births);
        for _ in 0..SLICE_TOPICS {
            let Some(node) = table.node_at(place).filter(|_| moving.n_looked <= table.n_rows()) else {
                return Progress::NotFound;
            };
            let is_asked = moving.or_here || moving.n_looked > 0;
            moving.n_looked += 1;
            if is_asked && device.store.is_match_inside(node, &self.needle, &mut inside) {
                // How many match before it, whatever the table lists, nobody counts.
                (self.at, self.ordinal, self.ranking) = (None, None, None);
                return Progress::Found(RowId { device: table.device, node });
            }
            place = match moving.direction {
                Direction::Forward => (place + 1) % table.n_rows(),
                Direction::Backward => place.checked_sub(1).unwrap_or(table.n_rows() - 1),
            };
            if inside.is_tired() {
                break;
            }
        }
        self.moving = Some(Moving { place: Some(place), ..moving });
        Progress::Working
    }
}
