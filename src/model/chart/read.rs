//! What a chart says in figures: the value at a moment, and the statistics of a window. Owns their rounding.
use super::points::Points;
use super::series::{Series, Shape};
use super::window::Window;
use crate::time::Timestamp;

/// Digits of a figure: as many as sensors have.
const DIGITS: i32 = 6;

/// A value as it is read out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// When it came.
    pub at: Timestamp,
    /// The value; not made safe to draw.
    pub value: String,
    /// Since the one before it.
    pub delta: Option<String>,
}

/// Figures of what lies in a window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stats {
    /// How many samples.
    pub n: usize,
    /// The least, the mean, the greatest and the last number; only of a line.
    pub numbers: Option<[f64; 4]>,
    /// Samples a second.
    pub rate: Option<f64>,
}

/// The last sample at or before a moment.
pub fn at(series: &Series, moment: Timestamp) -> Option<Read> {
    let place = place_before(&series.points, moment)?;
    let point = series.points.get(place)?;
    let before = place.checked_sub(1).and_then(|place| series.points.get(place));
    let (value, delta) = match series.shape? {
        Shape::Line => {
            let delta = before.map(|before| point.value - before.value).filter(|delta| delta.is_finite());
            let sign = |delta: f64| if delta > 0.0 { "+" } else { "" };
            let delta = delta.map(|delta| format!("{}{}", sign(delta), figure(delta)));
            (format!("{}{}", figure(point.value), series.unit), delta)
        }
        Shape::Band => (series.word_of(point.value).to_owned(), None),
        Shape::Ticks => ("impulse".to_owned(), None),
    };
    Some(Read { at: point.at, value, delta })
}

/// The place of the last sample at or before a moment.
pub fn place_before(points: &Points, moment: Timestamp) -> Option<usize> {
    points.place_at(Timestamp(moment.0.saturating_add(1))).checked_sub(1)
}

/// What lies in a window, in figures.
#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
pub fn stats(series: &Series, window: &Window) -> Option<Stats> {
    let all = series.points.summary(series.points.between(window.edge(0), window.end()))?;
    let span = all.last.at.since(all.first.at).as_secs_f64();
    let numbers = match series.shape? {
        Shape::Line => Some([all.min, all.mean, all.max, all.last.value]),
        Shape::Band | Shape::Ticks => None,
    };
    Some(Stats { n: all.n, numbers, rate: (span > 0.0).then(|| (all.n - 1) as f64 / span) })
}

/// A number in as many digits as sensors have: `183.4`, `1.20002`, `1.5e12`.
pub fn figure(number: f64) -> String {
    let size = number.abs();
    if size != 0.0 && !(1e-4..1e9).contains(&size) {
        let text = format!("{number:.5e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        return format!("{}e{exponent}", trimmed(digits));
    }
    #[expect(clippy::cast_possible_truncation, reason = "a handful of digits")]
    let whole = if size >= 1.0 { size.log10().floor() as i32 + 1 } else { 1 };
    let decimals = usize::try_from(DIGITS - whole).unwrap_or(0);
    trimmed(&format!("{number:.decimals$}")).to_owned()
}

/// Digits without the zeros at their end, and no zero below nothing.
fn trimmed(digits: &str) -> &str {
    let short =
        if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { digits };
    if short == "-0" { "0" } else { short }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_as_short_as_they_can_be_said() {
        for (number, expected) in [
            (0.0, "0"),
            (-0.0, "0"),
            (183.4, "183.4"),
            (0.1 + 0.2, "0.3"),
            (1_234_567.0, "1234567"),
            (1.5e12, "1.5e12"),
            (-2.5e-7, "-2.5e-7"),
            (f64::MAX, "1.79769e308"),
            (-0.000_004, "-4e-6"),
            (20.333_333_3, "20.3333"),
        ] {
            assert_eq!(figure(number), expected);
        }
    }
}
