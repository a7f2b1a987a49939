//! Why a connection cannot go on, in words. Owns the words, remedies and whether to try again; ends nothing.
use super::Fatal;
use crate::mqtt::packet::{ConnAck, Disconnect};
use crate::mqtt::{Profile, Reason, Version};
use std::time::Duration;

impl Fatal {
    /// The broker broke a rule: we say so in DISCONNECT, and may well try again.
    pub(super) fn ours(reason: Reason, words: String) -> Self {
        Self { reason, words, remedy: None, from_broker: false, may_retry: true }
    }

    /// A packet where the protocol allows none (section 4.13).
    pub(super) fn protocol_error(words: String) -> Self {
        Self::ours(Reason::PROTOCOL_ERROR, words)
    }

    /// The broker wants a method of authentication that we never offered (section 4.12).
    pub(super) fn auth_asked() -> Self {
        Self {
            remedy: Some("use a listener of the broker that takes a user name and password".into()),
            may_retry: false,
            ..Self::protocol_error(
                "the broker asked for enhanced authentication (AUTH), which mqttscope does not speak".into(),
            )
        }
    }

    /// CONNACK refused us (section 3.2.2.2).
    pub(super) fn refused(connack: &ConnAck, profile: &Profile) -> Self {
        let words = sentence(
            "the broker refused the connection",
            connack.reason,
            connack.reason_string.as_deref(),
            connack.server_reference.as_deref(),
        );
        let advice = advice(connack.reason, connack.server_reference.as_deref(), profile);
        Self::from_broker(connack.reason, words, advice)
    }

    /// The broker said DISCONNECT (section 3.14).
    pub(super) fn disconnected(packet: &Disconnect, profile: &Profile) -> Self {
        let words = sentence(
            "the broker closed the connection",
            packet.reason,
            packet.reason_string.as_deref(),
            packet.server_reference.as_deref(),
        );
        let advice = advice(packet.reason, packet.server_reference.as_deref(), profile);
        Self::from_broker(packet.reason, words, advice)
    }

    fn from_broker(reason: Reason, words: String, advice: Advice) -> Self {
        let Advice { remedy, may_retry } = advice;
        Self { reason, words, remedy, from_broker: true, may_retry }
    }
}

/// No CONNACK came in time. Some brokers of 3.1.1 alone say nothing at all to MQTT 5.
pub(super) fn no_answer(within: Duration, profile: &Profile) -> Fatal {
    let remedy = match profile.version {
        Version::V5 => "the broker may know 3.1.1 only: try --mqtt 3",
        Version::V3 => "check that the port is an MQTT listener, with TLS only where it wants TLS",
    };
    Fatal {
        remedy: Some(remedy.into()),
        ..Fatal::ours(
            Reason(0x8D),
            format!("the broker did not answer CONNECT within {} s", within.as_secs()),
        )
    }
}

struct Advice {
    remedy: Option<String>,
    may_retry: bool,
}

fn sentence(what: &str, reason: Reason, string: Option<&str>, server: Option<&str>) -> String {
    let mut words = format!("{what}: {reason}");
    if let Some(string) = string.filter(|string| !string.is_empty()) {
        words.push_str(&format!("; it says {string:?}"));
    }
    if let Some(server) = server.filter(|server| !server.is_empty()) {
        words.push_str(&format!("; it points to the server {server:?}"));
    }
    words
}

/// What to do about a broker's reason. To repeat what cannot succeed would only fill the broker's log.
fn advice(reason: Reason, server: Option<&str>, profile: &Profile) -> Advice {
    let again = |remedy: &str| Advice { remedy: Some(remedy.into()), may_retry: true };
    let stay = |remedy: String| Advice { remedy: Some(remedy), may_retry: false };
    let credentials = if profile.username.is_some() {
        "check --username and --password-env (or --password-file)"
    } else {
        "give a user name with --username and a password with --password-env"
    };
    let elsewhere = || match server {
        Some(server) => format!("connect to {server:?} instead"),
        None => "ask whoever runs the broker where it went".into(),
    };
    match reason.0 {
        // Malformed packet, protocol error, unsupported version: the broker doesn't speak what we speak.
        0x81 | 0x82 | 0x84 => match profile.version {
            Version::V5 => stay("try --mqtt 3".into()),
            Version::V3 => stay("try --mqtt 5".into()),
        },
        0x85 => stay(format!("give another client id with --client-id; this one is {:?}", profile.client_id)),
        0x86 => stay(credentials.into()),
        0x87 => stay(format!("{credentials}, or ask whoever runs the broker for rights")),
        0x8A => stay("ask whoever runs the broker to lift the ban".into()),
        0x8C => stay("use a listener of the broker that takes a user name and password".into()),
        0x8D => again("give a longer time with --keep-alive"),
        0x8E => stay(format!(
            "another client uses the client id {:?}; give one of your own with --client-id",
            profile.client_id
        )),
        0x90 => stay("check --will-topic".into()),
        0x99 => stay("check --will-payload".into()),
        0x9A => stay("leave --will-retain out: the broker keeps no retained messages".into()),
        0x9B => stay("give a lower --will-qos".into()),
        0x9C => Advice { remedy: Some(elsewhere()), may_retry: true },
        0x9D => stay(elsewhere()),
        0x93 => again("the broker counted more publications in flight than it allows; tell us of it"),
        0x95 => again("send smaller packets: the broker limits their size"),
        0x96 => again("publish less often"),
        // Unavailable, busy, shutting down, quota, rate, and what no table knows: it may pass.
        _ => Advice { remedy: None, may_retry: true },
    }
}
