//! The inspector: what is known of the row under the cursor. Owns its title, tabs and head.
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use super::row::retained_mark;
use super::strip::{Strip, bars, keep_end, range};
use super::{Scene, history, rect, row_of};
use crate::decode::{Kind, figures};
use crate::model::inspector::Tab;
use crate::model::layout::Pane;
use crate::model::shown::{Head, Shown};
use crate::mqtt::Retained;
use crate::theme::Role;

pub fn draw(scene: &Scene<'_>, frame: &mut Frame<'_>) {
    let area = rect(scene.layout.inspector, frame);
    if area.is_empty() {
        return;
    }
    let shown = &scene.model.picture.inspector;
    let title = keep_end(&shown.title, usize::from(area.width.saturating_sub(6)));
    let title = Line::styled(format!(" {title} "), scene.title(Pane::Inspector));
    let mut block = scene.block(Pane::Inspector).title(title);
    if let Some(mark) = scroll_mark(shown) {
        block = block.title_bottom(Line::styled(mark, scene.style(Role::Title)).right_aligned());
    }
    let inner = block.inner(area);
    frame.render_widget(block, area);
    let padded = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    tabs(scene, row_of(padded, 0), frame);
    let below = Rect { y: inner.y + 1, height: inner.height.saturating_sub(1), ..padded };
    match shown.tab {
        Tab::History if !shown.past.is_empty() => history::draw(scene, shown, below, frame),
        Tab::Value | Tab::History | Tab::Message => value(scene, shown, below, frame),
    }
}

/// Which lines are seen, when they are not all.
fn scroll_mark(shown: &Shown) -> Option<String> {
    let n_seen = shown.lines.len().max(shown.past.len());
    (n_seen < shown.n_lines).then(|| {
        let last = shown.scroll.saturating_add(n_seen);
        format!(" {}/{} ", figures::grouped(last as u64), figures::grouped(shown.n_lines as u64))
    })
}

fn tabs(scene: &Scene<'_>, area: Rect, frame: &mut Frame<'_>) {
    if scene.model.cursor.is_device() {
        let words = Line::styled("Connection", scene.style(Role::TabActive));
        return frame.render_widget(words, area);
    }
    let mut line = Strip::default();
    for tab in Tab::ALL {
        let active = tab == scene.model.inspector.tab;
        if line.cols() > 0 {
            line.put("  ", Style::new());
        }
        line.put(tab.title(), scene.style(if active { Role::TabActive } else { Role::Tab }));
    }
    frame.render_widget(line.into_line(), area);
}

fn value(scene: &Scene<'_>, shown: &Shown, area: Rect, frame: &mut Frame<'_>) {
    let mut lines: Vec<Line<'_>> = Vec::new();
    let max_cols = usize::from(area.width);
    if let Some(head) = &shown.head {
        lines.push(big(scene, head, max_cols));
        lines.push(meta(scene, head, max_cols));
        if !head.spark.is_empty() {
            lines.push(spark(scene, head, max_cols));
        }
        lines.push(Line::default());
    }
    for shown in &shown.lines {
        let mut line = Strip::default();
        line.put_inks(shown, max_cols, scene.theme, Style::new());
        lines.push(line.into_line());
    }
    if shown.is_reading {
        lines.push(Line::styled("reading…", scene.style(Role::TextFaint)));
    }
    frame.render_widget(Paragraph::new(lines), area);
}

/// The value, and at the right what it most likely is.
fn big(scene: &Scene<'_>, head: &Head, max_cols: usize) -> Line<'static> {
    let mut words = kind_words(head.preview.kind).to_owned();
    if head.is_pinned {
        words.push_str(" · ★ pinned");
    }
    let mut line = Strip::default();
    let room = max_cols.saturating_sub(crate::decode::cols(&words) + 2);
    let strong = Style { fg: None, ..scene.style(Role::TextStrong) };
    line.put_inks(&head.preview.line, room, scene.theme, strong);
    line.put_right(&words, max_cols, scene.style(Role::TextFaint));
    line.into_line()
}

/// What a payload was taken for, in a word.
const fn kind_words(kind: Kind) -> &'static str {
    match kind {
        Kind::Empty => "empty",
        Kind::Number => "number",
        Kind::Bool => "on/off",
        Kind::Object => "JSON object",
        Kind::Array => "JSON array",
        Kind::Null => "JSON null",
        Kind::Text => "text",
        Kind::Bytes => "bytes",
    }
}

fn meta(scene: &Scene<'_>, head: &Head, max_cols: usize) -> Line<'static> {
    let faint = scene.style(Role::TextFaint);
    let mut parts = vec![ago(scene, head), format!("QoS {}", head.qos)];
    match head.retained {
        Retained::Yes => parts.push("R".into()),
        Retained::Unknown => parts.push("R unknown".into()),
        Retained::No => {}
    }
    parts.extend(head.interval.map(|interval| format!("every {}", figures::span(interval))));
    parts.push(figures::bytes(head.n_bytes as u64));
    parts.push(figures::counted(head.n_messages, "message"));
    let mut line = Strip::default();
    for part in parts {
        let gap = if line.cols() == 0 { "" } else { " · " };
        if line.cols() + gap.len() + crate::decode::cols(&part) > max_cols {
            line.put_fit(" …", max_cols.saturating_sub(line.cols()), faint);
            break;
        }
        line.put(gap, faint);
        let (_, role) = retained_mark(head.retained);
        line.put(part.as_str(), if part == "R" { scene.style(role) } else { faint });
    }
    line.into_line()
}

fn ago(scene: &Scene<'_>, head: &Head) -> String {
    match figures::age(scene.now.since(head.received)).as_str() {
        "now" => "just now".to_owned(),
        age => format!("{age} ago"),
    }
}

fn spark(scene: &Scene<'_>, head: &Head, max_cols: usize) -> Line<'static> {
    let (low, high) = range(&head.spark);
    let words = if low <= high { format!("  min {low}  max {high}") } else { String::new() };
    let room = max_cols.saturating_sub(words.len());
    let mut line = Strip::default();
    line.put(bars(&head.spark, room), scene.style(Role::Sparkline));
    line.put_fit(&words, max_cols.saturating_sub(line.cols()), scene.style(Role::TextFaint));
    line.into_line()
}
