//! Numbers as people read them: counts, sizes, rates, ages, round trips. Owns the rounding; short beats exact.
use std::time::Duration;

/// A count in groups of three: `1,204`.
pub fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count and its noun: `1 key`, `1,204 topics`.
pub fn counted(n: u64, noun: &str) -> String {
    let plural = if n == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", grouped(n))
}

/// A size in at most four digits: `812 B`, `1.2 kB`, `84 kB`, `512 MB`.
pub fn bytes(n: u64) -> String {
    if n < 1000 {
        return format!("{n} B");
    }
    let (number, prefix) = scaled(to_f64(n));
    format!("{number} {prefix}B")
}

/// A rate of messages: `1.2k/s`, `2/s`, `0.4/s`, `6/min`; nothing at all is `0/s`.
pub fn rate(per_second: f64) -> String {
    let per_minute = per_second * 60.0;
    if per_second.is_nan() || per_second <= 0.0 {
        "0/s".to_owned()
    } else if per_minute < 0.5 {
        "<1/min".to_owned()
    } else if per_second < 0.195 {
        format!("{per_minute:.0}/min")
    } else {
        let (number, prefix) = scaled(per_second);
        format!("{number}{prefix}/s")
    }
}

/// A rate of bytes: `84 kB/s`.
pub fn byte_rate(per_second: f64) -> String {
    let (number, prefix) = scaled(if per_second > 0.0 { per_second } else { 0.0 });
    format!("{number} {prefix}B/s")
}

/// A round trip or a delay with a unit that suits it: `0.4 ms`, `12 ms`, `1.2 s`, `3m`.
pub fn span(time: Duration) -> String {
    let ms = time.as_secs_f64() * 1000.0;
    if ms < 9.95 {
        format!("{ms:.1} ms")
    } else if ms < 999.5 {
        format!("{ms:.0} ms")
    } else if ms < 9_950.0 {
        format!("{:.1} s", ms / 1000.0)
    } else if ms < 59_500.0 {
        format!("{:.0} s", ms / 1000.0)
    } else {
        age(time)
    }
}

/// The steps in which an age grows on screen, in seconds: few, so that an idle screen is still.
const AGE_STEPS: [u64; 5] = [1, 2, 5, 10, 30];
const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// An age in its steps: `now`, `1s`, `2s`, `5s`, `10s`, `30s`, `1m` … `59m`, `1h` … `47h`, `2d` and on.
pub fn age(age: Duration) -> String {
    let seconds = age.as_secs();
    if seconds >= 2 * DAY {
        format!("{}d", grouped(seconds / DAY))
    } else if seconds >= HOUR {
        format!("{}h", seconds / HOUR)
    } else if seconds >= MINUTE {
        format!("{}m", seconds / MINUTE)
    } else {
        match AGE_STEPS.iter().rev().find(|step| **step <= seconds) {
            Some(step) => format!("{step}s"),
            None => "now".to_owned(),
        }
    }
}

/// How long ago something was, in the same steps: `just now`, `5s ago`.
pub fn ago(since: Duration) -> String {
    match age(since).as_str() {
        "now" => "just now".to_owned(),
        age => format!("{age} ago"),
    }
}

/// The age at which [`age`] will read otherwise than at this one: when to draw again.
pub fn next_age(age: Duration) -> Duration {
    let seconds = age.as_secs();
    let above = |unit: u64| (seconds / unit).saturating_add(1).saturating_mul(unit);
    let next = if seconds >= 2 * DAY {
        above(DAY)
    } else if seconds >= HOUR {
        above(HOUR)
    } else if seconds >= MINUTE {
        above(MINUTE)
    } else {
        AGE_STEPS.iter().copied().find(|step| *step > seconds).unwrap_or(MINUTE)
    };
    Duration::from_secs(next)
}

/// A number of at most three digits and its prefix: 1.2 k, 84 k, 512 M.
fn scaled(n: f64) -> (String, &'static str) {
    let mut rest = n;
    for prefix in ["", "k", "M", "G", "T", "P"] {
        if rest < 9.95 {
            let text = format!("{rest:.1}");
            return (text.strip_suffix(".0").map(ToOwned::to_owned).unwrap_or(text), prefix);
        }
        if rest < 999.5 {
            return (format!("{rest:.0}"), prefix);
        }
        rest /= 1000.0;
    }
    (format!("{rest:.0}"), "E")
}

/// A count as a float; what is lost above 2^53 no one can read.
#[expect(clippy::cast_precision_loss, reason = "shown in three digits")]
fn to_f64(n: u64) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_grouped() {
        for (n, expected) in
            [(0, "0"), (999, "999"), (1_204, "1,204"), (98_311, "98,311"), (1_000_000, "1,000,000")]
        {
            assert_eq!(grouped(n), expected);
        }
        assert_eq!(counted(1, "topic"), "1 topic");
        assert_eq!(counted(1_204, "topic"), "1,204 topics");
    }

    #[test]
    fn sizes_and_rates_are_short() {
        for (n, expected) in [
            (0, "0 B"),
            (812, "812 B"),
            (1_204, "1.2 kB"),
            (84_000, "84 kB"),
            (999_600, "1 MB"),
            (512_000_000, "512 MB"),
        ] {
            assert_eq!(bytes(n), expected);
        }
        for (n, expected) in [
            (0.0, "0/s"),
            (0.001, "<1/min"),
            (0.1, "6/min"),
            (0.4, "0.4/s"),
            (2.0, "2/s"),
            (1_204.0, "1.2k/s"),
            (49_990.0, "50k/s"),
            (f64::NAN, "0/s"),
        ] {
            assert_eq!(rate(n), expected);
        }
        assert_eq!(byte_rate(84_100.0), "84 kB/s");
    }

    #[test]
    fn round_trips_have_the_unit_that_suits_them() {
        for (us, expected) in [
            (400, "0.4 ms"),
            (1_240, "1.2 ms"),
            (312_000, "312 ms"),
            (1_250_000, "1.2 s"),
            (61_000_000, "1m"),
        ] {
            assert_eq!(span(Duration::from_micros(us)), expected);
        }
    }

    #[test]
    fn ages_step_and_tell_when_the_next_step_comes() {
        let mut at = Duration::ZERO;
        let mut seen = Vec::new();
        for _ in 0..9 {
            seen.push(age(at));
            at = next_age(at);
        }
        assert_eq!(seen, ["now", "1s", "2s", "5s", "10s", "30s", "1m", "2m", "3m"]);
        assert_eq!(age(Duration::from_secs(47 * 3600)), "47h");
        assert_eq!(age(Duration::from_secs(48 * 3600)), "2d");
        assert!(next_age(Duration::MAX) >= Duration::from_secs(1));
    }
}
