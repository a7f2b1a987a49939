//! Device files, `devices/NAME.toml`. Owns their directory, names, reading and saving; opens no connection.
mod blocks;
mod decoder;
pub mod diff;
pub(super) mod disk;
mod file;
mod filter;
mod json;
mod list;
mod node;
mod nodes;
mod preset;
pub(super) mod publication;
mod raw;
mod read;
mod recovered;
mod secret;
mod table;
mod tables;
mod typed;
mod will;
mod write;

pub use crate::mqtt::entry::is_device_name;
pub use crate::mqtt::url::{proxy_shown, url_of};
pub use disk::is_path;
pub(super) use disk::read_text;
pub use file::parse;
pub(super) use json::{node_of_json, nodes_json, settings_that_differ};
pub use list::List;
pub use preset::unknown_words as unknown_preset;
pub(super) use read::default_subscriptions;
pub(super) use table::path_from;

use crate::device::{Node, Rule};
use crate::mqtt::entry::MAX_NAME_CHARS;
use crate::mqtt::profile::PasswordSource;
use crate::mqtt::{Profile, Secret};
use crate::sift::named::Named;
use crate::warning::{Warning, did_you_mean, nearest};
use disk::{backup_of, io_error, read_file, replace, save_into};
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Every key with its default, as comments; a test holds it true.
pub const DEFAULT: &str = include_str!("device/device.toml");

/// A device file with a million kept nodes is smaller.
const MAX_FILE_BYTES: u64 = 256 << 20;

/// The directory of the device files.
#[derive(Clone, Debug)]
pub struct Devices {
    directory: Option<PathBuf>,
}

/// A device file as read.
#[derive(Clone, Debug)]
pub struct DeviceFile {
    /// The file's stem.
    pub name: String,
    /// Where it lies.
    pub path: PathBuf,
    /// What it says. The client id is empty where the file gives none.
    pub profile: Profile,
    /// The nodes it keeps, in its order, no two of them with the same key.
    pub nodes: Vec<Node>,
    /// How it has topics read; the schemas are not compiled yet.
    pub rules: Vec<Rule>,
    /// Its view filters with names.
    pub filters: Vec<Named>,
    /// What in it was passed over.
    pub warnings: Vec<Warning>,
    text: String,
}

/// What a device file says beside its profile.
#[derive(Clone, Copy, Debug, Default)]
pub struct Content<'a> {
    /// The nodes it keeps.
    pub nodes: &'a [Node],
    /// How it has topics read.
    pub rules: &'a [Rule],
    /// Its view filters with names.
    pub filters: &'a [Named],
}

impl DeviceFile {
    /// What it says beside its profile.
    pub fn content(&self) -> Content<'_> {
        Content { nodes: &self.nodes, rules: &self.rules, filters: &self.filters }
    }
}

/// Something in a device file that must be put right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Counted from 1.
    pub line: usize,
    /// In characters, counted from 1.
    pub column: usize,
    /// What is wrong and what helps.
    pub text: String,
}

/// Whether plain-text passwords and header values may be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlainPassword {
    /// Never by itself.
    LeaveOut,
    /// The user said so.
    Save,
}

/// Whether a file that is there may be replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// It is told instead.
    Refuse,
    /// It becomes the backup.
    Replace,
}

/// Why a device file can't be used.
#[derive(Debug, thiserror::Error)]
pub enum DeviceError {
    /// Not a file's stem.
    #[error(
        "{0:?} can't be a device's name; use letters, digits, - and _, and dots but in front, {MAX_NAME_CHARS} at most"
    )]
    Name(String),
    /// No such file.
    #[error("there is no device {name:?}{hint}; \"mqttscope device list\" shows them")]
    Missing {
        /// What was asked for.
        name: String,
        /// `; did you mean …?`, or nothing.
        hint: String,
    },
    /// It is there already.
    #[error("the device {0:?} exists already; --force replaces it and keeps the old file as {0}.toml~")]
    Exists(String),
    /// Its text is wrong.
    #[error("{}", shown(file, faults))]
    Broken {
        /// Which.
        file: String,
        /// At least one.
        faults: Vec<Fault>,
    },
    /// The system refused.
    #[error("{path} can't be {what}: {error}")]
    Io {
        /// Which.
        path: String,
        /// `read`, say.
        what: &'static str,
        /// Why.
        error: io::Error,
    },
    /// There is neither a home nor `XDG_CONFIG_HOME`.
    #[error("there is no directory for device files; set HOME or XDG_CONFIG_HOME")]
    Nowhere,
    /// The change can't be made without spoiling the file.
    #[error("{0} is written in a way that can't be changed by program; change it by hand")]
    Unchangeable(String),
}

fn shown(file: &str, faults: &[Fault]) -> String {
    let lines: Vec<String> = faults.iter().map(|fault| format!("{file}:{fault}")).collect();
    lines.join("\n")
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.text)
    }
}

/// Whether a word can be a device's name: a file's stem that leads nowhere else, and is no recovery's.
pub fn is_name(word: &str) -> bool {
    is_device_name(word) && !recovered::is_recovered(word)
}

/// What a profile holds in plain text that nobody else should read; it came from the file, if from one.
pub fn plain_secret(profile: &Profile) -> Option<String> {
    let of_proxy = |(_, password): &(String, Secret)| !password.expose().is_empty();
    if profile.password.is_some() && profile.password_source == PasswordSource::Given {
        return Some("the password".into());
    }
    if let Some((name, _)) = profile.ws_headers.first() {
        return Some(format!("the value of the header {name:?}"));
    }
    let credentials = profile.proxy.as_ref().and_then(|proxy| proxy.credentials.as_ref());
    credentials.is_some_and(of_proxy).then(|| "the proxy's password".into())
}

impl Devices {
    /// The user's, `$XDG_CONFIG_HOME/mqttscope/devices`.
    pub fn of_user() -> Self {
        Self { directory: super::directory().map(|directory| directory.join("devices")) }
    }

    /// Those of a directory; `None`: there are none and can be none.
    pub fn at(directory: Option<PathBuf>) -> Self {
        Self { directory }
    }

    /// Where the files lie, whether any is there or not.
    pub fn directory(&self) -> Result<&Path, DeviceError> {
        self.directory.as_deref().ok_or(DeviceError::Nowhere)
    }

    /// The file of a name, whether it is there or not.
    pub fn path(&self, name: &str) -> Result<PathBuf, DeviceError> {
        if !is_name(name) {
            return Err(DeviceError::Name(name.to_owned()));
        }
        Ok(self.directory()?.join(format!("{name}.toml")))
    }

    /// Whether a file has this name.
    pub fn has(&self, name: &str) -> bool {
        self.path(name).is_ok_and(|path| path.is_file())
    }

    /// All names, in order.
    pub fn names(&self) -> Result<Vec<String>, DeviceError> {
        Ok(self.stems()?.into_iter().filter(|stem| is_name(stem)).collect())
    }

    /// The stems of files that nobody can open by name, in order.
    pub fn misnamed(&self) -> Result<Vec<String>, DeviceError> {
        let is_misnamed = |stem: &String| !is_name(stem) && !recovered::is_recovered(stem);
        Ok(self.stems()?.into_iter().filter(is_misnamed).collect())
    }

    fn stems(&self) -> Result<Vec<String>, DeviceError> {
        let directory = self.directory()?;
        let failed = |error| io_error(directory, "read", error);
        let entries = match fs::read_dir(directory) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(failed(error)),
        };
        let mut names = Vec::new();
        for entry in entries {
            let name = entry.map_err(failed)?.file_name().to_string_lossy().into_owned();
            names.extend(name.strip_suffix(".toml").map(str::to_owned));
        }
        names.sort_unstable();
        Ok(names)
    }

    /// The name of a device that a word may have meant.
    pub fn nearest(&self, word: &str) -> Option<String> {
        let names = self.names().ok()?;
        nearest(word, names.iter().map(String::as_str)).map(str::to_owned)
    }

    /// Reads a device's file.
    pub fn read(&self, name: &str) -> Result<DeviceFile, DeviceError> {
        let path = self.path(name)?;
        match read_file(name, &path) {
            Err(DeviceError::Io { error, .. }) if error.kind() == io::ErrorKind::NotFound => {
                let names = self.names().unwrap_or_default();
                let hint = did_you_mean(name, names.iter().map(String::as_str));
                Err(DeviceError::Missing { name: name.to_owned(), hint })
            }
            read => read,
        }
    }

    /// Whether a word is a device's name or the path of its file.
    pub fn knows(&self, word: &str) -> bool {
        self.has(word) || is_path(word)
    }

    /// Reads the file of a device's name, or the file at a path.
    pub fn open(&self, word: &str) -> Result<DeviceFile, DeviceError> {
        if self.has(word) || !is_path(word) {
            return self.read(word);
        }
        let path = Path::new(word);
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let whole = std::path::absolute(path).unwrap_or_else(|_no_directory| path.to_owned());
        read_file(&name, &whole)
    }

    /// Saves a profile under a name: into the file that is there, changing what changed, or as a new one.
    /// Nothing is written when nothing changed; the older version is kept as `NAME.toml~`.
    pub fn save(&self, name: &str, profile: &Profile, plain: PlainPassword) -> Result<PathBuf, DeviceError> {
        match self.read(name) {
            Ok(old) => save_into(&old, profile, old.content(), plain),
            Err(DeviceError::Missing { .. }) => self.create(name, profile, plain, Existing::Refuse),
            Err(error) => Err(error),
        }
    }

    /// Saves profile and nodes, likewise. A file that is broken is told and stays as it is.
    pub fn save_nodes(
        &self,
        name: &str,
        profile: &Profile,
        nodes: &[Node],
        plain: PlainPassword,
    ) -> Result<PathBuf, DeviceError> {
        match self.read(name) {
            Ok(old) => save_into(&old, profile, Content { nodes, ..old.content() }, plain),
            Err(DeviceError::Missing { .. }) => {
                let content = Content { nodes, ..Content::default() };
                self.create_with(name, profile, content, plain, Existing::Refuse)
            }
            Err(error) => Err(error),
        }
    }

    /// Saves what the file of a device's name, or the file at a path, says beside its profile.
    pub fn keep(&self, word: &str, content: Content<'_>) -> Result<PathBuf, DeviceError> {
        let old = self.open(word)?;
        save_into(&old, &old.profile, content, PlainPassword::Save)
    }

    /// Writes a profile as a new file. A file that is there, even a broken one, is refused or becomes the backup.
    pub fn create(
        &self,
        name: &str,
        profile: &Profile,
        plain: PlainPassword,
        existing: Existing,
    ) -> Result<PathBuf, DeviceError> {
        self.create_with(name, profile, Content::default(), plain, existing)
    }

    /// Writes a profile and all else that a file says as a new one, likewise.
    pub fn create_with(
        &self,
        name: &str,
        profile: &Profile,
        content: Content<'_>,
        plain: PlainPassword,
        existing: Existing,
    ) -> Result<PathBuf, DeviceError> {
        let path = self.path(name)?;
        let old = match (path.exists(), existing) {
            (false, _) => None,
            (true, Existing::Refuse) => return Err(DeviceError::Exists(name.to_owned())),
            (true, Existing::Replace) => {
                Some(fs::read(&path).map_err(|error| io_error(&path, "read", error))?)
            }
        };
        let text = file::new(name, &path, profile, content, plain)?;
        replace(&path, old.as_deref(), &text)?;
        Ok(path)
    }

    /// Takes a device's file away; it is kept as `NAME.toml~`, whose path is returned.
    pub fn remove(&self, name: &str) -> Result<PathBuf, DeviceError> {
        let path = self.path(name)?;
        if !path.exists() {
            let names = self.names().unwrap_or_default();
            let hint = did_you_mean(name, names.iter().map(String::as_str));
            return Err(DeviceError::Missing { name: name.to_owned(), hint });
        }
        let backup = backup_of(&path);
        fs::rename(&path, &backup).map_err(|error| io_error(&path, "removed", error))?;
        Ok(backup)
    }
}

#[cfg(test)]
pub(super) mod tests;
