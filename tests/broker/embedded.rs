//! The device's task against our own broker and its script of faults: links that are refused, spoilt or lost.
//! What becomes of publications and deliveries is told in `exchanges`, and what takes time in `delays`.
use crate::rig::{Device, Hands, VERSIONS, profile, publication, subscription};
use crate::tap::{Tap, lasting, start_broker};
use mqttscope::demo::broker::{self, ALWAYS, BrokerOptions, Fault, Faults, Keep, Limits, Strike};
use mqttscope::mqtt::port::{Lost, Notice, Step};
use mqttscope::mqtt::{BrokerEvent, BrokerRequest, Filter, Profile, Qos, Reason, Secret, Stage, Version};
use std::time::Duration;

/// How a live connection is lost to a strike; what is to be tried again has come back by then.
async fn struck(version: Version, strike: Strike) -> Lost {
    let broker = start_broker([]).await;
    let mut device = Device::start(profile(broker.address(), version, "x"));
    device.online().await;
    assert!(broker.handle().strike("x", &strike));
    let lost = device.lost().await;
    assert_eq!(lost.step, None);
    if lost.retry_at.is_some() {
        device.back_by_itself_after(&lost).await;
    } else {
        device.stays_away().await;
    }
    lost
}

#[tokio::test]
async fn a_refusal_that_may_pass_is_tried_again() {
    for version in VERSIONS {
        let reason = Reason::SERVER_UNAVAILABLE;
        let broker = start_broker([Fault::RefuseConnect { reason, times: 2 }]).await;
        let mut device = Device::start(profile(broker.address(), version, "x"));
        let (_, losses) = device.back_by_itself().await;
        assert_eq!(losses.len(), 2);
        for (lost, n_attempts) in losses.iter().zip(1..) {
            assert_eq!((lost.step, lost.reason), (Some(Step::Connect), Some(reason)));
            assert_eq!(lost.n_attempts, n_attempts);
            assert!(lost.cause.contains("server unavailable"), "{}", lost.cause);
        }
    }
}

#[tokio::test]
async fn bad_credentials_are_not_tried_again_and_the_words_name_the_flag() {
    for version in VERSIONS {
        let credentials = Some(("ann".to_owned(), Secret::new(b"right".to_vec())));
        let options = BrokerOptions { credentials, ..BrokerOptions::default() };
        let broker = broker::start(options, Hands::new()).await.unwrap();
        let with = |username: Option<&str>, password: &[u8]| Profile {
            username: username.map(Into::into),
            password: username.map(|_| Secret::new(password.to_vec())),
            ..profile(broker.address(), version, "x")
        };
        for (profile, flag) in [(with(None, b""), "--username"), (with(Some("ann"), b"wrong"), "--password")]
        {
            let mut device = Device::start(profile);
            let lost = device.lost().await;
            assert_eq!(lost.reason, Some(Reason::BAD_USER_NAME_OR_PASSWORD));
            assert!(lost.remedy.as_ref().unwrap().contains(flag), "{lost:?}");
            device.stays_away().await;
        }
        Device::start(with(Some("ann"), b"right")).online().await;
    }
}

#[tokio::test]
async fn a_broker_that_closes_at_once_is_asked_ever_more_rarely() {
    for version in VERSIONS {
        let strike = Fault::StrikeAt { n_packets: 0, times: ALWAYS, strike: Strike::Close };
        let broker = start_broker([strike]).await;
        let mut device = Device::start(profile(broker.address(), version, "x"));
        let mut longest = Duration::ZERO;
        for n in 0..16 {
            let lost = device.lost().await;
            assert_eq!((lost.step, lost.n_attempts), (Some(Step::Connect), n + 1));
            let wait = lost.retry_at.unwrap().since(lost.at);
            let ceiling = (Duration::from_millis(500) * 2_u32.pow(n.min(6))).min(Duration::from_secs(30));
            assert!(wait <= ceiling && wait >= Duration::from_millis(100), "{wait:?} after {n}");
            longest = longest.max(wait);
            if n == 15 {
                broker.handle().set_faults(Faults::default());
            }
            device.pass_to_retry(&lost);
        }
        // Ten waits below 30 s drawn at random: that none exceeds 1 s happens once in 10^14 times.
        assert!(longest > Duration::from_secs(1), "{longest:?}");
        device.online().await;
    }
}

#[tokio::test]
async fn a_broker_that_closes_after_some_packets_gets_the_rest_in_the_end() {
    for version in VERSIONS {
        // CONNECT, SUBSCRIBE, and the PUBLISH that it will not have.
        let strike = Fault::StrikeAt { n_packets: 3, times: 3, strike: Strike::Close };
        let broker = start_broker([strike]).await;
        let subscriptions = vec![subscription("a", Qos::AtLeastOnce)];
        let mut device = Device::start(Profile { subscriptions, ..profile(broker.address(), version, "x") });
        device.granted(1).await;
        device.publish(1, publication("a", b"1", Qos::AtLeastOnce, false));
        for _ in 0..3 {
            let lost = device.lost().await;
            assert_eq!(lost.step, None);
            device.back_by_itself_after(&lost).await;
        }
        assert_eq!(device.settled(1).await[&1], Stage::Acknowledged(Reason::SUCCESS));
        assert_eq!(device.heard(1).await[0].payload, b"1");
    }
}

/// MQTT-3.1.4-3.
#[tokio::test]
async fn a_session_taken_over_is_not_fought_for() {
    let broker = start_broker([]).await;
    let mut first = Device::start(profile(broker.address(), Version::V5, "x"));
    first.online().await;
    let mut second = Device::start(profile(broker.address(), Version::V5, "x"));
    second.online().await;
    let lost = first.lost().await;
    assert_eq!((lost.step, lost.reason, lost.retry_at), (None, Some(Reason::SESSION_TAKEN_OVER), None));
    assert!(lost.cause.contains("session taken over"), "{}", lost.cause);
    assert!(lost.remedy.as_ref().unwrap().contains("--client-id"), "{lost:?}");
    first.stays_away().await;
    assert_eq!(struck(Version::V5, Strike::TakeOver).await.reason, Some(Reason::SESSION_TAKEN_OVER));
    // 3.1.1 has no words for it: only a closed connection.
    assert_eq!(struck(Version::V3, Strike::TakeOver).await.cause, "the broker closed the connection");
}

/// 3.1.1 has no words for a take-over; lost again and again at once tells as much.
#[tokio::test]
async fn a_fight_for_a_client_id_is_named_on_3_1_1_too() {
    let broker = start_broker([]).await;
    let mut device = Device::start(profile(broker.address(), Version::V3, "x"));
    device.online().await;
    for n in 1..=3 {
        let mut rival = Device::start(profile(broker.address(), Version::V3, "x"));
        rival.online().await;
        let lost = device.lost().await;
        let remedy = lost.remedy.clone().unwrap_or_default();
        assert_eq!(remedy.contains("another client may use the client id \"x\""), n == 3, "{n}: {lost:?}");
        // Away, so that it does not come back either.
        rival.ask(BrokerRequest::Disconnect);
        rival.lost().await;
        device.back_by_itself_after(&lost).await;
    }
}

/// MQTT 5.0 section 3.14.2.1.
#[tokio::test]
async fn a_broker_s_disconnect_is_told_in_its_words() {
    for (reason, words, is_retried) in [
        (Reason(0x98), "closed for repairs", true),
        (Reason(0x97), "one client too many", true),
        (Reason(0x8D), "you were silent", true),
        (Reason::NOT_AUTHORIZED, "no longer a friend", false),
        (Reason(0x9D), "we moved", false),
    ] {
        let strike = Strike::Disconnect { reason, words: Some(words.into()) };
        let lost = struck(Version::V5, strike.clone()).await;
        assert_eq!((lost.reason, lost.retry_at.is_some()), (Some(reason), is_retried), "{lost:?}");
        assert!(lost.cause.contains(words), "{}", lost.cause);
        let lost = struck(Version::V3, strike).await;
        assert_eq!((lost.reason, lost.retry_at.is_some()), (None, true), "{lost:?}");
    }
}

#[tokio::test]
async fn a_broker_that_shuts_down_says_so_and_is_met_again() {
    for version in VERSIONS {
        let mut broker = start_broker([]).await;
        let mut device = Device::start(profile(broker.address(), version, "x"));
        device.online().await;
        broker.stop().await;
        let lost = device.lost().await;
        assert_eq!(lost.reason, (version == Version::V5).then_some(Reason(0x8B)));
        device.pass_to_retry(&lost);
        let lost = device.lost().await;
        assert_eq!((lost.step, lost.n_attempts), (Some(Step::Tcp), 1));
        broker.restart(Keep::Nothing).await.unwrap();
        device.back_by_itself_after(&lost).await;
    }
}

/// MQTT-4.8.0-1 of 3.1.1, MQTT-4.13.1-1 of 5.0.
#[tokio::test]
async fn malformed_bytes_end_the_connection_and_it_is_made_again() {
    let malformed: [&[u8]; 5] = [
        // PUBLISH at QoS 3, a PUBACK without its id, a length without end, a reserved type, a wrong flag.
        &[0x36, 5, 0, 1, b'a', 0, 1],
        &[0x40, 0],
        &[0x30, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
        &[0x00, 0],
        &[0xD1, 0],
    ];
    for version in VERSIONS {
        for bytes in malformed {
            let broker = start_broker([]).await;
            let tap = Tap::start(broker.address(), version).await;
            let mut device = Device::start(profile(tap.address, version, "x"));
            device.online().await;
            broker.handle().strike("x", &Strike::SendBytes(bytes.to_vec()));
            let lost = device.lost().await;
            assert_eq!((lost.step, lost.reason), (None, None));
            assert!(lost.cause.contains("the broker sent"), "{}", lost.cause);
            let goodbye = tap.record().iter().filter(|said| said.words == "DISCONNECT 0x81").count();
            assert_eq!(goodbye, usize::from(version == Version::V5), "{bytes:?}");
            device.back_by_itself_after(&lost).await;
        }
    }
}

#[tokio::test]
async fn a_packet_too_large_is_named_and_left_out_and_the_connection_goes_on() {
    for version in VERSIONS {
        let broker = start_broker([]).await;
        let subscriptions = vec![subscription("a", Qos::AtMostOnce)];
        let profile = profile(broker.address(), version, "x");
        let mut device = Device::start(Profile { max_packet_bytes: 100_000, subscriptions, ..profile });
        device.granted(1).await;
        broker.handle().strike("x", &Strike::SendOversize(3_000_000));
        broker.handle().publish(&publication("a", b"after", Qos::AtMostOnce, false));
        let told = device.until("MessageRefused", |event| match event {
            BrokerEvent::Notice(Notice::MessageRefused { topic, n_bytes, words }) => {
                Some((topic.clone(), *n_bytes, words.clone()))
            }
            _ => None,
        });
        let (topic, n_bytes, words) = told.await;
        assert_eq!(topic, "oversize");
        assert!((3_000_000..3_000_100).contains(&n_bytes), "{n_bytes}");
        assert!(words.contains("our limit of 100000 bytes"), "{words}");
        assert_eq!(device.heard(1).await[0].payload, b"after");
    }
}

#[tokio::test]
async fn a_filter_may_be_refused_or_granted_lower_and_the_rest_goes_on() {
    for version in VERSIONS {
        let secret = Filter::parse("secret/#").unwrap();
        let broker = start_broker([
            Fault::RefuseFilter { filter: secret.clone(), reason: Reason::NOT_AUTHORIZED },
            Fault::GrantAtMost(Qos::AtLeastOnce),
        ])
        .await;
        let subscriptions =
            vec![subscription("secret/#", Qos::AtMostOnce), subscription("open/#", Qos::ExactlyOnce)];
        let mut device = Device::start(Profile { subscriptions, ..profile(broker.address(), version, "x") });
        let mut answers = Vec::new();
        while answers.len() < 2 {
            let answer = device.until("Subscribed", |event| match event {
                BrokerEvent::Subscribed { subscription, granted } => {
                    Some((subscription.filter.clone(), granted.clone()))
                }
                _ => None,
            });
            answers.push(answer.await);
        }
        // 3.1.1 knows no reason but "failure" (MQTT 3.1.1 section 3.9.3).
        let reason = if version == Version::V5 { Reason::NOT_AUTHORIZED } else { Reason::UNSPECIFIED };
        assert_eq!(answers[0].0, secret);
        assert_eq!(answers[0].1.as_ref().unwrap_err().reason, reason);
        assert_eq!(answers[1].1, Ok(Qos::AtLeastOnce));
        broker.handle().publish(&publication("secret/1", b"", Qos::ExactlyOnce, false));
        broker.handle().publish(&publication("open/1", b"", Qos::ExactlyOnce, false));
        let heard = &device.heard(1).await[0];
        assert_eq!((heard.topic.as_str(), heard.qos), ("open/1", Qos::AtLeastOnce));
    }
}

#[tokio::test]
async fn a_thousand_filters_are_heard_and_asked_again_of_a_broker_that_forgot_them() {
    for version in VERSIONS {
        let mut broker = start_broker([]).await;
        let subscriptions = (0..1_000).map(|n| subscription(&format!("f/{n}/+"), Qos::AtMostOnce)).collect();
        let mut device = Device::start(Profile { subscriptions, ..lasting(broker.address(), version) });
        for is_anew in [false, true] {
            if is_anew {
                broker.kill().await;
                let lost = device.lost().await;
                broker.restart(Keep::Nothing).await.unwrap();
                device.back_by_itself_after(&lost).await;
            }
            device.granted(1_000).await;
            let before = device.heard.len();
            let publications: Vec<_> =
                (0..1_000).map(|n| publication(&format!("f/{n}/x"), b"", Qos::AtMostOnce, false)).collect();
            broker.handle().publish_all(&publications);
            let heard = &device.heard(before + 1_000).await[before..];
            let topics = heard.iter().map(|heard| heard.topic.as_str());
            assert!(topics.eq(publications.iter().map(|publication| publication.topic.as_str())));
        }
    }
}

/// MQTT 5.0 section 3.2.2.3: what a CONNACK rules out is never sent.
#[tokio::test]
async fn what_the_broker_s_limits_rule_out_is_refused_in_words_before_it_is_sent() {
    let limits = Limits {
        max_qos: Qos::AtLeastOnce,
        retain_available: false,
        max_packet_bytes: 1_000,
        ..Limits::default()
    };
    let options = BrokerOptions { limits, ..BrokerOptions::default() };
    let mut broker = broker::start(options, Hands::new()).await.unwrap();
    let mut heard = broker.handle().hear(&[Filter::parse("#").unwrap()], 100);
    broker.kill().await;
    let mut device = Device::start(profile(broker.address(), Version::V5, "x"));
    device.lost().await;
    // Asked while the limits are unknown, and again when they are known.
    for round in [0, 10] {
        for (ticket, payload, qos, retain) in [
            (1, vec![], Qos::ExactlyOnce, false),
            (2, vec![], Qos::AtMostOnce, true),
            (3, vec![0; 1_000], Qos::AtLeastOnce, false),
            (4, vec![], Qos::AtLeastOnce, false),
        ] {
            device.publish(round + ticket, publication("a", &payload, qos, retain));
        }
        if !broker.handle().is_connected("x") {
            broker.restart(Keep::Everything).await.unwrap();
            device.ask(BrokerRequest::Connect);
        }
        let settled = device.settled(device.settled.len() + 4).await;
        for (ticket, expected) in [(1, "at most QoS 1"), (2, "no retained messages"), (3, "at most 1000")] {
            assert!(
                matches!(&settled[&(round + ticket)], Stage::NotSent(words) if words.contains(expected)),
                "{settled:?}"
            );
        }
        assert_eq!(settled[&(round + 4)], Stage::Acknowledged(Reason::SUCCESS));
        assert!(heard.recv().await.unwrap().payload.0.is_empty());
    }
    assert!(heard.try_recv().is_err());
}
