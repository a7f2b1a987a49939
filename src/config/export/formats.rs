//! What exported messages look like: JSON Lines and CSV that a batch reads again, topics, payloads. Owns the names of
//! members and columns; JSON nested by levels is `tree`'s.
use super::tree::Tree;
use crate::decode::bounds::Bounds;
use crate::decode::hint::Hint;
use crate::decode::{self, chain, respell};
use crate::model::export::steps::{Format, Row};
use crate::model::placeholders::rfc3339;
use crate::mqtt::Retained;
use csv::{Terminator, WriterBuilder};
use data_encoding::BASE64;
use serde_json::{Map, Value};

/// The columns of CSV; a batch reads them again.
pub const COLUMNS: [&str; 9] =
    ["time", "topic", "payload", "format", "qos", "retain", "size", "full_size", "mark"];

/// Writes messages one after the other.
#[derive(Debug)]
pub struct Writer {
    format: Format,
    tree: Tree,
    n_rows: u64,
}

impl Writer {
    /// A writer of a format.
    pub fn new(format: Format) -> Self {
        Self { format, tree: Tree::default(), n_rows: 0 }
    }

    /// What stands before the first message.
    pub fn begin(&mut self, out: &mut Vec<u8>) {
        if self.format == Format::Csv {
            record(out, &COLUMNS);
        }
    }

    /// Writes a message.
    pub fn add(&mut self, row: &Row, out: &mut Vec<u8>) -> Result<(), String> {
        self.n_rows += 1;
        match &self.format {
            Format::Lines => line(row, out),
            Format::Csv => csv_record(row, out),
            Format::Tree => self.tree.add(row, out),
            Format::Names => {
                if self.n_rows > 1 {
                    out.push(b'\n');
                }
                out.extend_from_slice(row.topic.as_bytes());
            }
            Format::Raw => out.extend_from_slice(whole(row)?),
            Format::Decoded { choice, promised, schema, is_text } => {
                let (is_text, promised) = (*is_text, *promised);
                let hint = Hint { promised, schema: schema.as_ref(), told: None };
                let decoded = decode::decode_on(hint, whole(row)?, *choice, &Bounds::default());
                if is_text && matches!(decoded.form, chain::Form::Image(_) | chain::Form::Hex) {
                    return Err(format!(
                        "the value is no text ({}); W exports it, C h copies its bytes in hex",
                        decoded.names(", ")
                    ));
                }
                if let Some(decoder) = decoded.cut {
                    return Err(format!(
                        "{} stops before the end of the payload: more would come out of it than {} bytes",
                        decoder.title(),
                        decoded.bytes.len()
                    ));
                }
                let text = std::str::from_utf8(&decoded.bytes).ok().filter(|_| is_text);
                match text.and_then(|text| respell::pretty(text).ok()) {
                    Some(pretty) if decoded.form == chain::Form::Json => {
                        out.extend_from_slice(pretty.as_bytes());
                    }
                    Some(_) | None => out.extend_from_slice(&decoded.bytes),
                }
            }
        }
        Ok(())
    }

    /// What stands behind the last message.
    pub fn end(&mut self, out: &mut Vec<u8>) {
        if self.format == Format::Tree {
            self.tree.end(out);
        }
    }
}

fn whole(row: &Row) -> Result<&[u8], String> {
    row.payload
        .as_deref()
        .ok_or_else(|| "the payload was evicted meanwhile to stay within --memory".to_owned())
}

/// A message as a line of JSON Lines. What a batch would publish wrongly, it refuses by `evicted` and `cut`.
fn line(row: &Row, out: &mut Vec<u8>) {
    let mut line = Map::new();
    line.insert("time".into(), rfc3339(row.unix_ms).into());
    line.insert("topic".into(), row.topic.as_str().into());
    match row.payload.as_deref().map(|payload| (std::str::from_utf8(payload), payload)) {
        Some((Ok(text), _)) => line.insert("payload".into(), text.into()),
        Some((Err(_), payload)) => line.insert("payload_base64".into(), BASE64.encode(payload).into()),
        None => line.insert("evicted".into(), true.into()),
    };
    line.insert("qos".into(), row.qos.bits().into());
    if let Some(retain) = retain(row) {
        line.insert("retain".into(), retain.into());
    }
    line.insert("size".into(), row.payload.as_ref().map_or(0, Vec::len).into());
    if row.is_cut() {
        line.insert("cut".into(), true.into());
    }
    if row.is_cut() || row.payload.is_none() {
        line.insert("full_size".into(), row.n_bytes.into());
    }
    out.extend_from_slice(Value::Object(line).to_string().as_bytes());
    out.push(b'\n');
}

/// Whether it was retained, where that is known.
const fn retain(row: &Row) -> Option<bool> {
    match row.retained {
        Retained::Yes => Some(true),
        Retained::No => Some(false),
        Retained::Unknown => None,
    }
}

fn csv_record(row: &Row, out: &mut Vec<u8>) {
    let (payload, format) =
        match row.payload.as_deref().map(|payload| (std::str::from_utf8(payload), payload)) {
            Some((Ok(text), _)) => (text.to_owned(), "text"),
            Some((Err(_), payload)) => (BASE64.encode(payload), "base64"),
            None => (String::new(), "text"),
        };
    let retain = retain(row).map_or("", |retain| if retain { "true" } else { "false" });
    let (mark, full_size) = match &row.payload {
        None => ("evicted", row.n_bytes.to_string()),
        Some(_) if row.is_cut() => ("cut", row.n_bytes.to_string()),
        Some(_) => ("", String::new()),
    };
    let size = row.payload.as_ref().map_or(0, Vec::len).to_string();
    let (time, qos) = (rfc3339(row.unix_ms), row.qos.to_string());
    record(out, &[&time, &row.topic, &payload, format, &qos, retain, &size, &full_size, mark]);
}

fn record(out: &mut Vec<u8>, fields: &[&str]) {
    let mut writer = WriterBuilder::new().terminator(Terminator::Any(b'\n')).from_writer(out);
    // Memory takes all.
    let _ = writer.write_record(fields);
    let _ = writer.flush();
}
