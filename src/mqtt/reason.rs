//! Reason codes in the spec's words (MQTT 5.0 section 2.4). Owns the table; 3.1.1's codes are mapped into it.
use std::fmt;

/// A reason code; 0x80 and above are failures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reason(pub u8);

impl Reason {
    /// Success, normal disconnection, or granted QoS 0.
    pub const SUCCESS: Self = Self(0x00);
    /// Delivered to nobody: no subscription matched.
    pub const NO_MATCHING_SUBSCRIBERS: Self = Self(0x10);
    /// The broker tells no more than that.
    pub const UNSPECIFIED: Self = Self(0x80);
    /// The bytes are no packet.
    pub const MALFORMED_PACKET: Self = Self(0x81);
    /// A packet at the wrong time.
    pub const PROTOCOL_ERROR: Self = Self(0x82);
    /// The broker speaks another version.
    pub const UNSUPPORTED_PROTOCOL_VERSION: Self = Self(0x84);
    /// The broker does not take this client id.
    pub const CLIENT_IDENTIFIER_NOT_VALID: Self = Self(0x85);
    /// User name or password refused.
    pub const BAD_USER_NAME_OR_PASSWORD: Self = Self(0x86);
    /// Not allowed to do this.
    pub const NOT_AUTHORIZED: Self = Self(0x87);
    /// The broker is there, its service is not.
    pub const SERVER_UNAVAILABLE: Self = Self(0x88);
    /// Another client took our id over.
    pub const SESSION_TAKEN_OVER: Self = Self(0x8E);
    /// The id names nothing in flight.
    pub const PACKET_IDENTIFIER_NOT_FOUND: Self = Self(0x92);
    /// More in flight than was allowed.
    pub const RECEIVE_MAXIMUM_EXCEEDED: Self = Self(0x93);
    /// An alias outside what was agreed.
    pub const TOPIC_ALIAS_INVALID: Self = Self(0x94);
    /// Larger than was allowed.
    pub const PACKET_TOO_LARGE: Self = Self(0x95);

    /// The reason that a 3.1.1 CONNACK return code stands for (MQTT 3.1.1 section 3.2.2.3).
    pub const fn from_v3_connect(code: u8) -> Self {
        match code {
            0 => Self::SUCCESS,
            1 => Self::UNSUPPORTED_PROTOCOL_VERSION,
            2 => Self::CLIENT_IDENTIFIER_NOT_VALID,
            3 => Self::SERVER_UNAVAILABLE,
            4 => Self::BAD_USER_NAME_OR_PASSWORD,
            5 => Self::NOT_AUTHORIZED,
            _ => Self::UNSPECIFIED,
        }
    }

    /// The 3.1.1 CONNACK return code that says the same; a broker's side needs it.
    pub const fn to_v3_connect(self) -> u8 {
        match self {
            Self::SUCCESS => 0,
            Self::UNSUPPORTED_PROTOCOL_VERSION => 1,
            Self::CLIENT_IDENTIFIER_NOT_VALID => 2,
            Self::BAD_USER_NAME_OR_PASSWORD => 4,
            Self::NOT_AUTHORIZED => 5,
            _ => 3,
        }
    }

    /// Whether it is a failure.
    pub const fn is_failure(self) -> bool {
        self.0 >= 0x80
    }

    /// The spec's own name for it, in lower case; unknown codes are named by number in `Display`.
    pub const fn words(self) -> Option<&'static str> {
        Some(match self.0 {
            0x00 => "success",
            0x01 => "granted QoS 1",
            0x02 => "granted QoS 2",
            0x04 => "disconnect with will message",
            0x10 => "no matching subscribers",
            0x11 => "no subscription existed",
            0x18 => "continue authentication",
            0x19 => "re-authenticate",
            0x80 => "unspecified error",
            0x81 => "malformed packet",
            0x82 => "protocol error",
            0x83 => "implementation specific error",
            0x84 => "unsupported protocol version",
            0x85 => "client identifier not valid",
            0x86 => "bad user name or password",
            0x87 => "not authorized",
            0x88 => "server unavailable",
            0x89 => "server busy",
            0x8A => "banned",
            0x8B => "server shutting down",
            0x8C => "bad authentication method",
            0x8D => "keep alive timeout",
            0x8E => "session taken over",
            0x8F => "topic filter invalid",
            0x90 => "topic name invalid",
            0x91 => "packet identifier in use",
            0x92 => "packet identifier not found",
            0x93 => "receive maximum exceeded",
            0x94 => "topic alias invalid",
            0x95 => "packet too large",
            0x96 => "message rate too high",
            0x97 => "quota exceeded",
            0x98 => "administrative action",
            0x99 => "payload format invalid",
            0x9A => "retain not supported",
            0x9B => "QoS not supported",
            0x9C => "use another server",
            0x9D => "server moved",
            0x9E => "shared subscriptions not supported",
            0x9F => "connection rate exceeded",
            0xA0 => "maximum connect time",
            0xA1 => "subscription identifiers not supported",
            0xA2 => "wildcard subscriptions not supported",
            _ => return None,
        })
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.words() {
            Some(words) if self.is_failure() => write!(f, "{words} (0x{:02X})", self.0),
            Some(words) => f.write_str(words),
            None => write!(f, "reason 0x{:02X}, which MQTT 5.0 does not name", self.0),
        }
    }
}
