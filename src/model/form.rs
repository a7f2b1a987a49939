//! The publish form: its fields and what it would send. Owns the texts; the life of what was sent is `life`'s.
use super::device::Device;
use super::event::DeviceId;
use super::line::{Edited, Line};
use super::takes;
use super::text::Text;
use crate::keymap::Chord;
use crate::mqtt::{Payload, Publication, PublishProperties, Qos, Topic};

pub mod deeds;
mod field;
mod format;
mod history;
pub mod kept;
pub mod keys;

pub use field::Field;
pub use format::Format;
use history::History;

/// The form as it stands.
#[derive(Clone, Debug, Default)]
pub struct Form {
    /// The device that it publishes to.
    pub device: DeviceId,
    /// Where to.
    pub topic: Line,
    /// What, as text.
    pub payload: Text,
    /// How that text becomes bytes.
    pub format: Format,
    /// At which quality of service.
    pub qos: Qos,
    /// Whether the broker shall keep it.
    pub retain: bool,
    /// The field that hears keys.
    pub field: Field,
    history: History,
}

impl Form {
    /// Fills the topic in. The cursor goes to the payload when messages come on the topic, else behind the
    /// topic, which likely wants another level. A draft for another topic is one step back in the history.
    pub fn begin(&mut self, device: DeviceId, topic: &str, is_heard: bool) {
        if self.topic.text() != topic {
            if self.history.is_at_draft()
                && !self.payload.text().is_empty()
                && let Ok(draft) = self.publication(None)
            {
                self.remember(&draft);
            }
            self.topic.set(topic);
            self.payload = Text::default();
            self.format = Format::Text;
            self.retain = false;
        }
        self.device = device;
        self.history.leave();
        self.field = if is_heard { Field::Payload } else { Field::Topic };
    }

    /// What it would send, held against what this device's broker takes; or why it can't be, in words.
    pub fn publication(&self, device: Option<&Device>) -> Result<Publication, String> {
        let topic = Topic::parse(self.topic.text()).map_err(|error| error.to_string())?;
        let payload = self.format.bytes(self.payload.text());
        let payload = payload.map_err(|words| format!("not {}: {words}", self.format.name()))?;
        let publication = Publication {
            topic,
            payload: Payload::from(payload),
            qos: self.qos,
            retain: self.retain,
            properties: PublishProperties::default(),
        };
        device.map_or(Ok(()), |device| takes::check(device, &publication))?;
        Ok(publication)
    }

    /// Shows bytes as a text that stands for them: in this format when they have one in it, else in the one that
    /// suits them.
    fn show_bytes(&mut self, format: Format, bytes: &[u8]) {
        let (format, text) = match format.text(bytes) {
            Some(text) => (format, text),
            None => Format::of(bytes),
        };
        self.format = format;
        self.payload.set(text);
    }

    /// Has the text read as another format. The text stays what was typed; but hex and base64 are two spellings of
    /// bytes, which stay the same between them.
    pub fn set_format(&mut self, format: Format) {
        let is_digits = |format: Format| matches!(format, Format::Hex | Format::Base64);
        if is_digits(format) && is_digits(self.format) {
            let respelled = self.format.bytes(self.payload.text()).ok().and_then(|bytes| format.text(&bytes));
            if let Some(text) = respelled {
                self.payload.replace(&text);
            }
        }
        self.format = format;
    }

    /// Whether the field is typed into.
    pub const fn in_text(&self) -> bool {
        self.field.is_text()
    }

    /// Applies an editing key to the field's text.
    pub fn edit(&mut self, chord: Chord) -> Edited {
        match self.field {
            Field::Topic => self.topic.edit(chord),
            Field::Payload => self.payload.edit(chord),
            Field::Qos | Field::Retain | Field::Format => Edited::Ignored,
        }
    }

    /// Puts text in at the field's cursor; how many bytes found no room, or `None` where nothing is typed.
    pub fn insert(&mut self, text: &str) -> Option<usize> {
        match self.field {
            Field::Topic => Some(self.topic.insert(text)),
            Field::Payload => Some(self.payload.insert(text)),
            Field::Qos | Field::Retain | Field::Format => None,
        }
    }

    /// Goes to the next field, or to the one before, round and round.
    pub fn step_field(&mut self, forth: bool) {
        let fields = Field::ALL;
        let at = fields.iter().position(|field| *field == self.field).unwrap_or_default();
        let by = if forth { 1 } else { fields.len() - 1 };
        self.field = fields[(at + by) % fields.len()];
    }

    /// Takes a letter that names a choice: 0, 1, 2 for QoS, y or n for retain. Whether it did.
    pub fn choose(&mut self, letter: char) -> bool {
        match (self.field, letter) {
            (Field::Qos, '0') => self.qos = Qos::AtMostOnce,
            (Field::Qos, '1') => self.qos = Qos::AtLeastOnce,
            (Field::Qos, '2') => self.qos = Qos::ExactlyOnce,
            (Field::Retain, 'y') => self.retain = true,
            (Field::Retain, 'n') => self.retain = false,
            (Field::Topic | Field::Payload | Field::Qos | Field::Retain | Field::Format, _) => return false,
        }
        true
    }

    /// Steps the choice under the cursor forth or back; a text field has none.
    pub fn step_choice(&mut self, forth: bool) {
        match self.field {
            Field::Topic | Field::Payload => {}
            Field::Retain => self.retain = !self.retain,
            Field::Format => self.set_format(self.format.step(forth)),
            Field::Qos => {
                let step = if forth { 1 } else { Qos::ALL.len() - 1 };
                let next = (usize::from(self.qos.bits()) + step) % Qos::ALL.len();
                self.qos = Qos::ALL[next];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_no_topic_to_publish_to() {
        let mut form = Form::default();
        form.begin(DeviceId(0), "a/b", true);
        form.payload.set("1");
        assert!(form.publication(None).is_ok());
        form.topic.set("a/+");
        assert!(form.publication(None).unwrap_err().contains("wildcard"));
    }
}
