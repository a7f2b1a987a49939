//! What the screen shows, made ready before a frame: rows, previews, the inspector. Owns no more than is seen.
use super::device::{Connection, Device};
use super::layout::Arrangement;
use super::monitor::board::Board;
use super::overlay::Overlay;
use super::tree::{self, RowId, Window};
use super::typed::{self, Fit};
use super::{Effect, Model, Screen, help, hints, keep_alive, monitor, publications, shown, table, unfold};
use crate::decode::{self, Preview, figures};
use crate::mqtt::Retained;
use crate::store::{Last, LastPayload, NodeId};
use crate::time::Timestamp;
use std::collections::HashMap;
use std::time::Duration;

/// How long a changed value stays lit.
pub const LIT: Duration = Duration::from_secs(1);

/// Numbers of a row's sparkline.
pub const SPARK_NUMBERS: usize = 12;

/// What the screen shows.
#[derive(Clone, Debug, Default)]
pub struct Picture {
    /// Rows of the tree: the sticky path, then the window.
    pub rows: Vec<Row>,
    /// How many of `rows` are the sticky path.
    pub n_sticky: usize,
    /// The table's further cells, one for each of `rows`; none while there is no table.
    pub cells: Vec<table::picture::Cells>,
    /// Ancestors that found no room on top.
    pub n_hidden_ancestors: usize,
    /// What the inspector shows.
    pub inspector: shown::Shown,
    /// What the Monitor shows, while it is open.
    pub board: Board,
    /// The Publications screen, while it is seen.
    pub publications: publications::board::Board,
    /// Why nothing is to be seen; empty when there is nothing to explain.
    pub hints: Vec<String>,
    /// When it would look different without anything happening.
    pub next_change: Option<Timestamp>,
    /// Columns that values were made for.
    cols: u16,
}

/// A row of the tree.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a mark of its own, in any combination")]
pub struct Row {
    /// Which.
    pub id: RowId,
    /// Levels below the device's row.
    pub depth: usize,
    /// The text of its last level, its alias, or the device's name; not sanitized.
    pub level: String,
    /// Whether it is kept, or a part of its payload.
    pub is_kept: bool,
    /// Whether it has children.
    pub has_children: bool,
    /// Whether they are shown.
    pub is_expanded: bool,
    /// Whether it is pinned.
    pub is_pinned: bool,
    /// Whether the search matches it.
    pub is_match: bool,
    /// Whether a topic that differs by a leading slash alone exists as well.
    pub has_twin: bool,
    /// Topics here and below.
    pub n_topics: usize,
    /// Kept nodes here and below, heard or not.
    pub n_kept: usize,
    /// Messages here and below.
    pub n_messages: u64,
    /// Messages a second here and below.
    pub rate: f32,
    /// The topic's last message.
    pub value: Option<RowValue>,
}

/// What a row shows of a topic's last message.
#[derive(Clone, Debug, PartialEq)]
pub struct RowValue {
    /// One line of it.
    pub preview: Preview,
    /// How it fits the kept node; `None` where there is none.
    pub fit: Option<Fit>,
    /// Numbers of late, oldest first; empty unless there are two.
    pub spark: Vec<f64>,
    /// Kept by the broker or not.
    pub retained: Retained,
    /// When it came.
    pub received: Timestamp,
    /// Whether it differs from the one before, since a moment ago.
    pub is_lit: bool,
    /// Whether it should have been followed by another long since.
    pub is_stale: bool,
    sequence: u64,
    kept_revision: (u64, u64),
    changed: Timestamp,
    stale_at: Option<Timestamp>,
}

impl Model {
    /// Makes ready what the next frame shows. Costs what is on the screen.
    pub fn prepare(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        // A frozen picture is of the moment it was frozen at.
        let present = now;
        let now = self.frozen.as_ref().map_or(now, |frozen| frozen.since);
        self.unfold(now);
        super::moves::follow(self, tree::Placement::Middle);
        if let Overlay::Help { scroll } = &mut self.overlay {
            *scroll = (*scroll).min(help::max_scroll(&self.keymap, self.cols, self.rows));
        }
        self.form.settle();
        let layout = self.layout();
        let is_alone = layout.arrangement == Arrangement::Single;
        self.form.follow(layout.publish.inner().rows, is_alone);
        let inner = layout.topics.inner();
        let n_rows = usize::from(inner.rows);
        let window = match &self.table {
            // Its headings have the uppermost row.
            Some(table) => {
                Window { rows: table.window(n_rows.saturating_sub(1)).collect(), ..Window::default() }
            }
            None => tree::window(&self.devices, self.anchor, n_rows),
        };
        let mut old: HashMap<RowId, Row> = self.picture.rows.drain(..).map(|row| (row.id, row)).collect();
        if self.picture.cols != inner.cols {
            // Values were cut to another width.
            old.clear();
            self.picture.cols = inner.cols;
        }
        let maker = RowMaker { model: self, old, now, max_cols: usize::from(inner.cols) };
        let rows: Vec<Row> = window.sticky.iter().chain(&window.rows).map(|id| maker.row(*id)).collect();
        self.shield(&rows);
        self.picture.cells = table::picture::cells(self, &rows, now);
        self.picture.rows = rows;
        self.picture.n_sticky = window.sticky.len();
        self.picture.n_hidden_ancestors = window.n_hidden_ancestors;
        let device = self.device(self.cursor.device);
        self.picture.hints = device.map(|device| hints::silence(device, now)).unwrap_or_default();
        self.picture.inspector = shown::prepare(self, now, effects);
        self.picture.board = Board::default();
        if self.screen == Screen::Monitor {
            self.picture.board = monitor::board::board(self, present);
        }
        self.picture.publications = publications::board::Board::default();
        if self.screen == Screen::Publications {
            self.picture.publications = publications::board::board(self, present);
        }
        super::learn::rows::prepare(self, now);
        self.picture.next_change = if self.frozen.is_some() { None } else { next_change(self, now) };
    }

    /// Keeps the payloads on screen from being evicted.
    fn shield(&mut self, rows: &[Row]) {
        let cursor = self.cursor;
        for device in &mut self.devices {
            let rows = rows.iter().map(|row| row.id).chain([cursor]);
            let seen = rows.filter(|row| row.device == device.id).map(|row| row.node);
            device.store.set_in_view(&seen.collect::<Vec<_>>());
        }
    }
}

struct RowMaker<'a> {
    model: &'a Model,
    old: HashMap<RowId, Row>,
    now: Timestamp,
    max_cols: usize,
}

impl RowMaker<'_> {
    fn row(&self, id: RowId) -> Row {
        let Some(device) = self.model.device(id.device) else { return empty_row(id) };
        let store = &device.store;
        let old = self.old.get(&id);
        let has_children = store.has_children(id.node);
        let is_expanded = store.is_expanded(id.node);
        let node = store.node(id.node);
        let alias = device.kept.whole(id.node).and_then(|node| node.alias.clone());
        let level = match alias {
            _ if id.is_device() => device.profile.name.clone(),
            Some(alias) => alias,
            None => store.level(id.node).to_owned(),
        };
        Row {
            id,
            depth: store.depth(id.node),
            level,
            is_kept: store.is_kept(id.node),
            has_children,
            is_expanded,
            is_pinned: store.is_pinned(id.node),
            is_match: self.is_match(device, id),
            has_twin: twin(device, id.node).is_some(),
            n_topics: node.n_topics_below,
            n_kept: store.n_kept(id.node),
            n_messages: node.n_messages_below,
            rate: node.rate_per_s(self.now),
            value: self.value(device, id, old.and_then(|row| row.value.as_ref())),
        }
    }

    fn is_match(&self, device: &Device, id: RowId) -> bool {
        let search = self.model.search.as_ref();
        !id.is_device() && search.is_some_and(|search| device.store.is_match(id.node, &search.needle))
    }

    fn value(&self, device: &Device, id: RowId, old: Option<&RowValue>) -> Option<RowValue> {
        let last = device.store.last(id.node)?;
        let kept_revision = (device.kept.revision(), device.rules.revision());
        let is_same = |old: &&RowValue| old.sequence == last.sequence && old.kept_revision == kept_revision;
        let (preview, fit, spark) = match (old.filter(is_same), last.payload) {
            (Some(old), _) => (old.preview.clone(), old.fit.clone(), old.spark.clone()),
            (None, LastPayload::Whole(_)) if is_clearing(&last) => (cleared(), None, Vec::new()),
            (None, LastPayload::Whole(payload)) => {
                let spark = typed::spark(device, id.node, SPARK_NUMBERS);
                if let Some(typed) = typed::typed(device, id.node, payload, self.max_cols) {
                    (typed.preview, Some(typed.fit), spark)
                } else {
                    let reading = device.reading(id.node);
                    (decode::preview_on(reading, payload, self.max_cols), None, spark)
                }
            }
            (None, LastPayload::Evicted { n_bytes }) => (evicted(n_bytes), None, Vec::new()),
        };
        let node = device.store.node(id.node);
        let stale_at = typed::stale_at(device, id.node, last.received);
        Some(RowValue {
            preview,
            fit,
            spark,
            retained: kept(&last),
            received: last.received,
            is_lit: node.n_messages > 1 && self.now < last.changed + LIT,
            is_stale: stale_at.is_some_and(|at| at <= self.now),
            sequence: last.sequence,
            kept_revision,
            changed: last.changed,
            stale_at,
        })
    }
}

/// What stands where a payload stood that the memory budget had no room for.
pub fn evicted(n_bytes: usize) -> Preview {
    let mut line = decode::Line::default();
    let size = figures::bytes(n_bytes as u64);
    line.push(decode::Ink::Faint, &format!("evicted ({size})"));
    Preview { kind: decode::Kind::Empty, line }
}

/// Whether a message deleted what was retained (MQTT 5.0 section 3.3.1.3).
fn is_clearing(last: &Last<'_>) -> bool {
    last.retained == Retained::Yes && last.n_bytes == 0
}

/// Whether the broker keeps a message, as far as its last delivery tells.
pub fn kept(last: &Last<'_>) -> Retained {
    if is_clearing(last) { Retained::No } else { last.retained }
}

fn cleared() -> Preview {
    let mut line = decode::Line::default();
    line.push(decode::Ink::Faint, "(cleared)");
    Preview { kind: decode::Kind::Empty, line }
}

/// The topic that differs by a leading slash alone and was heard as well.
pub fn twin(device: &Device, node: NodeId) -> Option<String> {
    let store = &device.store;
    store.last(node)?;
    let mut topic = String::new();
    store.topic_of(node, &mut topic);
    let twin = match topic.strip_prefix('/') {
        Some(without) => without.to_owned(),
        None => format!("/{topic}"),
    };
    store.last(store.find(&twin)?).map(|_heard| twin)
}

fn empty_row(id: RowId) -> Row {
    Row {
        id,
        depth: 0,
        level: String::new(),
        is_kept: false,
        has_children: false,
        is_expanded: false,
        is_pinned: false,
        is_match: false,
        has_twin: false,
        n_topics: 0,
        n_kept: 0,
        n_messages: 0,
        rate: 0.0,
        value: None,
    }
}

/// When the picture would look different without anything happening.
fn next_change(model: &Model, now: Timestamp) -> Option<Timestamp> {
    let mut next: Option<Timestamp> = None;
    let mut at = |moment: Timestamp| {
        if moment > now {
            next = Some(next.map_or(moment, |next: Timestamp| next.min(moment)));
        }
    };
    let next_second = Timestamp((now.whole_seconds() + 1) * 1_000_000_000);
    let runs = model.screen == Screen::Publications && publications::running::n_rows(model) > 0;
    if model.screen == Screen::Monitor || runs {
        at(next_second);
    }
    for row in &model.picture.rows {
        if row.rate > 0.0 {
            at(next_second);
        }
        if let Some(value) = &row.value {
            at(value.changed + LIT);
            at(value.received + figures::next_age(now.since(value.received)));
            value.stale_at.into_iter().for_each(&mut at);
        }
    }
    for moment in model.picture.inspector.ages() {
        at(moment + figures::next_age(now.since(moment)));
    }
    for device in &model.devices {
        unfold::due(device).into_iter().for_each(&mut at);
        hints::deadline(device).into_iter().for_each(&mut at);
        if let Connection::Connecting { .. } | Connection::Waiting(_) = device.connection {
            at(next_second);
        }
        let meters = [&device.bytes_in, &device.messages_in, &device.publishes_out];
        if meters.iter().any(|meter| meter.is_moving(now)) {
            at(next_second);
        }
    }
    if let Some(cells_change) = model.selected().and_then(|device| keep_alive::change(device, now)) {
        at(cells_change);
    }
    next
}
