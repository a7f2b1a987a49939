//! What the doctor found, a line each. Owns the words and both forms, for people and as JSON.
use crate::decode::escape::{cols, sanitize};
use crate::mqtt::Qos;
use crate::mqtt::port::Step;
use serde_json::json;
use std::fmt::Write;
use std::time::Duration;

/// Longest text from outside in one line: a reason string may be 65,535 bytes.
const MAX_COLS: usize = 500;

/// Columns of the names of checks.
const NAME_COLS: usize = 17;

/// What was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// A step of the connection.
    Step(Step),
    /// A certificate of the broker's chain.
    Certificate,
    /// What the broker told of its limits.
    Limits,
    /// A filter of the device.
    Subscribe,
    /// A message of our own, there and back.
    RoundTrip(Qos),
    /// The end of it.
    Disconnect,
}

/// How it came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// As it should be.
    Good,
    /// Not looked at, for the reason in the note.
    Skipped,
    /// Not as it should be.
    Bad {
        /// What that means.
        meaning: &'static str,
        /// What to try.
        remedy: Option<String>,
    },
}

/// One line of the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at.
    pub check: Check,
    /// How it came out.
    pub outcome: Outcome,
    /// How long it took, where that says something.
    pub took: Option<Duration>,
    /// What was found; what came from outside is made harmless when it is shown.
    pub note: String,
}

/// The characters for ✓ and ✗.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marks {
    /// Any.
    Unicode,
    /// `ok` and `FAILED`.
    Ascii,
}

impl Check {
    /// Its name in the report.
    pub fn name(self) -> String {
        match self {
            Self::Step(step) => step.words().to_owned(),
            Self::Certificate => "certificate".to_owned(),
            Self::Limits => "limits".to_owned(),
            Self::Subscribe => "SUBSCRIBE".to_owned(),
            Self::RoundTrip(qos) => format!("round trip QoS {qos}"),
            Self::Disconnect => "DISCONNECT".to_owned(),
        }
    }
}

impl Finding {
    /// As a line for people, with further lines below a failure.
    pub fn line(&self, marks: Marks) -> String {
        let mark = match (&self.outcome, marks) {
            (Outcome::Good, Marks::Unicode) => "✓",
            (Outcome::Skipped, Marks::Unicode) => "–",
            (Outcome::Bad { .. }, Marks::Unicode) => "✗",
            (Outcome::Good, Marks::Ascii) => "ok    ",
            (Outcome::Skipped, Marks::Ascii) => "skip  ",
            (Outcome::Bad { .. }, Marks::Ascii) => "FAILED",
        };
        let took = self.took.map(shown).unwrap_or_default();
        let name = self.check.name();
        let mut line = format!("{mark} {name:<NAME_COLS$} {took:>9}  {}", clean(&self.note, marks));
        if let Outcome::Bad { meaning, remedy } = &self.outcome {
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
    pub fn json(&self) -> String {
        let (ok, meaning, remedy) = match &self.outcome {
            Outcome::Good => (Some(true), None, None),
            Outcome::Skipped => (None, None, None),
            Outcome::Bad { meaning, remedy } => (Some(false), Some(*meaning), remedy.as_deref()),
        };
        let clean = |text: &str| clean(text, Marks::Unicode);
        json!({
            "check": self.check.name(),
            "ok": ok,
            "ms": self.took.map(|took| (took.as_secs_f64() * 1e6).round() / 1e3),
            "note": clean(&self.note),
            "means": meaning,
            "try": remedy.map(clean),
        })
        .to_string()
    }
}

/// What may come from a broker, as it may be shown.
fn clean(text: &str, marks: Marks) -> String {
    let text = sanitize(text.as_bytes(), MAX_COLS);
    match marks {
        Marks::Unicode => text,
        Marks::Ascii => as_ascii(&text.replace(" · ", "; ")),
    }
}

/// Leaves ASCII alone and writes the rest as escapes.
fn as_ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() { out.push(c) } else { out.extend(c.escape_unicode()) }
    }
    out
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
        let line = refused().line(Marks::Unicode);
        assert!(line.starts_with("✗ CONNECT") && line.contains("0.42 ms  it says \\x1b[31mü · no"), "{line}");
        assert!(line.contains("\n  that means: the broker is there\n  what to try: try"), "{line}");
        let line = refused().line(Marks::Ascii);
        assert!(line.is_ascii() && line.starts_with("FAILED CONNECT"), "{line}");
    }

    #[test]
    fn json_is_one_object_on_a_line() {
        let json = refused().json();
        assert!(!json.contains('\n') && !json.contains('\u{1b}'), "{json}");
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(value["check"], "CONNECT");
        assert_eq!((&value["ok"], &value["ms"]), (&json!(false), &json!(0.42)));
        assert_eq!(value["note"], "it says \\x1b[31mü · no");
    }
}
