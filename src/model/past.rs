//! The past messages of the topic under the cursor. Owns which rows are seen, the one under the hand, and whether
//! they hold still; reads them from the store, which owns the messages.
use super::device::Device;
use super::inspector::Inspector;
use super::tree::RowId;
use crate::store::{NodeId, Past, PastKey, Store};

pub mod compare;
pub mod deeds;
pub mod filter;
pub mod head;
pub mod inspected;
pub mod reader;
pub mod rows;
pub mod statistics;

use filter::Filter;
use inspected::Inspected;
use reader::Reader;

/// Rows of history that a key may go back to at once: walking there costs a step each.
pub const MAX_ROWS_BACK: usize = 100_000;

/// Whether the rows hold still while newer ones come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hold {
    /// The newest row is under the hand, whichever it is.
    #[default]
    No,
    /// The hand has left the newest row, when there were so many messages.
    Moved(u64),
    /// Held by key, when there were so many messages.
    ByKey(u64),
}

/// The state of the tab History.
#[derive(Clone, Debug, Default)]
pub struct PastView {
    /// The row under the hand, counted from the newest on.
    pub at: usize,
    /// The first row seen.
    pub top: usize,
    /// Whether they hold still.
    pub hold: Hold,
    /// Which messages are listed; all without one.
    pub filter: Option<Filter>,
    /// The message that others are compared with.
    pub marked: Option<PastKey>,
    /// The message that the other tabs show in the last one's place.
    pub inspected: Option<Inspected>,
    /// Whether times are those of UTC.
    pub is_utc: bool,
    /// Steps that the hand was asked for since.
    steps: isize,
    /// Messages the topic had when it was looked at last.
    n_seen: u64,
    statistics: statistics::Cache,
}

impl PastView {
    /// Moves the hand; where to is known once the rows are looked at.
    pub const fn step(&mut self, by: isize) {
        self.steps = self.steps.saturating_add(by);
    }

    /// Moves it to the newest row, or to the oldest.
    pub const fn edge(&mut self, to: usize) {
        self.steps = if to == 0 { isize::MIN } else { isize::MAX };
    }

    /// Another topic.
    pub fn turn(&mut self) {
        *self = Self { is_utc: self.is_utc, ..Self::default() };
    }

    /// Holds the rows still, or follows the newest again.
    pub const fn toggle_hold(&mut self, n_messages: u64) {
        self.hold = match self.hold {
            Hold::No => Hold::ByKey(n_messages),
            Hold::Moved(_) | Hold::ByKey(_) => {
                (self.at, self.top) = (0, 0);
                Hold::No
            }
        };
    }

    /// Lists other messages: the newest of them is under the hand.
    pub fn list(&mut self, filter: Option<Filter>) {
        self.filter = filter;
        (self.at, self.top, self.steps) = (0, 0, 0);
        self.hold = Hold::No;
    }

    /// Takes in what came since the last look, and moves the hand.
    pub fn settle(&mut self, store: &Store, node: NodeId, by: &Reader<'_>) {
        let n_messages = store.node(node).n_messages;
        let n_came = match self.n_seen {
            0 => 0,
            n_seen => n_messages.saturating_sub(n_seen),
        };
        let n_new = match &mut self.filter {
            Some(filter) => filter.catch_up(store, node, by),
            None => usize::try_from(n_came).unwrap_or(usize::MAX),
        };
        self.n_seen = n_messages;
        if self.hold != Hold::No {
            self.at = self.at.saturating_add(n_new);
            self.top = self.top.saturating_add(n_new);
        }
        let last = self.n_listed(store, node).saturating_sub(1).min(MAX_ROWS_BACK);
        self.at = self.at.min(last).saturating_add_signed(std::mem::take(&mut self.steps)).min(last);
        self.hold = match (self.hold, self.at) {
            (Hold::No | Hold::Moved(_), 0) => Hold::No,
            (Hold::No, _) => Hold::Moved(n_messages),
            (Hold::ByKey(_), 0) => Hold::ByKey(n_messages),
            (hold @ (Hold::Moved(_) | Hold::ByKey(_)), _) => hold,
        };
    }

    /// Has the hand among the rows seen, of which there are so many.
    pub fn follow(&mut self, store: &Store, node: NodeId, n_rows: usize) {
        let n_rows = n_rows.max(1);
        let lowest = (self.at + 1).saturating_sub(n_rows);
        let highest = self.at.min(self.n_listed(store, node).saturating_sub(n_rows)).max(lowest);
        self.top = self.top.clamp(lowest, highest);
    }

    /// Whether the list is still being made.
    pub fn is_working(&self) -> bool {
        self.filter.as_ref().is_some_and(Filter::is_working)
    }

    /// How many rows there are.
    pub fn n_listed(&self, store: &Store, node: NodeId) -> usize {
        match &self.filter {
            Some(filter) => filter.matches.len(),
            None => store.n_history(node),
        }
    }

    /// The messages of some rows.
    pub fn rows<'a>(&self, store: &'a Store, node: NodeId, from: usize, n: usize) -> Vec<Past<'a>> {
        match &self.filter {
            Some(filter) => {
                let keys = filter.matches.iter().skip(from).take(n);
                keys.filter_map(|key| store.past(node, *key)).collect()
            }
            None => store.history(node).skip(from).take(n).collect(),
        }
    }

    /// The message under the hand.
    pub fn under_hand<'a>(&self, store: &'a Store, node: NodeId) -> Option<Past<'a>> {
        self.rows(store, node, self.at, 1).pop()
    }

    /// Messages that came since the rows hold still.
    pub const fn n_since(&self) -> Option<u64> {
        match self.hold {
            Hold::No => None,
            Hold::Moved(n) | Hold::ByKey(n) => Some(self.n_seen.saturating_sub(n)),
        }
    }
}

/// How the payloads of a row's topic are read for its history.
pub fn reader<'a>(inspector: &Inspector, device: &'a Device, row: RowId) -> Reader<'a> {
    Reader {
        reading: device.reading(row.node),
        births: device.births.stamp(row.node),
        path: inspector.path(row).cloned(),
    }
}
