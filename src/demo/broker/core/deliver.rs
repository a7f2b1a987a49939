//! From a publication to its hearers. Owns what goes into whose buffer, and what waits; reads no packet.
use super::super::faults::PacketKind;
use super::super::frame::Frame;
use super::super::retained::{StoreBounds, aged};
use super::super::routes::{Match, Target};
use super::super::session::{Delivery, FlightStage};
use super::{ConnectionId, Core, Origin, Output};
use crate::mqtt::packet::Ack;
use crate::mqtt::{Packet, Payload, Publication, PublishProperties, Qos, Topic};
use crate::time::Timestamp;
use std::sync::Arc;

/// A publication, borrowed from wherever it lies; its topic is checked.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Letter<'a> {
    pub topic: &'a str,
    pub payload: &'a [u8],
    pub qos: Qos,
    pub retain: bool,
    pub properties: Option<&'a PublishProperties>,
}

impl<'a> From<&'a Publication> for Letter<'a> {
    fn from(publication: &'a Publication) -> Self {
        let properties = &publication.properties;
        Self {
            topic: publication.topic.as_str(),
            payload: &publication.payload.0,
            qos: publication.qos,
            retain: publication.retain,
            properties: (!properties.is_empty()).then_some(properties),
        }
    }
}

impl Letter<'_> {
    pub(super) fn to_publication(self) -> Arc<Publication> {
        Arc::new(Publication {
            topic: Topic::parse(self.topic).expect("only checked topics are routed"),
            payload: Payload::from(self.payload),
            qos: self.qos,
            retain: self.retain,
            properties: self.properties.cloned().unwrap_or_default(),
        })
    }
}

impl Core {
    /// Publishes from inside this process.
    pub fn publish(&mut self, now: Timestamp, publication: &Publication) -> usize {
        self.figures.publishes_received += 1;
        self.route(now, &Letter::from(publication), Origin::Inside)
    }

    /// Retains and delivers; tells to how many.
    pub fn route(&mut self, now: Timestamp, letter: &Letter<'_>, from: Origin) -> usize {
        if letter.retain {
            let limits = &self.limits;
            let bounds = StoreBounds { n_topics: limits.retained_topics, n_bytes: limits.retained_bytes };
            let kept =
                self.retained.set(letter.topic, letter.payload, letter.qos, letter.properties, now, bounds);
            self.figures.publishes_dropped += u64::from(!kept);
        }
        let sender = match from {
            Origin::Session(place) => Some(Target::Session(place)),
            Origin::Inside | Origin::Broker => None,
        };
        let mut matches = std::mem::take(&mut self.matches);
        let sessions = &self.sessions;
        let is_here = |target| match target {
            Target::Ear(_) => true,
            Target::Session(place) => {
                let session = sessions.get(place as usize).and_then(Option::as_ref);
                session.is_some_and(|session| session.connection.is_some())
            }
        };
        self.routes.matching(letter.topic, sender, is_here, &mut matches);
        let mut owned: Option<Arc<Publication>> = None;
        for found in &mut matches {
            match found.target {
                Target::Ear(ear) if from != Origin::Inside => {
                    let publication = owned.get_or_insert_with(|| letter.to_publication());
                    self.heard.push((ear, Arc::clone(publication)));
                }
                Target::Ear(_) => {}
                Target::Session(place) => self.deliver(now, place, letter, found, &mut owned),
            }
        }
        let n_matches = matches.len();
        self.matches = matches;
        n_matches
    }

    fn deliver(
        &mut self,
        now: Timestamp,
        place: u32,
        letter: &Letter<'_>,
        found: &mut Match,
        owned: &mut Option<Arc<Publication>>,
    ) {
        let qos = letter.qos.min(found.qos);
        let retain = letter.retain && found.retain_as_published;
        let connection = self.session(place).and_then(|session| session.connection);
        if qos == Qos::AtMostOnce {
            let Some(id) = connection else { return };
            let frame = Frame {
                dup: false,
                qos,
                retain,
                topic: letter.topic,
                packet_id: None,
                properties: letter.properties,
                subscription_ids: &found.subscription_ids,
                payload: letter.payload,
            };
            if self.unwritten(id) >= self.limits.outbox_bytes {
                self.figures.publishes_dropped += 1;
            } else {
                self.emit(id, PacketKind::Publish, now, |version, max, out| frame.write(version, max, out));
            }
            return;
        }
        let delivery = Delivery {
            publication: Arc::clone(owned.get_or_insert_with(|| letter.to_publication())),
            qos,
            retain,
            subscription_ids: std::mem::take(&mut found.subscription_ids),
            since: now,
        };
        self.enqueue(place, delivery);
        if let Some(id) = connection {
            self.pump_queue(id, place, now);
        }
    }

    pub(super) fn enqueue(&mut self, place: u32, delivery: Delivery) {
        let bounds = self.queue_bounds();
        match self.session_mut(place) {
            Some(session) if session.has_room(bounds) => session.wait(delivery),
            Some(_) => self.figures.publishes_dropped += 1,
            None => {}
        }
    }

    /// Whether so much is still to be written to a client that nothing more should be read from it: what
    /// it asks for makes answers, and they must not pile up for one who does not take them.
    pub fn is_congested(&self, id: ConnectionId) -> bool {
        self.unwritten(id) >= self.limits.outbox_bytes
    }

    pub(super) fn unwritten(&self, id: ConnectionId) -> usize {
        self.connections.get(&id).map_or(0, |connection| connection.outbox.len())
    }

    /// Sends what waits, as far as the receive maximum and the buffer allow (section 4.9).
    pub(super) fn pump_queue(&mut self, id: ConnectionId, place: u32, now: Timestamp) {
        let Some(connection) = self.connections.get(&id) else { return };
        let window = connection.window;
        while self.unwritten(id) < self.limits.outbox_bytes {
            let Some(session) = self.session_mut(place) else { return };
            let n_sent = session.flights.len() - session.n_unsent;
            if n_sent >= window {
                return;
            }
            if session.n_unsent > 0 {
                session.n_unsent -= 1;
                self.send_flight(id, place, n_sent, true, now);
                continue;
            }
            let Some(delivery) = session.next_waiting() else { return };
            let waited = now.since(delivery.since);
            if aged(&delivery.publication.properties, waited).is_none() {
                self.figures.publishes_dropped += 1;
                continue;
            }
            session.launch(delivery);
            self.send_flight(id, place, n_sent, false, now);
            if !self.faults.is_empty() && self.faults.duplicates() {
                self.send_flight(id, place, n_sent, true, now);
            }
        }
    }

    fn send_flight(&mut self, id: ConnectionId, place: u32, at: usize, dup: bool, now: Timestamp) {
        let Some(flight) = self.session(place).and_then(|session| session.flights.get(at)) else { return };
        match flight.stage {
            FlightStage::Release => {
                let release = Packet::PubRel(Ack::success(flight.packet_id));
                self.send(id, now, &release);
            }
            FlightStage::Publish => {
                let (packet_id, delivery) = (flight.packet_id, flight.delivery.clone());
                let publication = &delivery.publication;
                let properties = (!publication.properties.is_empty()).then_some(&publication.properties);
                let properties = properties.map(|properties| {
                    aged(properties, now.since(delivery.since)).unwrap_or_else(|| properties.clone())
                });
                let frame = Frame {
                    dup,
                    qos: delivery.qos,
                    retain: delivery.retain,
                    topic: publication.topic.as_str(),
                    packet_id: Some(packet_id),
                    properties: properties.as_ref(),
                    subscription_ids: &delivery.subscription_ids,
                    payload: &publication.payload.0,
                };
                let mut fits = true;
                self.emit(id, PacketKind::Publish, now, |version, max, out| {
                    fits = frame.write(version, max, out);
                    fits
                });
                if !fits && let Some(session) = self.session_mut(place) {
                    session.land(packet_id);
                }
            }
        }
    }

    /// Moves the bytes that are to be written now into the empty `bytes`.
    pub fn take_output(&mut self, id: ConnectionId, now: Timestamp, bytes: &mut Vec<u8>) -> Output {
        self.check_patience(id, now);
        let Some(connection) = self.connections.get_mut(&id) else {
            return Output { close: true, deadline: None };
        };
        connection.is_dirty = false;
        if !connection.delayed.is_empty() {
            let outbox = &mut connection.outbox;
            connection.delayed.retain_mut(|(due, packet)| {
                let is_due = *due <= now;
                if is_due {
                    outbox.append(packet);
                }
                !is_due
            });
        }
        std::mem::swap(&mut connection.outbox, bytes);
        self.figures.bytes_sent += bytes.len() as u64;
        if let Some(place) = connection.session
            && !connection.is_closing
        {
            self.pump_queue(id, place, now);
            self.pump_retained(id, place, now);
        }
        let Some(connection) = self.connections.get(&id) else {
            return Output { close: true, deadline: None };
        };
        let dues = connection.delayed.iter().map(|(due, _)| *due);
        let patience = connection.patience.map(|patience| connection.last_heard + patience);
        let close = connection.is_closing && connection.outbox.is_empty();
        Output { close, deadline: dues.chain(patience).min() }
    }

    /// What [`Core::take_output`] would say of closing, while its bytes are still being written.
    pub fn look(&mut self, id: ConnectionId, now: Timestamp) -> Output {
        self.check_patience(id, now);
        let connection = self.connections.get(&id);
        let patience = connection
            .and_then(|connection| connection.patience.map(|patience| connection.last_heard + patience));
        Output { close: connection.is_none_or(|connection| connection.is_closing), deadline: patience }
    }
}
