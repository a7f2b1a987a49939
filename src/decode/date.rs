//! Points in time as RFC 3339 writes them, in UTC. Owns the calendar.

/// The seconds of the year 0000 and of the year 10000: what four digits hold.
const YEARS: std::ops::Range<i64> = -62_167_219_200..253_402_300_800;

/// Seconds since 1970 and nanoseconds as a date; none outside the years that four digits hold.
pub(super) fn rfc3339(unix_s: i64, ns: u32) -> Option<String> {
    if !YEARS.contains(&unix_s) || ns >= 1_000_000_000 {
        return None;
    }
    let (days, of_day) = (unix_s.div_euclid(86_400), unix_s.rem_euclid(86_400));
    // Days are counted from 0000-03-01, so that a leap day ends its year; an era is 400 years.
    let shifted = days + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
    let fraction = match ns {
        0 => String::new(),
        ns => format!(".{ns:09}").trim_end_matches('0').to_owned(),
    };
    Some(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z"))
}

/// The milliseconds since 1970 of a date as RFC 3339 writes it, with `Z` or an offset; finer parts are cut. None where
/// it is no date, or before 1970.
pub(super) fn unix_ms(text: &str) -> Option<u64> {
    let text = text.trim();
    let (date, rest) = text.split_at_checked(10)?;
    let time = rest.strip_prefix(['T', 't', ' '])?;
    let zone = time.find(['Z', 'z', '+', '-'])?;
    let (time, zone) = time.split_at_checked(zone)?;
    let [year, month, day] = parts(date, '-', [4, 2, 2])?;
    let (time, fraction) = time.split_once('.').unwrap_or((time, ""));
    let [hour, minute, second] = parts(time, ':', [2, 2, 2])?;
    let is_right = (1..=12).contains(&month) && hour < 24 && minute < 60 && second < 61;
    if !is_right || !(1..=days_of(year, month)).contains(&day) {
        return None;
    }
    let offset_s = match zone {
        "Z" | "z" => 0,
        zone => {
            let sign = if zone.starts_with('-') { -1 } else { 1 };
            let [hours, minutes] = parts(zone.get(1..)?, ':', [2, 2])?;
            if hours > 23 || minutes > 59 {
                return None;
            }
            sign * (hours * 3_600 + minutes * 60)
        }
    };
    let is_digits = fraction.bytes().all(|byte| byte.is_ascii_digit());
    let ms: u64 = if is_digits { format!("{fraction:0<3}").get(..3)?.parse().ok()? } else { return None };
    let seconds = days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second - offset_s;
    u64::try_from(seconds).ok()?.checked_mul(1_000)?.checked_add(ms)
}

/// Numbers of so many digits each, with a sign between them.
fn parts<const N: usize>(text: &str, between: char, n_digits: [usize; N]) -> Option<[i64; N]> {
    let mut numbers = [0; N];
    let mut texts = text.split(between);
    for (number, n_digits) in numbers.iter_mut().zip(n_digits) {
        let digits = texts.next()?;
        if digits.len() != n_digits || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        *number = digits.parse().ok()?;
    }
    texts.next().is_none().then_some(numbers)
}

const fn days_of(year: i64, month: i64) -> i64 {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970.
const fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::{rfc3339, unix_ms};
    use proptest::prelude::*;

    #[test]
    fn a_date_is_read_back_in_any_zone_and_nonsense_is_none() {
        for (text, expected) in [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("2024-02-29T12:00:00.25Z", Some(1_709_208_000_250)),
            ("2024-02-29 14:00:00.2509+02:00", Some(1_709_208_000_250)),
            ("2024-02-29T11:30:00-00:30", Some(1_709_208_000_000)),
            ("2023-02-29T12:00:00Z", None),
            ("2024-13-01T12:00:00Z", None),
            ("2024-02-29T12:00:00", None),
            ("2024-02-29", None),
            ("1969-12-31T23:59:59Z", None),
            ("2024-02-29T12:00:00.xZ", None),
            ("2024-02-2é9T12:00:00Z", None),
            ("", None),
        ] {
            assert_eq!(unix_ms(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(ms in 0_u64..253_402_300_800_000) {
            let ns = u32::try_from(ms % 1_000 * 1_000_000).unwrap();
            let date = rfc3339(i64::try_from(ms / 1_000).unwrap(), ns).unwrap();
            prop_assert_eq!(unix_ms(&date), Some(ms));
        }

        #[test]
        fn no_text_breaks_it(text in any::<String>()) {
            let _whatever_it_is = unix_ms(&text);
        }
    }

    #[test]
    fn days_of_every_kind_of_year_are_named() {
        for (unix_s, ns, expected) in [
            (0, 0, Some("1970-01-01T00:00:00Z")),
            (1_363_896_240, 500_000_000, Some("2013-03-21T20:04:00.5Z")),
            (951_782_400, 0, Some("2000-02-29T00:00:00Z")),
            (-1, 0, Some("1969-12-31T23:59:59Z")),
            (253_402_300_799, 0, Some("9999-12-31T23:59:59Z")),
            (253_402_300_800, 0, None),
            (-62_167_219_200, 0, Some("0000-01-01T00:00:00Z")),
        ] {
            assert_eq!(rfc3339(unix_s, ns).as_deref(), expected);
        }
    }
}
