//! Bytes that deserve a name: limits, refusals, strangers. Owns no generator.
use super::*;
use crate::mqtt::packet::{Ack, ConnAck, Disconnect, Publish};
use crate::mqtt::{Payload, Reason, Topic};

const LIMIT: u32 = 1024;

fn read(version: Version, bytes: &[u8]) -> Result<Option<Incoming<'_>>, WireError> {
    Reader::new(Side::Client, version, LIMIT).next(bytes, &mut 0)
}

fn packet(version: Version, bytes: &[u8]) -> Packet {
    match read(version, bytes) {
        Ok(Some(Incoming::Packet(packet))) => packet,
        other => panic!("{other:?}"),
    }
}

fn words(version: Version, bytes: &[u8]) -> String {
    read(version, bytes).unwrap_err().to_string()
}

fn publish(topic: &[u8], rest: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x30, 0];
    bytes.extend_from_slice(&u16::try_from(topic.len()).unwrap().to_be_bytes());
    bytes.extend_from_slice(topic);
    bytes.extend_from_slice(rest);
    bytes[1] = u8::try_from(bytes.len() - 2).unwrap();
    bytes
}

#[test]
fn a_refusal_in_the_form_of_3_1_1_is_understood_on_5() {
    // MQTT 3.1.1 section 3.2.2.3, as a broker answers that knows no MQTT 5.
    let Packet::ConnAck(ack) = packet(Version::V5, &[0x20, 2, 0, 1]) else { panic!() };
    assert_eq!(*ack, ConnAck { reason: Reason::UNSUPPORTED_PROTOCOL_VERSION, ..ConnAck::default() });
    assert!(words(Version::V5, &[0x20, 2, 0, 0]).contains("try --mqtt 3"));
    assert!(words(Version::V3, &[0x20, 3, 0, 0, 0]).contains("try --mqtt 5"));
}

#[test]
fn the_short_forms_of_5_are_read() {
    // Sections 3.4.2.1 and 3.14.2.1.
    let id = PacketId::new(7).unwrap();
    for (bytes, reason) in
        [(&[0x40, 2, 0, 7][..], 0), (&[0x40, 3, 0, 7, 0x97], 0x97), (&[0x40, 4, 0, 7, 0x10, 0], 0x10)]
    {
        let wanted = Ack { packet_id: id, reason: Reason(reason), reason_string: None };
        assert_eq!(packet(Version::V5, bytes), Packet::PubAck(wanted));
    }
    for (bytes, reason) in [(&[0xE0, 0][..], 0), (&[0xE0, 1, 0x8E], 0x8E), (&[0xE0, 2, 0x8B, 0], 0x8B)] {
        let wanted = Disconnect { reason: Reason(reason), ..Disconnect::default() };
        assert_eq!(packet(Version::V5, bytes), Packet::Disconnect(wanted));
    }
}

#[test]
fn strangers_are_called_by_their_name() {
    for (bytes, name) in [
        (&b"HTTP/1.1 400 Bad Request\r\n"[..], "an HTTP server"),
        (b"\x15\x03\x01\x00\x02\x02\x46", "a TLS server"),
        (b"SSH-2.0-OpenSSH_9.2", "an SSH server"),
        (b"220 mail.example ESMTP", "a mail or FTP server"),
        (b"\x00\x01\x02", "speaks no MQTT"),
        (b"\xFF\xFE", "speaks no MQTT"),
    ] {
        for version in [Version::V3, Version::V5] {
            // In one piece, and byte by byte.
            let error = read(version, bytes).unwrap_err();
            assert!(error.to_string().contains(name), "{error}");
            assert!(error.remedy().is_some());
            let mut reader = Reader::new(Side::Client, version, LIMIT);
            let error = (1..=bytes.len()).find_map(|end| reader.next(&bytes[..end], &mut 0).err());
            assert!(error.unwrap().to_string().contains(name), "{name}");
        }
    }
}

#[test]
fn a_bad_message_does_not_cost_the_connection() {
    // Sections 1.5.4 and 4.7.3: these topics are no topics, but their frames are whole.
    for (topic, complaint) in [
        (&b"a/\xFF"[..], "UTF-8"),
        (b"a\0b", "null"),
        (b"a/+", "wildcard '+'"),
        (b"#", "wildcard '#'"),
        (b"", "empty"),
    ] {
        let mut bytes = publish(topic, b"");
        bytes.extend(publish(b"next", b"1"));
        let (mut reader, mut at) = (Reader::new(Side::Client, Version::V3, LIMIT), 0);
        match reader.next(&bytes, &mut at).unwrap() {
            Some(Incoming::Unreadable(unreadable)) => {
                assert!(unreadable.words.contains(complaint), "{unreadable:?}");
                assert_eq!(unreadable.topic, String::from_utf8_lossy(topic));
            }
            other => panic!("{other:?}"),
        }
        match reader.next(&bytes, &mut at).unwrap() {
            Some(Incoming::Publish(publish)) => {
                assert_eq!((publish.topic, publish.payload), ("next", &b"1"[..]));
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn an_alias_may_stand_for_the_topic() {
    // Section 3.3.2.3.4.
    let bytes = publish(b"", &[3, 0x23, 0, 5, b'x']);
    match read(Version::V5, &bytes).unwrap() {
        Some(Incoming::Publish(publish)) => {
            assert_eq!((publish.topic, publish.topic_alias, publish.payload), ("", Some(5), &b"x"[..]));
        }
        other => panic!("{other:?}"),
    }
    for (properties, complaint) in [
        (&[3, 0x23, 0, 0][..], "0x23 as 0"),
        (&[6, 0x23, 0, 1, 0x23, 0, 1], "0x23 twice"),
        (&[2, 0x24, 1], "0x24, which it may not"),
        (&[4, 0x03, 0, 1, 0xFF], "no UTF-8"),
    ] {
        match read(Version::V5, &publish(b"a", properties)).unwrap() {
            Some(Incoming::Unreadable(unreadable)) => {
                assert!(unreadable.words.contains(complaint), "{unreadable:?}");
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn an_oversize_message_is_named_and_skipped_without_being_kept() {
    for (first, id) in [(0x30, &[][..]), (0x32, &[0, 9][..])] {
        // 300,000 bytes behind the header: 0xE0 0xA7 0x12.
        let mut bytes = vec![first, 0xE0, 0xA7, 0x12, 0, 3];
        bytes.extend_from_slice(b"big");
        bytes.extend_from_slice(id);
        let (mut reader, mut at) = (Reader::new(Side::Client, Version::V3, LIMIT), 0);
        match reader.next(&bytes, &mut at).unwrap() {
            Some(Incoming::Unreadable(unreadable)) => {
                assert_eq!((unreadable.topic.as_str(), unreadable.n_bytes), ("big", 300_004));
                assert_eq!(unreadable.packet_id, if id.is_empty() { None } else { PacketId::new(9) });
                assert!(unreadable.words.contains("limit of 1024 bytes"), "{unreadable:?}");
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(at, bytes.len());
        let mut left = 300_004 - bytes.len();
        let piece = [7; 700];
        while left > 0 {
            let (now, mut at) = (left.min(piece.len()), 0);
            assert!(matches!(reader.next(&piece[..now], &mut at), Ok(None)));
            assert_eq!((at, reader.missing()), (now, 0));
            left -= now;
        }
        assert!(matches!(reader.next(&[0xD0, 0], &mut 0), Ok(Some(Incoming::Packet(Packet::PingResp)))));
    }
}

#[test]
fn what_is_malformed_is_told_what_is_wrong() {
    for (version, bytes, complaint) in [
        (Version::V3, &[0x30, 0x80, 0x80, 0x80, 0x80, 1][..], "more than four bytes"),
        (Version::V3, &[0x36, 4, 0, 1, b'a', 0], "QoS 3"),
        (Version::V3, &[0x32, 5, 0, 1, b'a', 0, 0], "packet id 0"),
        (Version::V3, &[0x30, 2, 0, 9], "shorter"),
        (Version::V5, &[0x30, 4, 0, 1, b'a', 9], "shorter"),
        (Version::V3, &[0x40, 2, 0, 0], "packet id 0"),
        (Version::V3, &[0x41, 2, 0, 1], "flags"),
        (Version::V3, &[0x40, 3, 0, 1, 0], "3 bytes"),
        (Version::V3, &[0xF0, 0], "AUTH"),
        (Version::V3, &[0xE0, 0], "DISCONNECT"),
        (Version::V5, &[0x82, 0], "SUBSCRIBE"),
        (Version::V3, &[0x90, 0xFF, 0xFF, 0x7F], "exceeds our limit"),
    ] {
        // Behind a first packet, so that nobody suspects a stranger.
        let mut reader = Reader::new(Side::Client, version, LIMIT);
        reader.next(&[0xD0, 0], &mut 0).unwrap().unwrap();
        let error = reader.next(bytes, &mut 0).unwrap_err().to_string();
        assert!(error.contains(complaint), "{complaint}: {error}");
    }
}

#[test]
fn a_broker_learns_the_version_or_whom_to_refuse() {
    let connect = |level: u8, rest: &[u8]| {
        let mut bytes = vec![0x10, 0, 0, 4, b'M', b'Q', b'T', b'T', level, 2, 0, 60];
        bytes.extend_from_slice(rest);
        bytes[1] = u8::try_from(bytes.len() - 2).unwrap();
        bytes
    };
    for (level, rest, version) in [(4, &[0, 0][..], Version::V3), (5, &[0, 0, 0], Version::V5)] {
        let mut reader = Reader::new(Side::Broker, Version::V5, LIMIT);
        let bytes = connect(level, rest);
        assert!(matches!(reader.next(&bytes, &mut 0), Ok(Some(Incoming::Packet(Packet::Connect(_))))));
        assert_eq!(reader.version(), version);
        // Its first PUBLISH takes the fast path.
        let properties: &[u8] = if version == Version::V5 { &[0] } else { &[] };
        let bytes = publish(b"a", properties);
        assert!(matches!(reader.next(&bytes, &mut 0), Ok(Some(Incoming::Publish(_)))));
    }
    let error = Reader::new(Side::Broker, Version::V5, LIMIT).next(&connect(3, &[0, 0]), &mut 0).unwrap_err();
    assert_eq!(error, WireError::UnsupportedProtocol { name: "MQTT".into(), level: 3 });
}

#[test]
fn a_large_packet_says_how_much_it_misses() {
    let mut reader = Reader::new(Side::Client, Version::V3, LIMIT);
    let bytes = publish(b"a", &[1; 100]);
    assert!(matches!(reader.next(&bytes[..40], &mut 0), Ok(None)));
    assert_eq!(reader.missing(), bytes.len() - 40);
}

#[test]
fn what_has_no_bytes_is_refused_and_leaves_nothing() {
    let topic = Topic::parse("a").unwrap();
    let base = Publish {
        dup: false,
        qos: Qos::AtMostOnce,
        retain: false,
        topic,
        packet_id: None,
        properties: PublishProperties::default(),
        payload: Payload::default(),
    };
    let long = PublishProperties { content_type: Some("x".repeat(65_536)), ..PublishProperties::default() };
    let null = PublishProperties { content_type: Some("\0".into()), ..PublishProperties::default() };
    for (packet, version) in [
        (Packet::Publish(Publish { properties: long, ..base.clone() }), Version::V5),
        (Packet::Publish(Publish { properties: null, ..base.clone() }), Version::V5),
        (Packet::Publish(Publish { qos: Qos::AtLeastOnce, ..base }), Version::V3),
        (Packet::Auth(Reason::SUCCESS), Version::V3),
    ] {
        let mut out = vec![1, 2];
        assert!(matches!(write(&packet, version, &mut out), Err(WireError::Unwritable(_))));
        assert_eq!(out, [1, 2]);
        assert_eq!(packet_bytes(&packet, version), usize::MAX);
    }
}

#[test]
fn of_a_connack_s_user_properties_the_first_are_kept_and_the_rest_counted() {
    let user = (0..70).map(|n| (n.to_string(), String::new())).collect();
    let sent = Packet::ConnAck(Box::new(ConnAck { user, ..ConnAck::default() }));
    let mut bytes = Vec::new();
    write(&sent, Version::V5, &mut bytes).unwrap();
    let (mut reader, mut at) = (Reader::new(Side::Client, Version::V5, LIMIT), 0);
    let Ok(Some(Incoming::Packet(Packet::ConnAck(read)))) = reader.next(&bytes, &mut at) else { panic!() };
    assert_eq!((read.user.len(), read.n_user_left_out), (64, 6));
    assert_eq!(read.user[63].0, "63");
}

/// MQTT-3.1.2-22, as whoever plays the broker sees it.
#[test]
fn a_password_without_a_user_name_is_malformed_on_3_1_1_alone() {
    for (level, is_taken) in [(4, false), (5, true)] {
        let mut rest = vec![0, 4, b'M', b'Q', b'T', b'T', level, 0x42, 0, 60];
        rest.extend([0].iter().filter(|_| level == 5));
        rest.extend([0, 1, b'x', 0, 1, b'p']);
        let mut bytes = vec![0x10, u8::try_from(rest.len()).unwrap()];
        bytes.extend(rest);
        let (mut reader, mut at) = (Reader::new(Side::Broker, Version::V5, LIMIT), 0);
        let read = reader.next(&bytes, &mut at);
        assert_eq!(read.is_ok(), is_taken, "{level}: {read:?}");
    }
}

#[test]
fn a_broker_s_side_says_who_came_not_who_answered() {
    for bytes in [&b"GET / HTTP/1.1\r\n"[..], b"\x16\x03\x01\x02\x00", b"\x00\x00\x00"] {
        let (mut reader, mut at) = (Reader::new(Side::Broker, Version::V5, LIMIT), 0);
        let told = reader.next(bytes, &mut at).unwrap_err();
        assert!(told.to_string().contains("came to this port"), "{told}");
        assert!(told.remedy().is_some_and(|remedy| remedy.contains("this port speaks MQTT")), "{told:?}");
    }
}

#[test]
fn a_message_that_is_left_out_tells_what_becomes_of_its_alias() {
    let large = vec![b'x'; 2_000];
    let with =
        |properties: &[u8]| [&[u8::try_from(properties.len()).unwrap()][..], properties, &large].concat();
    for (topic, rest, expected) in [
        (&b"a"[..], with(&[0x23, 0, 5]), Aliased::Named(5)),
        (b"a", with(&[]), Aliased::Untouched),
        (b"a\xFF", with(&[0x23, 0, 5]), Aliased::Lost(5)),
        (b"a/#", with(&[0x23, 0, 5]), Aliased::Lost(5)),
        (b"", with(&[0x23, 0, 5]), Aliased::Untouched),
        (b"a", with(&[0x23, 0, 5, 0x24, 1]), Aliased::Named(5)),
        (b"a", with(&[0x24, 1, 0x23, 0, 5]), Aliased::AnyLost),
        // Longer than the packet.
        (b"a", [&[0xFF, 0xFF, 0x03][..], &large].concat(), Aliased::AnyLost),
    ] {
        let n_remaining = u16::try_from(2 + topic.len() + rest.len()).unwrap();
        let length = [(n_remaining & 0x7F) as u8 | 0x80, u8::try_from(n_remaining >> 7).unwrap()];
        let n_topic = u16::try_from(topic.len()).unwrap().to_be_bytes();
        let bytes = [&[0x30][..], &length, &n_topic, topic, &rest].concat();
        // In every cut, the same.
        for n_bytes in (5..20).chain([bytes.len()]) {
            let (mut reader, mut at) = (Reader::new(Side::Client, Version::V5, LIMIT), 0);
            match reader.next(&bytes[..n_bytes], &mut at).unwrap() {
                Some(Incoming::Unreadable(unreadable)) => {
                    assert_eq!(unreadable.aliased, expected, "{topic:?} of {n_bytes}");
                }
                None if n_bytes < bytes.len() => {}
                other => panic!("{other:?}"),
            }
        }
    }
}
