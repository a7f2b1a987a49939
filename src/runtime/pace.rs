//! When the next frame may be made, and for what. Owns the trade between freshness and bytes over SSH.
use crate::mqtt::BrokerEvent;
use crate::time::Timestamp;
use std::time::Duration;

/// Traffic repaints at most five times a second: more nobody reads.
const TRAFFIC_GAP: Duration = Duration::from_millis(200);

/// What a frame is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Want {
    /// Messages came.
    Traffic,
    /// The user did something, or something they wait for happened: at once.
    Now,
}

/// What an event takes of a turn with the devices' queues, and the frame it wants.
#[derive(Clone, Copy, Debug)]
pub struct Share {
    /// Messages, and what comes as thick as they do.
    pub n_messages: usize,
    /// Other events.
    pub n_events: usize,
    /// The frame.
    pub want: Want,
}

/// The share of an event.
pub fn share(event: &BrokerEvent) -> Share {
    let (n_messages, n_events, want) = match event {
        BrokerEvent::Messages(batch) => (batch.len(), 0, Want::Traffic),
        // What publishes by itself does so a thousand times a second.
        BrokerEvent::Publication { ticket, .. } if ticket.run().is_some() => (1, 0, Want::Traffic),
        // A broker may send what earns notices as fast as messages.
        BrokerEvent::Link(_) | BrokerEvent::Notice(_) | BrokerEvent::Detail(_) => (0, 0, Want::Traffic),
        BrokerEvent::StepBegun(..)
        | BrokerEvent::StepDone(..)
        | BrokerEvent::Online(_)
        | BrokerEvent::Subscribed { .. }
        | BrokerEvent::Unsubscribed { .. }
        | BrokerEvent::Probed { .. }
        | BrokerEvent::Publication { .. }
        | BrokerEvent::Pong { .. }
        | BrokerEvent::Lost(_)
        | BrokerEvent::Ended => (0, 1, Want::Now),
    };
    Share { n_messages, n_events, want }
}

/// The pacing of frames.
#[derive(Debug)]
pub struct Pace {
    max_bytes_per_s: u64,
    wanted: Option<Want>,
    traffic_from: Timestamp,
}

impl Pace {
    /// At most so many bytes a second for traffic; keys are never held back.
    pub fn new(max_bytes_per_s: u64) -> Self {
        Self {
            max_bytes_per_s: max_bytes_per_s.max(1),
            wanted: Some(Want::Now),
            traffic_from: Timestamp::ZERO,
        }
    }

    /// A frame is wanted.
    pub fn want(&mut self, want: Want) {
        self.wanted = self.wanted.max(Some(want));
    }

    /// When the wanted frame is due; `None` when none is wanted.
    pub fn due(&self) -> Option<Timestamp> {
        self.wanted.map(|want| match want {
            Want::Now => Timestamp::ZERO,
            Want::Traffic => self.traffic_from,
        })
    }

    /// A frame was made and cost so many bytes.
    pub fn painted(&mut self, now: Timestamp, n_bytes: usize) {
        self.wanted = None;
        let ns = (n_bytes as u64).saturating_mul(1_000_000_000) / self.max_bytes_per_s;
        self.traffic_from = now + TRAFFIC_GAP.max(Duration::from_nanos(ns));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traffic_waits_for_its_bytes_and_a_key_for_nothing() {
        let mut pace = Pace::new(8_000);
        let at = Timestamp::from_millis;
        pace.painted(at(1_000), 80);
        assert_eq!(pace.due(), None);
        pace.want(Want::Traffic);
        assert_eq!(pace.due(), Some(at(1_200)));
        pace.painted(at(1_200), 4_000);
        pace.want(Want::Traffic);
        assert_eq!(pace.due(), Some(at(1_700)), "half a second's worth of bytes");
        pace.want(Want::Now);
        pace.want(Want::Traffic);
        assert_eq!(pace.due(), Some(Timestamp::ZERO));
    }
}
