//! What real brokers hold beside the tidy: awkward topics and payloads. Owns them; they never change.
use super::device::{Device, Fixed};
use crate::mqtt::Qos;
use std::fmt::Write as _;

/// About the size of a device's configuration dump.
const BIG_PAYLOAD_BYTES: usize = 300_000;

pub(super) fn devices() -> Vec<Box<dyn Device>> {
    let text = |text: &str| text.as_bytes().to_vec();
    let publications = vec![
        ("/leading", Qos::AtMostOnce, text("a topic that begins with a slash")),
        ("plant//odd", Qos::AtMostOnce, text("an empty level in the middle")),
        ("plant/trailing/", Qos::AtLeastOnce, text("an empty level at the end")),
        ("café/é", Qos::AtMostOnce, text("ça marche: 日本語, ελληνικά, 🙂")),
        ("odd/with space/a b&c", Qos::AtMostOnce, text("spaces")),
        ("odd/zero\u{200B}width", Qos::AtMostOnce, text("the topic hides a zero-width space")),
        ("odd/big", Qos::AtLeastOnce, big_json()),
        ("odd/binary", Qos::ExactlyOnce, (0..=255).collect()),
        ("odd/latin1", Qos::AtMostOnce, b"temp\xE9rature 21 \xB0C".to_vec()),
        (
            "odd/control",
            Qos::AtMostOnce,
            text(
                "\u{1B}[31mred\u{1B}[0m \u{7}bell\r\nline two\ttab \u{202E}desrever\u{202C} \u{2066}x\u{2069}\u{7F}",
            ),
        ),
        ("odd/image", Qos::AtMostOnce, image()),
        ("odd/number", Qos::AtMostOnce, text("-1.7976931348623157e308")),
        ("odd/deep", Qos::AtMostOnce, deep_json(64)),
        ("odd/blank", Qos::AtMostOnce, text(" ")),
    ];
    publications
        .into_iter()
        .map(|publication| Box::new(Fixed { publications: vec![publication] }) as Box<dyn Device>)
        .collect()
}

fn big_json() -> Vec<u8> {
    let mut text = String::with_capacity(BIG_PAYLOAD_BYTES + 128);
    text.push_str("{\"registers\":[");
    let mut number = 0_u32;
    while text.len() < BIG_PAYLOAD_BYTES {
        let comma = if number == 0 { "" } else { "," };
        let value = number.wrapping_mul(2_654_435_761) >> 16;
        // Writing to a string cannot fail.
        let _ = write!(text, "{comma}{{\"address\":{},\"value\":{value},\"ok\":true}}", 40_001 + number);
        number += 1;
    }
    text.push_str("]}");
    text.into_bytes()
}

fn deep_json(depth: usize) -> Vec<u8> {
    format!("{}1{}", "{\"a\":[".repeat(depth), "]}".repeat(depth)).into_bytes()
}

/// The beginning of a PNG of 640 by 480, and noise behind it.
fn image() -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\x02\x80\0\0\x01\xE0\x08\x02\0\0\0".to_vec();
    let mut random = crate::random::Random::new(640);
    bytes.extend((0..512).flat_map(|_| random.bits().to_be_bytes()));
    bytes
}
