//! Device files on the disk: reading one whole, and replacing it so that there is always a whole one. Owns the limits
//! and the backup; what a file says is `file`'s.
use super::{Content, DeviceError, DeviceFile, Fault, MAX_FILE_BYTES, PlainPassword, parse, plain_secret};
use crate::config::files;
use crate::mqtt::Profile;
use crate::warning::Warning;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Whether a word is the path of a device file: one that leads somewhere, or that is there.
pub fn is_path(word: &str) -> bool {
    let is_toml = Path::new(word).extension().is_some_and(|ending| ending == "toml");
    is_toml
        && !word.contains("://")
        && (word.contains(std::path::MAIN_SEPARATOR) || Path::new(word).is_file())
}

pub(super) fn read_file(name: &str, path: &Path) -> Result<DeviceFile, DeviceError> {
    let mut device = parse(name, path, read_text(path)?)?;
    if let Some(what) = plain_secret(&device.profile).filter(|_| files::is_open_to_others(path)) {
        let file = path.display().to_string();
        let text = format!("others can read {what} in this file; chmod 600 {file}");
        device.warnings.push(Warning { file, line: None, text });
    }
    Ok(device)
}

pub(super) fn save_into(
    old: &DeviceFile,
    profile: &Profile,
    content: Content<'_>,
    plain: PlainPassword,
) -> Result<PathBuf, DeviceError> {
    let text = old.edited_all(profile, content, plain)?;
    if text != old.text {
        replace(&old.path, Some(old.text.as_bytes()), &text)?;
    }
    Ok(old.path.clone())
}

pub(in crate::config) fn replace(path: &Path, old: Option<&[u8]>, text: &str) -> Result<(), DeviceError> {
    if let Some(directory) = path.parent() {
        files::make_directory(directory).map_err(|error| io_error(directory, "made", error))?;
    }
    if let Some(old) = old {
        let backup = backup_of(path);
        // Linked, a large file need not be written twice; not every file system can.
        if files::link_private(path, &backup).is_err() {
            files::write_whole(&backup, old).map_err(|error| io_error(&backup, "written", error))?;
        }
    }
    files::write_whole(path, text.as_bytes()).map_err(|error| io_error(path, "written", error))
}

pub(in crate::config) fn backup_of(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push("~");
    path.with_file_name(name)
}

pub(in crate::config) fn read_text(path: &Path) -> Result<String, DeviceError> {
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

pub(super) fn io_error(path: &Path, what: &'static str, error: io::Error) -> DeviceError {
    DeviceError::Io { path: path.display().to_string(), what, error }
}
