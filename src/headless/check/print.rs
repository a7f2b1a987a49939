//! What a check found, as lines for people and as JSON. Owns both forms, and that nothing in them steers a terminal.
use super::{Checked, Strictness};
use crate::decode::figures::{counted, grouped, span};
use crate::device::learn::Finding;
use crate::headless::lines::{Marks, clean, json_line};
use crate::time::Timestamp;
use serde_json::json;
use std::fmt::Write;

/// Findings in the lines for people; the JSON has all.
pub const MAX_LINES: usize = 1_000;

/// What was found, a line each, and what it came to.
pub fn lines(checked: &Checked, marks: Marks) -> String {
    let findings = &checked.report.findings;
    let mut out = String::new();
    for finding in findings.iter().take(MAX_LINES) {
        let mark = match (is_fault(finding, checked.strictness), marks) {
            (true, Marks::Unicode) => "✗",
            (true, Marks::Ascii) => "FAILED",
            (false, Marks::Unicode) => "–",
            (false, Marks::Ascii) => "note  ",
        };
        let path = finding.path().map(|path| format!(" {path}")).unwrap_or_default();
        let topic = clean(&format!("{}{path}", finding.topic()), marks);
        let words = clean(&finding.to_string(), marks);
        let _ = writeln!(out, "{mark} {:<7} {topic}: {words}", finding.name());
    }
    for line in notes(checked) {
        out.push_str(&clean(&line, marks));
        out.push('\n');
    }
    out
}

fn is_fault(finding: &Finding, strictness: Strictness) -> bool {
    match finding {
        Finding::Silent { .. } => strictness == Strictness::Strict,
        Finding::New { .. }
        | Finding::Missing { .. }
        | Finding::Stale { .. }
        | Finding::Misfit { .. }
        | Finding::OutOfDomain { .. } => true,
    }
}

/// What stands below the findings.
fn notes(checked: &Checked) -> Vec<String> {
    let Checked { report, strictness, wants, n_unheard, heard } = checked;
    let mut out = Vec::new();
    let n_listed = report.findings.iter().filter(|finding| finding.name() == "new").count() as u64;
    if let Some(n) = report.findings.len().checked_sub(MAX_LINES).filter(|n| *n > 0) {
        out.push(format!("and {} more findings; --json lists them", grouped(n as u64)));
    }
    if let Some(n) = report.n_new_topics.checked_sub(n_listed).filter(|n| *n > 0) {
        out.push(format!("and {} that are new and not listed", counted(n, "topic")));
    }
    if let Some(wants) = wants.filter(|_| count(checked, "silent") > 0) {
        // Rounded up, and a little more than what is needed.
        let seconds = Timestamp::ZERO + wants;
        let words = "the slowest node can be judged after";
        out.push(format!("{words} {}; give --for {}s", span(wants), seconds.whole_seconds() + 2));
    }
    if *n_unheard > 0 {
        let n = counted(*n_unheard as u64, "topic");
        out.push(format!("{n} of the file covered by none of its subscriptions; add one"));
    }
    if report.n_unexplained > 0 {
        let n = counted(report.n_unexplained, "message");
        out.push(format!(
            "{n} of Sparkplug by aliases that no birth explained: their metrics are not judged; have the edge node \
             told Node Control/Rebirth = true while this listens"
        ));
    }
    if heard.n_lost > 0 {
        let n = counted(heard.n_lost.into(), "time");
        out.push(format!("the connection was lost {n}, so silence may be the connection's"));
    }
    if heard.n_left_out > 0 {
        let n = counted(heard.n_left_out, "message");
        out.push(format!("{n} left out, too large or unreadable"));
    }
    let n_faults = report.findings.iter().filter(|finding| is_fault(finding, *strictness)).count() as u64;
    let verdict = match n_faults {
        0 if (*n_unheard > 0 || report.n_unexplained > 0) && *strictness == Strictness::Strict => {
            "not everything was heard".to_owned()
        }
        0 if checked.is_mute() => "nothing was heard, so nothing could be judged".to_owned(),
        0 => "all is as the file says".to_owned(),
        n => counted(n, "difference"),
    };
    out.push(format!(
        "{verdict}: {} and {} in {}",
        counted(report.n_nodes as u64, "node"),
        counted(report.n_messages, "message"),
        span(report.watched),
    ));
    out
}

fn count(checked: &Checked, name: &str) -> usize {
    checked.report.findings.iter().filter(|finding| finding.name() == name).count()
}

/// An object for each finding on a line of its own, and one for the whole.
pub fn json(checked: &Checked, exit: u8) -> Vec<String> {
    let Checked { report, strictness, wants, n_unheard, heard } = checked;
    let findings = report.findings.iter().map(|finding| {
        json_line(&json!({
            "finding": finding.name(),
            "ok": if is_fault(finding, *strictness) { Some(false) } else { None },
            "topic": finding.topic().as_str(),
            "path": finding.path().map(ToString::to_string),
            "note": clean(&finding.to_string(), Marks::Unicode),
        }))
    });
    let names = ["new", "missing", "stale", "type", "range", "silent"];
    let counts: serde_json::Map<_, _> =
        names.into_iter().map(|name| (name.to_owned(), json!(count(checked, name)))).collect();
    let whole = json_line(&json!({
        "finding": "verdict",
        "ok": checked.is_clean(),
        "nodes": report.n_nodes,
        "messages": report.n_messages,
        "new_topics": report.n_new_topics,
        "findings": counts,
        "not_subscribed": n_unheard,
        "messages_unexplained": report.n_unexplained,
        "connections_lost": heard.n_lost,
        "messages_left_out": heard.n_left_out,
        "ms": u64::try_from(report.watched.as_millis()).unwrap_or(u64::MAX),
        "wants_ms": wants.and_then(|wants| u64::try_from(wants.as_millis()).ok()),
        "exit": exit,
    }));
    findings.chain([whole]).collect()
}
