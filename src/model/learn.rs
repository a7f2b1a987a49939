//! Learning beside everything else: which device is learnt, what is fed into the session and what it subscribes.
//! Owns beginning, ending and the scope; what is guessed is `device::learn`'s, what is kept is `nodes`'.
pub mod deeds;
pub mod draft;
pub mod hands;
pub mod matching;
pub mod parts;
pub mod rows;
pub mod scope;

use super::device::Device;
use super::event::{DeviceId, Effect};
use super::layout::Pane;
use super::overlay::{Deed, Overlay, PromptKind, Question};
use super::toast::Tone;
use super::tree::{Placement, RowId};
use super::{Model, ingest, keys, moves};
use crate::decode::figures;
use crate::device::learn::{CandidateId, Lane, Learn, Scope, convention};
use crate::device::{Change, Node};
use crate::mqtt::{Batch, BrokerRequest, Filter, MessageRef, Qos, Queued, Retained, Subscription, Topic};
use crate::store::{LastPayload, NodeId};
use crate::time::Timestamp;
use hands::Hold;
use matching::Matching;
use parts::Picker;
use rows::Shown;
use std::collections::{HashMap, HashSet};

/// Nodes of the store looked at between two looks at the keyboard, for what was heard before; a few milliseconds.
const FEED_SLICE_NODES: usize = 2_048;

/// Messages of a topic's history that are looked at: enough for a cadence and a sure guess.
const MAX_FED_MESSAGES: usize = 16;

/// One learning session and its pane.
#[derive(Debug)]
pub struct Learning {
    /// Its number: what names candidates of another session is of no use here.
    pub session: u32,
    /// The device that is learnt.
    pub device: DeviceId,
    /// What is known.
    pub learn: Learn,
    /// What is proposed of it, where that is not all.
    pub matching: Option<Matching>,
    /// When it began.
    pub started: Timestamp,
    /// Which list the pane shows.
    pub lane: Lane,
    /// The candidate under the hand; `None`: whatever is on top.
    pub cursor: Option<CandidateId>,
    /// Ticked candidates, of any list.
    pub ticks: HashSet<CandidateId>,
    /// Whether the rows hold still.
    pub hold: Hold,
    /// Nodes whose attributes were edited before keeping them.
    pub drafts: HashMap<CandidateId, Node>,
    /// The parts of one candidate's JSON, while they are chosen from.
    pub picker: Option<Picker>,
    /// What the pane shows.
    pub shown: Shown,
    /// What it subscribed itself.
    pub subscribed: Vec<Filter>,
    /// Whether its time is over.
    pub is_over: bool,
    /// The candidate whose attributes are being edited.
    editing: Option<CandidateId>,
    /// Where to go on in the store with what was heard before.
    feed: Option<NodeId>,
}

impl Learning {
    /// Whether what was heard before is still being looked at.
    pub const fn is_working(&self) -> bool {
        self.feed.is_some()
    }

    /// Takes messages in. Must come before the store hears them.
    pub fn observe(&mut self, device: &Device, batch: &Batch) {
        if self.device != device.id || self.is_over {
            return;
        }
        for message in batch.iter() {
            let matching = self.matching.as_ref();
            let is_wanted =
                |topic: &str| matching.is_none_or(|matching| matching.heard(device, &message, topic));
            self.learn.observe_wanted(&message, |topic| is_kept(device, topic), is_wanted);
        }
    }

    /// Whether a topic that was heard before is proposed.
    fn is_wanted(&self, device: &Device, node: NodeId, topic: &str, now: Timestamp) -> bool {
        let matching = self.matching.as_ref().filter(|_| !convention::is_discovery(topic));
        matching.is_none_or(|matching| matching.lets_through(device, node, topic, now))
    }

    /// Looks at another slice of what the store heard before.
    fn feed_on(&mut self, device: &Device, now: Timestamp) {
        let Some(from) = self.feed.take() else { return };
        let mut found = Vec::new();
        self.feed = device.store.topics_slice(NodeId::ROOT, from, FEED_SLICE_NODES, &mut found);
        let mut topic = String::new();
        for node in found {
            device.store.topic_of(node, &mut topic);
            let is_new = self.learn.wants(&topic) && self.learn.find(&topic).is_none();
            if is_new && self.is_wanted(device, node, &topic, now) {
                feed(&mut self.learn, self.matching.as_ref(), device, node, &topic);
            }
        }
        if self.feed.is_none() {
            self.shown.is_dirty = true;
            if self.hold == Hold::Follow {
                self.learn.release();
            }
        }
    }
}

fn is_kept(device: &Device, topic: &str) -> bool {
    Topic::parse(topic).is_ok_and(|topic| device.kept.has_topic(&topic))
}

/// Has a session hear what a topic said of late, the oldest first.
fn feed(learn: &mut Learn, matching: Option<&Matching>, device: &Device, node: NodeId, topic: &str) {
    let last = device.store.last(node);
    let mut past: Vec<_> = device.store.history(node).take(MAX_FED_MESSAGES).collect();
    past.reverse();
    let n_past = past.len();
    for (at, message) in past.into_iter().enumerate() {
        let whole = match last.as_ref().map(|last| last.payload).filter(|_| at + 1 == n_past) {
            Some(LastPayload::Whole(payload)) => payload,
            Some(LastPayload::Evicted { .. }) => continue,
            None if message.is_cut() => continue,
            None => message.payload,
        };
        let message = MessageRef {
            topic,
            payload: whole,
            properties: &[],
            qos: message.qos,
            retained: message.retained,
            dup: message.dup,
            queued: Queued::No,
            packet_id: None,
            received: message.received,
        };
        // An empty retained payload deletes (MQTT 5.0 section 3.3.1.3); it is no value.
        if !(message.payload.is_empty() && message.retained == Retained::Yes) {
            let is_told = |other: &str| matching.is_none_or(|one| one.told(device, other, message.received));
            let is_wanted = |other: &str| other == topic || is_told(other);
            learn.observe_wanted(&message, |topic| is_kept(device, topic), is_wanted);
        }
    }
}

/// Begins to learn what is selected, or ends learning; asks where ticks would be lost.
pub fn toggle(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    match &model.learning {
        None => begin(model, now, effects),
        Some(learning) if learning.ticks.is_empty() => end(model, now, effects),
        Some(learning) => {
            let ticked = figures::counted(learning.ticks.len() as u64, "ticked row");
            let words = format!("{ticked} not kept yet. End learning all the same?");
            model.overlay = Overlay::Question(Question { words, deed: Deed::EndLearning });
        }
    }
}

/// The filter of a row: a branch and all below it, or all of a device.
fn filter_of(model: &Model, row: RowId) -> Option<Filter> {
    let mut topic = String::new();
    model.device(row.device)?.store.topic_of(row.node, &mut topic);
    let text = if row.is_device() { "#".to_owned() } else { format!("{topic}/#") };
    Filter::parse(&text).ok()
}

fn begin(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    let row = model.cursor;
    let Some(filter) = filter_of(model, row) else {
        return model.say(now, Tone::Warn, "no device is selected to learn; D shows the devices");
    };
    model.n_learnings += 1;
    let mut learn = Learn::new(Scope::of(vec![filter]));
    // What was heard before comes in the order of the tree; letting go puts it into that of time.
    learn.hold();
    model.learning = Some(Learning {
        session: model.n_learnings,
        device: row.device,
        learn,
        matching: Matching::in_force(model),
        started: now,
        lane: Lane::New,
        cursor: None,
        ticks: HashSet::new(),
        hold: Hold::Follow,
        drafts: HashMap::new(),
        picker: None,
        shown: Shown::default(),
        subscribed: Vec::new(),
        is_over: false,
        editing: None,
        feed: Some(NodeId::ROOT),
    });
    model.focus = Pane::Learn;
    subscribe(model, effects);
}

/// Ends learning: what it subscribed goes, what was kept stays.
pub fn end(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    unsubscribe(model, effects);
    let Some(learning) = model.learning.take() else { return };
    if model.focus == Pane::Learn {
        model.focus = Pane::Topics;
    }
    let left = figures::counted(learning.learn.len(Lane::New) as u64, "candidate");
    let is_changed = model.device(learning.device).is_some_and(Device::is_unsaved);
    let save = if is_changed { "; w saves" } else { "" };
    model.say(now, Tone::Info, format!("learning ended; {left} not kept{save}"));
}

/// Whether a subscription that is not refused hears all that a filter would.
fn is_heard(device: &Device, filter: &Filter, but: &[Filter]) -> bool {
    let hears = |known: &&super::device::Subscribed| {
        let asked = &known.asked.filter;
        let is_refused = matches!(known.granted, Some(Err(_)));
        !is_refused && asked.share_group().is_none() && !but.contains(asked) && asked.covers(filter)
    };
    device.subscriptions.iter().any(|known| hears(&known))
}

/// Subscribes what no subscription covers, and gives back what is not wanted any more.
fn subscribe(model: &mut Model, effects: &mut Vec<Effect>) {
    let Model { learning: Some(learning), devices, .. } = model else { return };
    let Some(device) = ingest::device_mut(devices, learning.device) else { return };
    let told = Learn::discovery_filters().filter_map(|text| Filter::parse(text).ok());
    let mut wanted: Vec<Filter> = Vec::new();
    for filter in learning.learn.scope.filters.iter().cloned().chain(told) {
        let is_new = !wanted.iter().any(|other| other.covers(&filter));
        if is_new && !is_heard(device, &filter, &learning.subscribed) {
            wanted.push(filter);
        }
    }
    for filter in learning.subscribed.iter().filter(|filter| !wanted.contains(filter)) {
        effects.push(Effect::Request(device.id, BrokerRequest::Unsubscribe(filter.clone())));
    }
    for filter in wanted.iter().filter(|filter| !learning.subscribed.contains(filter)) {
        let subscription = Subscription::new(filter.clone(), Qos::AtMostOnce);
        effects.push(Effect::Request(device.id, BrokerRequest::Subscribe(subscription)));
    }
    learning.subscribed = wanted;
}

fn unsubscribe(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(learning) = &mut model.learning else { return };
    for filter in std::mem::take(&mut learning.subscribed) {
        effects.push(Effect::Request(learning.device, BrokerRequest::Unsubscribe(filter)));
    }
}

/// The person subscribed a filter: the end of learning will not take it away.
pub fn disown(model: &mut Model, id: DeviceId, filter: &Filter) {
    if let Some(learning) = model.learning.as_mut().filter(|learning| learning.device == id) {
        learning.subscribed.retain(|own| own != filter);
    }
}

/// Asks for what is looked at.
pub fn ask_scope(model: &mut Model, now: Timestamp) {
    let Some(learning) = &model.learning else { return };
    let text = scope::text(&learning.learn.scope, learning.matching.as_ref(), now);
    keys::prompt(model, PromptKind::LearnScope, &text);
}

/// Looks at something else from now on. Candidates beyond it are discarded, what was decided stays.
pub fn rescope(
    model: &mut Model,
    now: Timestamp,
    text: &str,
    effects: &mut Vec<Effect>,
) -> Result<(), String> {
    let (scope, matching) = scope::parse(text, now)?;
    let Model { learning: Some(learning), devices, .. } = model else { return Ok(()) };
    let Some(device) = ingest::device_mut(devices, learning.device) else { return Ok(()) };
    let is_within = |topic: &str| {
        scope.covers(topic) && matching.as_ref().is_none_or(|matching| matching.told(device, topic, now))
    };
    let beyond: Vec<CandidateId> = learning
        .learn
        .window(Lane::New, None)
        .filter(|id| learning.learn.candidate(*id).is_some_and(|one| !is_within(one.topic().as_str())))
        .collect();
    for id in &beyond {
        learning.learn.put(*id, Lane::Discarded);
        learning.ticks.remove(id);
    }
    learning.learn.scope = scope;
    learning.matching = matching;
    learning.is_over = false;
    learning.started = now;
    learning.cursor = None;
    learning.feed = Some(NodeId::ROOT);
    learning.learn.hold();
    learning.shown.is_dirty = true;
    subscribe(model, effects);
    if !beyond.is_empty() {
        let beyond = figures::counted(beyond.len() as u64, "candidate");
        model.say(now, Tone::Info, format!("{beyond} beyond this scope went to the discarded"));
    }
    Ok(())
}

/// Deadlines came, or there is time for a slice of work.
pub fn due(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    let Model { learning: Some(learning), devices, .. } = model else { return };
    if let Some(device) = ingest::device_mut(devices, learning.device) {
        learning.feed_on(device, now);
    }
    learning.let_go(now);
    if learning.learn.is_over(now) && !std::mem::replace(&mut learning.is_over, true) {
        let n_new = figures::counted(learning.learn.len(Lane::New) as u64, "candidate");
        unsubscribe(model, effects);
        model.say(now, Tone::Info, format!("the time for learning is over: {n_new}; s goes on"));
    }
}

/// When the pane would look different, or something is due, without anything happening.
pub fn deadline(model: &Model) -> Option<Timestamp> {
    let learning = model.learning.as_ref()?;
    let until = learning.learn.scope.until.filter(|_| !learning.is_over);
    [learning.hold.deadline(), until, learning.shown.next_change].into_iter().flatten().min()
}

/// The device may have been closed.
pub fn settle(model: &mut Model) {
    let is_gone = model.learning.as_ref().is_some_and(|learning| model.device(learning.device).is_none());
    if is_gone {
        model.learning = None;
    }
    if model.learning.is_none() && model.focus == Pane::Learn {
        model.focus = Pane::Topics;
    }
}

/// Nodes were kept, changed or removed, by whatever: their candidates go to the list they belong to.
pub fn follow_kept(model: &mut Model, id: DeviceId, changes: &[Change]) {
    let Model { learning: Some(learning), devices, .. } = model else { return };
    let Some(device) = ingest::device_mut(devices, id).filter(|device| device.id == learning.device) else {
        return;
    };
    for node in changes.iter().flat_map(|change| [&change.before, &change.after]).flatten() {
        let Some(candidate) = learning.learn.find(node.topic.as_str()) else { continue };
        if device.kept.has_topic(&node.topic) {
            learning.step_off(candidate, Lane::Kept);
            learning.learn.put(candidate, Lane::Kept);
            learning.ticks.remove(&candidate);
            learning.drafts.remove(&candidate);
        } else if learning.learn.candidate(candidate).is_some_and(|one| one.lane() == Lane::Kept) {
            learning.step_off(candidate, Lane::New);
            learning.learn.put(candidate, Lane::New);
            learning.ticks.remove(&candidate);
        }
    }
    learning.shown.is_dirty = true;
}

/// In the Learn pane, what concerns a device is meant for the one that is learnt.
pub fn turn_to(model: &mut Model) {
    let id = model.learning.as_ref().filter(|_| model.focus == Pane::Learn).map(|learning| learning.device);
    if let Some(device) = id.filter(|id| *id != model.cursor.device) {
        moves::go(model, RowId::device(device), Placement::Middle);
    }
}
