//! Round numbers beside a line. Owns a scale's edges, its labels and how far up a number lies.
use super::plot::AXIS_COLS;

/// The numbers between which a line is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Scale {
    /// At the lower edge.
    pub low: f64,
    /// At the upper edge.
    pub high: f64,
    /// What its round numbers are apart.
    pub step: f64,
    /// Digits behind the point that its labels need.
    pub decimals: usize,
}

impl Scale {
    /// Round numbers around some: they change seldom while the numbers do.
    pub fn around(low: f64, high: f64) -> Self {
        let (low, high) = if low < high { (low, high) } else { widened(low) };
        // Halved, so that the range of the widest numbers is one as well.
        let rough = (high / 2.0 - low / 2.0) / 2.0;
        let power = 10_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|by| by * power).find(|step| *step >= rough);
        let step = step.filter(|step| step.is_normal()).unwrap_or(rough);
        let (round_low, round_high) = ((low / step).floor() * step, (high / step).ceil() * step);
        let fits = round_low.is_finite() && round_high.is_finite() && round_low < round_high;
        let (low, high) = if fits { (round_low.min(low), round_high.max(high)) } else { (low, high) };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 9")]
        let decimals = (-step.log10().floor()).clamp(0.0, 9.0) as usize;
        Self { low, high, step, decimals }
    }

    /// How far up a number lies, from 0 to 1.
    pub fn share(&self, number: f64) -> f64 {
        let whole = self.high / 2.0 - self.low / 2.0;
        if whole > 0.0 { ((number / 2.0 - self.low / 2.0) / whole).clamp(0.0, 1.0) } else { 0.5 }
    }

    /// Round numbers with the rows they stand at, for so many rows: no closer than three rows.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a few rows and steps"
    )]
    pub fn labels(&self, n_rows: usize) -> Vec<(usize, String)> {
        let last = n_rows.saturating_sub(1);
        let n = ((self.high / 2.0 - self.low / 2.0) / (self.step / 2.0)).round().clamp(1.0, 8.0) as usize;
        let stride = (1..=n).find(|stride| n.is_multiple_of(*stride) && last * stride / n >= 3).unwrap_or(n);
        let row = |nth: usize| {
            let share = nth as f64 / n as f64;
            let row = ((1.0 - share) * last as f64).round() as usize;
            (row, self.label(self.low * (1.0 - share) + self.high * share))
        };
        (0..=n).step_by(stride).map(row).collect()
    }

    fn label(&self, number: f64) -> String {
        let text = format!("{number:.*}", self.decimals);
        if text.len() < AXIS_COLS { text } else { format!("{number:.1e}") }
    }
}

/// A range around a single number.
fn widened(number: f64) -> (f64, f64) {
    let by = (number.abs() * 0.01).max(f64::MIN_POSITIVE * 1e9);
    let by = if number == 0.0 { 1.0 } else { by };
    ((number - by).max(f64::MIN), (number + by).min(f64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_are_round_and_hold_what_they_are_for() {
        for (low, high, expected) in [
            (176.2, 184.0, (176.0, 184.0, 0)),
            (0.42, 0.82, (0.4, 0.9, 1)),
            (5.0, 5.0, (4.95, 5.05, 2)),
            (0.0, 0.0, (-1.0, 1.0, 1)),
        ] {
            let scale = Scale::around(low, high);
            let (wanted_low, wanted_high, decimals) = expected;
            assert!((scale.low - wanted_low).abs() < 1e-9, "{scale:?}");
            assert!((scale.high - wanted_high).abs() < 1e-9, "{scale:?}");
            assert_eq!(scale.decimals, decimals, "{low}..{high}");
        }
        for (low, high) in [(f64::MIN, f64::MAX), (f64::MAX, f64::MAX), (5e-324, 1e-323), (-1e-300, 1e300)] {
            let scale = Scale::around(low, high);
            assert!(scale.low <= low && high <= scale.high && scale.low < scale.high, "{scale:?}");
            assert!((0.0..=1.0).contains(&scale.share(low)));
            assert!(
                scale.labels(20).iter().all(|(row, label)| *row < 20 && label.len() <= AXIS_COLS),
                "{scale:?}"
            );
        }
    }

    #[test]
    fn labels_are_round_numbers_and_never_crowd() {
        let scale = Scale::around(76.0, 95.0);
        assert_eq!((scale.low, scale.high, scale.step), (75.0, 95.0, 5.0));
        let labels = |n_rows| scale.labels(n_rows).into_iter().map(|(row, label)| format!("{row} {label}"));
        assert_eq!(labels(10).collect::<Vec<_>>(), ["9 75", "5 85", "0 95"]);
        assert_eq!(labels(4).collect::<Vec<_>>(), ["3 75", "0 95"]);
        assert_eq!(labels(1).collect::<Vec<_>>(), ["0 75", "0 95"]);
    }
}
