//! JSON checked with the place where it breaks, and JSON values one a line.
use super::bounds::{Bounds, Flaw};

/// Whether bytes are one JSON value, and if not, where they stop to be.
pub(super) fn check(bytes: &[u8]) -> Result<(), Flaw> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => return Err(Flaw::new(error.valid_up_to(), "this byte is no UTF-8")),
    };
    let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(text) else { return Ok(()) };
    // Lines and columns count from one; the column is the byte's.
    let before: usize = bytes
        .split_inclusive(|byte| *byte == b'\n')
        .take(error.line().saturating_sub(1))
        .map(<[u8]>::len)
        .sum();
    let offset = (before + error.column().saturating_sub(1)).min(bytes.len());
    let words = error.to_string();
    let words = words.rsplit_once(" at line ").map_or(words.as_str(), |(words, _)| words);
    Err(Flaw::new(offset, words.to_owned()))
}

/// JSON values, one a line, as a list of them.
pub(super) fn decode(bytes: &[u8], bounds: &Bounds) -> Result<Vec<u8>, Flaw> {
    if bytes.len() >= bounds.max_out_bytes {
        return Err(Flaw::bound(0, format!("more than {} bytes would be shown", bounds.max_out_bytes)));
    }
    let mut list = Vec::with_capacity(bytes.len() + 2);
    let mut offset = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let trimmed = line.trim_ascii();
        if !trimmed.is_empty() {
            let lead = line.len() - line.trim_ascii_start().len();
            check(trimmed).map_err(|flaw| Flaw::new(offset + lead + flaw.offset, flaw.words))?;
            list.push(if list.is_empty() { b'[' } else { b',' });
            list.extend_from_slice(trimmed);
        }
        offset += line.len();
    }
    if list.is_empty() {
        return Err(Flaw::new(0, "no line holds a value"));
    }
    list.push(b']');
    Ok(list)
}
