//! `mqttscope device presets`: the kinds of brokers known by name. Owns the layout of the list.
use super::{fact, say};
use crate::mqtt::preset::Ask;
use crate::mqtt::{Preset, Profile};

/// Prints each preset with what it limits and what to have ready.
pub(super) fn list() {
    for preset in Preset::ALL {
        say(&format!("{:<16} {}", preset.key(), preset.title()));
        let asks: Vec<&str> = preset.asks().iter().copied().map(Ask::words).collect();
        if !asks.is_empty() {
            say(&format!("{:<16} asks for: {}", "", asks.join(", ")));
        }
        say(&format!("{:<16} {}", "", preset.words()));
    }
}

/// Tells of what kind a device's broker is.
pub(super) fn show(profile: &Profile) {
    if let Some(preset) = profile.preset {
        fact("preset", preset.title());
        if let Some(words) = preset.limits().words() {
            fact("its limits", words);
        }
    }
}
