//! The form's fields on a line. Owns how a text, a choice and a label look; where they stand is `short`'s and `tall`'s.
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::decode::sanitize;
use crate::model::form::{Field, Format, Offline};
use crate::model::layout::Pane;
use crate::model::line::Line;
use crate::theme::Role;
use crate::view::Scene;
use crate::view::field::{Seen, see};
use crate::view::strip::{Strip, keep_end};

pub fn is_focused(scene: &Scene<'_>, field: Field) -> bool {
    scene.has_focus(Pane::Publish) && scene.model.form.field == field
}

pub fn label_style(scene: &Scene<'_>, field: Field) -> Style {
    scene.style(if is_focused(scene, field) { Role::TitleFocused } else { Role::FieldLabel })
}

pub fn value_style(scene: &Scene<'_>, field: Field) -> Style {
    scene.style(if is_focused(scene, field) { Role::FieldFocused } else { Role::Field })
}

/// The payload as one line, its line ends as escapes.
pub fn payload_line(scene: &Scene<'_>) -> Line {
    let (before, behind) = scene.model.form.payload.halves();
    Line::between(before, behind)
}

/// A text in so many columns, and the cursor's column when it stands there.
pub fn text(
    scene: &Scene<'_>,
    strip: &mut Strip,
    field: Field,
    line: &Line,
    max_cols: usize,
    cursor: &mut Option<usize>,
) {
    let focused = is_focused(scene, field);
    // Without a cursor the end of a topic tells most, and the beginning of anything else.
    let shown = if focused {
        see(line, max_cols)
    } else if field == Field::Topic {
        Seen { text: keep_end(line.text(), max_cols), cursor: 0 }
    } else {
        Seen { text: sanitize(line.text().as_bytes(), max_cols), cursor: 0 }
    };
    let style = value_style(scene, field);
    if focused {
        *cursor = Some(strip.cols() + shown.cursor);
    }
    let end = strip.cols() + max_cols;
    strip.put(shown.text, style);
    let rest = end.saturating_sub(strip.cols());
    strip.put(" ".repeat(rest), style);
}

/// How far fields stand apart.
#[derive(Clone, Copy)]
pub struct Spacing {
    pub gap_cols: usize,
    /// Whether the format is told, although it is the usual one.
    pub with_format: bool,
}

pub const WIDE: Spacing = Spacing { gap_cols: 3, with_format: true };
pub const NARROW: Spacing = Spacing { gap_cols: 2, with_format: false };

/// `QoS`, retain and format.
pub fn choices(scene: &Scene<'_>, spacing: Spacing) -> Strip {
    let form = &scene.model.form;
    let retain = if form.retain { "yes" } else { "no" };
    let with_format = spacing.with_format || form.format != Format::Text || is_focused(scene, Field::Format);
    let fields = [
        (Field::Qos, form.qos.to_string()),
        (Field::Retain, retain.to_owned()),
        (Field::Format, form.format.name().to_owned()),
    ];
    let mut line = Strip::default();
    for (field, value) in fields.into_iter().take(if with_format { 3 } else { 2 }) {
        if line.cols() > 0 {
            line.put(" ".repeat(spacing.gap_cols), Style::new());
        }
        line.put(format!("{} ", field.label()), label_style(scene, field));
        line.put(value, value_style(scene, field));
    }
    line
}

/// The choice of a field that is folded away; none where it is a text.
pub fn choice(scene: &Scene<'_>, field: Field) -> Option<&'static str> {
    let form = &scene.model.form;
    match field {
        Field::Utf8 => Some(match form.properties.utf8 {
            None => "nothing",
            Some(true) => "yes",
            Some(false) => "no",
        }),
        Field::Offline => Some(match form.offline {
            Offline::Hold => "hold",
            Offline::Refuse => "refuse",
        }),
        Field::Topic
        | Field::Payload
        | Field::Qos
        | Field::Retain
        | Field::Format
        | Field::ContentType
        | Field::Expiry
        | Field::ResponseTopic
        | Field::Correlation
        | Field::User(_) => None,
    }
}

pub fn place_cursor(row: Rect, cursor: Option<usize>, frame: &mut Frame<'_>) {
    let Some(col) = cursor.and_then(|col| u16::try_from(col).ok()) else { return };
    if col < row.width && row.height > 0 {
        frame.set_cursor_position((row.x + col, row.y));
    }
}
