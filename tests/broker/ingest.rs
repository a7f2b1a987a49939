//! What a message costs on each transport. Run with `cargo test --release --test broker ingest -- --ignored`.
use crate::gates::{Asks, Gate, Papers, Way, server};
use crate::rig::{Device, Peer, listen, profile, raw_publish};
use mqttscope::mqtt::{BrokerEvent, Transport, Version};
use std::time::Duration;
use tokio::io::AsyncWriteExt;

/// Messages of the flood.
const N: usize = 500_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement; it says nothing in a debug build on a busy machine"]
async fn ingest_over_each_transport() {
    let papers = Papers::new("The Authority");
    let config = server(&papers.server(), &Asks::default());
    let (listener, broker) = listen().await;
    let block: Vec<u8> =
        (0..1000).flat_map(|n| raw_publish(format!("plant/{n}/value").as_bytes(), b"23.456")).collect();
    for (way, transport) in [
        (None, Transport::Tcp),
        (Some(Way::Tls(config.clone())), Transport::Tls),
        (Some(Way::WebSocket), Transport::WebSocket),
        (Some(Way::SecureWebSocket(config)), Transport::SecureWebSocket),
    ] {
        let gate = match way {
            Some(way) => Some(Gate::open(way, broker).await),
            None => None,
        };
        let at = gate.as_ref().map_or(broker, |gate| gate.address);
        let mut settings = profile(at, Version::V3, "ingest");
        settings.address.transport = transport;
        settings.address.path = "/mqtt".into();
        settings.tls.ca_file = Some(papers.path("ca.pem"));
        let mut device = Device::start(settings);
        let mut peer = Peer::welcome(&listener).await;
        let online = device.online().await;
        let block = block.clone();
        let began = mqttscope::time::Clock::now(&*device.hands);
        let flood = tokio::spawn(async move {
            for _ in 0..N / 1000 {
                peer.socket.write_all(&block).await.unwrap();
            }
            peer
        });
        let mut n = 0;
        while n < N {
            n += device
                .until("messages", |event| match event {
                    BrokerEvent::Messages(batch) => Some(batch.len()),
                    _ => None,
                })
                .await;
            device.heard.clear();
        }
        let took: Duration = mqttscope::time::Clock::now(&*device.hands).since(began);
        let _peer = flood.await.unwrap();
        eprintln!("{transport:?}: online in {:?}, {:?} a message", online.took, took / 500_000);
        if let Some(gate) = gate {
            gate.close().await;
        }
    }
}
