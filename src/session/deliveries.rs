//! PUBLISH from the broker (MQTT 5.0 section 3.3): the hot path. Owns what of it becomes a message.
use super::inbound::Delivery;
use super::{Fatal, Link, Session, packets};
use crate::mqtt::packet::{Aliased, PublishRef};
use crate::mqtt::port::Notice;
use crate::mqtt::{BrokerEvent, MessageRef, PacketId, Qos, Reason, Retained, Version};
use crate::time::Timestamp;

impl Session {
    /// Takes a PUBLISH; returns the message unless it is a QoS 2 duplicate to be held back.
    pub fn receive_publish<'a>(
        &'a mut self,
        now: Timestamp,
        publish: &PublishRef<'a>,
    ) -> Result<Option<MessageRef<'a>>, Fatal> {
        if let Some(alias) = publish.topic_alias
            && publish.topic.is_empty()
            && self.aliases.is_lost(alias)
            && self.is_online()
        {
            self.leave_out(now, publish, alias);
            return Ok(None);
        }
        let topic = match self.judge_publish(now, publish) {
            Ok(Delivery::Duplicate) => return Ok(None),
            Ok(Delivery::New) => match publish.topic_alias {
                None => publish.topic,
                Some(alias) => self.aliases.get(alias).unwrap_or(publish.topic),
            },
            Err(fatal) => {
                let closing = matches!(self.link, Link::Closed | Link::Closing { .. });
                return if closing { Ok(None) } else { Err(self.fail(fatal)) };
            }
        };
        self.received.count(publish.qos, publish.dup, publish.retain);
        self.subscriptions.numbers.count(publish, topic.len());
        let queued = self.backlog.judge(publish);
        let is_told = self.subscriptions.any_retain_as_published;
        let retained = match publish.retained(self.profile.version) {
            Retained::No if !is_told => Retained::Unknown,
            known @ (Retained::Yes | Retained::No | Retained::Unknown) => known,
        };
        Ok(Some(MessageRef {
            topic,
            payload: publish.payload,
            properties: publish.properties,
            qos: publish.qos,
            retained,
            dup: publish.dup,
            queued,
            packet_id: publish.packet_id,
            received: now,
        }))
    }

    /// Whoever publishes by an alias that was lost is not at fault: acknowledged and told, not fatal.
    #[cold]
    fn leave_out(&mut self, now: Timestamp, publish: &PublishRef<'_>, alias: u16) {
        self.refuse_publish(now, publish.qos, publish.packet_id);
        let n_bytes = (publish.payload.len() + publish.properties.len()) as u64;
        let words = format!(
            "it has the topic alias {alias} alone, and the message that said which topic that is could not be read"
        );
        let notice = Notice::MessageRefused { topic: String::new(), n_bytes, words };
        self.events.push_back(BrokerEvent::Notice(notice));
    }

    /// Notes what a PUBLISH that could not be taken did to the topic aliases.
    pub fn note_aliased(&mut self, aliased: Aliased, topic: &str) {
        self.aliases.note(aliased, topic);
    }

    /// Acknowledges a PUBLISH that could not be taken, so that the broker doesn't send it for ever.
    pub fn refuse_publish(&mut self, now: Timestamp, qos: Qos, packet_id: Option<PacketId>) {
        // 0x83, implementation specific error: the one that fits "your message is beyond us".
        let reason = match self.profile.version {
            Version::V3 => Reason::SUCCESS,
            Version::V5 => Reason(0x83),
        };
        let (Link::Online { .. }, Some(packet_id)) = (&self.link, packet_id) else { return };
        // Beyond the receive maximum the next delivery that can be read ends the connection.
        let _ = match (qos, self.profile.version) {
            (Qos::AtMostOnce, _) => Ok(()),
            (Qos::AtLeastOnce, _) => self.inbound.at_least_once(packet_id, reason, &mut self.acks),
            (Qos::ExactlyOnce, Version::V3) => {
                self.inbound.exactly_once(now, packet_id, (false, ""), &mut self.acks).map(|_| ())
            }
            (Qos::ExactlyOnce, Version::V5) => {
                self.inbound.refuse_exactly_once(packet_id, reason, &mut self.acks)
            }
        };
    }

    /// Whether a PUBLISH goes on to the screen; its alias is in the table afterwards.
    #[inline]
    pub(super) fn judge_publish(
        &mut self,
        now: Timestamp,
        publish: &PublishRef<'_>,
    ) -> Result<Delivery, Fatal> {
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
            (Qos::AtMostOnce, _) => Ok(Delivery::New),
            (Qos::AtLeastOnce, Some(id)) => {
                self.inbound.at_least_once(id, Reason::SUCCESS, &mut self.acks)?;
                Ok(Delivery::New)
            }
            (Qos::ExactlyOnce, Some(id)) => {
                let alias = publish.topic_alias.and_then(|alias| self.aliases.get(alias));
                let told = (publish.dup, alias.unwrap_or(publish.topic));
                let delivery = self.inbound.exactly_once(now, id, told, &mut self.acks)?;
                // One id delivered again and again takes no further place, but earns a PUBREC each time.
                self.bound_acks()?;
                Ok(delivery)
            }
            (Qos::AtLeastOnce | Qos::ExactlyOnce, None) => Err(Fatal::protocol_error(format!(
                "the broker sent a PUBLISH at QoS {} without a packet id",
                publish.qos
            ))),
        }
    }
}
