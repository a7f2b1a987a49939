//! The members of a JSON payload that can be kept as nodes of their own. Owns the bounds of what is listed; read
//! from one payload when asked, never stored.
use super::super::access::Access;
use super::super::codec::{Codec, JsonPath, MAX_JSON_BYTES, PathStep, document};
use super::super::domain::Domain;
use super::super::kind::Kind;
use super::super::misfit::Misfit;
use super::super::node::Node;
use super::super::unit::Unit;
use super::super::value::Value;
use super::hint::Hint;
use super::{convention, names};
use crate::decode::sparkplug;
use crate::mqtt::Topic;
use serde_json::Value as Json;

/// Longest payload that is taken apart: longer ones are not parsed for a picture either.
pub const MAX_PARTS_BYTES: usize = 64 * 1024;

/// Members listed of one payload: more than a screen has rows to choose from.
pub const MAX_PARTS: usize = 32;

/// Metrics of Sparkplug listed of one edge node or device.
pub const MAX_METRICS: usize = 512;

/// Levels of objects within objects that are listed.
pub const MAX_PART_DEPTH: usize = 3;

/// A place in a JSON payload that can be a node of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Where it is.
    pub path: JsonPath,
    /// What its value is now, or what a convention says it is.
    pub kind: Kind,
    /// What its number counts.
    pub unit: Option<Unit>,
    /// Its present value as JSON, cut at 64 characters; not escaped for the screen.
    pub value: Box<str>,
    /// What a convention says of it.
    pub hint: Option<Hint>,
}

/// The parts of a payload.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parts {
    /// In the payload's own order, at most [`MAX_PARTS`].
    pub list: Vec<Part>,
    /// Members that are not listed: beyond the bounds.
    pub n_more: usize,
}

impl Part {
    /// The node this part would be.
    pub fn node(&self, topic: &Topic) -> Node {
        let mut node = Node::new(topic.clone(), self.kind);
        node.codec = Codec::JsonPath(self.path.clone());
        node.unit.clone_from(&self.unit);
        let is_metric = sparkplug::is_spoken_on(topic.as_str());
        node.access = if is_metric { Access::Both } else { names::access(topic.as_str()) };
        if let Some(hint) = &self.hint {
            dress(&mut node, hint);
        }
        node
    }
}

/// The node that a hint describes.
pub(super) fn described(topic: &Topic, hint: &Hint) -> Node {
    let mut node = Node::new(topic.clone(), hint.kind.unwrap_or_default());
    dress(&mut node, hint);
    if let Some(path) = &hint.path {
        node.codec = Codec::JsonPath(path.clone());
    }
    node
}

/// Gives a node what a hint says beside its type.
pub(super) fn dress(node: &mut Node, hint: &Hint) {
    node.alias = hint.alias.as_deref().map(str::to_owned);
    node.description = hint.description.as_deref().map(str::to_owned);
    node.access = hint.access.unwrap_or(node.access);
    node.qos = hint.qos.and_then(crate::mqtt::Qos::from_bits).unwrap_or(node.qos);
    node.retain = hint.retain.unwrap_or(node.retain);
    node.unit = node.unit.take().or_else(|| hint.unit.clone());
    node.domain = domain(hint, node.kind);
}

/// The domain a hint names, as far as it suits the type.
pub(super) fn domain(hint: &Hint, kind: Kind) -> Domain {
    let is_numeric = kind.is_number() || kind.n_components().is_some();
    Domain {
        min: hint.min.filter(|_| is_numeric),
        max: hint.max.filter(|_| is_numeric),
        step: hint.step.filter(|_| is_numeric),
        values: if kind == Kind::String { values(&hint.values) } else { Vec::new() },
    }
}

/// The path of one member at the top.
pub(super) fn member(name: &str) -> JsonPath {
    JsonPath::of([PathStep::Member(name.into())]).expect("one step is never too many")
}

/// Texts as values.
pub(super) fn values<T: AsRef<str>>(texts: &[T]) -> Vec<Value> {
    texts.iter().map(|text| Value::String(text.as_ref().into())).collect()
}

/// The parts of a payload, with what is said of them.
pub(super) fn parts(topic: &str, payload: &[u8], hints: &[Hint]) -> Parts {
    let mut found = Parts::default();
    let is_sparkplug = sparkplug::is_spoken_on(topic);
    // What births and data come to in JSON is several times as long.
    if payload.len() > if is_sparkplug { MAX_JSON_BYTES } else { MAX_PARTS_BYTES } {
        return found;
    }
    // serde_json refuses what is nested deeper than 127.
    if let Ok(root @ Json::Object(_)) = serde_json::from_slice(&document(topic, payload)) {
        let mut walk = Walk { topic, hints, root: &root, path: Vec::new(), found: &mut found };
        if is_sparkplug {
            walk.metrics(&root);
        } else {
            walk.object(&root);
        }
    }
    found
}

/// The part at a path, whatever it is; why there is none.
pub fn part_at(topic: &str, payload: &[u8], path: &JsonPath) -> Result<Part, Misfit> {
    let value = path.find(payload)?;
    // What stands beside it is looked at where that is quickly read.
    let is_short = payload.len() <= MAX_PARTS_BYTES;
    let root = Some(payload).filter(|_| is_short).and_then(|payload| serde_json::from_slice(payload).ok());
    let root: Json = root.unwrap_or_default();
    let (last, above) = match path.steps().split_last() {
        Some((last, above)) => (Some(last), above),
        None => (None, path.steps()),
    };
    let siblings = JsonPath::of(above).filter(|_| is_short).and_then(|above| above.find(payload).ok());
    let name = match last {
        Some(PathStep::Member(name)) => name,
        Some(PathStep::Index(_)) | None => "",
    };
    let mut found = Parts::default();
    let walk = Walk { topic, hints: &[], root: &root, path: path.steps().to_vec(), found: &mut found };
    Ok(walk.part(name, &value, &siblings.unwrap_or_default()))
}

struct Walk<'a> {
    topic: &'a str,
    hints: &'a [Hint],
    root: &'a Json,
    path: Vec<PathStep>,
    found: &'a mut Parts,
}

impl Walk<'_> {
    /// The values of Sparkplug's metrics: what stands beside them is theirs.
    fn metrics(&mut self, root: &Json) {
        let Some(Json::Object(metrics)) = root.get("metrics") else { return };
        for (name, metric) in metrics {
            let Some(value) = metric.get("value") else { continue };
            // An alias that no birth has explained names nothing that could be kept.
            let alias = metric.get("alias").and_then(Json::as_u64);
            if alias.is_some_and(|alias| *name == format!("alias {alias}")) {
                continue;
            }
            self.path = ["metrics", name, "value"].map(|name| PathStep::Member(name.into())).to_vec();
            let mut part = self.part("value", value, metric);
            let datatype = metric.get("datatype").and_then(Json::as_str);
            if let Some(kind) = datatype.and_then(convention::metric_kind).filter(|_| part.hint.is_none())
                && suits(kind, kind_of(value), value)
            {
                part.kind = kind;
            }
            // A metric that is null now has the type that its birth gave it.
            if value.is_null() && part.hint.is_none() {
                continue;
            }
            if self.found.list.len() == MAX_METRICS {
                self.found.n_more += 1;
                continue;
            }
            self.found.list.push(part);
        }
    }

    fn object(&mut self, json: &Json) {
        let Json::Object(members) = json else { return };
        for (name, value) in members {
            self.path.push(PathStep::Member(name.as_str().into()));
            match value {
                Json::Object(_) if self.path.len() < MAX_PART_DEPTH => self.object(value),
                Json::Null => {}
                Json::Object(_) => self.found.n_more += 1,
                Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_) => {
                    if self.found.list.len() < MAX_PARTS {
                        let part = self.part(name, value, json);
                        self.found.list.push(part);
                    } else {
                        self.found.n_more += 1;
                    }
                }
            }
            self.path.pop();
        }
    }

    fn part(&self, name: &str, value: &Json, siblings: &Json) -> Part {
        let path = JsonPath::of(self.path.as_slice()).unwrap_or_else(|| member(name));
        let said = self.hints.iter().find(|hint| hint.path.as_ref() == Some(&path)).cloned();
        let hint = said.or_else(|| convention::hint_for_part(self.topic, &path, self.root));
        let seen = kind_of(value);
        let said = hint.as_ref().and_then(|hint| hint.kind);
        let kind = said.filter(|kind| value.is_null() || suits(*kind, seen, value)).unwrap_or(seen);
        let told = hint.as_ref().and_then(|hint| hint.unit.clone());
        let unit = told.or_else(|| sibling_unit(name, siblings)).filter(|_| kind.is_number());
        let value = value.to_string().chars().take(64).collect::<String>().into();
        Part { path, kind, unit, value, hint }
    }
}

/// Whether the type a convention names holds the present value.
fn suits(kind: Kind, seen: Kind, value: &Json) -> bool {
    let is_word =
        || value.as_str().is_some_and(|word| crate::decode::value::truth(word.as_bytes()).is_some());
    super::shape::widens_to(seen, kind) || (kind == Kind::Bool && seen == Kind::String && is_word())
}

fn kind_of(json: &Json) -> Kind {
    match json {
        Json::Bool(_) => Kind::Bool,
        Json::Number(number) if number.is_i64() => Kind::Int,
        Json::Number(_) => Kind::Float,
        Json::Array(items) => match (items.len(), items.iter().all(Json::is_number)) {
            (2, true) => Kind::Vec2,
            (3, true) => Kind::Vec3,
            (4, true) => Kind::Vec4,
            _ => Kind::List,
        },
        Json::Object(_) => Kind::Map,
        Json::Null | Json::String(_) => Kind::String,
    }
}

/// The unit that a member beside a number names: `unit` beside `value`, `power_unit` beside `power`.
fn sibling_unit(name: &str, siblings: &Json) -> Option<Unit> {
    let of = |member: &str| siblings.get(member)?.as_str();
    let general = || {
        if name == "value" {
            of("unit").or_else(|| of("unit_of_measurement")).or_else(|| of("uom"))
        } else {
            None
        }
    };
    let unit = of(&format!("{name}_unit")).or_else(general)?;
    (!unit.is_empty() && unit.len() <= 12 && !unit.contains(char::is_control)).then(|| Unit::normal(unit))
}
