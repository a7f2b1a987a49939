//! The Devices screen: what is saved, open and found, and the row under the hand. Owns the list; its deeds are
//! `deeds`', the files are read and written by a worker.
use super::device::Device;
use super::event::{DeviceId, Effect};
use super::nodes;
use super::opening::{self, Opening, Origin};
use super::overlay::{Overlay, PromptKind};
use super::publications::saved as named;
use super::toast::Tone;
use super::{Model, bulk};
use crate::decode::figures;
use crate::mqtt::found::Nearby;
use crate::mqtt::{Address, Transport};
use crate::time::Timestamp;

pub mod deeds;
pub mod edit;
mod errand;
pub mod exam;
pub mod form;

pub use errand::{Answer, Errand, Listing, NodesSaving, SaveError, Saved, Saving, Then};

/// Where a broker on this machine listens.
pub const LOCAL_URL: &str = "mqtt://127.0.0.1:1883";

/// A row of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// A device file.
    Saved(String),
    /// A device that is open without a file.
    Open(DeviceId),
    /// The broker that may run on this machine.
    Local,
    /// A broker found on the network, by its full name.
    Found(String),
}

/// What the Devices screen shows.
#[derive(Clone, Debug, Default)]
pub struct Devices {
    /// What the device files say; `None` until they were read.
    pub list: Option<Result<Listing, String>>,
    /// What the network tells of brokers.
    pub nearby: Nearby,
    /// Only rows that hold this are seen.
    pub narrow: String,
    /// What is being read to be opened.
    pub opening: Vec<Origin>,
    /// The form, while it is open.
    pub editing: Option<edit::Editing>,
    cursor: Option<Row>,
    at: usize,
}

impl Devices {
    /// The device files, as far as they were read.
    pub fn saved(&self) -> &[Saved] {
        match &self.list {
            Some(Ok(listing)) => &listing.saved,
            Some(Err(_)) | None => &[],
        }
    }

    /// The device file of a name.
    pub fn of_name(&self, name: &str) -> Option<&Saved> {
        self.saved().iter().find(|saved| saved.name == name)
    }
}

impl Model {
    /// The rows of the Devices screen, narrowed to what was asked for.
    pub fn shelf_rows(&self) -> Vec<Row> {
        let mut rows: Vec<Row> =
            self.shelf.saved().iter().map(|saved| Row::Saved(saved.name.clone())).collect();
        let has_row =
            |device: &&Device| device.origin.file().is_none_or(|name| self.shelf.of_name(name).is_none());
        rows.extend(self.devices.iter().filter(has_row).map(|device| Row::Open(device.id)));
        if self.shelf.list.is_some() && !self.knows_local() {
            rows.push(Row::Local);
        }
        rows.extend(self.shelf.nearby.all().map(|found| Row::Found(found.full_name.clone())));
        let needle = self.shelf.narrow.to_lowercase();
        if !needle.is_empty() {
            rows.retain(|row| {
                let address = self.row_address(row).unwrap_or_default();
                [self.row_name(row), address].iter().any(|text| text.to_lowercase().contains(&needle))
            });
        }
        rows
    }

    /// Whether the broker of this machine has a row of its own already.
    fn knows_local(&self) -> bool {
        let is_local = |address: &Address| {
            address.transport == Transport::Tcp
                && address.port == 1883
                && matches!(address.host.as_str(), "127.0.0.1" | "localhost")
        };
        let saved = self.shelf.saved().iter().filter_map(|saved| saved.profile.as_ref().ok());
        let open = self.devices.iter().map(|device| &device.profile);
        open.chain(saved.map(|profile| &**profile)).any(|profile| is_local(&profile.address))
    }

    /// The place of the row under the hand.
    pub fn shelf_place(&self, rows: &[Row]) -> usize {
        let known = self.shelf.cursor.as_ref().and_then(|cursor| rows.iter().position(|row| row == cursor));
        known.unwrap_or(self.shelf.at).min(rows.len().saturating_sub(1))
    }

    /// The row under the hand.
    pub fn shelf_row(&self) -> Option<Row> {
        let mut rows = self.shelf_rows();
        let place = self.shelf_place(&rows);
        (place < rows.len()).then(|| rows.swap_remove(place))
    }

    /// The device that is open of a row.
    pub fn row_device(&self, row: &Row) -> Option<&Device> {
        match row {
            Row::Open(id) => self.device(*id),
            Row::Saved(_) | Row::Local | Row::Found(_) => {
                opening::opened_from(self, &self.row_origin(row)?).and_then(|id| self.device(id))
            }
        }
    }

    /// What opens a row.
    pub fn row_origin(&self, row: &Row) -> Option<Origin> {
        match row {
            Row::Saved(name) => Some(Origin::File(name.clone())),
            Row::Open(id) => self.device(*id).map(|device| device.origin.clone()),
            Row::Local => Some(Origin::Url(LOCAL_URL.into())),
            Row::Found(full_name) => {
                let found = self.shelf.nearby.all().find(|found| found.full_name == *full_name)?;
                Some(Origin::Url(found.url()))
            }
        }
    }

    /// How a row is called; not yet escaped.
    pub fn row_name(&self, row: &Row) -> String {
        match row {
            Row::Saved(name) => name.clone(),
            Row::Open(id) => self.device(*id).map(|device| device.profile.name.clone()).unwrap_or_default(),
            Row::Local => "this machine".into(),
            Row::Found(full_name) => {
                let found = self.shelf.nearby.all().find(|found| found.full_name == *full_name);
                found.map(|found| found.name.clone()).unwrap_or_default()
            }
        }
    }

    /// The address of a row, where one is known; not yet escaped.
    pub fn row_address(&self, row: &Row) -> Option<String> {
        match row {
            Row::Saved(name) => {
                let profile = self.shelf.of_name(name)?.profile.as_ref().ok()?;
                Some(profile.address.to_string())
            }
            Row::Open(id) => Some(self.device(*id)?.profile.address.to_string()),
            Row::Local => Some("127.0.0.1:1883".into()),
            Row::Found(full_name) => {
                let found = self.shelf.nearby.all().find(|found| found.full_name == *full_name)?;
                Some(found.address().to_string())
            }
        }
    }

    /// Puts the hand on a row.
    fn put_hand_on(&mut self, rows: &[Row], place: usize) {
        let place = place.min(rows.len().saturating_sub(1));
        (self.shelf.at, self.shelf.cursor) = (place, rows.get(place).cloned());
    }
}

/// An errand is done.
pub fn answered(model: &mut Model, now: Timestamp, answer: Answer, effects: &mut Vec<Effect>) {
    match answer {
        Answer::Listed(listed) => model.shelf.list = Some(listed),
        Answer::Opened(origin, then, opened) => {
            model.shelf.opening.retain(|known| *known != origin);
            match opened {
                Ok(opening) if then == Then::Examine => {
                    for warning in &opening.warnings {
                        model.warn(now, warning.as_str());
                    }
                    exam::begin(model, opening.profile, effects);
                }
                Ok(opening) => {
                    let id = opening::open(model, now, *opening, effects);
                    if let (Some(id), Then::Go) = (id, then) {
                        deeds::go_to(model, id);
                    }
                }
                Err(words) => model.say(now, Tone::Error, words),
            }
        }
        Answer::Read(name, read) => edit::read(model, now, &name, read),
        Answer::Saved(saving, saved) => {
            if model.shelf.editing.as_ref().is_some_and(|editing| editing.is_saving) {
                edit::saved(model, now, &saving, saved, effects);
            } else {
                self::saved(model, now, &saving, saved, effects);
            }
            effects.push(Effect::Disk(Box::new(Errand::List)));
        }
        Answer::NodesSaved(saving, saved) => {
            model.quits_when_saved &= saved.is_ok();
            nodes::saved(model, now, &saving, saved);
            nodes::leaving::go_on(model, now, effects);
        }
        Answer::SavedListed(list, warnings) => named::listed(model, now, list, warnings),
        Answer::PublicationSaved(saved, again, was) => {
            named::done(model, now, (*saved, again, true), was, effects);
        }
        Answer::PublicationForgotten(saved, again, was) => {
            named::done(model, now, (*saved, again, false), was, effects);
        }
        Answer::SentRecalled(sent, warnings) => super::form::kept::recalled(model, now, sent, warnings),
        Answer::Recovered(found) => nodes::recovered::found(model, now, found, effects),
        Answer::Copied(from, to, copied) => {
            match copied {
                Ok(shared) => {
                    model.shelf.cursor = Some(Row::Saved(to.clone()));
                    let words = match shared {
                        None => format!("{to} is a copy of {from}"),
                        Some(id) => format!(
                            "{to} is a copy of {from}, with its client id {id:?}; give it another before both are open"
                        ),
                    };
                    model.say(now, Tone::Info, words);
                }
                Err(words) => ask_name_again(model, now, PromptKind::CopyDevice, &to, words),
            }
            effects.push(Effect::Disk(Box::new(Errand::List)));
        }
        Answer::Deleted(name, deleted) => {
            match deleted {
                Ok(backup) => {
                    if let Some(id) = opening::opened_from(model, &Origin::File(name.clone())) {
                        opening::close(model, id, effects);
                    }
                    model.say(now, Tone::Info, format!("{name} is deleted; the file is kept as {backup}"));
                }
                Err(words) => model.say(now, Tone::Error, words),
            }
            effects.push(Effect::Disk(Box::new(Errand::List)));
        }
        Answer::LogSaved(_, Ok(path)) => model.say(now, Tone::Info, format!("the log is in {path}")),
        Answer::LogSaved(path, Err(words)) => {
            ask_name_again(model, now, PromptKind::SaveLog, path.as_deref().unwrap_or_default(), words);
        }
        Answer::BatchRead(path, read) => bulk::batch::read(model, now, &path, read),
        Answer::UndoRead(id, run, path, read) => {
            bulk::undo::republish(model, now, (id, run), &path, read, effects);
        }
        Answer::Undo(done) => bulk::sweep::answered(model, now, done, effects),
        Answer::Exported(number, done) => super::export::answered(model, now, number, done, effects),
        Answer::CopyKept(what, kept) => super::apply::copy_kept(model, now, &what, kept),
        Answer::FileRead(path, read) => super::form::deeds::file_read(model, now, &path, read),
        Answer::Forgotten(words) => model.say(now, Tone::Warn, words),
    }
}

/// A device that is open got a file, or did not.
fn saved(
    model: &mut Model,
    now: Timestamp,
    saving: &Saving,
    saved: Result<Box<Opening>, SaveError>,
    effects: &mut Vec<Effect>,
) {
    let Saving { name, of, profile, .. } = saving;
    match (saved, of) {
        (Err(SaveError::NotWritten(words)), _) => {
            ask_name_again(model, now, PromptKind::SaveDevice, name, words);
        }
        (Ok(_) | Err(SaveError::NotOpened(_)), Some(of)) => {
            model.shelf.cursor = Some(Row::Saved(name.clone()));
            opening::name(model, now, of.id, name, effects);
            nodes::note_saved(model, of);
            let nodes = match of.nodes.len() {
                0 => String::new(),
                n => format!(" with {}", figures::counted(n as u64, "node")),
            };
            let but = if profile.password.is_some() {
                ", without the password; e tells where it comes from"
            } else {
                ""
            };
            model.say(now, Tone::Info, format!("saved as {name}{nodes}{but}"));
            nodes::leaving::go_on(model, now, effects);
        }
        (Ok(_) | Err(SaveError::NotOpened(_)), None) => {}
    }
}

/// A name was refused: what was typed stands there again, with the reason.
fn ask_name_again(model: &mut Model, now: Timestamp, kind: PromptKind, typed: &str, words: String) {
    if model.overlay != Overlay::None {
        return model.say(now, Tone::Error, words);
    }
    super::keys::prompt(model, kind, typed);
    if let Overlay::Prompt(prompt) = &mut model.overlay {
        prompt.error = Some(words);
    }
}
