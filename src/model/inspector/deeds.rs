//! What keys do in a structured value. Owns the deeds; the hand itself is the structure's.
use super::inside::{Found, Inside};
use super::structure::{Structure, path_of};
use crate::command::Command;
use crate::decode::sparkplug::is_spoken_on;
use crate::device::{JsonPath, Node, learn};
use crate::model::event::Effect;
use crate::model::overlay::{Overlay, PromptKind};
use crate::model::toast::Tone;
use crate::model::{Model, apply, keys, metrics, nodes};
use crate::mqtt::Topic;
use crate::store::{Direction, LastPayload};
use crate::time::Timestamp;

/// What a key does there.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Rows(isize),
    HalfPages(isize),
    First,
    Last,
    Unfold,
    Fold,
    Toggle,
    Below { is_open: bool },
    Search,
    Seek(Direction),
    CopyPath,
    Keep,
}

const DEEDS: [(Command, Deed); 16] = [
    (Command::CursorDown, Deed::Rows(1)),
    (Command::CursorUp, Deed::Rows(-1)),
    (Command::PageDown, Deed::HalfPages(1)),
    (Command::PageUp, Deed::HalfPages(-1)),
    (Command::First, Deed::First),
    (Command::Last, Deed::Last),
    (Command::Expand, Deed::Unfold),
    (Command::Collapse, Deed::Fold),
    (Command::Toggle, Deed::Toggle),
    (Command::ExpandAll, Deed::Below { is_open: true }),
    (Command::CollapseAll, Deed::Below { is_open: false }),
    (Command::SearchInside, Deed::Search),
    (Command::NextMatch, Deed::Seek(Direction::Forward)),
    (Command::PreviousMatch, Deed::Seek(Direction::Backward)),
    (Command::CopyPath, Deed::CopyPath),
    (Command::KeepPart, Deed::Keep),
];

/// Carries a command out where the hand is in a structured value; whether it meant something there.
pub fn command(model: &mut Model, now: Timestamp, command: Command, effects: &mut Vec<Effect>) -> bool {
    if command == Command::Leave {
        return forget_search(model);
    }
    let Some((_, deed)) = DEEDS.iter().find(|(known, _)| *known == command) else { return false };
    match *deed {
        Deed::Search => keys::prompt(model, PromptKind::SearchInside, ""),
        Deed::Seek(direction) => return model.inspector.seek_inside(direction),
        Deed::CopyPath => return copy_path(model, now, effects),
        Deed::Keep => return keep(model, now),
        Deed::Rows(_)
        | Deed::HalfPages(_)
        | Deed::First
        | Deed::Last
        | Deed::Unfold
        | Deed::Fold
        | Deed::Toggle
        | Deed::Below { .. } => move_hand(model, *deed),
    }
    true
}

fn move_hand(model: &mut Model, deed: Deed) {
    let Some((structure, doc)) = model.inspector.structure() else { return };
    match deed {
        Deed::Rows(by) => structure.step(doc, by),
        Deed::HalfPages(by) => {
            let rows = isize::try_from((structure.n_rows / 2).max(1)).unwrap_or(1);
            structure.step(doc, rows * by);
        }
        Deed::First => structure.go(doc, 0),
        Deed::Last => {
            let last = structure.folds.last(doc);
            structure.go(doc, last);
        }
        Deed::Unfold => structure.unfold(doc),
        Deed::Fold => structure.fold(doc),
        Deed::Toggle => structure.toggle(doc),
        Deed::Below { is_open } => structure.set_below(doc, is_open),
        Deed::Search | Deed::Seek(_) | Deed::CopyPath | Deed::Keep => {}
    }
    choose(model);
}

/// The path under the hand becomes the one that history and chart follow.
fn choose(model: &mut Model) {
    let Some((structure, doc)) = model.inspector.structure() else { return };
    // What a program made has paths that lead nowhere in the message.
    if structure.is_filtered {
        return;
    }
    let (row, path) = (structure.row, path_of(doc, structure.cursor));
    model.inspector.places.set(row, path);
}

/// What is typed behind `/` changed.
pub fn search(model: &mut Model, text: &str) {
    let Some((structure, doc)) = model.inspector.structure() else { return };
    go_back(structure);
    if !text.is_empty() {
        let from = (structure.cursor, structure.folds.clone());
        structure.inside = Some(Inside::begin(text, doc, from));
    }
    choose(model);
}

/// The search is given up: everything is as it was when it began.
pub fn leave_search(model: &mut Model) {
    if let Some((structure, _)) = model.inspector.structure() {
        go_back(structure);
    }
    choose(model);
}

fn go_back(structure: &mut Structure) {
    if let Some(Inside { from: (cursor, folds), .. }) = structure.inside.take() {
        structure.cursor = cursor;
        structure.folds = folds;
    }
}

/// The marks of a search go; whether there were any.
fn forget_search(model: &mut Model) -> bool {
    let structure = model.inspector.structure();
    structure.is_some_and(|(structure, _)| structure.inside.take().is_some())
}

/// Looks on for matches.
pub fn work(model: &mut Model, now: Timestamp) {
    let Some((structure, doc)) = model.inspector.structure() else { return };
    let Some(inside) = &mut structure.inside else { return };
    match inside.work(doc) {
        Found::At(node) => {
            structure.reveal(doc, node);
            structure.go(doc, node);
            choose(model);
        }
        Found::Nowhere if model.overlay == Overlay::None => {
            model.say(now, Tone::Info, "nothing in this value matches");
        }
        Found::Nowhere | Found::Nothing => {}
    }
}

/// The path under the hand; said where there is none.
fn path(model: &mut Model, now: Timestamp) -> Option<JsonPath> {
    let (structure, doc) = model.inspector.structure()?;
    let path = path_of(doc, structure.cursor);
    if path.is_none() {
        model.say(now, Tone::Warn, "a path cannot lead here: this lies too deep, or a name is no Unicode");
    }
    path
}

fn copy_path(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) -> bool {
    if let Some(path) = path(model, now) {
        apply::copy(model, now, path.to_string(), effects);
    }
    true
}

/// Keeps what is under the hand as a node; for the whole value, its parts are offered.
fn keep(model: &mut Model, now: Timestamp) -> bool {
    let Some(path) = path(model, now) else { return true };
    if path.steps().is_empty() {
        return false;
    }
    let row = model.cursor;
    let mut topic = String::new();
    let Some(device) = model.device(row.device) else { return true };
    device.store.topic_of(row.node, &mut topic);
    let (Ok(topic), Some(LastPayload::Whole(payload))) =
        (Topic::parse(&topic), device.store.last(row.node).map(|last| last.payload))
    else {
        return false;
    };
    if is_spoken_on(topic.as_str()) {
        let Some(node) = metrics::kept_as(device, topic.as_str(), &path) else {
            return say(model, now, "this is no part of a metric; values of metrics can be kept");
        };
        return keep_node(model, now, node);
    }
    let is_plain = model.inspector.decoded.as_ref().is_some_and(|decoded| {
        let is_present =
            device.store.last(row.node).is_some_and(|last| last.sequence == decoded.subject.sequence);
        !is_present || *decoded.payload == *payload
    });
    if !is_plain {
        let words = "a node reads JSON as it comes, and this had to be decoded first";
        return say(model, now, words);
    }
    let part = match learn::part_at(topic.as_str(), payload, &path) {
        Ok(part) => part,
        Err(misfit) => return say(model, now, &misfit.to_string()),
    };
    keep_node(model, now, part.node(&topic))
}

fn keep_node(model: &mut Model, now: Timestamp, node: Node) -> bool {
    let id = model.cursor.device;
    let path = node.path().map(ToString::to_string).unwrap_or_default();
    if model.device(id).is_some_and(|device| device.kept.get(&node.key()).is_some()) {
        return say(model, now, &format!("{path} is kept already; d in the tree removes it"));
    }
    let words = format!("keeping {path} of {}", node.topic);
    nodes::keep(model, now, id, vec![node], &words);
    say(model, now, &format!("kept {path}; u undoes"))
}

fn say(model: &mut Model, now: Timestamp, words: &str) -> bool {
    model.say(now, Tone::Info, words);
    true
}
