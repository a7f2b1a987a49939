//! What a topic is ordered by in the table, and the words of its type. Owns the columns; draws none.
use super::sort::Key;
use crate::decode::{chain, number, value};
use crate::model::device::Device;
use crate::store::{LastPayload, NodeId};
use crate::time::Timestamp;
use std::borrow::Cow;

/// The columns, in the order in which they stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Column {
    /// The topic.
    #[default]
    Topic,
    /// The last value: numbers first, then text.
    Value,
    /// What kind of value it is.
    Kind,
    /// How long ago it came.
    Age,
    /// Messages on the topic.
    Count,
    /// Messages a second.
    Rate,
    /// Bytes of the payload.
    Size,
}

impl Column {
    /// All of them, from left to right.
    pub const ALL: [Self; 7] =
        [Self::Topic, Self::Value, Self::Kind, Self::Age, Self::Count, Self::Rate, Self::Size];

    /// The heading.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Topic => "topic",
            Self::Value => "value",
            Self::Kind => "type",
            Self::Age => "age",
            Self::Count => "count",
            Self::Rate => "rate",
            Self::Size => "size",
        }
    }

    /// The one to its right; the first after the last.
    pub fn next(self) -> Self {
        let mut behind = Self::ALL.into_iter().skip_while(|column| *column != self);
        behind.nth(1).unwrap_or_default()
    }

    /// Whether it is first seen with the most on top.
    pub const fn begins_with_most(self) -> bool {
        match self {
            Self::Count | Self::Rate | Self::Size => true,
            Self::Topic | Self::Value | Self::Kind | Self::Age => false,
        }
    }
}

/// What the rows are ordered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Order {
    /// By which column.
    pub column: Column,
    /// Whether the most is on top.
    pub is_down: bool,
}

/// What a row is ordered by.
pub fn key(
    device: &Device,
    (node, place): (NodeId, u32),
    order: Order,
    now: Timestamp,
    n_decoded: &mut usize,
) -> Key<NodeId> {
    let key = match order.column {
        Column::Topic => [u64::from(place), 0],
        Column::Value => value_key(device, node, n_decoded),
        Column::Kind => text_key(0, kind(device, node, n_decoded).as_bytes()),
        // What was never heard is the oldest.
        Column::Age => [
            device
                .store
                .last(node)
                .map_or(u64::MAX, |last| now.since(last.received).as_nanos().try_into().unwrap_or(u64::MAX)),
            0,
        ],
        Column::Count => [device.store.node(node).n_messages, 0],
        Column::Rate => [u64::from(device.store.topic_rate(node, now).to_bits()), 0],
        Column::Size => [device.store.last(node).map_or(0, |last| last.n_bytes as u64), 0],
    };
    let key = if order.is_down { key.map(|part| !part) } else { key };
    Key { by: key, place, node }
}

/// Numbers by size, then texts by their beginnings, then what was evicted, then what was not heard yet.
fn value_key(device: &Device, node: NodeId, n_decoded: &mut usize) -> [u64; 2] {
    let Some(last) = device.store.last(node) else { return [u64::MAX, 1] };
    let LastPayload::Whole(payload) = last.payload else { return [u64::MAX, 0] };
    let payload = &*read(device, node, payload, n_decoded);
    match number(payload) {
        Some(number) => {
            let bits = number.to_bits();
            let ordered = if bits >> 63 == 1 { !bits } else { bits | 1 << 63 };
            [ordered >> 8, ordered << 56]
        }
        None => text_key(1, payload.trim_ascii_start()),
    }
}

/// The first bytes of a text below others of its class; capitals count as small letters.
fn text_key(class: u8, text: &[u8]) -> [u64; 2] {
    let mut bytes = [0; 16];
    for (byte, letter) in bytes.iter_mut().zip([&class].into_iter().chain(text)) {
        *byte = letter.to_ascii_lowercase();
    }
    let both = u128::from_be_bytes(bytes);
    [
        u64::try_from(both >> 64).unwrap_or(u64::MAX),
        u64::try_from(both & u128::from(u64::MAX)).unwrap_or(u64::MAX),
    ]
}

/// The type of a kept node, else what the last payload looks like; nothing where there is none.
pub fn kind(device: &Device, node: NodeId, n_decoded: &mut usize) -> &'static str {
    if let Some(kept) = device.kept.whole(node) {
        return kept.kind.name();
    }
    match device.store.last(node).map(|last| last.payload) {
        None | Some(LastPayload::Evicted { .. }) => "",
        Some(LastPayload::Whole(payload)) => look(&read(device, node, payload, n_decoded)),
    }
}

/// What the decoders make of a payload, where it is no text or something was chosen; a table may have a million that
/// are. Adds the bytes that this took.
fn read<'p>(device: &Device, node: NodeId, payload: &'p [u8], n_decoded: &mut usize) -> Cow<'p, [u8]> {
    if chain::is_plain(payload) && device.rules.list().is_empty() {
        return Cow::Borrowed(payload);
    }
    let inside = chain::inside(device.reading(node), payload);
    let made = inside.map_or(Cow::Borrowed(payload), |decoded| decoded.bytes);
    *n_decoded += payload.len() + if matches!(made, Cow::Owned(_)) { made.len() } else { 0 };
    made
}

/// What a payload looks like by its ends, without parsing it.
fn look(payload: &[u8]) -> &'static str {
    let text = payload.trim_ascii();
    match (text.first(), text.last()) {
        (None, _) => "empty",
        (Some(b'{'), Some(b'}')) => "object",
        (Some(b'['), Some(b']')) => "array",
        _ if text == b"null" => "null",
        _ if number(text).is_some() => "number",
        _ if value::truth(text).is_some() => "bool",
        _ if value::is_text(payload) => "text",
        _ => "bytes",
    }
}
