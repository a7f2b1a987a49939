//! Passing words, stacked at the lower right. Owns their place; how long they stay is the model's.
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::widgets::Clear;

use super::Scene;
use super::strip::{Strip, wrap};
use crate::decode::cols;
use crate::model::Screen;
use crate::model::layout::Arrangement;
use crate::model::toast::{Toast, Tone};
use crate::theme::Role;

/// The widest line of a toast: long enough for a sentence, short enough to leave the tree to be read.
const MAX_COLS: usize = 58;

/// The most lines of one.
const MAX_LINES: usize = 4;

pub fn draw(scene: &Scene<'_>, frame: &mut Frame<'_>) {
    let screen = frame.area();
    // Above the form, where there is one, so that what is typed stays visible.
    let publish = scene.layout.publish;
    let has_form = matches!(scene.layout.arrangement, Arrangement::Wide | Arrangement::Stacked);
    let floor =
        if has_form && scene.model.screen == Screen::Explorer { publish.y } else { scene.layout.footer.y };
    let mut bottom = floor.min(screen.bottom()).saturating_sub(1);
    let top = scene.layout.header.rows + 1;
    let max_cols = MAX_COLS.min(usize::from(screen.width).saturating_sub(8));
    let said: Vec<(&Toast, Vec<String>)> =
        scene.model.toasts.iter().map(|toast| (toast, words(toast, max_cols))).collect();
    // One left edge for all of them.
    let width = said.iter().flat_map(|(_, lines)| lines).map(|line| cols(line)).max().unwrap_or_default() + 4;
    let width = u16::try_from(width).unwrap_or(u16::MAX).min(screen.width);
    let x = screen.right().saturating_sub(width.saturating_add(1));
    for (toast, lines) in said.into_iter().rev() {
        let height = u16::try_from(lines.len()).unwrap_or(u16::MAX);
        if bottom < top.saturating_add(height) {
            break;
        }
        let area = Rect { x, y: bottom - height, width, height }.intersection(screen);
        frame.render_widget(Clear, area);
        frame.buffer_mut().set_style(area, scene.style(Role::Text));
        for (line, y) in lines.into_iter().zip(area.y..area.bottom()) {
            let mut strip = Strip::default();
            strip.put(" ▌ ", scene.style(role(toast)));
            strip.put(line, scene.style(Role::Toast));
            frame.render_widget(strip.into_line(), Rect { y, height: 1, ..area });
        }
        bottom = area.y;
    }
}

fn words(toast: &Toast, max_cols: usize) -> Vec<String> {
    match toast.n_times {
        0 | 1 => wrap(&toast.text, max_cols, MAX_LINES),
        n => wrap(&format!("{n} × {}", toast.text), max_cols, MAX_LINES),
    }
}

const fn role(toast: &Toast) -> Role {
    match toast.tone {
        Tone::Info => Role::ToastInfo,
        Tone::Warn => Role::ToastWarn,
        Tone::Error => Role::ToastError,
    }
}
