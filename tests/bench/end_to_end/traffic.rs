//! PUBLISH packets made beforehand, in either version. Owns topics and payloads; sends nothing.
use std::fmt::Write;

/// The protocol version, as the command line names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    V3,
    V5,
}

impl Version {
    pub const BOTH: [Self; 2] = [Self::V3, Self::V5];

    pub fn argument(self) -> &'static str {
        match self {
            Self::V3 => "3",
            Self::V5 => "5",
        }
    }

    /// A CONNECT without keep-alive, to publish with (MQTT 3.1.1 and 5.0 section 3.1).
    pub fn connect(self) -> &'static [u8] {
        match self {
            Self::V3 => b"\x10\x0C\0\x04MQTT\x04\x02\0\0\0\0",
            Self::V5 => b"\x10\x0D\0\x04MQTT\x05\x02\0\0\0\0\0",
        }
    }

    /// A SUBSCRIBE to everything at QoS 0 (MQTT 3.1.1 and 5.0 section 3.8).
    pub fn subscribe(self) -> &'static [u8] {
        match self {
            Self::V3 => b"\x82\x06\0\x01\0\x01#\0",
            Self::V5 => b"\x82\x07\0\x01\0\0\x01#\0",
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::V3 => "3.1.1",
            Self::V5 => "5",
        }
    }
}

/// Packets one after the other, and where each ends.
#[derive(Debug, Default)]
pub struct Packets {
    pub bytes: Vec<u8>,
    pub ends: Vec<usize>,
}

impl Packets {
    /// Of these topics in turn, so many messages.
    pub fn new(
        version: Version,
        n_messages: usize,
        retain: bool,
        topic: impl Fn(usize, &mut String),
    ) -> Self {
        let mut packets = Self::default();
        let (mut name, mut payload) = (String::new(), String::new());
        for n in 0..n_messages {
            name.clear();
            topic(n, &mut name);
            write_payload(n, &mut payload);
            packets.push(version, retain, &name, payload.as_bytes());
        }
        packets
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Where a packet begins.
    pub fn start(&self, n: usize) -> usize {
        n.checked_sub(1).map_or(0, |before| self.ends[before])
    }

    pub fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }

    /// A PUBLISH at QoS 0 (MQTT 3.1.1 and 5.0 section 3.3).
    pub fn push(&mut self, version: Version, retain: bool, topic: &str, payload: &[u8]) {
        let n_properties = usize::from(version == Version::V5);
        let mut left = 2 + topic.len() + n_properties + payload.len();
        self.bytes.push(0x30 | u8::from(retain));
        loop {
            let digit = u8::try_from(left % 128).expect("below 128");
            left /= 128;
            self.bytes.push(digit | if left > 0 { 0x80 } else { 0 });
            if left == 0 {
                break;
            }
        }
        let n_bytes = u16::try_from(topic.len()).expect("our topics are short");
        self.bytes.extend_from_slice(&n_bytes.to_be_bytes());
        self.bytes.extend_from_slice(topic.as_bytes());
        self.bytes.extend(std::iter::repeat_n(0, n_properties));
        self.bytes.extend_from_slice(payload);
        self.ends.push(self.bytes.len());
    }
}

/// Five levels, ten topics to a branch, as a plant has them; visited out of order, as values come.
pub fn plant_topic(n: usize, n_topics: usize, out: &mut String) {
    // Prime to every power of ten, so that each topic has its turn.
    let n = n.wrapping_mul(7_919) % n_topics;
    let (hall, machine, unit, value) = (n / 10_000, n / 100 % 100, n / 10 % 10, n % 10);
    write!(out, "plant/hall{hall}/machine{machine}/unit{unit}/value{value}").expect("a string takes all");
}

/// Numbers, words and JSON of 5 to 130 bytes; different each time.
fn write_payload(n: usize, out: &mut String) {
    out.clear();
    // Golden ratio hashing (Knuth, volume 3, section 6.4) for values that look measured.
    let random = (n as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
    let (a, b) = (random % 1_000, random / 1_000 % 100);
    match random % 5 {
        0 => write!(out, "{a:03}.{b:02}"),
        1 => write!(out, "{:05}", a * 100 + b),
        2 => write!(out, "state {} since {a} s", if b < 50 { "open" } else { "closed" }),
        3 => write!(out, "{{\"value\":{a}.{b},\"unit\":\"°C\",\"ok\":{}}}", b > 3),
        _ => write!(
            out,
            "{{\"temperature\":{a}.{b},\"humidity\":{b},\"battery\":{b},\"linkquality\":{b},\"last_seen\":\
             \"2024-05-01T12:{:02}:{:02}Z\"}}",
            a % 60,
            b % 60
        ),
    }
    .expect("a string takes all");
}
