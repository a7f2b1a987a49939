//! When a payload says that it was made: the members that devices write a time into, and how. Owns their names and
//! the reading of dates; knows no clock.
use serde_json::Value;

/// Payloads above this are not read for a time.
pub const MAX_BYTES: usize = 16 * 1024;

/// Names of members that hold the time of the message, in any case; the first that does is taken.
const NAMES: [&str; 12] = [
    "timestamp",
    "ts",
    "time",
    "time_ms",
    "timestamp_ms",
    "datetime",
    "date_time",
    "received_at",
    "last_seen",
    "sent_at",
    "created_at",
    "t_ms",
];

/// The Unix time that a number of some magnitude is in seconds, milliseconds, microseconds or nanoseconds; below the
/// first it is no point in time of ours (1985).
const LEAST_S: f64 = 5e8;
const LEAST_MS: f64 = LEAST_S * 1e3;
const LEAST_US: f64 = LEAST_S * 1e6;
const LEAST_NS: f64 = LEAST_S * 1e9;
/// Beyond the year 2500 in nanoseconds.
const MOST_NS: f64 = 1.7e19;

/// When a payload says it was made, in milliseconds since 1970; a date without a zone is of the zone given.
pub fn unix_ms(payload: &[u8], offset_s: i32) -> Option<f64> {
    let is_object = payload.trim_ascii_start().first() == Some(&b'{');
    let small = Some(payload).filter(|payload| is_object && payload.len() <= MAX_BYTES)?;
    let Value::Object(members) = serde_json::from_slice(small).ok()? else { return None };
    NAMES.iter().find_map(|name| {
        let (_, value) = members.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        match value {
            Value::Number(number) => of_number(number.as_f64()?),
            Value::String(text) => of_text(text, offset_s),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        }
    })
}

fn of_number(number: f64) -> Option<f64> {
    match number {
        n if !(LEAST_S..=MOST_NS).contains(&n) => None,
        n if n >= LEAST_NS => Some(n / 1e6),
        n if n >= LEAST_US => Some(n / 1e3),
        n if n >= LEAST_MS => Some(n),
        n => Some(n * 1e3),
    }
}

fn of_text(text: &str, offset_s: i32) -> Option<f64> {
    let text = text.trim();
    match text.parse() {
        Ok(number) => of_number(number),
        Err(_) => date(text, offset_s),
    }
}

/// `2026-11-22T20:15:04.123+01:00`, also with a blank for the `T`, also without fraction and zone.
fn date(text: &str, offset_s: i32) -> Option<f64> {
    let number = |from: usize, to: usize| -> Option<i64> {
        let digits = text.get(from..to)?;
        digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
    };
    let marks = [(4, "-"), (7, "-"), (13, ":"), (16, ":")];
    if marks.iter().any(|(at, mark)| text.get(*at..at + 1) != Some(mark)) {
        return None;
    }
    if !matches!(text.get(10..11), Some("T" | "t" | " ")) {
        return None;
    }
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let is_sane =
        (1..=12).contains(&month) && (1..=31).contains(&day) && hour < 24 && minute < 60 && second <= 60;
    let rest = text.get(19..).filter(|_| is_sane)?;
    let n_digits = match rest.strip_prefix('.') {
        Some(digits) => 1 + digits.bytes().take_while(u8::is_ascii_digit).count(),
        None => 0,
    };
    let fraction: f64 = match n_digits {
        0 | 1 => 0.0,
        n => format!("0{}", rest.get(..n)?).parse().ok()?,
    };
    let ahead_s = match rest.get(n_digits..)? {
        "Z" | "z" => 0,
        "" => i64::from(offset_s),
        zone => zone_s(zone)?,
    };
    let s = days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second - ahead_s;
    // A date of four digits is far below what a float holds exactly.
    Some(
        (f64::from(i32::try_from(s / 1_000).ok()?) * 1_000.0 + f64::from((s % 1_000) as i32) + fraction)
            * 1e3,
    )
}

/// `+01:00`, `-0530`, `+01`.
fn zone_s(zone: &str) -> Option<i64> {
    let (sign, rest) = match zone.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let digits: String = rest.chars().filter(|c| *c != ':').collect();
    let hours: i64 = digits.get(..2)?.parse().ok()?;
    let minutes: i64 = match digits.get(2..)? {
        "" => 0,
        minutes => minutes.parse().ok()?,
    };
    Some(sign * (hours * 3_600 + minutes * 60))
}

/// Days since 1970. A year begins in March here, so that the leap day ends it; 400 years repeat.
const fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_found_as_devices_write_it() {
        for (payload, expected) in [
            (r#"{"ts":1795342573}"#, Some(1_795_342_573_000.0)),
            (r#"{"v":1,"time_ms":1795342573123}"#, Some(1_795_342_573_123.0)),
            (r#"{"timestamp":1795342573123456}"#, Some(1_795_342_573_123.456)),
            (r#"{"timestamp":"1795342573"}"#, Some(1_795_342_573_000.0)),
            (r#"{"Time":"2026-11-22T11:16:13"}"#, Some(1_795_342_573_000.0)),
            (r#"{"last_seen":"2026-11-22T11:16:13+01:00"}"#, Some(1_795_342_573_000.0)),
            (r#"{"received_at":"2026-11-22T10:16:13.250Z"}"#, Some(1_795_342_573_250.0)),
            (r#"{"time":"1969-12-31 23:59:59Z"}"#, Some(-1_000.0)),
            (r#"{"time":"2024-02-29T00:00:00Z"}"#, Some(1_709_164_800_000.0)),
            (r#"{"time":12.5,"t":1795342573}"#, None),
            (r#"{"time":"soon"}"#, None),
            (r#"{"time":"2026-13-22T11:16:13Z"}"#, None),
            (r#"{"time":"2026-11-22Tåå:16:13Z"}"#, None),
            (r#"{"time":[1795342573]}"#, None),
            (r#"{"ts":1e300}"#, None),
            ("[1795342573]", None),
            ("{", None),
        ] {
            assert_eq!(unix_ms(payload.as_bytes(), 3_600), expected, "{payload}");
        }
    }
}
