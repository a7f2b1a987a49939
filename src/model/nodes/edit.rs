//! Keeping, naming and removing nodes by hand. Owns what the keys of the tree do to nodes; the inspector's tab
//! Node has the rest of their attributes.
use super::range;
use crate::decode::{escape, figures};
use crate::device::{Codec, Kind, Node, NodeKey, braces};
use crate::model::event::DeviceId;
use crate::model::overlay::{Deed, Overlay, PromptKind, Question};
use crate::model::toast::Tone;
use crate::model::tree::{Placement, RowId};
use crate::model::{Model, keys, moves, narrowing};
use crate::mqtt::Topic;
use crate::store::NodeId;
use crate::time::Timestamp;

/// Nodes removed without a question; an undo brings them back in any case.
const REMOVED_UNASKED: usize = 1;

/// Asks for what to add below or beside the row under the cursor.
pub fn ask_add(model: &mut Model, kind: PromptKind) {
    if model.selected().is_some() {
        keys::prompt(model, kind, "");
    }
}

/// The topics that a text adds below or beside a row; nothing typed below a row means its own topic.
pub fn added(model: &Model, from: RowId, kind: PromptKind, text: &str) -> Result<Vec<Topic>, String> {
    let device = model.device(from.device).ok_or("the device was closed meanwhile")?;
    let mut above = String::new();
    let store = &device.store;
    let branch = if kind == PromptKind::AddSibling {
        store.parent(from.node).unwrap_or(NodeId::ROOT)
    } else {
        from.node
    };
    store.topic_of(branch, &mut above);
    if text.is_empty() && (branch == NodeId::ROOT || kind == PromptKind::AddSibling) {
        return Err("a topic is wanted, such as controls/lighting or lamp{1..4}/{on,level}".into());
    }
    let expanded = braces::expand(text).map_err(|error| error.to_string())?;
    let topic = |text: String| {
        let topic = match (branch == NodeId::ROOT, text.is_empty()) {
            (true, _) => text,
            (false, true) => above.clone(),
            (false, false) => format!("{above}/{text}"),
        };
        Topic::parse(&topic).map_err(|error| error.to_string())
    };
    expanded.into_iter().map(topic).collect()
}

/// What a text would add, in words for beside the line.
pub fn preview(model: &Model, from: RowId, kind: PromptKind, text: &str) -> Result<String, String> {
    let topics = added(model, from, kind, text)?;
    let Some(first) = topics.first() else { return Ok(String::new()) };
    let first = escape::sanitize(first.as_str().as_bytes(), MAX_PREVIEW_COLS);
    Ok(match topics.len() {
        1 => format!("keeps {first}"),
        n => format!("keeps {first} and {} more", figures::grouped(n as u64 - 1)),
    })
}

/// Columns of a topic beside the line that it is typed in.
const MAX_PREVIEW_COLS: usize = 60;

/// Keeps what was typed. What is kept already stays as it is.
pub fn add(
    model: &mut Model,
    now: Timestamp,
    from: RowId,
    kind: PromptKind,
    text: &str,
) -> Result<(), String> {
    let topics = added(model, from, kind, text)?;
    let device = model.device(from.device).ok_or("the device was closed meanwhile")?;
    let is_new = |topic: &Topic| device.kept.get(&NodeKey { topic: topic.clone(), path: None }).is_none();
    let nodes: Vec<Node> = topics
        .iter()
        .filter(|topic| is_new(topic))
        .map(|topic| proposed(model, from.device, topic))
        .collect();
    let n_known = topics.len() - nodes.len();
    if nodes.is_empty() {
        return Err(if n_known == 1 {
            "it is kept already".into()
        } else {
            "all of them are kept already".into()
        });
    }
    let words = format!("keeping {}", figures::counted(nodes.len() as u64, "node"));
    let n_kept = super::keep(model, now, from.device, nodes, &words);
    let first = topics.first().and_then(|topic| model.device(from.device)?.store.find(topic.as_str()));
    if let Some(node) = first {
        moves::go(model, RowId { node, ..from }, Placement::Middle);
    }
    let nodes = figures::counted(n_kept as u64, "node");
    let rest = if n_known > 0 {
        format!("; {} kept already", figures::grouped(n_known as u64))
    } else {
        String::new()
    };
    model.say(now, Tone::Info, format!("kept {nodes}{rest}; u undoes"));
    Ok(())
}

/// The node of a topic as far as its last message tells; a string where nothing was heard.
pub(super) fn proposed(model: &Model, id: DeviceId, topic: &Topic) -> Node {
    let heard = || {
        let store = &model.device(id)?.store;
        let last = store.last(store.find(topic.as_str())?)?;
        match last.payload {
            crate::store::LastPayload::Whole(payload) => Some(payload),
            crate::store::LastPayload::Evicted { .. } => None,
        }
    };
    let heard = heard();
    let mut node = Node::new(topic.clone(), heard.map(kind_of).unwrap_or_default());
    match node.kind {
        Kind::List | Kind::Map => node.codec = Codec::Json,
        Kind::Bool => node.codec = heard.and_then(words_of).unwrap_or_default(),
        Kind::Impulse
        | Kind::Int
        | Kind::Float
        | Kind::String
        | Kind::Vec2
        | Kind::Vec3
        | Kind::Vec4
        | Kind::Bytes => {}
    }
    node
}

/// Words for true and false of one kind; text writes the first.
const WORDS: [(&str, &str); 4] = [("true", "false"), ("on", "off"), ("yes", "no"), ("open", "closed")];

/// The two words that a bool is spoken with, of which one was heard: who says ON may not understand `true`.
fn words_of(payload: &[u8]) -> Option<Codec> {
    let word = std::str::from_utf8(payload).ok()?.trim();
    let lower = word.to_ascii_lowercase();
    let (on, off) = WORDS.into_iter().find(|(on, off)| lower == *on || lower == *off)?;
    if word == "true" || word == "false" {
        return Some(Codec::Text);
    }
    let cased = |text: &str| -> Box<str> {
        if *word == word.to_ascii_uppercase() {
            text.to_ascii_uppercase().into()
        } else if word.starts_with(|c: char| c.is_ascii_uppercase()) {
            let (first, rest) = text.split_at_checked(1).unwrap_or((text, ""));
            format!("{}{rest}", first.to_ascii_uppercase()).into()
        } else {
            text.into()
        }
    };
    Some(Codec::Words { on: cased(on), off: cased(off) })
}

fn kind_of(payload: &[u8]) -> Kind {
    use crate::decode::value::{Kind as Seen, kind};
    match kind(payload) {
        Seen::Empty => Kind::Impulse,
        Seen::Bool => Kind::Bool,
        Seen::Number => Kind::Float,
        Seen::Object => Kind::Map,
        Seen::Array => Kind::List,
        Seen::Text | Seen::Null => Kind::String,
        Seen::Bytes => Kind::Bytes,
    }
}

/// Keeps the row under the cursor no longer, and what lies below it where it is a branch; asks when that is much.
pub fn ask_remove(model: &mut Model, now: Timestamp) {
    let row = model.cursor;
    let Some(device) = model.device(row.device) else { return };
    let n_nodes = keys_below(model, row).len();
    let matching = narrowing::matching(model).map(|matching| format!(" {matching}")).unwrap_or_default();
    let mut topic = String::new();
    device.store.topic_of(row.node, &mut topic);
    if n_nodes == 0 {
        return model.say(now, Tone::Info, "no node is kept here; only kept nodes can be removed");
    }
    if n_nodes <= REMOVED_UNASKED {
        return remove(model, now, row);
    }
    let place = if row.is_device() { device.profile.name.clone() } else { topic };
    let nodes = figures::counted(n_nodes as u64, "node");
    let words = format!("Keep {nodes}{matching} at and below {place} no longer? u brings them back.");
    model.overlay = Overlay::Question(Question { words, deed: Deed::RemoveNodes(row) });
}

/// Keeps a row and what lies below it no longer.
pub fn remove(model: &mut Model, now: Timestamp, row: RowId) {
    let keys = keys_below(model, row);
    let nodes = figures::counted(keys.len() as u64, "node");
    let n = super::remove(model, row.device, &keys, &format!("removing {nodes}"));
    model.say(now, Tone::Info, format!("{} kept no longer; u undoes", figures::counted(n as u64, "node")));
}

/// The kept nodes at a row and below it, as far as they are shown.
fn keys_below(model: &Model, row: RowId) -> Vec<NodeKey> {
    let Some(device) = model.device(row.device) else { return Vec::new() };
    let mut topic = String::new();
    device.store.topic_of(row.node, &mut topic);
    let is_below = |node: &&Node| {
        row.is_device()
            || node
                .topic
                .as_str()
                .strip_prefix(topic.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let is_shown = |node: &&Node| range::is_shown(&device.store, node);
    let keys: Vec<NodeKey> = device.kept.iter().filter(is_below).filter(is_shown).map(Node::key).collect();
    if keys.is_empty() {
        // Only the way to what is shown; who points at it means it.
        return device.kept.at(row.node).map(Node::key).collect();
    }
    keys
}

/// Asks what the kept node under the cursor shall be called.
pub fn ask_alias(model: &mut Model, now: Timestamp) {
    let row = model.cursor;
    let node = model.device(row.device).and_then(|device| device.kept.whole(row.node));
    match node.map(|node| node.alias.clone().unwrap_or_default()) {
        Some(alias) => keys::prompt(model, PromptKind::Alias, &alias),
        None => model.say(now, Tone::Info, "only a kept node has an alias; a keeps this topic"),
    }
}

/// Calls a kept node by another name; nothing typed is its own again.
pub fn name(model: &mut Model, now: Timestamp, row: RowId, alias: &str) -> Result<(), String> {
    let node = model.device(row.device).and_then(|device| device.kept.whole(row.node));
    let node = node.cloned().ok_or("the node is kept no longer; esc leaves")?;
    let alias = Some(alias.trim().to_owned()).filter(|alias| !alias.is_empty());
    let words = format!("the alias of {}", node.topic);
    super::keep(model, now, row.device, vec![Node { alias, ..node }], &words);
    Ok(())
}
