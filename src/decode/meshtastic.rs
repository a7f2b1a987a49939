//! Meshtastic's envelopes, read unasked on their own topics: `msh/…/2/e/…`. Owns the fields of its messages as its
//! public schema numbers them, as far as people look at them, and which message lies in which port's payload; what is
//! encrypted stays bytes, what is not known here is shown by its number.
use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::bounds::{Bounds, Flaw};
use super::protobuf::message;
use super::schema::{Enum, Field, Kind, Message, Port, Schema};

/// Levels of a topic that mark envelopes: `e` since version 2.1, `c` before, `map` for reports of where nodes are.
const MARKS: [&str; 3] = ["e", "c", "map"];

/// Whether a topic carries envelopes: `msh/REGION/…/2/e/CHANNEL/NODE`; what lies between may be any levels.
pub(super) fn is_spoken_on(topic: &str) -> bool {
    let mut levels = topic.split('/');
    if levels.next() != Some("msh") {
        return false;
    }
    let levels: Vec<&str> = levels.collect();
    levels.windows(2).any(|pair| matches!(pair, [version, mark] if *version == "2" && MARKS.contains(mark)))
}

/// An envelope as JSON.
pub(super) fn decode(bytes: &[u8], bounds: &Bounds) -> Result<Vec<u8>, Flaw> {
    static SCHEMA: LazyLock<Option<Schema>> = LazyLock::new(schema);
    match SCHEMA.as_ref() {
        Some(schema) => message::by(schema, bytes, bounds),
        None => Err(Flaw::setting("the schema that is built in does not fit together")),
    }
}

/// A field: its number, its name, and what it holds by a word: a kind of protobuf's, a message, an enum; `[]` behind
/// it for a list.
type Row = (u32, &'static str, &'static str);

const MESSAGES: &[(&str, &[Row])] = &[
    (
        "ServiceEnvelope",
        &[(1, "packet", "MeshPacket"), (2, "channel_id", "string"), (3, "gateway_id", "string")],
    ),
    (
        "MeshPacket",
        &[
            (1, "from", "fixed32"),
            (2, "to", "fixed32"),
            (3, "channel", "uint32"),
            (4, "decoded", "Data"),
            (5, "encrypted", "bytes"),
            (6, "id", "fixed32"),
            (7, "rx_time", "fixed32"),
            (8, "rx_snr", "float"),
            (9, "hop_limit", "uint32"),
            (10, "want_ack", "bool"),
            (11, "priority", "Priority"),
            (12, "rx_rssi", "int32"),
            (14, "via_mqtt", "bool"),
            (15, "hop_start", "uint32"),
            (16, "public_key", "bytes"),
            (17, "pki_encrypted", "bool"),
            (18, "next_hop", "uint32"),
            (19, "relay_node", "uint32"),
        ],
    ),
    (
        "Data",
        &[
            (1, "portnum", "PortNum"),
            (2, "payload", "bytes"),
            (3, "want_response", "bool"),
            (4, "dest", "fixed32"),
            (5, "source", "fixed32"),
            (6, "request_id", "fixed32"),
            (7, "reply_id", "fixed32"),
            (8, "emoji", "fixed32"),
            (9, "bitfield", "uint32"),
        ],
    ),
    (
        "Position",
        &[
            (1, "latitude_i", "sfixed32"),
            (2, "longitude_i", "sfixed32"),
            (3, "altitude", "int32"),
            (4, "time", "fixed32"),
            (7, "timestamp", "fixed32"),
            (11, "PDOP", "uint32"),
            (15, "ground_speed", "uint32"),
            (16, "ground_track", "uint32"),
            (19, "sats_in_view", "uint32"),
            (23, "precision_bits", "uint32"),
        ],
    ),
    (
        "User",
        &[
            (1, "id", "string"),
            (2, "long_name", "string"),
            (3, "short_name", "string"),
            (4, "macaddr", "bytes"),
            (5, "hw_model", "uint32"),
            (6, "is_licensed", "bool"),
            (7, "role", "uint32"),
            (8, "public_key", "bytes"),
        ],
    ),
    (
        "Telemetry",
        &[
            (1, "time", "fixed32"),
            (2, "device_metrics", "DeviceMetrics"),
            (3, "environment_metrics", "EnvironmentMetrics"),
        ],
    ),
    (
        "DeviceMetrics",
        &[
            (1, "battery_level", "uint32"),
            (2, "voltage", "float"),
            (3, "channel_utilization", "float"),
            (4, "air_util_tx", "float"),
            (5, "uptime_seconds", "uint32"),
        ],
    ),
    (
        "EnvironmentMetrics",
        &[
            (1, "temperature", "float"),
            (2, "relative_humidity", "float"),
            (3, "barometric_pressure", "float"),
            (4, "gas_resistance", "float"),
            (5, "voltage", "float"),
            (6, "current", "float"),
            (7, "iaq", "uint32"),
        ],
    ),
    (
        "NeighborInfo",
        &[(1, "node_id", "uint32"), (2, "last_sent_by_id", "uint32"), (4, "neighbors", "Neighbor[]")],
    ),
    ("Neighbor", &[(1, "node_id", "uint32"), (2, "snr", "float")]),
    (
        "MapReport",
        &[
            (1, "long_name", "string"),
            (2, "short_name", "string"),
            (3, "role", "uint32"),
            (4, "hw_model", "uint32"),
            (5, "firmware_version", "string"),
            (9, "latitude_i", "sfixed32"),
            (10, "longitude_i", "sfixed32"),
            (11, "altitude", "int32"),
            (12, "position_precision", "uint32"),
            (13, "num_online_local_nodes", "uint32"),
        ],
    ),
];

const ENUMS: &[(&str, &[(i32, &str)])] = &[
    (
        "PortNum",
        &[
            (0, "UNKNOWN_APP"),
            (1, "TEXT_MESSAGE_APP"),
            (2, "REMOTE_HARDWARE_APP"),
            (3, "POSITION_APP"),
            (4, "NODEINFO_APP"),
            (5, "ROUTING_APP"),
            (6, "ADMIN_APP"),
            (8, "WAYPOINT_APP"),
            (10, "DETECTION_SENSOR_APP"),
            (32, "REPLY_APP"),
            (64, "SERIAL_APP"),
            (65, "STORE_FORWARD_APP"),
            (66, "RANGE_TEST_APP"),
            (67, "TELEMETRY_APP"),
            (70, "TRACEROUTE_APP"),
            (71, "NEIGHBORINFO_APP"),
            (73, "MAP_REPORT_APP"),
        ],
    ),
    (
        "Priority",
        &[
            (0, "UNSET"),
            (1, "MIN"),
            (10, "BACKGROUND"),
            (64, "DEFAULT"),
            (70, "RELIABLE"),
            (80, "RESPONSE"),
            (100, "HIGH"),
            (110, "ALERT"),
            (120, "ACK"),
            (127, "MAX"),
        ],
    ),
];

/// What lies in the payload of a port: a text, or a message by its name.
const PORTS: &[(u64, &str)] = &[
    (1, "string"),
    (3, "Position"),
    (4, "User"),
    (10, "string"),
    (66, "string"),
    (67, "Telemetry"),
    (71, "NeighborInfo"),
    (73, "MapReport"),
];

fn schema() -> Option<Schema> {
    let message = |(name, rows): &(&str, &[Row])| {
        let fields = rows.iter().map(|(number, name, word)| {
            let (word, is_list) = word.strip_suffix("[]").map_or((*word, false), |word| (word, true));
            Some((*number, Field { name: (*name).into(), kind: kind(word)?, is_list }))
        });
        let fields: BTreeMap<u32, Field> = fields.collect::<Option<_>>()?;
        Some(Message { name: (*name).into(), fields, is_entry: false })
    };
    let choices = |(_, names): &(&str, &[(i32, &str)])| Enum {
        names: names.iter().map(|(number, name)| (*number, (*name).into())).collect(),
        default: 0,
    };
    let messages: Vec<Message> = MESSAGES.iter().map(message).collect::<Option<_>>()?;
    let mut schema = Schema::new("ServiceEnvelope", messages, ENUMS.iter().map(choices).collect())?;
    for (port, word) in PORTS {
        schema.lies_in("Data", *port, Port { told_by: 1, field: 2, kind: kind(word)? });
    }
    Some(schema)
}

fn kind(word: &str) -> Option<Kind> {
    Some(match word {
        "uint32" => Kind::Uint32,
        "int32" => Kind::Int32,
        "fixed32" => Kind::Fixed32,
        "sfixed32" => Kind::Sfixed32,
        "float" => Kind::Float,
        "bool" => Kind::Bool,
        "string" => Kind::Text,
        "bytes" => Kind::Bytes,
        name => match ENUMS.iter().position(|(known, _)| *known == name) {
            Some(place) => Kind::Enum(place),
            None => Kind::Message(MESSAGES.iter().position(|(known, _)| *known == name)?),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_own_topics_are_known_and_its_json_is_not_one_of_them() {
        for (topic, expected) in [
            ("msh/EU_868/2/e/LongFast/!a1b2c3d4", true),
            ("msh/US/CA/2/c/LongFast/!a1b2c3d4", true),
            ("msh/EU_868/2/map/", true),
            ("msh/EU_868/2/json/LongFast/!a1b2c3d4", false),
            ("msh/2/stat/!a1b2c3d4", false),
            ("home/2/e/x", false),
            ("msh", false),
        ] {
            assert_eq!(is_spoken_on(topic), expected, "{topic}");
        }
    }

    #[test]
    fn an_envelope_shows_what_its_port_carries_and_what_is_encrypted_as_bytes() {
        let read =
            |bytes: &[u8]| decode(bytes, &Bounds::default()).map(|json| String::from_utf8(json).unwrap());
        for (bytes, expected) in [
            (
                &b"\x0a\x12\x0d\x01\0\0\0\x15\xff\xff\xff\xff\x22\x06\x08\x01\x12\x02hi\x12\x01L"[..],
                r#"{"packet":{"from":1,"to":4294967295,"decoded":{"portnum":"TEXT_MESSAGE_APP","payload":"hi"}},"channel_id":"L"}"#,
            ),
            (
                b"\x0a\x0d\x22\x0b\x08\x43\x12\x07\x12\x05\x15\0\0\x80\x40",
                r#"{"packet":{"decoded":{"portnum":"TELEMETRY_APP","payload":{"device_metrics":{"voltage":4.0}}}}}"#,
            ),
            (b"\x0a\x04\x2a\x02\xff\x01", r#"{"packet":{"encrypted":"h'ff01'"}}"#),
            // A port that is not known here.
            (
                b"\x0a\x09\x22\x07\x08\x05\x12\x03\x08\x01\x02",
                r#"{"packet":{"decoded":{"portnum":"ROUTING_APP","payload":"h'080102'"}}}"#,
            ),
            // What should be a position and is none stays bytes.
            (
                b"\x0a\x08\x22\x06\x08\x03\x12\x02\x0d\x01",
                r#"{"packet":{"decoded":{"portnum":"POSITION_APP","payload":"h'0d01'"}}}"#,
            ),
        ] {
            assert_eq!(read(bytes).as_deref(), Ok(expected), "{bytes:02x?}");
        }
        assert!(read(b"{\"a\":1}").is_err());
    }
}
