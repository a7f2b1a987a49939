//! The device form. Owns where its fields lie and what stands beside them; what is wrong with them is the model's.
use ratatui::Frame;
use ratatui::layout::{Margin, Rect};
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::{Block, Clear, Paragraph};

use crate::decode::sanitize;
use crate::model::devices::form::{DeviceForm, Field, Kind, Remark, Section, Weight};
use crate::model::line;
use crate::theme::Role;
use crate::view::field::see;
use crate::view::strip::{Strip, wrap};
use crate::view::{Scene, row_of};

/// Columns of the labels, the widest of which is "save in plain text".
const LABEL_COLS: usize = 19;

/// From here on the notes stand at the right, below it under the fields.
const NOTES_BESIDE_COLS: u16 = 110;

/// Columns of the notes at the right.
const NOTES_COLS: u16 = 42;

/// Lines of the notes under the fields: what the field means, and in high screens what the preset limits.
const HELP_ROWS: u16 = 2;
const LIMITS_ROWS: u16 = 2;

/// From here on there is room for what the preset limits.
const HIGH_ROWS: u16 = 20;

/// The most lines of a preset's words, under the preset's field and at the right.
const PRESET_ROWS: u16 = 10;
const PRESET_ROWS_BESIDE: usize = 20;

/// The most lines of a remark under its field.
const MAX_REMARK_LINES: usize = 3;

/// What stands for a secret, however long it is.
const DOTS: &str = "••••••••";

/// A value's columns, beyond which nothing is easier to read.
const MAX_VALUE_COLS: usize = 90;

/// A line of the form.
enum Row<'a> {
    Blank,
    Heading(Section),
    Field(Field),
    Remark(&'a Remark, String),
}

/// Draws the form.
///
/// ```text
/// ┌ Add a device ────────────┐          ┌ Add a device ─────────┬ notes ┐
/// │ Connection   mqtt://h:1  │   wide:  │ Connection            │ field │
/// │  name        plant       │          │  name        plant    │       │
/// ├──────────────────────────┤          │                       │preset │
/// │ notes                    │          └───────────────────────┴───────┘
/// └──────────────────────────┘
/// ```
pub fn draw(scene: &Scene<'_>, form: &DeviceForm, area: Rect, frame: &mut Frame<'_>) {
    let title = match &form.edited {
        Some(name) => format!(" Edit {} ", sanitize(name.as_bytes(), 40)),
        None => " Add a device ".to_owned(),
    };
    let mut block = Block::bordered()
        .border_style(scene.style(Role::BorderFocused))
        .title(Line::styled(title, scene.style(Role::TitleFocused)));
    if let Some((words, role)) = state(form) {
        block = block.title(Line::styled(format!(" {words} "), scene.style(role)).right_aligned());
    }
    frame.render_widget(Clear, area);
    frame.buffer_mut().set_style(area, scene.style(Role::Text));
    frame.render_widget(block, area);
    let inner = area.inner(Margin::new(2, 1));
    let (fields, notes) = split(form, inner);
    draw_fields(scene, form, fields, frame);
    draw_notes(scene, form, notes, frame);
}

/// What stands in the frame: how far it is from being saved.
fn state(form: &DeviceForm) -> Option<(String, Role)> {
    match form.n_faults() {
        0 if form.changed() => Some(("changed".to_owned(), Role::Title)),
        0 => None,
        1 => Some(("1 field to put right".to_owned(), Role::FieldError)),
        n => Some((format!("{n} fields to put right"), Role::FieldError)),
    }
}

/// The fields' part and the notes' part.
fn split(form: &DeviceForm, inner: Rect) -> (Rect, Rect) {
    if inner.width >= NOTES_BESIDE_COLS {
        let width = inner.width - NOTES_COLS - 3;
        let notes = Rect { x: inner.x + width + 3, width: NOTES_COLS, ..inner };
        return (Rect { width, ..inner }, notes);
    }
    let rows = match form.preset() {
        Some(_) if form.focus == Field::Preset => PRESET_ROWS.min(inner.height / 2),
        Some(_) if inner.height >= HIGH_ROWS => HELP_ROWS + LIMITS_ROWS,
        Some(_) | None => HELP_ROWS,
    };
    let height = inner.height.saturating_sub(rows + 1);
    let notes =
        Rect { y: inner.y + inner.height - rows.min(inner.height), height: rows.min(inner.height), ..inner };
    (Rect { height, ..inner }, notes)
}

fn draw_fields(scene: &Scene<'_>, form: &DeviceForm, area: Rect, frame: &mut Frame<'_>) {
    let value_cols = usize::from(area.width).saturating_sub(LABEL_COLS + 1).min(MAX_VALUE_COLS);
    let height = usize::from(area.height);
    let rows = rows(form, value_cols, height);
    let at = rows.iter().position(|row| matches!(row, Row::Field(field) if *field == form.focus));
    // The field under the hand stands in the middle, its remark in sight.
    let top = at.unwrap_or_default().saturating_sub(height / 2).min(rows.len().saturating_sub(height));
    for (y, row) in (0..).zip(rows.iter().skip(top).take(height)) {
        let place = row_of(area, y);
        let line = match row {
            Row::Blank => Strip::default(),
            Row::Heading(section) => heading(scene, form, *section, usize::from(area.width)),
            Row::Field(field) => value(scene, form, *field, value_cols, place, frame),
            Row::Remark(remark, words) => said(scene, remark, words),
        };
        frame.render_widget(line.into_line(), place);
    }
    let below = rows.len().saturating_sub(top + height);
    if below > 0 && area.height > 0 {
        let more = format!("{below} more");
        let x = area.right().saturating_sub(u16::try_from(more.len()).unwrap_or_default());
        let place = Rect { x, width: area.right() - x, ..row_of(area, area.height - 1) };
        frame.render_widget(Line::styled(more, scene.style(Role::TextFaint)), place);
    }
}

/// All lines, those of closed sections as their heading alone; with blanks between them where these fit.
fn rows(form: &DeviceForm, value_cols: usize, height: usize) -> Vec<Row<'_>> {
    let blocks: Vec<Vec<Row<'_>>> =
        Section::ALL.into_iter().map(|section| section_rows(form, section, value_cols)).collect();
    let n_rows: usize = blocks.iter().map(Vec::len).sum();
    let is_airy = n_rows + Section::ALL.len() <= height;
    let mut rows = Vec::new();
    for block in blocks {
        if is_airy && !rows.is_empty() {
            rows.push(Row::Blank);
        }
        rows.extend(block);
    }
    rows
}

fn section_rows(form: &DeviceForm, section: Section, value_cols: usize) -> Vec<Row<'_>> {
    let mut rows = vec![Row::Heading(section)];
    for field in form.fields(section) {
        rows.push(Row::Field(field));
        if let Some(remark) = form.remark(field) {
            let lines = wrap(&remark.words, value_cols, MAX_REMARK_LINES);
            rows.extend(lines.into_iter().map(|words| Row::Remark(remark, words)));
        }
    }
    rows
}

fn heading(scene: &Scene<'_>, form: &DeviceForm, section: Section, max_cols: usize) -> Strip {
    let mut line = Strip::default();
    line.put(section.title(), scene.style(Role::HelpTitle));
    let beside = if section == Section::Connection {
        form.url().unwrap_or_default()
    } else if form.fields(section).is_empty() {
        section.why_closed().to_owned()
    } else {
        String::new()
    };
    line.to(LABEL_COLS + 1);
    let room = max_cols.saturating_sub(line.cols());
    line.put(sanitize(beside.as_bytes(), room), scene.style(Role::TextFaint));
    line
}

fn said(scene: &Scene<'_>, remark: &Remark, words: &str) -> Strip {
    let role = match remark.weight {
        Weight::Fault => Role::FieldError,
        Weight::Advice => Role::ToastWarn,
    };
    let mut line = Strip::default();
    line.to(LABEL_COLS + 1);
    line.put(words, scene.style(role));
    line
}

/// A field with its label; the cursor, where it has it.
fn value(
    scene: &Scene<'_>,
    form: &DeviceForm,
    field: Field,
    max_cols: usize,
    place: Rect,
    frame: &mut Frame<'_>,
) -> Strip {
    let is_focused = form.focus == field;
    let style = scene.style(if is_focused { Role::FieldFocused } else { Role::Field });
    let mut line = Strip::default();
    let label = scene.style(if is_focused { Role::TitleFocused } else { Role::FieldLabel });
    line.put(format!(" {}", field.label()), label);
    line.to(LABEL_COLS + 1);
    let start = line.cols();
    let mut cursor = start;
    match (field.kind(), form.line(field)) {
        (Kind::Choice(_), _) => {
            let choice = form.choice(field);
            let shown = if is_focused { format!("< {choice} >") } else { choice.to_owned() };
            line.put(sanitize(shown.as_bytes(), max_cols), style);
        }
        (Kind::Text, Some(text)) => {
            let stand_in = form.stand_in(field).filter(|_| text.text().is_empty());
            if let Some(words) = &stand_in {
                line.put(sanitize(words.as_bytes(), max_cols), scene.style(Role::TextFaint));
            } else if is_focused {
                let seen = see(&masked(field, text), max_cols);
                cursor += seen.cursor;
                line.put(seen.text, style);
            } else {
                line.put(sanitize(masked(field, text).text().as_bytes(), max_cols), style);
            }
        }
        (Kind::Text, None) => {}
    }
    if is_focused {
        let rest = (start + max_cols).saturating_sub(line.cols());
        line.put(" ".repeat(rest), style);
        if let Some(col) = u16::try_from(cursor).ok().filter(|col| *col < place.width && place.height > 0) {
            frame.set_cursor_position((place.x + col, place.y));
        }
    }
    line
}

/// The text with dots in the place of what is secret: as many for any.
fn masked(field: Field, text: &line::Line) -> line::Line {
    let Some(hidden) = field.hidden(text.text()) else { return text.clone() };
    let shown = |range| text.text().get(range).unwrap_or_default();
    let (before, behind) = (shown(0..hidden.start), shown(hidden.end..text.text().len()));
    let cursor = text.halves().0.len();
    // Where in the secret the cursor is would tell how long it is.
    if cursor < hidden.start || cursor == 0 {
        let (left, right) = text.text().split_at_checked(cursor).unwrap_or_default();
        let right = right.get(..hidden.start - left.len()).unwrap_or_default();
        line::Line::between(left, &format!("{right}{DOTS}{behind}"))
    } else if cursor <= hidden.end {
        line::Line::between(&format!("{before}{DOTS}"), behind)
    } else {
        let left = shown(hidden.end..cursor);
        line::Line::between(&format!("{before}{DOTS}{left}"), shown(cursor..text.text().len()))
    }
}

/// What the field means, and what the preset limits: all of it beside the fields or on the preset's own field.
fn draw_notes(scene: &Scene<'_>, form: &DeviceForm, area: Rect, frame: &mut Frame<'_>) {
    let max_cols = usize::from(area.width);
    let faint = scene.style(Role::TextFaint);
    let is_beside = area.height > PRESET_ROWS;
    let mut lines: Vec<Line<'_>> = Vec::new();
    let mut put = |words: &str, most: usize, style: Style| {
        lines.extend(wrap(words, max_cols, most).into_iter().map(|line| Line::styled(line, style)));
    };
    let is_preset = form.focus == Field::Preset;
    match form.preset() {
        Some(preset) if is_beside => {
            put(form.focus.label(), 1, scene.style(Role::HelpTitle));
            put(form.focus.help(), usize::from(HELP_ROWS) + 2, faint);
            put("", 1, faint);
            put(preset.title(), 2, scene.style(Role::HelpTitle));
            put(preset.words(), PRESET_ROWS_BESIDE, faint);
        }
        Some(preset) if is_preset => put(preset.words(), usize::from(area.height), faint),
        Some(preset) => {
            put(form.focus.help(), usize::from(HELP_ROWS), faint);
            if let Some(words) = preset.limits().words() {
                put(&format!("{}: {words}", preset.name()), usize::from(LIMITS_ROWS), faint);
            }
        }
        None if is_beside => {
            put(form.focus.label(), 1, scene.style(Role::HelpTitle));
            put(form.focus.help(), usize::from(HELP_ROWS) + 2, faint);
        }
        None => put(form.focus.help(), usize::from(HELP_ROWS), faint),
    }
    lines.truncate(usize::from(area.height));
    frame.render_widget(Paragraph::new(lines), area);
}

#[cfg(test)]
mod tests;
