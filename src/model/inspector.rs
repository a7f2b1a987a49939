//! The inspector's tabs, scrolling and the layout of the payload it shows. Owns no payload longer than shown.
use super::tree::RowId;
use crate::decode::json::Pretty;
use crate::decode::text::Wrapped;
use crate::decode::{Kind, Line, hex, value};
use std::sync::Arc;

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
    /// The message, raw.
    Message,
    /// What is known of it as a kept node.
    Node,
}

impl Tab {
    /// All of them, in their order.
    pub const ALL: [Self; 4] = [Self::Value, Self::History, Self::Message, Self::Node];

    /// The word on the tab; its number is the key that shows it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Value => "1 Value",
            Self::History => "2 History",
            Self::Message => "4 Message",
            Self::Node => "5 Node",
        }
    }

    /// The next one, round and round.
    pub const fn next(self) -> Self {
        match self {
            Self::Value => Self::History,
            Self::History => Self::Message,
            Self::Message => Self::Node,
            Self::Node => Self::Value,
        }
    }

    /// The one before, round and round.
    pub const fn previous(self) -> Self {
        match self {
            Self::Value => Self::Node,
            Self::History => Self::Value,
            Self::Message => Self::History,
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
}

/// A payload with its lines laid out.
#[derive(Clone, Debug)]
pub struct Decoded {
    /// What it is.
    pub subject: Subject,
    /// The bytes.
    pub payload: Arc<[u8]>,
    /// How its lines come about.
    pub form: Form,
}

/// How a payload's lines come about.
#[derive(Clone, Debug)]
pub enum Form {
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
            Self::Json(_) => "JSON",
            Self::Text(_) => "text",
            Self::Hex { .. } => "hex",
        }
    }
}

impl Decoded {
    /// Lays a payload out. Takes time in proportion to its size, and a worker above [`MAX_INLINE_BYTES`].
    pub fn new(subject: Subject, payload: Arc<[u8]>) -> Self {
        let kind = value::kind(&payload);
        let pretty = match (subject.tab, kind) {
            (Tab::Value, Kind::Object | Kind::Array) => Pretty::new(&payload),
            (Tab::Value | Tab::History | Tab::Message | Tab::Node, _) => None,
        };
        let form = match (pretty, kind) {
            (Some(pretty), _) => Form::Json(pretty),
            (None, Kind::Bytes) => Form::Hex { per_line: hex::bytes_per_line(subject.cols) },
            (None, _) => Form::Text(Wrapped::new(&payload, subject.cols)),
        };
        Self { subject, payload, form }
    }

    /// How many lines there are.
    pub fn n_lines(&self) -> usize {
        match &self.form {
            Form::Json(pretty) => pretty.n_lines(),
            Form::Text(wrapped) => wrapped.n_lines(),
            Form::Hex { per_line } => hex::n_lines(self.payload.len(), *per_line),
        }
    }

    /// The lines of a window.
    pub fn lines(&self, from: usize, n: usize) -> Vec<Line> {
        match &self.form {
            Form::Json(pretty) => pretty.lines(&self.payload, from, n, self.subject.cols),
            Form::Text(wrapped) => wrapped.lines(&self.payload, from, n),
            Form::Hex { per_line } => hex::lines(&self.payload, *per_line, from, n),
        }
    }
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
    /// What a worker is laying out.
    pub pending: Option<Subject>,
    /// Messages the topic had when its history was shown last, so that a scrolled one can hold still.
    pub n_seen: u64,
}

impl Inspector {
    /// Shows a tab from its first line on.
    pub fn show(&mut self, tab: Tab) {
        if tab != self.tab {
            self.tab = tab;
            self.scroll = 0;
        }
    }

    /// Scrolls by lines.
    pub fn scroll_by(&mut self, by: isize) {
        if self.tab == Tab::Node {
            self.place = self.place.saturating_add_signed(by);
            return;
        }
        self.scroll = self.scroll.saturating_add_signed(by);
    }

    /// Scrolls to a line.
    pub fn scroll_to(&mut self, to: usize) {
        self.place = to;
        self.scroll = to;
    }

    /// The cursor went to another row.
    pub fn turn_to(&mut self) {
        self.scroll = 0;
        self.place = 0;
        self.n_seen = 0;
    }

    /// A worker is done.
    pub fn take_decoded(&mut self, decoded: Decoded) {
        // One at a time: what the user turned to meanwhile is asked for with the next frame.
        self.pending = None;
        self.decoded = Some(decoded);
    }
}
