//! Brokers as the vendors of the presets run them: a gate before a broker in process that closes, or keeps silent,
//! where theirs would. Their figures stand here a second time, on purpose.
use crate::gates::{Asks, Papers, server};
use mqttscope::mqtt::packet::{Connect, PublishRef, Subscribe};
use mqttscope::mqtt::{Packet, Preset, Qos, Version};
use mqttscope::wire::{self, Incoming, Reader, Side};
use rustls::ServerConfig;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// What a vendor's broker does to those who exceed its limits.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "a vendor takes a thing or doesn't, each by itself")]
struct Rules {
    /// TLS, with a name in its SNI; `None` for a plain port.
    tls: Option<Arc<ServerConfig>>,
    /// What must be agreed on by ALPN.
    alpn: Option<&'static str>,
    knows: fn(&Connect) -> bool,
    v3_only: bool,
    has_qos2: bool,
    /// Whether a SUBSCRIBE at QoS 2 is left without an answer, rather than answered at a lower one.
    is_silent_at_qos2: bool,
    has_retain: bool,
    has_will: bool,
    has_hash: bool,
    max_filters: usize,
    max_slashes: usize,
    max_bytes: usize,
    keep_alive_s: RangeInclusive<u16>,
}

/// What a packet meets with.
enum Verdict {
    Pass,
    /// It goes on in another form, which the broker behind takes.
    PassAs(Packet),
    Silence(String),
    Close(String),
}

/// A vendor's broker on a port of its own.
pub struct Vendor {
    pub address: SocketAddr,
    refused: Arc<Mutex<Vec<String>>>,
    running: JoinHandle<()>,
}

fn rules(preset: Preset, papers: &Papers, at_https: bool) -> Rules {
    let tls = |asks: &Asks| Some(server(&papers.server(), asks));
    let free = Rules {
        tls: None,
        alpn: None,
        knows: |_| true,
        v3_only: false,
        has_qos2: true,
        is_silent_at_qos2: false,
        has_retain: true,
        has_will: true,
        has_hash: true,
        max_filters: usize::MAX,
        max_slashes: usize::MAX,
        max_bytes: usize::MAX,
        keep_alive_s: 0..=u16::MAX,
    };
    let has_user = |connect: &Connect| {
        connect.username.as_deref() == Some("scope")
            && connect.password.as_ref().is_some_and(|password| password.expose() == b"secret")
    };
    match preset {
        Preset::Local => free,
        Preset::HomeAssistant => Rules { knows: has_user, ..free },
        Preset::AwsIotCore => Rules {
            tls: tls(&Asks {
                clients_of: Some(papers.path("ca.pem")),
                alpn: if at_https { vec!["x-amzn-mqtt-ca"] } else { Vec::new() },
                ..Asks::default()
            }),
            alpn: at_https.then_some("x-amzn-mqtt-ca"),
            has_qos2: false,
            is_silent_at_qos2: true,
            max_filters: 8,
            max_slashes: 7,
            max_bytes: 131_072,
            keep_alive_s: 30..=1_200,
            ..free
        },
        Preset::AzureIotHub => Rules {
            tls: tls(&Asks::default()),
            knows: |connect| {
                let wanted = format!("localhost/{}/?api-version=2021-04-12", connect.client_id);
                connect.username.as_deref() == Some(&wanted) && connect.password.is_some()
            },
            v3_only: true,
            has_qos2: false,
            has_retain: false,
            has_hash: false,
            max_bytes: 262_144,
            keep_alive_s: 1..=1_177,
            ..free
        },
        Preset::HiveMqCloud => {
            Rules { tls: tls(&Asks::default()), knows: has_user, max_bytes: 5_242_880, ..free }
        }
        Preset::EmqxCloud => {
            Rules { tls: tls(&Asks::default()), knows: has_user, max_bytes: 1_048_576, ..free }
        }
        Preset::GoogleIotCore => Rules {
            tls: tls(&Asks::default()),
            knows: |connect| connect.client_id.starts_with("projects/") && connect.password.is_some(),
            v3_only: true,
            has_qos2: false,
            has_retain: false,
            has_will: false,
            has_hash: false,
            max_bytes: 262_144,
            keep_alive_s: 1..=1_200,
            ..free
        },
    }
}

impl Vendor {
    /// The broker of a preset before another; `at_https` as it is on port 443.
    pub async fn open(preset: Preset, papers: &Papers, at_https: bool, to: SocketAddr) -> Self {
        let rules = rules(preset, papers, at_https);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let refused = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&refused);
        let running = tokio::spawn(async move {
            let mut guests = JoinSet::new();
            loop {
                let (guest, _) = listener.accept().await.unwrap();
                let (rules, log) = (rules.clone(), Arc::clone(&log));
                guests.spawn(async move { rules.admit(guest, to, &log).await });
            }
        });
        Self { address, refused, running }
    }

    /// What it refused so far, in words.
    pub fn refused(&self) -> Vec<String> {
        self.refused.lock().unwrap().clone()
    }

    pub async fn close(self) {
        self.running.abort();
        let _ = self.running.await;
    }
}

impl Rules {
    async fn admit(&self, guest: TcpStream, to: SocketAddr, log: &Mutex<Vec<String>>) {
        guest.set_nodelay(true).unwrap();
        let Some(tls) = &self.tls else { return self.relay(guest, to, log).await };
        let guest = match tokio_rustls::TlsAcceptor::from(Arc::clone(tls)).accept(guest).await {
            Ok(guest) => guest,
            Err(error) => return log.lock().unwrap().push(format!("TLS: {error}")),
        };
        let agreed = guest.get_ref().1;
        let alpn = agreed.alpn_protocol().map(|name| String::from_utf8_lossy(name).into_owned());
        if agreed.server_name().is_none() {
            return log.lock().unwrap().push("no SNI".into());
        }
        if self.alpn.is_some() && alpn.as_deref() != self.alpn {
            return log.lock().unwrap().push(format!("ALPN {alpn:?}"));
        }
        self.relay(guest, to, log).await;
    }

    async fn relay(
        &self,
        guest: impl AsyncRead + AsyncWrite + Unpin,
        to: SocketAddr,
        log: &Mutex<Vec<String>>,
    ) {
        let (mut from_broker, mut to_broker) = TcpStream::connect(to).await.unwrap().into_split();
        let (mut from_guest, mut to_guest) = tokio::io::split(guest);
        let inward = async {
            let mut reader = Reader::new(Side::Broker, Version::V5, 64 * 1024 * 1024);
            let mut inbox = Vec::new();
            loop {
                let mut at = 0;
                let verdict = match reader.next(&inbox, &mut at).unwrap() {
                    None => None,
                    Some(_) if at > self.max_bytes => Some(Verdict::Close(format!("{at} bytes"))),
                    Some(incoming) => Some(self.judge(incoming)),
                };
                let Some(verdict) = verdict else {
                    if from_guest.read_buf(&mut inbox).await.unwrap_or(0) == 0 {
                        return;
                    }
                    continue;
                };
                match verdict {
                    Verdict::Pass => to_broker.write_all(&inbox[..at]).await.unwrap(),
                    Verdict::PassAs(packet) => {
                        let mut bytes = Vec::new();
                        wire::write(&packet, reader.version(), &mut bytes).unwrap();
                        to_broker.write_all(&bytes).await.unwrap();
                    }
                    Verdict::Silence(words) => log.lock().unwrap().push(words),
                    Verdict::Close(words) => return log.lock().unwrap().push(words),
                }
                inbox.drain(..at);
            }
        };
        tokio::select! {
            () = inward => {}
            _ = tokio::io::copy(&mut from_broker, &mut to_guest) => {}
        }
    }

    fn judge(&self, incoming: Incoming<'_>) -> Verdict {
        match incoming {
            Incoming::Packet(Packet::Connect(connect)) => self.judge_connect(&connect),
            Incoming::Packet(Packet::Subscribe(subscribe)) => self.judge_subscribe(&subscribe),
            Incoming::Packet(_) => Verdict::Pass,
            Incoming::Publish(publish) => self.judge_publish(&publish),
            Incoming::Unreadable(publish) => Verdict::Close(publish.words),
        }
    }

    fn judge_connect(&self, connect: &Connect) -> Verdict {
        let will = connect.will.as_ref();
        if self.v3_only && connect.version == Version::V5 {
            return Verdict::Close("MQTT 5".into());
        }
        if !(self.knows)(connect) {
            return Verdict::Close("not known".into());
        }
        if !self.keep_alive_s.contains(&connect.keep_alive_s) {
            return Verdict::Close(format!("keep-alive {}", connect.keep_alive_s));
        }
        if !self.has_will && will.is_some() {
            return Verdict::Close("will".into());
        }
        match will {
            Some(will) if will.qos == Qos::ExactlyOnce && !self.has_qos2 => {
                Verdict::Close("will at QoS 2".into())
            }
            Some(will) if will.retain && !self.has_retain => Verdict::Close("retained will".into()),
            // The broker behind takes no client id with a slash.
            Some(_) | None => Verdict::PassAs(Packet::Connect(Box::new(Connect {
                client_id: connect.client_id.replace('/', "-"),
                ..connect.clone()
            }))),
        }
    }

    fn judge_subscribe(&self, subscribe: &Subscribe) -> Verdict {
        let subscriptions = &subscribe.subscriptions;
        if subscriptions.len() > self.max_filters {
            return Verdict::Close(format!("{} filters", subscriptions.len()));
        }
        let slashes = |text: &str| text.matches('/').count();
        if subscriptions.iter().any(|asked| slashes(asked.filter.as_str()) > self.max_slashes) {
            return Verdict::Close("slashes in a filter".into());
        }
        if !self.has_hash && subscriptions.iter().any(|asked| asked.filter.as_str() == "#") {
            return Verdict::Close("#".into());
        }
        if self.is_silent_at_qos2 && subscriptions.iter().any(|asked| asked.qos == Qos::ExactlyOnce) {
            return Verdict::Silence("SUBSCRIBE at QoS 2".into());
        }
        Verdict::Pass
    }

    fn judge_publish(&self, publish: &PublishRef<'_>) -> Verdict {
        if publish.qos == Qos::ExactlyOnce && !self.has_qos2 {
            return Verdict::Close("PUBLISH at QoS 2".into());
        }
        if publish.retain && !self.has_retain {
            return Verdict::Close("retain".into());
        }
        if publish.topic.matches('/').count() > self.max_slashes {
            return Verdict::Close("slashes in a topic".into());
        }
        Verdict::Pass
    }
}
