//! Whether memory stays at the budget while messages never end: how far above it the store was at most, and how fast
//! it took them in. `cargo bench --bench soak`; a number behind `--` is how many millions of messages.
#![expect(clippy::print_stdout, reason = "figures for a person")]
#![expect(clippy::disallowed_methods, reason = "a bench asks the machine for the time")]
use mqttscope::mqtt::{MessageRef, Qos, Queued, Retained};
use mqttscope::store::Store;
use mqttscope::time::Timestamp;
use std::time::Instant;

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

/// The memory that the system has given us, in bytes; none where it does not tell.
fn resident() -> Option<u64> {
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = statm.split_whitespace().nth(1)?.parse().ok()?;
    Some(pages * 4_096)
}

#[expect(clippy::cast_precision_loss, reason = "figures for a person")]
fn main() {
    if !std::env::args().any(|word| word == "--bench") {
        return println!("measures only with cargo bench --bench soak");
    }
    let millions = std::env::args().skip(1).find_map(|word| word.parse().ok()).unwrap_or(MILLIONS);
    let n_messages = millions * 1_000_000;
    let mut store = Store::new(BUDGET_BYTES);
    let topics: Vec<String> = (0..TOPICS).map(|n| format!("soak/{}/{}/{n}", n % 7, n % 101)).collect();
    let payload: Vec<u8> =
        (0..1_000_000_u32).map(|n| b'a' + u8::try_from(n % 26).expect("a letter")).collect();
    let mut dice = Dice(0x2026_1122_0bad_cafe);
    // A few ordinary ones have histories of their own.
    for topic in topics.iter().step_by(2_000) {
        store.keep(topic);
    }
    let before = resident();
    let (mut highest, mut n_bytes) = (f64::MIN, 0_u64);
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
            highest = highest.max((taken - BUDGET_BYTES as f64) / BUDGET_BYTES as f64);
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
        "evicted {} of history and {} last payloads, cut {}; memory in the end {}",
        counts.n_history_evicted, counts.n_payloads_evicted, counts.n_payloads_cut, counts.n_bytes
    );
    if let (Some(before), Some(after)) = (before, resident()) {
        let grown = after.saturating_sub(before);
        println!(
            "resident grew by {grown} bytes: {:+.1} % of the budget",
            (grown as f64 / BUDGET_BYTES as f64 - 1.0) * 100.0
        );
    }
    assert!(highest <= MAX_ABOVE, "the store went beyond its budget");
}
