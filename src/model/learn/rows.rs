//! What the Learn pane shows, made ready before a frame: as many candidates as there are rows. Owns their texts and
//! when they change places; draws nothing.
use super::deeds::difference;
use super::hands::Hold;
use super::{Learning, is_heard};
use crate::decode::{self, Preview, figures};
use crate::device::learn::{Candidate, CandidateId, Lane, Sureness};
use crate::device::{Access, Domain, Node};
use crate::model::device::{Connection, Device};
use crate::model::picture::{LIT, evicted};
use crate::model::{Model, hints, ingest};
use crate::store::LastPayload;
use crate::time::Timestamp;
use std::time::Duration;

/// How long rows stay in their places at least: a busy plant would be unreadable.
const ORDER_GAP: Duration = Duration::from_secs(1);

/// Rows of the pane that show no candidate: its frame, the heading and two lines of what is under the hand.
const ROWS_AROUND: u16 = 5;

/// The widest value that is made ready.
const MAX_VALUE_COLS: usize = 60;

/// What the pane shows.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    /// The rows, from the top.
    pub rows: Vec<Row>,
    /// Which of them is under the hand.
    pub cursor_row: usize,
    /// Why there is nothing to see; empty where there is something.
    pub hints: Vec<String>,
    /// When it would look different without anything happening.
    pub next_change: Option<Timestamp>,
    /// Whether the rows must be chosen anew at once.
    pub is_dirty: bool,
    ordered: Timestamp,
}

/// A candidate as the pane shows it.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a mark of its own, in any combination")]
pub struct Row {
    /// Which one.
    pub id: CandidateId,
    /// Whether it is ticked.
    pub is_ticked: bool,
    /// Whether its attributes were edited.
    pub is_edited: bool,
    /// The topic; not escaped for the screen.
    pub topic: String,
    /// What it would be called.
    pub alias: Option<String>,
    /// The type it would get, or has.
    pub kind: &'static str,
    /// How sure that is.
    pub sureness: Sureness,
    /// How many messages were looked at for it.
    pub n_samples: u32,
    /// The last value.
    pub value: Preview,
    /// Whether it changed a moment ago.
    pub is_lit: bool,
    /// The least and the greatest number heard.
    pub observed: String,
    /// The unit; not escaped for the screen.
    pub unit: String,
    /// The time between messages.
    pub cadence: String,
    /// Whether one was kept by the broker.
    pub was_retained: bool,
    /// Which way it goes.
    pub access: Access,
    /// Whether it is kept, and was heard otherwise than the node says.
    pub has_update: bool,
    /// What else there is to say; not escaped for the screen.
    pub notes: Vec<String>,
    sequence: u64,
}

/// How many candidates the pane has room for.
pub fn n_seen(model: &Model) -> usize {
    usize::from(model.layout().learn.rows.saturating_sub(ROWS_AROUND))
}

/// Makes ready what the next frame shows of the pane. Costs what is on screen.
pub fn prepare(model: &mut Model, now: Timestamp) {
    let n_rows = n_seen(model);
    let Model { learning: Some(learning), devices, .. } = model else { return };
    let Some(device) = ingest::device_mut(devices, learning.device) else { return };
    let is_due = learning.shown.is_dirty || learning.shown.ordered + ORDER_GAP <= now;
    let has_room = learning.shown.rows.len() < n_rows.min(learning.learn.len(learning.lane));
    let ids: Vec<CandidateId> = if is_due || has_room || learning.shown.rows.len() > n_rows {
        learning.shown.is_dirty = false;
        learning.shown.ordered = now;
        choose(learning, n_rows)
    } else {
        learning.shown.rows.iter().map(|row| row.id).collect()
    };
    let old = std::mem::take(&mut learning.shown.rows);
    let maker = Maker { learning, device, now };
    let rows: Vec<Row> = ids.iter().filter_map(|id| maker.row(*id, &old)).collect();
    let mut next: Option<Timestamp> = None;
    let mut at = |moment: Timestamp| {
        if moment > now {
            next = Some(next.map_or(moment, |next: Timestamp| next.min(moment)));
        }
    };
    for row in rows.iter().filter(|row| row.is_lit) {
        let last = device.store.find(&row.topic).and_then(|node| device.store.last(node));
        if let Some(last) = last {
            at(last.changed + LIT);
        }
    }
    let is_behind = learning.hold == Hold::Follow
        && learning.cursor.is_none()
        && rows.first().map(|row| row.id) != learning.learn.newest(learning.lane);
    if is_behind {
        at(learning.shown.ordered + ORDER_GAP);
    }
    if learning.learn.scope.until.is_some() && !learning.is_over {
        at(Timestamp((now.whole_seconds() + 1) * 1_000_000_000));
    }
    at(learning.started + hints::SILENCE);
    learning.shown.hints = if rows.is_empty() { explain(learning, device, now) } else { Vec::new() };
    learning.shown.rows = rows;
    learning.shown.next_change = next;
}

/// The candidates on screen: the one under the hand stays in its row.
fn choose(learning: &mut Learning, n_rows: usize) -> Vec<CandidateId> {
    let cursor = learning.cursor.filter(|id| {
        learning.learn.candidate(*id).is_some_and(|candidate| candidate.lane() == learning.lane)
    });
    learning.cursor = cursor;
    let mut above = Vec::new();
    if let Some(cursor) = cursor {
        let wanted = learning.shown.cursor_row.min(n_rows.saturating_sub(1));
        let newer = std::iter::successors(learning.learn.newer(cursor), |id| learning.learn.newer(*id));
        above.extend(newer.take(wanted));
        above.reverse();
    }
    let n_above = above.len();
    let mut ids = above;
    ids.extend(learning.learn.window(learning.lane, cursor).take(n_rows.saturating_sub(n_above)));
    // Where the list ends early, there is room above.
    let room = n_rows.saturating_sub(ids.len());
    let mut further: Vec<CandidateId> = match ids.first().copied().filter(|_| cursor.is_some()) {
        Some(first) => std::iter::successors(learning.learn.newer(first), |id| learning.learn.newer(*id))
            .take(room)
            .collect(),
        None => Vec::new(),
    };
    further.reverse();
    learning.shown.cursor_row = if cursor.is_some() { n_above + further.len() } else { 0 };
    further.extend(ids);
    further
}

struct Maker<'a> {
    learning: &'a Learning,
    device: &'a Device,
    now: Timestamp,
}

impl Maker<'_> {
    fn row(&self, id: CandidateId, old: &[Row]) -> Option<Row> {
        let candidate = self.learning.learn.candidate(id).filter(|one| one.lane() == self.learning.lane)?;
        let guess = candidate.guess();
        let topic = candidate.topic().as_str();
        let draft = self.learning.drafts.get(&id);
        let place = self.device.store.find(topic);
        let kept = place.and_then(|place| self.device.kept.at(place).next());
        let update = kept.and_then(|node| candidate.update_of(node));
        let named: Option<&Node> = kept.or(draft);
        let (value, is_lit, sequence) = self.value(&candidate, topic, old.iter().find(|row| row.id == id));
        let unit = named.map_or_else(|| guess.unit.clone(), |node| node.unit.clone());
        // One sample is no range.
        let observed = guess
            .observed
            .filter(|(min, max)| min < max)
            .map(|(min, max)| Domain { min: Some(min), max: Some(max), ..Domain::default() }.range());
        Some(Row {
            id,
            is_ticked: self.learning.ticks.contains(&id),
            is_edited: draft.is_some(),
            topic: topic.to_owned(),
            alias: named.and_then(|node| node.alias.clone()),
            kind: named.map_or(guess.kind, |node| node.kind).name(),
            sureness: if named.is_some() { Sureness::Sure } else { guess.sureness() },
            n_samples: guess.n_samples,
            value,
            is_lit,
            observed: observed.unwrap_or_default(),
            unit: unit.map(|unit| unit.as_str().to_owned()).unwrap_or_default(),
            cadence: guess.cadence.map(|cadence| figures::span(cadence.interval)).unwrap_or_default(),
            was_retained: guess.was_retained,
            access: named.map_or(guess.access, |node| node.access),
            has_update: update.is_some(),
            notes: notes(kept.map(|node| (node, update)), guess.source, guess.is_widened),
            sequence,
        })
    }

    /// The last value, whether it changed a moment ago, and which message it came by.
    fn value(&self, candidate: &Candidate<'_>, topic: &str, old: Option<&Row>) -> (Preview, bool, u64) {
        let found = self.device.store.find(topic);
        let Some((node, last)) = found.and_then(|node| Some((node, self.device.store.last(node)?))) else {
            let mut line = decode::Line::default();
            let words = if candidate.received().is_some() { "" } else { "not heard yet" };
            line.push(decode::Ink::Faint, words);
            return (Preview { kind: decode::Kind::Empty, line }, false, 0);
        };
        let is_lit = self.now < last.changed + LIT && last.changed > self.learning.started;
        let value = match (old.filter(|old| old.sequence == last.sequence), last.payload) {
            (Some(old), _) => old.value.clone(),
            (None, LastPayload::Whole(payload)) => {
                decode::preview_on(self.device.reading(node), payload, MAX_VALUE_COLS)
            }
            (None, LastPayload::Evicted { n_bytes }) => evicted(n_bytes),
        };
        (value, is_lit, last.sequence)
    }
}

fn notes(kept: Option<(&Node, Option<Node>)>, source: Option<&'static str>, is_widened: bool) -> Vec<String> {
    let mut notes = Vec::new();
    let is_kept = kept.is_some();
    match kept {
        Some((node, Some(update))) => notes.push(format!("heard otherwise: {}", difference(node, &update))),
        Some((_, None)) => notes.push("as the node says".into()),
        None => {}
    }
    notes.extend(source.map(|source| format!("told by {source}")));
    if is_widened && !is_kept {
        notes.push("values disagreed, so the type is the wider one".into());
    }
    notes
}

/// Why there is nothing to see, and what helps.
fn explain(learning: &Learning, device: &Device, now: Timestamp) -> Vec<String> {
    let counts = learning.learn.counts();
    match learning.lane {
        Lane::Kept => return vec!["No kept node spoke yet, and no candidate was kept.".into()],
        Lane::Discarded => return vec!["Nothing was discarded.".into()],
        Lane::New => {}
    }
    if learning.is_working() {
        return vec!["Looking at what was heard before …".into()];
    }
    if counts.n_kept + counts.n_discarded > 0 {
        let all = figures::counted((counts.n_kept + counts.n_discarded) as u64, "topic");
        return vec![
            format!("Nothing is left to decide upon: {all} kept or discarded."),
            "l shows them. What speaks for the first time appears here.".into(),
        ];
    }
    let scope = &learning.learn.scope;
    let filters: Vec<&str> = scope.filters.iter().map(crate::mqtt::Filter::as_str).collect();
    let filters = filters.join(", ");
    match device.connection {
        Connection::Online(_) => {}
        Connection::Connecting { .. } | Connection::Waiting(_) | Connection::Off => {
            return vec![format!("{} is not connected, so nothing is heard.", device.profile.name)];
        }
    }
    let since = device.listening_since.unwrap_or(learning.started).max(learning.started);
    if now.since(since) < hints::SILENCE {
        return vec![format!("Listening to {filters}. What speaks appears here, the newest on top.")];
    }
    let mut words = Vec::new();
    for known in &device.subscriptions {
        let is_ours = scope.filters.iter().any(|filter| known.asked.filter.covers(filter));
        if let (true, Some(Err(refusal))) = (is_ours, &known.granted) {
            let why = ingest::refusal_words(refusal);
            words.push(format!("The broker refused {}: {why}.", known.asked.filter));
        }
    }
    if scope.filters.iter().all(|filter| is_heard(device, filter, &[])) {
        let connected = device
            .listening_since
            .map_or_else(String::new, |since| format!(" {}", figures::ago(now.since(since))));
        words.push(format!(
            "Nothing was published on {filters} since we connected{connected}, and nothing there is retained."
        ));
    }
    if scope.filters.iter().any(|filter| filter.as_str().starts_with('#')) {
        words
            .push("# does not cover topics that begin with $: s, and $SYS/# as well, looks at those.".into());
    }
    words.push("Touch a sensor or a switch: what moves appears here. s looks elsewhere.".into());
    words
}
