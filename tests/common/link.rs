//! A link with its troubles, on the stage. Owns what the Monitor's pictures show; asserts nothing.
use super::stage::{DEMO, Stage};
use mqttscope::mqtt::port::{InFlight, InFlightStage, LinkStatus, Refusal};
use mqttscope::mqtt::{BrokerEvent, Filter, PacketId, Qos, Reason, Retained, Subscription, Tally, Topic};
use std::time::Duration;

/// A plant whose broker grants less than was asked for, with something of everything on its way.
pub fn busy() -> Stage {
    let mut stage = Stage::plant();
    stage.keys("m");
    let subscription = |filter: &str, qos| Subscription::new(Filter::parse(filter).expect("a filter"), qos);
    let refusal = Refusal { reason: Reason(0x87), words: None };
    for (filter, asked, granted) in [
        ("plant/+/oven3/#", Qos::ExactlyOnce, Ok(Qos::AtMostOnce)),
        ("$share/crew/line2/#", Qos::AtLeastOnce, Ok(Qos::AtLeastOnce)),
        ("accounts/#", Qos::AtMostOnce, Err(refusal)),
    ] {
        let subscription = subscription(filter, asked);
        stage.broker(DEMO, BrokerEvent::Subscribed { subscription, granted });
    }
    for ms in [3, 1, 1, 2, 9, 1, 1, 4, 1, 2, 1, 1] {
        stage.wait(5_000);
        let (round_trip, at) = (Duration::from_millis(ms), stage.now);
        stage.broker(DEMO, BrokerEvent::Pong { round_trip, at });
        stage.hear(DEMO, "plant/hall1/oven3/temperature", b"181.0 \xc2\xb0C", Retained::No);
    }
    let exchange = |outbound, id, qos, stage: InFlightStage, since| InFlight {
        outbound,
        packet_id: PacketId::new(id).expect("not 0"),
        topic: Topic::parse("plant/hall1/oven3/setpoint").ok(),
        qos,
        stage,
        since,
        n_resent: 0,
    };
    let since = stage.now;
    stage.wait(3_100);
    let link = LinkStatus {
        at: stage.now,
        bytes_in: 190_000,
        bytes_out: 4_000,
        messages_in: 1_272,
        publishes_out: 14,
        last_inbound: since,
        next_ping: Some(stage.now + Duration::from_secs(41)),
        ping_sent: Some(since),
        in_flight: vec![
            exchange(true, 7, Qos::ExactlyOnce, InFlightStage::PubRel, since),
            exchange(true, 8, Qos::AtLeastOnce, InFlightStage::Publish, stage.now),
        ],
        received: Tally { by_qos: [1_251, 20, 1], n_dup: 2, n_retain: 12 },
        sent: Tally { by_qos: [2, 10, 2], n_dup: 1, n_retain: 3 },
        n_places_out: 2,
        ..LinkStatus::default()
    };
    stage.broker(DEMO, BrokerEvent::Link(link));
    stage.work();
    stage
}
