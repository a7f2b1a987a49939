//! Why a connection ended, in words. Owns the words for what the operating system says; ends nothing.
use crate::mqtt::port::Step;
use crate::mqtt::{Reason, Version};
use crate::session::Fatal;
use crate::wire::WireError;
use std::io;

/// The end of a connection, or of the attempt at one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Loss {
    /// The step that failed; `None` when it had been online.
    pub step: Option<Step>,
    pub cause: String,
    pub remedy: Option<String>,
    /// The broker's, where it gave one.
    pub reason: Option<Reason>,
    pub may_retry: bool,
}

impl Loss {
    pub fn new(step: Option<Step>, cause: impl Into<String>, remedy: Option<&str>) -> Self {
        Self { step, cause: cause.into(), remedy: remedy.map(Into::into), reason: None, may_retry: true }
    }

    pub fn fatal(step: Option<Step>, fatal: Fatal) -> Self {
        Self {
            step,
            cause: fatal.words,
            remedy: fatal.remedy,
            reason: fatal.from_broker.then_some(fatal.reason),
            may_retry: fatal.may_retry,
        }
    }

    pub fn wire(step: Option<Step>, error: &WireError) -> Self {
        let cause = match error {
            WireError::Malformed(words) => format!("the broker sent what is no MQTT packet: {words}"),
            WireError::NotMqtt { words, .. } => words.clone(),
            WireError::UnsupportedProtocol { .. } | WireError::Unwritable(_) => error.to_string(),
        };
        Self::new(step, cause, error.remedy())
    }

    /// The broker closed its side.
    pub fn end_of_stream(step: Option<Step>, version: Version) -> Self {
        match (step, version) {
            (None, _) => Self::new(step, "the broker closed the connection", None),
            (Some(_), Version::V5) => Self::new(
                step,
                "the broker closed the connection without answering CONNECT",
                Some("it may not speak MQTT 5: try --mqtt 3"),
            ),
            (Some(_), Version::V3) => Self::new(
                step,
                "the broker closed the connection without answering CONNECT",
                Some("it may want TLS, credentials, or MQTT 5 (--mqtt 5); its log may say which"),
            ),
        }
    }

    /// Reading or writing failed.
    #[expect(clippy::wildcard_enum_match_arm, reason = "the kinds are the system's, and ever more of them")]
    pub fn io(step: Option<Step>, error: &io::Error, version: Version) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::end_of_stream(step, version),
            io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted | io::ErrorKind::BrokenPipe => {
                let remedy = Self::end_of_stream(step, version).remedy;
                let cause = match step {
                    None => "the connection was reset, by the broker or by something on the way",
                    Some(_) => "the connection was reset before CONNECT was answered",
                };
                Self { remedy, ..Self::new(step, cause, None) }
            }
            io::ErrorKind::TimedOut => Self::new(step, "the network lost the connection (timed out)", None),
            _ => Self::new(step, format!("the connection failed: {}", system_words(error)), None),
        }
    }
}

/// What the system says, without its number and in our case.
pub(super) fn system_words(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut letters = text.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}
