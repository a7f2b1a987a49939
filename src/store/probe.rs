//! Nodes whose level may hold a text, found by running over the levels' texts as they lie side by side in memory. Owns
//! passing over those that can't; whether one matches, the search says.
use super::Store;
use memchr::{memchr2, memmem};
use std::ops::Range;

/// Nodes passed over count this much less than nodes that are looked at.
const PASSED_SHARE: usize = 16;

/// The part of a needle that lies within one level: all of it, or what is behind its last slash.
#[derive(Clone, Debug)]
pub(super) struct Probe {
    /// In small letters where case does not count.
    text: Vec<u8>,
    any_case: bool,
    /// The place of the byte that is looked for first.
    rare: usize,
    finder: memmem::Finder<'static>,
}

impl Probe {
    /// None where a level's text alone can't tell: nothing is behind the slash, or letters beyond ASCII change their
    /// bytes with their case.
    pub fn new(needle: &str, any_case: bool) -> Option<Self> {
        let text = needle.rsplit('/').next().filter(|text| !text.is_empty())?.as_bytes().to_vec();
        if any_case && !text.is_ascii() {
            return None;
        }
        // Most topics are small letters, many of them the same few; what is none is rarer.
        let rarity = |byte: u8| match byte {
            b'a' | b'e' | b'i' | b'n' | b'o' | b'r' | b's' | b't' | b'l' => 0,
            b'a'..=b'z' => 1,
            b'0'..=b'9' => 2,
            _ => 3,
        };
        let rare = text.iter().enumerate().max_by_key(|(_, byte)| rarity(**byte)).map(|(place, _)| place)?;
        let finder = memmem::Finder::new(&text).into_owned();
        Some(Self { text, any_case, rare, finder })
    }

    /// Where it is found first from a place on.
    fn find(&self, hay: &[u8], from: usize) -> Option<usize> {
        if !self.any_case {
            return Some(from + self.finder.find(hay.get(from..)?)?);
        }
        let small = *self.text.get(self.rare)?;
        let mut at = from + self.rare;
        loop {
            at += memchr2(small, small.to_ascii_uppercase(), hay.get(at..)?)?;
            let start = at - self.rare;
            if hay.get(start..start + self.text.len())?.eq_ignore_ascii_case(&self.text) {
                return Some(start);
            }
            at += 1;
        }
    }
}

impl Store {
    /// Looks at the nodes from one on whose levels may hold it. Ends before `budget` are looked at, passing over
    /// others at a lower price; tells the first node that is left.
    pub(super) fn probe(
        &self,
        probe: &Probe,
        nodes: &Range<u32>,
        budget: usize,
        mut look: impl FnMut(u32),
    ) -> u32 {
        let (slots, mut node, mut spent) = (&self.tree.slots, nodes.start, 0);
        let budget = budget.max(1).saturating_mul(PASSED_SHARE);
        while node < nodes.end && spent < budget {
            let slot = &slots[node];
            let Some((chunk, text)) = self.tree.text_at(slot) else {
                // An empty level holds nothing.
                (node, spent) = (node + 1, spent + 1);
                continue;
            };
            let is_told = !probe.any_case || text.is_ascii;
            let hit = if is_told { probe.find(text.bytes, text.start) } else { Some(text.start) };
            let hit = hit.unwrap_or(usize::MAX);
            while node < nodes.end && spent < budget {
                match self.tree.text_at(&slots[node]) {
                    Some((other, _)) if other != chunk => break,
                    Some((_, text)) if text.end > hit => {
                        look(node);
                        spent += PASSED_SHARE;
                        node += 1;
                        break;
                    }
                    Some(_) | None => (node, spent) = (node + 1, spent + 1),
                }
            }
        }
        node
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Found, Needle, NodeId, SearchCursor, Store};
    use crate::mqtt::{MessageRef, Qos, Queued, Retained};
    use crate::time::Timestamp;

    #[test]
    fn running_over_the_texts_finds_what_looking_at_each_node_finds() {
        let mut store = Store::new(64 << 20);
        // More text than lies in one place, in capitals and beyond ASCII here and there.
        let topics = (0..9_000).map(|n| match n % 1_000 {
            999 => format!("hall{}/K\u{212a}7/device{n}", n / 1_000),
            500 => format!("hall{}//Device{n}", n / 1_000),
            _ => format!("hall{}/line{}/device{n}", n / 1_000, n % 7),
        });
        for topic in topics {
            store.ingest(&MessageRef {
                topic: &topic,
                payload: b"1",
                properties: &[],
                qos: Qos::AtMostOnce,
                retained: Retained::No,
                dup: false,
                queued: Queued::No,
                packet_id: None,
                received: Timestamp::ZERO,
            });
        }
        for (text, n_expected) in [
            ("device777", 11),
            ("Device", 9),
            ("line3/device8", 160),
            ("/device8500", 1),
            ("kk7", 9),
            ("hall8//", 1),
            // Nothing ends in the level after the one it is in.
            ("ll1line", 0),
            ("nowhere", 0),
        ] {
            let needle = Needle::new(text);
            let all = (1..store.tree.slots.len()).map(NodeId);
            let expected: Vec<NodeId> = all.filter(|node| store.is_match(*node, &needle)).collect();
            assert_eq!(expected.len(), n_expected, "{text}");
            for slice in [1, 50, usize::MAX] {
                let (mut found, mut at) = (Found::default(), Some(SearchCursor::default()));
                while let Some(cursor) = at {
                    at = store.search_slice(cursor, &needle, slice, &mut found);
                }
                assert_eq!(found.nodes, expected, "{text} by {slice}");
            }
        }
    }
}
