//! What of a row can be copied, and in which forms. Owns the letters and the texts; the clipboard is `copying`'s.
use super::exports::{AsText, decoded};
use super::{Choice, Does, reach};
use crate::decode::{self, figures};
use crate::model::bulk::found::kept_properties;
use crate::model::event::Effect;
use crate::model::export::steps::Format;
use crate::model::export::{self, Depth};
use crate::model::inspector::part;
use crate::model::publications::shell;
use crate::model::toast::Tone;
use crate::model::{Model, apply};
use crate::mqtt::{Payload, Publication, Retained, Topic};
use crate::store::LastPayload;
use crate::time::Timestamp;
use data_encoding::{BASE64, HEXLOWER};

/// Columns of a value shown beside its form.
const SHOWN_COLS: usize = 40;

/// What is copied of what is in reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The topic, or the device's address.
    Topic,
    /// The last level of it.
    Level,
    /// The payload, where it is text.
    Payload,
    /// Its bytes in hexadecimal digits.
    Hex,
    /// Its bytes in base64.
    Base64,
    /// The value as it is decoded.
    Decoded,
    /// The path that is chosen in the value.
    Path,
    /// What lies there.
    Part,
    /// The line that publishes the same from a shell.
    Command,
    /// All values below as JSON.
    Tree,
    /// All topics below, one a line.
    Names,
}

impl Form {
    const fn letter(self) -> char {
        match self {
            Self::Topic => 't',
            Self::Level => 'l',
            Self::Payload => 'p',
            Self::Hex => 'h',
            Self::Base64 => 'b',
            Self::Decoded => 'v',
            Self::Path => '$',
            Self::Part => '=',
            Self::Command => 'm',
            Self::Tree => 's',
            Self::Names => 'd',
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Topic => "topic",
            Self::Level => "its last level",
            Self::Payload => "payload as text",
            Self::Hex => "payload as hex",
            Self::Base64 => "payload as base64",
            Self::Decoded => "decoded value",
            Self::Path => "path in the value",
            Self::Part => "value at that path",
            Self::Command => "mosquitto_pub line",
            Self::Tree => "values as JSON",
            Self::Names => "topics, one a line",
        }
    }

    fn choice(self, shows: impl Into<String>) -> Choice {
        Choice { letter: self.letter(), words: self.words(), shows: shows.into(), does: Does::Copy(self) }
    }
}

/// What can be copied now.
pub fn choices(model: &Model) -> Result<Vec<Choice>, &'static str> {
    let reach = reach(model)?;
    let n_topics = reach.words(model);
    let several = [Form::Tree.choice(n_topics.as_str()), Form::Names.choice(n_topics.as_str())];
    let (row, device) = (model.cursor, model.device(reach.device).ok_or("no device is open")?);
    if model.range.is_some() {
        return Ok(several.into());
    }
    let mut choices = Vec::new();
    if row.is_device() {
        choices.push(Form::Topic.choice(device.profile.address.to_string()));
        choices.push(Form::Level.choice(reach.name.as_str()));
    } else {
        choices.push(Form::Topic.choice(reach.name.as_str()));
        choices.push(Form::Level.choice(device.store.level(row.node)));
    }
    if let Some(LastPayload::Whole(payload)) = device.store.last(row.node).map(|last| last.payload) {
        let size = figures::bytes(payload.len() as u64);
        if std::str::from_utf8(payload).is_ok() {
            choices.push(Form::Payload.choice(size));
        } else {
            choices.push(Form::Hex.choice(size.as_str()));
            choices.push(Form::Base64.choice(size));
        }
        choices.push(Form::Decoded.choice(decode::preview(payload, SHOWN_COLS).line.text()));
        if let Some(path) = model.inspector.path(row) {
            choices.push(Form::Path.choice(path.to_string()));
            let part = part::preview(device.reading(row.node), payload, path, SHOWN_COLS);
            choices.extend(part.ok().map(|part| Form::Part.choice(part.line.text())));
        }
        choices.push(Form::Command.choice("for a shell, without secrets"));
    }
    if reach.n_topics > 0 {
        choices.extend(several);
    }
    Ok(choices)
}

/// Copies what is in reach in a form.
pub fn copy(model: &mut Model, now: Timestamp, form: Form, effects: &mut Vec<Effect>) {
    if let Err(words) = try_copy(model, now, form, effects) {
        model.say(now, Tone::Warn, words);
    }
}

fn try_copy(model: &mut Model, now: Timestamp, form: Form, effects: &mut Vec<Effect>) -> Result<(), String> {
    let (row, reach) = (model.cursor, reach(model)?);
    let device = model.device(row.device).ok_or("no device is open")?;
    let what = form.words();
    let text = match form {
        Form::Topic if row.is_device() => device.profile.address.to_string(),
        Form::Topic => reach.name,
        Form::Level if row.is_device() => reach.name,
        Form::Level => device.store.level(row.node).to_owned(),
        Form::Payload => {
            let payload = payload(model)?;
            let no_text = |_| {
                format!(
                    "the payload's {} bytes are no UTF-8 text; C copies it as hex or base64",
                    payload.len()
                )
            };
            std::str::from_utf8(payload).map_err(no_text)?.to_owned()
        }
        Form::Hex => HEXLOWER.encode(payload(model)?),
        Form::Base64 => BASE64.encode(payload(model)?),
        Form::Decoded => {
            payload(model)?;
            let format = decoded(device.reading(row.node), AsText::Yes);
            let wanted = reach.here().wanted(model, Depth::Value, format);
            export::copy(model, now, wanted, what, effects);
            return Ok(());
        }
        Form::Path => model.inspector.path(row).ok_or("no path is chosen in the value")?.to_string(),
        Form::Part => {
            let path = model.inspector.path(row).ok_or("no path is chosen in the value")?;
            let part = part::read(device.reading(row.node), payload(model)?, path)?;
            String::from_utf8(part).map_err(|_bytes| format!("what lies at {path} is no text"))?
        }
        Form::Command => {
            let shell::Line { text, left_out } = command(model)?;
            if !left_out.is_empty() {
                model.say(now, Tone::Info, left_out.join("; "));
            }
            text
        }
        Form::Tree => {
            let wanted = reach.wanted(model, Depth::Value, Format::Tree);
            export::copy(model, now, wanted, what, effects);
            return Ok(());
        }
        Form::Names => {
            let wanted = reach.wanted(model, Depth::Name, Format::Names);
            export::copy(model, now, wanted, what, effects);
            return Ok(());
        }
    };
    apply::copy_as(model, now, what, text, effects);
    Ok(())
}

/// The payload under the cursor; in words why there is none.
fn payload(model: &Model) -> Result<&[u8], String> {
    let row = model.cursor;
    let last = model.device(row.device).and_then(|device| device.store.last(row.node));
    match last.map(|last| last.payload) {
        None => Err("this row has no message to copy".into()),
        Some(LastPayload::Evicted { .. }) => Err("the payload was evicted to stay within --memory".into()),
        Some(LastPayload::Whole(payload)) => Ok(payload),
    }
}

/// The line that publishes the last message of the row under the cursor again.
fn command(model: &Model) -> Result<shell::Line, String> {
    let (row, payload) = (model.cursor, payload(model)?);
    let device = model.device(row.device).ok_or("no device is open")?;
    let last = device.store.last(row.node).ok_or("this row has no message to copy")?;
    let mut topic = String::new();
    device.store.topic_of(row.node, &mut topic);
    let publication = Publication {
        topic: Topic::parse(&topic).map_err(|error| error.to_string())?,
        payload: Payload::from(payload),
        qos: last.qos,
        retain: last.retained == Retained::Yes,
        properties: kept_properties(last.properties),
    };
    shell::line(device, &publication)
}
