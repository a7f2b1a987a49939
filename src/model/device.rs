//! One device: its connection's state, figures and store. Owns what its task told; sends nothing.
use super::event::DeviceId;
use super::meter::Meter;
use crate::mqtt::port::{LinkStatus, Lost, Online, Refusal, Step};
use crate::mqtt::{Profile, Qos, Subscription};
use crate::store::Store;
use crate::time::Timestamp;
use std::collections::VecDeque;
use std::time::Duration;

/// Log lines kept per device: an hour of a broker that is lost every ten seconds.
const MAX_LOG_LINES: usize = 1_000;

/// Ping round trips kept: an hour at the default keep-alive.
const MAX_ROUND_TRIPS: usize = 64;

/// A broker connection with its subscriptions and its tree of nodes.
#[derive(Debug)]
pub struct Device {
    /// Its place among the devices.
    pub id: DeviceId,
    /// Its settings.
    pub profile: Profile,
    /// Its tree.
    pub store: Store,
    /// Where its connection stands.
    pub connection: Connection,
    /// The latest figures of its link.
    pub link: LinkStatus,
    /// Bytes in, per second.
    pub bytes_in: Meter,
    /// Messages in, per second.
    pub messages_in: Meter,
    /// Publications out, per second.
    pub publishes_out: Meter,
    /// Ping round trips, newest last.
    pub round_trips: VecDeque<Duration>,
    /// What was asked for and what became of it.
    pub subscriptions: Vec<Subscribed>,
    /// Messages the broker sent that could not be taken: unreadable topics, oversize packets.
    pub n_refused: u64,
    /// How often it came online.
    pub n_connects: u64,
    /// Since when it listens: online with its subscriptions asked for.
    pub listening_since: Option<Timestamp>,
    /// Messages outside `$SYS` since the program began.
    pub n_heard: u64,
    /// Whether the user asked for its disconnection; the loss that follows is none to warn of.
    pub leaving: bool,
    /// Whether its first branches were expanded to fit the screen.
    pub unfolded: bool,
    /// What happened, oldest first.
    pub log: VecDeque<LogLine>,
    /// The number of the next publication.
    pub next_ticket: u64,
}

/// A line of the device's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// When.
    pub at: Timestamp,
    /// What.
    pub words: String,
}

/// Where a connection stands.
#[derive(Clone, Debug, PartialEq)]
pub enum Connection {
    /// On its way, in the step that began last.
    Connecting {
        /// The step under way.
        step: Step,
        /// Since when.
        since: Timestamp,
    },
    /// Online since its `at`.
    Online(Box<Online>),
    /// Lost or never made; tried again at its `retry_at`.
    Waiting(Box<Lost>),
    /// Disconnected because the user asked for it.
    Off,
}

/// A subscription and the broker's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscribed {
    /// What was asked for.
    pub asked: Subscription,
    /// The answer; `None` until it comes.
    pub granted: Option<Result<Qos, Refusal>>,
}

impl Device {
    /// A device whose task is about to begin dialling.
    pub fn new(id: DeviceId, profile: Profile, budget_bytes: usize) -> Self {
        let pending = |asked: &Subscription| Subscribed { asked: asked.clone(), granted: None };
        Self {
            id,
            store: Store::new(budget_bytes),
            connection: Connection::Connecting { step: Step::Resolve, since: Timestamp::ZERO },
            link: LinkStatus::default(),
            bytes_in: Meter::default(),
            messages_in: Meter::default(),
            publishes_out: Meter::default(),
            round_trips: VecDeque::new(),
            subscriptions: profile.subscriptions.iter().map(pending).collect(),
            n_refused: 0,
            n_connects: 0,
            listening_since: None,
            n_heard: 0,
            leaving: false,
            unfolded: false,
            log: VecDeque::new(),
            next_ticket: 1,
            profile,
        }
    }

    /// Adds a line to its log; the oldest makes room.
    pub fn log(&mut self, at: Timestamp, words: impl Into<String>) {
        if self.log.len() == MAX_LOG_LINES {
            self.log.pop_front();
        }
        self.log.push_back(LogLine { at, words: words.into() });
    }

    /// Notes a ping's round trip.
    pub fn note_round_trip(&mut self, round_trip: Duration) {
        if self.round_trips.len() == MAX_ROUND_TRIPS {
            self.round_trips.pop_front();
        }
        self.round_trips.push_back(round_trip);
    }

    /// What was granted holds for a connection, not beyond it.
    pub fn forget_grants(&mut self) {
        for subscription in &mut self.subscriptions {
            subscription.granted = None;
        }
    }

    /// What CONNACK told, while online.
    pub fn online(&self) -> Option<&Online> {
        match &self.connection {
            Connection::Online(online) => Some(online),
            Connection::Connecting { .. } | Connection::Waiting(_) | Connection::Off => None,
        }
    }

    /// Whether a granted subscription would bring a message on this topic back to us; `None` while no
    /// broker has answered yet.
    pub fn hears(&self, topic: &str) -> Option<bool> {
        let answered = self.subscriptions.iter().any(|subscription| subscription.granted.is_some());
        let heard = self.subscriptions.iter().any(|subscription| {
            matches!(subscription.granted, Some(Ok(_)))
                && !subscription.asked.no_local
                && subscription.asked.filter.matches(topic)
        });
        (heard || answered).then_some(heard)
    }
}
