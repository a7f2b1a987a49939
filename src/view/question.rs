//! A question over the panes. Owns its box; what a yes does is the model's.
use ratatui::Frame;
use ratatui::layout::Margin;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::{Block, Clear, Paragraph};

use super::strip::{Strip, wrap};
use super::{Scene, centred, keys};
use crate::command::{Command, Context};
use crate::model::overlay::Question;
use crate::theme::Role;

const MAX_COLS: u16 = 60;
const MAX_LINES: usize = 8;

pub fn draw(scene: &Scene<'_>, question: &Question, frame: &mut Frame<'_>) {
    let screen = frame.area();
    let width = MAX_COLS.min(screen.width.saturating_sub(4));
    let words = wrap(&question.words, usize::from(width.saturating_sub(6)), MAX_LINES);
    let mut lines: Vec<Line<'_>> =
        words.into_iter().map(|line| Line::styled(line, scene.style(Role::Text))).collect();
    lines.push(Line::default());
    lines.push(answers(scene));
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(4);
    let area = centred(screen, width, height);
    let block = Block::bordered()
        .border_style(scene.style(Role::Question))
        .title(Line::styled(" Sure? ", scene.style(Role::Question)));
    frame.render_widget(Clear, area);
    frame.buffer_mut().set_style(area, scene.style(Role::Text));
    frame.render_widget(block, area);
    frame.render_widget(Paragraph::new(lines), area.inner(Margin::new(3, 2)));
}

fn answers(scene: &Scene<'_>) -> Line<'static> {
    let mut line = Strip::default();
    let saves = keys::saves_first(scene.model).then_some((Command::SaveFirst, "save first"));
    for (command, words) in [(Command::Yes, "yes"), (Command::No, "no")].into_iter().chain(saves) {
        if let Some(key) = keys::key(scene.model, Context::Question, command) {
            if line.cols() > 0 {
                line.put("    ", Style::new());
            }
            line.put(format!(" {key} "), scene.style(Role::QuestionKey));
            line.put(format!(" {words}"), scene.style(Role::Text));
        }
    }
    line.into_line()
}
