//! A structured value as a tree. Owns how the window's rows become a tree widget's items, and the row of the path
//! below them; which rows there are, the model knows.
//!
//! The widget gets the rows on screen and what the first of them lies in, for it flattens whatever it is given. Ids
//! are the rows' places in the window.
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;
use tui_tree_widget::{Tree, TreeItem, TreeState};

use super::Scene;
use super::strip::{Strip, keep_end};
use crate::decode::{cols, figures};
use crate::model::inspector::rows::{StructureRow, Structured};
use crate::model::layout::Pane;
use crate::model::shown::Shown;
use crate::theme::Role;

/// An id that no row has: selects nothing, and still has every row indented by the cursor's mark.
const NOBODY: usize = usize::MAX;

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
    let mut state = TreeState::default();
    let width = usize::from(area.width);
    let mut maker = Maker { scene, width, rows: &rows, state: &mut state, path: Vec::new() };
    let items = maker.items(&mut 0, 0);
    state.select(cursor.map_or(vec![NOBODY], |idx| path_to(&rows, idx)));
    let focus = if scene.has_focus(Pane::Inspector) { Role::Cursor } else { Role::CursorUnfocused };
    let Ok(tree) = Tree::new(&items) else { return };
    let tree = tree
        .highlight_symbol(">")
        .highlight_style(scene.style(focus))
        .node_closed_symbol("  ")
        .node_open_symbol("  ")
        .node_no_children_symbol("  ");
    frame.render_stateful_widget(tree, area, &mut state);
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

/// The ids from the outermost row shown to this one.
fn path_to(rows: &[Placed<'_>], idx: usize) -> Vec<usize> {
    let mut path = vec![idx];
    let mut indent = rows.get(idx).map_or(0, |placed| placed.indent);
    for (above, placed) in rows.iter().enumerate().take(idx).rev() {
        if placed.indent < indent {
            path.push(above);
            indent = placed.indent;
        }
    }
    path.reverse();
    path
}

/// Makes the widget's items.
struct Maker<'a> {
    scene: &'a Scene<'a>,
    width: usize,
    rows: &'a [Placed<'a>],
    state: &'a mut TreeState<usize>,
    path: Vec<usize>,
}

impl Maker<'_> {
    /// The items of one indent from the next row on, with all below them. As deep as the indent at most.
    fn items(&mut self, next: &mut usize, indent: usize) -> Vec<TreeItem<'static, usize>> {
        let mut items = Vec::new();
        while let Some(placed) = self.rows.get(*next).filter(|placed| placed.indent >= indent) {
            let (id, text) = (*next, self.text(placed));
            *next += 1;
            self.path.push(id);
            let children = self.items(next, indent + 1);
            if !children.is_empty() {
                self.state.open(self.path.clone());
            }
            self.path.pop();
            items.extend(TreeItem::new(id, text, children));
        }
        items
    }

    fn text(&self, placed: &Placed<'_>) -> Line<'static> {
        let row = placed.row;
        let over = match (row.is_match, row.is_changed) {
            (true, _) if row.is_cursor => self.scene.style(Role::MatchCurrent),
            (true, _) => self.scene.style(Role::Match),
            (false, true) => self.scene.style(Role::ValueChanged),
            (false, false) => Style::new(),
        };
        let mut line = Strip::default();
        let room = self.width.saturating_sub(LEAD_COLS + placed.indent * INDENT_COLS);
        line.put_inks(&row.line, room, self.scene.theme, over);
        line.into_line()
    }
}
