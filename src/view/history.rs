//! The table of past messages and what stands above it. Owns its columns and which of them go when it is narrow.
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use super::row::retained_mark;
use super::strip::Strip;
use super::{Scene, row_of};
use crate::decode::escape::Glyphs;
use crate::decode::figures;
use crate::model::layout::Pane;
use crate::model::past::rows::PastRow;
use crate::model::shown::Shown;
use crate::theme::Role;
use crate::time::WallOrigin;

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
    let mut lines: Vec<Line<'_>> = Vec::new();
    for said in &shown.lines {
        let mut line = Strip::default();
        line.put_inks(said, max_cols, scene.theme, Style::new());
        lines.push(line.into_line());
    }
    let time = if shown.is_utc { "time UTC" } else { "time" };
    lines.push(heading(&columns, time, max_cols, faint));
    let n_above = lines.len();
    for past in &shown.past {
        lines.push(row(scene, shown, past, (&columns, value_cols)));
    }
    frame.render_widget(Paragraph::new(lines), area);
    let hand = shown.cursor.and_then(|hand| u16::try_from(n_above + hand).ok());
    if let Some(hand) = hand.filter(|hand| *hand < area.height) {
        let role = if scene.has_focus(Pane::Inspector) { Role::Cursor } else { Role::CursorUnfocused };
        frame.buffer_mut().set_style(row_of(area, hand), scene.style(role));
    }
}

/// Its time, a mark when others are compared with it, its value, and the rest.
fn row(
    scene: &Scene<'_>,
    shown: &Shown,
    past: &PastRow,
    (columns, value_cols): (&[&Column], usize),
) -> Line<'static> {
    let faint = scene.style(Role::TextFaint);
    let wall = scene.model.settings.wall;
    let wall = if shown.is_utc { WallOrigin { offset_s: 0, ..wall } } else { wall };
    let mut line = Strip::default();
    line.put_right(&wall.time_of_day(past.received), TIME_COLS, faint);
    if past.is_marked {
        line.put("=", scene.style(Role::Mark));
    }
    line.to(TIME_COLS + GAP_COLS);
    line.put_inks(&past.preview.line, value_cols, scene.theme, Style::new());
    let mut end = TIME_COLS + GAP_COLS + value_cols;
    for column in columns {
        end += GAP_COLS + column.cols;
        line.put_right(&(column.cell)(past, scene.glyphs()), end, faint);
    }
    line.into_line()
}

/// What is said beside a filter while it is typed.
pub fn said(scene: &Scene<'_>) -> String {
    let cursor = scene.model.cursor;
    let n_held = scene.model.device(cursor.device).map_or(0, |device| device.store.n_history(cursor.node));
    let grouped = |n: usize| figures::grouped(n as u64);
    match &scene.model.inspector.past.filter {
        None => "part of the value, >20 <=5 =1, qos:1, r:yes, dup:yes, size:>1k".into(),
        Some(filter) if filter.is_working() => {
            format!("matches {} of {} so far", grouped(filter.n_found()), grouped(n_held))
        }
        Some(filter) => format!("matches {} of {}", grouped(filter.n_found()), grouped(n_held)),
    }
}

fn heading(columns: &[&Column], time: &str, max_cols: usize, style: Style) -> Line<'static> {
    let taken: usize = columns.iter().map(|column| column.cols + GAP_COLS).sum();
    let mut line = Strip::default();
    line.put(time, style);
    line.to(TIME_COLS + GAP_COLS);
    line.put("value", style);
    let mut end = max_cols.saturating_sub(taken);
    for column in columns {
        end += GAP_COLS + column.cols;
        line.put_right(column.title, end, style);
    }
    line.into_line()
}
