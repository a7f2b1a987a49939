//! Where a broker is. Owns the parsing of `mqtt://user:password@host:port/path`; dials nothing.
use super::secret::Secret;
use std::fmt;

/// The way to a broker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transport {
    /// `mqtt://`: plain TCP, port 1883.
    Tcp,
}

/// A broker's address: transport, host and port.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Address {
    /// How it is reached.
    pub transport: Transport,
    /// Name, IPv4 or IPv6 address, the latter without brackets.
    pub host: String,
    /// TCP port.
    pub port: u16,
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
    #[error("{0:?} is not a way to a broker; write mqtt://host[:port]")]
    Scheme(String),
    /// A scheme that is planned and not there yet.
    #[error("{0}:// is not supported yet; only mqtt:// (plain TCP) is")]
    NotYet(String),
    /// Nothing where the host belongs.
    #[error("the address has no host; write mqtt://host[:port]")]
    NoHost,
    /// Not 1 to 65,535.
    #[error("{0:?} is no port; ports are 1 to 65535")]
    Port(String),
    /// A path, query or fragment, which plain TCP has no use for.
    #[error("mqtt:// takes no path, but {0:?} follows the host; topics go into --filter")]
    Path(String),
    /// A percent sign without two hexadecimal digits, or bytes that are no UTF-8.
    #[error("the user name or password is not percent-encoded correctly; write % as %25 and @ as %40")]
    Encoding,
    /// An IPv6 address without its closing bracket.
    #[error("{0:?} lacks the closing bracket; IPv6 addresses are written [::1]")]
    Bracket(String),
}

impl Address {
    /// The port of `mqtt://` as registered with IANA.
    pub const DEFAULT_PORT: u16 = 1883;

    /// Plain TCP to a host.
    pub fn tcp(host: impl Into<String>, port: u16) -> Self {
        Self { transport: Transport::Tcp, host: host.into(), port }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

/// Parses `mqtt://[user[:password]@]host[:port]`.
pub fn parse_url(text: &str) -> Result<ParsedUrl, AddressError> {
    let (scheme, rest) = text.split_once("://").ok_or_else(|| AddressError::Scheme(text.into()))?;
    match scheme.to_ascii_lowercase().as_str() {
        "mqtt" | "tcp" => {}
        "mqtts" | "ws" | "wss" | "mqtt+unix" => return Err(AddressError::NotYet(scheme.into())),
        _ => return Err(AddressError::Scheme(format!("{scheme}://"))),
    }
    // A password may hold anything but `@`, so the host begins behind the last one of the authority.
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(end).unwrap_or((rest, ""));
    if !matches!(path, "" | "/") {
        return Err(AddressError::Path(path.into()));
    }
    let (credentials, host_port) = match authority.rsplit_once('@') {
        Some((credentials, host_port)) => (Some(credentials), host_port),
        None => (None, authority),
    };
    let (username, password) = match credentials.map(|both| both.split_once(':').unwrap_or((both, ""))) {
        None => (None, None),
        Some((user, "")) => (Some(decoded_text(user)?), None),
        Some((user, password)) => (Some(decoded_text(user)?), Some(Secret::new(decoded(password)?))),
    };
    let (host, port) = split_port(host_port)?;
    if host.is_empty() {
        return Err(AddressError::NoHost);
    }
    Ok(ParsedUrl { address: Address::tcp(host, port), username, password })
}

fn split_port(text: &str) -> Result<(&str, u16), AddressError> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, after) = rest.split_once(']').ok_or_else(|| AddressError::Bracket(text.into()))?;
            (host, after.strip_prefix(':'))
        }
        None => match text.rsplit_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (text, None),
        },
    };
    let Some(port) = port else { return Ok((host, Address::DEFAULT_PORT)) };
    match port.parse() {
        Ok(number) if number > 0 => Ok((host, number)),
        Ok(_) | Err(_) => Err(AddressError::Port(port.into())),
    }
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
    fn a_wrong_url_is_told_what_to_write() {
        for (text, expected) in [
            ("localhost", AddressError::Scheme("localhost".into())),
            ("http://h", AddressError::Scheme("http://".into())),
            ("wss://h", AddressError::NotYet("wss".into())),
            ("mqtt://", AddressError::NoHost),
            ("mqtt://h:0", AddressError::Port("0".into())),
            ("mqtt://h:99999", AddressError::Port("99999".into())),
            ("mqtt://h/a/b", AddressError::Path("/a/b".into())),
            ("mqtt://a%zz@h", AddressError::Encoding),
            ("mqtt://[::1", AddressError::Bracket("[::1".into())),
        ] {
            assert_eq!(parse_url(text).unwrap_err(), expected, "{text}");
        }
    }
}
