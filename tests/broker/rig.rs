//! A device under test, brokers to meet it, and a clock with hands that tests turn.
use mqtt5::broker::config::{BrokerConfig, StorageBackend, StorageConfig};
use mqtt5::broker::{BrokerShutdownHandle, MqttBroker};
use mqttscope::broker::{self, Events, Requests, Wake};
use mqttscope::mqtt::port::{Lost, Notice, Online};
use mqttscope::mqtt::{
    Address, BrokerEvent, BrokerRequest, Filter, Packet, Payload, Profile, Publication, PublishProperties,
    Qos, Queued, Retained, Stage, Subscription, Ticket, Topic, Version,
};
use mqttscope::time::{Clock, Timestamp};
use mqttscope::wire::{self, Incoming, Reader, Side};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// How long anything may take before a test gives up: far more than it ever needs.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Both versions, for tests that hold for either.
pub const VERSIONS: [Version; 2] = [Version::V3, Version::V5];

/// The machine's time, or none at all, plus what the test adds.
#[derive(Debug)]
pub struct Hands {
    /// `None`: time stands still but for the test.
    origin: Option<Instant>,
    ahead_ns: AtomicU64,
}

impl Hands {
    #[expect(clippy::disallowed_methods, reason = "the test is this clock's runtime")]
    pub fn new() -> Arc<Self> {
        Arc::new(Self { origin: Some(Instant::now()), ahead_ns: AtomicU64::new(0) })
    }

    /// Hands that only the test moves, so that every span is exact.
    pub fn still() -> Arc<Self> {
        Arc::new(Self { origin: None, ahead_ns: AtomicU64::new(0) })
    }

    pub fn turn(&self, by: Duration) {
        self.ahead_ns.fetch_add(u64::try_from(by.as_nanos()).unwrap(), Ordering::SeqCst);
    }
}

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        let elapsed = self.origin.map(|origin| origin.elapsed()).unwrap_or_default();
        let ns = u64::try_from(elapsed.as_nanos()).unwrap();
        Timestamp(ns + self.ahead_ns.load(Ordering::SeqCst))
    }
}

/// A message, owned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    pub topic: String,
    pub payload: Vec<u8>,
    pub qos: Qos,
    pub retained: Retained,
    pub dup: bool,
    pub queued: Queued,
}

/// A device's task and what came of it.
pub struct Device {
    pub requests: Requests,
    pub events: Events,
    pub hands: Arc<Hands>,
    /// Messages heard so far, in order.
    pub heard: Vec<Heard>,
    /// The last stages of publications so far, by ticket.
    pub settled: BTreeMap<u64, Stage>,
    seen: Vec<String>,
}

pub fn profile(address: SocketAddr, version: Version, client_id: &str) -> Profile {
    Profile {
        version,
        ..Profile::new("test", Address::tcp(address.ip().to_string(), address.port()), client_id)
    }
}

pub fn subscription(filter: &str, qos: Qos) -> Subscription {
    Subscription::new(Filter::parse(filter).unwrap(), qos)
}

pub fn publication(topic: &str, payload: &[u8], qos: Qos, retain: bool) -> Publication {
    Publication {
        topic: Topic::parse(topic).unwrap(),
        payload: Payload::from(payload),
        qos,
        retain,
        properties: PublishProperties::default(),
    }
}

impl Device {
    pub fn start(profile: Profile) -> Self {
        Self::start_by(profile, Hands::new())
    }

    /// A device that goes by a clock of the test's choice.
    pub fn start_by(profile: Profile, hands: Arc<Hands>) -> Self {
        let clock: Arc<dyn Clock> = hands.clone();
        let (requests, events) = broker::spawn(profile, clock, Wake::default());
        Self { requests, events, hands, heard: Vec::new(), settled: BTreeMap::new(), seen: Vec::new() }
    }

    pub fn ask(&self, request: BrokerRequest) {
        self.requests.try_send(request).unwrap();
    }

    pub fn publish(&self, ticket: u64, publication: Publication) {
        self.ask(BrokerRequest::Publish(Ticket(ticket), publication));
    }

    /// Takes events until one is what the test waits for; tells all it saw when none is.
    pub async fn until<T>(&mut self, what: &str, mut pick: impl FnMut(&BrokerEvent) -> Option<T>) -> T {
        loop {
            let Ok(event) = tokio::time::timeout(PATIENCE, self.events.recv()).await else {
                panic!("no {what} within {PATIENCE:?}; seen: {:#?}", self.seen);
            };
            match &event {
                BrokerEvent::Messages(batch) => {
                    self.seen.push(format!("{} messages", batch.len()));
                    self.heard.extend(batch.iter().map(|message| Heard {
                        topic: message.topic.into(),
                        payload: message.payload.into(),
                        qos: message.qos,
                        retained: message.retained,
                        dup: message.dup,
                        queued: message.queued,
                    }));
                }
                BrokerEvent::Publication { ticket, stage, .. } => {
                    self.seen.push(format!("{ticket:?}: {stage:?}"));
                    if stage.is_last() {
                        let earlier = self.settled.insert(ticket.0, stage.clone());
                        assert_eq!(earlier, None, "{ticket:?} came to an end twice");
                    }
                }
                other => self.seen.push(format!("{other:?}")),
            }
            if let Some(found) = pick(&event) {
                return found;
            }
        }
    }

    pub async fn online(&mut self) -> Online {
        self.until("Online", |event| match event {
            BrokerEvent::Online(online) => Some((**online).clone()),
            _ => None,
        })
        .await
    }

    pub async fn lost(&mut self) -> Lost {
        self.until("Lost", |event| match event {
            BrokerEvent::Lost(lost) => Some(lost.clone()),
            _ => None,
        })
        .await
    }

    /// Makes the task look at its clock: the request for which there is nothing to do.
    pub fn nudge(&self) {
        self.ask(BrokerRequest::Withdraw(Ticket(u64::MAX)));
    }

    /// Waits for the next connection that the device makes by itself, however often it has to try; the
    /// clock is turned past each wait. Returns how each attempt before was lost.
    pub async fn back_by_itself(&mut self) -> (Online, Vec<Lost>) {
        let mut losses = Vec::new();
        loop {
            let found = self.until("Online or Lost", |event| match event {
                BrokerEvent::Online(online) => Some(Ok((**online).clone())),
                BrokerEvent::Lost(lost) => Some(Err(lost.clone())),
                _ => None,
            });
            match found.await {
                Ok(online) => return (online, losses),
                Err(lost) => {
                    self.pass_to_retry(&lost);
                    losses.push(lost);
                }
            }
        }
    }

    /// As `back_by_itself`, for a loss that the test has taken already.
    pub async fn back_by_itself_after(&mut self, lost: &Lost) -> Online {
        self.pass_to_retry(lost);
        self.back_by_itself().await.0
    }

    /// Holds that the device does not try again by itself, however much time passes.
    pub async fn stays_away(&mut self) {
        self.hands.turn(Duration::from_secs(3_600));
        // Between the two answers the task has looked at its clock.
        for _ in 0..2 {
            self.ask(BrokerRequest::Ping);
            self.until("a notice", |event| match event {
                BrokerEvent::Notice(Notice::Words(words)) => words.contains("not connected").then_some(()),
                BrokerEvent::StepBegun(step, _) => panic!("it began to {} by itself", step.words()),
                _ => None,
            })
            .await;
        }
    }

    /// Turns the clock to when the device tries again.
    pub fn pass_to_retry(&self, lost: &Lost) {
        let retry_at = lost.retry_at.unwrap_or_else(|| panic!("it is to try again by itself: {lost:?}"));
        self.hands.turn(retry_at.since(self.hands.now()));
        self.nudge();
    }

    pub async fn granted(&mut self, n: usize) -> Vec<Qos> {
        let mut granted = Vec::new();
        while granted.len() < n {
            granted.push(
                self.until("Subscribed", |event| match event {
                    BrokerEvent::Subscribed { granted, .. } => Some(granted.clone().unwrap()),
                    _ => None,
                })
                .await,
            );
        }
        granted
    }

    /// All stages of a publication, in the order told.
    pub async fn stages(&mut self, of: u64) -> Vec<Stage> {
        let mut stages = Vec::new();
        while !stages.last().is_some_and(Stage::is_last) {
            stages.push(
                self.until("a stage", |event| match event {
                    BrokerEvent::Publication { ticket, stage, .. } if ticket.0 == of => Some(stage.clone()),
                    _ => None,
                })
                .await,
            );
        }
        stages
    }

    /// Waits until so many publications came to their last stage since the beginning.
    pub async fn settled(&mut self, n: usize) -> &BTreeMap<u64, Stage> {
        while self.settled.len() < n {
            self.until("a last stage", |event| {
                matches!(event, BrokerEvent::Publication { stage, .. } if stage.is_last()).then_some(())
            })
            .await;
        }
        &self.settled
    }

    /// Waits until so many messages were heard since the beginning.
    pub async fn heard(&mut self, n: usize) -> &[Heard] {
        while self.heard.len() < n {
            self.until("messages", |event| matches!(event, BrokerEvent::Messages(_)).then_some(())).await;
        }
        &self.heard
    }

    pub async fn ended(&mut self) {
        self.until("Ended", |event| matches!(event, BrokerEvent::Ended).then_some(())).await;
    }
}

/// mqtt5's broker on a port of its own.
pub struct Independent {
    pub address: SocketAddr,
    shutdown: BrokerShutdownHandle,
    running: tokio::task::JoinHandle<()>,
}

impl Independent {
    pub async fn start() -> Self {
        Self::start_on(SocketAddr::from(([127, 0, 0, 1], 0))).await
    }

    pub async fn start_on(address: SocketAddr) -> Self {
        let storage = StorageConfig {
            backend: StorageBackend::Memory,
            enable_persistence: true,
            ..StorageConfig::default()
        };
        let config = BrokerConfig::default().with_bind_addresses(vec![address]).with_storage(storage);
        let mut broker = MqttBroker::with_config(config).await.unwrap();
        let address = broker.local_addr().unwrap();
        let shutdown = broker.shutdown_handle();
        let mut ready = broker.ready_receiver();
        let running = tokio::spawn(async move { broker.run().await.unwrap() });
        ready.wait_for(|ready| *ready).await.unwrap();
        Self { address, shutdown, running }
    }

    pub async fn stop(self) {
        self.shutdown.shutdown();
        self.running.await.unwrap();
    }
}

/// A port that answers by a script.
pub async fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// The broker's side of one connection, packet by packet.
pub struct Peer {
    pub socket: TcpStream,
    reader: Reader,
    inbox: Vec<u8>,
}

impl Peer {
    pub async fn accept(listener: &TcpListener) -> Self {
        let (socket, _) = listener.accept().await.unwrap();
        Self { socket, reader: Reader::new(Side::Broker, Version::V5, 1024 * 1024), inbox: Vec::new() }
    }

    /// Accepts a connection and its CONNECT.
    pub async fn welcome(listener: &TcpListener) -> Self {
        let mut peer = Self::accept(listener).await;
        assert!(matches!(peer.next().await, Some(Packet::Connect(_))));
        peer.send(&Packet::ConnAck(Box::default())).await;
        peer
    }

    /// The next packet that is no PUBLISH; `None` at the end of the stream.
    pub async fn next(&mut self) -> Option<Packet> {
        loop {
            let mut at = 0;
            let packet = match self.reader.next(&self.inbox, &mut at).unwrap() {
                Some(Incoming::Packet(packet)) => Some(packet),
                Some(Incoming::Publish(_) | Incoming::Unreadable(_)) => None,
                None => {
                    if self.socket.read_buf(&mut self.inbox).await.unwrap_or(0) == 0 {
                        return None;
                    }
                    None
                }
            };
            self.inbox.drain(..at);
            if packet.is_some() {
                return packet;
            }
        }
    }

    pub async fn send(&mut self, packet: &Packet) {
        let mut bytes = Vec::new();
        wire::write(packet, self.reader.version(), &mut bytes).unwrap();
        self.socket.write_all(&bytes).await.unwrap();
    }
}

/// A PUBLISH at QoS 0 as it stands on 3.1.1's wire; the topic may be anything.
pub fn raw_publish(topic: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut remaining = 2 + topic.len() + payload.len();
    let mut bytes = vec![0x30];
    while remaining > 0x7F {
        bytes.push(u8::try_from(remaining & 0x7F).unwrap() | 0x80);
        remaining >>= 7;
    }
    bytes.push(u8::try_from(remaining).unwrap());
    bytes.extend_from_slice(&u16::try_from(topic.len()).unwrap().to_be_bytes());
    bytes.extend_from_slice(topic);
    bytes.extend_from_slice(payload);
    bytes
}
