//! Payloads that are no plain text, where a search asks for values: whoever decodes them answers. Owns which those
//! are; decodes none.
use super::search::{Needle, SEARCHED_BYTES};
use super::{NodeId, Store};

/// What payloads that are no plain text hold.
pub trait Inside {
    /// Whether plain text may be something else for some topics, and is asked about too.
    fn reads_text(&self) -> bool;
    /// Whether what a payload decodes to holds what is searched for; the payload as it came does not.
    fn holds(&mut self, id: NodeId, topic: &str, payload: &[u8], needle: &Needle) -> bool;
    /// Whether enough was decoded for one slice.
    fn is_tired(&self) -> bool;
}

/// Payloads are taken as they came.
#[derive(Clone, Copy, Debug, Default)]
pub struct AsItCame;

impl Inside for AsItCame {
    fn reads_text(&self) -> bool {
        false
    }

    fn holds(&mut self, _id: NodeId, _topic: &str, _payload: &[u8], _needle: &Needle) -> bool {
        false
    }

    fn is_tired(&self) -> bool {
        false
    }
}

impl Store {
    /// Whether a topic's last payload holds the needle as it came or decoded, where that asks for values.
    pub(super) fn holds_inside(&self, id: NodeId, needle: &Needle, inside: &mut dyn Inside) -> bool {
        if !needle.is_in_values() || needle.is_empty() || !self.is_listed(id) {
            return false;
        }
        let Some((_, payload)) = self.heard(id).and_then(|heard| heard.parts()) else { return false };
        if !inside.reads_text() && is_plain(payload.get(..SEARCHED_BYTES).unwrap_or(payload)) {
            return false;
        }
        let mut topic = String::new();
        self.topic_of(id, &mut topic);
        inside.holds(id, &topic, payload, needle)
    }
}

/// Whether the beginning of a payload is text that nobody need decode.
fn is_plain(beginning: &[u8]) -> bool {
    let is_strange = |byte: &u8| *byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r');
    // Compilers make one pass of the first test and a quick one of the second.
    !beginning.iter().any(is_strange)
        && match std::str::from_utf8(beginning) {
            Ok(_) => true,
            // The beginning may end within a letter.
            Err(error) => error.error_len().is_none(),
        }
}
