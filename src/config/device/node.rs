//! From a `[[node]]` block to a node. Owns its keys, what they mean and what is wrong with their values.
use super::raw::{Entries, Is, Raw};
use super::table::Reader;
use super::typed;
use crate::device::{Access, Clip, Codec, Domain, Kind, Node, NodeKey, Unit};
use crate::mqtt::{Qos, Topic};
use crate::warning::{did_you_mean, line_of};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// The keys of a node, in the order they are written.
pub(super) const KEYS: &[&str] = &[
    "topic",
    "alias",
    "description",
    "tags",
    "type",
    "access",
    "unit",
    "default",
    "min",
    "max",
    "step",
    "values",
    "clip",
    "codec",
    "qos",
    "retain",
    "rate_limit_ms",
    "repetition_filter",
    "priority",
    "cadence_ms",
];

/// The keys of a codec that is written as a table.
pub(super) const CODEC: &[&str] = &["on", "off", "suffix"];

/// Longest cadence: what TOML can say is longer than any broker lives.
const MAX_CADENCE_MS: i64 = i64::MAX;

/// The nodes of a file as they are read, none of them twice.
#[derive(Default)]
pub(super) struct Nodes {
    pub read: Vec<Node>,
    /// Whether there was any block, be it right or wrong.
    pub is_any: bool,
    at: HashMap<NodeKey, usize>,
}

impl Nodes {
    /// Reads the block that begins at `at`.
    pub fn add(&mut self, reader: &mut Reader<'_>, at: usize, entries: &Entries<'_>) {
        self.is_any = true;
        let Some(node) = read(reader, at, entries) else { return };
        let place =
            |key: &str| entries.iter().find(|(name, _)| name.name == key).map_or(at, |(_, raw)| raw.at);
        match self.at.entry(node.key()) {
            Entry::Vacant(entry) => {
                entry.insert(at);
                self.read.push(node);
            }
            Entry::Occupied(first) => {
                let line = line_of(reader.text, *first.get());
                let topic = shortened(node.topic.as_str());
                let words = match node.path() {
                    None => format!(
                        "the node of line {line} has the topic {topic:?} too; remove one of them, or give it the \
                         codec of a place in the JSON, such as \"$.state\""
                    ),
                    Some(path) => format!(
                        "the node of line {line} has the topic {topic:?} and the place {path} too; remove one"
                    ),
                };
                reader.fault(place("topic"), words);
            }
        }
    }
}

/// The node of a block; `None` when something is wrong with it, which the reader has then been told.
pub(super) fn read(reader: &mut Reader<'_>, at: usize, entries: &Entries<'_>) -> Option<Node> {
    let n_faults = reader.n_faults();
    let of = |key: &str| entries.iter().find(|(name, _)| name.name == key).map(|(_, raw)| raw);
    for (key, _) in entries {
        if !KEYS.contains(&key.name.as_ref()) {
            let hint = did_you_mean(&key.name, KEYS.iter().copied());
            reader.warn(key.at, format!("[[node]] has no key {:?}{hint}", shortened(&key.name)));
        }
    }
    let topic = of("topic").map(|raw| topic(reader, raw));
    if topic.is_none() {
        reader.fault(at, "this [[node]] has no topic; write topic = \"plant/oven/temperature\"");
    }
    let kind =
        of("type").and_then(|raw| named(reader, raw, "type", &Kind::ALL.map(Kind::name), Kind::from_name));
    let kind = kind.unwrap_or_default();
    // Stands in while the rest is looked through, so that all that is wrong is told at once.
    let topic = topic.flatten().or_else(|| Topic::parse("-").ok())?;
    let mut node = Node::new(topic, kind);
    node.alias = of("alias").and_then(|raw| raw.text(reader, "alias"));
    node.description = of("description").and_then(|raw| raw.text(reader, "description"));
    node.tags = of("tags").map(|raw| tags(reader, raw)).unwrap_or_default();
    let access = |reader: &mut Reader<'_>, raw| {
        named(reader, raw, "access", &Access::ALL.map(Access::name), Access::from_name)
    };
    node.access = of("access").and_then(|raw| access(reader, raw)).unwrap_or_default();
    node.unit = of("unit").and_then(|raw| raw.text(reader, "unit")).map(Unit::new);
    node.domain = domain(reader, kind, &of);
    if let Some(raw) = of("default") {
        node.default = typed::read(reader, "default", kind, raw);
        if let Some(words) = node.default.as_ref().and_then(|value| typed::outside(value, &node.domain)) {
            reader.fault(raw.at, format!("default {words}"));
        }
    }
    let clip = |reader: &mut Reader<'_>, raw| {
        named(reader, raw, "clip", &Clip::ALL.map(Clip::name), Clip::from_name)
    };
    node.clip = of("clip").and_then(|raw| clip(reader, raw)).unwrap_or_default();
    node.codec = of("codec").and_then(|raw| codec(reader, raw)).unwrap_or_default();
    let bits = of("qos").and_then(|raw| raw.whole(reader, "qos", 0, 2));
    node.qos =
        bits.and_then(|bits| u8::try_from(bits).ok()).and_then(Qos::from_bits).unwrap_or(Qos::AtMostOnce);
    node.retain = of("retain").and_then(|raw| raw.flag(reader, "retain")).unwrap_or_default();
    let limit = of("rate_limit_ms").and_then(|raw| raw.whole(reader, "rate_limit_ms", 0, u32::MAX.into()));
    node.rate_limit_ms = limit.and_then(|ms| u32::try_from(ms).ok());
    node.repetition_filter =
        of("repetition_filter").and_then(|raw| raw.flag(reader, "repetition_filter")).unwrap_or_default();
    let priority =
        of("priority").and_then(|raw| raw.whole(reader, "priority", i32::MIN.into(), i32::MAX.into()));
    node.priority = priority.and_then(|priority| i32::try_from(priority).ok()).unwrap_or_default();
    let cadence = of("cadence_ms").and_then(|raw| raw.whole(reader, "cadence_ms", 0, MAX_CADENCE_MS));
    node.cadence_ms = cadence.and_then(|ms| u64::try_from(ms).ok());
    (reader.n_faults() == n_faults).then_some(node)
}

fn topic(reader: &mut Reader<'_>, raw: &Raw<'_>) -> Option<Topic> {
    match &raw.is {
        Is::Text(text) => match Topic::parse(text) {
            Ok(topic) => return Some(topic),
            Err(error) => reader.fault(raw.at, error.to_string()),
        },
        Is::Int(_) | Is::Float(_) | Is::Flag(_) | Is::List(_) | Is::Table(_) | Is::Date => {
            reader.fault(raw.at, "topic must be a text in quotes");
        }
    }
    None
}

/// One of a few names.
fn named<T>(
    reader: &mut Reader<'_>,
    raw: &Raw<'_>,
    key: &str,
    names: &[&str],
    from_name: impl Fn(&str) -> Option<T>,
) -> Option<T> {
    let text = match &raw.is {
        Is::Text(text) => text.as_ref(),
        Is::Int(_) | Is::Float(_) | Is::Flag(_) | Is::List(_) | Is::Table(_) | Is::Date => "",
    };
    let found = from_name(text);
    if found.is_none() {
        let hint = did_you_mean(text, names.iter().copied());
        let known = names.join(", ");
        reader.fault(raw.at, format!("{:?} is no {key}; there are {known}{hint}", shortened(text)));
    }
    found
}

fn tags(reader: &mut Reader<'_>, raw: &Raw<'_>) -> Vec<String> {
    let Is::List(tags) = &raw.is else {
        reader.fault(raw.at, "tags must be a list such as [\"oven\", \"hall 1\"]");
        return Vec::new();
    };
    tags.iter().filter_map(|tag| tag.text(reader, "a tag")).collect()
}

fn domain<'a, 'v: 'a>(
    reader: &mut Reader<'_>,
    kind: Kind,
    of: &impl Fn(&str) -> Option<&'a Raw<'v>>,
) -> Domain {
    let mut bound = |key: &str| {
        let raw = of(key)?;
        let number = raw.number();
        let takes_bounds = kind.is_number() || kind.n_components().is_some();
        if number.is_none() {
            reader.fault(raw.at, format!("{key} must be a number"));
        } else if !takes_bounds {
            let words =
                format!("{key} is for numbers, and the type is {kind}; write type = \"float\", or remove it");
            reader.fault(raw.at, words);
        }
        number
    };
    let mut domain = Domain { min: bound("min"), max: bound("max"), step: bound("step"), values: Vec::new() };
    if let (Some(min), Some(max), Some(raw)) = (domain.min, domain.max, of("max"))
        && min > max
    {
        reader.fault(raw.at, format!("max is {max}, which is less than min, {min}; exchange them"));
    }
    if let (Some(step), Some(raw)) = (domain.step, of("step"))
        && step <= 0.0
    {
        reader.fault(raw.at, "step must be greater than 0");
    }
    if let Some(raw) = of("values") {
        let Is::List(values) = &raw.is else {
            reader.fault(raw.at, "values must be a list such as [\"low\", \"high\"]");
            return domain;
        };
        for raw in values {
            let Some(value) = typed::read(reader, "a value", kind, raw) else { continue };
            if let Some(words) = typed::outside(&value, &domain_bounds(&domain)) {
                reader.fault(raw.at, format!("this value {words}"));
            }
            domain.values.push(value);
        }
    }
    domain
}

fn domain_bounds(domain: &Domain) -> Domain {
    Domain { values: Vec::new(), ..*domain }
}

fn codec(reader: &mut Reader<'_>, raw: &Raw<'_>) -> Option<Codec> {
    const TABLES: &str = "{ on = \"ON\", off = \"OFF\" } or { suffix = \" °C\" }";
    let table = match &raw.is {
        Is::Text(text) => match Codec::parse(text) {
            Ok(codec) => return Some(codec),
            Err(error) => {
                reader.fault(raw.at, format!("{error}, or {TABLES}"));
                return None;
            }
        },
        Is::Table(table) => table,
        Is::Int(_) | Is::Float(_) | Is::Flag(_) | Is::List(_) | Is::Date => {
            reader.fault(raw.at, format!("codec must be a text such as \"json\", or {TABLES}"));
            return None;
        }
    };
    let [mut on, mut off, mut suffix] = [const { None::<Box<str>> }; 3];
    for (key, value) in table {
        let place = match key.name.as_ref() {
            "on" => &mut on,
            "off" => &mut off,
            "suffix" => &mut suffix,
            name => {
                let hint = did_you_mean(name, CODEC.iter().copied());
                reader.warn(key.at, format!("codec has no key {:?}{hint}", shortened(name)));
                continue;
            }
        };
        *place = match &value.is {
            Is::Text(text) => Some(text.as_ref().into()),
            Is::Int(_) | Is::Float(_) | Is::Flag(_) | Is::List(_) | Is::Table(_) | Is::Date => {
                reader.fault(value.at, format!("{} must be a text in quotes", key.name));
                return None;
            }
        };
    }
    match (on, off, suffix) {
        (Some(on), Some(off), None) if on != off => Some(Codec::Words { on, off }),
        (Some(_), Some(_), None) => {
            reader.fault(raw.at, "on and off must be two different words");
            None
        }
        (None, None, Some(suffix)) => Some(Codec::Suffix(suffix)),
        (Some(_), None, _) | (None, Some(_), _) | (None, None, None) | (Some(_), Some(_), Some(_)) => {
            reader.fault(raw.at, format!("a codec in braces is {TABLES}"));
            None
        }
    }
}

/// As much of a text as an error has room for.
fn shortened(text: &str) -> String {
    const MAX_CHARS: usize = 200;
    match text.char_indices().nth(MAX_CHARS) {
        None => text.to_owned(),
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
    }
}
