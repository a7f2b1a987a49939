//! CONNECT and CONNACK (MQTT 5.0 sections 3.1 and 3.2), both versions. Owns how a connection is asked for.
use super::cursor::Cursor;
use super::pen::{self, Block};
use super::properties::{self as id, Allowed, Value, Walk};
use super::{WireError, kind, malformed};
use crate::mqtt::packet::{ConnAck, Connect};
use crate::mqtt::profile::Will;
use crate::mqtt::{Payload, PublishProperties, Qos, Reason, Secret, Topic, Version};

/// User properties of a CONNACK that are kept: it may hold megabytes of them, and it is held as long as we are online.
const MAX_CONNACK_USER: usize = 64;

const IN_CONNECT: Allowed = Allowed::these(&[
    id::SESSION_EXPIRY,
    id::AUTH_METHOD,
    id::AUTH_DATA,
    id::REQUEST_PROBLEM,
    id::REQUEST_RESPONSE,
    id::RECEIVE_MAXIMUM,
    id::TOPIC_ALIAS_MAXIMUM,
    id::USER,
    id::MAXIMUM_PACKET,
]);

const IN_WILL: Allowed = Allowed::these(&[
    id::PAYLOAD_FORMAT,
    id::MESSAGE_EXPIRY,
    id::CONTENT_TYPE,
    id::RESPONSE_TOPIC,
    id::CORRELATION_DATA,
    id::WILL_DELAY,
    id::USER,
]);

const IN_CONNACK: Allowed = Allowed::these(&[
    id::SESSION_EXPIRY,
    id::ASSIGNED_CLIENT_ID,
    id::SERVER_KEEP_ALIVE,
    id::AUTH_METHOD,
    id::AUTH_DATA,
    id::RESPONSE_INFORMATION,
    id::SERVER_REFERENCE,
    id::REASON_STRING,
    id::RECEIVE_MAXIMUM,
    id::TOPIC_ALIAS_MAXIMUM,
    id::MAXIMUM_QOS,
    id::RETAIN_AVAILABLE,
    id::USER,
    id::MAXIMUM_PACKET,
    id::WILDCARD_AVAILABLE,
    id::SUBSCRIPTION_IDS_AVAILABLE,
    id::SHARED_AVAILABLE,
]);

/// The bits of the connect flags (section 3.1.2.3).
mod flag {
    pub(super) const RESERVED: u8 = 0x01;
    pub(super) const CLEAN_START: u8 = 0x02;
    pub(super) const WILL: u8 = 0x04;
    pub(super) const WILL_QOS: u8 = 0x18;
    pub(super) const WILL_RETAIN: u8 = 0x20;
    pub(super) const PASSWORD: u8 = 0x40;
    pub(super) const USERNAME: u8 = 0x80;
}

pub(super) fn read(mut cursor: Cursor<'_>) -> Result<Connect, WireError> {
    let name = cursor.binary()?;
    let level = cursor.byte()?;
    let version = match (name, level) {
        (b"MQTT", 4) => Version::V3,
        (b"MQTT", 5) => Version::V5,
        (_, _) => {
            let name = String::from_utf8_lossy(name).into_owned();
            return Err(WireError::UnsupportedProtocol { name, level });
        }
    };
    let flags = cursor.byte()?;
    if flags & flag::RESERVED != 0 {
        return malformed("CONNECT sets the reserved flag, against MQTT-3.1.2-3");
    }
    let mut connect = Connect {
        version,
        client_id: String::new(),
        keep_alive_s: cursor.two()?,
        clean_start: flags & flag::CLEAN_START != 0,
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
    if version == Version::V5 {
        read_properties(cursor.block()?, &mut connect)?;
    }
    connect.client_id = cursor.text()?.into();
    connect.will = read_will(flags, version, &mut cursor)?;
    if version == Version::V3 && flags & (flag::USERNAME | flag::PASSWORD) == flag::PASSWORD {
        return malformed("CONNECT carries a password without a user name, against MQTT-3.1.2-22");
    }
    if flags & flag::USERNAME != 0 {
        connect.username = Some(cursor.text()?.into());
    }
    if flags & flag::PASSWORD != 0 {
        connect.password = Some(Secret::new(cursor.binary()?.into()));
    }
    cursor.end()?;
    Ok(connect)
}

fn read_properties(block: Cursor<'_>, connect: &mut Connect) -> Result<(), WireError> {
    let mut walk = Walk::new(block, IN_CONNECT);
    while let Some(property) = walk.next()? {
        match property {
            (id::SESSION_EXPIRY, Value::Four(seconds)) => connect.session_expiry_s = Some(seconds),
            (id::RECEIVE_MAXIMUM, Value::Two(number)) => connect.receive_maximum = Some(number),
            (id::MAXIMUM_PACKET, Value::Four(bytes)) => connect.max_packet_bytes = Some(bytes),
            (id::TOPIC_ALIAS_MAXIMUM, Value::Two(number)) => connect.topic_alias_maximum = Some(number),
            (id::REQUEST_RESPONSE, Value::Flag(yes)) => connect.request_response_information = Some(yes),
            (id::REQUEST_PROBLEM, Value::Flag(yes)) => connect.request_problem_information = Some(yes),
            (id::USER, Value::Pair(name, value)) => connect.user.push((name.into(), value.into())),
            // Enhanced authentication (section 4.12) is not spoken.
            (_, _) => {}
        }
    }
    Ok(())
}

fn read_will(flags: u8, version: Version, cursor: &mut Cursor<'_>) -> Result<Option<Will>, WireError> {
    if flags & flag::WILL == 0 {
        if flags & (flag::WILL_QOS | flag::WILL_RETAIN) != 0 {
            return malformed("CONNECT sets flags of a will it does not have, against MQTT-3.1.2-11");
        }
        return Ok(None);
    }
    let Some(qos) = Qos::from_bits((flags & flag::WILL_QOS) >> 3) else {
        return malformed("CONNECT asks for a will at QoS 3, which does not exist");
    };
    let (mut properties, mut delay_s) = (PublishProperties::default(), 0);
    if version == Version::V5 {
        let mut walk = Walk::new(cursor.block()?, IN_WILL);
        while let Some((id, value)) = walk.next()? {
            match (id, value) {
                (id::WILL_DELAY, Value::Four(seconds)) => delay_s = seconds,
                (id, value) => id::take_publish(&mut properties, id, value),
            }
        }
    }
    let topic = match Topic::parse(cursor.text()?) {
        Ok(topic) => topic,
        Err(error) => return malformed(format!("the will of CONNECT: {error}")),
    };
    let payload = Payload::from(cursor.binary()?);
    let retain = flags & flag::WILL_RETAIN != 0;
    Ok(Some(Will { topic, payload, qos, retain, delay_s, properties }))
}

pub(super) fn write(connect: &Connect, out: &mut Vec<u8>) -> Result<(), WireError> {
    let is_v5 = connect.version == Version::V5;
    if !is_v5 && connect.password.is_some() && connect.username.is_none() {
        return pen::unwritable("MQTT 3.1.1 carries no password without a user name (MQTT-3.1.2-22)");
    }
    let mut remainder = Vec::with_capacity(64);
    pen::text(&mut remainder, "MQTT")?;
    remainder.push(if is_v5 { 5 } else { 4 });
    remainder.push(flags(connect));
    pen::two(&mut remainder, connect.keep_alive_s);
    if is_v5 {
        let mut block = Block::default();
        block.four(id::SESSION_EXPIRY, connect.session_expiry_s);
        block.two(id::RECEIVE_MAXIMUM, connect.receive_maximum);
        block.four(id::MAXIMUM_PACKET, connect.max_packet_bytes);
        block.two(id::TOPIC_ALIAS_MAXIMUM, connect.topic_alias_maximum);
        block.flag(id::REQUEST_RESPONSE, connect.request_response_information);
        block.flag(id::REQUEST_PROBLEM, connect.request_problem_information);
        block.pairs(id::USER, &connect.user)?;
        block.finish(&mut remainder)?;
    }
    pen::text(&mut remainder, &connect.client_id)?;
    if let Some(will) = &connect.will {
        if is_v5 {
            let mut block = Block::default();
            block.four(id::WILL_DELAY, (will.delay_s > 0).then_some(will.delay_s));
            id::write_publish(&will.properties, &mut block)?;
            block.finish(&mut remainder)?;
        }
        pen::text(&mut remainder, will.topic.as_str())?;
        pen::binary(&mut remainder, &will.payload.0)?;
    }
    if let Some(username) = &connect.username {
        pen::text(&mut remainder, username)?;
    }
    if let Some(password) = &connect.password {
        pen::binary(&mut remainder, password.expose())?;
    }
    pen::frame(kind::CONNECT << 4, &remainder, out)
}

fn flags(connect: &Connect) -> u8 {
    let set = |yes: bool, flag: u8| if yes { flag } else { 0 };
    let will = connect
        .will
        .as_ref()
        .map_or(0, |will| flag::WILL | (will.qos.bits() << 3) | set(will.retain, flag::WILL_RETAIN));
    will | set(connect.clean_start, flag::CLEAN_START)
        | set(connect.username.is_some(), flag::USERNAME)
        | set(connect.password.is_some(), flag::PASSWORD)
}

pub(super) fn read_ack(mut cursor: Cursor<'_>, version: Version) -> Result<ConnAck, WireError> {
    let (flags, code) = (cursor.byte()?, cursor.byte()?);
    let mut ack = ConnAck { session_present: flags & 1 != 0, ..ConnAck::default() };
    match (version, cursor.is_empty()) {
        (Version::V3, true) => ack.reason = Reason::from_v3_connect(code),
        (Version::V3, false) => {
            return malformed("the broker answered CONNECT in the form of MQTT 5; try --mqtt 5");
        }
        // A broker that knows 3.1.1 alone refuses in its own form (section 3.2.2.3 there).
        (Version::V5, true) => match code {
            0 => return malformed("the broker accepted in the form of MQTT 3.1.1; try --mqtt 3"),
            1..=5 => ack.reason = Reason::from_v3_connect(code),
            _ => ack.reason = Reason(code),
        },
        (Version::V5, false) => {
            ack.reason = Reason(code);
            read_ack_properties(cursor.block()?, &mut ack)?;
            cursor.end()?;
        }
    }
    Ok(ack)
}

fn read_ack_properties(block: Cursor<'_>, ack: &mut ConnAck) -> Result<(), WireError> {
    let mut walk = Walk::new(block, IN_CONNACK);
    while let Some(property) = walk.next()? {
        match property {
            (id::SESSION_EXPIRY, Value::Four(seconds)) => ack.session_expiry_s = Some(seconds),
            (id::RECEIVE_MAXIMUM, Value::Two(number)) => ack.receive_maximum = Some(number),
            (id::MAXIMUM_QOS, Value::Byte(bits)) => match Qos::from_bits(bits) {
                Some(qos) => ack.max_qos = Some(qos),
                None => return malformed(format!("CONNACK allows a highest QoS of {bits}")),
            },
            (id::RETAIN_AVAILABLE, Value::Flag(yes)) => ack.retain_available = Some(yes),
            (id::MAXIMUM_PACKET, Value::Four(bytes)) => ack.max_packet_bytes = Some(bytes),
            (id::ASSIGNED_CLIENT_ID, Value::Text(text)) => ack.assigned_client_id = Some(text.into()),
            (id::TOPIC_ALIAS_MAXIMUM, Value::Two(number)) => ack.topic_alias_maximum = Some(number),
            (id::REASON_STRING, Value::Text(text)) => ack.reason_string = Some(text.into()),
            (id::USER, Value::Pair(..)) if ack.user.len() >= MAX_CONNACK_USER => ack.n_user_left_out += 1,
            (id::USER, Value::Pair(name, value)) => ack.user.push((name.into(), value.into())),
            (id::WILDCARD_AVAILABLE, Value::Flag(yes)) => ack.wildcard_available = Some(yes),
            (id::SUBSCRIPTION_IDS_AVAILABLE, Value::Flag(yes)) => {
                ack.subscription_ids_available = Some(yes);
            }
            (id::SHARED_AVAILABLE, Value::Flag(yes)) => ack.shared_available = Some(yes),
            (id::SERVER_KEEP_ALIVE, Value::Two(seconds)) => ack.server_keep_alive_s = Some(seconds),
            (id::RESPONSE_INFORMATION, Value::Text(text)) => ack.response_information = Some(text.into()),
            (id::SERVER_REFERENCE, Value::Text(text)) => ack.server_reference = Some(text.into()),
            // Enhanced authentication (section 4.12) is not spoken.
            (_, _) => {}
        }
    }
    Ok(())
}

pub(super) fn write_ack(ack: &ConnAck, version: Version, out: &mut Vec<u8>) -> Result<(), WireError> {
    let flags = u8::from(ack.session_present);
    if version == Version::V3 {
        return pen::frame(kind::CONNACK << 4, &[flags, ack.reason.to_v3_connect()], out);
    }
    let mut remainder = vec![flags, ack.reason.0];
    let mut block = Block::default();
    block.four(id::SESSION_EXPIRY, ack.session_expiry_s);
    block.two(id::RECEIVE_MAXIMUM, ack.receive_maximum);
    // Section 3.2.2.3.4 knows 0 and 1 only: absence says 2.
    block.byte(id::MAXIMUM_QOS, ack.max_qos.filter(|qos| *qos < Qos::ExactlyOnce).map(Qos::bits));
    block.flag(id::RETAIN_AVAILABLE, ack.retain_available);
    block.four(id::MAXIMUM_PACKET, ack.max_packet_bytes);
    block.text(id::ASSIGNED_CLIENT_ID, ack.assigned_client_id.as_deref())?;
    block.two(id::TOPIC_ALIAS_MAXIMUM, ack.topic_alias_maximum);
    block.text(id::REASON_STRING, ack.reason_string.as_deref())?;
    block.pairs(id::USER, &ack.user)?;
    block.flag(id::WILDCARD_AVAILABLE, ack.wildcard_available);
    block.flag(id::SUBSCRIPTION_IDS_AVAILABLE, ack.subscription_ids_available);
    block.flag(id::SHARED_AVAILABLE, ack.shared_available);
    block.two(id::SERVER_KEEP_ALIVE, ack.server_keep_alive_s);
    block.text(id::RESPONSE_INFORMATION, ack.response_information.as_deref())?;
    block.text(id::SERVER_REFERENCE, ack.server_reference.as_deref())?;
    block.finish(&mut remainder)?;
    pen::frame(kind::CONNACK << 4, &remainder, out)
}
