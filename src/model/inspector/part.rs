//! A part of a payload as a payload of its own, for what follows the path chosen in the inspector: the history's
//! values, the chart, copies. Owns the reading alone; which path it is, `places` knows.
pub use crate::decode::Reading;
use crate::decode::bounds::Bounds;
use crate::decode::{self, Preview, chain};
use crate::device::JsonPath;

/// What lies at a path of a payload, decoded as the inspector does: a text without its quotes, anything else as
/// JSON. Why not, in words.
///
/// Reads at most what is decoded between two frames ([`Bounds::inline`]).
pub fn read(reading: Reading<'_>, payload: &[u8], path: &JsonPath) -> Result<Vec<u8>, String> {
    let decoded = decode::decode_on(reading.hint, payload, reading.choice, &Bounds::inline());
    match decoded.form {
        chain::Form::Json => path.part(&decoded.bytes).map_err(|misfit| misfit.to_string()),
        chain::Form::Text | chain::Form::Image(_) | chain::Form::Hex => {
            Err(format!("{path} is a place in JSON, and this is none"))
        }
    }
}

/// Likewise, in one line of so many columns.
pub fn preview(
    reading: Reading<'_>,
    payload: &[u8],
    path: &JsonPath,
    max_cols: usize,
) -> Result<Preview, String> {
    read(reading, payload, path).map(|part| decode::preview(&part, max_cols))
}

/// The number that lies there, with or without a unit.
pub fn number(reading: Reading<'_>, payload: &[u8], path: &JsonPath) -> Option<f64> {
    decode::number(&read(reading, payload, path).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_read_like_a_payload_of_its_own() {
        let payload = br#"{"s":{"on":"ON","t":[20.5,21]},"big":12345678901234567890123,"w":"7.5 V"}"#;
        let by = Reading::default();
        for (path, shown, n) in [
            ("$.s.on", "ON", None),
            ("$.s.t[1]", "21", Some(21.0)),
            ("$.s.t", "[2 values] [20.5,21]", None),
            ("$.big", "12345678901234567890123", Some(12_345_678_901_234_567_890_123.0)),
            ("$.w", "7.5 V", Some(7.5)),
        ] {
            let path = JsonPath::parse(path).unwrap();
            assert_eq!(preview(by, payload, &path, 60).unwrap().line.text(), shown);
            assert_eq!(number(by, payload, &path), n);
        }
        let absent = JsonPath::parse("$.s.off").unwrap();
        assert!(read(by, payload, &absent).unwrap_err().contains("off"));
        assert!(read(by, b"hello", &absent).unwrap_err().contains("this is none"));
        let packed = b"\x82\xabtemperature\x15\xa2on\xc3";
        assert_eq!(number(by, packed, &JsonPath::parse("$.temperature").unwrap()), Some(21.0));
    }
}
