//! Finding topics by text, in slices that never hold up a frame. Owns what is sought and how far it came.
use super::device::Device;
use super::event::DeviceId;
use super::ingest::device_mut;
use super::tree::{self, RowId};
use crate::store::{Direction, Needle, NodeId, SearchCursor, Step};

/// Nodes looked at between two looks at the keyboard; a slice takes about a millisecond.
const SLICE_NODES: usize = 8_192;

/// A search under way or done.
#[derive(Debug)]
pub struct Search {
    /// What is sought.
    pub needle: Needle,
    /// How many topics match as far as was looked.
    pub n_found: usize,
    /// Where the cursor stood when the search began; Esc leads back there.
    pub from: RowId,
    /// In which device by its place; a device that closes meanwhile has the count begin anew.
    counting: Option<(usize, SearchCursor)>,
    moving: Option<Moving>,
    slice: Vec<NodeId>,
}

/// The way to the next match.
#[derive(Debug)]
struct Moving {
    direction: Direction,
    device: DeviceId,
    at: NodeId,
    /// Whether the node it stands at may be the match as well.
    or_here: bool,
    /// Devices gone through; one more than there are means that none matches.
    n_devices: usize,
}

/// What a slice of work brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The next match: the cursor goes there.
    Found(RowId),
    /// Nothing matches at all.
    NotFound,
    /// More to do.
    Working,
    /// Nothing left to do.
    Idle,
}

impl Search {
    /// Begins to count matches, and to look for the first one from a row on, that row included.
    pub fn begin(text: &str, from: RowId) -> Self {
        let mut search = Self {
            needle: Needle::new(text),
            n_found: 0,
            from,
            counting: Some((0, SearchCursor::default())),
            moving: None,
            slice: Vec::new(),
        };
        search.seek(from, Direction::Forward, true);
        search
    }

    /// Begins to look for the next match from a row on.
    pub fn seek(&mut self, from: RowId, direction: Direction, or_here: bool) {
        self.moving = Some(Moving { direction, device: from.device, at: from.node, or_here, n_devices: 0 });
    }

    /// A device was closed: what is sought from is the row given where it was there, and the count begins anew.
    pub fn close(&mut self, id: DeviceId, instead: RowId) {
        if self.from.device == id {
            self.from = instead;
        }
        if self.moving.as_ref().is_some_and(|moving| moving.device == id) {
            self.moving = None;
        }
        self.n_found = 0;
        self.counting = Some((0, SearchCursor::default()));
    }

    /// The user moved on: a match that is still looked for must not pull the cursor away.
    pub fn stay(&mut self) {
        self.moving = None;
    }

    /// Whether there is anything left to do.
    pub fn is_working(&self) -> bool {
        self.counting.is_some() || self.moving.is_some()
    }

    /// Does a slice of the work: first the way to the match, then the counting.
    pub fn work(&mut self, devices: &mut [Device]) -> Progress {
        if self.moving.is_some() {
            return self.move_on(devices);
        }
        self.count_on(devices)
    }

    fn move_on(&mut self, devices: &mut [Device]) -> Progress {
        let Some(mut moving) = self.moving.take() else { return Progress::Idle };
        let n_devices = devices.len();
        let Some(device) = device_mut(devices, moving.device) else { return Progress::NotFound };
        let found = |node| Progress::Found(RowId { device: moving.device, node });
        let is_match = moving.at != NodeId::ROOT && device.store.is_match(moving.at, &self.needle);
        if std::mem::take(&mut moving.or_here) && is_match {
            return found(moving.at);
        }
        match device.store.next_match(moving.at, moving.direction, &self.needle, SLICE_NODES) {
            Step::Found(node) if node != NodeId::ROOT => return found(node),
            Step::GoOn(node) => moving.at = node,
            Step::Found(_) | Step::End => {
                moving.n_devices += 1;
                if moving.n_devices > n_devices {
                    return Progress::NotFound;
                }
                let beside = neighbour(devices, moving.device, moving.direction);
                let Some(device) = beside.and_then(|id| device_mut(devices, id)) else {
                    return Progress::NotFound;
                };
                moving.device = device.id;
                moving.at = match moving.direction {
                    Direction::Forward => NodeId::ROOT,
                    Direction::Backward => device.store.last_below(NodeId::ROOT),
                };
                moving.or_here = true;
            }
        }
        self.moving = Some(moving);
        Progress::Working
    }

    fn count_on(&mut self, devices: &[Device]) -> Progress {
        let Some((place, cursor)) = self.counting.take() else { return Progress::Idle };
        let Some(device) = devices.get(place) else { return Progress::Idle };
        let rest = device.store.search_slice(cursor, &self.needle, SLICE_NODES, &mut self.slice);
        self.n_found += self.slice.len();
        self.slice.clear();
        self.counting = Some(match rest {
            Some(cursor) => (place, cursor),
            None => (place + 1, SearchCursor::default()),
        });
        Progress::Working
    }
}

/// The device after or before another, round and round.
fn neighbour(devices: &[Device], id: DeviceId, direction: Direction) -> Option<DeviceId> {
    let (place, n_devices) = (tree::place(devices, id)?, devices.len());
    let beside = match direction {
        Direction::Forward => (place + 1) % n_devices,
        Direction::Backward => place.checked_sub(1).unwrap_or(n_devices - 1),
    };
    devices.get(beside).map(|device| device.id)
}
