//! `[[publication]]` blocks, both ways: publications that were sent or saved. Owns their keys; opens no file.
use super::blocks;
use super::read::qos;
use super::table::{Reader, Value};
use crate::model::form::Format;
use crate::model::publications::draft::Draft;
use crate::mqtt::{Payload, Publication, PublishProperties, Qos, Topic};
use std::path::Path;
use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, value};

const KEYS: &[&str] = &[
    "name",
    "topic",
    "payload",
    "format",
    "qos",
    "retain",
    "placeholders",
    "message_expiry_s",
    "payload_is_utf8",
    "content_type",
    "response_topic",
    "correlation_hex",
    "user",
];

/// A block: its name, which only what was saved has, and what it says.
pub(in crate::config) type Named = (Option<String>, Draft);

/// What a text holds of them.
#[derive(Debug, Default)]
pub(in crate::config) struct Found {
    /// In the order of the text.
    pub list: Vec<Named>,
    /// What is passed over, and why.
    pub warnings: Vec<String>,
    /// Whether it is no TOML.
    pub is_broken: bool,
}

/// Reads the blocks of a text. A block that is not right is passed over and told.
pub(in crate::config) fn read(text: &str, label: &str, is_device_file: bool) -> Found {
    let rest = blocks::find(text).rest;
    let mut reader = Reader::new(text, &rest, label, Path::new("."));
    let mut list = Vec::new();
    for (key, item) in reader.top() {
        if key.get_ref() == "publication" {
            for block in reader.array("publication", item, "tables, each headed [[publication]]") {
                list.extend(one(&mut reader, block));
            }
        } else if !is_device_file {
            reader.unknown(&key, "this file", &["publication"]);
        }
    }
    let is_broken = reader.is_broken;
    let (faults, warnings) = reader.told();
    let faults = faults.iter().map(|fault| format!("{label}:{fault}"));
    Found { list, warnings: faults.chain(warnings.iter().map(ToString::to_string)).collect(), is_broken }
}

fn one(reader: &mut Reader<'_>, block: Value<'_>) -> Option<Named> {
    let at = block.span().start;
    let n_faults = reader.n_faults();
    let (mut name, mut topic, mut payload) = (None, None, String::new());
    let (mut format, mut level, mut retain, mut is_template) = (Format::Text, Qos::AtMostOnce, false, true);
    let mut properties = PublishProperties::default();
    for (key, item) in reader.table("publication", block)? {
        let word = key.get_ref().as_ref();
        match word {
            "name" => name = reader.text(word, &item),
            "topic" => match reader.text(word, &item).map(|text| Topic::parse(&text)) {
                Some(Ok(parsed)) => topic = Some(parsed),
                Some(Err(error)) => reader.fault(item.span().start, error.to_string()),
                None => {}
            },
            "payload" => payload = reader.text(word, &item).unwrap_or_default(),
            "format" => match reader.text(word, &item).as_deref() {
                Some("text") | None => {}
                Some("base64") => format = Format::Base64,
                Some(other) => {
                    reader
                        .fault(item.span().start, format!("format is \"text\" or \"base64\", not {other:?}"));
                }
            },
            "qos" => level = qos(reader, word, &item).unwrap_or_default(),
            "retain" => retain = reader.flag(word, &item).unwrap_or_default(),
            "placeholders" => is_template = reader.flag(word, &item).unwrap_or(true),
            "message_expiry_s" => properties.message_expiry_s = reader.number(word, &item, 0, u32::MAX),
            "payload_is_utf8" => properties.payload_is_utf8 = reader.flag(word, &item),
            "content_type" => properties.content_type = reader.text(word, &item),
            "response_topic" => properties.response_topic = reader.text(word, &item),
            "correlation_hex" => properties.correlation_data = reader.hex(word, &item),
            "user" => properties.user = user(reader, item),
            _unknown => reader.unknown(&key, "a publication", KEYS),
        }
    }
    let payload = match format.bytes(&payload) {
        Ok(bytes) => Payload::from(bytes),
        Err(words) => {
            reader.fault(at, format!("the payload is not {}: {words}", format.name()));
            Payload::default()
        }
    };
    if topic.is_none() && reader.n_faults() == n_faults {
        reader.fault(at, "a publication has no topic; write topic = \"…\"");
    }
    let publication = Publication { topic: topic?, payload, qos: level, retain, properties };
    (reader.n_faults() == n_faults).then_some((name, Draft { publication, is_template }))
}

fn user(reader: &mut Reader<'_>, item: Value<'_>) -> Vec<(String, String)> {
    const PAIRS: &str = "pairs such as [[\"name\", \"value\"]]";
    let mut user = Vec::new();
    for pair in reader.array("user", item, PAIRS) {
        let at = pair.span().start;
        let texts = reader.array("user", pair, PAIRS);
        match texts.iter().map(|text| text.get_ref().as_str()).collect::<Option<Vec<_>>>().as_deref() {
            Some([name, value]) => user.push(((*name).to_owned(), (*value).to_owned())),
            Some(_) | None => reader.fault(at, format!("user must be {PAIRS}")),
        }
    }
    user
}

/// A block's table; only what differs from the default is written.
fn table(name: Option<&str>, draft: &Draft) -> Table {
    let Publication { topic, payload, qos, retain, properties } = &draft.publication;
    let mut table = Table::new();
    if let Some(name) = name {
        table.insert("name", value(name));
    }
    table.insert("topic", value(topic.as_str()));
    if let Ok(text) = std::str::from_utf8(&payload.0) {
        table.insert("payload", value(text));
    } else {
        table.insert("payload", value(Format::Base64.text(&payload.0).unwrap_or_default()));
        table.insert("format", value("base64"));
    }
    if *qos != Qos::AtMostOnce {
        table.insert("qos", value(i64::from(qos.bits())));
    }
    if *retain {
        table.insert("retain", value(true));
    }
    if !draft.is_template && draft.could_have_placeholders() {
        table.insert("placeholders", value(false));
    }
    if let Some(seconds) = properties.message_expiry_s {
        table.insert("message_expiry_s", value(i64::from(seconds)));
    }
    if let Some(is_utf8) = properties.payload_is_utf8 {
        table.insert("payload_is_utf8", value(is_utf8));
    }
    if let Some(content_type) = &properties.content_type {
        table.insert("content_type", value(content_type));
    }
    if let Some(topic) = &properties.response_topic {
        table.insert("response_topic", value(topic));
    }
    if let Some(data) = &properties.correlation_data {
        let digits = Format::Hex.text(data).unwrap_or_default().replace(' ', "");
        table.insert("correlation_hex", value(digits));
    }
    if !properties.user.is_empty() {
        let pairs = properties.user.iter().map(|(name, value)| [name, value].into_iter().collect::<Array>());
        table.insert("user", value(pairs.collect::<Array>()));
    }
    table
}

/// A new text of nothing but blocks.
pub(in crate::config) fn text<'a>(list: impl Iterator<Item = &'a Draft>) -> String {
    let tables: ArrayOfTables = list.map(|draft| table(None, draft)).collect();
    let mut document = DocumentMut::new();
    document.insert("publication", Item::ArrayOfTables(tables));
    document.to_string()
}

/// The text with the block of a name in its place, as a new one, or with none; comments stay. `None` when the text
/// can't be changed.
pub(in crate::config) fn edited(text: &str, name: &str, draft: Option<&Draft>) -> Option<String> {
    // Blocks of nodes can be many, and the TOML editor takes its time over each.
    let found = blocks::find(text);
    let split = found.nodes.first().filter(|_| found.are_last).map_or(text.len(), |first| first.span.start);
    let (before, nodes) = text.split_at_checked(split)?;
    let mut document: DocumentMut = before.parse().ok()?;
    let item = document.entry("publication").or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
    let blocks = item.as_array_of_tables_mut()?;
    let is_it = |block: &Table| block.get("name").and_then(Item::as_str) == Some(name);
    let place = blocks.iter().position(is_it);
    match (place, draft) {
        (Some(place), Some(draft)) => {
            let block = blocks.get_mut(place)?;
            let new = table(Some(name), draft);
            // The comments above the block, and keys that nobody here knows, stay.
            for key in KEYS.iter().filter(|key| !new.contains_key(key)) {
                block.remove(key);
            }
            for (key, item) in new {
                block.insert(&key, item);
            }
        }
        (Some(place), None) => {
            blocks.remove(place);
        }
        (None, Some(draft)) => {
            let mut new = table(Some(name), draft);
            if !before.trim().is_empty() {
                new.decor_mut().set_prefix("\n");
            }
            blocks.push(new);
        }
        (None, None) => {}
    }
    let mut edited = document.to_string();
    if !nodes.is_empty() && !edited.ends_with("\n\n") {
        edited.push('\n');
    }
    Some(edited + nodes)
}
