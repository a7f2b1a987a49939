//! Requests by the form, which a second client answers through a broker. Owns what a person sees of the exchange.
use crate::rig::{Device, Hands, profile, publication, subscription};
use crate::watched::Watched;
use mqttscope::demo::broker::{self, BrokerOptions, DemoBroker};
use mqttscope::mqtt::{BrokerEvent, Profile, Publication, PublishProperties, Qos, Version};
use mqttscope::wire;
use std::sync::Arc;
use std::time::Duration;

/// A broker, a device that hears nothing, and one that hears what is asked of the lamp.
async fn meet(version: Version) -> (DemoBroker, Watched, Device) {
    let hands = Hands::still();
    let broker = broker::start(BrokerOptions::default(), hands.clone()).await.unwrap();
    let lamp = Profile {
        subscriptions: vec![subscription("lamp/get", Qos::AtLeastOnce)],
        ..profile(broker.address(), version, "lamp")
    };
    let mut lamp = Device::start_by(lamp, Arc::clone(&hands));
    lamp.granted(1).await;
    let mut asks = Watched::start(profile(broker.address(), version, "asks"), hands);
    asks.sees("online").await;
    (broker, asks, lamp)
}

/// What was asked of the lamp next: the properties of the request.
async fn asked(lamp: &mut Device) -> PublishProperties {
    lamp.until("a request", |event| match event {
        BrokerEvent::Messages(batch) => {
            batch.iter().last().map(|message| wire::read_publish_properties(message.properties).unwrap())
        }
        _ => None,
    })
    .await
}

/// An answer that carries this correlation data.
fn answer(topic: &str, payload: &[u8], correlation: Option<Vec<u8>>) -> Publication {
    let properties = PublishProperties { correlation_data: correlation, ..PublishProperties::default() };
    Publication { properties, ..publication(topic, payload, Qos::AtLeastOnce, false) }
}

#[tokio::test]
async fn a_request_is_answered_by_another_client_with_its_correlation_data() {
    let (_broker, mut asks, mut lamp) = meet(Version::V5).await;
    asks.types("plamp/get<tab>state?<alt-r>");
    let request = asked(&mut lamp).await;
    let topic = request.response_topic.unwrap();
    assert!(topic.starts_with("mqttscope/answer/asks/"), "{topic}");
    // A stranger's answer on the same topic is not ours.
    lamp.publish(1, answer(&topic, b"no", Some(b"another's".to_vec())));
    lamp.publish(2, answer(&topic, b"no", None));
    lamp.publish(3, answer(&topic, b"on", request.correlation_data.clone()));
    asks.sees("answered after").await;
    asks.types("<esc>P");
    asks.sees(": on").await;
    // Once more from the list it asks anew, on a topic and with data of its own.
    asks.types("r");
    asks.sees("answer awaited on mqttscope/answer/asks/").await;
    let again = asked(&mut lamp).await;
    assert_ne!(again.response_topic.as_ref(), Some(&topic));
    assert_ne!(again.correlation_data, request.correlation_data);
    let topic = again.response_topic.unwrap();
    lamp.publish(4, answer(&topic, b"on again", again.correlation_data));
    asks.sees(": on again").await;
}

#[tokio::test]
async fn on_3_1_1_the_first_message_on_the_topic_that_was_named_answers() {
    let (_broker, mut asks, mut lamp) = meet(Version::V3).await;
    asks.types("plamp/get<tab>state?<alt-r>");
    asks.sees("MQTT 3.1.1 carries no response topic").await;
    asks.types("<ctrl-v><tab><tab><tab><tab><tab><tab>lamp/state<enter>");
    asks.sees("MQTT 3.1.1 carries no response topic: alt-r asks, or empty it to send").await;
    asks.types("<shift-tab><shift-tab>text/plain<alt-r>");
    asks.sees("MQTT 3.1.1 has no properties: only the response topic").await;
    asks.types("<ctrl-u><alt-r>");
    asked(&mut lamp).await;
    lamp.publish(1, answer("lamp/state", b"off", None));
    asks.sees("answered after").await;
    asks.types("<esc>P");
    asks.sees(": off").await;
    asks.types("r");
    asks.sees("answer awaited on lamp/state").await;
    asked(&mut lamp).await;
    lamp.publish(2, answer("lamp/state", b"dimmed", None));
    asks.sees(": dimmed").await;
}

#[tokio::test]
async fn what_nobody_answers_is_told_after_ten_seconds_and_a_late_answer_too() {
    let (_broker, mut asks, mut lamp) = meet(Version::V5).await;
    asks.types("plamp/get<tab>state?<alt-r>");
    let request = asked(&mut lamp).await;
    asks.pass(Duration::from_secs(10));
    asks.sees("no answer on mqttscope/answer/asks/").await;
    asks.sees("after 10 s; a late").await;
    lamp.publish(1, answer(&request.response_topic.unwrap(), b"on", request.correlation_data));
    asks.sees("a late answer after").await;
}
