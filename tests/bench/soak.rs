//! Whether memory stays at the budget while messages never end: by the store's own count, by what it asked the
//! allocator for, and by what the system gave; and how fast it took them in. `cargo bench --bench soak`; a number behind
//! `--` is how many millions of messages.
#![expect(clippy::print_stdout, reason = "figures for a person")]
#![expect(clippy::disallowed_methods, reason = "a bench asks the machine for the time")]
use mqttscope::mqtt::{MessageRef, Qos, Queued, Retained};
use mqttscope::store::Store;
use mqttscope::time::Timestamp;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use std::alloc::System;
use std::time::Instant;

/// Counts what is asked for and given back, whatever the store says.
#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const BUDGET_BYTES: usize = 64 << 20;
const TOPICS: u64 = 20_000;
const MILLIONS: u64 = 20;

/// Messages between two looks at the memory; a big one is looked at at once.
const LOOK_EVERY: u64 = 64;

/// What history may be above its budget.
const MAX_ABOVE: f64 = 0.02;

/// Xorshift: the same messages in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

/// What is in use: the bytes asked for, and the pieces of memory they are in.
fn in_use() -> (u64, u64) {
    let stats = ALLOCATOR.stats();
    let left = |taken: usize, given_back: usize| taken.saturating_sub(given_back) as u64;
    (left(stats.bytes_allocated, stats.bytes_deallocated), left(stats.allocations, stats.deallocations))
}

/// What the allocator takes for a piece beyond what was asked for: a header of 8 bytes, and 7.5 on an average to the
/// next step of 16.
const BESIDE_BYTES: f64 = 15.5;

/// The memory in use since a moment, with what the allocator takes for it.
#[expect(clippy::cast_precision_loss, reason = "figures for a person")]
fn taken_since((bytes, pieces): (u64, u64)) -> f64 {
    let (bytes_now, pieces_now) = in_use();
    bytes_now.saturating_sub(bytes) as f64 + pieces_now.saturating_sub(pieces) as f64 * BESIDE_BYTES
}

/// Most are as small as sensors send them, some are documents, a few are pictures.
fn size(dice: &mut Dice) -> usize {
    let roll = dice.roll();
    let within = |from: u64, to: u64| usize::try_from(from + roll / 1_000_003 % (to - from)).expect("small");
    match roll % 100_000 {
        0 => within(100_000, 1_000_000),
        1..=200 => within(1_000, 20_000),
        _ => within(5, 130),
    }
}

/// The memory that the system has given us, the program's own text left out, in bytes; none where it does not tell.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1_024)
}

#[expect(clippy::cast_precision_loss, reason = "figures for a person")]
fn main() {
    if !std::env::args().any(|word| word == "--bench") {
        return println!("measures only with cargo bench --bench soak");
    }
    let millions = std::env::args().skip(1).find_map(|word| word.parse().ok()).unwrap_or(MILLIONS);
    let n_messages = millions * 1_000_000;
    let topics: Vec<String> = (0..TOPICS).map(|n| format!("soak/{}/{}/{n}", n % 7, n % 101)).collect();
    let payload: Vec<u8> =
        (0..1_000_000_u32).map(|n| b'a' + u8::try_from(n % 26).expect("a letter")).collect();
    let mut dice = Dice(0x2026_1122_0bad_cafe);
    let (before, at_first) = (resident(), in_use());
    let mut store = Store::new(BUDGET_BYTES);
    // A few ordinary ones have histories of their own.
    for topic in topics.iter().step_by(2_000) {
        store.keep(topic);
    }
    let (mut highest, mut highest_taken, mut n_bytes) = (f64::MIN, f64::MIN, 0_u64);
    let begun = Instant::now();
    for n in 0..n_messages {
        let topic = &topics[usize::try_from(dice.roll() % TOPICS).expect("small")];
        let size = size(&mut dice);
        n_bytes += size as u64;
        store.ingest(&MessageRef {
            topic,
            payload: &payload[..size],
            properties: &[],
            qos: Qos::AtMostOnce,
            retained: Retained::No,
            dup: false,
            queued: Queued::No,
            packet_id: None,
            // 100,000 a second.
            received: Timestamp(n * 10_000),
        });
        if n.is_multiple_of(LOOK_EVERY) || size > 1_000 {
            let taken = store.counts().n_bytes as f64;
            highest = highest.max(taken / BUDGET_BYTES as f64 - 1.0);
            highest_taken = highest_taken.max(taken_since(at_first) / BUDGET_BYTES as f64 - 1.0);
        }
    }
    let took = begun.elapsed();
    let counts = store.counts();
    let rate = n_messages as f64 / took.as_secs_f64();
    println!(
        "{n_messages} messages, {} MB of payloads on {TOPICS} topics, budget {BUDGET_BYTES} bytes",
        n_bytes / 1_000_000
    );
    println!("took {took:.1?}: {:.0} k messages/s", rate / 1_000.0);
    println!(
        "highest (memory - budget) / budget: {:+.4} %, allowed {:+.1} %",
        highest * 100.0,
        MAX_ABOVE * 100.0
    );
    println!(
        "the same by what was asked of the allocator, with what that takes for each piece: {:+.4} %",
        highest_taken * 100.0
    );
    let taken = taken_since(at_first);
    println!(
        "in the end {:.1} MB taken, {:.1} MB counted: {:+.2} % beside the count",
        taken / 1e6,
        counts.n_bytes as f64 / 1e6,
        (taken / counts.n_bytes as f64 - 1.0) * 100.0
    );
    println!(
        "evicted {} of history and {} last payloads, cut {}; memory in the end {}",
        counts.n_history_evicted, counts.n_payloads_evicted, counts.n_payloads_cut, counts.n_bytes
    );
    if let (Some(before), Some(after)) = (before, resident()) {
        let grown = after.saturating_sub(before);
        println!(
            "resident grew by {grown} bytes, what the allocator keeps free for later included: {:+.1} % of the budget",
            (grown as f64 / BUDGET_BYTES as f64 - 1.0) * 100.0
        );
    }
    assert!(highest.max(highest_taken) <= MAX_ABOVE, "the store went beyond its budget");
}
