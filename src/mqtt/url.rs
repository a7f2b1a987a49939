//! Addresses and proxies as device files and forms write them. Owns the way back from an address to its URL;
//! `mqtt::address` parses.
use super::address::{Address, Transport, parse_url};
use super::profile::Proxy;
use super::secret::Secret;

/// The URL that `parse_url` turns into this address and user name again. Never holds a password; a query,
/// which may be a signature, is part of it.
pub fn url_of(address: &Address, username: Option<&str>) -> String {
    let user = username.map(|name| format!("{}@", encoded(name))).unwrap_or_default();
    let scheme = address.transport.scheme();
    if address.transport == Transport::Unix {
        return format!("{scheme}://{user}{}", address.path.replace('%', "%25"));
    }
    let host = if address.host.contains(':') { format!("[{}]", address.host) } else { address.host.clone() };
    let port = match address.port {
        port if port == address.transport.default_port() => String::new(),
        port => format!(":{port}"),
    };
    let path = if address.path == Address::DEFAULT_PATH { "" } else { address.path.as_str() };
    format!("{scheme}://{user}{host}{port}{path}")
}

/// Parses `http://[user[:password]@]host[:port]`; the error is for the person who wrote it.
pub fn parse_proxy(text: &str) -> Result<Proxy, String> {
    let wrong = "a proxy is written http://[user[:password]@]host:port";
    let rest = text.strip_prefix("http://").ok_or(wrong)?;
    // The same grammar as a WebSocket's address, port 80 included.
    let parsed = parse_url(&format!("ws://{}", rest.trim_end_matches('/'))).map_err(|_not_one| wrong)?;
    if parsed.address.path != Address::DEFAULT_PATH {
        return Err(wrong.to_owned());
    }
    let credentials = match (parsed.username, parsed.password) {
        (None, _) => None,
        (Some(user), password) => Some((user, password.unwrap_or_else(|| Secret::new(Vec::new())))),
    };
    Ok(Proxy { host: parsed.address.host, port: parsed.address.port, credentials })
}

/// The proxy's URL without its password.
pub fn proxy_shown(proxy: &Proxy) -> String {
    let user = proxy.credentials.as_ref().map(|(user, _)| format!("{}@", encoded(user))).unwrap_or_default();
    format!("http://{user}{}", host_port(proxy))
}

/// The proxy's URL with everything, for the file and the form alone.
pub fn proxy_of(proxy: &Proxy) -> String {
    let user = proxy.credentials.as_ref().map(|(user, password)| {
        let password = String::from_utf8_lossy(password.expose());
        let colon = if password.is_empty() { "" } else { ":" };
        format!("{}{colon}{}@", encoded(user), encoded(&password))
    });
    format!("http://{}{}", user.unwrap_or_default(), host_port(proxy))
}

fn host_port(proxy: &Proxy) -> String {
    Address::tcp(proxy.host.clone(), proxy.port).host_port()
}

/// Percent-encodes what would end a user name.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '%' => out.push_str("%25"),
            '@' => out.push_str("%40"),
            ':' => out.push_str("%3A"),
            '/' => out.push_str("%2F"),
            '?' => out.push_str("%3F"),
            '#' => out.push_str("%23"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_finds_its_way_back_to_its_url() {
        for url in [
            "mqtt://h",
            "mqtt://h:1884",
            "mqtts://me%40work@[::1]",
            "ws://h:9001",
            "wss://h/ws?sig=1%2F2",
            "mqtt+unix:///run/m%25q.sock",
            "mqtt+unix://me@/run/mosquitto.sock",
        ] {
            let parsed = parse_url(url).unwrap();
            assert_eq!(url_of(&parsed.address, parsed.username.as_deref()), url);
        }
    }

    #[test]
    fn a_proxy_is_read_and_shown_without_its_password() {
        let proxy = parse_proxy("http://me:pass%3Aword@proxy:3128").unwrap();
        assert_eq!((proxy.host.as_str(), proxy.port), ("proxy", 3128));
        assert_eq!(proxy_shown(&proxy), "http://me@proxy:3128");
        assert_eq!(proxy_of(&proxy), "http://me:pass%3Aword@proxy:3128");
        for wrong in ["proxy:3128", "https://proxy", "http://proxy/path", "http://"] {
            assert!(parse_proxy(wrong).unwrap_err().contains("is written"), "{wrong}");
        }
    }
}
