//! Why a connection ended, in words. Owns the words for what the operating system says; ends nothing.
use super::{tls, websocket};
use crate::mqtt::port::Step;
use crate::mqtt::{Profile, Reason, Version};
use crate::session::Fatal;
use crate::wire::WireError;
use std::io;
use std::path::Path;

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
    pub suspect: Suspect,
}

/// What a failure may come from besides what its cause says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Suspect {
    Nothing,
    /// The broker may not know the version of MQTT that we spoke.
    Version,
}

impl Loss {
    pub fn new(step: Option<Step>, cause: impl Into<String>, remedy: Option<&str>) -> Self {
        let (cause, remedy) = (cause.into(), remedy.map(Into::into));
        Self { step, cause, remedy, reason: None, may_retry: true, suspect: Suspect::Nothing }
    }

    pub fn fatal(step: Option<Step>, fatal: Fatal) -> Self {
        // Ours before CONNACK: it never came.
        let is_silence = !fatal.from_broker && fatal.reason == Reason(0x8D);
        let is_version = fatal.from_broker && fatal.reason == Reason::UNSUPPORTED_PROTOCOL_VERSION;
        let suspect =
            if step.is_some() && (is_silence || is_version) { Suspect::Version } else { Suspect::Nothing };
        Self {
            step,
            cause: fatal.words,
            remedy: fatal.remedy,
            reason: fatal.from_broker.then_some(fatal.reason),
            may_retry: fatal.may_retry,
            suspect,
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
    pub fn end_of_stream(step: Option<Step>, profile: &Profile) -> Self {
        if step.is_none() {
            return Self::new(step, "the broker closed the connection", None);
        }
        let cause = "the broker closed the connection without answering CONNECT";
        Self { suspect: Suspect::Version, ..Self::new(step, cause, Some(&unanswered_remedy(profile))) }
    }

    /// Reading or writing failed, in the stream or in a layer above it.
    #[expect(clippy::wildcard_enum_match_arm, reason = "the kinds are the system's, and ever more of them")]
    pub fn io(step: Option<Step>, error: &io::Error, profile: &Profile) -> Self {
        if let Some(ended) = within::<websocket::Ended>(error) {
            let step = step.map(|_| Step::WebSocket);
            let loss = Self::new(step, &*ended.cause, ended.remedy.as_deref());
            return Self { may_retry: ended.may_retry, ..loss };
        }
        match within::<rustls::Error>(error) {
            Some(rustls::Error::AlertReceived(alert)) => {
                return tls::words_of(tls::step_of(step), *alert, profile);
            }
            Some(other) => return Self::new(tls::step_of(step), format!("TLS failed: {other}"), None),
            None => {}
        }
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::end_of_stream(step, profile),
            io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted | io::ErrorKind::BrokenPipe => {
                let cause = match step {
                    None => "the connection was reset, by the broker or by something on the way",
                    Some(_) => "the connection was reset before CONNECT was answered",
                };
                Self { cause: cause.into(), ..Self::end_of_stream(step, profile) }
            }
            io::ErrorKind::TimedOut => Self::new(step, "the network lost the connection (timed out)", None),
            _ => Self::new(step, format!("the connection failed: {}", system_words(error)), None),
        }
    }

    /// Neither version was answered: says so, for what is wrong is something else.
    pub fn of_both_versions(self, profile: &Profile) -> Self {
        Self {
            cause: format!("{}, in MQTT 5 as in 3.1.1", self.cause),
            remedy: Some(format!("it may want {}; its log may say which", wants(profile))),
            ..self
        }
    }
}

/// What a broker may want that hangs up without a word.
fn wants(profile: &Profile) -> &'static str {
    match (profile.address.transport.is_tls(), profile.tls.cert_file.is_some()) {
        (false, _) => "TLS (mqtts://) or credentials",
        (true, false) => "a client certificate (--cert, --key) or credentials",
        (true, true) => "credentials or another client certificate",
    }
}

fn unanswered_remedy(profile: &Profile) -> String {
    match profile.version {
        Version::V5 => format!("it may not speak MQTT 5: try --mqtt 3; or it wants {}", wants(profile)),
        Version::V3 => {
            format!("it may want {}, or MQTT 5 (--mqtt 5); its log may say which", wants(profile))
        }
    }
}

/// The error of a layer inside one of the stream.
fn within<E: std::error::Error + 'static>(error: &io::Error) -> Option<&E> {
    error.get_ref().and_then(|inner| inner.downcast_ref())
}

/// A path in quotes, as everything is that others named.
pub(super) fn quoted(path: &Path) -> String {
    format!("{:?}", path.to_string_lossy())
}

/// What the system says, without its number and in our case.
pub(super) fn system_words(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut letters = text.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}
