//! The user's files and the machine's facts. Owns where they lie, and device files; what the others mean is
//! `keymap`'s and `theme`'s.
pub mod batch;
pub mod device;
pub mod export;
mod files;
pub mod last;
pub mod log;
pub mod ossia;
pub mod payload;
pub mod publications;
pub mod schema;
pub mod versions;

use crate::keymap::Keymap;
use crate::theme::{ColorDepth, Theme};
use crate::warning::Warning;
use etcetera::{BaseStrategy, choose_base_strategy};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The default memory budget at most: a tool over SSH is a guest.
const MAX_DEFAULT_BUDGET: u64 = 512_000_000;

/// Files larger than this are no settings.
const MAX_FILE_BYTES: u64 = 1 << 20;

/// A file of the user's that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// It is there, or was named, but can't be read.
    #[error("{path} can't be read: {error}")]
    Unreadable {
        /// Which.
        path: String,
        /// Why.
        error: std::io::Error,
    },
    /// Nobody writes that much by hand.
    #[error("{path} is larger than 1 MB, so it is no settings file")]
    TooLarge {
        /// Which.
        path: String,
    },
}

impl ConfigError {
    /// The words without the file's name.
    fn why(&self) -> String {
        match self {
            Self::Unreadable { error, .. } => format!("it can't be read: {error}"),
            Self::TooLarge { .. } => "it is larger than 1 MB, so it is no settings file".into(),
        }
    }
}

/// The directory of the user's settings, `$XDG_CONFIG_HOME/mqttscope`; `None` without a home.
pub fn directory() -> Option<PathBuf> {
    choose_base_strategy().ok().map(|base| base.config_dir().join("mqttscope"))
}

/// The keys: the defaults, changed by the user's file. A file named on the command line must be there; the
/// one that lies in the directory is warned of when it can't be read, and never keeps anybody from a broker.
pub fn keymap(named: Option<&Path>) -> Result<(Keymap, Vec<Warning>), ConfigError> {
    let with = |path: &Path, text: &str| Keymap::with_user(text, &path.display().to_string());
    match named {
        Some(path) => Ok(with(path, &read(path)?)),
        None => Ok(own_keymap(directory().map(|directory| directory.join("keymap.toml")).as_deref())),
    }
}

fn own_keymap(path: Option<&Path>) -> (Keymap, Vec<Warning>) {
    let Some(path) = path else { return (Keymap::default(), Vec::new()) };
    let file = path.display().to_string();
    match read_optional(path) {
        Ok(Some(text)) => Keymap::with_user(&text, &file),
        Ok(None) => (Keymap::default(), Vec::new()),
        Err(error) => {
            let text = format!("{}; the default keys are used", error.why());
            (Keymap::default(), vec![Warning { file, line: None, text }])
        }
    }
}

/// The theme of a name for this terminal.
pub fn theme(name: &str) -> (Theme, Vec<Warning>) {
    let themes = directory().map(|directory| directory.join("themes"));
    let user = |name: &str| {
        // A name is a file's stem, never a way out of the directory.
        let plain = !name.contains(['/', '\\']) && !name.starts_with('.');
        let path = themes.as_ref().filter(|_| plain)?.join(format!("{name}.toml"));
        read_optional(&path).ok().flatten()
    };
    Theme::load(name, &user, ColorDepth::from_env(&|variable| std::env::var(variable).ok()))
}

/// Whether the locale speaks UTF-8 (POSIX: `LC_ALL` before `LC_CTYPE` before `LANG`).
pub fn locale_is_utf8() -> bool {
    let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let locale = set("LC_ALL").or_else(|| set("LC_CTYPE")).or_else(|| set("LANG")).unwrap_or_default();
    let locale = locale.to_ascii_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

/// The memory budget when none is given: a quarter of the machine's, at most 512 MB.
pub fn default_budget_bytes() -> usize {
    let total = std::fs::read_to_string("/proc/meminfo").ok().and_then(|text| total_bytes(&text));
    let budget = total.map_or(MAX_DEFAULT_BUDGET, |total| (total / 4).min(MAX_DEFAULT_BUDGET));
    usize::try_from(budget).unwrap_or(usize::MAX)
}

/// `MemTotal:  16303912 kB` in bytes.
fn total_bytes(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok()?.checked_mul(1_024)
}

fn read_optional(path: &Path) -> Result<Option<String>, ConfigError> {
    match read(path) {
        Ok(text) => Ok(Some(text)),
        Err(ConfigError::Unreadable { error, .. }) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn read(path: &Path) -> Result<String, ConfigError> {
    let unreadable = |error| ConfigError::Unreadable { path: path.display().to_string(), error };
    if std::fs::metadata(path).map_err(unreadable)?.len() > MAX_FILE_BYTES {
        return Err(ConfigError::TooLarge { path: path.display().to_string() });
    }
    std::fs::read_to_string(path).map_err(unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_was_named_must_be_there() {
        let error = keymap(Some(Path::new("/nonexistent/keymap.toml"))).unwrap_err().to_string();
        assert!(error.starts_with("/nonexistent/keymap.toml can't be read"), "{error}");
    }

    #[test]
    fn a_keymap_that_can_t_be_read_is_warned_of_and_the_defaults_hold() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("keymap.toml");
        let told = |expected: &str| {
            let (keymap, warnings) = own_keymap(Some(&path));
            assert_eq!(keymap, Keymap::default(), "{expected}");
            let told: Vec<String> = warnings.iter().map(ToString::to_string).collect();
            assert!(told.iter().any(|told| told.contains(expected)), "{told:?}");
        };
        std::fs::create_dir(&path).unwrap();
        told("can't be read");
        std::fs::remove_dir(&path).unwrap();
        std::fs::write(&path, [0xFF, 0xFE]).unwrap();
        told("the default keys are used");
        std::fs::write(&path, vec![b'#'; 2 << 20]).unwrap();
        told("larger than 1 MB");
        std::fs::write(&path, "[topics").unwrap();
        told("keymap.toml:1");
    }

    #[test]
    fn a_theme_name_leads_out_of_no_directory() {
        let (_, warnings) = theme("../../etc/passwd");
        assert!(warnings[0].text.contains("there is no theme"), "{:?}", warnings[0]);
    }

    #[test]
    fn the_machine_tells_its_memory() {
        assert_eq!(total_bytes("MemTotal:       16303912 kB\nMemFree: 1 kB"), Some(16_303_912 * 1_024));
        assert_eq!(total_bytes("nothing"), None);
        assert!(default_budget_bytes() > 0);
    }
}
