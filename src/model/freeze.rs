//! The picture stands still while messages go on being received. Owns those kept back until it is thawed.
use super::event::DeviceId;
use crate::mqtt::Batch;
use crate::time::Timestamp;

/// What is kept back at most: twenty seconds at 50,000 small messages a second. Beyond it the picture thaws,
/// for nothing may be dropped.
pub const MAX_FROZEN_BYTES: usize = 64 << 20;

/// A picture that stands still.
#[derive(Debug)]
pub struct Frozen {
    /// Since when.
    pub since: Timestamp,
    /// Messages received meanwhile.
    pub n_messages: u64,
    batches: Vec<(DeviceId, Batch)>,
    n_bytes: usize,
}

impl Frozen {
    /// Nothing was received yet.
    pub fn new(since: Timestamp) -> Self {
        Self { since, n_messages: 0, batches: Vec::new(), n_bytes: 0 }
    }

    /// Keeps messages back; whether there is room for more.
    pub fn keep(&mut self, id: DeviceId, batch: Batch) -> bool {
        self.n_messages += batch.len() as u64;
        self.n_bytes += batch.n_bytes();
        self.batches.push((id, batch));
        self.n_bytes < MAX_FROZEN_BYTES
    }

    /// The messages kept back, in the order they came.
    pub fn into_batches(self) -> Vec<(DeviceId, Batch)> {
        self.batches
    }
}
