//! What a generator publishes: the same bytes, a number within a text, a node's value in its codec. Owns the way from
//! value to payload.
use crate::device::generator::number_text;
use crate::device::{Generator, Node};
use crate::mqtt::{Payload, Publication};
use std::time::Duration;

/// Where the value goes in a text.
pub const SLOT: &str = "{value}";

/// Makes publication after publication.
#[derive(Clone, Debug)]
pub struct Source {
    base: Publication,
    how: How,
    /// The last payload, where what equals it is left out.
    last: Option<Payload>,
}

#[derive(Clone, Debug)]
enum How {
    /// As it is.
    Same,
    /// The value between two parts of a text.
    Text(Box<Generator>, Vec<u8>, Vec<u8>),
    /// A value of a node.
    Node(Box<Generator>, Box<Node>),
}

impl Source {
    /// The same again and again.
    pub const fn same(base: Publication) -> Self {
        Self { base, how: How::Same, last: None }
    }

    /// Numbers: in the slot of the text, else instead of it.
    pub fn text(base: Publication, generator: Generator) -> Self {
        let text = &*base.payload.0;
        let slot = text.windows(SLOT.len()).position(|part| part == SLOT.as_bytes());
        let (before, behind) =
            slot.and_then(|at| Some((text.get(..at)?, text.get(at + SLOT.len()..)?))).unwrap_or_default();
        let how = How::Text(Box::new(generator), before.to_vec(), behind.to_vec());
        Self { base, how, last: None }
    }

    /// Values of a node.
    pub fn node(base: Publication, generator: Generator, node: Node) -> Self {
        Self { base, how: How::Node(Box::new(generator), Box::new(node)), last: None }
    }

    /// Where to.
    pub const fn topic(&self) -> &crate::mqtt::Topic {
        &self.base.topic
    }

    /// The next one, so long after the first; `None` where it is what went before and the node wants no repetition.
    pub fn make(&mut self, elapsed: Duration) -> Result<Option<Publication>, String> {
        let payload = match &mut self.how {
            How::Same => return Ok(Some(self.base.clone())),
            How::Text(generator, before, behind) => {
                let number = number_text(&generator.value(elapsed));
                Payload::from([before, number.as_bytes(), behind].concat())
            }
            How::Node(generator, node) => {
                let (value, _) = node.within(&generator.value(elapsed))?;
                let payload = Payload::from(node.write(&value).map_err(|error| error.to_string())?);
                if node.repetition_filter && self.last.as_ref() == Some(&payload) {
                    return Ok(None);
                }
                self.last = Some(payload.clone());
                payload
            }
        };
        Ok(Some(Publication { payload, ..self.base.clone() }))
    }
}
