//! A model with a million topics, and what its slices of work take. Owns the trees and the clock of the slices; what is
//! done in them is each bench's.
#![allow(dead_code, reason = "each bench uses its part")]
#![expect(clippy::disallowed_methods, reason = "a bench asks the machine for the time")]

use crate::stage::{DEMO, Stage, message, settings};
use mqttscope::model::{Event, Settings};
use mqttscope::mqtt::{Batch, BrokerEvent, Retained};
use mqttscope::view;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use std::time::{Duration, Instant};

pub const MILLION: usize = 1_000_000;
pub const COLS: u16 = 200;
pub const ROWS: u16 = 60;

/// Messages of a batch, as a device's task hands them on.
pub const BATCH: usize = 4_096;

/// Five levels, ten topics to a branch.
pub fn plant_topic(nth: usize) -> String {
    let (site, hall, line, sensor) = (nth / 100_000, nth / 1_000 % 100, nth / 10 % 100, nth % 10);
    format!("plant/site{site}/hall{hall}/line{line}/sensor{sensor}")
}

/// A model with one device online that heard these topics once, a number each.
pub fn heard(topics: impl Iterator<Item = String>) -> Stage {
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
    stage.wait(2_000);
    stage.work();
    stage
}

/// How long each slice of a work took.
#[derive(Debug, Default)]
pub struct Slices {
    pub n: usize,
    pub total: Duration,
    pub longest: Duration,
    /// When what was waited for was there, the frame included.
    pub first: Option<Duration>,
}

impl Slices {
    /// Does an event and all slices of work that it leaves, as the loop does between two looks at the keyboard;
    /// `is_first` tells when what is waited for is there, which is painted then.
    pub fn of(stage: &mut Stage, begin: &[Event], mut is_first: impl FnMut(&Stage) -> bool) -> Self {
        let mut slices = Self::default();
        for event in begin {
            slices.step(stage, event.clone());
        }
        let mut terminal = Terminal::new(TestBackend::new(COLS, ROWS)).expect("a screen in memory");
        loop {
            if slices.first.is_none() && is_first(stage) {
                slices.first = Some(slices.total + frame(stage, &mut terminal));
            }
            if !stage.model.is_working() {
                return slices;
            }
            slices.step(stage, Event::Due);
        }
    }

    fn step(&mut self, stage: &mut Stage, event: Event) {
        let begun = Instant::now();
        stage.event(event);
        let took = begun.elapsed();
        self.n += 1;
        self.total += took;
        self.longest = self.longest.max(took);
    }
}

/// What it takes to make a frame and to draw it.
pub fn frame(stage: &mut Stage, terminal: &mut Terminal<TestBackend>) -> Duration {
    let begun = Instant::now();
    stage.model.prepare(stage.now, &mut stage.effects);
    let mut frame = terminal.get_frame();
    frame.buffer_mut().reset();
    view::draw(&stage.model, &stage.theme, stage.now, &mut frame);
    begun.elapsed()
}

/// The least of each measure among the runs: what else the machine does is not what is measured.
pub fn best(runs: impl IntoIterator<Item = Slices>) -> Slices {
    let least = |one: Slices, other: Slices| Slices {
        n: one.n.min(other.n),
        total: one.total.min(other.total),
        longest: one.longest.min(other.longest),
        first: one.first.min(other.first),
    };
    runs.into_iter().reduce(least).unwrap_or_default()
}

/// Letters of a text as keys.
pub fn letters(text: &str) -> Vec<Event> {
    let key = |letter: char| {
        let chord = if letter == ' ' { "space".to_owned() } else { letter.to_string() };
        Event::Key(chord.parse().expect("a chord"))
    };
    text.chars().map(key).collect()
}

pub fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}
