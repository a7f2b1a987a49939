//! How two device files differ: connection, subscriptions, nodes. Owns the comparison and the words for it; shows
//! no secret.
use super::{DeviceFile, nodes, write};
use crate::device::Node;
use serde_json::json;
use std::collections::{HashMap, HashSet};
use std::hash::Hash;

/// What differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// `connection`, `subscription` or `node`.
    pub what: &'static str,
    /// The filter, or the node's topic with its place in the JSON; empty for the connection.
    pub name: String,
    /// In which way.
    pub is: Difference,
}

/// In which way something differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// The second file alone has it.
    Added,
    /// The first file alone has it.
    Removed,
    /// Both have it, and these of its keys differ.
    Changed(Vec<Attribute>),
}

/// A key whose values differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// As the file writes it.
    pub key: String,
    /// What both say, as TOML, `None` for the default; nothing where it is a secret.
    pub values: Option<[Option<String>; 2]>,
}

/// A key, its value as TOML where it is not the default, and whether nobody may see it.
pub(super) struct Setting {
    pub key: String,
    pub value: Option<String>,
    pub is_secret: bool,
}

/// What differs, connection first, then in the order of the files.
pub fn diff(one: &DeviceFile, other: &DeviceFile) -> Vec<Change> {
    let connection = compared(&write::settings(&one.profile), &write::settings(&other.profile));
    let connection = connection.map(|is| Change { what: "connection", name: String::new(), is }).into_iter();
    let of_subscriptions = |device: &DeviceFile| {
        let heard = device.profile.subscriptions.iter();
        heard.map(|known| (known.filter.to_string(), write::subscription_settings(known))).collect::<Vec<_>>()
    };
    let subscriptions =
        changes("subscription", &of_subscriptions(one), &of_subscriptions(other), Clone::clone);
    let of_nodes = |device: &DeviceFile| {
        device.nodes.iter().map(|node| (node.key(), settings(node))).collect::<Vec<_>>()
    };
    let nodes = changes("node", &of_nodes(one), &of_nodes(other), |key| match &key.path {
        None => key.topic.to_string(),
        Some(path) => format!("{} {path}", key.topic),
    });
    connection.chain(subscriptions).chain(nodes).collect()
}

fn settings(node: &Node) -> Vec<Setting> {
    let entries = nodes::entries(node).into_iter();
    entries.map(|(key, value)| Setting { key: key.to_owned(), value, is_secret: false }).collect()
}

fn changes<Key: Eq + Hash>(
    what: &'static str,
    one: &[(Key, Vec<Setting>)],
    other: &[(Key, Vec<Setting>)],
    shown: impl Fn(&Key) -> String,
) -> Vec<Change> {
    let after: HashMap<&Key, &Vec<Setting>> = other.iter().map(|(key, settings)| (key, settings)).collect();
    let before: HashSet<&Key> = one.iter().map(|(key, _)| key).collect();
    let mut changes = Vec::new();
    for (key, settings) in one {
        let is = match after.get(key) {
            None => Some(Difference::Removed),
            Some(others) => compared(settings, others),
        };
        changes.extend(is.map(|is| Change { what, name: shown(key), is }));
    }
    let added = other.iter().map(|(key, _)| key).filter(|key| !before.contains(key));
    changes.extend(added.map(|key| Change { what, name: shown(key), is: Difference::Added }));
    changes
}

fn compared(one: &[Setting], other: &[Setting]) -> Option<Difference> {
    let pairs = one.iter().zip(other).filter(|(one, other)| one.value != other.value);
    let attributes: Vec<Attribute> = pairs
        .map(|(one, other)| {
            let is_secret = one.is_secret || other.is_secret;
            let values = (!is_secret).then(|| [one.value.clone(), other.value.clone()]);
            Attribute { key: one.key.clone(), values }
        })
        .collect();
    (!attributes.is_empty()).then_some(Difference::Changed(attributes))
}

impl Change {
    /// A line for what differs and one for each key; what the files say is in them as it stands there.
    pub fn lines(&self) -> Vec<String> {
        let Self { what, name, is } = self;
        let name = if name.is_empty() { String::new() } else { format!(" {name}") };
        match is {
            Difference::Added => vec![format!("+ {what}{name}")],
            Difference::Removed => vec![format!("- {what}{name}")],
            Difference::Changed(attributes) => {
                let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "default".to_owned());
                let line = |attribute: &Attribute| match &attribute.values {
                    None => format!("    {}: differs", attribute.key),
                    Some([one, other]) => format!("    {}: {} → {}", attribute.key, value(one), value(other)),
                };
                std::iter::once(format!("~ {what}{name}")).chain(attributes.iter().map(line)).collect()
            }
        }
    }

    /// The same as one JSON object; values are TOML, null for the default, left out for a secret.
    pub fn json(&self) -> String {
        let attribute = |attribute: &Attribute| match &attribute.values {
            None => json!({ "key": attribute.key }),
            Some([from, to]) => json!({ "key": attribute.key, "from": from, "to": to }),
        };
        let (is, attributes) = match &self.is {
            Difference::Added => ("added", Vec::new()),
            Difference::Removed => ("removed", Vec::new()),
            Difference::Changed(attributes) => ("changed", attributes.iter().map(attribute).collect()),
        };
        let mut object = json!({ "what": self.what, "name": self.name, "is": is });
        if let (Some(object), false) = (object.as_object_mut(), attributes.is_empty()) {
            object.insert("attributes".into(), attributes.into());
        }
        object.to_string()
    }
}
