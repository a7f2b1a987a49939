//! What the form fills in by itself: a preset's settings, a name, the parts of a URL. Owns what is the user's own
//! and what follows it.
use super::field::Field;
use super::state::{COMMAND, NO_PASSWORD, State, TYPED};
use super::{DeviceForm, Profile};
use crate::mqtt::address::parse_url;
use crate::mqtt::entry::is_device_name;
use crate::mqtt::preset::Preset;
use crate::mqtt::{Address, Filter, Qos, Subscription};
use std::collections::BTreeSet;

/// A device of which nothing is known, that hears everything.
pub fn blank() -> Profile {
    let mut profile = Profile::new("", Address::tcp("", 0), "");
    profile.version_is_fixed = false;
    let all = Filter::parse("#").map(|all| Subscription::new(all, Qos::AtMostOnce));
    profile.subscriptions.extend(all);
    profile
}

/// The fields of a profile that neither its preset nor a blank form would have filled in the same.
pub fn own_of(profile: &Profile) -> BTreeSet<Field> {
    let mut filled = Profile {
        address: profile.address.clone(),
        client_id: profile.client_id.clone(),
        preset: profile.preset,
        ..blank()
    };
    if let Some(preset) = profile.preset {
        preset.fill(&mut filled);
    }
    let mut own = State::of(profile).differences(&State::of(&filled));
    own.extend([Field::Name, Field::Transport, Field::Host, Field::Port, Field::Path, Field::ClientId]);
    own.insert(Field::PasswordSource);
    own
}

/// How the password of a preset's users usually comes.
const fn password_way(preset: Preset) -> usize {
    match preset {
        Preset::AzureIotHub | Preset::GoogleIotCore => COMMAND,
        Preset::Local | Preset::AwsIotCore => NO_PASSWORD,
        Preset::HomeAssistant | Preset::HiveMqCloud | Preset::EmqxCloud => TYPED,
    }
}

impl DeviceForm {
    /// Lets the preset fill in what is not the user's own.
    pub(super) fn refill(&mut self) {
        let mut own = self.own.clone();
        own.insert(Field::Preset);
        let mut state = State::of(&blank());
        state.take(&self.state, &own);
        if let Some(preset) = state.preset() {
            if let Some(usual) = preset.transports().first().filter(|_| !own.contains(&Field::Transport)) {
                state.choose_transport(*usual);
            }
            let mut profile = self.reading(&state).profile();
            preset.fill(&mut profile);
            state = State::of(&profile);
            state.choose(Field::PasswordSource, password_way(preset));
            state.take(&self.state, &own);
        }
        state.tidy(Some(self.focus));
        self.state = state;
        self.suggest();
        self.judge();
    }

    /// A name, as long as the user has not typed one: the preset's, or the host's.
    pub(super) fn suggest(&mut self) {
        if self.own.contains(&Field::Name) || self.edited.is_some() {
            return;
        }
        let host = self.state.word(Field::Host);
        let is_address = host.bytes().all(|byte| byte.is_ascii_digit() || b".:[]".contains(&byte));
        let first = host.split(['.', ':', '/']).next().unwrap_or_default();
        let stem = match self.state.preset() {
            Some(preset) => preset.key(),
            None if is_address || !is_device_name(first) => "",
            None => first,
        };
        let numbered = (2..).map(|number| format!("{stem}-{number}"));
        let mut names = std::iter::once(stem.to_owned()).chain(numbered);
        let name = names.find(|name| !self.taken.contains(name)).unwrap_or_default();
        self.state.put(Field::Name, name);
    }

    /// A URL in the host's field goes to where its parts belong, a port behind the host likewise.
    pub(super) fn take_apart(&mut self) {
        let text = self.state.word(Field::Host).to_owned();
        let is_url = text.contains("://");
        let has_port = text.matches(':').count() == 1 || text.starts_with('[');
        let parsed = match (is_url, has_port) {
            (true, _) => parse_url(&text),
            (false, true) => parse_url(&format!("mqtt://{text}")),
            (false, false) => return,
        };
        let Ok(parsed) = parsed else { return };
        let Address { transport, host, port, path } = parsed.address;
        self.own.insert(Field::Host);
        self.state.put(Field::Host, host);
        if is_url {
            self.state.choose_transport(transport);
            let is_default = path == Address::DEFAULT_PATH && transport.is_websocket();
            self.state.put(Field::Path, if is_default { "" } else { path.as_str() });
            self.own.extend([Field::Transport, Field::Path]);
        }
        // The port of a host without one is the default, whatever scheme it was read with.
        let said =
            if is_url || text.rsplit(':').next() == Some(port.to_string().as_str()) { port } else { 0 };
        if said > 0 {
            let is_default = said == self.state.default_port();
            self.state.put(Field::Port, if is_default { String::new() } else { said.to_string() });
            self.own.insert(Field::Port);
        }
        if let Some(user) = parsed.username {
            self.state.put(Field::Username, user);
            self.own.insert(Field::Username);
        }
        if let Some(password) = parsed.password {
            self.state.put(Field::Password, String::from_utf8_lossy(password.expose()));
            self.state.choose(Field::PasswordSource, TYPED);
            self.own.extend([Field::Password, Field::PasswordSource]);
        }
        self.refill();
        self.settle_focus();
    }
}
