//! Publishing many in a run: a batch, a sweep, or a sweep's undo. Owns which row is next and what became of each.
//!
//! No more than a window of them is under way: what the broker takes at once, and as many again, so that the next ones
//! wait beside the socket and not behind the screen.
use super::flow::Flow;
use super::work::{Made, Next};
use crate::decode::figures;
use crate::model::bulk::pace::Pace;
use crate::model::device::Device;
use crate::mqtt::{Payload, Publication, PublishProperties, Qos, Stage, Topic};
use crate::store::NodeId;
use crate::time::Timestamp;
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

/// Under way at least, for brokers that take few at once: a millisecond of theirs.
const LEAST_WINDOW: usize = 64;

/// Under way at most: a quarter of what a device's task has room for, and 50 ms at 20,000 a second.
const MOST_WINDOW: usize = 1_024;

/// Rows that failed whose reasons are kept; further ones are counted.
const MAX_FAILED: usize = 1_000;

/// Different reasons that are counted one by one.
const MAX_REASONS: usize = 16;

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// Not sent so far.
    Waiting,
    /// Left out, for it was refused before or changed meanwhile.
    LeftOut,
    /// Handed over.
    UnderWay,
    /// It went: acknowledged, or at QoS 0.
    Done,
    /// The broker refused it, or it did not go.
    Failed,
}

/// What is cleared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clearing {
    /// Which topic.
    pub topic: Topic,
    /// Where it stands in the store.
    pub node: NodeId,
    /// The last message of it in the undo file.
    pub sequence: u64,
}

/// What the rows are.
#[derive(Clone, Debug)]
enum Rows {
    Publications(Vec<Publication>),
    Clearings(Vec<Clearing>),
}

/// Many publications in a run.
#[derive(Clone, Debug)]
pub struct Bulk {
    words: String,
    rows: Rows,
    fates: Vec<Fate>,
    next: usize,
    /// Rows that the task had no room for.
    again: VecDeque<u32>,
    /// The row of each serial number that is under way.
    under_way: BTreeMap<u64, u32>,
    pace: Pace,
    began: Option<Timestamp>,
    n_given: u64,
    n_done: usize,
    n_left_out: usize,
    /// Topics on which something came after the undo file was written.
    n_changed: usize,
    failed: Vec<(u32, String)>,
    n_failed: usize,
    reasons: Vec<(String, u64)>,
}

impl Bulk {
    fn new(words: String, rows: Rows, pace: Pace) -> Self {
        let n_rows = match &rows {
            Rows::Publications(rows) => rows.len(),
            Rows::Clearings(rows) => rows.len(),
        };
        Self {
            words,
            rows,
            fates: vec![Fate::Waiting; n_rows],
            next: 0,
            again: VecDeque::new(),
            under_way: BTreeMap::new(),
            pace,
            began: None,
            n_given: 0,
            n_done: 0,
            n_left_out: 0,
            n_changed: 0,
            failed: Vec::new(),
            n_failed: 0,
            reasons: Vec::new(),
        }
    }

    /// Publications in their order, save those at these places.
    pub fn batch(name: &str, rows: Vec<Publication>, left_out: &[u32], pace: Pace) -> Self {
        let mut bulk = Self::new(format!("the batch {name}"), Rows::Publications(rows), pace);
        for place in left_out {
            bulk.leave_out(*place as usize);
        }
        bulk
    }

    /// What a sweep cleared, published again.
    pub fn undo(name: String, rows: Vec<Publication>) -> Self {
        Self::new(name, Rows::Publications(rows), Pace::default())
    }

    /// Clears retained messages.
    pub fn sweep(name: &str, rows: Vec<Clearing>, pace: Pace) -> Self {
        Self::new(format!("the sweep of {name}"), Rows::Clearings(rows), pace)
    }

    fn leave_out(&mut self, place: usize) {
        if let Some(fate) = self.fates.get_mut(place).filter(|fate| **fate == Fate::Waiting) {
            *fate = Fate::LeftOut;
            self.n_left_out += 1;
        }
    }

    /// What it is, in words.
    pub fn words(&self) -> &str {
        &self.words
    }

    /// What is to be done now.
    pub fn next(&mut self, now: Timestamp, flow: &Flow, device: &Device) -> Next {
        if self.under_way.len() >= window(device) {
            return Next::Wait;
        }
        let began = *self.began.get_or_insert(now);
        let due = self.pace.due(began, self.n_given);
        loop {
            let Some(place) = self.again.front().copied().or_else(|| u32::try_from(self.next).ok()) else {
                return Next::Done;
            };
            let is_again = !self.again.is_empty();
            if !is_again && self.next >= self.fates.len() {
                return Next::Done;
            }
            if due > now {
                return Next::Wait;
            }
            if is_again {
                self.again.pop_front();
            } else {
                self.next += 1;
                if self.fates.get(place as usize) != Some(&Fate::Waiting) {
                    continue;
                }
            }
            let Some(publication) = self.publication(place as usize, device) else { continue };
            self.n_given += 1;
            self.set(place, Fate::UnderWay);
            self.under_way.insert(flow.n_handed, place);
            return Next::Publish(Made { publication, due: due.max(began) });
        }
    }

    /// The publication of a row; `None`: it is left out.
    fn publication(&mut self, place: usize, device: &Device) -> Option<Publication> {
        let clearing = match &self.rows {
            Rows::Publications(rows) => return rows.get(place).cloned(),
            Rows::Clearings(rows) => rows.get(place)?,
        };
        let is_same = device.store.last(clearing.node).is_some_and(|last| last.sequence == clearing.sequence);
        if !is_same {
            // What came since the undo file was written would be lost for good.
            self.n_changed += 1;
            self.leave_out(place);
            return None;
        }
        Some(Publication {
            topic: clearing.topic.clone(),
            payload: Payload::default(),
            // So that the broker's answer tells whether it is gone.
            qos: Qos::AtLeastOnce,
            retain: true,
            properties: PublishProperties::default(),
        })
    }

    fn set(&mut self, place: u32, to: Fate) {
        if let Some(fate) = self.fates.get_mut(place as usize) {
            *fate = to;
        }
    }

    /// When to ask again, unless something is heard of what is under way.
    pub fn deadline(&self) -> Option<Timestamp> {
        let has_more = self.next < self.fates.len() || !self.again.is_empty();
        // With its window full it waits for the broker.
        let began = self.began.filter(|_| has_more && self.under_way.len() < LEAST_WINDOW)?;
        self.pace.0.map(|_| self.pace.due(began, self.n_given))
    }

    /// The task had no room for one: it goes later.
    pub fn not_taken(&mut self, serial: u64) {
        if let Some(place) = self.under_way.remove(&serial) {
            self.again.push_back(place);
        }
    }

    /// A publication came a stage further.
    pub fn told(&mut self, serial: u64, stage: &Stage) {
        let Some(place) = self.under_way.get(&serial).copied() else { return };
        match stage {
            Stage::Queued | Stage::Received | Stage::Sent { packet_id: Some(_), .. } => return,
            Stage::Sent { packet_id: None, .. } | Stage::Acknowledged(_) => {
                self.n_done += 1;
                self.set(place, Fate::Done);
            }
            Stage::Refused(reason, words) => {
                let words =
                    words.as_ref().map_or_else(|| reason.to_string(), |words| format!("{reason}: {words}"));
                self.fail(place, words);
            }
            Stage::NotSent(words) => self.fail(place, words.clone()),
        }
        self.under_way.remove(&serial);
    }

    fn fail(&mut self, place: u32, words: String) {
        self.set(place, Fate::Failed);
        self.n_failed += 1;
        let n_reasons = self.reasons.len();
        match self.reasons.iter_mut().find(|(known, _)| *known == words) {
            Some((_, n)) => *n += 1,
            None if n_reasons < MAX_REASONS => self.reasons.push((words.clone(), 1)),
            None => {}
        }
        if self.failed.len() < MAX_FAILED {
            self.failed.push((place, words));
        }
    }

    /// What failed, with why; as many as are remembered.
    pub fn failed(&self) -> Vec<(Publication, String)> {
        let Rows::Publications(rows) = &self.rows else { return Vec::new() };
        let row = |(place, why): &(u32, String)| Some((rows.get(*place as usize)?.clone(), why.clone()));
        self.failed.iter().filter_map(row).collect()
    }

    /// How many failed.
    pub const fn n_failed(&self) -> usize {
        self.n_failed
    }

    /// Topics that a sweep left as they are: an undo must not touch them.
    pub fn untouched(&self) -> Vec<&Topic> {
        let Rows::Clearings(rows) = &self.rows else { return Vec::new() };
        let is_untouched = |fate: &Fate| matches!(fate, Fate::Waiting | Fate::LeftOut | Fate::Failed);
        let rows = rows.iter().zip(&self.fates).filter(|(_, fate)| is_untouched(fate));
        rows.map(|(clearing, _)| &clearing.topic).collect()
    }

    /// How many rows there are to send.
    pub fn n_rows(&self) -> usize {
        self.fates.len() - self.n_left_out
    }

    /// How many have had their last answer.
    pub const fn n_settled(&self) -> usize {
        self.n_done + self.n_failed
    }

    /// How far it is, in words: `1,204 of 10,000 · 21.0k/s · 0.4 s left`.
    pub fn progress(&self, now: Timestamp) -> String {
        let (n, of) = (self.n_settled(), self.n_rows());
        let mut words = format!("{} of {}", figures::grouped(n as u64), figures::grouped(of as u64));
        let took =
            self.began.map(|began| now.since(began)).filter(|took| *took >= Duration::from_millis(100));
        if let (Some(took), true) = (took, n > 0 && n < of) {
            #[expect(clippy::cast_precision_loss, reason = "a rate for the eye")]
            let rate = n as f64 / took.as_secs_f64();
            #[expect(clippy::cast_precision_loss, reason = "a guess for the eye")]
            let left = Duration::from_secs_f64((of - n) as f64 / rate);
            let rate = figures::rate(rate);
            words = format!("{words} · {rate} · {} left", figures::age(left));
        }
        words
    }

    /// What is told at its end beside the counts of its flow: reasons, and what was left out.
    pub fn remarks(&self) -> String {
        let mut words = String::new();
        for (why, n) in &self.reasons {
            words = format!("{words}; {} × {why}", figures::grouped(*n));
        }
        let n_refused_here = self.n_left_out - self.n_changed;
        for (n, what) in [
            (n_refused_here, "left out, as refused here"),
            (self.n_changed, "left, for something newer came after the undo file was written"),
        ] {
            if n > 0 {
                words = format!("{words}; {} {what}", figures::grouped(n as u64));
            }
        }
        words
    }
}

/// How many may be under way at once.
fn window(device: &Device) -> usize {
    let online = device.online();
    let most = online.and_then(|online| online.connack.receive_maximum).map_or(MOST_WINDOW, usize::from);
    (2 * most).clamp(LEAST_WINDOW, MOST_WINDOW)
}
