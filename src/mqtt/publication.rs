//! What we ask the broker to publish, and the stages it goes through. Owns no packet ids.
use super::properties::PublishProperties;
use super::reason::Reason;
use super::topic::Topic;
use super::words::{PacketId, Qos};
use std::fmt;
use std::sync::Arc;

/// Bytes of a publication; cheap to clone, since a re-send needs them again.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Payload(pub Arc<[u8]>);

impl From<&[u8]> for Payload {
    fn from(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }
}

impl From<Vec<u8>> for Payload {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes.into())
    }
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", String::from_utf8_lossy(&self.0))
    }
}

/// What we ask the broker to publish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// Where to.
    pub topic: Topic,
    /// The bytes.
    pub payload: Payload,
    /// Quality of service asked for.
    pub qos: Qos,
    /// Whether the broker shall keep it for later subscribers.
    pub retain: bool,
    /// MQTT 5 properties; on 3.1.1 they must be empty.
    pub properties: PublishProperties,
}

/// Our number for a publication, from the form until it is acknowledged; unique within a device. Its upper bits tell
/// whose it is: a run's that publishes by itself, or nobody's in particular.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

impl Ticket {
    /// Bits that count the publications of one run: 35 years at 1,000 a second. The 24 above them number the run.
    const SERIAL_BITS: u32 = 40;

    /// The greatest number of a run.
    pub const MAX_RUN: u32 = (1 << (u64::BITS - Self::SERIAL_BITS)) - 1;

    /// The ticket of a run's publication; runs are numbered from 1, their publications from 0.
    pub const fn of_run(run: u32, serial: u64) -> Self {
        Self((run as u64) << Self::SERIAL_BITS | (serial & ((1 << Self::SERIAL_BITS) - 1)))
    }

    /// The number of the run that it belongs to, if it does to any.
    pub fn run(self) -> Option<u32> {
        u32::try_from(self.0 >> Self::SERIAL_BITS).ok().filter(|run| *run > 0)
    }

    /// Which publication of its run it is.
    pub const fn serial(self) -> u64 {
        self.0 & ((1 << Self::SERIAL_BITS) - 1)
    }
}

/// How far a publication has come. Every stage is told once, in this order, save what a QoS leaves out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Waits: for the connection, or for a place within the broker's receive maximum.
    Queued,
    /// Its PUBLISH left with this packet id (`None` at QoS 0, for which this is the last stage).
    Sent {
        /// The id in flight.
        packet_id: Option<PacketId>,
        /// Whether this was a re-send after a lost connection, with DUP set (section 4.4).
        resent: bool,
    },
    /// PUBREC came (QoS 2); the PUBREL is on its way.
    Received,
    /// PUBACK (QoS 1) or PUBCOMP (QoS 2) came: the broker owns it now. The last stage.
    Acknowledged(Reason),
    /// The broker refused it, in its own words where it gave any. The last stage.
    Refused(Reason, Option<String>),
    /// We did not send it, and say why and what to do. The last stage.
    NotSent(String),
}

impl Stage {
    /// Whether nothing more will be heard of the publication.
    pub fn is_last(&self) -> bool {
        match self {
            Self::Queued | Self::Received | Self::Sent { packet_id: Some(_), .. } => false,
            Self::Sent { packet_id: None, .. }
            | Self::Acknowledged(_)
            | Self::Refused(..)
            | Self::NotSent(_) => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_tells_whose_it_is() {
        let most = (1 << 40) - 1;
        for (ticket, run, serial) in [
            (Ticket(7), None, 7),
            (Ticket::of_run(1, 0), Some(1), 0),
            (Ticket::of_run(65_537, most), Some(65_537), most),
            (Ticket::of_run(Ticket::MAX_RUN, 3), Some(Ticket::MAX_RUN), 3),
        ] {
            assert_eq!((ticket.run(), ticket.serial()), (run, serial));
        }
    }
}
