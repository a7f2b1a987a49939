//! Two messages of a topic side by side. Owns which two, what is inside them, and that large ones are compared by a
//! worker; what differs is `decode`'s to say.
use super::reader;
use super::reader::cut_words;
use crate::decode::bounds::Bounds;
use crate::decode::diff::Diff;
use crate::decode::hint::Beside;
use crate::decode::{self, Choice, Decoder, Reading, figures};
use crate::model::difference::Difference;
use crate::model::event::Effect;
use crate::model::inspector::Tab;
use crate::model::layout::Pane;
use crate::model::overlay::Overlay;
use crate::model::toast::Tone;
use crate::model::{Model, tree};
use crate::store::{LastPayload, Past, PastKey, Store};
use crate::time::{Timestamp, WallOrigin};
use std::sync::Arc;

/// Payloads that are compared between two frames; larger ones are a worker's.
const MAX_INLINE_BYTES: usize = 16 * 1024;

/// Two messages to be compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The topic of both.
    pub topic: String,
    /// The one that came first.
    pub old: Message,
    /// The one that came after it.
    pub new: Message,
    /// The decoder that was chosen for both.
    pub choice: Choice,
    /// The one that their topic promises.
    pub promised: Option<Decoder>,
    /// What is known beside the bytes: schemas, births.
    pub beside: Beside,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Which of its topic's messages it is.
    pub ordinal: u64,
    /// What it is called.
    pub words: String,
    /// The payload or its beginning.
    pub payload: Arc<[u8]>,
}

impl Comparison {
    /// Whether it is made between two frames; `None`: there is more in the payloads than seems.
    fn inline(&self) -> Option<Difference> {
        let is_small = |message: &Message| message.payload.len() <= MAX_INLINE_BYTES;
        let bounds = Bounds { max_out_bytes: MAX_INLINE_BYTES, ..Bounds::default() };
        (is_small(&self.old) && is_small(&self.new)).then(|| self.within(&bounds)).flatten()
    }

    /// Compares what is inside both. Takes its time.
    pub fn carry_out(&self) -> Difference {
        self.within(&Bounds::default()).unwrap_or_else(|| self.raw())
    }

    fn within(&self, bounds: &Bounds) -> Option<Difference> {
        let hint = self.beside.hint(self.promised);
        let read = |message: &Message| {
            let decoded = decode::decode_on(hint, &message.payload, self.choice, bounds);
            (!decoded.is_bound()).then(|| (decoded.form, decoded.bytes.into_owned()))
        };
        let ((old_form, old), (new_form, new)) = (read(&self.old)?, read(&self.new)?);
        Some(self.difference(Diff::of((old_form, &old), (new_form, &new))))
    }

    fn raw(&self) -> Difference {
        self.difference(Diff::new(&self.old.payload, &self.new.payload))
    }

    fn difference(&self, diff: Diff) -> Difference {
        let (old, new) = (self.old.words.clone(), self.new.words.clone());
        Difference { topic: self.topic.clone(), old, new, diff, scroll: 0 }
    }
}

/// Compares the marked message with the one under the hand, or that with the one before it.
pub fn ask(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    match comparison(model) {
        Err(words) => model.say(now, Tone::Info, words),
        Ok(comparison) => {
            if let Some(difference) = comparison.inline() {
                return difference.show(model, now);
            }
            model.say(now, Tone::Info, "comparing…");
            effects.push(Effect::Compare(Box::new(comparison)));
        }
    }
}

/// A worker is done.
pub fn told(model: &mut Model, now: Timestamp, difference: Difference) {
    model.toasts.clear();
    // Whoever opened something else meanwhile looks at that.
    if model.overlay == Overlay::None {
        difference.show(model, now);
    }
}

fn comparison(model: &mut Model) -> Result<Comparison, String> {
    super::deeds::settle(model);
    let (row, wall) = (model.cursor, wall(model));
    let is_listed = model.focus == Pane::Inspector && model.inspector.tab == Tab::History;
    let inspector = &model.inspector;
    let Some(device) = tree::device(&model.devices, row.device).filter(|_| !row.is_device()) else {
        return Err("only messages of a topic can be compared".to_owned());
    };
    let store = &device.store;
    let key = if is_listed {
        inspector.past.under_hand(store, row.node).map(|past| past.key)
    } else {
        Some(inspector.past.inspected.as_ref().map_or(PastKey::TOP, |inspected| inspected.key))
    };
    let newest = store.history(row.node).next().map(|past| past.key);
    let key = key.map(|key| if key == PastKey::TOP { newest.unwrap_or(key) } else { key });
    let hand = key.and_then(|key| store.past(row.node, key)).ok_or("there is no message to compare")?;
    let marked = inspector.past.marked;
    let marked = marked.filter(|marked| marked.ordinal != hand.key.ordinal);
    let other = if let Some(marked) = marked {
        store.past(row.node, marked).ok_or("the marked message is gone; space marks another")?
    } else {
        let older = store.history_from(row.node, hand.key).nth(1);
        older.ok_or("no message before this one is held; space marks one to compare with")?
    };
    let (old, new) = if other.key.ordinal < hand.key.ordinal { (other, hand) } else { (hand, other) };
    let mut topic = String::new();
    store.topic_of(row.node, &mut topic);
    let Reading { choice, hint, .. } = device.reading(row.node);
    let (promised, beside) = (hint.promised, hint.beside());
    let message = |past| message(store, row.node, past, wall);
    Ok(Comparison { topic, old: message(&old)?, new: message(&new)?, choice, promised, beside })
}

fn message(
    store: &Store,
    node: crate::store::NodeId,
    past: &Past<'_>,
    wall: WallOrigin,
) -> Result<Message, String> {
    let nth = figures::grouped(past.key.ordinal);
    if reader::is_evicted(past) {
        return Err(format!("the payload of message {nth} was evicted to stay within --memory"));
    }
    let whole = whole(store, node, past);
    let payload = whole.unwrap_or(past.payload);
    let mut words = format!("{nth} at {}", wall.time_of_day(past.received));
    if payload.len() < past.n_bytes {
        words = format!("{words}, {}", cut_words(payload.len(), past.n_bytes));
    }
    Ok(Message { ordinal: past.key.ordinal, words, payload: payload.into() })
}

/// All of a payload that history would cut: the last one's.
pub fn whole<'a>(store: &'a Store, node: crate::store::NodeId, past: &Past<'_>) -> Option<&'a [u8]> {
    let is_last = store.node(node).n_messages == past.key.ordinal;
    match store.last(node).filter(|_| is_last)?.payload {
        LastPayload::Whole(payload) => Some(payload),
        LastPayload::Evicted { .. } => None,
    }
}

/// The clock's face that the history shows.
fn wall(model: &Model) -> WallOrigin {
    let wall = model.settings.wall;
    if model.inspector.past.is_utc { WallOrigin { offset_s: 0, ..wall } } else { wall }
}
