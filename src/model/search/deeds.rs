//! What keys do with a search: type, choose, accept, leave, step. Owns where the cursor goes and which branches are
//! folded again; finding is the search's.
use super::{Progress, Search, places};
use crate::command::Command;
use crate::model::overlay::{Overlay, PromptKind};
use crate::model::toast::Tone;
use crate::model::tree::{Placement, RowId};
use crate::model::{Model, ingest, keys, moves, narrowing};
use crate::store::Direction;
use crate::time::Timestamp;

/// Begins to type what is searched for.
pub fn open(model: &mut Model) {
    if let Some(search) = &mut model.search {
        search.opened.clear();
    }
    keys::prompt(model, PromptKind::Search, "");
}

/// Begins to type where to go.
pub fn open_places(model: &mut Model) {
    keys::prompt(model, PromptKind::GoTo, "");
    model.going = Some(Box::new(places::offered(model, "")));
}

/// The text is another one: a search follows with each letter.
pub fn retype(model: &mut Model, kind: PromptKind, text: &str, from: RowId) {
    if kind == PromptKind::GoTo {
        model.going = Some(Box::new(places::offered(model, text)));
        return;
    }
    let old = model.search.take();
    let (opened, is_listed) = old.map(|old| (old.opened, old.is_listed)).unwrap_or_default();
    if text.is_empty() {
        fold(model, opened);
        return moves::go(model, from, Placement::Middle);
    }
    let mut search = Search::begin(text, from, model.search_how);
    search.opened = opened;
    search.is_listed |= is_listed;
    model.search = Some(Box::new(search));
}

/// A key of the line that is no text. Whether it was one for the search or the list.
pub fn key(model: &mut Model, command: Command) -> bool {
    let Overlay::Prompt(prompt) = &model.overlay else { return false };
    let (kind, from, text) = (prompt.kind, prompt.from, prompt.line.text().to_owned());
    if !matches!(kind, PromptKind::Search | PromptKind::GoTo) {
        return false;
    }
    let is_search = kind == PromptKind::Search;
    if is_search && matches!(command, Command::ToggleFuzzy | Command::ToggleValues) {
        let how = &mut model.search_how;
        if command == Command::ToggleFuzzy {
            how.is_fuzzy = !how.is_fuzzy;
        } else {
            how.in_values = !how.in_values;
        }
        if let Some(search) = &mut model.search {
            search.is_listed = false;
        }
        retype(model, kind, &text, from);
    } else if matches!(command, Command::NextResult | Command::PreviousResult) {
        choose(model, kind, if command == Command::NextResult { 1 } else { -1 });
    } else if !is_search && command == Command::CompleteLevel {
        complete(model, &text, from);
    } else {
        return false;
    }
    true
}

fn complete(model: &mut Model, text: &str, from: RowId) {
    let Some(completed) = places::completed(model, text) else { return };
    if let Overlay::Prompt(prompt) = &mut model.overlay {
        prompt.line.set(completed.as_str());
        prompt.error = None;
    }
    retype(model, PromptKind::GoTo, &completed, from);
}

/// Moves the hand in the list. The cursor goes along, except where one only looks for a place to go to.
fn choose(model: &mut Model, kind: PromptKind, by: isize) {
    let search = if kind == PromptKind::GoTo { &mut model.going } else { &mut model.search };
    let Some(search) = search else { return };
    let most = search.hits.len().saturating_sub(1);
    let chosen = match search.chosen {
        _ if search.hits.is_empty() => return,
        Some(chosen) => chosen.saturating_add_signed(by).min(most),
        // The uppermost is under the hand already where the list was seen.
        None if search.is_listed => 1_usize.saturating_add_signed(by - 1).min(most),
        None => 0,
    };
    search.chosen = Some(chosen);
    search.is_listed = true;
    let row = search.best();
    if let (PromptKind::Search, Some(row)) = (kind, row) {
        search.moving = None;
        search.arrive(row, None);
        if search.how.is_fuzzy {
            search.ordinal = Some(chosen + 1);
        }
        go(model, row);
    }
}

/// Enter in the line of a search: what was expanded on the way to the match stays.
pub fn accept(model: &mut Model, from: RowId) {
    model.visited.leave(from);
    if let Some(search) = &mut model.search {
        search.is_listed = false;
        // What is still looked for is opened then.
        search.opened.clear();
    }
}

/// Enter in the line of a place to go to: what was chosen, what was typed, or what fits best; which is waited for.
pub fn go_to(model: &mut Model, now: Timestamp, topic: &str) -> Result<(), String> {
    let here = model.cursor.device;
    let find = |id| {
        let device = model.device(id)?;
        Some(RowId { device: id, node: device.store.find(topic)? })
    };
    let ids = model.devices.iter().map(|device| device.id);
    let named = find(here).or_else(|| ids.filter(|id| *id != here).find_map(find));
    let going = model.going.as_mut();
    let chosen = going.as_ref().and_then(|going| going.chosen.and_then(|_| going.best()));
    let row = match (chosen.or(named), going) {
        (Some(row), _) => Some(row),
        (None, Some(going)) if going.is_working() => {
            going.is_accepted = true;
            return Err("looking for what fits best …".to_owned());
        }
        (None, Some(going)) => going.best(),
        (None, None) => None,
    };
    let row = row.ok_or_else(|| match topic {
        "" => "type a topic, or a few letters of one".to_owned(),
        _ => format!("no topic {topic:?} was heard so far, nor one that has these letters in this order"),
    })?;
    model.visited.leave(model.cursor);
    model.going = None;
    narrowing::let_in(model, now, row);
    moves::go(model, row, Placement::Middle);
    Ok(())
}

/// Esc in the line of a search: what only it expanded is folded, and the cursor goes back.
pub fn leave(model: &mut Model, from: RowId) {
    let opened = model.search.take().map(|search| search.opened).unwrap_or_default();
    fold(model, opened);
    moves::go(model, from, Placement::Middle);
}

/// Goes to the next match or the one before.
pub fn seek(model: &mut Model, now: Timestamp, direction: Direction) {
    let cursor = model.cursor;
    let Some(search) = &mut model.search else {
        return model.say(now, Tone::Info, "nothing is searched for; / begins");
    };
    if !search.how.is_fuzzy {
        return search.seek(cursor, direction, false);
    }
    // Those that fit best have an order of their own.
    let n_hits = search.hits.len();
    let Some(before) = n_hits.checked_sub(1) else {
        return model.say(now, Tone::Info, "no topic matches");
    };
    let chosen = search.chosen.unwrap_or_default();
    let chosen = match direction {
        Direction::Forward => (chosen + 1) % n_hits,
        Direction::Backward => chosen.checked_sub(1).unwrap_or(before),
    };
    (search.chosen, search.ordinal) = (Some(chosen), Some(chosen + 1));
    if let Some(row) = search.best() {
        go(model, row);
    }
}

/// Does a slice of the work.
pub fn due(model: &mut Model, now: Timestamp) {
    let is_asked = matches!(&model.overlay, Overlay::Prompt(prompt) if prompt.kind == PromptKind::GoTo);
    let Model { going, devices, .. } = model;
    if !is_asked {
        *going = None;
    }
    if let Some(going) = going
        && going.is_working()
    {
        going.work(devices, None);
        if !going.is_working() && going.is_accepted {
            going.is_accepted = false;
            keys::go_to_best(model, now);
        }
        return;
    }
    let Model { search: Some(search), devices, table, .. } = model else { return };
    match search.work(devices, table.as_deref()) {
        Progress::Found(row) => go(model, row),
        // While a pattern is typed, its line says so.
        Progress::NotFound if model.overlay == Overlay::None => {
            model.say(now, Tone::Info, "no topic matches");
        }
        Progress::NotFound | Progress::Working | Progress::Idle => {}
    }
}

/// Puts the cursor on a match. Branches are expanded on the way there, and those expanded on the way to another match
/// alone are folded.
fn go(model: &mut Model, row: RowId) {
    let mut opened =
        model.search.as_mut().map(|search| std::mem::take(&mut search.opened)).unwrap_or_default();
    let mut way = Vec::new();
    if let Some(device) = model.device(row.device) {
        let mut node = row.node;
        while let Some(parent) = device.store.parent(node) {
            way.push(RowId { node: parent, ..row });
            node = parent;
        }
        let folded = way.iter().filter(|above| !device.store.is_expanded(above.node));
        let folded: Vec<RowId> = folded.copied().collect();
        let over = opened.extract_if(.., |other| !way.contains(other)).collect();
        opened.extend(folded);
        fold(model, over);
    }
    // In a table nothing is expanded.
    if model.table.is_some() {
        opened.clear();
    }
    moves::go(model, row, Placement::Middle);
    if let Some(search) = &mut model.search {
        search.opened = opened;
    }
}

fn fold(model: &mut Model, opened: Vec<RowId>) {
    for row in opened {
        if let Some(device) = ingest::device_mut(&mut model.devices, row.device) {
            device.store.collapse(row.node);
        }
    }
}
