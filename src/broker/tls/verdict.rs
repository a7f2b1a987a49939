//! Who is believed. Owns the choice between checking and not; remembers what was shown, for the words.
use super::certificate;
use crate::mqtt::port::Certificate;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, Error, SignatureScheme};
use std::sync::{Arc, Mutex, PoisonError};

/// Checks as rustls does, or takes anyone; and keeps what the broker showed.
#[derive(Debug)]
pub(super) struct Verdict {
    trust: Trust,
    seen: Mutex<Seen>,
}

#[derive(Debug)]
enum Trust {
    Checked(Arc<WebPkiServerVerifier>),
    /// `--insecure`: with the signatures that can be spoken of, though none is checked.
    Anyone(Vec<SignatureScheme>),
}

/// What the broker showed, and when.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    pub chain: Vec<Certificate>,
    pub at_unix_ms: i64,
}

impl Verdict {
    pub fn of(verifier: Arc<WebPkiServerVerifier>) -> Self {
        Self { trust: Trust::Checked(verifier), seen: Mutex::default() }
    }

    pub fn taking_anyone(provider: &CryptoProvider) -> Self {
        let schemes = provider.signature_verification_algorithms.supported_schemes();
        Self { trust: Trust::Anyone(schemes), seen: Mutex::default() }
    }

    pub fn seen(&self) -> Seen {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl ServerCertVerifier for Verdict {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let chain = std::iter::once(end_entity).chain(intermediates).map(certificate::read).collect();
        let at_unix_ms = i64::try_from(now.as_secs()).unwrap_or(i64::MAX).saturating_mul(1000);
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Seen { chain, at_unix_ms };
        match &self.trust {
            Trust::Checked(inner) => {
                inner.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
            }
            Trust::Anyone(_) => Ok(ServerCertVerified::assertion()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        match &self.trust {
            Trust::Checked(inner) => inner.verify_tls12_signature(message, cert, dss),
            // Whoever may show any certificate may show one whose key is theirs: a check would add nothing.
            Trust::Anyone(_) => Ok(HandshakeSignatureValid::assertion()),
        }
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        match &self.trust {
            Trust::Checked(inner) => inner.verify_tls13_signature(message, cert, dss),
            Trust::Anyone(_) => Ok(HandshakeSignatureValid::assertion()),
        }
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        match &self.trust {
            Trust::Checked(inner) => inner.supported_verify_schemes(),
            Trust::Anyone(schemes) => schemes.clone(),
        }
    }
}
