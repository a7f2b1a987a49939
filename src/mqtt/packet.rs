//! Control packets, one shape for 3.1.1 and 5.0. Owns no bytes: `wire` writes and reads them.
use super::message::Retained;
use super::profile::{Subscription, Version, Will};
use super::properties::PublishProperties;
use super::publication::Payload;
use super::reason::Reason;
use super::secret::Secret;
use super::topic::Topic;
use super::words::{PacketId, Qos};

/// A control packet (MQTT 5.0 section 3), as either side may send it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Packet {
    /// Section 3.1.
    Connect(Box<Connect>),
    /// Section 3.2.
    ConnAck(Box<ConnAck>),
    /// Section 3.3. Inbound ones of a client take the borrowed [`PublishRef`] instead.
    Publish(Publish),
    /// Section 3.4.
    PubAck(Ack),
    /// Section 3.5.
    PubRec(Ack),
    /// Section 3.6.
    PubRel(Ack),
    /// Section 3.7.
    PubComp(Ack),
    /// Section 3.8.
    Subscribe(Subscribe),
    /// Section 3.9.
    SubAck(SubAck),
    /// Section 3.10.
    Unsubscribe(Unsubscribe),
    /// Section 3.11. On 3.1.1 `reasons` is empty.
    UnsubAck(SubAck),
    /// Section 3.12.
    PingReq,
    /// Section 3.13.
    PingResp,
    /// Section 3.14. On 3.1.1 only the bare packet exists, sent by the client.
    Disconnect(Disconnect),
    /// Section 3.15, MQTT 5 only.
    Auth(Reason),
}

/// CONNECT: what the client asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connect {
    /// Protocol level 4 or 5.
    pub version: Version,
    /// Empty asks the broker for one (5), or for an anonymous clean session (3.1.1).
    pub client_id: String,
    /// Seconds; 0 switches keep-alive off (section 3.1.2.10).
    pub keep_alive_s: u16,
    /// Clean start (5) or clean session (3.1.1).
    pub clean_start: bool,
    /// Section 3.1.3.5.
    pub username: Option<String>,
    /// Section 3.1.3.6.
    pub password: Option<Secret>,
    /// Section 3.1.2.5.
    pub will: Option<Will>,
    /// 0x11, seconds; absent means the session ends with the connection.
    pub session_expiry_s: Option<u32>,
    /// 0x21: how many QoS 1 and 2 deliveries the sender takes at once.
    pub receive_maximum: Option<u16>,
    /// 0x27, bytes.
    pub max_packet_bytes: Option<u32>,
    /// 0x22: how many aliases the sender understands.
    pub topic_alias_maximum: Option<u16>,
    /// 0x19.
    pub request_response_information: Option<bool>,
    /// 0x17.
    pub request_problem_information: Option<bool>,
    /// 0x26.
    pub user: Vec<(String, String)>,
}

/// CONNACK: what the broker grants; absent limits take the spec's defaults (section 3.2.2.3).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnAck {
    /// Whether the broker remembers a session for us.
    pub session_present: bool,
    /// Success or why not; 3.1.1's return codes are mapped.
    pub reason: Reason,
    /// 0x11, seconds: what the broker made of our wish.
    pub session_expiry_s: Option<u32>,
    /// 0x21: how many unacknowledged publications of ours it takes; 65,535 when absent.
    pub receive_maximum: Option<u16>,
    /// 0x24: the highest QoS it takes; 2 when absent.
    pub max_qos: Option<Qos>,
    /// 0x25: whether it keeps retained messages; yes when absent.
    pub retain_available: Option<bool>,
    /// 0x27, bytes: the largest packet it takes.
    pub max_packet_bytes: Option<u32>,
    /// 0x12: the client id it gave us.
    pub assigned_client_id: Option<String>,
    /// 0x22: how many aliases of ours it understands; 0 when absent.
    pub topic_alias_maximum: Option<u16>,
    /// 0x1F: in its own words.
    pub reason_string: Option<String>,
    /// 0x26; the first of them.
    pub user: Vec<(String, String)>,
    /// How many more there were.
    pub n_user_left_out: u32,
    /// 0x28: yes when absent.
    pub wildcard_available: Option<bool>,
    /// 0x29: yes when absent.
    pub subscription_ids_available: Option<bool>,
    /// 0x2A: yes when absent.
    pub shared_available: Option<bool>,
    /// 0x13, seconds: the keep-alive we must use instead of ours.
    pub server_keep_alive_s: Option<u16>,
    /// 0x1A.
    pub response_information: Option<String>,
    /// 0x1C: where to go instead.
    pub server_reference: Option<String>,
}

/// PUBLISH, owned: ours on its way out, or any on a broker's side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publish {
    /// Possibly sent before (section 3.3.1.1).
    pub dup: bool,
    /// Quality of service.
    pub qos: Qos,
    /// The RETAIN flag.
    pub retain: bool,
    /// Where to.
    pub topic: Topic,
    /// Present exactly at QoS 1 and 2.
    pub packet_id: Option<PacketId>,
    /// Empty on 3.1.1.
    pub properties: PublishProperties,
    /// The bytes.
    pub payload: Payload,
}

/// What a PUBLISH that is left out does to its connection's topic aliases (MQTT 5.0 section 3.3.2.3.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aliased {
    /// Nothing.
    Untouched,
    /// This one stands for its topic from now on.
    Named(u16),
    /// This one stands from now on for a topic that could not be read.
    Lost(u16),
    /// One of them does, and which could not be read.
    AnyLost,
}

/// PUBLISH as the fast path reads it: borrowed from the read buffer, topic checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublishRef<'a> {
    /// Possibly delivered before.
    pub dup: bool,
    /// Quality of service.
    pub qos: Qos,
    /// The RETAIN flag.
    pub retain: bool,
    /// Empty only when `topic_alias` stands for it.
    pub topic: &'a str,
    /// Present exactly at QoS 1 and 2.
    pub packet_id: Option<PacketId>,
    /// 0x23 among the properties.
    pub topic_alias: Option<u16>,
    /// 0x0B among the properties.
    pub subscription_ids: SubscriptionIds,
    /// The property bytes without their length, checked to be well-formed; empty on 3.1.1.
    pub properties: &'a [u8],
    /// The bytes.
    pub payload: &'a [u8],
}

/// Ids of subscriptions that a message came by, as a client that gives none above 64 has a use for them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SubscriptionIds(u64);

impl SubscriptionIds {
    /// The greatest that is noted; those above are of somebody else's making.
    pub const GREATEST: u32 = 64;

    /// Notes an id.
    pub const fn add(&mut self, id: u32) {
        if 1 <= id && id <= Self::GREATEST {
            self.0 |= 1 << (id - 1);
        }
    }

    /// Whether an id was noted.
    pub const fn holds(self, id: u32) -> bool {
        1 <= id && id <= Self::GREATEST && self.0 & (1 << (id - 1)) != 0
    }

    /// Whether none was.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// PUBACK, PUBREC, PUBREL, PUBCOMP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ack {
    /// What is acknowledged.
    pub packet_id: PacketId,
    /// Always success on 3.1.1.
    pub reason: Reason,
    /// 0x1F: in the sender's own words.
    pub reason_string: Option<String>,
}

/// SUBSCRIBE.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscribe {
    /// Answered by the SUBACK of the same id.
    pub packet_id: PacketId,
    /// At least one (MQTT-3.8.3-2).
    pub subscriptions: Vec<Subscription>,
    /// 0x0B: the id that deliveries of these shall carry; 1 to 268,435,455.
    pub subscription_id: Option<u32>,
}

/// SUBACK and UNSUBACK: a reason for each filter in the order asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubAck {
    /// The request's id.
    pub packet_id: PacketId,
    /// 0, 1, 2 are granted QoS; failures from 0x80 on.
    pub reasons: Vec<Reason>,
    /// 0x1F: in the broker's own words.
    pub reason_string: Option<String>,
}

/// UNSUBSCRIBE.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsubscribe {
    /// Answered by the UNSUBACK of the same id.
    pub packet_id: PacketId,
    /// At least one; texts of filters (MQTT-3.10.3-2).
    pub filters: Vec<super::filter::Filter>,
}

/// DISCONNECT.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Disconnect {
    /// Why.
    pub reason: Reason,
    /// 0x11, seconds: a last word on how long the session shall live.
    pub session_expiry_s: Option<u32>,
    /// 0x1F: in the sender's own words.
    pub reason_string: Option<String>,
    /// 0x1C: where to go instead.
    pub server_reference: Option<String>,
}

impl Ack {
    /// An acknowledgement with nothing to complain about.
    pub fn success(packet_id: PacketId) -> Self {
        Self { packet_id, reason: Reason::SUCCESS, reason_string: None }
    }
}

impl PublishRef<'_> {
    /// What the RETAIN flag tells on this version, given retain-as-published on 5.
    pub fn retained(&self, version: Version) -> Retained {
        match (self.retain, version) {
            (true, _) => Retained::Yes,
            (false, Version::V5) => Retained::No,
            (false, Version::V3) => Retained::Unknown,
        }
    }
}
