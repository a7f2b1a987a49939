//! The help overlay. Owns its frame and columns; the lines and how far they scroll are the model's.
use ratatui::Frame;
use ratatui::layout::{Margin, Rect};
use ratatui::text::Line;
use ratatui::widgets::{Block, Clear, Paragraph};

use super::strip::Strip;
use super::{Scene, centred};
use crate::model::help::{self, HelpLine};
use crate::theme::Role;

pub fn draw(scene: &Scene<'_>, scroll: usize, frame: &mut Frame<'_>) {
    let screen = frame.area();
    let columns = help::columns(&scene.model.keymap, screen.width);
    let n_columns = u16::try_from(columns.len()).unwrap_or(1).max(1);
    let body = Rect { y: screen.y + 1, height: screen.height.saturating_sub(2), ..screen };
    let column_cols = help::column_cols(screen.width);
    let width = (column_cols + 2).saturating_mul(n_columns).saturating_add(2);
    let n_seen = help::n_seen(screen.height);
    let n_lines = columns.iter().map(Vec::len).max().unwrap_or_default();
    let height = u16::try_from(n_lines.min(n_seen)).unwrap_or(u16::MAX).saturating_add(2);
    let area = centred(body, width, height);
    let scroll = scroll.min(n_lines.saturating_sub(n_seen));
    let mut block = Block::bordered()
        .border_style(scene.style(Role::BorderFocused))
        .title(Line::styled(" Keys ", scene.style(Role::TitleFocused)));
    if n_lines > n_seen {
        let mark = format!(" {}/{n_lines} ", scroll + n_seen);
        block = block.title_bottom(Line::styled(mark, scene.style(Role::Title)).right_aligned());
    }
    frame.render_widget(Clear, area);
    frame.buffer_mut().set_style(area, scene.style(Role::Text));
    frame.render_widget(block, area);
    let inner = area.inner(Margin::new(1, 1));
    for (x, lines) in (inner.x + 1..).step_by(usize::from(column_cols) + 2).zip(columns) {
        let column = Rect { x, width: column_cols, ..inner }.intersection(inner);
        let seen = lines.iter().skip(scroll).take(n_seen);
        let seen: Vec<Line<'_>> = seen.map(|line| words(scene, line, usize::from(column.width))).collect();
        frame.render_widget(Paragraph::new(seen), column);
    }
}

fn words(scene: &Scene<'_>, line: &HelpLine, max_cols: usize) -> Line<'static> {
    match line {
        HelpLine::Title(title) => Line::styled(*title, scene.style(Role::HelpTitle)),
        HelpLine::Words(words) => Line::styled(words.clone(), scene.style(Role::Text)),
        HelpLine::Blank => Line::default(),
        HelpLine::Keys { keys, words } => {
            let mut line = Strip::default();
            line.put_fit(keys, max_cols, scene.style(Role::HelpKey));
            line.to(help::KEY_COLS.max(line.cols() + 2));
            line.put_fit(words, max_cols.saturating_sub(line.cols()), scene.style(Role::Text));
            line.into_line()
        }
    }
}
