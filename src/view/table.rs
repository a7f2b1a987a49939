//! The table of topics. Owns its columns, and which go when the pane is narrow; their order is the model's.
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;

use super::row::retained_mark;
use super::strip::{Strip, keep_end};
use super::{Scene, footer, row_of};
use crate::decode::{escape, figures};
use crate::model::layout::Pane;
use crate::model::picture::{Row, RowValue};
use crate::model::table::picture::Cells;
use crate::model::table::{Column, Table};
use crate::model::typed::Fit;
use crate::theme::Role;

/// The cursor's mark, and the mark of what is kept or pinned.
const MARGIN_COLS: usize = 3;

/// Blanks between two columns.
const GAP_COLS: usize = 2;

/// What topic and value keep at least, and the part of the rest that the topic takes, in percent.
const MIN_TOPIC_COLS: usize = 26;
const MIN_VALUE_COLS: usize = 12;
const TOPIC_PERCENT: usize = 60;

/// R at the right edge.
const RETAINED_COLS: usize = 1;

/// The columns that go, those that go last first, each with its width.
const OPTIONAL: [(Column, usize); 5] =
    [(Column::Age, 4), (Column::Rate, 6), (Column::Count, 6), (Column::Kind, 7), (Column::Size, 6)];

/// Where the columns lie; all counted from the pane's left edge.
struct Columns {
    topic: usize,
    value: usize,
    /// Those that found room, from left to right, each with its end.
    others: Vec<(Column, usize, usize)>,
}

impl Columns {
    fn new(width: usize, sorted: Column) -> Self {
        let mut room = width.saturating_sub(MARGIN_COLS + GAP_COLS + RETAINED_COLS + GAP_COLS);
        let least = MIN_TOPIC_COLS + MIN_VALUE_COLS;
        let mut there: Vec<(Column, usize)> = Vec::new();
        // What it is ordered by is seen whatever goes.
        let (first, rest): (Vec<_>, Vec<_>) = OPTIONAL.into_iter().partition(|(column, _)| *column == sorted);
        for (column, cols) in first.into_iter().chain(rest) {
            if room >= least + cols + GAP_COLS {
                room -= cols + GAP_COLS;
                there.push((column, cols));
            }
        }
        let topic = (room * TOPIC_PERCENT / 100).max(MIN_TOPIC_COLS.min(room));
        let value = room - topic;
        let mut at = MARGIN_COLS + topic + GAP_COLS + value;
        let mut others = Vec::new();
        for column in Column::ALL {
            if let Some((_, cols)) = there.iter().find(|(other, _)| *other == column) {
                others.push((column, at + GAP_COLS, *cols));
                at += GAP_COLS + cols;
            }
        }
        Self { topic, value, others }
    }

    const fn value_at(&self) -> usize {
        MARGIN_COLS + self.topic + GAP_COLS
    }
}

/// Draws the table into the pane's inside.
pub fn draw(scene: &Scene<'_>, table: &Table, inner: Rect, frame: &mut Frame<'_>) {
    let columns = Columns::new(usize::from(inner.width), table.order.column);
    frame.render_widget(heading(scene, table, &columns), row_of(inner, 0));
    let picture = &scene.model.picture;
    if picture.cells.is_empty() {
        let words = if table.is_ordering() { "   putting in order …" } else { "   no topic here yet" };
        return frame.render_widget(Line::styled(words, scene.style(Role::TextFaint)), row_of(inner, 1));
    }
    for (y, (row, cells)) in (1..inner.height).zip(picture.rows.iter().zip(&picture.cells)) {
        let area = row_of(inner, y);
        let is_under_hand = row.id == scene.model.cursor;
        if is_under_hand {
            let focus = scene.has_focus(Pane::Topics);
            let role = if focus { Role::Cursor } else { Role::CursorUnfocused };
            frame.buffer_mut().set_style(area, scene.style(role));
        }
        frame.render_widget(line(scene, (row, cells), &columns, usize::from(inner.width)), area);
    }
}

/// What the pane's title says of it: below what, how many, by what.
pub fn title(scene: &Scene<'_>, table: &Table) -> String {
    let mut top = String::new();
    let mut words = String::new();
    if let Some(device) = scene.model.device(table.device) {
        device.store.topic_of(table.top, &mut top);
        let name = if top.is_empty() { &device.profile.name } else { &top };
        words = format!("{} · ", keep_end(name, usize::from(scene.layout.topics.cols) / 3));
    }
    let n_rows = figures::counted(table.n_rows() as u64, "topic");
    let arrow = arrow(table);
    let busy = if table.is_ordering() { " …" } else { "" };
    format!("{words}{n_rows} · by {} {arrow}{busy}", table.order.column.name())
}

const fn arrow(table: &Table) -> &'static str {
    if table.order.is_down { "↓" } else { "↑" }
}

fn heading(scene: &Scene<'_>, table: &Table, columns: &Columns) -> Line<'static> {
    let mut line = Strip::default();
    let of = |column: Column| {
        if column == table.order.column {
            (format!("{}{}", column.name(), arrow(table)), scene.style(Role::TitleFocused))
        } else {
            (column.name().to_owned(), scene.style(Role::TextFaint))
        }
    };
    for (column, at) in [(Column::Topic, MARGIN_COLS), (Column::Value, columns.value_at())] {
        let (words, style) = of(column);
        line.to(at);
        line.put(words, style);
    }
    for (column, at, cols) in &columns.others {
        let (words, style) = of(*column);
        if *column == Column::Kind {
            line.to(*at);
            line.put(words, style);
        } else {
            line.put_right(&words, at + cols, style);
        }
    }
    line.into_line()
}

fn line(scene: &Scene<'_>, (row, cells): (&Row, &Cells), columns: &Columns, width: usize) -> Line<'static> {
    let mut line = Strip::default();
    let faint = scene.style(Role::TextFaint);
    let is_under_hand = row.id == scene.model.cursor;
    line.put(if is_under_hand { ">" } else { " " }, scene.style(Role::TitleFocused));
    line.put(mark(row), scene.style(Role::Mark));
    line.to(MARGIN_COLS);
    topic(scene, row, cells, columns.topic, &mut line);
    line.to(columns.value_at());
    match &row.value {
        Some(value) => put_value(scene, value, columns.value, &mut line),
        None => line.put_fit("not heard yet", columns.value, faint),
    }
    for (column, at, cols) in &columns.others {
        let words = match column {
            Column::Kind => {
                line.to(*at);
                line.put_fit(cells.kind, *cols, faint);
                continue;
            }
            Column::Age => row
                .value
                .as_ref()
                .map_or_else(String::new, |value| figures::age(scene.seen_at.since(value.received))),
            Column::Count => count(cells.n_messages, *cols),
            Column::Rate if cells.rate > 0.0 => figures::rate(f64::from(cells.rate)),
            Column::Topic | Column::Value | Column::Rate => String::new(),
            Column::Size => cells.n_bytes.map_or_else(String::new, |n| figures::bytes(n as u64)),
        };
        line.put_right(&words, at + cols, faint);
    }
    if let Some(value) = &row.value {
        let (mark, role) = retained_mark(value.retained, scene.glyphs());
        line.put_right(mark, width.saturating_sub(RETAINED_COLS), scene.style(role));
    }
    line.into_line()
}

fn mark(row: &Row) -> &'static str {
    match (row.is_kept, row.is_pinned) {
        (true, _) => "◆",
        (false, true) => "★",
        (false, false) => "",
    }
}

/// The topic from the branch on, its end seen in any case; a kept node by its alias.
fn topic(scene: &Scene<'_>, row: &Row, cells: &Cells, max_cols: usize, line: &mut Strip) {
    let role = match &row.value {
        Some(value) if value.is_stale => Role::TopicStale,
        Some(value) if value.retained == crate::mqtt::Retained::Yes => Role::TopicRetained,
        Some(_) | None => Role::Topic,
    };
    let mut style = scene.style(role);
    if row.is_match {
        style = style.patch(scene.style(Role::Match));
    }
    let text = cells.alias.as_deref().unwrap_or(&cells.topic);
    if text.is_empty() {
        let level = escape::level(text, scene.glyphs(), max_cols);
        return line.put_inks(&level, max_cols, scene.theme, Style::new());
    }
    line.put(keep_end(text, max_cols), style);
}

fn put_value(scene: &Scene<'_>, value: &RowValue, max_cols: usize, line: &mut Strip) {
    let misfits = matches!(value.fit, Some(Fit::Misfit(_) | Fit::Outside(_)));
    let over = match (&value.fit, value.is_stale, value.is_lit) {
        (Some(Fit::Misfit(_)), ..) => scene.style(Role::ValueError),
        (_, true, _) => scene.style(Role::TopicStale),
        (_, false, true) => scene.style(Role::ValueChanged),
        (_, false, false) => Style::new(),
    };
    let room = max_cols.saturating_sub(2 * usize::from(misfits));
    line.put_inks(&value.preview.line, room, scene.theme, over);
    if misfits {
        line.put(" !", scene.style(Role::ValueError));
    }
}

/// A count in groups of three, or in short where that has no room.
fn count(n: u64, max_cols: usize) -> String {
    let grouped = figures::grouped(n);
    if grouped.len() <= max_cols { grouped } else { footer::short(n) }
}
