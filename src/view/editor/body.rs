//! The editor's widgets as drawn: fields, sliders, lists, patches of colour. Owns where their cells lie.
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::{LABEL_COLS, Scene, Strip, row_of};
use crate::decode::{cols, escape, sanitize};
use crate::device::{Kind, Node, Unit, Value};
use crate::model::editor::{Body, Editor};
use crate::model::line::Line;
use crate::model::typed;
use crate::theme::Role;
use crate::view::field::{Seen, natural_cols, see};

/// Columns of a number's field: all digits of most numbers.
const NUMBER_COLS: usize = 12;

/// The same where there are several: four find room in the narrowest screen.
const PART_COLS: usize = 9;

/// Columns of a slider; a wider one would tell no more.
const MAX_SLIDER_COLS: usize = 50;

/// Columns of a listed value.
const MAX_CHOICE_COLS: usize = 24;

/// Columns of a patch of colour.
const SWATCH: &str = "        ";

/// The nodes to choose from, one a row.
pub fn which(scene: &Scene<'_>, editor: &Editor, at: usize, area: Rect, frame: &mut Frame<'_>) {
    let n_rows = usize::from(area.height).max(1);
    let first = at.saturating_sub(n_rows - 1);
    for (row, (place, node)) in (0..).zip(editor.nodes.iter().enumerate().skip(first).take(n_rows)) {
        let (mark, role) = if place == at { ("> ", Role::FieldFocused) } else { ("  ", Role::Field) };
        let path = node.path().map(|path| format!(" at {path}")).unwrap_or_default();
        let name = match (&node.alias, node.path()) {
            (None, None) => "the whole payload".to_owned(),
            (Some(_), _) | (None, Some(_)) => typed::name(node),
        };
        let words = format!("{mark}{name}{path} · {} · {}", node.kind, node.access);
        let mut line = Strip::default();
        line.put(sanitize(words.as_bytes(), usize::from(area.width)), scene.style(role));
        frame.render_widget(line.into_line(), row_of(area, row));
    }
}

/// The widget, in the area's first two rows.
pub fn draw(scene: &Scene<'_>, editor: &Editor, area: Rect, frame: &mut Frame<'_>) {
    let node = &editor.node;
    let mut first = label(scene, "value");
    let mut second = label(scene, "");
    let mut cursor = None;
    let max_cols = usize::from(area.width);
    match &editor.body {
        Body::Which(_) => {}
        Body::Impulse => first.put("the moment alone", scene.style(Role::TextFaint)),
        Body::Bool(on) => {
            for value in [false, true] {
                choice(scene, &mut first, &node.shown(&Value::Bool(value)), value == *on);
            }
        }
        Body::Choice(at) => choices(scene, node, *at, max_cols, (&mut first, &mut second)),
        Body::Text(line) => {
            let room = max_cols.saturating_sub(LABEL_COLS);
            cursor = Some(field(scene, &mut first, line, room, (true, true)));
            second = error_mark(scene, node, line, room).unwrap_or(second);
        }
        Body::Numbers { at, lines, is_fresh } => {
            cursor = numbers(scene, node, (*at, lines, *is_fresh), &mut first);
            let value = editor.body.value(node).ok();
            if node.is_color() {
                color(scene, node, value.as_ref(), &mut second);
            }
            slider(scene, node, value.as_ref(), *at, max_cols, &mut second);
        }
    }
    frame.render_widget(first.into_line(), row_of(area, 0));
    frame.render_widget(second.into_line(), row_of(area, 1));
    if let Some(col) = cursor.filter(|_| scene.has_focus(crate::model::layout::Pane::Publish))
        && let Some(col) = u16::try_from(col).ok().filter(|col| *col < area.width)
    {
        frame.set_cursor_position((area.x + col, area.y));
    }
}

fn label(scene: &Scene<'_>, text: &'static str) -> Strip {
    let mut line = Strip::default();
    line.put(text, scene.style(Role::FieldLabel));
    line.to(LABEL_COLS);
    line
}

/// A field of so many columns; the column of its cursor. A text that is not being typed shows its beginning.
fn field(
    scene: &Scene<'_>,
    strip: &mut Strip,
    line: &Line,
    max_cols: usize,
    (is_focused, is_typed): (bool, bool),
) -> usize {
    let seen = if is_focused && is_typed {
        see(line, max_cols)
    } else {
        Seen { text: sanitize(line.text().as_bytes(), max_cols), cursor: 0 }
    };
    let role = if is_focused { Role::FieldFocused } else { Role::Field };
    let (begin, end) = (strip.cols(), strip.cols() + max_cols);
    strip.put(seen.text, scene.style(role));
    let rest = end.saturating_sub(strip.cols());
    strip.put(" ".repeat(rest), scene.style(role));
    begin + seen.cursor
}

fn numbers(
    scene: &Scene<'_>,
    node: &Node,
    (at, lines, is_fresh): (usize, &[Line], bool),
    strip: &mut Strip,
) -> Option<usize> {
    let names = match (lines.len(), node.is_color()) {
        (0 | 1, _) => ["", "", "", ""],
        (_, true) if lines.len() == 4 && !is_alpha_first(node) => ["r ", "g ", "b ", "a "],
        (_, true) if !is_alpha_first(node) => color_names(node),
        (_, true) => ["a ", "r ", "g ", "b "],
        (_, false) => ["x ", "y ", "z ", "w "],
    };
    let mut cursor = None;
    let room = if lines.len() > 1 { PART_COLS } else { NUMBER_COLS };
    for (place, (line, name)) in lines.iter().zip(names).enumerate() {
        let is_focused = place == at;
        strip.put(name, scene.style(if is_focused { Role::TitleFocused } else { Role::FieldLabel }));
        let col = field(scene, strip, line, room, (is_focused, !is_fresh));
        cursor = if is_focused { Some(col) } else { cursor };
        strip.put(" ", Style::new());
    }
    let unit = node.unit.as_ref().map(Unit::behind).unwrap_or_default();
    let unit = sanitize(unit.trim().as_bytes(), NUMBER_COLS);
    let number = lines.get(at).and_then(|line| line.text().trim().parse().ok()).unwrap_or(0.0);
    let step = Value::Float(node.step_from(number)).shown();
    if lines.len() == 1 {
        strip.put(unit, scene.style(Role::Field));
        strip.put(format!("   step {step}"), scene.style(Role::TextFaint));
    }
    cursor
}

fn is_alpha_first(node: &Node) -> bool {
    node.unit.as_ref().is_some_and(|unit| unit.as_str().starts_with("color.argb"))
}

fn color_names(node: &Node) -> [&'static str; 4] {
    match node.unit.as_ref().map(Unit::as_str) {
        Some("color.hsv") => ["h ", "s ", "v ", ""],
        Some("color.hsl") => ["h ", "s ", "l ", ""],
        Some("color.bgr") => ["b ", "g ", "r ", ""],
        Some("color.rgb") | None => ["r ", "g ", "b ", ""],
        Some(_) => ["1 ", "2 ", "3 ", ""],
    }
}

/// A patch of the colour and its digits; the digits alone where the terminal has no colours.
fn color(scene: &Scene<'_>, node: &Node, value: Option<&Value>, strip: &mut Strip) {
    let Some(rgb) = value.and_then(|value| node.rgb(value)) else { return };
    if let Some(style) = scene.theme.swatch(rgb) {
        strip.put(SWATCH, style);
        strip.put(" ", Style::new());
    }
    let [r, g, b] = rgb;
    strip.put(format!("#{r:02x}{g:02x}{b:02x}  "), scene.style(Role::Field));
}

/// Where a number stands between the domain's bounds; a bound alone is told in words.
fn slider(
    scene: &Scene<'_>,
    node: &Node,
    value: Option<&Value>,
    component: usize,
    max_cols: usize,
    strip: &mut Strip,
) {
    let faint = scene.style(Role::TextFaint);
    let (min, max) = match (node.domain.min, node.domain.max) {
        (Some(min), Some(max)) if max > min => (min, max),
        (None, None) => return,
        (Some(_) | None, Some(_) | None) => return strip.put(node.domain.range(), faint),
    };
    #[expect(clippy::cast_precision_loss, reason = "a slider has a few dozen places")]
    let number = match value {
        Some(Value::Int(whole)) => Some(*whole as f64),
        Some(value) => value.numbers().get(component).copied(),
        None => None,
    };
    let words = |bound| Value::Float(bound).shown();
    let (low, high) = (words(min), words(max));
    let taken = strip.cols() + cols(&low) + cols(&high) + 2;
    let n_cells = max_cols.saturating_sub(taken).min(MAX_SLIDER_COLS);
    let n_full =
        number.map_or(0, |number| cells((number / 2.0 - min / 2.0) / (max / 2.0 - min / 2.0), n_cells));
    strip.put(format!("{low} "), faint);
    strip.put("▰".repeat(n_full), scene.style(Role::Sparkline));
    strip.put("▱".repeat(n_cells - n_full), faint);
    strip.put(format!(" {high}"), faint);
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a slider has a few dozen places"
)]
fn cells(share: f64, n_cells: usize) -> usize {
    ((share.clamp(0.0, 1.0) * n_cells as f64).round() as usize).min(n_cells)
}

fn choice(scene: &Scene<'_>, strip: &mut Strip, words: &str, is_chosen: bool) {
    let words = sanitize(words.as_bytes(), MAX_CHOICE_COLS);
    // Brackets, so that the choice is told without colours too.
    let (words, role) = if is_chosen {
        (format!("[{words}]"), Role::FieldFocused)
    } else {
        (format!(" {words} "), Role::Field)
    };
    strip.put(words, scene.style(role));
    strip.put(" ", Style::new());
}

/// The listed values around the one chosen, and how many there are.
fn choices(
    scene: &Scene<'_>,
    node: &Node,
    at: Option<usize>,
    max_cols: usize,
    (strip, below): (&mut Strip, &mut Strip),
) {
    let values = &node.domain.values;
    let shown = |place: usize| values.get(place).map(|value| node.shown(value)).unwrap_or_default();
    let width = |place: usize| cols(&sanitize(shown(place).as_bytes(), MAX_CHOICE_COLS)) + 3;
    let mark = format!("{} ", escape::ELLIPSIS);
    let room = max_cols.saturating_sub(LABEL_COLS + cols(&mark));
    let chosen = at.unwrap_or(0);
    let (mut first, mut taken) = (chosen, width(chosen));
    while first > 0 && taken + width(first - 1) + cols(&mark) <= room {
        first -= 1;
        taken += width(first);
    }
    let faint = scene.style(Role::TextFaint);
    if first > 0 {
        strip.put(mark, faint);
    }
    for place in first..values.len() {
        if strip.cols() + width(place) > LABEL_COLS + room {
            strip.put(escape::ELLIPSIS, faint);
            break;
        }
        choice(scene, strip, &shown(place), at == Some(place));
    }
    let place = at.map_or("none".to_owned(), |at| (at + 1).to_string());
    below.put(format!("{place} of {}", values.len()), faint);
}

/// A mark under the place where JSON goes wrong, as far as it is seen.
fn error_mark(scene: &Scene<'_>, node: &Node, line: &Line, room: usize) -> Option<Strip> {
    if !matches!(node.kind, Kind::List | Kind::Map) {
        return None;
    }
    let words = node.parse(line.text()).err()?;
    let (_, column) = words.rsplit_once("line 1 column ")?;
    let column: usize = column.parse().ok()?;
    let before = line.text().get(..column.saturating_sub(1)).unwrap_or(line.text());
    let col = cols(&sanitize(before.as_bytes(), usize::MAX));
    if natural_cols(line, room + 1) > room || col >= room {
        return None;
    }
    let mut strip = label(scene, "");
    strip.to(LABEL_COLS + col);
    strip.put("^", scene.style(Role::FieldError));
    Some(strip)
}
