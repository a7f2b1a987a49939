//! From a `.device` file to a device. Owns what of score's words is read, and what is wrong with a file.
use super::export::topic_of;
use super::{EXTENSION, PROTOCOL, Report, words};
use crate::config::device::{default_subscriptions, node_of_json};
use crate::device::{Kind, Node, NodeKey};
use crate::mqtt::address::parse_url;
use crate::mqtt::{Address, Profile};
use serde_json::{Map, Value as Json, json};
use std::collections::HashSet;

/// Faults told at most: a screen of them.
const MAX_FAULTS: usize = 20;

/// A device as a `.device` file has it.
#[derive(Debug)]
pub struct Imported {
    /// As score calls it.
    pub name: String,
    /// Its connection, everything else at its default.
    pub profile: Profile,
    /// Its nodes, in the order of the tree.
    pub nodes: Vec<Node>,
    /// What we have no words for.
    pub report: Report,
}

/// Why a text is no device of ours.
#[derive(Debug, thiserror::Error)]
pub enum OssiaError {
    /// Not even JSON.
    #[error("this is no JSON, at line {0}, column {1}: save the device from ossia score anew")]
    Json(usize, usize),
    /// Something else's JSON.
    #[error("this is no device of ossia score: it has no \"Device\" with a \"Protocol\"")]
    NoDevice,
    /// A device that speaks something else.
    #[error(
        "this device speaks another protocol{name}, {uuid:?}; mqttscope takes score's MQTT devices alone, {PROTOCOL:?}"
    )]
    Protocol {
        /// As the file has it.
        uuid: String,
        /// ` (OSC)`, where we know it.
        name: &'static str,
    },
    /// An MQTT device without a broker.
    #[error(
        "this device names no broker: \"Config\" has neither \"TCP\" with \"Host\" and \"Port\" nor \"WSClient\""
    )]
    NoBroker,
    /// Nodes that can't be ours.
    #[error("{}", .0.join("\n"))]
    Nodes(Vec<String>),
}

/// Reads a `.device` file's text.
pub fn import(text: &str) -> Result<Imported, OssiaError> {
    let root: Json =
        serde_json::from_str(text).map_err(|error| OssiaError::Json(error.line(), error.column()))?;
    // Before 2020 score said DeviceSettings; there were no MQTT devices then, and the protocol is told.
    let device = root.get("Device").or_else(|| root.get("DeviceSettings")).and_then(Json::as_object);
    let device = device.ok_or(OssiaError::NoDevice)?;
    let uuid = device.get("Protocol").and_then(Json::as_str).ok_or(OssiaError::NoDevice)?;
    if !uuid.eq_ignore_ascii_case(PROTOCOL) {
        let is_osc = uuid.eq_ignore_ascii_case("9a42de4b-f6eb-4bca-9564-01b975f601b9");
        return Err(OssiaError::Protocol { uuid: uuid.to_owned(), name: if is_osc { " (OSC)" } else { "" } });
    }
    let mut report = Report::default();
    let name = device.get("Name").and_then(Json::as_str).unwrap_or_default().to_owned();
    let address = address(&root, device).ok_or(OssiaError::NoBroker)?;
    for key in device.keys().filter(|key| !matches!(key.as_str(), "Name" | "Protocol" | "Config")) {
        report.add("of the device, not imported", key);
    }
    let mut profile = Profile::new(name.clone(), address, String::new());
    profile.version_is_fixed = false;
    profile.subscriptions = default_subscriptions();
    let nodes = nodes(&root, &mut report)?;
    Ok(Imported { name, profile, nodes, report })
}

fn address(root: &Json, device: &Map<String, Json>) -> Option<Address> {
    let own = root.get(EXTENSION).and_then(|own| own.get("url")).and_then(Json::as_str);
    if let Some(own) = own.and_then(|url| parse_url(url).ok()) {
        return Some(own.address);
    }
    let transport = device.get("Config")?.get("Transport")?;
    if let Some(tcp) = transport.get("TCP") {
        let port = u16::try_from(tcp.get("Port")?.as_u64()?).ok()?;
        let host = tcp.get("Host")?.as_str()?;
        // Through the parser, so that what is no host is refused.
        let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
        return parse_url(&format!("mqtt://{host}:{port}")).ok().map(|parsed| parsed.address);
    }
    let url = transport.get("WSClient")?.get("Url")?.as_str()?;
    let url = if url.contains("://") { url.to_owned() } else { format!("ws://{url}") };
    parse_url(&url).ok().map(|parsed| parsed.address)
}

fn children(json: &Json) -> Option<std::slice::Iter<'_, Json>> {
    json.get("Children").and_then(Json::as_array).map(|list| list.iter())
}

fn nodes(root: &Json, report: &mut Report) -> Result<Vec<Node>, OssiaError> {
    let (mut nodes, mut faults, mut n_more) = (Vec::new(), Vec::new(), 0_usize);
    let mut known: HashSet<NodeKey> = HashSet::new();
    // Parents, each with the children that are still to come.
    let mut open = vec![(Vec::<String>::new(), children(root))];
    while let Some((path, rest)) = open.last_mut() {
        let Some(json) = rest.as_mut().and_then(Iterator::next) else {
            open.pop();
            continue;
        };
        let address = json.get("Address").unwrap_or(&Json::Null);
        let mut path = path.clone();
        path.push(address.get("Name").and_then(Json::as_str).unwrap_or_default().to_owned());
        let has_value = address.get("Value").and_then(Json::as_object).is_some_and(|value| !value.is_empty());
        let own = json.get(EXTENSION).and_then(Json::as_object);
        if has_value || own.is_some() {
            let mut entries = read_address(address, &path, report);
            entries.extend(own.into_iter().flatten().map(|(key, value)| (key.clone(), value.clone())));
            let told = match node_of_json(&entries) {
                Ok(node) if known.insert(node.key()) => {
                    nodes.push(node);
                    Vec::new()
                }
                Ok(_) => vec!["a node before has the same topic".to_owned()],
                Err(told) => told,
            };
            for words in told {
                if faults.len() < MAX_FAULTS {
                    faults.push(format!("the node {:?}: {words}", topic_of(&path)));
                } else {
                    n_more += 1;
                }
            }
        }
        open.push((path, children(json)));
    }
    if n_more > 0 {
        faults.push(format!("{n_more} more faults are not shown"));
    }
    if faults.is_empty() { Ok(nodes) } else { Err(OssiaError::Nodes(faults)) }
}

/// What score's words for a node say, in the keys of a device file.
pub(super) fn read_address(address: &Json, path: &[String], report: &mut Report) -> Map<String, Json> {
    let topic = topic_of(path);
    let mut entries = Map::new();
    entries.insert("topic".into(), json!(topic));
    let text = |key: &str| address.get(key).and_then(Json::as_str);
    let kind = address.get("Value").and_then(Json::as_object).and_then(|value| value.keys().next());
    let kind = kind.and_then(|word| words::of_kind(word)).unwrap_or_default();
    entries.insert("type".into(), json!(kind.name()));
    match text("ioType").map(words::of_access) {
        Some(Some(access)) => drop(entries.insert("access".into(), json!(access.name()))),
        Some(None) => report.add("access modes that are unknown", &topic),
        None => {}
    }
    match text("ClipMode").map(words::of_clip) {
        Some(Some(clip)) => drop(entries.insert("clip".into(), json!(clip.name()))),
        Some(None) => report.add("clip modes that are unknown", &topic),
        None => {}
    }
    if let Some(unit) = text("Unit").filter(|unit| !unit.is_empty() && *unit != "none") {
        entries.insert("unit".into(), json!(words::of_unit(unit)));
    }
    if address.get("RepetitionFilter").and_then(Json::as_bool) == Some(true) {
        entries.insert("repetition_filter".into(), json!(true));
    }
    domain(address, kind, &topic, &mut entries, report);
    for (key, value) in address.get("Extended").and_then(Json::as_object).into_iter().flatten() {
        let read = match key.as_str() {
            "description" => Some(("description", value.clone())),
            "tags" => Some(("tags", value.clone())),
            "priority" => whole(value).map(|number| ("priority", json!(number))),
            "valueStepSize" => Some(("step", value.clone())),
            "defaultValue" => words::plain(value).map(|value| ("default", value)),
            _unknown => None,
        };
        match read {
            Some((key, value)) => drop(entries.insert(key.into(), value)),
            None => report.add(&format!("{key:?} of nodes"), &topic),
        }
    }
    entries
}

/// score's priorities are floats.
#[expect(clippy::cast_possible_truncation, reason = "held to what fits")]
fn whole(value: &Json) -> Option<i64> {
    let number = value.as_f64()?;
    (number.fract() == 0.0 && number.abs() <= f64::from(i32::MAX)).then_some(number as i64)
}

fn domain(address: &Json, kind: Kind, topic: &str, entries: &mut Map<String, Json>, report: &mut Report) {
    let Some((word, domain)) =
        address.get("Domain").and_then(Json::as_object).and_then(|domain| domain.iter().next())
    else {
        return;
    };
    if domain.is_null() {
        return;
    }
    let is_of_kind = words::of_kind(word) == Some(kind);
    let of = |key: &str| domain.get(key).filter(|value| !value.is_null());
    for (key, ours) in [("Min", "min"), ("Max", "max")] {
        let number = match of(key) {
            None => continue,
            Some(Json::Array(list)) if kind.n_components() == Some(list.len()) => {
                if list.iter().all(Json::is_null) {
                    continue;
                }
                list.first().filter(|first| list.iter().all(|other| other == *first)).cloned()
            }
            Some(number) => number.is_number().then(|| number.clone()),
        };
        match number.filter(|_| is_of_kind) {
            Some(number) => drop(entries.insert(ours.into(), number)),
            None => report.add("bounds that are not one for all components, or not of the type", topic),
        }
    }
    let Some(Json::Array(values)) = of("Values") else { return };
    if kind.n_components().is_none() && is_of_kind && !values.is_empty() {
        entries.insert("values".into(), Json::Array(values.clone()));
    } else if values.iter().any(|value| value.as_array().is_none_or(|list| !list.is_empty())) {
        report.add("sets of values by component", topic);
    }
}
