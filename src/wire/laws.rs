//! What holds for all packets and all bytes. Owns the laws; the packets are generated elsewhere.
mod packets;

use super::{Incoming, Reader, Side, packet_bytes, read_publish_properties, write};
use crate::mqtt::packet::{Ack, ConnAck, Connect, Disconnect, Publish, SubAck};
use crate::mqtt::profile::{PROTOCOL_MAX_PACKET_BYTES, RetainHandling};
use crate::mqtt::{Packet, PublishProperties, Reason, Topic, Version};
use packets::{packet, publish, version};
use proptest::collection::vec;
use proptest::prelude::*;

/// What of a packet a version carries.
fn carried(packet: Packet, version: Version) -> Packet {
    if version == Version::V5 {
        return packet;
    }
    match packet {
        Packet::Connect(mut connect) => {
            connect.session_expiry_s = None;
            connect.receive_maximum = None;
            connect.max_packet_bytes = None;
            connect.topic_alias_maximum = None;
            connect.request_response_information = None;
            connect.request_problem_information = None;
            connect.user.clear();
            if let Some(will) = &mut connect.will {
                will.delay_s = 0;
                will.properties = PublishProperties::default();
            }
            Packet::Connect(connect)
        }
        Packet::ConnAck(ack) => Packet::ConnAck(Box::new(ConnAck {
            session_present: ack.session_present,
            reason: Reason::from_v3_connect(ack.reason.to_v3_connect()),
            ..ConnAck::default()
        })),
        Packet::Publish(publish) => {
            Packet::Publish(Publish { properties: PublishProperties::default(), ..publish })
        }
        Packet::PubAck(ack) => Packet::PubAck(Ack::success(ack.packet_id)),
        Packet::PubRec(ack) => Packet::PubRec(Ack::success(ack.packet_id)),
        Packet::PubRel(ack) => Packet::PubRel(Ack::success(ack.packet_id)),
        Packet::PubComp(ack) => Packet::PubComp(Ack::success(ack.packet_id)),
        Packet::Subscribe(mut subscribe) => {
            subscribe.subscription_id = None;
            for asked in &mut subscribe.subscriptions {
                asked.no_local = false;
                asked.retain_as_published = false;
                asked.retain_handling = RetainHandling::Always;
            }
            Packet::Subscribe(subscribe)
        }
        Packet::SubAck(mut ack) => {
            ack.reason_string = None;
            for reason in &mut ack.reasons {
                *reason = if reason.is_failure() { Reason::UNSPECIFIED } else { *reason };
            }
            Packet::SubAck(ack)
        }
        Packet::UnsubAck(ack) => {
            Packet::UnsubAck(SubAck { packet_id: ack.packet_id, reasons: Vec::new(), reason_string: None })
        }
        Packet::Disconnect(_) => Packet::Disconnect(Disconnect::default()),
        same @ (Packet::Unsubscribe(_) | Packet::PingReq | Packet::PingResp | Packet::Auth(_)) => same,
    }
}

/// A reader in the middle of a connection, so that any packet may come.
fn reader(side: Side, version: Version, max_packet_bytes: u32) -> Reader {
    let mut reader = Reader::new(side, version, max_packet_bytes);
    if side == Side::Broker {
        let mut bytes = Vec::new();
        let hello = Connect {
            version,
            client_id: "x".into(),
            keep_alive_s: 0,
            clean_start: true,
            username: None,
            password: None,
            will: None,
            session_expiry_s: None,
            receive_maximum: None,
            max_packet_bytes: None,
            topic_alias_maximum: None,
            request_response_information: None,
            request_problem_information: None,
            user: Vec::new(),
        };
        write(&Packet::Connect(Box::new(hello)), version, &mut bytes).unwrap();
        let taken = reader.next(&bytes, &mut 0).unwrap();
        assert!(matches!(taken, Some(Incoming::Packet(Packet::Connect(_)))));
    }
    reader
}

/// Everything that a reader makes of bytes that arrive in pieces; an error ends it and is told last.
fn drained(reader: &mut Reader, pieces: &[&[u8]]) -> Vec<String> {
    let (mut buffer, mut seen) = (Vec::new(), Vec::new());
    for piece in pieces {
        buffer.extend_from_slice(piece);
        let mut at = 0;
        loop {
            match reader.next(&buffer, &mut at) {
                Ok(Some(Incoming::Publish(publish))) => seen.push(format!("{publish:?}")),
                Ok(Some(Incoming::Unreadable(unreadable))) => seen.push(format!("{unreadable:?}")),
                Ok(Some(Incoming::Packet(packet))) => seen.push(format!("{packet:?}")),
                Ok(None) => break,
                Err(_) => {
                    seen.push("an error".into());
                    return seen;
                }
            }
        }
        assert!(at <= buffer.len());
        buffer.drain(..at);
    }
    seen
}

fn pieces<'a>(bytes: &'a [u8], cuts: &[usize]) -> Vec<&'a [u8]> {
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (bytes.len() + 1)).collect();
    cuts.extend([0, bytes.len()]);
    cuts.sort_unstable();
    cuts.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn what_one_side_writes_the_other_reads(
        (version, (side, packet)) in version().prop_flat_map(|version| (Just(version), packet(version))),
    ) {
        let mut bytes = Vec::new();
        write(&packet, version, &mut bytes).unwrap();
        prop_assert_eq!(packet_bytes(&packet, version), bytes.len());
        let (mut at, wanted) = (0, carried(packet, version));
        match reader(side, version, PROTOCOL_MAX_PACKET_BYTES).next(&bytes, &mut at) {
            Ok(Some(Incoming::Packet(read))) => prop_assert_eq!(read, wanted),
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
                prop_assert_eq!(read.topic_alias, owned.properties.topic_alias);
                prop_assert_eq!(Packet::Publish(owned), wanted);
            }
            other => prop_assert!(false, "{:?}", other),
        }
        prop_assert_eq!(at, bytes.len());
    }

    #[test]
    fn splits_change_nothing(
        version in version(),
        packets in vec(publish(), 1..6),
        cuts in vec(any::<usize>(), 0..12),
        max_packet_bytes in 20..400_u32,
    ) {
        let mut bytes = Vec::new();
        for packet in &packets {
            write(packet, version, &mut bytes).unwrap();
        }
        let whole = drained(&mut reader(Side::Client, version, max_packet_bytes), &[&bytes]);
        prop_assert_eq!(whole.len(), packets.len());
        let split = drained(&mut reader(Side::Client, version, max_packet_bytes), &pieces(&bytes, &cuts));
        prop_assert_eq!(whole, split);
    }

    #[test]
    fn no_bytes_panic(
        version in version(),
        broker in any::<bool>(),
        bytes in vec(any::<u8>(), 0..80),
        cuts in vec(any::<usize>(), 0..4),
    ) {
        let side = if broker { Side::Broker } else { Side::Client };
        let whole = drained(&mut reader(side, version, 64), &[&bytes]);
        let split = drained(&mut reader(side, version, 64), &pieces(&bytes, &cuts));
        prop_assert_eq!(whole, split);
        let _ = drained(&mut Reader::new(side, version, 64), &pieces(&bytes, &cuts));
        let _ = read_publish_properties(&bytes);
    }

    #[test]
    fn no_damage_to_a_packet_panics(
        (version, (side, packet)) in version().prop_flat_map(|version| (Just(version), packet(version))),
        damage in vec((any::<usize>(), any::<u8>()), 1..5),
        cuts in vec(any::<usize>(), 0..4),
    ) {
        let mut bytes = Vec::new();
        write(&packet, version, &mut bytes).unwrap();
        for (place, byte) in damage {
            let place = place % bytes.len();
            bytes[place] = byte;
        }
        let whole = drained(&mut reader(side, version, 4096), &[&bytes]);
        let split = drained(&mut reader(side, version, 4096), &pieces(&bytes, &cuts));
        prop_assert_eq!(whole, split);
    }
}
