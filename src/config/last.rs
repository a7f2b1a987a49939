//! What was open last, in `$XDG_STATE_HOME/mqttscope/last.toml`. Owns the file; names and URLs only, no secrets.
use super::files;
use etcetera::{BaseStrategy, choose_base_strategy};
use std::fs;
use std::path::{Path, PathBuf};
use toml_edit::{Array, DocumentMut, value};

/// More were never on one screen; the rest is noise in a file that the program alone writes.
const MAX_DEVICES: usize = 64;

/// Larger than this it is not ours.
const MAX_FILE_BYTES: u64 = 1 << 20;

/// The user's file; `None` without a home.
pub fn of_user() -> Option<PathBuf> {
    choose_base_strategy().ok()?.state_dir().map(|state| state.join("mqttscope").join("last.toml"))
}

/// The devices that were open last; empty when nothing is known. A broken file is told and otherwise nothing.
pub fn read(path: &Path) -> (Vec<String>, Option<String>) {
    let is_small = fs::metadata(path).is_ok_and(|metadata| metadata.len() <= MAX_FILE_BYTES);
    let Some(text) = is_small.then(|| fs::read_to_string(path).ok()).flatten() else {
        return (Vec::new(), None);
    };
    let devices = text.parse::<DocumentMut>().ok().and_then(|document| {
        let devices = document.get("devices")?.as_array()?;
        let words: Vec<String> = devices.iter().filter_map(|word| word.as_str()).map(str::to_owned).collect();
        Some(words)
    });
    let warning = || format!("{} can't be understood, so what was open last is forgotten", path.display());
    (devices.clone().unwrap_or_default(), devices.is_none().then(warning))
}

/// Remembers what is open now. The error is for a toast: nothing fails for it.
pub fn write(path: &Path, devices: &[String]) -> Result<(), String> {
    let mut document = DocumentMut::new();
    document.insert("devices", value(devices.iter().take(MAX_DEVICES).collect::<Array>()));
    let text = document.to_string();
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    let made = path.parent().map_or(Ok(()), files::make_directory);
    made.and_then(|()| files::write_whole(path, text.as_bytes()))
        .map_err(|error| format!("what is open can't be remembered in {}: {error}", path.display()))
}
