//! The view filter at work: what the tree is narrowed to. Owns what was set and how far each device's topics were
//! judged; the language is `sift`'s, who is shown the store's.
//!
//! A topic's name is judged once. What else a term asks is judged again by each of its messages, and, since time
//! alone changes ages, rates and staleness, by a pass over all whose names may be let through: a pass begins at most
//! once a second, and goes on in slices between two looks at the keyboard.
pub(in crate::model) mod known;
pub mod prompt;
pub mod saved;

use super::device::Device;
use super::toast::Tone;
use super::tree::RowId;
use super::{Model, ingest, moves};
use crate::decode;
use crate::mqtt::MessageRef;
use crate::sift::{self, Sift, SiftError};
use crate::store::{NodeId, SiftCursor, Verdict};
use crate::time::Timestamp;
use known::Known;
use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

/// Nodes looked at between two looks at the keyboard: about two milliseconds.
const SLICE_NODES: u32 = 8_192;

/// Bytes of packed payloads taken and made meanwhile, above which the next slice is shorter.
const SLICE_DECODED_BYTES: usize = 128 << 10;

/// The shortest slice, and the first one where values are judged, which may have to be decoded.
const MIN_SLICE_NODES: u32 = 64;
const FIRST_SLICE_NODES: u32 = 512;

/// How long a pass over what time changes waits for the one before.
const PASS_EVERY: Duration = Duration::from_secs(1);

/// Lines that are remembered, to be had again by the arrows.
const MAX_HISTORY: usize = 50;

/// Columns of the filter within a sentence.
const MAX_TEXT_COLS: usize = 40;

/// What the person set.
#[derive(Debug, Default)]
pub struct Narrowing {
    /// The filter in force.
    pub set: Option<Set>,
    /// What was in force when its prompt was opened.
    before: Option<String>,
    /// Lines that were kept, oldest first.
    history: Vec<String>,
    /// Which of them the arrows came to.
    place: Option<usize>,
    /// What is about to be given a name.
    naming: Option<String>,
}

/// A filter in force.
#[derive(Clone, Debug)]
pub struct Set {
    /// As it was typed.
    pub text: String,
    sift: Arc<Sift>,
}

/// A device's topics under the filter.
#[derive(Debug)]
pub struct Sieve {
    sift: Arc<Sift>,
    /// Where the judging goes on.
    cursor: Option<SiftCursor>,
    /// Whether all have been looked at once: from then on, those whose names will not do are passed over.
    is_complete: bool,
    /// Whether a further pass is wanted.
    is_wanted: bool,
    next_pass: Timestamp,
    kept_revision: u64,
    /// How many were shown when the picture was last settled.
    n_settled: usize,
    /// Nodes that the next slice looks at.
    n_slice: u32,
}

impl Sieve {
    fn new(sift: Arc<Sift>, kept_revision: u64) -> Self {
        let cursor = Some(SiftCursor::FIRST);
        let (is_complete, is_wanted, next_pass, n_settled) = (false, false, Timestamp::ZERO, 0);
        let n_slice = if sift.is_of_names() { SLICE_NODES } else { FIRST_SLICE_NODES };
        Self { sift, cursor, is_complete, is_wanted, next_pass, kept_revision, n_settled, n_slice }
    }
}

/// How much is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Topics and kept nodes that are let through.
    pub n_shown: usize,
    /// Topics in the tree.
    pub n_topics: usize,
    /// Whether all were judged.
    pub is_complete: bool,
}

/// Narrows the tree to what a line lets through; an empty one shows all again. What can't be read changes nothing.
pub fn set(model: &mut Model, now: Timestamp, text: &str) -> Result<(), SiftError> {
    let sift = sift::parse(text)?;
    if model.narrowing.set.as_ref().is_some_and(|set| set.text == text) {
        return Ok(());
    }
    if sift.is_empty() {
        clear(model);
        return Ok(());
    }
    let sift = Arc::new(sift);
    model.narrowing.set = Some(Set { text: text.to_owned(), sift: Arc::clone(&sift) });
    let cursor = model.cursor;
    for device in &mut model.devices {
        begin(device, Arc::clone(&sift));
        // The hand's own row is judged first: it stays where it is if it may.
        if device.id == cursor.device && !cursor.is_device() {
            judge_one(device, cursor.node, now);
        }
        work(device, now);
    }
    moves::settle(model);
    Ok(())
}

fn begin(device: &mut Device, sift: Arc<Sift>) {
    device.store.begin_sift();
    device.sieve = Some(Sieve::new(sift, device.kept.revision()));
}

/// Shows all again.
pub fn clear(model: &mut Model) {
    model.narrowing.set = None;
    let cursor = model.cursor;
    for device in &mut model.devices {
        device.sieve = None;
        device.store.end_sift();
    }
    // Whoever looked at a row goes on looking at it.
    if let Some(device) = ingest::device_mut(&mut model.devices, cursor.device) {
        device.store.reveal(cursor.node);
    }
    moves::settle(model);
}

/// A device was opened: it is narrowed as the others are.
pub fn join(narrowing: &Narrowing, device: &mut Device) {
    if let Some(set) = &narrowing.set {
        begin(device, Arc::clone(&set.sift));
    }
}

/// A message was taken in.
pub fn hear(device: &mut Device, node: Option<NodeId>, message: &MessageRef<'_>) {
    let Device { sieve: Some(sieve), store, kept, rules, .. } = device else { return };
    let Some(node) = node else { return };
    let is_new = store.n_messages_on(node) == 1;
    if is_new {
        let verdict = {
            let known = Known::new(store, kept, rules, node, message.received);
            judge(&sieve.sift, message.topic, &known)
        };
        store.sift(node, verdict);
    } else if !sieve.sift.is_of_names() && store.may_be_let_through(node) {
        let known = Known::new(store, kept, rules, node, message.received);
        let is_through = sieve.sift.lets_through(message.topic, &known);
        store.sift(node, if is_through { Verdict::Through } else { Verdict::NotNow });
    }
}

fn judge(sift: &Sift, topic: &str, known: &Known<'_>) -> Verdict {
    if !sift.may_let_through(topic) {
        Verdict::Never
    } else if sift.is_of_names() || sift.lets_through(topic, known) {
        Verdict::Through
    } else {
        Verdict::NotNow
    }
}

fn judge_one(device: &mut Device, node: NodeId, now: Timestamp) {
    let Device { sieve: Some(sieve), store, kept, rules, .. } = device else { return };
    if !(store.is_topic(node) || store.is_kept(node)) {
        return;
    }
    let mut topic = String::new();
    store.topic_of(node, &mut topic);
    let verdict = judge(&sieve.sift, &topic, &Known::new(store, kept, rules, node, now));
    store.sift(node, verdict);
}

/// Judges another slice of a device's topics.
fn work(device: &mut Device, now: Timestamp) {
    let Device { sieve: Some(sieve), store, kept, rules, .. } = device else { return };
    let Some(cursor) = sieve.cursor else { return };
    let (sift, is_again) = (&sieve.sift, sieve.is_complete);
    let n_decoded = Cell::new(0);
    let rest = store.sift_slice(cursor, sieve.n_slice, is_again, |store, node, topic| {
        let known = Known::new(store, kept, rules, node, now);
        let verdict = judge(sift, topic, &known);
        n_decoded.set(n_decoded.get() + known.n_decoded());
        verdict
    });
    sieve.n_slice = if n_decoded.get() > SLICE_DECODED_BYTES {
        (sieve.n_slice / 4).max(MIN_SLICE_NODES)
    } else {
        (sieve.n_slice * 2).min(SLICE_NODES)
    };
    sieve.cursor = rest;
    if rest.is_none() {
        sieve.is_complete = true;
        sieve.next_pass = now + PASS_EVERY;
    }
}

/// What is shown may have changed by something else than a message: all is judged anew, and soon.
pub fn judge_anew(device: &mut Device) {
    if let Some(sieve) = &mut device.sieve {
        sieve.is_wanted = true;
    }
}

/// What was kept or is no longer may be shown, or not.
pub fn settle(model: &mut Model) {
    if model.narrowing.set.is_none() {
        return;
    }
    for device in &mut model.devices {
        let Device { sieve: Some(sieve), kept, .. } = device else { continue };
        if sieve.kept_revision != kept.revision() {
            sieve.kept_revision = kept.revision();
            sieve.is_wanted = true;
        }
        if sieve.cursor.is_none() && std::mem::take(&mut sieve.is_wanted) {
            // A node that came by being kept was not judged by its name yet.
            sieve.is_complete = false;
            sieve.cursor = Some(SiftCursor::FIRST);
        }
    }
}

/// Judges another slice, and begins the passes that are due.
pub fn due(model: &mut Model, now: Timestamp) {
    if model.narrowing.set.is_none() {
        return;
    }
    let is_still = model.frozen.is_some();
    let mut is_changed = false;
    for device in &mut model.devices {
        if let Some(sieve) = &mut device.sieve
            && sieve.cursor.is_none()
            && !is_still
            && sieve.sift.is_timed()
            && sieve.next_pass <= now
        {
            sieve.cursor = Some(SiftCursor::FIRST);
        }
        let before = device.store.revision();
        work(device, now);
        is_changed |= device.store.revision() != before && is_worth_settling(device);
    }
    if is_changed {
        moves::settle(model);
    }
}

/// Whether what is shown shall be looked through for the cursor. As long as rows only come, and by the thousands, it is
/// enough each time they are twice as many.
fn is_worth_settling(device: &mut Device) -> bool {
    let n_shown = device.store.n_sifted(NodeId::ROOT).unwrap_or_default();
    let Some(sieve) = device.sieve.as_mut() else { return false };
    let is_worth = sieve.is_complete || n_shown >= sieve.n_settled * 2;
    if is_worth {
        sieve.n_settled = n_shown;
    }
    is_worth
}

/// When the next pass is due.
pub fn deadline(model: &Model) -> Option<Timestamp> {
    model.narrowing.set.as_ref().filter(|set| set.sift.is_timed() && model.frozen.is_none())?;
    model.devices.iter().filter_map(|device| device.sieve.as_ref()).map(|sieve| sieve.next_pass).min()
}

/// Whether topics are still to be judged.
pub fn is_working(model: &Model) -> bool {
    model.devices.iter().any(|device| device.sieve.as_ref().is_some_and(|sieve| sieve.cursor.is_some()))
}

/// How much is shown of all there is; `None` without a filter.
pub fn tally(model: &Model) -> Option<Tally> {
    model.narrowing.set.as_ref()?;
    let mut tally = Tally { is_complete: true, ..Tally::default() };
    for device in &model.devices {
        tally.n_shown += device.store.n_sifted(NodeId::ROOT).unwrap_or_default();
        tally.n_topics += device.store.counts().n_topics;
        tally.is_complete &= device.sieve.as_ref().is_none_or(|sieve| sieve.is_complete);
    }
    Some(tally)
}

/// The filter in force, as it was typed.
pub fn text(model: &Model) -> Option<&str> {
    model.narrowing.set.as_ref().map(|set| set.text.as_str())
}

/// `matching oven`, or nothing without a filter.
pub fn matching(model: &Model) -> Option<String> {
    let label = saved::label(model)?;
    Some(format!("matching {}", decode::sanitize(label.as_bytes(), MAX_TEXT_COLS)))
}

/// What a deed on many topics adds to its name where the view leaves some out: it takes only those that are shown.
pub fn only(model: &Model, device: &Device) -> String {
    match (matching(model), device.store.is_kept_only()) {
        (Some(matching), is_kept_only) => {
            let kept = if is_kept_only { ", kept nodes only" } else { "" };
            format!(", only those {matching}{kept}")
        }
        (None, true) => ", kept nodes only".to_owned(),
        (None, false) => String::new(),
    }
}

/// Whether a row is left out of its tree.
pub fn leaves_out(model: &Model, row: RowId) -> bool {
    model.device(row.device).is_some_and(|device| {
        device.store.is_narrowed() && device.store.is_there(row.node) && !device.store.is_listed(row.node)
    })
}

/// Somebody goes to a row by name: what leaves it out is taken away, and told.
pub fn let_in(model: &mut Model, now: Timestamp, row: RowId) {
    if !leaves_out(model, row) {
        return;
    }
    if let Some(set) = model.narrowing.set.take() {
        prompt::remember(model, &set.text);
        clear(model);
        model.say(
            now,
            Tone::Info,
            "the filter left this topic out, so all are shown; f and up bring it back",
        );
    }
    if leaves_out(model, row) {
        for device in &mut model.devices {
            device.store.set_kept_only(false);
        }
        model.say(now, Tone::Info, "this topic is not kept, so all are shown; K goes back");
    }
}
