//! From a path to its node, by hash. Owns the hash tables; whether a candidate is the one, the caller says.
use foldhash::fast::RandomState;
use hashbrown::HashTable;
use std::hash::BuildHasher;

/// Tables the nodes are spread over. One table of a million entries would take tens of milliseconds
/// to grow; one of a thousand takes a fraction of one.
const SHARDS: usize = 1024;

/// The hash of a path. A child's follows from its parent's, so that every prefix of a topic is
/// hashed in one pass, and a topic with 32,768 levels costs no more than its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PathHash(u64);

impl PathHash {
    /// The root's.
    pub const ROOT: Self = Self(0x9E37_79B9_7F4A_7C15);

    /// All of it.
    pub const fn long(self) -> u64 {
        self.0
    }

    /// What a node remembers, so that a growing table need not read its path again.
    pub const fn short(self) -> u32 {
        (self.0 >> 32) as u32
    }
}

/// The shard by the upper bits: within one, the lower bits must still differ.
const fn shard_idx(short: u32) -> usize {
    (short >> (32 - SHARDS.ilog2())) as usize
}

/// Spreads 32 bits over 64: the table looks at both ends.
const fn spread(short: u32) -> u64 {
    (short as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// All nodes but the root, found by the hash of their path.
#[derive(Debug)]
pub(super) struct Index {
    shards: Box<[HashTable<u32>]>,
    seed: RandomState,
    n_bytes: usize,
}

impl Default for Index {
    fn default() -> Self {
        let shards: Box<[HashTable<u32>]> = (0..SHARDS).map(|_| HashTable::new()).collect();
        let n_bytes = size_of_val(&*shards);
        Self { shards, seed: RandomState::default(), n_bytes }
    }
}

impl Index {
    /// The hash of the child with this level under the path with that hash.
    pub fn child_hash(&self, parent: PathHash, level: &[u8]) -> PathHash {
        let level = self.seed.hash_one(level);
        let product = u128::from(parent.0 ^ level) * u128::from(0x2127_599B_F432_5C37_u64);
        #[expect(clippy::cast_possible_truncation, reason = "both halves are folded into one")]
        let folded = (product as u64) ^ ((product >> 64) as u64);
        PathHash(folded ^ level.rotate_left(17))
    }

    /// The node with this hash for which `is_it` holds.
    pub fn find(&self, hash: PathHash, mut is_it: impl FnMut(u32) -> bool) -> Option<u32> {
        let short = hash.short();
        self.shards[shard_idx(short)].find(spread(short), |node| is_it(*node)).copied()
    }

    /// Adds a node that is not there yet; `short_of` tells the short hash of any node already there.
    pub fn insert(&mut self, hash: PathHash, node: u32, short_of: impl Fn(u32) -> u32) {
        let short = hash.short();
        let shard = &mut self.shards[shard_idx(short)];
        let grows = shard.len() == shard.capacity();
        let before = if grows { shard.allocation_size() } else { 0 };
        shard.insert_unique(spread(short), node, |node| spread(short_of(*node)));
        if grows {
            self.n_bytes += self.shards[shard_idx(short)].allocation_size() - before;
        }
    }

    /// Takes a node out.
    pub fn remove(&mut self, short: u32, node: u32) {
        if let Ok(entry) = self.shards[shard_idx(short)].find_entry(spread(short), |known| *known == node) {
            entry.remove();
        }
    }

    /// Memory taken.
    pub const fn n_bytes(&self) -> usize {
        self.n_bytes
    }
}
