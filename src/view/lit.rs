//! Letters that match, lit on what is drawn. Owns the way from bytes and texts to cells.
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use std::ops::Range;

use crate::decode::{cols, sanitize};

/// Lights bytes of a level that was drawn from the left edge of an area on.
pub fn bytes(buffer: &mut Buffer, area: Rect, level: &str, lit: &[Range<usize>], style: Style) {
    let width = |end: usize| {
        let before = level.get(..end).unwrap_or(level);
        u16::try_from(cols(&sanitize(before.as_bytes(), usize::from(area.width)))).unwrap_or(u16::MAX)
    };
    for range in lit {
        let (from, to) = (width(range.start), width(range.end));
        let x = area.x.saturating_add(from);
        let cells = Rect { x, width: to.saturating_sub(from), ..area };
        buffer.set_style(cells.intersection(area), style);
    }
}

/// Lights a text wherever it is drawn in one row.
pub fn text(buffer: &mut Buffer, area: Rect, needle: &str, any_case: bool, style: Style) {
    let mut drawn = String::new();
    let mut places: Vec<(usize, u16)> = Vec::new();
    for x in area.x..area.right() {
        let symbol = buffer[(x, area.y)].symbol();
        places.push((drawn.len(), x));
        drawn.push_str(symbol);
    }
    if any_case {
        drawn.make_ascii_lowercase();
    }
    let found: Vec<Range<usize>> =
        drawn.match_indices(needle).map(|(at, text)| at..at + text.len()).collect();
    for (at, x) in places {
        if found.iter().any(|found| found.contains(&at)) {
            buffer.set_style(Rect { x, width: 1, height: 1, y: area.y }, style);
        }
    }
}
