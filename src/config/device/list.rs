//! All device files at once, as a list shows them, and copies of them. Owns what is told of names that can't be used.
use super::{DeviceError, DeviceFile, Devices, io_error, is_name, parse, read_text, replace};
use std::fs;
use std::io;
use std::path::Path;

/// Files read for a list: more than anybody looks through; the rest is counted.
const MAX_LISTED: usize = 1_000;

/// What the directory holds.
#[derive(Debug, Default)]
pub struct List {
    /// In the order of their names: the files, or what is wrong with them.
    pub devices: Vec<(String, Result<DeviceFile, DeviceError>)>,
    /// Names of `.toml` files that can't be a device's; bytes that are no text are replaced.
    pub unusable: Vec<String>,
    /// Files beyond those read.
    pub n_more: usize,
}

impl Devices {
    /// Reads all of them; without a directory there are none.
    pub fn list(&self) -> Result<List, DeviceError> {
        let directory = self.directory()?;
        let names = self.names()?;
        let n_more = names.len().saturating_sub(MAX_LISTED);
        let read = |name: String| (name.clone(), self.read(&name));
        Ok(List {
            devices: names.into_iter().take(MAX_LISTED).map(read).collect(),
            unusable: unusable(directory).unwrap_or_default(),
            n_more,
        })
    }

    /// Copies a device's file whole, comments and all, and returns the copy.
    pub fn copy(&self, from: &str, to: &str) -> Result<DeviceFile, DeviceError> {
        let path = self.path(to)?;
        let text = read_text(&self.path(from)?)?;
        let copy = parse(to, &path, text)?;
        if path.exists() {
            return Err(DeviceError::Exists(to.to_owned()));
        }
        replace(&path, None, &copy.text)?;
        Ok(copy)
    }
}

fn unusable(directory: &Path) -> Result<Vec<String>, DeviceError> {
    let failed = |error| io_error(directory, "read", error);
    let mut names = Vec::new();
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(names),
        Err(error) => return Err(failed(error)),
    };
    for entry in entries {
        let name = entry.map_err(failed)?.file_name();
        let shown = name.to_string_lossy();
        // A name that begins with a dot is a temporary file's, and meant to be overlooked.
        let Some(stem) = shown.strip_suffix(".toml").filter(|stem| !stem.starts_with('.')) else { continue };
        if name.to_str().is_none() || !is_name(stem) {
            names.push(shown.into_owned());
        }
    }
    names.sort_unstable();
    names.truncate(MAX_LISTED);
    Ok(names)
}
