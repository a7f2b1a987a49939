//! What the editor would send: the value after clipping and steps, its bytes, or why it can't go. Owns the words.
use super::Editor;
use crate::decode::pack::Form;
use crate::decode::{Choice, Reading, figures};
use crate::device::{Document, Node, Value};
use crate::model::device::Device;
use crate::model::{Model, metrics, publish, takes};
use crate::mqtt::{Payload, Publication, PublishProperties};
use crate::store::LastPayload;

/// A payload told in so many bytes; the rest is counted.
const MAX_TOLD_BYTES: usize = 200;

/// What would go.
#[derive(Clone, Debug, PartialEq)]
pub struct Goes {
    /// The value, as the node reads it back from what goes.
    pub value: Value,
    /// What was chosen, where that is something else.
    pub asked: Option<Value>,
    /// Why it is something else: `clipped`.
    pub how: &'static str,
    /// What goes; a command to an edge node without the time at which it leaves.
    pub publication: Publication,
    /// How it goes, where that says more than its bytes.
    pub by: Option<String>,
}

/// The form in which payloads of a node's topic come, and how they are read.
pub fn form<'a>(device: &'a Device, node: &Node) -> (Form, Reading<'a>) {
    let topic = node.topic.as_str();
    let Some(id) = device.store.find(topic) else {
        let reading = device.rules.reading(topic);
        return (Form::of(reading, None), written(reading));
    };
    let reading = device.reading(id);
    let last = device.store.last(id).and_then(|last| match last.payload {
        LastPayload::Whole(payload) => Some(payload),
        LastPayload::Evicted { .. } => None,
    });
    (Form::of(reading, last), written(reading))
}

/// What is looked at raw is read by what it seems to be, to tell what goes.
fn written(reading: Reading<'_>) -> Reading<'_> {
    let choice = if reading.choice == Choice::Raw { Choice::Auto } else { reading.choice };
    Reading { choice, ..reading }
}

impl Goes {
    /// In words: `130 → 100 °C, clipped`.
    pub fn words(&self, node: &Node) -> String {
        let value = node.shown(&self.value);
        match &self.asked {
            None => value,
            Some(asked) => format!("{} → {value}, {}", asked.shown(), self.how),
        }
    }
}

/// Why a node can't be set.
pub fn no_access(node: &Node) -> String {
    format!(
        "access is {}: we listen to this node and send it nothing; its attribute access says so",
        node.access
    )
}

impl Editor {
    /// What would go now, or why nothing can.
    pub fn goes(&self, model: &Model) -> Result<Goes, String> {
        let node = &self.node;
        if model.settings.read_only {
            return Err(publish::READ_ONLY.into());
        }
        let device = model.device(self.device).ok_or("the device was closed meanwhile")?;
        let asked = self.body.value(node)?;
        if !node.access.can_set() {
            return Err(no_access(node));
        }
        let goes = made(device, node, &asked)?;
        takes::check(device, &goes.publication)?;
        Ok(goes)
    }
}

/// The payload that says a value, what is read back from it, and its form where that is no plain text.
fn packed(device: &Device, node: &Node, value: &Value) -> Result<(Vec<u8>, Value, Option<String>), String> {
    let (form, reading) = form(device, node);
    let payload = node.write_as(value, &form).map_err(|error| error.to_string())?;
    // What is shown is what comes out of the bytes: 0.1 is not 0.1 in 32 bits.
    let read = Document::new(reading, &payload).read(node);
    match read {
        Ok(read) => {
            let by = (!form.is_plain()).then(|| format!("{} · {}", payload_words(&payload), form.names()));
            Ok((payload, read, by))
        }
        Err(misfit) if form.is_plain() => Err(misfit.to_string()),
        Err(_) => Err(format!(
            "payloads here are {}, and so short a one would not be known for it; choose the decoder by name: b in the inspector",
            form.names()
        )),
    }
}

/// What a value of a node becomes on its way out.
pub fn made(device: &Device, node: &Node, asked: &Value) -> Result<Goes, String> {
    let (value, mut how) = node.within(asked)?;
    let (publication, read, by) = if node.is_of_sparkplug() {
        metrics::written(device, node, &value)?
    } else {
        let (payload, read, by) = packed(device, node, &value)?;
        let publication = Publication {
            topic: node.topic.clone(),
            payload: Payload::from(payload),
            qos: node.qos,
            retain: node.retain,
            properties: PublishProperties::default(),
        };
        (publication, read, by)
    };
    if read != value && how.is_empty() {
        how = "as nearly as its bytes hold it";
    }
    let is_changed = node.shown(&read) != node.shown(asked);
    Ok(Goes { asked: is_changed.then(|| asked.clone()), value: read, how, publication, by })
}

/// Bytes in words: as text where they are, else in hexadecimal digits. Not made safe for a terminal.
pub fn payload_words(payload: &[u8]) -> String {
    let size = figures::counted(payload.len() as u64, "byte");
    if payload.is_empty() {
        return "nothing, 0 bytes".to_owned();
    }
    let told = payload.get(..MAX_TOLD_BYTES).unwrap_or(payload);
    let more = if told.len() < payload.len() { "…" } else { "" };
    match std::str::from_utf8(payload) {
        Ok(_) => format!("{}{more} · {size}", String::from_utf8_lossy(told).trim_end_matches('\u{fffd}')),
        Err(_) => format!("{}{more} · {size}", Value::Bytes(told.into()).shown()),
    }
}
