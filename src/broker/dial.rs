//! Name to addresses, addresses to a stream with its layers. Owns their order, and resolving and opening; says
//! no CONNECT.
use super::bare::{Bare, Layer, QUICK_READS};
use super::inbox::READ_BYTES;
use super::loss::{Loss, system_words};
use super::queue::Feed;
use super::socket::Socket;
use super::websocket::Frames;
use super::{proxy, tls, websocket};
use crate::mqtt::port::{Detail, Step, TlsFacts, Tried, Unreachable};
use crate::mqtt::{Address, BrokerEvent, Profile, Transport};
use crate::time::{Clock, Timestamp};
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::BufReader;
use tokio::net::{TcpStream, UnixStream};
use tokio::time::timeout;

/// How long a name server may take; its own retries come at 5 s.
const RESOLVE_WITHIN: Duration = Duration::from_secs(5);
/// How long each address may take to answer: two lost SYNs.
const TCP_WITHIN: Duration = Duration::from_secs(5);
/// Addresses tried in one attempt: half a minute at the worst.
const MAX_ADDRESSES: usize = 6;

/// How long each layer above the stream may take to open.
#[derive(Clone, Copy, Debug)]
struct Patience {
    proxy: Duration,
    tls: Duration,
    websocket: Duration,
}

const PATIENCE: Patience =
    Patience { proxy: proxy::PROXY_WITHIN, tls: tls::TLS_WITHIN, websocket: websocket::WEBSOCKET_WITHIN };

/// A stream that MQTT can be spoken over.
pub(super) struct Opened {
    pub socket: Socket,
    pub tls: Option<TlsFacts>,
}

/// Opens the way to a broker, layer by layer.
pub(super) async fn dial(profile: &Profile, clock: &dyn Clock, feed: &Feed) -> Result<Opened, Loss> {
    dial_within(PATIENCE, profile, clock, feed).await
}

async fn dial_within(
    patience: Patience,
    profile: &Profile,
    clock: &dyn Clock,
    feed: &Feed,
) -> Result<Opened, Loss> {
    let address = &profile.address;
    let bare = match (address.transport, &profile.proxy) {
        (Transport::Unix, _) => unix(&address.path, clock, feed).await?,
        (_, None) => Bare::Tcp(tcp(address, clock, feed).await?, QUICK_READS),
        (_, Some(proxy)) => {
            let at = Address::tcp(&*proxy.host, proxy.port);
            let mut stream = tcp(&at, clock, feed).await.map_err(of_proxy)?;
            let began = begin(Step::Proxy, clock, feed);
            let told = proxy::open(&mut stream, proxy, address, patience.proxy).await?;
            done(Step::Proxy, began, clock, feed, Some(told));
            Bare::Tcp(stream, QUICK_READS)
        }
    };
    let plain = |layers: Box<dyn Layer>| Opened { socket: Socket::new(layers), tls: None };
    match address.transport {
        Transport::Tcp | Transport::Unix => Ok(plain(Box::new(bare))),
        Transport::WebSocket => Ok(plain(Box::new(frames(bare, patience, profile, clock, feed).await?))),
        Transport::Tls | Transport::SecureWebSocket => {
            // Without it each record would be a read of its own.
            let bare = BufReader::with_capacity(READ_BYTES, bare);
            let began = begin(Step::Tls, clock, feed);
            let (stream, facts) = tls::open(bare, profile, patience.tls).await?;
            feed.push(BrokerEvent::Detail(Box::new(Detail::Secured(facts.clone()))));
            done(Step::Tls, began, clock, feed, Some(format!("{}, {}", facts.version, facts.cipher)));
            let opened = if address.transport.is_websocket() {
                plain(Box::new(frames(stream, patience, profile, clock, feed).await?))
            } else {
                plain(Box::new(stream))
            };
            Ok(Opened { tls: Some(facts), ..opened })
        }
    }
}

async fn frames<S: Layer>(
    stream: S,
    patience: Patience,
    profile: &Profile,
    clock: &dyn Clock,
    feed: &Feed,
) -> Result<Frames<S>, Loss> {
    let began = begin(Step::WebSocket, clock, feed);
    let frames = websocket::open(stream, profile, patience.websocket).await?;
    done(Step::WebSocket, began, clock, feed, Some("status 101, sub-protocol mqtt".into()));
    Ok(frames)
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the kinds are the system's, and ever more of them")]
async fn unix(path: &str, clock: &dyn Clock, feed: &Feed) -> Result<Bare, Loss> {
    let began = begin(Step::Tcp, clock, feed);
    let opened = match timeout(TCP_WITHIN, UnixStream::connect(path)).await {
        Ok(opened) => opened,
        Err(elapsed) => Err(elapsed.into()),
    };
    let error = match opened {
        Ok(stream) => {
            done(Step::Tcp, began, clock, feed, Some(path.to_owned()));
            return Ok(Bare::Unix(stream));
        }
        Err(error) => error,
    };
    let (cause, remedy) = match error.kind() {
        io::ErrorKind::NotFound => {
            (format!("there is no socket {path:?}"), "check the path, and that the broker runs")
        }
        io::ErrorKind::ConnectionRefused => {
            (format!("nothing listens on the socket {path:?}"), "start the broker that made it")
        }
        io::ErrorKind::PermissionDenied => (
            format!("the socket {path:?} is not ours to open"),
            "ask for the right to write to it, by its group perhaps",
        ),
        _ => (format!("the socket {path:?} can't be opened: {}", system_words(&error)), "check the path"),
    };
    Err(Loss::new(Some(Step::Tcp), cause, Some(remedy)))
}

/// The proxy was not reached: nobody should look for a broker there.
fn of_proxy(mut loss: Loss) -> Loss {
    loss.cause = format!("the proxy can't be reached: {}", loss.cause);
    loss.remedy = Some("check --proxy, and that the proxy runs".into());
    loss
}

/// Opens a TCP connection to the first address that answers.
async fn tcp(address: &Address, clock: &dyn Clock, feed: &Feed) -> Result<TcpStream, Loss> {
    let began = begin(Step::Resolve, clock, feed);
    let addresses = resolve(address).await?;
    let listed: Vec<String> = addresses.iter().map(|address| address.ip().to_string()).collect();
    done(Step::Resolve, began, clock, feed, Some(listed.join(", ")));
    first_of(&addresses, clock, feed).await
}

async fn first_of(addresses: &[SocketAddr], clock: &dyn Clock, feed: &Feed) -> Result<TcpStream, Loss> {
    let began = begin(Step::Tcp, clock, feed);
    let mut failures: Vec<Unreachable> = Vec::new();
    for (place, address) in addresses.iter().copied().enumerate() {
        let tried_at = clock.now();
        let tell = |failure: Option<Unreachable>| {
            let others = addresses.iter().copied().skip(place + 1).collect();
            if addresses.len() > 1 {
                let took = clock.now().since(tried_at);
                feed.push(BrokerEvent::Detail(Box::new(Detail::Tried(Tried {
                    address,
                    took,
                    failure,
                    others,
                }))));
            }
        };
        match reach(address).await {
            Ok(stream) => {
                tell(None);
                done(Step::Tcp, began, clock, feed, Some(address.to_string()));
                return Ok(stream);
            }
            Err(failure) => {
                tell(Some(failure.clone()));
                failures.push(failure);
            }
        }
    }
    let causes: Vec<&str> = failures.iter().map(|failure| failure.cause.as_str()).collect();
    let remedy = failures.first().and_then(|failure| failure.remedy.as_deref());
    Err(Loss::new(Some(Step::Tcp), causes.join("; "), remedy))
}

/// Opens a TCP connection to an address, or says why there is none.
pub(super) async fn reach(address: SocketAddr) -> Result<TcpStream, Unreachable> {
    match timeout(TCP_WITHIN, TcpStream::connect(address)).await {
        // Small packets must not wait for the acknowledgement of the one before (Nagle).
        Ok(Ok(stream)) => match stream.set_nodelay(true) {
            Ok(()) => Ok(stream),
            Err(error) => Err(unreachable(address, Some(&error))),
        },
        Ok(Err(error)) => Err(unreachable(address, Some(&error))),
        Err(_elapsed) => Err(unreachable(address, None)),
    }
}

async fn resolve(address: &Address) -> Result<Vec<SocketAddr>, Loss> {
    let host = address.host.as_str();
    let failed = |cause: String, remedy: &str| Err(Loss::new(Some(Step::Resolve), cause, Some(remedy)));
    let found = match timeout(RESOLVE_WITHIN, tokio::net::lookup_host((host, address.port))).await {
        Ok(Ok(found)) => found,
        Ok(Err(error)) => {
            let words = system_words(&error);
            let words = words.strip_prefix("failed to lookup address information: ").unwrap_or(&words);
            return failed(
                format!("the host {host:?} is unknown: {words}"),
                "check its spelling, or give its address",
            );
        }
        Err(_elapsed) => {
            let cause =
                format!("no name server knew the host {host:?} within {} s", RESOLVE_WITHIN.as_secs());
            return failed(cause, "check the network, or give its address");
        }
    };
    let addresses: Vec<SocketAddr> = found.take(MAX_ADDRESSES).collect();
    if addresses.is_empty() {
        return failed(
            format!("the host {host:?} has no address"),
            "check its spelling, or give its address",
        );
    }
    Ok(addresses)
}

/// Why an address was no use. No error: it took too long.
#[expect(clippy::wildcard_enum_match_arm, reason = "the kinds are the system's, and ever more of them")]
fn unreachable(address: SocketAddr, error: Option<&io::Error>) -> Unreachable {
    let Some(error) = error else {
        return Unreachable {
            cause: format!("{address} did not answer within {} s", TCP_WITHIN.as_secs()),
            remedy: Some("check the address; a firewall on the way may swallow the packets".into()),
        };
    };
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Unreachable {
            cause: format!("nothing listens on {address}"),
            remedy: Some(format!("start a broker there, or check that {} is its port", address.port())),
        },
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => Unreachable {
            cause: format!("there is no way to {address}: {}", system_words(error)),
            remedy: Some("check the network and the address".into()),
        },
        _ => Unreachable {
            cause: format!("{address} cannot be reached: {}", system_words(error)),
            remedy: None,
        },
    }
}

/// Tells that a step begins.
pub(super) fn begin(step: Step, clock: &dyn Clock, feed: &Feed) -> Timestamp {
    let now = clock.now();
    feed.push(BrokerEvent::StepBegun(step, now));
    now
}

/// Tells that a step ended well.
pub(super) fn done(step: Step, began: Timestamp, clock: &dyn Clock, feed: &Feed, note: Option<String>) {
    feed.push(BrokerEvent::StepDone(step, clock.now().since(began), note));
}

#[cfg(test)]
mod tests {
    use super::super::queue::{Wake, queue};
    use super::*;
    use crate::mqtt::profile::Proxy;
    use crate::runtime::MachineClock;
    use tokio::net::TcpListener;

    #[tokio::test]
    async fn each_address_is_told_until_one_takes_us() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let good = listener.local_addr().unwrap();
        // Bound and never listening: nobody else gets the port, and nobody answers on it.
        let closed = tokio::net::TcpSocket::new_v4().unwrap();
        closed.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let bad = closed.local_addr().unwrap();
        let clock = MachineClock::default();
        let tried = async |addresses: &[SocketAddr]| {
            let (feed, mut events) = queue(Wake::default());
            let reached = first_of(addresses, &clock, &feed).await;
            let mut told = Vec::new();
            while let Some(event) = events.try_recv() {
                if let BrokerEvent::Detail(detail) = event
                    && let Detail::Tried(Tried { address, failure, others, took: _ }) = *detail
                {
                    told.push((address, failure.map(|failure| failure.cause), others));
                }
            }
            (reached.map(|stream| stream.peer_addr().unwrap()).map_err(|loss| loss.cause), told)
        };
        let useless = format!("nothing listens on {bad}");
        assert_eq!(
            tried(&[bad, good, bad]).await,
            (Ok(good), vec![(bad, Some(useless.clone()), vec![good, bad]), (good, None, vec![bad])])
        );
        let (reached, told) = tried(&[bad, bad]).await;
        assert_eq!((reached, told.len()), (Err(format!("{useless}; {useless}")), 2));
        assert_eq!(tried(&[good]).await, (Ok(good), vec![]), "without a choice there is nothing to tell");
    }

    struct Still;

    impl Clock for Still {
        fn now(&self) -> Timestamp {
            Timestamp::ZERO
        }
    }

    /// A server that accepts and never says a word; how the attempt ends.
    async fn unanswered(transport: Transport, through_proxy: bool) -> Loss {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let held = tokio::spawn(async move {
            let mut guests = Vec::new();
            while let Ok(guest) = listener.accept().await {
                guests.push(guest);
            }
        });
        let mut address = Address::tcp("127.0.0.1", port);
        (address.transport, address.path) = (transport, Address::DEFAULT_PATH.into());
        let mut profile = Profile::new("t", address, "x");
        profile.tls.insecure = true;
        profile.proxy = through_proxy.then(|| Proxy { host: "127.0.0.1".into(), port, credentials: None });
        // Each step has a limit of its own: the others are far away.
        let far = Duration::from_secs(3_600);
        let short = |is_meant| if is_meant { Duration::from_millis(10) } else { far };
        let patience = Patience {
            proxy: short(through_proxy),
            tls: short(!through_proxy && transport.is_tls()),
            websocket: short(!through_proxy && transport == Transport::WebSocket),
        };
        let (feed, _events) = queue(Wake::default());
        let loss = dial_within(patience, &profile, &Still, &feed).await.err().expect("nobody answers");
        held.abort();
        loss
    }

    #[tokio::test]
    async fn a_server_that_accepts_and_says_nothing_is_given_up_at_the_step_s_own_limit() {
        for (transport, through_proxy, step, words) in [
            (Transport::Tls, false, Step::Tls, "did not answer the TLS handshake within"),
            (Transport::SecureWebSocket, false, Step::Tls, "did not answer the TLS handshake within"),
            (Transport::WebSocket, false, Step::WebSocket, "did not answer the WebSocket request within"),
            (Transport::Tcp, true, Step::Proxy, "the proxy 127.0.0.1:"),
            (Transport::SecureWebSocket, true, Step::Proxy, "the proxy 127.0.0.1:"),
        ] {
            let loss = unanswered(transport, through_proxy).await;
            assert_eq!(loss.step, Some(step), "{transport:?}: {loss:?}");
            assert!(loss.cause.contains(words) && loss.cause.contains(" within "), "{loss:?}");
            assert!(loss.may_retry && loss.remedy.is_some(), "{loss:?}");
        }
    }
}
