//! The whole program against the clock: the release binary in a terminal, flooded by a sender of our own.
//!
//! ```text
//! cargo bench --bench end_to_end                     every row, about a quarter of an hour
//! cargo bench --bench end_to_end -- idle burst       some rows
//! cargo bench --bench end_to_end -- --short          less often and for a shorter time
//! ```
//!
//! `BENCH_UNREAD_S` is how long the terminal stays unread (60), `BENCH_FLOOD_S` how long ever new topics come
//! (20). The best of several runs counts, since other work on the machine only makes them worse; its load is
//! printed beside them. Nothing here fails for being slow.
#![expect(clippy::disallowed_methods, reason = "here the clock is what is asked for")]
#![expect(clippy::print_stdout, reason = "the table is the result")]

#[path = "../broker/gates.rs"]
#[expect(clippy::unwrap_used, reason = "shared with tests")]
#[allow(dead_code, clippy::allow_attributes, reason = "tests use more of it")]
mod gates;
#[path = "../common/mosquitto.rs"]
#[expect(
    dead_code,
    clippy::unwrap_used,
    reason = "shared with tests, which kill it and use its tools as well"
)]
mod mosquitto;
#[path = "end_to_end/process.rs"]
mod process;
#[path = "end_to_end/rows.rs"]
mod rows;
#[path = "end_to_end/screen.rs"]
mod screen;
#[path = "end_to_end/sender.rs"]
mod sender;
#[path = "end_to_end/traffic.rs"]
mod traffic;
#[path = "end_to_end/ways.rs"]
mod ways;

use std::time::Duration;
use traffic::Version;

/// How long anything may take before the bench gives up.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long and how often to measure.
struct Plan {
    n_repeats: usize,
    n_keys: u64,
    /// For rates.
    watch: Duration,
    /// Until the rates of a burst have faded.
    settle: Duration,
    unread: Duration,
    flood: Duration,
}

impl Plan {
    fn new(is_short: bool) -> Self {
        let seconds = |name, long, short| {
            let asked = std::env::var(name).ok().and_then(|text| text.parse().ok());
            Duration::from_secs(asked.unwrap_or(if is_short { short } else { long }))
        };
        Self {
            n_repeats: if is_short { 1 } else { 4 },
            n_keys: if is_short { 60 } else { 300 },
            watch: Duration::from_secs(if is_short { 3 } else { 5 }),
            settle: Duration::from_secs(if is_short { 10 } else { 15 }),
            unread: seconds("BENCH_UNREAD_S", 60, 8),
            flood: seconds("BENCH_FLOOD_S", 20, 8),
        }
    }
}

/// A row of the table.
struct Row {
    work: String,
    figure: String,
    goal: &'static str,
    is_reached: bool,
}

impl Row {
    fn new(work: impl Into<String>, figure: String, goal: &'static str, is_reached: bool) -> Self {
        Self { work: work.into(), figure, goal, is_reached }
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test --all-targets` starts benches too, and without this word.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return println!("measures only with cargo bench --bench end_to_end");
    }
    let plan = Plan::new(arguments.iter().any(|argument| argument == "--short"));
    let wanted: Vec<&String> = arguments.iter().filter(|argument| !argument.starts_with("--")).collect();
    for name in &wanted {
        if !rows::ROWS.iter().any(|(known, _)| known == name) {
            let known = rows::ROWS.map(|(known, _)| known).join(", ");
            println!("there is no row {name:?}; there are {known}");
        }
    }
    println!("{:<42} {:<5} {:<66} {:<24} load", "work", "MQTT", "figure", "goal: at most");
    for (name, measure) in rows::ROWS {
        if !wanted.is_empty() && !wanted.iter().any(|wanted| *wanted == name) {
            continue;
        }
        for version in Version::BOTH {
            let Row { work, figure, goal, is_reached } = measure(&plan, version);
            let verdict = if is_reached { "ok  " } else { "OVER" };
            let load = process::load();
            println!("{work:<42} {:<5} {figure:<66} {goal:<24} {load:<5} {verdict}", version.name());
        }
    }
}
