//! What was learnt, as a table for people and as JSON. Owns both forms, and that nothing in them steers a terminal.
use super::super::lines::{self, Marks, clean, json_line};
use super::super::listen::Ended;
use super::{Learnt, Merged, Row, What};
use crate::decode::figures::{counted, grouped, span};
use crate::device::learn::{Guess, Sureness};
use serde_json::json;
use std::fmt::Write;
use std::path::Path;
use std::time::Duration;

/// Topics in the table for people; the file and the JSON have all.
pub const MAX_ROWS: usize = 1_000;

/// What stands below the table.
#[derive(Clone, Copy, Debug)]
pub struct Summary<'a> {
    /// What was learnt.
    pub learnt: &'a Learnt,
    /// What became of it.
    pub merged: &'a Merged,
    /// Where it was written; `None`: nowhere.
    pub file: Option<&'a Path>,
    /// The exit code.
    pub exit: u8,
}

/// What was learnt, a line for each topic.
pub fn table(rows: &[Row], what: &[What], marks: Marks) -> String {
    let shown = rows.iter().zip(what).take(MAX_ROWS).map(|(row, what)| {
        let Guess { kind, n_samples, unit, cadence, access, source, .. } = &row.guess;
        let kind = match row.nodes.as_slice() {
            [node] => match node.path() {
                Some(path) => format!("{} at {}", node.kind, clean(&path.to_string(), marks)),
                None => kind.to_string(),
            },
            nodes => format!("{kind}, {}", counted(nodes.len() as u64, "node")),
        };
        let beside = match (what, source) {
            (What::Added, Some(source)) => format!("by {source}"),
            (What::Added, None) => String::new(),
            (What::Same, _) => "kept already".to_owned(),
            (What::Skipped, _) => "kept already as something else; --force takes this over".to_owned(),
            (What::Replaced, _) => "replaces what was kept".to_owned(),
        };
        let every = cadence.filter(|cadence| cadence.is_regular).map(|cadence| span(cadence.interval));
        [
            clean(row.topic.as_str(), marks),
            kind,
            sureness(&row.guess).to_owned(),
            grouped((*n_samples).into()),
            unit.as_ref().map(|unit| clean(unit.as_str(), marks)).unwrap_or_default(),
            every.map(|every| format!("every {every}")).unwrap_or_default(),
            access.name().to_owned(),
            clean(&beside, marks),
        ]
    });
    let rows_shown: Vec<_> = shown.collect();
    let mut out = lines::table(
        ["topic", "type", "confidence", "samples", "unit", "cadence", "access", ""],
        &rows_shown,
    );
    if let Some(n_more) = rows.len().checked_sub(MAX_ROWS).filter(|n| *n > 0) {
        let _ = writeln!(out, "and {} more; --json lists all", counted(n_more as u64, "topic"));
    }
    out
}

fn sureness(guess: &Guess) -> &'static str {
    match guess.sureness() {
        Sureness::Perhaps => "perhaps",
        Sureness::Likely => "likely",
        Sureness::Sure => "sure",
    }
}

/// What it came to, in lines for people.
pub fn summary(of: &Summary<'_>, marks: Marks) -> String {
    let Summary { learnt, merged, file, exit: _ } = of;
    let (counts, heard) = (&learnt.counts, &learnt.heard);
    let mut out = vec![format!(
        "heard {} on {} in {}",
        counted(counts.n_messages, "message"),
        counted(learnt.rows.len() as u64, "topic"),
        span(rounded(heard.took)),
    )];
    let mut tell = |n: u64, words: String| {
        if n > 0 {
            out.push(words);
        }
    };
    let n = counts.n_topics_refused;
    tell(n, format!("{} beyond the cap were not learnt; --cap allows more", counted(n, "topic")));
    let n = counts.n_discoveries;
    tell(n, format!("{} by which devices describe themselves", counted(n, "message")));
    let n = counts.n_discoveries_ignored;
    tell(n, format!("{} of that kind ignored: too big, no JSON or not understood", counted(n, "message")));
    let n = counts.n_hints_refused;
    tell(n, format!("{} of theirs found no room", counted(n, "hint")));
    let n = heard.n_left_out;
    tell(n, format!("{} left out, too large or unreadable", counted(n, "message")));
    let n = learnt.n_members_left_out;
    tell(
        n,
        format!("{} of JSON objects left out, beyond 32 each or three levels deep", counted(n, "member")),
    );
    let n = learnt.n_objects_left_out;
    tell(n, format!("{} too large to be taken apart", counted(n, "JSON object")));
    let n = u64::from(heard.n_lost);
    tell(n, format!("the connection was lost {} meanwhile", counted(n, "time")));
    let n_skipped = merged.count(What::Skipped) as u64;
    let n_kept = merged.count(What::Same) as u64 + n_skipped;
    tell(n_kept, format!("{} kept already left as they are", counted(n_kept, "topic")));
    tell(n_skipped, format!("{} of those sound otherwise now; --force takes that over", grouped(n_skipped)));
    let n = merged.n_replaced as u64;
    tell(n, format!("{} replaced", counted(n, "node")));
    out.push(match file {
        Some(file) => {
            let n_nodes = counted(merged.nodes.len() as u64, "node");
            let n_added = grouped(merged.n_added as u64);
            format!("{n_nodes}, {n_added} of them new, in {}", file.display())
        }
        None => "nothing was written".to_owned(),
    });
    out.iter().map(|line| clean(line, marks) + "\n").collect()
}

/// To tenths, that a glance is enough.
fn rounded(took: Duration) -> Duration {
    Duration::from_millis(u64::try_from(took.as_millis() / 100 * 100).unwrap_or(u64::MAX))
}

/// An object for each topic on a line of its own, and one for the whole.
pub fn json(of: &Summary<'_>) -> Vec<String> {
    let Summary { learnt, merged, file, exit } = of;
    let rows = learnt.rows.iter().zip(&merged.rows).map(|(row, what)| {
        let Guess { kind, confidence, n_messages, n_samples, unit, cadence, was_retained, access, .. } =
            &row.guess;
        let nodes = row.nodes.iter().map(|node| {
            json!({
                "path": node.path().map(ToString::to_string),
                "type": node.kind.name(),
                "codec": node.codec.to_string(),
                "unit": node.unit.as_ref().map(crate::device::Unit::as_str),
                "access": node.access.name(),
            })
        });
        json_line(&json!({
            "topic": row.topic.as_str(),
            "type": kind.name(),
            "confidence": (f64::from(*confidence) * 100.0).round() / 100.0,
            "messages": n_messages,
            "samples": n_samples,
            "unit": unit.as_ref().map(crate::device::Unit::as_str),
            "cadence_ms": cadence.filter(|cadence| cadence.is_regular).map(|cadence| millis(cadence.interval)),
            "access": access.name(),
            "retained": was_retained,
            "source": row.guess.source,
            "result": what.name(),
            "nodes": nodes.collect::<Vec<_>>(),
        }))
    });
    let (counts, heard) = (&learnt.counts, &learnt.heard);
    let whole = json_line(&json!({
        "summary": {
            "topics": learnt.rows.len(),
            "messages": counts.n_messages,
            "nodes": merged.nodes.len(),
            "added": merged.n_added,
            "replaced": merged.n_replaced,
            "kept": merged.count(What::Same) + merged.count(What::Skipped),
            "skipped": merged.count(What::Skipped),
            "topics_over_cap": counts.n_topics_refused,
            "discoveries": counts.n_discoveries,
            "discoveries_ignored": counts.n_discoveries_ignored,
            "hints_refused": counts.n_hints_refused,
            "members_left_out": learnt.n_members_left_out,
            "objects_left_out": learnt.n_objects_left_out,
            "messages_left_out": heard.n_left_out,
            "refused_filters": heard.refused.iter().map(crate::mqtt::Filter::as_str).collect::<Vec<_>>(),
            "connections_lost": heard.n_lost,
            "ms": millis(heard.took),
            "ended": ended(heard.ended),
        },
        "file": file.map(|file| file.display().to_string()),
        "exit": exit,
    }));
    rows.chain([whole]).collect()
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// The word for it.
const fn ended(ended: Ended) -> &'static str {
    match ended {
        Ended::TimeOver => "time",
        Ended::Stopped => "interrupted",
        Ended::Lost => "lost",
    }
}
