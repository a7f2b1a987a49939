//! A model that doesn't take its events: the reading stops, the memory is bounded, the link stays alive.
use crate::rig::{Device, PATIENCE, Peer, VERSIONS, listen, profile, raw_publish};
use mqttscope::broker::{QUEUE_BYTES, QUEUE_MESSAGES};
use mqttscope::mqtt::{BrokerEvent, BrokerRequest, Packet, Profile, Qos, Ticket, Version};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Looks again and again, without a fixed wait, until it is so.
async fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let looking = async {
        while !is_so() {
            tokio::task::yield_now().await;
        }
    };
    assert!(tokio::time::timeout(PATIENCE, looking).await.is_ok(), "never: {what}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_queue_stops_the_reading_and_nothing_else() {
    for version in VERSIONS {
        let (listener, address) = listen().await;
        let mut device = Device::start(Profile { keep_alive_s: 60, ..profile(address, version, "x") });
        let peer = Peer::welcome(&listener).await;
        device.online().await;
        // 200,000 messages of 110 bytes: more than the queue and both sockets' buffers hold.
        let (n_messages, n_sent) = (200_000, Arc::new(AtomicUsize::new(0)));
        let (mut from, mut to) = peer.socket.into_split();
        let sending = tokio::spawn({
            let n_sent = Arc::clone(&n_sent);
            async move {
                let no_properties: &[u8] = if version == Version::V5 { &[0] } else { &[] };
                for n in 0..n_messages {
                    let payload = [no_properties, format!("{n:0100}").as_bytes()].concat();
                    to.write_all(&raw_publish(b"flood", &payload)).await.unwrap();
                    n_sent.store(n + 1, Ordering::SeqCst);
                }
                to
            }
        });
        eventually("the queue is full", || device.events.waiting().0 >= QUEUE_MESSAGES).await;
        let (n_waiting, n_bytes) = device.events.waiting();
        assert!(n_waiting < QUEUE_MESSAGES + 512 && n_bytes < QUEUE_BYTES, "{n_waiting} {n_bytes}");

        // Five times the keep-alive passes: each time a ping goes out, and nobody calls the broker dead
        // though its answers lie unread behind the messages.
        for n in 0..5 {
            device.hands.turn(Duration::from_secs(60));
            device.ask(BrokerRequest::Withdraw(Ticket(0)));
            let mut said = [0; 2];
            let heard = tokio::time::timeout(PATIENCE, from.read_exact(&mut said)).await;
            assert!(heard.is_ok(), "no ping {n}");
            assert_eq!(said, [0xC0, 0], "ping {n}");
        }
        assert!(n_sent.load(Ordering::SeqCst) < n_messages, "the sender was never held up");
        assert_eq!(device.events.waiting().0, n_waiting);

        // And when the model wakes up, all of it comes, in order.
        let mut n_stalls = 0;
        while device.heard.len() < n_messages {
            device
                .until("messages", |event| match event {
                    BrokerEvent::Messages(_) => Some(()),
                    BrokerEvent::Link(status) => {
                        n_stalls = status.n_stalls;
                        None
                    }
                    BrokerEvent::Lost(lost) => panic!("{lost:?}"),
                    _ => None,
                })
                .await;
        }
        for (n, heard) in device.heard.iter().enumerate() {
            assert_eq!(heard.payload, format!("{n:0100}").as_bytes());
        }
        assert!(n_stalls > 0);
        sending.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_peer_that_reads_nothing_does_not_stop_our_reading() {
    let (listener, address) = listen().await;
    let mut device = Device::start(profile(address, Version::V3, "x"));
    let mut peer = Peer::welcome(&listener).await;
    device.online().await;
    // 64 MB of publications fill every buffer on the way; the peer never takes any.
    for n in 0..64 {
        let publication = crate::rig::publication("up", &vec![0; 1_000_000], Qos::AtMostOnce, false);
        device.publish(n, publication);
    }
    peer.send(&Packet::PingResp).await;
    for n in 0..100 {
        peer.socket.write_all(&raw_publish(b"down", format!("{n}").as_bytes())).await.unwrap();
    }
    assert_eq!(device.heard(100).await.len(), 100);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_that_turns_busy_and_quiet_again_loses_nothing() {
    for version in VERSIONS {
        let no_properties: &[u8] = if version == Version::V5 { &[0] } else { &[] };
        let message = |n: usize| raw_publish(b"t", &[no_properties, format!("{n}").as_bytes()].concat());
        let (listener, address) = listen().await;
        let mut device = Device::start(profile(address, version, "x"));
        let mut peer = Peer::welcome(&listener).await;
        device.online().await;
        let mut n_sent = 0;
        for round in 0..10 {
            // Busy: one write each, so that the stream is let gather.
            for _ in 0..2000 {
                peer.socket.write_all(&message(n_sent)).await.unwrap();
                n_sent += 1;
            }
            // Ours goes out meanwhile.
            device.publish(round, crate::rig::publication("up", b"1", Qos::AtMostOnce, false));
            device.stages(round).await;
            // Quiet: the last one comes though nothing follows it.
            device.heard(n_sent).await;
            peer.socket.write_all(&message(n_sent)).await.unwrap();
            n_sent += 1;
            device.heard(n_sent).await;
        }
        // And the end of a busy stream is seen, behind its last message.
        for _ in 0..2000 {
            peer.socket.write_all(&message(n_sent)).await.unwrap();
            n_sent += 1;
        }
        peer.socket.shutdown().await.unwrap();
        assert_eq!(device.lost().await.cause, "the broker closed the connection");
        assert_eq!(device.heard.len(), n_sent);
        for (n, heard) in device.heard.iter().enumerate() {
            assert_eq!(heard.payload, format!("{n}").as_bytes());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_beyond_the_bound_are_refused_in_words() {
    // One thread, never yielding to the task, so that nothing is taken out meanwhile.
    let (_listener, address) = listen().await;
    let (sender, receiver) = std::sync::mpsc::sync_channel(1);
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let device = Device::start(profile(address, Version::V5, "x"));
            let refused = (0..10_000).find_map(|_| device.requests.try_send(BrokerRequest::Ping).err());
            sender.send(refused.unwrap().to_string()).unwrap();
        });
    });
    let words = receiver.recv_timeout(PATIENCE).unwrap();
    assert!(words.contains("requests wait already"), "{words}");
}
