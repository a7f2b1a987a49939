//! Where in its structured value the hand was last, topic by topic. Owns the paths chosen; folds and rows are
//! the structure's.
use crate::device::JsonPath;
use crate::model::tree::RowId;

/// Topics whose place is remembered; the one visited longest ago begins at its top again.
const MAX_PLACES: usize = 1_000;

/// The paths chosen, the latest last.
#[derive(Clone, Debug, Default)]
pub struct Places(Vec<(RowId, JsonPath)>);

impl Places {
    /// The path chosen in a topic's value; `None` for the whole of it.
    pub fn get(&self, row: RowId) -> Option<&JsonPath> {
        self.0.iter().rev().find(|(known, _)| *known == row).map(|(_, path)| path)
    }

    /// Chooses a path, or the whole value again.
    pub fn set(&mut self, row: RowId, path: Option<JsonPath>) {
        if self.get(row) == path.as_ref() {
            return;
        }
        self.0.retain(|(known, _)| *known != row);
        let Some(path) = path.filter(|path| !path.steps().is_empty()) else { return };
        if self.0.len() == MAX_PLACES {
            self.0.remove(0);
        }
        self.0.push((row, path));
    }
}
