//! What differs between a payload and another, over the panes. Owns the box and its rows.
use ratatui::Frame;
use ratatui::layout::{Margin, Rect};
use ratatui::style::Modifier;
use ratatui::text::Line;
use ratatui::widgets::{Block, Clear, Paragraph};

use super::strip::{Strip, keep_end};
use super::{Scene, centred};
use crate::decode::diff::{self, Side};
use crate::decode::{cols, figures};
use crate::model::difference::{Difference, n_seen};
use crate::theme::Role;

const MAX_COLS: u16 = 120;

pub fn draw(scene: &Scene<'_>, difference: &Difference, frame: &mut Frame<'_>) {
    let screen = frame.area();
    let body = Rect { y: screen.y + 1, height: screen.height.saturating_sub(2), ..screen };
    let diff = &difference.diff;
    let n_seen = n_seen(screen.height);
    let n_lines = diff.lines.len();
    let height = u16::try_from(n_lines.min(n_seen)).unwrap_or(u16::MAX).saturating_add(2);
    let area = centred(body, MAX_COLS.min(screen.width.saturating_sub(4)), height);
    let max_cols = usize::from(area.width.saturating_sub(4));
    let words = diff.words();
    let both = format!(": - {}, + {} · {words}", difference.old, difference.new);
    let topic = keep_end(&difference.topic, max_cols.saturating_sub(cols(&both)));
    let title = format!(" {topic}{both} ");
    let scroll = difference.scroll.min(n_lines.saturating_sub(n_seen));
    let mut block = Block::bordered()
        .border_style(scene.style(Role::BorderFocused))
        .title(Line::styled(title, scene.style(Role::TitleFocused)));
    if n_lines > n_seen {
        let more = match diff.n_more {
            0 => String::new(),
            n => format!(", {} more not shown", figures::grouped(n as u64)),
        };
        let mark = format!(" {}/{n_lines}{more} ", scroll + n_seen);
        block = block.title_bottom(Line::styled(mark, scene.style(Role::Title)).right_aligned());
    }
    frame.render_widget(Clear, area);
    frame.buffer_mut().set_style(area, scene.style(Role::Text));
    frame.render_widget(block, area);
    let inner = area.inner(Margin::new(2, 1));
    let seen = diff.lines.iter().skip(scroll).take(n_seen);
    let lines: Vec<Line<'_>> = seen.map(|line| row(scene, line, max_cols)).collect();
    frame.render_widget(Paragraph::new(lines), inner);
}

fn row(scene: &Scene<'_>, line: &diff::Line, max_cols: usize) -> Line<'static> {
    let (mark, role) = match line.side {
        Side::Both => ("  ", Role::TextFaint),
        Side::Old => ("- ", Role::PublicationFailed),
        Side::New => ("+ ", Role::PublicationDone),
        Side::Changed => ("~ ", Role::Value),
    };
    let style = scene.style(role);
    let mut strip = Strip::default();
    strip.put(mark, style);
    for (differs, text) in &line.pieces {
        // Told without colours too.
        let style = if *differs { style.add_modifier(Modifier::REVERSED) } else { style };
        let room = max_cols.saturating_sub(strip.cols());
        strip.put_fit(text, room, style);
    }
    strip.into_line()
}
