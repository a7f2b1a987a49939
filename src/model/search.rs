//! Finding topics by text, in slices that never hold up a frame. Owns what is sought, how far it came and the first
//! results; where the cursor goes is `deeds`'.
use super::device::Device;
use super::event::DeviceId;
use super::ingest::device_mut;
use super::table::Table;
use super::tree::{self, RowId};
use crate::store::{Direction, Found, Fuzzy, Inside, Needle, NodeId, SearchCursor, Step};
use inside::Decoding;
use std::cmp::{Ordering, Reverse};
use std::collections::HashMap;

pub mod deeds;
mod in_table;
mod inside;
pub mod picture;
pub mod places;
mod shortcut;

/// Nodes looked at between two looks at the keyboard; a slice takes about a millisecond.
const SLICE_NODES: usize = 8_192;

/// Likewise where letters may be left out, and where matches are compared.
const SLICE_TOPICS: usize = 4_096;

/// Results that are listed: whoever wants more types more.
pub const MAX_HITS: usize = 100;

/// Matches remembered, to tell which of them the cursor is on: 8 MB.
const MAX_MATCHES: usize = 1_000_000;

/// How a text is sought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct How {
    /// Letters may be left out.
    pub is_fuzzy: bool,
    /// In the beginnings of last payloads as well.
    pub in_values: bool,
}

/// A search under way or done.
#[derive(Debug)]
pub struct Search {
    /// What is sought.
    pub needle: Needle,
    /// How.
    pub how: How,
    /// How many topics match as far as was looked.
    pub n_found: usize,
    /// Which of them the cursor is on, counted from 1; `None` as long as that is not known.
    pub ordinal: Option<usize>,
    /// Where the cursor stood when the search began; Esc leads back there.
    pub from: RowId,
    /// The first results: the best, or those found first in the order of the tree.
    pub hits: Vec<Hit>,
    /// The one under the hand in the list.
    pub chosen: Option<usize>,
    /// Whether the list is seen.
    pub is_listed: bool,
    /// Whether Enter was pressed before all were looked at.
    is_accepted: bool,
    fuzzy: Option<Fuzzy>,
    /// Whether the next slice is one of counting.
    counts_next: bool,
    /// In which device by its place; a device that closes meanwhile has the count begin anew.
    counting: Option<(usize, SearchCursor)>,
    moving: Option<Moving>,
    /// Matches looked at and those of them before the cursor's.
    ranking: Option<(usize, usize)>,
    matches: Vec<RowId>,
    at: Option<RowId>,
    slice: Found,
    /// Packed values that could not be searched.
    n_beyond: usize,
    /// Rows on the screen, by their messages and how they are read, and whether they match.
    seen: HashMap<(DeviceId, NodeId, u64, u64), bool>,
    /// Branches that were expanded on the way to a match and by nobody else.
    opened: Vec<RowId>,
}

/// A result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Which.
    pub row: RowId,
    /// Why it stands in the list.
    pub why: Why,
    score: u32,
    n_bytes: usize,
}

/// Why a topic is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It matches.
    Match,
    /// It is pinned.
    Pinned,
    /// It was visited.
    Visited,
}

/// The way to the next match.
#[derive(Debug)]
struct Moving {
    direction: Direction,
    device: DeviceId,
    at: NodeId,
    /// Whether the node it stands at may be the match as well.
    or_here: bool,
    /// Where it began, and whether that may be the match.
    from: RowId,
    or_from: bool,
    /// Where in the table, and how many of its rows were looked at.
    place: Option<usize>,
    n_looked: usize,
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
    /// Begins to count matches, and to look for the first one from a row on, that row included; the best one where
    /// letters may be left out.
    pub fn begin(text: &str, from: RowId, how: How) -> Self {
        let mut search = Self {
            needle: Needle::new(text).with_values(how.in_values),
            how,
            n_found: 0,
            ordinal: None,
            from,
            hits: Vec::new(),
            chosen: None,
            is_listed: how.is_fuzzy,
            is_accepted: false,
            fuzzy: how.is_fuzzy.then(|| Fuzzy::new(text)),
            counts_next: false,
            counting: Some((0, SearchCursor::default())),
            moving: None,
            ranking: None,
            matches: Vec::new(),
            at: None,
            slice: Found::default(),
            n_beyond: 0,
            seen: HashMap::new(),
            opened: Vec::new(),
        };
        search.seek(from, Direction::Forward, true);
        search
    }

    /// Begins to look for the next match from a row on.
    pub fn seek(&mut self, from: RowId, direction: Direction, or_here: bool) {
        if !self.how.is_fuzzy {
            let (device, at) = (from.device, from.node);
            let (place, n_looked, n_devices) = (None, 0, 0);
            let or_from = or_here;
            self.moving =
                Some(Moving { direction, device, at, or_here, from, or_from, place, n_looked, n_devices });
        }
    }

    /// A device was closed: what is sought from is the row given where it was there, and the count begins anew.
    pub fn close(&mut self, id: DeviceId, instead: RowId) {
        if self.from.device == id {
            self.from = instead;
        }
        if self.moving.as_ref().is_some_and(|moving| moving.device == id) {
            self.moving = None;
        }
        self.opened.retain(|row| row.device != id);
        self.hits.clear();
        self.matches.clear();
        (self.chosen, self.ordinal, self.ranking, self.at) = (None, None, None, None);
        (self.n_found, self.n_beyond, self.slice) = (0, 0, Found::default());
        self.counting = Some((0, SearchCursor::default()));
    }

    /// The user moved on: a match that is still looked for must not pull the cursor away, and what was expanded on the
    /// way to the last one stays.
    pub fn stay(&mut self) {
        self.moving = None;
        (self.ordinal, self.at, self.ranking) = (None, None, None);
        self.opened.clear();
    }

    /// Whether there is anything left to do.
    pub const fn is_working(&self) -> bool {
        self.counting.is_some() || self.moving.is_some() || self.ranking.is_some()
    }

    /// Whether all topics were looked at.
    pub const fn is_counted(&self) -> bool {
        self.counting.is_none()
    }

    /// Values that could not be searched, for they were evicted.
    pub const fn n_evicted(&self) -> usize {
        self.slice.n_evicted
    }

    /// Packed values that could not be searched, for they make more than is decoded for that.
    pub const fn n_beyond(&self) -> usize {
        self.n_beyond
    }

    /// The result under the hand, else the first.
    pub fn best(&self) -> Option<RowId> {
        self.hits.get(self.chosen.unwrap_or_default()).map(|hit| hit.row)
    }

    /// Does a slice of the work: the counting where it is quick, else the way to the match and the counting by turns, for
    /// either may end the other; then which one it is.
    pub fn work(&mut self, devices: &mut [Device], table: Option<&Table>) -> Progress {
        self.counts_next = self.counting.is_some() && (self.needle.is_quick() || !self.counts_next);
        if self.moving.is_some() && !self.counts_next {
            let listed = table.and_then(|table| Some((tree::device(devices, table.device)?, table)));
            return match listed {
                Some((device, table)) => self.move_in_table(device, table),
                None => self.move_on(devices),
            };
        }
        if self.counting.is_some() {
            return self.count_on(devices, table.is_some());
        }
        self.rank_on(devices)
    }

    /// The cursor went to a match.
    fn arrive(&mut self, row: RowId, stepped: Option<(RowId, Direction)>) {
        let known = stepped.filter(|(from, _)| self.at == Some(*from) && self.is_counted());
        self.ordinal = match (self.ordinal, known) {
            (Some(n), Some((_, Direction::Forward))) if n >= self.n_found => Some(1),
            (Some(n), Some((_, Direction::Forward))) => Some(n + 1),
            (Some(1), Some((_, Direction::Backward))) => Some(self.n_found),
            (Some(n), Some((_, Direction::Backward))) => Some(n - 1),
            (_, None) | (None, _) => None,
        };
        self.at = Some(row);
        self.ranking = (self.ordinal.is_none() && !self.how.is_fuzzy).then_some((0, 0));
    }

    fn move_on(&mut self, devices: &mut [Device]) -> Progress {
        let Some(mut moving) = self.moving.take() else { return Progress::Idle };
        let n_devices = devices.len();
        let Some(device) = device_mut(devices, moving.device) else { return Progress::NotFound };
        let Device { store, rules, births, .. } = device;
        let mut inside = Decoding::of(rules, births);
        let is_match = moving.at != NodeId::ROOT
            && moving.or_here
            && store.is_match_inside(moving.at, &self.needle, &mut inside);
        let step = if std::mem::take(&mut moving.or_here) && is_match {
            Step::Found(moving.at)
        } else {
            store.next_match_inside(moving.at, moving.direction, (&self.needle, &mut inside), SLICE_NODES)
        };
        match step {
            Step::Found(node) if node != NodeId::ROOT => {
                let row = RowId { device: moving.device, node };
                self.arrive(row, Some((moving.from, moving.direction)));
                return Progress::Found(row);
            }
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

    fn count_on(&mut self, devices: &[Device], has_table: bool) -> Progress {
        let Some((place, cursor)) = self.counting.take() else { return Progress::Idle };
        let Some(device) = devices.get(place) else {
            return self.shorten(devices, has_table).unwrap_or_else(|| self.all_counted());
        };
        let (store, id) = (&device.store, device.id);
        let mut inside = Decoding::of(&device.rules, &device.births);
        let kept = self.hits.len();
        let hit =
            |node, score, n_bytes| Hit { row: RowId { device: id, node }, why: Why::Match, score, n_bytes };
        let rest = if let Some(fuzzy) = &mut self.fuzzy {
            let (hits, n_found) = (&mut self.hits, &mut self.n_found);
            let least = hits.get(MAX_HITS - 1).map_or(0, |hit| hit.score);
            let sought = (fuzzy, &self.needle, &mut inside as &mut dyn Inside);
            store.fuzzy_slice(cursor, sought, SLICE_TOPICS, &mut self.slice, |fit| {
                *n_found += 1;
                if kept < MAX_HITS || fit.score >= least {
                    hits.push(hit(fit.node, fit.score, fit.n_bytes));
                }
            })
        } else {
            let sought = (&self.needle, &mut inside as &mut dyn Inside);
            let rest = store.search_slice_inside(cursor, sought, SLICE_NODES, &mut self.slice);
            let nodes = &mut self.slice.nodes;
            self.n_found += nodes.len();
            self.hits.extend(nodes.iter().take(MAX_HITS - kept).map(|node| hit(*node, 0, 0)));
            let room = MAX_MATCHES.saturating_sub(self.matches.len());
            self.matches.extend(nodes.drain(..).take(room).map(|node| RowId { device: id, node }));
            rest
        };
        self.n_beyond += inside.n_beyond;
        rank_hits(&mut self.hits, kept, devices);
        self.counting = Some(match rest {
            Some(cursor) => (place, cursor),
            None => (place + 1, SearchCursor::default()),
        });
        Progress::Working
    }

    /// Where letters may be left out, the cursor goes to what fits best of all.
    fn all_counted(&mut self) -> Progress {
        match self.hits.first() {
            _ if !self.how.is_fuzzy => Progress::Idle,
            None => Progress::NotFound,
            Some(_) if self.chosen.is_some() => Progress::Idle,
            Some(best) => {
                self.ordinal = Some(1);
                Progress::Found(best.row)
            }
        }
    }

    /// Counts the matches before the one that the cursor is on.
    fn rank_on(&mut self, devices: &[Device]) -> Progress {
        let (Some((from, mut n_before)), Some(at)) = (self.ranking.take(), self.at) else {
            return Progress::Idle;
        };
        if self.matches.len() < self.n_found {
            return Progress::Idle;
        }
        let slice = self.matches.get(from..).unwrap_or_default();
        let slice = slice.get(..SLICE_TOPICS).unwrap_or(slice);
        n_before += slice.iter().filter(|row| compare(devices, **row, at).is_lt()).count();
        if slice.is_empty() {
            self.ordinal = Some(n_before + 1).filter(|n| *n <= self.n_found);
            return Progress::Idle;
        }
        self.ranking = Some((from + slice.len(), n_before));
        Progress::Working
    }
}

/// Which of two rows the tree shows first when all is expanded.
fn compare(devices: &[Device], left: RowId, right: RowId) -> Ordering {
    left.device.cmp(&right.device).then_with(|| {
        let device = tree::device(devices, left.device);
        device.map_or(Ordering::Equal, |device| device.store.compare_places(left.node, right.node))
    })
}

/// Puts results in order, the best first, where some were added behind those that are.
fn rank_hits(hits: &mut Vec<Hit>, n_ranked: usize, devices: &[Device]) {
    if hits.len() > n_ranked {
        let key = |hit: &Hit| (Reverse(hit.score), hit.n_bytes);
        // The order of the tree costs a way up; it parts only those that are alike.
        hits.sort_by(|left, right| {
            key(left).cmp(&key(right)).then_with(|| compare(devices, left.row, right.row))
        });
        hits.truncate(MAX_HITS);
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
