//! The port between a device's task and the model. Owns the shape of what crosses it, both versions alike.
use super::batch::Batch;
use super::filter::Filter;
use super::packet::ConnAck;
use super::profile::{Subscription, Version};
use super::publication::{Publication, Stage, Ticket};
use super::reason::Reason;
use super::tally::Tally;
use super::topic::Topic;
use super::words::{PacketId, Qos};
use crate::time::Timestamp;
use std::net::SocketAddr;
use std::time::Duration;

/// What a device's task tells the model, in the order it happened.
#[derive(Clone, Debug)]
pub enum BrokerEvent {
    /// A connection step began.
    StepBegun(Step, Timestamp),
    /// A connection step ended well after so long; with a note where there is one, such as the address.
    StepDone(Step, Duration, Option<String>),
    /// What is known in the middle of a step, for whoever examines the way.
    Detail(Box<Detail>),
    /// CONNACK accepted us.
    Online(Box<Online>),
    /// Messages, in the order they came.
    Messages(Batch),
    /// The broker answered for a filter: the granted QoS, or why not.
    Subscribed {
        /// What was asked.
        subscription: Subscription,
        /// What was granted.
        granted: Result<Qos, Refusal>,
    },
    /// The broker confirmed that a filter is gone, or said why not.
    Unsubscribed {
        /// Which.
        filter: Filter,
        /// Success, "no subscription existed", or a failure.
        reason: Reason,
    },
    /// The fresh SUBSCRIBE of a probe was answered; what is retained comes as messages around it.
    Probed {
        /// The topic.
        topic: Topic,
        /// The answer.
        granted: Result<Qos, Refusal>,
    },
    /// A publication of ours came a stage further.
    Publication {
        /// Whose.
        ticket: Ticket,
        /// How far.
        stage: Stage,
        /// When its bytes were read or written.
        at: Timestamp,
    },
    /// PINGRESP came.
    Pong {
        /// From PINGREQ written to PINGRESP read.
        round_trip: Duration,
        /// When it was read.
        at: Timestamp,
    },
    /// Figures of the link; sent with traffic at most every 100 ms, when it comes to rest, and when the
    /// next ping moves.
    Link(LinkStatus),
    /// Something to tell that changes no state.
    Notice(Notice),
    /// The connection is gone, or could not be made.
    Lost(Lost),
    /// The task ended, for it was told to; nothing more comes.
    Ended,
}

/// The steps to a connection, in order; TLS and WebSocket have their place between TCP and CONNECT.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// Name to addresses.
    Resolve,
    /// TCP's three-way handshake, or the Unix socket's opening.
    Tcp,
    /// The HTTP proxy's answer to our CONNECT.
    Proxy,
    /// TLS's handshake.
    Tls,
    /// WebSocket's opening handshake.
    WebSocket,
    /// CONNECT sent, CONNACK awaited.
    Connect,
}

impl Step {
    /// The word for it on screen.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Resolve => "resolve",
            Self::Tcp => "TCP",
            Self::Proxy => "proxy",
            Self::Tls => "TLS",
            Self::WebSocket => "WebSocket",
            Self::Connect => "CONNECT",
        }
    }
}

/// What is known in the middle of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Detail {
    /// One of several addresses of the broker's host was tried.
    Tried(Tried),
    /// What TLS agreed on, known before CONNECT.
    Secured(TlsFacts),
}

/// One of several addresses of a host was tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// Which.
    pub address: SocketAddr,
    /// Until it answered, or was given up.
    pub took: Duration,
    /// Why it was no use; `None`: it is used.
    pub failure: Option<Unreachable>,
    /// Those behind it, tried only if this one is no use.
    pub others: Vec<SocketAddr>,
}

/// Why an address was no use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreachable {
    /// In one sentence that names the address.
    pub cause: String,
    /// What to do about it, where we know.
    pub remedy: Option<String>,
}

/// What became known with the CONNACK.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Online {
    /// The broker's answer, limits included.
    pub connack: ConnAck,
    /// Ours, or the one the broker gave us.
    pub client_id: String,
    /// The keep-alive in force, seconds; 0 is off.
    pub keep_alive_s: u16,
    /// When the CONNACK was read.
    pub at: Timestamp,
    /// From the first step to the CONNACK.
    pub took: Duration,
    /// Publications in flight that the session carried over and are sent again.
    pub n_resumed: usize,
    /// The version spoken, chosen or found.
    pub version: Version,
    /// What TLS agreed on, where there is TLS.
    pub tls: Option<TlsFacts>,
}

/// What TLS agreed on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TlsFacts {
    /// `TLS 1.3`, say.
    pub version: String,
    /// The cipher suite's IANA name.
    pub cipher: String,
    /// The protocol agreed on by ALPN.
    pub alpn: Option<String>,
    /// The broker's certificates, its own first.
    pub chain: Vec<Certificate>,
    /// Whether nothing of it was checked.
    pub insecure: bool,
    /// When it was agreed on, in milliseconds since 1970 (UTC).
    pub at_unix_ms: i64,
}

/// What a certificate says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Certificate {
    /// Whose it is.
    pub subject: String,
    /// Who says so.
    pub issuer: String,
    /// The names and addresses it is for.
    pub names: Vec<String>,
    /// Not to be trusted before, in milliseconds since 1970 (UTC).
    pub not_before_unix_ms: i64,
    /// Not to be trusted after, in milliseconds since 1970 (UTC).
    pub not_after_unix_ms: i64,
}

/// Why a broker said no, in its own words where it gave any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The code.
    pub reason: Reason,
    /// Its reason string (MQTT 5).
    pub words: Option<String>,
}

/// Figures of the link.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LinkStatus {
    /// When the figures were true.
    pub at: Timestamp,
    /// Bytes read since the task began, over all connections.
    pub bytes_in: u64,
    /// Bytes written since the task began.
    pub bytes_out: u64,
    /// Messages delivered since the task began.
    pub messages_in: u64,
    /// PUBLISH packets written since the task began, re-sends included.
    pub publishes_out: u64,
    /// When the last byte was read.
    pub last_inbound: Timestamp,
    /// When the next PINGREQ is due; `None` when keep-alive is off or we are offline.
    pub next_ping: Option<Timestamp>,
    /// Since when a PINGRESP is awaited.
    pub ping_sent: Option<Timestamp>,
    /// What is in flight, both ways.
    pub in_flight: Vec<InFlight>,
    /// Publications that wait to be sent.
    pub n_queued: usize,
    /// How often a full queue stopped the reading.
    pub n_stalls: u64,
    /// Duplicates of QoS 2 deliveries that were held back (section 4.3.3).
    pub n_duplicates: u64,
    /// Messages passed on, by what their PUBLISH carried.
    pub received: Tally,
    /// PUBLISH packets written, re-sends included.
    pub sent: Tally,
    /// Places of our receive maximum in use: deliveries not acknowledged yet (section 4.9).
    pub n_places_in: u32,
    /// Places of the broker's receive maximum in use: publications it has not acknowledged yet.
    pub n_places_out: u32,
    /// What came by which subscription, where the broker tells it by ids (MQTT 5.0 section 3.3.2.3.8).
    pub came_by: Vec<CameBy>,
    /// Messages that came without an id, although the broker sends them.
    pub n_without_id: u64,
    /// Messages read that the screen has not taken in yet.
    pub n_unread: usize,
}

/// What came by a subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CameBy {
    /// The id that the subscription was asked for with.
    pub id: u32,
    /// Its filter.
    pub filter: Filter,
    /// Its messages.
    pub tally: Tally,
    /// Bytes of their topics, properties and payloads.
    pub n_bytes: u64,
}

/// One exchange in flight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InFlight {
    /// Whether it is a publication of ours rather than a delivery.
    pub outbound: bool,
    /// Its id.
    pub packet_id: PacketId,
    /// Its topic; `None` for a delivery on one that is too long to be kept.
    pub topic: Option<Topic>,
    /// 1 or 2.
    pub qos: Qos,
    /// The packet that was exchanged last.
    pub stage: InFlightStage,
    /// Since when.
    pub since: Timestamp,
    /// How often it was sent again.
    pub n_resent: u32,
}

/// The packet that was exchanged last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InFlightStage {
    /// PUBLISH.
    Publish,
    /// PUBREC.
    PubRec,
    /// PUBREL.
    PubRel,
}

/// Something to tell that changes no state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// A message was left out, counted and acknowledged, for the reason in words.
    MessageRefused {
        /// As far as it could be read; invalid bytes replaced.
        topic: String,
        /// Of the whole packet, in bytes.
        n_bytes: u64,
        /// Why, with the limit and who set it.
        words: String,
    },
    /// The broker forgot our session: how many publications go out anew, how many may arrive twice.
    SessionLost {
        /// Publications that had been sent and start over.
        n_restarted: usize,
        /// QoS 2 publications among them, which may arrive twice now.
        n_maybe_twice: usize,
    },
    /// A PINGRESP is overdue.
    PingOverdue {
        /// Since the PINGREQ.
        waited: Duration,
    },
    /// Anything else worth a line in the log.
    Words(String),
}

/// The connection is gone, or could not be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    /// The step that failed; `None` when it had been online.
    pub step: Option<Step>,
    /// Why, in one sentence that names the offender.
    pub cause: String,
    /// What to do about it, where we know.
    pub remedy: Option<String>,
    /// The broker's reason code, where it gave one.
    pub reason: Option<Reason>,
    /// When it was noticed.
    pub at: Timestamp,
    /// When it is tried again; `None`: not by itself.
    pub retry_at: Option<Timestamp>,
    /// How often it was tried since it was last online.
    pub n_attempts: u32,
}

impl Lost {
    /// The word for it: what never was can't be lost.
    pub const fn words(&self) -> &'static str {
        match (self.step, self.reason) {
            (None, _) => "lost",
            (Some(_), Some(_)) => "refused",
            (Some(_), None) => "failed",
        }
    }
}

/// What the model asks of a device's task. Never blocks: a full queue is told in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BrokerRequest {
    /// Publish; held while offline.
    Publish(Ticket, Publication),
    /// Give a publication up that was not sent yet; one that was is not sent anew should the broker forget
    /// our session.
    Withdraw(Ticket),
    /// Add or change a subscription; asked again at each reconnect.
    Subscribe(Subscription),
    /// Drop a subscription.
    Unsubscribe(Filter),
    /// Have what is retained on a topic sent again, whatever is subscribed.
    Probe(Topic),
    /// Bring the subscription of a probed topic back to what is wished.
    EndProbe(Topic),
    /// Send a PINGREQ now.
    Ping,
    /// Connect at once: now, or instead of the wait.
    Connect,
    /// Say DISCONNECT and stay away until `Connect`.
    Disconnect,
    /// Say DISCONNECT and end the task.
    End,
}
