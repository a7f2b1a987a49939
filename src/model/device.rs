//! One device: its connection's state, figures and store. Owns what its task told; sends nothing.
use super::births::BirthBook;
use super::came::Came;
use super::event::DeviceId;
use super::excludes::Exclude;
use super::held::Held;
use super::meter::Meter;
use super::narrowing::Sieve;
use super::opening::Origin;
use super::pings::Pings;
use super::sys::Drops;
use super::toast::Tone;
use crate::decode::Reading;
use crate::device::{Kept, Rules};
use crate::mqtt::port::{LinkStatus, Lost, Online, Refusal, Step};
use crate::mqtt::{Filter, Profile, Qos, Subscription};
use crate::sift::named::NamedFilters;
use crate::store::{NodeId, Store};
use crate::time::Timestamp;
use std::collections::VecDeque;

/// Log lines kept per device: an hour of a broker that is lost every ten seconds.
const MAX_LOG_LINES: usize = 1_000;

/// Characters of a log line: a broker's words may be 64 kB long, a thousand times.
const MAX_LOG_CHARS: usize = 1_000;

/// A broker connection with its subscriptions and its tree of nodes.
#[derive(Debug)]
pub struct Device {
    /// Its number.
    pub id: DeviceId,
    /// Its settings.
    pub profile: Profile,
    /// Where its settings came from.
    pub origin: Origin,
    /// Whether its client id was made up for this run.
    pub id_is_made_up: bool,
    /// Its tree.
    pub store: Store,
    /// What its tree is narrowed by.
    pub sieve: Option<Sieve>,
    /// Its kept nodes.
    pub kept: Kept,
    /// How its topics are read.
    pub rules: Rules,
    /// Its view filters with names.
    pub filters: NamedFilters,
    /// What Sparkplug's births say of the topics on screen.
    pub births: BirthBook,
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
    /// Ping round trips of the last hour.
    pub round_trips: Pings,
    /// What was asked for and what became of it.
    pub subscriptions: Vec<Subscribed>,
    /// What came by which of them, where the broker tells.
    pub came: Came,
    /// Subscriptions that were dropped for a while.
    pub paused: Vec<Subscription>,
    /// Messages the broker sent that could not be taken: unreadable topics, oversize packets.
    pub n_refused: u64,
    /// What is dropped of what comes: what its profile says, and what was excluded by hand.
    pub excludes: Vec<Exclude>,
    /// Messages that were dropped by these, and by those that are no more.
    pub n_excluded: u64,
    /// How often it came online.
    pub n_connects: u64,
    /// Since when it listens: online with its subscriptions asked for.
    pub listening_since: Option<Timestamp>,
    /// Messages outside `$SYS` since the program began.
    pub n_heard: u64,
    /// Whether its branches were expanded for the first picture.
    pub is_unfolded: bool,
    /// Publications that wait for the connection, oldest first.
    pub held: Vec<Held>,
    /// Whether the user asked for its disconnection; the loss that follows is none to warn of.
    pub leaving: bool,
    /// Why the connection was lost last, or could not be made.
    pub last_failure: Option<Box<Lost>>,
    /// What the broker says it dropped.
    pub broker_drops: Drops,
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
    /// How grave it is.
    pub tone: Tone,
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
            origin: Origin::default(),
            id_is_made_up: false,
            store: Store::new(budget_bytes),
            sieve: None,
            kept: Kept::default(),
            rules: Rules::default(),
            filters: NamedFilters::default(),
            births: BirthBook::default(),
            connection: Connection::Connecting { step: Step::Resolve, since: Timestamp::ZERO },
            link: LinkStatus::default(),
            bytes_in: Meter::default(),
            messages_in: Meter::default(),
            publishes_out: Meter::default(),
            round_trips: Pings::default(),
            subscriptions: profile.subscriptions.iter().map(pending).collect(),
            came: Came::default(),
            paused: Vec::new(),
            n_refused: 0,
            excludes: profile.excludes.iter().cloned().map(Exclude::new).collect(),
            n_excluded: 0,
            n_connects: 0,
            listening_since: None,
            n_heard: 0,
            is_unfolded: false,
            held: Vec::new(),
            leaving: false,
            last_failure: None,
            broker_drops: Drops::default(),
            log: VecDeque::new(),
            next_ticket: 1,
            profile,
        }
    }

    /// How the payloads at a place of its tree are read.
    pub fn reading(&self, node: NodeId) -> Reading<'_> {
        let mut topic = String::new();
        self.store.topic_of(node, &mut topic);
        let mut reading = self.rules.reading(&topic);
        reading.hint.told = self.births.told(node);
        reading
    }

    /// Whether there is something of it that `w` would save. A decoder chosen for a device without a file is saved
    /// with its nodes; for itself it is not worth a question.
    pub fn is_unsaved(&self) -> bool {
        let of_rules = self.rules.is_changed() && self.origin.file().is_some();
        self.kept.is_changed() || self.filters.is_changed() || of_rules
    }

    /// Nothing of it is unsaved any more.
    pub fn let_go(&mut self) {
        self.kept.note_saved(self.kept.revision());
        let rules = self.rules.list().to_vec();
        self.rules.note_saved(&rules);
        let filters = self.filters.list().to_vec();
        self.filters.note_saved(&filters);
    }

    /// Adds a line to its log; the oldest makes room.
    pub fn log(&mut self, at: Timestamp, words: impl Into<String>) {
        self.log_as(at, Tone::Info, words);
    }

    /// The same, with how grave it is.
    pub fn log_as(&mut self, at: Timestamp, tone: Tone, words: impl Into<String>) {
        if self.log.len() == MAX_LOG_LINES {
            self.log.pop_front();
        }
        let mut words: String = words.into();
        if let Some((end, _)) = words.char_indices().nth(MAX_LOG_CHARS) {
            words.truncate(end);
            words.push('…');
        }
        self.log.push_back(LogLine { at, tone, words });
    }

    /// Its log, oldest first.
    pub fn log_lines(&self) -> impl DoubleEndedIterator<Item = &LogLine> {
        self.log.iter()
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

    /// What was asked for a filter, if it was.
    pub fn subscribed(&self, filter: &Filter) -> Option<&Subscription> {
        self.subscriptions.iter().map(|known| &known.asked).find(|asked| asked.filter == *filter)
    }

    /// Whether a subscription brings a message on this topic back to us; `None` while the broker has not
    /// answered for one that would.
    pub fn hears(&self, topic: &str) -> Option<bool> {
        let mut heard = Some(false);
        for subscription in &self.subscriptions {
            if subscription.asked.no_local || !subscription.asked.filter.matches(topic) {
                continue;
            }
            match subscription.granted {
                Some(Ok(_)) => return Some(true),
                Some(Err(_)) => {}
                None => heard = None,
            }
        }
        heard
    }

    /// How many subscriptions bring a message on this topic back to us, as far as the broker has not refused them.
    pub fn n_echoes(&self, topic: &str) -> usize {
        let brings = |known: &&Subscribed| {
            !known.asked.no_local
                && !matches!(known.granted, Some(Err(_)))
                && known.asked.filter.matches(topic)
        };
        self.subscriptions.iter().filter(brings).count()
    }
}
