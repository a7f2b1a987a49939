//! Properties of a PUBLISH and of a will (MQTT 5.0 sections 3.3.2.3 and 3.1.3.2). Owns no bytes of the wire.

/// What a publication says about itself; all absent on 3.1.1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PublishProperties {
    /// 0x01: `Some(true)` promises UTF-8, `Some(false)` says plain bytes.
    pub payload_is_utf8: Option<bool>,
    /// 0x02: seconds after which the broker drops it undelivered.
    pub message_expiry_s: Option<u32>,
    /// 0x23: a number that stands for the topic on this connection.
    pub topic_alias: Option<u16>,
    /// 0x08: where an answer is awaited.
    pub response_topic: Option<String>,
    /// 0x09: what the answer must carry.
    pub correlation_data: Option<Vec<u8>>,
    /// 0x26: names and values in the order given; names may repeat.
    pub user: Vec<(String, String)>,
    /// 0x0B: ids of the subscriptions that it came by.
    pub subscription_ids: Vec<u32>,
    /// 0x03: a MIME type, say.
    pub content_type: Option<String>,
}

impl PublishProperties {
    /// Whether nothing at all is said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
