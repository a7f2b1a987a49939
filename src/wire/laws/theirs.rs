//! Our bytes through rumqttc's codecs and back. Owns the list of what theirs cannot carry; so that ours do not
//! merely agree with themselves.
use super::{carried, packets, reader};
use crate::mqtt::packet::{Disconnect, Publish};
use crate::mqtt::profile::PROTOCOL_MAX_PACKET_BYTES;
use crate::mqtt::{Packet, Reason, Secret, Topic, Version};
use crate::wire::{Incoming, read_publish_properties, write};
use bytes::BytesMut;
use proptest::prelude::*;
use rumqttc::mqttbytes::v4;
use rumqttc::v5::mqttbytes::v5;

/// What theirs can carry of a packet; `None`: nothing.
fn tamed(packet: Packet, version: Version) -> Option<Packet> {
    Some(match packet {
        // Text passwords, and user names that are not empty.
        Packet::Connect(mut connect) => {
            if connect.username.as_ref().is_some_and(String::is_empty) {
                connect.username = Some("user".into());
            }
            if connect.password.is_some() {
                connect.password = Some(Secret::new(b"password".to_vec()));
            }
            Packet::Connect(connect)
        }
        // The reason codes of their table.
        Packet::ConnAck(mut ack) => {
            ack.reason = Reason::NOT_AUTHORIZED;
            Packet::ConnAck(ack)
        }
        Packet::PubAck(mut ack) => {
            ack.reason = Reason::NO_MATCHING_SUBSCRIBERS;
            Packet::PubAck(ack)
        }
        Packet::PubRec(mut ack) => {
            ack.reason = Reason::NOT_AUTHORIZED;
            Packet::PubRec(ack)
        }
        Packet::PubRel(mut ack) => {
            ack.reason = Reason::PACKET_IDENTIFIER_NOT_FOUND;
            Packet::PubRel(ack)
        }
        Packet::PubComp(mut ack) => {
            ack.reason = Reason::SUCCESS;
            Packet::PubComp(ack)
        }
        Packet::SubAck(mut ack) => {
            ack.reasons = vec![Reason::SUCCESS, Reason(1), Reason(2), Reason::UNSPECIFIED];
            Packet::SubAck(ack)
        }
        Packet::UnsubAck(mut ack) => {
            ack.reasons = vec![Reason::SUCCESS, Reason(0x11), Reason::NOT_AUTHORIZED];
            Packet::UnsubAck(ack)
        }
        // One subscription id: they count each twice.
        Packet::Publish(mut publish) => {
            publish.properties.subscription_ids.truncate(1);
            Packet::Publish(publish)
        }
        // Properties: they refuse the short forms.
        Packet::Disconnect(disconnect) => Packet::Disconnect(Disconnect {
            reason: Reason(0x8B),
            reason_string: Some(disconnect.reason_string.unwrap_or_default()),
            ..disconnect
        }),
        Packet::Auth(_) => return None,
        same @ (Packet::Subscribe(_) | Packet::Unsubscribe(_) | Packet::PingReq | Packet::PingResp) => same,
    })
    .map(|packet| carried(packet, version))
}

fn through_theirs(bytes: &[u8], version: Version) -> Vec<u8> {
    let (mut given, mut back) = (BytesMut::from(bytes), BytesMut::new());
    match version {
        Version::V3 => {
            v4::Packet::read(&mut given, usize::MAX).unwrap().write(&mut back, usize::MAX).unwrap();
        }
        Version::V5 => {
            v5::Packet::read(&mut given, None).unwrap().write(&mut back, None).unwrap();
        }
    }
    assert!(given.is_empty());
    back.to_vec()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn their_codecs_read_our_bytes_and_we_read_theirs(
        (version, (side, packet)) in
            packets::version().prop_flat_map(|version| (Just(version), packets::packet(version))),
    ) {
        let Some(packet) = tamed(packet, version) else { return Ok(()) };
        let mut bytes = Vec::new();
        write(&packet, version, &mut bytes).unwrap();
        let back = through_theirs(&bytes, version);
        match reader(side, version, PROTOCOL_MAX_PACKET_BYTES).next(&back, &mut 0) {
            Ok(Some(Incoming::Packet(read))) => prop_assert_eq!(read, packet),
            Ok(Some(Incoming::Publish(read))) => {
                let owned = Publish {
                    dup: read.dup,
                    qos: read.qos,
                    retain: read.retain,
                    topic: Topic::parse(read.topic).unwrap(),
                    packet_id: read.packet_id,
                    properties: read_publish_properties(read.properties).unwrap(),
                    payload: read.payload.into(),
                };
                prop_assert_eq!(Packet::Publish(owned), packet);
            }
            other => prop_assert!(false, "{:?}", other),
        }
    }
}
