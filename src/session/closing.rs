//! How a connection comes to its end. Owns the wishes and our last words; the caller closes the transport.
use super::{Fatal, Link, Session, Wish, inbound, packets};
use crate::mqtt::packet::{Disconnect, PublishRef};
use crate::mqtt::{Qos, Reason, Version};
use crate::time::Timestamp;

impl Session {
    /// The connection cannot go on: on MQTT 5 the reason goes out first (section 4.13).
    ///
    /// On 3.1.1 a DISCONNECT would only tell the broker that all is well, and to drop the will.
    pub(super) fn fail(&mut self, fatal: Fatal) -> Fatal {
        let says_why = self.profile.version == Version::V5 && !fatal.from_broker && self.connect_is_out();
        let last_word = says_why.then(|| Disconnect {
            reason: fatal.reason,
            reason_string: Some(fatal.words.clone()),
            ..Disconnect::default()
        });
        self.acks.forget_all();
        self.close(last_word);
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

    /// Whether a PUBLISH goes on to the screen; its alias is in the table afterwards.
    #[inline]
    pub(super) fn judge_publish(
        &mut self,
        now: Timestamp,
        publish: &PublishRef<'_>,
    ) -> Result<inbound::Delivery, Fatal> {
        if !matches!(self.link, Link::Online { .. }) {
            return Err(packets::before_connack("PUBLISH"));
        }
        match publish.topic_alias {
            Some(alias) => self.aliases.learn(alias, publish.topic)?,
            None if publish.topic.is_empty() => {
                return Err(Fatal::protocol_error(
                    "the broker sent a PUBLISH with neither topic nor topic alias".into(),
                ));
            }
            None => {}
        }
        match (publish.qos, publish.packet_id) {
            (Qos::AtMostOnce, _) => Ok(inbound::Delivery::New),
            (Qos::AtLeastOnce, Some(id)) => {
                self.inbound.at_least_once(id, Reason::SUCCESS, &mut self.acks)?;
                Ok(inbound::Delivery::New)
            }
            (Qos::ExactlyOnce, Some(id)) => self.inbound.exactly_once(now, id, &mut self.acks),
            (Qos::AtLeastOnce | Qos::ExactlyOnce, None) => Err(Fatal::protocol_error(format!(
                "the broker sent a PUBLISH at QoS {} without a packet id",
                publish.qos
            ))),
        }
    }
}
