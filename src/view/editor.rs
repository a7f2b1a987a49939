//! The editor of a node's value, in the publish form's place. Owns its lines: the widget, what would go, as which
//! bytes, where to, and what became of it. The widgets are in `editor/body.rs`.
//!
//! ```text
//! ┌ Edit oven3/setpoint · float · °C ──────────── acknowledged 1.2 ms · echo 1.9 ms ┐
//! │ value  130     °C   step 0.5                                                      │
//! │        0 ▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰ 100                                              │
//! │ goes   130 → 100 °C, clipped                                                      │
//! │ as     100 · 3 bytes                                                              │
//! │ to     plant/hall1/oven3/setpoint · QoS 1 · retained · every 500 ms at most       │
//! │        3 replaced                                                                 │
//! └──────────────────────────────────────────────────────────────────────────────────┘
//! ```
mod body;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::publish::life_role;
use super::strip::{Strip, keep_end, wrap};
use super::{Scene, rect, row_of};
use crate::decode::{cols, figures, sanitize};
use crate::model::editor::{Body, Editor, payload_words};
use crate::model::layout::Pane;
use crate::model::{life, typed};
use crate::mqtt::Qos;
use crate::theme::Role;

/// Columns of the labels before the lines.
const LABEL_COLS: usize = 7;

/// The least of a title that tells which node it is.
const MIN_TITLE_COLS: usize = 24;

pub fn draw(scene: &Scene<'_>, editor: &Editor, frame: &mut Frame<'_>) {
    let area = rect(scene.layout.publish, frame);
    if area.is_empty() {
        return;
    }
    let mut block = scene.block(Pane::Publish);
    let inner = block.inner(area);
    let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    let max_cols = usize::from(inner.width);
    let title = title(editor, max_cols);
    let life = scene.model.lives.newest(editor.device, &editor.goes_to());
    let words = life.map(life::words).unwrap_or_default();
    let room = max_cols.saturating_sub(cols(&title) + 5);
    let words = sanitize(words.as_bytes(), room);
    let role = life.map_or(Role::Publication, life_role);
    block = block.title(Line::styled(format!(" {title} "), scene.title(Pane::Publish)));
    if !words.is_empty() {
        block = block.title(Line::styled(format!(" {words} "), scene.style(role)).right_aligned());
    }
    frame.render_widget(block, area);
    if let Body::Which(at) = editor.body {
        return body::which(scene, editor, at, inner, frame);
    }
    body::draw(scene, editor, inner, frame);
    for (row, line) in (2..).zip(below(scene, editor, max_cols)) {
        frame.render_widget(line.into_line(), row_of(inner, row));
    }
}

fn title(editor: &Editor, max_cols: usize) -> String {
    let node = &editor.node;
    let name = match (&node.alias, node.path()) {
        (Some(_), _) | (None, Some(_)) => format!("{} at {}", typed::name(node), node.topic),
        (None, None) => node.topic.to_string(),
    };
    if let Body::Which(_) = editor.body {
        return format!("Edit which? {}", keep_end(node.topic.as_str(), max_cols.saturating_sub(16)));
    }
    let unit = node.unit.as_ref().map(|unit| format!(" · {unit}")).unwrap_or_default();
    let kind = sanitize(format!(" · {}{unit}", node.kind).as_bytes(), MIN_TITLE_COLS);
    let live = if editor.is_live { " · LIVE" } else { "" };
    let room = max_cols.saturating_sub(cols("Edit ") + cols(&kind) + cols(live) + 2);
    // What became of a value is told in the rest.
    let room = room.min((max_cols / 2).max(MIN_TITLE_COLS));
    format!("Edit {}{kind}{live}", keep_end(&name, room))
}

/// What would go, as which bytes, where to and how, and what became of it.
fn below(scene: &Scene<'_>, editor: &Editor, max_cols: usize) -> Vec<Strip> {
    let node = &editor.node;
    let room = max_cols.saturating_sub(LABEL_COLS);
    let mut lines = Vec::new();
    match editor.goes(scene.model) {
        Ok(goes) => {
            let role = if goes.asked.is_some() { Role::ToastWarn } else { Role::TextStrong };
            lines.push(told(scene, "goes", &goes.words(node), role, room));
            let words = goes.by.unwrap_or_else(|| payload_words(&goes.publication.payload.0));
            lines.push(told(scene, "as", &words, Role::Text, room));
        }
        Err(words) => {
            let mut words = wrap(&words, room, 2).into_iter();
            lines.push(told(scene, "no", &words.next().unwrap_or_default(), Role::FieldError, room));
            lines.push(told(scene, "", &words.next().unwrap_or_default(), Role::FieldError, room));
        }
    }
    let how = how(editor);
    let topic = keep_end(&editor.goes_to(), room.saturating_sub(cols(&how)));
    lines.push(told(scene, "to", &format!("{topic}{how}"), Role::TextFaint, room));
    lines.push(told(scene, "", &became(scene, editor), Role::TextFaint, room));
    lines
}

/// Words behind a label. They are cut, and safe to draw.
fn told(scene: &Scene<'_>, label: &'static str, words: &str, role: Role, room: usize) -> Strip {
    let mut line = Strip::default();
    line.put(label, scene.style(Role::FieldLabel));
    line.to(LABEL_COLS);
    line.put(sanitize(words.as_bytes(), room), scene.style(role));
    line
}

fn how(editor: &Editor) -> String {
    let node = &editor.node;
    // Commands to edge nodes of Sparkplug go so whatever the node says.
    let (qos, retains) =
        if node.is_of_sparkplug() { (Qos::AtMostOnce, false) } else { (node.qos, node.retain) };
    let retain = if retains { "retained" } else { "not retained" };
    let limit = node.rate_limit_ms.filter(|ms| *ms > 0);
    let limit = limit.map(|ms| format!(" · {ms} ms apart")).unwrap_or_default();
    let once = if node.repetition_filter { " · no repetition" } else { "" };
    format!(" · QoS {qos} · {retain}{limit}{once}")
}

/// What waits, and what was left out.
fn became(scene: &Scene<'_>, editor: &Editor) -> String {
    let (id, key) = (editor.device, editor.node.key());
    let spacing = &scene.model.spacing;
    let counts = spacing.counts(id, &key);
    let mut words = Vec::new();
    if !editor.said.is_empty() {
        words.push(editor.said.clone());
    }
    if spacing.waits(id, &key) {
        words.push("the newest waits for the rate limit".to_owned());
    }
    if counts.n_replaced > 0 {
        words.push(format!("{} replaced", figures::grouped(counts.n_replaced)));
    }
    if counts.n_repeated > 0 {
        words.push(format!("{} not repeated", figures::grouped(counts.n_repeated)));
    }
    words.join(" · ")
}
