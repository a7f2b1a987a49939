//! What a frame costs on trees far larger than the screen. Owns the trees; the goal for `draw` is 1 ms at 200x60.
#[path = "../common/stage.rs"]
mod stage;

use criterion::{Criterion, criterion_group, criterion_main};
use mqttscope::model::Settings;
use mqttscope::mqtt::{Batch, BrokerEvent, Retained};
use mqttscope::view;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use stage::{DEMO, Stage, message, settings};

const COLS: u16 = 200;
const ROWS: u16 = 60;

/// Messages of a batch.
const BATCH: usize = 4_096;

/// A tree of topics with a number each, everything expanded, the cursor in its middle.
fn tree(topics: impl Iterator<Item = String>, cursor: &str) -> Stage {
    let mut stage = Stage::new(&["bench"], Settings { budget_bytes: 2_000_000_000, ..settings() });
    stage.resize(COLS, ROWS);
    stage.online(DEMO);
    let mut batch = Batch::default();
    for (nth, topic) in topics.enumerate() {
        let payload = format!("{}.5 °C", nth % 100);
        batch.push(&message(&topic, payload.as_bytes(), Retained::No, stage.now));
        if batch.len() == BATCH {
            stage.broker(DEMO, BrokerEvent::Messages(std::mem::take(&mut batch)));
        }
    }
    stage.broker(DEMO, BrokerEvent::Messages(batch));
    stage.keys("o ctrl-g");
    stage.types(cursor);
    stage.keys("enter");
    stage.wait(2_000);
    stage.frame();
    stage
}

/// A million topics in five levels.
fn million() -> Stage {
    let level = |nth: usize| {
        format!(
            "plant/site{}/hall{}/line{}/sensor{}",
            nth / 100_000,
            nth / 1_000 % 100,
            nth / 10 % 100,
            nth % 10
        )
    };
    tree((0..1_000_000).map(level), "plant/site5/hall50/line50/sensor5")
}

/// A hundred thousand topics under one parent.
fn siblings() -> Stage {
    tree((0..100_000).map(|nth| format!("flat/device{nth}")), "flat/device50000")
}

fn frames(criterion: &mut Criterion) {
    for (name, make) in [("1M topics expanded", million as fn() -> Stage), ("100k siblings", siblings)] {
        let mut stage = make();
        let mut terminal = Terminal::new(TestBackend::new(COLS, ROWS)).expect("a screen in memory");
        criterion.bench_function(&format!("draw, {name}"), |bencher| {
            bencher.iter(|| {
                let mut frame = terminal.get_frame();
                frame.buffer_mut().reset();
                view::draw(&stage.model, &stage.theme, stage.now, &mut frame);
            });
        });
        criterion.bench_function(&format!("prepare, {name}"), |bencher| {
            bencher.iter(|| stage.model.prepare(stage.now, &mut stage.effects));
        });
        criterion.bench_function(&format!("cursor down and up with prepare, {name}"), |bencher| {
            bencher.iter(|| {
                stage.keys("j");
                stage.model.prepare(stage.now, &mut stage.effects);
                stage.keys("k");
                stage.model.prepare(stage.now, &mut stage.effects);
            });
        });
    }
}

criterion_group!(benches, frames);
criterion_main!(benches);
