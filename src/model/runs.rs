//! What publishes by itself: generators. Owns the list of them, what is under way for each, and their end; a run's
//! publications carry its number in their tickets and have no life of their own in `life`.
//!
//! A run works by turns: [`due`] asks each what is to be done until it waits, hands what it makes to the device's
//! task, and [`told`] brings back what became of it. Each keeps a bounded number under way by looking at its
//! [`Flow`].
pub mod bulk;
pub mod flow;
pub mod generator;
pub mod schedule;
pub mod settings;
pub mod source;
pub mod speed;
pub mod spread;
pub mod starts;
mod turns;
mod work;

pub use turns::{begin, due, not_taken, outcome, stop, stop_all, stop_device, stop_topic, told};
pub use work::{Made, Next, Work};

use super::event::DeviceId;
use crate::time::Timestamp;
use flow::Flow;

/// Runs at once: more than anybody watches; each may publish a thousand times a second.
pub const MAX_RUNNING: usize = 64;

/// Runs that ended and are still listed; the oldest makes room.
const MAX_ENDED: usize = 64;

/// The number of a run: counted up from 1, and never given again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId(pub u32);

/// Something that publishes by itself.
#[derive(Clone, Debug)]
pub struct Run {
    /// Its number.
    pub id: RunId,
    /// The device that it publishes to.
    pub device: DeviceId,
    /// When it began.
    pub begun: Timestamp,
    /// Whether it still does.
    pub state: State,
    /// What it handed over, and what became of that.
    pub flow: Flow,
    /// What it does.
    pub work: Work,
}

/// Whether a run goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It does.
    Running,
    /// It has handed everything over; the broker has not answered for all of it.
    Settling,
    /// It did all it was to do.
    Done(Timestamp),
    /// It was stopped, or could not go on, for the reason in words.
    Stopped(Timestamp, String),
}

impl Run {
    /// Whether it still publishes, or waits for answers to what it published.
    pub const fn is_running(&self) -> bool {
        match self.state {
            State::Running | State::Settling => true,
            State::Done(_) | State::Stopped(..) => false,
        }
    }

    /// When it ended.
    pub const fn ended(&self) -> Option<Timestamp> {
        match self.state {
            State::Running | State::Settling => None,
            State::Done(at) | State::Stopped(at, _) => Some(at),
        }
    }
}

/// All runs, in the order they began.
#[derive(Clone, Debug, Default)]
pub struct Runs {
    all: Vec<Run>,
    n_running: usize,
    n_begun: u32,
}

impl Runs {
    /// All of them, those that ended a while ago too, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Run> {
        self.all.iter()
    }

    /// How many run.
    pub const fn n_running(&self) -> usize {
        self.n_running
    }

    /// The run of a number, while it is listed.
    pub fn get(&self, id: RunId) -> Option<&Run> {
        let place = self.all.binary_search_by_key(&id, |run| run.id).ok()?;
        self.all.get(place)
    }

    fn get_mut(&mut self, id: RunId) -> Option<&mut Run> {
        let place = self.all.binary_search_by_key(&id, |run| run.id).ok()?;
        self.all.get_mut(place)
    }

    /// When one of them is due.
    pub fn deadline(&self) -> Option<Timestamp> {
        if self.n_running == 0 {
            return None;
        }
        let running = self.all.iter().filter(|run| run.state == State::Running);
        running.filter_map(|run| run.work.deadline(&run.flow)).min()
    }

    /// How many publications of runs the broker has not answered for yet; quitting asks about them.
    pub fn n_unsettled(&self, device: Option<DeviceId>) -> usize {
        let of = |run: &&Run| device.is_none_or(|device| run.device == device);
        self.all.iter().filter(of).map(|run| run.flow.n_open()).sum()
    }

    /// How many run for a device.
    pub fn n_running_on(&self, device: Option<DeviceId>) -> usize {
        let of = |run: &&Run| run.is_running() && device.is_none_or(|device| run.device == device);
        self.all.iter().filter(of).count()
    }

    /// What quitting or closing would end, in words; none while nothing runs.
    pub fn words(&self, device: Option<DeviceId>) -> Option<String> {
        match self.n_running_on(device) {
            0 => None,
            1 => Some("1 run still publishes.".to_owned()),
            n => Some(format!("{n} runs still publish.")),
        }
    }

    /// Takes one that ended off the list. Whether it was one.
    pub fn remove(&mut self, id: RunId) -> bool {
        let n = self.all.len();
        self.all.retain(|run| run.id != id || run.is_running());
        self.all.len() < n
    }

    /// A device was closed: its runs go with it.
    pub fn forget(&mut self, device: DeviceId) {
        self.all.retain(|run| run.device != device);
        self.recount();
    }

    /// A connection was ended with what it had in flight: how many publications that were.
    pub fn forget_unsettled(&mut self, device: DeviceId) -> usize {
        let runs = self.all.iter_mut().filter(|run| run.device == device);
        runs.map(|run| run.flow.forget()).sum()
    }

    fn recount(&mut self) {
        self.n_running = self.all.iter().filter(|run| run.is_running()).count();
        let n_ended = self.all.len() - self.n_running;
        let mut too_many = n_ended.saturating_sub(MAX_ENDED);
        self.all.retain(|run| {
            let goes = too_many > 0 && !run.is_running();
            too_many -= usize::from(goes);
            !goes
        });
    }
}

#[cfg(test)]
mod tests;
