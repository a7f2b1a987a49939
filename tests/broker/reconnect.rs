//! Kill and restart, resets and silence, on every transport.
use crate::gates::{Asks, Gate, Papers, Way, server};
use crate::rig::{Device, Independent, VERSIONS, listen, profile, publication, subscription};
use mqttscope::mqtt::{BrokerRequest, Profile, Qos, Transport};
use std::time::Duration;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn values_flow_again_after_a_kill_on_every_transport() {
    let broker = Independent::start().await;
    let papers = Papers::new("The Authority");
    let config = server(&papers.server(), &Asks::default());
    for (way, transport) in [
        (Way::Tls(config.clone()), Transport::Tls),
        (Way::WebSocket, Transport::WebSocket),
        (Way::SecureWebSocket(config), Transport::SecureWebSocket),
    ] {
        for version in VERSIONS {
            let gate = Gate::open(way.clone(), broker.address).await;
            let address = gate.address;
            let subscriptions = vec![subscription("a/#", Qos::AtLeastOnce)];
            let mut settings = Profile { subscriptions, ..profile(address, version, "again") };
            settings.address.transport = transport;
            settings.address.path = "/mqtt".into();
            settings.tls.ca_file = Some(papers.path("ca.pem"));
            let mut device = Device::start(settings);
            device.granted(1).await;
            gate.close().await;
            let lost = device.lost().await;
            assert!(lost.step.is_none() && lost.retry_at.is_some(), "{transport:?}: {lost:?}");
            // Held meanwhile; no key is pressed.
            device.publish(1, publication("a/b", b"1", Qos::AtLeastOnce, false));
            let gate = Gate::open_on(address, way.clone(), broker.address).await;
            device.online().await;
            device.granted(1).await;
            device.stages(1).await;
            device.publish(2, publication("a/c", b"2", Qos::AtLeastOnce, false));
            while !device.heard.iter().any(|message| message.topic == "a/c") {
                device.heard(device.heard.len() + 1).await;
            }
            device.ask(BrokerRequest::End);
            device.ended().await;
            gate.close().await;
        }
    }
    broker.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn silence_is_noticed_through_the_layers() {
    // A gate to a port that accepts and says nothing but CONNACK.
    let (listener, quiet) = listen().await;
    let papers = Papers::new("The Authority");
    let config = server(&papers.server(), &Asks::default());
    for (way, transport) in [
        (Way::Tls(config.clone()), Transport::Tls),
        (Way::WebSocket, Transport::WebSocket),
        (Way::SecureWebSocket(config), Transport::SecureWebSocket),
    ] {
        let gate = Gate::open(way, quiet).await;
        let mut settings = profile(gate.address, VERSIONS[1], "quiet");
        settings.address.transport = transport;
        settings.address.path = "/mqtt".into();
        settings.tls.ca_file = Some(papers.path("ca.pem"));
        let mut device = Device::start(settings);
        let _peer = crate::rig::Peer::welcome(&listener).await;
        device.online().await;
        // The ping goes out at its time, and is never answered.
        device.hands.turn(Duration::from_secs(61));
        device.ask(BrokerRequest::Ping);
        device.hands.turn(Duration::from_secs(120));
        device.ask(BrokerRequest::Ping);
        let lost = device.lost().await;
        assert!(lost.step.is_none() && lost.retry_at.is_some(), "{transport:?}: {lost:?}");
        device.ask(BrokerRequest::End);
        device.ended().await;
        gate.close().await;
    }
}
