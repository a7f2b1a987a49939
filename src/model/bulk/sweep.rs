//! A sweep of retained messages before it goes: the look, the choice, the count, the undo file. Owns the preview.
//! Looking ► choosing ► the count is typed ► the undo file is written and synced ► a run clears.
mod write;

pub use write::{answered, confirm, write_on};

use super::found::{Back, Found, Judged, judge};
use super::pace::Pace;
use super::{MAX_ROWS, Preview};
use crate::command::Command;
use crate::decode::figures;
use crate::model::device::Device;
use crate::model::event::DeviceId;
use crate::model::nodes::range;
use crate::model::overlay::PromptKind;
use crate::model::toast::Tone;
use crate::model::{Model, keys, narrowing, publish, tree};
use crate::store::{NodeId, Store};
use crate::time::Timestamp;
use std::collections::VecDeque;

/// Nodes looked at between two looks at the keyboard: a millisecond or two.
const SLICE_NODES: usize = 4_096;

/// Rows that a narrowing text is looked for in, likewise.
const SLICE_ROWS: usize = 8_192;

/// A sweep that is prepared.
#[derive(Clone, Debug)]
pub struct Sweep {
    /// Whose broker keeps them.
    pub device: DeviceId,
    /// Which topics, in words.
    pub name: String,
    /// What was found, in the order of the walk.
    pub rows: Vec<Found>,
    /// Topics of which too little is remembered to tell.
    pub n_doubtful: usize,
    /// Whether more were found than one sweep takes.
    pub has_more: bool,
    /// A text that topics must hold to be seen, and cleared.
    pub narrow: String,
    /// What would be cleared.
    pub chosen: Totals,
    /// The row under the hand, among those seen.
    pub place: usize,
    /// How fast they are cleared.
    pub pace: Pace,
    seen: Vec<u32>,
    /// Rows that were held against the narrowing text.
    n_filtered: usize,
    walk: Walk,
    stage: Stage,
}

/// What some rows come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// How many.
    pub n: usize,
    /// Their bytes.
    pub n_bytes: u64,
    /// Of which it is not known whether they are retained.
    pub n_unsure: usize,
    /// Which come back without their properties.
    pub n_payload_only: usize,
    /// Which can't be brought back.
    pub n_lost: usize,
}

impl Totals {
    fn add(&mut self, found: &Found) {
        self.n += 1;
        self.n_bytes += found.n_bytes as u64;
        self.n_unsure += usize::from(!found.is_sure);
        self.n_payload_only += usize::from(found.back == Back::Payload);
        self.n_lost += usize::from(found.back == Back::Nothing);
    }

    fn take_away(&mut self, found: &Found) {
        self.n -= 1;
        self.n_bytes -= found.n_bytes as u64;
        self.n_unsure -= usize::from(!found.is_sure);
        self.n_payload_only -= usize::from(found.back == Back::Payload);
        self.n_lost -= usize::from(found.back == Back::Nothing);
    }
}

/// What is left to look at.
#[derive(Clone, Debug, Default)]
struct Walk {
    /// Where to look, and whether at all below as well.
    tops: VecDeque<(NodeId, bool)>,
    /// Where to go on below the first of them.
    from: Option<NodeId>,
}

impl Walk {
    /// Looks at a slice.
    fn slice(&mut self, store: &Store, found: &mut Vec<NodeId>) {
        let Some((top, is_whole)) = self.tops.front().copied() else { return };
        if is_whole && store.is_there(top) {
            self.from = store.shown_topics_slice(top, self.from.unwrap_or(top), SLICE_NODES, found);
        } else if store.is_there(top) && store.is_topic(top) && store.is_shown(top) {
            found.push(top);
        }
        if self.from.is_none() {
            self.tops.pop_front();
        }
    }
}

/// How far it is.
#[derive(Clone, Debug)]
enum Stage {
    /// What is found can be chosen from.
    Choosing,
    /// The undo file is being written.
    Writing(write::Writing),
}

impl Sweep {
    fn new(device: DeviceId, name: String, walk: Walk) -> Self {
        Self {
            device,
            name,
            rows: Vec::new(),
            n_doubtful: 0,
            has_more: false,
            narrow: String::new(),
            chosen: Totals::default(),
            place: 0,
            pace: Pace::SWEEP,
            seen: Vec::new(),
            n_filtered: 0,
            walk,
            stage: Stage::Choosing,
        }
    }

    /// Whether the topics are still being looked at.
    pub fn is_looking(&self) -> bool {
        !self.walk.tops.is_empty()
    }

    /// Whether there is work to do in slices.
    pub fn is_working(&self) -> bool {
        match &self.stage {
            Stage::Choosing => self.is_looking() || self.n_filtered < self.rows.len(),
            Stage::Writing(writing) => writing.is_working(),
        }
    }

    /// Whether the undo file is being written.
    pub const fn is_writing(&self) -> bool {
        matches!(self.stage, Stage::Writing(_))
    }

    /// The rows that the narrowing text leaves, as places among all.
    pub fn seen(&self) -> &[u32] {
        &self.seen
    }

    /// A row that is seen, by its place on screen.
    pub fn row(&self, place: usize) -> Option<&Found> {
        self.rows.get(*self.seen.get(place)? as usize)
    }

    /// Looks at another slice.
    pub fn advance(&mut self, device: &Device) {
        if self.is_writing() {
            return;
        }
        let mut found = Vec::new();
        self.walk.slice(&device.store, &mut found);
        for node in found {
            match judge(device, node) {
                Judged::Kept(_) if self.rows.len() >= MAX_ROWS => {
                    self.has_more = true;
                    self.walk = Walk::default();
                    break;
                }
                Judged::Kept(found) => self.rows.push(found),
                Judged::Doubtful => self.n_doubtful += 1,
                Judged::NotKept => {}
            }
        }
        self.filter(device);
    }

    /// Holds another slice against the narrowing text.
    fn filter(&mut self, device: &Device) {
        let needle = self.narrow.to_lowercase();
        let to = self.rows.len().min(self.n_filtered + SLICE_ROWS);
        let mut topic = String::new();
        for place in self.n_filtered..to {
            let Some(row) = self.rows.get(place) else { break };
            let is_seen = needle.is_empty() || {
                device.store.topic_of(row.node, &mut topic);
                topic.to_lowercase().contains(&needle)
            };
            if is_seen {
                self.seen.extend(u32::try_from(place));
                if !row.is_excluded {
                    self.chosen.add(row);
                }
            }
        }
        self.n_filtered = to;
    }

    /// Sees only topics that hold a text.
    pub fn narrow_to(&mut self, text: &str) {
        if self.narrow != text && !self.is_writing() {
            text.clone_into(&mut self.narrow);
            self.seen.clear();
            (self.n_filtered, self.place, self.chosen) = (0, 0, Totals::default());
        }
    }

    fn set_excluded(&mut self, place: usize, is_excluded: bool) {
        let Some(row) = self.seen.get(place).and_then(|at| self.rows.get_mut(*at as usize)) else { return };
        match (row.is_excluded, is_excluded) {
            (false, true) => self.chosen.take_away(row),
            (true, false) => self.chosen.add(row),
            (true, true) | (false, false) => {}
        }
        row.is_excluded = is_excluded;
    }

    /// What is told beside the list, line by line.
    pub fn remarks(&self) -> Vec<String> {
        let n = |n: usize| figures::grouped(n as u64);
        let Totals { n_unsure, n_payload_only, n_lost, .. } = self.chosen;
        let mut lines = Vec::new();
        if n_unsure > 0 {
            lines.push(format!(
                "? {}: whether they are retained MQTT 3.1.1 does not say; an undo publishes them retained",
                n(n_unsure)
            ));
        }
        if n_payload_only > 0 {
            lines.push(format!(
                "- {}: an undo brings back the payload without its properties",
                n(n_payload_only)
            ));
        }
        if n_lost > 0 {
            lines.push(format!(
                "! {}: an undo can't bring them back: evicted to stay within --memory",
                n(n_lost)
            ));
        }
        if self.n_doubtful > 0 {
            lines.push(format!("{} more may be retained beneath live messages; R asks", n(self.n_doubtful)));
        }
        if self.has_more {
            lines.push(format!("only the first {} are listed; sweep again for the rest", n(MAX_ROWS)));
        }
        lines
    }

    /// What would be cleared, in words.
    pub fn summary(&self) -> String {
        let Totals { n, n_bytes, .. } = self.chosen;
        let all = match self.rows.len() {
            all if all == n => String::new(),
            all => format!(" of {}", figures::grouped(all as u64)),
        };
        let more = if self.is_looking() { " so far …" } else { "" };
        format!("{}{all} retained · {}{more}", figures::grouped(n as u64), figures::bytes(n_bytes))
    }

    /// What is to be typed, in words.
    pub fn count_words(&self) -> String {
        let n = figures::grouped(self.chosen.n as u64);
        match self.chosen.n_lost {
            0 => format!("{n} clears them; the undo file comes first"),
            lost => format!("{n} clears them; {} of them for good", figures::grouped(lost as u64)),
        }
    }

    /// How much of the undo file is written: of how many.
    pub fn written(&self) -> Option<(usize, usize)> {
        match &self.stage {
            Stage::Choosing => None,
            Stage::Writing(writing) => Some(writing.progress()),
        }
    }
}

/// The branch under the cursor, or the range, as a sweep. `false`: it is one topic alone.
pub fn open(model: &mut Model, now: Timestamp) -> bool {
    let row = model.cursor;
    let Some(device) = model.device(row.device) else { return false };
    let only = narrowing::only(model, device);
    let (name, tops) = if model.range.is_some() {
        let mut of = range::tops(model);
        if of.len() != 1 {
            let words = "the range reaches over several devices; select rows of one";
            model.say(now, Tone::Warn, words);
            return true;
        }
        (String::from("the selected rows"), of.remove(0).1)
    } else if row.is_device() || device.store.has_children(row.node) {
        let mut topic = String::new();
        device.store.topic_of(row.node, &mut topic);
        let name = if row.is_device() { device.profile.name.clone() } else { topic };
        (name, vec![(row.node, true)])
    } else {
        return false;
    };
    if model.settings.read_only {
        model.say(now, Tone::Warn, publish::READ_ONLY);
        return true;
    }
    let walk = Walk { tops: tops.into(), from: None };
    let name = name + &only;
    let device = row.device;
    model.range = None;
    super::show(model, Preview::Sweep(Sweep::new(device, name, walk)));
    true
}

fn of_model(model: &mut Model) -> Option<&mut Sweep> {
    match model.bulk.as_deref_mut() {
        Some(Preview::Sweep(sweep)) if !sweep.is_writing() => Some(sweep),
        Some(Preview::Sweep(_) | Preview::Batch(_)) | None => None,
    }
}

/// Leaves the row under the hand alone, or its branch; or asks for a text.
pub fn choose(model: &mut Model, command: Command) {
    if command == Command::Exclude {
        exclude(model);
    } else if command == Command::NarrowSweep {
        ask_narrow(model);
    } else {
        exclude_branch(model);
    }
}

/// Excludes the row under the hand, or takes it in again, and goes on to the next.
fn exclude(model: &mut Model) {
    let Some(sweep) = of_model(model) else { return };
    let place = sweep.place;
    let Some(row) = sweep.row(place) else { return };
    let is_excluded = !row.is_excluded;
    sweep.set_excluded(place, is_excluded);
    sweep.place = (place + 1).min(sweep.seen.len().saturating_sub(1));
}

/// Excludes all that is seen of the branch that the row under the hand lies in, or takes it in again.
fn exclude_branch(model: &mut Model) {
    let device = model.bulk.as_deref().and_then(|preview| match preview {
        Preview::Sweep(sweep) => tree::device(&model.devices, sweep.device),
        Preview::Batch(_) => None,
    });
    let Some(store) = device.map(|device| &device.store) else { return };
    let Some(Preview::Sweep(sweep)) = model.bulk.as_deref_mut() else { return };
    let Some(row) = sweep.row(sweep.place).copied().filter(|_| !sweep.is_writing()) else { return };
    let Some(branch) = store.parent(row.node) else { return };
    let depth = store.depth(branch);
    let lies_below = |node: NodeId| {
        let steps = store.depth(node).saturating_sub(depth);
        std::iter::successors(Some(node), |node| store.parent(*node)).nth(steps) == Some(branch)
    };
    // The look at 200,000 rows is as long as a frame: once a key.
    let places: Vec<usize> = (0..sweep.seen.len())
        .filter(|place| sweep.row(*place).is_some_and(|row| lies_below(row.node)))
        .collect();
    for place in places {
        sweep.set_excluded(place, !row.is_excluded);
    }
}

/// Asks for a text that topics must hold.
fn ask_narrow(model: &mut Model) {
    let Some(sweep) = of_model(model) else { return };
    let text = sweep.narrow.clone();
    keys::prompt(model, PromptKind::NarrowSweep, &text);
}

/// Asks for the count: whoever types it has read it.
pub fn ask_count(model: &mut Model, now: Timestamp) {
    let Some(sweep) = of_model(model) else { return };
    let words = if sweep.is_working() {
        "the topics are still being looked at; try again in a moment"
    } else if sweep.chosen.n == 0 {
        "nothing is chosen to be cleared"
    } else {
        return keys::prompt(model, PromptKind::ConfirmSweep, "");
    };
    model.say(now, Tone::Warn, words);
}
