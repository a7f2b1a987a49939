//! Publications with names, over the panes. Owns the box and its rows; which there are is the model's.
use ratatui::Frame;
use ratatui::layout::Margin;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::{Block, Clear, Paragraph};

use super::strip::{Strip, keep_end};
use super::{Scene, centred, row_of};
use crate::decode::{self, fit, sanitize};
use crate::model::publications::draft::{Saved, Shelf};
use crate::model::publications::saved::Picker;
use crate::theme::Role;

const MAX_COLS: u16 = 110;

/// Columns of a name.
const NAME_COLS: usize = 20;

/// `all` or `device`.
const SHELF_COLS: usize = 6;

pub fn draw(scene: &Scene<'_>, picker: &Picker, frame: &mut Frame<'_>) {
    let screen = frame.area();
    let width = MAX_COLS.min(screen.width.saturating_sub(4));
    let rows: Vec<&Saved> = picker.rows().collect();
    let height = u16::try_from(rows.len().max(2)).unwrap_or(u16::MAX).saturating_add(2);
    let area = centred(screen, width, height.min(screen.height.saturating_sub(4)));
    let narrow = sanitize(picker.narrow.text().as_bytes(), 30);
    let title = match (picker.is_narrowing, narrow.is_empty()) {
        (true, _) => format!(" Saved publications · only: {narrow}_ "),
        (false, false) => format!(" Saved publications · only {narrow} "),
        (false, true) => " Saved publications ".to_owned(),
    };
    let block = Block::bordered()
        .border_style(scene.style(Role::BorderFocused))
        .title(Line::styled(title, scene.style(Role::TitleFocused)));
    frame.render_widget(Clear, area);
    frame.buffer_mut().set_style(area, scene.style(Role::Text));
    frame.render_widget(block, area);
    let inner = area.inner(Margin::new(1, 1));
    if rows.is_empty() {
        let words = match &picker.list {
            None => " reading …",
            Some(list) if list.is_empty() => {
                " nothing is saved yet: alt-s in the form saves what stands there"
            }
            Some(_) => " none holds this text",
        };
        return frame.render_widget(Line::styled(words, scene.style(Role::TextFaint)), row_of(inner, 0));
    }
    let place = picker.place.min(rows.len() - 1);
    let n_seen = usize::from(inner.height);
    let from = (place + 1).saturating_sub(n_seen);
    let max_cols = usize::from(inner.width);
    let lines: Vec<Line<'_>> =
        rows.iter().skip(from).take(n_seen).map(|saved| row(scene, saved, max_cols)).collect();
    frame.render_widget(Paragraph::new(lines), inner);
    if let Ok(at) = u16::try_from(place - from) {
        frame.buffer_mut().set_style(row_of(inner, at), scene.style(Role::Cursor));
    }
}

fn row(scene: &Scene<'_>, saved: &Saved, max_cols: usize) -> Line<'static> {
    let publication = &saved.draft.publication;
    let mut line = Strip::default();
    let name = sanitize(saved.name.as_bytes(), NAME_COLS + 1);
    line.put(format!(" {}", fit(&name, NAME_COLS, "…")), scene.style(Role::TextStrong));
    line.to(NAME_COLS + 2);
    let shelf = match &saved.shelf {
        Shelf::Global => "all",
        Shelf::Device(..) => "device",
    };
    line.put(shelf, scene.style(Role::TextFaint));
    line.to(NAME_COLS + 2 + SHELF_COLS + 1);
    // QoS and retain stand at the end.
    let room = max_cols.saturating_sub(line.cols() + 5);
    let start = line.cols();
    line.put(keep_end(publication.topic.as_str(), room / 2), scene.style(Role::Text));
    line.to((line.cols() + 1).max(start + 1));
    let payload = decode::preview(&publication.payload.0, max_cols);
    let left = (start + room).saturating_sub(line.cols());
    line.put_inks(&payload.line, left, scene.theme, Style::new());
    line.to(max_cols.saturating_sub(4));
    line.put(publication.qos.to_string(), scene.style(Role::TextFaint));
    line.put(if publication.retain { " R" } else { "" }, scene.style(Role::Text));
    line.into_line()
}
