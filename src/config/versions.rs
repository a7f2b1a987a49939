//! Brokers that were found to speak 3.1.1 alone, in `$XDG_STATE_HOME/mqttscope/versions.toml`. Owns the file, and
//! how long what was found is believed; names and addresses only, no secrets. Tries no version itself.
use super::files;
use crate::mqtt::profile::PasswordSource;
use crate::mqtt::{Profile, Version};
use etcetera::{BaseStrategy, choose_base_strategy};
use std::fs;
use std::path::{Path, PathBuf};
use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, value};

/// How long 3.1.1 is tried first: then the broker may have learnt.
const BELIEVED_DAYS: i64 = 30;

const DAY_S: i64 = 86_400;

/// Brokers that are remembered; beyond that the oldest find makes room.
const MAX_BROKERS: usize = 256;

/// Larger than this it is not ours.
const MAX_FILE_BYTES: u64 = 1 << 20;

/// Where the file lies, and what it held when it was read. Empty and nowhere without a home.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Versions {
    path: Option<PathBuf>,
    finds: Vec<Find>,
}

/// A broker that spoke 3.1.1 after it did not take 5.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Find {
    /// The device's name.
    device: String,
    /// Where its broker was then, without what may be secret.
    address: String,
    at_unix_s: i64,
}

impl Versions {
    /// The user's; what can't be read is as if it weren't there, for it is found anew.
    pub fn of_user() -> Self {
        let state = choose_base_strategy().ok().and_then(|base| base.state_dir());
        state.map(|state| Self::read(&state.join("mqttscope").join("versions.toml"))).unwrap_or_default()
    }

    /// The finds of a file.
    pub fn read(path: &Path) -> Self {
        let is_small = fs::metadata(path).is_ok_and(|metadata| metadata.len() <= MAX_FILE_BYTES);
        let text = is_small.then(|| fs::read_to_string(path).ok()).flatten().unwrap_or_default();
        let finds = text.parse::<DocumentMut>().ok().and_then(|document| {
            let tables = document.get("broker")?.as_array_of_tables()?;
            Some(tables.iter().filter_map(Find::read).take(MAX_BROKERS).collect())
        });
        Self { path: Some(path.to_owned()), finds: finds.unwrap_or_default() }
    }

    /// Lets a profile begin with 3.1.1 where that was found lately at the same address. The user's own choice
    /// stands, and so does a password without a user name, which 3.1.1 can't send.
    pub fn recall(&self, profile: &mut Profile, now_unix_ms: i64) {
        let has_password = profile.password.is_some() || profile.password_source != PasswordSource::Given;
        if profile.version_is_fixed || (has_password && profile.username.is_none()) {
            return;
        }
        profile.version = if self.believes(profile, now_unix_ms) { Version::V3 } else { Version::V5 };
    }

    /// Whether 3.1.1 was found lately at the address of a profile.
    fn believes(&self, profile: &Profile, now_unix_ms: i64) -> bool {
        let age_s = |find: &Find| now_unix_ms.div_euclid(1_000).saturating_sub(find.at_unix_s);
        let address = profile.address.to_string();
        self.finds.iter().any(|find| {
            let is_fresh = (0..BELIEVED_DAYS * DAY_S).contains(&age_s(find));
            find.device == profile.name && find.address == address && is_fresh
        })
    }

    /// Takes in what a broker was found to speak when it was connected to; whether that is news which is to be
    /// written. What is believed keeps its date while it is confirmed, so that 5 is tried again some day.
    pub fn note(&mut self, profile: &Profile, found: Version, now_unix_ms: i64) -> bool {
        match found {
            Version::V3 | Version::V5 if profile.version_is_fixed => false,
            Version::V3 if self.believes(profile, now_unix_ms) => false,
            Version::V3 => {
                self.finds.retain(|find| find.device != profile.name);
                if self.finds.len() >= MAX_BROKERS {
                    let oldest = (0..self.finds.len()).min_by_key(|place| self.finds[*place].at_unix_s);
                    oldest.map(|place| self.finds.remove(place));
                }
                let address = profile.address.to_string();
                let at_unix_s = now_unix_ms.div_euclid(1_000);
                self.finds.push(Find { device: profile.name.clone(), address, at_unix_s });
                true
            }
            Version::V5 => {
                let n_before = self.finds.len();
                self.finds.retain(|find| find.device != profile.name);
                self.finds.len() < n_before
            }
        }
    }

    /// Writes the finds down. The error is for the log: nothing fails for it.
    pub fn write(&self) -> Result<(), String> {
        let Some(path) = &self.path else { return Ok(()) };
        let tables: ArrayOfTables = self.finds.iter().map(Find::table).collect();
        let mut document = DocumentMut::new();
        document.insert("broker", Item::ArrayOfTables(tables));
        let made = path.parent().map_or(Ok(()), files::make_directory);
        made.and_then(|()| files::write_whole(path, document.to_string().as_bytes()))
            .map_err(|error| format!("the version found can't be remembered in {}: {error}", path.display()))
    }
}

impl Find {
    fn read(table: &Table) -> Option<Self> {
        let text = |key| table.get(key).and_then(Item::as_str).map(str::to_owned);
        // Written for people; there is no other find yet.
        text("version").filter(|version| version == "3.1.1")?;
        let at_unix_s = table.get("found_at_unix_s")?.as_integer()?;
        Some(Self { device: text("device")?, address: text("address")?, at_unix_s })
    }

    fn table(&self) -> Table {
        let mut table = Table::new();
        table.insert("device", value(&self.device));
        table.insert("address", value(&self.address));
        table.insert("version", value("3.1.1"));
        table.insert("found_at_unix_s", value(self.at_unix_s));
        table
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mqtt::{Address, Secret};

    const NOW_MS: i64 = 1_795_000_000_000;
    const DAY_MS: i64 = DAY_S * 1_000;

    fn profile(name: &str, port: u16) -> Profile {
        Profile { version_is_fixed: false, ..Profile::new(name, Address::tcp("h", port), "x") }
    }

    fn recalled(versions: &Versions, mut profile: Profile, now_ms: i64) -> Version {
        versions.recall(&mut profile, now_ms);
        profile.version
    }

    #[test]
    fn what_was_found_is_tried_first_for_a_while_and_at_its_address_only() {
        let files = tempfile::TempDir::new().unwrap();
        let path = files.path().join("state/versions.toml");
        let mut versions = Versions::read(&path);
        assert!(versions.note(&profile("plant", 1), Version::V3, NOW_MS));
        versions.write().unwrap();
        let mut versions = Versions::read(&path);
        for (what, profile, days, expected) in [
            ("the same", profile("plant", 1), 0, Version::V3),
            ("the last day", profile("plant", 1), 29, Version::V3),
            ("too long ago", profile("plant", 1), 30, Version::V5),
            ("a clock that was set back", profile("plant", 1), -1, Version::V5),
            ("another URL", profile("plant", 2), 0, Version::V5),
            ("another device", profile("other", 1), 0, Version::V5),
            ("the user's choice", Profile { version_is_fixed: true, ..profile("plant", 1) }, 0, Version::V5),
            (
                "a password that 3.1.1 can't send",
                Profile { password: Some(Secret::new(b"x".to_vec())), ..profile("plant", 1) },
                0,
                Version::V5,
            ),
        ] {
            assert_eq!(recalled(&versions, profile, NOW_MS + days * DAY_MS), expected, "{what}");
        }
        // Confirmed: the date stays, or 5 would never be tried again.
        assert!(!versions.note(&profile("plant", 1), Version::V3, NOW_MS + 20 * DAY_MS));
        assert_eq!(recalled(&versions, profile("plant", 1), NOW_MS + 31 * DAY_MS), Version::V5);
        // Tried again with 5 in vain: for another month.
        assert!(versions.note(&profile("plant", 1), Version::V3, NOW_MS + 31 * DAY_MS));
        assert_eq!(recalled(&versions, profile("plant", 1), NOW_MS + 32 * DAY_MS), Version::V3);
        // It has learnt.
        assert!(versions.note(&profile("plant", 1), Version::V5, NOW_MS));
        assert!(!versions.note(&profile("plant", 1), Version::V5, NOW_MS), "nothing new to write");
        assert_eq!(recalled(&versions, profile("plant", 1), NOW_MS), Version::V5);
    }

    #[test]
    fn a_broken_or_crowded_file_is_no_trouble() {
        let files = tempfile::TempDir::new().unwrap();
        let path = files.path().join("versions.toml");
        for text in ["= broken", "broker = 3", "[[broker]]\ndevice = 3\n", "[[broker]]\nversion = \"7\"\n"] {
            fs::write(&path, text).unwrap();
            assert!(Versions::read(&path).finds.is_empty(), "{text}");
        }
        let mut versions = Versions::read(&path);
        for n in 0..=MAX_BROKERS {
            versions.note(
                &profile(&n.to_string(), 1),
                Version::V3,
                NOW_MS + i64::try_from(n).unwrap() * 1_000,
            );
        }
        assert_eq!(versions.finds.len(), MAX_BROKERS);
        assert!(versions.finds.iter().all(|find| find.device != "0"), "the oldest made room");
    }
}
