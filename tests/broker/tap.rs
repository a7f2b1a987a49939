//! Our own broker with its script of faults, and a wire to it on which every packet is read. Changes no byte.
use crate::rig::{Hands, PATIENCE, profile};
use mqttscope::demo::broker::{BrokerOptions, DemoBroker, Fault, Faults};
use mqttscope::mqtt::{Packet, PacketId, Profile, Version};
use mqttscope::wire::{Incoming, Reader, Side};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

/// Our own broker on a port of its own, with a script of faults.
pub async fn start_broker(faults: impl IntoIterator<Item = Fault>) -> DemoBroker {
    let options = BrokerOptions { faults: Faults::new(faults), ..BrokerOptions::default() };
    mqttscope::demo::broker::start(options, Hands::new()).await.unwrap()
}

/// The client `x` with a session that outlives its connections.
pub fn lasting(address: SocketAddr, version: Version) -> Profile {
    Profile { clean_start: false, session_expiry_s: 3_600, ..profile(address, version, "x") }
}

/// Waits, while everybody else goes on, until something holds that nobody tells of.
pub async fn eventually(what: &str, holds: impl Fn() -> bool) {
    let waited = tokio::time::timeout(PATIENCE, async {
        while !holds() {
            tokio::task::yield_now().await;
        }
    });
    assert!(waited.await.is_ok(), "waited in vain: {what}");
}

/// One packet, in the order in which the tap read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub by: By,
    /// As `PUBLISH 1 dup`, `PUBREL 1`, `DISCONNECT 0x81`.
    pub words: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Device,
    Broker,
}

/// A port that passes everything on to the broker's, and back.
pub struct Tap {
    pub address: SocketAddr,
    record: Arc<Mutex<Vec<Said>>>,
}

impl Tap {
    pub async fn start(broker: SocketAddr, version: Version) -> Self {
        let (listener, address) = crate::rig::listen().await;
        let record: Arc<Mutex<Vec<Said>>> = Arc::default();
        let tap = Self { address, record: Arc::clone(&record) };
        tokio::spawn(async move {
            while let Ok((device, _)) = listener.accept().await {
                let Ok(upstream) = TcpStream::connect(broker).await else { continue };
                let (from_device, to_device) = device.into_split();
                let (from_broker, to_broker) = upstream.into_split();
                tokio::spawn(pass(from_device, to_broker, By::Device, version, Arc::clone(&record)));
                tokio::spawn(pass(from_broker, to_device, By::Broker, version, Arc::clone(&record)));
            }
        });
        tap
    }

    /// Everything said so far, by both.
    pub fn record(&self) -> Vec<Said> {
        self.record.lock().unwrap().clone()
    }

    /// What one of them said of exchanges since the last CONNECT.
    pub fn resumed(&self, by: By) -> Vec<String> {
        let record = self.record();
        let connected = record.iter().rposition(|said| said.words == "CONNECT").unwrap_or_default();
        let since = record.into_iter().skip(connected).filter(|said| said.by == by);
        since.map(|said| said.words).filter(|words| words.starts_with("PUB")).collect()
    }
}

async fn pass(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    by: By,
    version: Version,
    record: Arc<Mutex<Vec<Said>>>,
) {
    let side = match by {
        By::Device => Side::Broker,
        By::Broker => Side::Client,
    };
    let mut reader = Reader::new(side, version, u32::MAX);
    let (mut bytes, mut unread) = ([0; 4096], Vec::new());
    while let Ok(n_bytes @ 1..) = from.read(&mut bytes).await {
        let passed = bytes.get(..n_bytes).unwrap();
        unread.extend_from_slice(passed);
        let mut at = 0;
        // What is no packet is passed on all the same.
        while let Ok(Some(incoming)) = reader.next(&unread, &mut at) {
            record.lock().unwrap().push(Said { by, words: words(&incoming) });
        }
        unread.drain(..at);
        if to.write_all(passed).await.is_err() {
            return;
        }
    }
}

fn words(incoming: &Incoming<'_>) -> String {
    let id = |name: &str, id: PacketId| format!("{name} {id}");
    match incoming {
        Incoming::Publish(publish) => {
            let number = publish.packet_id.map(|id| format!(" {id}")).unwrap_or_default();
            format!("PUBLISH{number}{}", if publish.dup { " dup" } else { "" })
        }
        Incoming::Packet(Packet::Connect(_)) => "CONNECT".into(),
        Incoming::Packet(Packet::PubAck(ack)) => id("PUBACK", ack.packet_id),
        Incoming::Packet(Packet::PubRec(ack)) => id("PUBREC", ack.packet_id),
        Incoming::Packet(Packet::PubRel(ack)) => id("PUBREL", ack.packet_id),
        Incoming::Packet(Packet::PubComp(ack)) => id("PUBCOMP", ack.packet_id),
        Incoming::Packet(Packet::Disconnect(goodbye)) => format!("DISCONNECT 0x{:02X}", goodbye.reason.0),
        other => format!("{other:?}"),
    }
}
