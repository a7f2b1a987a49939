//! A kept topic's payload as its nodes read it. Owns the line that a row and the inspector show of it, and what does
//! not fit; reading itself is `device`'s.
use super::births;
use super::device::Device;
use crate::decode::{self, Ink, Line, Preview, Reading, escape};
use crate::device::misfit::Misfit;
use crate::device::{Kept, Kind, Node, Value};
use crate::store::{NodeId, Store};
use crate::time::Timestamp;
use std::time::Duration;

/// Parts of a payload told in one line; the inspector's tab Node has them all.
const MAX_PARTS: usize = 8;

/// Characters of a value told in one line: more than any screen is wide.
const MAX_CHARS: usize = 2_000;

/// How many messages tell a cadence, and how many intervals without one make a topic stale.
const STALE_AFTER: (u64, u32) = (4, 3);

/// A silence shorter than this is no staleness, however quick the topic.
const MIN_STALE: Duration = Duration::from_secs(3);

/// How a payload fits what is known of its topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fit {
    /// It does.
    Fits,
    /// It has the type, and lies outside the domain, as the words tell.
    Outside(String),
    /// It hasn't the type, as the words tell; the payload is shown as it came.
    Misfit(String),
}

/// A payload as its nodes read it.
#[derive(Clone, Debug, PartialEq)]
pub struct Typed {
    /// One line of it.
    pub preview: Preview,
    /// How it fits.
    pub fit: Fit,
}

/// A payload as the kept nodes at this place read it; `None` where there are none.
pub fn typed(device: &Device, id: NodeId, payload: &[u8], max_cols: usize) -> Option<Typed> {
    match device.kept.whole(id) {
        Some(node) => {
            Some(whole(node, device.reading(id), (payload, &births::document(device, id, payload)), max_cols))
        }
        None => parts(device, id, payload, max_cols),
    }
}

fn whole(node: &Node, reading: Reading<'_>, (payload, document): (&[u8], &[u8]), max_cols: usize) -> Typed {
    let raw = || decode::preview_on(reading, payload, max_cols);
    let value = match node.read(document) {
        Ok(value) => value,
        Err(misfit) => return Typed { preview: raw(), fit: Fit::Misfit(misfit.to_string()) },
    };
    let fit = node.judge(&value).map_or_else(|outside| Fit::Outside(outside.to_string()), |()| Fit::Fits);
    let preview = match node.kind {
        // Structure has a line of its own, which tells more than its text would.
        Kind::List | Kind::Map | Kind::Bytes => raw(),
        Kind::Impulse
        | Kind::Bool
        | Kind::Int
        | Kind::Float
        | Kind::String
        | Kind::Vec2
        | Kind::Vec3
        | Kind::Vec4 => {
            let mut line = Line::default();
            push(&mut line, node, &value, max_cols);
            Preview { kind: kind_of(node.kind), line }
        }
    };
    Typed { preview, fit }
}

/// Parts of a payload, each by its name.
fn parts(device: &Device, id: NodeId, payload: &[u8], max_cols: usize) -> Option<Typed> {
    let mut line = Line::default();
    let mut fit = Fit::Fits;
    let payload = &births::document(device, id, payload);
    for node in device.kept.at(id).take(MAX_PARTS) {
        if line.cols > 0 {
            line.push(Ink::Faint, " · ");
        }
        escape::push_sane(&mut line, Ink::Key, name(node).as_bytes(), max_cols);
        line.push(Ink::Plain, " ");
        match node.read(payload) {
            Ok(value) => {
                push(&mut line, node, &value, max_cols);
                if let (Fit::Fits, Err(outside)) = (&fit, node.judge(&value)) {
                    fit = Fit::Outside(outside.to_string());
                }
            }
            // Edge nodes tell what has changed, and no more.
            Err(Misfit::NoMember { .. }) if node.is_of_sparkplug() => line.push(Ink::Faint, "–"),
            Err(misfit) => {
                line.push(Ink::Faint, "–");
                fit = Fit::Misfit(misfit.to_string());
            }
        }
        if line.cols > max_cols {
            line.cut(max_cols);
            break;
        }
    }
    (line.cols > 0).then_some(Typed { preview: Preview { kind: decode::Kind::Object, line }, fit })
}

/// Whether a payload fails any of the kept nodes at this place: by its type or its domain.
pub fn has_misfit(kept: &Kept, id: NodeId, payload: &[u8]) -> bool {
    let fails = |node: &Node| match node.read(payload) {
        Ok(value) => node.judge(&value).is_err(),
        // Edge nodes tell what has changed, and that by aliases.
        Err(Misfit::NoMember { .. }) => !node.is_of_sparkplug(),
        Err(_) => true,
    };
    kept.at(id).any(fails)
}

/// Numbers of late, oldest first; empty unless there are two.
pub fn spark(device: &Device, node: NodeId, max_numbers: usize) -> Vec<f64> {
    let past = device.store.history(node).take(max_numbers);
    let mut numbers: Vec<f64> = past.map_while(|past| number(device, node, past.payload)).collect();
    numbers.reverse();
    if numbers.len() < 2 { Vec::new() } else { numbers }
}

/// When a topic's silence becomes a fault: three cadences after its last message, as learnt or as measured.
pub fn stale_at(device: &Device, id: NodeId, received: Timestamp) -> Option<Timestamp> {
    silent_at(&device.store, &device.kept, id, received)
}

/// The same, where the device is at work.
pub fn silent_at(store: &Store, kept: &Kept, id: NodeId, received: Timestamp) -> Option<Timestamp> {
    let node = store.node(id);
    let learnt = kept.at(id).find_map(|node| node.cadence_ms).map(Duration::from_millis);
    let cadence = learnt.or(node.interval.filter(|_| node.n_messages >= STALE_AFTER.0))?;
    Some(received + (cadence * STALE_AFTER.1).max(MIN_STALE))
}

/// What a part of a payload is called: its alias, else the last step of its path.
pub fn name(node: &Node) -> String {
    use crate::device::codec::PathStep;
    let last = node.path().and_then(|path| path.steps().last());
    match (&node.alias, last) {
        (Some(alias), _) => alias.clone(),
        (None, Some(PathStep::Member(name))) => name.to_string(),
        (None, Some(PathStep::Index(index))) => format!("[{index}]"),
        (None, None) => "$".to_owned(),
    }
}

fn push(line: &mut Line, node: &Node, value: &Value, max_cols: usize) {
    let text = node.shown(value);
    let end = text.char_indices().nth(MAX_CHARS).map_or(text.len(), |(end, _)| end);
    let text = text.get(..end).unwrap_or(&text);
    escape::push_sane(line, ink_of(node.kind), text.as_bytes(), max_cols.saturating_sub(line.cols).max(1));
}

const fn ink_of(kind: Kind) -> Ink {
    match kind {
        Kind::Int | Kind::Float | Kind::Vec2 | Kind::Vec3 | Kind::Vec4 => Ink::Number,
        Kind::Bool => Ink::Literal,
        Kind::Impulse => Ink::Faint,
        Kind::String => Ink::Text,
        Kind::List | Kind::Map => Ink::Structure,
        Kind::Bytes => Ink::Bytes,
    }
}

const fn kind_of(kind: Kind) -> decode::Kind {
    match kind {
        Kind::Impulse => decode::Kind::Empty,
        Kind::Bool => decode::Kind::Bool,
        Kind::Int | Kind::Float => decode::Kind::Number,
        Kind::String | Kind::Vec2 | Kind::Vec3 | Kind::Vec4 => decode::Kind::Text,
        Kind::List => decode::Kind::Array,
        Kind::Map => decode::Kind::Object,
        Kind::Bytes => decode::Kind::Bytes,
    }
}

/// The number that a payload holds for a sparkline, as the first node at this place that has one reads it.
pub fn number(device: &Device, id: NodeId, payload: &[u8]) -> Option<f64> {
    let Some(node) = device.kept.at(id).find(|node| node.kind.is_number() || node.kind == Kind::Bool) else {
        return decode::number(payload).filter(|_| device.kept.at(id).next().is_none());
    };
    let value = node.read(&births::document(device, id, payload)).ok()?;
    if let Value::Bool(on) = value {
        return Some(if on { 1.0 } else { 0.0 });
    }
    value.number()
}
