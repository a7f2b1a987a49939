//! Generators of packets that may come from anybody. Owns what is valid; holds nothing against anything.
use crate::mqtt::packet::{Ack, ConnAck, Connect, Disconnect, Publish, SubAck, Subscribe, Unsubscribe};
use crate::mqtt::profile::{RetainHandling, Will};
use crate::mqtt::{
    Filter, Packet, PacketId, Payload, PublishProperties, Qos, Reason, Secret, Subscription, Topic, Version,
};
use crate::wire::Side;
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;

fn text() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9/é ]{0,20}"
}

fn topic() -> impl Strategy<Value = Topic> {
    "[a-z/é$ ]{1,40}".prop_map(|text| Topic::parse(&text).unwrap())
}

fn filter() -> impl Strategy<Value = Filter> {
    prop_oneof![Just("#".to_string()), Just("a/+/b".into()), Just("$share/g/x/#".into()), "[a-z/]{1,20}"]
        .prop_map(|text| Filter::parse(&text).unwrap())
}

fn qos() -> impl Strategy<Value = Qos> {
    prop_oneof![Just(Qos::AtMostOnce), Just(Qos::AtLeastOnce), Just(Qos::ExactlyOnce)]
}

fn id() -> impl Strategy<Value = PacketId> {
    (1..=u16::MAX).prop_map(|id| PacketId::new(id).unwrap())
}

fn user() -> impl Strategy<Value = Vec<(String, String)>> {
    vec((text(), text()), 0..3)
}

fn publish_properties(with_alias: bool) -> impl Strategy<Value = PublishProperties> {
    let alias = if with_alias { of(1..=u16::MAX).boxed() } else { Just(None).boxed() };
    let ids = if with_alias { vec(1..=268_435_455_u32, 0..4).boxed() } else { Just(Vec::new()).boxed() };
    (
        of(any::<bool>()),
        of(any::<u32>()),
        alias,
        of(text()),
        of(vec(any::<u8>(), 0..9)),
        user(),
        ids,
        of(text()),
    )
        .prop_map(
            |(
                payload_is_utf8,
                message_expiry_s,
                topic_alias,
                response_topic,
                correlation_data,
                user,
                ids,
                content_type,
            )| {
                PublishProperties {
                    payload_is_utf8,
                    message_expiry_s,
                    topic_alias,
                    response_topic,
                    correlation_data,
                    user,
                    subscription_ids: ids,
                    content_type,
                }
            },
        )
}

pub(super) fn publish() -> impl Strategy<Value = Packet> {
    (any::<bool>(), qos(), any::<bool>(), topic(), id(), publish_properties(true), vec(any::<u8>(), 0..300))
        .prop_map(|(dup, qos, retain, topic, id, properties, payload)| {
            let packet_id = (qos != Qos::AtMostOnce).then_some(id);
            Packet::Publish(Publish {
                dup,
                qos,
                retain,
                topic,
                packet_id,
                properties,
                payload: payload.into(),
            })
        })
}

fn will() -> impl Strategy<Value = Will> {
    (topic(), vec(any::<u8>(), 0..20), qos(), any::<bool>(), any::<u32>(), publish_properties(false))
        .prop_map(|(topic, payload, qos, retain, delay_s, properties)| Will {
            topic,
            payload: Payload::from(payload),
            qos,
            retain,
            delay_s,
            properties,
        })
}

fn connect(version: Version) -> impl Strategy<Value = Packet> {
    let head = (text(), any::<u16>(), any::<bool>(), of((text(), of(vec(any::<u8>(), 0..9)))), of(will()));
    let limits = (of(any::<u32>()), of(1..=u16::MAX), of(1..=u32::MAX), of(any::<u16>()));
    (head, limits, of(any::<bool>()), of(any::<bool>()), user()).prop_map(
        move |((client_id, keep_alive_s, clean_start, login, will), limits, response, problem, user)| {
            let (username, password) = match login {
                Some((name, password)) => (Some(name), password.map(Secret::new)),
                None => (None, None),
            };
            Packet::Connect(Box::new(Connect {
                version,
                client_id,
                keep_alive_s,
                clean_start,
                username,
                password,
                will,
                session_expiry_s: limits.0,
                receive_maximum: limits.1,
                max_packet_bytes: limits.2,
                topic_alias_maximum: limits.3,
                request_response_information: response,
                request_problem_information: problem,
                user,
            }))
        },
    )
}

fn connack() -> impl Strategy<Value = Packet> {
    let numbers = (of(any::<u32>()), of(1..=u16::MAX), of(1..=u32::MAX), of(any::<u16>()), of(any::<u16>()));
    let flags = (of(any::<bool>()), of(any::<bool>()), of(any::<bool>()), of(any::<bool>()), any::<bool>());
    let max_qos = of(prop_oneof![Just(Qos::AtMostOnce), Just(Qos::AtLeastOnce)]);
    let texts = (of(text()), of(text()), of(text()), of(text()));
    (any::<u8>(), numbers, flags, max_qos, texts, user()).prop_map(
        |(reason, numbers, flags, max_qos, texts, user)| {
            Packet::ConnAck(Box::new(ConnAck {
                n_user_left_out: 0,
                session_present: flags.4,
                reason: Reason(reason),
                session_expiry_s: numbers.0,
                receive_maximum: numbers.1,
                max_qos,
                retain_available: flags.0,
                max_packet_bytes: numbers.2,
                assigned_client_id: texts.0,
                topic_alias_maximum: numbers.3,
                reason_string: texts.1,
                user,
                wildcard_available: flags.1,
                subscription_ids_available: flags.2,
                shared_available: flags.3,
                server_keep_alive_s: numbers.4,
                response_information: texts.2,
                server_reference: texts.3,
            }))
        },
    )
}

fn ack() -> impl Strategy<Value = Ack> {
    (id(), any::<u8>(), of(text())).prop_map(|(packet_id, reason, reason_string)| Ack {
        packet_id,
        reason: Reason(reason),
        reason_string,
    })
}

fn suback() -> impl Strategy<Value = SubAck> {
    let reasons = vec(prop_oneof![0..3_u8, 0x80..=0xFF_u8].prop_map(Reason), 1..5);
    (id(), reasons, of(text())).prop_map(|(packet_id, reasons, reason_string)| SubAck {
        packet_id,
        reasons,
        reason_string,
    })
}

fn subscription() -> impl Strategy<Value = Subscription> {
    let handling =
        prop_oneof![Just(RetainHandling::Always), Just(RetainHandling::IfNew), Just(RetainHandling::Never)];
    (filter(), qos(), any::<bool>(), any::<bool>(), handling).prop_map(
        |(filter, qos, no_local, retain_as_published, retain_handling)| Subscription {
            filter,
            qos,
            no_local,
            retain_as_published,
            retain_handling,
        },
    )
}

/// Packets that may come from anybody, with the side that reads them.
pub(super) fn packet(version: Version) -> impl Strategy<Value = (Side, Packet)> {
    let subscribe = (id(), vec(subscription(), 1..5), of(1..=268_435_455_u32)).prop_map(
        |(packet_id, subscriptions, subscription_id)| {
            Packet::Subscribe(Subscribe { packet_id, subscriptions, subscription_id })
        },
    );
    let unsubscribe = (id(), vec(filter(), 1..5))
        .prop_map(|(packet_id, filters)| Packet::Unsubscribe(Unsubscribe { packet_id, filters }));
    let disconnect = (any::<u8>(), of(any::<u32>()), of(text()), of(text())).prop_map(
        |(reason, session_expiry_s, reason_string, server_reference)| {
            Packet::Disconnect(Disconnect {
                reason: Reason(reason),
                session_expiry_s,
                reason_string,
                server_reference,
            })
        },
    );
    let to_client = prop_oneof![
        connack(),
        publish(),
        ack().prop_map(Packet::PubAck),
        ack().prop_map(Packet::PubRec),
        ack().prop_map(Packet::PubRel),
        ack().prop_map(Packet::PubComp),
        suback().prop_map(Packet::SubAck),
        suback().prop_map(Packet::UnsubAck),
        Just(Packet::PingResp),
    ];
    let to_broker =
        prop_oneof![connect(version), publish(), subscribe, unsubscribe, Just(Packet::PingReq), disconnect];
    let auth = any::<u8>().prop_map(|reason| Packet::Auth(Reason(reason)));
    let to_client = match version {
        Version::V3 => to_client.boxed(),
        Version::V5 => prop_oneof![9 => to_client, 1 => auth].boxed(),
    };
    prop_oneof![
        to_client.prop_map(|packet| (Side::Client, packet)),
        to_broker.prop_map(|packet| (Side::Broker, packet))
    ]
}

pub(super) fn version() -> impl Strategy<Value = Version> {
    prop_oneof![Just(Version::V3), Just(Version::V5)]
}
