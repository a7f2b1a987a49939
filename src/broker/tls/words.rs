//! What went wrong with TLS, in words. Owns the sentence and remedy of each failure; decides no trust.
use super::plain_remedy;
use super::verdict::Seen;
use crate::broker::loss::{Loss, quoted};
use crate::mqtt::Profile;
use crate::mqtt::port::{Certificate, Step};
use rustls::{AlertDescription, CertificateError, Error, PeerIncompatible};

/// Names listed in a sentence.
const MAX_NAMES: usize = 8;

/// A failure of the handshake.
#[expect(clippy::wildcard_enum_match_arm, reason = "the errors are rustls's, and ever more of them")]
pub(super) fn of_error(error: &Error, profile: &Profile, seen: &Seen) -> Loss {
    let (cause, remedy) = match error {
        Error::InvalidCertificate(why) => of_certificate(why, profile, seen),
        Error::AlertReceived(alert) => return of_alert(Some(Step::Tls), *alert, profile),
        Error::InvalidMessage(_) => (
            format!("what answers on {} speaks no TLS", profile.address.host_port()),
            Some(plain_remedy(&profile.address)),
        ),
        Error::PeerIncompatible(
            PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
            | PeerIncompatible::SupportedVersionsExtensionRequired
            | PeerIncompatible::ExtendedMasterSecretExtensionRequired,
        ) => old_version(),
        Error::NoApplicationProtocol => no_alpn(profile),
        other => (format!("the TLS handshake failed: {other}"), None),
    };
    Loss::new(Some(Step::Tls), cause, remedy.as_deref())
}

fn old_version() -> (String, Option<String>) {
    (
        "the broker speaks neither TLS 1.2 nor TLS 1.3, and older versions are not safe".into(),
        Some("let the broker offer TLS 1.2 or newer".into()),
    )
}

fn no_alpn(profile: &Profile) -> (String, Option<String>) {
    let offered = profile.tls.alpn.join(", ");
    (
        format!("the broker speaks none of the protocols offered by ALPN ({offered})"),
        Some("check --alpn, or leave it out".into()),
    )
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the errors are rustls's, and ever more of them")]
fn of_certificate(why: &CertificateError, profile: &Profile, seen: &Seen) -> (String, Option<String>) {
    let certificate = seen.chain.first().cloned().unwrap_or_default();
    let (whose, host) = (&certificate.subject, &profile.address.host);
    match why {
        CertificateError::UnknownIssuer => unknown_issuer(profile, seen),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            // Of a whole chain, the one that ran out may be an authority's.
            let is_over = |one: &&Certificate| one.not_after_unix_ms < seen.at_unix_ms;
            let expired = seen.chain.iter().find(is_over).unwrap_or(&certificate);
            (
                format!(
                    "the certificate of {:?} expired on {}",
                    expired.subject,
                    date(expired.not_after_unix_ms)
                ),
                Some("renew it on the broker; if it should be valid, check this machine's clock".into()),
            )
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => (
            format!(
                "the certificate of {whose:?} is not valid before {}",
                date(certificate.not_before_unix_ms)
            ),
            Some("check this machine's clock".into()),
        ),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            let asked = profile.tls.server_name.as_deref().unwrap_or(host);
            let names: Vec<_> = certificate.names.iter().take(MAX_NAMES).map(String::as_str).collect();
            let more = certificate.names.len().saturating_sub(names.len());
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let listed = if names.is_empty() { "no name at all".into() } else { names.join(", ") };
            (
                format!("the broker's certificate is not for {asked:?}, but for {listed}{more}"),
                Some("connect by one of its names, or give one with --server-name".into()),
            )
        }
        CertificateError::Revoked => (
            format!("the certificate of {whose:?} was revoked"),
            Some("ask whoever runs the broker for a new one".into()),
        ),
        other => {
            let is_ca = format!("{other:?}").contains("CaUsedAsEndEntity");
            let cause = if is_ca {
                format!("the broker shows the certificate of an authority, {whose:?}, instead of its own")
            } else {
                format!("the certificate of {whose:?} can't be trusted: {other}")
            };
            (cause, Some("give the broker a certificate of its own; --insecure takes it as it is".into()))
        }
    }
}

fn unknown_issuer(profile: &Profile, seen: &Seen) -> (String, Option<String>) {
    let certificate = seen.chain.first().cloned().unwrap_or_default();
    let issuer = seen.chain.last().map(|last| last.issuer.clone()).unwrap_or_default();
    let judge = match &profile.tls.ca_file {
        Some(path) => format!("{} does not hold", quoted(path)),
        None => "this machine does not trust".into(),
    };
    if certificate.subject == certificate.issuer {
        return (
            format!("the broker's certificate is signed by itself, {issuer:?}, which {judge}"),
            Some("give that certificate to --cafile if it is the broker's".into()),
        );
    }
    (
        format!("the broker's certificate is signed by {issuer:?}, an authority which {judge}"),
        Some(format!("give the certificate of {issuer:?} to --cafile")),
    )
}

/// An alert of the broker's, in the handshake or at the first read: TLS 1.3 refuses clients only there.
pub(crate) fn of_alert(step: Option<Step>, alert: AlertDescription, profile: &Profile) -> Loss {
    use AlertDescription as A;
    let name = alert.as_str().unwrap_or("an unknown alert");
    let settings = &profile.tls;
    let shown = settings.cert_file.as_ref();
    let (cause, remedy) = match (alert, shown) {
        (A::CertificateRequired, _) | (A::HandshakeFailure | A::BadCertificate, None) => (
            format!("the broker requires a client certificate ({name})"),
            Some("give yours with --cert and --key".to_owned()),
        ),
        (
            A::BadCertificate
            | A::UnsupportedCertificate
            | A::CertificateRevoked
            | A::CertificateExpired
            | A::CertificateUnknown
            | A::UnknownCA
            | A::AccessDenied
            | A::DecryptError,
            Some(path),
        ) => (
            format!("the broker refused our certificate {} ({name})", quoted(path)),
            Some("give one that an authority of the broker's has signed, and that is valid".into()),
        ),
        (A::ProtocolVersion, _) => old_version(),
        (A::UnrecognisedName, _) => (
            format!(
                "the broker knows no host {:?} (UnrecognisedName)",
                settings.server_name.as_deref().unwrap_or(&profile.address.host)
            ),
            Some("give the name it goes by with --server-name".into()),
        ),
        (A::NoApplicationProtocol, _) => no_alpn(profile),
        (_, _) => (format!("the broker ended TLS with the alert {name}"), None),
    };
    // To show it again would only fill the broker's log.
    let may_retry = shown.is_none() || !cause.contains("refused our certificate");
    Loss { may_retry, ..Loss::new(step, cause, remedy.as_deref()) }
}

/// An alert that follows the handshake is still about it.
pub(crate) fn step_of(step: Option<Step>) -> Option<Step> {
    step.map(|_| Step::Tls)
}

/// The day in UTC, as `2026-11-22` (the algorithm is Howard Hinnant's).
pub(super) fn date(unix_ms: i64) -> String {
    let days = unix_ms.div_euclid(86_400_000) + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}
