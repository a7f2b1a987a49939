//! The Devices screen: what is saved, open and found, and the row under the hand. Owns the list; its deeds are
//! `deeds`', the files are read and written by a worker.
use super::Model;
use super::device::Device;
use super::event::{DeviceId, Effect};
use super::nodes;
use super::opening::{self, Opening, Origin};
use super::overlay::PromptKind;
use super::toast::Tone;
use crate::device::Node;
use crate::mqtt::found::Nearby;
use crate::mqtt::{Address, Profile, Transport};
use crate::time::Timestamp;

pub mod deeds;
pub mod edit;
pub mod exam;
pub mod form;
mod naming;

/// Where a broker on this machine listens.
pub const LOCAL_URL: &str = "mqtt://127.0.0.1:1883";

/// Something to do with the user's files, on a worker. Carried out in the order asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Errand {
    /// Look which device files there are and what they say.
    List,
    /// Make the profile of a device file or URL, to open it.
    Open(Origin, Then),
    /// Read a device file to edit it.
    Read(String),
    /// Write a profile under a name.
    Save(Box<Saving>),
    /// Write the kept nodes into a device's file.
    SaveNodes(Box<NodesSaving>),
    /// Look for nodes of a device that were recovered under a name.
    Recover(DeviceId, String),
    /// Offer the nodes recovered under a name no longer; the file stays as `NAME.recovered.toml~`.
    ForgetRecovered(String),
    /// Copy a device file, by their names.
    Copy(String, String),
    /// Take a device file away; it is kept as `NAME.toml~`.
    Delete(String),
    /// Write down what is open, and what was opened when, in seconds since 1970.
    Remember {
        /// Names and URLs.
        open: Vec<String>,
        /// What was opened just now.
        used: Option<(String, i64)>,
    },
}

impl Errand {
    /// The answer of one that was not begun, for the reason in words.
    pub fn refused(self, words: &str) -> Answer {
        let words = words.to_owned();
        match self {
            Self::List => Answer::Listed(Err(words)),
            Self::Open(origin, then) => Answer::Opened(origin, then, Err(words)),
            Self::Read(name) => Answer::Read(name, Err(words)),
            Self::Save(saving) => Answer::Saved(saving, Err(SaveError::NotWritten(words))),
            Self::SaveNodes(saving) => Answer::NodesSaved(saving, Err(words)),
            Self::Recover(..) => Answer::Recovered(Err(words)),
            Self::Copy(from, to) => Answer::Copied(from, to, Err(words)),
            Self::Delete(name) => Answer::Deleted(name, Err(words)),
            Self::Remember { .. } | Self::ForgetRecovered(_) => Answer::Forgotten(words),
        }
    }
}

/// What becomes of a device that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// It is opened, and the explorer shows it.
    Go,
    /// It is opened, and the list stays.
    Stay,
    /// It is examined, and not opened.
    Examine,
}

/// Kept nodes to write.
#[derive(Clone, Debug, PartialEq)]
pub struct NodesSaving {
    /// The device.
    pub id: DeviceId,
    /// Its file's name.
    pub name: String,
    /// All of its nodes.
    pub nodes: Vec<Node>,
    /// Which state of them this is.
    pub revision: u64,
}

/// A profile to write.
#[derive(Clone, Debug, PartialEq)]
pub struct Saving {
    /// The file's name.
    pub name: String,
    /// Its name until now; `None`: it is a new one.
    pub was: Option<String>,
    /// What to write.
    pub profile: Profile,
    /// Whether the user chose to have the password written in plain text.
    pub plain: bool,
    /// The device that is open with it and has no file yet; its nodes are written with it.
    pub of: Option<NodesSaving>,
}

/// What came of an errand; errors in words.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// Of `List`.
    Listed(Result<Listing, String>),
    /// Of `Open`.
    Opened(Origin, Then, Result<Box<Opening>, String>),
    /// Of `Read`.
    Read(String, Result<Box<Profile>, String>),
    /// Of `Save`: how the device is opened now.
    Saved(Box<Saving>, Result<Box<Opening>, SaveError>),
    /// Of `SaveNodes`: whether something was written, for nothing is when nothing changed.
    NodesSaved(Box<NodesSaving>, Result<(), String>),
    /// Of `Recover`, when there is something.
    Recovered(Result<nodes::recovered::Recovered, String>),
    /// Of `Copy`; the client id that both have, if they have one.
    Copied(String, String, Result<Option<String>, String>),
    /// Of `Delete`: where the old file is kept.
    Deleted(String, Result<String, String>),
    /// Of `Remember` and `ForgetRecovered`, when it could not be done.
    Forgotten(String),
}

/// Why a profile is not open as it was saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SaveError {
    /// It was not written.
    NotWritten(String),
    /// It was written, and can't be opened as it stands.
    NotOpened(String),
}

/// What the directory of device files holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// In the order of their names.
    pub saved: Vec<Saved>,
    /// Files whose names no device can have.
    pub unusable: Vec<String>,
    /// Files beyond what is listed.
    pub n_more: usize,
}

/// A device file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// Its name.
    pub name: String,
    /// Its settings, or what is wrong with it.
    pub profile: Result<Box<Profile>, String>,
    /// When it was opened last, in seconds since 1970, where that is known.
    pub used_unix_s: Option<i64>,
    /// What in it is passed over.
    pub warnings: Vec<String>,
}

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
                naming::saved(model, now, &saving, saved, effects);
            }
            effects.push(Effect::Disk(Box::new(Errand::List)));
        }
        Answer::NodesSaved(saving, saved) => {
            model.quits_when_saved &= saved.is_ok();
            nodes::saved(model, now, &saving, saved);
            nodes::leaving::go_on(model, now, effects);
        }
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
                Err(words) => naming::ask_again(model, now, PromptKind::CopyDevice, &to, words),
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
        Answer::Forgotten(words) => model.say(now, Tone::Warn, words),
    }
}
