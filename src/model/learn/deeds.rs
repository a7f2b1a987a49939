//! What keys do to candidates: tick, edit, keep, discard. Owns the questions; kept nodes are changed by `nodes`.
use super::{Learning, draft};
use crate::decode::{figures, sanitize};
use crate::device::Node;
use crate::device::learn::{CandidateId, Lane};
use crate::model::event::DeviceId;
use crate::model::overlay::{Deed, Overlay, PromptKind, Question};
use crate::model::toast::Tone;
use crate::model::{Model, Undo, UndoStep, keys, nodes};
use crate::store::LastPayload;
use crate::time::Timestamp;

/// Changes of kept nodes that a question tells one by one.
const TOLD_CHANGES: usize = 3;

/// Columns of a topic within a question.
const MAX_TOPIC_COLS: usize = 40;

/// Ticks the row under the hand, or takes its tick away, and goes on.
pub fn tick(model: &mut Model, now: Timestamp) {
    let Some(learning) = &mut model.learning else { return };
    if let Some(picker) = &mut learning.picker {
        return picker.tick();
    }
    let Some(id) = learning.under_hand() else { return };
    if !learning.ticks.remove(&id) {
        learning.ticks.insert(id);
    }
    learning.cursor = Some(id);
    super::hands::step(model, now, 1);
}

/// The ticked rows of the list that is shown, from its top; none ticked: the row under the hand.
fn meant(learning: &Learning) -> Vec<CandidateId> {
    let is_here = |id: &CandidateId| {
        learning.learn.candidate(*id).is_some_and(|candidate| candidate.lane() == learning.lane)
    };
    let mut ticked: Vec<CandidateId> = learning.ticks.iter().copied().filter(is_here).collect();
    ticked.sort_unstable();
    if ticked.is_empty() { learning.under_hand().into_iter().collect() } else { ticked }
}

/// The nodes that candidates propose, as edited where they were.
fn proposed(model: &Model, learning: &Learning, ids: &[CandidateId]) -> Vec<Node> {
    let Some(device) = model.device(learning.device) else { return Vec::new() };
    let of = |id: &CandidateId| {
        if let Some(draft) = learning.drafts.get(id) {
            return vec![draft.clone()];
        }
        let Some(candidate) = learning.learn.candidate(*id) else { return Vec::new() };
        let last = device.store.find(candidate.topic().as_str()).and_then(|node| device.store.last(node));
        match last.map(|last| last.payload) {
            Some(LastPayload::Whole(payload)) => candidate.nodes(Some(payload)),
            Some(LastPayload::Evicted { .. }) | None => candidate.nodes(None),
        }
    };
    let is_new = |node: &Node| device.kept.get(&node.key()).is_none();
    ids.iter().flat_map(of).filter(is_new).collect()
}

/// Keeps what is meant; in the other lists: offers changes, or brings back.
pub fn keep(model: &mut Model, now: Timestamp) {
    let Some(learning) = &model.learning else { return };
    if let Some(picker) = &learning.picker {
        let topic = learning.learn.candidate(picker.id).map(|candidate| candidate.topic().clone());
        let nodes = topic.map(|topic| picker.nodes(&topic)).unwrap_or_default();
        let device = model.device(learning.device);
        let is_new = |node: &Node| device.is_some_and(|device| device.kept.get(&node.key()).is_none());
        let nodes = nodes.into_iter().filter(is_new).collect();
        put_away(model, now, nodes);
        if let Some(learning) = &mut model.learning {
            learning.picker = None;
        }
        return;
    }
    let ids = meant(learning);
    match learning.lane {
        _ if ids.is_empty() => model.say(now, Tone::Info, "nothing is here to be kept"),
        Lane::New => {
            let nodes = proposed(model, learning, &ids);
            put_away(model, now, nodes);
        }
        Lane::Kept => ask_update(model, now, &ids),
        Lane::Discarded => {
            let session = learning.session;
            put(model, now, session, &ids, Lane::New);
        }
    }
}

fn put_away(model: &mut Model, now: Timestamp, nodes: Vec<Node>) {
    let Some(id) = model.learning.as_ref().map(|learning| learning.device) else { return };
    if nodes.is_empty() {
        return model.say(now, Tone::Info, "kept already");
    }
    if let Some(learning) = &mut model.learning {
        learning.hold_for_a_key(now);
    }
    let words = format!("keeping {}", figures::counted(nodes.len() as u64, "node"));
    let n_kept = nodes::keep(model, now, id, nodes, &words);
    let kept = figures::counted(n_kept as u64, "node");
    model.say(now, Tone::Info, format!("kept {kept}; u undoes, w saves"));
}

/// Asks whether all of the list shall be kept, or changed.
pub fn ask_keep_all(model: &mut Model, now: Timestamp) {
    let Some(learning) = &model.learning else { return };
    match (learning.lane, learning.learn.len(Lane::New)) {
        (Lane::Kept, _) => {
            let all: Vec<CandidateId> = learning.learn.window(Lane::Kept, None).collect();
            ask_update(model, now, &all);
        }
        (Lane::New | Lane::Discarded, 0) => model.say(now, Tone::Info, "there is no candidate to keep"),
        (Lane::New | Lane::Discarded, n) => {
            let matching = learning.matching.as_ref();
            let matching = matching.map(|one| format!(" {}", one.words(model.device(learning.device))));
            let words =
                format!("Keep {}{} as nodes? u undoes.", all_of(n as u64), matching.unwrap_or_default());
            let deed = Deed::KeepAll(learning.session);
            model.overlay = Overlay::Question(Question { words, deed });
        }
    }
}

fn all_of(n: u64) -> String {
    if n == 1 { "1 candidate".into() } else { format!("all {} candidates", figures::grouped(n)) }
}

/// Keeps all candidates.
pub fn keep_all(model: &mut Model, now: Timestamp, session: u32) {
    let Some(learning) = model.learning.as_ref().filter(|learning| learning.session == session) else {
        return;
    };
    let mut all: Vec<CandidateId> = learning.learn.window(Lane::New, None).collect();
    // The last one kept is on top of its list.
    all.reverse();
    let nodes = proposed(model, learning, &all);
    put_away(model, now, nodes);
}

/// Asks whether kept nodes shall be changed to what was heard; never without a question.
fn ask_update(model: &mut Model, now: Timestamp, ids: &[CandidateId]) {
    let Some(learning) = &model.learning else { return };
    let Some(device) = model.device(learning.device) else { return };
    let mut changed: Vec<Node> = Vec::new();
    let mut told: Vec<String> = Vec::new();
    for candidate in ids.iter().filter_map(|id| learning.learn.candidate(*id)) {
        let Some(place) = device.store.find(candidate.topic().as_str()) else { continue };
        for (node, update) in
            device.kept.at(place).filter_map(|node| Some((node, candidate.update_of(node)?)))
        {
            if told.len() < TOLD_CHANGES {
                let topic = sanitize(node.topic.as_str().as_bytes(), MAX_TOPIC_COLS);
                told.push(format!("{topic}: {}", difference(node, &update)));
            }
            changed.push(update);
        }
    }
    if changed.is_empty() {
        return model.say(now, Tone::Info, "what was heard is as the node says; nothing to change");
    }
    let more = if changed.len() > told.len() { "; …" } else { "" };
    let nodes = figures::counted(changed.len() as u64, "kept node");
    let words = format!("Change {nodes} to what was heard? {}{more}. u undoes.", told.join("; "));
    let deed = Deed::UpdateNodes(learning.device, changed);
    model.overlay = Overlay::Question(Question { words, deed });
}

/// What an update would change, in words.
pub fn difference(before: &Node, after: &Node) -> String {
    let mut words = Vec::new();
    if before.kind != after.kind {
        words.push(format!("{} becomes {}", before.kind, after.kind));
    }
    if before.domain != after.domain {
        let range = |node: &Node| match node.domain.range() {
            range if range.is_empty() => "none".to_owned(),
            range => range,
        };
        words.push(format!("bounds {} become {}", range(before), range(after)));
    }
    if let (None, Some(unit)) = (&before.unit, &after.unit) {
        words.push(format!("unit {}", sanitize(unit.as_str().as_bytes(), 16)));
    }
    if let (None, Some(ms)) = (before.cadence_ms, after.cadence_ms) {
        words.push(format!("every {}", figures::span(std::time::Duration::from_millis(ms))));
    }
    if words.is_empty() {
        words.push("written otherwise".into());
    }
    words.join(", ")
}

/// Changes kept nodes to what was heard.
pub fn update(model: &mut Model, now: Timestamp, id: DeviceId, changed: Vec<Node>) {
    let words = format!("changing {}", figures::counted(changed.len() as u64, "node"));
    let n = nodes::keep(model, now, id, changed, &words);
    model.say(now, Tone::Info, format!("{} changed; u undoes", figures::counted(n as u64, "node")));
}

/// Asks whether what is meant shall be discarded; what was discarded comes back unasked.
pub fn ask_discard(model: &mut Model, now: Timestamp) {
    let Some(learning) = model.learning.as_ref().filter(|learning| learning.picker.is_none()) else { return };
    let (ids, session) = (meant(learning), learning.session);
    match learning.lane {
        _ if ids.is_empty() => model.say(now, Tone::Info, "nothing is here to be discarded"),
        Lane::Discarded => {
            put(model, now, session, &ids, Lane::New);
        }
        Lane::Kept => model.say(now, Tone::Info, "what is kept is removed in the tree, by d"),
        Lane::New => {
            let what = match ids.as_slice() {
                [id] => learning.learn.candidate(*id).map_or_else(String::new, |candidate| {
                    sanitize(candidate.topic().as_str().as_bytes(), MAX_TOPIC_COLS)
                }),
                ids => figures::counted(ids.len() as u64, "candidate"),
            };
            let words = format!("Discard {what}? u brings back.");
            let deed = Deed::DiscardCandidates(session, ids);
            model.overlay = Overlay::Question(Question { words, deed });
        }
    }
}

/// Discards candidates.
pub fn discard(model: &mut Model, now: Timestamp, session: u32, ids: Vec<CandidateId>) {
    let Some(learning) = model.learning.as_mut().filter(|learning| learning.session == session) else {
        return;
    };
    learning.hold_for_a_key(now);
    let device = learning.device;
    let discarded = figures::counted(ids.len() as u64, "candidate");
    if put(model, now, session, &ids, Lane::Discarded) {
        model.say(now, Tone::Info, format!("{discarded} discarded; u brings back"));
        model.remember_undo(Undo {
            device,
            words: format!("discarding {discarded}"),
            back: UndoStep::Candidates(session, ids.clone(), Lane::New),
            forth: UndoStep::Candidates(session, ids, Lane::Discarded),
        });
    }
}

/// Puts candidates on a list. `false`: their session is over, which is said.
pub fn put(model: &mut Model, now: Timestamp, session: u32, ids: &[CandidateId], lane: Lane) -> bool {
    let Some(learning) = model.learning.as_mut().filter(|learning| learning.session == session) else {
        model.say(now, Tone::Info, "that learning has ended; there is nothing to bring back");
        return false;
    };
    for id in ids {
        // What was kept meanwhile stays kept.
        let is_kept = learning.learn.candidate(*id).is_none_or(|candidate| candidate.lane() == Lane::Kept);
        if !is_kept {
            learning.step_off(*id, lane);
            learning.learn.put(*id, lane);
            learning.ticks.remove(id);
        }
    }
    true
}

/// Asks for the attributes of the candidate under the hand.
pub fn edit(model: &mut Model, now: Timestamp) {
    let Some(learning) = &model.learning else { return };
    let Some(id) = learning.under_hand().filter(|_| learning.picker.is_none()) else { return };
    if learning.lane != Lane::New {
        return model.say(now, Tone::Info, "only a candidate is edited here; a kept node in the tree");
    }
    let draft = learning.drafts.get(&id).cloned();
    let Some(node) = draft.or_else(|| learning.learn.candidate(id).map(|candidate| candidate.node())) else {
        return;
    };
    let text = draft::text(&node);
    if let Some(learning) = &mut model.learning {
        learning.editing = Some(id);
        learning.cursor = Some(id);
        learning.hold_for_a_key(now);
    }
    keys::prompt(model, PromptKind::EditCandidate, &text);
}

/// What a text makes of the candidate that is being edited.
pub fn draft_of(model: &Model, text: &str) -> Result<(CandidateId, Node), String> {
    let gone = "the candidate is gone; esc leaves";
    let learning = model.learning.as_ref().ok_or(gone)?;
    let id = learning.editing.ok_or(gone)?;
    let node = learning.learn.candidate(id).ok_or(gone)?.node();
    Ok((id, draft::parse(&node, text)?))
}

/// Attributes were typed.
pub fn edited(model: &mut Model, text: &str) -> Result<(), String> {
    let (id, node) = draft_of(model, text)?;
    if let Some(learning) = &mut model.learning {
        learning.drafts.insert(id, node);
        learning.shown.is_dirty = true;
    }
    Ok(())
}
