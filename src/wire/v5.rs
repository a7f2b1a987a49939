//! MQTT 5's packets but CONNECT, CONNACK and PUBLISH. Owns what rumqttc's codec cannot carry, and calls it else.
use super::cursor::Cursor;
use super::pen::{self, Block};
use super::properties::{self as id, Allowed, Value, Walk};
use super::{WireError, connect, kind, malformed, v3};
use crate::mqtt::packet::{Ack, Disconnect, SubAck, Subscribe, Unsubscribe};
use crate::mqtt::profile::RetainHandling;
use crate::mqtt::{Packet, Qos, Reason, Subscription, Version};
use bytes::BytesMut;
use rumqttc::v5::mqttbytes::{QoS, v5};

/// PUBACK, PUBREC, PUBREL, PUBCOMP, SUBACK and UNSUBACK.
const IN_ACK: Allowed = Allowed::these(&[id::REASON_STRING, id::USER]);
const IN_SUBSCRIBE: Allowed = Allowed::these(&[id::SUBSCRIPTION_ID, id::USER]);
const IN_UNSUBSCRIBE: Allowed = Allowed::these(&[id::USER]);
const IN_DISCONNECT: Allowed =
    Allowed::these(&[id::SESSION_EXPIRY, id::REASON_STRING, id::USER, id::SERVER_REFERENCE]);
const IN_AUTH: Allowed = Allowed::these(&[id::AUTH_METHOD, id::AUTH_DATA, id::REASON_STRING, id::USER]);

/// Reads a whole packet; `cursor` stands behind its fixed header.
pub(super) fn read(kind: u8, packet: &[u8], cursor: Cursor<'_>) -> Result<Packet, WireError> {
    match kind {
        kind::PUBACK => read_ack(cursor).map(Packet::PubAck),
        kind::PUBREC => read_ack(cursor).map(Packet::PubRec),
        kind::PUBREL => read_ack(cursor).map(Packet::PubRel),
        kind::PUBCOMP => read_ack(cursor).map(Packet::PubComp),
        kind::SUBSCRIBE => read_subscribe(cursor).map(Packet::Subscribe),
        kind::SUBACK => read_suback(cursor).map(Packet::SubAck),
        kind::UNSUBACK => read_suback(cursor).map(Packet::UnsubAck),
        kind::UNSUBSCRIBE => read_unsubscribe(packet, cursor),
        kind::PINGREQ => cursor.end().map(|()| Packet::PingReq),
        kind::PINGRESP => cursor.end().map(|()| Packet::PingResp),
        kind::DISCONNECT => read_disconnect(cursor).map(Packet::Disconnect),
        kind::AUTH => read_auth(cursor).map(Packet::Auth),
        other => malformed(format!("packet type {other} is read elsewhere or does not exist")),
    }
}

fn read_ack(mut cursor: Cursor<'_>) -> Result<Ack, WireError> {
    let mut ack = Ack::success(cursor.packet_id()?);
    // Section 3.4.2.1: reason and properties may be left out, from the end.
    if !cursor.is_empty() {
        ack.reason = Reason(cursor.byte()?);
    }
    if !cursor.is_empty() {
        ack.reason_string = read_reason_string(cursor.block()?)?;
        cursor.end()?;
    }
    Ok(ack)
}

fn read_reason_string(block: Cursor<'_>) -> Result<Option<String>, WireError> {
    let mut walk = Walk::new(block, IN_ACK);
    let mut words = None;
    while let Some(property) = walk.next()? {
        if let (id::REASON_STRING, Value::Text(text)) = property {
            words = Some(text.into());
        }
    }
    Ok(words)
}

fn read_suback(mut cursor: Cursor<'_>) -> Result<SubAck, WireError> {
    let packet_id = cursor.packet_id()?;
    let reason_string = read_reason_string(cursor.block()?)?;
    let reasons = cursor.rest().iter().map(|code| Reason(*code)).collect();
    Ok(SubAck { packet_id, reasons, reason_string })
}

fn read_subscribe(mut cursor: Cursor<'_>) -> Result<Subscribe, WireError> {
    let packet_id = cursor.packet_id()?;
    let mut subscription_id = None;
    let mut walk = Walk::new(cursor.block()?, IN_SUBSCRIBE);
    while let Some(property) = walk.next()? {
        if let (id::SUBSCRIPTION_ID, Value::Four(number)) = property {
            subscription_id = Some(number);
        }
    }
    let mut subscriptions = Vec::new();
    while !cursor.is_empty() {
        subscriptions.push(read_subscription(&mut cursor)?);
    }
    if subscriptions.is_empty() {
        return malformed("SUBSCRIBE names no filter, against MQTT-3.8.3-2");
    }
    Ok(Subscribe { packet_id, subscriptions, subscription_id })
}

fn read_subscription(cursor: &mut Cursor<'_>) -> Result<Subscription, WireError> {
    let filter = v3::filter(cursor.text()?)?;
    let options = cursor.byte()?;
    let retain_handling = match (options >> 4) & 0b11 {
        0 => RetainHandling::Always,
        1 => RetainHandling::IfNew,
        2 => RetainHandling::Never,
        _ => return malformed("SUBSCRIBE asks for retain handling 3, which does not exist"),
    };
    let Some(qos) = Qos::from_bits(options & 0b11).filter(|_| options & 0b1100_0000 == 0) else {
        return malformed(format!("SUBSCRIBE has the options {options:08b}, against MQTT-3.8.3-5"));
    };
    Ok(Subscription {
        filter,
        qos,
        no_local: options & 0b0100 != 0,
        retain_as_published: options & 0b1000 != 0,
        retain_handling,
    })
}

fn read_unsubscribe(packet: &[u8], mut cursor: Cursor<'_>) -> Result<Packet, WireError> {
    // Theirs lets properties run over their length; hold that first.
    cursor.packet_id()?;
    Walk::new(cursor.block()?, IN_UNSUBSCRIBE).finish()?;
    match v5::Packet::read(&mut BytesMut::from(packet), None) {
        Ok(v5::Packet::Unsubscribe(unsubscribe)) => Ok(Packet::Unsubscribe(Unsubscribe {
            packet_id: v3::id(unsubscribe.pkid)?,
            filters: v3::filters(&unsubscribe.filters)?,
        })),
        Ok(_) => malformed("UNSUBSCRIBE was read as something else"),
        Err(error) => malformed(format!("UNSUBSCRIBE: {error}")),
    }
}

fn read_disconnect(mut cursor: Cursor<'_>) -> Result<Disconnect, WireError> {
    let mut disconnect = Disconnect::default();
    // Section 3.14.2.1: reason and properties may be left out, from the end.
    if !cursor.is_empty() {
        disconnect.reason = Reason(cursor.byte()?);
    }
    if !cursor.is_empty() {
        let mut walk = Walk::new(cursor.block()?, IN_DISCONNECT);
        while let Some(property) = walk.next()? {
            match property {
                (id::SESSION_EXPIRY, Value::Four(seconds)) => disconnect.session_expiry_s = Some(seconds),
                (id::REASON_STRING, Value::Text(text)) => disconnect.reason_string = Some(text.into()),
                (id::SERVER_REFERENCE, Value::Text(text)) => disconnect.server_reference = Some(text.into()),
                (_, _) => {}
            }
        }
        cursor.end()?;
    }
    Ok(disconnect)
}

fn read_auth(mut cursor: Cursor<'_>) -> Result<Reason, WireError> {
    if cursor.is_empty() {
        return Ok(Reason::SUCCESS);
    }
    let reason = Reason(cursor.byte()?);
    if !cursor.is_empty() {
        Walk::new(cursor.block()?, IN_AUTH).finish()?;
        cursor.end()?;
    }
    Ok(reason)
}

/// Writes anything but CONNECT and PUBLISH.
pub(super) fn write(packet: &Packet, out: &mut Vec<u8>) -> Result<(), WireError> {
    let theirs = match packet {
        Packet::ConnAck(ack) => return connect::write_ack(ack, Version::V5, out),
        Packet::PubAck(ack) => return write_ack(kind::PUBACK << 4, ack, out),
        Packet::PubRec(ack) => return write_ack(kind::PUBREC << 4, ack, out),
        Packet::PubRel(ack) => return write_ack((kind::PUBREL << 4) | 0b0010, ack, out),
        Packet::PubComp(ack) => return write_ack(kind::PUBCOMP << 4, ack, out),
        Packet::SubAck(ack) => return write_suback(kind::SUBACK << 4, ack, out),
        Packet::UnsubAck(ack) => return write_suback(kind::UNSUBACK << 4, ack, out),
        Packet::Disconnect(disconnect) => return write_disconnect(disconnect, out),
        Packet::Auth(reason) => return write_auth(*reason, out),
        Packet::Subscribe(subscribe) => v5::Packet::Subscribe(subscribe_of(subscribe)?),
        Packet::Unsubscribe(unsubscribe) => {
            if unsubscribe.filters.is_empty() {
                return pen::unwritable("UNSUBSCRIBE needs a filter at least");
            }
            v5::Packet::Unsubscribe(v5::Unsubscribe {
                pkid: unsubscribe.packet_id.get(),
                filters: unsubscribe.filters.iter().map(|filter| filter.as_str().into()).collect(),
                properties: None,
            })
        }
        Packet::PingReq => v5::Packet::PingReq(v5::PingReq),
        Packet::PingResp => v5::Packet::PingResp(v5::PingResp),
        Packet::Connect(_) | Packet::Publish(_) => {
            return pen::unwritable("a packet that is written elsewhere");
        }
    };
    let mut bytes = BytesMut::new();
    match theirs.write(&mut bytes, None) {
        Ok(_) => out.extend_from_slice(&bytes),
        Err(error) => return pen::unwritable(error.to_string()),
    }
    Ok(())
}

fn subscribe_of(subscribe: &Subscribe) -> Result<v5::Subscribe, WireError> {
    if subscribe.subscriptions.is_empty() {
        return pen::unwritable("SUBSCRIBE needs a filter at least");
    }
    let filters = subscribe.subscriptions.iter().map(|asked| v5::Filter {
        path: asked.filter.as_str().into(),
        qos: match asked.qos {
            Qos::AtMostOnce => QoS::AtMostOnce,
            Qos::AtLeastOnce => QoS::AtLeastOnce,
            Qos::ExactlyOnce => QoS::ExactlyOnce,
        },
        nolocal: asked.no_local,
        preserve_retain: asked.retain_as_published,
        retain_forward_rule: match asked.retain_handling {
            RetainHandling::Always => v5::RetainForwardRule::OnEverySubscribe,
            RetainHandling::IfNew => v5::RetainForwardRule::OnNewSubscribe,
            RetainHandling::Never => v5::RetainForwardRule::Never,
        },
    });
    Ok(v5::Subscribe {
        pkid: subscribe.packet_id.get(),
        filters: filters.collect(),
        properties: subscribe
            .subscription_id
            .map(|id| v5::SubscribeProperties { id: usize::try_from(id).ok(), user_properties: Vec::new() }),
    })
}

fn write_ack(first: u8, ack: &Ack, out: &mut Vec<u8>) -> Result<(), WireError> {
    let [high, low] = ack.packet_id.get().to_be_bytes();
    if ack.reason_string.is_none() {
        if ack.reason == Reason::SUCCESS {
            out.extend_from_slice(&[first, 2, high, low]);
        } else {
            out.extend_from_slice(&[first, 3, high, low, ack.reason.0]);
        }
        return Ok(());
    }
    let mut remainder = vec![high, low, ack.reason.0];
    reason_block(ack.reason_string.as_deref())?.finish(&mut remainder)?;
    pen::frame(first, &remainder, out)
}

fn write_suback(first: u8, ack: &SubAck, out: &mut Vec<u8>) -> Result<(), WireError> {
    let mut remainder = ack.packet_id.get().to_be_bytes().to_vec();
    reason_block(ack.reason_string.as_deref())?.finish(&mut remainder)?;
    remainder.extend(ack.reasons.iter().map(|reason| reason.0));
    pen::frame(first, &remainder, out)
}

fn reason_block(words: Option<&str>) -> Result<Block, WireError> {
    let mut block = Block::default();
    block.text(id::REASON_STRING, words)?;
    Ok(block)
}

fn write_disconnect(disconnect: &Disconnect, out: &mut Vec<u8>) -> Result<(), WireError> {
    let mut block = reason_block(disconnect.reason_string.as_deref())?;
    block.four(id::SESSION_EXPIRY, disconnect.session_expiry_s);
    block.text(id::SERVER_REFERENCE, disconnect.server_reference.as_deref())?;
    let mut remainder = Vec::new();
    if disconnect.reason != Reason::SUCCESS || !block.is_empty() {
        remainder.push(disconnect.reason.0);
    }
    if !block.is_empty() {
        block.finish(&mut remainder)?;
    }
    pen::frame(kind::DISCONNECT << 4, &remainder, out)
}

fn write_auth(reason: Reason, out: &mut Vec<u8>) -> Result<(), WireError> {
    // An AUTH says which method it is of (section 3.15.2.2.2); we speak none, so only the bare form is ours.
    if reason == Reason::SUCCESS {
        pen::frame(kind::AUTH << 4, &[], out)
    } else {
        pen::frame(kind::AUTH << 4, &[reason.0, 0], out)
    }
}
