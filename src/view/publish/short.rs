//! The form in one row: topic, payload, choices, and the life of what was sent. Owns how they share the row.
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;

use super::fields::{NARROW, WIDE, choices, label_style, payload_line, place_cursor, text};
use super::{foot, title, told};
use crate::decode::{cols, sanitize};
use crate::model::form::Field;
use crate::model::layout::Pane;
use crate::model::line;
use crate::view::field::natural_cols;
use crate::view::strip::Strip;
use crate::view::{Scene, row_of};

/// The least that is left to a text field.
const MIN_FIELD_COLS: usize = 12;

/// The widest life that is told in the form's own row.
const MAX_LIFE_COLS: usize = 60;

/// All fields in one row, the life at its end or, where there is no room, in the frame.
pub fn draw(scene: &Scene<'_>, area: Rect, frame: &mut Frame<'_>) {
    let mut block = scene.block(Pane::Publish).title(title(scene));
    let inner = block.inner(area);
    let row = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..row_of(inner, 0) };
    let max_cols = usize::from(row.width);
    let (words, role) = told(scene);
    let natural = |line: &line::Line| natural_cols(line, max_cols).max(MIN_FIELD_COLS);
    let form = &scene.model.form;
    let payload = payload_line(scene);
    let texts = natural(&form.topic) + natural(&payload);
    let labels_of = |spacing: &super::fields::Spacing| {
        cols("topic payload ") + 2 * spacing.gap_cols + choices(scene, *spacing).cols()
    };
    let spacing = [WIDE, NARROW].into_iter().find(|spacing| labels_of(spacing) + texts <= max_cols);
    let spacing = spacing.unwrap_or(NARROW);
    let (gap, labels) = (" ".repeat(spacing.gap_cols), labels_of(&spacing));
    let needed = labels + texts;
    let words = sanitize(words.as_bytes(), max_cols.saturating_sub(cols(" Publish ") + 4));
    let inline = !words.is_empty() && cols(&words) <= MAX_LIFE_COLS && needed + 3 + cols(&words) <= max_cols;
    let fields = if inline { max_cols - cols(&words) - 3 } else { max_cols };
    if !inline && !words.is_empty() {
        block = block.title(Line::styled(format!(" {words} "), scene.style(role)).right_aligned());
    }
    block = block.title_bottom(foot(scene, max_cols).right_aligned());
    frame.render_widget(block, area);
    let room = fields.saturating_sub(labels);
    let topic_cols = natural(&form.topic).min(room.saturating_sub(natural(&payload)).max(room / 2));
    let mut line = Strip::default();
    let mut cursor = None;
    line.put("topic ", label_style(scene, Field::Topic));
    text(scene, &mut line, Field::Topic, &form.topic, topic_cols, &mut cursor);
    line.put(gap.as_str(), Style::new());
    line.put("payload ", label_style(scene, Field::Payload));
    text(scene, &mut line, Field::Payload, &payload, room.saturating_sub(topic_cols), &mut cursor);
    line.put(gap, Style::new());
    line.append(choices(scene, spacing));
    if inline {
        line.put_right(&words, max_cols, scene.style(role));
    }
    frame.render_widget(line.into_line(), row);
    place_cursor(row, cursor, frame);
}
