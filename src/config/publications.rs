//! Publications that were sent, in `$XDG_STATE_HOME/mqttscope/publications.toml`, and those that were saved, in
//! `$XDG_CONFIG_HOME/mqttscope/publications.toml` and in device files. Owns the files; their payloads are the user's
//! own and stand there in plain text.
use super::device::publication::{self, Found};
use super::device::{DeviceError, Devices, disk};
use super::files;
use crate::model::publications::draft::Draft;
use etcetera::{BaseStrategy, choose_base_strategy};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Publications that a key goes back to.
const MAX_SENT: usize = 100;

/// Larger than this it is none of ours: a hundred of the largest that are kept, and what their spelling takes.
const MAX_FILE_BYTES: u64 = 8 << 20;

/// Publications listed of a file: nobody looks through more.
const MAX_SAVED: usize = 1_000;

/// What was sent, and where it is written down.
pub fn sent_of_user() -> Option<PathBuf> {
    choose_base_strategy().ok()?.state_dir().map(|state| state.join("mqttscope").join("publications.toml"))
}

/// What was saved for all devices.
pub fn saved_of_user() -> Option<PathBuf> {
    super::directory().map(|directory| directory.join("publications.toml"))
}

/// What a file says of what was sent, newest first, and what in it is passed over.
pub fn read_sent(path: &Path) -> (Vec<Draft>, Vec<String>) {
    let (found, warnings) = read(path, false);
    let list = found.list.into_iter().map(|(_name, draft)| draft).take(MAX_SENT).collect();
    (list, warnings)
}

/// Writes down what was sent, newest first, before what the file holds: another run may have written it.
pub fn write_sent(path: &Path, sent: &[Draft]) -> Result<(), String> {
    let (found, _told_already) = read(path, false);
    if found.is_broken {
        // It is of no use, but its contents are the user's.
        let _ = fs::rename(path, disk::backup_of(path));
    }
    let old = found.list.into_iter().map(|(_name, draft)| draft).filter(|old| !sent.contains(old));
    let all: Vec<Draft> = sent.iter().cloned().chain(old).take(MAX_SENT).collect();
    let made = path.parent().map_or(Ok(()), files::make_directory);
    made.and_then(|()| files::write_whole(path, publication::text(all.iter()).as_bytes()))
        .map_err(|error| format!("what was sent can't be remembered in {}: {error}", path.display()))
}

/// What was saved in a file, with names, and what in it is passed over.
pub fn read_saved(path: &Path, is_device_file: bool) -> (Vec<(String, Draft)>, Vec<String>) {
    let (found, mut warnings) = read(path, is_device_file);
    let label = path.display();
    let mut list: Vec<(String, Draft)> = Vec::new();
    for (name, draft) in found.list {
        match name {
            Some(name) if list.iter().any(|(known, _)| *known == name) => {
                warnings.push(format!("{label}: two publications are called {name:?}; the first one counts"));
            }
            Some(_) if list.len() == MAX_SAVED => {
                warnings.push(format!("{label}: only the first {MAX_SAVED} publications are listed"));
                break;
            }
            Some(name) => list.push((name, draft)),
            None => {
                let topic = draft.publication.topic.as_str();
                warnings.push(format!("{label}: a publication on {topic:?} has no name; write name = \"…\""));
            }
        }
    }
    (list, warnings)
}

/// Saves a publication under a name, in the place of what has it, or takes it away. What was there is returned.
pub fn save(
    path: &Path,
    is_device_file: bool,
    name: &str,
    draft: Option<&Draft>,
) -> Result<Option<Draft>, String> {
    let old = match disk::read_text(path) {
        Ok(text) => Some(text),
        Err(DeviceError::Io { error, .. }) if error.kind() == io::ErrorKind::NotFound && !is_device_file => {
            None
        }
        Err(error) => return Err(error.to_string()),
    };
    let label = path.display().to_string();
    let text = old.as_deref().unwrap_or_default();
    let found = publication::read(text, &label, is_device_file);
    let was =
        found.list.into_iter().find(|(known, _)| known.as_deref() == Some(name)).map(|(_, draft)| draft);
    let unchangeable =
        || format!("{label} is written in a way that can't be changed by program; change it by hand");
    let new = publication::edited(text, name, draft).ok_or_else(unchangeable)?;
    let read_back = publication::read(&new, &label, is_device_file).list;
    let is_there =
        read_back.iter().any(|(known, read)| known.as_deref() == Some(name) && Some(read) == draft);
    if is_there != draft.is_some() {
        return Err(unchangeable());
    }
    disk::replace(path, old.as_deref().map(str::as_bytes), &new).map_err(|error| error.to_string())?;
    Ok(was)
}

/// The file of a device's name, or the file at a path.
pub fn device_file(devices: &Devices, word: &str) -> Option<PathBuf> {
    if devices.has(word) { devices.path(word).ok() } else { Some(PathBuf::from(word)) }
}

fn read(path: &Path, is_device_file: bool) -> (Found, Vec<String>) {
    let label = path.display();
    let size = fs::metadata(path).map(|metadata| metadata.len());
    if !is_device_file && size.is_ok_and(|size| size > MAX_FILE_BYTES) {
        return (Found::default(), vec![format!("{label} is larger than 8 MiB, so it is passed over")]);
    }
    match disk::read_text(path) {
        Ok(text) => {
            let mut found = publication::read(&text, &label.to_string(), is_device_file);
            let warnings = std::mem::take(&mut found.warnings);
            (found, warnings)
        }
        Err(DeviceError::Io { error, .. }) if error.kind() == io::ErrorKind::NotFound => {
            (Found::default(), Vec::new())
        }
        Err(error) => (Found { is_broken: true, ..Found::default() }, vec![error.to_string()]),
    }
}

#[cfg(test)]
mod tests;
