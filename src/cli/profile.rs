//! From arguments to a profile. Owns which flag changes what, and what is refused; a device file's own values
//! stay where no flag was given.
use super::preset::check_limits;
use super::{ConnectionArgs, PasswordArgs, ProfileError, VersionArg};
use crate::mqtt::address::ParsedUrl;
use crate::mqtt::profile::{KEPT_SESSION_EXPIRY_S, PROTOCOL_MAX_PACKET_BYTES, PasswordSource};
use crate::mqtt::{Address, Filter, Profile, Qos, Secret, Subscription, Transport, Version};
use std::path::Path;

/// Refuses what a profile can't be opened with.
pub(super) fn check(profile: &Profile) -> Result<(), ProfileError> {
    if profile.proxy.is_some() && profile.address.transport == Transport::Unix {
        return Err(ProfileError::ProxyToSocket);
    }
    if !profile.clean_start && profile.client_id.is_empty() {
        return Err(ProfileError::NoClientId);
    }
    check_password(profile)
}

fn check_password(profile: &Profile) -> Result<(), ProfileError> {
    let has_password = profile.password.is_some() || profile.password_source != PasswordSource::Given;
    if has_password { check_user(profile) } else { Ok(()) }
}

/// A password goes along; 3.1.1 has no way to send it without a user name (section 3.1.2.9).
pub(super) fn check_user(profile: &Profile) -> Result<(), ProfileError> {
    if profile.version == Version::V3 && profile.username.is_none() {
        return Err(ProfileError::PasswordAlone(profile.name.clone()));
    }
    Ok(())
}

/// A password file's contents; a line end behind them is left out.
pub(super) fn read_password(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = std::fs::read(path)?;
    while bytes.last().is_some_and(|byte| matches!(byte, b'\n' | b'\r')) {
        bytes.pop();
    }
    Ok(bytes)
}

impl ConnectionArgs {
    /// The profile of one broker; `place` is its place on the command line.
    pub fn profile(&self, url: ParsedUrl, unique: u64, place: usize) -> Result<Profile, ProfileError> {
        let mut profile = Profile::new(url.address.to_string(), url.address, String::new());
        profile.version_is_fixed = false;
        self.change(&mut profile)?;
        self.identify(&mut profile, unique, place);
        self.credentials(&mut profile, url.username, url.password);
        self.resolve()?;
        check(&profile)?;
        Ok(profile)
    }

    /// Puts what was given on the command line in the place of what a profile says; the rest stays.
    pub fn change(&self, profile: &mut Profile) -> Result<(), ProfileError> {
        self.fill(profile)?;
        if let Some(version) = self.mqtt {
            (profile.version, profile.version_is_fixed) = match version {
                VersionArg::V3 => (Version::V3, true),
                VersionArg::V5 => (Version::V5, true),
                VersionArg::Auto => (Version::V5, false),
            };
        }
        profile.receive_maximum = self.receive_maximum.unwrap_or(profile.receive_maximum);
        profile.will = self.will.will().or(profile.will.take());
        self.transport.apply(profile)?;
        profile.username = self.username.clone().or(profile.username.take());
        if let Some(source) = self.password_source() {
            (profile.password, profile.password_source) = (None, source);
        }
        profile.keep_alive_s = self.keep_alive.unwrap_or(profile.keep_alive_s);
        if self.persistent {
            profile.clean_start = false;
            profile.session_expiry_s = self.session_expiry.unwrap_or(KEPT_SESSION_EXPIRY_S);
        }
        if let Some(bytes) = self.max_packet {
            let most = u64::from(PROTOCOL_MAX_PACKET_BYTES);
            profile.max_packet_bytes = match bytes {
                bytes @ 1_000.. if bytes <= most => u32::try_from(bytes).unwrap_or(u32::MAX),
                _ => return Err(ProfileError::MaxPacket),
            };
        }
        self.subscribe(profile);
        check_limits(profile)
    }

    /// What a URL says of the user is for that device, and the flags are for all: the URL's wins. The flags'
    /// password belongs to the flags' user name; without one it completes the URL's.
    fn credentials(&self, profile: &mut Profile, username: Option<String>, password: Option<Secret>) {
        let is_own = password.is_some() || username.is_some() && self.username.is_some();
        if is_own {
            (profile.password, profile.password_source) = (password, PasswordSource::Given);
        }
        if username.is_some() || is_own {
            profile.username = username;
        }
    }

    /// Whether the password that is typed goes to a broker whose URL says this.
    pub(super) fn asks(&self, url: Option<&ParsedUrl>) -> bool {
        let is_own = url
            .is_some_and(|url| url.password.is_some() || url.username.is_some() && self.username.is_some());
        self.password.password_prompt && !is_own
    }

    /// Gives a profile its client id: the one from the command line, its own, or a new one.
    pub fn identify(&self, profile: &mut Profile, unique: u64, place: usize) {
        if self.client_id.is_some() || profile.client_id.is_empty() {
            profile.client_id = self.client_id(unique, place);
        }
    }

    /// The profile of the demo's own broker.
    pub fn demo_profile(&self, address: Address, unique: u64) -> Result<Profile, ProfileError> {
        if self.password_source().is_some() {
            return Err(ProfileError::DemoPassword);
        }
        let url = ParsedUrl { address, username: None, password: None };
        let mut profile = self.profile(url, unique, 0)?;
        profile.name = "demo".into();
        match self.transport.useless(std::slice::from_ref(&profile)) {
            Some(useless) => Err(useless),
            None => Ok(profile),
        }
    }

    /// Filters given take the place of the profile's; `#` is heard when there are none at all.
    fn subscribe(&self, profile: &mut Profile) {
        let parse = |text| Filter::parse(text).ok();
        let new = |filter| Subscription::new(filter, Qos::default());
        if !self.filters.is_empty() {
            profile.subscriptions = self.filters.iter().cloned().map(new).collect();
        } else if profile.subscriptions.is_empty() {
            profile.subscriptions.extend(parse("#").map(new));
        }
        if self.sys {
            profile.subscriptions.extend(parse("$SYS/#").map(new));
        }
        let mut seen = std::collections::HashSet::new();
        profile.subscriptions.retain(|subscription| seen.insert(subscription.filter.clone()));
        if let Some(qos) = self.qos {
            profile.subscriptions.iter_mut().for_each(|subscription| subscription.qos = qos);
        }
    }

    /// Where the command line says that the password comes from.
    fn password_source(&self) -> Option<PasswordSource> {
        let PasswordArgs { password_env, password_file, password_command, password_prompt } = &self.password;
        let variable = password_env.clone().map(PasswordSource::Variable);
        let file = || password_file.clone().map(PasswordSource::File);
        let command = || password_command.clone().map(PasswordSource::Command);
        // What is typed is known before anything is opened, and stands for the whole run.
        let prompt = || password_prompt.then_some(PasswordSource::Given);
        variable.or_else(file).or_else(command).or_else(prompt)
    }

    /// Looks for the password that the command line names; one that isn't there is an error now, not later.
    pub(super) fn resolve(&self) -> Result<(), ProfileError> {
        if let PasswordSource::File(path) = self.password.source()? {
            read_password(&path).map_err(|error| ProfileError::File { path, error })?;
        }
        Ok(())
    }

    /// At most 23 letters and digits: what every broker must take (MQTT 3.1.1 section 3.1.3.1).
    fn client_id(&self, unique: u64, place: usize) -> String {
        match &self.client_id {
            Some(id) if place == 0 => id.clone(),
            Some(id) => format!("{id}-{place}"),
            None => {
                let mixed = unique.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(17) ^ (place as u64) << 40;
                format!("mqttscope{:012x}", mixed & 0xFFFF_FFFF_FFFF)
            }
        }
    }
}
