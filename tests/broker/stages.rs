//! What is in flight, as the task tells it while our own broker owes an answer. Owns the stages; how they are
//! worded is `monitor`'s.
use crate::rig::{Device, VERSIONS, profile, publication, subscription};
use crate::tap::start_broker;
use mqttscope::demo::broker::{Fault, PacketKind};
use mqttscope::mqtt::port::InFlightStage;
use mqttscope::mqtt::{BrokerEvent, Profile, Qos, Topic};

/// Sections 4.3.2 and 4.3.3: the packet that was exchanged last, both ways, with its topic.
#[tokio::test]
async fn an_exchange_that_stands_still_is_told_with_its_stage_and_topic() {
    for version in VERSIONS {
        for (kind, outbound, qos, stage) in [
            (PacketKind::PubAck, true, Qos::AtLeastOnce, InFlightStage::Publish),
            (PacketKind::PubRec, true, Qos::ExactlyOnce, InFlightStage::Publish),
            (PacketKind::PubComp, true, Qos::ExactlyOnce, InFlightStage::PubRel),
            (PacketKind::PubRel, false, Qos::ExactlyOnce, InFlightStage::PubRec),
        ] {
            let broker = start_broker([Fault::NeverSend(kind)]).await;
            let mut device = Device::start(Profile {
                subscriptions: vec![subscription("in/#", Qos::ExactlyOnce)],
                ..profile(broker.address(), version, "x")
            });
            device.granted(1).await;
            let topic = if outbound { "out/1" } else { "in/1" };
            if outbound {
                device.publish(1, publication(topic, b"1", qos, false));
            } else {
                broker.handle().publish(&publication(topic, b"1", qos, false));
            }
            let status = device.until("the exchange at its stage", |event| match event {
                BrokerEvent::Link(link) if link.in_flight.iter().any(|one| one.stage == stage) => {
                    Some(link.clone())
                }
                _ => None,
            });
            let status = status.await;
            let one = &status.in_flight[0];
            assert_eq!((one.outbound, one.qos, one.n_resent), (outbound, qos, 0), "{version}: {kind:?}");
            assert_eq!(one.topic.as_ref().map(Topic::as_str), Some(topic), "{version}: {kind:?}");
            let tally = if outbound { status.sent } else { status.received };
            assert_eq!((tally.total(), tally.by_qos[usize::from(qos.bits())]), (1, 1), "{version}: {kind:?}");
            let places = (status.n_places_out, status.n_places_in);
            assert_eq!(places, if outbound { (1, 0) } else { (0, 1) }, "{version}: {kind:?}");
        }
    }
}
