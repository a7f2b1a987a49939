//! What the editor would send: the value after clipping and steps, its bytes, or why it can't go. Owns the words.
use super::Editor;
use crate::decode::figures;
use crate::device::{Node, Value};
use crate::model::device::Device;
use crate::model::{Model, metrics, publish, takes};
use crate::mqtt::{Payload, Publication, PublishProperties};

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

/// What a value of a node becomes on its way out.
pub fn made(device: &Device, node: &Node, asked: &Value) -> Result<Goes, String> {
    let (value, mut how) = node.within(asked)?;
    let (publication, read, by) = if node.is_of_sparkplug() {
        metrics::written(device, node, &value)?
    } else {
        let payload = node.write(&value).map_err(|error| error.to_string())?;
        // What is shown is what comes out of the bytes: 0.1 is not 0.1 in 32 bits.
        let read = node.read(&payload).map_err(|misfit| misfit.to_string())?;
        let publication = Publication {
            topic: node.topic.clone(),
            payload: Payload::from(payload),
            qos: node.qos,
            retain: node.retain,
            properties: PublishProperties::default(),
        };
        (publication, read, None)
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
