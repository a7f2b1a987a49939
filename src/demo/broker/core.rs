//! The broker's core: bytes' meaning in, bytes out, time an argument. Owns all its state; opens no socket.
//!
//! Every connection has one buffer of bytes to be written; whatever is sent to it is encoded straight
//! into that buffer, and the shell takes the buffer as a whole. So a flood costs one large write at a
//! time, and a reader that lags is seen by the length of its buffer.
mod deliver;
mod figures;
mod life;
mod limits;
mod requests;
mod subscriptions;
#[cfg(test)]
mod tests;
mod walks;

pub use figures::Figures;
pub use limits::Limits;

use limits::{CONNECT_WITHIN, MAX_DELAYED, MAX_IN_FLIGHT};

use walks::Walk;

use super::faults::{Faults, PacketKind, Strike, Verdict};
use super::retained::RetainedStore;
use super::routes::{Match, Route, Routes, Target};
use super::session::{QueueBounds, Session};
use crate::mqtt::packet::Disconnect;
use crate::mqtt::profile::PROTOCOL_MAX_PACKET_BYTES;
use crate::mqtt::{Filter, Packet, Publication, Qos, Reason, Secret, Topic, Version};
use crate::time::Timestamp;
use crate::wire;
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

/// Names a network connection for as long as the broker lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub(super) u64);

/// The broker without its sockets.
#[derive(Debug)]
pub(super) struct Core {
    pub limits: Limits,
    pub credentials: Option<(String, Secret)>,
    pub faults: Faults,
    pub figures: Figures,
    connections: HashMap<ConnectionId, Connection, FixedState>,
    n_connections: u64,
    sessions: Vec<Option<Session>>,
    vacant: Vec<u32>,
    by_client_id: HashMap<String, u32, FixedState>,
    routes: Routes,
    retained: RetainedStore,
    n_ears: u32,
    /// Messages for listeners in this process; the shell empties it after each call.
    pub heard: Vec<(u32, Arc<Publication>)>,
    /// Connections with something to write; the shell empties it after each call.
    pub dirty: Vec<ConnectionId>,
    started: Timestamp,
    figures_at: Timestamp,
    matches: Vec<Match>,
}

#[derive(Debug)]
struct Connection {
    version: Version,
    /// `None` before CONNECT.
    session: Option<u32>,
    outbox: Vec<u8>,
    delayed: Vec<(Timestamp, Vec<u8>)>,
    walks: VecDeque<Walk>,
    last_heard: Timestamp,
    /// One and a half times the keep-alive (MQTT-3.1.2-22).
    patience: Option<Duration>,
    max_packet_bytes: u32,
    window: usize,
    aliases: Vec<Option<Topic>>,
    n_packets: u32,
    is_dirty: bool,
    is_closing: bool,
}

/// Who published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// A client.
    Session(u32),
    /// This process: its own listeners do not hear it, or the plant would answer itself.
    Inside,
    /// The broker itself: wills and `$SYS`.
    Broker,
}

/// What there is to do for a connection beside writing the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Output {
    /// Close once the bytes are written.
    pub close: bool,
    /// Ask again by then at the latest.
    pub deadline: Option<Timestamp>,
}

impl Core {
    pub fn new(
        limits: Limits,
        credentials: Option<(String, Secret)>,
        faults: Faults,
        now: Timestamp,
    ) -> Self {
        Self {
            limits,
            credentials,
            faults,
            figures: Figures::default(),
            connections: HashMap::default(),
            n_connections: 0,
            sessions: Vec::new(),
            vacant: Vec::new(),
            by_client_id: HashMap::default(),
            routes: Routes::default(),
            retained: RetainedStore::default(),
            n_ears: 0,
            heard: Vec::new(),
            dirty: Vec::new(),
            started: now,
            figures_at: now,
            matches: Vec::new(),
        }
    }

    /// Takes a new connection in.
    pub fn accept(&mut self, now: Timestamp) -> ConnectionId {
        self.n_connections += 1;
        let id = ConnectionId(self.n_connections);
        let connection = Connection {
            version: Version::V3,
            session: None,
            outbox: Vec::new(),
            delayed: Vec::new(),
            walks: VecDeque::new(),
            last_heard: now,
            patience: Some(CONNECT_WITHIN),
            max_packet_bytes: PROTOCOL_MAX_PACKET_BYTES,
            window: MAX_IN_FLIGHT,
            aliases: Vec::new(),
            n_packets: 0,
            is_dirty: false,
            is_closing: false,
        };
        self.connections.insert(id, connection);
        for strike in self.faults.strikes_at(0) {
            self.strike(id, now, &strike);
        }
        id
    }

    /// A listener in this process: what clients publish is put into [`Core::heard`] under this number.
    pub fn hear(&mut self, filter: &Filter) -> u32 {
        let ear = self.n_ears;
        self.n_ears += 1;
        self.hear_also(ear, filter);
        ear
    }

    /// One more filter for a listener.
    pub fn hear_also(&mut self, ear: u32, filter: &Filter) {
        let route = Route {
            target: Target::Ear(ear),
            qos: Qos::ExactlyOnce,
            no_local: false,
            retain_as_published: true,
            subscription_id: None,
        };
        self.routes.subscribe(filter, route);
    }

    /// Forgets sessions and retained messages, as a broker does that kept nothing on disk.
    pub fn forget(&mut self) {
        let places: Vec<u32> = self.by_client_id.values().copied().collect();
        for place in places {
            self.drop_session(place);
        }
        self.retained = RetainedStore::default();
    }

    /// The connection of a client that is here.
    pub fn connection_of(&self, client_id: &str) -> Option<ConnectionId> {
        self.session(*self.by_client_id.get(client_id)?)?.connection
    }

    /// Does something to one connection, once.
    pub fn strike(&mut self, id: ConnectionId, now: Timestamp, strike: &Strike) {
        match strike {
            Strike::Close => self.close_quietly(id),
            Strike::SendBytes(bytes) => self.write_raw(id, bytes),
            Strike::SendOversize(n_bytes) => {
                let payload = vec![b'x'; *n_bytes];
                let frame = super::frame::Frame {
                    dup: false,
                    qos: Qos::AtMostOnce,
                    retain: false,
                    topic: "oversize",
                    packet_id: None,
                    properties: None,
                    subscription_ids: &[],
                    payload: &payload,
                };
                self.emit(id, PacketKind::Publish, now, |version, _max, out| {
                    frame.write(version, u32::MAX, out)
                });
            }
            Strike::Disconnect { reason, words } => self.close_with(id, now, *reason, words.clone()),
            Strike::TakeOver => self.close_with(id, now, Reason::SESSION_TAKEN_OVER, None),
        }
    }

    fn session(&self, place: u32) -> Option<&Session> {
        self.sessions.get(place as usize)?.as_ref()
    }

    fn session_mut(&mut self, place: u32) -> Option<&mut Session> {
        self.sessions.get_mut(place as usize)?.as_mut()
    }

    fn queue_bounds(&self) -> QueueBounds {
        QueueBounds { n_messages: self.limits.queued_messages, n_bytes: self.limits.queued_bytes }
    }

    /// Encodes one packet for a connection, unless the script has other plans.
    fn emit(
        &mut self,
        id: ConnectionId,
        kind: PacketKind,
        now: Timestamp,
        write: impl FnOnce(Version, u32, &mut Vec<u8>) -> bool,
    ) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        if connection.is_closing {
            return;
        }
        let verdict = if self.faults.is_empty() { Verdict::Send } else { self.faults.sending(kind) };
        let (version, max_bytes) = (connection.version, connection.max_packet_bytes);
        let written = match verdict {
            Verdict::Drop => return,
            Verdict::Delay(by) if connection.delayed.len() < MAX_DELAYED => {
                let mut bytes = Vec::new();
                let written = write(version, max_bytes, &mut bytes);
                connection.delayed.push((now + by, bytes));
                written
            }
            Verdict::Twice => {
                let mut bytes = Vec::new();
                let written = write(version, max_bytes, &mut bytes);
                connection.outbox.extend_from_slice(&bytes.repeat(2));
                written
            }
            Verdict::Delay(_) | Verdict::Send => write(version, max_bytes, &mut connection.outbox),
        };
        self.figures.packets_sent += u64::from(written);
        if kind == PacketKind::Publish {
            // A client must not be sent more than it takes: as if it had been delivered (MQTT-3.1.2-25).
            self.figures.publishes_sent += u64::from(written);
            self.figures.publishes_dropped += u64::from(!written);
        }
        self.mark(id);
    }

    fn send(&mut self, id: ConnectionId, now: Timestamp, packet: &Packet) {
        self.emit(id, PacketKind::of(packet), now, |version, max_bytes, out| {
            let fits = u32::try_from(wire::packet_bytes(packet, version)).is_ok_and(|n| n <= max_bytes);
            fits && wire::write(packet, version, out).is_ok()
        });
    }

    fn write_raw(&mut self, id: ConnectionId, bytes: &[u8]) {
        if let Some(connection) = self.connections.get_mut(&id) {
            connection.outbox.extend_from_slice(bytes);
        }
        self.mark(id);
    }

    /// Says why (MQTT 5), then closes.
    fn close_with(&mut self, id: ConnectionId, now: Timestamp, reason: Reason, words: Option<String>) {
        let says_why = self
            .connections
            .get(&id)
            .is_some_and(|connection| connection.version == Version::V5 && connection.session.is_some());
        if says_why {
            let goodbye = Disconnect { reason, reason_string: words, ..Disconnect::default() };
            self.send(id, now, &Packet::Disconnect(goodbye));
        }
        self.close_quietly(id);
    }

    fn close_quietly(&mut self, id: ConnectionId) {
        if let Some(connection) = self.connections.get_mut(&id) {
            connection.is_closing = true;
        }
        self.mark(id);
    }

    fn mark(&mut self, id: ConnectionId) {
        if let Some(connection) = self.connections.get_mut(&id)
            && !connection.is_dirty
        {
            connection.is_dirty = true;
            self.dirty.push(id);
        }
    }
}
