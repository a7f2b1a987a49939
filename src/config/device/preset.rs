//! What a file's preset means for the keys that the file leaves out. Owns the key `preset` and its faults; the
//! presets themselves are `mqtt::preset`'s.
use super::read::default_subscriptions;
use super::table::{Reader, Value};
use crate::mqtt::address::parse_url;
use crate::mqtt::{Address, Preset, Profile};
use crate::warning::did_you_mean;
use toml::de::DeTable;

/// What a file says that says no more than its preset, url and client id.
pub(super) fn base(preset: Option<Preset>, address: &Address, client_id: &str) -> Profile {
    let mut profile = Profile::new("", address.clone(), client_id);
    profile.version_is_fixed = false;
    profile.subscriptions = default_subscriptions();
    if let Some(preset) = preset {
        preset.fill(&mut profile);
    }
    profile
}

/// As `base`, of a profile.
pub(super) fn base_of(profile: &Profile) -> Profile {
    base(profile.preset, &profile.address, &profile.client_id)
}

/// Puts what the table's preset stands for into a profile, before the table's own keys take their place.
pub(super) fn begin(reader: &mut Reader<'_>, table: &DeTable<'_>, profile: &mut Profile) {
    let find = |name: &str| table.iter().find(|(key, _)| key.get_ref() == name).map(|(_, value)| value);
    let text = |name: &str| find(name).and_then(|value| value.get_ref().as_str()).unwrap_or_default();
    profile.preset = find("preset").and_then(|value| preset(reader, value));
    if profile.preset.is_none() {
        return;
    }
    let address =
        parse_url(text("url")).map_or_else(|_told_later| profile.address.clone(), |url| url.address);
    let base = base(profile.preset, &address, text("client_id"));
    (profile.version, profile.version_is_fixed) = (base.version, base.version_is_fixed);
    profile.keep_alive_s = base.keep_alive_s;
    profile.tls.alpn = base.tls.alpn;
}

fn preset(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<Preset> {
    let key = reader.text("preset", value)?;
    let known = Preset::from_key(&key);
    if known.is_none() {
        reader.fault(value.span().start, unknown_words(&key));
    }
    known
}

/// That there is no such preset, and which there are.
pub fn unknown_words(key: &str) -> String {
    let keys = || Preset::ALL.into_iter().map(Preset::key);
    match did_you_mean(key, keys()) {
        guess if guess.is_empty() => {
            format!("there is no preset {key:?}; there are {}", keys().collect::<Vec<_>>().join(", "))
        }
        guess => format!("there is no preset {key:?}{guess}"),
    }
}

/// Holds a profile that was read against what its preset's broker takes.
pub(super) fn check(reader: &mut Reader<'_>, at: usize, profile: &Profile) {
    if profile.preset.is_some()
        && reader.faults.is_empty()
        && let Err(words) = profile.limits().check_profile(profile)
    {
        reader.fault(at, words);
    }
}
