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
//!
//! While something is learnt, the Learn pane lies below topics and inspector on a wide screen; on others it is
//! seen while it hears the keys, on a stacked one in the inspector's place.

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
    /// What is being learnt.
    Learn,
}

/// Which panes there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Panes {
    /// Topics, inspector and publish form.
    #[default]
    Three,
    /// The Learn pane as well.
    WithLearn,
}

impl Pane {
    /// The next one, round and round.
    pub const fn next(self, panes: Panes) -> Self {
        match (self, panes) {
            (Self::Topics, Panes::WithLearn) => Self::Learn,
            (Self::Topics, Panes::Three) | (Self::Learn, _) => Self::Inspector,
            (Self::Inspector, _) => Self::Publish,
            (Self::Publish, _) => Self::Topics,
        }
    }

    /// The one before, round and round.
    pub const fn previous(self, panes: Panes) -> Self {
        match (self, panes) {
            (Self::Topics, _) => Self::Publish,
            (Self::Inspector, Panes::WithLearn) => Self::Learn,
            (Self::Inspector, Panes::Three) | (Self::Learn, _) => Self::Topics,
            (Self::Publish, _) => Self::Inspector,
        }
    }
}

/// How much of the screen the pane in focus has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Extent {
    /// Its place beside the others.
    #[default]
    Shared,
    /// All of it.
    Whole,
}

impl Extent {
    /// The other one.
    pub const fn other(self) -> Self {
        match self {
            Self::Shared => Self::Whole,
            Self::Whole => Self::Shared,
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
    /// What is being learnt.
    pub learn: Area,
    /// The publish form.
    pub publish: Area,
    /// The lowest row.
    pub footer: Area,
}

/// Arranges the panes, the form with so many rows.
pub fn layout(cols: u16, rows: u16, focus: Pane, panes: Panes, form_rows: u16) -> Layout {
    let arrangement = match (cols, rows) {
        (cols, rows) if cols < MIN_COLS || rows < MIN_ROWS => Arrangement::TooSmall,
        (100.., 20..) => Arrangement::Wide,
        (_, 22..) => Arrangement::Stacked,
        _ => Arrangement::Single,
    };
    within(arrangement, (cols, rows), focus, panes, form_rows)
}

/// The pane in focus alone, on a screen of any size.
pub fn alone(cols: u16, rows: u16, focus: Pane) -> Layout {
    let usual = layout(cols, rows, focus, Panes::Three, FORM_ROWS);
    match usual.arrangement {
        Arrangement::TooSmall => usual,
        Arrangement::Wide | Arrangement::Stacked | Arrangement::Single => {
            within(Arrangement::Single, (cols, rows), focus, Panes::Three, FORM_ROWS)
        }
    }
}

fn within(
    arrangement: Arrangement,
    (cols, rows): (u16, u16),
    focus: Pane,
    panes: Panes,
    form_rows: u16,
) -> Layout {
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
            let (upper, learn) = match panes {
                Panes::Three => (upper, Area::default()),
                Panes::WithLearn => {
                    // Whoever ticks rows wants many of them.
                    let percent = if focus == Pane::Learn { 60 } else { 40 };
                    let below = upper.rows * percent / 100;
                    let above = upper.rows - below;
                    (Area { rows: above, ..upper }, Area { y: upper.y + above, rows: below, ..upper })
                }
            };
            Layout {
                topics: Area { cols: left, ..upper },
                inspector: Area { x: left, cols: cols - left, ..upper },
                learn,
                publish,
                ..empty
            }
        }
        Arrangement::Stacked => {
            // Whoever reads the inspector wants lines; the tree keeps the cursor in sight.
            let percent = if matches!(focus, Pane::Inspector | Pane::Learn) { 32 } else { 58 };
            let above = upper.rows * percent / 100;
            let below = Area { y: upper.y + above, rows: upper.rows - above, ..upper };
            let usual = Layout { topics: Area { rows: above, ..upper }, publish, ..empty };
            match focus {
                Pane::Learn => Layout { learn: below, ..usual },
                Pane::Topics | Pane::Inspector | Pane::Publish => Layout { inspector: below, ..usual },
            }
        }
        Arrangement::Single => match focus {
            Pane::Topics => Layout { topics: body, ..empty },
            Pane::Inspector => Layout { inspector: body, ..empty },
            Pane::Publish => Layout { publish: body, ..empty },
            Pane::Learn => Layout { learn: body, ..empty },
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
                let three = [Pane::Topics, Pane::Inspector, Pane::Publish].map(|pane| (pane, Panes::Three));
                let all = [Pane::Topics, Pane::Inspector, Pane::Publish, Pane::Learn];
                let four = all.map(|pane| (pane, Panes::WithLearn));
                for (focus, which) in three.into_iter().chain(four) {
                    let layout = layout(cols, rows, focus, which, 3 + cols % 6);
                    let middle = [layout.topics, layout.inspector, layout.learn, layout.publish];
                    let panes = [layout.header, layout.footer].into_iter().chain(middle).collect::<Vec<_>>();
                    let cells = |area: &Area| usize::from(area.cols) * usize::from(area.rows);
                    let sum: usize = panes.iter().map(cells).sum();
                    assert_eq!(sum, usize::from(cols) * usize::from(rows), "{cols}x{rows} {focus:?}");
                }
            }
        }
    }

    #[test]
    fn a_classic_terminal_shows_all_three_panes() {
        let at = layout(80, 24, Pane::Topics, Panes::Three, FORM_ROWS);
        let rows = [at.header, at.topics, at.inspector, at.publish, at.footer].map(|area| area.rows);
        assert_eq!(rows, [1, 11, 8, 3, 1]);
        assert_eq!(layout(59, 24, Pane::Topics, Panes::Three, FORM_ROWS).arrangement, Arrangement::TooSmall);
        assert_eq!(layout(5, 3, Pane::Topics, Panes::Three, FORM_ROWS).arrangement, Arrangement::TooSmall);
    }
}
