//! Findings as lines for people and as JSON. Owns both forms, and that nothing in them steers a terminal.
use crate::decode::escape::cols;
use crate::headless::lines::{Marks, clean};
use crate::mqtt::{Finding, Outcome};
use serde_json::json;
use std::fmt::Write;
use std::time::Duration;

/// Columns of the names of checks.
const NAME_COLS: usize = 17;

/// As a line for people, with further lines below a failure.
pub fn line(finding: &Finding, marks: Marks) -> String {
    let mark = match (&finding.outcome, marks) {
        (Outcome::Good, Marks::Unicode) => "✓",
        (Outcome::Skipped, Marks::Unicode) => "–",
        (Outcome::Bad { .. }, Marks::Unicode) => "✗",
        (Outcome::Good, Marks::Ascii) => "ok    ",
        (Outcome::Skipped, Marks::Ascii) => "skip  ",
        (Outcome::Bad { .. }, Marks::Ascii) => "FAILED",
    };
    let took = finding.took.map(shown).unwrap_or_default();
    let name = finding.check.name();
    let mut line = format!("{mark} {name:<NAME_COLS$} {took:>9}  {}", clean(&finding.note, marks));
    if let Outcome::Bad { meaning, remedy } = &finding.outcome {
        let indent = cols(mark) + 1;
        let _ = write!(line, "\n{:indent$}that means: {meaning}", "");
        if let Some(remedy) = remedy {
            let _ = write!(line, "\n{:indent$}what to try: {}", "", clean(remedy, marks));
        }
    }
    line.truncate(line.trim_end().len());
    line
}

/// As a JSON object on one line.
pub fn json(finding: &Finding) -> String {
    let (ok, meaning, remedy) = match &finding.outcome {
        Outcome::Good => (Some(true), None, None),
        Outcome::Skipped => (None, None, None),
        Outcome::Bad { meaning, remedy } => (Some(false), Some(*meaning), remedy.as_deref()),
    };
    let clean = |text: &str| clean(text, Marks::Unicode);
    json!({
        "check": finding.check.name(),
        "ok": ok,
        "ms": finding.took.map(|took| (took.as_secs_f64() * 1e6).round() / 1e3),
        "note": clean(&finding.note),
        "means": meaning,
        "try": remedy.map(clean),
    })
    .to_string()
}

/// `0.42 ms`, `12 ms`, `1.3 s`.
fn shown(took: Duration) -> String {
    let ms = took.as_secs_f64() * 1e3;
    match took {
        took if took < Duration::from_millis(10) => format!("{ms:.2} ms"),
        took if took < Duration::from_secs(1) => format!("{ms:.0} ms"),
        _ => format!("{:.1} s", ms / 1e3),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mqtt::Check;
    use crate::mqtt::port::Step;

    fn refused() -> Finding {
        Finding {
            check: Check::Step(Step::Connect),
            outcome: Outcome::Bad { meaning: "the broker is there", remedy: Some("try".into()) },
            took: Some(Duration::from_micros(420)),
            note: "it says \u{1b}[31m\u{fc} · no".into(),
        }
    }

    #[test]
    fn a_line_holds_nothing_that_steers_a_terminal() {
        let report = line(&refused(), Marks::Unicode);
        assert!(
            report.starts_with("✗ CONNECT") && report.contains("0.42 ms  it says \\x1b[31mü · no"),
            "{report}"
        );
        assert!(report.contains("\n  that means: the broker is there\n  what to try: try"), "{report}");
        let report = line(&refused(), Marks::Ascii);
        assert!(report.is_ascii() && report.starts_with("FAILED CONNECT"), "{report}");
    }

    #[test]
    fn json_is_one_object_on_a_line() {
        let object = json(&refused());
        assert!(!object.contains('\n') && !object.contains('\u{1b}'), "{object}");
        let value: serde_json::Value = serde_json::from_str(&object).unwrap();
        assert_eq!(value["check"], "CONNECT");
        assert_eq!((&value["ok"], &value["ms"]), (&json!(false), &json!(0.42)));
        assert_eq!(value["note"], "it says \\x1b[31mü · no");
    }
}
