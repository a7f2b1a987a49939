//! Ways into a broker in process: TLS, WebSocket and both before a plain port, with papers of their own.
use futures_util::{SinkExt, StreamExt};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};

/// An authority, and the files of those it vouches for.
pub struct Papers {
    files: TempDir,
    authority: CertifiedIssuer<'static, KeyPair>,
}

pub fn named(names: &[&str], common: &str) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.distinguished_name.push(DnType::CommonName, common);
    params
}

impl Papers {
    pub fn new(authority: &str) -> Self {
        let mut params = named(&[], authority);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let papers = Self { files: TempDir::new().unwrap(), authority };
        papers.write("ca.pem", &papers.authority.pem());
        papers
    }

    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.files.path().join(name)
    }

    /// Signs a certificate; the files are `NAME.pem` and `NAME.key`.
    pub fn sign(&self, name: &str, params: &CertificateParams) -> Paper {
        self.sign_for(name, params, &KeyPair::generate().unwrap())
    }

    pub fn sign_for(&self, name: &str, params: &CertificateParams, key: &KeyPair) -> Paper {
        let signed = params.signed_by(key, &self.authority).unwrap();
        self.paper(name, &signed.pem(), &key.serialize_pem())
    }

    pub fn paper(&self, name: &str, certificate: &str, key: &str) -> Paper {
        Paper {
            certificate: self.write(&format!("{name}.pem"), certificate),
            key: self.write(&format!("{name}.key"), key),
        }
    }

    /// A broker on this machine.
    pub fn server(&self) -> Paper {
        self.sign("server", &named(&["127.0.0.1", "localhost"], "broker"))
    }
}

/// A certificate with its key.
#[derive(Clone, Debug)]
pub struct Paper {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

/// What a TLS server shows and asks for.
#[derive(Clone, Debug, Default)]
pub struct Asks {
    /// The authority that clients must be vouched for by.
    pub clients_of: Option<PathBuf>,
    pub alpn: Vec<&'static str>,
    pub tls12_only: bool,
}

pub fn server(paper: &Paper, asks: &Asks) -> Arc<ServerConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions: &[_] = if asks.tls12_only { &[&rustls::version::TLS12] } else { rustls::ALL_VERSIONS };
    let builder =
        ServerConfig::builder_with_provider(Arc::clone(&provider)).with_protocol_versions(versions).unwrap();
    let builder = match &asks.clients_of {
        None => builder.with_no_client_auth(),
        Some(path) => {
            let mut roots = rustls::RootCertStore::empty();
            roots.add(CertificateDer::from_pem_file(path).unwrap()).unwrap();
            let verifier =
                WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
            builder.with_client_cert_verifier(verifier)
        }
    };
    let chain = CertificateDer::pem_file_iter(&paper.certificate).unwrap().map(Result::unwrap).collect();
    let key = PrivateKeyDer::from_pem_file(&paper.key).unwrap();
    let mut config = builder.with_single_cert(chain, key).unwrap();
    config.alpn_protocols = asks.alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
    Arc::new(config)
}

/// What a gate speaks in front of the broker.
#[derive(Clone, Debug)]
pub enum Way {
    Plain,
    Tls(Arc<ServerConfig>),
    WebSocket,
    SecureWebSocket(Arc<ServerConfig>),
}

/// A port that lets through to a broker. All its connections end when it is closed.
pub struct Gate {
    pub address: SocketAddr,
    /// Whether its end is a reset rather than a farewell (`SO_LINGER` of 0).
    is_rude: Arc<AtomicBool>,
    running: JoinHandle<()>,
}

impl Gate {
    pub async fn open(way: Way, to: SocketAddr) -> Self {
        Self::open_on(SocketAddr::from(([127, 0, 0, 1], 0)), way, to).await
    }

    pub async fn open_on(address: SocketAddr, way: Way, to: SocketAddr) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let is_rude = Arc::new(AtomicBool::new(false));
        let rude = Arc::clone(&is_rude);
        let running = tokio::spawn(async move {
            let mut guests = JoinSet::new();
            loop {
                let (guest, _) = listener.accept().await.unwrap();
                if rude.load(Ordering::SeqCst) {
                    guest.set_zero_linger().unwrap();
                }
                guests.spawn(admit(guest, way.clone(), to));
            }
        });
        Self { address, is_rude, running }
    }

    /// Connections made from now on are reset when the gate is closed.
    pub fn be_rude(&self) {
        self.is_rude.store(true, Ordering::SeqCst);
    }

    pub async fn close(self) {
        self.running.abort();
        let _ = self.running.await;
    }
}

async fn admit(mut guest: TcpStream, way: Way, to: SocketAddr) {
    guest.set_nodelay(true).unwrap();
    match way {
        Way::Plain => {
            let Ok(mut broker) = TcpStream::connect(to).await else { return };
            let _ = tokio::io::copy_bidirectional(&mut guest, &mut broker).await;
        }
        Way::Tls(config) => {
            let Ok(mut guest) = tokio_rustls::TlsAcceptor::from(config).accept(guest).await else { return };
            let Ok(mut broker) = TcpStream::connect(to).await else { return };
            let _ = tokio::io::copy_bidirectional(&mut guest, &mut broker).await;
        }
        Way::WebSocket => relay_frames(guest, to).await,
        Way::SecureWebSocket(config) => {
            if let Ok(guest) = tokio_rustls::TlsAcceptor::from(config).accept(guest).await {
                relay_frames(guest, to).await;
            }
        }
    }
}

#[expect(clippy::result_large_err, reason = "the library's callback is so")]
async fn relay_frames(guest: impl AsyncRead + AsyncWrite + Unpin, to: SocketAddr) {
    let agree = |request: &Request, mut response: Response| {
        let offered = request.headers().get("Sec-WebSocket-Protocol").cloned();
        response.headers_mut().insert("Sec-WebSocket-Protocol", offered.unwrap());
        Ok(response)
    };
    let Ok(mut guest) = tokio_tungstenite::accept_hdr_async(guest, agree).await else { return };
    let Ok(mut broker) = TcpStream::connect(to).await else { return };
    let (mut bytes, mut n) = (vec![0; 64 * 1024], 0);
    loop {
        tokio::select! {
            message = guest.next() => match message {
                Some(Ok(Message::Binary(bytes))) => {
                    if broker.write_all(&bytes).await.is_err() {
                        return;
                    }
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return,
            },
            read = broker.read(&mut bytes) => {
                let Ok(n_bytes @ 1..) = read else { return };
                // A frame may hold a part of a packet (section 6), down to a single byte.
                n += 1;
                for part in bytes[..n_bytes].chunks(if n_bytes < 4096 { [1, 7][n % 2] } else { 16 * 1024 }) {
                    if guest.feed(Message::Binary(part.to_vec().into())).await.is_err() {
                        return;
                    }
                }
                if guest.flush().await.is_err() {
                    return;
                }
            }
        }
    }
}
