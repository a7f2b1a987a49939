//! Which payload is laid out when: at once, on a worker, or its beginning until the worker is done. Owns the
//! deciding, and the message before for what changed.
use super::{Decoded, Form, Inspector, MAX_INLINE_BYTES, Subject, Tab};
use crate::decode::Choice;
use crate::decode::Hint;
use crate::decode::outline::Outline;
use crate::model::Effect;
use crate::model::device::Device;
use crate::store::Past;
use std::sync::Arc;

/// How much of a long payload is shown until all of it was read.
const GLIMPSED_BYTES: usize = 64 * 1024;

impl Decoded {
    /// Whether it may be shown for a subject: an older message of the same topic stands in while a worker is busy
    /// with the present one.
    pub fn may_show(&self, subject: Subject) -> bool {
        // So does what another program made of it, but never the value as it came for what a program makes.
        let is_alike = (self.subject.jq == 0) == (subject.jq == 0);
        let without = |subject| Subject { sequence: 0, jq: 0, ..subject };
        is_alike && without(self.as_wide_as(subject)) == without(subject)
    }

    /// Whether it is what a subject asks for.
    pub(super) fn answers(&self, subject: Subject) -> bool {
        self.as_wide_as(subject) == subject
    }

    /// Rows of a structured value are made as wide as the screen is, whatever it was when the payload was read.
    fn as_wide_as(&self, subject: Subject) -> Subject {
        let cols = if self.doc().is_some() { subject.cols } else { self.subject.cols };
        Subject { cols, ..self.subject }
    }
}

/// Has the inspector lay out a payload, or a worker.
pub fn lay_out(
    inspector: &mut Inspector,
    device: &Device,
    (subject, hint): (Subject, Hint<'_>),
    payload: &[u8],
    effects: &mut Vec<Effect>,
) {
    if inspector.decoded.as_ref().is_some_and(|decoded| decoded.answers(subject)) {
        return;
    }
    // What a worker has in hand is not tried again with every frame.
    let is_awaited = inspector.pending == Some(subject);
    let inline = Some(payload).filter(|payload| payload.len() <= MAX_INLINE_BYTES && !is_awaited);
    if let Some(decoded) = inline.and_then(|payload| Decoded::inline(subject, hint, payload)) {
        inspector.before = decoded.doc().and_then(|_| before(device, subject, hint));
        inspector.decoded = Some(decoded);
        return;
    }
    // A program that is being run makes room.
    if inspector.pending.is_none_or(|pending| pending.jq != 0) {
        inspector.pending = Some(subject);
        effects.push(Effect::Decode(subject, hint.beside(), Arc::from(payload)));
    }
    if !inspector.decoded.as_ref().is_some_and(|decoded| decoded.may_show(subject))
        && let Some(glimpse) = glimpse(subject, payload)
    {
        inspector.decoded = Some(glimpse);
    }
}

/// The message before, where history has all of it and it is quickly read.
fn before(device: &Device, subject: Subject, hint: Hint<'_>) -> Option<Decoded> {
    let node = subject.row.node;
    let this = subject.past.unwrap_or_else(|| device.store.node(node).n_messages);
    let past = device.store.history(node).find(|past| past.key.ordinal < this)?;
    let is_quick = |past: &Past<'_>| !past.is_cut() && past.payload.len() <= MAX_INLINE_BYTES;
    let past = Some(past).filter(is_quick)?;
    Decoded::inline(Subject { sequence: 0, ..subject }, hint, past.payload)
}

/// The beginning of what seems to be JSON.
fn glimpse(subject: Subject, payload: &[u8]) -> Option<Decoded> {
    if subject.tab != Tab::Value || subject.choice != Choice::Auto || subject.promised.is_some() {
        return None;
    }
    let outline = Outline::of_beginning(payload, GLIMPSED_BYTES)?;
    let beginning = payload.get(..GLIMPSED_BYTES).unwrap_or(payload);
    Some(Decoded {
        subject,
        head: Vec::new(),
        payload: Arc::from(beginning),
        form: Form::Tree(outline),
        is_given_up: false,
    })
}

impl Inspector {
    /// A worker is done.
    pub fn take_decoded(&mut self, decoded: Decoded) {
        if self.pending.is_some_and(|pending| pending != decoded.subject) {
            // It was given up for another.
            return;
        }
        // One at a time: what the user turned to meanwhile is asked for with the next frame.
        self.pending = None;
        let is_older = |old: &Decoded| {
            old.subject.row == decoded.subject.row
                && old.subject.sequence < decoded.subject.sequence
                && old.subject.jq == decoded.subject.jq
                && old.doc().is_some_and(|doc| doc.outline.is_whole())
        };
        self.before = self.decoded.take().filter(is_older);
        self.decoded = Some(decoded);
    }
}
