//! Device files, `devices/NAME.toml`. Owns their directory, names, reading and saving; opens no connection.
mod read;
mod secret;
mod table;
mod url;
mod will;
mod write;

pub use url::{proxy_shown, url_of};

use super::files;
use crate::mqtt::profile::PasswordSource;
use crate::mqtt::{Profile, Secret};
use crate::warning::{Warning, did_you_mean, nearest};
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use table::Reader;

/// Every key with its default, as comments; a test holds it true.
pub const DEFAULT: &str = include_str!("device/device.toml");

/// A device file with a million kept nodes is smaller.
const MAX_FILE_BYTES: u64 = 256 << 20;

/// Longest name: leaves room for the endings within what file systems take.
const MAX_NAME_CHARS: usize = 60;

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
    /// What in it was passed over.
    pub warnings: Vec<Warning>,
    text: String,
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

/// Whether a word can be a device's name: a file's stem that leads nowhere else.
pub fn is_name(word: &str) -> bool {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    !word.is_empty()
        && !word.starts_with(['.', '-'])
        && word.chars().all(is_plain)
        && word.chars().count() <= MAX_NAME_CHARS
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
        Ok(self.stems()?.into_iter().filter(|stem| !is_name(stem)).collect())
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
        let text = match read_text(&path) {
            Err(DeviceError::Io { error, .. }) if error.kind() == io::ErrorKind::NotFound => {
                let names = self.names().unwrap_or_default();
                let hint = did_you_mean(name, names.iter().map(String::as_str));
                return Err(DeviceError::Missing { name: name.to_owned(), hint });
            }
            read => read?,
        };
        let mut device = parse(name, &path, text)?;
        if let Some(what) = plain_secret(&device.profile).filter(|_| files::is_open_to_others(&path)) {
            let file = path.display().to_string();
            let text = format!("others can read {what} in this file; chmod 600 {file}");
            device.warnings.push(Warning { file, line: None, text });
        }
        Ok(device)
    }

    /// Saves a profile under a name: into the file that is there, changing what changed, or as a new one.
    /// Nothing is written when nothing changed; the older version is kept as `NAME.toml~`.
    pub fn save(&self, name: &str, profile: &Profile, plain: PlainPassword) -> Result<PathBuf, DeviceError> {
        match self.read(name) {
            Ok(old) => {
                let text = old.edited(profile, plain)?;
                if text != old.text {
                    replace(&old.path, Some(old.text.as_bytes()), &text)?;
                }
                Ok(old.path)
            }
            Err(DeviceError::Missing { .. }) => self.create(name, profile, plain, Existing::Refuse),
            Err(error) => Err(error),
        }
    }

    /// Writes a profile as a new file. A file that is there, even a broken one, is refused or becomes the backup.
    pub fn create(
        &self,
        name: &str,
        profile: &Profile,
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
        let text = checked(name, &path, write::edited(None, profile, plain), profile)?;
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

impl DeviceFile {
    /// The file's text with the profile in the place of what it says now.
    pub fn edited(&self, profile: &Profile, plain: PlainPassword) -> Result<String, DeviceError> {
        let text = write::edited(Some((&self.text, &self.profile)), profile, plain);
        checked(&self.name, &self.path, text, profile)
    }
}

/// Holds a text against what it shall say, so that no spoilt file is ever written.
fn checked(
    name: &str,
    path: &Path,
    text: Result<String, toml_edit::TomlError>,
    profile: &Profile,
) -> Result<String, DeviceError> {
    let unchangeable = || DeviceError::Unchangeable(path.display().to_string());
    let text = text.map_err(|_not_toml| unchangeable())?;
    let read = parse(name, path, text)?;
    if write::is_same(&read.profile, profile) { Ok(read.text) } else { Err(unchangeable()) }
}

/// Reads a text as the device file that would lie at `path`.
pub fn parse(name: &str, path: &Path, text: String) -> Result<DeviceFile, DeviceError> {
    let label = path.display().to_string();
    let mut reader = Reader::new(&text, &label, path.parent().unwrap_or(Path::new(".")));
    let profile = read::read(&mut reader, name);
    let Reader { mut faults, mut warnings, .. } = reader;
    // In the order of the file, not of the tables.
    faults.sort_by_key(|fault| (fault.line, fault.column));
    warnings.sort_by_key(|warning| warning.line);
    if !faults.is_empty() {
        return Err(DeviceError::Broken { file: label, faults });
    }
    Ok(DeviceFile { name: name.to_owned(), path: path.to_owned(), profile, warnings, text })
}

fn replace(path: &Path, old: Option<&[u8]>, text: &str) -> Result<(), DeviceError> {
    if let Some(directory) = path.parent() {
        files::make_directory(directory).map_err(|error| io_error(directory, "made", error))?;
    }
    if let Some(old) = old {
        let backup = backup_of(path);
        files::write_whole(&backup, old).map_err(|error| io_error(&backup, "written", error))?;
    }
    files::write_whole(path, text.as_bytes()).map_err(|error| io_error(path, "written", error))
}

fn backup_of(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push("~");
    path.with_file_name(name)
}

fn read_text(path: &Path) -> Result<String, DeviceError> {
    let failed = |error| io_error(path, "read", error);
    let metadata = fs::metadata(path).map_err(failed)?;
    if !metadata.is_file() {
        // A pipe would be waited for without end.
        return Err(failed(io::Error::new(io::ErrorKind::InvalidInput, "it is no file")));
    }
    if metadata.len() > MAX_FILE_BYTES {
        let error =
            io::Error::new(io::ErrorKind::FileTooLarge, "it is larger than 256 MiB, so it is no device");
        return Err(failed(error));
    }
    String::from_utf8(fs::read(path).map_err(failed)?).map_err(|error| {
        let good = String::from_utf8_lossy(
            error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default(),
        )
        .into_owned();
        let column = good.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let text = "this byte is no UTF-8; save the file as UTF-8".to_owned();
        let fault = Fault { line: crate::warning::line_of(&good, good.len()), column, text };
        DeviceError::Broken { file: path.display().to_string(), faults: vec![fault] }
    })
}

fn io_error(path: &Path, what: &'static str, error: io::Error) -> DeviceError {
    DeviceError::Io { path: path.display().to_string(), what, error }
}

#[cfg(test)]
mod tests;
