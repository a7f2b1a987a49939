//! The publish form: its fields and what it would send. Owns the texts; the life of what was sent is `life`'s.
use super::device::Device;
use super::event::DeviceId;
use super::line::{Edited, Line};
use super::takes;
use super::text::Text;
use crate::keymap::Chord;
use crate::mqtt::{Payload, Publication, Qos, Topic};

pub mod deeds;
mod field;
mod format;
mod history;
pub mod kept;
pub mod keys;
pub mod plan;
mod properties;
mod written;

pub use field::Field;
pub use format::Format;
use history::History;
pub use properties::Properties;

/// The longest text that is read anew whenever it is asked for; longer ones are read once.
const READ_ANEW_BYTES: usize = 4_096;

/// What becomes of a publication while there is no connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Offline {
    /// It waits; after ten seconds it asks before it goes.
    #[default]
    Hold,
    /// It is refused.
    Refuse,
}

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
    /// What it says about itself on MQTT 5.
    pub properties: Properties,
    /// Whether placeholders go as they are written.
    pub as_written: bool,
    /// What becomes of it while there is no connection.
    pub offline: Offline,
    /// Whether what is rarely needed is seen.
    pub unfolded: bool,
    /// The field that hears keys.
    pub field: Field,
    /// The first line of the payload that is seen.
    pub first_line: usize,
    /// The bytes of a long text, that no frame needs to make them anew.
    read: Option<Read>,
    history: History,
}

/// A text and the bytes that it stands for.
#[derive(Clone, Debug)]
struct Read {
    format: Format,
    text: String,
    bytes: Result<Payload, String>,
}

impl Form {
    /// Fills the topic in. The cursor goes to the payload when messages come on the topic, else behind the
    /// topic, which likely wants another level. A draft for another topic is one step back in the history.
    pub fn begin(&mut self, device: DeviceId, topic: &str, is_heard: bool) {
        if self.topic.text() != topic {
            if self.history.is_at_draft()
                && !self.payload.text().is_empty()
                && let Ok(draft) = self.draft()
            {
                self.remember(&draft.publication);
            }
            self.topic.set(topic);
            self.payload = Text::default();
            self.format = Format::Text;
            self.retain = false;
            // What is folded away must not go to another topic unseen.
            self.properties = Properties::default();
            self.as_written = false;
        }
        self.device = device;
        self.history.leave();
        self.field = if is_heard { Field::Payload } else { Field::Topic };
    }

    /// What it would send, held against what this device's broker takes; or why it can't be, in words.
    pub fn publication(&self, device: Option<&Device>) -> Result<Publication, String> {
        let publication = self.composed()?;
        device.map_or(Ok(()), |device| takes::check(device, &publication))?;
        Ok(publication)
    }

    /// What its fields come to, whatever the broker takes.
    pub fn composed(&self) -> Result<Publication, String> {
        if self.has_placeholders() {
            return self.example();
        }
        let topic = Topic::parse(self.topic.text()).map_err(|error| error.to_string())?;
        if topic.levels().next() == Some("$SYS") {
            return Err("$SYS is the broker's own: it tells of itself there (MQTT 5.0 section 4.7.2)".into());
        }
        let payload = self.bytes().map_err(|words| format!("not {}: {words}", self.format.name()))?;
        let properties = self.properties.read(&payload.0);
        let properties = properties.map_err(|(field, words)| format!("{}: {words}", field.label()))?;
        Ok(Publication { topic, payload, qos: self.qos, retain: self.retain, properties })
    }

    /// The bytes that the payload's text stands for.
    fn bytes(&self) -> Result<Payload, String> {
        let text = self.payload.text();
        match &self.read {
            Some(read) if read.format == self.format && read.text == text => read.bytes.clone(),
            Some(_) | None => self.format.bytes(text).map(Payload::from),
        }
    }

    /// Reads a long text, so that no frame needs to.
    pub fn settle(&mut self) {
        let text = self.payload.text();
        let is_known = |read: &Read| read.format == self.format && read.text == text;
        if text.len() <= READ_ANEW_BYTES {
            self.read = None;
        } else if !self.read.as_ref().is_some_and(is_known) {
            let bytes = self.format.bytes(text).map(Payload::from);
            self.read = Some(Read { format: self.format, text: text.to_owned(), bytes });
        }
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
        if self.field == Field::Topic {
            return self.topic.edit(chord);
        }
        if self.field == Field::Payload {
            return self.payload.edit(chord);
        }
        let edited = self.properties.line_mut(self.field).map(|line| line.edit(chord));
        self.field = self.properties.settle(self.field);
        edited.unwrap_or(Edited::Ignored)
    }

    /// Puts text in at the field's cursor; how many bytes found no room, or `None` where nothing is typed.
    pub fn insert(&mut self, text: &str) -> Option<usize> {
        if self.field == Field::Topic {
            return Some(self.topic.insert(text));
        }
        if self.field == Field::Payload {
            return Some(self.payload.insert(text));
        }
        let n_left_out = self.properties.line_mut(self.field)?.insert(text);
        self.field = self.properties.settle(self.field);
        Some(n_left_out)
    }

    /// The fields that Tab walks, in this order.
    pub fn fields(&self) -> Vec<Field> {
        let mut fields = field::FOLDED.to_vec();
        if self.unfolded {
            fields.extend(field::PROPERTIES);
            fields.extend((0..self.properties.user.len()).map(Field::User));
            fields.push(Field::Offline);
        }
        fields
    }

    /// Goes to the next field, or to the one before, round and round.
    pub fn step_field(&mut self, forth: bool) {
        self.field = self.properties.settle(self.field);
        let fields = self.fields();
        let at = fields.iter().position(|field| *field == self.field).unwrap_or_default();
        let by = if forth { 1 } else { fields.len() - 1 };
        self.field = fields.get((at + by) % fields.len()).copied().unwrap_or_default();
        // Leaving an empty line in the middle takes it away.
        self.field = self.properties.settle(self.field);
    }

    /// Shows what is folded away, or folds it again.
    pub fn toggle_fold(&mut self) {
        self.unfolded = !self.unfolded;
        if !self.fields().contains(&self.field) {
            self.field = Field::Payload;
        }
    }

    /// Takes a letter that names a choice: 0, 1, 2 for `QoS`, y or n where that answers it. Whether it did.
    pub fn choose(&mut self, letter: char) -> bool {
        match (self.field, letter) {
            (Field::Qos, '0') => self.qos = Qos::AtMostOnce,
            (Field::Qos, '1') => self.qos = Qos::AtLeastOnce,
            (Field::Qos, '2') => self.qos = Qos::ExactlyOnce,
            (Field::Retain, 'y') => self.retain = true,
            (Field::Retain, 'n') => self.retain = false,
            (Field::Utf8, 'y') => self.properties.utf8 = Some(true),
            (Field::Utf8, 'n') => self.properties.utf8 = Some(false),
            (Field::Offline, 'h') => self.offline = Offline::Hold,
            (Field::Offline, 'r') => self.offline = Offline::Refuse,
            (_, _) => return false,
        }
        true
    }

    /// Steps the choice under the cursor forth or back; a text field has none.
    pub fn step_choice(&mut self, forth: bool) {
        match self.field {
            Field::Topic
            | Field::Payload
            | Field::ContentType
            | Field::Expiry
            | Field::ResponseTopic
            | Field::Correlation
            | Field::User(_) => {}
            Field::Retain => self.retain = !self.retain,
            Field::Format => self.set_format(self.format.step(forth)),
            Field::Offline => {
                self.offline = match self.offline {
                    Offline::Hold => Offline::Refuse,
                    Offline::Refuse => Offline::Hold,
                };
            }
            Field::Utf8 => {
                self.properties.utf8 = match (self.properties.utf8, forth) {
                    (None, true) | (Some(false), false) => Some(true),
                    (Some(true), true) | (None, false) => Some(false),
                    (Some(false), true) | (Some(true), false) => None,
                };
            }
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

    #[test]
    fn the_broker_s_own_topics_are_not_published_to() {
        let mut form = Form::default();
        for (topic, is_refused) in [
            ("$SYS/broker/log", true),
            ("$SYS", true),
            ("$SYSTEM/a", false),
            ("a/$SYS", false),
            ("$aws/x", false),
        ] {
            form.topic.set(topic);
            let words = form.publication(None).err().unwrap_or_default();
            assert_eq!(words.contains("4.7.2"), is_refused, "{topic}: {words}");
        }
    }

    #[test]
    fn a_long_text_is_read_once_and_never_for_another() {
        let mut form = Form { format: Format::Json, ..Form::default() };
        form.topic.set("a");
        form.payload.set(format!("[{}1]", "1,".repeat(READ_ANEW_BYTES)));
        form.settle();
        assert!(form.read.is_some() && form.publication(None).is_ok());
        form.payload.insert("x");
        assert!(form.publication(None).is_err());
        form.settle();
        assert!(form.publication(None).is_err());
        form.format = Format::Text;
        assert!(form.publication(None).is_ok());
        form.payload.set("1");
        form.settle();
        assert!(form.read.is_none());
    }
}
