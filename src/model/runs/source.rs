//! What a generator publishes: the same text, a number within a text, a node's value in its codec. Owns the way from
//! value to payload; placeholders in a text are replaced by whoever asks for it, each time anew.
use crate::decode::sparkplug::{Births, stamped};
use crate::device::generator::number_text;
use crate::device::{Generator, Node};
use crate::model::metrics;
use crate::model::publications::draft::Draft;
use crate::mqtt::{Payload, Publication, Topic};
use crate::time::{Timestamp, WallOrigin};
use std::time::Duration;

/// Where the value goes in a text.
pub const SLOT: &str = "{value}";

/// Replaces a text's placeholders.
pub type Fill<'a> = dyn FnMut(&Draft) -> Result<Publication, String> + 'a;

/// Makes publication after publication.
#[derive(Clone, Debug)]
pub struct Source {
    base: Publication,
    /// Whether placeholders are replaced.
    is_filled: bool,
    how: How,
    /// The last payload, where what equals it is left out.
    last: Option<Payload>,
    /// The last topic, where placeholders stand in it.
    filled: Option<Topic>,
}

#[derive(Clone, Debug)]
enum How {
    /// As it is.
    Same,
    /// The value between two parts of a text.
    Text(Box<Generator>, Vec<u8>, Vec<u8>),
    /// A value of a node.
    Node(Box<Generator>, Box<Node>, Beside),
}

/// What a node's value is written with, beside what the node says: commands to edge nodes of Sparkplug have the types
/// that births gave, and a time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Beside {
    /// What the births said when it began.
    pub births: Births,
    /// The wall clock.
    pub wall: WallOrigin,
    /// When the first one leaves.
    pub began: Timestamp,
}

impl Source {
    /// The same again and again.
    pub fn same(draft: Draft) -> Self {
        let is_filled = draft.has_placeholders();
        Self { base: draft.publication, is_filled, how: How::Same, last: None, filled: None }
    }

    /// Numbers: in the slot of the text, else instead of it.
    pub fn text(draft: Draft, generator: Generator) -> Self {
        let is_filled = draft.has_placeholders();
        let text = &*draft.publication.payload.0;
        let slot = text.windows(SLOT.len()).position(|part| part == SLOT.as_bytes());
        let (before, behind) =
            slot.and_then(|at| Some((text.get(..at)?, text.get(at + SLOT.len()..)?))).unwrap_or_default();
        let how = How::Text(Box::new(generator), before.to_vec(), behind.to_vec());
        Self { base: draft.publication, is_filled, how, last: None, filled: None }
    }

    /// Values of a node.
    pub fn node(generator: Generator, node: Node, beside: Beside) -> Self {
        Self {
            base: metrics::base(&node),
            is_filled: false,
            how: How::Node(Box::new(generator), Box::new(node), beside),
            last: None,
            filled: None,
        }
    }

    /// Where to, as it is written.
    pub const fn topic(&self) -> &Topic {
        &self.base.topic
    }

    /// Whether it goes to a topic, or did so last.
    pub fn goes_to(&self, topic: &str) -> bool {
        self.filled.as_ref().unwrap_or(&self.base.topic).as_str() == topic
    }

    /// The next one, so long after the first; `None` where it is what went before and the node wants no repetition.
    pub fn make(&mut self, elapsed: Duration, fill: &mut Fill<'_>) -> Result<Option<Publication>, String> {
        let payload = match &mut self.how {
            How::Same => self.base.payload.clone(),
            How::Text(generator, before, behind) => {
                let number = number_text(&generator.value(elapsed));
                Payload::from([before, number.as_bytes(), behind].concat())
            }
            How::Node(generator, node, beside) => {
                let (value, _) = node.within(&generator.value(elapsed))?;
                let written = if node.is_of_sparkplug() {
                    node.command(&value, &beside.births).map(|command| command.payload)
                } else {
                    node.write(&value)
                };
                let payload = Payload::from(written.map_err(|error| error.to_string())?);
                if node.repetition_filter && self.last.as_ref() == Some(&payload) {
                    return Ok(None);
                }
                self.last = Some(payload.clone());
                if node.is_of_sparkplug() {
                    let unix_ms = beside.wall.unix_ms_at(beside.began + elapsed);
                    Payload::from(stamped(&payload.0, unix_ms))
                } else {
                    payload
                }
            }
        };
        let publication = Publication { payload, ..self.base.clone() };
        if !self.is_filled {
            return Ok(Some(publication));
        }
        let filled = fill(&Draft { publication, is_template: true })?;
        self.filled = Some(filled.topic.clone());
        Ok(Some(filled))
    }
}
