//! What was sent from the form, to be filled in again by key. Owns the list and how far back it shows.
use super::{Field, Form, Format, Properties};
use crate::model::event::DeviceId;
use crate::model::publications::draft::Draft;
use crate::mqtt::Publication;
use crate::time::Timestamp;
use std::collections::VecDeque;

/// Publications remembered for going back to with a key.
const MAX_HISTORY: usize = 100;

/// What was sent, newest first.
#[derive(Clone, Debug, Default)]
pub struct History {
    list: VecDeque<Draft>,
    /// How far back the form shows; `None`: what is being written.
    back: Option<usize>,
    /// What is new in it since it was written down.
    pub(super) news: News,
}

/// What is not written down yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum News {
    /// Nothing.
    #[default]
    None,
    /// Something, since a moment ago.
    Some,
    /// Something, to be written down then.
    Due(Timestamp),
}

impl History {
    /// Whether the form shows what is being written.
    pub const fn is_at_draft(&self) -> bool {
        self.back.is_none()
    }

    /// The form shows what is being written from now on.
    pub fn leave(&mut self) {
        self.back = None;
    }
}

impl Form {
    /// Remembers what was sent, as it was written; the same again only moves to the front.
    pub fn remember(&mut self, publication: &Publication) {
        let History { list, back, news } = &mut self.history;
        *back = None;
        if *news == News::None {
            *news = News::Some;
        }
        let draft = Draft { publication: publication.clone(), is_template: !self.as_written };
        list.retain(|known| *known != draft);
        if list.len() == MAX_HISTORY {
            list.pop_back();
        }
        list.push_front(draft);
    }

    /// Takes in what was sent in earlier runs, behind what was sent in this one.
    pub fn recall_earlier(&mut self, earlier: Vec<Draft>) {
        let list = &mut self.history.list;
        for draft in earlier {
            if list.len() < MAX_HISTORY && !list.contains(&draft) {
                list.push_back(draft);
            }
        }
    }

    /// What was sent, newest first.
    pub fn sent(&self) -> impl Iterator<Item = &Draft> {
        self.history.list.iter()
    }

    /// How many publications a key can go back to.
    pub fn n_sent(&self) -> usize {
        self.history.list.len()
    }

    /// Shows the publication sent before the one shown. Whether there was one.
    pub fn older(&mut self) -> bool {
        let to = self.history.back.map_or(0, |back| back + 1);
        self.recall(to)
    }

    /// Shows the publication sent after the one shown. Whether there was one.
    pub fn newer(&mut self) -> bool {
        match self.history.back {
            None => false,
            Some(0) => {
                self.history.back = None;
                self.show_bytes(Format::Text, &[]);
                self.properties = Properties::default();
                true
            }
            Some(back) => self.recall(back - 1),
        }
    }

    fn recall(&mut self, back: usize) -> bool {
        let Some(known) = self.history.list.get(back).cloned() else { return false };
        self.show(&known);
        self.history.back = Some(back);
        true
    }

    /// Takes a publication over as it was, to be edited or sent again.
    pub fn fill(&mut self, device: DeviceId, draft: &Draft) {
        self.show(draft);
        self.device = device;
        self.history.back = None;
        self.field = Field::Payload;
    }

    fn show(&mut self, draft: &Draft) {
        let publication = &draft.publication;
        self.as_written = !draft.is_template && draft.could_have_placeholders();
        self.topic.set(publication.topic.as_str());
        self.show_bytes(self.format, &publication.payload.0);
        self.qos = publication.qos;
        self.retain = publication.retain;
        self.properties = Properties::of(&publication.properties);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sent_comes_back_by_key_newest_first() {
        let mut form = Form::default();
        form.begin(DeviceId(0), "a", true);
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

    #[test]
    fn what_was_sent_as_bytes_comes_back_as_the_same_bytes() {
        let mut form = Form::default();
        form.begin(DeviceId(0), "a", true);
        form.format = Format::Hex;
        form.payload.set("ff 00");
        let sent = form.publication(None).unwrap();
        form.remember(&sent);
        form.begin(DeviceId(0), "b", true);
        assert_eq!((form.format, form.payload.text()), (Format::Text, ""));
        assert!(form.older());
        assert_eq!((form.format, form.payload.text()), (Format::Hex, "ff 00"));
        assert_eq!(form.publication(None).unwrap(), sent);
    }
}
