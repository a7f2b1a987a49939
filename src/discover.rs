//! Listens for brokers that announce themselves on the network (DNS-SD). Owns the library's daemon for as long as
//! somebody looks; what is found is untrusted, and `mqtt::found` holds its bounds.
use crate::mqtt::{Found, Sighting};
use mdns_sd::{Receiver, ResolvedService, ServiceDaemon, ServiceEvent};
use std::fmt;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, UdpSocket};

/// Brokers of plain MQTT, as registered with IANA.
const PLAIN: &str = "_mqtt._tcp.local.";
/// Brokers behind TLS.
const SECURE: &str = "_secure-mqtt._tcp.local.";
/// The port of multicast DNS (RFC 6762 section 3).
const PORT: u16 = 5353;
/// The hint that tells where a WebSocket lies.
const PATH_HINT: &str = "path";

/// Sightings that one look takes: a plant's whole network says less in a day, and the library keeps all that is
/// said, so that a flood must be cut off.
pub const MAX_SIGHTINGS: u32 = 10_000;

/// Times that the daemon is asked to end; it refuses while its queue of commands is full.
const END_TRIES: usize = 8;

/// A look around, until it is dropped: then neither thread nor socket is left.
pub struct Browse {
    looking: Option<Looking>,
    /// What is in the way, until it was told.
    refusal: Option<String>,
    n_sightings: u32,
}

impl Browse {
    /// Begins to look. Never fails: what is in the way is the first sighting.
    pub fn start() -> Self {
        match refusal() {
            Some(words) => Self { looking: None, refusal: Some(words), n_sightings: 0 },
            None => Self::on_port(PORT),
        }
    }

    fn on_port(port: u16) -> Self {
        let (looking, refusal) = match Looking::start(port) {
            Ok(looking) => (Some(looking), None),
            Err(error) => (None, Some(format!("brokers can't be looked for: {error}"))),
        };
        Self { looking, refusal, n_sightings: 0 }
    }

    /// The next sighting; waits for ever when there is nothing to come. May be dropped without losing one.
    pub async fn next(&mut self) -> Sighting {
        loop {
            if let Some(words) = self.refusal.take() {
                self.looking = None;
                return Sighting::Off(words);
            }
            let Some(looking) = &mut self.looking else { return std::future::pending().await };
            match looking.next().await {
                Ok(event) => {
                    let Some(sighting) = sighting(event) else { continue };
                    self.n_sightings += 1;
                    if self.n_sightings >= MAX_SIGHTINGS {
                        let words = "brokers are announced without end here, so nobody listens any more";
                        self.refusal = Some(words.to_owned());
                    }
                    return sighting;
                }
                Err(error) => self.refusal = Some(format!("brokers can't be looked for any more: {error}")),
            }
        }
    }
}

impl fmt::Debug for Browse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_looking = self.looking.is_some();
        f.debug_struct("Browse").field("is_looking", &is_looking).finish_non_exhaustive()
    }
}

/// The library's daemon, a thread with its sockets, and what it tells of either service.
struct Looking {
    daemon: ServiceDaemon,
    plain: Receiver<ServiceEvent>,
    secure: Receiver<ServiceEvent>,
}

impl Looking {
    fn start(port: u16) -> Result<Self, mdns_sd::Error> {
        let daemon = ServiceDaemon::new_with_port(port)?;
        match (daemon.browse(PLAIN), daemon.browse(SECURE)) {
            (Ok(plain), Ok(secure)) => Ok(Self { daemon, plain, secure }),
            (Err(error), _) | (_, Err(error)) => {
                end(&daemon);
                Err(error)
            }
        }
    }

    async fn next(&mut self) -> Result<ServiceEvent, mdns_sd::Error> {
        loop {
            let (events, name, event) = tokio::select! {
                event = self.plain.recv_async() => (&mut self.plain, PLAIN, event),
                event = self.secure.recv_async() => (&mut self.secure, SECURE, event),
            };
            match event {
                Ok(event) => return Ok(event),
                // The daemon gave us up for having fallen behind; asked anew it tells all that it knows.
                Err(_closed) => *events = self.daemon.browse(name)?,
            }
        }
    }
}

impl Drop for Looking {
    fn drop(&mut self) {
        end(&self.daemon);
    }
}

fn end(daemon: &ServiceDaemon) {
    for _ in 0..END_TRIES {
        match daemon.shutdown() {
            Err(mdns_sd::Error::Again) => std::thread::yield_now(),
            Ok(_) | Err(_) => return,
        }
    }
}

/// Why nothing can be heard on this machine. The library keeps such things to itself.
fn refusal() -> Option<String> {
    let is_way_out = |card: &if_addrs::Interface| card.is_oper_up() && !card.is_loopback() && !card.is_p2p();
    match if_addrs::get_if_addrs() {
        Ok(cards) if cards.iter().any(is_way_out) => {}
        Ok(_) => return Some("no network is up that brokers could be found on".to_owned()),
        Err(error) => return Some(format!("the network cards can't be listed: {error}")),
    }
    match UdpSocket::bind((Ipv4Addr::UNSPECIFIED, PORT)) {
        // Others listen there as well, as is meant to be.
        Err(error) if error.kind() != ErrorKind::AddrInUse => {
            Some(format!("brokers can't be looked for: the system refuses UDP port {PORT}: {error}"))
        }
        Ok(_) | Err(_) => None,
    }
}

/// What an event of the library's means to us, if anything.
#[expect(clippy::wildcard_enum_match_arm, reason = "the events are the library's, and may become more")]
fn sighting(event: ServiceEvent) -> Option<Sighting> {
    match event {
        ServiceEvent::ServiceResolved(service) => found(&service).map(Sighting::Appeared),
        ServiceEvent::ServiceRemoved(_, full_name) => Some(Sighting::Gone(full_name)),
        _ => None,
    }
}

fn found(service: &ResolvedService) -> Option<Found> {
    let full_name = service.fullname.as_str();
    let name = full_name.strip_suffix(&service.ty_domain).unwrap_or(full_name).trim_end_matches('.');
    Found::new(
        (full_name, name),
        &service.host,
        service.port,
        service.addresses.iter().map(mdns_sd::ScopedIp::to_ip_addr),
        service.ty_domain.eq_ignore_ascii_case(SECURE),
        service.get_property_val_str(PATH_HINT),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use mdns_sd::ServiceInfo;
    use std::net::IpAddr;
    use std::time::Duration;

    fn announced(service: &str, name: &str, port: u16, hints: &[(&str, &str)]) -> ServiceInfo {
        ServiceInfo::new(service, name, "pi.local.", "192.0.2.7", port, hints).unwrap()
    }

    #[test]
    fn what_is_announced_is_found_with_its_hints() {
        for (service, hints, url) in [
            (PLAIN, &[][..], "mqtt://192.0.2.7:1883"),
            (SECURE, &[], "mqtts://pi.local:1883"),
            (PLAIN, &[("path", "/ws")], "ws://192.0.2.7:1883/ws"),
            (PLAIN, &[("Path", "/ws"), ("x", "y")], "ws://192.0.2.7:1883/ws"),
        ] {
            let info = announced(service, "Pi no 2", 1883, hints);
            let event = ServiceEvent::ServiceResolved(Box::new(info.as_resolved_service()));
            let Some(Sighting::Appeared(found)) = sighting(event) else { panic!("{url} was not found") };
            assert_eq!((found.url().as_str(), found.name.as_str()), (url, "Pi no 2"));
            let gone = ServiceEvent::ServiceRemoved(service.into(), found.full_name.clone());
            assert_eq!(sighting(gone), Some(Sighting::Gone(found.full_name)));
        }
    }

    #[test]
    fn what_is_no_broker_is_no_sighting() {
        let nowhere = announced(PLAIN, "x", 0, &[]).as_resolved_service();
        for event in [
            ServiceEvent::SearchStarted(PLAIN.into()),
            ServiceEvent::ServiceFound(PLAIN.into(), "x".into()),
            ServiceEvent::ServiceResolved(Box::new(nowhere)),
        ] {
            assert_eq!(sighting(event), None);
        }
    }

    #[tokio::test]
    async fn what_is_in_the_way_is_told_once_and_is_no_error() {
        let mut browse = Browse { looking: None, refusal: Some("no network".into()), n_sightings: 0 };
        assert_eq!(browse.next().await, Sighting::Off("no network".into()));
        assert!(tokio::time::timeout(Duration::from_millis(1), browse.next()).await.is_err());
    }

    /// A port of ours, where no other daemon of this machine talks; `None` where multicast goes nowhere, as
    /// in some containers.
    fn port_for_multicast() -> Option<u16> {
        const GROUP: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 251);
        let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
        let port = socket.local_addr().ok()?.port();
        socket.join_multicast_v4(&GROUP, &Ipv4Addr::UNSPECIFIED).ok()?;
        socket.set_read_timeout(Some(Duration::from_secs(2))).ok()?;
        socket.send_to(b"x", (GROUP, port)).ok()?;
        socket.recv(&mut [0; 8]).ok()?;
        Some(port)
    }

    #[tokio::test]
    async fn a_broker_is_seen_to_come_and_to_go() {
        let Some(port) = port_for_multicast() else { return };
        let broker = ServiceDaemon::new_with_port(port).unwrap();
        let info =
            ServiceInfo::new(PLAIN, "Pi", "pi.local.", IpAddr::from([127, 0, 0, 1]), 1883, &[("a", "b")][..]);
        let info = info.unwrap();
        let full_name = info.get_fullname().to_owned();
        broker.register(info).unwrap();
        let mut browse = Browse::on_port(port);
        let patience = Duration::from_secs(60);
        let Ok(Sighting::Appeared(found)) = tokio::time::timeout(patience, browse.next()).await else {
            panic!("no broker was seen")
        };
        assert_eq!((found.url().as_str(), found.name.as_str()), ("mqtt://127.0.0.1:1883", "Pi"));
        broker.unregister(&full_name).unwrap();
        let gone = async { while browse.next().await != Sighting::Gone(full_name.clone()) {} };
        tokio::time::timeout(patience, gone).await.unwrap();
        broker.shutdown().unwrap();
        drop(browse);
        let nobody_listens = async {
            while n_daemons() > 0 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(patience, nobody_listens).await.unwrap();
    }

    /// Threads of the library's in this process; no other test here begins one.
    fn n_daemons() -> usize {
        let Ok(threads) = std::fs::read_dir("/proc/self/task") else { return 0 };
        let name = |path: std::path::PathBuf| std::fs::read_to_string(path.join("comm")).unwrap_or_default();
        threads.flatten().filter(|thread| name(thread.path()).starts_with("mDNS")).count()
    }
}
