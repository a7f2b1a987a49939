//! The inspector: what is known of the row under the cursor. Owns its title, tabs and head.
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::bars::{bars, chart, newest, range, words};
use super::strip::{Strip, keep_end};
use super::{Scene, chart as chart_of, history, nodetab, rect, row_of, structure};
use crate::decode::{Kind, cols, figures, sanitize};
use crate::model::inspector::Tab;
use crate::model::layout::Pane;
use crate::model::shown::{Head, Shown};
use crate::mqtt::Retained;
use crate::theme::Role;

/// Fewer numbers than this have no shape to see.
const MIN_CHART_NUMBERS: usize = 8;

/// The highest chart of a value's numbers: enough to see a shape.
const MAX_CHART_ROWS: usize = 6;

/// The least that is left of a topic in the title.
const MIN_TITLE_COLS: usize = 8;

pub fn draw(scene: &Scene<'_>, frame: &mut Frame<'_>) {
    let area = rect(scene.layout.inspector, frame);
    if area.is_empty() {
        return;
    }
    let shown = &scene.model.picture.inspector;
    // A past message says which one it is; the topic gives way.
    let past = shown.past_words.as_ref().map(|words| format!(" · {words}")).unwrap_or_default();
    let room = usize::from(area.width.saturating_sub(6));
    let room = room.saturating_sub(cols(&past));
    let jq = shown.jq_words.as_ref().map(|words| format!(" · {}", sanitize(words.as_bytes(), room / 2)));
    let jq = jq.unwrap_or_default();
    let title = keep_end(&shown.title, room.saturating_sub(cols(&jq)).max(MIN_TITLE_COLS));
    let mut title = vec![Span::styled(format!(" {title}{past}"), scene.title(Pane::Inspector))];
    title.extend(
        Some(jq).filter(|jq| !jq.is_empty()).map(|jq| Span::styled(jq, scene.style(Role::TextStrong))),
    );
    title.push(Span::styled(" ", scene.title(Pane::Inspector)));
    let title = Line::from(title);
    let mut block = scene.block(Pane::Inspector).title(title);
    if let Some(mark) = scroll_mark(shown) {
        block = block.title_bottom(Line::styled(mark, scene.style(Role::Title)).right_aligned());
    }
    let inner = block.inner(area);
    frame.render_widget(block, area);
    let padded = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    tabs(scene, row_of(padded, 0), frame);
    let below = Rect { y: inner.y + 1, height: inner.height.saturating_sub(1), ..padded };
    if let Some(plot) = &scene.model.picture.chart {
        return chart_of::draw(scene, plot, below, frame);
    }
    match shown.tab {
        Tab::History if !shown.past.is_empty() => history::draw(scene, shown, below, frame),
        Tab::Node if !scene.model.cursor.is_device() => nodetab::draw(scene, shown, below, frame),
        Tab::Value | Tab::History | Tab::Chart | Tab::Message | Tab::Node => {
            value(scene, shown, below, frame);
        }
    }
}

/// Which lines are seen, when they are not all.
fn scroll_mark(shown: &Shown) -> Option<String> {
    if let Some(structured) = &shown.structure {
        let is_all = structured.rows.len() >= shown.n_lines;
        let whole = if shown.is_reading { "…".to_owned() } else { figures::grouped(shown.n_lines as u64) };
        return (!is_all).then(|| format!(" {}/{whole} ", figures::grouped(shown.scroll as u64 + 1)));
    }
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
    let structured = shown.structure.as_deref();
    let head = shown.head.as_ref().filter(|_| structured.is_none_or(|structured| !structured.is_tight));
    if let Some(head) = head {
        lines.push(big(scene, head, max_cols));
        for words in head.kept.iter().flat_map(|kept| &kept.complaint) {
            lines.push(Line::styled(words.text(), scene.style(Role::ValueError)));
        }
        lines.push(meta(scene, head, max_cols));
        let room = usize::from(area.height).saturating_sub(lines.len() + 2).min(MAX_CHART_ROWS);
        // A value without lines of its own leaves its numbers the room.
        let is_free = shown.n_lines == 0 && !shown.is_reading && room > 1;
        if head.spark.len() >= MIN_CHART_NUMBERS && is_free {
            lines.push(Line::default());
            for bars in chart(&head.spark, max_cols, room) {
                lines.push(Line::styled(bars, scene.style(Role::Sparkline)));
            }
            let seen = newest(&head.spark, max_cols);
            let words = format!("{} of {}", limits(seen), figures::counted(seen.len() as u64, "message"));
            lines.push(Line::styled(words, scene.style(Role::TextFaint)));
        } else if !head.spark.is_empty() {
            lines.push(spark(scene, head, max_cols));
        }
        lines.push(Line::default());
    }
    if let Some(structured) = structured {
        let n_above = u16::try_from(lines.len()).unwrap_or(u16::MAX).min(area.height);
        frame.render_widget(Paragraph::new(lines), area);
        let area = Rect { y: area.y + n_above, height: area.height - n_above, ..area };
        return structure::draw(scene, shown, structured, area, frame);
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
    let mut kind = match &head.kept {
        Some(kept) if !kept.words.is_empty() => format!("{} · ◆ kept", kept.words),
        Some(_) => format!("{} · ◆ parts kept", kind_words(head.preview.kind)),
        None => kind_words(head.preview.kind).to_owned(),
    };
    if head.is_pinned {
        kind.push_str(" · ★ pinned");
    }
    let mut line = Strip::default();
    let room = max_cols.saturating_sub(cols(&kind) + 2);
    let strong = Style { fg: None, ..scene.style(Role::TextStrong) };
    line.put_inks(&head.preview.line, room, scene.theme, strong);
    line.put_right(&kind, max_cols, scene.style(Role::TextFaint));
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
    let mut parts = vec![figures::ago(scene.seen_at.since(head.received)), format!("QoS {}", head.qos)];
    match head.retained {
        Retained::Yes => parts.push("R".into()),
        Retained::Unknown => parts.push("R unknown".into()),
        Retained::No => {}
    }
    parts.extend(head.interval.map(|interval| format!("every {}", figures::span(interval))));
    let size = figures::bytes(head.n_bytes as u64);
    let n_messages = figures::counted(head.n_messages, "msg");
    let taken: usize = parts.iter().chain([&size, &n_messages]).map(|part| part.len() + 3).sum();
    // The size can do without its place: the message's own tab has it too.
    if taken <= max_cols + 3 {
        parts.push(size);
    }
    parts.push(n_messages);
    let mut line = Strip::default();
    for part in parts {
        let gap = if line.cols() == 0 { "" } else { " · " };
        if line.cols() + gap.len() + cols(&part) > max_cols {
            line.put_fit(" …", max_cols.saturating_sub(line.cols()), faint);
            break;
        }
        line.put(gap, faint);
        line.put(part.as_str(), if part == "R" { scene.style(Role::Mark) } else { faint });
    }
    line.into_line()
}

/// The range of numbers, in words.
fn limits(numbers: &[f64]) -> String {
    let (low, high) = range(numbers);
    if low <= high { format!("min {}  max {}", words(low), words(high)) } else { String::new() }
}

fn spark(scene: &Scene<'_>, head: &Head, max_cols: usize) -> Line<'static> {
    let words = format!("  {}", limits(&head.spark));
    let room = max_cols.saturating_sub(words.len());
    let mut line = Strip::default();
    line.put(bars(&head.spark, room), scene.style(Role::Sparkline));
    line.put_fit(&words, max_cols.saturating_sub(line.cols()), scene.style(Role::TextFaint));
    line.into_line()
}
