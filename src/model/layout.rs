//! Where the panes lie on a screen of some size. Owns the numbers; draws nothing.
//!
//! ```text
//!  wide (100x20 and more)          stacked (80x22 and more)     single (60x15 and more)
//! ┌───────── header ─────────┐    ┌──────── header ───────┐    ┌─────── header ──────┐
//! │ topics      │ inspector  │    │ topics                │    │ the pane in focus   │
//! │             │            │    ├───────────────────────┤    │                     │
//! ├──────── publish ─────────┤    │ inspector             │    │                     │
//! └───────── footer ─────────┘    ├──────── publish ──────┤    └─────── footer ──────┘
//!                                 └──────── footer ───────┘
//! ```

/// The smallest screen that shows anything but "too small".
pub const MIN_COLS: u16 = 60;
/// The smallest screen that shows anything but "too small".
pub const MIN_ROWS: u16 = 15;

/// Rows of the publish form where it is not alone: its frame and a row.
pub const FORM_ROWS: u16 = 3;
/// Rows of the editor in its place: its frame, the widget, what goes, what became of it.
pub const EDITOR_ROWS: u16 = 8;

/// A rectangle of cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Area {
    /// Left edge.
    pub x: u16,
    /// Upper edge.
    pub y: u16,
    /// Width.
    pub cols: u16,
    /// Height.
    pub rows: u16,
}

impl Area {
    /// What lies within a border of one cell.
    pub const fn inner(self) -> Self {
        Self {
            x: self.x.saturating_add(1),
            y: self.y.saturating_add(1),
            cols: self.cols.saturating_sub(2),
            rows: self.rows.saturating_sub(2),
        }
    }
}

/// The panes; Tab walks them in this order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pane {
    /// The topic tree.
    #[default]
    Topics,
    /// The inspector.
    Inspector,
    /// The publish form.
    Publish,
}

impl Pane {
    /// The next one, round and round.
    pub const fn next(self) -> Self {
        match self {
            Self::Topics => Self::Inspector,
            Self::Inspector => Self::Publish,
            Self::Publish => Self::Topics,
        }
    }

    /// The one before, round and round.
    pub const fn previous(self) -> Self {
        match self {
            Self::Topics => Self::Publish,
            Self::Inspector => Self::Topics,
            Self::Publish => Self::Inspector,
        }
    }
}

/// How the panes are arranged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Arrangement {
    /// Topics and inspector side by side.
    Wide,
    /// All panes on top of each other.
    #[default]
    Stacked,
    /// The pane in focus alone.
    Single,
    /// No room for anything.
    TooSmall,
}

/// Where everything lies; borders included, panes not shown are empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// How the panes are arranged.
    pub arrangement: Arrangement,
    /// The uppermost row.
    pub header: Area,
    /// The topic tree.
    pub topics: Area,
    /// The inspector.
    pub inspector: Area,
    /// The publish form.
    pub publish: Area,
    /// The lowest row.
    pub footer: Area,
}

/// Arranges the panes, the form with so many rows.
pub fn layout(cols: u16, rows: u16, focus: Pane, form_rows: u16) -> Layout {
    let arrangement = match (cols, rows) {
        (cols, rows) if cols < MIN_COLS || rows < MIN_ROWS => Arrangement::TooSmall,
        (100.., 20..) => Arrangement::Wide,
        (_, 22..) => Arrangement::Stacked,
        _ => Arrangement::Single,
    };
    let whole = Area { x: 0, y: 0, cols, rows };
    let header = Area { rows: 1, ..whole };
    let footer = Area { y: rows.saturating_sub(1), rows: 1, ..whole };
    let body = Area { y: 1, rows: rows.saturating_sub(2), ..whole };
    let upper = Area { rows: body.rows.saturating_sub(form_rows), ..body };
    let publish = Area { y: upper.y + upper.rows, rows: form_rows, ..body };
    let empty = Layout { arrangement, header, footer, ..Layout::default() };
    match arrangement {
        Arrangement::TooSmall => Layout { arrangement, ..Layout::default() },
        Arrangement::Wide => {
            let left = cols * 58 / 100;
            Layout {
                topics: Area { cols: left, ..upper },
                inspector: Area { x: left, cols: cols - left, ..upper },
                publish,
                ..empty
            }
        }
        Arrangement::Stacked => {
            // Whoever reads the inspector wants lines; the tree keeps the cursor in sight.
            let percent = if focus == Pane::Inspector { 32 } else { 58 };
            let above = upper.rows * percent / 100;
            Layout {
                topics: Area { rows: above, ..upper },
                inspector: Area { y: upper.y + above, rows: upper.rows - above, ..upper },
                publish,
                ..empty
            }
        }
        Arrangement::Single => match focus {
            Pane::Topics => Layout { topics: body, ..empty },
            Pane::Inspector => Layout { inspector: body, ..empty },
            Pane::Publish => Layout { publish: body, ..empty },
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_panes_fill_every_screen_without_overlap() {
        for cols in 60..300 {
            for rows in 15..100 {
                for focus in [Pane::Topics, Pane::Inspector, Pane::Publish] {
                    let layout = layout(cols, rows, focus, 3 + cols % 6);
                    let panes =
                        [layout.header, layout.topics, layout.inspector, layout.publish, layout.footer];
                    let cells = |area: &Area| usize::from(area.cols) * usize::from(area.rows);
                    let sum: usize = panes.iter().map(cells).sum();
                    assert_eq!(sum, usize::from(cols) * usize::from(rows), "{cols}x{rows} {focus:?}");
                }
            }
        }
    }

    #[test]
    fn a_classic_terminal_shows_all_three_panes() {
        let at = layout(80, 24, Pane::Topics, FORM_ROWS);
        let rows = [at.header, at.topics, at.inspector, at.publish, at.footer].map(|area| area.rows);
        assert_eq!(rows, [1, 11, 8, 3, 1]);
        assert_eq!(layout(59, 24, Pane::Topics, FORM_ROWS).arrangement, Arrangement::TooSmall);
        assert_eq!(layout(5, 3, Pane::Topics, FORM_ROWS).arrangement, Arrangement::TooSmall);
    }
}
