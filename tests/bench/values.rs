//! What is done with values that are long or many: a long JSON opened, a million numbers charted, a million values
//! exported. Owns the figures; asserts none. `cargo bench --bench values`.
#![expect(clippy::print_stdout, reason = "figures for a person")]
#![expect(clippy::disallowed_methods, reason = "a bench asks the machine for the time")]
#[path = "../common/stage.rs"]
mod stage;

#[path = "large.rs"]
mod large;

use large::{COLS, MILLION, ROWS, Slices, frame, ms, plant_topic};
use mqttscope::config::export::Exports;
use mqttscope::model::devices::{Answer, Errand};
use mqttscope::model::inspector::Decoded;
use mqttscope::model::{Effect, Event, Settings};
use mqttscope::mqtt::{Batch, BrokerEvent, Retained};
use mqttscope::view;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use stage::{DEMO, Stage, message, settings};
use std::fmt::Write;
use std::time::{Duration, Instant};

/// Bytes of the long JSON.
const LONG_BYTES: usize = 10 << 20;

/// Bytes of each exported value: a million of them are half a gigabyte.
const VALUE_BYTES: usize = 500;

fn main() {
    if !std::env::args().any(|word| word == "--bench") {
        return println!("measures only with cargo bench --bench values");
    }
    export();
    long_json();
    chart();
}

fn one_device() -> Stage {
    let mut stage = Stage::new(&["bench"], Settings { budget_bytes: 4_000_000_000, ..settings() });
    stage.resize(COLS, ROWS);
    stage.online(DEMO);
    stage
}

fn terminal() -> Terminal<TestBackend> {
    Terminal::new(TestBackend::new(COLS, ROWS)).expect("a screen in memory")
}

fn median(mut taken: Vec<Duration>) -> Duration {
    taken.sort();
    taken[taken.len() / 2]
}

/// Objects of a few members in a list, as an inventory has them.
fn long_document() -> String {
    let mut text = String::from("[");
    for n in 0.. {
        if text.len() > LONG_BYTES {
            break;
        }
        let comma = if n == 0 { "" } else { "," };
        write!(
            text,
            r#"{comma}{{"id":{n},"name":"sensor {n}","on":{},"value":{}.25,"tags":["hall{}","line"],"at":{{"x":{n},"y":-1}}}}"#,
            n % 2 == 0,
            n % 1_000,
            n % 10
        )
        .expect("a string takes all");
    }
    text.push(']');
    text
}

/// The cursor comes to a long JSON: until its first screen is there, until a worker has read all, and until that is on
/// the screen.
fn long_json() {
    let document = long_document();
    let mut stage = one_device();
    stage.hear(DEMO, "plant/inventory", document.as_bytes(), Retained::No);
    stage.hear(DEMO, "plant/other", b"1", Retained::No);
    let mut terminal = terminal();
    let (mut first, mut read, mut whole) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..9 {
        stage.keys("ctrl-g");
        stage.types("plant/other");
        stage.keys("enter");
        frame(&mut stage, &mut terminal);
        stage.effects.clear();
        stage.keys("ctrl-g");
        stage.types("plant/inventory");
        stage.keys("enter");
        first.push(frame(&mut stage, &mut terminal));
        for effect in std::mem::take(&mut stage.effects) {
            if let Effect::Decode(subject, beside, payload) = effect {
                let begun = Instant::now();
                let decoded = Decoded::new(subject, &beside, &payload);
                read.push(begun.elapsed());
                let begun = Instant::now();
                stage.event(Event::Decoded(Box::new(decoded)));
                whole.push(begun.elapsed() + frame(&mut stage, &mut terminal));
            }
        }
    }
    println!("a JSON of {} bytes is opened (goal: first screen in 50 ms)", document.len());
    println!(
        "  first screen {:.1} ms; read by the worker in {:.1} ms; then on the screen in {:.1} ms; the slowest frame {:.1} ms",
        ms(median(first.clone())),
        ms(median(read)),
        ms(median(whole.clone())),
        ms(first.into_iter().chain(whole).max().unwrap_or_default())
    );
}

/// A million numbers of one topic are charted: until they are read, and what a frame costs then.
fn chart() {
    let mut stage = one_device();
    for from in (0..MILLION).step_by(large::BATCH) {
        let mut batch = Batch::default();
        for nth in from..(from + large::BATCH).min(MILLION) {
            let payload = format!("{}.{}", 20 + nth * 7 % 13, nth % 10);
            stage.now = stage.now + Duration::from_millis(10);
            batch.push(&message("plant/temperature", payload.as_bytes(), Retained::No, stage.now));
        }
        stage.broker(DEMO, BrokerEvent::Messages(batch));
    }
    stage.keys("ctrl-g");
    stage.types("plant/temperature");
    stage.keys("enter 3");
    let mut terminal = terminal();
    let opened = frame(&mut stage, &mut terminal);
    let read = Slices::of(&mut stage, &[], |_| false);
    let draw = |stage: &Stage, terminal: &mut Terminal<TestBackend>| {
        let begun = Instant::now();
        let mut frame = terminal.get_frame();
        frame.buffer_mut().reset();
        view::draw(&stage.model, &stage.theme, stage.now, &mut frame);
        begun.elapsed()
    };
    println!("a chart of {MILLION} numbers (goal: 5 ms a frame)");
    println!(
        "  its first frame {:.1} ms; read in {:.0} ms, {} slices, longest {:.1} ms",
        ms(opened),
        ms(read.total),
        read.n,
        ms(read.longest)
    );
    stage.keys("tab");
    for (what, keys) in [("all of it", ""), ("a part of it", "+ + +"), ("all, with the whole screen", "0 Z")]
    {
        stage.keys(keys);
        let (mut drawn, mut both, mut heard) = (Vec::new(), Vec::new(), Vec::new());
        for nth in 0..101 {
            both.push(frame(&mut stage, &mut terminal));
            drawn.push(draw(&stage, &mut terminal));
            stage.now = stage.now + Duration::from_millis(200);
            let mut batch = Batch::default();
            for part in 0..20 {
                let payload = format!("{}.5", nth + part);
                batch.push(&message("plant/temperature", payload.as_bytes(), Retained::No, stage.now));
            }
            let begun = Instant::now();
            stage.broker(DEMO, BrokerEvent::Messages(batch));
            stage.event(Event::Due);
            heard.push(begun.elapsed() + frame(&mut stage, &mut terminal));
        }
        println!(
            "  {what}: draw {:.2} ms; prepare and draw {:.2} ms; 20 messages, prepare and draw {:.2} ms, the slowest {:.2} ms",
            ms(median(drawn)),
            ms(median(both)),
            ms(median(heard.clone())),
            ms(heard.into_iter().max().unwrap_or_default())
        );
    }
}

/// A line of what the system tells of this process, in bytes.
fn status(line: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|text| text.strip_prefix(line))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1_024)
}

/// A million values are exported: what a slice of the loop takes, what the worker takes, and how memory grows; and
/// that giving up leaves nothing.
#[expect(clippy::cast_precision_loss, reason = "figures for a person")]
fn export() {
    let mut stage = one_device();
    let text = "x".repeat(VALUE_BYTES);
    for from in (0..MILLION).step_by(large::BATCH) {
        let mut batch = Batch::default();
        for nth in from..(from + large::BATCH).min(MILLION) {
            batch.push(&message(&plant_topic(nth), text.as_bytes(), Retained::No, stage.now));
        }
        stage.broker(DEMO, BrokerEvent::Messages(batch));
    }
    stage.frame();
    let mut exports = Exports::new(None);
    let name = format!("mqttscope-bench-{}", std::process::id());
    println!("{MILLION} values of {VALUE_BYTES} bytes are exported (W on the device)");
    for (what, letter) in [("JSON Lines", "v"), ("CSV", "V"), ("one JSON object", "s")] {
        let path = std::env::temp_dir().join(format!("{name}-{letter}"));
        let before = status("VmRSS:").unwrap_or_default();
        let exported = run(&mut stage, &mut exports, letter, &path.display().to_string(), usize::MAX);
        let grown = status("VmRSS:").unwrap_or_default().saturating_sub(before);
        let n_bytes = std::fs::metadata(&path).map_or(0, |file| file.len());
        let _ = std::fs::remove_file(&path);
        println!(
            "  {what}: {:.0} MB in {:.1} s; the loop: {} slices, longest {:.1} ms, {:.1} s in all; slowest frame {:.1} ms; the worker's longest step {:.1} ms; memory grew by {:.1} MB",
            n_bytes as f64 / 1e6,
            exported.total.as_secs_f64(),
            exported.slices.n,
            ms(exported.slices.longest),
            exported.slices.total.as_secs_f64(),
            ms(exported.frame),
            ms(exported.step),
            grown as f64 / 1e6
        );
    }
    let path = std::env::temp_dir().join(format!("{name}-given-up"));
    run(&mut stage, &mut exports, "v", &path.display().to_string(), 100);
    let left = std::fs::read_dir(std::env::temp_dir()).into_iter().flatten().flatten();
    let left = left.filter(|entry| entry.file_name().to_string_lossy().contains(&name)).count();
    println!("  given up by esc after 100 slices: {left} files left");
}

#[derive(Default)]
struct Exported {
    total: Duration,
    slices: Slices,
    /// The slowest frame in between.
    frame: Duration,
    /// The slowest step of the worker.
    step: Duration,
}

/// An export from its key to its last word; given up after so many slices.
fn run(stage: &mut Stage, exports: &mut Exports, letter: &str, path: &str, give_up: usize) -> Exported {
    let mut exported = Exported::default();
    let mut terminal = terminal();
    stage.keys("g W");
    stage.keys(letter);
    stage.keys("ctrl-u");
    stage.event(Event::Paste(path.to_owned()));
    stage.effects.clear();
    stage.keys("enter");
    let begun = Instant::now();
    for n in 0.. {
        if n == give_up {
            stage.keys("esc");
        }
        for effect in std::mem::take(&mut stage.effects) {
            let Effect::Disk(errand) = effect else { continue };
            let Errand::Export(number, step) = *errand else { continue };
            let stepped = Instant::now();
            let done = exports.step(number, step);
            exported.step = exported.step.max(stepped.elapsed());
            if let Some(done) = done {
                stage.event(Event::Disk(Box::new(Answer::Exported(number, done))));
            }
        }
        if stage.model.export.is_none() {
            break;
        }
        let sliced = Instant::now();
        stage.event(Event::Due);
        let took = sliced.elapsed();
        exported.slices.n += 1;
        exported.slices.total += took;
        exported.slices.longest = exported.slices.longest.max(took);
        if n % 64 == 0 {
            exported.frame = exported.frame.max(frame(stage, &mut terminal));
        }
    }
    exported.total = begun.elapsed();
    exported
}
