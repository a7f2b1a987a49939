//! What clients ask for. Owns each packet's meaning on the broker's side and its answer; routes nothing.
use super::super::faults::PacketKind;
use super::deliver::Letter;
use super::{ConnectionId, Core, Origin};
use crate::mqtt::packet::{Ack, ConnAck, PublishRef};
use crate::mqtt::{Packet, PacketId, PublishProperties, Qos, Reason, Topic, Version};
use crate::time::Timestamp;
use crate::wire::{self, Incoming, Unreadable, WireError};

/// "Topic name invalid".
const TOPIC_NAME_INVALID: Reason = Reason(0x90);
/// "Retain not supported".
const RETAIN_NOT_SUPPORTED: Reason = Reason(0x9A);
/// "QoS not supported".
const QOS_NOT_SUPPORTED: Reason = Reason(0x9B);

impl Core {
    /// Bytes came in.
    pub fn count_received(&mut self, n_bytes: usize) {
        self.figures.bytes_received += n_bytes as u64;
    }

    /// Takes what was read from a connection. Tells whether reading shall go on.
    pub fn receive(&mut self, id: ConnectionId, now: Timestamp, incoming: Incoming<'_>) -> bool {
        self.figures.packets_received += 1;
        let Some(connection) = self.connections.get_mut(&id) else { return false };
        if connection.is_closing {
            return false;
        }
        connection.last_heard = now;
        connection.n_packets = connection.n_packets.saturating_add(1);
        let n_packets = connection.n_packets;
        if !self.faults.is_empty() {
            for strike in self.faults.strikes_at(n_packets) {
                self.strike(id, now, &strike);
            }
            let kind = match &incoming {
                Incoming::Publish(_) | Incoming::Unreadable(_) => PacketKind::Publish,
                Incoming::Packet(packet) => PacketKind::of(packet),
            };
            if self.is_ignored(kind) {
                return true;
            }
        }
        let Some(connection) = self.connections.get(&id) else { return false };
        if connection.is_closing {
            return false;
        }
        match (connection.session, incoming) {
            (None, Incoming::Packet(Packet::Connect(connect))) => self.connect(id, now, *connect),
            // MQTT-3.1.0-1: the first packet must be CONNECT; MQTT-3.1.0-2: and no later one may be.
            (None, _) => self.close_quietly(id),
            (Some(_), Incoming::Packet(Packet::Connect(_))) => {
                self.protocol_error(id, now, "a second CONNECT");
            }
            (Some(place), Incoming::Publish(publish)) => self.published(id, place, now, &publish),
            (Some(_), Incoming::Unreadable(unreadable)) => self.unreadable(id, now, unreadable),
            (Some(place), Incoming::Packet(packet)) => self.requested(id, place, now, packet),
        }
        self.connections.get(&id).is_some_and(|connection| !connection.is_closing)
    }

    /// The bytes are no packet.
    pub fn malformed(&mut self, id: ConnectionId, now: Timestamp, error: &WireError) {
        if let WireError::UnsupportedProtocol { .. } = error {
            // MQTT-3.1.2-2 of 3.1.1, whose form every client can read.
            let reason = Reason::UNSUPPORTED_PROTOCOL_VERSION;
            self.send(id, now, &Packet::ConnAck(Box::new(ConnAck { reason, ..ConnAck::default() })));
        }
        self.close_with(id, now, Reason::MALFORMED_PACKET, Some(error.to_string()));
    }

    pub(super) fn protocol_error(&mut self, id: ConnectionId, now: Timestamp, words: &str) {
        self.close_with(id, now, Reason::PROTOCOL_ERROR, Some(words.to_owned()));
    }

    fn unreadable(&mut self, id: ConnectionId, now: Timestamp, unreadable: Unreadable) {
        let reason = if unreadable.n_bytes > u64::from(self.limits.max_packet_bytes) {
            Reason::PACKET_TOO_LARGE
        } else {
            Reason::MALFORMED_PACKET
        };
        self.close_with(id, now, reason, Some(unreadable.words));
    }

    fn requested(&mut self, id: ConnectionId, place: u32, now: Timestamp, packet: Packet) {
        match packet {
            Packet::Publish(publish) => {
                let letter = Letter {
                    topic: publish.topic.as_str(),
                    payload: &publish.payload.0,
                    qos: publish.qos,
                    retain: publish.retain,
                    properties: (!publish.properties.is_empty()).then_some(&publish.properties),
                };
                self.take(id, place, now, &letter, publish.packet_id);
            }
            Packet::PubAck(ack) => {
                self.with_session(place, |session| session.land(ack.packet_id));
                self.pump(id, place, now);
            }
            Packet::PubRec(ack) => self.pubrec(id, place, now, &ack),
            Packet::PubComp(ack) => {
                self.with_session(place, |session| session.land(ack.packet_id));
                self.pump(id, place, now);
            }
            Packet::PubRel(ack) => {
                let known = self.with_session(place, |session| session.unreleased.remove(&ack.packet_id));
                let reason = if known { Reason::SUCCESS } else { Reason::PACKET_IDENTIFIER_NOT_FOUND };
                self.send(id, now, &Packet::PubComp(Ack { reason, ..Ack::success(ack.packet_id) }));
            }
            Packet::Subscribe(subscribe) => self.subscribe(id, place, now, subscribe),
            Packet::Unsubscribe(unsubscribe) => self.unsubscribe(id, place, now, &unsubscribe),
            Packet::PingReq => self.send(id, now, &Packet::PingResp),
            Packet::Disconnect(disconnect) => self.disconnected(id, &disconnect),
            Packet::Auth(_) => self.protocol_error(id, now, "AUTH without an authentication method"),
            Packet::Connect(_)
            | Packet::ConnAck(_)
            | Packet::SubAck(_)
            | Packet::UnsubAck(_)
            | Packet::PingResp => self.protocol_error(id, now, "a packet that only a broker sends"),
        }
    }

    pub(super) fn with_session(
        &mut self,
        place: u32,
        change: impl FnOnce(&mut super::super::session::Session) -> bool,
    ) -> bool {
        self.session_mut(place).is_some_and(change)
    }

    fn pump(&mut self, id: ConnectionId, place: u32, now: Timestamp) {
        self.pump_queue(id, place, now);
        if self.connections.get(&id).is_some_and(|connection| !connection.walks.is_empty()) {
            self.pump_retained(id, place, now);
        }
    }

    fn pubrec(&mut self, id: ConnectionId, place: u32, now: Timestamp, ack: &Ack) {
        if ack.reason.is_failure() {
            // Section 4.3.3: the id is free at once.
            self.with_session(place, |session| session.land(ack.packet_id));
            self.pump(id, place, now);
            return;
        }
        let known = self.with_session(place, |session| session.received(ack.packet_id));
        let reason = if known { Reason::SUCCESS } else { Reason::PACKET_IDENTIFIER_NOT_FOUND };
        self.send(id, now, &Packet::PubRel(Ack { reason, ..Ack::success(ack.packet_id) }));
    }

    fn published(&mut self, id: ConnectionId, place: u32, now: Timestamp, publish: &PublishRef<'_>) {
        let properties = match properties_of(publish) {
            Ok(properties) => properties,
            Err(error) => return self.malformed(id, now, &error),
        };
        let topic = match self.topic_of(id, publish) {
            Ok(aliased) => aliased,
            Err(reason) => return self.close_with(id, now, reason, None),
        };
        let letter = Letter {
            topic: topic.as_ref().map_or(publish.topic, Topic::as_str),
            payload: publish.payload,
            qos: publish.qos,
            retain: publish.retain,
            properties: properties.as_ref(),
        };
        self.take(id, place, now, &letter, publish.packet_id);
    }

    /// The topic where an alias stands for it, or `None`: as written (section 3.3.2.3.4).
    fn topic_of(&mut self, id: ConnectionId, publish: &PublishRef<'_>) -> Result<Option<Topic>, Reason> {
        let Some(alias) = publish.topic_alias else {
            return if publish.topic.is_empty() { Err(Reason::PROTOCOL_ERROR) } else { Ok(None) };
        };
        if alias == 0 || alias > self.limits.topic_alias_maximum {
            return Err(Reason::TOPIC_ALIAS_INVALID);
        }
        let Some(connection) = self.connections.get_mut(&id) else { return Ok(None) };
        let at = usize::from(alias);
        if publish.topic.is_empty() {
            let known = connection.aliases.get(at).and_then(Option::as_ref);
            return known.cloned().map(Some).ok_or(Reason::PROTOCOL_ERROR);
        }
        if connection.aliases.len() <= at {
            connection.aliases.resize(at + 1, None);
        }
        let topic = Topic::parse(publish.topic).ok();
        if let Some(slot) = connection.aliases.get_mut(at) {
            slot.clone_from(&topic);
        }
        Ok(topic)
    }

    /// A publication of a client (sections 4.3.1 to 4.3.3).
    fn take(
        &mut self,
        id: ConnectionId,
        place: u32,
        now: Timestamp,
        letter: &Letter<'_>,
        packet_id: Option<PacketId>,
    ) {
        if crate::mqtt::topic::check(letter.topic).is_err() {
            return self.close_with(id, now, TOPIC_NAME_INVALID, None);
        }
        if letter.qos > self.limits.max_qos {
            return self.close_with(id, now, QOS_NOT_SUPPORTED, None);
        }
        if letter.retain && !self.limits.retain_available {
            return self.close_with(id, now, RETAIN_NOT_SUPPORTED, None);
        }
        let is_new = match (letter.qos, packet_id) {
            (Qos::ExactlyOnce, Some(packet_id)) => {
                let most = usize::from(self.limits.receive_maximum);
                let Some(session) = self.session_mut(place) else { return };
                let is_new = session.unreleased.insert(packet_id);
                if session.unreleased.len() > most {
                    session.unreleased.remove(&packet_id);
                    return self.close_with(id, now, Reason::RECEIVE_MAXIMUM_EXCEEDED, None);
                }
                is_new
            }
            (Qos::AtMostOnce | Qos::AtLeastOnce | Qos::ExactlyOnce, _) => true,
        };
        // The broker's own figures are its own to tell.
        let is_ours = letter.topic.starts_with("$SYS/").then_some(Reason::NOT_AUTHORIZED);
        let refusal = self.faults.topic_refusal(letter.topic).or(is_ours);
        let reason = if !is_new {
            Reason::SUCCESS
        } else if let Some(refusal) = refusal {
            if let (Qos::ExactlyOnce, Some(packet_id)) = (letter.qos, packet_id) {
                self.with_session(place, |session| session.unreleased.remove(&packet_id));
            }
            refusal
        } else {
            self.figures.publishes_received += 1;
            match self.route(now, letter, Origin::Session(place)) {
                0 => Reason::NO_MATCHING_SUBSCRIBERS,
                _some => Reason::SUCCESS,
            }
        };
        let Some(packet_id) = packet_id else { return };
        let version = self.connections.get(&id).map(|connection| connection.version);
        let reason = if version == Some(Version::V3) { Reason::SUCCESS } else { reason };
        let ack = Ack { reason, ..Ack::success(packet_id) };
        match letter.qos {
            Qos::AtMostOnce => {}
            Qos::AtLeastOnce => self.send(id, now, &Packet::PubAck(ack)),
            Qos::ExactlyOnce => self.send(id, now, &Packet::PubRec(ack)),
        }
    }
}

/// What is passed on of the properties: all but what belongs to this connection (MQTT-3.3.2-8, -18).
fn properties_of(publish: &PublishRef<'_>) -> Result<Option<PublishProperties>, WireError> {
    if publish.properties.is_empty() {
        return Ok(None);
    }
    let mut properties = wire::read_publish_properties(publish.properties)?;
    properties.topic_alias = None;
    properties.subscription_ids = Vec::new();
    Ok(Some(properties).filter(|properties| !properties.is_empty()))
}
