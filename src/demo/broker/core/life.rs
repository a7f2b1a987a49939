//! How sessions begin, go on and end. Owns CONNECT, its refusals, taking over, wills and expiry.
use super::super::faults::PacketKind;
use super::super::routes::Target;
use super::super::session::Session;
use super::deliver::Letter;
use super::limits::{MAX_IN_FLIGHT, MAX_SESSIONS};
use super::{ConnectionId, Core, Origin};
use crate::mqtt::packet::{ConnAck, Connect, Disconnect};
use crate::mqtt::profile::{PROTOCOL_MAX_PACKET_BYTES, Will};
use crate::mqtt::{Packet, Qos, Reason, Version};
use crate::time::Timestamp;
use std::time::Duration;

/// DISCONNECT's reason that asks for the will (section 3.14.2.1).
const DISCONNECT_WITH_WILL: Reason = Reason(0x04);
/// "Keep alive timeout".
const KEEP_ALIVE_TIMEOUT: Reason = Reason(0x8D);
/// "Quota exceeded".
const QUOTA_EXCEEDED: Reason = Reason(0x97);
/// A session expiry that never comes (section 3.1.2.11.2).
const NEVER: u32 = u32::MAX;

impl Core {
    pub(super) fn connect(&mut self, id: ConnectionId, now: Timestamp, connect: Connect) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        connection.version = connect.version;
        let refusal = self.refusal(&connect);
        if let Some(reason) = refusal {
            let connack = ConnAck { reason, ..ConnAck::default() };
            self.send(id, now, &Packet::ConnAck(Box::new(connack)));
            self.close_quietly(id);
            return;
        }
        let assigned = connect.client_id.is_empty().then(|| format!("demo-{}", id.0));
        let client_id = assigned.clone().unwrap_or_else(|| connect.client_id.clone());
        let (place, session_present) = self.claim_session(id, now, &client_id, connect.clean_start);
        let expiry_s = match (connect.version, connect.clean_start) {
            (Version::V5, _) => connect.session_expiry_s.unwrap_or(0),
            (Version::V3, true) => 0,
            (Version::V3, false) => NEVER,
        };
        if let Some(session) = self.session_mut(place) {
            session.expiry_s = expiry_s;
            session.ends_at = None;
            session.will = connect.will;
            session.will_at = None;
            session.n_unsent = session.flights.len();
        }
        let server_keep_alive_s = self.limits.server_keep_alive_s.filter(|_| connect.version == Version::V5);
        let keep_alive_s = server_keep_alive_s.unwrap_or(connect.keep_alive_s);
        if let Some(connection) = self.connections.get_mut(&id) {
            connection.session = Some(place);
            connection.patience =
                (keep_alive_s > 0).then(|| Duration::from_millis(u64::from(keep_alive_s) * 1_500));
            connection.max_packet_bytes = connect.max_packet_bytes.unwrap_or(PROTOCOL_MAX_PACKET_BYTES);
            let window = connect.receive_maximum.unwrap_or(u16::MAX);
            connection.window = usize::from(window.max(1)).min(MAX_IN_FLIGHT);
        }
        let mut connack = ConnAck { session_present, ..ConnAck::default() };
        if connect.version == Version::V5 {
            self.tell_limits(&mut connack);
            connack.assigned_client_id = assigned;
            connack.server_keep_alive_s = server_keep_alive_s;
        }
        self.send(id, now, &Packet::ConnAck(Box::new(connack)));
        self.pump_queue(id, place, now);
    }

    fn refusal(&mut self, connect: &Connect) -> Option<Reason> {
        if let Some(reason) = self.faults.connect_refusal() {
            return Some(reason);
        }
        if let Some((username, password)) = &self.credentials {
            let is_right =
                connect.username.as_ref() == Some(username) && connect.password.as_ref() == Some(password);
            if !is_right {
                return Some(Reason::BAD_USER_NAME_OR_PASSWORD);
            }
        }
        // MQTT-3.1.3-8 of 3.1.1: without an id there is nothing to remember a session by.
        if connect.version == Version::V3 && connect.client_id.is_empty() && !connect.clean_start {
            return Some(Reason::CLIENT_IDENTIFIER_NOT_VALID);
        }
        let is_known = self.by_client_id.contains_key(connect.client_id.as_str());
        (!is_known && self.by_client_id.len() >= MAX_SESSIONS).then_some(QUOTA_EXCEEDED)
    }

    fn tell_limits(&self, connack: &mut ConnAck) {
        let limits = &self.limits;
        connack.receive_maximum = Some(limits.receive_maximum);
        connack.topic_alias_maximum = Some(limits.topic_alias_maximum);
        connack.max_packet_bytes =
            Some(limits.max_packet_bytes).filter(|most| *most < PROTOCOL_MAX_PACKET_BYTES);
        connack.max_qos = Some(limits.max_qos).filter(|most| *most < Qos::ExactlyOnce);
        connack.retain_available = (!limits.retain_available).then_some(false);
    }

    /// The session of a client id for a new connection; whoever had it before is sent away (MQTT-3.1.4-3).
    fn claim_session(
        &mut self,
        id: ConnectionId,
        now: Timestamp,
        client_id: &str,
        clean_start: bool,
    ) -> (u32, bool) {
        if let Some(place) = self.by_client_id.get(client_id).copied() {
            if let Some(older) = self.session(place).and_then(|session| session.connection) {
                self.close_with(older, now, Reason::SESSION_TAKEN_OVER, None);
                if let Some(connection) = self.connections.get_mut(&older) {
                    connection.session = None;
                }
                self.leave(place, now);
            }
            if clean_start {
                self.end_session(place, now);
            }
        }
        if let Some(place) = self.by_client_id.get(client_id).copied() {
            if let Some(session) = self.session_mut(place) {
                session.connection = Some(id);
            }
            return (place, true);
        }
        let session = Session { client_id: client_id.to_owned(), connection: Some(id), ..Session::default() };
        let place = self.vacant.pop().unwrap_or_else(|| {
            self.sessions.push(None);
            u32::try_from(self.sessions.len() - 1).unwrap_or(u32::MAX)
        });
        if let Some(slot) = self.sessions.get_mut(place as usize) {
            *slot = Some(session);
        }
        self.by_client_id.insert(client_id.to_owned(), place);
        (place, false)
    }

    /// DISCONNECT from the client: its will is void unless it says otherwise (MQTT-3.14.4-3).
    pub(super) fn disconnected(&mut self, id: ConnectionId, disconnect: &Disconnect) {
        let place = self.connections.get(&id).and_then(|connection| connection.session);
        if let Some(session) = place.and_then(|place| self.session_mut(place)) {
            if disconnect.reason != DISCONNECT_WITH_WILL {
                session.will = None;
            }
            // Section 3.14.2.2.2: what ended with the connection cannot be prolonged by a last word.
            if let Some(expiry_s) = disconnect.session_expiry_s
                && session.expiry_s > 0
            {
                session.expiry_s = expiry_s;
            }
        }
        self.close_quietly(id);
    }

    /// The connection is gone, whoever closed it.
    pub fn closed(&mut self, id: ConnectionId, now: Timestamp) {
        let Some(connection) = self.connections.remove(&id) else { return };
        let Some(place) = connection.session else { return };
        if self.session(place).is_some_and(|session| session.connection == Some(id)) {
            self.leave(place, now);
        }
    }

    /// The client of a session went away.
    fn leave(&mut self, place: u32, now: Timestamp) {
        let Some(session) = self.session_mut(place) else { return };
        session.connection = None;
        if session.expiry_s == 0 {
            self.end_session(place, now);
            return;
        }
        if session.expiry_s != NEVER {
            session.ends_at = Some(now + Duration::from_secs(session.expiry_s.into()));
        }
        match session.will.take() {
            Some(will) if will.delay_s == 0 => self.publish_will(now, &will),
            Some(will) => {
                session.will_at = Some(now + Duration::from_secs(will.delay_s.into()));
                session.will = Some(will);
            }
            None => {}
        }
    }

    /// Delayed wills go out at the latest when their session ends (MQTT-3.1.2-8).
    pub(super) fn end_session(&mut self, place: u32, now: Timestamp) {
        let will = self.session_mut(place).and_then(|session| session.will.take());
        self.drop_session(place);
        if let Some(will) = will {
            self.publish_will(now, &will);
        }
    }

    /// Removes a session and its subscriptions.
    pub(super) fn drop_session(&mut self, place: u32) {
        let Some(session) = self.sessions.get_mut(place as usize).and_then(Option::take) else { return };
        for filter in &session.filters {
            self.routes.unsubscribe(filter, Target::Session(place));
        }
        if let Some(connection) = session.connection.and_then(|id| self.connections.get_mut(&id)) {
            connection.session = None;
        }
        if let Some(id) = session.connection {
            self.close_quietly(id);
        }
        self.by_client_id.remove(&session.client_id);
        self.vacant.push(place);
    }

    fn publish_will(&mut self, now: Timestamp, will: &Will) {
        let properties = &will.properties;
        let letter = Letter {
            topic: will.topic.as_str(),
            payload: &will.payload.0,
            qos: will.qos,
            retain: will.retain,
            properties: (!properties.is_empty()).then_some(properties),
        };
        self.route(now, &letter, Origin::Broker);
    }

    pub(super) fn end_overdue(&mut self, now: Timestamp) {
        let is_over = |at: Option<Timestamp>| at.is_some_and(|at| at <= now);
        for place in 0..u32::try_from(self.sessions.len()).unwrap_or(u32::MAX) {
            let Some(session) = self.session_mut(place) else { continue };
            if is_over(session.ends_at) {
                self.end_session(place, now);
            } else if is_over(session.will_at) {
                session.will_at = None;
                if let Some(will) = session.will.take() {
                    self.publish_will(now, &will);
                }
            }
        }
    }

    /// Closes a connection that has been silent for too long (MQTT-3.1.2-22).
    pub(super) fn check_patience(&mut self, id: ConnectionId, now: Timestamp) {
        let Some(connection) = self.connections.get(&id) else { return };
        let is_over = connection.patience.is_some_and(|patience| now >= connection.last_heard + patience);
        if is_over && !connection.is_closing {
            self.close_with(id, now, KEEP_ALIVE_TIMEOUT, None);
        }
    }

    /// Sends everybody away with a reason, as a broker does that shuts down.
    pub fn dismiss_all(&mut self, now: Timestamp, reason: Reason) {
        let ids: Vec<ConnectionId> = self.connections.keys().copied().collect();
        for id in ids {
            self.close_with(id, now, reason, None);
        }
    }

    /// Tells the kind, for the script; a PUBLISH has its own way in.
    pub(super) fn is_ignored(&mut self, kind: PacketKind) -> bool {
        !self.faults.is_empty() && self.faults.ignores(kind)
    }
}
