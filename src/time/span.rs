//! Lengths of time as people write them. Owns `300ms`, `30s`, `2m`, `1h`.
use std::time::Duration;

/// Longest time that can be given: nobody waits for a program longer than a week.
const MAX: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Parses a number with its unit: `ms`, `s`, `m` or `h`; a plain number is seconds.
pub fn parse_span(text: &str) -> Result<Duration, String> {
    let wrong = || format!("{text:?} is no length of time; write 30s, 2m, 1h or 500ms");
    let text_or = text.trim();
    let n_digits = text_or.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
    let (number, unit) = text_or.split_at_checked(n_digits).ok_or_else(wrong)?;
    let unit_s = match unit.trim() {
        "ms" => 0.001,
        "" | "s" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3_600.0,
        _ => return Err(wrong()),
    };
    let number: f64 = number.parse().map_err(|_not_a_number| wrong())?;
    let span = Duration::try_from_secs_f64(number * unit_s).map_err(|_too_long| wrong())?;
    if span.is_zero() {
        return Err(format!("{text:?} is no time at all; write 30s, 2m, 1h or 500ms"));
    }
    if span > MAX {
        return Err(format!("{text:?} is longer than a week, which is the most"));
    }
    Ok(span)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_read_as_people_write_them() {
        for (text, expected_ms) in [
            ("30s", Some(30_000)),
            ("30", Some(30_000)),
            ("2m", Some(120_000)),
            ("1.5 min", Some(90_000)),
            ("300ms", Some(300)),
            ("1h", Some(3_600_000)),
            ("0s", None),
            ("-1s", None),
            ("1e3s", None),
            ("ten", None),
            ("1.2.3s", None),
            ("200h", None),
            ("", None),
        ] {
            assert_eq!(parse_span(text).ok().map(|span| span.as_millis()), expected_ms, "{text}");
        }
    }
}
