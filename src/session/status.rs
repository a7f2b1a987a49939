//! What a session tells of itself: figures, wishes and whether it is over. Changes nothing.
use super::{Link, Session, Wish};
use crate::mqtt::Ticket;
use crate::mqtt::port::LinkStatus;
use crate::time::Timestamp;

/// Exchanges that a [`LinkStatus`] lists: more than a screen shows.
const MAX_IN_FLIGHT_LISTED: usize = 256;

impl Session {
    /// Whether a round trip is being measured, so that reads must not be delayed.
    pub fn awaits_reply(&self) -> bool {
        match self.link {
            Link::Closed | Link::Closing { .. } => false,
            Link::Opened { .. } => true,
            Link::Online { .. } => {
                self.keep_alive.outstanding_since().is_some() || self.outbound.is_in_flight()
            }
        }
    }

    /// The figures that the session knows; the caller fills in bytes and stalls.
    pub fn link_status(&self, now: Timestamp) -> LinkStatus {
        let mut in_flight: Vec<_> = self.outbound.in_flight(MAX_IN_FLIGHT_LISTED).collect();
        in_flight.extend(self.inbound.in_flight(MAX_IN_FLIGHT_LISTED - in_flight.len()));
        in_flight.sort_by_key(|exchange| exchange.since);
        let (came_by, n_without_id) = self.subscriptions.numbers.told();
        LinkStatus {
            at: now,
            messages_in: self.received.total(),
            publishes_out: self.outbound.sent.total(),
            last_inbound: self.keep_alive.last_inbound(),
            next_ping: self.is_online().then(|| self.keep_alive.next_ping()).flatten(),
            ping_sent: self.keep_alive.outstanding_since(),
            in_flight,
            n_queued: self.outbound.n_held(),
            n_duplicates: self.inbound.n_duplicates,
            received: self.received,
            sent: self.outbound.sent,
            n_places_in: self.inbound.n_places(),
            n_places_out: self.outbound.n_places(),
            came_by,
            n_without_id,
            ..LinkStatus::default()
        }
    }

    /// Whether the session is between CONNACK and the transport's loss.
    pub fn is_online(&self) -> bool {
        matches!(self.link, Link::Online { .. })
    }

    /// Whether the user wants a connection: false after `Disconnect`, `End`, or an error that forbids to retry.
    pub fn wants_connection(&self) -> bool {
        self.wish == Wish::Connected
    }

    /// When to dial, while there is no transport: at once for the first time and after `Connect`.
    pub fn retry_at(&self) -> Option<Timestamp> {
        match self.link {
            Link::Closed => self.retry_at,
            Link::Opened { .. } | Link::Online { .. } | Link::Closing { .. } => None,
        }
    }

    /// Whether the transport is to be closed as soon as everything handed out is written.
    pub fn wants_close(&self) -> bool {
        matches!(&self.link, Link::Closing { last_word: None, .. }) && self.acks.is_empty()
    }

    /// Whether the task is to end: `End` was asked for, and no transport is open.
    pub fn has_ended(&self) -> bool {
        self.wish == Wish::Ended && matches!(self.link, Link::Closed)
    }

    /// Publications that were not sent yet, and since when each waits.
    pub fn held(&self) -> impl Iterator<Item = (Ticket, Timestamp)> {
        self.outbound.held()
    }
}
