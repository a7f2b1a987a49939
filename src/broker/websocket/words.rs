//! What went wrong with a WebSocket, in words. Owns the sentence and remedy of each failure; sends nothing.
use crate::broker::loss::{Loss, system_words};
use crate::mqtt::Profile;
use crate::mqtt::port::Step;
use std::io;
use std::time::Duration;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::error::{CapacityError, ProtocolError, SubProtocolError};
use tokio_tungstenite::tungstenite::http::Response;
use tokio_tungstenite::tungstenite::http::header::LOCATION;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

/// Characters of a server's own words that a sentence repeats.
const MAX_QUOTED: usize = 200;

/// How an open WebSocket ended; travels inside an `io::Error`.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{cause}")]
pub(crate) struct Ended {
    pub cause: String,
    pub remedy: Option<String>,
    pub may_retry: bool,
}

fn ended(cause: impl Into<String>, remedy: Option<&str>) -> io::Error {
    let remedy = remedy.map(str::to_owned);
    io::Error::other(Ended { cause: cause.into(), remedy, may_retry: true })
}

fn loss(cause: String, remedy: Option<&str>) -> Loss {
    Loss::new(Some(Step::WebSocket), cause, remedy)
}

fn path_remedy(profile: &Profile) -> String {
    let scheme = profile.address.transport.scheme();
    format!(
        "give the broker's own path: {scheme}://{}/path; /mqtt, /ws and / are common",
        profile.address.host_port()
    )
}

/// What to try when a port does not answer as a WebSocket.
fn other_port_remedy(profile: &Profile) -> String {
    let at = profile.address.host_port();
    if profile.address.transport.is_tls() {
        format!("the port may speak MQTT without WebSocket: try mqtts://{at}")
    } else {
        format!("the port may speak MQTT without WebSocket, or want TLS: try mqtt://{at} or wss://{at}")
    }
}

pub(super) fn no_answer(within: Duration, profile: &Profile) -> Loss {
    let cause =
        format!("{} did not answer the WebSocket request within {} s", profile.address, within.as_secs());
    loss(cause, Some(&other_port_remedy(profile)))
}

/// Why the opening handshake failed.
#[expect(clippy::wildcard_enum_match_arm, reason = "the errors are tungstenite's, and ever more of them")]
pub(super) fn of_opening(error: &Error, profile: &Profile) -> Loss {
    let address = &profile.address;
    match error {
        Error::Http(answer) => of_answer(answer, profile),
        Error::Protocol(ProtocolError::SecWebSocketSubProtocolError(why)) => {
            let cause = match why {
                SubProtocolError::NoSubProtocol => {
                    format!("{address} is a WebSocket, but did not agree to the sub-protocol mqtt")
                }
                SubProtocolError::InvalidSubProtocol
                | SubProtocolError::ServerSentSubProtocolNoneRequested => {
                    format!("{address} answered with another sub-protocol than mqtt")
                }
            };
            loss(cause, Some(&path_remedy(profile)))
        }
        Error::Protocol(ProtocolError::HandshakeIncomplete) | Error::ConnectionClosed => loss(
            format!("{address} closed the connection instead of answering the WebSocket request"),
            Some(&other_port_remedy(profile)),
        ),
        Error::Protocol(ProtocolError::HttparseError(_)) => loss(
            format!("what answers on {} speaks no HTTP, so there is no WebSocket", address.host_port()),
            Some(&other_port_remedy(profile)),
        ),
        Error::Io(error) => loss(
            format!("the WebSocket request to {address} failed: {}", system_words(error)),
            Some(&other_port_remedy(profile)),
        ),
        other => loss(
            format!("{address} answered the WebSocket request wrongly: {other}"),
            Some(&path_remedy(profile)),
        ),
    }
}

/// An answer of HTTP that opens no WebSocket.
fn of_answer(answer: &Response<Option<Vec<u8>>>, profile: &Profile) -> Loss {
    let (address, status) = (&profile.address, answer.status());
    let path = address.path.split('?').next().unwrap_or_default();
    let host = address.host_port();
    let (cause, remedy) = match status.as_u16() {
        404 => (format!("{host} has no WebSocket at {path:?} (404)"), Some(path_remedy(profile))),
        401 | 403 => (
            format!("{host} wants credentials for {path:?} ({status})"),
            Some("give them with --ws-header 'Authorization: Bearer …', or in a signed URL".into()),
        ),
        407 => (
            format!("a proxy before {host} wants credentials ({status})"),
            Some("give them with --proxy http://user:password@host:port".into()),
        ),
        301 | 302 | 303 | 307 | 308 => {
            let target = answer.headers().get(LOCATION).and_then(|target| target.to_str().ok());
            let target = target.map(elsewhere).unwrap_or_default();
            (
                format!("{host} sends {path:?} elsewhere ({status})"),
                (!target.is_empty()).then(|| format!("connect to {target}")),
            )
        }
        400 | 426 => {
            let remedy = if address.transport.is_tls() {
                path_remedy(profile)
            } else {
                format!("{}; or the port wants TLS: try wss://{host}{path}", path_remedy(profile))
            };
            (format!("{host} did not take the WebSocket request for {path:?} ({status})"), Some(remedy))
        }
        200..=299 => (
            format!("{host} answered {path:?} with a page instead of a WebSocket ({status})"),
            Some(path_remedy(profile)),
        ),
        502..=504 => (
            format!("the gateway {host} found no broker behind {path:?} ({status})"),
            Some("ask whoever runs the gateway whether the broker is up".into()),
        ),
        _ => (format!("{host} refused the WebSocket at {path:?} ({status})"), Some(path_remedy(profile))),
    };
    loss(cause, remedy.as_deref())
}

/// Where a redirection points, as a URL of ours; without its query, which may be a signature.
fn elsewhere(target: &str) -> String {
    let target = target.split('?').next().unwrap_or_default();
    let url = match target.split_once("://") {
        Some(("http", rest)) => format!("ws://{rest}"),
        Some(("https", rest)) => format!("wss://{rest}"),
        Some(_) | None => format!("the path {target}"),
    };
    url.chars().filter(|letter| !letter.is_control()).take(MAX_QUOTED).collect()
}

/// What a close frame says; a normal one says nothing.
pub(super) fn of_close(frame: Option<&CloseFrame>) -> Option<io::Error> {
    let frame = frame?;
    let (code, says) = (u16::from(frame.code), frame.reason.as_str());
    let says: String = says.chars().take(MAX_QUOTED).collect();
    let meaning = match code {
        1000 | 1005 if says.is_empty() => return None,
        1000 => "without an error",
        1001 => "it is going away",
        1002 => "it saw a protocol error",
        1003 => "it does not take such data",
        1007 => "it saw invalid data",
        1008 => "against its policy",
        1009 => "a message was too large for it",
        1011 => "it failed",
        1012 => "it restarts",
        1013 => "it is too busy",
        _ => "for a reason of its own",
    };
    let says = if says.is_empty() { String::new() } else { format!("; it says {says:?}") };
    let remedy = match code {
        1008 => Some("check credentials, and what whoever runs the broker allows"),
        1009 => Some("send smaller packets"),
        _ => None,
    };
    Some(ended(format!("the server closed the WebSocket: {meaning} ({code}){says}"), remedy))
}

/// MQTT goes in binary frames alone (MQTT-6.0.0-1).
pub(super) fn text() -> io::Error {
    ended(
        "the server sent text over the WebSocket, where MQTT sends binary frames",
        Some("check the path: another service may answer there"),
    )
}

/// Why an open WebSocket gives nothing more; an end without ceremony is one like TCP's.
#[expect(clippy::wildcard_enum_match_arm, reason = "the errors are tungstenite's, and ever more of them")]
pub(super) fn of_reading(error: Error, max_bytes: usize) -> io::Result<()> {
    Err(match error {
        Error::ConnectionClosed
        | Error::AlreadyClosed
        | Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => return Ok(()),
        Error::Io(error) => error,
        Error::Capacity(CapacityError::MessageTooLong { size, .. }) => io::Error::other(Ended {
            cause: format!(
                "the server sent a WebSocket message of {size} bytes, over the limit of {max_bytes}"
            ),
            remedy: Some("raise --max-packet if you want it".into()),
            // It would come again and again.
            may_retry: false,
        }),
        other => ended(format!("the server broke the rules of WebSocket: {other}"), None),
    })
}

/// Why nothing more can be written.
#[expect(clippy::wildcard_enum_match_arm, reason = "the errors are tungstenite's, and ever more of them")]
pub(super) fn of_writing(error: Error) -> io::Error {
    match error {
        Error::Io(error) => error,
        Error::ConnectionClosed | Error::AlreadyClosed | Error::Protocol(ProtocolError::SendAfterClosing) => {
            io::ErrorKind::BrokenPipe.into()
        }
        other => ended(format!("the WebSocket takes nothing more: {other}"), None),
    }
}
