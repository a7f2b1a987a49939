//! From fields to a profile. Owns what is wrong with each text by itself; what does not go together is `check`'s.
use super::field::{Field, Section};
use super::remark::{Remark, Weight};
use super::state::{COMMAND, FILE, State, TYPED, VARIABLE};
use crate::mqtt::address::{AddressError, parse_url};
use crate::mqtt::entry::{
    MAX_NAME_CHARS, command_word_flaw, is_device_name, parse_alpn, parse_header, parse_subscription,
};
use crate::mqtt::profile::{
    LEAST_MAX_PACKET_BYTES, MAX_EXCLUDES, PROTOCOL_MAX_PACKET_BYTES, PasswordSource, TlsSettings, Will,
    too_many_excludes,
};
use crate::mqtt::url::parse_proxy;
use crate::mqtt::{
    Address, Filter, Payload, Profile, PublishProperties, Qos, Secret, Topic, Transport, Version,
};
use std::path::PathBuf;
use std::str::FromStr;

/// A query may be a signature, and no other place of the file holds it.
pub const QUERY_IS_SAVED: &str =
    "what follows the ? is saved as it stands; whoever reads the file can use it";

/// The fields being read, and what was found wrong so far.
pub struct Reading<'a> {
    /// What stands in the fields.
    pub state: &'a State,
    /// The profile that the form began with, and its fields: what no field shows stays.
    pub base: &'a Profile,
    /// The same as fields.
    pub origin: &'a State,
    /// What is wrong.
    pub remarks: Vec<Remark>,
}

impl Reading<'_> {
    /// The profile of the fields; where a field is wrong, what the form began with.
    pub fn profile(&mut self) -> Profile {
        let base = self.base;
        let name = self.name();
        let (password_source, password) = self.password();
        let text = |field| Some(self.state.text(field)).filter(|text| !text.is_empty()).map(str::to_owned);
        let username = text(Field::Username);
        let (version, version_is_fixed) = match self.state.pick(Field::Version) {
            1 => (Version::V5, true),
            2 => (Version::V3, true),
            _auto if base.version_is_fixed => (Version::V5, false),
            _auto => (base.version, false),
        };
        Profile {
            name,
            preset: self.state.preset(),
            address: self.address(),
            version,
            version_is_fixed,
            client_id: self.state.text(Field::ClientId).to_owned(),
            username,
            password,
            password_source,
            tls: self.tls(),
            ws_headers: self.headers(),
            // What is made at each connect has no fields here; it stays as the file says.
            ws_headers_made: base.ws_headers_made.clone(),
            proxy: self.proxy(),
            proxy_password_source: base.proxy_password_source.clone(),
            keep_alive_s: self.number(Field::KeepAlive, 0, u16::MAX, base.keep_alive_s),
            clean_start: self.state.is_yes(Field::CleanStart),
            session_expiry_s: self.number(Field::SessionExpiry, 0, u32::MAX, base.session_expiry_s),
            receive_maximum: self.number(Field::ReceiveMaximum, 1, u16::MAX, base.receive_maximum),
            max_packet_bytes: self.number(
                Field::MaxPacket,
                LEAST_MAX_PACKET_BYTES,
                PROTOCOL_MAX_PACKET_BYTES,
                base.max_packet_bytes,
            ),
            will: self.will(),
            subscriptions: self.subscriptions(),
            excludes: self.excludes(),
        }
    }

    /// Something that must be put right, where the field is to be seen.
    pub fn fault(&mut self, field: Field, words: impl Into<String>) {
        self.remark(Weight::Fault, field, words.into());
    }

    /// Something that may stay so.
    pub fn advise(&mut self, field: Field, words: impl Into<String>) {
        self.remark(Weight::Advice, field, words.into());
    }

    fn remark(&mut self, weight: Weight, field: Field, words: String) {
        if self.state.applies(field) {
            self.remarks.push(Remark { field, weight, words });
        }
    }

    fn is_untouched(&self, field: Field) -> bool {
        self.state.text(field) == self.origin.text(field)
    }

    fn name(&mut self) -> String {
        let name = self.state.word(Field::Name).to_owned();
        if name.is_empty() {
            self.fault(Field::Name, "the device has no name; type one, such as plant");
        } else if !is_device_name(&name) {
            self.fault(
                Field::Name,
                format!(
                    "{name:?} can't be a device's name; use letters, digits, - and _, and dots but in front, \
                     {MAX_NAME_CHARS} at most"
                ),
            );
        } else if let Some(flaw) = command_word_flaw(&name).filter(|_| !self.is_untouched(Field::Name)) {
            self.fault(Field::Name, flaw);
        }
        name
    }

    fn address(&mut self) -> Address {
        let transport = self.state.transport();
        let path = self.path(transport);
        if transport == Transport::Unix {
            return Address { transport, host: String::new(), port: 0, path };
        }
        let host = match host_of(self.state.word(Field::Host)) {
            Ok(host) => host,
            Err(words) => {
                self.fault(Field::Host, words);
                String::new()
            }
        };
        let text = self.state.word(Field::Port);
        let port = match text.parse() {
            Ok(port) if port > 0 => port,
            _none if text.is_empty() => self.state.default_port(),
            _wrong => {
                self.fault(Field::Port, AddressError::Port(format!("{text:?}")).to_string());
                self.state.default_port()
            }
        };
        Address { transport, host, port, path }
    }

    fn path(&mut self, transport: Transport) -> String {
        let path = self.state.word(Field::Path).to_owned();
        match transport {
            Transport::Tcp | Transport::Tls => String::new(),
            Transport::Unix => {
                if !path.starts_with('/') || path.len() < 2 {
                    self.fault(
                        Field::Path,
                        "a Unix socket is named by its path, such as /run/mosquitto.sock",
                    );
                }
                path
            }
            Transport::WebSocket | Transport::SecureWebSocket if path.is_empty() => {
                Address::DEFAULT_PATH.to_owned()
            }
            Transport::WebSocket | Transport::SecureWebSocket => {
                if !path.starts_with('/') {
                    self.fault(Field::Path, "a path begins with a slash, such as /mqtt");
                } else if path.contains([' ', '#']) {
                    self.fault(Field::Path, "a path holds no blank and no #; write them as %20 and %23");
                } else if path.contains('?') {
                    self.advise(Field::Path, QUERY_IS_SAVED);
                }
                path
            }
        }
    }

    fn password(&mut self) -> (PasswordSource, Option<Secret>) {
        let state = self.state;
        match state.pick(Field::PasswordSource) {
            TYPED => {
                let typed = state.text(Field::Password);
                if typed.is_empty() {
                    self.advise(Field::Password, "no password is typed yet");
                }
                let known = self.base.password.clone().filter(|_| self.is_untouched(Field::Password));
                let typed = (!typed.is_empty()).then(|| Secret::new(typed.as_bytes().to_vec()));
                (PasswordSource::Given, known.or(typed))
            }
            VARIABLE => {
                let name = state.text(Field::Variable);
                if name.is_empty() {
                    self.fault(Field::Variable, "no variable is named; type one, such as PLANT_PASSWORD");
                } else if name.contains('=') {
                    self.fault(Field::Variable, format!("{name:?} is no variable's name; it holds a ="));
                }
                (PasswordSource::Variable(name.to_owned()), None)
            }
            FILE => {
                let path = state.text(Field::PasswordFile);
                if path.is_empty() {
                    self.fault(Field::PasswordFile, "no file is named; type its path");
                }
                (PasswordSource::File(path.into()), None)
            }
            COMMAND => {
                let line = state.text(Field::PasswordCommand);
                if line.trim().is_empty() {
                    self.fault(
                        Field::PasswordCommand,
                        "there is no command; type one, such as pass show mqtt",
                    );
                }
                (PasswordSource::Command(line.to_owned()), None)
            }
            _none => (PasswordSource::Given, None),
        }
    }

    fn number<T: FromStr + Into<u32> + Copy>(&mut self, field: Field, least: T, most: T, otherwise: T) -> T {
        let text = self.state.word(field);
        match text.parse::<T>() {
            Ok(number) if (least.into()..=most.into()).contains(&number.into()) => number,
            Ok(_) | Err(_) => {
                let (least, most) = (least.into(), most.into());
                let words = match text {
                    "" => format!("type a number, {least} to {most}"),
                    text => format!("{text:?} does not fit; type a number, {least} to {most}"),
                };
                self.fault(field, words);
                otherwise
            }
        }
    }

    fn tls(&mut self) -> TlsSettings {
        let state = self.state;
        let file = |field| Some(state.text(field)).filter(|text| !text.is_empty()).map(PathBuf::from);
        let alpn = if self.is_untouched(Field::Alpn) { self.base.tls.alpn.clone() } else { self.alpn() };
        TlsSettings {
            ca_file: file(Field::CaFile),
            cert_file: file(Field::CertFile),
            key_file: file(Field::KeyFile),
            alpn,
            server_name: Some(state.word(Field::ServerName))
                .filter(|name| !name.is_empty())
                .map(str::to_owned),
            insecure: state.is_yes(Field::Insecure),
        }
    }

    fn alpn(&mut self) -> Vec<String> {
        let mut protocols = Vec::new();
        let names = self.state.text(Field::Alpn).split(',').map(str::trim).filter(|name| !name.is_empty());
        for name in names {
            match parse_alpn(name) {
                Ok(name) => protocols.push(name),
                Err(words) => self.fault(Field::Alpn, words),
            }
        }
        protocols
    }

    fn headers(&mut self) -> Vec<(String, Secret)> {
        let mut headers: Vec<(String, Secret)> = Vec::new();
        let rows: Vec<Field> = self.state.rows(Section::WebSocket).collect();
        for row in rows {
            match parse_header(self.state.text(row)) {
                Ok((name, _)) if headers.iter().any(|(known, _)| *known == name) => {
                    self.fault(row, format!("{name:?} stands here twice; a header is sent once"));
                }
                Ok(header) => headers.push(header),
                Err(_) if self.state.word(row).is_empty() => {}
                Err(words) => self.fault(row, words),
            }
        }
        headers
    }

    fn proxy(&mut self) -> Option<crate::mqtt::profile::Proxy> {
        let text = self.state.word(Field::Proxy);
        if text.is_empty() || !self.state.applies(Field::Proxy) {
            return None;
        }
        parse_proxy(text).map_err(|words| self.fault(Field::Proxy, words)).ok()
    }

    fn will(&mut self) -> Option<Will> {
        let topic = self.state.text(Field::WillTopic);
        if topic.is_empty() {
            return None;
        }
        let topic = Topic::parse(topic).map_err(|error| self.fault(Field::WillTopic, error.to_string())).ok();
        let delay_s = self.number(Field::WillDelay, 0, u32::MAX, 0);
        let known = self.base.will.as_ref();
        let kept = known.filter(|_| self.is_untouched(Field::WillPayload)).map(|will| will.payload.clone());
        Some(Will {
            topic: topic?,
            payload: kept.unwrap_or_else(|| Payload::from(self.state.text(Field::WillPayload).as_bytes())),
            qos: Qos::ALL.get(self.state.pick(Field::WillQos)).copied().unwrap_or_default(),
            retain: self.state.is_yes(Field::WillRetain),
            delay_s,
            properties: known.map_or_else(PublishProperties::default, |will| will.properties.clone()),
        })
    }

    fn subscriptions(&mut self) -> Vec<crate::mqtt::Subscription> {
        let mut heard: Vec<crate::mqtt::Subscription> = Vec::new();
        let rows: Vec<Field> = self.state.rows(Section::Subscriptions).collect();
        let is_empty = rows.iter().all(|row| self.state.word(*row).is_empty());
        for row in rows {
            match parse_subscription(self.state.text(row)) {
                Ok(new) if heard.iter().any(|known| known.filter == new.filter) => {
                    let filter = new.filter.as_str();
                    self.fault(
                        row,
                        format!("{filter:?} stands here twice; the last would replace the first"),
                    );
                }
                Ok(new) => heard.push(new),
                Err(_) if self.state.word(row).is_empty() => {}
                Err(error) => self.fault(row, error.to_string()),
            }
        }
        if is_empty {
            self.fault(Field::Subscription(0), "nothing would be heard; type a filter, # hears everything");
        }
        heard
    }
}

impl Reading<'_> {
    fn excludes(&mut self) -> Vec<Filter> {
        let mut excludes: Vec<Filter> = Vec::new();
        let rows: Vec<Field> = self.state.rows(Section::Excludes).collect();
        for row in rows.into_iter().filter(|row| !self.state.word(*row).is_empty()) {
            match Filter::parse(self.state.text(row)) {
                Ok(new) if excludes.contains(&new) => {
                    self.fault(row, format!("{:?} stands here twice; one will do", new.as_str()));
                }
                Ok(new) if excludes.len() < MAX_EXCLUDES => excludes.push(new),
                Ok(_) => self.fault(row, too_many_excludes(excludes.len() + 1)),
                Err(error) => self.fault(row, error.to_string()),
            }
        }
        excludes
    }
}

/// A host as typed: brackets around an IPv6 address are taken off. A URL is fine, for it is taken apart.
fn host_of(text: &str) -> Result<String, String> {
    if text.contains("://") {
        return parse_url(text).map(|parsed| parsed.address.host).map_err(|error| error.to_string());
    }
    let is_ipv6 = text.matches(':').count() > 1 && !text.starts_with('[');
    if is_ipv6 && text.bytes().all(|byte| byte.is_ascii_hexdigit() || b":.%".contains(&byte)) {
        return Ok(text.to_owned());
    }
    if text.contains([' ', '/', '@', '?', '#', '%']) {
        return Err(
            "a host is a name or an IP address alone; paste a whole URL to have it taken apart".into()
        );
    }
    if text.is_empty() {
        return Err("there is no host; type a name or an IP address, or paste a URL".into());
    }
    parse_url(&format!("mqtt://{text}")).map(|parsed| parsed.address.host).map_err(|error| error.to_string())
}
