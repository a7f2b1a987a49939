//! What the broker counts, and how `$SYS` tells it. Owns the topics' names, which are mosquitto's.
use super::deliver::Letter;
use super::{Core, Origin};
use crate::mqtt::Qos;
use crate::time::Timestamp;
use std::time::Duration;

/// How often `$SYS` is brought up to date: mosquitto's default.
const FIGURES_EVERY: Duration = Duration::from_secs(10);

/// Counters since the broker was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Bytes read from clients.
    pub bytes_received: u64,
    /// Bytes handed over for writing.
    pub bytes_sent: u64,
    /// Control packets of any kind.
    pub packets_received: u64,
    /// Control packets of any kind.
    pub packets_sent: u64,
    /// Publications from clients and from inside.
    pub publishes_received: u64,
    /// Deliveries.
    pub publishes_sent: u64,
    /// Deliveries that were not made: queue or buffer full, too large for the client.
    pub publishes_dropped: u64,
    /// Messages for listeners in this process that found their queue full.
    pub unheard: u64,
}

impl Core {
    /// When [`Core::due`] has something to do next.
    pub fn deadline(&self) -> Timestamp {
        let sessions = self.sessions.iter().flatten();
        let ends = sessions.flat_map(|session| [session.ends_at, session.will_at]).flatten();
        ends.fold(self.figures_at, Timestamp::min)
    }

    /// Ends sessions, sends delayed wills, and brings `$SYS` up to date, where it is time.
    pub fn due(&mut self, now: Timestamp) {
        self.end_overdue(now);
        if now >= self.figures_at {
            self.figures_at = now + FIGURES_EVERY;
            self.tell_figures(now);
        }
    }

    fn tell_figures(&mut self, now: Timestamp) {
        let n_sessions = self.by_client_id.len();
        let n_here = self.sessions.iter().flatten().filter(|session| session.connection.is_some()).count();
        // Listeners in this process do not count.
        let n_filters: usize = self.sessions.iter().flatten().map(|session| session.filters.len()).sum();
        let f = self.figures;
        let texts = [
            ("version", concat!("mqttscope demo ", env!("CARGO_PKG_VERSION")).to_owned()),
            ("uptime", format!("{} seconds", now.since(self.started).as_secs())),
            ("clients/connected", n_here.to_string()),
            ("clients/disconnected", (n_sessions - n_here).to_string()),
            ("clients/total", n_sessions.to_string()),
            ("messages/received", f.packets_received.to_string()),
            ("messages/sent", f.packets_sent.to_string()),
            ("publish/messages/received", f.publishes_received.to_string()),
            ("publish/messages/sent", f.publishes_sent.to_string()),
            ("publish/messages/dropped", f.publishes_dropped.to_string()),
            ("bytes/received", f.bytes_received.to_string()),
            ("bytes/sent", f.bytes_sent.to_string()),
            ("subscriptions/count", n_filters.to_string()),
            ("retained messages/count", self.retained.len().to_string()),
        ];
        for (name, text) in texts {
            let letter = Letter {
                topic: &format!("$SYS/broker/{name}"),
                payload: text.as_bytes(),
                qos: Qos::AtMostOnce,
                retain: true,
                properties: None,
            };
            self.route(now, &letter, Origin::Broker);
        }
    }
}
