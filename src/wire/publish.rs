//! PUBLISH (MQTT 5.0 section 3.3), both ways and versions. Owns the fast path: nothing is allocated or copied.
use super::cursor::{self, Cursor, Varint};
use super::pen::{self, Block};
use super::properties::{self, Wanted};
use super::{Unreadable, WireError, kind, malformed};
use crate::mqtt::packet::{Aliased, Publish, PublishRef};
use crate::mqtt::{PacketId, Qos, Version, topic};

/// What the first byte says (section 3.3.1).
#[derive(Clone, Copy, Debug)]
pub(super) struct Flags {
    pub(super) dup: bool,
    pub(super) qos: Qos,
    pub(super) retain: bool,
}

impl Flags {
    pub(super) fn read(first: u8) -> Result<Self, WireError> {
        match Qos::from_bits((first >> 1) & 0b11) {
            Some(qos) => Ok(Self { dup: first & 0b1000 != 0, qos, retain: first & 1 != 0 }),
            None => malformed("PUBLISH asks for QoS 3, which does not exist"),
        }
    }

    fn first_byte(self) -> u8 {
        (kind::PUBLISH << 4) | (u8::from(self.dup) << 3) | (self.qos.bits() << 1) | u8::from(self.retain)
    }
}

/// A PUBLISH, or the one that cannot be taken though its frame is whole.
pub(super) enum Taken<'a> {
    Readable(PublishRef<'a>),
    Not(Unreadable),
}

/// Reads what follows the fixed header; `n_bytes` is of the whole packet.
pub(super) fn read(
    first: u8,
    remainder: &[u8],
    n_bytes: u64,
    version: Version,
) -> Result<Taken<'_>, WireError> {
    let flags = Flags::read(first)?;
    let mut cursor = Cursor::new(remainder, "PUBLISH");
    let topic_bytes = cursor.binary()?;
    let packet_id = match flags.qos {
        Qos::AtMostOnce => None,
        Qos::AtLeastOnce | Qos::ExactlyOnce => Some(cursor.packet_id()?),
    };
    let properties = match version {
        Version::V3 => &[][..],
        Version::V5 => cursor.block()?.rest(),
    };
    let unreadable = |words: String| {
        Ok(Taken::Not(Unreadable {
            topic: String::from_utf8_lossy(topic_bytes).into_owned(),
            n_bytes,
            qos: flags.qos,
            packet_id,
            aliased: match version {
                Version::V3 => Aliased::Untouched,
                Version::V5 => aliased(topic_bytes, properties),
            },
            words,
        }))
    };
    // The frame is whole from here on, so one bad message need not cost the connection: were it a
    // retained one, it would come again at each reconnect.
    let Wanted { alias: topic_alias, subscription_ids } = if properties.is_empty() {
        Wanted::default()
    } else {
        match properties::wanted(properties) {
            Ok(wanted) => wanted,
            Err(error) => return unreadable(error.to_string()),
        }
    };
    let Ok(topic) = std::str::from_utf8(topic_bytes) else {
        return unreadable("its topic is no UTF-8, against MQTT-1.5.4-1".into());
    };
    let is_suspect = if topic.is_empty() { topic_alias.is_none() } else { holds_forbidden(topic_bytes) };
    if is_suspect && let Err(error) = topic::check(topic) {
        return unreadable(error.to_string());
    }
    Ok(Taken::Readable(PublishRef {
        dup: flags.dup,
        qos: flags.qos,
        retain: flags.retain,
        topic,
        packet_id,
        topic_alias,
        subscription_ids,
        properties,
        payload: cursor.rest(),
    }))
}

/// What a PUBLISH that is left out does to the topic aliases.
fn aliased(topic: &[u8], properties: &[u8]) -> Aliased {
    // Without a topic it uses an alias, and changes none.
    if topic.is_empty() {
        return Aliased::Untouched;
    }
    let is_topic = std::str::from_utf8(topic).is_ok_and(|topic| topic::check(topic).is_ok());
    let (wanted, read) = properties::readable(properties);
    match (wanted.alias, read) {
        (Some(alias), _) if is_topic => Aliased::Named(alias),
        (Some(alias), _) => Aliased::Lost(alias),
        (None, Ok(())) => Aliased::Untouched,
        (None, Err(_)) => Aliased::AnyLost,
    }
}

/// Whether any byte is one that no topic holds. Without a way out of the middle, so that many bytes are
/// looked at at once; `topic::check` then says which it is.
fn holds_forbidden(topic: &[u8]) -> bool {
    topic.iter().fold(false, |found, byte| found | matches!(byte, b'+' | b'#' | 0))
}

/// What an oversize PUBLISH shows at its front, as soon as so many bytes are there.
pub(super) enum Front {
    /// Topic, packet id, and what becomes of the aliases.
    Seen(String, Qos, Option<PacketId>, Aliased),
    /// So many bytes of the remainder are needed.
    Needs(usize),
}

/// Longest properties that are waited for to find the alias among them: as much as the longest topic.
const MAX_FRONT_PROPERTIES: usize = 65_535;

/// Reads topic, packet id and alias of a PUBLISH of which only the front is there.
pub(super) fn front(
    first: u8,
    remainder: &[u8],
    n_remaining: usize,
    version: Version,
) -> Result<Front, WireError> {
    let flags = Flags::read(first)?;
    let Some((length, _)) = remainder.split_first_chunk::<2>() else { return Ok(Front::Needs(2)) };
    let id_bytes = if flags.qos == Qos::AtMostOnce { 0 } else { 2 };
    let needed = 2 + usize::from(u16::from_be_bytes(*length)) + id_bytes;
    if needed > n_remaining {
        return malformed("PUBLISH is shorter than its topic");
    }
    if remainder.len() < needed {
        return Ok(Front::Needs(needed));
    }
    let mut cursor = Cursor::new(remainder, "PUBLISH");
    let topic = cursor.binary()?;
    let packet_id = if id_bytes == 0 { None } else { Some(cursor.packet_id()?) };
    let aliased = match version {
        Version::V3 => Aliased::Untouched,
        Version::V5 => match front_properties(cursor.rest(), n_remaining - needed) {
            Properties::There(properties) => aliased(topic, properties),
            Properties::Needs(n_bytes) => return Ok(Front::Needs(needed + n_bytes)),
            Properties::Unread if topic.is_empty() => Aliased::Untouched,
            Properties::Unread => Aliased::AnyLost,
        },
    };
    Ok(Front::Seen(String::from_utf8_lossy(topic).into_owned(), flags.qos, packet_id, aliased))
}

/// The properties of a packet of which only the front is there.
enum Properties<'a> {
    There(&'a [u8]),
    /// So many bytes are needed.
    Needs(usize),
    /// They are too long to be waited for, or longer than the packet.
    Unread,
}

fn front_properties(rest: &[u8], n_remaining: usize) -> Properties<'_> {
    match cursor::varint(rest) {
        Varint::Short if rest.len() < n_remaining => Properties::Needs(rest.len() + 1),
        Varint::Short | Varint::TooLong => Properties::Unread,
        Varint::Is(n_bytes, n_length) => {
            let n_bytes = usize::try_from(n_bytes).unwrap_or(usize::MAX);
            let end = n_length.saturating_add(n_bytes);
            match rest.get(n_length..end) {
                Some(properties) => Properties::There(properties),
                None if n_bytes > MAX_FRONT_PROPERTIES || end > n_remaining => Properties::Unread,
                None => Properties::Needs(end),
            }
        }
    }
}

pub(super) fn write(publish: &Publish, version: Version, out: &mut Vec<u8>) -> Result<(), WireError> {
    let block = block(publish, version)?;
    let flags = Flags { dup: publish.dup, qos: publish.qos, retain: publish.retain };
    out.push(flags.first_byte());
    pen::varint(out, remaining(publish, version, &block))?;
    pen::binary(out, publish.topic.as_str().as_bytes())?;
    match (publish.qos, publish.packet_id) {
        (Qos::AtMostOnce, None) => {}
        (Qos::AtLeastOnce | Qos::ExactlyOnce, Some(id)) => pen::two(out, id.get()),
        (Qos::AtMostOnce, Some(_)) => return pen::unwritable("PUBLISH at QoS 0 has no packet id"),
        (Qos::AtLeastOnce | Qos::ExactlyOnce, None) => {
            return pen::unwritable("PUBLISH at QoS 1 and 2 needs a packet id");
        }
    }
    if version == Version::V5 {
        block.finish(out)?;
    }
    out.extend_from_slice(&publish.payload.0);
    Ok(())
}

pub(super) fn packet_bytes(publish: &Publish, version: Version) -> usize {
    if (publish.qos == Qos::AtMostOnce) != publish.packet_id.is_none() {
        return usize::MAX;
    }
    match block(publish, version).map(|block| remaining(publish, version, &block)) {
        Ok(remaining) if remaining <= pen::MAX_REMAINING => 1 + pen::varint_bytes(remaining) + remaining,
        Ok(_) | Err(_) => usize::MAX,
    }
}

fn block(publish: &Publish, version: Version) -> Result<Block, WireError> {
    let mut block = Block::default();
    if version == Version::V5 {
        properties::write_publish(&publish.properties, &mut block)?;
    }
    Ok(block)
}

fn remaining(publish: &Publish, version: Version, block: &Block) -> usize {
    let id_bytes = if publish.packet_id.is_some() { 2 } else { 0 };
    let block_bytes = if version == Version::V5 { block.n_bytes() } else { 0 };
    2 + publish.topic.as_str().len() + id_bytes + block_bytes + publish.payload.0.len()
}
