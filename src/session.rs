//! The MQTT session, sans-I/O: packets and time in, packets and events out. Owns ids, stages and timers.
//!
//! Everything that MQTT 3.1.1 and 5.0 ask of a client beyond bytes is here, as a function of what came in:
//! no socket, no clock, no task. The caller opens a transport and says so, hands in every packet it reads,
//! writes every packet that [`Session::next_packet`] gives, passes every [`Session::next_event`] on, calls
//! [`Session::advance`] at [`Session::deadline`], and closes when [`Session::wants_close`] or an error says so.
//!
//! # Why not rumqttc's `EventLoop`
//!
//! The program exists to show what a link does, and the loop of rumqttc 0.25.1 hides or spoils it. Each line
//! below was reproduced or read in its source; what is the session's to keep is held by its tests.
//!
//! | rule | there | here |
//! |---|---|---|
//! | PUBREL after a resumed session | taken for unsolicited; it disconnects, for ever | PUBCOMP |
//! | PUBREC with a failure (5.0) | the place in flight is never freed; the client stops | freed, and the reason told |
//! | PUBLISH sent again | without DUP | with DUP |
//! | QoS 2 delivered again | passed on twice | passed on once, and counted |
//! | inbound topic alias | an empty topic | resolved |
//! | server keep-alive 0 | a storm of pings, then a disconnect | pings are off |
//! | session not present | waiting publications vanish | kept, sent anew, and told |
//! | CONNACK refuses | reason string and server reference dropped | told, with a remedy |
//! | connecting | one opaque step with one time limit | the caller's steps, each with its time |
//! | ping | by timer alone | on demand too, with the round trip |
//! | a consumer slower than keep-alive | ends its own connection | reading pauses, pings go on |
//! | reconnecting | at once, without end | back-off with jitter, and never after 0x8E |
mod acks;
mod aliases;
mod backlog;
mod backoff;
mod closing;
mod connect;
mod deliveries;
mod fatal;
mod ids;
mod inbound;
#[cfg(test)]
#[expect(clippy::wildcard_enum_match_arm, reason = "a law looks for one kind of packet")]
mod laws;
mod limits;
mod numbers;
mod outbound;
mod packets;
mod ping;
mod status;
mod subscriptions;
#[cfg(test)]
#[expect(clippy::wildcard_enum_match_arm, reason = "a test looks for one kind of event or packet")]
mod tests;

pub use fatal::Fatal;
pub use ping::Reading;

use crate::mqtt::packet::{ConnAck, Disconnect};
use crate::mqtt::port::Notice;
use crate::mqtt::{BrokerEvent, BrokerRequest, Packet, Profile, Stage, Tally, Version};
use crate::time::Timestamp;
use std::collections::VecDeque;
use std::time::Duration;

/// How long a broker may take to answer CONNECT: ten times what a slow mobile link needs.
const CONNACK_WITHIN: Duration = Duration::from_secs(10);
/// How long, while a version is only tried: some brokers of 3.1.1 alone never answer it.
const CONNACK_OF_TRIAL_WITHIN: Duration = Duration::from_secs(3);

/// One device's session across all its connections.
#[derive(Debug)]
pub struct Session {
    profile: Profile,
    /// What a search for the version begins with.
    first_version: Version,
    client_id: String,
    wish: Wish,
    link: Link,
    /// When to dial next, while the link is closed and a connection wished for.
    retry_at: Option<Timestamp>,
    /// Whether any CONNACK ever accepted us.
    was_online: bool,
    /// Whether a session that the broker calls present can only be the one we know.
    certainty: Certainty,
    limits: limits::Limits,
    ids: ids::PacketIds,
    aliases: aliases::Aliases,
    acks: acks::Acks,
    inbound: inbound::Inbound,
    backlog: backlog::Backlog,
    outbound: outbound::Outbound,
    subscriptions: subscriptions::Subscriptions,
    keep_alive: ping::KeepAlive,
    backoff: backoff::Backoff,
    events: VecDeque<BrokerEvent>,
    received: Tally,
    n_notices: u32,
    /// Connections in a row that were lost as soon as they were made.
    n_short_lived: u32,
}

/// What the user wants of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish {
    /// To be connected, again and again.
    Connected,
    /// To stay away until told otherwise.
    Away,
    /// To end for good.
    Ended,
}

/// Whether "session present" can be taken at its word.
///
/// After a CONNECT whose CONNACK never came it can't: the broker may have forgotten our session before,
/// made a new and empty one for that CONNECT, and now call this one present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Certainty {
    Certain,
    Doubtful,
}

/// Where the connection stands.
#[derive(Clone, Debug)]
enum Link {
    /// No transport.
    Closed,
    /// The transport is open, CONNACK awaited.
    Opened { since: Timestamp, connect: Option<Packet> },
    /// CONNACK accepted us.
    Online { since: Timestamp },
    /// Our last words are to be written, then the transport is to be closed.
    Closing { last_word: Option<Disconnect>, online_since: Option<Timestamp> },
}

impl Session {
    /// A session that was never online. `seed` feeds the jitter of the back-off.
    pub fn new(profile: Profile, seed: u64) -> Self {
        // A broker may still hold ids of an earlier run's persistent session: begin where they hardly are.
        let first_id = if profile.clean_start { 1 } else { u16::try_from(seed % 65_536).unwrap_or(1) };
        let kind = profile.limits();
        let (wished, n_lowered) = subscriptions::lowered(profile.subscriptions.clone(), &kind);
        let notice = kind.lowered_words(n_lowered).map(|words| BrokerEvent::Notice(Notice::Words(words)));
        Self {
            first_version: profile.version,
            client_id: profile.client_id.clone(),
            wish: Wish::Connected,
            link: Link::Closed,
            retry_at: Some(Timestamp::ZERO),
            was_online: false,
            certainty: Certainty::Certain,
            limits: limits::Limits::new(profile.version, &ConnAck::default(), kind),
            ids: ids::PacketIds::starting_at(first_id),
            aliases: aliases::Aliases::default(),
            acks: acks::Acks::default(),
            inbound: inbound::Inbound::new(profile.version, profile.receive_maximum),
            backlog: backlog::Backlog::default(),
            outbound: outbound::Outbound::default(),
            subscriptions: subscriptions::Subscriptions::new(wished),
            keep_alive: ping::KeepAlive::new(),
            backoff: backoff::Backoff::new(seed),
            events: notice.into_iter().collect(),
            received: Tally::default(),
            n_notices: 0,
            n_short_lived: 0,
            profile,
        }
    }

    /// The transport is open: queues CONNECT.
    pub fn transport_opened(&mut self, now: Timestamp) {
        let connect = connect::connect(&self.profile, &self.client_id, self.was_online);
        self.link = Link::Opened { since: now, connect: Some(Packet::Connect(Box::new(connect))) };
        self.retry_at = None;
        self.n_notices = 0;
        self.aliases.forget_all();
        self.inbound.start();
    }

    /// The transport is gone, or could not be opened; nothing in flight is forgotten.
    /// Returns when to try again.
    pub fn transport_lost(&mut self, now: Timestamp, may_retry: bool) -> Option<Timestamp> {
        // `Connect` that came while the old transport was closing is not made to wait.
        let mut asked_meanwhile = None;
        let online_since = match std::mem::replace(&mut self.link, Link::Closed) {
            Link::Online { since } => {
                self.note_life(now.since(since));
                Some(since)
            }
            Link::Closing { online_since, .. } => {
                asked_meanwhile = self.retry_at;
                online_since
            }
            Link::Opened { connect: None, .. } => {
                self.certainty = Certainty::Doubtful;
                None
            }
            Link::Closed | Link::Opened { .. } => None,
        };
        if online_since.is_some_and(|since| now.since(since) >= backoff::STABLE_AFTER) {
            self.backoff.reset();
        }
        self.tell_backlog(backlog::Backlog::end);
        self.acks.forget_all();
        self.keep_alive.stop();
        self.subscriptions.stop(&mut self.ids);
        self.outbound.stop(now, &mut self.events);
        match self.wish {
            Wish::Connected if may_retry || asked_meanwhile.is_some() => {
                let at = asked_meanwhile.unwrap_or_else(|| now + self.backoff.next_wait());
                self.retry_at = Some(at);
            }
            Wish::Connected => {
                self.wish = Wish::Away;
                self.retry_at = None;
            }
            Wish::Away | Wish::Ended => self.retry_at = None,
        }
        self.retry_at
    }

    /// Takes any packet but PUBLISH.
    pub fn receive(&mut self, now: Timestamp, packet: Packet) -> Result<(), Fatal> {
        self.dispatch(now, packet).map_err(|fatal| self.fail(fatal))
    }

    /// Takes a request of the model's; works online and offline.
    pub fn request(&mut self, now: Timestamp, request: BrokerRequest) {
        match request {
            BrokerRequest::Publish(ticket, publication) => {
                let why_not = match self.wish {
                    Wish::Ended => Some("the device is closing".to_owned()),
                    Wish::Connected | Wish::Away => {
                        let version = self.profile.version;
                        limits::never_valid(&publication, version)
                            .or_else(|| self.limits.kind.check(&publication, version).err())
                    }
                };
                if let Some(words) = why_not {
                    let stage = Stage::NotSent(words);
                    self.events.push_back(BrokerEvent::Publication { ticket, stage, at: now });
                    return;
                }
                let limits = self.is_online().then_some(&self.limits);
                self.outbound.publish(now, ticket, publication, limits, &self.ids, &mut self.events);
            }
            BrokerRequest::Withdraw(ticket) => self.outbound.withdraw(now, ticket, &mut self.events),
            BrokerRequest::Subscribe(subscription) => {
                let (subscription, is_lower) = self.limits.kind.lower(subscription);
                if let Some(words) = self.limits.kind.lowered_words(is_lower.into()) {
                    self.notice_words(words);
                }
                self.subscriptions.subscribe(subscription, &mut self.events);
            }
            BrokerRequest::Unsubscribe(filter) => self.subscriptions.unsubscribe(filter, &mut self.events),
            BrokerRequest::Probe(topic) => self.subscriptions.probe(&topic, &mut self.events),
            BrokerRequest::EndProbe(topic) => self.subscriptions.end_probe(&topic, self.profile.version),
            BrokerRequest::Ping if self.is_online() => self.keep_alive.demand(),
            BrokerRequest::Ping => self.notice_words("not connected: no ping was sent".into()),
            BrokerRequest::Connect => self.wish_connected(now),
            BrokerRequest::Disconnect => self.wish_away(now, Wish::Away),
            BrokerRequest::End => self.wish_away(now, Wish::Ended),
        }
    }

    /// Notes that bytes were read: keep-alive counts every one of them.
    pub fn bytes_received(&mut self, now: Timestamp) {
        self.keep_alive.received(now);
    }

    /// Says whether the caller reads: while it doesn't, the broker's silence means nothing.
    pub fn set_reading(&mut self, now: Timestamp, reading: Reading) {
        self.keep_alive.set_reading(now, reading);
    }

    /// Lets time pass: pings, timeouts. An error means that the connection is dead.
    pub fn advance(&mut self, now: Timestamp) -> Result<(), Fatal> {
        match self.link {
            Link::Opened { since, .. } if now >= since + self.connack_within() => {
                let fatal = fatal::no_answer(self.connack_within(), &self.profile);
                Err(self.fall_silent(fatal))
            }
            Link::Closed | Link::Closing { .. } | Link::Opened { .. } => Ok(()),
            Link::Online { .. } => {
                let found = self.keep_alive.advance(now).map_err(|fatal| self.fall_silent(fatal))?;
                if let Some(waited) = found.overdue {
                    self.events.push_back(BrokerEvent::Notice(Notice::PingOverdue { waited }));
                }
                if let Some(waited) = found.given_up {
                    let words = format!(
                        "the broker left a ping unanswered for {} s; the connection stays open",
                        waited.as_secs()
                    );
                    self.notice_words(words);
                }
                Ok(())
            }
        }
    }

    /// When `advance` must be called next.
    pub fn deadline(&self) -> Option<Timestamp> {
        match self.link {
            Link::Closed | Link::Closing { .. } => None,
            Link::Opened { since, .. } => Some(since + self.connack_within()),
            Link::Online { .. } => self.keep_alive.deadline(),
        }
    }

    /// The next packet to write. Sent stages are stamped with `now`.
    pub fn next_packet(&mut self, now: Timestamp) -> Option<Packet> {
        let packet = match &mut self.link {
            Link::Closed => None,
            Link::Opened { connect, .. } => connect.take(),
            Link::Closing { last_word, .. } => match self.acks.next() {
                Some((ack, _)) => Some(ack),
                None => last_word.take().map(Packet::Disconnect),
            },
            Link::Online { .. } => self.next_online(now),
        }?;
        self.keep_alive.sent(now);
        Some(packet)
    }

    /// Pings first, for their round trip is measured; then what the broker waits for; then what we want.
    fn next_online(&mut self, now: Timestamp) -> Option<Packet> {
        if self.keep_alive.take_due(now) {
            return Some(Packet::PingReq);
        }
        if let Some((ack, place)) = self.acks.next() {
            if place == acks::Place::Freed {
                self.inbound.free_place();
            }
            return Some(ack);
        }
        let Self { subscriptions, outbound, limits, ids, events, .. } = self;
        let wanted =
            subscriptions.next(limits, ids, events).or_else(|| outbound.next(now, limits, ids, events));
        if wanted.is_none() && self.backlog.take_ping() {
            self.keep_alive.demand();
            return self.keep_alive.take_due(now).then_some(Packet::PingReq);
        }
        wanted
    }

    /// The next event to tell; `Messages` never is among them, nor are steps, `Lost` and `Ended`:
    /// those are the caller's.
    pub fn next_event(&mut self) -> Option<BrokerEvent> {
        self.events.pop_front()
    }
}
