//! What a search found, over the panes above its line. Owns the box and its columns; which there are is the model's.
use ratatui::Frame;
use ratatui::layout::{Margin, Rect};
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::{Block, Clear};

use super::strip::{Strip, keep_end};
use super::{Scene, rect, row_of};
use crate::decode::{cols, figures, fit, sanitize};
use crate::model::search::Why;
use crate::model::search::picture::{ResultRow, Results};
use crate::theme::Role;

/// The part of the box that topics take, in percent.
const TOPIC_PERCENT: usize = 60;

/// Columns of a device's name, where there are several.
const DEVICE_COLS: usize = 12;

/// An age at the right edge: `now`, `47h`.
const AGE_COLS: usize = 6;

pub fn draw(scene: &Scene<'_>, results: &Results, frame: &mut Frame<'_>) {
    let footer = rect(scene.layout.footer, frame);
    let n_rows = u16::try_from(results.rows.len().max(1)).unwrap_or(u16::MAX);
    let height = n_rows.saturating_add(2).min(footer.y.saturating_sub(1));
    let area = Rect { y: footer.y - height, height, ..footer };
    let block = Block::bordered()
        .border_style(scene.style(Role::BorderFocused))
        .title(Line::styled(title(results), scene.style(Role::TitleFocused)));
    frame.render_widget(Clear, area);
    frame.buffer_mut().set_style(area, scene.style(Role::Text));
    frame.render_widget(block, area);
    let inner = area.inner(Margin::new(1, 1));
    if results.rows.is_empty() {
        let words = if results.is_working { " looking …" } else { " nothing" };
        return frame.render_widget(Line::styled(words, scene.style(Role::TextFaint)), row_of(inner, 0));
    }
    for ((y, row), place) in (0..inner.height).zip(&results.rows).zip(0..) {
        let area = row_of(inner, y);
        let is_under_hand = place == results.cursor;
        if is_under_hand {
            frame.buffer_mut().set_style(area, scene.style(Role::Cursor));
        }
        frame.render_widget(line(scene, row, is_under_hand, usize::from(inner.width)), area);
    }
}

fn title(results: &Results) -> String {
    let is_offer = results.rows.first().is_some_and(|row| row.why != Why::Match);
    let more = if results.is_working { " so far" } else { "" };
    let n_found = figures::grouped(results.n_found as u64);
    match results.n_found {
        _ if is_offer => " Pinned and visited ".to_owned(),
        n if n > results.n_listed => format!(" {} of {n_found}{more} ", results.n_listed),
        _ => format!(" {n_found} found{more} "),
    }
}

fn line(scene: &Scene<'_>, row: &ResultRow, is_under_hand: bool, width: usize) -> Line<'static> {
    let mut line = Strip::default();
    line.put(if is_under_hand { ">" } else { " " }, scene.style(Role::TitleFocused));
    let mark = match row.why {
        Why::Pinned => "★",
        Why::Match | Why::Visited => " ",
    };
    line.put(mark, scene.style(Role::Mark));
    if let Some(device) = &row.device {
        let name = sanitize(device.as_bytes(), DEVICE_COLS + 1);
        line.put(format!(" {}", fit(&name, DEVICE_COLS, "…")), scene.style(Role::TopicDevice));
        line.to(3 + DEVICE_COLS);
    }
    line.put(" ", Style::new());
    let room = width.saturating_sub(line.cols() + AGE_COLS + 3);
    let (start, topic_cols) = (line.cols(), room * TOPIC_PERCENT / 100);
    topic(scene, row, is_under_hand, topic_cols, &mut line);
    line.to(start + topic_cols + 2);
    if let Some(value) = &row.value {
        let room = width.saturating_sub(line.cols() + AGE_COLS + 1);
        line.put_inks(&value.line, room, scene.theme, Style::new());
    }
    if let Some(received) = row.received {
        let age = figures::age(scene.seen_at.since(received));
        line.put_right(&age, width.saturating_sub(1), scene.style(Role::TextFaint));
    }
    line.into_line()
}

/// The topic with its letters that match; one that is too long loses its beginning, and one with letters that
/// have to be escaped shows no match.
fn topic(scene: &Scene<'_>, row: &ResultRow, is_under_hand: bool, max_cols: usize, line: &mut Strip) {
    let plain = scene.style(Role::Topic);
    let lit = scene.style(if is_under_hand { Role::MatchCurrent } else { Role::Match });
    if cols(&row.topic) > max_cols || sanitize(row.topic.as_bytes(), usize::MAX) != row.topic {
        return line.put(keep_end(&row.topic, max_cols), plain);
    }
    let mut at = 0;
    for range in &row.lit {
        line.put(row.topic.get(at..range.start).unwrap_or_default(), plain);
        line.put(row.topic.get(range.clone()).unwrap_or_default(), lit);
        at = range.end;
    }
    line.put(row.topic.get(at..).unwrap_or_default(), plain);
}
