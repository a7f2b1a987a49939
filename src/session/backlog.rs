//! What the broker kept for us while we were away (section 4.4). Owns the judgement of which deliveries it was.
//!
//! No delivery says when it was published. Certain is one with DUP on a resumed session: it was sent before, on
//! a connection that is gone (MQTT-3.3.1-1). The others come first, as fast as the broker may send them, and
//! what is published meanwhile comes between or behind them. So a ping goes out when we have nothing else to
//! say, and another at each answer, until no delivery came between a ping and its answer: what came so far at
//! QoS 1 and 2 is called likely, and nothing later is.
use crate::mqtt::packet::PublishRef;
use crate::mqtt::{Qos, Queued};

/// Pings asked at most: a broker that sends 20 at once has told of 320 by then, and whoever publishes without
/// a pause at QoS 1 does not keep us asking.
const MAX_ROUNDS: u32 = 16;

#[derive(Debug, Default)]
pub(super) struct Backlog {
    round: Round,
    n_rounds: u32,
    n_certain: u64,
    n_likely: u64,
}

/// Where the asking stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Round {
    /// What comes now is live.
    #[default]
    Over,
    /// A ping is to go out.
    Asking,
    /// It is out; whether a delivery came since.
    Asked { is_quiet: bool },
}

impl Backlog {
    /// CONNACK says that the session is present.
    pub fn begin(&mut self) {
        *self = Self { round: Round::Asking, ..Self::default() };
    }

    /// Whether a ping is to go out now; notes it as sent.
    pub fn take_ping(&mut self) -> bool {
        let is_due = self.round == Round::Asking;
        if is_due {
            self.round = Round::Asked { is_quiet: true };
        }
        is_due
    }

    /// What a delivery that goes on to the screen was.
    #[inline]
    pub fn judge(&mut self, publish: &PublishRef<'_>) -> Queued {
        match self.round {
            Round::Over => Queued::No,
            Round::Asking | Round::Asked { .. } => self.judge_early(publish),
        }
    }

    fn judge_early(&mut self, publish: &PublishRef<'_>) -> Queued {
        // QoS 0 need not be kept, and what is retained comes for a subscription made now.
        if publish.qos == Qos::AtMostOnce || publish.retain {
            return Queued::No;
        }
        if let Round::Asked { is_quiet } = &mut self.round {
            *is_quiet = false;
        }
        if publish.dup {
            self.n_certain += 1;
            Queued::Certainly
        } else {
            self.n_likely += 1;
            Queued::Likely
        }
    }

    /// A ping was answered; the words when that was the last.
    pub fn answered(&mut self) -> Option<String> {
        let Round::Asked { is_quiet } = self.round else { return None };
        self.n_rounds += 1;
        if !is_quiet && self.n_rounds < MAX_ROUNDS {
            self.round = Round::Asking;
            return None;
        }
        self.end()
    }

    /// Nothing more of it comes; the words, where there was anything.
    pub fn end(&mut self) -> Option<String> {
        let Self { n_certain, n_likely, .. } = std::mem::take(self);
        match (n_certain, n_likely) {
            (0, 0) => None,
            (1, 0) => Some("1 message was queued while we were away".into()),
            (n, 0) => Some(format!("{n} messages were queued while we were away")),
            (0, 1) => Some("1 message was likely queued while we were away".into()),
            (0, n) => Some(format!("{n} messages were likely queued while we were away")),
            (sure, n) => Some(format!(
                "{} messages were likely queued while we were away, {sure} of them certainly",
                n + sure
            )),
        }
    }
}
