//! Nodes and filters that were not saved when the program ended, `NAME.recovered.toml`. Owns those files beside the device
//! files; whoever opens the device offers them. Everything is done when a call returns: it may be the last one.
use super::disk::{backup_of, io_error, read_text};
use super::{Content, DeviceError, DeviceFile, Devices, PlainPassword, file, parse};
use crate::config::files;
use crate::mqtt::Profile;
use std::fs;
use std::io;
use std::path::PathBuf;

/// What makes a device's file the one of its recovered nodes.
const ENDING: &str = ".recovered";

/// Told at the top of the file to who finds it.
const WORDS: &str = "\
# Nodes and view filters that were not saved when mqttscope ended; offered when the device is opened again.
# Nothing reads this file else; it may be removed.

";

/// Whether a file's stem is that of recovered nodes, and no device's name.
pub(super) fn is_recovered(stem: &str) -> bool {
    stem.ends_with(ENDING)
}

impl Devices {
    /// Keeps what is not saved, with the connection they belong to, and says where. An older recovery
    /// becomes `NAME.recovered.toml~`.
    pub fn recover(
        &self,
        name: &str,
        profile: &Profile,
        content: Content<'_>,
    ) -> Result<PathBuf, DeviceError> {
        let path = self.recovered_path(name)?;
        let text = file::new(name, &path, profile, content, PlainPassword::LeaveOut)?;
        if let Some(directory) = path.parent() {
            files::make_directory(directory).map_err(|error| io_error(directory, "made", error))?;
        }
        if path.exists() {
            let backup = backup_of(&path);
            fs::rename(&path, &backup).map_err(|error| io_error(&backup, "written", error))?;
        }
        files::write_whole(&path, format!("{WORDS}{text}").as_bytes())
            .map_err(|error| io_error(&path, "written", error))?;
        Ok(path)
    }

    /// What was recovered for a device; `None` when there is nothing.
    pub fn recovered(&self, name: &str) -> Result<Option<DeviceFile>, DeviceError> {
        let path = self.recovered_path(name)?;
        match read_text(&path) {
            Ok(text) => parse(name, &path, text).map(Some),
            Err(DeviceError::Io { error, .. }) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The names of the devices that something was recovered for, in order.
    pub fn all_recovered(&self) -> Result<Vec<String>, DeviceError> {
        let stems = self.stems()?;
        Ok(stems.iter().filter_map(|stem| stem.strip_suffix(ENDING)).map(str::to_owned).collect())
    }

    /// Takes a recovery away once it was offered; it is kept as `NAME.recovered.toml~`.
    pub fn forget_recovered(&self, name: &str) -> Result<(), DeviceError> {
        let path = self.recovered_path(name)?;
        match fs::rename(&path, backup_of(&path)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(io_error(&path, "removed", error)),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    fn recovered_path(&self, name: &str) -> Result<PathBuf, DeviceError> {
        let path = self.path(name)?;
        Ok(path.with_file_name(format!("{name}{ENDING}.toml")))
    }
}
