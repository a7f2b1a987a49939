//! Taking packets off a buffer. Owns framing, limits and sides; each packet's inside is read elsewhere.
use super::cursor::{self, Cursor, Varint};
use super::foreign::{self, Look};
use super::publish::{self, Front, Taken};
use super::{Incoming, Side, Unreadable, WireError, connect, kind, malformed, v3, v5};
use crate::mqtt::{Packet, Version};

/// Takes packets out of a growing buffer of bytes. No input panics.
#[derive(Debug)]
pub struct Reader {
    side: Side,
    version: Version,
    max_packet_bytes: u32,
    /// Bytes of an oversize PUBLISH that are still to be thrown away.
    skip: u64,
    missing: usize,
    /// Whether anything was understood yet; until then the peer may be no MQTT broker at all.
    begun: bool,
    /// Whether a broker's side has learnt the version.
    connected: bool,
}

/// A packet's fixed header (MQTT 5.0 section 2.1).
#[derive(Clone, Copy, Debug)]
struct Header {
    first: u8,
    n_bytes: usize,
    n_remaining: usize,
}

impl Header {
    fn kind(self) -> u8 {
        self.first >> 4
    }

    fn n_total(self) -> usize {
        self.n_bytes.saturating_add(self.n_remaining)
    }
}

impl Reader {
    /// A reader for one connection.
    pub fn new(side: Side, version: Version, max_packet_bytes: u32) -> Self {
        Self { side, version, max_packet_bytes, skip: 0, missing: 0, begun: false, connected: false }
    }

    /// The version in force: the one given, or for a broker the one that CONNECT named.
    pub fn version(&self) -> Version {
        self.version
    }

    /// How many bytes beyond those given the current packet needs at least; 0 when unknown.
    /// Lets the caller grow its buffer once for a large packet. What is skipped needs no room.
    pub fn missing(&self) -> usize {
        self.missing
    }

    /// Takes the first packet off `bytes` from `*at` on and moves `*at` behind it; `None`: more bytes are needed.
    ///
    /// The caller keeps the bytes from `*at` on, appends what it reads, and may compact whenever it likes.
    pub fn next<'a>(&mut self, bytes: &'a [u8], at: &mut usize) -> Result<Option<Incoming<'a>>, WireError> {
        self.missing = 0;
        self.skip_some(bytes, at);
        let front = bytes.get(*at..).unwrap_or_default();
        if !self.begun && !front.is_empty() {
            match foreign::look(self.side, front) {
                Look::Mqtt => {}
                Look::Unsure => return Ok(None),
                Look::Foreign(error) => return Err(error),
            }
        }
        let header = match self.header(front) {
            Ok(Some(header)) => header,
            Ok(None) => return Ok(None),
            Err(error) if self.begun => return Err(error),
            Err(error) => return Err(foreign::unknown(self.side, front, &error)),
        };
        let limit = usize::try_from(self.max_packet_bytes).unwrap_or(usize::MAX);
        if header.n_total() > limit {
            return self.oversize(header, front, at);
        }
        let Some(packet) = front.get(..header.n_total()) else {
            self.missing = header.n_total() - front.len();
            return Ok(None);
        };
        let remainder = packet.get(header.n_bytes..).unwrap_or_default();
        let n_total = u64::try_from(header.n_total()).unwrap_or(u64::MAX);
        let incoming = if header.kind() == kind::PUBLISH {
            match publish::read(header.first, remainder, n_total, self.version)? {
                Taken::Readable(publish) => Incoming::Publish(publish),
                Taken::Not(unreadable) => Incoming::Unreadable(unreadable),
            }
        } else {
            Incoming::Packet(self.packet(header, packet, remainder)?)
        };
        *at += header.n_total();
        self.begun = true;
        Ok(Some(incoming))
    }

    fn skip_some(&mut self, bytes: &[u8], at: &mut usize) {
        let there = bytes.len().saturating_sub(*at);
        let now = there.min(usize::try_from(self.skip).unwrap_or(usize::MAX));
        *at += now;
        self.skip -= u64::try_from(now).unwrap_or(self.skip);
    }

    /// Reads the fixed header and holds it against side and version.
    fn header(&mut self, front: &[u8]) -> Result<Option<Header>, WireError> {
        let Some((&first, rest)) = front.split_first() else { return Ok(None) };
        self.allow(first)?;
        match cursor::varint(rest) {
            Varint::Is(n_remaining, length_bytes) => Ok(Some(Header {
                first,
                n_bytes: 1 + length_bytes,
                n_remaining: usize::try_from(n_remaining).unwrap_or(usize::MAX),
            })),
            Varint::Short => {
                self.missing = 1;
                Ok(None)
            }
            Varint::TooLong => malformed(format!(
                "{} has a remaining length of more than four bytes (section 1.5.5)",
                kind::name(first >> 4)
            )),
        }
    }

    fn allow(&self, first: u8) -> Result<(), WireError> {
        let (this, name) = (first >> 4, kind::name(first >> 4));
        let (from, ok) = match self.side {
            Side::Client => (
                "a broker",
                !matches!(this, 0 | kind::CONNECT | kind::SUBSCRIBE | kind::UNSUBSCRIBE | kind::PINGREQ),
            ),
            Side::Broker => (
                "a client",
                !matches!(this, 0 | kind::CONNACK | kind::SUBACK | kind::UNSUBACK | kind::PINGRESP)
                    && (self.connected || this == kind::CONNECT),
            ),
        };
        let only_v5 = this == kind::AUTH || (this == kind::DISCONNECT && self.side == Side::Client);
        if !ok || (only_v5 && self.version == Version::V3) {
            return malformed(format!("{name} is not what {from} may send here on {}", self.version));
        }
        // MQTT-2.1.3-1: the flags of all but PUBLISH are fixed.
        let wanted = match this {
            kind::PUBLISH => return publish::Flags::read(first).map(|_| ()),
            kind::PUBREL | kind::SUBSCRIBE | kind::UNSUBSCRIBE => 0b0010,
            _ => 0,
        };
        if first & 0x0F == wanted {
            Ok(())
        } else {
            malformed(format!("{name} has the flags {:04b} instead of {wanted:04b}", first & 0x0F))
        }
    }

    fn packet(&mut self, header: Header, packet: &[u8], remainder: &[u8]) -> Result<Packet, WireError> {
        let cursor = Cursor::new(remainder, kind::name(header.kind()));
        match (header.kind(), self.version) {
            (kind::CONNECT, _) => {
                let connect = connect::read(cursor)?;
                self.version = connect.version;
                self.connected = true;
                Ok(Packet::Connect(Box::new(connect)))
            }
            (kind::CONNACK, version) => Ok(Packet::ConnAck(Box::new(connect::read_ack(cursor, version)?))),
            (kind, Version::V3) => v3::read(kind, packet, cursor),
            (kind, Version::V5) => v5::read(kind, packet, cursor),
        }
    }

    /// A packet over our limit: a PUBLISH is named and skipped unseen, anything else ends the connection.
    fn oversize<'a>(
        &mut self,
        header: Header,
        front: &[u8],
        at: &mut usize,
    ) -> Result<Option<Incoming<'a>>, WireError> {
        let words = format!(
            "its packet of {} bytes exceeds our limit of {} bytes; --max-packet raises it",
            header.n_total(),
            self.max_packet_bytes
        );
        if header.kind() != kind::PUBLISH {
            return malformed(format!("{}: {words}", kind::name(header.kind())));
        }
        let remainder = front.get(header.n_bytes..).unwrap_or_default();
        match publish::front(header.first, remainder, header.n_remaining, self.version)? {
            Front::Needs(n_bytes) => {
                self.missing = n_bytes - remainder.len();
                Ok(None)
            }
            Front::Seen(topic, qos, packet_id, aliased) => {
                let n_bytes = u64::try_from(header.n_total()).unwrap_or(u64::MAX);
                let n_there = front.len().min(header.n_total());
                *at += n_there;
                self.skip = n_bytes - u64::try_from(n_there).unwrap_or(n_bytes);
                self.begun = true;
                let unreadable = Unreadable { topic, n_bytes, qos, packet_id, aliased, words };
                Ok(Some(Incoming::Unreadable(unreadable)))
            }
        }
    }
}
