//! The settings of a generator, over the panes. Owns the box, its rows and the picture of the shape; what they say is
//! the model's.
use ratatui::Frame;
use ratatui::layout::{Margin, Rect};
use ratatui::text::Line;
use ratatui::widgets::{Block, Clear};

use super::bars::chart;
use super::field::see;
use super::strip::{Strip, keep_end, wrap};
use super::{Scene, centred, row_of};
use crate::decode::sanitize;
use crate::model::runs::settings::{Field, Settings, Target};
use crate::theme::Role;

const MAX_COLS: u16 = 76;

/// `period  `.
const TITLE_COLS: usize = 9;

/// Lines of what would run, or of what is wrong.
const TOLD_ROWS: u16 = 2;

/// Lines of the shape's picture, where there is room.
const CHART_ROWS: u16 = 4;

pub fn draw(scene: &Scene<'_>, settings: &Settings, frame: &mut Frame<'_>) {
    let screen = frame.area();
    let fields = settings.fields();
    let n_fields = u16::try_from(fields.len()).unwrap_or(u16::MAX);
    let least = n_fields.saturating_add(1 + TOLD_ROWS + 2);
    let room = screen.height.saturating_sub(2);
    let chart_rows = if settings.preview.is_empty() { 0 } else { room.saturating_sub(least).min(CHART_ROWS) };
    let body = Rect { y: screen.y + 1, height: room, ..screen };
    let area = centred(body, MAX_COLS.min(screen.width), least.saturating_add(chart_rows));
    let title = match settings.target() {
        Some(Target::Node(node, _)) => node.topic.as_str(),
        Some(Target::Text(draft)) => draft.publication.topic.as_str(),
        None => "",
    };
    let title = keep_end(title, usize::from(area.width).saturating_sub(16));
    let block = Block::bordered()
        .border_style(scene.style(Role::BorderFocused))
        .title(Line::styled(format!(" Repeat on {title} "), scene.style(Role::TitleFocused)));
    frame.render_widget(Clear, area);
    frame.buffer_mut().set_style(area, scene.style(Role::Text));
    frame.render_widget(block, area);
    let inner = area.inner(Margin::new(2, 1));
    for (nth, field) in fields.iter().enumerate() {
        let at = row_of(inner, u16::try_from(nth).unwrap_or(u16::MAX));
        row(scene, settings, *field, at, frame);
    }
    let max_cols = usize::from(inner.width);
    for (nth, bars) in
        chart(&evenly(&settings.preview, max_cols), max_cols, usize::from(chart_rows)).into_iter().enumerate()
    {
        let at = n_fields.saturating_add(u16::try_from(nth).unwrap_or_default());
        frame.render_widget(Line::styled(bars, scene.style(Role::Sparkline)), row_of(inner, at));
    }
    let below = n_fields.saturating_add(chart_rows);
    frame.render_widget(
        Line::styled(settings.field.help(), scene.style(Role::TextFaint)),
        row_of(inner, below),
    );
    let (words, role) = match &settings.told {
        Ok(words) => (words, Role::Text),
        Err(words) => (words, Role::FieldError),
    };
    for (nth, words) in wrap(words, max_cols, usize::from(TOLD_ROWS)).into_iter().enumerate() {
        let at = below.saturating_add(1 + u16::try_from(nth).unwrap_or_default());
        frame.render_widget(Line::styled(words, scene.style(role)), row_of(inner, at));
    }
}

fn row(scene: &Scene<'_>, settings: &Settings, field: Field, at: Rect, frame: &mut Frame<'_>) {
    let is_heard = settings.field == field;
    let mut line = Strip::default();
    line.put(field.title(), scene.style(if is_heard { Role::FooterKey } else { Role::TextFaint }));
    line.to(TITLE_COLS);
    let room = usize::from(at.width).saturating_sub(TITLE_COLS);
    let mut cursor = None;
    match settings.line(field) {
        Some(text) if is_heard => {
            let seen = see(text, room.max(1));
            cursor = Some(line.cols() + seen.cursor);
            line.put(seen.text, scene.style(Role::Field));
        }
        Some(text) => {
            line.put_fit(&sanitize(text.text().as_bytes(), room + 1), room, scene.style(Role::Text));
        }
        None => {
            let role = if is_heard { Role::Cursor } else { Role::Text };
            let words = sanitize(choice(settings, field).as_bytes(), room);
            line.put_fit(&format!(" {words} "), room, scene.style(role));
        }
    }
    frame.render_widget(line.into_line(), at);
    if let Some(col) = cursor.and_then(|col| u16::try_from(col).ok()).filter(|col| *col < at.width) {
        frame.set_cursor_position((at.x + col, at.y));
    }
}

/// As many of the numbers as there are columns, from the first to the last.
fn evenly(numbers: &[f64], max_cols: usize) -> Vec<f64> {
    let n = numbers.len().min(max_cols);
    (0..n).filter_map(|at| numbers.get(at * numbers.len() / n.max(1)).copied()).collect()
}

/// What is chosen.
fn choice(settings: &Settings, field: Field) -> String {
    if field == Field::Shape {
        return settings.shape.name().to_owned();
    }
    match settings.target() {
        Some(Target::Node(node, _)) => match node.path() {
            Some(path) => format!("the node at {path}"),
            None => format!("the node, type {}", node.kind),
        },
        Some(Target::Text(_)) => "the form's payload".to_owned(),
        None => String::new(),
    }
}
