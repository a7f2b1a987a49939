//! What a broker kept for us while we were away, by two brokers: heard, marked and told.
use crate::rig::{Device, Hands, Independent, VERSIONS, profile, publication, subscription};
use crate::tap::{By, Tap, eventually, lasting, start_broker};
use mqttscope::demo::broker::{self, BrokerOptions};
use mqttscope::mqtt::port::Notice;
use mqttscope::mqtt::{BrokerEvent, BrokerRequest, Profile, Qos, Queued, Version};
use std::net::SocketAddr;
use std::ops::RangeInclusive;

/// Leaves, has twelve messages published meanwhile, and comes back; what is told then.
async fn comes_back(address: SocketAddr, version: Version) -> (Device, String) {
    let subscriptions = vec![subscription("a/#", Qos::AtLeastOnce)];
    let kept = Profile {
        clean_start: false,
        session_expiry_s: 600,
        subscriptions,
        ..profile(address, version, &format!("away{version:?}"))
    };
    let mut device = Device::start(kept);
    device.granted(1).await;
    device.ask(BrokerRequest::Disconnect);
    device.lost().await;
    let mut other = Device::start(profile(address, version, "other"));
    other.online().await;
    for ticket in 1..=12 {
        other.publish(ticket, publication("a/b", ticket.to_string().as_bytes(), Qos::AtLeastOnce, false));
    }
    other.settled(12).await;
    device.ask(BrokerRequest::Connect);
    assert!(device.online().await.connack.session_present);
    let told = device
        .until("what was queued", |event| match event {
            BrokerEvent::Notice(Notice::Words(words)) => words.contains("queued").then(|| words.clone()),
            _ => None,
        })
        .await;
    other.publish(13, publication("a/c", b"live", Qos::AtLeastOnce, false));
    device.heard(13).await;
    (device, told)
}

/// As many as are told are marked, and they came first; a broker that answers a ping between what it kept and
/// what it kept still has fewer told.
fn check(device: &Device, told: &str, expected: RangeInclusive<usize>) {
    let n_told = told.split_once(' ').map(|(n, _)| n.parse().unwrap()).unwrap();
    assert!(expected.contains(&n_told), "{told}");
    let plural = if n_told == 1 { "message was" } else { "messages were" };
    assert_eq!(told, format!("{n_told} {plural} likely queued while we were away"));
    let queued: Vec<Queued> = device.heard.iter().map(|message| message.queued).collect();
    assert_eq!(queued[..n_told], vec![Queued::Likely; n_told]);
    assert_eq!(queued[n_told..], vec![Queued::No; 13 - n_told], "the last was live");
}

#[tokio::test]
async fn messages_queued_by_the_embedded_broker_are_counted_and_marked() {
    for version in VERSIONS {
        let broker = broker::start(BrokerOptions::default(), Hands::new()).await.unwrap();
        let (device, told) = comes_back(broker.address(), version).await;
        check(&device, &told, 12..=12);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_queued_by_another_s_broker_are_counted_and_marked() {
    let broker = Independent::start().await;
    for version in VERSIONS {
        let (device, told) = comes_back(broker.address, version).await;
        check(&device, &told, 1..=12);
        device.ask(BrokerRequest::End);
    }
    broker.stop().await;
}

#[tokio::test]
async fn what_was_heard_is_acknowledged_before_we_leave() {
    for version in VERSIONS {
        let broker = start_broker([]).await;
        let tap = Tap::start(broker.address(), version).await;
        let subscriptions = vec![subscription("a/#", Qos::AtLeastOnce)];
        let mut device = Device::start(Profile { subscriptions, ..lasting(tap.address, version) });
        device.granted(1).await;
        device.publish(1, publication("a/b", b"1", Qos::AtLeastOnce, false));
        device.heard(1).await;
        device.ask(BrokerRequest::End);
        device.ended().await;
        eventually("we say farewell", || tap.record().iter().any(|said| said.words == "DISCONNECT 0x00"))
            .await;
        let said = tap.resumed(By::Device);
        assert_eq!(said.last().map(String::as_str), Some("PUBACK 1"), "{version}: {said:?}");
    }
}
