//! What the inspector shows of the row under the cursor. Owns the making of its lines, a window at a time.
use super::device::Device;
use super::inspector::{Inspector, Subject, Tab, filtered, reading, rows};
use super::nodes::tab;
use super::overlay::Overlay;
use super::past;
use super::past::inspected::Inspected;
use super::past::rows::PastRow;
use super::tree::{self, RowId};
use super::typed::{self, Fit, Typed};
use super::{Effect, Model, facts, fold, jq, picture};
use crate::decode::{self, Choice, Ink, Line, Preview, Reading};
use crate::device::Node;
use crate::mqtt::Qos;
use crate::mqtt::Retained;
use crate::store::{Last, LastPayload};
use crate::time::Timestamp;
use std::time::Duration;

/// Numbers of the large sparkline; a chart has its own tab.
const SPARK_NUMBERS: usize = 120;

/// What the inspector shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shown {
    /// The row it was made for.
    pub row: RowId,
    /// The topic or the device's name; not sanitized.
    pub title: String,
    /// The tab it was made for.
    pub tab: Tab,
    /// The value in short, above the lines of the tab Value.
    pub head: Option<Head>,
    /// The value as a tree, instead of `lines`.
    pub structure: Option<Box<rows::Structured>>,
    /// Lines of the tabs Value and Message, from `scroll` on.
    pub lines: Vec<Line>,
    /// Messages of the tab History, newest first, from `scroll` on; `lines` stand above them.
    pub past: Vec<PastRow>,
    /// First line shown.
    pub scroll: usize,
    /// Which of `lines` is under the hand; only on the tabs Node and History.
    pub cursor: Option<usize>,
    /// Lines there are.
    pub n_lines: usize,
    /// Which past message is shown and how old it is; behind the title.
    pub past_words: Option<String>,
    /// The jq program that the value goes through, and whether it does; behind the title.
    pub jq_words: Option<String>,
    /// Whether a worker is still laying the payload out.
    pub is_reading: bool,
    /// Whether the times of `past` are UTC.
    pub is_utc: bool,
    /// What `past` was made for.
    pub(super) made_for: Option<past::rows::MadeFor>,
}

/// A value in short.
#[derive(Clone, Debug, PartialEq)]
pub struct Head {
    /// One line of it.
    pub preview: Preview,
    /// What is known of it as a kept node.
    pub kept: Option<KeptHead>,
    /// Quality of service of the last delivery.
    pub qos: Qos,
    /// Kept by the broker or not.
    pub retained: Retained,
    /// When it came.
    pub received: Timestamp,
    /// Its size.
    pub n_bytes: usize,
    /// Smoothed time between messages.
    pub interval: Option<Duration>,
    /// Messages on this topic.
    pub n_messages: u64,
    /// Whether it is pinned.
    pub is_pinned: bool,
    /// Numbers of late, oldest first; empty unless there are two.
    pub spark: Vec<f64>,
}

/// A kept node in short.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KeptHead {
    /// The types and accesses: `float · get`; empty where only parts of the payload are kept.
    pub words: String,
    /// What does not fit, in words; empty when there is nothing to say.
    pub complaint: Vec<Line>,
}

/// Lines of what does not fit: an inspector of 46 columns holds the longest of our own words.
const MAX_COMPLAINT_LINES: usize = 4;

impl KeptHead {
    fn of(node: &Node) -> Self {
        Self { words: format!("{} · {}", node.kind, node.access), complaint: Vec::new() }
    }

    fn complain(&mut self, fit: &Fit, cols: usize) {
        let words = match fit {
            Fit::Fits => return,
            Fit::Outside(words) | Fit::Misfit(words) => words,
        };
        let mut line = Line::default();
        decode::escape::push_sane(&mut line, Ink::Plain, words.as_bytes(), cols * MAX_COMPLAINT_LINES);
        self.complaint = fold::line(&line, cols, 0).into_iter().take(MAX_COMPLAINT_LINES).collect();
    }
}

impl Head {
    /// Rows it takes.
    pub fn n_rows(&self) -> usize {
        let n_complaints = self.kept.as_ref().map_or(0, |kept| kept.complaint.len());
        2 + usize::from(!self.spark.is_empty()) + n_complaints
    }
}

impl Shown {
    /// The moments whose ages are on screen.
    pub fn ages(&self) -> impl Iterator<Item = Timestamp> {
        self.head.iter().map(|head| head.received)
    }
}

/// Makes ready what the inspector shows.
pub fn prepare(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) -> Shown {
    let inner = model.layout().inspector.inner();
    // The tabs have the uppermost row.
    let n_rows = usize::from(inner.rows).saturating_sub(1);
    // A blank stands between the frame and what is within, on both sides.
    let cols = usize::from(inner.cols).saturating_sub(2);
    let row = model.cursor;
    let tab = model.inspector.tab;
    let wall = model.settings.wall;
    let n_said = if matches!(model.overlay, Overlay::Attribute(_)) { tab::SAID_ROWS } else { 0 };
    let old = std::mem::take(&mut model.picture.inspector);
    let Model { devices, inspector, chart, jq: line, .. } = model;
    inspector.is_structured = false;
    let Some(device) = tree::device(devices, row.device) else { return Shown::default() };
    let mut title = String::new();
    device.store.topic_of(row.node, &mut title);
    let mut shown = Shown { row, title, tab, ..Shown::default() };
    if row.is_device() {
        shown.title.clone_from(&device.profile.name);
        window(
            &mut shown,
            &mut inspector.scroll,
            n_rows,
            &folded(&facts::of_device(device, now, wall), cols),
        );
        return shown;
    }
    if tab == Tab::Chart && (device.store.last(row.node).is_some() || chart.has_company()) {
        return shown;
    }
    if tab == Tab::Node {
        let n_rows = n_rows.saturating_sub(n_said);
        tab::show(&mut shown, inspector, (device, row.node), (cols, n_rows), (now, wall));
        return shown;
    }
    let Some(last) = device.store.last(row.node) else {
        window(
            &mut shown,
            &mut inspector.scroll,
            n_rows,
            &folded(&facts::of_branch(device, row.node, now), cols),
        );
        return shown;
    };
    // A past message may stand in the last one's place.
    let inspected = inspector.past.inspected.clone();
    let last = inspected.as_ref().map_or(last, Inspected::last);
    let cut = folded(&inspected.as_ref().map(Inspected::facts).unwrap_or_default(), cols);
    shown.past_words = inspected.as_ref().map(|past| past.words(device.store.node(row.node).n_messages, now));
    let reading @ Reading { choice, hint, .. } = device.reading(row.node);
    // What was cut is no value for a program.
    let is_whole = inspected.as_ref().is_none_or(|past| !past.is_cut());
    let (program, words) = line.seen(row, reading, tab == Tab::Value && is_whole);
    shown.jq_words = words;
    let mut above = match tab {
        Tab::Value => {
            let head = head(device, row, &last, cols);
            let n_rows = head.n_rows();
            shown.head = Some(head);
            // A value that its head says in full needs no lines below.
            let is_guessed = choice == Choice::Auto && program.is_none();
            if is_guessed
                && cut.is_empty()
                && shown.head.as_ref().is_some_and(|head| says_all(&head.preview, cols))
            {
                inspector.scroll = 0;
                return shown;
            }
            Lines { facts: cut, n_rows: n_rows + 1 }
        }
        Tab::History => {
            past::rows::show(&mut shown, old, inspector, (device, row), (cols, n_rows), wall);
            return shown;
        }
        Tab::Message | Tab::Node | Tab::Chart => {
            let facts = folded(&facts::of_message(device, row.node, &last, wall), cols);
            Lines { facts: cut.into_iter().chain(facts).collect(), n_rows: 0 }
        }
    };
    let LastPayload::Whole(payload) = last.payload else {
        window(&mut shown, &mut inspector.scroll, n_rows.saturating_sub(above.n_rows), &above.facts);
        return shown;
    };
    let (promised, schema) = (hint.promised, hint.stamp());
    let nth = inspected.as_ref().map(|past| past.key.ordinal);
    let (sequence, births) = (last.sequence, device.births.stamp(row.node));
    let (cols, jq) = (cols.max(1), program.as_deref().map_or(0, jq::stamp));
    let subject = Subject { row, sequence, tab, cols, choice, promised, past: nth, schema, births, jq };
    match &program {
        Some(program) => filtered::lay_out(inspector, (subject, hint), program, payload, effects),
        None => reading::lay_out(inspector, device, (subject, hint), payload, effects),
    }
    let is_shown = inspector.decoded.as_ref().is_some_and(|decoded| decoded.may_show(subject));
    // What was cut is no structure, whatever its beginning looks like.
    let is_tree = tab == Tab::Value && is_shown && is_whole;
    if is_tree && rows::prepare(&mut shown, inspector, (cols, n_rows)).is_some() {
        inspector.is_structured = true;
        shown.is_reading = shown.is_reading || is_of_another_program(inspector, subject);
        return shown;
    }
    let n_rows = n_rows.saturating_sub(above.n_rows);
    if is_shown && tab == Tab::Message {
        // The decoder is one more fact; the blank line comes after it.
        above.facts.pop();
    }
    fill(&mut shown, inspector, above.facts, n_rows, is_shown);
    shown.is_reading = shown.is_reading || is_of_another_program(inspector, subject);
    shown
}

/// Whether what is laid out stands in for what another program makes.
fn is_of_another_program(inspector: &Inspector, subject: Subject) -> bool {
    inspector.decoded.as_ref().is_some_and(|decoded| decoded.subject.jq != subject.jq)
}

/// The facts and, where the payload is laid out, its lines after them.
fn fill(shown: &mut Shown, inspector: &mut Inspector, facts: Vec<Line>, n_rows: usize, is_shown: bool) {
    let Some(decoded) = inspector.decoded.as_ref().filter(|_| is_shown) else {
        shown.is_reading = true;
        return window(shown, &mut inspector.scroll, n_rows, &facts);
    };
    let n_facts = facts.len();
    shown.n_lines = n_facts + decoded.n_lines();
    inspector.scroll = inspector.scroll.min(shown.n_lines.saturating_sub(n_rows));
    shown.scroll = inspector.scroll;
    shown.lines.extend(facts.into_iter().skip(shown.scroll).take(n_rows));
    let from = shown.scroll.saturating_sub(n_facts);
    shown.lines.extend(decoded.lines(from, n_rows.saturating_sub(shown.lines.len())));
}

/// Lines above the payload's own: those that scroll with it, and rows that don't.
struct Lines {
    facts: Vec<Line>,
    n_rows: usize,
}

/// Whether the one line says all there is to say.
fn says_all(preview: &Preview, cols: usize) -> bool {
    match preview.kind {
        decode::Kind::Empty | decode::Kind::Number | decode::Kind::Bool | decode::Kind::Null => true,
        decode::Kind::Text => preview.line.cols < cols.min(MAX_PREVIEW_COLS),
        decode::Kind::Object | decode::Kind::Array | decode::Kind::Bytes => false,
    }
}

/// The widest one-line value.
const MAX_PREVIEW_COLS: usize = 200;

fn head(device: &Device, row: RowId, last: &Last<'_>, cols: usize) -> Head {
    let cols = cols.min(MAX_PREVIEW_COLS);
    let mut kept = device.kept.whole(row.node).map(KeptHead::of);
    let preview = match last.payload {
        LastPayload::Whole(payload) => match typed::typed(device, row.node, payload, cols) {
            Some(Typed { preview, fit }) => {
                kept.get_or_insert_default().complain(&fit, cols);
                preview
            }
            None => decode::preview_on(device.reading(row.node), payload, cols),
        },
        LastPayload::Evicted { n_bytes } => picture::evicted(n_bytes),
    };
    let node = device.store.node(row.node);
    let spark = typed::spark(device, row.node, SPARK_NUMBERS);
    Head {
        preview,
        kept,
        qos: last.qos,
        retained: picture::kept(last),
        received: last.received,
        n_bytes: last.n_bytes,
        interval: node.interval,
        n_messages: node.n_messages,
        is_pinned: device.store.is_pinned(row.node),
        spark,
    }
}

pub(super) fn window(shown: &mut Shown, scroll: &mut usize, n_rows: usize, lines: &[Line]) {
    shown.n_lines = lines.len();
    *scroll = (*scroll).min(lines.len().saturating_sub(n_rows));
    shown.scroll = *scroll;
    shown.lines = lines.iter().skip(*scroll).take(n_rows).cloned().collect();
}

/// Columns of a fact's name; what it is stands behind them.
pub const NAME_COLS: usize = 14;

/// Facts that are no wider than the pane.
pub(super) fn folded(facts: &[Line], cols: usize) -> Vec<Line> {
    facts.iter().flat_map(|fact| fold::line(fact, cols, NAME_COLS)).collect()
}

/// Columns of a fact: several lines of the widest pane; what is longer ends in an ellipsis.
const MAX_FACT_COLS: usize = 2_000;

/// A line of a name and what it is.
pub fn fact(name: &str, ink: Ink, value: &str) -> Line {
    let mut line = Line::default();
    line.push(Ink::Key, &format!("{name:<NAME_COLS$}"));
    decode::escape::push_sane(&mut line, ink, value.as_bytes(), MAX_FACT_COLS);
    line
}
