//! The topics that stand out: largest, busiest, longest silent. Owns a look at all of them, slice by slice.
use crate::model::device::Device;
use crate::model::event::DeviceId;
use crate::store::{NodeId, SurveyCursor};
use crate::time::Timestamp;
use std::time::Duration;

/// Between the end of a look and the next.
const EVERY: Duration = Duration::from_secs(5);

/// Nodes looked at between two looks at the keyboard; a millisecond or two.
const SLICE_NODES: u32 = 8_192;

/// How many of a kind are kept.
pub const KEPT: usize = 3;

/// What a look found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// By the size of the last payload, in bytes.
    pub largest: Vec<(u64, NodeId)>,
    /// By messages per 1,000 seconds.
    pub busiest: Vec<(u64, NodeId)>,
    /// By nanoseconds since the last message.
    pub silent: Vec<(u64, NodeId)>,
}

/// A look, and what the one before found.
#[derive(Clone, Debug, Default)]
pub struct Survey {
    device: Option<DeviceId>,
    cursor: Option<SurveyCursor>,
    next: Option<Timestamp>,
    under_way: Found,
    found: Option<Found>,
}

impl Survey {
    /// What the last look found at this device.
    pub fn found(&self, device: &Device) -> Option<&Found> {
        self.found.as_ref().filter(|_| self.device == Some(device.id))
    }

    /// Whether a look is under way.
    pub fn is_working(&self) -> bool {
        self.cursor.is_some()
    }

    /// When the next begins.
    pub fn deadline(&self) -> Option<Timestamp> {
        self.next
    }

    /// Looks at another slice, or begins when it is time.
    pub fn advance(&mut self, device: &Device, now: Timestamp) {
        if self.device != Some(device.id) {
            *self =
                Self { device: Some(device.id), cursor: Some(SurveyCursor::default()), ..Self::default() };
        }
        if self.next.is_some_and(|at| at <= now) {
            (self.next, self.cursor) = (None, Some(SurveyCursor::default()));
        }
        let Some(cursor) = self.cursor else { return };
        let found = &mut self.under_way;
        self.cursor = device.store.survey_slice(cursor, SLICE_NODES, |id| {
            let Some(last) = device.store.last(id) else { return };
            keep(&mut found.largest, last.n_bytes as u64, id);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rate is small")]
            let rate = (device.store.node(id).rate_per_s(now) * 1_000.0) as u64;
            keep(&mut found.busiest, rate, id);
            let silence = u64::try_from(now.since(last.received).as_nanos()).unwrap_or(u64::MAX);
            keep(&mut found.silent, silence, id);
        });
        if self.cursor.is_none() {
            self.found = Some(std::mem::take(&mut self.under_way));
            self.next = Some(now + EVERY);
        }
    }
}

/// Keeps the greatest few, the greatest first.
fn keep(few: &mut Vec<(u64, NodeId)>, figure: u64, id: NodeId) {
    if figure == 0 || (few.len() == KEPT && few.last().is_some_and(|(least, _)| *least >= figure)) {
        return;
    }
    let place = few.iter().position(|(other, _)| *other < figure).unwrap_or(few.len());
    few.insert(place, (figure, id));
    few.truncate(KEPT);
}
