//! From a device to a `.device` file. Owns the tree of names and which keys go where.
use super::import::read_address;
use super::{EXTENSION, PROTOCOL, Report, words};
use crate::config::device::{nodes_json, settings_that_differ, url_of};
use crate::device::{Kind, Node};
use crate::mqtt::{Address, Profile};
use serde_json::{Map, Value as Json, json};
use std::collections::HashMap;

/// Levels of a tree; deeper topics end in one long name, since readers of JSON give up at 128.
const MAX_LEVELS: usize = 40;

/// A place in score's tree.
#[derive(Default)]
struct Place {
    children: Vec<(String, usize)>,
    by_name: HashMap<String, usize>,
    node: Option<usize>,
}

/// A device as score reads it, and what score has no words for.
pub fn export(name: &str, profile: &Profile, nodes: &[Node]) -> (String, Report) {
    let mut report = Report::default();
    let mut device = json!({ "Name": sanitized(name), "Protocol": PROTOCOL });
    let mut extension = Map::new();
    let address = &profile.address;
    let transport = if address.transport.is_websocket() {
        json!({ "WSClient": { "Url": url_of(&without_query(address), None) } })
    } else {
        json!({ "TCP": { "Host": address.host, "Port": address.port, "Broadcast": false } })
    };
    let url = url_of(&without_query(address), None);
    if *address != Address::tcp(address.host.clone(), address.port) {
        extension.insert("url".into(), json!(url));
        if !address.transport.is_websocket() {
            report.add("the connection's url, since score knows plain TCP and WebSocket alone", &url);
        }
    }
    for key in settings_that_differ(profile) {
        report.add("of the connection, not exported", &key);
    }
    if let Some(device) = device.as_object_mut() {
        device.insert("Config".into(), json!({ "Transport": transport }));
    }
    let places = placed(nodes);
    let mut root = json!({ "Device": device });
    let mut children = tree(&places, nodes, &mut report);
    if let Some(root) = root.as_object_mut() {
        if !extension.is_empty() {
            root.insert(EXTENSION.into(), Json::Object(extension));
        }
        root.insert("Children".into(), children.take());
    }
    (format!("{root:#}\n"), report)
}

/// A query may be a signature.
fn without_query(address: &Address) -> Address {
    let mut address = address.clone();
    if let (true, Some((path, _))) = (address.transport.is_websocket(), address.path.split_once('?')) {
        address.path = path.to_owned();
    }
    address
}

/// Puts the nodes into a tree of names, those first whose topic is what score makes of their names.
fn placed(nodes: &[Node]) -> Vec<Place> {
    let mut places = vec![Place::default()];
    let paths: Vec<(Vec<String>, bool)> = nodes.iter().map(path).collect();
    for wants_exact in [true, false] {
        for (idx, (path, _)) in paths.iter().enumerate().filter(|(_, (_, is_exact))| *is_exact == wants_exact)
        {
            let Some((last, above)) = path.split_last() else { continue };
            let parent = above.iter().fold(0, |place, name| child(&mut places, place, name));
            let mut place = child(&mut places, parent, last);
            let mut instance = 0;
            while places.get(place).is_some_and(|place| place.node.is_some()) {
                instance += 1;
                place = child(&mut places, parent, &format!("{last}.{instance}"));
            }
            if let Some(place) = places.get_mut(place) {
                place.node = Some(idx);
            }
        }
    }
    places
}

fn child(places: &mut Vec<Place>, parent: usize, name: &str) -> usize {
    let new = places.len();
    let Some(place) = places.get_mut(parent) else { return parent };
    if let Some(known) = place.by_name.get(name) {
        return *known;
    }
    place.by_name.insert(name.to_owned(), new);
    place.children.push((name.to_owned(), new));
    places.push(Place::default());
    new
}

/// The names above each other that stand for a node, and whether score makes its topic of them.
fn path(node: &Node) -> (Vec<String>, bool) {
    let text = node.topic.as_str();
    let levels: Vec<&str> = text.strip_prefix('/').unwrap_or(text).split('/').collect();
    let mut names: Vec<String> = levels.iter().take(MAX_LEVELS).map(|level| sanitized(level)).collect();
    if let Some(rest) = levels.get(MAX_LEVELS..).filter(|rest| !rest.is_empty()) {
        names.push(sanitized(&rest.join("_")));
    }
    if let Some(path) = node.path() {
        names.push(sanitized(path.to_string().trim_start_matches(['$', '.'])));
    }
    let is_exact = node.path().is_none() && topic_of(&names) == text;
    (names, is_exact)
}

/// What score makes of names: an address with a slash in front.
pub(super) fn topic_of(names: &[String]) -> String {
    format!("/{}", names.join("/"))
}

/// A name of the characters that score takes.
fn sanitized(name: &str) -> String {
    let is_taken = |c: char| c.is_ascii_alphanumeric() || ".~_()-: =".contains(c);
    let name: String = name.chars().map(|c| if is_taken(c) { c } else { '_' }).collect();
    if name.is_empty() { "_".to_owned() } else { name }
}

/// The tree as JSON. Children stand behind their parents, so that nothing calls itself.
fn tree(places: &[Place], nodes: &[Node], report: &mut Report) -> Json {
    let mut written: Vec<Option<Json>> = vec![None; places.len()];
    let mut names: Vec<Vec<String>> = vec![Vec::new(); places.len()];
    for (idx, place) in places.iter().enumerate() {
        for (name, child) in &place.children {
            let mut path = names.get(idx).cloned().unwrap_or_default();
            path.push(name.clone());
            if let Some(names) = names.get_mut(*child) {
                *names = path;
            }
        }
    }
    for (idx, place) in places.iter().enumerate().rev() {
        let children: Vec<Json> =
            place.children.iter().filter_map(|(_, child)| written.get_mut(*child)?.take()).collect();
        let path = names.get(idx).map(Vec::as_slice).unwrap_or_default();
        let json = match path.last() {
            None => Json::Array(children),
            Some(name) => {
                let mut json = match place.node.and_then(|node| nodes.get(node)) {
                    Some(node) => entry(node, name, path, report),
                    None => json!({ "Address": {
                        "Name": name, "ClipMode": "Free", "RepetitionFilter": false, "Value": {}, "Domain": {}
                    } }),
                };
                if let (Some(json), false) = (json.as_object_mut(), children.is_empty()) {
                    json.insert("Children".into(), Json::Array(children));
                }
                json
            }
        };
        if let Some(place) = written.get_mut(idx) {
            *place = Some(json);
        }
    }
    written.first_mut().and_then(Option::take).unwrap_or_default()
}

/// A node as score has it, with what it has no words for beside.
fn entry(node: &Node, name: &str, path: &[String], report: &mut Report) -> Json {
    let address = address(node, name);
    let mut extension = Map::new();
    // What comes back of it tells what is missing.
    let of_score = read_address(&address, path, &mut Report::default());
    let mut entries = nodes_json(node);
    if node.kind == Kind::default() {
        entries.insert("type".into(), json!(node.kind.name()));
    }
    for (key, value) in entries {
        let is_same = of_score.get(&key).is_some_and(|other| match (&value, node.kind) {
            // A device file has lists and maps as JSON in quotes.
            (Json::String(text), Kind::List | Kind::Map) if key == "default" => {
                serde_json::from_str::<Json>(text).is_ok_and(|value| value == *other)
            }
            (value, _) => is_same(value, other),
        });
        if !is_same {
            let what = match key.as_str() {
                "topic" => "topics that score would change: it knows names with a slash in front alone",
                "type" => "types that score has no word for",
                other => other,
            };
            report.add(what, node.topic.as_str());
            extension.insert(key, value);
        }
    }
    let mut json = json!({ "Address": address });
    if let (Some(json), false) = (json.as_object_mut(), extension.is_empty()) {
        json.insert(EXTENSION.into(), Json::Object(extension));
    }
    json
}

/// Whether two values are the same, 20 and 20.0 included.
fn is_same(one: &Json, other: &Json) -> bool {
    match (one, other) {
        (Json::Number(one), Json::Number(other)) => one.as_f64() == other.as_f64(),
        (Json::Array(one), Json::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| is_same(one, other))
        }
        (one, other) => one == other,
    }
}

fn address(node: &Node, name: &str) -> Json {
    let mut extended = Map::new();
    if let Some(description) = &node.description {
        extended.insert("description".into(), json!(description));
    }
    if !node.tags.is_empty() {
        extended.insert("tags".into(), json!(node.tags));
    }
    if node.priority != 0 {
        extended.insert("priority".into(), json!(node.priority));
    }
    if let Some(step) = node.domain.step.and_then(words::float) {
        extended.insert("valueStepSize".into(), step);
    }
    if let Some(default) = node.default.as_ref().and_then(words::value) {
        extended.insert("defaultValue".into(), default);
    }
    let mut address = Map::new();
    address.insert("Name".into(), json!(name));
    address.insert("ioType".into(), json!(words::access(node.access)));
    address.insert("ClipMode".into(), json!(words::clip(node.clip)));
    if let Some(unit) = node.unit.as_ref().and_then(|unit| words::unit(unit.as_str())) {
        address.insert("Unit".into(), json!(unit));
    }
    address.insert("RepetitionFilter".into(), json!(node.repetition_filter));
    let value = node.default.as_ref().and_then(words::value).unwrap_or_else(|| words::empty(node.kind));
    address.insert("Value".into(), value);
    address.insert("Domain".into(), domain(node));
    if !extended.is_empty() {
        address.insert("Extended".into(), Json::Object(extended));
    }
    Json::Object(address)
}

fn domain(node: &Node) -> Json {
    let domain = &node.domain;
    let bound = |bound: Option<f64>| {
        let number = bound?;
        match (node.kind, node.kind.n_components()) {
            #[expect(clippy::cast_possible_truncation, reason = "a whole number within 32 bits")]
            (Kind::Int, _) => {
                let is_whole = number.fract() == 0.0 && number.abs() <= f64::from(i32::MAX);
                is_whole.then(|| json!(number as i64))
            }
            (_, Some(n)) => Some(Json::Array(vec![words::float(number)?; n])),
            (_, None) => words::float(number),
        }
    };
    let takes_values = matches!(node.kind, Kind::Int | Kind::Float | Kind::String);
    let inner = |value| words::value(value).and_then(|value| words::plain(&value));
    let values: Option<Vec<Json>> = domain.values.iter().map(inner).collect();
    let values = values.filter(|values| takes_values && !values.is_empty());
    let [min, max] = [domain.min, domain.max].map(bound);
    if min.is_none() && max.is_none() && values.is_none() {
        return json!({});
    }
    let mut json = Map::new();
    if let Some(n) = node.kind.n_components() {
        let nothing = || Json::Array(vec![Json::Null; n]);
        json.insert("Min".into(), min.unwrap_or_else(nothing));
        json.insert("Max".into(), max.unwrap_or_else(nothing));
        json.insert("Values".into(), Json::Array(vec![json!([]); n]));
    } else {
        json.extend(min.map(|min| ("Min".to_owned(), min)));
        json.extend(max.map(|max| ("Max".to_owned(), max)));
        json.extend(values.map(|values| ("Values".to_owned(), Json::Array(values))));
    }
    json!({ words::kind(node.kind): json })
}
