//! The form in several rows: lines of the payload, what is folded away, the lives of late. Owns where they stand;
//! which of them are seen is the model's plan.
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use super::fields::{self, WIDE, choices, label_style, place_cursor, text, value_style};
use super::{foot, life_role, title, told};
use crate::decode::{cols, figures, sanitize};
use crate::model::form::plan::{self, Row};
use crate::model::form::{Field, Form};
use crate::model::layout::{Arrangement, Pane};
use crate::model::life::{self, Life};
use crate::model::takes;
use crate::mqtt::Version;
use crate::theme::Role;
use crate::view::strip::{Strip, keep_end, wrap};
use crate::view::{Scene, row_of};

/// Columns of the labels.
const LABEL_COLS: usize = 9;

/// Columns of the longer labels of what is folded away.
const PROPERTY_COLS: usize = 15;

pub fn draw(scene: &Scene<'_>, area: Rect, frame: &mut Frame<'_>) {
    let form = &scene.model.form;
    let is_alone = scene.layout.arrangement == Arrangement::Single;
    let block = scene.block(Pane::Publish).title(title(scene));
    let inner = block.inner(area);
    let max_cols = usize::from(inner.width.saturating_sub(2));
    let n_rows = plan::told_above(usize::from(inner.height), is_alone);
    let plan = plan::plan(form, n_rows);
    let mut block = block.title_bottom(foot(scene, max_cols).right_aligned());
    if let Some(words) = hidden(&plan, form) {
        block = block.title(Line::styled(words, scene.style(Role::TextFaint)).right_aligned());
    }
    frame.render_widget(block, area);
    let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    let mut y = 0;
    for row in &plan.rows {
        let place = row_of(inner, y);
        let (line, cursor) = self::row(scene, &plan, *row, max_cols);
        frame.render_widget(line.into_line(), place);
        place_cursor(place, cursor, frame);
        y += 1;
    }
    let (words, role) = told(scene);
    let n_told = if is_alone { 2 } else { 1 };
    for words in wrap(&words, max_cols, n_told) {
        frame.render_widget(Line::styled(words, scene.style(role)), row_of(inner, y));
        y += 1;
    }
    let below = Rect { y: inner.y + y + 1, height: inner.height.saturating_sub(y + 1), ..inner };
    if below.height > 0 && below.y < inner.y + inner.height {
        let lately = scene.model.lives.iter().take(usize::from(below.height));
        let lines: Vec<Line<'_>> = lately.map(|life| life_line(scene, life, max_cols)).collect();
        frame.render_widget(Paragraph::new(lines), below);
    }
}

/// Which lines and rows are not seen.
fn hidden(plan: &plan::Plan, form: &Form) -> Option<String> {
    let n_seen = plan.rows.iter().filter(|row| matches!(row, Row::Payload(_))).count();
    let n_lines = form.payload.n_lines();
    let lines = (n_seen < n_lines).then(|| format!("line {} of {n_lines}", form.payload.cursor_line() + 1));
    let more = match plan.n_hidden {
        (0, 0) => None,
        (above, 0) => Some(format!("{above} fields above")),
        (0, below) => Some(format!("{below} fields below")),
        (above, below) => Some(format!("{above} fields above, {below} below")),
    };
    let words: Vec<String> = lines.into_iter().chain(more).collect();
    (!words.is_empty()).then(|| format!(" {} ", words.join(" · ")))
}

fn row(scene: &Scene<'_>, plan: &plan::Plan, row: Row, max_cols: usize) -> (Strip, Option<usize>) {
    let form = &scene.model.form;
    let (mut strip, mut cursor) = (Strip::default(), None);
    match row {
        Row::Topic => {
            strip.put("topic", label_style(scene, Field::Topic));
            strip.to(LABEL_COLS);
            let room = max_cols.saturating_sub(LABEL_COLS);
            text(scene, &mut strip, Field::Topic, &form.topic, room, &mut cursor);
        }
        Row::Payload(at) => {
            strip.put(if at == 0 { "payload" } else { "" }, label_style(scene, Field::Payload));
            strip.to(LABEL_COLS);
            payload_row(scene, plan.first_line + at, max_cols, (&mut strip, &mut cursor));
        }
        Row::Choices => {
            strip.to(LABEL_COLS);
            strip.append(choices(scene, WIDE));
        }
        Row::Property(field) => property_row(scene, field, max_cols, (&mut strip, &mut cursor)),
    }
    (strip, cursor)
}

/// A line of the payload.
fn payload_row(
    scene: &Scene<'_>,
    at: usize,
    max_cols: usize,
    (strip, cursor): (&mut Strip, &mut Option<usize>),
) {
    let payload = &scene.model.form.payload;
    let room = max_cols.saturating_sub(strip.cols());
    if at == payload.cursor_line() {
        return text(scene, strip, Field::Payload, &payload.line_at_cursor(), room, cursor);
    }
    let line = payload.text().split('\n').nth(at).unwrap_or_default();
    let style = value_style(scene, Field::Payload);
    let shown = sanitize(line.as_bytes(), room);
    let rest = room.saturating_sub(cols(&shown));
    strip.put(shown, style);
    strip.put(" ".repeat(rest), style);
}

/// A field of those that are folded away: its label, its value, what may stand there.
fn property_row(
    scene: &Scene<'_>,
    field: Field,
    max_cols: usize,
    (strip, cursor): (&mut Strip, &mut Option<usize>),
) {
    let form = &scene.model.form;
    let faint = scene.style(Role::TextFaint);
    strip.put(field.label(), label_style(scene, field));
    strip.to(PROPERTY_COLS);
    let is_property = field != Field::Offline;
    let device = scene.model.device(form.device);
    let is_v3 = is_property && device.is_some_and(|device| takes::version(device) == Version::V3);
    let hint = match (is_v3, field == Field::ResponseTopic) {
        (false, _) => field.hint(),
        (true, true) => "not sent on MQTT 3.1.1; alt-r listens on it",
        (true, false) => "not available on MQTT 3.1.1",
    };
    let room = max_cols.saturating_sub(strip.cols());
    let line = form.properties.line(field);
    if let Some(line) = line {
        let beside = if line.text().is_empty() { cols(hint) + 2 } else { 0 };
        text(scene, strip, field, line, room.saturating_sub(beside), cursor);
    } else {
        strip.put(fields::choice(scene, field).unwrap_or_default(), value_style(scene, field));
    }
    if line.is_none_or(|line| line.text().is_empty()) {
        strip.put("  ", faint);
        let room = max_cols.saturating_sub(strip.cols());
        strip.put_fit(hint, room, faint);
    }
}

fn life_line(scene: &Scene<'_>, life: &Life, max_cols: usize) -> Line<'static> {
    let faint = scene.style(Role::TextFaint);
    let words = life::words(life);
    let mut row = Strip::default();
    row.put_right(&figures::age(scene.now.since(life.begun)), 4, faint);
    row.to(6);
    let room = max_cols.saturating_sub(6);
    let words = sanitize(words.as_bytes(), room * 2 / 3);
    let left = room.saturating_sub(cols(&words) + 2);
    row.put(keep_end(life.publication.topic.as_str(), left / 2), scene.style(Role::Text));
    row.put(" ", faint);
    let left = (left + 6).saturating_sub(row.cols());
    row.put(sanitize(&life.publication.payload.0, left), scene.style(Role::ValueText));
    row.put_right(&words, max_cols, scene.style(life_role(life)));
    row.into_line()
}
