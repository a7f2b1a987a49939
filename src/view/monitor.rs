//! The Monitor screen, and the banner of a loop. Owns frames and colours; the lines and where they lie are the
//! model's.
use ratatui::Frame;
use ratatui::layout::{Margin, Rect};
use ratatui::style::Style;
use ratatui::symbols::border;
use ratatui::text::Line;
use ratatui::widgets::{Block, Clear};

use super::strip::Strip;
use super::{Scene, bars, rect};
use crate::decode::sanitize;
use crate::model::ingest;
use crate::model::monitor::board::{self, Seen, Shade};
use crate::model::overlay::Overlay;
use crate::theme::Role;

pub fn draw(scene: &Scene<'_>, frame: &mut Frame<'_>) {
    let board = &scene.model.picture.board;
    for (place, seen) in board.panels.iter().enumerate() {
        let page = board.page.filter(|_| place == 0);
        panel(scene, seen, page, frame);
    }
}

fn panel(scene: &Scene<'_>, seen: &Seen, page: Option<(usize, usize)>, frame: &mut Frame<'_>) {
    let area = rect(seen.area, frame);
    let is_heard = scene.model.overlay == Overlay::None && scene.model.monitor.panel == seen.panel;
    let (edge, name) =
        if is_heard { (Role::BorderFocused, Role::TitleFocused) } else { (Role::Border, Role::Title) };
    let mut title = Strip::default();
    if let Some((page, n)) = page {
        title.put(format!(" Monitor {page}/{n} ·"), scene.style(Role::Title));
    }
    title.put(format!(" {} ", seen.panel.title()), scene.style(name));
    if !seen.title.is_empty() {
        title.put(format!("─ {} ", seen.title), scene.style(Role::Title));
    }
    let mut block =
        Block::bordered().border_set(border::PLAIN).border_style(scene.style(edge)).title(title.into_line());
    if seen.lines.len() < seen.n_lines {
        let mark = format!(" {}/{} ", seen.top + seen.lines.len(), seen.n_lines);
        block = block.title_bottom(Line::styled(mark, scene.style(Role::Title)).right_aligned());
    }
    frame.render_widget(block, area);
    let inner = area.inner(Margin::new(1, 1));
    for (line, y) in seen.lines.iter().zip(inner.y..inner.bottom()) {
        let row = Rect { y, height: 1, ..inner };
        frame.render_widget(words(scene, line, usize::from(inner.width)), row);
        if is_heard && line.row.is_some() && line.row == seen.row {
            frame.buffer_mut().set_style(row, scene.style(Role::Cursor));
        }
    }
}

/// A line of a panel, in its colours.
pub fn words(scene: &Scene<'_>, line: &board::Line, max_cols: usize) -> Line<'static> {
    let over = match line.shade {
        Shade::Plain => Style::new(),
        Shade::Faint => scene.style(Role::TextFaint),
        Shade::Good => scene.style(Role::StatusOnline),
        Shade::Warn => scene.style(Role::StatusConnecting),
        Shade::Bad => scene.style(Role::StatusLost),
    };
    let mut strip = Strip::default();
    strip.put(" ", Style::new());
    strip.put_inks(&line.line, max_cols.saturating_sub(1), scene.theme, over);
    if !line.bars.is_empty() {
        let room = max_cols.saturating_sub(strip.cols());
        strip.put(bars::bars(&line.bars, room), scene.style(Role::Sparkline));
    }
    strip.into_line()
}

/// Says over the body's first row that two clients answer each other.
pub fn banner(scene: &Scene<'_>, frame: &mut Frame<'_>) {
    let Some((_, topic)) = &scene.model.found_loop else { return };
    let header = rect(scene.layout.header, frame);
    let area = Rect { y: header.bottom(), height: 1, ..header }.intersection(frame.area());
    let max_cols = usize::from(area.width);
    let mut line = Strip::default();
    let style = scene.style(Role::StatusLost);
    let words = sanitize(ingest::looped(topic).as_bytes(), usize::MAX);
    let leave = "; esc dismisses this ";
    line.put_fit(&format!(" LOOP: {words}"), max_cols.saturating_sub(leave.len()), style);
    line.put(leave, style);
    frame.render_widget(Clear, area);
    frame.buffer_mut().set_style(area, scene.style(Role::Header));
    frame.render_widget(line.into_line(), area);
}
