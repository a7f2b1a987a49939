//! Brokers found on the network. Owns what is known of one, and its bounds; all of it is what strangers on the
//! network say, so whoever shows it escapes it first. Listens to nothing.
use super::address::{Address, Transport};
use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;

/// The longest name of an instance in bytes: a label of DNS (RFC 6763 section 4.1.1).
pub const MAX_NAME_BYTES: usize = 63;

/// The longest name of a host, or of an instance with its service, in bytes (RFC 1035 section 2.3.4).
pub const MAX_HOST_BYTES: usize = 255;

/// The longest hint in bytes: a string of a TXT record (RFC 1035 section 3.3.14).
pub const MAX_HINT_BYTES: usize = 255;

/// Addresses of one host that are kept: two networks with both families, and a few temporary ones.
pub const MAX_ADDRESSES: usize = 8;

/// Brokers that are kept at once: more than a plant has, and a liar on the network can't make the list endless.
pub const MAX_FOUND: usize = 64;

/// A broker that announces itself by DNS-SD (RFC 6763). Made by [`Found::new`], which holds the bounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The instance with its service, which tells it from all others: `Pi._mqtt._tcp.local.`
    pub full_name: String,
    /// The instance's name, for people.
    pub name: String,
    /// The machine, without the dot behind it.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The machine's addresses that can be written in a URL, IPv4 first.
    pub addresses: Vec<IpAddr>,
    /// Whether it is announced as `_secure-mqtt._tcp`.
    pub encrypted: bool,
    /// Where its WebSocket lies, by the hint `path`; plain MQTT has no path.
    pub path: Option<String>,
}

impl Found {
    /// What was announced, cut to its bounds. A host that could be no host, or the port 0, is nothing that
    /// anybody could connect to.
    pub fn new(
        (full_name, name): (&str, &str),
        host: &str,
        port: u16,
        addresses: impl IntoIterator<Item = IpAddr>,
        encrypted: bool,
        path: Option<&str>,
    ) -> Option<Self> {
        let host = host.trim_end_matches('.');
        let is_host_byte = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        if port == 0 || host.is_empty() || host.len() > MAX_HOST_BYTES || !host.bytes().all(is_host_byte) {
            return None;
        }
        // A link-local address means nothing without the network card it lies behind.
        let is_routable = |address: &IpAddr| match address {
            IpAddr::V4(_) => true,
            IpAddr::V6(address) => !address.is_unicast_link_local(),
        };
        let mut addresses: Vec<IpAddr> = addresses.into_iter().filter(is_routable).collect();
        addresses.sort_unstable();
        addresses.dedup();
        addresses.truncate(MAX_ADDRESSES);
        let is_path = |path: &&str| {
            path.starts_with('/')
                && path.len() <= MAX_HINT_BYTES
                && path.bytes().all(|byte| byte.is_ascii_graphic())
        };
        Some(Self {
            full_name: cut(full_name, MAX_HOST_BYTES),
            name: cut(name, MAX_NAME_BYTES),
            host: host.to_owned(),
            port,
            addresses,
            encrypted,
            path: path.filter(is_path).map(str::to_owned),
        })
    }

    /// Where to connect. A certificate is for a name; without one an address serves also where nobody resolves
    /// names of `.local`.
    pub fn address(&self) -> Address {
        let transport = match (self.encrypted, &self.path) {
            (false, None) => Transport::Tcp,
            (true, None) => Transport::Tls,
            (false, Some(_)) => Transport::WebSocket,
            (true, Some(_)) => Transport::SecureWebSocket,
        };
        let host = match self.addresses.first() {
            Some(address) if !self.encrypted => address.to_string(),
            Some(_) | None => self.host.clone(),
        };
        Address { transport, host, port: self.port, path: self.path.clone().unwrap_or_default() }
    }

    /// The same as a URL.
    pub fn url(&self) -> String {
        let address = self.address();
        format!("{}://{}{}", address.transport.scheme(), address.host_port(), address.path)
    }
}

/// What the network tells of brokers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sighting {
    /// A look begins: what was seen before may be gone by now.
    Begun,
    /// One is there, or is known better.
    Appeared(Found),
    /// The one of this full name is there no more.
    Gone(String),
    /// Nothing can be found, for the reason in words. No error: brokers are reached without it.
    Off(String),
}

/// The brokers that are there now, by their full names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Nearby {
    found: BTreeMap<String, Found>,
    /// Brokers that found no place.
    pub n_dropped: u64,
    /// Why nothing can be found.
    pub off: Option<String>,
}

impl Nearby {
    /// Takes a sighting in.
    pub fn take(&mut self, sighting: Sighting) {
        match sighting {
            Sighting::Begun => *self = Self::default(),
            Sighting::Appeared(found) => {
                if self.found.len() >= MAX_FOUND && !self.found.contains_key(&found.full_name) {
                    self.n_dropped += 1;
                    return;
                }
                self.found.insert(found.full_name.clone(), found);
            }
            Sighting::Gone(full_name) => {
                self.found.remove(&full_name);
            }
            Sighting::Off(words) => self.off = Some(words),
        }
    }

    /// All of them, in the order of their names.
    pub fn all(&self) -> impl ExactSizeIterator<Item = &Found> {
        self.found.values()
    }
}

/// At most so many bytes of a text, whole characters only.
fn cut(text: &str, max_bytes: usize) -> String {
    let mut out = String::with_capacity(text.len().min(max_bytes));
    for c in text.chars() {
        if out.len() + c.len_utf8() > max_bytes {
            break;
        }
        out.push(c);
    }
    out
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.name, self.url())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(host: &str, addresses: &[&str], encrypted: bool, path: Option<&str>) -> Option<Found> {
        let addresses = addresses.iter().map(|address| address.parse().unwrap());
        Found::new(("Pi 2._mqtt._tcp.local.", "Pi 2"), host, 1883, addresses, encrypted, path)
    }

    #[test]
    fn what_is_found_has_a_url_to_connect_to() {
        for (addresses, encrypted, path, url) in [
            (&["fd00::2", "192.0.2.7"][..], false, None, "mqtt://192.0.2.7:1883"),
            (&["fd00::2", "fe80::2"], false, None, "mqtt://[fd00::2]:1883"),
            (&["fe80::2"], false, None, "mqtt://pi.local:1883"),
            (&["192.0.2.7"], true, None, "mqtts://pi.local:1883"),
            (&["192.0.2.7"], false, Some("/ws"), "ws://192.0.2.7:1883/ws"),
            (&[], true, Some("/ws"), "wss://pi.local:1883/ws"),
            (&[], true, Some("no/path"), "mqtts://pi.local:1883"),
            (&[], true, Some("/a b\n"), "mqtts://pi.local:1883"),
        ] {
            let found = found("pi.local.", addresses, encrypted, path).unwrap();
            assert_eq!(found.url(), url);
            assert!(
                super::super::address::parse_url(url).is_ok_and(|parsed| parsed.address == found.address())
            );
            assert_eq!(found.to_string(), format!("Pi 2 at {url}"));
        }
    }

    #[test]
    fn what_nobody_could_connect_to_is_not_found() {
        for host in ["", ".", "a b", "x/y", "me:pw@h", "\u{1b}[31m", &"h".repeat(256)] {
            assert_eq!(found(host, &[], false, None), None, "{host:?}");
        }
        assert_eq!(Found::new(("x", "x"), "h", 0, [], false, None), None);
    }

    #[test]
    fn names_are_cut_at_whole_characters_and_lists_at_their_bounds() {
        let long = "ü".repeat(1000);
        let addresses = (0..=255).map(|last| IpAddr::from([192, 0, 2, last]));
        let found = Found::new((&long, &long), "h", 1, addresses, false, None).unwrap();
        assert_eq!((found.name.len(), found.full_name.len()), (62, 254));
        assert_eq!(found.addresses.len(), MAX_ADDRESSES);
    }

    #[test]
    fn a_crowd_finds_no_more_places_than_there_are_and_is_counted() {
        let mut nearby = Nearby::default();
        let one =
            |n: usize| Found::new((&format!("{n}._mqtt._tcp.local."), "n"), "h", 1, [], false, None).unwrap();
        (0..MAX_FOUND + 5).for_each(|n| nearby.take(Sighting::Appeared(one(n))));
        assert_eq!((nearby.all().len(), nearby.n_dropped), (MAX_FOUND, 5));
        nearby.take(Sighting::Appeared(one(0)));
        assert_eq!(nearby.n_dropped, 5, "known ones are known better");
        nearby.take(Sighting::Gone(one(0).full_name));
        assert_eq!(nearby.all().len(), MAX_FOUND - 1);
        nearby.take(Sighting::Off("no network".into()));
        assert_eq!(nearby.off.as_deref(), Some("no network"));
    }
}
