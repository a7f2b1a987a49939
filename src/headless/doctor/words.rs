//! What a finding means and what to try. Owns the doctor's sentences, and which exit a failure is.
use crate::mqtt::packet::ConnAck;
use crate::mqtt::port::{Certificate, Lost, Online, Step, TlsFacts};
use crate::mqtt::{Check, Qos, Reason, Verdict, Version};
use crate::time::WallOrigin;
use std::fmt::Display;

/// A day.
const DAY_MS: i64 = 86_400_000;

/// Fewer days than this are worth a word: nobody renews a certificate on the last one.
const FEW_DAYS: i64 = 14;

/// What it means that a step failed. Secrets are made before the first step: what fails then reached nobody.
pub(super) fn meaning(step: Option<Step>, reason: Option<Reason>, begun: Begun) -> &'static str {
    match (step, reason) {
        (Some(Step::Proxy | Step::WebSocket | Step::Connect), None) if begun == Begun::Nothing => {
            "what we show to be let in could not be had, so nothing was sent to a broker"
        }
        (Some(Step::Resolve), _) => "the name leads to no machine, so nothing was sent to a broker",
        (Some(Step::Tcp), _) => "no connection came about; MQTT has not been spoken yet",
        (Some(Step::Proxy), _) => "the proxy did not let us through; the broker has not been asked",
        (Some(Step::Tls), _) => "the broker was reached, and no safe connection to it came about",
        (Some(Step::WebSocket), _) => "a web server was reached, and it opened no WebSocket for MQTT",
        (Some(Step::Connect), Some(_)) => "the broker was reached, speaks MQTT, and did not let us in",
        (Some(Step::Connect), None) => {
            "something was reached, and it did not answer as a broker of this version does"
        }
        (None, Some(_)) => "the broker let us in, then ended the connection and said why",
        (None, None) => "the broker let us in, then the connection ended without a reason",
    }
}

/// How far the attempt came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Begun {
    /// No step began yet.
    #[default]
    Nothing,
    /// One did.
    Steps,
}

/// The remedy of a loss during a check, where the loss itself has none.
pub(in crate::headless) fn remedy(check: Check, lost: &Lost) -> Option<String> {
    let known = match lost.reason {
        Some(Reason::BAD_USER_NAME_OR_PASSWORD) => Some("check --username and the password"),
        Some(Reason::NOT_AUTHORIZED) => {
            Some("check user name, password and client id, and what the broker's ACL allows them")
        }
        Some(Reason::CLIENT_IDENTIFIER_NOT_VALID) => Some("give the id the broker knows, by --client-id"),
        Some(Reason::SESSION_TAKEN_OVER) => {
            Some("another client uses this id; give one of your own by --client-id")
        }
        Some(Reason::UNSUPPORTED_PROTOCOL_VERSION) => Some("try the other version, by --mqtt"),
        None if check == Check::Subscribe => {
            Some("some brokers end the connection over a filter they forbid; give another by --filter")
        }
        Some(_) | None => None,
    };
    lost.remedy.clone().or(known.map(str::to_owned))
}

/// What the loss of the connection makes of the whole.
pub(in crate::headless) fn verdict(lost: &Lost) -> Verdict {
    match lost.reason {
        Some(reason) if is_denial(reason) => Verdict::Refused,
        Some(_) | None => Verdict::CannotConnect,
    }
}

/// Whether it is about who we are and what we may.
fn is_denial(reason: Reason) -> bool {
    // Banned, and bad authentication method.
    const MORE: [Reason; 2] = [Reason(0x8A), Reason(0x8C)];
    [Reason::BAD_USER_NAME_OR_PASSWORD, Reason::NOT_AUTHORIZED, Reason::CLIENT_IDENTIFIER_NOT_VALID]
        .iter()
        .chain(&MORE)
        .any(|denial| *denial == reason)
}

/// Who we are now, and to whom.
pub(super) fn online(online: &Online) -> String {
    let assigned = if online.connack.assigned_client_id.is_some() { " (given by the broker)" } else { "" };
    let session = if online.connack.session_present { " · session present" } else { "" };
    format!("{} · client id {}{assigned}{session}", online.version, online.client_id)
}

/// What the CONNACK tells of limits; what it leaves out has the spec's default (section 3.2.2.3).
pub(super) fn limits(online: &Online) -> String {
    let mut words = Vec::new();
    let keep_alive = match (online.keep_alive_s, online.connack.server_keep_alive_s) {
        (0, _) => "no keep-alive".to_owned(),
        (seconds, Some(_)) => format!("keep-alive {seconds} s (the broker's)"),
        (seconds, None) => format!("keep-alive {seconds} s"),
    };
    words.push(keep_alive);
    match online.version {
        Version::V3 => words.push("MQTT 3.1.1 tells no others".to_owned()),
        Version::V5 => words.extend(of_connack(&online.connack)),
    }
    words.join(" · ")
}

fn of_connack(connack: &ConnAck) -> Vec<String> {
    let number = |number: Option<u32>, default: &dyn Display| {
        number.map_or_else(|| default.to_string(), |number| number.to_string())
    };
    let absent =
        |available: Option<bool>, what: &str| (available == Some(false)).then(|| format!("no {what}"));
    let mut words = vec![
        format!("QoS up to {}", connack.max_qos.unwrap_or(Qos::ExactlyOnce)),
        format!("packets up to {} bytes", number(connack.max_packet_bytes, &"268435460")),
        format!("{} in flight", number(connack.receive_maximum.map(u32::from), &u16::MAX)),
        format!("{} topic aliases", connack.topic_alias_maximum.unwrap_or_default()),
    ];
    words.extend(absent(connack.retain_available, "retained messages"));
    words.extend(absent(connack.wildcard_available, "wildcards"));
    words.extend(absent(connack.shared_available, "shared subscriptions"));
    words.extend(absent(connack.subscription_ids_available, "subscription ids"));
    words.extend(connack.session_expiry_s.map(|seconds| format!("session kept {seconds} s")));
    words
}

/// What TLS agreed on, for the line of the connection.
pub(super) fn tls(facts: &TlsFacts) -> String {
    let alpn = facts.alpn.as_ref().map(|alpn| format!(" · ALPN {alpn}")).unwrap_or_default();
    let unchecked = if facts.insecure { " · certificates NOT checked" } else { "" };
    format!("{} · {}{alpn}{unchecked}", facts.version, facts.cipher)
}

/// A certificate: whose, by whom, and for how long yet.
pub(super) fn certificate(certificate: &Certificate, now_unix_ms: i64) -> String {
    let Certificate { subject, issuer, names, not_before_unix_ms: _, not_after_unix_ms } = certificate;
    let days = not_after_unix_ms.saturating_sub(now_unix_ms).div_euclid(DAY_MS);
    let left = match days {
        days if days < 0 => "expired".to_owned(),
        days if days < FEW_DAYS => format!("only {days} days left: renew it"),
        days => format!("{days} days left"),
    };
    let names = if names.is_empty() { String::new() } else { format!(" · for {}", names.join(", ")) };
    format!("{subject} · issued by {issuer}{names} · {left}")
}

/// The wall clock's time of a moment, for certificates.
pub(super) fn unix_ms(origin: WallOrigin, now: crate::time::Timestamp) -> i64 {
    origin.unix_ms_at(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_tells_how_long_it_lasts() {
        let mut known =
            Certificate { subject: "CN=h".into(), issuer: "CN=ca".into(), ..Certificate::default() };
        for (days, expected) in [(100, "100 days left"), (3, "only 3 days left: renew it"), (-1, "expired")] {
            known.not_after_unix_ms = days * DAY_MS + 5;
            assert!(certificate(&known, 0).ends_with(expected), "{days}");
        }
    }

    #[test]
    fn limits_left_out_are_the_specs_defaults() {
        let mut known = Online { keep_alive_s: 60, ..Online::default() };
        assert_eq!(
            limits(&known),
            "keep-alive 60 s · QoS up to 2 · packets up to 268435460 bytes · 65535 in flight · 0 topic aliases"
        );
        known.connack.retain_available = Some(false);
        known.connack.server_keep_alive_s = Some(60);
        assert!(
            limits(&known).ends_with("no retained messages") && limits(&known).contains("(the broker's)")
        );
        known.version = Version::V3;
        assert!(limits(&known).ends_with("MQTT 3.1.1 tells no others"));
    }
}
