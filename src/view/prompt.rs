//! A one-line entry in the footer's place. Owns its label, its cursor and what is said beside it.
use ratatui::Frame;

use super::field::see;
use super::strip::Strip;
use super::{Scene, footer, rect};
use crate::decode::{cols, figures, sanitize};
use crate::model::overlay::{Prompt, PromptKind};
use crate::model::search::Search;
use crate::theme::Role;

/// The least that is left to what is typed.
const MIN_TEXT_COLS: usize = 20;

pub fn draw(scene: &Scene<'_>, prompt: &Prompt, frame: &mut Frame<'_>) {
    let area = rect(scene.layout.footer, frame);
    let max_cols = usize::from(area.width).saturating_sub(1);
    let label = match prompt.kind {
        PromptKind::Search => " /",
        PromptKind::GoTo => " go to topic: ",
        PromptKind::Subscribe => " subscribe to filter: ",
    };
    let mut line = Strip::default();
    line.put(label, scene.style(Role::FooterKey));
    let (words, role) = said(scene, prompt);
    let room = max_cols.saturating_sub(line.cols());
    let words = sanitize(words.as_bytes(), room.saturating_sub(MIN_TEXT_COLS + 3));
    let figures = footer::figures(scene);
    let taken = if words.is_empty() { 0 } else { cols(&words) + 3 };
    let seen = see(&prompt.line, room.saturating_sub(taken).max(1));
    let cursor = line.cols() + seen.cursor;
    line.put(seen.text, scene.style(Role::Field));
    line.to(cursor + 1);
    if !words.is_empty() {
        line.put(format!("   {words}"), scene.style(role));
    }
    if line.cols() + 3 + figures.cols() <= max_cols {
        line.to(max_cols - figures.cols());
        line.append(figures);
    }
    frame.render_widget(line.into_line(), area);
    if let Some(col) = u16::try_from(cursor).ok().filter(|col| *col < area.width) {
        frame.set_cursor_position((area.x + col, area.y));
    }
}

/// What is wrong, or how many were found so far.
fn said(scene: &Scene<'_>, prompt: &Prompt) -> (String, Role) {
    if let Some(error) = &prompt.error {
        return (error.clone(), Role::FieldError);
    }
    match (prompt.kind, &scene.model.search) {
        (PromptKind::Search, Some(search)) => found(search),
        (PromptKind::Search, None) => ("part of a topic".into(), Role::TextFaint),
        (PromptKind::GoTo, _) => (String::new(), Role::TextFaint),
        (PromptKind::Subscribe, _) => ("such as sensors/# or +/state 1 (QoS)".into(), Role::TextFaint),
    }
}

fn found(search: &Search) -> (String, Role) {
    match (search.n_found, search.is_working()) {
        (0, false) => ("no match".into(), Role::FieldError),
        (1, false) => ("1 match".into(), Role::TextFaint),
        (n, false) => (format!("{} matches", figures::grouped(n as u64)), Role::TextFaint),
        (n, true) => (format!("{} matches so far", figures::grouped(n as u64)), Role::TextFaint),
    }
}
