//! A device's connection settings. Owns defaults and their meaning; reads no file.
use super::address::Address;
use super::filter::Filter;
use super::preset::{Limits, Preset};
use super::properties::PublishProperties;
use super::publication::Payload;
use super::secret::Secret;
use super::topic::Topic;
use super::words::Qos;
use std::fmt;
use std::path::PathBuf;

/// Filters that one device may drop by: each is held against every message.
pub const MAX_EXCLUDES: usize = 64;

/// What is told where there are more of them.
pub fn too_many_excludes(n: usize) -> String {
    format!("{MAX_EXCLUDES} excludes are the most, {n} are here; a filter with + or # covers many")
}

/// The protocol version spoken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Version {
    /// MQTT 3.1.1, protocol level 4.
    V3,
    /// MQTT 5.0, protocol level 5.
    #[default]
    V5,
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V3 => "mqtt 3.1.1",
            Self::V5 => "mqtt 5",
        })
    }
}

/// Connection settings of one device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// How the device is called on screen.
    pub name: String,
    /// The kind of broker that it is known to be, whose limits are kept.
    pub preset: Option<Preset>,
    /// Where its broker is.
    pub address: Address,
    /// Spoken from the first byte; unless it is fixed, 3.1.1 is tried when the broker does not take it.
    pub version: Version,
    /// Whether the user chose the version, so that no other is tried.
    pub version_is_fixed: bool,
    /// Never empty: whoever makes a profile generates one where the user gave none.
    pub client_id: String,
    /// Section 3.1.3.5.
    pub username: Option<String>,
    /// Section 3.1.3.6. Made anew from `password_source` at each connect where that names one.
    pub password: Option<Secret>,
    /// Where the password comes from.
    pub password_source: PasswordSource,
    /// For the transports that are encrypted.
    pub tls: TlsSettings,
    /// Further headers of the WebSocket's opening request, such as a bearer token.
    pub ws_headers: Vec<(String, Secret)>,
    /// Headers whose values are made anew at each connect.
    pub ws_headers_made: Vec<(String, PasswordSource)>,
    /// An HTTP proxy that CONNECTs us through.
    pub proxy: Option<Proxy>,
    /// Where the proxy's password comes from; the user name is in `proxy`.
    pub proxy_password_source: PasswordSource,
    /// Seconds, 0 to switch it off; 60 by default.
    pub keep_alive_s: u16,
    /// Clean start (5), clean session (3.1.1); on by default.
    pub clean_start: bool,
    /// MQTT 5: seconds that the broker shall remember the session for after a loss.
    pub session_expiry_s: u32,
    /// How many QoS 1 and 2 deliveries we take at once.
    pub receive_maximum: u16,
    /// The largest packet we take, in bytes; 16 MiB by default.
    pub max_packet_bytes: u32,
    /// Published by the broker when we vanish.
    pub will: Option<Will>,
    /// Asked for at each connect.
    pub subscriptions: Vec<Subscription>,
    /// What is dropped of what they bring, before anything else sees it; [`MAX_EXCLUDES`] at most.
    pub excludes: Vec<Filter>,
}

/// The default for packets we take: what fits a photograph, and no broker's default exceeds.
pub const DEFAULT_MAX_PACKET_BYTES: u32 = 16 * 1024 * 1024;

/// The protocol's own limit: a four-byte remaining length (MQTT 5.0 section 2.1.4) and its header.
pub const PROTOCOL_MAX_PACKET_BYTES: u32 = 268_435_460;

/// Packets can't be smaller for a client to be of use.
pub const LEAST_MAX_PACKET_BYTES: u32 = 1_000;

/// How long the broker shall keep a session that is wanted kept when nobody says: an hour.
pub const KEPT_SESSION_EXPIRY_S: u32 = 3_600;

/// How long the broker keeps the session where nobody says.
pub const fn default_expiry_s(clean_start: bool) -> u32 {
    if clean_start { 0 } else { KEPT_SESSION_EXPIRY_S }
}

impl Profile {
    /// A profile with the defaults: keep-alive 60 s, clean start, `#` is not subscribed by itself.
    pub fn new(name: impl Into<String>, address: Address, client_id: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            preset: None,
            address,
            version: Version::default(),
            version_is_fixed: true,
            client_id: client_id.into(),
            username: None,
            password: None,
            password_source: PasswordSource::default(),
            tls: TlsSettings::default(),
            ws_headers: Vec::new(),
            ws_headers_made: Vec::new(),
            proxy: None,
            proxy_password_source: PasswordSource::default(),
            keep_alive_s: 60,
            clean_start: true,
            session_expiry_s: 0,
            receive_maximum: u16::MAX,
            max_packet_bytes: DEFAULT_MAX_PACKET_BYTES,
            will: None,
            subscriptions: Vec::new(),
            excludes: Vec::new(),
        }
    }

    /// What its broker takes, as far as its kind tells; where none is named, its host may.
    pub fn limits(&self) -> Limits {
        let kind = self.preset.or_else(|| Preset::of_host(&self.address.host));
        kind.map_or_else(Limits::none, Preset::limits)
    }
}

/// Where a password, or another secret, comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum PasswordSource {
    /// There is none, or it was given at the start and stands.
    #[default]
    Given,
    /// An environment variable of this name.
    Variable(String),
    /// A file; a line end behind it is left out.
    File(PathBuf),
    /// A command line for the shell, run anew at each connect; its first line of output.
    Command(String),
}

/// How TLS checks the broker and shows who we are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TlsSettings {
    /// PEM with the authorities to trust instead of the system's.
    pub ca_file: Option<PathBuf>,
    /// PEM with our certificate and its chain.
    pub cert_file: Option<PathBuf>,
    /// PEM with our certificate's key.
    pub key_file: Option<PathBuf>,
    /// Protocols offered by ALPN, such as `x-amzn-mqtt-ca`.
    pub alpn: Vec<String>,
    /// The name in the certificate, and in SNI, when it is not the host's.
    pub server_name: Option<String>,
    /// Whether certificates are taken without a check; the header says so as long as it lasts.
    pub insecure: bool,
}

/// An HTTP proxy (RFC 9110 section 9.3.6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proxy {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// User name and password, where it asks for them.
    pub credentials: Option<(String, Secret)>,
}

/// A filter with what is asked for it (MQTT 5.0 section 3.8.3.1); 3.1.1 carries the QoS alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// What to hear.
    pub filter: Filter,
    /// The highest QoS of deliveries.
    pub qos: Qos,
    /// Don't send us what we published ourselves.
    pub no_local: bool,
    /// Leave the RETAIN flag of live messages as published.
    pub retain_as_published: bool,
    /// When to send what is retained.
    pub retain_handling: RetainHandling,
}

impl Subscription {
    /// Its options in words, but for the QoS; empty when all are as usual.
    pub fn options(&self) -> String {
        let mut words = Vec::new();
        if self.no_local {
            words.push("no local: our own messages are left out");
        }
        if !self.retain_as_published {
            words.push("no retain as published: R only on what was kept");
        }
        match self.retain_handling {
            RetainHandling::Always => {}
            RetainHandling::IfNew => words.push("retained messages only if it is new"),
            RetainHandling::Never => words.push("no retained messages"),
        }
        words.join("; ")
    }

    /// As mqttscope asks by default: retain-as-published on, own messages included.
    pub fn new(filter: Filter, qos: Qos) -> Self {
        Self {
            filter,
            qos,
            no_local: false,
            retain_as_published: true,
            retain_handling: RetainHandling::default(),
        }
    }
}

/// When the broker sends retained messages (MQTT 5.0 section 3.8.3.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum RetainHandling {
    /// 0: at every SUBSCRIBE.
    #[default]
    Always,
    /// 1: only when the subscription is new.
    IfNew,
    /// 2: never.
    Never,
}

/// What the broker publishes when we vanish (MQTT 5.0 section 3.1.2.5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Will {
    /// Where to.
    pub topic: Topic,
    /// The bytes.
    pub payload: Payload,
    /// Quality of service.
    pub qos: Qos,
    /// Kept for later subscribers.
    pub retain: bool,
    /// 0x18, MQTT 5: seconds it waits for us to come back.
    pub delay_s: u32,
    /// MQTT 5.
    pub properties: PublishProperties,
}
