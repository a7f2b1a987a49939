//! What a member's text is beside what it says: bytes in base64. Owns when a text is taken for such, and how few of
//! its bytes are shown.
use super::{Outline, name};
use crate::decode::bounds::Bounds;
use crate::decode::{base64, figures, sanitize};
use data_encoding::HEXLOWER;

/// Bytes shown.
const MAX_SHOWN_BYTES: usize = 16;

/// Longest text that is undone for a line on the screen.
const MAX_TEXT_BYTES: usize = 64 << 10;

/// Names of members that hold bytes, in small letters, whatever stands before them.
const TELLING: [&str; 6] = ["payload", "base64", "bytes", "raw", "data", "b64"];

impl Outline {
    /// What a member's text holds when it is base64, in words: how many bytes, and the first of them, as text where
    /// they are. None where it is no text, or nothing but its letters says that it is base64.
    pub fn beside(&self, payload: &[u8], node: usize) -> Option<String> {
        let value = self.value(payload, node);
        let text = name(value).filter(|text| value.first() == Some(&b'"') && text.len() <= MAX_TEXT_BYTES)?;
        let key = self.key(payload, node).and_then(name).unwrap_or_default().to_lowercase();
        // A word such as "open" has the letters of base64, too.
        let is_told = TELLING.iter().any(|telling| key.ends_with(telling)) || text.ends_with('=');
        let bytes = base64::decode(text.as_bytes(), &Bounds::default()).ok();
        let bytes = bytes.filter(|bytes| is_told && !bytes.is_empty())?;
        let more = if bytes.len() > MAX_SHOWN_BYTES { "…" } else { "" };
        let first = bytes.get(..MAX_SHOWN_BYTES).unwrap_or(&bytes);
        let shown = match std::str::from_utf8(&bytes) {
            Ok(text) if !text.chars().any(char::is_control) => sanitize(&bytes, MAX_SHOWN_BYTES * 2),
            Ok(_) | Err(_) => format!("{}{more}", HEXLOWER.encode(first)),
        };
        Some(format!("base64 of {}: {shown}", figures::bytes(bytes.len() as u64)))
    }
}
