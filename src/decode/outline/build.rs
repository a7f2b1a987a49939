//! The one walk over a payload that finds its members. Owns the counting of them and the names that come twice;
//! whether the payload is JSON was found out before.
use std::collections::HashMap;
use std::hash::BuildHasher;

use super::{Entry, MAX_NODES, NONE, Outline, name};
use crate::decode::json::{MAX_BYTES, skip_space, token_end};

/// An object or a list that is not closed yet.
struct Open {
    node: usize,
    is_object: bool,
    n_children: u32,
    /// Where its members' names begin among those noted.
    names: usize,
}

/// A name as it is compared: its hash, and whose it is.
type Noted = (u64, u32);

impl Outline {
    /// The index of a payload known to be JSON; none when it is a single value, or beyond [`MAX_NODES`].
    pub fn new(payload: &[u8]) -> Option<Self> {
        Self::read(payload, MAX_NODES, true)
    }

    /// The index of what may be the beginning of JSON, to be shown until all of it was read: what is cut off at its
    /// end is left out.
    pub fn of_beginning(payload: &[u8], max_bytes: usize) -> Option<Self> {
        Self::read(payload.get(..max_bytes).unwrap_or(payload), MAX_NODES, false)
    }

    fn read(payload: &[u8], max_nodes: usize, is_whole: bool) -> Option<Self> {
        if payload.len() > MAX_BYTES {
            return None;
        }
        let mut at = skip_space(payload, 0);
        if !matches!(payload.get(at), Some(b'{' | b'[')) {
            return None;
        }
        let mut builder = Builder {
            outline: Self { entries: Vec::with_capacity(payload.len() / 16), twins: Vec::new(), is_whole },
            open: Vec::new(),
            names: Vec::new(),
            hasher: foldhash::fast::FixedState::default(),
        };
        loop {
            at = skip_space(payload, at);
            let Some(byte) = payload.get(at) else { break };
            match byte {
                b'}' | b']' => {
                    let open = builder.open.pop()?;
                    if open.is_object != (*byte == b'}') {
                        return None;
                    }
                    builder.close(payload, &open);
                    at += 1;
                    if builder.open.is_empty() {
                        break;
                    }
                }
                b',' => at += 1,
                _ => {
                    if builder.outline.entries.len() >= max_nodes {
                        return None;
                    }
                    let Some(next) = builder.member(payload, at) else {
                        if is_whole {
                            return None;
                        }
                        break;
                    };
                    // What ends with the bytes given may be cut.
                    if !is_whole && next >= payload.len() && payload.get(at..next) != Some(b"{") {
                        builder.take_back();
                        break;
                    }
                    at = next;
                }
            }
        }
        if is_whole && !builder.open.is_empty() {
            return None;
        }
        while let Some(open) = builder.open.pop() {
            builder.close(payload, &open);
        }
        let mut outline = builder.outline;
        outline.twins.sort_unstable();
        outline.entries.shrink_to_fit();
        (!outline.entries.is_empty()).then_some(outline)
    }
}

struct Builder {
    outline: Outline,
    open: Vec<Open>,
    names: Vec<Noted>,
    hasher: foldhash::fast::FixedState,
}

impl Builder {
    /// Takes the member that begins here; where its value ends, or goes on for a bracket.
    fn member(&mut self, payload: &[u8], start: usize) -> Option<usize> {
        let node = self.outline.entries.len();
        let number = u32::try_from(node).ok()?;
        let (parent, place, is_member) = match self.open.last_mut() {
            Some(open) => {
                open.n_children += 1;
                (u32::try_from(open.node).ok()?, open.n_children - 1, open.is_object)
            }
            None => (NONE, 0, false),
        };
        let offset = u32::try_from(start).ok()?;
        self.outline.entries.push(Entry { offset, parent, end: number + 1, place, n_children: 0 });
        let mut at = start;
        if is_member {
            let end = token_end(payload, at);
            let colon = skip_space(payload, end);
            if payload.get(at) != Some(&b'"') || payload.get(colon) != Some(&b':') {
                self.take_back();
                return None;
            }
            let key = payload.get(at..end).unwrap_or_default();
            self.names.push((self.hash(key), number));
            at = skip_space(payload, colon + 1);
        }
        match payload.get(at) {
            Some(bracket @ (b'{' | b'[')) => {
                let is_object = *bracket == b'{';
                self.open.push(Open { node, is_object, n_children: 0, names: self.names.len() });
                Some(at + 1)
            }
            Some(_) => Some(token_end(payload, at)),
            None => {
                self.take_back();
                None
            }
        }
    }

    /// Names that are spelt differently may be the same.
    fn hash(&self, key: &[u8]) -> u64 {
        match name(key) {
            Some(name) => self.hasher.hash_one(name.as_bytes()),
            None => self.hasher.hash_one(key),
        }
    }

    /// The member taken last is left out.
    fn take_back(&mut self) {
        let Some(gone) = self.outline.entries.pop() else { return };
        let number = self.outline.entries.len();
        if self.names.last().is_some_and(|(_, node)| *node as usize == number) {
            self.names.pop();
        }
        if self.open.last().is_some_and(|open| open.node == number) {
            self.open.pop();
        }
        if let Some(open) = self.open.last_mut().filter(|_| gone.parent != NONE) {
            open.n_children -= 1;
        }
    }

    fn close(&mut self, payload: &[u8], open: &Open) {
        let end = u32::try_from(self.outline.entries.len()).unwrap_or(NONE);
        if let Some(entry) = self.outline.entries.get_mut(open.node) {
            entry.end = end;
            entry.n_children = open.n_children;
        }
        if open.is_object {
            let mut names = self.names.split_off(open.names.min(self.names.len()));
            self.note_twins(payload, &mut names);
        }
    }

    /// Finds the names that come more than once.
    fn note_twins(&mut self, payload: &[u8], names: &mut [Noted]) {
        if names.len() < 2 {
            return;
        }
        names.sort_unstable();
        for alike in names.chunk_by(|one, other| one.0 == other.0).filter(|alike| alike.len() > 1) {
            let mut seen: HashMap<Vec<u8>, Vec<u32>> = HashMap::new();
            for (_, node) in alike {
                let key = self.outline.entries.get(*node as usize).and_then(|entry| {
                    let start = entry.offset as usize;
                    payload.get(start..token_end(payload, start))
                });
                let key = key.unwrap_or_default();
                let name = name(key).map_or_else(|| key.to_vec(), |name| name.as_bytes().to_vec());
                seen.entry(name).or_default().push(*node);
            }
            self.outline.twins.extend(seen.into_values().filter(|nodes| nodes.len() > 1).flatten());
        }
    }
}
