//! A raw MQTT client and a clock whose hands the tests turn. Owns no broker.
use mqttscope::demo::broker::{self, BrokerOptions, DemoBroker, Fault, Faults};
use mqttscope::mqtt::packet::{ConnAck, Connect, Disconnect, Publish, Subscribe};
use mqttscope::mqtt::profile::{PROTOCOL_MAX_PACKET_BYTES, RetainHandling};
use mqttscope::mqtt::{
    Filter, Packet, PacketId, Payload, PublishProperties, Qos, Reason, Subscription, Topic, Version,
};
use mqttscope::time::{Clock, Timestamp};
use mqttscope::wire::{self, Incoming, Reader, Side};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub const BOTH: [Version; 2] = [Version::V3, Version::V5];

/// Beyond this something hangs; far beyond what a loaded machine needs.
const PATIENCE: Duration = Duration::from_secs(60);

/// A clock that stands still until it is turned.
#[derive(Debug, Default)]
pub struct Hands(AtomicU64);

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

impl Hands {
    pub fn turn(&self, by: Duration) {
        self.0.fetch_add(u64::try_from(by.as_nanos()).unwrap(), Ordering::SeqCst);
    }
}

pub async fn broker_with(faults: impl IntoIterator<Item = Fault>) -> (DemoBroker, Arc<Hands>) {
    let hands = Arc::new(Hands::default());
    let options = BrokerOptions { faults: Faults::new(faults), ..BrokerOptions::default() };
    (broker::start(options, Arc::<Hands>::clone(&hands)).await.unwrap(), hands)
}

/// Whatever a test waits for, it waits for through here, so that it fails instead of hanging.
pub async fn eventually<T>(what: &str, waited_for: impl Future<Output = T>) -> T {
    let value = tokio::time::timeout(PATIENCE, waited_for).await;
    value.unwrap_or_else(|_elapsed| panic!("waited in vain for {what}"))
}

pub struct Client {
    stream: TcpStream,
    version: Version,
    reader: Reader,
    bytes: Vec<u8>,
    at: usize,
}

impl Client {
    pub async fn dial(address: SocketAddr, version: Version) -> Self {
        let stream = eventually("a TCP connection", TcpStream::connect(address)).await.unwrap();
        let reader = Reader::new(Side::Client, version, PROTOCOL_MAX_PACKET_BYTES);
        Self { stream, version, reader, bytes: Vec::new(), at: 0 }
    }

    /// Dials, connects, and is accepted.
    pub async fn join(address: SocketAddr, connect: Connect) -> (Self, ConnAck) {
        let mut client = Self::dial(address, connect.version).await;
        client.say(Packet::Connect(Box::new(connect))).await;
        match client.hear().await {
            Some(Packet::ConnAck(connack)) if connack.reason == Reason::SUCCESS => (client, *connack),
            other => panic!("{other:?}"),
        }
    }

    pub async fn say(&mut self, packet: Packet) {
        let mut bytes = Vec::new();
        wire::write(&packet, self.version, &mut bytes).unwrap();
        self.say_bytes(&bytes).await;
    }

    pub async fn say_bytes(&mut self, bytes: &[u8]) {
        // A broker may have closed by now; whoever wants to know hears it.
        let _ = self.stream.write_all(bytes).await;
    }

    /// The next packet; `None` when the broker has closed. Bytes that are no packet fail the test.
    pub async fn hear(&mut self) -> Option<Packet> {
        self.try_hear().await.unwrap()
    }

    /// The next packet, or why the bytes are none.
    pub async fn try_hear(&mut self) -> Result<Option<Packet>, String> {
        loop {
            match self.reader.next(&self.bytes, &mut self.at).map_err(|error| error.to_string())? {
                Some(Incoming::Packet(packet)) => return Ok(Some(packet)),
                Some(Incoming::Publish(publish)) => {
                    return Ok(Some(Packet::Publish(Publish {
                        dup: publish.dup,
                        qos: publish.qos,
                        retain: publish.retain,
                        topic: Topic::parse(publish.topic).unwrap(),
                        packet_id: publish.packet_id,
                        properties: wire::read_publish_properties(publish.properties).unwrap(),
                        payload: Payload::from(publish.payload),
                    })));
                }
                Some(Incoming::Unreadable(unreadable)) => return Err(unreadable.words),
                None => {}
            }
            self.bytes.drain(..std::mem::take(&mut self.at));
            self.bytes.reserve(1 << 16);
            let read = eventually("bytes of the broker", self.stream.read_buf(&mut self.bytes)).await;
            // A reset is an end as well.
            if read.unwrap_or(0) == 0 {
                return Ok(None);
            }
        }
    }

    /// The next delivery, whatever else comes before it.
    pub async fn message(&mut self) -> Publish {
        loop {
            match self.hear().await {
                Some(Packet::Publish(publish)) => return publish,
                Some(_other) => {}
                None => panic!("the broker closed instead of delivering"),
            }
        }
    }

    /// Asks for one filter; tells what was granted.
    pub async fn subscribe(&mut self, filter: &str, qos: Qos) -> Reason {
        let subscription = Subscription {
            filter: Filter::parse(filter).unwrap(),
            qos,
            no_local: false,
            retain_as_published: false,
            retain_handling: RetainHandling::Always,
        };
        let packet_id = id(1);
        let ask = Subscribe { packet_id, subscriptions: vec![subscription], subscription_id: None };
        self.say(Packet::Subscribe(ask)).await;
        match self.hear().await {
            Some(Packet::SubAck(suback)) => suback.reasons[0],
            other => panic!("{other:?}"),
        }
    }

    pub async fn publish(&mut self, topic: &str, payload: &[u8], qos: Qos, packet_id: u16) {
        self.say(publish(topic, payload, qos, packet_id)).await;
    }

    /// That the broker has closed, with these last words (MQTT 5) or none.
    pub async fn hears_the_end(&mut self) -> Option<Disconnect> {
        match self.hear().await {
            None => None,
            Some(Packet::Disconnect(goodbye)) => {
                assert_eq!(self.hear().await, None);
                Some(goodbye)
            }
            Some(other) => panic!("{other:?}"),
        }
    }
}

pub fn id(number: u16) -> PacketId {
    PacketId::new(number).unwrap()
}

pub fn publish(topic: &str, payload: &[u8], qos: Qos, packet_id: u16) -> Packet {
    Packet::Publish(Publish {
        dup: false,
        qos,
        retain: false,
        topic: Topic::parse(topic).unwrap(),
        packet_id: PacketId::new(packet_id).filter(|_| qos > Qos::AtMostOnce),
        properties: PublishProperties::default(),
        payload: Payload::from(payload),
    })
}

pub fn connect(version: Version, client_id: &str) -> Connect {
    Connect {
        version,
        client_id: client_id.into(),
        keep_alive_s: 60,
        clean_start: true,
        username: None,
        password: None,
        will: None,
        session_expiry_s: None,
        receive_maximum: None,
        max_packet_bytes: None,
        topic_alias_maximum: None,
        request_response_information: None,
        request_problem_information: None,
        user: Vec::new(),
    }
}

/// A CONNECT that asks for a session that outlives the connection.
pub fn lasting(version: Version, client_id: &str) -> Connect {
    let session_expiry_s = (version == Version::V5).then_some(3_600);
    Connect { clean_start: false, session_expiry_s, ..connect(version, client_id) }
}
