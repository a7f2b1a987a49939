//! JSON Lines: an object a line. Owns the names of its members and the words for what is wrong.
use super::{BadFile, Reading, base64, hex, qos, topic, whole};
use crate::mqtt::{Payload, Publication, PublishProperties, Qos};
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::io::BufRead;

/// A line, for those who wrote none before.
pub(super) const EXAMPLE: &str = r#"{"topic":"a/b","payload":"1","qos":1,"retain":true}"#;

/// What a line may say.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    topic: String,
    #[serde(default, deserialize_with = "given")]
    payload: Option<Value>,
    payload_base64: Option<String>,
    payload_hex: Option<String>,
    #[serde(default)]
    qos: u8,
    #[serde(default)]
    retain: bool,
    payload_is_utf8: Option<bool>,
    message_expiry_s: Option<u32>,
    response_topic: Option<String>,
    correlation_base64: Option<String>,
    #[serde(default)]
    user_properties: Vec<(String, String)>,
    content_type: Option<String>,
    // What an export tells beside.
    #[serde(default)]
    cut: bool,
    #[serde(default)]
    evicted: bool,
    #[serde(rename = "time")]
    _time: Option<IgnoredAny>,
    #[serde(rename = "size")]
    _size: Option<IgnoredAny>,
    #[serde(rename = "full_size")]
    _full_size: Option<IgnoredAny>,
}

/// `null` is a payload like any other.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// Reads all lines; blank ones are passed over.
pub(super) fn read(name: &str, mut input: impl BufRead) -> Result<Vec<Publication>, BadFile> {
    let mut reading = Reading::default();
    let mut line = Vec::new();
    for number in 1_usize.. {
        line.clear();
        match input.read_until(b'\n', &mut line) {
            Ok(0) => break,
            Ok(_) => {}
            Err(error) => return Err(BadFile::one(format!("{name}:{number}: {error}"))),
        }
        let text = line.trim_ascii_end();
        if text.is_empty() {
            continue;
        }
        let (place, read) = match serde_json::from_slice::<Line>(text) {
            Ok(line) => (number.to_string(), publication(line)),
            Err(error) => {
                let place = format!("{number}:{}", error.column());
                (place, Err(words(&error, text)))
            }
        };
        if !reading.take(name, &place, read) {
            break;
        }
    }
    reading.done()
}

/// What the parser found, without its own place: it counts lines from one in each of ours.
fn words(error: &serde_json::Error, text: &[u8]) -> String {
    let all = error.to_string();
    let what = all.split(" at line ").next().unwrap_or(&all);
    match text.trim_ascii_start().first() {
        Some(b'{') if error.is_data() => what.to_owned(),
        Some(b'{') if error.is_eof() => format!("{what}; an object ends on the line it began on"),
        Some(b'{') => format!("{what}; that is no JSON"),
        Some(b'[') => format!("{what}; it is an object a line, without an array around them"),
        Some(_) | None => format!("{what}; a line looks like {EXAMPLE}"),
    }
}

fn publication(line: Line) -> Result<Publication, String> {
    whole(line.cut, line.evicted)?;
    let Line { payload, payload_base64, payload_hex, .. } = &line;
    let payload = match (payload, payload_base64, payload_hex) {
        (None, None, None) => Vec::new(),
        (Some(Value::String(text)), None, None) => text.clone().into_bytes(),
        (Some(json), None, None) => json.to_string().into_bytes(),
        (None, Some(text), None) => base64(text)?,
        (None, None, Some(text)) => hex(text)?,
        (Some(_), Some(_), _) | (Some(_), _, Some(_)) | (_, Some(_), Some(_)) => {
            return Err("one payload a line: payload, payload_base64 or payload_hex".into());
        }
    };
    let qos = Qos::from_bits(line.qos).map_or_else(|| qos(&line.qos.to_string()), Ok)?;
    let properties = PublishProperties {
        payload_is_utf8: line.payload_is_utf8,
        message_expiry_s: line.message_expiry_s,
        response_topic: line.response_topic,
        correlation_data: line.correlation_base64.as_deref().map(base64).transpose()?,
        user: line.user_properties,
        content_type: line.content_type,
        topic_alias: None,
        subscription_ids: Vec::new(),
    };
    let topic = topic(&line.topic)?;
    Ok(Publication { topic, payload: Payload::from(payload), qos, retain: line.retain, properties })
}
