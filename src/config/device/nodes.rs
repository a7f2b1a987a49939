//! From nodes to a device file's text. Owns the order of blocks and the least possible change: a block whose node is
//! the same stays as it stood, comments and unknown keys included, and defaults aren't written.
use super::blocks::{self, Block};
use super::typed::{float, text, write as value};
use crate::device::{Access, Clip, Codec, Kind, Node, NodeKey};
use crate::mqtt::Qos;
use crate::store::natural_path;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::fmt::Write;
use toml_edit::{DocumentMut, Item};

/// The text with `new` in the place of the nodes that it says now, `old`, one for each of its blocks. `None` when it
/// can't be done without spoiling the file.
pub(super) fn edited(source: &str, old: &[Node], new: &[Node]) -> Option<String> {
    let blocks = blocks::find(source).nodes;
    if blocks.len() != old.len() {
        return None;
    }
    let mut added: HashMap<NodeKey, &Node> = new.iter().map(|node| (node.key(), node)).collect();
    let kept: Vec<Option<&Node>> = old.iter().map(|node| added.remove(&node.key())).collect();
    // Natural order where the file has it, so that two people who learn the same plant get the same file.
    let mut added: Vec<&Node> = new.iter().filter(|node| added.contains_key(&node.key())).collect();
    added.sort_by(|one, other| compared(one, other));
    let mut added = added.into_iter().peekable();
    let mut out = Pen { out: String::with_capacity(source.len() + 256), is_after_new: false };
    let mut at = 0;
    for ((block, old), kept) in blocks.iter().zip(old).zip(kept) {
        out.keep(source.get(at..block.span.start)?);
        at = block.span.end;
        let Some(kept) = kept else {
            out.keep(free_comments(source, block)?);
            continue;
        };
        while let Some(node) = added.next_if(|node| compared(node, kept) == Ordering::Less) {
            out.add(node);
        }
        if kept == old {
            out.keep(source.get(block.span.clone())?);
            continue;
        }
        out.keep(source.get(block.span.start..block.core.start)?);
        let core = source.get(block.core.clone())?;
        out.keep(&changed(core, old, kept)?);
        out.keep(source.get(block.core.end..block.span.end)?);
    }
    match blocks.last() {
        None => out.keep(source),
        Some(last) if last.span.end == source.len() => out.end_line(),
        Some(_) => {}
    }
    added.for_each(|node| out.add(node));
    if !blocks.is_empty() {
        out.keep(source.get(at..)?);
    }
    Some(out.out)
}

/// A file's text in the making.
struct Pen {
    out: String,
    is_after_new: bool,
}

impl Pen {
    fn keep(&mut self, text: &str) {
        if std::mem::take(&mut self.is_after_new) && !text.is_empty() {
            self.part();
        }
        self.out.push_str(text);
    }

    fn add(&mut self, node: &Node) {
        self.part();
        self.out.push_str(&block(node));
        self.is_after_new = true;
    }

    /// Leaves a line free.
    fn part(&mut self) {
        let n_ends = self.out.bytes().rev().take(2).take_while(|byte| *byte == b'\n').count();
        let n_missing = if self.out.is_empty() { 0 } else { 2 - n_ends };
        (0..n_missing).for_each(|_| self.out.push('\n'));
    }

    /// Takes away what parted the last block from those that are gone.
    fn end_line(&mut self) {
        while self.out.ends_with("\n\n") {
            self.out.pop();
        }
    }
}

/// Order of topics level by level, then of the places in their JSON.
fn compared(one: &Node, other: &Node) -> Ordering {
    natural_path(one.topic.as_str(), other.topic.as_str()).then_with(|| one.path().cmp(&other.path()))
}

/// Comments that stand apart below a block, which are not the block's.
fn free_comments<'a>(source: &'a str, block: &Block) -> Option<&'a str> {
    let behind = source.get(block.core.end..block.span.end)?;
    Some(
        behind
            .find("\n\n#")
            .and_then(|at| behind.get(at + 2..))
            .or_else(|| behind.strip_prefix('\n'))
            .filter(|behind| behind.starts_with('#'))
            .unwrap_or_default(),
    )
}

/// A new block.
pub(super) fn block(node: &Node) -> String {
    let mut out = String::from("[[node]]\n");
    for (key, value) in entries(node) {
        if let Some(value) = value {
            let _ = writeln!(out, "{key} = {value}");
        }
    }
    out
}

/// A block that says `new` where it said `old`.
fn changed(core: &str, old: &Node, new: &Node) -> Option<String> {
    if core == block(old) {
        return Some(block(new));
    }
    let mut document: DocumentMut = core.parse().ok()?;
    let table = document.get_mut("node").and_then(Item::as_array_of_tables_mut)?.get_mut(0)?;
    for ((key, before), (_, after)) in entries(old).into_iter().zip(entries(new)) {
        if before != after {
            let value = after.map(|text| text.parse::<toml_edit::Value>()).transpose().ok()?;
            super::write::put(table, &[key], value);
        }
    }
    Some(document.to_string())
}

/// The value of each key, in the order of `KEYS`; `None` where it is the default.
pub(super) fn entries(node: &Node) -> [(&'static str, Option<String>); 20] {
    let Node {
        topic,
        alias,
        description,
        tags,
        kind,
        access,
        unit,
        default,
        domain,
        clip,
        codec,
        qos,
        retain,
        rate_limit_ms,
        repetition_filter,
        priority,
        cadence_ms,
    } = node;
    let optional = |words: &Option<String>| words.as_deref().filter(|words| !words.is_empty()).map(text);
    let list = |values: Vec<String>| (!values.is_empty()).then(|| format!("[{}]", values.join(", ")));
    let name = |is_default: bool, name: &str| (!is_default).then(|| text(name));
    [
        ("topic", Some(text(topic.as_str()))),
        ("alias", optional(alias)),
        ("description", optional(description)),
        ("tags", list(tags.iter().map(|tag| text(tag)).collect())),
        ("type", name(*kind == Kind::default(), kind.name())),
        ("access", name(*access == Access::default(), access.name())),
        ("unit", unit.as_ref().map(|unit| text(unit.as_str()))),
        ("default", default.as_ref().and_then(value)),
        ("min", domain.min.map(float)),
        ("max", domain.max.map(float)),
        ("step", domain.step.map(float)),
        ("values", list(domain.values.iter().filter_map(value).collect())),
        ("clip", name(*clip == Clip::default(), clip.name())),
        ("codec", written(codec)),
        ("qos", (*qos != Qos::AtMostOnce).then(|| qos.bits().to_string())),
        ("retain", retain.then(|| "true".to_owned())),
        ("rate_limit_ms", rate_limit_ms.map(|ms| ms.to_string())),
        ("repetition_filter", repetition_filter.then(|| "true".to_owned())),
        ("priority", (*priority != 0).then(|| priority.to_string())),
        ("cadence_ms", cadence_ms.map(|ms| ms.to_string())),
    ]
}

fn written(codec: &Codec) -> Option<String> {
    match codec {
        Codec::Text => None,
        Codec::Json | Codec::JsonPath(_) | Codec::Raw(..) => Some(text(&codec.to_string())),
        Codec::Words { on, off } => Some(format!("{{ on = {}, off = {} }}", text(on), text(off))),
        Codec::Suffix(suffix) => Some(format!("{{ suffix = {} }}", text(suffix))),
    }
}

/// Whether two lists hold the same nodes, in whatever order.
pub(super) fn are_same(one: &[Node], other: &[Node]) -> bool {
    if one == other {
        return true;
    }
    let by_key: HashMap<NodeKey, &Node> = one.iter().map(|node| (node.key(), node)).collect();
    one.len() == other.len()
        && by_key.len() == one.len()
        && other.iter().all(|node| by_key.get(&node.key()).is_some_and(|known| *known == node))
}
