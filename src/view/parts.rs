//! The parts of a payload to keep, over the panes. Owns the box and its rows; the ticks are the model's.
use ratatui::Frame;
use ratatui::layout::{Margin, Rect};
use ratatui::text::Line;
use ratatui::widgets::{Block, Clear, Paragraph};

use super::strip::{Strip, keep_end};
use super::{Scene, centred, row_of};
use crate::decode::escape::ELLIPSIS;
use crate::decode::{figures, fit, sanitize};
use crate::model::nodes::parts::{Choice, Picker, words};
use crate::theme::Role;

const MAX_COLS: u16 = 100;

/// `vec2`, `string`.
const TYPE_COLS: usize = 8;

pub fn draw(scene: &Scene<'_>, picker: &Picker, frame: &mut Frame<'_>) {
    let screen = frame.area();
    let width = MAX_COLS.min(screen.width.saturating_sub(4));
    let n_rows = picker.list.len() + usize::from(picker.n_more > 0);
    let height = u16::try_from(n_rows).unwrap_or(u16::MAX).saturating_add(2);
    let area = centred(screen, width, height.min(screen.height.saturating_sub(4)));
    let topic = keep_end(picker.topic.as_str(), usize::from(width).saturating_sub(30));
    let title = match picker.n_ticked() {
        0 => format!(" Keep of {topic} "),
        n => format!(" Keep of {topic} · {n} ticked "),
    };
    let block = Block::bordered()
        .border_style(scene.style(Role::BorderFocused))
        .title(Line::styled(title, scene.style(Role::TitleFocused)));
    frame.render_widget(Clear, area);
    frame.buffer_mut().set_style(area, scene.style(Role::Text));
    frame.render_widget(block, area);
    let inner = area.inner(Margin::new(2, 1));
    let n_seen = usize::from(inner.height);
    let from = (picker.place + 1).saturating_sub(n_seen);
    let paths = picker.list.iter().map(|choice| crate::decode::cols(&path(choice))).max().unwrap_or_default();
    let path_cols = paths.min(usize::from(inner.width) / 2);
    let seen = picker.list.iter().skip(from).take(n_seen);
    let mut lines: Vec<Line<'_>> = seen.map(|choice| row(scene, choice, path_cols, inner)).collect();
    if picker.n_more > 0 && lines.len() < n_seen {
        let words = format!("and {} more, not listed", figures::grouped(picker.n_more as u64));
        lines.push(Line::styled(words, scene.style(Role::TextFaint)));
    }
    frame.render_widget(Paragraph::new(lines), inner);
    if let Ok(row) = u16::try_from(picker.place - from) {
        frame.buffer_mut().set_style(row_of(inner, row), scene.style(Role::Cursor));
    }
}

fn path(choice: &Choice) -> String {
    sanitize(words(choice).0.as_bytes(), usize::MAX)
}

fn row(scene: &Scene<'_>, choice: &Choice, path_cols: usize, inner: Rect) -> Line<'static> {
    let mark = match (choice.is_kept, choice.is_ticked) {
        (true, _) => "◆ ",
        (false, true) => "x ",
        (false, false) => "· ",
    };
    let mut line = Strip::default();
    line.put(mark, scene.style(if choice.is_kept { Role::Mark } else { Role::FooterKey }));
    line.put(fit(&path(choice), path_cols, ELLIPSIS), scene.style(Role::ValueKey));
    line.to(2 + path_cols + 2);
    line.put(choice.node.kind.name(), scene.style(Role::TextFaint));
    line.to(2 + path_cols + 2 + TYPE_COLS);
    let room = usize::from(inner.width).saturating_sub(line.cols());
    let unit = choice.node.unit.as_ref().map(|unit| format!(" {unit}")).unwrap_or_default();
    let value = sanitize(format!("{}{unit}", choice.value).as_bytes(), usize::MAX);
    line.put_fit(&value, room, scene.style(Role::Value));
    line.into_line()
}
