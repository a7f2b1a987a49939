//! What TLS agreed on, in lines. Owns their words and the days that are left; checks nothing.
use super::shown::fact;
use crate::decode::{Ink, Line, figures};
use crate::mqtt::port::{Certificate, Online};
use crate::time::Timestamp;

/// Names shown of a certificate: what fits a line.
const MAX_NAMES: usize = 6;
/// Certificates shown of a chain: a broker's own, and what signed it.
const MAX_CHAIN: usize = 4;
const DAY_MS: i64 = 86_400_000;

/// The lines of a connection that is encrypted.
pub(super) fn lines(online: &Online, now: Timestamp) -> Vec<Line> {
    let Some(tls) = &online.tls else { return Vec::new() };
    let alpn = tls.alpn.as_ref().map(|name| format!(", ALPN {name}")).unwrap_or_default();
    let mut lines = vec![fact("TLS", Ink::Plain, &format!("{}, {}{alpn}", tls.version, tls.cipher))];
    if tls.insecure {
        let words = "the certificate was not checked (--insecure): anyone may be on the way";
        lines.push(fact("INSECURE", Ink::Escape, words));
    }
    let since = i64::try_from(now.since(online.at).as_millis()).unwrap_or(i64::MAX);
    let present = tls.at_unix_ms.saturating_add(since);
    for (place, certificate) in tls.chain.iter().take(MAX_CHAIN).enumerate() {
        let name = if place == 0 { "certificate" } else { "signed by" };
        lines.push(fact(name, Ink::Text, &words(certificate, present)));
    }
    lines
}

fn words(certificate: &Certificate, present_unix_ms: i64) -> String {
    let Certificate { subject, issuer, names, not_after_unix_ms, .. } = certificate;
    let left_ms = not_after_unix_ms.saturating_sub(present_unix_ms);
    let days = figures::counted(left_ms.unsigned_abs() / DAY_MS.unsigned_abs(), "day");
    let validity = if left_ms < 0 { format!("expired {days} ago") } else { format!("{days} left") };
    let shown: Vec<_> = names.iter().take(MAX_NAMES).map(String::as_str).collect();
    let names = if shown.is_empty() { String::new() } else { format!(" for {}", shown.join(", ")) };
    format!("{subject}{names}, by {issuer}, {validity}")
}
