//! A payload that goes through a jq program before it is looked at. Owns what a worker needs for it, when it is asked
//! to, and what is said above the outcome. The program is run elsewhere, in a process that can be stopped.
//!
//! One is run at a time, and for the newest message: those that come while it runs are not waited for.
use std::sync::Arc;

use super::{Decoded, Form, Inspector, Subject, head, json};
use crate::decode::bounds::Bounds;
use crate::decode::hint::Beside;
use crate::decode::jq::request::Request;
use crate::decode::jq::{Input, Outcome};
use crate::decode::text::Wrapped;
use crate::decode::{self, Hint, Ink, Line, chain, figures};
use crate::model::Effect;
use crate::model::shown::{fact, folded};

/// A program to be run over a payload.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// What for.
    pub subject: Subject,
    /// What its decoders need.
    pub beside: Beside,
    /// The program.
    pub program: Arc<str>,
    /// The payload as it came.
    pub payload: Arc<[u8]>,
}

/// What the outcome is shown on: what the decoders said before.
#[derive(Clone, Debug)]
pub struct Ground {
    subject: Subject,
    head: Vec<Line>,
}

/// What became of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ran {
    /// It came to an end, be it by an error of its own.
    Done(Outcome),
    /// There was nothing that it could read, for the reason in words.
    Unread(String),
    /// It was stopped, for the reason in words.
    Stopped(String),
}

impl Asked {
    /// Decodes the payload: what is to be handed over, or why there is nothing. Takes time in proportion to its size.
    pub fn read(&self) -> (Result<Request, String>, Ground) {
        let hint = self.beside.hint(self.subject.promised);
        let decoded = decode::decode_on(hint, &self.payload, self.subject.choice, &Bounds::default());
        let input = match decoded.form {
            _ if self.payload.is_empty() => Err("the message is empty: jq has nothing to read".to_owned()),
            chain::Form::Json => Ok(Input::Json(&decoded.bytes)),
            chain::Form::Text => Ok(Input::Text(&decoded.bytes)),
            chain::Form::Image(_) | chain::Form::Hex => {
                Err("jq reads JSON and text, and these are bytes; b turns to a decoder that fits".to_owned())
            }
        };
        let mut head = head(&self.subject, &decoded, None);
        // Their blank line comes after what is said of the program.
        head.pop();
        (input.map(|input| Request::new(&self.program, input)), Ground { subject: self.subject, head })
    }
}

impl Ground {
    /// Lays out what became of the program.
    pub fn show(self, ran: Ran) -> Decoded {
        let Self { subject, mut head } = self;
        let is_given_up = matches!(ran, Ran::Stopped(_));
        let (outcome, words) = match ran {
            Ran::Done(outcome) => (outcome, None),
            Ran::Unread(words) => (Outcome::default(), Some(words)),
            Ran::Stopped(words) => {
                (Outcome::default(), Some(format!("{words}; it is run again when the jq line is taken anew")))
            }
        };
        let mut facts = Vec::new();
        let said = words.as_ref().or(outcome.error.as_ref());
        facts.extend(said.map(|words| fact("but", Ink::Escape, words)));
        facts.extend(
            counted(&outcome).filter(|_| words.is_none()).map(|words| fact("note", Ink::Text, &words)),
        );
        head.extend(folded(&facts, subject.cols));
        if !head.is_empty() {
            head.push(Line::default());
        }
        let document = outcome.document().unwrap_or_default();
        let form = Some(&document).filter(|document| !document.is_empty());
        let form = form.and_then(|document| json(&subject, document));
        let form = form.unwrap_or_else(|| Form::Text(Wrapped::new(&document, subject.cols)));
        Decoded { subject, head, payload: document.into(), form, is_given_up }
    }
}

/// How many values came out, where that is not one.
fn counted(outcome: &Outcome) -> Option<String> {
    let n = |n: usize| figures::grouped(n as u64);
    let n_all = outcome.n_values + outcome.n_left_out;
    match (outcome.n_values, outcome.n_left_out) {
        (0, 0) if outcome.error.is_some() => None,
        (0, 0) => Some("the program gives nothing for this message".to_owned()),
        (1, 0) => None,
        (kept, 0) => Some(format!("{} values, as a list", n(kept))),
        (kept, _) if outcome.has_more => {
            Some(format!("{} of more than {} values: the others are left out", n(kept), n(n_all)))
        }
        (kept, _) => Some(format!("{} of {} values: the others find no room", n(kept), n(n_all))),
    }
}

/// Has a program run over a payload, unless that was done or is being done.
pub fn lay_out(
    inspector: &mut Inspector,
    (subject, hint): (Subject, Hint<'_>),
    program: &Arc<str>,
    payload: &[u8],
    effects: &mut Vec<Effect>,
) {
    let is_done = |decoded: &Decoded| {
        let is_given_up = decoded.is_given_up && decoded.subject.jq == subject.jq;
        decoded.answers(subject) || is_given_up && decoded.may_show(subject)
    };
    if inspector.decoded.as_ref().is_some_and(is_done) {
        return;
    }
    // Another program, or another topic, does not wait for the end of this one; a newer message does.
    let is_in_hand = |pending: Subject| {
        let without = |subject| Subject { sequence: 0, ..subject };
        pending.jq == 0 || without(pending) == without(subject)
    };
    if inspector.pending.is_some_and(is_in_hand) {
        return;
    }
    inspector.pending = Some(subject);
    let (beside, program, payload) = (hint.beside(), Arc::clone(program), Arc::from(payload));
    effects.push(Effect::RunJq(Box::new(Asked { subject, beside, program, payload })));
}
