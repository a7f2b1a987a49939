//! What was open last, and when each was opened, in `$XDG_STATE_HOME/mqttscope/last.toml`. Owns the file; names
//! and URLs only, no secrets.
use super::files;
use etcetera::{BaseStrategy, choose_base_strategy};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use toml_edit::{Array, DocumentMut, Item, Table, value};

/// More were never on one screen; the rest is noise in a file that the program alone writes.
const MAX_DEVICES: usize = 64;

/// Devices whose last use is remembered: as many as a list shows; those used longest ago go first.
const MAX_USED: usize = 1_000;

/// Larger than this it is not ours.
const MAX_FILE_BYTES: u64 = 1 << 20;

/// What the file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Last {
    /// The devices that were open: names and URLs.
    pub open: Vec<String>,
    /// When each was opened last, in seconds since 1970.
    pub used_unix_s: BTreeMap<String, i64>,
}

/// The user's file; `None` without a home.
pub fn of_user() -> Option<PathBuf> {
    choose_base_strategy().ok()?.state_dir().map(|state| state.join("mqttscope").join("last.toml"))
}

/// What was open last; empty when nothing is known. A broken file is told and otherwise nothing.
pub fn read(path: &Path) -> (Last, Option<String>) {
    let is_small = fs::metadata(path).is_ok_and(|metadata| metadata.len() <= MAX_FILE_BYTES);
    let Some(text) = is_small.then(|| fs::read_to_string(path).ok()).flatten() else {
        return (Last::default(), None);
    };
    let last = text.parse::<DocumentMut>().ok().and_then(|document| last_of(&document));
    let warning = || format!("{} can't be understood, so what was open last is forgotten", path.display());
    let warning = last.is_none().then(warning);
    (last.unwrap_or_default(), warning)
}

fn last_of(document: &DocumentMut) -> Option<Last> {
    let devices = document.get("devices")?.as_array()?;
    let open = devices.iter().filter_map(|word| word.as_str()).map(str::to_owned).collect();
    let used = document.get("opened").and_then(Item::as_table).map(Table::iter).into_iter().flatten();
    let used_unix_s = used.filter_map(|(word, at)| Some((word.to_owned(), at.as_integer()?))).collect();
    Some(Last { open, used_unix_s })
}

/// Remembers what is open now, and when one was opened. The error is for a toast: nothing fails for it.
pub fn write(path: &Path, open: &[String], used: Option<(String, i64)>) -> Result<(), String> {
    let (old, _broken) = read(path);
    let mut newest: Vec<(String, i64)> = old.used_unix_s.clone().into_iter().collect();
    if let Some(used) = used {
        newest.retain(|(word, _)| *word != used.0);
        newest.push(used);
    }
    newest.sort_by_key(|(_, at)| std::cmp::Reverse(*at));
    newest.truncate(MAX_USED);
    let last = Last {
        open: open.iter().take(MAX_DEVICES).cloned().collect(),
        used_unix_s: newest.into_iter().collect(),
    };
    if last == old && path.exists() {
        return Ok(());
    }
    let mut document = DocumentMut::new();
    document.insert("devices", value(last.open.iter().collect::<Array>()));
    let mut used = Table::new();
    used.decor_mut().set_prefix("\n# In seconds since 1970.\n");
    for (word, at) in &last.used_unix_s {
        used.insert(word, value(*at));
    }
    document.insert("opened", Item::Table(used));
    let made = path.parent().map_or(Ok(()), files::make_directory);
    made.and_then(|()| files::write_whole(path, document.to_string().as_bytes()))
        .map_err(|error| format!("what is open can't be remembered in {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_open_and_when_each_was_opened_is_remembered() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("state/last.toml");
        let open = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        write(&path, &open(&["plant"]), Some(("plant".into(), 5))).unwrap();
        write(&path, &open(&["plant", "mqtt://h.example"]), Some(("mqtt://h.example".into(), 7))).unwrap();
        write(&path, &open(&["mqtt://h.example"]), None).unwrap();
        let (last, warning) = read(&path);
        assert_eq!((last.open, warning), (open(&["mqtt://h.example"]), None));
        let used = BTreeMap::from([("plant".to_owned(), 5), ("mqtt://h.example".to_owned(), 7)]);
        assert_eq!(last.used_unix_s, used);
    }

    #[test]
    fn a_file_of_the_version_before_is_understood_and_a_broken_one_is_told() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("last.toml");
        fs::write(&path, "devices = [\"plant\"]\n").unwrap();
        assert_eq!(read(&path).0.open, ["plant"]);
        fs::write(&path, "devices = 7\n").unwrap();
        let (last, warning) = read(&path);
        assert!(last.open.is_empty() && warning.is_some_and(|words| words.contains("forgotten")));
    }
}
