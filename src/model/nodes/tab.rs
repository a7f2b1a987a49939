//! The inspector's tab Node: what is known of the nodes kept at a topic, a line each. Owns the lines and which
//! attribute stands where; a change to one is `attribute`'s.
use crate::decode::{Ink, Line, escape};
use crate::device::{Attribute, Node};
use crate::model::device::Device;
use crate::model::inspector::Inspector;
use crate::model::shown::Shown;
use crate::model::tree::RowId;
use crate::model::{Model, births, shown, typed};
use crate::store::{LastPayload, NodeId};
use crate::time::{Timestamp, WallOrigin};

/// Lowest rows of the tab that tell what is wrong with an attribute while it is edited.
pub const SAID_ROWS: usize = 2;

/// Lines of a node: what it is of, its value, its attributes, and a blank behind it.
const ROWS: usize = Attribute::ALL.len() + 3;

/// What stands on a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Which node it is: the whole payload, or a path.
    Heading,
    /// Its value as it came last.
    Value,
    /// An attribute.
    Attribute(Attribute),
    /// Nothing, between two nodes.
    Blank,
}

/// How many lines the nodes at a place of the store take.
pub fn n_lines(device: &Device, id: NodeId) -> usize {
    (device.kept.at(id).count() * ROWS).saturating_sub(1)
}

/// Fills the tab; its window follows the line under the hand.
pub fn show(
    shown: &mut Shown,
    inspector: &mut Inspector,
    (device, node): (&Device, NodeId),
    (cols, n_rows): (usize, usize),
    (now, wall): (Timestamp, WallOrigin),
) {
    shown.n_lines = n_lines(device, node);
    if shown.n_lines == 0 {
        inspector.place = 0;
        let words = shown::folded(&not_kept(device, node), cols);
        return shown::window(shown, &mut inspector.scroll, n_rows, &words);
    }
    let n_rows = n_rows.max(1);
    inspector.place = inspector.place.min(shown.n_lines - 1);
    let lowest = (inspector.place + 1).saturating_sub(n_rows);
    let highest = inspector.place.min(shown.n_lines.saturating_sub(n_rows)).max(lowest);
    inspector.scroll = inspector.scroll.clamp(lowest, highest);
    shown.scroll = inspector.scroll;
    shown.lines = lines(device, node, (now, wall), shown.scroll, n_rows);
    shown.cursor = Some(inspector.place - shown.scroll);
}

/// The node of a line, and what of it stands there.
pub fn at(device: &Device, id: NodeId, row: usize) -> Option<(&Node, Place)> {
    let node = device.kept.at(id).nth(row / ROWS)?;
    let place = match row % ROWS {
        0 => Place::Heading,
        1 => Place::Value,
        nth => Attribute::ALL.get(nth - 2).map_or(Place::Blank, |attribute| Place::Attribute(*attribute)),
    };
    Some((node, place))
}

/// The line of a node's attribute.
pub fn row_of(device: &Device, id: NodeId, of: &Node, attribute: Attribute) -> Option<usize> {
    let nth = device.kept.at(id).position(|node| node.key() == of.key())?;
    let place = Attribute::ALL.iter().position(|known| *known == attribute)?;
    Some(nth * ROWS + 2 + place)
}

/// The lines from one on.
pub fn lines(device: &Device, id: NodeId, now: (Timestamp, WallOrigin), from: usize, n: usize) -> Vec<Line> {
    (from..from + n)
        .map_while(|row| at(device, id, row))
        .map(|(node, place)| line(device, id, node, place, now))
        .collect()
}

fn line(device: &Device, id: NodeId, node: &Node, place: Place, at: (Timestamp, WallOrigin)) -> Line {
    match place {
        Place::Heading => heading(node),
        Place::Value => value(device, id, node, at),
        Place::Attribute(attribute) => {
            let text = node.attribute(attribute);
            let ink = if node.is_set(attribute) { Ink::Plain } else { Ink::Faint };
            shown::fact(attribute.title(), ink, if text.is_empty() { "–" } else { &text })
        }
        Place::Blank => Line::default(),
    }
}

fn heading(node: &Node) -> Line {
    let mut line = Line::default();
    line.push(Ink::Literal, "◆ ");
    match node.path() {
        None => line.push(Ink::Text, "the whole payload"),
        Some(path) => {
            escape::push_sane(&mut line, Ink::Text, path.to_string().as_bytes(), MAX_HEADING_COLS);
        }
    }
    line
}

/// A path is no longer than a screen is wide.
const MAX_HEADING_COLS: usize = 200;

fn value(device: &Device, id: NodeId, node: &Node, (now, wall): (Timestamp, WallOrigin)) -> Line {
    let Some(last) = device.store.last(id) else {
        return shown::fact("value", Ink::Faint, "not heard yet");
    };
    let LastPayload::Whole(payload) = last.payload else {
        return shown::fact("value", Ink::Faint, "evicted to stay within --memory");
    };
    let mut line = match node.read(&births::document(device, id, payload)) {
        Err(misfit) => shown::fact("value", Ink::Escape, &misfit.to_string()),
        Ok(value) => match node.judge(&value) {
            Ok(()) => shown::fact("value", Ink::Number, &node.shown(&value)),
            Err(outside) => shown::fact("value", Ink::Escape, &outside.to_string()),
        },
    };
    if let Some(at) = typed::stale_at(device, id, last.received).filter(|at| *at <= now) {
        line.push(Ink::Faint, &format!(" · stale since {}", wall.time_of_day(at)));
    }
    line
}

/// What is said of a row that is not kept.
pub fn not_kept(device: &Device, id: NodeId) -> Vec<Line> {
    let words = if id == NodeId::ROOT || !device.store.is_topic(id) {
        ["No node is kept here.", "a in the tree keeps this very topic, or what is typed below it."]
    } else {
        ["This topic is not kept as a node.", "a keeps it, or parts of its JSON."]
    };
    let line = |words: &str| {
        let mut line = Line::default();
        line.push(Ink::Plain, words);
        line
    };
    words.into_iter().map(line).collect()
}

/// The node and the attribute under the inspector's cursor.
pub fn under_cursor(model: &Model) -> Option<(RowId, Node, Place)> {
    let row = model.cursor;
    let device = model.device(row.device)?;
    let (node, place) = at(device, row.node, model.inspector.place)?;
    Some((row, node.clone(), place))
}
