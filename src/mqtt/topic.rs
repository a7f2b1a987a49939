//! Topic names. Owns what may be one and how it splits into levels; knows nothing of wildcards' meaning.
use std::fmt;
use std::sync::Arc;

/// The longest topic the wire can carry: a two-byte length (MQTT 5.0 section 1.5.4).
pub const MAX_TOPIC_BYTES: usize = 65_535;

/// A topic *name*: what a message was published to. Never holds `+`, `#` or U+0000, never is empty.
///
/// Identity is the exact bytes: `a`, `/a`, `a/` and `a//b` are four topics (section 4.7.3).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Topic(Arc<str>);

/// Why a text is no topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TopicError {
    /// No characters at all (MQTT-4.7.3-1).
    #[error("a topic cannot be empty")]
    Empty,
    /// Holds `+` or `#` (MQTT-3.3.2-2).
    #[error("a topic cannot hold the wildcard {0:?}; did you mean a filter?")]
    Wildcard(char),
    /// Holds U+0000 (MQTT-4.7.3-2).
    #[error("a topic cannot hold the null character")]
    Null,
    /// Longer than [`MAX_TOPIC_BYTES`] (MQTT-4.7.3-3).
    #[error("a topic is at most 65,535 bytes long; this one has {0}")]
    TooLong(usize),
}

impl Topic {
    /// Checks a text by the rules of MQTT 5.0 section 4.7.
    pub fn parse(text: &str) -> Result<Self, TopicError> {
        check(text)?;
        Ok(Self(text.into()))
    }

    /// The exact text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The pieces between the slashes, empty ones included: `/a//b` has four.
    pub fn levels(&self) -> impl Iterator<Item = &str> {
        self.0.split('/')
    }

    /// Whether it begins with `$`, so that `#` and `+/…` do not cover it (MQTT-4.7.2-1).
    pub fn is_dollar(&self) -> bool {
        self.0.starts_with('$')
    }
}

/// Checks a text without copying it; what arrives by the hundred thousand goes through here.
pub fn check(text: &str) -> Result<(), TopicError> {
    if text.is_empty() {
        return Err(TopicError::Empty);
    }
    if text.len() > MAX_TOPIC_BYTES {
        return Err(TopicError::TooLong(text.len()));
    }
    match text.bytes().find(|byte| matches!(byte, b'+' | b'#' | 0)) {
        None => Ok(()),
        Some(0) => Err(TopicError::Null),
        Some(wildcard) => Err(TopicError::Wildcard(char::from(wildcard))),
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_keep_every_empty_one() {
        for (text, expected) in [
            ("a", vec!["a"]),
            ("/a", vec!["", "a"]),
            ("a/", vec!["a", ""]),
            ("a//b", vec!["a", "", "b"]),
            ("/", vec!["", ""]),
            ("home/livingroom/lights/brightness", vec!["home", "livingroom", "lights", "brightness"]),
            ("industrial/sensor01/pressure/value", vec!["industrial", "sensor01", "pressure", "value"]),
            ("score/performance/cue_state", vec!["score", "performance", "cue_state"]),
            ("/devices/device-id/events", vec!["", "devices", "device-id", "events"]),
            (
                "$aws/things/device-name/shadow/update",
                vec!["$aws", "things", "device-name", "shadow", "update"],
            ),
            ("home/thermostat/target", vec!["home", "thermostat", "target"]),
            ("café/é", vec!["café", "é"]),
            ("a b/c&d", vec!["a b", "c&d"]),
        ] {
            let topic = Topic::parse(text).unwrap();
            assert_eq!(topic.levels().collect::<Vec<_>>(), expected, "{text}");
            assert_eq!(topic.as_str(), text);
        }
    }

    #[test]
    fn what_is_no_topic_is_told_why() {
        let long = "x".repeat(65_536);
        for (text, expected) in [
            ("", TopicError::Empty),
            ("a/+", TopicError::Wildcard('+')),
            ("a/#", TopicError::Wildcard('#')),
            ("a\0b", TopicError::Null),
            (long.as_str(), TopicError::TooLong(65_536)),
        ] {
            assert_eq!(Topic::parse(text).unwrap_err(), expected);
        }
        assert!(Topic::parse(&"x".repeat(65_535)).is_ok());
    }

    #[test]
    fn dollar_topics_are_known() {
        assert!(Topic::parse("$aws/things/x/shadow/update").unwrap().is_dollar());
        assert!(!Topic::parse("a/$b").unwrap().is_dollar());
    }
}
