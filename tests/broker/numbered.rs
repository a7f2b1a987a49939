//! Subscription ids as brokers send them: our own, and one that we did not write (MQTT 5.0 section 3.3.2.3.8).
use crate::rig::{Device, Independent, profile, publication, subscription};
use crate::tap::start_broker;
use mqttscope::mqtt::{BrokerEvent, Profile, Qos, Version};
use std::net::SocketAddr;

/// What came by each filter, as soon as so many messages were counted in all.
async fn came_by(address: SocketAddr, version: Version, n: u64) -> Vec<(String, [u64; 3])> {
    let subscriptions =
        vec![subscription("plant/#", Qos::ExactlyOnce), subscription("other", Qos::AtMostOnce)];
    let mut device = Device::start(Profile { subscriptions, ..profile(address, version, "x") });
    device.granted(2).await;
    for (ticket, (topic, qos)) in (0..).zip([
        ("plant/a", Qos::AtMostOnce),
        ("plant/b", Qos::AtLeastOnce),
        ("plant/c", Qos::ExactlyOnce),
        ("other", Qos::ExactlyOnce),
    ]) {
        device.publish(ticket, publication(topic, b"1", qos, false));
    }
    device.heard(4).await;
    device
        .until("all of them counted", |event| match event {
            BrokerEvent::Link(link) if link.messages_in == 4 && version == Version::V3 => Some(Vec::new()),
            BrokerEvent::Link(link) => {
                let came = link.came_by.iter();
                let came: Vec<_> = came.map(|came| (came.filter.to_string(), came.tally.by_qos)).collect();
                (came.iter().flat_map(|(_, by_qos)| by_qos).sum::<u64>() == n).then_some(came)
            }
            _ => None,
        })
        .await
}

#[tokio::test]
async fn messages_are_counted_by_the_ids_that_a_broker_sends() {
    let ours = start_broker([]).await;
    let theirs = Independent::start().await;
    let expected = vec![("plant/#".to_owned(), [1, 1, 1]), ("other".to_owned(), [1, 0, 0])];
    for address in [ours.address(), theirs.address] {
        assert_eq!(came_by(address, Version::V5, 4).await, expected);
        assert_eq!(came_by(address, Version::V3, 4).await, [], "3.1.1 has no ids");
    }
    theirs.stop().await;
}
