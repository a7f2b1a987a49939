//! Publications that a broker refuses in their acknowledgements. Owns that each is told once and sent once; the words
//! are `publications`'.
use crate::rig::{Device, profile, publication, subscription};
use crate::tap::start_broker;
use mqttscope::demo::broker::Fault;
use mqttscope::mqtt::{BrokerEvent, Profile, Qos, Reason, Stage, Topic, Version};

/// Sections 3.4.2.1 and 3.5.2.1: the reasons that an acknowledgement may refuse with.
const REASONS: [u8; 7] = [0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99];

#[tokio::test]
async fn a_refusal_is_told_with_its_reason_and_nothing_is_sent_again() {
    for reason in REASONS.map(Reason) {
        let refused = Topic::parse("no/entry").unwrap();
        let broker = start_broker([Fault::RefuseTopic { topic: refused, reason }]).await;
        let mut device = Device::start(Profile {
            subscriptions: vec![subscription("#", Qos::AtMostOnce)],
            ..profile(broker.address(), Version::V5, "x")
        });
        device.granted(1).await;
        for (ticket, qos) in [(1, Qos::AtLeastOnce), (2, Qos::ExactlyOnce)] {
            device.publish(ticket, publication("no/entry", b"1", qos, false));
            let stages = device.stages(ticket).await;
            let [Stage::Sent { resent: false, .. }, Stage::Refused(told, None)] = stages.as_slice() else {
                panic!("{reason}: {stages:?}");
            };
            assert_eq!(*told, reason);
        }
        // What follows goes through: no place in flight was lost, and the link tells of three packets in all.
        device.publish(3, publication("yes/entry", b"1", Qos::ExactlyOnce, false));
        let stages = device.stages(3).await;
        assert_eq!(stages.last(), Some(&Stage::Acknowledged(Reason::SUCCESS)), "{reason}: {stages:?}");
        let sent = device.until("the figures of the link", |event| match event {
            BrokerEvent::Link(link) if link.n_places_out == 0 && link.sent.total() >= 3 => Some(link.sent),
            _ => None,
        });
        let sent = sent.await;
        assert_eq!((sent.total(), sent.n_dup), (3, 0), "{reason}");
        assert_eq!(device.heard(1).await.len(), 1, "{reason}");
    }
}

/// 3.1.1 has no reasons: what is refused looks acknowledged, and only the missing echo tells.
#[tokio::test]
async fn on_3_1_1_a_refusal_can_t_be_told_from_an_acknowledgement() {
    let refused = Topic::parse("no/entry").unwrap();
    let broker = start_broker([Fault::RefuseTopic { topic: refused, reason: Reason::NOT_AUTHORIZED }]).await;
    let mut device = Device::start(profile(broker.address(), Version::V3, "x"));
    device.online().await;
    device.publish(1, publication("no/entry", b"1", Qos::AtLeastOnce, false));
    let stages = device.stages(1).await;
    assert_eq!(stages.last(), Some(&Stage::Acknowledged(Reason::SUCCESS)));
}
