//! Errands to the user's files and their answers: what the model asks of the disk's worker. Owns no file and no deed.
use crate::device::{Node, Rule};
use crate::model::bulk::undo::{Done, Step};
use crate::model::event::DeviceId;
use crate::model::export::steps::{Done as Exported, Failed, Step as ExportStep};
use crate::model::nodes::recovered::Recovered;
use crate::model::opening::{Opening, Origin};
use crate::model::publications::draft::{Draft, Saved as SavedPublication};
use crate::model::publications::saved::Again;
use crate::model::runs::RunId;
use crate::mqtt::{Profile, Publication};
use crate::sift::named::Named;

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
    /// Write the log into a new file: at the path given, else under a name of ours in the state directory.
    SaveLog {
        /// Where, if the user said so.
        path: Option<String>,
        /// The name otherwise.
        name: String,
        /// What to write; safe to be shown by any terminal.
        text: String,
    },
    /// Read a batch file.
    ReadBatch(String),
    /// Read the undo file of a sweep, to publish again what a run cleared.
    ReadUndo(DeviceId, RunId, String),
    /// Take a step of the export of a number.
    Export(u32, ExportStep),
    /// Keep a text that no clipboard takes in a file of ours.
    KeepCopy {
        /// What it is, in words.
        what: String,
        /// The file's name.
        name: String,
        /// The text.
        text: String,
    },
    /// Take a step towards an undo file.
    Undo(Step),
    /// Read a file of the user's, no larger than so many bytes.
    ReadFile {
        /// As typed; `~` is the home directory.
        path: String,
        /// The largest that is read.
        max_bytes: usize,
    },
    /// Read what was sent in earlier runs.
    RecallSent,
    /// Write down what was sent, newest first.
    RememberSent(Vec<Draft>),
    /// Read the publications that are saved for all devices, and in a device's file.
    ListSaved(DeviceId, Option<String>),
    /// Save a publication under its name.
    SavePublication(Box<SavedPublication>, Again),
    /// Take a saved publication away.
    ForgetPublication(Box<SavedPublication>, Again),
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
            Self::SaveLog { path, .. } => Answer::LogSaved(path, Err(words)),
            Self::ReadBatch(path) => Answer::BatchRead(path, Err(vec![words])),
            Self::ReadUndo(id, run, path) => Answer::UndoRead(id, run, path, Err(vec![words])),
            Self::Undo(_) => Answer::Undo(Err(words)),
            Self::Export(number, _) => Answer::Exported(number, Err(Failed::Words(words))),
            Self::KeepCopy { what, .. } => Answer::CopyKept(what, Err(words)),
            Self::ReadFile { path, .. } => Answer::FileRead(path, Err(words)),
            Self::ListSaved(..) => Answer::SavedListed(Vec::new(), vec![words]),
            Self::SavePublication(saved, again) => Answer::PublicationSaved(saved, again, Err(words)),
            Self::ForgetPublication(saved, again) => Answer::PublicationForgotten(saved, again, Err(words)),
            Self::RecallSent => Answer::SentRecalled(Vec::new(), vec![words]),
            Self::Remember { .. } | Self::RememberSent(_) | Self::ForgetRecovered(_) => {
                Answer::Forgotten(words)
            }
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
    /// How its topics are read.
    pub rules: Vec<Rule>,
    /// Its view filters with names.
    pub filters: Vec<Named>,
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
    Recovered(Result<Recovered, String>),
    /// Of `Copy`; the client id that both have, if they have one.
    Copied(String, String, Result<Option<String>, String>),
    /// Of `Delete`: where the old file is kept.
    Deleted(String, Result<String, String>),
    /// Of `SaveLog`: the path asked for, and where it went.
    LogSaved(Option<String>, Result<String, String>),
    /// Of `ReadBatch`: all of its publications, or what is wrong with the file, line by line.
    BatchRead(String, Result<Vec<Publication>, Vec<String>>),
    /// Of `ReadUndo`, likewise.
    UndoRead(DeviceId, RunId, String, Result<Vec<Publication>, Vec<String>>),
    /// Of `Export`.
    Exported(u32, Result<Exported, Failed>),
    /// Of `KeepCopy`: where it is.
    CopyKept(String, Result<String, String>),
    /// Of `Undo`.
    Undo(Result<Done, String>),
    /// Of `ReadFile`: what the file holds.
    FileRead(String, Result<Vec<u8>, String>),
    /// Of `RecallSent`: newest first, and what of it is passed over.
    SentRecalled(Vec<Draft>, Vec<String>),
    /// Of `ListSaved`, and what of it is passed over.
    SavedListed(Vec<SavedPublication>, Vec<String>),
    /// Of `SavePublication`: what had the name before.
    PublicationSaved(Box<SavedPublication>, Again, Result<Option<Draft>, String>),
    /// Of `ForgetPublication`: what was taken away.
    PublicationForgotten(Box<SavedPublication>, Again, Result<Option<Draft>, String>),
    /// Of `Remember`, `RememberSent` and `ForgetRecovered`, when it could not be done.
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
