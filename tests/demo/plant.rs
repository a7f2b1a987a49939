//! The demo as a whole: full from the first look, answering what is set, ending cleanly.
use crate::client::{BOTH, Client, Hands, connect, eventually};
use mqttscope::demo::plant::PlantOptions;
use mqttscope::demo::{self, DemoOptions};
use mqttscope::mqtt::{Packet, Qos, Version};
use mqttscope::time::{Clock, Timestamp};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

#[tokio::test]
async fn the_first_look_is_complete() {
    for version in BOTH {
        for n_topics in [None, Some(5_000)] {
            let plant = PlantOptions { n_topics, ..PlantOptions::default() };
            let demo =
                demo::spawn(DemoOptions { port: None, plant }, Arc::new(Hands::default())).await.unwrap();
            let (mut peer, _) = Client::join(demo.address(), connect(version, "peer")).await;
            peer.subscribe("#", Qos::ExactlyOnce).await;
            let mut topics = BTreeSet::new();
            while topics.len() < demo.n_topics() {
                let message = peer.message().await;
                assert!(message.retain, "{}", message.topic);
                acknowledge(&mut peer, &message).await;
                topics.insert(message.topic);
            }
            assert_eq!(n_topics.unwrap_or(demo.n_topics()), topics.len());
            drop(peer);
            eventually("the end", demo.stop()).await;
        }
    }
}

async fn acknowledge(peer: &mut Client, message: &mqttscope::mqtt::packet::Publish) {
    let Some(packet_id) = message.packet_id else { return };
    let ack = mqttscope::mqtt::packet::Ack::success(packet_id);
    if message.qos == Qos::AtLeastOnce {
        peer.say(Packet::PubAck(ack)).await;
    } else {
        peer.say(Packet::PubRec(ack.clone())).await;
        peer.say(Packet::PubComp(ack)).await;
    }
}

#[tokio::test]
async fn a_light_answers_what_is_set() {
    let demo = demo::spawn(DemoOptions::default(), Arc::new(Hands::default())).await.unwrap();
    for version in BOTH {
        let (mut peer, _) = Client::join(demo.address(), connect(version, "peer")).await;
        peer.subscribe("home/lights/kitchen", Qos::AtMostOnce).await;
        let before = peer.message().await;
        assert!(before.retain);
        for (wish, expected) in [("ON", "on"), ("off", "off"), ("40", "on"), ("0", "off")] {
            peer.publish("home/lights/kitchen/set", wish.as_bytes(), Qos::AtMostOnce, 0).await;
            let state = peer.message().await;
            assert_eq!((&*state.payload.0, state.retain), (expected.as_bytes(), false), "{wish}");
        }
    }
    demo.stop().await;
}

#[tokio::test]
async fn a_port_in_use_is_named_with_the_remedy() {
    let demo = demo::spawn(DemoOptions::default(), Arc::new(Hands::default())).await.unwrap();
    let port = demo.address().port();
    let again = DemoOptions { port: Some(port), ..DemoOptions::default() };
    let error = demo::spawn(again, Arc::new(Hands::default())).await.unwrap_err().to_string();
    assert!(error.contains(&port.to_string()) && error.contains("--port"), "{error}");
    demo.stop().await;
}

/// The machine's clock, for trying the demo by hand.
#[derive(Debug)]
struct Wall(Instant);

impl Clock for Wall {
    fn now(&self) -> Timestamp {
        Timestamp(u64::try_from(self.0.elapsed().as_nanos()).unwrap())
    }
}

/// `DEMO_TOPICS=1000000 DEMO_RATE=50000 cargo test --release --test demo -- --ignored --nocapture by_hand`
/// prints the port and serves for a minute, so that `mosquitto_sub` can join in.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "for trying by hand"]
async fn by_hand() {
    #[expect(clippy::disallowed_methods, reason = "by hand one wants the real time")]
    let began = Instant::now();
    let wanted = |name| std::env::var(name).ok().and_then(|text| text.parse::<u32>().ok());
    let plant = PlantOptions {
        n_topics: wanted("DEMO_TOPICS").map(|n_topics| n_topics as usize),
        rate_per_s: wanted("DEMO_RATE").map(f64::from),
        seed: 1,
        ..PlantOptions::default()
    };
    let port = wanted("DEMO_PORT").and_then(|port| u16::try_from(port).ok());
    let demo = demo::spawn(DemoOptions { port, plant }, Arc::new(Wall(began))).await.unwrap();
    println!("{} topics after {:?} on {}", demo.n_topics(), began.elapsed(), demo.address());
    tokio::time::sleep(Duration::from_secs(wanted("DEMO_SECONDS").unwrap_or(60).into())).await;
    println!("{:?}", demo.handle().figures());
    demo.stop().await;
}

#[tokio::test]
async fn the_demo_quits_with_clients_connected() {
    let demo = demo::spawn(DemoOptions::default(), Arc::new(Hands::default())).await.unwrap();
    let (mut peer, _) = Client::join(demo.address(), connect(Version::V5, "peer")).await;
    let (goodbye, ()) = tokio::join!(peer.hears_the_end(), demo.stop());
    assert!(goodbye.is_some());
}
