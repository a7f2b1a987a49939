//! The table of past messages. Owns its columns and which of them go when it is narrow.
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use super::Scene;
use super::row::retained_mark;
use super::strip::Strip;
use crate::decode::escape::Glyphs;
use crate::decode::figures;
use crate::model::shown::{PastRow, Shown};
use crate::theme::Role;

/// What is left to the value.
const MIN_VALUE_COLS: usize = 12;

/// A column behind the value.
struct Column {
    title: &'static str,
    cols: usize,
    /// The lowest goes first when there is no room.
    worth: u8,
    cell: fn(&PastRow, Glyphs) -> String,
}

/// Behind time and value, from left to right.
const COLUMNS: [Column; 5] = [
    Column {
        title: "Δt",
        cols: 7,
        worth: 5,
        cell: |past, _| past.delta.map(figures::span).unwrap_or_default(),
    },
    Column { title: "size", cols: 6, worth: 2, cell: |past, _| figures::bytes(past.n_bytes as u64) },
    Column { title: "QoS", cols: 3, worth: 3, cell: |past, _| past.qos.to_string() },
    Column {
        title: "R",
        cols: 1,
        worth: 4,
        cell: |past, glyphs| retained_mark(past.retained, glyphs).0.to_owned(),
    },
    Column { title: "DUP", cols: 3, worth: 1, cell: |past, _| dup_word(past.dup).to_owned() },
];

const fn dup_word(dup: bool) -> &'static str {
    if dup { "DUP" } else { "" }
}

/// `14:05:09.123`.
const TIME_COLS: usize = 12;
const GAP_COLS: usize = 2;

pub fn draw(scene: &Scene<'_>, shown: &Shown, area: Rect, frame: &mut Frame<'_>) {
    let max_cols = usize::from(area.width);
    let mut columns: Vec<&Column> = COLUMNS.iter().collect();
    let taken = |columns: &[&Column]| columns.iter().map(|column| column.cols + GAP_COLS).sum::<usize>();
    let room = max_cols.saturating_sub(TIME_COLS + GAP_COLS);
    while taken(&columns) + MIN_VALUE_COLS > room
        && let Some(least) = columns.iter().map(|column| column.worth).min()
    {
        columns.retain(|column| column.worth > least);
    }
    let value_cols = room.saturating_sub(taken(&columns));
    let faint = scene.style(Role::TextFaint);
    let mut lines = vec![heading(&columns, max_cols, faint)];
    for past in &shown.past {
        let mut line = Strip::default();
        line.put_right(&scene.model.settings.wall.time_of_day(past.received), TIME_COLS, faint);
        line.to(TIME_COLS + GAP_COLS);
        let room = value_cols.saturating_sub(usize::from(past.is_cut));
        line.put_inks(&past.preview.line, room, scene.theme, Style::new());
        if past.is_cut {
            line.put("…", faint);
        }
        let mut end = TIME_COLS + GAP_COLS + value_cols;
        for column in &columns {
            end += GAP_COLS + column.cols;
            line.put_right(&(column.cell)(past, scene.glyphs()), end, faint);
        }
        lines.push(line.into_line());
    }
    frame.render_widget(Paragraph::new(lines), area);
}

fn heading(columns: &[&Column], max_cols: usize, style: Style) -> Line<'static> {
    let taken: usize = columns.iter().map(|column| column.cols + GAP_COLS).sum();
    let mut line = Strip::default();
    line.put("time", style);
    line.to(TIME_COLS + GAP_COLS);
    line.put("value", style);
    let mut end = max_cols.saturating_sub(taken);
    for column in columns {
        end += GAP_COLS + column.cols;
        line.put_right(column.title, end, style);
    }
    line.into_line()
}
