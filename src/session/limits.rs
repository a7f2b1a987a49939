//! What the broker takes. Owns the limits of the CONNACK and the words for what exceeds them; what its kind takes,
//! known before any CONNACK, is `mqtt::preset`'s.
use crate::mqtt::packet::ConnAck;
use crate::mqtt::port::Refusal;
use crate::mqtt::preset;
use crate::mqtt::size::{self, MAX_REMAINING_BYTES};
use crate::mqtt::topic::MAX_TOPIC_BYTES;
use crate::mqtt::{Publication, Qos, Reason, Subscription, Topic, Version};

/// The limits in force on this connection; what the CONNACK leaves out has the spec's default (section 3.2.2.3).
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a feature of its own that a CONNACK names")]
pub(super) struct Limits {
    pub version: Version,
    pub receive_maximum: u16,
    pub max_qos: Qos,
    pub retain_available: bool,
    pub max_packet_bytes: Option<u32>,
    pub topic_alias_maximum: u16,
    pub wildcard_available: bool,
    pub shared_available: bool,
    /// Whether a SUBSCRIBE may carry an id; 3.1.1 has none.
    pub ids_available: bool,
    /// What a broker of its kind takes.
    pub kind: preset::Limits,
}

impl Limits {
    pub fn new(version: Version, connack: &ConnAck, kind: preset::Limits) -> Self {
        Self {
            version,
            receive_maximum: connack.receive_maximum.unwrap_or(u16::MAX),
            max_qos: connack.max_qos.unwrap_or(Qos::ExactlyOnce),
            retain_available: connack.retain_available.unwrap_or(true),
            max_packet_bytes: connack.max_packet_bytes,
            topic_alias_maximum: connack.topic_alias_maximum.unwrap_or(0),
            wildcard_available: connack.wildcard_available.unwrap_or(true),
            shared_available: connack.shared_available.unwrap_or(true),
            ids_available: version == Version::V5
                && kind.subscription_ids
                && connack.subscription_ids_available.unwrap_or(true),
            kind,
        }
    }

    /// Why the broker would not take a publication: sending it anyway ends the connection.
    pub fn objection(&self, publication: &Publication) -> Option<String> {
        if publication.qos > self.max_qos {
            return Some(format!(
                "QoS {} is more than the broker takes: its CONNACK allows at most QoS {}",
                publication.qos, self.max_qos
            ));
        }
        if publication.retain && !self.retain_available {
            return Some("the broker keeps no retained messages: its CONNACK says so".into());
        }
        if let Some(alias) = publication.properties.topic_alias
            && alias > self.topic_alias_maximum
        {
            return Some(format!(
                "the topic alias {alias} is more than the broker takes: its CONNACK allows at most {}",
                self.topic_alias_maximum
            ));
        }
        if self.version == Version::V3 && !publication.properties.is_empty() {
            // It was asked for while MQTT 5 was hoped for.
            return Some(NO_PROPERTIES.into());
        }
        let n_bytes = publication.encoded_bytes(self.version);
        match self.max_packet_bytes {
            Some(limit) if n_bytes > limit as usize => {
                Some(format!("the packet has {n_bytes} bytes; the broker's CONNACK allows at most {limit}"))
            }
            Some(_) | None => None,
        }
    }

    /// Why the broker would not take a subscription; told without asking it (section 3.2.2.3.11 and .13).
    pub fn refusal(&self, subscription: &Subscription) -> Option<Refusal> {
        let refuse = |reason, words: &str| Some(Refusal { reason, words: Some(words.into()) });
        if let Err(words) = self.kind.check_subscription(subscription) {
            return refuse(Reason(0x8F), &format!("{words}; nothing was sent"));
        }
        let filter = &subscription.filter;
        if filter.has_wildcards() && !self.wildcard_available {
            return refuse(
                Reason(0xA2),
                "the broker's CONNACK says that it takes no wildcards; nothing was sent",
            );
        }
        if filter.share_group().is_some() && self.version == Version::V5 {
            if !self.shared_available {
                return refuse(
                    Reason(0x9E),
                    "the broker's CONNACK says that it shares no subscriptions; nothing was sent",
                );
            }
            if subscription.no_local {
                return refuse(
                    Reason::PROTOCOL_ERROR,
                    "a shared subscription cannot leave out our own messages (no local); nothing was sent",
                );
            }
        }
        let n_bytes = size::subscribe_bytes(size::subscription_bytes(subscription), self.version);
        match self.max_packet_bytes {
            Some(limit) if n_bytes > limit as usize => {
                let words = format!(
                    "its SUBSCRIBE has {n_bytes} bytes; the broker's CONNACK allows at most {limit}; nothing was sent"
                );
                refuse(Reason::PACKET_TOO_LARGE, &words)
            }
            Some(_) | None => None,
        }
    }
}

const NO_PROPERTIES: &str = "MQTT 3.1.1 carries no properties; leave them out, or connect with --mqtt 5";

/// Why no broker could take a publication, whatever its limits.
pub(super) fn never_valid(publication: &Publication, version: Version) -> Option<String> {
    let properties = &publication.properties;
    if version == Version::V3 && !properties.is_empty() {
        return Some(NO_PROPERTIES.into());
    }
    if properties.topic_alias == Some(0) {
        return Some("a topic alias cannot be 0".into());
    }
    if !properties.subscription_ids.is_empty() {
        return Some("a publication of a client carries no subscription ids".into());
    }
    if let Some(topic) = &properties.response_topic
        && let Err(error) = Topic::parse(topic)
    {
        return Some(format!("the response topic {topic:?} is no topic: {error}"));
    }
    let too_long = |what: &str, n_bytes: usize| {
        (n_bytes > MAX_TOPIC_BYTES)
            .then(|| format!("the {what} is at most 65,535 bytes long; this one has {n_bytes}"))
    };
    let lengths = [
        ("correlation data", properties.correlation_data.as_ref().map_or(0, Vec::len)),
        ("content type", properties.content_type.as_ref().map_or(0, String::len)),
    ];
    let user = properties.user.iter().flat_map(|(name, value)| {
        [("name of a user property", name.len()), ("value of a user property", value.len())]
    });
    if let Some(words) = lengths.into_iter().chain(user).find_map(|(what, bytes)| too_long(what, bytes)) {
        return Some(words);
    }
    let n_bytes = publication.encoded_bytes(version);
    // One byte of type and four of length come on top of the remaining length.
    (n_bytes > MAX_REMAINING_BYTES + 5).then(|| {
        format!("the packet has {n_bytes} bytes; MQTT itself allows at most {}", MAX_REMAINING_BYTES + 5)
    })
}
