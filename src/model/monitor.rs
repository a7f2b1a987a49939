//! The Monitor screen: the link of the device under the cursor. Owns which panel hears the keys, what is seen of
//! each, and the pings and surveys that go on only while it is open.
use super::device::Device;
use super::event::{DeviceId, Effect};
use super::{Model, Screen};
use crate::mqtt::{Batch, BrokerRequest};
use crate::time::Timestamp;
use std::time::Duration;

pub mod board;
pub mod deeds;
mod heard;
mod limits;
pub mod lines;
mod link;
mod log;
mod qos;
mod subscriptions;
mod survey;
mod traffic;

use heard::Heard;
use survey::Survey;

/// How often the Monitor pings while it is open; `None`: only the keep-alive does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PingEvery(pub Option<Duration>);

/// Often enough that the figures live, no load for any broker.
impl Default for PingEvery {
    fn default() -> Self {
        Self::from_secs(5)
    }
}

impl PingEvery {
    /// What a key goes through, in seconds; behind them come none and the first again.
    const STEPS: [u16; 5] = [1, 5, 15, 60, 0];

    /// So many seconds; 0 is none.
    pub const fn from_secs(s: u16) -> Self {
        Self(if s == 0 { None } else { Some(Duration::from_secs(s as u64)) })
    }

    /// The step behind this one.
    pub fn next(self) -> Self {
        let longer = |s: &u16| self.0.is_some_and(|every| u64::from(*s) > every.as_secs() || *s == 0);
        Self::from_secs(Self::STEPS.into_iter().find(longer).unwrap_or(Self::STEPS[0]))
    }

    /// In words.
    pub fn words(self) -> String {
        match self.0 {
            Some(every) => format!("every {} s while this is open", every.as_secs()),
            None => "none but the keep-alive's while this is open".into(),
        }
    }
}

/// What the Monitor shows, one beside the other or page by page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Panel {
    /// The way to the broker, and how it went.
    #[default]
    Connection,
    /// Pings and their round trips.
    KeepAlive,
    /// What the broker remembers, and what protects it.
    Session,
    /// Messages by QoS, and what is in flight.
    Qos,
    /// Filters, what was granted, what came.
    Subscriptions,
    /// Messages and bytes, queues, topics that stand out.
    Traffic,
    /// What the broker takes.
    Limits,
    /// What the broker tells of itself.
    Broker,
    /// What happened.
    Log,
}

impl Panel {
    /// All of them; Tab walks them in this order.
    pub const ALL: [Self; 9] = [
        Self::Connection,
        Self::KeepAlive,
        Self::Session,
        Self::Qos,
        Self::Subscriptions,
        Self::Traffic,
        Self::Limits,
        Self::Broker,
        Self::Log,
    ];

    /// Its title.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Connection => "Connection",
            Self::KeepAlive => "Keep-alive",
            Self::Session => "Session",
            Self::Qos => "QoS",
            Self::Subscriptions => "Subscriptions",
            Self::Traffic => "Traffic",
            Self::Limits => "Limits",
            Self::Broker => "Broker ($SYS)",
            Self::Log => "Log",
        }
    }

    fn place(self) -> usize {
        Self::ALL.iter().position(|panel| *panel == self).unwrap_or_default()
    }

    fn beside(self, by: usize) -> Self {
        Self::ALL[(self.place() + by) % Self::ALL.len()]
    }

    /// Whether it is a list with a row under the hand.
    pub const fn is_list(self) -> bool {
        match self {
            Self::Subscriptions | Self::Log => true,
            Self::Connection
            | Self::KeepAlive
            | Self::Session
            | Self::Qos
            | Self::Traffic
            | Self::Limits
            | Self::Broker => false,
        }
    }
}

/// The Monitor's own state.
#[derive(Clone, Debug, Default)]
pub struct Monitor {
    /// The panel that hears the keys.
    pub panel: Panel,
    /// A text that lines of the log shall hold.
    pub narrow: String,
    /// Of each panel the first line seen, or the row under the hand.
    places: [usize; Panel::ALL.len()],
    /// When the next ping goes out, and whose it is.
    ping_at: Option<(DeviceId, Timestamp)>,
    heard: Heard,
    survey: Survey,
}

impl Monitor {
    /// The first line seen of a panel, or its row under the hand.
    pub fn place(&self, panel: Panel) -> usize {
        self.places[panel.place()]
    }

    fn set_place(&mut self, panel: Panel, place: usize) {
        self.places[panel.place()] = place;
    }

    /// Whether a survey is under way.
    pub fn is_working(&self) -> bool {
        self.survey.is_working()
    }

    /// When something of it is due.
    pub fn deadline(&self) -> Option<Timestamp> {
        let ping = self.ping_at.map(|(_, at)| at);
        ping.into_iter().chain(self.survey.deadline()).min()
    }

    /// Messages came from a device.
    pub fn take(&mut self, device: &Device, batch: &Batch) {
        self.heard.take(device, batch);
    }
}

/// Pings and surveys while the Monitor is open; forgets them when it is not.
pub fn due(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    let Model { monitor, devices, cursor, screen, settings, .. } = model;
    let device = devices.iter().find(|device| device.id == cursor.device);
    let Some(device) = device.filter(|_| *screen == Screen::Monitor) else {
        if monitor.deadline().is_some() || monitor.is_working() {
            (monitor.ping_at, monitor.survey) = (None, Survey::default());
        }
        return;
    };
    match settings.ping_every.0.filter(|_| device.online().is_some()) {
        None => monitor.ping_at = None,
        Some(every) if monitor.ping_at.is_none_or(|(id, at)| id != device.id || at <= now) => {
            monitor.ping_at = Some((device.id, now + every));
            effects.push(Effect::Request(device.id, BrokerRequest::Ping));
        }
        Some(_) => {}
    }
    monitor.heard.follow(device);
    monitor.survey.advance(device, now);
}
