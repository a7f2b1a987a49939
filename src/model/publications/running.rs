//! What publishes by itself, in rows: generators, batches, sweeps. Owns their words; what they do is not known here.
use crate::model::Model;
use crate::model::monitor::lines::{Lines, Shade};
use crate::time::Timestamp;

/// How many run.
pub fn n_rows(_model: &Model) -> usize {
    0
}

/// What stands behind the section's title.
pub fn title(model: &Model) -> String {
    match n_rows(model) {
        0 => "nothing runs".to_owned(),
        n => n.to_string(),
    }
}

/// Makes the lines; a line of a row says which.
pub fn lines(lines: &mut Lines, model: &Model, _now: Timestamp) {
    if n_rows(model) == 0 {
        lines.row(None, Shade::Faint, "nothing publishes by itself");
    }
}
