//! How many bytes our packets take on the wire. Owns the arithmetic of MQTT 5.0 section 2.1; writes no byte.
use super::filter::Filter;
use super::packet::Publish;
use super::profile::{Subscription, Version};
use super::properties::PublishProperties;
use super::publication::Publication;
use super::words::Qos;

/// The largest remaining length that four bytes can tell (MQTT 5.0 section 2.1.4).
pub const MAX_REMAINING_BYTES: usize = 268_435_455;

/// How many bytes a variable byte integer takes (MQTT 5.0 section 1.5.5).
pub const fn varint_bytes(value: usize) -> usize {
    match value {
        0..=127 => 1,
        128..=16_383 => 2,
        16_384..=2_097_151 => 3,
        _ => 4,
    }
}

impl Publication {
    /// How many bytes its PUBLISH takes, header included.
    pub fn encoded_bytes(&self, version: Version) -> usize {
        packet(publish_remaining(
            self.topic.as_str().len(),
            self.qos,
            &self.properties,
            self.payload.0.len(),
            version,
        ))
    }
}

impl Publish {
    /// How many bytes it takes, header included.
    pub fn encoded_bytes(&self, version: Version) -> usize {
        packet(publish_remaining(
            self.topic.as_str().len(),
            self.qos,
            &self.properties,
            self.payload.0.len(),
            version,
        ))
    }
}

impl PublishProperties {
    /// How many bytes they take, without their own length in front.
    pub fn encoded_bytes(&self) -> usize {
        let text = |text: &Option<String>| text.as_ref().map_or(0, |text| 3 + text.len());
        let number = |is_there: bool, bytes: usize| if is_there { 1 + bytes } else { 0 };
        number(self.payload_is_utf8.is_some(), 1)
            + number(self.message_expiry_s.is_some(), 4)
            + number(self.topic_alias.is_some(), 2)
            + text(&self.response_topic)
            + self.correlation_data.as_ref().map_or(0, |data| 3 + data.len())
            + self.user.iter().map(|(name, value)| 5 + name.len() + value.len()).sum::<usize>()
            + self.subscription_ids.iter().map(|id| 1 + varint_bytes(*id as usize)).sum::<usize>()
            + text(&self.content_type)
    }
}

/// What one filter adds to a SUBSCRIBE: its text, the text's length, and the options.
pub fn subscription_bytes(subscription: &Subscription) -> usize {
    3 + subscription.filter.as_str().len()
}

/// What one filter adds to an UNSUBSCRIBE: its text and the text's length.
pub fn filter_bytes(filter: &Filter) -> usize {
    2 + filter.as_str().len()
}

/// A SUBSCRIBE or UNSUBSCRIBE whose filters take so many bytes, header included, without properties.
pub fn subscribe_bytes(filters_bytes: usize, version: Version) -> usize {
    let properties = match version {
        Version::V3 => 0,
        Version::V5 => 1,
    };
    packet(2 + properties + filters_bytes)
}

fn publish_remaining(
    topic_bytes: usize,
    qos: Qos,
    properties: &PublishProperties,
    payload_bytes: usize,
    version: Version,
) -> usize {
    let packet_id = match qos {
        Qos::AtMostOnce => 0,
        Qos::AtLeastOnce | Qos::ExactlyOnce => 2,
    };
    let properties = match version {
        Version::V3 => 0,
        Version::V5 => {
            let bytes = properties.encoded_bytes();
            varint_bytes(bytes) + bytes
        }
    };
    2 + topic_bytes + packet_id + properties + payload_bytes
}

fn packet(remaining: usize) -> usize {
    1 + varint_bytes(remaining) + remaining
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mqtt::{Payload, Topic};

    /// Counted by hand from the layouts of MQTT 5.0 sections 2.1.4, 3.3.2 and 3.3.3.
    #[test]
    fn a_publish_is_as_long_as_section_3_3_lays_it_out() {
        let full = PublishProperties {
            payload_is_utf8: Some(true),             // 2
            message_expiry_s: Some(1),               // 5
            topic_alias: Some(1),                    // 3
            response_topic: Some("r".into()),        // 4
            correlation_data: Some(vec![1, 2]),      // 5
            user: vec![("k".into(), "v".into()); 2], // 14
            subscription_ids: vec![127, 128],        // 5
            content_type: Some("text/plain".into()), // 13
        };
        for (qos, properties, payload_bytes, version, expected) in [
            (Qos::AtMostOnce, PublishProperties::default(), 0, Version::V3, 2 + 5),
            (Qos::AtLeastOnce, PublishProperties::default(), 1, Version::V3, 2 + 8),
            (Qos::ExactlyOnce, PublishProperties::default(), 1, Version::V5, 2 + 9),
            (Qos::AtMostOnce, PublishProperties::default(), 122, Version::V3, 2 + 127),
            (Qos::AtMostOnce, PublishProperties::default(), 123, Version::V3, 3 + 128),
            (Qos::AtMostOnce, full, 0, Version::V5, 2 + 6 + 51),
        ] {
            let publication = Publication {
                topic: Topic::parse("a/b").unwrap(),
                payload: Payload::from(vec![0; payload_bytes]),
                qos,
                retain: false,
                properties,
            };
            assert_eq!(publication.encoded_bytes(version), expected);
        }
    }
}
