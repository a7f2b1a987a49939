//! What stands in the fields. Owns the texts and choices of a profile; judges none of them.
use super::field::{Field, Section};
use crate::model::line::Line;
use crate::mqtt::entry::subscription_text;
use crate::mqtt::preset::Preset;
use crate::mqtt::profile::PasswordSource;
use crate::mqtt::url::proxy_of;
use crate::mqtt::{Address, Profile, Transport, Version};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Rows of a list that can be typed in; what a file holds beyond stays.
const MAX_ROWS: usize = 1_000;

/// Room that a secret is typed into without being copied about.
const SECRET_BYTES: usize = 1_024;

/// The places of the password's choice.
pub const NO_PASSWORD: usize = 0;
pub const TYPED: usize = 1;
pub const VARIABLE: usize = 2;
pub const FILE: usize = 3;
pub const COMMAND: usize = 4;

/// Every field's text or choice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    texts: BTreeMap<Field, Text>,
    picks: BTreeMap<Field, usize>,
}

/// A text that may be a secret: never printed, overwritten when it goes; its cursor makes no difference.
#[derive(Clone, Default)]
struct Text(Line);

impl Drop for Text {
    fn drop(&mut self) {
        self.0.wipe();
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.0.text() == other.0.text()
    }
}

impl Eq for Text {}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Text(…)")
    }
}

impl State {
    /// The fields of a profile.
    pub fn of(profile: &Profile) -> Self {
        let mut state = Self::default();
        state.connection(profile);
        state.credentials(profile);
        state.session(profile);
        state.way(profile);
        state.will(profile);
        for (idx, subscription) in profile.subscriptions.iter().enumerate() {
            state.put(Field::Subscription(idx), subscription_text(subscription));
        }
        for (idx, filter) in profile.excludes.iter().enumerate() {
            state.put(Field::Exclude(idx), filter.as_str());
        }
        state.tidy(None);
        state
    }

    fn connection(&mut self, profile: &Profile) {
        let Address { transport, host, port, path } = &profile.address;
        self.choose(Field::Preset, place(&Preset::ALL, profile.preset.as_ref()).map_or(0, |place| place + 1));
        self.put(Field::Name, profile.name.as_str());
        self.choose_transport(*transport);
        self.put(Field::Host, host.as_str());
        let is_default = *port == 0 || *port == self.default_port();
        self.put(Field::Port, if is_default { String::new() } else { port.to_string() });
        let is_default = transport.is_websocket() && path == Address::DEFAULT_PATH;
        self.put(Field::Path, if is_default { "" } else { path.as_str() });
        self.choose(
            Field::Version,
            match (profile.version_is_fixed, profile.version) {
                (false, _) => 0,
                (true, Version::V5) => 1,
                (true, Version::V3) => 2,
            },
        );
    }

    fn credentials(&mut self, profile: &Profile) {
        self.put(Field::ClientId, profile.client_id.as_str());
        self.put(Field::Username, profile.username.clone().unwrap_or_default());
        let (mut variable, mut file, mut command) = (String::new(), String::new(), String::new());
        let source = match &profile.password_source {
            PasswordSource::Given if profile.password.is_none() => NO_PASSWORD,
            PasswordSource::Given => TYPED,
            PasswordSource::Variable(name) => {
                variable.clone_from(name);
                VARIABLE
            }
            PasswordSource::File(path) => {
                file = path.to_string_lossy().into_owned();
                FILE
            }
            PasswordSource::Command(line) => {
                command.clone_from(line);
                COMMAND
            }
        };
        self.choose(Field::PasswordSource, source);
        let typed = profile.password.as_ref().filter(|_| source == TYPED);
        self.put(Field::Password, typed.map_or("".into(), |secret| String::from_utf8_lossy(secret.expose())));
        self.choose(Field::Saving, 0);
        self.put(Field::Variable, variable);
        self.put(Field::PasswordFile, file);
        self.put(Field::PasswordCommand, command);
    }

    fn session(&mut self, profile: &Profile) {
        self.put(Field::KeepAlive, profile.keep_alive_s.to_string());
        self.choose(Field::CleanStart, usize::from(profile.clean_start));
        self.put(Field::SessionExpiry, profile.session_expiry_s.to_string());
        self.put(Field::ReceiveMaximum, profile.receive_maximum.to_string());
        self.put(Field::MaxPacket, profile.max_packet_bytes.to_string());
    }

    fn way(&mut self, profile: &Profile) {
        let tls = &profile.tls;
        let files = [
            (Field::CaFile, &tls.ca_file),
            (Field::CertFile, &tls.cert_file),
            (Field::KeyFile, &tls.key_file),
        ];
        for (field, path) in files {
            self.put(
                field,
                path.as_ref().map(|path| path.to_string_lossy().into_owned()).unwrap_or_default(),
            );
        }
        self.put(Field::Alpn, tls.alpn.join(", "));
        self.put(Field::ServerName, tls.server_name.clone().unwrap_or_default());
        self.choose(Field::Insecure, usize::from(tls.insecure));
        for (idx, (name, value)) in profile.ws_headers.iter().enumerate() {
            self.put(Field::Header(idx), format!("{name}: {}", String::from_utf8_lossy(value.expose())));
        }
        self.put(Field::Proxy, profile.proxy.as_ref().map(proxy_of).unwrap_or_default());
    }

    fn will(&mut self, profile: &Profile) {
        let will = profile.will.as_ref();
        self.put(Field::WillTopic, will.map_or("", |will| will.topic.as_str()));
        let payload = will.map(|will| String::from_utf8_lossy(&will.payload.0).into_owned());
        self.put(Field::WillPayload, payload.unwrap_or_default());
        self.choose(Field::WillQos, will.map_or(0, |will| usize::from(will.qos.bits())));
        self.choose(Field::WillRetain, will.map_or(0, |will| usize::from(will.retain)));
        self.put(Field::WillDelay, will.map_or(0, |will| will.delay_s).to_string());
    }

    /// A field's text; a choice has none.
    pub fn text(&self, field: Field) -> &str {
        self.texts.get(&field).map_or("", |text| text.0.text())
    }

    /// A field's text without blanks around it.
    pub fn word(&self, field: Field) -> &str {
        self.text(field).trim()
    }

    /// The line of a field that is typed in.
    pub fn line(&self, field: Field) -> Option<&Line> {
        self.texts.get(&field).map(|text| &text.0)
    }

    /// The same, for editing.
    pub fn line_mut(&mut self, field: Field) -> Option<&mut Line> {
        self.texts.get_mut(&field).map(|text| &mut text.0)
    }

    /// Replaces a field's text.
    pub fn put(&mut self, field: Field, text: impl AsRef<str>) {
        let mut kept = String::with_capacity(text.as_ref().len() + SECRET_BYTES);
        kept.push_str(text.as_ref());
        self.texts.insert(field, Text(Line::with(kept)));
    }

    /// The place of a field's choice.
    pub fn pick(&self, field: Field) -> usize {
        self.picks.get(&field).copied().unwrap_or_default()
    }

    /// Chooses.
    pub fn choose(&mut self, field: Field, place: usize) {
        self.picks.insert(field, place);
    }

    /// Whether a choice of no and yes is yes.
    pub fn is_yes(&self, field: Field) -> bool {
        self.pick(field) == 1
    }

    /// Chooses a preset.
    pub fn choose_preset(&mut self, preset: Preset) {
        self.choose(Field::Preset, place(&Preset::ALL, Some(&preset)).map_or(0, |place| place + 1));
    }

    /// The preset that is chosen.
    pub fn preset(&self) -> Option<Preset> {
        self.pick(Field::Preset).checked_sub(1).and_then(|place| Preset::ALL.get(place)).copied()
    }

    /// Chooses a transport.
    pub fn choose_transport(&mut self, transport: Transport) {
        self.choose(Field::Transport, place(&Transport::ALL, Some(&transport)).unwrap_or_default());
    }

    /// The transport that is chosen.
    pub fn transport(&self) -> Transport {
        Transport::ALL.get(self.pick(Field::Transport)).copied().unwrap_or(Transport::Tcp)
    }

    /// The port that an empty field stands for.
    pub fn default_port(&self) -> u16 {
        let transport = self.transport();
        self.preset().map_or(transport.default_port(), |preset| preset.port(transport))
    }

    /// Whether the version is fixed to 3.1.1.
    pub fn is_v3(&self) -> bool {
        self.pick(Field::Version) == 2
    }

    /// The rows of a list, the empty ones included.
    pub fn rows(&self, section: Section) -> impl Iterator<Item = Field> + '_ {
        let is_row = move |field: &&Field| {
            matches!(
                (section, field),
                (Section::WebSocket, Field::Header(_))
                    | (Section::Subscriptions, Field::Subscription(_))
                    | (Section::Excludes, Field::Exclude(_))
            )
        };
        self.texts.keys().filter(is_row).copied()
    }

    /// Takes emptied rows away, but the one under the cursor, and sees to one for adding at each list's end.
    pub fn tidy(&mut self, under_cursor: Option<Field>) {
        for (section, row) in [
            (Section::WebSocket, Field::Header as fn(usize) -> Field),
            (Section::Subscriptions, Field::Subscription),
            (Section::Excludes, Field::Exclude),
        ] {
            let rows: Vec<Field> = self.rows(section).collect();
            let mut kept = Vec::new();
            for field in rows {
                let is_kept = !self.word(field).is_empty() || under_cursor == Some(field);
                kept.extend(self.texts.remove(&field).filter(|_| is_kept));
            }
            let wants_one = kept.last().is_none_or(|last| !last.0.text().is_empty());
            if wants_one && kept.len() < MAX_ROWS {
                kept.push(Text::default());
            }
            self.texts.extend(kept.into_iter().enumerate().map(|(idx, text)| (row(idx), text)));
        }
    }

    /// The fields that are shown, in order: those that apply.
    pub fn shown(&self) -> Vec<Field> {
        Section::ALL.into_iter().flat_map(|section| self.shown_of(section)).collect()
    }

    /// The fields of a section that are shown.
    pub fn shown_of(&self, section: Section) -> Vec<Field> {
        let rows = self.rows(section).filter(|field| self.applies(*field));
        let single = section.fields().iter().copied().filter(|field| self.applies(*field));
        rows.chain(single).collect()
    }

    /// Whether a field means anything with what stands in the others.
    pub fn applies(&self, field: Field) -> bool {
        let transport = self.transport();
        let is_unix = transport == Transport::Unix;
        match field {
            Field::Host | Field::Port | Field::Proxy => !is_unix,
            Field::Path => is_unix || transport.is_websocket(),
            Field::Password | Field::Saving => self.pick(Field::PasswordSource) == TYPED,
            Field::Variable => self.pick(Field::PasswordSource) == VARIABLE,
            Field::PasswordFile => self.pick(Field::PasswordSource) == FILE,
            Field::PasswordCommand => self.pick(Field::PasswordSource) == COMMAND,
            Field::CaFile
            | Field::CertFile
            | Field::KeyFile
            | Field::Alpn
            | Field::ServerName
            | Field::Insecure => transport.is_tls(),
            Field::Header(_) => transport.is_websocket(),
            Field::WillPayload | Field::WillQos | Field::WillRetain => {
                !self.text(Field::WillTopic).is_empty()
            }
            Field::WillDelay => !self.text(Field::WillTopic).is_empty() && !self.is_v3(),
            Field::Preset
            | Field::Name
            | Field::Transport
            | Field::Version
            | Field::ClientId
            | Field::Username
            | Field::PasswordSource
            | Field::KeepAlive
            | Field::CleanStart
            | Field::SessionExpiry
            | Field::ReceiveMaximum
            | Field::MaxPacket
            | Field::WillTopic
            | Field::Subscription(_)
            | Field::Exclude(_) => true,
        }
    }

    /// The fields that differ, a list as one: its first row.
    pub fn differences(&self, other: &Self) -> BTreeSet<Field> {
        let texts = self
            .texts
            .keys()
            .chain(other.texts.keys())
            .filter(|field| self.text(**field) != other.text(**field));
        let picks = self.picks.keys().filter(|field| self.pick(**field) != other.pick(**field));
        texts.chain(picks).map(|field| first_of(*field)).collect()
    }

    /// Takes fields over from another, a list as a whole.
    pub fn take(&mut self, other: &Self, fields: &BTreeSet<Field>) {
        self.texts.retain(|field, _| !fields.contains(&first_of(*field)));
        for (field, text) in other.texts.iter().filter(|(field, _)| fields.contains(&first_of(**field))) {
            self.texts.insert(*field, text.clone());
        }
        for (field, place) in other.picks.iter().filter(|(field, _)| fields.contains(field)) {
            self.picks.insert(*field, *place);
        }
    }
}

/// What stands for a list where fields are told apart.
pub const fn first_of(field: Field) -> Field {
    if matches!(field, Field::Header(_)) {
        Field::Header(0)
    } else if matches!(field, Field::Subscription(_)) {
        Field::Subscription(0)
    } else if matches!(field, Field::Exclude(_)) {
        Field::Exclude(0)
    } else {
        field
    }
}

fn place<T: PartialEq>(all: &[T], one: Option<&T>) -> Option<usize> {
    one.and_then(|one| all.iter().position(|known| known == one))
}
