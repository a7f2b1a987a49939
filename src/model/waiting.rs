//! What the model waits for: work in slices, moments to come. Owns no clock.
use super::learn::{self, Learning};
use super::{Model, form, narrowing, probe, ranks, request, table};
use crate::time::Timestamp;

impl Model {
    /// Whether there is work to do in slices.
    pub fn is_working(&self) -> bool {
        self.expanding.is_some()
            || narrowing::is_working(self)
            || self.monitor.is_working()
            || self.chart.is_working()
            || self.inspector.is_searching()
            || self.bulk.as_ref().is_some_and(|preview| preview.is_working())
            || self.export.as_ref().is_some_and(|export| export.is_working())
            || self.table.as_ref().is_some_and(|table| table.is_working())
            || [&self.search, &self.going].into_iter().flatten().any(|search| search.is_working())
            || self.inspector.past.is_working()
            || self.learning.as_ref().is_some_and(Learning::is_working)
    }

    /// When the picture would look different, or something is due, without anything happening.
    pub fn deadline(&self) -> Option<Timestamp> {
        let waits = [self.toasts.deadline(), self.lives.deadline(), self.spacing.deadline()];
        let more = [self.monitor.deadline(), self.picture.next_change, learn::deadline(self)];
        let rest = [
            probe::deadline(self),
            form::kept::deadline(self),
            request::deadline(self),
            narrowing::deadline(self),
        ];
        let table = [table::deadline(self), ranks::deadline(self)];
        waits.into_iter().chain(more).chain(rest).chain(table).flatten().min()
    }

    /// When something that publishes by itself is due: apart, for it is wanted to a fraction of a millisecond.
    pub fn tick(&self) -> Option<Timestamp> {
        self.runs.deadline()
    }
}
