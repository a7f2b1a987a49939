//! The publish form: its fields and what it would send. Owns the texts; the life of what was sent is `life`'s.
use super::device::Device;
use super::event::DeviceId;
use super::line::Line;
use super::takes;
use crate::mqtt::{Payload, Publication, PublishProperties, Qos, Topic};
use std::collections::VecDeque;

/// Publications remembered for going back to with a key.
const MAX_HISTORY: usize = 100;

/// The fields in the order that Tab walks them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Field {
    /// Where to.
    Topic,
    /// What.
    #[default]
    Payload,
    /// At which quality of service.
    Qos,
    /// Whether the broker shall keep it.
    Retain,
}

impl Field {
    /// In the order that Tab walks them.
    pub const ALL: [Self; 4] = [Self::Topic, Self::Payload, Self::Qos, Self::Retain];

    /// The next one, round and round.
    pub const fn next(self) -> Self {
        match self {
            Self::Topic => Self::Payload,
            Self::Payload => Self::Qos,
            Self::Qos => Self::Retain,
            Self::Retain => Self::Topic,
        }
    }

    /// The one before, round and round.
    pub const fn previous(self) -> Self {
        match self {
            Self::Topic => Self::Retain,
            Self::Payload => Self::Topic,
            Self::Qos => Self::Payload,
            Self::Retain => Self::Qos,
        }
    }
}

/// The form as it stands.
#[derive(Clone, Debug, Default)]
pub struct Form {
    /// The device that it publishes to.
    pub device: DeviceId,
    /// Where to.
    pub topic: Line,
    /// What, as text.
    pub payload: Line,
    /// At which quality of service.
    pub qos: Qos,
    /// Whether the broker shall keep it.
    pub retain: bool,
    /// The field that hears keys.
    pub field: Field,
    history: VecDeque<Publication>,
    /// How far back in the history the form shows; `None`: what is being written.
    back: Option<usize>,
}

impl Form {
    /// Fills the topic in. The cursor goes to the payload when messages come on the topic, else behind the
    /// topic, which likely wants another level. A draft for another topic is one step back in the history.
    pub fn begin(&mut self, device: DeviceId, topic: &str, is_heard: bool) {
        if self.topic.text() != topic {
            if self.back.is_none()
                && !self.payload.text().is_empty()
                && let Ok(draft) = self.publication(None)
            {
                self.remember(&draft);
            }
            self.topic.set(topic);
            self.payload = Line::default();
            self.retain = false;
        }
        self.device = device;
        self.back = None;
        self.field = if is_heard { Field::Payload } else { Field::Topic };
    }

    /// What it would send, held against what this device's broker takes; or why it can't be, in words.
    pub fn publication(&self, device: Option<&Device>) -> Result<Publication, String> {
        let topic = Topic::parse(self.topic.text()).map_err(|error| error.to_string())?;
        let publication = Publication {
            topic,
            payload: Payload::from(self.payload.text().as_bytes()),
            qos: self.qos,
            retain: self.retain,
            properties: PublishProperties::default(),
        };
        device.map_or(Ok(()), |device| takes::check(device, &publication))?;
        Ok(publication)
    }

    /// Remembers what was sent; the same again only moves to the front.
    pub fn remember(&mut self, publication: &Publication) {
        self.back = None;
        self.history.retain(|known| known != publication);
        if self.history.len() == MAX_HISTORY {
            self.history.pop_back();
        }
        self.history.push_front(publication.clone());
    }

    /// Takes a publication over as it was; why it can't, in words.
    pub fn fill(&mut self, device: DeviceId, publication: &Publication) -> Result<(), String> {
        let payload = std::str::from_utf8(&publication.payload.0)
            .map_err(|_binary| "the payload is no UTF-8 text, and the form takes text".to_owned())?;
        self.topic.set(publication.topic.as_str());
        self.payload.set(payload);
        self.qos = publication.qos;
        self.retain = publication.retain;
        self.device = device;
        self.back = None;
        self.field = Field::Payload;
        Ok(())
    }

    /// How many publications a key can go back to.
    pub fn n_sent(&self) -> usize {
        self.history.len()
    }

    /// Shows the publication sent before the one shown. Whether there was one.
    pub fn older(&mut self) -> bool {
        let to = self.back.map_or(0, |back| back + 1);
        self.recall(to)
    }

    /// Shows the publication sent after the one shown. Whether there was one.
    pub fn newer(&mut self) -> bool {
        match self.back {
            None => false,
            Some(0) => {
                self.back = None;
                self.payload = Line::default();
                true
            }
            Some(back) => self.recall(back - 1),
        }
    }

    fn recall(&mut self, back: usize) -> bool {
        let Some(known) = self.history.get(back) else { return false };
        self.topic.set(known.topic.as_str());
        self.payload.set(String::from_utf8_lossy(&known.payload.0));
        self.qos = known.qos;
        self.retain = known.retain;
        self.back = Some(back);
        true
    }

    /// The line that hears keys, when the field is one.
    pub fn line(&mut self) -> Option<&mut Line> {
        match self.field {
            Field::Topic => Some(&mut self.topic),
            Field::Payload => Some(&mut self.payload),
            Field::Qos | Field::Retain => None,
        }
    }

    /// Takes a letter that names a choice: 0, 1, 2 for QoS, y or n for retain. Whether it did.
    pub fn choose(&mut self, letter: char) -> bool {
        match (self.field, letter) {
            (Field::Qos, '0') => self.qos = Qos::AtMostOnce,
            (Field::Qos, '1') => self.qos = Qos::AtLeastOnce,
            (Field::Qos, '2') => self.qos = Qos::ExactlyOnce,
            (Field::Retain, 'y') => self.retain = true,
            (Field::Retain, 'n') => self.retain = false,
            (Field::Topic | Field::Payload | Field::Qos | Field::Retain, _) => return false,
        }
        true
    }

    /// Steps the choice under the cursor forth or back; a text field has none.
    pub fn step_choice(&mut self, forth: bool) {
        match self.field {
            Field::Topic | Field::Payload => {}
            Field::Retain => self.retain = !self.retain,
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

    fn form(topic: &str, payload: &str) -> Form {
        let mut form = Form::default();
        form.begin(DeviceId(0), topic, true);
        form.payload.set(payload);
        form
    }

    #[test]
    fn a_filter_is_no_topic_to_publish_to() {
        let mut form = form("a/b", "1");
        assert!(form.publication(None).is_ok());
        form.topic.set("a/+");
        assert!(form.publication(None).unwrap_err().contains("wildcard"));
    }

    #[test]
    fn what_was_sent_comes_back_by_key_newest_first() {
        let mut form = form("a", "1");
        for payload in ["1", "2", "1"] {
            form.payload.set(payload);
            let publication = form.publication(None).unwrap();
            form.remember(&publication);
        }
        let mut seen = Vec::new();
        while form.older() {
            seen.push(form.payload.text().to_owned());
        }
        assert_eq!(seen, ["1", "2"]);
        assert!(form.newer());
        assert_eq!(form.payload.text(), "1");
    }
}
