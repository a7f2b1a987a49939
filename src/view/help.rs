//! The help overlay: the command table with its keys. Owns how it is laid out; the words are the table's.
use ratatui::Frame;
use ratatui::layout::{Margin, Rect};
use ratatui::text::Line;
use ratatui::widgets::{Block, Clear, Paragraph};

use super::strip::Strip;
use super::{Scene, centred};
use crate::command::{Command, Context};
use crate::keymap::Chord;
use crate::theme::Role;

/// The widest column of keys and words.
const COLUMN_COLS: u16 = 84;
const KEY_COLS: usize = 20;

pub fn draw(scene: &Scene<'_>, scroll: usize, frame: &mut Frame<'_>) {
    let screen = frame.area();
    let body = Rect { y: screen.y + 1, height: screen.height.saturating_sub(2), ..screen };
    let area = centred(body, COLUMN_COLS.min(screen.width.saturating_sub(4)), body.height);
    let lines = lines(scene, usize::from(area.width.saturating_sub(4)));
    let inner = area.inner(Margin::new(2, 1));
    let n_seen = usize::from(inner.height);
    let scroll = scroll.min(lines.len().saturating_sub(n_seen));
    let mut block = Block::bordered()
        .border_style(scene.style(Role::BorderFocused))
        .title(Line::styled(" Keys ", scene.style(Role::TitleFocused)));
    if lines.len() > n_seen {
        let mark = format!(" {}/{} ", scroll + n_seen, lines.len());
        block = block.title_bottom(Line::styled(mark, scene.style(Role::Title)).right_aligned());
    }
    frame.render_widget(Clear, area);
    frame.buffer_mut().set_style(area, scene.style(Role::Text));
    frame.render_widget(block, area);
    let seen: Vec<Line<'_>> = lines.into_iter().skip(scroll).take(n_seen).collect();
    frame.render_widget(Paragraph::new(seen), inner);
}

fn lines(scene: &Scene<'_>, max_cols: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    for context in Context::ALL {
        let mut block = Vec::new();
        for command in Command::ALL {
            if !command.contexts().contains(&context) {
                continue;
            }
            let chords = scene.model.keymap.chords(context, *command);
            if chords.is_empty() {
                continue;
            }
            let keys: Vec<String> = chords.iter().map(Chord::to_string).collect();
            let mut line = Strip::default();
            line.put_fit(&keys.join(" "), KEY_COLS, scene.style(Role::HelpKey));
            line.to(KEY_COLS + 2);
            line.put_fit(command.help(), max_cols.saturating_sub(line.cols()), scene.style(Role::Text));
            block.push(line.into_line());
        }
        if block.is_empty() {
            continue;
        }
        if !lines.is_empty() {
            lines.push(Line::default());
        }
        lines.push(Line::styled(context.title(), scene.style(Role::HelpTitle)));
        lines.extend(block);
    }
    lines
}
