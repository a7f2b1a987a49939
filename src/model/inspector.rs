//! The inspector's tabs, scrolling and the layout of the payload it shows. Owns no payload longer than shown.
use super::past::PastView;
use super::shown::{fact, folded};
use super::tree::RowId;
use crate::command::Context;
use crate::decode::bounds::Bounds;
use crate::decode::hint::Beside;
use crate::decode::json::Pretty;
use crate::decode::outline::Outline;
use crate::decode::text::Wrapped;
use crate::decode::{self, Choice, Decoder, Hint, Ink, Line, chain, figures, hex};
use crate::device::JsonPath;
use std::sync::Arc;

pub mod deeds;
pub mod filtered;
pub mod folds;
pub mod inside;
pub mod part;
pub mod places;
pub mod reading;
pub mod rows;
pub mod structure;

use places::Places;
use structure::Structure;

/// Payloads above this are laid out by a worker: up to it a frame has the time.
pub const MAX_INLINE_BYTES: usize = 64 * 1024;

/// What the inspector shows of a topic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Tab {
    /// The value, as what it is.
    #[default]
    Value,
    /// The messages before.
    History,
    /// Numbers over time.
    Chart,
    /// The message, raw.
    Message,
    /// What is known of it as a kept node.
    Node,
}

impl Tab {
    /// All of them, in their order.
    pub const ALL: [Self; 5] = [Self::Value, Self::History, Self::Chart, Self::Message, Self::Node];

    /// The word on the tab; its number is the key that shows it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Value => "1 Value",
            Self::History => "2 History",
            Self::Chart => "3 Chart",
            Self::Message => "4 Message",
            Self::Node => "5 Node",
        }
    }

    /// The next one, round and round.
    pub const fn next(self) -> Self {
        match self {
            Self::Value => Self::History,
            Self::History => Self::Chart,
            Self::Chart => Self::Message,
            Self::Message => Self::Node,
            Self::Node => Self::Value,
        }
    }

    /// The one before, round and round.
    pub const fn previous(self) -> Self {
        match self {
            Self::Value => Self::Node,
            Self::History => Self::Value,
            Self::Chart => Self::History,
            Self::Message => Self::Chart,
            Self::Node => Self::Message,
        }
    }
}

/// Which payload is laid out how: another subject is another layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Subject {
    /// The topic's row.
    pub row: RowId,
    /// Which message of its store.
    pub sequence: u64,
    /// The tab it is for.
    pub tab: Tab,
    /// Columns that lines may take.
    pub cols: usize,
    /// How it is to be read.
    pub choice: Choice,
    /// The decoder that its topic promises.
    pub promised: Option<Decoder>,
    /// Which past message of its topic it is; `None`: the last.
    pub past: Option<u64>,
    /// Which schema its topic has ([`Hint::stamp`]).
    pub schema: u64,
    /// Which births of Sparkplug it follows.
    pub births: u64,
    /// Which jq program it goes through ([`stamp`](crate::model::jq::stamp)); 0: none.
    pub jq: u64,
}

/// A payload with its lines laid out.
#[derive(Clone, Debug)]
pub struct Decoded {
    /// What it is.
    pub subject: Subject,
    /// What is said above the lines: the decoders, and what failed.
    pub head: Vec<Line>,
    /// The bytes, with what they were packed in undone.
    pub payload: Arc<[u8]>,
    /// How its lines come about.
    pub form: Form,
    /// Whether a program was stopped over it that is not to be run again by itself.
    pub is_given_up: bool,
}

/// How a payload's lines come about.
#[derive(Clone, Debug)]
pub enum Form {
    /// JSON, its members folded and unfolded by the hand.
    Tree(Outline),
    /// JSON, one member a line.
    Json(Pretty),
    /// Text, wrapped.
    Text(Wrapped),
    /// Offsets, digits, ASCII.
    Hex {
        /// Bytes on a line.
        per_line: usize,
    },
}

impl Form {
    /// Its name on screen.
    pub const fn words(&self) -> &'static str {
        match self {
            Self::Tree(_) | Self::Json(_) => "JSON",
            Self::Text(_) => "text",
            Self::Hex { .. } => "hex",
        }
    }
}

impl Decoded {
    /// Lays a payload out. Takes time in proportion to its size, and a worker above [`MAX_INLINE_BYTES`].
    pub fn new(subject: Subject, beside: &Beside, payload: &Arc<[u8]>) -> Self {
        let hint = beside.hint(subject.promised);
        let decoded = decode::decode_on(hint, payload, subject.choice, &Bounds::default());
        Self::of(subject, payload, &decoded)
    }

    /// Likewise between two frames; none when a worker has to, since there is more in it than seems.
    pub fn inline(subject: Subject, hint: Hint<'_>, payload: &[u8]) -> Option<Self> {
        let decoded = decode::decode_on(hint, payload, subject.choice, &Bounds::inline());
        (payload.len() <= MAX_INLINE_BYTES && !decoded.is_bound())
            .then(|| Self::of(subject, &payload.into(), &decoded))
    }

    fn of(subject: Subject, payload: &Arc<[u8]>, decoded: &decode::Decoded<'_>) -> Self {
        // The message's own tab shows what came as it came, unless that is not to be read.
        let is_as_came =
            subject.tab == Tab::Message && subject.choice == Choice::Auto && !decoded.is_undone();
        let text = |bytes: &[u8]| Form::Text(Wrapped::new(bytes, subject.cols));
        let form = match decoded.form {
            chain::Form::Json if is_as_came => text(&decoded.bytes),
            chain::Form::Json => json(&subject, &decoded.bytes).unwrap_or_else(|| text(&decoded.bytes)),
            chain::Form::Text => text(&decoded.bytes),
            chain::Form::Image(_) | chain::Form::Hex => {
                Form::Hex { per_line: hex::bytes_per_line(subject.cols) }
            }
        };
        let unfolded = unfolded(&subject, decoded, &form);
        let head = head(&subject, decoded, unfolded.as_deref());
        let payload = if decoded.is_undone() { decoded.bytes.as_ref().into() } else { Arc::clone(payload) };
        Self { subject, head, payload, form, is_given_up: false }
    }

    /// How many lines there are.
    pub fn n_lines(&self) -> usize {
        self.head.len() + self.n_body_lines()
    }

    fn n_body_lines(&self) -> usize {
        match &self.form {
            Form::Tree(outline) => outline.len(),
            Form::Json(pretty) => pretty.n_lines(),
            Form::Text(wrapped) => wrapped.n_lines(),
            Form::Hex { per_line } => hex::n_lines(self.payload.len(), *per_line),
        }
    }

    /// The lines of a window.
    pub fn lines(&self, from: usize, n: usize) -> Vec<Line> {
        let mut lines: Vec<Line> = self.head.iter().skip(from).take(n).cloned().collect();
        let from = from.saturating_sub(self.head.len());
        lines.extend(self.body_lines(from, n.saturating_sub(lines.len())));
        lines
    }

    fn body_lines(&self, from: usize, n: usize) -> Vec<Line> {
        match &self.form {
            // Its rows are made with what is folded in mind.
            Form::Tree(_) => Vec::new(),
            Form::Json(pretty) => pretty.lines(&self.payload, from, n, self.subject.cols),
            Form::Text(wrapped) => wrapped.lines(&self.payload, from, n),
            Form::Hex { per_line } => hex::lines(&self.payload, *per_line, from, n),
        }
    }
}

/// How JSON is shown: as a tree on the tab Value, unless it is a single value or has too many members.
fn json(subject: &Subject, bytes: &[u8]) -> Option<Form> {
    let outline = if subject.tab == Tab::Value { Outline::new(bytes) } else { None };
    outline.map(Form::Tree).or_else(|| Pretty::new(bytes).map(Form::Json))
}

/// Why a value that has members is shown without folds.
fn unfolded(subject: &Subject, decoded: &decode::Decoded<'_>, form: &Form) -> Option<String> {
    let is_json = matches!(decoded.form, chain::Form::Json) && subject.tab == Tab::Value;
    if !is_json || !matches!(decoded.bytes.trim_ascii_start().first(), Some(b'{' | b'[')) {
        return None;
    }
    let most = figures::bytes(decode::json::MAX_BYTES as u64);
    match form {
        Form::Json(_) => {
            let most = figures::grouped(decode::outline::MAX_NODES as u64);
            Some(format!("it has more than {most} values: without folds; W exports it"))
        }
        Form::Text(_) => Some(format!("it has more than {most}: as text, without folds; W exports it")),
        Form::Tree(_) | Form::Hex { .. } => None,
    }
}

/// What the decoders did, and what they could not; behind that, why there are no folds.
fn head(subject: &Subject, decoded: &decode::Decoded<'_>, unfolded: Option<&str>) -> Vec<Line> {
    let is_plain =
        !decoded.is_undone() && decoded.failures.is_empty() && decoded.notes.is_empty() && unfolded.is_none();
    let is_picture = matches!(decoded.form, chain::Form::Image(_));
    let is_told = subject.tab == Tab::Message || subject.choice != Choice::Auto || is_picture;
    if is_plain && !is_told {
        return Vec::new();
    }
    let mut words = decoded.names(" → ");
    if let Some(first) = decoded.steps.first().filter(|_| decoded.is_undone()) {
        let size = |n: usize| figures::bytes(n as u64);
        words = format!("{words} ({} → {})", size(first.n_in), size(decoded.bytes.len()));
    }
    let chosen = match subject.choice {
        Choice::Auto => "",
        Choice::By(by) if decoded.steps.iter().all(|step| step.decoder != by) => "",
        Choice::Raw | Choice::By(_) => ", chosen",
    };
    words.push_str(chosen);
    let mut facts = vec![fact("decoder", Ink::Text, &words)];
    if let chain::Form::Image(image) = decoded.form {
        let size = image.size.map_or_else(
            || "its head does not say how large".to_owned(),
            |(cols, rows)| {
                format!("{} x {} pixels", figures::grouped(cols.into()), figures::grouped(rows.into()))
            },
        );
        let bytes = figures::bytes(decoded.bytes.len() as u64);
        facts.push(fact("picture", Ink::Text, &format!("{}, {size}, {bytes}", image.kind.title())));
    }
    for note in &decoded.notes {
        facts.push(fact("note", Ink::Text, note));
    }
    if let Some(words) = unfolded {
        facts.push(fact("note", Ink::Text, words));
    }
    for failure in &decoded.failures {
        facts.push(fact("but", Ink::Escape, &failure.to_string()));
    }
    if let Some(decoder) = decoded.cut {
        let words = format!(
            "{} stops at {}: more would come out of it",
            decoder.title(),
            figures::bytes(decoded.bytes.len() as u64)
        );
        facts.push(fact("but", Ink::Escape, &words));
    }
    let mut lines = folded(&facts, subject.cols);
    lines.push(Line::default());
    lines
}

/// The inspector's state.
#[derive(Clone, Debug, Default)]
pub struct Inspector {
    /// The tab shown.
    pub tab: Tab,
    /// First line shown; may lie beyond the end until a frame is prepared.
    pub scroll: usize,
    /// The line under the hand on the tab Node; may lie beyond the end likewise.
    pub place: usize,
    /// The payload laid out last.
    pub decoded: Option<Decoded>,
    /// The message before it, where members that changed are to be told.
    pub before: Option<Decoded>,
    /// Whether the tab Value shows a structured value, as of the last frame.
    pub is_structured: bool,
    /// The hands in structured values, the latest last.
    pub structures: Vec<Structure>,
    /// What a worker is laying out.
    pub pending: Option<Subject>,
    /// The paths chosen in structured values.
    pub places: Places,
    /// The tab History.
    pub past: PastView,
}

impl Inspector {
    /// Shows a tab from its first line on.
    pub fn show(&mut self, tab: Tab) {
        if matches!(tab, Tab::History | Tab::Node) {
            self.past.inspected = None;
        }
        if tab != self.tab {
            self.tab = tab;
            self.scroll = 0;
        }
    }

    /// Where its keys are heard.
    pub const fn context(&self) -> Context {
        match self.tab {
            Tab::History => Context::History,
            Tab::Chart => Context::Chart,
            Tab::Value if self.is_structured => Context::Structure,
            Tab::Value | Tab::Message | Tab::Node => Context::Inspector,
        }
    }

    /// Scrolls by lines.
    pub fn scroll_by(&mut self, by: isize) {
        if self.tab == Tab::Node {
            self.place = self.place.saturating_add_signed(by);
            return;
        }
        if self.tab == Tab::History {
            return self.past.step(by);
        }
        self.scroll = self.scroll.saturating_add_signed(by);
    }

    /// Scrolls to a line.
    pub fn scroll_to(&mut self, to: usize) {
        if self.tab == Tab::History {
            return self.past.edge(to);
        }
        self.place = to;
        self.scroll = to;
    }

    /// The cursor went to another row.
    pub fn turn_to(&mut self) {
        self.scroll = 0;
        self.place = 0;
        self.past.turn();
        self.is_structured = false;
    }

    /// The path chosen in a row's value, which its history and chart follow; `None` for the whole value.
    pub fn path(&self, row: RowId) -> Option<&JsonPath> {
        self.places.get(row)
    }
}
