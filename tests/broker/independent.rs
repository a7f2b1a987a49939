//! Against mqtt5's broker, which nobody here wrote: does the whole speak MQTT, both versions?
use crate::rig::{Device, Independent, VERSIONS, profile, publication, subscription};
use mqttscope::mqtt::port::Step;
use mqttscope::mqtt::{BrokerEvent, BrokerRequest, Profile, Qos, Reason, Retained, Stage, Version};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_step_to_a_connection_is_told_with_its_time() {
    let broker = Independent::start().await;
    for version in VERSIONS {
        let mut device = Device::start(profile(broker.address, version, "steps"));
        let mut steps = Vec::new();
        let online = device
            .until("Online", |event| match event {
                BrokerEvent::StepBegun(step, _) => {
                    steps.push(format!("{} begun", step.words()));
                    None
                }
                BrokerEvent::StepDone(step, took, note) => {
                    steps.push(format!("{} done, {}", step.words(), note.clone().unwrap_or_default()));
                    assert!(!took.is_zero());
                    None
                }
                BrokerEvent::Online(online) => Some((**online).clone()),
                _ => None,
            })
            .await;
        assert_eq!(
            steps,
            [
                "resolve begun".to_owned(),
                "resolve done, 127.0.0.1".into(),
                "TCP begun".into(),
                format!("TCP done, {}", broker.address),
                "CONNECT begun".into(),
                "CONNECT done, ".into(),
            ]
        );
        assert_eq!((online.client_id.as_str(), online.connack.reason), ("steps", Reason::SUCCESS));
        assert!(!online.took.is_zero());
        device.ask(BrokerRequest::Ping);
        device.until("Pong", |event| matches!(event, BrokerEvent::Pong { .. }).then_some(())).await;
        device.ask(BrokerRequest::End);
        device.ended().await;
    }
    broker.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_of_each_qos_go_both_ways_with_their_stages() {
    let broker = Independent::start().await;
    for version in VERSIONS {
        let subscriptions = vec![subscription("#", Qos::ExactlyOnce)];
        let mut device = Device::start(Profile { subscriptions, ..profile(broker.address, version, "qos") });
        assert_eq!(device.granted(1).await, [Qos::ExactlyOnce]);
        for (ticket, qos) in (1..).zip(Qos::ALL) {
            device.publish(ticket, publication("home/livingroom/lights/brightness", b"0.75", qos, false));
            let stages: Vec<String> = device
                .stages(ticket)
                .await
                .into_iter()
                .map(|stage| match stage {
                    Stage::Queued => "queued".into(),
                    Stage::Sent { packet_id, resent } => format!("sent {} {resent}", packet_id.is_some()),
                    Stage::Received => "received".into(),
                    Stage::Acknowledged(reason) => format!("acknowledged {}", reason.is_failure()),
                    Stage::Refused(..) | Stage::NotSent(_) => format!("{stage:?}"),
                })
                .collect();
            let expected: &[&str] = match qos {
                Qos::AtMostOnce => &["sent false false"],
                Qos::AtLeastOnce => &["sent true false", "acknowledged false"],
                Qos::ExactlyOnce => &["sent true false", "received", "acknowledged false"],
            };
            // "Queued" may or may not come first.
            let stages: Vec<&str> =
                stages.iter().map(String::as_str).filter(|stage| *stage != "queued").collect();
            assert_eq!(stages, expected, "{version} QoS {qos}");
            let heard = device.heard(usize::try_from(ticket).unwrap()).await.last().unwrap().clone();
            assert_eq!((heard.topic.as_str(), heard.qos), ("home/livingroom/lights/brightness", qos));
            assert_eq!(heard.payload, b"0.75");
        }
    }
    broker.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_retained_comes_to_the_late() {
    let broker = Independent::start().await;
    for version in VERSIONS {
        let topic = format!("/sensors/temperature/{}", if version == Version::V3 { 3 } else { 5 });
        let mut early = Device::start(profile(broker.address, version, "early"));
        early.publish(1, publication(&topic, b"23.5", Qos::AtLeastOnce, true));
        early.stages(1).await;
        let subscriptions = vec![subscription(&topic, Qos::AtMostOnce)];
        let mut late = Device::start(Profile { subscriptions, ..profile(broker.address, version, "late") });
        let heard = late.heard(1).await[0].clone();
        assert_eq!((heard.payload.as_slice(), heard.retained), (&b"23.5"[..], Retained::Yes));
    }
    broker.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_restarts_finds_us_again() {
    for version in VERSIONS {
        let broker = Independent::start().await;
        let address = broker.address;
        let subscriptions = vec![subscription("a/#", Qos::AtLeastOnce)];
        let mut device = Device::start(Profile { subscriptions, ..profile(address, version, "again") });
        device.granted(1).await;
        broker.stop().await;
        let lost = device.lost().await;
        assert_eq!(lost.step, None, "{lost:?}");
        assert!(lost.retry_at.is_some(), "{lost:?}");
        // Held while the broker is down, sent when it is back.
        device.publish(1, publication("a/b", b"1", Qos::AtLeastOnce, false));
        let lost = device.lost().await;
        assert_eq!((lost.step, lost.n_attempts), (Some(Step::Tcp), 1), "{lost:?}");
        let broker = Independent::start_on(address).await;
        device.ask(BrokerRequest::Connect);
        device.online().await;
        device.heard(1).await;
        assert_eq!(device.heard[0].topic, "a/b");
        broker.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_filters_at_start_are_all_granted() {
    let broker = Independent::start().await;
    for version in VERSIONS {
        let subscriptions = (0..1000).map(|n| subscription(&format!("f/{n}/#"), Qos::AtLeastOnce)).collect();
        let mut device = Device::start(Profile { subscriptions, ..profile(broker.address, version, "many") });
        assert_eq!(device.granted(1000).await.len(), 1000);
        device.publish(1, publication("f/999/x", b"1", Qos::AtMostOnce, false));
        assert_eq!(device.heard(1).await[0].topic, "f/999/x");
        // And a thousand more, asked for at once while online.
        for n in 1000..2000 {
            device.ask(BrokerRequest::Subscribe(subscription(&format!("f/{n}/#"), Qos::AtMostOnce)));
        }
        device.granted(1000).await;
    }
    broker.stop().await;
}
