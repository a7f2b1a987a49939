//! Texts that no clipboard takes, in files of ours: `$XDG_STATE_HOME/mqttscope/copies/`. Owns how many are kept.
use super::whole::{WholeFile, words};
use crate::config::{files, log};
use crate::model::export::steps::Failed;
use std::fs;
use std::path::{Path, PathBuf};

/// Copies kept; the oldest goes when another is begun.
const MAX_FILES: usize = 20;

/// Names tried when several are made in a second.
const MAX_TRIES: usize = 1_000;

/// Where they lie; `None` without a home.
pub fn directory() -> Option<PathBuf> {
    Some(log::of_user()?.join("copies"))
}

/// Keeps a text; where.
pub fn keep(directory: Option<&Path>, name: &str, text: &str) -> Result<String, String> {
    let mut file = create(directory, name)?;
    let put = file.write(text.as_bytes()).and_then(|()| file.finish());
    match put {
        Ok((path, _)) => Ok(path.display().to_string()),
        Err(Failed::Words(words) | Failed::Exists(words)) => Err(words),
    }
}

/// Begins a file for one.
pub fn create(directory: Option<&Path>, name: &str) -> Result<WholeFile, String> {
    let directory = directory.ok_or("there is no home directory to keep it in; W exports to a file")?;
    files::make_directory(directory).map_err(|error| words(&directory.join(name), &error))?;
    make_room(directory);
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, "txt"));
    for n in 0..MAX_TRIES {
        let name = if n == 0 { name.to_owned() } else { format!("{stem}-{n}.{ending}") };
        match WholeFile::create(&directory.join(name), false) {
            Ok(file) => return Ok(file),
            Err(Failed::Exists(_)) => {}
            Err(Failed::Words(words)) => return Err(words),
        }
    }
    Err(format!("no name is free for it in {}", directory.display()))
}

/// Removes the oldest beyond what is kept; one that can't be removed stays.
fn make_room(directory: &Path) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    let mut found: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "txt"))
        .collect();
    // Their names hold the time.
    found.sort();
    let n_spare = (found.len() + 1).saturating_sub(MAX_FILES);
    for path in found.into_iter().take(n_spare) {
        let _ = fs::remove_file(path);
    }
}
