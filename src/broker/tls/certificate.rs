//! What a certificate says. Owns the reading of X.509; judges nothing.
use crate::mqtt::port::Certificate;
use rustls::pki_types::CertificateDer;
use std::net::{Ipv4Addr, Ipv6Addr};
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::x509::X509Name;

/// Names kept of one certificate: more than any screen or sentence holds.
const MAX_NAMES: usize = 100;

/// Reads a certificate; one that cannot be read says so in its subject.
pub(super) fn read(der: &CertificateDer<'_>) -> Certificate {
    let Ok((_, parsed)) = X509Certificate::from_der(der) else {
        return Certificate { subject: "unreadable".into(), ..Certificate::default() };
    };
    let names = match parsed.subject_alternative_name() {
        Ok(Some(names)) => names.value.general_names.iter().filter_map(name).take(MAX_NAMES).collect(),
        Ok(None) | Err(_) => Vec::new(),
    };
    let validity = parsed.validity();
    Certificate {
        subject: words(parsed.subject()),
        issuer: words(parsed.issuer()),
        names,
        not_before_unix_ms: validity.not_before.timestamp().saturating_mul(1000),
        not_after_unix_ms: validity.not_after.timestamp().saturating_mul(1000),
    }
}

/// Whether it is, or may serve as, an authority: marked as one, or signed by itself.
pub(super) fn is_authority(der: &CertificateDer<'_>) -> bool {
    let Ok((_, parsed)) = X509Certificate::from_der(der) else { return false };
    parsed.is_ca() || parsed.subject() == parsed.issuer()
}

/// The common name where there is one: what people call it by.
fn words(name: &X509Name<'_>) -> String {
    let common = name.iter_common_name().next().and_then(|common| common.as_str().ok());
    common.map_or_else(|| name.to_string(), str::to_owned)
}

#[expect(clippy::wildcard_enum_match_arm, reason = "hosts have no other kinds of name")]
fn name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => match *bytes {
            [a, b, c, d] => Some(Ipv4Addr::new(*a, *b, *c, *d).to_string()),
            bytes => <[u8; 16]>::try_from(bytes).ok().map(|bytes| Ipv6Addr::from(bytes).to_string()),
        },
        _ => None,
    }
}
