//! The last message of a topic, as the store keeps it and as the reader sees it. Owns no history.
use super::arena::heap_bytes;
use super::delivery::Delivery;
use super::history::Place;
use super::rate::Rate;
use crate::mqtt::{PacketId, Qos, Queued, Retained};
use crate::time::Timestamp;

/// Bytes kept without an allocation of their own; most values are shorter.
const INLINE_BYTES: usize = 22;

/// The payload of a topic's last message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastPayload<'a> {
    /// All of it.
    Whole(&'a [u8]),
    /// Dropped to stay within the memory budget.
    Evicted {
        /// How long it was.
        n_bytes: usize,
    },
}

/// A topic's last message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Last<'a> {
    /// The bytes as they came.
    pub payload: LastPayload<'a>,
    /// The property bytes as they came; empty on 3.1.1, and when the payload was evicted.
    pub properties: &'a [u8],
    /// The payload's size.
    pub n_bytes: usize,
    /// Quality of service of the delivery.
    pub qos: Qos,
    /// Kept by the broker or not.
    pub retained: Retained,
    /// The DUP flag.
    pub dup: bool,
    /// Kept by the broker while we were away, or not.
    pub queued: Queued,
    /// The id it was delivered under, at QoS 1 and 2.
    pub packet_id: Option<PacketId>,
    /// When it was read.
    pub received: Timestamp,
    /// When the payload last differed from the one before. A payload that follows an evicted one
    /// counts as different, for nothing is left to compare it with.
    pub changed: Timestamp,
    /// Which message of the store it was, counted from 1.
    pub sequence: u64,
}

/// Properties and payload, one after the other.
#[derive(Debug, Default)]
pub(super) enum Bytes {
    Inline(u8, [u8; INLINE_BYTES]),
    Heap(Box<[u8]>),
    #[default]
    Evicted,
}

impl Bytes {
    /// Takes over new contents, in place where the size allows.
    pub fn set(&mut self, properties: &[u8], payload: &[u8]) {
        let (middle, end) = (properties.len(), properties.len() + payload.len());
        if let Some(length) = u8::try_from(end).ok().filter(|_| end <= INLINE_BYTES) {
            let mut bytes = [0; INLINE_BYTES];
            bytes[..middle].copy_from_slice(properties);
            bytes[middle..end].copy_from_slice(payload);
            *self = Self::Inline(length, bytes);
            return;
        }
        match self {
            Self::Heap(bytes) if bytes.len() == end => {
                bytes[..middle].copy_from_slice(properties);
                bytes[middle..].copy_from_slice(payload);
            }
            Self::Heap(_) | Self::Inline(..) | Self::Evicted => {
                *self = Self::Heap([properties, payload].concat().into_boxed_slice());
            }
        }
    }

    /// The contents, unless evicted.
    pub fn get(&self) -> Option<&[u8]> {
        match self {
            Self::Inline(length, bytes) => bytes.get(..usize::from(*length)),
            Self::Heap(bytes) => Some(bytes),
            Self::Evicted => None,
        }
    }

    /// Memory taken beyond the record itself: what eviction would give back.
    pub const fn heap_bytes(&self) -> usize {
        match self {
            Self::Heap(bytes) => heap_bytes(bytes.len()),
            Self::Inline(..) | Self::Evicted => 0,
        }
    }
}

/// What shields a topic's last payload, and where it stands with the eviction.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Shield(u8);

impl Shield {
    /// Pinned or kept.
    pub const PINNED: Self = Self(1);
    /// On screen.
    pub const IN_VIEW: Self = Self(2);
    /// In the line for eviction.
    pub const QUEUED: Self = Self(4);
    /// Heard from since it last came to the head of that line.
    pub const TOUCHED: Self = Self(8);

    pub const fn has(self, which: Self) -> bool {
        self.0 & which.0 != 0
    }

    pub const fn set(&mut self, which: Self, on: bool) {
        self.0 = if on { self.0 | which.0 } else { self.0 & !which.0 };
    }

    /// Whether the payload must stay.
    pub const fn holds(self) -> bool {
        self.has(Self(Self::PINNED.0 | Self::IN_VIEW.0))
    }
}

/// What the store knows of a topic that a message was heard on.
#[derive(Debug, Default)]
pub(super) struct Heard {
    pub bytes: Bytes,
    pub n_messages: u64,
    pub received: Timestamp,
    pub changed: Timestamp,
    pub sequence: u64,
    /// The newest record of history.
    pub newest: Place,
    pub rate: Rate,
    /// Records of history.
    pub n_past: u32,
    /// Smoothed seconds between messages; meaningful from the second one on.
    pub interval_s: f32,
    pub n_bytes: u32,
    pub properties_bytes: u32,
    pub packet_id: Option<PacketId>,
    pub delivery: Delivery,
    pub shield: Shield,
}

impl Heard {
    /// Properties and payload, unless evicted.
    pub fn parts(&self) -> Option<(&[u8], &[u8])> {
        self.bytes.get()?.split_at_checked(self.properties_bytes as usize)
    }

    /// As the reader sees it.
    pub fn last(&self) -> Last<'_> {
        let n_bytes = self.n_bytes as usize;
        let (properties, payload) = match self.parts() {
            Some((properties, payload)) => (properties, LastPayload::Whole(payload)),
            None => (&[][..], LastPayload::Evicted { n_bytes }),
        };
        Last {
            payload,
            properties,
            n_bytes,
            qos: self.delivery.qos(),
            retained: self.delivery.retained(),
            dup: self.delivery.dup(),
            queued: self.delivery.queued(),
            packet_id: self.packet_id,
            received: self.received,
            changed: self.changed,
            sequence: self.sequence,
        }
    }
}
