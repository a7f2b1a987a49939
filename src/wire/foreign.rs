//! What answers on a port that is no MQTT broker's. Owns the look at the first bytes; reads no packet.
use super::WireError;

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

pub(super) fn look(bytes: &[u8]) -> Look {
    for (beginning, what, remedy) in BEGINNINGS {
        if bytes.starts_with(beginning) {
            return Look::Foreign(WireError::NotMqtt {
                words: format!("{what} answered on this port, not an MQTT broker"),
                remedy: remedy.into(),
            });
        }
    }
    // What may become one of them is no packet yet either: the shortest has two bytes.
    let unsure = BEGINNINGS.iter().any(|(beginning, _, _)| beginning.starts_with(bytes));
    if unsure { Look::Unsure } else { Look::Mqtt }
}

/// Bytes that begin no packet, and look like nothing we know.
pub(super) fn unknown(bytes: &[u8], why: &WireError) -> WireError {
    let shown: Vec<String> = bytes.iter().take(8).map(|byte| format!("{byte:02X}")).collect();
    WireError::NotMqtt {
        words: format!("what answered on this port speaks no MQTT: {why} (first bytes {})", shown.join(" ")),
        remedy: "check host and port; plain MQTT is usually on 1883".into(),
    }
}
