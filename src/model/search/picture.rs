//! What of a search is on the screen: the letters that match in the rows, and the list of results. Owns no more than
//! is seen.
use super::{Hit, Search, Why};
use crate::decode::{self, Preview};
use crate::model::Model;
use crate::model::overlay::{Overlay, PromptKind};
use crate::model::picture::{Row, evicted};
use crate::model::tree;
use crate::model::typed::{self, Typed};
use crate::store::LastPayload;
use crate::time::Timestamp;
use std::ops::Range;

/// The list of results, as far as it is seen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Results {
    /// The rows seen.
    pub rows: Vec<ResultRow>,
    /// Which of them is under the hand.
    pub cursor: usize,
    /// How many the list has.
    pub n_listed: usize,
    /// How many match.
    pub n_found: usize,
    /// Whether more may come.
    pub is_working: bool,
}

/// A result.
#[derive(Clone, Debug, PartialEq)]
pub struct ResultRow {
    /// The topic; not sanitized.
    pub topic: String,
    /// The device's name, where there are several.
    pub device: Option<String>,
    /// The bytes of the topic that match.
    pub lit: Vec<Range<usize>>,
    /// One line of the last value.
    pub value: Option<Preview>,
    /// When it came.
    pub received: Option<Timestamp>,
    /// Why it is offered.
    pub why: Why,
}

/// The most rows of the list on a screen of so many.
fn max_rows(rows: u16) -> usize {
    usize::from((rows / 2).saturating_sub(3)).max(3)
}

impl Model {
    /// The search whose list is seen.
    pub fn listing(&self) -> Option<&Search> {
        let Overlay::Prompt(prompt) = &self.overlay else { return None };
        if prompt.kind == PromptKind::GoTo {
            return self.going.as_deref();
        }
        self.search.as_deref().filter(|search| search.is_listed && prompt.kind == PromptKind::Search)
    }
}

/// The list, where it is seen.
pub fn results(model: &mut Model) -> Option<Results> {
    let search = model.listing()?;
    let n_rows = max_rows(model.rows);
    let chosen = search.chosen.unwrap_or_default().min(search.hits.len().saturating_sub(1));
    let first = (chosen + 1).saturating_sub(n_rows);
    let hits: Vec<Hit> = search.hits.iter().skip(first).take(n_rows).copied().collect();
    let (n_listed, n_found) = (search.hits.len(), search.n_found);
    let is_working = !search.is_counted();
    let rows = hits.into_iter().filter_map(|hit| row(model, hit)).collect();
    Some(Results { rows, cursor: chosen - first, n_listed, n_found, is_working })
}

fn row(model: &mut Model, hit: Hit) -> Option<ResultRow> {
    let max_cols = usize::from(model.cols);
    let is_place = matches!(&model.overlay, Overlay::Prompt(prompt) if prompt.kind == PromptKind::GoTo);
    let Model { devices, going, search, .. } = model;
    let device = tree::device(devices, hit.row.device)?;
    let node = hit.row.node;
    let mut topic = String::new();
    device.store.topic_of(node, &mut topic);
    let search = if is_place { going } else { search };
    let lit = search.as_mut().map(|search| search.lit(&topic)).unwrap_or_default();
    let last = device.store.last(node);
    let value = last.as_ref().map(|last| match last.payload {
        LastPayload::Whole(payload) => match typed::typed(device, node, payload, max_cols) {
            Some(Typed { preview, .. }) => preview,
            None => decode::preview_on(device.reading(node), payload, max_cols),
        },
        LastPayload::Evicted { n_bytes } => evicted(n_bytes),
    });
    Some(ResultRow {
        device: (devices.len() > 1).then(|| device.profile.name.clone()),
        topic,
        lit,
        value,
        received: last.map(|last| last.received),
        why: hit.why,
    })
}

impl Search {
    /// The bytes of a topic that match.
    fn lit(&mut self, topic: &str) -> Vec<Range<usize>> {
        let Some(fuzzy) = &mut self.fuzzy else {
            let (needle, any_case) = (self.needle.text(), self.needle.is_any_case());
            let folded = if any_case { topic.to_ascii_lowercase() } else { topic.to_owned() };
            let found = folded.rmatch_indices(needle).next().filter(|_| !needle.is_empty());
            return found.map(|(at, text)| at..at + text.len()).into_iter().collect();
        };
        let places = fuzzy.places(topic);
        let mut letters = topic.char_indices().enumerate();
        let mut range = |place: u32| {
            let (_, (at, letter)) = letters.find(|(nth, _)| *nth == place as usize)?;
            Some(at..at + letter.len_utf8())
        };
        places.into_iter().filter_map(&mut range).collect()
    }
}

/// Marks the rows that match, and the letters of their levels that do.
pub fn light(model: &mut Model, rows: &mut [Row]) {
    let Model { search: Some(search), devices, .. } = model else { return };
    for row in rows.iter_mut().filter(|row| !row.id.is_device()) {
        let Some(device) = tree::device(devices, row.id.device) else { continue };
        let (store, node) = (&device.store, row.id.node);
        if !search.how.is_fuzzy {
            row.is_match = search.matches_row(device, node);
            row.lit.extend(store.matched_bytes(node, &search.needle).filter(|_| row.is_match));
            continue;
        }
        if !store.is_topic(node) && !store.is_kept(node) {
            continue;
        }
        let mut topic = String::new();
        store.topic_of(node, &mut topic);
        let own = topic.len() - store.level(node).len();
        let lit = search.lit(&topic);
        row.is_match = !lit.is_empty() || search.matches_row(device, node);
        row.lit
            .extend(lit.into_iter().filter(|lit| lit.start >= own).map(|lit| lit.start - own..lit.end - own));
    }
}
