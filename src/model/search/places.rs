//! What going to a topic offers: pins and visited rows before anything is typed, topics that fit after. Owns their
//! order and the completing of a level.
use super::{Hit, How, MAX_HITS, Search, Why};
use crate::model::Model;
use crate::model::tree::RowId;
use crate::store::NodeId;

/// What is offered for a text: what fits best first; for none, pins and then what was visited last.
pub fn offered(model: &Model, text: &str) -> Search {
    let mut search = Search::begin(text, model.cursor, How { is_fuzzy: true, in_values: false });
    if text.is_empty() {
        search.counting = None;
        search.hits = known(model);
        search.n_found = search.hits.len();
    }
    search
}

fn known(model: &Model) -> Vec<Hit> {
    let hit = |row, why| Hit { row, why, score: 0, n_bytes: 0 };
    let pins = model.devices.iter().flat_map(|device| {
        let mut pins = device.store.pinned();
        pins.sort_by(|left, right| device.store.compare_places(*left, *right));
        pins.into_iter().map(|node| hit(RowId { device: device.id, node }, Why::Pinned))
    });
    let visited = model.visited.latest().map(|row| hit(row, Why::Visited));
    let mut hits: Vec<Hit> = Vec::new();
    for hit in pins.chain(visited) {
        let is_new = !hit.row.is_device() && hits.iter().all(|other| other.row != hit.row);
        let is_there = model.device(hit.row.device).is_some_and(|device| device.store.is_there(hit.row.node));
        if is_new && is_there && hits.len() < MAX_HITS {
            hits.push(hit);
        }
    }
    hits
}

/// Children looked at to complete a level: a branch of more completes to what the first ones share.
const MAX_CHILDREN: usize = 100_000;

/// A text with its last level completed: as far as all topics that begin so agree, with the slash behind it where
/// only one branch is left. `None` where nothing begins so, or nothing can be added.
pub fn completed(model: &Model, text: &str) -> Option<String> {
    let (above, begun) = text.rsplit_once('/').map_or((None, text), |(above, begun)| (Some(above), begun));
    let here = model.cursor.device;
    let others = model.devices.iter().filter(|device| device.id != here);
    let devices = model.device(here).into_iter().chain(others);
    devices.into_iter().find_map(|device| {
        let store = &device.store;
        let parent = match above {
            Some(above) => store.find(above)?,
            None => NodeId::ROOT,
        };
        let fits = |node: &NodeId| store.level(*node).starts_with(begun);
        let mut levels = store.children(parent).take(MAX_CHILDREN).filter(fits);
        let first = levels.next()?;
        let mut shared = store.level(first);
        let mut is_alone = true;
        for other in levels {
            is_alone = false;
            let both =
                shared.chars().zip(store.level(other).chars()).take_while(|(left, right)| left == right);
            let n_bytes = both.map(|(letter, _)| letter.len_utf8()).sum();
            shared = shared.get(..n_bytes).unwrap_or_default();
        }
        let slash = if is_alone && store.has_children(first) { "/" } else { "" };
        let above = above.map(|above| format!("{above}/")).unwrap_or_default();
        Some(format!("{above}{shared}{slash}")).filter(|completed| completed != text)
    })
}
