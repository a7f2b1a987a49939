//! What a topic is judged by beside its name. Owns the questions; each is asked only where a term needs it.
use crate::mqtt::Qos;
use std::time::Duration;

/// What is known of a topic at a moment; `None` where there is nothing to know, as before its first message.
pub trait Facts {
    /// Whether the broker keeps its last message.
    fn retained(&self) -> Option<bool>;
    /// How long ago it was heard.
    fn age(&self) -> Option<Duration>;
    /// Messages a second.
    fn rate_per_s(&self) -> f64;
    /// Messages heard.
    fn n_messages(&self) -> u64;
    /// Bytes of its last payload.
    fn n_bytes(&self) -> Option<usize>;
    /// Of its last message.
    fn qos(&self) -> Option<Qos>;
    /// Its last payload, while it is there.
    fn payload(&self) -> Option<&[u8]>;
    /// Whether the device file names it.
    fn is_kept(&self) -> bool;
    /// Whether it is pinned.
    fn is_pinned(&self) -> bool;
    /// Whether it should have been heard again long since.
    fn is_stale(&self) -> bool;
    /// Whether its payload does not fit its kept node.
    fn has_error(&self) -> bool;
}

/// Nothing is known but the name.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nothing;

impl Facts for Nothing {
    fn retained(&self) -> Option<bool> {
        None
    }
    fn age(&self) -> Option<Duration> {
        None
    }
    fn rate_per_s(&self) -> f64 {
        0.0
    }
    fn n_messages(&self) -> u64 {
        0
    }
    fn n_bytes(&self) -> Option<usize> {
        None
    }
    fn qos(&self) -> Option<Qos> {
        None
    }
    fn payload(&self) -> Option<&[u8]> {
        None
    }
    fn is_kept(&self) -> bool {
        false
    }
    fn is_pinned(&self) -> bool {
        false
    }
    fn is_stale(&self) -> bool {
        false
    }
    fn has_error(&self) -> bool {
        false
    }
}
