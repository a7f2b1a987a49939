//! Where a broker is. Owns the parsing of `mqtt://user:password@host:port/path` and its kin; dials nothing.
use super::secret::Secret;
use std::fmt;
use std::net::Ipv6Addr;

/// The way to a broker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transport {
    /// `mqtt://`: plain TCP, port 1883.
    Tcp,
    /// `mqtts://`: TLS over TCP, port 8883.
    Tls,
    /// `ws://`: WebSocket, port 80.
    WebSocket,
    /// `wss://`: WebSocket over TLS, port 443.
    SecureWebSocket,
    /// `mqtt+unix://`: a Unix socket, named by its path.
    Unix,
}

impl Transport {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Tcp, Self::Tls, Self::WebSocket, Self::SecureWebSocket, Self::Unix];

    /// What its URLs begin with.
    pub const fn scheme(self) -> &'static str {
        match self {
            Self::Tcp => "mqtt",
            Self::Tls => "mqtts",
            Self::WebSocket => "ws",
            Self::SecureWebSocket => "wss",
            Self::Unix => "mqtt+unix",
        }
    }

    /// The words for it on screen.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Tcp => "TCP",
            Self::Tls => "TLS",
            Self::WebSocket => "WebSocket",
            Self::SecureWebSocket => "WebSocket and TLS",
            Self::Unix => "a Unix socket",
        }
    }

    /// The port when a URL names none, as registered with IANA; a Unix socket has none.
    pub const fn default_port(self) -> u16 {
        match self {
            Self::Tcp => 1883,
            Self::Tls => 8883,
            Self::WebSocket => 80,
            Self::SecureWebSocket => 443,
            Self::Unix => 0,
        }
    }

    /// Whether it is encrypted.
    pub const fn is_tls(self) -> bool {
        matches!(self, Self::Tls | Self::SecureWebSocket)
    }

    /// Whether it goes through HTTP.
    pub const fn is_websocket(self) -> bool {
        matches!(self, Self::WebSocket | Self::SecureWebSocket)
    }

    /// The transport of a scheme; `tcp`, `ssl` and `tls` are taken as other clients write them.
    pub fn from_scheme(scheme: &str) -> Option<Self> {
        Some(match scheme.to_ascii_lowercase().as_str() {
            "mqtt" | "tcp" => Self::Tcp,
            "mqtts" | "ssl" | "tls" => Self::Tls,
            "ws" => Self::WebSocket,
            "wss" => Self::SecureWebSocket,
            "mqtt+unix" | "unix" => Self::Unix,
            _ => return None,
        })
    }
}

/// A broker's address: transport, host and port, and the path where the transport has one.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Address {
    /// How it is reached.
    pub transport: Transport,
    /// Name, IPv4 or IPv6 address, the latter without brackets; empty for a Unix socket.
    pub host: String,
    /// TCP port; 0 for a Unix socket.
    pub port: u16,
    /// WebSocket: path and query, beginning with a slash, `/mqtt` by default. Unix: the socket's path.
    /// Empty otherwise. A query may be a signature, so neither `Display` nor `Debug` shows it.
    pub path: String,
}

/// What a URL holds: the address, and credentials where given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParsedUrl {
    /// Where to.
    pub address: Address,
    /// Percent-decoded.
    pub username: Option<String>,
    /// Percent-decoded; the process list shows it, so the caller warns.
    pub password: Option<Secret>,
}

/// Why a text is no broker's address. None of the texts repeats a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// A scheme that is not one of ours.
    #[error(
        "{0:?} is not a way to a broker; write mqtt://, mqtts://, ws:// or wss://host[:port], or mqtt+unix:///path"
    )]
    Scheme(String),
    /// Nothing where the host belongs.
    #[error("the address has no host; write mqtt://host[:port]")]
    NoHost,
    /// Not 1 to 65,535.
    #[error("{0} is no port; ports are 1 to 65535")]
    Port(String),
    /// A path, query or fragment, which TCP has no use for.
    #[error("{0}:// takes no path, but {1} follows the host; topics go into --filter")]
    Path(&'static str, String),
    /// A Unix socket without its path.
    #[error("a Unix socket is named by its path; write mqtt+unix:///run/mosquitto.sock")]
    NoSocket,
    /// A percent sign without two hexadecimal digits, or bytes that are no UTF-8.
    #[error("the user name or password is not percent-encoded correctly; write % as %25 and @ as %40")]
    Encoding,
    /// An IPv6 address without its closing bracket.
    #[error("{0:?} lacks the closing bracket; IPv6 addresses are written [::1]")]
    Bracket(String),
    /// An IPv6 address that can't be told from a host and a port.
    #[error("{0:?} is an IPv6 address without its brackets; write [{0}]")]
    NoBrackets(String),
}

impl Address {
    /// The path of a WebSocket when a URL names none, as brokers and clients agree.
    pub const DEFAULT_PATH: &str = "/mqtt";

    /// Plain TCP to a host.
    pub fn tcp(host: impl Into<String>, port: u16) -> Self {
        Self { transport: Transport::Tcp, host: host.into(), port, path: String::new() }
    }

    /// `host:port`, an IPv6 address in brackets.
    pub fn host_port(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

/// Plain TCP is `host:port` alone; what differs from it is said with the scheme.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = self.transport.scheme();
        match self.transport {
            Transport::Tcp => f.write_str(&self.host_port()),
            Transport::Tls => write!(f, "{scheme}://{}", self.host_port()),
            Transport::WebSocket | Transport::SecureWebSocket => {
                let (path, query) = self.path.split_once('?').unwrap_or((&self.path, ""));
                let query = if query.is_empty() { "" } else { "?…" };
                write!(f, "{scheme}://{}{path}{query}", self.host_port())
            }
            Transport::Unix => write!(f, "{scheme}://{}", self.path),
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}

/// Parses `mqtt://[user[:password]@]host[:port]` and its kin.
pub fn parse_url(text: &str) -> Result<ParsedUrl, AddressError> {
    let (scheme, rest) = text.split_once("://").ok_or_else(|| AddressError::Scheme(text.into()))?;
    let transport =
        Transport::from_scheme(scheme).ok_or_else(|| AddressError::Scheme(format!("{scheme}://")))?;
    // A password may hold anything but `@`, so the host begins behind the last one of the authority.
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(end).unwrap_or((rest, ""));
    let (credentials, host_port) = match authority.rsplit_once('@') {
        Some((credentials, host_port)) => (Some(credentials), host_port),
        None => (None, authority),
    };
    let (username, password) = match credentials.map(|both| both.split_once(':').unwrap_or((both, ""))) {
        None => (None, None),
        Some((user, password)) => {
            let given = |text: &str| !text.is_empty();
            let password = Some(password).filter(|text| given(text)).map(decoded).transpose()?;
            (Some(user).filter(|text| given(text)).map(decoded_text).transpose()?, password.map(Secret::new))
        }
    };
    let address = address(transport, host_port, path)?;
    Ok(ParsedUrl { address, username, password })
}

fn address(transport: Transport, host_port: &str, path: &str) -> Result<Address, AddressError> {
    if transport == Transport::Unix {
        if path.len() < 2 || !host_port.is_empty() {
            return Err(AddressError::NoSocket);
        }
        return Ok(Address { transport, host: String::new(), port: 0, path: decoded_text(path)? });
    }
    let (host, port) = split_port(host_port)?;
    if host.is_empty() {
        return Err(AddressError::NoHost);
    }
    let path = match (transport.is_websocket(), path) {
        (true, "") => Address::DEFAULT_PATH.to_owned(),
        (true, path) if path.starts_with('/') => path.to_owned(),
        (true, query) => format!("{}{query}", Address::DEFAULT_PATH),
        (false, "" | "/") => String::new(),
        // What looks like a path may be the rest of a password with a slash in it.
        (false, path) if path.contains('@') => {
            return Err(AddressError::Path(
                transport.scheme(),
                "a path, or a password whose / is no %2F".into(),
            ));
        }
        (false, path) => return Err(AddressError::Path(transport.scheme(), path.into())),
    };
    let port = port.unwrap_or(transport.default_port());
    Ok(Address { transport, host: host.into(), port, path })
}

fn split_port(text: &str) -> Result<(&str, Option<u16>), AddressError> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, after) = rest.split_once(']').ok_or_else(|| AddressError::Bracket(text.into()))?;
            (host, after.strip_prefix(':'))
        }
        None if is_ipv6(text) => return Err(AddressError::NoBrackets(text.into())),
        None => match text.rsplit_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (text, None),
        },
    };
    let Some(port) = port else { return Ok((host, None)) };
    match port.parse() {
        Ok(number) if number > 0 => Ok((host, Some(number))),
        // What is no number may be a password that lacks its host.
        Ok(_) | Err(_) if port.bytes().all(|byte| byte.is_ascii_digit()) => {
            Err(AddressError::Port(port.into()))
        }
        Ok(_) | Err(_) => Err(AddressError::Port("what follows the last colon".into())),
    }
}

/// Whether it is an IPv6 address, with a zone perhaps.
fn is_ipv6(text: &str) -> bool {
    text.split('%').next().is_some_and(|address| address.parse::<Ipv6Addr>().is_ok())
}

fn decoded_text(text: &str) -> Result<String, AddressError> {
    String::from_utf8(decoded(text)?).map_err(|_not_utf8| AddressError::Encoding)
}

fn decoded(text: &str) -> Result<Vec<u8>, AddressError> {
    let mut bytes = text.bytes();
    let mut out = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        let (Some(high), Some(low)) = (digit(bytes.next()), digit(bytes.next())) else {
            return Err(AddressError::Encoding);
        };
        out.push(u8::try_from(high * 16 + low).unwrap_or_default());
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_host_port_and_credentials() {
        for (text, host, port, username, password) in [
            ("mqtt://localhost", "localhost", 1883, None, None),
            ("mqtt://127.0.0.1:18831", "127.0.0.1", 18831, None, None),
            ("mqtt://[::1]:1884/", "::1", 1884, None, None),
            ("MQTT://user@h", "h", 1883, Some("user"), None),
            ("mqtt://:pw@h", "h", 1883, None, Some("pw")),
            ("mqtt://us%40er:p%3Aw:@@h:1", "h", 1, Some("us@er"), Some("p:w:@")),
        ] {
            let parsed = parse_url(text).unwrap();
            assert_eq!((parsed.address.host.as_str(), parsed.address.port), (host, port), "{text}");
            assert_eq!(parsed.username.as_deref(), username, "{text}");
            let shown =
                parsed.password.as_ref().map(|secret| String::from_utf8(secret.expose().into()).unwrap());
            assert_eq!(shown.as_deref(), password, "{text}");
        }
    }

    #[test]
    fn every_transport_has_its_scheme_port_and_path() {
        for (text, shown, port, path) in [
            ("mqtts://h", "mqtts://h:8883", 8883, ""),
            ("ws://h", "ws://h:80/mqtt", 80, "/mqtt"),
            ("ws://h:9001", "ws://h:9001/mqtt", 9001, "/mqtt"),
            ("ws://h:9001/", "ws://h:9001/", 9001, "/"),
            ("wss://[::1]/ws/v1", "wss://[::1]:443/ws/v1", 443, "/ws/v1"),
            (
                "wss://h/mqtt?X-Amz-Signature=secret",
                "wss://h:443/mqtt?…",
                443,
                "/mqtt?X-Amz-Signature=secret",
            ),
            ("mqtt+unix:///run/m%20q.sock", "mqtt+unix:///run/m q.sock", 0, "/run/m q.sock"),
        ] {
            let address = parse_url(text).unwrap().address;
            assert_eq!(
                (address.to_string().as_str(), address.port, address.path.as_str()),
                (shown, port, path)
            );
            assert!(!format!("{address:?}").contains("secret"), "a signature is a secret");
        }
    }

    #[test]
    fn no_error_repeats_what_may_be_a_password() {
        for url in ["mqtt://me:pa/sw0rd@h", "mqtt://me:pa#sw0rd@h", "mqtt://me:sw0rd", "mqtt://me:sw0rd@h:x"]
        {
            let error = parse_url(url).unwrap_err().to_string();
            assert!(!error.contains("sw0rd"), "{error}");
        }
    }

    #[test]
    fn a_wrong_url_is_told_what_to_write() {
        for (text, expected) in [
            ("localhost", AddressError::Scheme("localhost".into())),
            ("http://h", AddressError::Scheme("http://".into())),
            ("mqtt+unix://h/x", AddressError::NoSocket),
            ("mqtt://", AddressError::NoHost),
            ("mqtt://h:0", AddressError::Port("0".into())),
            ("mqtt://h:99999", AddressError::Port("99999".into())),
            ("mqtt://h/a/b", AddressError::Path("mqtt", "/a/b".into())),
            ("mqtt://a%zz@h", AddressError::Encoding),
            ("mqtt://[::1", AddressError::Bracket("[::1".into())),
            ("mqtt://::1", AddressError::NoBrackets("::1".into())),
            ("mqtts://fe80::1%eth0", AddressError::NoBrackets("fe80::1%eth0".into())),
        ] {
            assert_eq!(parse_url(text).unwrap_err(), expected, "{text}");
        }
    }
}
