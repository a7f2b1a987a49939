//! 3.1.1's packets through rumqttc's codec. Owns the translation; guards its lengths before it is called.
use super::cursor::Cursor;
use super::{WireError, connect, kind, malformed, pen};
use crate::mqtt::packet::{Ack, Disconnect, SubAck, Subscribe, Unsubscribe};
use crate::mqtt::profile::RetainHandling;
use crate::mqtt::{Filter, Packet, PacketId, Qos, Reason, Subscription, Version};
use bytes::BytesMut;
use rumqttc::mqttbytes::{QoS, v4};

/// Reads a whole packet; `remainder` is what follows its fixed header.
pub(super) fn read(kind: u8, packet: &[u8], mut remainder: Cursor<'_>) -> Result<Packet, WireError> {
    let n_remaining = remainder.rest().len();
    let wanted = match kind {
        kind::PUBACK | kind::PUBREC | kind::PUBREL | kind::PUBCOMP | kind::UNSUBACK => Some(2),
        kind::PINGREQ | kind::PINGRESP | kind::DISCONNECT => Some(0),
        _ => None,
    };
    if wanted.is_some_and(|wanted| wanted != n_remaining) {
        return malformed(format!("{} has {n_remaining} bytes behind its header", kind::name(kind)));
    }
    if kind == kind::SUBACK {
        let packet_id = remainder.packet_id()?;
        return Ok(Packet::SubAck(SubAck {
            packet_id,
            reasons: remainder.rest().iter().map(|code| Reason(*code)).collect(),
            reason_string: None,
        }));
    }
    match v4::Packet::read(&mut BytesMut::from(packet), usize::MAX) {
        Ok(packet) => translated(packet),
        Err(error) => malformed(format!("{}: {error}", kind::name(kind))),
    }
}

fn translated(packet: v4::Packet) -> Result<Packet, WireError> {
    Ok(match packet {
        v4::Packet::PubAck(ack) => Packet::PubAck(Ack::success(id(ack.pkid)?)),
        v4::Packet::PubRec(ack) => Packet::PubRec(Ack::success(id(ack.pkid)?)),
        v4::Packet::PubRel(ack) => Packet::PubRel(Ack::success(id(ack.pkid)?)),
        v4::Packet::PubComp(ack) => Packet::PubComp(Ack::success(id(ack.pkid)?)),
        v4::Packet::Subscribe(subscribe) => Packet::Subscribe(Subscribe {
            packet_id: id(subscribe.pkid)?,
            subscriptions: subscribe.filters.iter().map(subscription).collect::<Result<_, _>>()?,
            subscription_id: None,
        }),
        v4::Packet::Unsubscribe(unsubscribe) => Packet::Unsubscribe(Unsubscribe {
            packet_id: id(unsubscribe.pkid)?,
            filters: filters(&unsubscribe.topics)?,
        }),
        v4::Packet::UnsubAck(ack) => {
            Packet::UnsubAck(SubAck { packet_id: id(ack.pkid)?, reasons: Vec::new(), reason_string: None })
        }
        v4::Packet::PingReq => Packet::PingReq,
        v4::Packet::PingResp => Packet::PingResp,
        v4::Packet::Disconnect => Packet::Disconnect(Disconnect::default()),
        v4::Packet::Connect(_) | v4::Packet::ConnAck(_) | v4::Packet::Publish(_) | v4::Packet::SubAck(_) => {
            return malformed("a packet that is read elsewhere");
        }
    })
}

pub(super) fn id(number: u16) -> Result<PacketId, WireError> {
    match PacketId::new(number) {
        Some(id) => Ok(id),
        None => malformed("a packet has the packet id 0, against MQTT-2.2.1-3"),
    }
}

/// Filters as texts; none at all breaks the protocol (MQTT-3.10.3-2).
pub(super) fn filters(texts: &[String]) -> Result<Vec<Filter>, WireError> {
    if texts.is_empty() {
        return malformed("UNSUBSCRIBE names no filter");
    }
    texts.iter().map(|text| filter(text)).collect()
}

pub(super) fn filter(text: &str) -> Result<Filter, WireError> {
    Filter::parse(text).or_else(|error| malformed(error.to_string()))
}

fn subscription(asked: &v4::SubscribeFilter) -> Result<Subscription, WireError> {
    Ok(Subscription {
        filter: filter(&asked.path)?,
        qos: match asked.qos {
            QoS::AtMostOnce => Qos::AtMostOnce,
            QoS::AtLeastOnce => Qos::AtLeastOnce,
            QoS::ExactlyOnce => Qos::ExactlyOnce,
        },
        no_local: false,
        retain_as_published: false,
        retain_handling: RetainHandling::Always,
    })
}

/// Writes anything but CONNECT and PUBLISH.
pub(super) fn write(packet: &Packet, out: &mut Vec<u8>) -> Result<(), WireError> {
    let theirs = match packet {
        Packet::ConnAck(ack) => return connect::write_ack(ack, Version::V3, out),
        Packet::SubAck(ack) => return write_suback(ack, out),
        Packet::PubAck(ack) => v4::Packet::PubAck(v4::PubAck::new(ack.packet_id.get())),
        Packet::PubRec(ack) => v4::Packet::PubRec(v4::PubRec::new(ack.packet_id.get())),
        Packet::PubRel(ack) => v4::Packet::PubRel(v4::PubRel::new(ack.packet_id.get())),
        Packet::PubComp(ack) => v4::Packet::PubComp(v4::PubComp::new(ack.packet_id.get())),
        Packet::Subscribe(subscribe) => {
            if subscribe.subscriptions.is_empty() {
                return pen::unwritable("SUBSCRIBE needs a filter at least");
            }
            v4::Packet::Subscribe(v4::Subscribe {
                pkid: subscribe.packet_id.get(),
                filters: subscribe
                    .subscriptions
                    .iter()
                    .map(|asked| v4::SubscribeFilter::new(asked.filter.as_str().into(), qos(asked.qos)))
                    .collect(),
            })
        }
        Packet::Unsubscribe(unsubscribe) => {
            if unsubscribe.filters.is_empty() {
                return pen::unwritable("UNSUBSCRIBE needs a filter at least");
            }
            v4::Packet::Unsubscribe(v4::Unsubscribe {
                pkid: unsubscribe.packet_id.get(),
                topics: unsubscribe.filters.iter().map(|filter| filter.as_str().into()).collect(),
            })
        }
        Packet::UnsubAck(ack) => v4::Packet::UnsubAck(v4::UnsubAck::new(ack.packet_id.get())),
        Packet::PingReq => v4::Packet::PingReq,
        Packet::PingResp => v4::Packet::PingResp,
        Packet::Disconnect(_) => v4::Packet::Disconnect,
        Packet::Auth(_) => return pen::unwritable("MQTT 3.1.1 has no AUTH packet"),
        Packet::Connect(_) | Packet::Publish(_) => {
            return pen::unwritable("a packet that is written elsewhere");
        }
    };
    let mut bytes = BytesMut::new();
    match theirs.write(&mut bytes, usize::MAX) {
        Ok(_) => out.extend_from_slice(&bytes),
        Err(error) => return pen::unwritable(error.to_string()),
    }
    Ok(())
}

/// 3.1.1 knows one failure, 0x80 (section 3.9.3 there).
fn write_suback(ack: &SubAck, out: &mut Vec<u8>) -> Result<(), WireError> {
    let mut remainder = ack.packet_id.get().to_be_bytes().to_vec();
    remainder.extend(ack.reasons.iter().map(|reason| if reason.is_failure() { 0x80 } else { reason.0 }));
    pen::frame(kind::SUBACK << 4, &remainder, out)
}

fn qos(qos: Qos) -> QoS {
    match qos {
        Qos::AtMostOnce => QoS::AtMostOnce,
        Qos::AtLeastOnce => QoS::AtLeastOnce,
        Qos::ExactlyOnce => QoS::ExactlyOnce,
    }
}
