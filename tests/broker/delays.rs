//! Answers of our own broker that come late or never, on a clock that only the test turns.
use crate::rig::{Device, Hands, VERSIONS, profile, publication, subscription};
use crate::tap::{eventually, start_broker};
use mqttscope::demo::broker::{self, BrokerOptions, Fault, Faults, PacketKind};
use mqttscope::mqtt::port::Notice;
use mqttscope::mqtt::{BrokerEvent, BrokerRequest, Profile, Qos};
use std::time::Duration;

#[tokio::test]
async fn answers_take_as_long_as_the_clock_says() {
    let delays = [(PacketKind::ConnAck, 2), (PacketKind::PingResp, 3), (PacketKind::PubAck, 5)]
        .map(|(kind, by_s)| (kind, Duration::from_secs(by_s)));
    for version in VERSIONS {
        let hands = Hands::still();
        let faults = Faults::new(delays.map(|(kind, by)| Fault::Delay { kind, by }));
        let options = BrokerOptions { faults, ..BrokerOptions::default() };
        let broker = broker::start(options, hands.clone()).await.unwrap();
        let handle = broker.handle();
        // A delayed packet counts as sent; then its time passes at once.
        let pass = async |n_sent: u64, by: Duration| {
            eventually("an answer is held back", || handle.figures().packets_sent == n_sent).await;
            hands.turn(by);
            handle.wake();
        };
        let mut device = Device::start_by(profile(broker.address(), version, "x"), hands.clone());
        pass(1, delays[0].1).await;
        assert_eq!(device.online().await.took, delays[0].1);
        device.ask(BrokerRequest::Ping);
        pass(2, delays[1].1).await;
        let round_trip = device.until("Pong", |event| match event {
            BrokerEvent::Pong { round_trip, .. } => Some(*round_trip),
            _ => None,
        });
        assert_eq!(round_trip.await, delays[1].1);
        device.publish(1, publication("a", b"1", Qos::AtLeastOnce, false));
        pass(3, delays[2].1).await;
        let mut moments = Vec::new();
        device
            .until("an acknowledgement", |event| match event {
                BrokerEvent::Publication { stage, at, .. } => {
                    moments.push(*at);
                    stage.is_last().then_some(())
                }
                _ => None,
            })
            .await;
        assert_eq!(moments[1].since(moments[0]), delays[2].1);
    }
}

/// MQTT 5.0 section 3.1.2.10, and MQTT 3.1.1 section 3.1.2.10: one and a half times the keep-alive.
#[tokio::test]
async fn a_broker_that_falls_silent_is_given_up_at_one_and_a_half_times_the_keep_alive() {
    for version in VERSIONS {
        let broker = start_broker([]).await;
        let handle = broker.handle();
        let profile = Profile { keep_alive_s: 10, ..profile(broker.address(), version, "x") };
        let mut device = Device::start_by(profile, Hands::still());
        let online = device.online().await;
        handle.set_faults(Faults::new([Fault::Silent]));
        // The ping goes in time for the interval between two packets.
        device.hands.turn(Duration::from_secs(9));
        device.nudge();
        eventually("PINGREQ arrives", || handle.figures().packets_received == 2).await;
        device.hands.turn(Duration::from_secs(2));
        device.nudge();
        let waited = device.until("PingOverdue", |event| match event {
            BrokerEvent::Notice(Notice::PingOverdue { waited }) => Some(*waited),
            _ => None,
        });
        assert_eq!(waited.await, Duration::from_secs(2));
        // Not a moment before its time.
        device.hands.turn(Duration::from_millis(3_999));
        device.ask(BrokerRequest::Subscribe(subscription("still/here", Qos::AtMostOnce)));
        eventually("SUBSCRIBE arrives", || handle.figures().packets_received == 3).await;
        device.hands.turn(Duration::from_millis(1));
        device.nudge();
        let lost = device.lost().await;
        assert_eq!(lost.at.since(online.at), Duration::from_secs(15));
        assert_eq!(lost.cause, "the broker was silent for 15 s; keep-alive is 10 s");
        handle.set_faults(Faults::default());
        device.back_by_itself_after(&lost).await;
        // What was asked into the silence is asked again.
        assert_eq!(device.granted(1).await, [Qos::AtMostOnce]);
    }
}

#[tokio::test]
async fn a_ping_without_an_answer_is_told_and_costs_no_connection_that_lives() {
    for version in VERSIONS {
        let broker = start_broker([Fault::NeverSend(PacketKind::PingResp)]).await;
        let handle = broker.handle();
        let subscriptions = vec![subscription("a", Qos::AtMostOnce)];
        let profile = Profile { keep_alive_s: 10, subscriptions, ..profile(broker.address(), version, "x") };
        let mut device = Device::start_by(profile, Hands::still());
        device.granted(1).await;
        device.ask(BrokerRequest::Ping);
        eventually("PINGREQ arrives", || handle.figures().packets_received == 3).await;
        // Messages go on coming, so the broker is there.
        for n_heard in 1..=3 {
            device.hands.turn(Duration::from_secs(5));
            handle.publish(&publication("a", b"", Qos::AtMostOnce, false));
            device.heard(n_heard).await;
        }
        let words = device.until("words", |event| match event {
            BrokerEvent::Notice(Notice::Words(words)) => Some(words.clone()),
            BrokerEvent::Lost(lost) => panic!("{lost:?}"),
            _ => None,
        });
        assert_eq!(words.await, "the broker left a ping unanswered for 15 s; the connection stays open");
    }
}
