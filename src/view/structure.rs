//! A structured value as a tree. Owns the texts of its rows, and the row of the path below them; which rows there
//! are, the model knows.
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use super::Scene;
use super::branches::{self, Branch};
use super::strip::{Strip, keep_end};
use crate::decode::{cols, figures};
use crate::model::inspector::rows::{StructureRow, Structured};
use crate::model::layout::Pane;
use crate::model::shown::Shown;
use crate::theme::Role;

/// Columns that the widget puts before a row of no indent: the cursor's mark and the arrow.
const LEAD_COLS: usize = 3;

/// Columns a level is set in by.
const INDENT_COLS: usize = 2;

/// The value's rows and its path, in what the inspector has left below its head.
pub fn draw(scene: &Scene<'_>, shown: &Shown, structured: &Structured, area: Rect, frame: &mut Frame<'_>) {
    if area.is_empty() {
        return;
    }
    let width = usize::from(area.width);
    let head = structured.head.iter().map(|line| {
        let mut strip = Strip::default();
        strip.put_inks(line, width, scene.theme, Style::new());
        strip.into_line()
    });
    let head: Vec<Line<'_>> = head.collect();
    let n_head = u16::try_from(head.len()).unwrap_or_default().min(area.height - 1);
    frame.render_widget(Paragraph::new(head), Rect { height: n_head, ..area });
    let path = Rect { y: area.bottom() - 1, height: 1, ..area };
    let rows = Rect { y: area.y + n_head, height: area.height - n_head - 1, ..area };
    tree(scene, structured, rows, frame);
    frame.render_widget(below(scene, shown, structured, width), path);
}

/// The path under the hand; at the right what is being read, was found, or how old the value is.
fn below(scene: &Scene<'_>, shown: &Shown, structured: &Structured, max_cols: usize) -> Line<'static> {
    let mut said = structured.note.clone();
    if said.is_empty() && shown.is_reading {
        "reading…".clone_into(&mut said);
    }
    if let Some(head) = shown.head.as_ref().filter(|_| said.is_empty() && structured.is_tight) {
        said = figures::ago(scene.seen_at.since(head.received));
    }
    let room = max_cols.saturating_sub(if said.is_empty() { 0 } else { cols(&said) + 2 });
    let mut line = Strip::default();
    line.put(keep_end(&structured.path, room), scene.style(Role::TextStrong));
    line.put_right(&said, max_cols, scene.style(Role::TextFaint));
    line.into_line()
}

/// A row with its indent below the outermost row shown.
struct Placed<'a> {
    row: &'a StructureRow,
    indent: usize,
}

fn tree(scene: &Scene<'_>, structured: &Structured, area: Rect, frame: &mut Frame<'_>) {
    let rows = place(structured, area);
    if rows.is_empty() {
        return;
    }
    let cursor = rows.iter().position(|placed| placed.row.is_cursor);
    let width = usize::from(area.width);
    let mut branches: Vec<Branch> = rows
        .iter()
        .map(|placed| Branch { indent: placed.indent, text: text(scene, placed, width) })
        .collect();
    branches::draw(scene, Pane::Inspector, &mut branches, cursor, area, frame);
    for (y, placed) in (area.y..area.bottom()).zip(&rows) {
        arrow(scene, placed, Rect { y, height: 1, ..area }, frame);
    }
}

/// The arrow of what has members: the widget knows only of those among the rows.
fn arrow(scene: &Scene<'_>, placed: &Placed<'_>, area: Rect, frame: &mut Frame<'_>) {
    let buffer = frame.buffer_mut();
    let col = u16::try_from(placed.indent * INDENT_COLS + 1).unwrap_or(u16::MAX);
    let arrow = area.x.saturating_add(col);
    if placed.row.has_members && arrow < area.right() {
        let symbol = if placed.row.is_open { "▾" } else { "▸" };
        buffer[(arrow, area.y)].set_symbol(symbol).set_style(scene.style(Role::TextFaint));
    }
    if placed.row.is_cursor && scene.has_focus(Pane::Inspector) {
        buffer[(area.x, area.y)].set_style(scene.style(Role::TitleFocused));
    }
}

/// The rows that fit, indented by at most half of the columns.
fn place(structured: &Structured, area: Rect) -> Vec<Placed<'_>> {
    let max_indent = usize::from(area.width) / 2 / INDENT_COLS;
    let base = structured.rows.iter().map(|row| row.depth).min().unwrap_or_default();
    let mut deepest = 0;
    let mut placed = Vec::new();
    for row in structured.rows.iter().take(usize::from(area.height)) {
        let indent = (row.depth - base).min(deepest).min(max_indent);
        deepest = indent + 1;
        placed.push(Placed { row, indent });
    }
    placed
}

/// A row's text.
fn text(scene: &Scene<'_>, placed: &Placed<'_>, width: usize) -> Line<'static> {
    let row = placed.row;
    let over = match (row.is_match, row.is_changed) {
        (true, _) if row.is_cursor => scene.style(Role::MatchCurrent),
        (true, _) => scene.style(Role::Match),
        (false, true) => scene.style(Role::ValueChanged),
        (false, false) => Style::new(),
    };
    let mut line = Strip::default();
    let room = width.saturating_sub(LEAD_COLS + placed.indent * INDENT_COLS);
    line.put_inks(&row.line, room, scene.theme, over);
    line.into_line()
}
