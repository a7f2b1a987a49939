//! CSV: a header that names the columns, then a publication a record. Owns the columns and the words for what is wrong.
use super::{BadFile, Reading, base64, hex, qos, topic, whole};
use crate::mqtt::{Payload, Publication, PublishProperties, Qos};
use csv::{ErrorKind, ReaderBuilder, StringRecord};
use std::io::Read;

/// The columns that a header may name.
const COLUMNS: [&str; 9] =
    ["topic", "payload", "qos", "retain", "format", "mark", "time", "size", "full_size"];

/// How to keep a comma within a field.
const QUOTING: &str = "a payload with commas or quotes stands in double quotes, those inside it doubled";

/// Where each column stands.
struct Columns {
    topic: usize,
    payload: usize,
    qos: Option<usize>,
    retain: Option<usize>,
    format: Option<usize>,
    /// Whether an export tells that a payload is not whole.
    mark: Option<usize>,
}

impl Columns {
    fn of(header: &StringRecord) -> Result<Self, String> {
        let mut places = [None; COLUMNS.len()];
        for (at, name) in header.iter().enumerate() {
            let name = name.trim().to_ascii_lowercase();
            let Some(known) = COLUMNS.iter().position(|column| *column == name) else {
                return Err(format!(
                    "no column {name:?}; the first line names the columns: topic,payload, and qos,retain,format \
                     if wanted, parted by commas"
                ));
            };
            if places[known].replace(at).is_some() {
                return Err(format!("the column {name} is named twice"));
            }
        }
        match places {
            [Some(topic), Some(payload), qos, retain, format, mark, ..] => {
                Ok(Self { topic, payload, qos, retain, format, mark })
            }
            [None, ..] => Err("the first line names the columns, and topic is not among them".into()),
            [Some(_), None, ..] => {
                Err("the first line names the columns, and payload is not among them".into())
            }
        }
    }
}

/// Reads all records.
pub(super) fn read(name: &str, input: impl Read) -> Result<Vec<Publication>, BadFile> {
    let mut reader = ReaderBuilder::new().from_reader(input);
    let columns = match reader.headers() {
        Ok(header) => Columns::of(header).map_err(|words| BadFile::one(format!("{name}:1: {words}")))?,
        Err(error) => return Err(BadFile::one(format!("{name}:1: {}", words(&error)))),
    };
    let mut reading = Reading::default();
    let mut record = StringRecord::new();
    loop {
        let (line, read) = match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {
                let line = record.position().map_or(0, csv::Position::line);
                (line, publication(&columns, &record))
            }
            Err(error) => {
                let line = error.position().map_or_else(|| reader.position().line(), csv::Position::line);
                let is_over = matches!(error.kind(), ErrorKind::Io(_));
                let words = words(&error);
                if is_over {
                    return Err(BadFile::one(format!("{name}:{line}: {words}")));
                }
                (line, Err(words))
            }
        };
        if !reading.take(name, &line.to_string(), read) {
            break;
        }
    }
    reading.done()
}

fn words(error: &csv::Error) -> String {
    if let ErrorKind::UnequalLengths { expected_len, len, .. } = error.kind() {
        return format!("{len} fields, and the header names {expected_len}; {QUOTING}");
    }
    if let ErrorKind::Utf8 { .. } = error.kind() {
        return "not UTF-8; write such payloads in hex or base64, with a column format".into();
    }
    error.to_string()
}

fn publication(columns: &Columns, record: &StringRecord) -> Result<Publication, String> {
    let field = |at: usize| record.get(at).unwrap_or_default();
    let optional = |at: Option<usize>| at.map(field).map(str::trim).filter(|text| !text.is_empty());
    let mark = optional(columns.mark);
    whole(mark == Some("cut"), mark == Some("evicted"))?;
    let text = field(columns.payload);
    let payload = match optional(columns.format).map(str::to_ascii_lowercase).as_deref() {
        None | Some("text") => text.as_bytes().to_vec(),
        Some("json") => {
            serde_json::from_str::<serde::de::IgnoredAny>(text)
                .map_err(|error| format!("payload is no JSON: {error}; {QUOTING}"))?;
            text.as_bytes().to_vec()
        }
        Some("hex") => hex(text)?,
        Some("base64") => base64(text)?,
        Some(other) => return Err(format!("format is text, json, hex or base64, not {other:?}")),
    };
    let retain = match optional(columns.retain).map(str::to_ascii_lowercase).as_deref() {
        None | Some("false" | "no" | "0") => false,
        Some("true" | "yes" | "1") => true,
        Some(other) => return Err(format!("retain is true or false, not {other:?}")),
    };
    Ok(Publication {
        topic: topic(field(columns.topic))?,
        payload: Payload::from(payload),
        qos: optional(columns.qos).map_or(Ok(Qos::AtMostOnce), qos)?,
        retain,
        properties: PublishProperties::default(),
    })
}
