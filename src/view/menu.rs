//! A menu over the panes, and how far an export is. Owns the boxes and their rows; what can be chosen is the model's.
use ratatui::Frame;
use ratatui::layout::{Margin, Rect};
use ratatui::text::Line;
use ratatui::widgets::{Block, Clear, Paragraph};

use super::strip::{Strip, keep_end, wrap};
use super::{Scene, centred, keys, row_of};
use crate::command::{Command, Context};
use crate::decode::{cols, sanitize};
use crate::model::export::{Export, Goal};
use crate::model::menu::{Choice, Menu};
use crate::theme::Role;

const MAX_COLS: u16 = 78;

/// Lines of where an export goes.
const MAX_PATH_LINES: usize = 3;

pub fn draw(scene: &Scene<'_>, menu: &Menu, frame: &mut Frame<'_>) {
    let screen = frame.area();
    let width = MAX_COLS.min(screen.width.saturating_sub(4));
    let height = u16::try_from(menu.choices.len()).unwrap_or(u16::MAX).saturating_add(2);
    let area = centred(screen, width, height.min(screen.height.saturating_sub(2)));
    let inner = boxed(scene, &menu.title, area, frame);
    let place = menu.place.min(menu.choices.len().saturating_sub(1));
    let n_seen = usize::from(inner.height);
    let from = (place + 1).saturating_sub(n_seen);
    let words_cols = menu.choices.iter().map(|choice| cols(choice.words)).max().unwrap_or_default();
    let max_cols = usize::from(inner.width);
    let rows = menu.choices.iter().skip(from).take(n_seen);
    let lines: Vec<Line<'_>> = rows.map(|choice| row(scene, choice, words_cols, max_cols)).collect();
    frame.render_widget(Paragraph::new(lines), inner);
    if let Ok(at) = u16::try_from(place - from) {
        frame.buffer_mut().set_style(row_of(inner, at), scene.style(Role::Cursor));
    }
}

fn row(scene: &Scene<'_>, choice: &Choice, words_cols: usize, max_cols: usize) -> Line<'static> {
    let mut line = Strip::default();
    line.put(format!(" {} ", choice.letter), scene.style(Role::QuestionKey));
    line.put(format!(" {}", choice.words), scene.style(Role::Text));
    line.to(words_cols + 7);
    let room = max_cols.saturating_sub(line.cols() + 1);
    line.put(keep_end(&choice.shows, room), scene.style(Role::TextFaint));
    line.into_line()
}

/// What is being written, and how it is given up.
pub fn draw_export(scene: &Scene<'_>, export: &Export, frame: &mut Frame<'_>) {
    let screen = frame.area();
    let width = MAX_COLS.min(screen.width.saturating_sub(4));
    let room = usize::from(width.saturating_sub(6));
    let (title, to) = match &export.goal {
        Goal::File(path) => ("Exporting", format!("to {}", sanitize(path.as_bytes(), usize::MAX))),
        Goal::Clipboard(what) => ("Copying", (*what).to_owned()),
    };
    let mut lines: Vec<Line<'_>> = vec![Line::styled(export.progress(), scene.style(Role::TextStrong))];
    let to = wrap(&to, room, MAX_PATH_LINES);
    lines.extend(to.into_iter().map(|line| Line::styled(line, scene.style(Role::Text))));
    if let Some(key) = keys::key(scene.model, Context::Menu, Command::Leave) {
        let words = format!("{key} gives it up; nothing of it stays");
        lines.push(Line::styled(words, scene.style(Role::TextFaint)));
    }
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(2);
    let inner = boxed(scene, title, centred(screen, width, height), frame);
    frame.render_widget(Paragraph::new(lines), inner.inner(Margin::new(2, 0)));
}

/// A frame with its title; what is left within.
fn boxed(scene: &Scene<'_>, title: &str, area: Rect, frame: &mut Frame<'_>) -> Rect {
    let block = Block::bordered()
        .border_style(scene.style(Role::BorderFocused))
        .title(Line::styled(format!(" {title} "), scene.style(Role::TitleFocused)));
    frame.render_widget(Clear, area);
    frame.buffer_mut().set_style(area, scene.style(Role::Text));
    frame.render_widget(block, area);
    area.inner(Margin::new(1, 1))
}
