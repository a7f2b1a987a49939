//! What each packet of the broker's means. Owns the table of which packet is allowed when.
use super::backlog::Backlog;
use super::{Fatal, Link, Session};
use crate::mqtt::packet::Ack;
use crate::mqtt::port::Notice;
use crate::mqtt::{BrokerEvent, Packet};
use crate::session::outbound::Match;
use crate::time::Timestamp;

/// Oddities told in words on one connection: a broker that errs all the time must not fill the log.
const MAX_NOTICES: u32 = 32;

impl Session {
    pub(super) fn dispatch(&mut self, now: Timestamp, packet: Packet) -> Result<(), Fatal> {
        match self.link {
            // What comes after our last word is of no interest.
            Link::Closed | Link::Closing { .. } => Ok(()),
            Link::Opened { since, .. } => self.first(now, packet, since),
            Link::Online { .. } => self.later(now, packet),
        }
    }

    /// The first packet must be the CONNACK (MQTT-3.2.0-1).
    fn first(&mut self, now: Timestamp, packet: Packet, opened: Timestamp) -> Result<(), Fatal> {
        match packet {
            Packet::ConnAck(connack) => self.accept(now, *connack, opened),
            Packet::Auth(_) => Err(Fatal::auth_asked()),
            Packet::Disconnect(packet) => Err(Fatal::disconnected(&packet, &self.profile)),
            Packet::Connect(_)
            | Packet::Publish(_)
            | Packet::PubAck(_)
            | Packet::PubRec(_)
            | Packet::PubRel(_)
            | Packet::PubComp(_)
            | Packet::Subscribe(_)
            | Packet::SubAck(_)
            | Packet::Unsubscribe(_)
            | Packet::UnsubAck(_)
            | Packet::PingReq
            | Packet::PingResp => Err(before_connack(name(&packet))),
        }
    }

    fn later(&mut self, now: Timestamp, packet: Packet) -> Result<(), Fatal> {
        match packet {
            Packet::PubAck(ack) => {
                let found = self.outbound.acknowledged(now, &ack, &mut self.ids, &mut self.events);
                self.tell_match(found, "PUBACK", &ack);
                Ok(())
            }
            Packet::PubRec(ack) => {
                let found =
                    self.outbound.received(now, &ack, &mut self.ids, &mut self.acks, &mut self.events);
                self.tell_match(found, "PUBREC", &ack);
                self.bound_acks()
            }
            Packet::PubRel(ack) => {
                if !self.inbound.released(ack.packet_id, &mut self.acks) {
                    self.tell_match(Match::Unknown, "PUBREL", &ack);
                }
                self.bound_acks()
            }
            Packet::PubComp(ack) => {
                let found = self.outbound.completed(now, &ack, &mut self.ids, &mut self.events);
                self.tell_match(found, "PUBCOMP", &ack);
                Ok(())
            }
            Packet::SubAck(answer) => {
                let id = answer.packet_id;
                if !self.subscriptions.granted(answer, &mut self.ids, &mut self.events)? {
                    self.tell_match(Match::Unknown, "SUBACK", &Ack::success(id));
                }
                Ok(())
            }
            Packet::UnsubAck(answer) => {
                let Self { subscriptions, limits, ids, events, .. } = self;
                if !subscriptions.dropped(&answer, limits, ids, events)? {
                    self.tell_match(Match::Unknown, "UNSUBACK", &Ack::success(answer.packet_id));
                }
                Ok(())
            }
            Packet::PingResp => {
                match self.keep_alive.answered(now) {
                    Ok(Some(round_trip)) => self.events.push_back(BrokerEvent::Pong { round_trip, at: now }),
                    Ok(None) => {}
                    Err(()) => self.notice_words("the broker sent a PINGRESP that nobody waited for".into()),
                }
                self.tell_backlog(Backlog::answered);
                Ok(())
            }
            Packet::Disconnect(packet) => Err(Fatal::disconnected(&packet, &self.profile)),
            Packet::Auth(_) => Err(Fatal::auth_asked()),
            Packet::ConnAck(_) => Err(Fatal::protocol_error("the broker sent a second CONNACK".into())),
            Packet::Connect(_)
            | Packet::Publish(_)
            | Packet::Subscribe(_)
            | Packet::Unsubscribe(_)
            | Packet::PingReq => Err(Fatal::protocol_error(format!(
                "the broker sent {}, which only a client may send",
                name(&packet)
            ))),
        }
    }

    /// Answers pile up only while the writing is blocked; an honest broker waits for them.
    pub(super) fn bound_acks(&self) -> Result<(), Fatal> {
        if self.acks.len() <= super::acks::MAX_WAITING {
            return Ok(());
        }
        Err(Fatal::protocol_error(format!(
            "the broker asked for more than {} acknowledgements without reading any",
            super::acks::MAX_WAITING
        )))
    }

    fn tell_match(&mut self, found: Match, packet: &str, ack: &Ack) {
        match found {
            Match::Ours => {}
            Match::Downgraded => self.notice_words(format!(
                "the broker answered the QoS 2 publication with packet id {} as QoS 1: it may arrive twice",
                ack.packet_id
            )),
            Match::Unknown => self.notice_words(format!(
                "the broker sent {packet} for the packet id {}, which waits for none",
                ack.packet_id
            )),
        }
    }

    /// Takes a step with what the broker kept for us, and tells what it came to.
    pub(super) fn tell_backlog(&mut self, step: fn(&mut Backlog) -> Option<String>) {
        if let Some(words) = step(&mut self.backlog) {
            self.events.push_back(BrokerEvent::Notice(Notice::Words(words)));
        }
    }

    /// A line for the log; after a few of them on a connection, silence.
    pub(super) fn notice_words(&mut self, words: String) {
        self.n_notices = self.n_notices.saturating_add(1);
        if self.n_notices < MAX_NOTICES {
            self.events.push_back(BrokerEvent::Notice(Notice::Words(words)));
        } else if self.n_notices == MAX_NOTICES {
            let words = format!("{words}; no more of the kind is told on this connection");
            self.events.push_back(BrokerEvent::Notice(Notice::Words(words)));
        }
    }
}

pub(super) fn before_connack(packet: &str) -> Fatal {
    Fatal::protocol_error(format!("the broker sent {packet} before it answered CONNECT"))
}

const fn name(packet: &Packet) -> &'static str {
    match packet {
        Packet::Connect(_) => "CONNECT",
        Packet::ConnAck(_) => "CONNACK",
        Packet::Publish(_) => "PUBLISH",
        Packet::PubAck(_) => "PUBACK",
        Packet::PubRec(_) => "PUBREC",
        Packet::PubRel(_) => "PUBREL",
        Packet::PubComp(_) => "PUBCOMP",
        Packet::Subscribe(_) => "SUBSCRIBE",
        Packet::SubAck(_) => "SUBACK",
        Packet::Unsubscribe(_) => "UNSUBSCRIBE",
        Packet::UnsubAck(_) => "UNSUBACK",
        Packet::PingReq => "PINGREQ",
        Packet::PingResp => "PINGRESP",
        Packet::Disconnect(_) => "DISCONNECT",
        Packet::Auth(_) => "AUTH",
    }
}
