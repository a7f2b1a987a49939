//! A range of rows of the tree, and what is done to all of its nodes at once. Owns which rows it holds and the
//! deeds; a collapsed branch stands for all that is below it.
use super::{attribute, edit};
use crate::decode::{escape, figures};
use crate::device::{Attribute, Change, Node, NodeKey};
use crate::model::event::DeviceId;
use crate::model::overlay::{Deed, Overlay, PromptKind, Question};
use crate::model::toast::Tone;
use crate::model::tree::{self, Placement, RowId};
use crate::model::{Model, keys, moves, narrowing, nodes};
use crate::mqtt::Topic;
use crate::store::{NodeId, Store, natural};
use crate::time::Timestamp;
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fmt::Write;

/// Rows that a range is walked for: more than anybody selects by hand, and a millisecond's steps.
const MAX_ROWS: usize = 50_000;

/// Nodes that a change is tried on while it is typed; all of them are asked when it is taken.
const MAX_TRIED: usize = 1_000;

/// Topics under a filter whose kept nodes are counted for each frame.
const MAX_COUNTED: usize = 2_000;

/// Columns of a topic quoted beside the line.
const MAX_TOPIC_COLS: usize = 30;

/// What a deed is done to, by device.
pub type Of<T> = Vec<(DeviceId, Vec<T>)>;

/// Begins a range at the cursor, or ends it.
pub fn toggle(model: &mut Model) {
    model.range = if model.range.is_some() { None } else { Some(model.cursor) };
}

/// Which of two rows stands above the other, by their ways from the root.
fn compare(model: &Model, left: RowId, right: RowId) -> Ordering {
    let way = |row: RowId| {
        let mut way = vec![row.node];
        let store = model.device(row.device).map(|device| &device.store);
        while let Some(parent) = store.and_then(|store| store.parent(*way.last()?)) {
            way.push(parent);
        }
        way.reverse();
        way
    };
    let by_device = left.device.cmp(&right.device);
    let Some(device) = model.device(left.device).filter(|_| by_device == Ordering::Equal) else {
        return by_device;
    };
    let (left, right) = (way(left), way(right));
    let parting = left.iter().zip(&right).find(|(left, right)| left != right);
    match parting {
        Some((left, right)) => natural(device.store.level(*left), device.store.level(*right)),
        None => left.len().cmp(&right.len()),
    }
}

/// Whether a row that is shown lies in the range.
pub fn holds(model: &Model, row: RowId) -> bool {
    let Some(from) = model.range else { return false };
    let (first, last) = ends(model, from);
    compare(model, first, row) != Ordering::Greater && compare(model, row, last) != Ordering::Greater
}

fn ends(model: &Model, from: RowId) -> (RowId, RowId) {
    // A branch that was collapsed meanwhile stands for the row where it began.
    let from = tree::shown(&model.devices, from);
    match compare(model, from, model.cursor) {
        Ordering::Greater => (model.cursor, from),
        Ordering::Less | Ordering::Equal => (from, model.cursor),
    }
}

/// The rows of the range, from above.
fn rows(model: &Model) -> Vec<RowId> {
    let Some(from) = model.range else { return Vec::new() };
    let (first, last) = ends(model, from);
    let mut rows = vec![first];
    let below = std::iter::successors(Some(first), |row| tree::next(&model.devices, *row)).skip(1);
    if first != last {
        for row in below.take(MAX_ROWS) {
            rows.push(row);
            if row == last {
                break;
            }
        }
    }
    rows
}

/// How many rows and kept nodes are selected, in words.
pub fn words(model: &Model) -> String {
    let rows = rows(model);
    let kept = |row: &RowId| {
        let device = model.device(row.device)?;
        let is_whole = !device.store.is_expanded(row.node);
        let n_here = usize::from(device.store.is_kept(row.node));
        Some(if is_whole { device.store.n_kept(row.node) } else { n_here })
    };
    let n_kept: usize = if narrowing::text(model).is_some() {
        let n_shown = |row: &RowId| model.device(row.device)?.store.n_sifted(row.node);
        let is_few = rows.iter().filter_map(n_shown).sum::<usize>() <= MAX_COUNTED;
        if is_few { self::kept(model).iter().map(|(_, nodes)| nodes.len()).sum() } else { 0 }
    } else {
        rows.iter().filter_map(kept).sum()
    };
    let rows = figures::counted(rows.len() as u64, "row");
    if n_kept == 0 { rows } else { format!("{rows} ◆ {}", figures::grouped(n_kept as u64)) }
}

/// The places that the range stands for, by device: its rows, and all that collapsed ones hide. Tells whether
/// something is hidden.
fn places(model: &Model) -> (Of<NodeId>, bool) {
    let (mut of, mut has_hidden): (Of<NodeId>, bool) = (Vec::new(), false);
    for row in rows(model) {
        let Some(device) = model.device(row.device) else { continue };
        if of.last().is_none_or(|(id, _)| *id != row.device) {
            of.push((row.device, Vec::new()));
        }
        let Some((_, places)) = of.last_mut() else { continue };
        if device.store.is_shown(row.node) {
            places.push(row.node);
        }
        if device.store.has_children(row.node) && !device.store.is_expanded(row.node) {
            has_hidden = true;
            below(&device.store, row.node, places);
        }
    }
    (of, has_hidden)
}

/// Where the range's rows stand, by device, and whether each stands for all below it too.
pub fn tops(model: &Model) -> Of<(NodeId, bool)> {
    let mut of: Of<(NodeId, bool)> = Vec::new();
    for row in rows(model) {
        let Some(device) = model.device(row.device) else { continue };
        let is_whole = device.store.has_children(row.node) && !device.store.is_expanded(row.node);
        if of.last().is_none_or(|(id, _)| *id != row.device) {
            of.push((row.device, Vec::new()));
        }
        // Under a filter a row may be nothing but the way to others.
        let Some((_, tops)) = of.last_mut().filter(|_| is_whole || device.store.is_shown(row.node)) else {
            continue;
        };
        tops.push((row.node, is_whole));
    }
    of
}

fn below(store: &Store, node: NodeId, places: &mut Vec<NodeId>) {
    let mut left: Vec<NodeId> = store.children(node).collect();
    while let Some(node) = left.pop() {
        if store.is_shown(node) {
            places.push(node);
        }
        left.extend(store.children(node));
    }
}

/// Whether the view shows a kept node's topic.
pub fn is_shown(store: &Store, node: &Node) -> bool {
    !store.is_narrowed() || store.find(node.topic.as_str()).is_some_and(|place| store.is_shown(place))
}

/// ` matching oven`, or nothing without a filter.
fn matching(model: &Model) -> String {
    narrowing::matching(model).map(|matching| format!(" {matching}")).unwrap_or_default()
}

fn topic(store: &Store, id: NodeId) -> Option<Topic> {
    let mut text = String::new();
    store.topic_of(id, &mut text);
    Topic::parse(&text).ok()
}

/// Keeps all topics of the range; asks where some of them are not seen.
pub fn keep(model: &mut Model, now: Timestamp) {
    let (places, has_hidden) = places(model);
    let topics: Of<Topic> = places
        .into_iter()
        .filter_map(|(id, places)| {
            let device = model.device(id)?;
            let is_new =
                |place: &NodeId| device.store.is_topic(*place) && device.kept.at(*place).next().is_none();
            let places = places.into_iter().filter(is_new);
            Some((id, places.filter_map(|place| topic(&device.store, place)).collect()))
        })
        .collect();
    let n_topics: usize = topics.iter().map(|(_, topics)| topics.len()).sum();
    if n_topics == 0 {
        return model.say(now, Tone::Info, "no topic of these rows is left to keep");
    }
    let matching = matching(model);
    if !has_hidden && (matching.is_empty() || n_topics == 1) {
        return keep_topics(model, now, topics);
    }
    let counted = figures::counted(n_topics as u64, "topic");
    let hidden = if has_hidden { ", those of collapsed branches included" } else { "" };
    let words = format!("Keep {counted}{matching}{hidden}? u undoes.");
    model.overlay = Overlay::Question(Question { words, deed: Deed::KeepTopics(topics) });
}

/// Keeps topics, each with the type that its last message tells.
pub fn keep_topics(model: &mut Model, now: Timestamp, topics: Of<Topic>) {
    model.range = None;
    let mut n_kept = 0;
    for (id, topics) in topics {
        let nodes: Vec<Node> = topics.iter().map(|topic| edit::proposed(model, id, topic)).collect();
        let words = format!("keeping {}", figures::counted(nodes.len() as u64, "node"));
        n_kept += nodes::keep(model, now, id, nodes, &words);
    }
    model.say(now, Tone::Info, format!("kept {}; u undoes", figures::counted(n_kept as u64, "node")));
}

/// Asks whether the kept nodes of the range shall go.
pub fn ask_remove(model: &mut Model, now: Timestamp) {
    let keys: Of<NodeKey> =
        kept(model).into_iter().map(|(id, nodes)| (id, nodes.iter().map(Node::key).collect())).collect();
    let n_nodes: usize = keys.iter().map(|(_, keys)| keys.len()).sum();
    if n_nodes == 0 {
        return model.say(now, Tone::Info, "no node is kept in these rows");
    }
    let nodes = figures::counted(n_nodes as u64, "node");
    let words = format!("Keep {nodes}{} of these rows no longer? u brings them back.", matching(model));
    model.overlay = Overlay::Question(Question { words, deed: Deed::RemoveKeys(keys) });
}

/// Keeps nodes no longer.
pub fn remove_keys(model: &mut Model, now: Timestamp, keys: &Of<NodeKey>) {
    model.range = None;
    let mut n_removed = 0;
    for (id, keys) in keys {
        let words = format!("removing {}", figures::counted(keys.len() as u64, "node"));
        n_removed += nodes::remove(model, *id, keys, &words);
    }
    let nodes = figures::counted(n_removed as u64, "node");
    model.say(now, Tone::Info, format!("{nodes} kept no longer; u undoes"));
}

/// The kept nodes that the range stands for.
pub fn kept(model: &Model) -> Of<Node> {
    let of = |(id, places): (DeviceId, Vec<NodeId>)| {
        let device = model.device(id)?;
        let nodes: Vec<Node> = places.iter().flat_map(|place| device.kept.at(*place)).cloned().collect();
        (!nodes.is_empty()).then_some((id, nodes))
    };
    places(model).0.into_iter().filter_map(of).collect()
}

/// Asks for an attribute of all kept nodes in the range.
pub fn ask_edit(model: &mut Model, now: Timestamp) {
    if kept(model).is_empty() {
        return model.say(now, Tone::Info, "no node is kept in these rows; a keeps their topics");
    }
    keys::prompt(model, PromptKind::EditRange, "");
}

/// What a text asks for: an attribute and what it shall be.
fn parsed(text: &str) -> Result<(Attribute, &str), String> {
    let (name, value) = text.trim_start().split_once(' ').unwrap_or((text.trim_start(), ""));
    let attributes = || Attribute::ALL.into_iter().filter(|attribute| *attribute != Attribute::Topic);
    if let Some(attribute) = attributes().find(|known| Attribute::from_name(name) == Some(*known)) {
        return Ok((attribute, value.trim()));
    }
    let begins: Vec<_> = attributes().map(Attribute::name).filter(|known| known.starts_with(name)).collect();
    Err(if begins.is_empty() {
        format!("no attribute {name:?}; such as unit °C, type int, qos 1 or tags hall1")
    } else {
        begins.join(" ")
    })
}

/// What became of nodes that a change was tried on.
#[derive(Default)]
struct Tried {
    changes: Vec<Change>,
    /// What some of them lose, and how many do.
    lost: BTreeSet<&'static str>,
    n_losing: usize,
    n_refused: usize,
    /// The first refusal, with its topic.
    why: Option<String>,
}

fn try_on(nodes: Vec<Node>, attribute: Attribute, text: &str, tried: &mut Tried) {
    for node in nodes {
        let altered = node.with(attribute, text).and_then(|altered| {
            // Another place in the payload is another node, and several would be one.
            let is_same = altered.node.key() == node.key();
            if is_same { Ok(altered) } else { Err("a place in JSON is changed one by one".into()) }
        });
        match altered {
            Ok(altered) => {
                tried.n_losing += usize::from(!altered.lost.is_empty());
                tried.lost.extend(altered.lost);
                tried.changes.push(Change { before: Some(node), after: Some(altered.node) });
            }
            Err(words) => {
                tried.n_refused += 1;
                let topic = escape::sanitize(node.topic.as_str().as_bytes(), MAX_TOPIC_COLS);
                tried.why.get_or_insert_with(|| format!("{topic}: {words}"));
            }
        }
    }
}

impl Tried {
    fn words(&self, attribute: Attribute) -> String {
        let n_nodes = figures::counted(self.changes.len() as u64, "node");
        let mut words = format!("the {} of {n_nodes}", attribute.title());
        if self.n_losing > 0 {
            let lost: Vec<&str> = self.lost.iter().copied().collect();
            let n_losing = figures::grouped(self.n_losing as u64);
            let _ = write!(words, "; for {n_losing} {}", attribute::losses(&lost));
        }
        if let Some(why) = &self.why {
            let _ = write!(words, "; not of {}: {why}", figures::grouped(self.n_refused as u64));
        }
        words
    }
}

/// What a text would do, in words for beside the line.
pub fn preview(model: &Model, text: &str) -> Result<String, String> {
    let (attribute, value) = parsed(text)?;
    let mut tried = Tried::default();
    let kept = kept(model);
    if kept.iter().map(|(_, nodes)| nodes.len()).sum::<usize>() > MAX_TRIED {
        return Ok(attribute.help().to_owned());
    }
    for (_, nodes) in kept {
        try_on(nodes, attribute, value, &mut tried);
    }
    match (tried.changes.is_empty(), &tried.why) {
        (true, Some(why)) => Err(why.clone()),
        (true, None) | (false, _) => Ok(tried.words(attribute) + &matching(model)),
    }
}

/// Changes an attribute of all nodes that take it.
pub fn edit(model: &mut Model, now: Timestamp, text: &str) -> Result<(), String> {
    let (attribute, value) = parsed(text)?;
    let (cursor, mut told) = (model.cursor, Vec::new());
    for (id, nodes) in kept(model) {
        let mut tried = Tried::default();
        try_on(nodes, attribute, value, &mut tried);
        if let (true, Some(why)) = (tried.changes.is_empty(), &tried.why) {
            return Err(why.clone());
        }
        told.push(tried.words(attribute));
        let words =
            format!("the {} of {}", attribute.title(), figures::counted(tried.changes.len() as u64, "node"));
        nodes::exchange(model, now, id, tried.changes, &words);
    }
    model.range = None;
    moves::go(model, cursor, Placement::Middle);
    model.say(now, Tone::Info, format!("changed {}; u undoes", told.join("; ")));
    Ok(())
}
