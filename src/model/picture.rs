//! (to come)
use crate::time::Timestamp;
#[derive(Clone, Debug, Default)]
pub struct Picture {
    pub next_change: Option<Timestamp>,
}
