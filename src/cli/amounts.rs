//! Amounts of bytes as people write them. Owns `512M`, `8k`, `1g`.

/// Parses a number with an optional k, M or G (powers of 1,000) or Ki, Mi or Gi (powers of 1,024), with or
/// without a B behind.
pub fn parse_bytes(text: &str) -> Result<u64, String> {
    let wrong = || format!("{text:?} is no amount of bytes; write 512M, 8k or a plain number");
    let trimmed = text.trim().trim_end_matches(['b', 'B']);
    let (trimmed, base) = match trimmed.strip_suffix('i') {
        Some(binary) => (binary, 1_024_u64),
        None => (trimmed, 1_000),
    };
    let power = match trimmed.chars().next_back() {
        Some('k' | 'K') => 1,
        Some('m' | 'M') => 2,
        Some('g' | 'G') => 3,
        Some(_) | None => 0,
    };
    let number = if power > 0 { trimmed.get(..trimmed.len() - 1).unwrap_or_default() } else { trimmed };
    let number: u64 = number.trim().parse().map_err(|_not_a_number| wrong())?;
    number.checked_mul(base.pow(power)).filter(|bytes| *bytes > 0).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_people_write_them() {
        for (text, expected) in [
            ("512M", Some(512_000_000)),
            ("16Mi", Some(16 << 20)),
            ("8k", Some(8_000)),
            ("2 MB", Some(2_000_000)),
            ("10kk", None),
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
