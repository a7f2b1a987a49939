//! Finding among a million topics: searches, view filters, the table, and what they cost ingest while they are in
//! force. Owns the figures; asserts none. `cargo bench --bench find`.
#![expect(clippy::print_stdout, reason = "figures for a person")]
#![expect(clippy::disallowed_methods, reason = "a bench asks the machine for the time")]
#[path = "../common/stage.rs"]
mod stage;

#[path = "large.rs"]
mod large;

use large::{BATCH, COLS, MILLION, ROWS, Slices, best, frame, heard, letters, ms, plant_topic};
use mqttscope::model::Event;
use mqttscope::mqtt::{Batch, BrokerEvent, Retained};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use stage::{DEMO, Stage, message};
use std::time::{Duration, Instant};

/// Each row has the least of so many runs.
const RUNS: usize = 5;

fn main() {
    if !std::env::args().any(|word| word == "--bench") {
        return println!("measures only with cargo bench --bench find");
    }
    let mut stage = heard((0..MILLION).map(plant_topic));
    search(&mut stage);
    filter(&mut stage);
    table(&mut stage);
    drop(stage);
    flat();
    ingest();
}

/// A million topics right under one branch, none of them seen in order before: until the first of each work is done.
fn flat() {
    println!("1 M topics right under one branch, the first time each: all, longest slice");
    let first = |what: &str, keys: &str, begin: &[Event]| {
        let mut stage = heard((0..MILLION).map(|nth| format!("flat/device{}", nth * 7_919 % MILLION)));
        stage.keys("g");
        stage.keys(keys);
        let run = Slices::of(&mut stage, begin, |_| false);
        println!(
            "  {what:24} {:>6.1} ms in {} slices, longest {:.1} ms",
            ms(run.total),
            run.n,
            ms(run.longest)
        );
    };
    let key = |chord: &str| Event::Key(chord.parse().expect("a chord"));
    first("searched, none matches", "/", &letters("x"));
    first("searched, all match", "/", &letters("d"));
    first("filtered, tenth", "f", &letters("9"));
    first("a table", "g", &[key("T")]);
    first("expanded", "j", &[key("l")]);
}

/// The last letter of a search is typed: until the first hundred results are on the screen, and until all are counted
/// and the place of the one under the hand among them is known.
fn search(stage: &mut Stage) {
    println!("search, 1 M topics: first 100 on screen (goal 20 ms), all (goal 250 ms), longest slice");
    for (what, keys, text) in [
        ("many match", "", "sensor5"),
        ("all match", "", "sensor"),
        ("few match", "", "hall77/line7"),
        ("the last one alone matches", "", "site9/hall99/line99/sensor9"),
        ("a capital letter, none matches", "", "Sensor"),
        ("none matches", "", "nowhere"),
        ("beyond ASCII, none matches", "", "étage"),
        ("values too, many match", "alt-v", "7.5"),
        ("values too, none matches", "alt-v", "nowhere"),
        ("letters left out, many match", "alt-f", "h50l5s5"),
        ("letters left out, all match", "alt-f", "sensor"),
        ("letters left out, none matches", "alt-f", "qxz"),
    ] {
        let mut n_found = 0;
        let runs = (0..RUNS).map(|_| {
            stage.keys("g /");
            stage.keys(keys);
            let (begin, last) = text.split_at(text.char_indices().last().map_or(0, |(at, _)| at));
            stage.types(begin);
            let slices = Slices::of(stage, &letters(last), |stage| {
                let search = stage.model.search.as_ref();
                search.is_some_and(|search| search.hits.len() >= 100 || search.is_counted())
            });
            n_found = stage.model.search.as_ref().map_or(0, |search| search.n_found);
            // The way of searching stays: back to what it was.
            stage.keys(keys);
            stage.keys("esc");
            slices
        });
        let run = best(runs);
        let first = run.first.map_or(f64::NAN, ms);
        println!(
            "  {what:32} {n_found:>9} found: first {first:>6.1} ms, all {:>6.1} ms in {} slices, longest {:.1} ms",
            ms(run.total),
            run.n,
            ms(run.longest)
        );
    }
}

/// A filter's last letter is typed: until the tree is narrowed.
fn filter(stage: &mut Stage) {
    println!("view filter, 1 M topics: all judged (goal 300 ms), longest slice, memory");
    for text in [
        "sensor5",
        "plant/+/hall50/#",
        "!sensor5",
        "plant/*/*/line{1..50}/sensor[0-4]",
        "/sensor[3-7]$/",
        "line7 !sensor1 | line9 sensor5",
        "value:>50",
        "type:float age:<1h",
        "étage",
    ] {
        let mut told = String::new();
        let runs = (0..RUNS).map(|_| {
            let before = bytes(stage);
            stage.keys("f");
            stage.event(Event::Paste(text.to_owned()));
            let begun = stage.model.is_working();
            let slices = if begun {
                // What a paste does is one slice more.
                Slices::of(stage, &[], |stage| {
                    mqttscope::model::narrowing::tally(&stage.model).is_some_and(|tally| tally.n_shown >= 100)
                })
            } else {
                Slices::default()
            };
            let tally = mqttscope::model::narrowing::tally(&stage.model).unwrap_or_default();
            told = format!("{:>9} shown, {:>5.1} MB", tally.n_shown, (bytes(stage) - before) / 1e6);
            stage.keys("esc");
            slices
        });
        let run = best(runs);
        println!(
            "  {text:34} {told}: first 100 {:>6.1} ms, all {:>6.1} ms in {} slices, longest {:.1} ms",
            run.first.map_or(f64::NAN, ms),
            ms(run.total),
            run.n,
            ms(run.longest)
        );
    }
}

/// Bytes of the device's store, as it counts them.
#[expect(clippy::cast_precision_loss, reason = "figures for a person")]
fn bytes(stage: &Stage) -> f64 {
    stage.model.device(DEMO).map_or(0, |device| device.store.counts().n_bytes) as f64
}

/// The table of all topics, ordered by each column, and a frame of it.
fn table(stage: &mut Stage) {
    println!("table, 1 M topics: ordered by, longest slice");
    stage.keys("g T");
    let mut terminal = Terminal::new(TestBackend::new(COLS, ROWS)).expect("a screen in memory");
    for column in ["value", "type", "age", "count", "rate", "size", "topic"] {
        let key = |chord: &str| Event::Key(chord.parse().expect("a chord"));
        stage.keys("t");
        let run = best((0..RUNS).map(|_| Slices::of(stage, &[key("alt-t")], |_| false)));
        let frames = (0..101).map(|_| frame(stage, &mut terminal));
        let mut frames: Vec<Duration> = frames.collect();
        frames.sort();
        println!(
            "  by {column:6} {:>6.1} ms in {} slices, longest {:.1} ms; a frame {:.2} ms",
            ms(run.total),
            run.n,
            ms(run.longest),
            ms(frames[frames.len() / 2])
        );
    }
    stage.keys("T");
}

/// What lies over the tree while messages come.
type Case = (&'static str, fn(&mut Stage));

/// Messages to 10,000 of 100,000 topics at 100,000 a second, with a frame every 200 ms of that: what a message costs,
/// and what all of it costs, by what is open. Rounds of all cases follow each other, so that the machine's moods hit
/// all alike.
fn ingest() {
    const ROUNDS: usize = 9;
    let cases: [Case; 10] = [
        ("nothing open", |_| {}),
        ("a filter by name", |stage| narrow(stage, "sensor5")),
        ("a filter by pattern", |stage| narrow(stage, "plant/*/*/line{1..50}/sensor[0-4]")),
        ("a filter by value", |stage| narrow(stage, "value:>50")),
        ("a filter by value and age", |stage| narrow(stage, "value:>50 age:<1m")),
        ("a search, without end", |stage| stage.keys("/")),
        ("the history of a topic", |stage| stage.keys("2")),
        ("the chart of a topic", |stage| stage.keys("3")),
        ("the table by rate", |stage| {
            stage.keys("g T t t t t t");
        }),
        ("nothing open, once more", |_| {}),
    ];
    println!(
        "100,000 messages a second on 100,000 topics: ingest of one (beside nothing open); all with work and frames"
    );
    let topics: Vec<String> = (0..100_000).map(|nth| plant_topic(nth * 7_919 % 100_000)).collect();
    let mut stages: Vec<Stage> = cases
        .iter()
        .map(|(_, open)| {
            let mut stage = heard(topics.iter().cloned());
            stage.keys("ctrl-g");
            stage.types("plant/site0/hall50/line50/sensor5");
            stage.keys("enter");
            open(&mut stage);
            stage.frame();
            stage
        })
        .collect();
    let mut taken: Vec<Vec<(Duration, Duration)>> = vec![Vec::new(); cases.len()];
    for round in 0..ROUNDS {
        for ((stage, taken), (name, _)) in stages.iter_mut().zip(&mut taken).zip(&cases) {
            taken.push(flood(stage, &topics, round, name.starts_with("a search")));
        }
    }
    let mut alone = None;
    for ((name, _), mut taken) in cases.iter().zip(taken) {
        // What else the machine does only adds.
        let mut third = |by: fn(&(Duration, Duration)) -> Duration| {
            taken.sort_by_key(by);
            by(&taken[taken.len() / 3]).as_secs_f64() / 200_000.0 * 1e6
        };
        let (message, all) = (third(|taken| taken.0), third(|taken| taken.1));
        let (message_alone, _) = *alone.get_or_insert((message, all));
        println!(
            "  {name:28} {message:.3} µs ({:+.1} %, {:+.3} µs), all {:.1} % of a core",
            (message / message_alone - 1.0) * 100.0,
            message - message_alone,
            all * 10.0
        );
    }
}

fn narrow(stage: &mut Stage, text: &str) {
    stage.keys("f");
    stage.event(Event::Paste(text.to_owned()));
    stage.work();
    stage.keys("enter");
}

/// Two seconds of messages: what ingest alone took, and all.
fn flood(stage: &mut Stage, topics: &[String], round: usize, searches: bool) -> (Duration, Duration) {
    let mut terminal = Terminal::new(TestBackend::new(COLS, ROWS)).expect("a screen in memory");
    let (mut ingest, mut rest, mut nth) = (Duration::ZERO, Duration::ZERO, 0);
    for batch_idx in 0.. {
        if nth >= 200_000 {
            break;
        }
        stage.now = stage.now + Duration::from_millis(41);
        let mut batch = Batch::default();
        while batch.len() < BATCH && nth < 200_000 {
            let payload = format!("{}.5 °C", (nth + round * 31) % 100);
            // One in a hundred goes to the topic under the hand.
            let topic =
                if nth % 100 == 0 { "plant/site0/hall50/line50/sensor5" } else { &topics[nth % 10_000] };
            batch.push(&message(topic, payload.as_bytes(), Retained::No, stage.now));
            nth += 1;
        }
        if searches && !stage.model.is_working() {
            let key = if stage.model.search.is_some() { "backspace" } else { "s" };
            stage.event(Event::Key(key.parse().expect("a chord")));
        }
        let begun = Instant::now();
        stage.broker(DEMO, BrokerEvent::Messages(batch));
        ingest += begun.elapsed();
        let begun = Instant::now();
        if stage.model.is_working() || stage.model.deadline().is_some_and(|at| at <= stage.now) {
            stage.event(Event::Due);
        }
        rest += begun.elapsed();
        if batch_idx % 5 == 0 {
            rest += frame(stage, &mut terminal);
        }
    }
    (ingest, ingest + rest)
}
