//! From the words on the command line to the devices they mean. Owns which word is a file's name, which is a
//! host, and what is opened when there is none; connects nothing.
use super::profile::{check, check_user, read_password};
use super::{ConnectionArgs, PasswordArgs, ProfileError};
use crate::config::device::{Devices, url_of};
use crate::mqtt::address::parse_url;
use crate::mqtt::profile::PasswordSource;
use crate::mqtt::{Profile, Secret};

/// What is opened when nothing is named and nothing was open before.
const LOCAL: &str = "mqtt://127.0.0.1:1883";

/// The devices to open.
#[derive(Debug, Default)]
pub struct Opened {
    /// Their profiles, in the order named.
    pub profiles: Vec<Profile>,
    /// What to call them the next time: names of files, or URLs without anything secret.
    pub words: Vec<String>,
    /// What to tell.
    pub warnings: Vec<String>,
    /// The places in `profiles` of those that the typed password is for.
    pub(super) asking: Vec<usize>,
}

/// Finds the devices of the words. `unique` makes client ids unique.
pub fn open(
    words: &[String],
    connection: &ConnectionArgs,
    devices: &Devices,
    unique: u64,
) -> Result<Opened, ProfileError> {
    let mut opened = Opened::default();
    for (place, word) in words.iter().enumerate() {
        opened.add(word, connection, devices, unique, place)?;
    }
    if words.is_empty() {
        opened.add(LOCAL, connection, devices, unique, 0)?;
    }
    Ok(opened)
}

/// Finds the devices that were open last. What is gone is told and left out; with nothing left it is as if
/// there had been nothing.
pub fn reopen(
    last: &[String],
    connection: &ConnectionArgs,
    devices: &Devices,
    unique: u64,
) -> Result<Opened, ProfileError> {
    let mut opened = Opened::default();
    for word in last {
        let is_name = !word.contains([':', '/']);
        if is_name && !devices.has(word) {
            opened.warnings.push(format!("the device {word:?}, open last, is no more"));
            continue;
        }
        let place = opened.profiles.len();
        match opened.add(word, connection, devices, unique, place) {
            Ok(()) => {}
            Err(error @ (ProfileError::Device(_) | ProfileError::Address(_))) => {
                opened.warnings.push(error.to_string());
            }
            Err(error) => return Err(error),
        }
    }
    if opened.profiles.is_empty() {
        opened.add(LOCAL, connection, devices, unique, 0)?;
    }
    Ok(opened)
}

impl Opened {
    /// A file's name wins over a host's; everything else is a URL or a host.
    fn add(
        &mut self,
        word: &str,
        connection: &ConnectionArgs,
        devices: &Devices,
        unique: u64,
        place: usize,
    ) -> Result<(), ProfileError> {
        if devices.has(word) && self.words.iter().any(|known| known == word) {
            self.warnings.push(format!("the device {word:?} is named twice and opened once"));
            return Ok(());
        }
        if devices.has(word) {
            return self.add_device(word, connection, devices, unique, place);
        }
        let is_bare = !word.contains([':', '/', '.', '[']);
        if let Some(near) = devices.nearest(word).filter(|_| is_bare) {
            let words = format!(
                "there is no device {word:?}, so it is taken for a host; did you mean the device {near:?}?"
            );
            self.warnings.push(words);
        }
        let url = if word.contains("://") { word.to_owned() } else { format!("mqtt://{word}") };
        let parsed = parse_url(&url)?;
        if parsed.password.is_some() {
            let words = "a password in a URL can be read in the process list; --password-env keeps it out";
            self.warnings.push(words.to_owned());
        }
        self.words.push(remembered(&parsed.address, parsed.username.as_deref()));
        let asks = connection.asks(Some(&parsed));
        let profile = connection.profile(parsed, unique, place)?;
        self.warnings.extend(unset_variables(&profile));
        self.push(profile, asks)
    }

    fn add_device(
        &mut self,
        name: &str,
        connection: &ConnectionArgs,
        devices: &Devices,
        unique: u64,
        place: usize,
    ) -> Result<(), ProfileError> {
        let file = devices.read(name)?;
        self.warnings.extend(file.warnings.iter().map(ToString::to_string));
        let mut profile = file.profile;
        connection.change(&mut profile)?;
        connection.identify(&mut profile, unique, place);
        self.warnings.extend(resolve_password(&mut profile));
        self.warnings.extend(unset_variables(&profile));
        connection.resolve()?;
        check(&profile)?;
        self.words.push(name.to_owned());
        self.push(profile, connection.asks(None))
    }

    fn push(&mut self, profile: Profile, asks: bool) -> Result<(), ProfileError> {
        if asks {
            // Told before anybody types.
            check_user(&profile)?;
            self.asking.push(self.profiles.len());
        }
        self.profiles.push(profile);
        Ok(())
    }

    /// Asks for the password where that is wished for and a device has a use for it.
    pub fn prompt(&mut self, password: &PasswordArgs) -> Result<(), ProfileError> {
        if self.asking.is_empty() {
            return Ok(());
        }
        let typed = password.prompt()?;
        for place in &self.asking {
            if let Some(profile) = self.profiles.get_mut(*place) {
                profile.password.clone_from(&typed);
            }
        }
        Ok(())
    }
}

/// A URL to be opened again. A query may be a signature, so it isn't written down.
fn remembered(address: &crate::mqtt::Address, username: Option<&str>) -> String {
    let mut address = address.clone();
    if let (true, Some((path, _))) = (address.transport.is_websocket(), address.path.split_once('?')) {
        address.path = path.to_owned();
    }
    url_of(&address, username)
}

/// What is told of variables that headers and the proxy need and that are not there.
fn unset_variables(profile: &Profile) -> impl Iterator<Item = String> {
    let headers =
        profile.ws_headers_made.iter().map(|(name, source)| (format!("the header {name:?}"), source));
    let proxy = ("the proxy's password".to_owned(), &profile.proxy_password_source);
    headers.chain([proxy]).filter_map(|(what, source)| match source {
        PasswordSource::Variable(variable) if std::env::var_os(variable).is_none() => {
            let name = &profile.name;
            Some(format!("{name}: the environment variable {variable:?} with {what} is not set"))
        }
        PasswordSource::Variable(_)
        | PasswordSource::Given
        | PasswordSource::File(_)
        | PasswordSource::Command(_) => None,
    })
}

/// Takes what a variable or file holds now, so that the first connection has it; the words are for what isn't
/// there, which other devices are not kept waiting for.
fn resolve_password(profile: &mut Profile) -> Option<String> {
    let name = &profile.name;
    let bytes = match &profile.password_source {
        PasswordSource::Given | PasswordSource::Command(_) => return None,
        PasswordSource::Variable(variable) => {
            std::env::var_os(variable).map(std::ffi::OsString::into_encoded_bytes).ok_or_else(|| {
                format!("{name}: the environment variable {variable:?} with its password is not set")
            })
        }
        PasswordSource::File(path) => read_password(path)
            .map_err(|error| format!("{name}: the password file {} can't be read: {error}", path.display())),
    };
    let (bytes, missing) = match bytes {
        Ok(bytes) => (Some(bytes), None),
        Err(words) => (None, Some(words)),
    };
    profile.password = bytes.map(Secret::new);
    missing
}
