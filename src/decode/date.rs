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

#[cfg(test)]
mod tests {
    use super::rfc3339;

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
