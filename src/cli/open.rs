//! From the words on the command line to the devices they mean. Owns which word is a file's name, which is a
//! host, and what is opened when there is none; connects nothing.
use super::profile::{check, check_user, read_password};
use super::{ConnectionArgs, PasswordArgs, ProfileError};
use crate::config::device::{Devices, is_path, url_of};
use crate::config::schema;
use crate::device::{Node, Rule};
use crate::model::opening::{Opening, Origin};
use crate::mqtt::address::parse_url;
use crate::mqtt::profile::PasswordSource;
use crate::mqtt::{Profile, Secret};
use crate::sift::named::Named;
use std::path::Path;

/// The devices to open.
#[derive(Debug, Default)]
pub struct Opened {
    /// Their profiles, in the order named.
    pub profiles: Vec<Profile>,
    /// What to call them the next time: names of files, or URLs without anything secret.
    pub words: Vec<String>,
    /// What their files say beside that.
    pub said: Vec<Said>,
    /// Whether the client id of each was made up, or put into the place of what its file says.
    pub ids_are_made_up: Vec<bool>,
    /// What to tell.
    pub warnings: Vec<String>,
    /// The places in `profiles` of those that the typed password is for.
    pub(super) asking: Vec<usize>,
}

/// What a file says of topics.
#[derive(Debug, Default)]
pub struct Said {
    /// The nodes that it names.
    pub nodes: Vec<Node>,
    /// How it has topics read.
    pub rules: Vec<Rule>,
    /// Its view filters with names.
    pub filters: Vec<Named>,
}

/// Finds the devices of the words. `unique` makes client ids unique.
pub fn open(
    words: &[String],
    connection: &ConnectionArgs,
    devices: &Devices,
    unique: u64,
) -> Result<Opened, ProfileError> {
    open_at(words, connection, devices, unique, 0)
}

/// The same for those that are opened later, behind so many others.
pub fn open_at(
    words: &[String],
    connection: &ConnectionArgs,
    devices: &Devices,
    unique: u64,
    first: usize,
) -> Result<Opened, ProfileError> {
    let mut opened = Opened::default();
    for (place, word) in (first..).zip(words) {
        opened.add(word, connection, devices, unique, place)?;
    }
    Ok(opened)
}

/// Finds the devices that were open last. What is gone is told and left out.
pub fn reopen(
    last: &[String],
    connection: &ConnectionArgs,
    devices: &Devices,
    unique: u64,
) -> Result<Opened, ProfileError> {
    let mut opened = Opened::default();
    for word in last {
        let is_gone = is_path(word) && !Path::new(word).is_file();
        if is_gone || (is_name(word) && !devices.has(word)) {
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
    Ok(opened)
}

/// Whether a word that was written down is a file's name; a URL says its scheme.
fn is_name(word: &str) -> bool {
    !word.contains([':', '/'])
}

impl Opened {
    /// The devices, each ready to be opened; what there is to tell is left behind.
    pub fn openings(&mut self) -> Vec<Opening> {
        let profiles = std::mem::take(&mut self.profiles).into_iter();
        let words = std::mem::take(&mut self.words);
        let made_up = std::mem::take(&mut self.ids_are_made_up);
        let said = std::mem::take(&mut self.said);
        let opening = |(((profile, word), id_is_made_up), said): (((Profile, String), bool), Said)| {
            let is_file = is_name(&word) || is_path(&word);
            let origin = if is_file { Origin::File(word) } else { Origin::Url(word) };
            let Said { nodes, rules, filters } = said;
            Opening { profile, nodes, rules, filters, origin, id_is_made_up, warnings: Vec::new() }
        };
        profiles.zip(words).zip(made_up).zip(said).map(opening).collect()
    }

    /// A file's name wins over a host's; everything else is a URL or a host.
    fn add(
        &mut self,
        word: &str,
        connection: &ConnectionArgs,
        devices: &Devices,
        unique: u64,
        place: usize,
    ) -> Result<(), ProfileError> {
        let word = &whole_path(word);
        if devices.knows(word) && self.words.iter().any(|known| known == word) {
            self.warnings.push(format!("the device {word:?} is named twice and opened once"));
            return Ok(());
        }
        if devices.knows(word) {
            return self.add_device(word, connection, devices, unique, place);
        }
        let is_bare = !word.contains([':', '/', '.', '[']);
        if let Some(near) = devices.nearest(word).filter(|_| is_bare) {
            let words = format!(
                "there is no device {word:?}, so it is taken for a host; did you mean the device {near:?}?"
            );
            self.warnings.push(words);
        }
        let parsed = parse_url(&connection.url(word))?;
        if parsed.password.is_some() {
            let words = "a password in a URL can be read in the process list; --password-env keeps it out";
            self.warnings.push(words.to_owned());
        }
        let remembered = remembered(&parsed.address, parsed.username.as_deref());
        let asks = connection.asks(Some(&parsed));
        let profile = connection.profile(parsed, unique, place)?;
        self.warnings.extend(unset_variables(&profile));
        self.ask(&profile, asks)?;
        self.put(profile, remembered, true, Said::default());
        Ok(())
    }

    fn add_device(
        &mut self,
        name: &str,
        connection: &ConnectionArgs,
        devices: &Devices,
        unique: u64,
        place: usize,
    ) -> Result<(), ProfileError> {
        let mut file = devices.open(name)?;
        self.warnings.extend(file.warnings.iter().map(ToString::to_string));
        self.warnings.extend(schema::compile_all(&file.path, &mut file.rules));
        let mut profile = file.profile;
        connection.change(&mut profile)?;
        let id_is_made_up = connection.client_id.is_some() || profile.client_id.is_empty();
        connection.identify(&mut profile, unique, place);
        self.warnings.extend(resolve_password(&mut profile));
        self.warnings.extend(unset_variables(&profile));
        connection.resolve()?;
        check(&profile)?;
        self.ask(&profile, connection.asks(None))?;
        let said = Said { nodes: file.nodes, rules: file.rules, filters: file.filters };
        self.put(profile, name.to_owned(), id_is_made_up, said);
        Ok(())
    }

    /// Notes that the next profile wants the typed password, if it does.
    fn ask(&mut self, profile: &Profile, asks: bool) -> Result<(), ProfileError> {
        if asks {
            // Told before anybody types.
            check_user(profile)?;
            self.asking.push(self.profiles.len());
        }
        Ok(())
    }

    fn put(&mut self, profile: Profile, word: String, id_is_made_up: bool, said: Said) {
        self.said.push(said);
        self.profiles.push(profile);
        self.words.push(word);
        self.ids_are_made_up.push(id_is_made_up);
    }

    /// Asks for the password where that is wished for and a device has a use for it; it is returned for those
    /// that are opened later.
    pub fn prompt(&mut self, password: &PasswordArgs) -> Result<Option<Secret>, ProfileError> {
        if self.asking.is_empty() {
            return Ok(None);
        }
        let typed = password.prompt()?;
        self.answer(typed.as_ref());
        Ok(typed)
    }

    /// Gives the typed password to those that want it.
    pub(super) fn answer(&mut self, typed: Option<&Secret>) {
        for place in &self.asking {
            if let Some(profile) = self.profiles.get_mut(*place) {
                profile.password = typed.cloned();
            }
        }
    }
}

/// The path of a device file as it is understood anywhere; other words as they are.
fn whole_path(word: &str) -> String {
    let whole = is_path(word).then(|| std::path::absolute(word).ok()).flatten();
    whole.and_then(|path| path.into_os_string().into_string().ok()).unwrap_or_else(|| word.to_owned())
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
        PasswordSource::File(path) => read_password(path).map_err(|error| {
            format!("{name}: the password file \"{}\" can't be read: {error}", path.display())
        }),
    };
    let (bytes, missing) = match bytes {
        Ok(bytes) => (Some(bytes), None),
        Err(words) => (None, Some(words)),
    };
    profile.password = bytes.map(Secret::new);
    missing
}
