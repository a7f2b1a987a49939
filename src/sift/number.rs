//! Numbers with units, and what they are compared by. Owns `<10s`, `>=1k`, `20..30`.

/// How a number is compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Range {
    Less(f64),
    AtMost(f64),
    Equal(f64),
    AtLeast(f64),
    More(f64),
    Within(f64, f64),
}

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// `ms`, `s`, `m`, `h`, `d`; seconds.
    Time,
    /// `k`, `M`, `G`, with `B` behind them or not, and `Ki`, `Mi`.
    Bytes,
    /// `k`, `M`.
    Plain,
}

impl Range {
    pub fn holds(self, number: f64) -> bool {
        match self {
            Self::Less(than) => number < than,
            Self::AtMost(than) => number <= than,
            // A number that a person wrote is meant as they see it.
            Self::Equal(to) => (number - to).abs() <= to.abs() * 1e-9,
            Self::AtLeast(than) => number >= than,
            Self::More(than) => number > than,
            Self::Within(low, high) => (low..=high).contains(&number),
        }
    }

    /// Reads `<10s`, `>=1k`, `20..30`, `20`; the flag tells whether an operator was there.
    pub fn read(text: &str, unit: Unit) -> Result<(Self, bool), String> {
        let rest = |n: usize| text.get(n..).unwrap_or_default();
        let one = |n| read(rest(n), unit);
        Ok(match text.as_bytes() {
            [b'<', b'=', ..] => (Self::AtMost(one(2)?), true),
            [b'>', b'=', ..] => (Self::AtLeast(one(2)?), true),
            [b'<', ..] => (Self::Less(one(1)?), true),
            [b'>', ..] => (Self::More(one(1)?), true),
            [b'=', ..] => (Self::Equal(one(1)?), true),
            _ => match text.split_once("..") {
                Some((low, high)) => {
                    let (low, high) = (read(low, unit)?, read(high, unit)?);
                    if low > high {
                        return Err(format!("{text}: the lower bound stands first"));
                    }
                    (Self::Within(low, high), true)
                }
                None => (Self::Equal(one(0)?), false),
            },
        })
    }
}

fn read(text: &str, unit: Unit) -> Result<f64, String> {
    let text = text.trim();
    let n_digits = crate::decode::value::number_length(text.as_bytes());
    let (digits, ending) = text.split_at_checked(n_digits).unwrap_or((text, ""));
    let factor = match (unit, ending.trim()) {
        (Unit::Time, "ms") => Some(0.001),
        (Unit::Time, "m" | "min") => Some(60.0),
        (Unit::Time, "h") => Some(3_600.0),
        (Unit::Time, "d") => Some(86_400.0),
        (Unit::Bytes, "Ki" | "KiB") => Some(1_024.0),
        (Unit::Bytes, "Mi" | "MiB") => Some(1_048_576.0),
        (Unit::Time, "s") | (Unit::Bytes, "B") | (_, "") => Some(1.0),
        (Unit::Bytes, "kB" | "KB") | (Unit::Bytes | Unit::Plain, "k" | "K") => Some(1e3),
        (Unit::Bytes, "MB") | (Unit::Bytes | Unit::Plain, "M") => Some(1e6),
        (Unit::Bytes, "GB") | (Unit::Bytes | Unit::Plain, "G") => Some(1e9),
        _ => None,
    };
    let number = digits.parse::<f64>().ok().filter(|number| number.is_finite());
    match (number, factor) {
        (Some(number), Some(factor)) => Ok(number * factor),
        (Some(_), None) => Err(format!("{ending:?} is no unit here; {}", examples(unit))),
        (None, _) => Err(format!("{text:?} is no number; {}", examples(unit))),
    }
}

pub(super) const fn examples(unit: Unit) -> &'static str {
    match unit {
        Unit::Time => "write <10s, >5m, 1h..2h; ms, s, m, h and d are known",
        Unit::Bytes => "write >1k, <=200, 1k..2M; B, k, M, G and Ki are known",
        Unit::Plain => "write >1, <=20, 20..30; k and M are known",
    }
}
