//! What packed payloads hold, where values are searched: each is decoded as its topic is read, so many of them in a
//! slice. Owns the bounds, and the count of those that were too much.
use super::Search;
use crate::decode::bounds::Bounds;
use crate::decode::chain::{self, look_inside};
use crate::decode::{Choice, Decoder};
use crate::device::Rules;
use crate::model::births::BirthBook;
use crate::model::device::Device;
use crate::store::{Inside, LastPayload, Needle, NodeId};

/// Most bytes of a payload that is decoded to be searched.
const MAX_PACKED_BYTES: usize = 1 << 20;

/// Most bytes made of one: its beginning is searched, and what is no text makes more than it takes.
const MAX_OUT_BYTES: usize = 32 << 10;

/// Bytes taken and made between two looks at the keyboard; a millisecond or two.
const SLICE_BYTES: usize = 128 << 10;

/// What a payload costs beside its bytes.
const BYTES_EACH: usize = 256;

/// Rows on the screen of which it is remembered whether they match.
const MAX_REMEMBERED: usize = 512;

/// Reads payloads by the rules of one device, for one slice.
pub(super) struct Decoding<'a> {
    rules: &'a Rules,
    births: &'a BirthBook,
    reads_text: bool,
    left_bytes: usize,
    /// Payloads that make more than is looked at, and of which nothing could be searched.
    pub n_beyond: usize,
}

impl<'a> Decoding<'a> {
    /// For a slice of a device's topics.
    pub fn of(rules: &'a Rules, births: &'a BirthBook) -> Self {
        // What is text by itself may be decoded where a person said so.
        let reads_text = rules.list().iter().any(|rule| match rule.choice {
            Choice::By(decoder) => decoder != Decoder::Text && decoder != Decoder::Json,
            Choice::Auto | Choice::Raw => false,
        });
        Self { rules, births, reads_text, left_bytes: SLICE_BYTES, n_beyond: 0 }
    }
}

impl Inside for Decoding<'_> {
    fn reads_text(&self) -> bool {
        self.reads_text
    }

    fn holds(&mut self, id: NodeId, topic: &str, payload: &[u8], needle: &Needle) -> bool {
        let mut reading = self.rules.reading(topic);
        if payload.len() > MAX_PACKED_BYTES {
            self.n_beyond += 1;
            return false;
        }
        reading.hint.told = self.births.told(id);
        let bounds = Bounds { max_out_bytes: MAX_OUT_BYTES, ..Bounds::default() };
        let inside = look_inside(reading, payload, &bounds);
        let n_made = match &inside {
            chain::Inside::AsItCame => 0,
            chain::Inside::Decoded(decoded) | chain::Inside::Beyond(decoded) => decoded.bytes.len(),
        };
        self.left_bytes = self.left_bytes.saturating_sub(BYTES_EACH + payload.len() + n_made);
        match inside {
            chain::Inside::AsItCame => false,
            chain::Inside::Decoded(decoded) => needle.is_in(&decoded.bytes),
            // The beginning is there, which is all that is searched of plain values too.
            chain::Inside::Beyond(decoded) if decoded.cut.is_some() => needle.is_in(&decoded.bytes),
            chain::Inside::Beyond(_) => {
                self.n_beyond += 1;
                false
            }
        }
    }

    fn is_tired(&self) -> bool {
        self.left_bytes == 0
    }
}

impl Search {
    /// Whether a row on the screen matches; a packed payload is decoded once for that.
    pub(super) fn matches_row(&mut self, device: &Device, node: NodeId) -> bool {
        let store = &device.store;
        let last = store.last(node).filter(|_| self.needle.is_in_values());
        let Some(last) = last.filter(|last| matches!(last.payload, LastPayload::Whole(_))) else {
            return store.is_match(node, &self.needle);
        };
        let key = (device.id, node, last.sequence, device.rules.revision());
        if let Some(known) = self.seen.get(&key) {
            return *known;
        }
        let mut inside = Decoding::of(&device.rules, &device.births);
        let is_match = store.is_match_inside(node, &self.needle, &mut inside);
        if self.seen.len() >= MAX_REMEMBERED {
            self.seen.clear();
        }
        self.seen.insert(key, is_match);
        is_match
    }
}
