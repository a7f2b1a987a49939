//! Metrics of Sparkplug that are written: which one is pointed at, what it is now, the command that carries a value to
//! its edge node, and the one that asks for births. Owns the words; bytes are `decode`'s.
use super::device::Device;
use super::event::Effect;
use super::inspector::Tab;
use super::layout::Pane;
use super::toast::Tone;
use super::{Model, births, publish};
use crate::decode::sparkplug::{Command, Route, command, is_spoken_on, rebirth, stamped as with_time};
use crate::decode::sparkplug::{Content, IS_BUILT_IN, Refusal};
use crate::device::codec::named_document;
use crate::device::learn::{self, Hint, Parts, convention};
use crate::device::{Codec, JsonPath, Node, NodeKey, PathStep, Value};
use crate::mqtt::{Payload, Publication, PublishProperties, Qos, Topic};
use crate::store::LastPayload;
use crate::time::Timestamp;

/// Messages looked back at for a metric's present value: edge nodes tell what has changed, and no more.
const MAX_LOOKED_BACK: usize = 64;

/// Whether the topic under the cursor is an edge node's or its device's, and whether the births it follows were heard.
pub fn is_born(model: &Model) -> Option<bool> {
    let told = model.device(model.cursor.device)?.births.told(model.cursor.node)?;
    let route = Route::parse(&told.topic)?;
    let heard = if route.device.is_some() { &told.births.device } else { &told.births.node };
    Some(heard.birth().is_some())
}

/// Whether what is edited here is a metric of Sparkplug, by the path chosen in the value.
pub fn is_pointed_at(model: &Model) -> bool {
    matches!(pointed_at(model), Some(Ok(_)))
}

/// The metric that is pointed at: in the tree of the value, or by the path that was chosen there where the topic is
/// not kept. `None`: none is, and something else is meant; why it can't be written, in words.
pub fn pointed_at(model: &Model) -> Option<Result<Node, String>> {
    let row = model.cursor;
    let device = model.device(row.device).filter(|_| IS_BUILT_IN && !row.is_device())?;
    let mut topic = String::new();
    device.store.topic_of(row.node, &mut topic);
    let route = Route::parse(&topic)?;
    let is_in_value = model.focus == Pane::Inspector && model.inspector.tab == Tab::Value;
    if !is_in_value && device.kept.at(row.node).next().is_some() {
        return None;
    }
    let path = model.inspector.path(row).map(JsonPath::steps).unwrap_or_default();
    let name = match path {
        [PathStep::Member(metrics), PathStep::Member(name), ..] if **metrics == *"metrics" => name,
        _ if device.store.is_topic(row.node) => {
            let words = "which metric? choose one in its value (1, then tab) and e edits it";
            return Some(Err(words.to_owned()));
        }
        _ => return None,
    };
    Some(node(device, &route, name))
}

/// The node of a metric: as it is kept, else as its birth tells.
fn node(device: &Device, route: &Route<'_>, name: &str) -> Result<Node, String> {
    let (topic, birth) = (route.data(), route.birth());
    let path = JsonPath::of(["metrics", name, "value"].map(|name| PathStep::Member(name.into())));
    let (Ok(topic), Some(path)) = (Topic::parse(&topic), path) else {
        return Err("no node can be here".to_owned());
    };
    if let Some(kept) = device.kept.get(&NodeKey { topic: topic.clone(), path: Some(path.clone()) }) {
        return Ok(kept.clone());
    }
    // What the birth lacks is told before anything is edited.
    match command(topic.as_str(), &device.births_of(topic.as_str()), name, Content::Other("")) {
        Ok(_) | Err(Refusal::Misfit { .. }) => {}
        Err(refusal) => return Err(refusal.to_string()),
    }
    let hints = hints(device, &birth);
    let hint = hints.iter().find(|hint| hint.path.as_ref() == Some(&path));
    Ok(hint.map_or_else(
        || Node {
            codec: Codec::JsonPath(path.clone()),
            ..Node::new(topic.clone(), crate::device::Kind::String)
        },
        |hint| learn::described(&topic, hint),
    ))
}

/// What the last birth on a topic says of its metrics.
fn hints(device: &Device, birth: &str) -> Vec<Hint> {
    last(device, birth).map_or_else(Vec::new, |payload| convention::metrics(birth, payload))
}

fn last<'d>(device: &'d Device, topic: &str) -> Option<&'d [u8]> {
    match device.store.last(device.store.find(topic)?)?.payload {
        LastPayload::Whole(payload) => Some(payload),
        LastPayload::Evicted { .. } => None,
    }
}

/// The metrics of whom a topic is about that can be kept, and the topic on which they are; `None` where it is not
/// Sparkplug's.
pub fn parts(device: &Device, topic: &str) -> Option<(Topic, Parts)> {
    let route = Route::parse(topic).filter(|_| IS_BUILT_IN)?;
    let (data, birth) = (route.data(), route.birth());
    let births = device.births_of(topic);
    let document = |topic: &str| {
        let payload = last(device, topic).unwrap_or_default();
        named_document(topic, payload, births.clone())
    };
    let hints = hints(device, &birth);
    let parts = learn::metrics_of(&data, &document(&birth), &document(&data), &hints);
    Some((Topic::parse(&data).ok()?, parts))
}

/// The node that a place in a message of Sparkplug is kept as: where the data come, typed as the birth says.
pub fn kept_as(device: &Device, topic: &str, path: &JsonPath) -> Option<Node> {
    let (topic, parts) = parts(device, topic)?;
    let is_it = |part: &&learn::Part| part.path.steps().get(..2) == path.steps().get(..2);
    parts.list.iter().find(is_it).map(|part| part.node(&topic))
}

/// What a metric was told to be last, however long ago.
pub fn present(device: &Device, node: &Node) -> Option<Value> {
    let topic = node.topic.as_str();
    let of_data = device.store.find(topic).and_then(|id| {
        let mut past = device.store.history(id).take(MAX_LOOKED_BACK).filter(|past| !past.is_cut());
        past.find_map(|past| births::document(device, id, past.payload).read(node).ok())
    });
    of_data.or_else(|| {
        let birth = Route::parse(topic)?.birth();
        node.read(&named_document(&birth, last(device, &birth)?, device.births_of(topic))).ok()
    })
}

/// What carries a value to a metric, without its time; the value as it is read out of that; how it goes, in words.
pub fn written(
    device: &Device,
    node: &Node,
    value: &Value,
) -> Result<(Publication, Value, Option<String>), String> {
    let births = device.births_of(node.topic.as_str());
    let command = node.command(value, &births).map_err(|error| error.to_string())?;
    let document = named_document(&command.topic, &command.payload, births);
    let read = node.read(&document).map_err(|misfit| misfit.to_string())?;
    let words = command.words.clone();
    Ok((publication(command)?, read, Some(words)))
}

/// A command is published at QoS 0 and not retained (Sparkplug 3.0, 6.4.23 and 6.4.24).
fn publication(command: Command) -> Result<Publication, String> {
    Ok(Publication {
        topic: Topic::parse(&command.topic).map_err(|error| error.to_string())?,
        payload: Payload::from(command.payload),
        qos: Qos::AtMostOnce,
        retain: false,
        properties: PublishProperties::default(),
    })
}

/// A node's publication as it leaves: a command has the time of that.
pub fn stamped(model: &Model, now: Timestamp, mut publication: Publication, key: &NodeKey) -> Publication {
    if key.path.is_some() && is_spoken_on(key.topic.as_str()) {
        stamp(&mut publication, model.settings.wall.unix_ms_at(now));
    }
    publication
}

/// Gives a command the time at which it leaves.
pub fn stamp(publication: &mut Publication, unix_ms: i64) {
    publication.payload = Payload::from(with_time(&publication.payload.0, unix_ms));
}

/// A node's publication without its payload: where to and how.
pub fn base(node: &Node) -> Publication {
    let route = Route::parse(node.topic.as_str()).filter(|_| node.is_of_sparkplug());
    let command = route.and_then(|route| Topic::parse(&route.command()).ok());
    let (qos, retain) = if command.is_some() { (Qos::AtMostOnce, false) } else { (node.qos, node.retain) };
    Publication {
        topic: command.unwrap_or_else(|| node.topic.clone()),
        payload: Payload::default(),
        qos,
        retain,
        properties: PublishProperties::default(),
    }
}

/// Asks the edge node under the cursor to tell its births, and those of its devices, again.
pub fn ask_births(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    if model.settings.read_only {
        return model.say(now, Tone::Warn, publish::READ_ONLY);
    }
    let row = model.cursor;
    let Some(device) = model.device(row.device) else { return };
    let mut topic = String::new();
    device.store.topic_of(row.node, &mut topic);
    let Some(route) = Route::parse(&topic) else {
        let words = "births are told by edge nodes of Sparkplug; go to a topic of one, below spBv1.0";
        return model.say(now, Tone::Info, words);
    };
    if device.online().is_none() {
        return model.say(now, Tone::Warn, "not connected, so no edge node can be asked; c connects");
    }
    let (id, asked) = (device.id, publication(rebirth(&route)));
    let words = format!("asked edge node {:?} of group {:?} for its births", route.edge, route.group);
    match asked {
        Err(words) => model.say(now, Tone::Error, words),
        Ok(mut asked) => {
            stamp(&mut asked, model.settings.wall.unix_ms_at(now));
            if publish::publish(model, now, id, asked, effects).is_some() {
                model.say(now, Tone::Info, words);
            }
        }
    }
}
