//! The publish form. Owns where its fields lie, and which life is told beside them.
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use super::field::{Seen, natural_cols, see};
use super::strip::{Strip, keep_end, wrap};
use super::{Scene, rect, row_of};
use crate::decode::{cols, figures, sanitize};
use crate::model::form::{Field, Format};
use crate::model::layout::{Arrangement, Pane};
use crate::model::life::{self, Echo, Life};
use crate::model::line;
use crate::mqtt::{Reason, Stage};
use crate::theme::Role;

/// The least that is left to a text field.
const MIN_FIELD_COLS: usize = 12;

/// The widest life that is told in the form's own row.
const MAX_LIFE_COLS: usize = 60;

pub fn draw(scene: &Scene<'_>, frame: &mut Frame<'_>) {
    let area = rect(scene.layout.publish, frame);
    if area.is_empty() {
        return;
    }
    match scene.layout.arrangement {
        Arrangement::Single => single(scene, area, frame),
        Arrangement::Wide | Arrangement::Stacked | Arrangement::TooSmall => one_row(scene, area, frame),
    }
}

fn title(scene: &Scene<'_>) -> Line<'static> {
    let device = scene.model.device(scene.model.form.device).filter(|_| scene.model.devices.len() > 1);
    let to = device.map(|device| format!("to {} ", sanitize(device.profile.name.as_bytes(), 24)));
    Line::styled(format!(" Publish {}", to.unwrap_or_default()), scene.title(Pane::Publish))
}

/// All fields in one row, the life at its end or, where there is no room, in the frame.
fn one_row(scene: &Scene<'_>, area: Rect, frame: &mut Frame<'_>) {
    let mut block = scene.block(Pane::Publish).title(title(scene));
    let inner = block.inner(area);
    let row = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..row_of(inner, 0) };
    let max_cols = usize::from(row.width);
    let (words, role) = told(scene);
    let natural = |line: &line::Line| natural_cols(line, max_cols).max(MIN_FIELD_COLS);
    let form = &scene.model.form;
    let (before, behind) = form.payload.halves();
    let payload = line::Line::between(before, behind);
    let texts = natural(&form.topic) + natural(&payload);
    let spacing = [WIDE, NARROW].into_iter().find(|spacing| spacing.labels(scene) + texts <= max_cols);
    let spacing = spacing.unwrap_or(NARROW);
    let (gap, labels) = (" ".repeat(spacing.gap_cols), spacing.labels(scene));
    let needed = labels + texts;
    let words = sanitize(words.as_bytes(), max_cols.saturating_sub(cols(" Publish ") + 4));
    let inline = !words.is_empty() && cols(&words) <= MAX_LIFE_COLS && needed + 3 + cols(&words) <= max_cols;
    let fields = if inline { max_cols - cols(&words) - 3 } else { max_cols };
    if !inline && !words.is_empty() {
        block = block.title(Line::styled(format!(" {words} "), scene.style(role)).right_aligned());
    }
    frame.render_widget(block, area);
    let room = fields.saturating_sub(labels);
    let topic_cols = natural(&form.topic).min(room.saturating_sub(natural(&payload)).max(room / 2));
    let mut line = Strip::default();
    let mut cursor = None;
    text_field(scene, &mut line, ("topic ", Field::Topic), topic_cols, &mut cursor);
    line.put(gap.as_str(), Style::new());
    text_field(scene, &mut line, ("payload ", Field::Payload), room.saturating_sub(topic_cols), &mut cursor);
    line.put(gap, Style::new());
    line.append(choices(scene, spacing));
    if inline {
        line.put_right(&words, max_cols, scene.style(role));
    }
    frame.render_widget(line.into_line(), row);
    place_cursor(row, cursor, frame);
}

/// A field a row, and the lives of late below.
fn single(scene: &Scene<'_>, area: Rect, frame: &mut Frame<'_>) {
    let block = scene.block(Pane::Publish).title(title(scene));
    let inner = block.inner(area);
    frame.render_widget(block, area);
    let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    let max_cols = usize::from(inner.width);
    let room = max_cols.saturating_sub(9);
    for (row, (label, field)) in (0..).zip([("topic    ", Field::Topic), ("payload  ", Field::Payload)]) {
        let (mut line, mut cursor) = (Strip::default(), None);
        text_field(scene, &mut line, (label, field), room, &mut cursor);
        frame.render_widget(line.into_line(), row_of(inner, row));
        place_cursor(row_of(inner, row), cursor, frame);
    }
    let mut line = Strip::default();
    line.to(9);
    line.append(choices(scene, WIDE));
    frame.render_widget(line.into_line(), row_of(inner, 2));
    let (words, role) = told(scene);
    for (row, words) in (3..).zip(wrap(&words, max_cols, 2)) {
        frame.render_widget(Line::styled(words, scene.style(role)), row_of(inner, row));
    }
    let below = Rect { y: inner.y + 6, height: inner.height.saturating_sub(6), ..inner };
    let lately = scene.model.lives.iter().take(usize::from(below.height));
    let lines: Vec<Line<'_>> = lately.map(|life| life_line(scene, life, max_cols)).collect();
    if below.height > 0 {
        frame.render_widget(Paragraph::new(lines), below);
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

fn place_cursor(row: Rect, cursor: Option<usize>, frame: &mut Frame<'_>) {
    let Some(col) = cursor.and_then(|col| u16::try_from(col).ok()) else { return };
    if col < row.width && row.height > 0 {
        frame.set_cursor_position((row.x + col, row.y));
    }
}

fn text_field(
    scene: &Scene<'_>,
    line: &mut Strip,
    (label, field): (&str, Field),
    max_cols: usize,
    cursor: &mut Option<usize>,
) {
    let form = &scene.model.form;
    let (before, behind) = form.payload.halves();
    let payload = line::Line::between(before, behind);
    let text = match field {
        Field::Topic => &form.topic,
        Field::Payload | Field::Qos | Field::Retain | Field::Format => &payload,
    };
    line.put(label, label_style(scene, field));
    let focused = is_focused(scene, field);
    // Without a cursor the end of a topic tells most, and the beginning of a payload.
    let shown = match (focused, field) {
        (true, _) => see(text, max_cols),
        (false, Field::Topic) => Seen { text: keep_end(text.text(), max_cols), cursor: 0 },
        (false, Field::Payload | Field::Qos | Field::Retain | Field::Format) => {
            Seen { text: sanitize(text.text().as_bytes(), max_cols), cursor: 0 }
        }
    };
    let style = scene.style(if focused { Role::FieldFocused } else { Role::Field });
    if focused {
        *cursor = Some(line.cols() + shown.cursor);
    }
    let end = line.cols() + max_cols;
    line.put(shown.text, style);
    let rest = end.saturating_sub(line.cols());
    line.put(" ".repeat(rest), style);
}

/// How far fields stand apart.
#[derive(Clone, Copy)]
struct Spacing {
    gap_cols: usize,
    /// Whether the format is told, although it is the usual one.
    with_format: bool,
}

const WIDE: Spacing = Spacing { gap_cols: 3, with_format: true };
const NARROW: Spacing = Spacing { gap_cols: 2, with_format: false };

impl Spacing {
    /// What everything but the texts takes.
    fn labels(self, scene: &Scene<'_>) -> usize {
        cols("topic ") + cols("payload ") + 2 * self.gap_cols + choices(scene, self).cols()
    }
}

fn choices(scene: &Scene<'_>, spacing: Spacing) -> Strip {
    let form = &scene.model.form;
    let mut line = Strip::default();
    let retain = if form.retain { "yes" } else { "no" };
    for (label, value, field) in
        [("QoS ", form.qos.to_string(), Field::Qos), ("retain ", retain.to_owned(), Field::Retain)]
    {
        if line.cols() > 0 {
            line.put(" ".repeat(spacing.gap_cols), Style::new());
        }
        line.put(label, label_style(scene, field));
        let role = if is_focused(scene, field) { Role::FieldFocused } else { Role::Field };
        line.put(value, scene.style(role));
    }
    if spacing.with_format || form.format != Format::Text || is_focused(scene, Field::Format) {
        line.put(" ".repeat(spacing.gap_cols), Style::new());
        line.put("as ", label_style(scene, Field::Format));
        let role = if is_focused(scene, Field::Format) { Role::FieldFocused } else { Role::Field };
        line.put(form.format.name(), scene.style(role));
    }
    line
}

fn is_focused(scene: &Scene<'_>, field: Field) -> bool {
    scene.has_focus(Pane::Publish) && scene.model.form.field == field
}

fn label_style(scene: &Scene<'_>, field: Field) -> Style {
    scene.style(if is_focused(scene, field) { Role::TitleFocused } else { Role::FieldLabel })
}

/// What stands in the form's corner: why it can't be sent, or what became of what was.
fn told(scene: &Scene<'_>) -> (String, Role) {
    let form = &scene.model.form;
    if scene.model.settings.read_only {
        return ("read-only: nothing is published".into(), Role::Publication);
    }
    let device = scene.model.device(form.device);
    let checked = form.publication(device);
    if let (Err(words), false) = (&checked, form.topic.text().is_empty()) {
        return (words.clone(), Role::FieldError);
    }
    match scene.model.lives.newest(form.device, form.topic.text()) {
        Some(life) => (life::words(life), life_role(life)),
        None => (String::new(), Role::Publication),
    }
}

pub fn life_role(life: &Life) -> Role {
    match life.stage.as_ref().map(|(stage, _)| stage) {
        Some(Stage::Refused(..) | Stage::NotSent(_)) => Role::PublicationFailed,
        Some(Stage::Acknowledged(reason)) if *reason != Reason::SUCCESS => Role::PublicationFailed,
        None | Some(Stage::Queued | Stage::Received) => Role::Publication,
        Some(Stage::Sent { .. } | Stage::Acknowledged(_)) => match life.echo {
            Echo::Missed => Role::PublicationFailed,
            Echo::Heard(_) => Role::PublicationDone,
            Echo::Awaited(_) | Echo::Unheard if life.is_settled() => Role::PublicationDone,
            Echo::Awaited(_) | Echo::Unheard => Role::Publication,
        },
    }
}
