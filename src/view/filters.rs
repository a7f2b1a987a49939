//! View filters with names, over the panes. Owns the box and its rows; which there are is the model's.
use ratatui::Frame;
use ratatui::layout::Margin;
use ratatui::text::Line;
use ratatui::widgets::{Block, Clear, Paragraph};

use super::strip::Strip;
use super::{Scene, centred, row_of};
use crate::decode::{fit, sanitize};
use crate::model::narrowing::{self, saved::Picker};
use crate::sift::named::Named;
use crate::theme::Role;

const MAX_COLS: u16 = 100;

/// Columns of a name.
const NAME_COLS: usize = 20;

pub fn draw(scene: &Scene<'_>, picker: &Picker, frame: &mut Frame<'_>) {
    let screen = frame.area();
    let rows = narrowing::saved::rows(scene.model, picker);
    let height = u16::try_from(rows.len().max(1)).unwrap_or(u16::MAX).saturating_add(2);
    let width = MAX_COLS.min(screen.width.saturating_sub(4));
    let area = centred(screen, width, height.min(screen.height.saturating_sub(4)));
    let device = scene.model.device(picker.device).map_or("", |device| device.profile.name.as_str());
    let title = format!(" Saved filters of {} ", sanitize(device.as_bytes(), NAME_COLS));
    let block = Block::bordered()
        .border_style(scene.style(Role::BorderFocused))
        .title(Line::styled(title, scene.style(Role::TitleFocused)));
    frame.render_widget(Clear, area);
    frame.buffer_mut().set_style(area, scene.style(Role::Text));
    frame.render_widget(block, area);
    let inner = area.inner(Margin::new(1, 1));
    if rows.is_empty() {
        let words =
            Line::styled(" none is left; u brings back what was deleted", scene.style(Role::TextFaint));
        return frame.render_widget(words, row_of(inner, 0));
    }
    let place = picker.place.min(rows.len() - 1);
    let n_seen = usize::from(inner.height);
    let from = (place + 1).saturating_sub(n_seen);
    let max_cols = usize::from(inner.width);
    let in_force = narrowing::text(scene.model);
    let line = |named| row(scene, named, in_force, max_cols);
    let lines: Vec<Line<'_>> = rows.iter().skip(from).take(n_seen).map(line).collect();
    frame.render_widget(Paragraph::new(lines), inner);
    if let Ok(at) = u16::try_from(place - from) {
        frame.buffer_mut().set_style(row_of(inner, at), scene.style(Role::Cursor));
    }
}

/// `hot    value:>200`, with a mark where it is in force.
fn row(scene: &Scene<'_>, named: &Named, in_force: Option<&str>, max_cols: usize) -> Line<'static> {
    let mut line = Strip::default();
    let is_in_force = in_force.is_some_and(|text| text.trim() == named.text.trim());
    line.put(if is_in_force { "● " } else { "  " }, scene.style(Role::Mark));
    let name = sanitize(named.name.as_bytes(), NAME_COLS + 1);
    line.put(fit(&name, NAME_COLS, "…"), scene.style(Role::TextStrong));
    line.to(NAME_COLS + 3);
    let room = max_cols.saturating_sub(line.cols() + 1);
    let text = sanitize(named.text.as_bytes(), room + 1);
    line.put(fit(&text, room, "…"), scene.style(Role::Text));
    line.into_line()
}
