//! A node's keys as JSON, for other programs' files. Owns the way there and back; the keys and what they mean are
//! those of a device file.
use super::raw::{Is, Key, Raw};
use super::read::default_subscriptions;
use super::table::Reader;
use super::{node, nodes, raw, typed, write};
use crate::device::Node;
use crate::mqtt::Profile;
use serde_json::{Map, Value as Json};
use std::borrow::Cow;
use std::path::Path;

/// A node's keys that are not at their defaults.
pub fn nodes_json(node: &Node) -> Map<String, Json> {
    let block = nodes::block(node);
    let entries = raw::block(&block, 0).unwrap_or_default();
    entries.iter().filter_map(|(key, raw)| Some((key.name.to_string(), typed::json(raw, 0)?))).collect()
}

/// The node of such keys, or all that is wrong with them.
pub fn node_of_json(keys: &Map<String, Json>) -> Result<Node, Vec<String>> {
    let mut reader = Reader::new("", "", "", Path::new("."));
    let mut entries = Vec::new();
    for (name, json) in keys {
        match of_json(json) {
            Some(raw) => entries.push((Key { at: 0, name: Cow::Borrowed(name.as_str()) }, raw)),
            None => reader.fault(0, format!("{name} can't be null; leave it out")),
        }
    }
    let read = node::read(&mut reader, 0, &entries);
    let (faults, _) = reader.told();
    match read.filter(|_| faults.is_empty()) {
        Some(node) => Ok(node),
        None => Err(faults.into_iter().map(|fault| fault.text).collect()),
    }
}

/// The keys of a profile that are not at their defaults, but for the url.
pub fn settings_that_differ(profile: &Profile) -> Vec<String> {
    let settings = write::settings(profile).into_iter();
    let mut keys: Vec<String> =
        settings.filter(|setting| setting.value.is_some() && setting.key != "url").map(|it| it.key).collect();
    if !profile.subscriptions.is_empty() && profile.subscriptions != default_subscriptions() {
        keys.push("subscription".to_owned());
    }
    keys
}

/// JSON's reader has bounded the depth.
fn of_json(json: &Json) -> Option<Raw<'_>> {
    let is = match json {
        Json::Null => return None,
        Json::Bool(flag) => Is::Flag(*flag),
        Json::Number(number) => match number.as_i64() {
            Some(whole) => Is::Int(whole),
            None => Is::Float(number.as_f64()?),
        },
        Json::String(text) => Is::Text(Cow::Borrowed(text)),
        Json::Array(list) => Is::List(list.iter().map(of_json).collect::<Option<_>>()?),
        Json::Object(map) => {
            let keys = map.keys().map(|name| Key { at: 0, name: Cow::Borrowed(name.as_str()) });
            let values = map.values().map(of_json).collect::<Option<Vec<Raw<'_>>>>()?;
            Is::Table(keys.zip(values).collect())
        }
    };
    Some(Raw { at: 0, is })
}
