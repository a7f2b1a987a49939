//! TLS over a stream. Owns the handshake, what is trusted and what is shown of us; reads no MQTT.
mod certificate;
mod pem;
#[cfg(test)]
mod tests;
mod verdict;
mod words;

pub(super) use words::{of_alert as words_of, step_of};

use super::bare::{Bare, Layer};
use super::loss::{Loss, quoted, system_words};
use crate::mqtt::port::{Step, TlsFacts};
use crate::mqtt::profile::TlsSettings;
use crate::mqtt::{Address, Profile};
use rustls::client::WebPkiServerVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, BufReader};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use verdict::Verdict;

/// How long the handshake may take: a slow mobile link needs a second for each of its round trips.
pub(super) const TLS_WITHIN: Duration = Duration::from_secs(10);

/// How long is waited for what is there already.
const ALERT_WITHIN: Duration = Duration::from_secs(1);

impl<S: Layer> Layer for TlsStream<S> {
    fn bare(&mut self) -> &mut Bare {
        self.get_mut().0.bare()
    }
}

/// Shakes hands over an open stream.
pub(super) async fn open(
    bare: BufReader<Bare>,
    profile: &Profile,
    within: Duration,
) -> Result<(TlsStream<BufReader<Bare>>, TlsFacts), Loss> {
    let settings = profile.tls.clone();
    // Files, and a directory of some hundred certificates, are no work for a task.
    let made = tokio::task::spawn_blocking(move || config(&settings)).await;
    let failed = |cause: String| Loss::new(Some(Step::Tls), cause, None);
    let (config, verdict) = made.map_err(|error| failed(format!("TLS could not be set up: {error}")))??;
    let name = server_name(profile)?;
    let connecting = TlsConnector::from(Arc::new(config)).connect(name, bare).into_fallible();
    match timeout(within, connecting).await {
        Ok(Ok(stream)) => {
            let facts = facts(stream.get_ref().1, &verdict, profile.tls.insecure);
            Ok((stream, facts))
        }
        Ok(Err((error, mut bare))) => match unheard_alert(&error, &mut bare).await {
            Some(alert) => Err(words::of_alert(Some(Step::Tls), alert, profile)),
            None => Err(handshake_failed(&error, profile, &verdict)),
        },
        Err(_elapsed) => Err(Loss::new(
            Some(Step::Tls),
            format!("{} did not answer the TLS handshake within {} s", profile.address, within.as_secs()),
            Some(&plain_remedy(&profile.address)),
        )),
    }
}

/// Why the broker hung up while we still wrote: on TLS 1.2 it refuses a client in the middle of our flight, so
/// that the write fails before the alert is read. There the alert is not encrypted yet.
async fn unheard_alert(error: &io::Error, bare: &mut BufReader<Bare>) -> Option<rustls::AlertDescription> {
    if !matches!(error.kind(), io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset) {
        return None;
    }
    let mut record = [0; 7];
    timeout(ALERT_WITHIN, bare.read_exact(&mut record)).await.ok()?.ok()?;
    match record {
        // An alert (21) of any version, two bytes long: its level and what it says (RFC 5246 section 7.2).
        [21, 3, _, 0, 2, _, description] => Some(description.into()),
        _ => None,
    }
}

fn handshake_failed(error: &io::Error, profile: &Profile, verdict: &Verdict) -> Loss {
    if let Some(error) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        return words::of_error(error, profile, &verdict.seen());
    }
    let remedy = plain_remedy(&profile.address);
    let cause = if error.kind() == io::ErrorKind::UnexpectedEof {
        format!("{} closed the connection during the TLS handshake", profile.address)
    } else {
        format!("the TLS handshake with {} failed: {}", profile.address, system_words(error))
    };
    Loss::new(Some(Step::Tls), cause, Some(&remedy))
}

/// What to try when a port may not speak TLS at all.
fn plain_remedy(address: &Address) -> String {
    let scheme = if address.transport.is_websocket() { "ws" } else { "mqtt" };
    format!("the port may speak no TLS: try {scheme}://{}", address.host_port())
}

/// The name that the certificate must be for: as set, or the host's.
fn server_name(profile: &Profile) -> Result<ServerName<'static>, Loss> {
    let name = profile.tls.server_name.as_deref().unwrap_or(&profile.address.host);
    ServerName::try_from(name.to_owned()).map_err(|_invalid| {
        Loss::new(
            Some(Step::Tls),
            format!("{name:?} is no host name or address that a certificate could be for"),
            Some("give the name in the broker's certificate with --server-name"),
        )
    })
}

/// Everything of TLS that is settled before the first byte.
fn config(settings: &TlsSettings) -> Result<(ClientConfig, Arc<Verdict>), Loss> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verdict = Arc::new(if settings.insecure {
        Verdict::taking_anyone(&provider)
    } else {
        let roots = match &settings.ca_file {
            Some(path) => pem::authorities(path)?,
            None => system_roots(rustls_native_certs::load_native_certs())?,
        };
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
            .build()
            .map_err(|error| Loss::new(Some(Step::Tls), format!("TLS could not be set up: {error}"), None))?;
        Verdict::of(verifier)
    });
    let mut config = with_client_certificate(settings, provider, &verdict)?;
    config.alpn_protocols = settings.alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
    Ok((config, verdict))
}

fn with_client_certificate(
    settings: &TlsSettings,
    provider: Arc<CryptoProvider>,
    verdict: &Arc<Verdict>,
) -> Result<ClientConfig, Loss> {
    let set_up =
        |error: rustls::Error| Loss::new(Some(Step::Tls), format!("TLS could not be set up: {error}"), None);
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(set_up)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::<Verdict>::clone(verdict));
    let (cert_file, key_file) = match (&settings.cert_file, &settings.key_file) {
        (None, None) => return Ok(builder.with_no_client_auth()),
        // Both are often kept in one file.
        (Some(one), None) => (one, one),
        (Some(cert), Some(key)) => (cert, key),
        (None, Some(key)) => {
            let cause = format!("there is a key file {}, but no certificate file", quoted(key));
            return Err(Loss::new(Some(Step::Tls), cause, Some("add the certificate with --cert")));
        }
    };
    let certificates = pem::certificates(cert_file, "certificate file")?;
    let key = pem::key(key_file)?;
    builder.with_client_auth_cert(certificates, key).map_err(|error| {
        let (cert, key) = (quoted(cert_file), quoted(key_file));
        let (cause, remedy) = if let rustls::Error::InconsistentKeys(_) = error {
            (
                format!("the key in {key} does not belong to the certificate in {cert}"),
                "give the key that the certificate was made with",
            )
        } else {
            (
                format!("the key in {key} cannot be used with {cert}: {error}"),
                "RSA keys are taken from 2048 bits on, ECDSA on P-256, P-384 and P-521, and Ed25519",
            )
        };
        Loss::new(Some(Step::Tls), cause, Some(remedy))
    })
}

/// The authorities that the machine trusts.
fn system_roots(found: rustls_native_certs::CertificateResult) -> Result<RootCertStore, Loss> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() {
        let why = found.errors.first().map(|error| format!(" ({error})")).unwrap_or_default();
        return Err(Loss::new(
            Some(Step::Tls),
            format!("this machine has no certificate store to check brokers by{why}"),
            Some("install ca-certificates, or name the broker's authority with --cafile"),
        ));
    }
    Ok(roots)
}

fn facts(connection: &rustls::ClientConnection, verdict: &Verdict, insecure: bool) -> TlsFacts {
    let version = match connection.protocol_version() {
        Some(rustls::ProtocolVersion::TLSv1_3) => "TLS 1.3".to_owned(),
        Some(rustls::ProtocolVersion::TLSv1_2) => "TLS 1.2".to_owned(),
        other => format!("{other:?}"),
    };
    let cipher = connection.negotiated_cipher_suite().and_then(|suite| suite.suite().as_str());
    let alpn = connection.alpn_protocol().map(|name| String::from_utf8_lossy(name).into_owned());
    let chain = connection.peer_certificates().unwrap_or_default();
    TlsFacts {
        version,
        cipher: cipher.unwrap_or("unnamed").to_owned(),
        alpn,
        chain: chain.iter().map(certificate::read).collect(),
        insecure,
        at_unix_ms: verdict.seen().at_unix_ms,
    }
}
