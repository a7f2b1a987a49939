//! Nodes that are metrics of Sparkplug: read from what an edge node tells, written by commands to it. Owns which nodes
//! those are and the way there; the commands themselves are `decode`'s.
use std::borrow::Cow;

use super::{MAX_JSON_BYTES, PathStep};
use crate::decode::sparkplug::{Births, Command, Content, Told, command, is_spoken_on};
use crate::decode::{Bounds, Choice, Decoder, Hint, chain, decode_on};
use crate::device::misfit::WriteError;
use crate::device::node::Node;
use crate::device::value::Value;

impl Node {
    /// Whether it is a place in what edge nodes of Sparkplug tell.
    pub fn is_of_sparkplug(&self) -> bool {
        self.path().is_some() && is_spoken_on(self.topic.as_str())
    }

    /// The name of the metric whose value it is.
    pub fn metric(&self) -> Option<&str> {
        let path = self.path().filter(|_| is_spoken_on(self.topic.as_str()))?;
        match path.steps() {
            [PathStep::Member(metrics), PathStep::Member(name), PathStep::Member(value)]
                if **metrics == *"metrics" && **value == *"value" =>
            {
                Some(name)
            }
            _ => None,
        }
    }

    /// The command that its metric takes over a value, with what the births on hand say of it.
    pub fn command(&self, value: &Value, births: &Births) -> Result<Command, WriteError> {
        let name = self.metric().ok_or(WriteError::NoMetric)?;
        let kind = value.kind().to_string();
        let content = match value {
            Value::Bool(truth) => Content::Truth(*truth),
            Value::Int(whole) => Content::Whole(*whole),
            Value::Float(float) => Content::Number(*float),
            Value::String(text) => Content::Text(text),
            Value::Bytes(bytes) => Content::Bytes(bytes),
            Value::Impulse
            | Value::List(_)
            | Value::Map(_)
            | Value::Vec2(_)
            | Value::Vec3(_)
            | Value::Vec4(_) => Content::Other(&kind),
        };
        command(self.topic.as_str(), births, name, content).map_err(WriteError::Metric)
    }
}

/// The JSON of a message of Sparkplug, with the names that births give; another payload as it is.
pub fn named_document<'p>(topic: &str, payload: &'p [u8], births: Births) -> Cow<'p, [u8]> {
    if payload.is_empty() || payload.first() == Some(&b'{') || !is_spoken_on(topic) {
        return Cow::Borrowed(payload);
    }
    let told = Told { topic: topic.into(), births }.into();
    let hint = Hint { promised: Some(Decoder::Sparkplug), told: Some(&told), ..Hint::default() };
    let bounds = Bounds { max_out_bytes: MAX_JSON_BYTES, ..Bounds::default() };
    let decoded = decode_on(hint, payload, Choice::By(Decoder::Sparkplug), &bounds);
    match decoded.form {
        chain::Form::Json => Cow::Owned(decoded.bytes.into_owned()),
        chain::Form::Text | chain::Form::Image(_) | chain::Form::Hex => Cow::Borrowed(payload),
    }
}
