//! The Publications screen: what runs, and what became of what was published. Owns which section hears the keys and
//! what is under the hand there; the lives themselves are `life`'s.
use super::Screen;
use super::event::DeviceId;
use crate::mqtt::Ticket;

pub mod board;
pub mod deeds;
mod details;
pub mod draft;
pub mod running;
pub mod saved;
pub mod sent;
pub mod shell;

/// The parts of the screen, from top to bottom; Tab walks them in this order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Section {
    /// What publishes by itself: generators, batches, sweeps.
    Running,
    /// What was published, newest first.
    #[default]
    Sent,
    /// The publication under the hand, stage by stage.
    Details,
}

impl Section {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Running, Self::Sent, Self::Details];

    /// Its title.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Running => "Running",
            Self::Sent => "Sent",
            Self::Details => "Publication",
        }
    }

    /// The one so many further, round and round.
    pub fn beside(self, by: usize) -> Self {
        let place = Self::ALL.iter().position(|section| *section == self).unwrap_or_default();
        Self::ALL[(place + by) % Self::ALL.len()]
    }
}

/// The screen's own state.
#[derive(Clone, Debug, Default)]
pub struct Publications {
    /// The section that hears the keys.
    pub section: Section,
    /// The row under the hand in the Running list.
    pub running: usize,
    /// The publication under the hand; `None`: the newest, whichever that is.
    pub hand: Option<(DeviceId, Ticket)>,
    /// The first line seen of the details.
    pub top: usize,
    /// The screen to go back to.
    from: Screen,
}
