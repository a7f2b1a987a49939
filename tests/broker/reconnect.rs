//! Kill and restart, resets and silence, on every transport.
use crate::gates::{Asks, Gate, Papers, Way, server};
use crate::rig::{Device, Hands, Independent, Peer, VERSIONS, listen, profile, publication, subscription};
use crate::tap::{eventually, lasting, start_broker};
use mqttscope::demo::broker::{Fault, Faults, Keep, PacketKind};
use mqttscope::mqtt::{BrokerRequest, Filter, Packet, Profile, Qos, Reason, Stage, Transport, Version};
use rustls::ServerConfig;
use std::sync::Arc;
use std::time::Duration;

/// The four transports over a network, and what stands at the other end of each.
fn ways(config: &Arc<ServerConfig>) -> [(Way, Transport); 4] {
    [
        (Way::Plain, Transport::Tcp),
        (Way::Tls(Arc::clone(config)), Transport::Tls),
        (Way::WebSocket, Transport::WebSocket),
        (Way::SecureWebSocket(Arc::clone(config)), Transport::SecureWebSocket),
    ]
}

fn through(mut settings: Profile, transport: Transport, papers: &Papers) -> Profile {
    settings.address.transport = transport;
    settings.address.path = "/mqtt".into();
    settings.tls.ca_file = Some(papers.path("ca.pem"));
    settings
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn values_flow_again_after_an_end_or_a_reset_on_every_transport() {
    let broker = Independent::start().await;
    let papers = Papers::new("The Authority");
    let config = server(&papers.server(), &Asks::default());
    for ((way, transport), is_reset) in
        ways(&config).into_iter().flat_map(|way| [(way.clone(), false), (way, true)])
    {
        for version in VERSIONS {
            let gate = Gate::open(way.clone(), broker.address).await;
            if is_reset {
                gate.be_rude();
            }
            let address = gate.address;
            let subscriptions = vec![subscription("a/#", Qos::AtLeastOnce)];
            let settings = Profile { subscriptions, ..profile(address, version, "again") };
            let mut device = Device::start(through(settings, transport, &papers));
            device.granted(1).await;
            gate.close().await;
            let lost = device.lost().await;
            assert!(lost.step.is_none() && lost.retry_at.is_some(), "{transport:?}: {lost:?}");
            if is_reset {
                assert!(lost.cause.contains("reset"), "{transport:?}: {lost:?}");
            }
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

/// MQTT 5.0 section 3.1.2.10: at one and a half times the keep-alive, not a moment later.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_gone_silent_is_given_up_at_one_and_a_half_times_the_keep_alive() {
    // A gate to a port that accepts and says nothing but CONNACK.
    let (listener, quiet) = listen().await;
    let papers = Papers::new("The Authority");
    let config = server(&papers.server(), &Asks::default());
    for (way, transport) in ways(&config) {
        let gate = Gate::open(way, quiet).await;
        let settings = through(profile(gate.address, Version::V5, "quiet"), transport, &papers);
        let mut device = Device::start_by(settings, Hands::still());
        let mut peer = Peer::welcome(&listener).await;
        let online = device.online().await;
        // The ping goes out at its time, and is never answered.
        device.hands.turn(Duration::from_secs(60));
        device.nudge();
        assert_eq!(peer.next().await, Some(Packet::PingReq), "{transport:?}");
        for seconds in [29, 1] {
            device.hands.turn(Duration::from_secs(seconds));
            device.nudge();
        }
        let lost = device.lost().await;
        assert_eq!(lost.at.since(online.at), Duration::from_secs(90), "{transport:?}: {lost:?}");
        assert!(lost.step.is_none() && lost.retry_at.is_some(), "{transport:?}: {lost:?}");
        assert!(lost.cause.contains("silent for 90 s"), "{lost:?}");
        device.ask(BrokerRequest::End);
        device.ended().await;
        gate.close().await;
    }
}

/// MQTT-4.4.0-1 through every transport: what was sent and not acknowledged when the broker was killed is
/// sent again; QoS 2 arrives once, QoS 1 at least once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unacknowledged_publications_survive_a_kill_on_every_transport() {
    let papers = Papers::new("The Authority");
    let config = server(&papers.server(), &Asks::default());
    for (way, transport) in ways(&config) {
        for version in VERSIONS {
            let mut broker =
                start_broker([PacketKind::PubAck, PacketKind::PubRec].map(Fault::NeverSend)).await;
            let handle = broker.handle();
            let mut heard = handle.hear(&[Filter::parse("a").unwrap()], 1_000);
            let gate = Gate::open(way.clone(), broker.address()).await;
            let mut device = Device::start(through(lasting(gate.address, version), transport, &papers));
            device.online().await;
            device.publish(1, publication("a", b"at least once", Qos::AtLeastOnce, false));
            device.publish(2, publication("a", b"exactly once", Qos::ExactlyOnce, false));
            // CONNECT and the two.
            eventually("both arrive", || handle.figures().packets_received == 3).await;
            broker.kill().await;
            handle.set_faults(Faults::default());
            let lost = device.lost().await;
            assert_eq!(lost.step, None, "{transport:?}: {lost:?}");
            broker.restart(Keep::Everything).await.unwrap();
            let online = device.back_by_itself_after(&lost).await;
            assert!(online.connack.session_present && online.n_resumed == 2, "{transport:?}: {online:?}");
            let settled = device.settled(2).await;
            assert!(
                settled.values().all(|stage| *stage == Stage::Acknowledged(Reason::SUCCESS)),
                "{settled:?}"
            );
            let mut payloads = Vec::new();
            while let Ok(publication) = heard.try_recv() {
                payloads.push(String::from_utf8(publication.payload.0.to_vec()).unwrap());
            }
            let n = |text: &str| payloads.iter().filter(|payload| *payload == text).count();
            assert_eq!(n("exactly once"), 1, "{transport:?} {version}: {payloads:?}");
            assert_eq!(n("at least once"), 2, "{transport:?} {version}: {payloads:?}");
            device.ask(BrokerRequest::End);
            device.ended().await;
            gate.close().await;
        }
    }
}
