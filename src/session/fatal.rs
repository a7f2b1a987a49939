//! Why a connection cannot go on, in words. Owns the words, remedies and whether to try again; ends nothing.
use crate::mqtt::packet::{ConnAck, Disconnect};
use crate::mqtt::{Profile, Reason, Version};
use std::time::Duration;

/// The connection cannot go on: what to say in DISCONNECT (MQTT 5), and in words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{words}")]
pub struct Fatal {
    /// For the DISCONNECT that goes out first.
    pub reason: Reason,
    /// One sentence that names the offender.
    pub words: String,
    /// What to do about it, where we know.
    pub remedy: Option<String>,
    /// Whether the broker itself gave the reason (CONNACK refused, DISCONNECT received).
    pub from_broker: bool,
    /// Whether trying again by itself is allowed (no after 0x8E, or bad credentials for good).
    pub may_retry: bool,
}

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
        let advice = advice(Moment::Connecting, connack.reason, connack.server_reference.as_deref(), profile);
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
        let advice = advice(Moment::Connected, packet.reason, packet.server_reference.as_deref(), profile);
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

/// When the broker gave its reason: what it objects to differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    /// In the CONNACK: to our CONNECT, will included.
    Connecting,
    /// In a DISCONNECT: to what we did since.
    Connected,
}

struct Advice {
    remedy: Option<String>,
    may_retry: bool,
}

fn sentence(what: &str, reason: Reason, string: Option<&str>, server: Option<&str>) -> String {
    let part = |what: &str, text: Option<&str>| match text.filter(|text| !text.is_empty()) {
        Some(text) => format!("; {what} {text:?}"),
        None => String::new(),
    };
    let (says, points) = (part("it says", string), part("it points to the server", server));
    if reason == Reason::SUCCESS {
        return format!("{what} without an error{says}{points}");
    }
    format!("{what}: {reason}{says}{points}")
}

/// What to do about a broker's reason. To repeat what cannot succeed would only fill the broker's log.
fn advice(moment: Moment, reason: Reason, server: Option<&str>, profile: &Profile) -> Advice {
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
    match (reason.0, moment) {
        // Malformed packet, protocol error, unsupported version: the broker doesn't speak what we speak.
        (0x81 | 0x82, Moment::Connecting) | (0x84, _) => match profile.version {
            Version::V5 => stay("try --mqtt 3".into()),
            Version::V3 => stay("try --mqtt 5".into()),
        },
        (0x85, _) => {
            let id = &profile.client_id;
            stay(format!("give another client id with --client-id; this one is {id:?}"))
        }
        (0x86, _) => stay(credentials.into()),
        (0x87, _) => stay(format!("{credentials}, or ask whoever runs the broker for rights")),
        (0x8A, _) => stay("ask whoever runs the broker to lift the ban".into()),
        (0x8C, _) => stay("use a listener of the broker that takes a user name and password".into()),
        (0x8D, _) => again("a shorter --keep-alive pings more often"),
        (0x8E, _) => {
            let id = &profile.client_id;
            stay(format!("another client uses the client id {id:?}; give one of your own with --client-id"))
        }
        (0x90, Moment::Connecting) => {
            stay("the broker doesn't take the will's topic: check --will-topic".into())
        }
        (0x99, Moment::Connecting) => {
            stay("the broker doesn't take the will's payload: check --will-payload".into())
        }
        (0x9A, Moment::Connecting) => {
            stay("the broker keeps no retained messages: leave --will-retain out".into())
        }
        (0x9B, Moment::Connecting) => stay("give a lower --will-qos".into()),
        (0x95, Moment::Connecting) => stay("the broker limits CONNECT's size: shorten the will".into()),
        (0x95, Moment::Connected) => again("send smaller packets: the broker limits their size"),
        (0x96, _) => again("publish less often"),
        (0x9C, _) => Advice { remedy: Some(elsewhere()), may_retry: true },
        (0x9D, _) => stay(elsewhere()),
        // Unavailable, busy, shutting down, quota, rate, and what no table knows: it may pass.
        _ => Advice { remedy: None, may_retry: true },
    }
}
