//! Rows with indents as a tree widget. Owns the items, their ids, and which of them the widget takes for open.
//!
//! The widget gets the rows on screen and what they lie in alone, for it flattens whatever it is given: a frame costs
//! what is on the screen. Ids are the rows' places.
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use tui_tree_widget::{Tree, TreeItem, TreeState};

use super::Scene;
use crate::model::layout::Pane;
use crate::theme::Role;

/// An id that no row has: selects nothing, and still has every row indented by the cursor's mark.
const NOBODY: usize = usize::MAX;

/// A row: how deep it lies below the outermost one, and its text.
pub struct Branch {
    pub indent: usize,
    pub text: Line<'static>,
}

/// Draws rows, each at most one level deeper than the one before it, and the cursor on one of them.
pub fn draw(
    scene: &Scene<'_>,
    pane: Pane,
    rows: &mut [Branch],
    cursor: Option<usize>,
    area: Rect,
    frame: &mut Frame<'_>,
) {
    let mut state = TreeState::default();
    let mut maker = Maker { rows, state: &mut state, path: Vec::new() };
    let items = maker.items(&mut 0, 0);
    state.select(cursor.map_or(vec![NOBODY], |idx| path_to(rows, idx)));
    let focus = if scene.has_focus(pane) { Role::Cursor } else { Role::CursorUnfocused };
    let Ok(tree) = Tree::new(&items) else { return };
    let tree = tree
        .highlight_symbol(">")
        .highlight_style(scene.style(focus))
        .node_closed_symbol("  ")
        .node_open_symbol("  ")
        .node_no_children_symbol("  ");
    frame.render_stateful_widget(tree, area, &mut state);
}

/// The ids from the outermost row shown to this one.
fn path_to(rows: &[Branch], idx: usize) -> Vec<usize> {
    let mut path = vec![idx];
    let mut indent = rows.get(idx).map_or(0, |row| row.indent);
    for (above, row) in rows.iter().enumerate().take(idx).rev() {
        if row.indent < indent {
            path.push(above);
            indent = row.indent;
        }
    }
    path.reverse();
    path
}

/// Makes the widget's items.
struct Maker<'a> {
    rows: &'a mut [Branch],
    state: &'a mut TreeState<usize>,
    path: Vec<usize>,
}

impl Maker<'_> {
    /// The items of one indent from the next row on, with all below them. As deep as the indent at most.
    fn items(&mut self, next: &mut usize, indent: usize) -> Vec<TreeItem<'static, usize>> {
        let mut items = Vec::new();
        while let Some(row) = self.rows.get_mut(*next).filter(|row| row.indent >= indent) {
            let (id, text) = (*next, std::mem::take(&mut row.text));
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
}
