//! The fields of the device form: their order, words and kinds. Owns no value.
use crate::mqtt::Transport;
use crate::mqtt::preset::{Ask, Preset};
use std::ops::Range;

/// Names of headers are shorter, tokens longer.
const MAX_SHOWN_HEADER_NAME: usize = 30;

/// A setting of a device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "`help` says what each is")]
pub enum Field {
    #[default]
    Preset,
    Name,
    Transport,
    Host,
    Port,
    Path,
    Version,
    ClientId,
    Username,
    PasswordSource,
    Password,
    Saving,
    Variable,
    PasswordFile,
    PasswordCommand,
    KeepAlive,
    CleanStart,
    SessionExpiry,
    ReceiveMaximum,
    MaxPacket,
    CaFile,
    CertFile,
    KeyFile,
    Alpn,
    ServerName,
    Insecure,
    /// One of several; the last is empty, for adding.
    Header(usize),
    Proxy,
    WillTopic,
    WillPayload,
    WillQos,
    WillRetain,
    WillDelay,
    /// One of several; the last is empty, for adding.
    Subscription(usize),
    /// One of several; the last is empty, for adding.
    Exclude(usize),
}

/// Fields that belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "`title` says what each is")]
pub enum Section {
    Connection,
    Credentials,
    Session,
    Tls,
    WebSocket,
    Will,
    Subscriptions,
    Excludes,
}

/// How a field is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// By typing.
    Text,
    /// By choosing one of these.
    Choice(&'static [&'static str]),
}

const PRESETS: [&str; Preset::ALL.len() + 1] = {
    let mut titles = ["none"; Preset::ALL.len() + 1];
    let mut idx = 0;
    while idx < Preset::ALL.len() {
        titles[idx + 1] = Preset::ALL[idx].title();
        idx += 1;
    }
    titles
};
const SCHEMES: [&str; Transport::ALL.len()] = {
    let mut schemes = [""; Transport::ALL.len()];
    let mut idx = 0;
    while idx < schemes.len() {
        schemes[idx] = Transport::ALL[idx].scheme();
        idx += 1;
    }
    schemes
};
const NO_YES: [&str; 2] = ["no", "yes"];

impl Section {
    /// In the order of the form.
    pub const ALL: [Self; 8] = [
        Self::Connection,
        Self::Credentials,
        Self::Session,
        Self::Tls,
        Self::WebSocket,
        Self::Will,
        Self::Subscriptions,
        Self::Excludes,
    ];

    /// Its heading.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Connection => "Connection",
            Self::Credentials => "Credentials",
            Self::Session => "Session",
            Self::Tls => "TLS",
            Self::WebSocket => "WebSocket and proxy",
            Self::Will => "Last will",
            Self::Subscriptions => "Subscriptions",
            Self::Excludes => "Excluded from them",
        }
    }

    /// What stands beside the heading while it has no fields to show.
    pub const fn why_closed(self) -> &'static str {
        match self {
            Self::Tls => "for mqtts and wss",
            Self::WebSocket => "not for Unix sockets",
            Self::Connection
            | Self::Credentials
            | Self::Session
            | Self::Will
            | Self::Subscriptions
            | Self::Excludes => "",
        }
    }

    /// Its fields that come but once.
    pub(super) const fn fields(self) -> &'static [Field] {
        use Field as F;
        match self {
            Self::Connection => &[F::Preset, F::Name, F::Transport, F::Host, F::Port, F::Path, F::Version],
            Self::Credentials => &[
                F::ClientId,
                F::Username,
                F::PasswordSource,
                F::Password,
                F::Saving,
                F::Variable,
                F::PasswordFile,
                F::PasswordCommand,
            ],
            Self::Session => {
                &[F::KeepAlive, F::CleanStart, F::SessionExpiry, F::ReceiveMaximum, F::MaxPacket]
            }
            Self::Tls => &[F::CaFile, F::CertFile, F::KeyFile, F::Alpn, F::ServerName, F::Insecure],
            Self::WebSocket => &[F::Proxy],
            Self::Will => &[F::WillTopic, F::WillPayload, F::WillQos, F::WillRetain, F::WillDelay],
            Self::Subscriptions | Self::Excludes => &[],
        }
    }
}

impl Field {
    /// Where it stands.
    pub fn section(self) -> Section {
        if matches!(self, Self::Header(_)) {
            return Section::WebSocket;
        }
        if matches!(self, Self::Exclude(_)) {
            return Section::Excludes;
        }
        let holds = |section: &Section| section.fields().contains(&self);
        // What comes but once is in its section's list.
        Section::ALL.into_iter().find(holds).unwrap_or(Section::Subscriptions)
    }

    /// What stands before it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Preset => "preset",
            Self::Name => "name",
            Self::Transport => "transport",
            Self::Host => "host",
            Self::Port => "port",
            Self::Path => "path",
            Self::Version => "MQTT version",
            Self::ClientId => "client id",
            Self::Username => "user name",
            Self::PasswordSource => "password from",
            Self::Password => "password",
            Self::Saving => "save in plain text",
            Self::Variable => "variable",
            Self::PasswordFile => "password file",
            Self::PasswordCommand => "command",
            Self::KeepAlive => "keep-alive, s",
            Self::CleanStart => "clean start",
            Self::SessionExpiry => "session expiry, s",
            Self::ReceiveMaximum => "receive maximum",
            Self::MaxPacket => "max packet, bytes",
            Self::CaFile => "CA file",
            Self::CertFile => "certificate",
            Self::KeyFile => "key",
            Self::Alpn => "ALPN",
            Self::ServerName => "server name",
            Self::Insecure => "insecure",
            Self::Header(_) => "header",
            Self::Proxy => "proxy",
            Self::WillTopic => "topic",
            Self::WillPayload => "payload",
            Self::WillQos => "QoS",
            Self::WillRetain => "retain",
            Self::WillDelay => "delay, s",
            Self::Subscription(_) => "filter",
            Self::Exclude(_) => "dropped",
        }
    }

    /// What it means, its default and its range.
    pub const fn help(self) -> &'static str {
        match self {
            Self::Preset => "a broker that many people use: fills in what it wants and says what it limits",
            Self::Name => "names the device on screen and its file; letters, digits, - and _",
            Self::Transport => "the way to the broker: mqtt is plain TCP, mqtts TLS, ws and wss WebSocket",
            Self::Host => "name or IP address; a pasted URL is taken apart",
            Self::Port => "1 to 65535; empty: the transport's own",
            Self::Path => "of the WebSocket, /mqtt when empty; of the socket's file for mqtt+unix",
            Self::Version => "auto: MQTT 5, and 3.1.1 when the broker does not take it",
            Self::ClientId => "how the broker knows us; empty: generated anew each time",
            Self::Username => "empty: none",
            Self::PasswordSource => "where the password comes from at each connect",
            Self::Password => "never shown; kept until you quit unless it is saved",
            Self::Saving => "yes: whoever can read the device file can read the password; no by default",
            Self::Variable => "the environment variable that holds the password, such as PLANT_PASSWORD",
            Self::PasswordFile => "the file whose first line is the password",
            Self::PasswordCommand => "run anew at each connect; its first line of output is the password",
            Self::KeepAlive => {
                "seconds between signs of life, 0 to 65535, 60 by default; 0 switches them off"
            }
            Self::CleanStart => "no: the broker keeps our session, and what is published meanwhile",
            Self::SessionExpiry => "seconds that the broker keeps the session after a loss (MQTT 5)",
            Self::ReceiveMaximum => "QoS 1 and 2 messages we take at once, 1 to 65535 (MQTT 5)",
            Self::MaxPacket => "the largest packet we take, 1000 to 268435460; 16777216 by default",
            Self::CaFile => "PEM of the authorities to trust instead of the system's; empty: the system's",
            Self::CertFile => "PEM of our certificate and its chain, where the broker asks for one",
            Self::KeyFile => "PEM of our certificate's key, not encrypted",
            Self::Alpn => "protocols offered, parted by commas, such as x-amzn-mqtt-ca; empty: none",
            Self::ServerName => "the name in the broker's certificate when it is not the host's",
            Self::Insecure => "yes: certificates are not checked, whoever is on the way reads everything",
            Self::Header(_) => "'Name: value' of the opening request; emptied, it is taken away",
            Self::Proxy => "an HTTP proxy, http://[user:password@]host:port; empty: none",
            Self::WillTopic => "where the broker publishes when we vanish; empty: nothing",
            Self::WillPayload => "what it publishes then",
            Self::WillQos => "at which quality of service; 0 by default",
            Self::WillRetain => "yes: the broker keeps it for later subscribers",
            Self::WillDelay => "seconds that it waits for us to come back (MQTT 5); 0 by default",
            Self::Subscription(_) => {
                "filter, QoS, then no-local, no-rap, if-new, never; emptied, it is taken away"
            }
            Self::Exclude(_) => "a filter of what is dropped as it comes, and only counted; 64 at most",
        }
    }

    /// How it is filled in.
    pub const fn kind(self) -> Kind {
        match self {
            Self::Preset => Kind::Choice(&PRESETS),
            Self::Transport => Kind::Choice(&SCHEMES),
            Self::Version => Kind::Choice(&["auto", "5", "3.1.1"]),
            Self::PasswordSource => {
                Kind::Choice(&["none", "typed here", "environment variable", "file", "command"])
            }
            Self::WillQos => Kind::Choice(&["0", "1", "2"]),
            Self::Saving | Self::CleanStart | Self::Insecure | Self::WillRetain => Kind::Choice(&NO_YES),
            Self::Name
            | Self::Host
            | Self::Port
            | Self::Path
            | Self::ClientId
            | Self::Username
            | Self::Password
            | Self::Variable
            | Self::PasswordFile
            | Self::PasswordCommand
            | Self::KeepAlive
            | Self::SessionExpiry
            | Self::ReceiveMaximum
            | Self::MaxPacket
            | Self::CaFile
            | Self::CertFile
            | Self::KeyFile
            | Self::Alpn
            | Self::ServerName
            | Self::Header(_)
            | Self::Proxy
            | Self::WillTopic
            | Self::WillPayload
            | Self::WillDelay
            | Self::Subscription(_)
            | Self::Exclude(_) => Kind::Text,
        }
    }

    /// The bytes of a text that no screen shows.
    pub fn hidden(self, text: &str) -> Option<Range<usize>> {
        let behind = |mark: char| text.find(mark).map(|at| at + mark.len_utf8()..text.len());
        let range = if self == Self::Password {
            Some(0..text.len())
        } else if matches!(self, Self::Header(_)) {
            // Without its colon it is a name still, or a token pasted alone.
            behind(':').or_else(|| (!is_header_name(text)).then_some(0..text.len()))
        } else if self == Self::Path {
            // A query may be a signature.
            behind('?')
        } else if matches!(self, Self::Host | Self::Proxy) {
            hidden_in_url(text)
        } else {
            None
        };
        range.filter(|range| !range.is_empty())
    }

    /// The field of what a preset asks for.
    pub(super) const fn of_ask(ask: Ask) -> Self {
        match ask {
            Ask::Host => Self::Host,
            Ask::ClientId => Self::ClientId,
            Ask::Username => Self::Username,
            Ask::Password => Self::Password,
            Ask::Certificate => Self::CertFile,
            Ask::Key => Self::KeyFile,
        }
    }
}

fn is_header_name(text: &str) -> bool {
    text.len() <= MAX_SHOWN_HEADER_NAME
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// The password of a URL, also while its end is still to come: then it looks like a port.
fn hidden_in_url(text: &str) -> Option<Range<usize>> {
    let authority = text.find("://").map_or(0, |at| at + 3);
    let rest = text.get(authority..)?;
    let query = rest.find('?').map(|at| authority + at + 1..text.len());
    let is_ip = |byte: u8| byte.is_ascii_hexdigit() || b":.[]".contains(&byte);
    let Some(colon) = rest.find(':').filter(|_| !rest.bytes().all(is_ip)) else { return query };
    let from = authority + colon + 1;
    match rest.rfind('@') {
        // With a query as well the host between the two is hidden until the URL is taken apart.
        Some(end) if end > colon => Some(from..query.map_or(authority + end, |query| query.end)),
        Some(_) => query,
        None => {
            let port = rest.get(colon + 1..)?.split(['/', '?']).next()?;
            let is_port = rest.starts_with('[') || port.bytes().all(|byte| byte.is_ascii_digit());
            if is_port { query } else { Some(from..text.len()) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_secret_is_hidden_already_while_it_is_typed() {
        for (field, text, expected) in [
            (Field::Password, "hunter2", ""),
            (Field::Header(0), "Authorization: Bearer x", "Authorization:"),
            (Field::Header(0), "Authori", "Authori"),
            (Field::Header(0), "Bearer hunter2", ""),
            (Field::Path, "/mqtt?sig=1", "/mqtt?"),
            (Field::Host, "mqtt://me:hunter2@h:1", "mqtt://me:@h:1"),
            (Field::Host, "mqtt://me:hunt", "mqtt://me:"),
            (Field::Host, "wss://me:hunter2@h:8080/ws?sig=1", "wss://me:"),
            (Field::Host, "wss://me:hunt?er2@h:8080/ws", "wss://me:"),
            (Field::Host, "wss://h:8080/ws?sig=1", "wss://h:8080/ws?"),
            (Field::Host, "mqtt://h:1883", "mqtt://h:1883"),
            (Field::Proxy, "http://me:hunter2@proxy:3128", "http://me:@proxy:3128"),
            (Field::Host, "::1", "::1"),
        ] {
            let mut shown = text.to_owned();
            if let Some(range) = field.hidden(text) {
                shown.replace_range(range, "");
            }
            assert_eq!(shown, expected, "{text}");
        }
    }

    #[test]
    fn every_help_fits_one_line_and_ends_without_a_full_stop() {
        for field in Section::ALL.into_iter().flat_map(Section::fields) {
            assert!(field.section().fields().contains(field));
            let help = field.help();
            assert!(help.len() <= 90 && !help.ends_with('.'), "{help}");
        }
    }
}
