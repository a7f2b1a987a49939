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
    pub told: Option<&'a Arc<Told>>,
}

/// How a topic is read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reading<'a> {
    /// What was chosen.
    pub choice: Choice,
    /// What is known.
    pub hint: Hint<'a>,
    /// The jq program that its values go through before they are looked at.
    pub jq: Option<&'a Arc<str>>,
}

impl From<Option<Decoder>> for Hint<'_> {
    fn from(promised: Option<Decoder>) -> Self {
        Self { promised, ..Self::default() }
    }
}

/// What a hint borrows, for a worker to take along.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Beside {
    /// What protobuf is read by.
    pub schema: Option<Compiled>,
    /// What is known of Sparkplug.
    pub told: Option<Arc<Told>>,
}

impl Beside {
    /// The hint that it was taken from.
    pub fn hint(&self, promised: Option<Decoder>) -> Hint<'_> {
        Hint { promised, schema: self.schema.as_ref(), told: self.told.as_ref() }
    }
}

impl Hint<'_> {
    /// What it borrows.
    pub fn beside(&self) -> Beside {
        Beside { schema: self.schema.cloned(), told: self.told.cloned() }
    }

    /// A number that is another one where the schema is.
    pub fn stamp(&self) -> u64 {
        match self.schema {
            None => 0,
            Some(Ok(schema)) => schema.stamp(),
            Some(Err(_)) => 1,
        }
    }
}
