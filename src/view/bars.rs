//! Numbers as bars. Owns their heights; where the numbers come from is the model's.

/// A bar of so many eighths of a cell.
const EIGHTHS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The newest numbers as a row of bars, each as high as its share of their range.
pub fn bars(numbers: &[f64], max_cols: usize) -> String {
    chart(numbers, max_cols, 1).concat()
}

/// The same over several rows, the uppermost first.
pub fn chart(numbers: &[f64], max_cols: usize, n_rows: usize) -> Vec<String> {
    let shown = newest(numbers, max_cols);
    let (low, high) = range(shown);
    let heights: Vec<usize> = shown.iter().map(|number| height(*number, (low, high), n_rows * 8)).collect();
    let row = |below: usize| {
        heights.iter().map(|height| EIGHTHS[height.saturating_sub(below * 8).min(8)]).collect()
    };
    (0..n_rows).rev().map(row).collect()
}

/// Those of the numbers that so many columns show.
pub fn newest(numbers: &[f64], max_cols: usize) -> &[f64] {
    numbers.get(numbers.len().saturating_sub(max_cols)..).unwrap_or_default()
}

/// Eighths from 1, so that the least is seen as well; what is no number has none.
fn height(number: f64, (low, high): (f64, f64), most: usize) -> usize {
    if number.is_nan() {
        return 0;
    }
    // Halved, so that the range of the widest numbers is one as well.
    let share = if high > low { (number / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0) } else { 0.0 };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a few dozen eighths"
    )]
    let above_least = (share * most.saturating_sub(1) as f64).round() as usize;
    above_least.saturating_add(1).min(most)
}

/// The least and the greatest of the finite numbers.
pub fn range(numbers: &[f64]) -> (f64, f64) {
    let finite = numbers.iter().filter(|number| number.is_finite());
    finite
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), number| (low.min(*number), high.max(*number)))
}

/// A number as short as it can be said.
pub fn words(number: f64) -> String {
    let size = number.abs();
    if size != 0.0 && !(1e-4..1e9).contains(&size) { format!("{number:e}") } else { number.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_and_the_greatest_are_told_apart_whatever_they_are() {
        for (numbers, expected) in [
            (&[0.0, 1.0][..], "▁█"),
            (&[5.0, 5.0], "▁▁"),
            (&[9.0, 2.0, 3.0, 4.0], "▁▅█"),
            (&[f64::MIN, f64::MAX], "▁█"),
            (&[0.0, f64::NAN, 1.0], "▁ █"),
            (&[0.0, f64::INFINITY, 1.0], "▁██"),
        ] {
            assert_eq!(bars(numbers, 3), expected, "{numbers:?}");
        }
        assert_eq!(chart(&[0.0, 1.0], 2, 2), [" █", "▁█"]);
        assert_eq!(words(179.6), "179.6");
        assert_eq!(words(1e300), "1e300");
    }
}
