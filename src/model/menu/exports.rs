//! What of a row can be exported to a file, and in which forms. Owns the letters and the names proposed for files.
use super::{Choice, Does, reach};
use crate::decode::bounds::Bounds;
use crate::decode::hint::Reading;
use crate::decode::{self, chain, figures, image, json, value};
use crate::model::Model;
use crate::model::export::steps::Format;
use crate::model::export::{self, Depth};
use crate::model::toast::Tone;
use crate::store::LastPayload;
use crate::time::Timestamp;

/// Payloads up to this are decoded to name the file's kind; of larger ones the beginning must tell.
const MAX_DECODED_BYTES: usize = 1 << 20;

/// What can be exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The last message of each topic here and below.
    Values(Spelling),
    /// What is remembered of this topic.
    History(Spelling),
    /// What is remembered of each topic here and below.
    Histories(Spelling),
    /// The values as one JSON object.
    Tree,
    /// The payload as it came.
    Payload,
    /// The payload with its packings undone.
    Unpacked,
}

/// How messages are spelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling {
    /// JSON Lines.
    Lines,
    /// CSV.
    Csv,
}

impl Spelling {
    const fn format(self) -> Format {
        match self {
            Self::Lines => Format::Lines,
            Self::Csv => Format::Csv,
        }
    }
}

impl Kind {
    const fn letter(self) -> char {
        match self {
            Self::Values(Spelling::Lines) => 'v',
            Self::Values(Spelling::Csv) => 'V',
            Self::History(Spelling::Lines) => 'h',
            Self::History(Spelling::Csv) => 'H',
            Self::Histories(Spelling::Lines) => 'a',
            Self::Histories(Spelling::Csv) => 'A',
            Self::Tree => 's',
            Self::Payload => 'p',
            Self::Unpacked => 'd',
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Values(Spelling::Lines) => "values as JSON Lines",
            Self::Values(Spelling::Csv) => "values as CSV",
            Self::History(Spelling::Lines) => "history as JSON Lines",
            Self::History(Spelling::Csv) => "history as CSV",
            Self::Histories(Spelling::Lines) => "all histories as JSON Lines",
            Self::Histories(Spelling::Csv) => "all histories as CSV",
            Self::Tree => "values as one JSON object",
            Self::Payload => "payload as it came",
            Self::Unpacked => "payload unpacked",
        }
    }

    fn choice(self, shows: impl Into<String>) -> Choice {
        Choice { letter: self.letter(), words: self.words(), shows: shows.into(), does: Does::Export(self) }
    }
}

/// What can be exported now.
pub fn choices(model: &Model) -> Result<Vec<Choice>, &'static str> {
    let reach = reach(model)?;
    let store = &model.device(reach.device).ok_or("no device is open")?.store;
    let (row, mut choices) = (model.cursor, Vec::new());
    if reach.n_topics > 0 {
        let topics = reach.words(model);
        for kind in [Kind::Values(Spelling::Lines), Kind::Values(Spelling::Csv), Kind::Tree] {
            choices.push(kind.choice(topics.as_str()));
        }
        let messages = |n: u64| figures::counted(n, "message");
        if model.range.is_none() && store.is_topic(row.node) {
            let n = messages(store.n_history(row.node) as u64);
            choices.push(Kind::History(Spelling::Lines).choice(n.as_str()));
            choices.push(Kind::History(Spelling::Csv).choice(n));
        }
        if reach.n_topics > 1 {
            choices.push(Kind::Histories(Spelling::Lines).choice(topics.as_str()));
            choices.push(Kind::Histories(Spelling::Csv).choice(topics));
        }
    }
    if let (None, Some(payload)) = (model.range, payload(model)) {
        let bytes = figures::bytes(payload.len() as u64);
        let kind = image::read(payload).map_or(String::new(), |image| format!("{}, ", image.kind.title()));
        choices.push(Kind::Payload.choice(format!("{kind}{bytes}")));
        let (ending, is_packed) = ending(model, payload);
        if is_packed {
            choices.push(Kind::Unpacked.choice(format!(".{ending}")));
        }
    }
    Ok(choices)
}

fn payload(model: &Model) -> Option<&[u8]> {
    let row = model.cursor;
    match model.device(row.device)?.store.last(row.node)?.payload {
        LastPayload::Whole(payload) => Some(payload),
        LastPayload::Evicted { .. } => None,
    }
}

/// Whether a decoded value shall be a text to read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum AsText {
    Yes,
    No,
}

/// The format of a payload that is read in a way.
pub(super) fn decoded(reading: Reading<'_>, as_text: AsText) -> Format {
    let Reading { choice, hint, .. } = reading;
    let (promised, schema) = (hint.promised, hint.schema.cloned());
    Format::Decoded { choice, promised, schema, is_text: as_text == AsText::Yes }
}

/// The ending of a file with the payload unpacked, and whether there is something to unpack.
fn ending(model: &Model, payload: &[u8]) -> (&'static str, bool) {
    if payload.len() > MAX_DECODED_BYTES {
        return (raw_ending(payload), true);
    }
    let reading = model.device(model.cursor.device).map(|device| device.reading(model.cursor.node));
    let Reading { choice, hint, .. } = reading.unwrap_or_default();
    let decoded = decode::decode_on(hint, payload, choice, &Bounds::inline());
    let ending = match decoded.form {
        chain::Form::Json => "json",
        chain::Form::Text => "txt",
        chain::Form::Image(image) => image.kind.ending(),
        chain::Form::Hex => "bin",
    };
    (ending, decoded.is_undone() || decoded.is_bound())
}

/// The ending of a file with the payload as it came.
fn raw_ending(payload: &[u8]) -> &'static str {
    if let Some(image) = image::read(payload) {
        image.kind.ending()
    } else if payload.len() <= MAX_DECODED_BYTES && json::is_json(payload) {
        "json"
    } else if value::is_text(payload) {
        "txt"
    } else {
        "bin"
    }
}

/// Asks where it shall go.
pub fn ask(model: &mut Model, now: Timestamp, kind: Kind) {
    let reach = match reach(model) {
        Ok(reach) => reach,
        Err(words) => return model.say(now, Tone::Warn, words),
    };
    let name = reach.name.clone();
    let (reach, depth, format, ending) = match kind {
        Kind::Values(spelling) => (reach, Depth::Value, spelling.format(), spelling_ending(spelling)),
        Kind::History(spelling) => {
            (reach.here(), Depth::History, spelling.format(), spelling_ending(spelling))
        }
        Kind::Histories(spelling) => (reach, Depth::History, spelling.format(), spelling_ending(spelling)),
        Kind::Tree => (reach, Depth::Value, Format::Tree, "json"),
        Kind::Payload => {
            let ending = payload(model).map_or("bin", raw_ending);
            (reach.here(), Depth::Value, Format::Raw, ending)
        }
        Kind::Unpacked => {
            let ending = payload(model).map_or("bin", |payload| ending(model, payload).0);
            let Some(device) = model.device(model.cursor.device) else { return };
            let format = decoded(device.reading(model.cursor.node), AsText::No);
            (reach.here(), Depth::Value, format, ending)
        }
    };
    let wanted = reach.wanted(model, depth, format);
    export::ask(model, now, wanted, &name, ending);
}

const fn spelling_ending(spelling: Spelling) -> &'static str {
    match spelling {
        Spelling::Lines => "jsonl",
        Spelling::Csv => "csv",
    }
}
