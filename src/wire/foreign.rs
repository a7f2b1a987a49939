//! What answers on a port that is no MQTT broker's. Owns the look at the first bytes; reads no packet.
use super::{Side, WireError};

/// How other protocols begin, what they are, and what to do. None of them is a whole MQTT packet.
const BEGINNINGS: [(&[u8], &str, &str); 8] = [
    (b"HTTP/", "an HTTP server", "try ws:// with the broker's path; MQTT's own port is usually 1883"),
    (
        b"\x15\x03",
        "a TLS server (it sent an alert)",
        "the port wants TLS: try mqtts://, or the plain port, usually 1883",
    ),
    (b"\x16\x03", "a TLS peer", "the port wants TLS: try mqtts:// or the plain port, usually 1883"),
    (b"SSH-", "an SSH server", "MQTT's own port is usually 1883"),
    (b"220 ", "a mail or FTP server", "MQTT's own port is usually 1883"),
    (b"RFB ", "a VNC server", "MQTT's own port is usually 1883"),
    (b"AMQP", "an AMQP broker", "MQTT is usually on port 1883 of the same broker"),
    (b"GET ", "an HTTP client", "this port speaks MQTT"),
];

/// What helps whoever came to a broker.
const FOR_A_GUEST: &str = "this port speaks MQTT, without TLS or WebSocket";

/// What the first bytes of a connection look like.
#[derive(Debug)]
pub(super) enum Look {
    /// May be MQTT.
    Mqtt,
    /// More bytes will tell.
    Unsure,
    /// Surely something else.
    Foreign(WireError),
}

pub(super) fn look(side: Side, bytes: &[u8]) -> Look {
    for (beginning, what, remedy) in BEGINNINGS {
        if bytes.starts_with(beginning) {
            let (words, remedy) = match side {
                Side::Client => (format!("{what} answered on this port, not an MQTT broker"), remedy),
                Side::Broker => (format!("{what} came to this port, not an MQTT client"), FOR_A_GUEST),
            };
            return Look::Foreign(WireError::NotMqtt { words, remedy: remedy.into() });
        }
    }
    // What may become one of them is no packet yet either: the shortest has two bytes.
    let unsure = BEGINNINGS.iter().any(|(beginning, _, _)| beginning.starts_with(bytes));
    if unsure { Look::Unsure } else { Look::Mqtt }
}

/// Bytes that begin no packet, and look like nothing we know.
pub(super) fn unknown(side: Side, bytes: &[u8], why: &WireError) -> WireError {
    let shown: Vec<String> = bytes.iter().take(8).map(|byte| format!("{byte:02X}")).collect();
    let (who, remedy) = match side {
        Side::Client => ("what answered on this port", "check host and port; plain MQTT is usually on 1883"),
        Side::Broker => ("what came to this port", FOR_A_GUEST),
    };
    let words = format!("{who} speaks no MQTT: {why} (first bytes {})", shown.join(" "));
    WireError::NotMqtt { words, remedy: remedy.into() }
}
