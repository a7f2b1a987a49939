//! One row of the tree, composed to the pane's columns. Owns which column holds what.
//!
//! ```text
//!  ▾ ● demo                                                1,180 topics  1.1k/s
//! >    ★ temperature   183.4 °C                            ▃▄▅▆▇▇█▇▆▅▄▃      2s  R
//!        └ indent+level └ value, aligned                   └ spark or counts └ age or rate
//! ```
use ratatui::style::Style;

use super::bars::bars;
use super::strip::Strip;
use super::{Scene, header};
use crate::decode::escape::{self, Glyphs};
use crate::decode::{Ink, cols, figures, sanitize};
use crate::model::picture::{Row, RowValue};
use crate::model::typed::Fit;
use crate::mqtt::Retained;
use crate::theme::Role;

/// The cursor's mark and a blank for everyone else.
const MARGIN_COLS: usize = 1;
/// What the tree widget indents a level by.
const INDENT_COLS: usize = 2;
/// The arrow of a branch, or the mark of a topic.
const ARROW_COLS: usize = 2;
/// `1.1k/s`, `<1/min`.
const RATE_COLS: usize = 6;
/// Blanks between two columns.
const GAP_COLS: usize = 2;
/// Levels end at one of every so many columns, so that the values hold still when a row comes or goes.
const LEVEL_STEP_COLS: usize = 4;
/// What is left to a value whatever its level takes.
const MIN_VALUE_COLS: usize = 10;

/// Where the columns of the pane lie; all counted from its left edge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    /// Where values begin.
    pub value: usize,
    /// Columns of a sparkline; none in a narrow pane.
    spark: usize,
    /// Where sparklines and counts end.
    middle_end: usize,
    /// Where ages and rates end.
    age_end: usize,
    /// Where R stands.
    retained: usize,
    /// Levels that are indented; deeper ones line up with the last of them.
    max_indent: usize,
    /// Whether only ASCII is drawn.
    glyphs: Glyphs,
}

/// A row with its place.
pub struct Placed<'a> {
    /// What it shows.
    pub row: &'a Row,
    /// Levels that it is indented by.
    pub indent: usize,
    /// Levels that it lies deeper than that.
    pub n_deeper: usize,
    /// Stands for all ancestors: their path, when some found no room.
    pub path: Option<String>,
    /// Whether it lies below a topic of the broker's own.
    pub is_dollar: bool,
}

impl Placed<'_> {
    /// Where its arrow or mark stands.
    pub fn arrow_col(&self) -> usize {
        MARGIN_COLS + INDENT_COLS * self.indent
    }

    /// Where its level begins.
    pub fn level_col(&self) -> usize {
        self.arrow_col() + ARROW_COLS
    }
}

impl Columns {
    /// The columns of a pane so wide, before it is known what the rows hold.
    pub fn new(width: usize, glyphs: Glyphs) -> Self {
        let retained = width.saturating_sub(2);
        let age_end = retained.saturating_sub(GAP_COLS);
        Self {
            value: 0,
            spark: match width {
                ..64 => 0,
                64..76 => 8,
                76.. => 12,
            },
            middle_end: age_end.saturating_sub(RATE_COLS + GAP_COLS),
            age_end,
            retained,
            max_indent: width / 4,
            glyphs,
        }
    }

    /// Levels that are indented at most.
    pub const fn max_indent(&self) -> usize {
        self.max_indent
    }

    /// What a path in the place of a level may take.
    pub const fn path_cols(&self) -> usize {
        self.middle_end.saturating_sub(MARGIN_COLS + ARROW_COLS)
    }

    /// Has values begin behind the levels of the rows on screen, but not so far that
    /// nothing is left to them.
    pub fn align(&mut self, rows: &[Placed<'_>]) {
        let valued = rows.iter().filter(|placed| placed.row.value.is_some());
        let end = |placed: &Placed<'_>| placed.level_col() + self.level(placed, self.middle_end).cols;
        let widest = valued.map(end).max().unwrap_or_default() + GAP_COLS;
        self.value = widest.next_multiple_of(LEVEL_STEP_COLS).min(self.middle_end * 3 / 5);
    }

    /// The level as drawn, with what belongs to it.
    fn level(&self, placed: &Placed<'_>, max_cols: usize) -> crate::decode::Line {
        let room = max_cols.saturating_sub(placed.level_col()).max(1);
        let mut line = crate::decode::Line::default();
        if placed.n_deeper > 0 {
            line.push(Ink::Faint, &format!("+{} ", placed.n_deeper));
        }
        let level = escape::level(&placed.row.level, self.glyphs, room.saturating_sub(line.cols).max(1));
        level.spans.iter().for_each(|span| line.push(span.ink, &span.text));
        line
    }

    /// The row's text, from behind its arrow to the right edge.
    pub fn compose(&self, scene: &Scene<'_>, placed: &Placed<'_>) -> Strip {
        let mut line = Strip::default();
        let start = placed.level_col();
        let row = placed.row;
        if let Some(path) = &placed.path {
            line.put(path.as_str(), scene.style(Role::TopicBranch));
            return line;
        }
        let value_end = match &row.value {
            Some(value) if self.spark > 0 && !value.spark.is_empty() => {
                self.middle_end.saturating_sub(self.spark + GAP_COLS)
            }
            Some(_) | None => self.middle_end,
        };
        if row.id.is_device() {
            self.device(scene, placed, &mut line);
            return line;
        }
        let level_end = match &row.value {
            Some(_) => self.value.saturating_sub(GAP_COLS).max(value_end.saturating_sub(MIN_VALUE_COLS)),
            None => self.age_end,
        };
        let level = self.level(placed, level_end);
        let base = scene.style(level_role(placed));
        for span in &level.spans {
            let style = match span.ink {
                Ink::Escape => scene.style(Role::Escape),
                Ink::Faint => scene.style(Role::TextFaint),
                Ink::Plain
                | Ink::Key
                | Ink::Text
                | Ink::Number
                | Ink::Literal
                | Ink::Structure
                | Ink::Bytes => base,
            };
            line.put(span.text.as_str(), style);
        }
        badges(scene, row, &mut line);
        // From here on columns count from the pane's edge.
        let mut rest = Strip::default();
        rest.to(start + line.cols());
        let skip = rest.cols();
        match &row.value {
            Some(value) => self.value(scene, row, value, value_end, &mut rest),
            None if row.is_kept && !row.has_children => {
                rest.to(self.value.max(rest.cols() + GAP_COLS));
                let room = self.age_end.saturating_sub(rest.cols());
                rest.put_fit("not heard yet", room, scene.style(Role::TextFaint));
            }
            None => self.counts(scene, row, &mut rest),
        }
        line.append_after(rest, skip);
        line
    }

    fn device(&self, scene: &Scene<'_>, placed: &Placed<'_>, line: &mut Strip) {
        let Some(device) = scene.model.device(placed.row.id.device) else { return };
        let start = placed.level_col();
        let (dot, role) = header::dot(device);
        line.put(format!("{dot} "), scene.style(role));
        let room = self.middle_end.saturating_sub(start + line.cols());
        line.put(sanitize(placed.row.level.as_bytes(), room), scene.style(Role::TopicDevice));
        if device.is_unsaved() {
            line.put(" ◆ unsaved", scene.style(Role::Mark));
        }
        let room = (self.retained + 1).saturating_sub(start + line.cols() + GAP_COLS);
        if let Some(words) = header::state_words(scene, device, room) {
            line.to(line.cols() + GAP_COLS);
            line.put(words, scene.style(role));
        } else if scene.model.devices.len() > 1 {
            let address = sanitize(device.profile.address.to_string().as_bytes(), room);
            if room > cols(&address) + 30 && address != device.profile.name {
                line.to(line.cols() + GAP_COLS);
                line.put(address, scene.style(Role::TextFaint));
            }
            let mut rest = Strip::default();
            rest.to(start + line.cols());
            let skip = rest.cols();
            self.counts(scene, placed.row, &mut rest);
            line.append_after(rest, skip);
        }
    }

    /// Topics below and messages a second. The rate goes first when there is no room, then the count.
    fn counts(&self, scene: &Scene<'_>, row: &Row, line: &mut Strip) {
        let faint = scene.style(Role::TextFaint);
        line.put_right(&gapped(&topics(row)), self.middle_end, faint);
        if row.rate > 0.0 {
            line.put_right(&gapped(&figures::rate(f64::from(row.rate))), self.age_end, faint);
        }
    }

    fn value(&self, scene: &Scene<'_>, row: &Row, value: &RowValue, value_end: usize, line: &mut Strip) {
        let does_not_fit = matches!(value.fit, Some(Fit::Misfit(_) | Fit::Outside(_)));
        let over = match (&value.fit, value.is_stale, value.is_lit) {
            (Some(Fit::Misfit(_)), ..) => scene.style(Role::ValueError),
            (_, true, _) => scene.style(Role::TopicStale),
            (_, false, true) => scene.style(Role::ValueChanged),
            (_, false, false) => Style::new(),
        };
        line.to(self.value.max(line.cols() + GAP_COLS));
        let room = value_end.saturating_sub(line.cols() + 2 * usize::from(does_not_fit));
        line.put_inks(&value.preview.line, room, scene.theme, over);
        if does_not_fit {
            // In words in the inspector.
            line.put(" !", scene.style(Role::ValueError));
        }
        if self.spark > 0 && !value.spark.is_empty() {
            let role = if value.is_stale { Role::TopicStale } else { Role::Sparkline };
            line.put_right(&bars(&value.spark, self.spark), self.middle_end, scene.style(role));
        } else if row.has_children {
            line.put_right(&gapped(&topics(row)), self.middle_end, scene.style(Role::TextFaint));
        }
        let age = figures::age(scene.seen_at.since(value.received));
        line.put_right(&age, self.age_end, scene.style(Role::TextFaint));
        let (mark, role) = retained_mark(value.retained, self.glyphs);
        line.put_right(mark, self.retained + 1, scene.style(role));
    }
}

/// The mark of what is known of the broker having kept a message: yes, no, unknown.
pub const fn retained_mark(retained: Retained, glyphs: Glyphs) -> (&'static str, Role) {
    match (retained, glyphs) {
        (Retained::Yes, _) => ("R", Role::Mark),
        (Retained::No, _) => ("", Role::Mark),
        (Retained::Unknown, Glyphs::Unicode) => ("·", Role::TextFaint),
        // The dot's twin elsewhere is a hyphen, and would read as a no.
        (Retained::Unknown, Glyphs::Ascii) => ("?", Role::TextFaint),
    }
}

fn badges(scene: &Scene<'_>, row: &Row, line: &mut Strip) {
    if row.is_kept && row.has_children {
        line.put(" ◆", scene.style(Role::Mark));
    }
    if row.is_pinned && (row.has_children || row.is_kept) {
        line.put(" ★", scene.style(Role::Mark));
    }
    if row.has_twin {
        line.put(" ±/", scene.style(Role::Mark));
    }
}

fn topics(row: &Row) -> String {
    match (row.n_topics, row.n_kept) {
        (0, n_kept @ 1..) => format!("{} kept", figures::grouped(n_kept as u64)),
        (n_topics, _) => figures::counted(n_topics as u64, "topic"),
    }
}

/// A text that keeps its distance from what stands before it.
fn gapped(text: &str) -> String {
    format!("  {text}")
}

fn level_role(placed: &Placed<'_>) -> Role {
    match &placed.row.value {
        _ if placed.is_dollar => Role::TopicDollar,
        None => Role::TopicBranch,
        Some(value) if value.is_stale => Role::TopicStale,
        Some(_) if placed.row.has_children => Role::TopicBranch,
        Some(value) if value.retained == Retained::Yes => Role::TopicRetained,
        Some(_) => Role::Topic,
    }
}
