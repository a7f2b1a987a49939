//! The lowest row: the keys that do something now, the memory, what was dropped. Owns which keys find room.
use ratatui::Frame;

use super::strip::Strip;
use super::{Scene, keys, rect};
use crate::command::{Command, Context};
use crate::decode::{cols, figures};
use crate::model::nodes::range;
use crate::theme::Role;

pub fn draw(scene: &Scene<'_>, frame: &mut Frame<'_>) {
    let area = rect(scene.layout.footer, frame);
    let max_cols = usize::from(area.width).saturating_sub(1);
    let figures = figures(scene);
    let model = scene.model;
    let context = model.context();
    let help = keys::key(model, context, Command::Help).filter(|_| {
        !matches!(context, Context::HelpScreen | Context::Exam | Context::Menu | Context::Repeat)
    });
    let help = help.map(|keys| keys::Hint { keys, words: "help" });
    let width = |hint: &keys::Hint| cols(&hint.keys) + 1 + cols(hint.words) + 2;
    let help_cols = help.as_ref().map_or(0, width);
    let mut line = Strip::default();
    line.put(" ", scene.style(Role::Footer));
    if context == Context::Range {
        line.put(format!("{}  ", range::words(model)), scene.style(Role::Mark));
    }
    for hint in keys::now(model) {
        if line.cols() + width(&hint) + help_cols + figures.cols() <= max_cols {
            put(scene, &mut line, &hint);
        }
    }
    if let Some(hint) = help.filter(|hint| line.cols() + width(hint) + figures.cols() <= max_cols) {
        put(scene, &mut line, &hint);
    }
    line.to(max_cols.saturating_sub(figures.cols()));
    line.append(figures);
    frame.buffer_mut().set_style(area, scene.style(Role::Footer));
    frame.render_widget(line.into_line(), area);
}

fn put(scene: &Scene<'_>, line: &mut Strip, hint: &keys::Hint) {
    line.put(hint.keys.as_str(), scene.style(Role::FooterKey));
    line.put(format!(" {}  ", hint.words), scene.style(Role::Footer));
}

/// Memory used of what is allowed, what was let go, what was dropped.
pub fn figures(scene: &Scene<'_>) -> Strip {
    let (mut n_bytes, mut budget, mut n_evicted, mut n_dropped) = (0_usize, 0_usize, 0_u64, 0_u64);
    for device in &scene.model.devices {
        let counts = device.store.counts();
        n_bytes = n_bytes.saturating_add(counts.n_bytes);
        budget = budget.saturating_add(counts.budget_bytes);
        n_evicted += counts.n_payloads_evicted + counts.n_history_evicted;
        n_dropped += counts.n_messages_refused + device.n_refused;
    }
    if scene.model.devices.is_empty() {
        budget = scene.model.settings.budget_bytes;
    }
    let faint = scene.style(Role::Footer);
    let mega = |bytes: usize| bytes.div_ceil(1_000_000);
    let mut line = Strip::default();
    line.put(format!("{}/{} MB", mega(n_bytes), mega(budget)), faint);
    if n_evicted > 0 {
        line.put(format!(" · {} evicted", short(n_evicted)), faint);
    }
    line.put(" · ", faint);
    let role = if n_dropped > 0 { Role::Dropped } else { Role::Footer };
    line.put(format!("{} dropped", figures::grouped(n_dropped)), scene.style(role));
    line
}

/// A count in at most four digits and a letter.
pub fn short(n: u64) -> String {
    figures::bytes(n).trim_end_matches('B').replace(' ', "")
}
