//! The Learn pane: candidates by activity, or the parts of one. Owns its columns and which go when it is narrow.
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use super::strip::{Strip, keep_end, wrap};
use super::{Scene, rect, row_of};
use crate::decode::{cols, figures, fit, sanitize};
use crate::device::learn::{Lane, Sureness};
use crate::model::layout::Pane;
use crate::model::learn::Learning;
use crate::model::learn::hands::Hold;
use crate::model::learn::parts::Picker;
use crate::model::learn::rows::Row;
use crate::theme::Role;

/// Columns between two columns, and in a narrow pane.
const GAP: usize = 2;
const NARROW_GAP: usize = 1;

/// Columns of the pane below which it is narrow.
const WIDE_FROM: usize = 92;

/// Rows below the candidates that tell all of the one under the hand.
const DETAIL_ROWS: u16 = 2;

/// The columns, each with its width and the width of the pane from which it is there; topic and value share the rest.
const TYPE: usize = 9;
const SAMPLES: (usize, usize) = (4, WIDE_FROM);
const RANGE: (usize, usize) = (15, WIDE_FROM);
const UNIT: (usize, usize) = (6, 66);
const CADENCE: usize = 7;
const RETAINED: usize = 1;
const ACCESS: (usize, usize) = (4, 66);

/// The part of the rest that the topic takes, in percent, and the widest it gets.
const TOPIC_PERCENT: usize = 62;
const MAX_TOPIC: usize = 64;

/// Columns of the title that are left to how many are new.
const COUNT_COLS: usize = 16;

pub fn draw(scene: &Scene<'_>, frame: &mut Frame<'_>) {
    let area = rect(scene.layout.learn, frame);
    let Some(learning) = scene.model.learning.as_ref().filter(|_| !area.is_empty()) else { return };
    let block = scene.block(Pane::Learn).title(title(scene, learning, usize::from(area.width)));
    let inner = block.inner(area);
    frame.render_widget(block, area);
    if let Some(picker) = &learning.picker {
        return parts(scene, picker, inner, frame);
    }
    let shown = &learning.shown;
    if shown.rows.is_empty() {
        return hints(scene, &shown.hints, inner, frame);
    }
    let columns = Columns::new(usize::from(inner.width));
    frame.render_widget(columns.heading(scene), row_of(inner, 0));
    let n_rows = inner.height.saturating_sub(1 + DETAIL_ROWS);
    for (y, (at, row)) in (1..=n_rows).zip(shown.rows.iter().enumerate()) {
        let is_under_hand = at == shown.cursor_row;
        under_hand(scene, is_under_hand, row_of(inner, y), frame);
        frame.render_widget(columns.compose(scene, row, is_under_hand), row_of(inner, y));
    }
    if let Some(row) = shown.rows.get(shown.cursor_row) {
        detail(scene, row, inner, frame);
    }
}

fn under_hand(scene: &Scene<'_>, is_under_hand: bool, area: Rect, frame: &mut Frame<'_>) {
    if is_under_hand {
        let role = if scene.has_focus(Pane::Learn) { Role::Cursor } else { Role::CursorUnfocused };
        frame.buffer_mut().set_style(area, scene.style(role));
    }
}

/// What is learnt and how much of it there is; what finds no room is left out from the end.
fn title(scene: &Scene<'_>, learning: &Learning, max_cols: usize) -> Line<'static> {
    let counts = learning.learn.counts();
    let scope = &learning.learn.scope;
    let filters: Vec<String> = scope.filters.iter().map(|f| sanitize(f.as_str().as_bytes(), 30)).collect();
    let border = if scene.has_focus(Pane::Learn) { Role::BorderFocused } else { Role::Border };
    let mut words = Strip::default();
    words.put(" Learn", scene.title(Pane::Learn));
    words.put(" ─ ", scene.style(border));
    if let Some(device) = scene.model.device(learning.device).filter(|_| scene.model.devices.len() > 1) {
        words.put(sanitize(device.profile.name.as_bytes(), 20), scene.style(Role::TitleFocused));
        words.put(" ", Style::new());
    }
    words.put(fit(&filters.join(" "), 30, "…"), scene.style(Role::TitleFocused));
    if let Some(matching) = &learning.matching {
        let device = scene.model.device(learning.device);
        let room = max_cols.saturating_sub(words.cols() + COUNT_COLS);
        words.put(format!(" {}", fit(&matching.words(device), room, "…")), scene.style(Role::Mark));
    }
    let strong = |lane| if learning.lane == lane { Role::TitleFocused } else { Role::Title };
    let mut said: Vec<(String, Role)> = Vec::new();
    let mut count = |n: u64, what: &str, role: Role| {
        if n > 0 {
            said.push((format!("{} {what}", figures::grouped(n)), role));
        }
    };
    count(learning.ticks.len() as u64, "ticked", Role::Mark);
    count(counts.n_topics_refused, "beyond the cap", Role::Dropped);
    count(counts.n_kept as u64, "kept", strong(Lane::Kept));
    count(counts.n_discarded as u64, "discarded", strong(Lane::Discarded));
    let n_ignored = counts.n_discoveries_ignored + counts.n_hints_refused;
    count(n_ignored, "discovery messages ignored", Role::Dropped);
    let mut head = vec![(format!("{} new", figures::grouped(counts.n_new as u64)), strong(Lane::New))];
    if learning.is_over {
        head.push(("time over".into(), Role::Mark));
    } else if let Some(until) = scope.until {
        head.push((format!("{} s left", until.since(scene.seen_at).as_secs()), Role::Title));
    }
    match learning.hold {
        Hold::Still => head.push(("held still".into(), Role::Mark)),
        Hold::Follow | Hold::Until(_) => {}
    }
    for (text, role) in head.into_iter().chain(said) {
        if words.cols() + 4 + cols(&text) + 2 <= max_cols {
            words.put(" · ", scene.style(Role::Title));
            words.put(text, scene.style(role));
        }
    }
    words.put(" ", Style::new());
    words.into_line()
}

/// Where the columns lie.
struct Columns {
    width: usize,
    gap: usize,
    topic: usize,
    value: usize,
}

impl Columns {
    fn new(width: usize) -> Self {
        let optional = [SAMPLES, RANGE, UNIT, ACCESS];
        let gap = if width < WIDE_FROM { NARROW_GAP } else { GAP };
        let fixed: usize =
            optional.iter().filter(|(_, from)| width >= *from).map(|(cols, _)| cols + gap).sum();
        let rest = width.saturating_sub(fixed + 4 + TYPE + CADENCE + RETAINED + 4 * gap);
        let topic = (rest * TOPIC_PERCENT / 100).min(MAX_TOPIC);
        Self { width, gap, topic, value: rest.saturating_sub(topic) }
    }

    const fn has(&self, column: (usize, usize)) -> bool {
        self.width >= column.1
    }

    fn heading(&self, scene: &Scene<'_>) -> Line<'static> {
        let style = scene.style(Role::TextFaint);
        let mut line = Strip::default();
        line.put("   topic", style);
        self.cells(&mut line, |line, _, text, _| line.put(text, style));
        line.into_line()
    }

    /// Walks the columns behind the topic; each is given its place and heading.
    fn cells(&self, line: &mut Strip, mut cell: impl FnMut(&mut Strip, Cell, &'static str, usize)) {
        let mut at = 3 + self.topic + self.gap;
        let mut put = |line: &mut Strip, which: Cell, heading: &'static str, width: usize| {
            line.to(at);
            cell(line, which, heading, width);
            at += width + self.gap;
        };
        put(line, Cell::Kind, "type", TYPE);
        if self.has(SAMPLES) {
            put(line, Cell::Samples, "of", SAMPLES.0);
        }
        put(line, Cell::Value, "value", self.value);
        if self.has(RANGE) {
            put(line, Cell::Range, "min..max", RANGE.0);
        }
        if self.has(UNIT) {
            put(line, Cell::Unit, "unit", UNIT.0);
        }
        put(line, Cell::Cadence, "every", CADENCE);
        put(line, Cell::Retained, "R", RETAINED);
        if self.has(ACCESS) {
            put(line, Cell::Access, "way", ACCESS.0);
        }
    }

    fn compose(&self, scene: &Scene<'_>, row: &Row, is_under_hand: bool) -> Line<'static> {
        let mut line = Strip::default();
        let hand = if is_under_hand { ">" } else { " " };
        line.put(hand, scene.style(Role::TitleFocused));
        line.put(if row.is_ticked { "× " } else { "  " }, scene.style(Role::Mark));
        let topic = row.alias.as_deref().unwrap_or(&row.topic);
        line.put(keep_end(topic, self.topic), scene.style(Role::Topic));
        self.cells(&mut line, |line, which, _, width| match which {
            Cell::Kind => kind(scene, row, line),
            Cell::Samples => {
                let n = if row.n_samples > 999 { "999+".to_owned() } else { row.n_samples.to_string() };
                line.put(n, scene.style(Role::TextFaint));
            }
            Cell::Value => {
                let over = if row.is_lit { scene.style(Role::ValueChanged) } else { Style::new() };
                line.put_inks(&row.value.line, width, scene.theme, over);
            }
            Cell::Range => line.put_fit(&row.observed, width, scene.style(Role::ValueNumber)),
            Cell::Unit => line.put(sanitize(row.unit.as_bytes(), width), scene.style(Role::Value)),
            Cell::Cadence => line.put_fit(&row.cadence, width, scene.style(Role::TextFaint)),
            Cell::Retained => line.put(if row.was_retained { "R" } else { "" }, scene.style(Role::Mark)),
            Cell::Access => line.put(row.access.name(), scene.style(Role::Text)),
        });
        line.into_line()
    }
}

#[derive(Clone, Copy)]
enum Cell {
    Kind,
    Samples,
    Value,
    Range,
    Unit,
    Cadence,
    Retained,
    Access,
}

/// The type, with a mark where it is not sure.
fn kind(scene: &Scene<'_>, row: &Row, line: &mut Strip) {
    let (mark, role) = match row.sureness {
        _ if row.has_update => ("±", Role::ValueError),
        _ if row.is_edited => ("*", Role::Mark),
        Sureness::Sure => ("", Role::Text),
        Sureness::Likely | Sureness::Perhaps => ("?", Role::TextFaint),
    };
    line.put(row.kind, scene.style(if mark == "?" { Role::TextFaint } else { Role::Text }));
    line.put(mark, scene.style(role));
}

/// All of the row under the hand, in words: the columns that found no room included.
fn detail(scene: &Scene<'_>, row: &Row, inner: Rect, frame: &mut Frame<'_>) {
    let sure = match row.sureness {
        _ if row.is_edited => "edited",
        Sureness::Sure => "sure",
        Sureness::Likely => "likely",
        Sureness::Perhaps => "perhaps",
    };
    let mut words =
        vec![format!("{} ({sure})", row.kind), figures::counted(u64::from(row.n_samples), "sample")];
    if !row.observed.is_empty() {
        let unit = sanitize(row.unit.as_bytes(), 12);
        words.push(format!("{} {unit}", row.observed).trim_end().to_owned());
    }
    if !row.cadence.is_empty() {
        words.push(format!("every {}", row.cadence));
    }
    if row.was_retained {
        words.push("retained".into());
    }
    words.push(row.access.name().to_owned());
    words.extend(row.alias.iter().map(|alias| format!("called {alias}")));
    words.extend(row.notes.iter().cloned());
    let room = usize::from(inner.width).saturating_sub(2);
    let lines = [keep_end(&row.topic, room), sanitize(words.join(" · ").as_bytes(), room)];
    let roles = [Role::TextStrong, Role::Text];
    for ((y, line), role) in (0..DETAIL_ROWS).zip(lines).zip(roles) {
        let area = row_of(inner, inner.height.saturating_sub(DETAIL_ROWS) + y);
        frame.render_widget(Line::styled(format!(" {line}"), scene.style(role)), area);
    }
}

fn hints(scene: &Scene<'_>, hints: &[String], inner: Rect, frame: &mut Frame<'_>) {
    let room = Rect { x: inner.x + 3, width: inner.width.saturating_sub(5), ..inner };
    let wrapped = hints.iter().flat_map(|hint| wrap(hint, usize::from(room.width), 4));
    let lines: Vec<Line<'_>> = wrapped.take(usize::from(room.height)).map(Line::from).collect();
    frame.render_widget(Paragraph::new(lines).style(scene.style(Role::Text)), room);
}

/// The parts of one candidate's JSON.
fn parts(scene: &Scene<'_>, picker: &Picker, inner: Rect, frame: &mut Frame<'_>) {
    let width = usize::from(inner.width);
    let mut heading = Strip::default();
    let more = match picker.parts.n_more {
        0 => String::new(),
        n => format!(" · {} more not listed", figures::grouped(n as u64)),
    };
    let topic = keep_end(&picker.topic, width.saturating_sub(cols(&more) + 12));
    heading.put(format!(" parts of {topic}{more}"), scene.style(Role::TextStrong));
    frame.render_widget(heading.into_line(), row_of(inner, 0));
    let n_rows = inner.height.saturating_sub(1);
    let top = picker.at.saturating_sub(usize::from(n_rows).saturating_sub(1));
    let path_cols = width * 45 / 100;
    for (y, (at, part)) in (1..=n_rows).zip(picker.parts.list.iter().enumerate().skip(top)) {
        let is_under_hand = at == picker.at;
        under_hand(scene, is_under_hand, row_of(inner, y), frame);
        let mut line = Strip::default();
        line.put(if is_under_hand { ">" } else { " " }, scene.style(Role::TitleFocused));
        let is_ticked = picker.ticks.get(at) == Some(&true);
        line.put(if is_ticked { "× " } else { "  " }, scene.style(Role::Mark));
        line.put(sanitize(part.path.to_string().as_bytes(), path_cols), scene.style(Role::ValueKey));
        line.to(3 + path_cols + GAP);
        line.put(part.kind.name(), scene.style(Role::Text));
        line.to(3 + path_cols + GAP + TYPE + GAP);
        let unit = part.unit.as_ref().map(|unit| format!(" {}", unit.as_str())).unwrap_or_default();
        let room = width.saturating_sub(line.cols() + 1);
        line.put(sanitize(format!("{}{unit}", part.value).as_bytes(), room), scene.style(Role::Value));
        frame.render_widget(line.into_line(), row_of(inner, y));
    }
}
