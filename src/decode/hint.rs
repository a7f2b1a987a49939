//! What is known of a topic's payloads before one is looked at: what the topic promises, what a person chose, what
//! protobuf is read by. Owns no payload and no rule.
use std::sync::Arc;

use super::chain::Choice;
use super::decoder::Decoder;
use super::schema::Schema;
use super::sparkplug::Told;

/// A schema, or in words why there is none.
pub type Compiled = Result<Arc<Schema>, Arc<str>>;

/// What is known of a topic.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hint<'a> {
    /// The decoder that it promises ([`Decoder::of_topic`]): tried before any guess.
    pub promised: Option<Decoder>,
    /// What its protobuf is read by.
    pub schema: Option<&'a Compiled>,
    /// What is known beside the bytes, of Sparkplug.
    pub told: Option<&'a Told>,
}

/// How a topic is read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reading<'a> {
    /// What was chosen.
    pub choice: Choice,
    /// What is known.
    pub hint: Hint<'a>,
}

impl From<Option<Decoder>> for Hint<'_> {
    fn from(promised: Option<Decoder>) -> Self {
        Self { promised, ..Self::default() }
    }
}

impl Hint<'_> {
    /// A number that is another one where the schema is.
    pub fn stamp(&self) -> u64 {
        match self.schema {
            None => 0,
            Some(Ok(schema)) => schema.stamp(),
            Some(Err(_)) => 1,
        }
    }
}
