//! How fast the store takes messages in, and what a million topics cost in memory and steps.
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use mqttscope::device::learn::{Learn, Scope};
use mqttscope::mqtt::{Filter, MessageRef, Qos, Queued, Retained};
use mqttscope::store::{Direction, Found, Needle, NodeId, SearchCursor, Step, Store};
use mqttscope::time::Timestamp;
use std::fmt::Write;
use std::hash::BuildHasher;
use std::hint::black_box;

const MILLION: usize = 1_000_000;
const BUDGET_BYTES: usize = 512 * 1024 * 1024;

fn message<'a>(topic: &'a str, payload: &'a [u8], received: Timestamp) -> MessageRef<'a> {
    MessageRef {
        topic,
        payload,
        properties: &[],
        qos: Qos::AtMostOnce,
        retained: Retained::No,
        dup: false,
        queued: Queued::No,
        packet_id: None,
        received,
    }
}

/// Five levels, ten topics to a branch, as a plant has them.
fn plant_topic(n: usize, out: &mut String) {
    let (hall, machine, unit, value) = (n / 10_000, n / 100 % 100, n / 10 % 10, n % 10);
    out.clear();
    write!(out, "plant/hall{hall}/machine{machine}/unit{unit}/value{value}").expect("a string takes all");
}

/// Five levels, one topic to a branch: two nodes for each.
fn lone_topic(n: usize, out: &mut String) {
    let (area, line) = (n / 10_000, n / 100 % 100);
    out.clear();
    write!(out, "site/{area}/{line}/device{n}/state").expect("a string takes all");
}

fn topics(n_topics: usize, write_topic: fn(usize, &mut String)) -> Vec<String> {
    let topic = |n| {
        let mut topic = String::new();
        write_topic(n, &mut topic);
        topic
    };
    (0..n_topics).map(topic).collect()
}

/// Out of order, as messages come.
fn shuffle(topics: &mut [String]) {
    let hashes = foldhash::fast::FixedState::default();
    topics.sort_unstable_by_key(|topic| hashes.hash_one(topic));
}

fn filled(topics: &[String], payload: &[u8]) -> Store {
    let mut store = Store::new(BUDGET_BYTES);
    for topic in topics {
        store.ingest(&message(topic, payload, Timestamp::ZERO));
    }
    assert_eq!(store.counts().n_topics, topics.len());
    store
}

fn expanded(topics: &[String]) -> Store {
    let mut store = filled(topics, b"183.42");
    assert!(store.expand_all_below(NodeId::ROOT, None, usize::MAX).is_none());
    store
}

fn ingest(c: &mut Criterion) {
    let mut group = c.benchmark_group("ingest");
    group.sample_size(20);
    for (name, n_topics) in [("known, 10 k topics", 10_000), ("known, 1 M topics", MILLION)] {
        let mut topics = topics(n_topics, plant_topic);
        shuffle(&mut topics);
        let mut store = filled(&topics, b"twenty bytes of text");
        let mut ms = 0;
        group.throughput(Throughput::Elements(n_topics as u64));
        group.bench_function(name, |b| {
            b.iter(|| {
                for topic in &topics {
                    store.ingest(&message(topic, b"twenty bytes of text", Timestamp::from_millis(ms)));
                }
                ms += 5;
            });
        });
    }
    for (name, topics) in
        [("new, ten to a branch", topics(100_000, plant_topic)), ("new, alone", topics(100_000, lone_topic))]
    {
        group.throughput(Throughput::Elements(topics.len() as u64));
        group.bench_function(name, |b| {
            b.iter_batched_ref(
                || Store::new(BUDGET_BYTES),
                |store| {
                    for topic in &topics {
                        store.ingest(&message(topic, b"183.42", Timestamp::ZERO));
                    }
                },
                BatchSize::PerIteration,
            );
        });
    }
    let topics = topics(100_000, plant_topic);
    group.bench_function("known, budget used up", |b| {
        let mut store = filled(&topics, b"twenty-four bytes of text");
        store.set_budget(store.counts().n_bytes + 1_000_000);
        b.iter(|| {
            for topic in &topics {
                store.ingest(&message(topic, b"twenty-four bytes of text", Timestamp::ZERO));
            }
        });
    });
    group.finish();
}

/// What learning adds to ingest: the same messages into the store alone and beside a session. Each topic speaks
/// every half second, so that each of its messages is looked at.
fn learn(c: &mut Criterion) {
    const TOPICS: usize = 10_000;
    let mut group = c.benchmark_group("learn");
    group.sample_size(20);
    group.throughput(Throughput::Elements(TOPICS as u64));
    let mut topics = topics(TOPICS, plant_topic);
    shuffle(&mut topics);
    let payloads: [&[u8]; 4] =
        [b"183.42", "20.5 °C".as_bytes(), b"running", b"{\"t\":21.5,\"on\":true,\"n\":7}"];
    let all = Filter::parse("#").expect("a filter");
    for (name, is_learning, gap_ms) in [
        ("store alone", false, 500),
        ("learning, every message sampled", true, 500),
        ("learning, topics at 200 messages a second", true, 5),
    ] {
        let mut store = filled(&topics, b"twenty bytes of text");
        let mut learn = Learn::new(Scope::of(vec![all.clone()]));
        let mut ms = 0;
        group.bench_function(name, |b| {
            b.iter(|| {
                for (topic, payload) in topics.iter().zip(payloads.iter().cycle()) {
                    let message = message(topic, payload, Timestamp::from_millis(ms));
                    store.ingest(&message);
                    if is_learning {
                        learn.observe(&message, |_| false);
                    }
                }
                ms += gap_ms;
            });
        });
        if is_learning {
            let per_candidate = learn.counts().n_bytes / TOPICS;
            eprintln!("memory: {name}: {per_candidate} bytes per candidate");
        }
    }
    group.finish();
}

fn siblings(c: &mut Criterion) {
    let mut group = c.benchmark_group("siblings");
    group.sample_size(10);
    let mut topics: Vec<String> = (0..100_000).map(|n| format!("devices/dev{n}")).collect();
    shuffle(&mut topics);
    group.bench_function("100 k come under an expanded parent", |b| {
        b.iter_batched_ref(
            || Store::new(BUDGET_BYTES),
            |store| {
                for topic in &topics {
                    let id = store.ingest(&message(topic, b"1", Timestamp::ZERO)).expect("there is room");
                    store.reveal(id);
                }
            },
            BatchSize::PerIteration,
        );
    });
    group.bench_function("100 k are expanded", |b| {
        b.iter_batched_ref(
            || filled(&topics, b"1"),
            |store| store.reveal(store.find("devices/dev1").expect("it is there")),
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

fn million(c: &mut Criterion) {
    let mut group = c.benchmark_group("1 M topics");
    group.sample_size(10);
    let topics = topics(MILLION, plant_topic);
    group.bench_function("expand all", |b| {
        let mut store = filled(&topics, b"183.42");
        let mut ordered = false;
        b.iter_batched_ref(
            || {
                if std::mem::replace(&mut ordered, true) {
                    store = filled(&topics, b"183.42");
                }
                std::mem::replace(&mut store, Store::new(0))
            },
            |store| store.expand_all_below(NodeId::ROOT, None, usize::MAX),
            BatchSize::PerIteration,
        );
    });
    let mut store = expanded(&topics);
    let middle = store.find("plant/hall50/machine50/unit5/value5").expect("it is there");
    group.bench_function("200 rows down", |b| {
        b.iter(|| {
            let rows = std::iter::successors(Some(middle), |id| store.next_visible(*id)).take(200);
            assert_eq!(black_box(rows.count()), 200);
        });
    });
    group.bench_function("200 rows up", |b| {
        b.iter(|| {
            let rows = std::iter::successors(Some(middle), |id| store.previous_visible(*id)).take(200);
            assert_eq!(black_box(rows.count()), 200);
        });
    });
    for (name, text) in
        [("search, few found", "machine77/unit7/value7"), ("search, any case, none found", "étage")]
    {
        let needle = Needle::new(text);
        group.bench_function(format!("{name}, a slice of 20 k"), |b| {
            let mut cursor = SearchCursor::default();
            let mut found = Found::default();
            b.iter(|| {
                found.nodes.clear();
                cursor = store.search_slice(cursor, &needle, 20_000, &mut found).unwrap_or_default();
            });
        });
        group.bench_function(format!("{name}, all"), |b| {
            b.iter(|| {
                let mut found = Found::default();
                store.search_slice(SearchCursor::default(), &needle, usize::MAX, &mut found);
                found.nodes.len()
            });
        });
    }
    let needle = Needle::new("Nowhere");
    for direction in [Direction::Forward, Direction::Backward] {
        group.bench_function(format!("next match, {direction:?}, 20 k nodes"), |b| {
            b.iter(|| assert!(matches!(store.next_match(middle, direction, &needle, 20_000), Step::GoOn(_))));
        });
    }
    group.bench_function("collapse all", |b| b.iter(|| store.collapse_all_below(NodeId::ROOT)));
    group.finish();
}

/// The environment variable that names a case of [`memory`] to a process of its own.
const CASE: &str = "STORE_MEMORY_CASE";

/// A name, and what fills a store.
type Case = (&'static str, fn(&mut Store));

/// Not a time: what the store says it takes, beside what the system says it took. Each case has a
/// process of its own, so that no memory is used twice.
fn memory(_: &mut Criterion) {
    let cases: [Case; 5] = [
        ("1 M topics, ten to a branch, 6 bytes", |store| fill(store, MILLION, "183.42", 1)),
        ("1 M topics, alone, 6 bytes", |store| fill_alone(store, "183.42")),
        ("1 M topics, ten to a branch, 60 bytes", |store| fill(store, MILLION, &"x".repeat(60), 1)),
        ("1 M topics, all expanded, 6 bytes", |store| {
            fill(store, MILLION, "183.42", 1);
            store.expand_all_below(NodeId::ROOT, None, usize::MAX);
        }),
        ("10 k topics, 60 bytes, 10 M messages", |store| fill(store, 10_000, &"x".repeat(60), 1000)),
    ];
    if let Ok(wanted) = std::env::var(CASE) {
        if let Some((name, build)) = cases.iter().find(|(name, _)| *name == wanted) {
            let before = resident_kb();
            let mut store = Store::new(BUDGET_BYTES);
            build(&mut store);
            let took = resident_kb().saturating_sub(before) * 1024;
            let said = store.counts().n_bytes;
            let [said_mb, took_mb] = [said, took].map(|bytes| bytes / 1_000_000);
            eprintln!("memory: {name}: {said_mb} MB by the store, {took_mb} MB by the system");
        }
        std::process::exit(0);
    }
    let Ok(this) = std::env::current_exe() else { return };
    for (name, _) in cases {
        if let Err(error) = std::process::Command::new(&this).arg("--bench").env(CASE, name).status() {
            eprintln!("memory: {name}: {error}");
        }
    }
}

fn fill(store: &mut Store, n_topics: usize, payload: &str, n_rounds: usize) {
    let mut topic = String::new();
    for round in 0..n_rounds {
        for n in 0..n_topics {
            plant_topic(n, &mut topic);
            store.ingest(&message(&topic, payload.as_bytes(), Timestamp::from_millis(round as u64)));
        }
    }
}

fn fill_alone(store: &mut Store, payload: &str) {
    let mut topic = String::new();
    for n in 0..MILLION {
        lone_topic(n, &mut topic);
        store.ingest(&message(&topic, payload.as_bytes(), Timestamp::ZERO));
    }
}

fn resident_kb() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

criterion_group!(benches, memory, ingest, learn, siblings, million);
criterion_main!(benches);
