//! Amounts of bytes as people write them. Owns `512M`, `8k`, `1g`.

/// Parses a number with an optional k, M or G (powers of 1,024), with or without a B behind.
pub fn parse_bytes(text: &str) -> Result<u64, String> {
    let wrong = || format!("{text:?} is no amount of bytes; write 512M, 8k or a plain number");
    let trimmed = text.trim().trim_end_matches(['b', 'B']);
    let trimmed = trimmed.strip_suffix('i').unwrap_or(trimmed);
    let (number, shift) = match trimmed.char_indices().next_back() {
        Some((at, 'k' | 'K')) => (trimmed.get(..at), 10),
        Some((at, 'm' | 'M')) => (trimmed.get(..at), 20),
        Some((at, 'g' | 'G')) => (trimmed.get(..at), 30),
        _ => (Some(trimmed), 0),
    };
    let number: u64 = number.unwrap_or_default().trim().parse().map_err(|_not_a_number| wrong())?;
    number.checked_mul(1 << shift).filter(|bytes| *bytes > 0).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_people_write_them() {
        for (text, expected) in [
            ("512M", Some(512 << 20)),
            ("8k", Some(8 << 10)),
            ("1 GiB", Some(1 << 30)),
            ("100", Some(100)),
            ("0", None),
            ("-1", None),
            ("much", None),
            ("99999999999G", None),
        ] {
            assert_eq!(parse_bytes(text).ok(), expected, "{text}");
        }
    }
}
