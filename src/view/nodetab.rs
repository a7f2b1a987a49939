//! The inspector's tab Node: a kept node's attributes, one of them perhaps being edited. Owns how they stand; what
//! they say is the model's.
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use super::field::see;
use super::strip::{Strip, wrap};
use super::{Scene, row_of};
use crate::model::layout::Pane;
use crate::model::nodes::attribute::{Editing, Entry};
use crate::model::nodes::tab::SAID_ROWS;
use crate::model::overlay::Overlay;
use crate::model::shown::{NAME_COLS, Shown};
use crate::theme::Role;

pub fn draw(scene: &Scene<'_>, shown: &Shown, area: Rect, frame: &mut Frame<'_>) {
    let max_cols = usize::from(area.width);
    let mut lines: Vec<Line<'_>> = Vec::new();
    for shown in &shown.lines {
        let mut line = Strip::default();
        line.put_inks(shown, max_cols, scene.theme, Style::new());
        lines.push(line.into_line());
    }
    frame.render_widget(Paragraph::new(lines), area);
    let Some(row) = shown.cursor.and_then(|row| u16::try_from(row).ok()) else { return };
    let at = row_of(area, row);
    if let Overlay::Attribute(editing) = &scene.model.overlay {
        return edited(scene, editing, at, area, frame);
    }
    let role = if scene.has_focus(Pane::Inspector) { Role::Cursor } else { Role::CursorUnfocused };
    frame.buffer_mut().set_style(at, scene.style(role));
}

/// The entry in the attribute's place, and what is said of it on the lowest row.
fn edited(scene: &Scene<'_>, editing: &Editing, at: Rect, area: Rect, frame: &mut Frame<'_>) {
    let max_cols = usize::from(at.width);
    let mut line = Strip::default();
    line.put(editing.attribute.title(), scene.style(Role::FooterKey));
    line.to(NAME_COLS);
    let room = max_cols.saturating_sub(NAME_COLS);
    let mut cursor = None;
    match &editing.entry {
        Entry::Line(text) => {
            let seen = see(text, room.max(1));
            cursor = Some(line.cols() + seen.cursor);
            line.put(seen.text, scene.style(Role::Field));
        }
        Entry::Choice(choices, place) => {
            // The words before the chosen one give way to it.
            let width = |choices: &[&str]| choices.iter().map(|choice| choice.len() + 2).sum::<usize>();
            let fits = |from: &usize| choices.get(*from..=*place).is_none_or(|seen| width(seen) <= room);
            let from = (0..*place).find(fits).unwrap_or(*place);
            for (nth, choice) in choices.iter().enumerate().skip(from) {
                let role = if nth == *place { Role::Cursor } else { Role::TextFaint };
                if line.cols() + choice.len() + 2 > max_cols {
                    break;
                }
                line.put(format!(" {choice} "), scene.style(role));
            }
        }
    }
    line.to(max_cols);
    frame.render_widget(line.into_line(), at);
    let (words, role) = match &editing.told {
        Ok(words) => (words, Role::TextFaint),
        Err(words) => (words, Role::FieldError),
    };
    let lines: Vec<Line<'_>> = wrap(words, max_cols, SAID_ROWS).into_iter().map(Line::from).collect();
    let height = u16::try_from(lines.len()).unwrap_or_default().min(area.height);
    let lowest = Rect { y: area.bottom() - height, height, ..area };
    frame.render_widget(Paragraph::new(lines).style(scene.style(role)), lowest);
    if let Some(col) = cursor.and_then(|col| u16::try_from(col).ok()).filter(|col| *col < at.width) {
        frame.set_cursor_position((at.x + col, at.y));
    }
}
