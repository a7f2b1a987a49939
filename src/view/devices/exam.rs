//! The examination over the list. Owns its frame and colours; the lines and how far they scroll are the model's.
use ratatui::Frame;
use ratatui::layout::{Margin, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear, Paragraph};

use super::super::Scene;
use crate::decode::{fit, sanitize};
use crate::model::devices::exam::{self, Exam, ExamLine, Ink};
use crate::mqtt::Verdict;
use crate::theme::Role;

pub fn draw(scene: &Scene<'_>, exam: &Exam, frame: &mut Frame<'_>) {
    let screen = frame.area();
    let area = Rect { y: screen.y + 1, height: screen.height.saturating_sub(2), ..screen };
    let lines = exam.lines(screen.width);
    let (top, n_seen) = (exam.top(lines.len(), screen.height), Exam::n_seen(screen.height));
    let mut block = Block::bordered().border_style(scene.style(Role::BorderFocused)).title(title(
        scene,
        exam,
        usize::from(area.width.saturating_sub(2)),
    ));
    if lines.len() > n_seen {
        let mark = format!(" {}/{} ", (top + n_seen).min(lines.len()), lines.len());
        block = block.title_bottom(Line::styled(mark, scene.style(Role::Title)).right_aligned());
    }
    frame.render_widget(Clear, area);
    frame.buffer_mut().set_style(area, scene.style(Role::Text));
    frame.render_widget(block, area);
    let inner = area.inner(Margin::new(2, 1));
    let seen: Vec<Line<'_>> = lines.iter().skip(top).take(n_seen).map(|line| styled(scene, line)).collect();
    frame.render_widget(Paragraph::new(seen), inner);
}

fn title(scene: &Scene<'_>, exam: &Exam, max_cols: usize) -> Line<'static> {
    let name = sanitize(exam.wanted.profile.name.as_bytes(), max_cols / 2);
    let role = match exam.verdict {
        Some(Verdict::Healthy) => Role::StatusOnline,
        Some(Verdict::Failed | Verdict::TimedOut | Verdict::Refused | Verdict::CannotConnect) => {
            Role::StatusLost
        }
        None => Role::TitleFocused,
    };
    let words = format!(" {name} {} ", exam::state_words(exam));
    Line::styled(fit(&words, max_cols, "…").into_owned(), scene.style(role))
}

fn styled(scene: &Scene<'_>, line: &ExamLine) -> Line<'static> {
    let (head, text) = match line.ink {
        Ink::Good => (Role::StatusOnline, Role::Text),
        Ink::Skipped => (Role::TextFaint, Role::TextFaint),
        Ink::Bad => (Role::StatusLost, Role::TextStrong),
        Ink::More => (Role::Text, Role::Text),
    };
    Line::from(vec![
        Span::styled(line.head.clone(), scene.style(head)),
        Span::styled(line.text.clone(), scene.style(text)),
    ])
}
