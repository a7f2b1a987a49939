//! Batches, sweeps and probes from the key to our own broker and back, through the device's task.
use crate::rig::{Device, Hands, profile, publication, subscription};
use crate::tap::start_broker;
use crate::whole::Whole;
use mqttscope::config::batch;
use mqttscope::demo::broker::{self as demo, BrokerOptions, DemoBroker, Fault, Limits, Strike};
use mqttscope::model::Model;
use mqttscope::model::runs::{State, Work};
use mqttscope::mqtt::{Publication, PublishProperties, Qos, Reason, Retained, Topic, Version};
use std::fmt::Write;

fn lines(n: usize) -> String {
    let mut lines = String::new();
    for n in 0..n {
        writeln!(lines, r#"{{"topic":"t/{n}","payload":"{n}","qos":1}}"#).unwrap();
    }
    lines
}

async fn broker_with(receive_maximum: u16, faults: Vec<Fault>) -> DemoBroker {
    let limits = Limits { receive_maximum, ..Limits::default() };
    let faults = demo::Faults::new(faults);
    let options = BrokerOptions { limits, faults, ..BrokerOptions::default() };
    demo::start(options, Hands::new()).await.unwrap()
}

/// What a client that comes anew is sent as retained.
async fn retained(broker: &DemoBroker, version: Version, n: usize) -> Vec<(String, Vec<u8>)> {
    let mut profile = profile(broker.address(), version, "witness");
    profile.subscriptions.push(subscription("#", Qos::ExactlyOnce));
    let mut witness = Device::start(profile);
    witness.online().await;
    // A message of its own ends the wait, since what is retained comes before it.
    witness.granted(1).await;
    witness.publish(1, publication("end", b"", Qos::AtLeastOnce, false));
    while !witness.heard.iter().any(|heard| heard.topic == "end") {
        witness.until("a message", |_| Some(())).await;
    }
    let mut found: Vec<_> = witness
        .heard
        .into_iter()
        .filter(|heard| heard.retained == Retained::Yes)
        .map(|heard| (heard.topic, heard.payload))
        .collect();
    found.sort();
    assert_eq!(found.len(), n);
    found
}

#[tokio::test]
async fn thousands_go_within_a_receive_maximum_of_ten_and_each_is_acknowledged_once() {
    let broker = broker_with(10, Vec::new()).await;
    let mut whole = Whole::online(&broker, Version::V5).await;
    assert!(matches!(whole.batch(&lines(3_000)).await, State::Done(_)));
    let flow = &whole.run().flow;
    assert_eq!((flow.n_sent, flow.n_acknowledged, flow.n_refused), (3_000, 3_000, 0));
    assert!(whole.most_open <= 64, "{} under way", whole.most_open);
    whole.until("their echoes", |model| model.devices[0].store.n_messages() == 3_000).await;
}

#[tokio::test]
async fn what_is_refused_in_the_middle_is_counted_by_reason_and_the_rest_goes() {
    let refuse = |topic: &str, reason| Fault::RefuseTopic { topic: Topic::parse(topic).unwrap(), reason };
    let faults =
        vec![refuse("t/100", Reason(0x87)), refuse("t/200", Reason(0x97)), refuse("t/300", Reason(0x87))];
    let broker = broker_with(10, faults).await;
    let mut whole = Whole::online(&broker, Version::V5).await;
    assert!(matches!(whole.batch(&lines(500)).await, State::Done(_)));
    let run = whole.run();
    assert_eq!((run.flow.n_acknowledged, run.flow.n_refused), (497, 3));
    let Work::Bulk(bulk) = &run.work else { panic!("{run:?}") };
    assert!(bulk.remarks().contains("2 × not authorized"), "{}", bulk.remarks());
    let failed: Vec<_> = bulk.failed().into_iter().map(|(row, _)| row.topic.to_string()).collect();
    assert_eq!(failed, ["t/100", "t/200", "t/300"]);
}

#[tokio::test]
async fn a_connection_lost_in_the_middle_ends_it_and_nothing_is_sent_as_new() {
    let strike = Fault::StrikeAt { n_packets: 200, times: 1, strike: Strike::Close };
    let broker = broker_with(10, vec![strike]).await;
    let mut whole = Whole::online(&broker, Version::V5).await;
    assert!(matches!(whole.batch(&lines(1_000)).await, State::Stopped(..)));
    let n_sent = whole.run().flow.n_sent;
    assert!((1..1_000).contains(&n_sent), "{n_sent}");
    let log: Vec<_> = whole.model.devices[0].log_lines().map(|line| line.words.clone()).collect();
    assert!(log.iter().any(|words| words.contains("sent and not answered for: uncertain")), "{log:?}");
    // Its fate is told when the broker turns out to have forgotten the session.
    whole.until("an end of each", |model| model.runs.n_unsettled(None) == 0).await;
    assert_eq!(whole.run().flow.n_sent, n_sent, "not one went again");
}

#[tokio::test]
async fn an_undo_brings_back_every_byte_and_property_that_a_sweep_cleared() {
    for version in [Version::V3, Version::V5] {
        let broker = start_broker([]).await;
        let mut other = Device::start(profile(broker.address(), version, "other"));
        other.online().await;
        for n in 0..300_u64 {
            let payload: Vec<u8> =
                (0..n % 60).map(|byte| u8::try_from(byte * 37 % 256).unwrap()).chain([1]).collect();
            let mut one =
                publication(&format!("old/{}/{n}", n % 3), &payload, Qos::ALL[(n % 3) as usize], true);
            if version == Version::V5 {
                one.properties = PublishProperties {
                    content_type: Some("x/y".into()),
                    user: vec![("n".into(), n.to_string())],
                    correlation_data: Some(vec![0, 255]),
                    ..PublishProperties::default()
                };
            }
            other.publish(n, one);
        }
        other.publish(1_000, publication("new/1", b"stays", Qos::AtLeastOnce, true));
        other.settled(301).await;
        let before = retained(&broker, version, 301).await;
        let mut whole = Whole::online(&broker, version).await;
        whole.until("all of it", |model| model.devices[0].store.n_messages() == 301).await;
        whole.types("ctrl-g o l d enter X + + + enter 3 0 0 enter");
        whole.until("the sweep's end", |model| model.runs.iter().any(|run| !run.is_running())).await;
        assert_eq!(whole.run().flow.n_acknowledged, 300, "{:?}", whole.run().state);
        retained(&broker, version, 1).await;
        whole.until("the clearings", |model| model.devices[0].store.n_messages() >= 601).await;
        whole.types("u");
        whole
            .until("the undo's end", |model| model.runs.iter().filter(|run| !run.is_running()).count() == 2)
            .await;
        assert!(retained(&broker, version, 301).await == before, "every byte is back");
        if version == Version::V5 {
            let undo = std::fs::read_dir(whole.home.path().join("undo")).unwrap().next().unwrap().unwrap();
            let rows: Vec<Publication> = batch::read(&undo.path()).unwrap();
            let has_all =
                |row: &Publication| row.properties.content_type.is_some() && row.properties.user.len() == 1;
            assert!(rows.len() == 300 && rows.iter().all(has_all));
        }
    }
}

#[tokio::test]
async fn a_probe_tells_what_is_retained_and_leaves_the_subscriptions_as_they_were() {
    for version in [Version::V3, Version::V5] {
        let broker = start_broker([]).await;
        let mut other = Device::start(profile(broker.address(), version, "other"));
        other.online().await;
        other.publish(1, publication("a", b"kept", Qos::AtLeastOnce, true));
        other.settled(1).await;
        let mut whole = Whole::online(&broker, version).await;
        whole.until("a", |model| model.devices[0].store.n_messages() == 1).await;
        whole.types("ctrl-g a enter R");
        let said =
            |model: &Model, words: &str| model.devices[0].log_lines().any(|line| line.words.contains(words));
        whole
            .until("yes", |model| said(model, "a is retained: 4 bytes, QoS 0, the same as the last value"))
            .await;
        other.publish(2, publication("a", b"", Qos::AtLeastOnce, true));
        other.settled(2).await;
        whole.until("the clearing", |model| model.devices[0].store.n_messages() == 2).await;
        whole.types("R");
        whole.until("the question", |model| model.probe.is_some()).await;
        whole.until("no", |model| said(model, "a is not retained: nothing came within 2 s")).await;
        // Only # hears it now, and once.
        whole.until("the end of it", |model| said(model, "unsubscribed from a")).await;
        other.publish(3, publication("a", b"live", Qos::AtLeastOnce, false));
        other.publish(4, publication("b", b"live", Qos::AtLeastOnce, false));
        whole.until("b", |model| model.devices[0].store.find("b").is_some()).await;
        assert_eq!(whole.model.devices[0].store.n_messages(), 4);
    }
}
