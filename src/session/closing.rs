//! How a connection comes to its end. Owns the wishes and our last words; the caller closes the transport.
use super::{Certainty, Fatal, Link, Session, Wish, backoff};
use crate::mqtt::Version;
use crate::mqtt::packet::Disconnect;
use crate::time::Timestamp;
use std::time::Duration;

/// Connections lost at once after which another client of the same id is suspected.
const SHORT_LIVED: u32 = 3;

impl Session {
    /// The connection cannot go on: on MQTT 5 the reason goes out first (section 4.13).
    ///
    /// On 3.1.1 a DISCONNECT would only tell the broker that all is well, and to drop the will.
    pub(super) fn fail(&mut self, fatal: Fatal) -> Fatal {
        let says_why = self.profile.version == Version::V5 && !fatal.from_broker && self.connect_is_out();
        // The words must not make the packet larger than the broker takes (MQTT-3.14.2-3).
        let room = self.limits.max_packet_bytes.unwrap_or(u32::MAX) as usize;
        let last_word = says_why.then(|| Disconnect {
            reason: fatal.reason,
            reason_string: Some(fatal.words.clone()).filter(|words| words.len() + 16 <= room),
            ..Disconnect::default()
        });
        self.acks.forget_all();
        let certainty = self.certainty;
        self.close(last_word);
        if fatal.from_broker {
            // A CONNECT that was refused was answered, and made no session.
            self.certainty = certainty;
        }
        fatal
    }

    /// The broker doesn't answer: there is nobody to say anything to.
    pub(super) fn fall_silent(&mut self, fatal: Fatal) -> Fatal {
        self.acks.forget_all();
        self.close(None);
        fatal
    }

    fn close(&mut self, last_word: Option<Disconnect>) {
        let online_since = match self.link {
            Link::Online { since } => Some(since),
            Link::Closing { online_since, .. } => online_since,
            Link::Opened { connect: None, .. } => {
                self.certainty = Certainty::Doubtful;
                None
            }
            Link::Closed | Link::Opened { .. } => None,
        };
        self.link = Link::Closing { last_word, online_since };
    }

    /// Before CONNECT nothing may be sent at all (MQTT-3.1.0-1).
    fn connect_is_out(&self) -> bool {
        match &self.link {
            Link::Opened { connect, .. } => connect.is_none(),
            Link::Online { .. } => true,
            Link::Closed | Link::Closing { .. } => false,
        }
    }

    /// Two clients of one id throw each other out for ever. On MQTT 5 the broker says so (0x8E); on 3.1.1 it
    /// only closes, so that a connection which is lost at once, again and again, is all there is to see.
    pub(super) fn note_life(&mut self, lived: Duration) {
        if lived >= backoff::STABLE_AFTER {
            self.n_short_lived = 0;
            return;
        }
        self.n_short_lived = self.n_short_lived.saturating_add(1);
        if self.n_short_lived.is_multiple_of(SHORT_LIVED)
            && let Some(words) = self.rival()
        {
            self.notice_words(words);
        }
    }

    /// The words for another client that may use our id.
    pub fn rival(&self) -> Option<String> {
        let (n, id) = (self.n_short_lived, &self.client_id);
        (n >= SHORT_LIVED).then(|| {
            format!(
                "{n} connections in a row were lost at once: another client may use the client id {id:?}; give one of your own with --client-id"
            )
        })
    }

    pub(super) fn wish_connected(&mut self, now: Timestamp) {
        if self.wish == Wish::Ended {
            return;
        }
        self.wish = Wish::Connected;
        self.backoff.reset();
        match self.link {
            Link::Closed | Link::Closing { .. } => self.retry_at = Some(now),
            Link::Opened { .. } | Link::Online { .. } => {}
        }
    }

    /// `Disconnect` and `End`: what the broker waits for is still acknowledged, then it hears DISCONNECT.
    pub(super) fn wish_away(&mut self, now: Timestamp, wish: Wish) {
        if self.wish == Wish::Ended {
            return;
        }
        self.wish = wish;
        self.retry_at = None;
        if wish == Wish::Ended {
            let words = "the device was closed before it could be sent";
            self.outbound.give_up_held(now, words, &mut self.events);
        }
        match self.link {
            Link::Closed | Link::Closing { .. } => {}
            Link::Opened { .. } | Link::Online { .. } => {
                let last_word = self.connect_is_out().then(Disconnect::default);
                self.close(last_word);
            }
        }
    }
}
