//! Property lists of MQTT 5 (section 2.2.2). Owns which property looks how and may stand where.
use super::cursor::Cursor;
use super::pen::Block;
use super::{WireError, malformed};
use crate::mqtt::PublishProperties;
use crate::mqtt::packet::SubscriptionIds;

pub(super) const PAYLOAD_FORMAT: u8 = 0x01;
pub(super) const MESSAGE_EXPIRY: u8 = 0x02;
pub(super) const CONTENT_TYPE: u8 = 0x03;
pub(super) const RESPONSE_TOPIC: u8 = 0x08;
pub(super) const CORRELATION_DATA: u8 = 0x09;
pub(super) const SUBSCRIPTION_ID: u8 = 0x0B;
pub(super) const SESSION_EXPIRY: u8 = 0x11;
pub(super) const ASSIGNED_CLIENT_ID: u8 = 0x12;
pub(super) const SERVER_KEEP_ALIVE: u8 = 0x13;
pub(super) const AUTH_METHOD: u8 = 0x15;
pub(super) const AUTH_DATA: u8 = 0x16;
pub(super) const REQUEST_PROBLEM: u8 = 0x17;
pub(super) const WILL_DELAY: u8 = 0x18;
pub(super) const REQUEST_RESPONSE: u8 = 0x19;
pub(super) const RESPONSE_INFORMATION: u8 = 0x1A;
pub(super) const SERVER_REFERENCE: u8 = 0x1C;
pub(super) const REASON_STRING: u8 = 0x1F;
pub(super) const RECEIVE_MAXIMUM: u8 = 0x21;
pub(super) const TOPIC_ALIAS_MAXIMUM: u8 = 0x22;
pub(super) const TOPIC_ALIAS: u8 = 0x23;
pub(super) const MAXIMUM_QOS: u8 = 0x24;
pub(super) const RETAIN_AVAILABLE: u8 = 0x25;
pub(super) const USER: u8 = 0x26;
pub(super) const MAXIMUM_PACKET: u8 = 0x27;
pub(super) const WILDCARD_AVAILABLE: u8 = 0x28;
pub(super) const SUBSCRIPTION_IDS_AVAILABLE: u8 = 0x29;
pub(super) const SHARED_AVAILABLE: u8 = 0x2A;

/// A set of property ids, one bit each; all are below 64.
#[derive(Clone, Copy, Debug)]
pub(super) struct Allowed(u64);

impl Allowed {
    pub(super) const fn these(ids: &[u8]) -> Self {
        let (mut bits, mut idx) = (0, 0);
        while idx < ids.len() {
            bits |= 1 << ids[idx];
            idx += 1;
        }
        Self(bits)
    }
}

/// What a PUBLISH may say (section 3.3.2.3).
pub(super) const IN_PUBLISH: Allowed = Allowed::these(&[
    PAYLOAD_FORMAT,
    MESSAGE_EXPIRY,
    CONTENT_TYPE,
    RESPONSE_TOPIC,
    CORRELATION_DATA,
    SUBSCRIPTION_ID,
    TOPIC_ALIAS,
    USER,
]);

/// One property's value, by its shape on the wire.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value<'a> {
    Flag(bool),
    Byte(u8),
    Two(u16),
    Four(u32),
    Text(&'a str),
    Binary(&'a [u8]),
    Pair(&'a str, &'a str),
}

/// Walks a property list: each id known, allowed here, in its right shape, and once unless it may repeat.
#[derive(Debug)]
pub(super) struct Walk<'a> {
    cursor: Cursor<'a>,
    allowed: u64,
    seen: u64,
    may_repeat: u64,
}

impl<'a> Walk<'a> {
    pub(super) fn new(cursor: Cursor<'a>, allowed: Allowed) -> Self {
        // Subscription ids repeat in a PUBLISH alone (section 3.3.2.3.8).
        let repeats = if allowed.0 == IN_PUBLISH.0 { &[USER, SUBSCRIPTION_ID][..] } else { &[USER] };
        Self { cursor, allowed: allowed.0, seen: 0, may_repeat: Allowed::these(repeats).0 }
    }

    pub(super) fn next(&mut self) -> Result<Option<(u8, Value<'a>)>, WireError> {
        if self.cursor.is_empty() {
            return Ok(None);
        }
        let id = self.cursor.byte()?;
        let bit = 1_u64.checked_shl(u32::from(id)).unwrap_or(0);
        if self.allowed & bit == 0 {
            return malformed(format!(
                "{} holds the property 0x{id:02X}, which it may not",
                self.cursor.what()
            ));
        }
        if self.seen & bit & !self.may_repeat != 0 {
            return malformed(format!("{} holds the property 0x{id:02X} twice", self.cursor.what()));
        }
        self.seen |= bit;
        Ok(Some((id, self.value(id)?)))
    }

    /// Holds that the rest is well-formed.
    pub(super) fn finish(mut self) -> Result<(), WireError> {
        while self.next()?.is_some() {}
        Ok(())
    }

    fn value(&mut self, id: u8) -> Result<Value<'a>, WireError> {
        let cursor = &mut self.cursor;
        let what = cursor.what();
        let not_zero = |is_zero: bool| {
            if is_zero { malformed(format!("{what} holds the property 0x{id:02X} as 0")) } else { Ok(()) }
        };
        Ok(match id {
            PAYLOAD_FORMAT
            | REQUEST_PROBLEM
            | REQUEST_RESPONSE
            | RETAIN_AVAILABLE
            | WILDCARD_AVAILABLE
            | SUBSCRIPTION_IDS_AVAILABLE
            | SHARED_AVAILABLE => match cursor.byte()? {
                0 => Value::Flag(false),
                1 => Value::Flag(true),
                other => {
                    return malformed(format!("{what} holds the property 0x{id:02X} as {other}, not 0 or 1"));
                }
            },
            MAXIMUM_QOS => Value::Byte(cursor.byte()?),
            SERVER_KEEP_ALIVE | TOPIC_ALIAS_MAXIMUM => Value::Two(cursor.two()?),
            RECEIVE_MAXIMUM | TOPIC_ALIAS => {
                let number = cursor.two()?;
                not_zero(number == 0)?;
                Value::Two(number)
            }
            MESSAGE_EXPIRY | SESSION_EXPIRY | WILL_DELAY => Value::Four(cursor.four()?),
            MAXIMUM_PACKET => {
                let number = cursor.four()?;
                not_zero(number == 0)?;
                Value::Four(number)
            }
            SUBSCRIPTION_ID => {
                let number = cursor.varint()?;
                not_zero(number == 0)?;
                Value::Four(number)
            }
            CORRELATION_DATA | AUTH_DATA => Value::Binary(cursor.binary()?),
            USER => Value::Pair(cursor.text()?, cursor.text()?),
            CONTENT_TYPE | RESPONSE_TOPIC | ASSIGNED_CLIENT_ID | AUTH_METHOD | RESPONSE_INFORMATION
            | SERVER_REFERENCE | REASON_STRING => Value::Text(cursor.text()?),
            other => return malformed(format!("{what} holds the unknown property 0x{other:02X}")),
        })
    }
}

/// Of the properties of a PUBLISH what is wanted at once.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wanted {
    pub alias: Option<u16>,
    pub subscription_ids: SubscriptionIds,
}

/// Walks the properties of a PUBLISH without keeping them.
pub(super) fn wanted(bytes: &[u8]) -> Result<Wanted, WireError> {
    // Most have a subscription id below 128 and nothing else.
    if let [SUBSCRIPTION_ID, id @ 1..=0x7F] = bytes {
        let mut wanted = Wanted::default();
        wanted.subscription_ids.add(u32::from(*id));
        return Ok(wanted);
    }
    let (wanted, read) = readable(bytes);
    read.map(|()| wanted)
}

/// The same as far as the properties can be read, and whether they can.
pub(super) fn readable(bytes: &[u8]) -> (Wanted, Result<(), WireError>) {
    let mut walk = Walk::new(Cursor::new(bytes, "PUBLISH"), IN_PUBLISH);
    let mut wanted = Wanted::default();
    loop {
        match walk.next() {
            Ok(Some((TOPIC_ALIAS, Value::Two(number)))) => wanted.alias = Some(number),
            Ok(Some((SUBSCRIPTION_ID, Value::Four(number)))) => wanted.subscription_ids.add(number),
            Ok(Some(_)) => {}
            Ok(None) => return (wanted, Ok(())),
            Err(error) => return (wanted, Err(error)),
        }
    }
}

pub(super) fn read_publish(bytes: &[u8]) -> Result<PublishProperties, WireError> {
    let mut walk = Walk::new(Cursor::new(bytes, "PUBLISH"), IN_PUBLISH);
    let mut properties = PublishProperties::default();
    while let Some((id, value)) = walk.next()? {
        take_publish(&mut properties, id, value);
    }
    Ok(properties)
}

/// Takes one property of a PUBLISH or a will.
pub(super) fn take_publish(properties: &mut PublishProperties, id: u8, value: Value<'_>) {
    match (id, value) {
        (PAYLOAD_FORMAT, Value::Flag(yes)) => properties.payload_is_utf8 = Some(yes),
        (MESSAGE_EXPIRY, Value::Four(seconds)) => properties.message_expiry_s = Some(seconds),
        (TOPIC_ALIAS, Value::Two(alias)) => properties.topic_alias = Some(alias),
        (RESPONSE_TOPIC, Value::Text(text)) => properties.response_topic = Some(text.into()),
        (CORRELATION_DATA, Value::Binary(bytes)) => properties.correlation_data = Some(bytes.into()),
        (USER, Value::Pair(name, text)) => properties.user.push((name.into(), text.into())),
        (SUBSCRIPTION_ID, Value::Four(number)) => properties.subscription_ids.push(number),
        (CONTENT_TYPE, Value::Text(text)) => properties.content_type = Some(text.into()),
        (
            _,
            Value::Flag(_)
            | Value::Byte(_)
            | Value::Two(_)
            | Value::Four(_)
            | Value::Text(_)
            | Value::Binary(_)
            | Value::Pair(..),
        ) => {}
    }
}

/// Writes the properties that a PUBLISH and a will share.
pub(super) fn write_publish(properties: &PublishProperties, block: &mut Block) -> Result<(), WireError> {
    block.flag(PAYLOAD_FORMAT, properties.payload_is_utf8);
    block.four(MESSAGE_EXPIRY, properties.message_expiry_s);
    block.two(TOPIC_ALIAS, properties.topic_alias);
    block.text(RESPONSE_TOPIC, properties.response_topic.as_deref())?;
    block.binary(CORRELATION_DATA, properties.correlation_data.as_deref())?;
    block.pairs(USER, &properties.user)?;
    for id in &properties.subscription_ids {
        block.varint(SUBSCRIPTION_ID, *id)?;
    }
    block.text(CONTENT_TYPE, properties.content_type.as_deref())
}
