//! Publications and deliveries across faults and lost connections, against our own broker: what is resumed,
//! what starts over, and that nothing acknowledged is lost (section 4.4 of both versions).
use crate::rig::{Device, Hands, VERSIONS, profile, publication, subscription};
use crate::tap::{By, Tap, eventually, lasting, start_broker};
use mqttscope::demo::broker::{
    self, BrokerHandle, BrokerOptions, DemoBroker, Fault, Faults, Keep, Limits, PacketKind, Strike,
};
use mqttscope::mqtt::port::Notice;
use mqttscope::mqtt::{
    BrokerEvent, BrokerRequest, Filter, Profile, Publication, Qos, Reason, Stage, Version,
};
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::sync::mpsc::Receiver;

const ACKNOWLEDGED: Stage = Stage::Acknowledged(Reason::SUCCESS);

/// What the broker takes from clients, heard inside.
fn hear(broker: &DemoBroker, filter: &str) -> Receiver<Arc<Publication>> {
    broker.handle().hear(&[Filter::parse(filter).unwrap()], 100_000)
}

fn payloads(heard: &mut Receiver<Arc<Publication>>) -> Vec<u64> {
    std::iter::from_fn(|| heard.try_recv().ok()).map(|publication| number(&publication.payload.0)).collect()
}

fn number(payload: &[u8]) -> u64 {
    std::str::from_utf8(payload).unwrap().parse().unwrap()
}

fn numbered(topic: &str, n: u64, qos: Qos) -> Publication {
    publication(topic, n.to_string().as_bytes(), qos, false)
}

/// Loses the connection of the client `x`, which is made again at once.
async fn reconnect(device: &mut Device, handle: &BrokerHandle) -> mqttscope::mqtt::port::Online {
    assert!(handle.strike("x", &Strike::Close));
    let lost = device.lost().await;
    device.back_by_itself_after(&lost).await
}

/// MQTT-4.4.0-1: with the ids that the broker knows, and DUP on each PUBLISH (MQTT-3.3.1-1).
/// MQTT-4.3.3: at QoS 2 the broker passes it on once, wherever the connection breaks.
#[tokio::test]
async fn an_exchange_that_a_lost_connection_broke_is_resumed_where_it_stood() {
    let lost = |kind| Fault::DropSent { kind, nth: 1 };
    let unheard = |kind| Fault::DropReceived { kind, nth: 1 };
    let (once, twice) = (Qos::AtLeastOnce, Qos::ExactlyOnce);
    for version in VERSIONS {
        // The fault; packets the broker reads before the loss; what the device says after it; and how often
        // the broker passes the publication on.
        for (fault, qos, n_read, resumed, n_heard) in [
            (unheard(PacketKind::Publish), once, 2, ["PUBLISH dup"].as_slice(), 1),
            (lost(PacketKind::PubAck), once, 2, &["PUBLISH dup"], 2),
            (unheard(PacketKind::Publish), twice, 2, &["PUBLISH dup", "PUBREL"], 1),
            (lost(PacketKind::PubRec), twice, 2, &["PUBLISH dup", "PUBREL"], 1),
            (unheard(PacketKind::PubRel), twice, 3, &["PUBREL"], 1),
            (lost(PacketKind::PubComp), twice, 3, &["PUBREL"], 1),
        ] {
            let broker = start_broker([fault.clone()]).await;
            let handle = broker.handle();
            let mut heard = hear(&broker, "a");
            let tap = Tap::start(broker.address(), version).await;
            let mut device = Device::start(lasting(tap.address, version));
            device.online().await;
            device.publish(1, numbered("a", 7, qos));
            eventually("the fault comes to pass", || handle.figures().packets_received == n_read).await;
            let said = tap.resumed(By::Device);
            let id = said[0].strip_prefix("PUBLISH ").unwrap().to_owned();
            let online = reconnect(&mut device, &handle).await;
            assert!(online.connack.session_present);
            assert_eq!(online.n_resumed, 1, "{fault:?}");
            assert_eq!(device.stages(1).await.last(), Some(&ACKNOWLEDGED), "{fault:?}");
            let expected: Vec<String> = resumed
                .iter()
                .map(|words| match words.split_once(' ') {
                    Some((name, dup)) => format!("{name} {id} {dup}"),
                    None => format!("{words} {id}"),
                })
                .collect();
            assert_eq!(tap.resumed(By::Device), expected, "{version}: {fault:?}");
            assert_eq!(payloads(&mut heard), vec![7; n_heard], "{version}: {fault:?}");
        }
    }
}

/// MQTT 5.0 section 3.2.2.1.1: without a session every exchange begins anew, and the person is told.
#[tokio::test]
async fn a_broker_that_forgot_the_session_gets_everything_anew_and_it_is_told() {
    for version in VERSIONS {
        let never = [PacketKind::PubAck, PacketKind::PubRec].map(Fault::NeverSend);
        let mut broker = start_broker(never).await;
        let handle = broker.handle();
        let mut heard = hear(&broker, "a");
        let tap = Tap::start(broker.address(), version).await;
        let subscriptions = vec![subscription("a", Qos::AtMostOnce)];
        let mut device = Device::start(Profile { subscriptions, ..lasting(tap.address, version) });
        device.granted(1).await;
        device.publish(1, numbered("a", 1, Qos::AtLeastOnce));
        device.publish(2, numbered("a", 2, Qos::ExactlyOnce));
        device.heard(2).await;
        broker.kill().await;
        handle.set_faults(Faults::default());
        let lost = device.lost().await;
        broker.restart(Keep::Nothing).await.unwrap();
        let online = device.back_by_itself_after(&lost).await;
        assert!(!online.connack.session_present);
        let told = device.until("SessionLost", |event| match event {
            BrokerEvent::Notice(Notice::SessionLost { n_restarted, n_maybe_twice }) => {
                Some((*n_restarted, *n_maybe_twice))
            }
            _ => None,
        });
        assert_eq!(told.await, (2, 1));
        assert_eq!(device.settled(2).await.values().collect::<Vec<_>>(), [&ACKNOWLEDGED; 2]);
        // The filter was asked again before what it is to hear.
        let again: Vec<u64> = device.heard(4).await[2..].iter().map(|heard| number(&heard.payload)).collect();
        assert_eq!(again, [1, 2]);
        assert_eq!(payloads(&mut heard), [1, 2, 1, 2]);
        assert!(
            tap.resumed(By::Device).iter().all(|words| !words.ends_with("dup")),
            "{:?}",
            tap.resumed(By::Device)
        );
    }
}

#[tokio::test]
async fn a_delivery_that_comes_twice_says_so_at_qos_1_and_is_held_back_at_qos_2() {
    for version in VERSIONS {
        let broker = start_broker([Fault::Duplicate]).await;
        let mut device = Device::start(Profile {
            subscriptions: vec![subscription("#", Qos::ExactlyOnce)],
            ..profile(broker.address(), version, "x")
        });
        device.granted(1).await;
        for (n, qos) in [(1, Qos::ExactlyOnce), (2, Qos::AtLeastOnce), (3, Qos::ExactlyOnce)] {
            broker.handle().publish(&numbered("a", n, qos));
        }
        broker.handle().publish(&numbered("a", 4, Qos::AtMostOnce));
        let heard = device.heard(5).await.iter();
        let heard: Vec<_> = heard.map(|heard| (number(&heard.payload), heard.dup)).collect();
        // MQTT-3.3.1-1, MQTT-4.3.3-2.
        assert_eq!(heard, [(1, false), (2, false), (2, true), (3, false), (4, false)]);
        let held_back = device.until("the figure of duplicates", |event| match event {
            BrokerEvent::Link(link) if link.n_duplicates > 0 => Some(link.n_duplicates),
            _ => None,
        });
        assert_eq!(held_back.await, 2);
    }
}

/// Section 4.3.3: exactly once, with every packet of the exchange lost some time and the connection with it.
#[tokio::test]
async fn deliveries_at_qos_2_come_once_through_lost_connections() {
    for version in VERSIONS {
        let broker = start_broker([]).await;
        let handle = broker.handle();
        let tap = Tap::start(broker.address(), version).await;
        let mut device = Device::start(Profile {
            subscriptions: vec![subscription("a", Qos::ExactlyOnce)],
            ..lasting(tap.address, version)
        });
        device.granted(1).await;
        let mut n_said = 0;
        // What is lost, and with what the broker takes the exchange up again.
        for (fault, resumed) in [
            (Fault::DropSent { kind: PacketKind::Publish, nth: 3 }, "PUBLISH"),
            (Fault::DropReceived { kind: PacketKind::PubRec, nth: 4 }, "PUBLISH"),
            (Fault::DropSent { kind: PacketKind::PubRel, nth: 5 }, "PUBREL"),
            (Fault::DropReceived { kind: PacketKind::PubComp, nth: 2 }, "PUBREL"),
        ] {
            handle.set_faults(Faults::new([fault.clone()]));
            let before = handle.figures().packets_received;
            for n in n_said..n_said + 10 {
                handle.publish(&numbered("a", n, Qos::ExactlyOnce));
            }
            eventually("answers come", || handle.figures().packets_received > before + 12).await;
            assert!(reconnect(&mut device, &handle).await.connack.session_present);
            handle.publish(&numbered("a", n_said + 10, Qos::ExactlyOnce));
            n_said += 11;
            let mut heard: Vec<_> = device.heard(usize::try_from(n_said).unwrap()).await.iter().collect();
            // What was lost with its connection comes late; nothing comes twice.
            heard.sort_by_key(|heard| number(&heard.payload));
            let numbers = heard.iter().map(|heard| number(&heard.payload));
            assert!(numbers.eq(0..n_said), "{version}: {fault:?}: {heard:?}");
            let said = tap.resumed(By::Broker);
            let is_resumed = |words: &String| match resumed {
                "PUBLISH" => words.starts_with(resumed) && words.ends_with("dup"),
                _ => words.starts_with(resumed),
            };
            assert!(said.iter().any(is_resumed), "{version}: {fault:?}: {said:?}");
        }
    }
}

#[tokio::test]
async fn publications_at_qos_2_arrive_once_through_lost_connections() {
    for version in VERSIONS {
        let broker = start_broker([]).await;
        let handle = broker.handle();
        let mut heard = hear(&broker, "a");
        let mut device = Device::start(lasting(broker.address(), version));
        device.online().await;
        for (round, fault) in (0..).zip([
            Fault::DropReceived { kind: PacketKind::Publish, nth: 3 },
            Fault::DropSent { kind: PacketKind::PubRec, nth: 4 },
            Fault::DropReceived { kind: PacketKind::PubRel, nth: 5 },
            Fault::DropSent { kind: PacketKind::PubComp, nth: 2 },
        ]) {
            handle.set_faults(Faults::new([fault]));
            let before = handle.figures().packets_received;
            for n in 0..10 {
                device.publish(round * 10 + n, numbered("a", round * 10 + n, Qos::ExactlyOnce));
            }
            eventually("packets come", || handle.figures().packets_received > before + 12).await;
            assert!(handle.strike("x", &Strike::Close));
            device.ask(BrokerRequest::Connect);
            let settled = device.settled(device.settled.len() + 10).await;
            assert!(settled.values().all(|stage| *stage == ACKNOWLEDGED), "{settled:?}");
        }
        let mut arrived = payloads(&mut heard);
        arrived.sort_unstable();
        assert_eq!(arrived, (0..40).collect::<Vec<_>>());
    }
}

/// MQTT-3.3.4-9: no more unacknowledged publications than the broker takes at once.
#[tokio::test]
async fn the_broker_s_receive_maximum_holds_however_much_is_queued() {
    let limits = Limits { receive_maximum: 4, ..Limits::default() };
    let options = BrokerOptions { limits, ..BrokerOptions::default() };
    let broker = broker::start(options, Hands::new()).await.unwrap();
    let mut heard = hear(&broker, "a");
    let tap = Tap::start(broker.address(), Version::V5).await;
    let mut device = Device::start(profile(tap.address, Version::V5, "x"));
    device.online().await;
    for n in 0..1_000 {
        let qos = if n % 3 == 0 { Qos::AtLeastOnce } else { Qos::ExactlyOnce };
        device.publish(n, numbered("a", n, qos));
    }
    let settled = device.settled(1_000).await;
    assert!(settled.values().all(|stage| *stage == ACKNOWLEDGED));
    let (mut n_open, mut most) = (0, 0);
    for said in tap.record() {
        match (said.by, said.words.split(' ').next().unwrap()) {
            (By::Device, "PUBLISH") => n_open += 1,
            (By::Broker, "PUBACK" | "PUBCOMP") => n_open -= 1,
            _ => {}
        }
        most = most.max(n_open);
    }
    assert_eq!(most, 4);
    // MQTT-4.6.0-1 and its neighbours: in the order in which they were asked for.
    assert_eq!(payloads(&mut heard), (0..1_000).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_a_broker_never_takes_is_given_up_in_the_end_and_takes_nothing_with_it() {
    // 3.1.1 has no words for a limit: the broker closes, and would for ever.
    let limits = Limits { max_packet_bytes: 1_000, ..Limits::default() };
    let options = BrokerOptions { limits, ..BrokerOptions::default() };
    let broker = broker::start(options, Hands::new()).await.unwrap();
    for clean_start in [true, false] {
        let profile = profile(broker.address(), Version::V3, "x");
        let mut device = Device::start(Profile { clean_start, ..profile });
        device.online().await;
        for (n, n_bytes) in [(0, 1), (1, 2_000), (2, 1), (3, 2_000), (4, 1)] {
            let qos = if n < 3 { Qos::AtLeastOnce } else { Qos::ExactlyOnce };
            device.publish(n, publication("a", &vec![b'0'; n_bytes], qos, false));
        }
        while device.settled.len() < 5 {
            let lost = device.until("a last stage or Lost", |event| match event {
                BrokerEvent::Publication { stage, .. } if stage.is_last() => Some(None),
                BrokerEvent::Lost(lost) => Some(Some(lost.clone())),
                _ => None,
            });
            if let Some(lost) = lost.await {
                device.pass_to_retry(&lost);
            }
        }
        for (n, stage) in &device.settled {
            match stage {
                Stage::NotSent(words) if n % 2 == 1 => {
                    assert!(words.contains("sent on 8 connections"), "{words}");
                }
                stage => assert_eq!((stage, n % 2), (&ACKNOWLEDGED, 0), "publication {n}"),
            }
        }
        device.ask(BrokerRequest::End);
        device.ended().await;
    }
}

#[tokio::test]
async fn what_is_asked_while_the_broker_is_down_is_done_when_it_is_back() {
    for version in VERSIONS {
        let mut broker = start_broker([]).await;
        broker.kill().await;
        let mut device = Device::start(Profile {
            subscriptions: vec![subscription("dropped", Qos::AtMostOnce)],
            ..profile(broker.address(), version, "x")
        });
        device.lost().await;
        device.ask(BrokerRequest::Subscribe(subscription("wanted", Qos::ExactlyOnce)));
        device.ask(BrokerRequest::Unsubscribe(Filter::parse("dropped").unwrap()));
        for (n, qos) in [Qos::AtMostOnce, Qos::AtLeastOnce, Qos::ExactlyOnce].into_iter().enumerate() {
            device.publish(n as u64, numbered("wanted", n as u64, qos));
        }
        broker.restart(Keep::Nothing).await.unwrap();
        device.ask(BrokerRequest::Connect);
        let settled = device.settled(3).await;
        assert_eq!(settled[&0], Stage::Sent { packet_id: None, resent: false });
        assert_eq!((&settled[&1], &settled[&2]), (&ACKNOWLEDGED, &ACKNOWLEDGED));
        assert_eq!(broker.handle().publish(&numbered("dropped", 9, Qos::AtMostOnce)), 0);
        broker.handle().publish(&numbered("wanted", 3, Qos::AtMostOnce));
        let heard = device.heard(4).await.iter().map(|heard| number(&heard.payload));
        assert_eq!(heard.collect::<Vec<_>>(), [0, 1, 2, 3]);
    }
}

/// Section 4.3.2 across section 4.4: acknowledged is never lost, and within a kept session nothing is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_killed_under_a_stream_loses_nothing_at_qos_1_either_way() {
    const ROUNDS: u64 = 4;
    const EACH: u64 = 300;
    for version in VERSIONS {
        let mut broker = start_broker([]).await;
        let handle = broker.handle();
        let mut up = hear(&broker, "up");
        let mut device = Device::start(Profile {
            subscriptions: vec![subscription("down", Qos::AtLeastOnce)],
            ..lasting(broker.address(), version)
        });
        device.granted(1).await;
        for round in 0..ROUNDS {
            for n in round * EACH..(round + 1) * EACH {
                device.publish(n, numbered("up", n, Qos::AtLeastOnce));
                handle.publish(&numbered("down", n, Qos::AtLeastOnce));
            }
            // Some have come and some have not, each way.
            device.settled(device.settled.len() + 100).await;
            broker.kill().await;
            // Both sides go on while it is down.
            handle.publish(&numbered("down", ROUNDS * EACH + round, Qos::AtLeastOnce));
            device.lost().await;
            broker.restart(Keep::Everything).await.unwrap();
            device.ask(BrokerRequest::Connect);
            assert!(device.online().await.connack.session_present);
        }
        let settled = device.settled(usize::try_from(ROUNDS * EACH).unwrap()).await;
        assert!(settled.values().all(|stage| *stage == ACKNOWLEDGED));
        let arrived: BTreeSet<u64> = payloads(&mut up).into_iter().collect();
        assert_eq!(arrived, settled.keys().copied().collect());
        let all: BTreeSet<u64> = (0..ROUNDS * (EACH + 1)).collect();
        loop {
            let heard: BTreeSet<u64> = device.heard.iter().map(|heard| number(&heard.payload)).collect();
            if heard == all {
                break;
            }
            device.heard(device.heard.len() + 1).await;
        }
    }
}
