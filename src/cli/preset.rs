//! `--preset`: what it does to addresses and profiles. Owns the flag's text and errors; `mqtt::preset` owns the rest.
use super::{ConnectionArgs, ProfileError};
use crate::config::device::unknown_preset;
use crate::mqtt::{Preset, Profile, Transport};

pub(super) fn parse_preset(text: &str) -> Result<Preset, String> {
    Preset::from_key(text).ok_or_else(|| unknown_preset(text))
}

impl ConnectionArgs {
    /// A broker's URL as it was given; a host alone is reached as the preset's brokers usually are.
    pub(super) fn url(&self, text: &str) -> String {
        let usual = self.preset.and_then(|preset| preset.transports().first().copied());
        if text.contains("://") {
            return text.to_owned();
        }
        format!("{}://{text}", usual.unwrap_or(Transport::Tcp).scheme())
    }

    /// The host that the preset leaves no choice of.
    pub(super) fn only_host(&self) -> Option<&'static str> {
        self.preset.filter(|preset| *preset == Preset::Local).map(|_local| "127.0.0.1")
    }

    /// Fills in what the preset stands for, before the other flags take their places.
    pub(super) fn fill(&self, profile: &mut Profile) -> Result<(), ProfileError> {
        let Some(preset) = self.preset else { return Ok(()) };
        profile.preset = Some(preset);
        // What is made of the client id is made of the one that will be used.
        if let Some(id) = &self.client_id {
            profile.client_id.clone_from(id);
        }
        preset.limits().check_transport(profile).map_err(ProfileError::Preset)?;
        preset.fill(profile);
        Ok(())
    }
}

/// Refuses what the broker of a profile's preset doesn't take.
pub(super) fn check_limits(profile: &Profile) -> Result<(), ProfileError> {
    match profile.preset {
        None => Ok(()),
        Some(_) => profile.limits().check_profile(profile).map_err(ProfileError::Preset),
    }
}
