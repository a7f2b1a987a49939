//! How much a decoder may make of a payload before it stops. Owns the bounds and the words for what goes wrong.
use std::borrow::Cow;

/// Most bytes that any step of a chain may make: as many as are received by default, so that what is packed gets
/// no more room than what comes plain.
pub const MAX_OUT_BYTES: usize = 16 << 20;

/// Most bytes made between two frames; what would be more is made by a worker, within [`MAX_OUT_BYTES`].
pub const MAX_INLINE_OUT_BYTES: usize = 256 << 10;

/// Deepest nesting of what is built anew: far more than people nest, far less than a stack holds.
pub const MAX_DEPTH: usize = 128;

/// Packings inside each other that are undone: gzip in base64 in gzip is seen, more is a trap.
pub const MAX_LAYERS: usize = 4;

/// What a chain may use up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Most bytes that one step makes.
    pub max_out_bytes: usize,
    /// Deepest nesting of lists and maps.
    pub max_depth: usize,
    /// Most packings inside each other.
    pub max_layers: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { max_out_bytes: MAX_OUT_BYTES, max_depth: MAX_DEPTH, max_layers: MAX_LAYERS }
    }
}

impl Bounds {
    /// Bounds for what is made between two frames.
    pub fn inline() -> Self {
        Self { max_out_bytes: MAX_INLINE_OUT_BYTES, ..Self::default() }
    }
}

/// Where bytes stop to be what a decoder reads, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// The offset in the bytes that the decoder was given.
    pub offset: usize,
    /// Why, in words.
    pub words: Cow<'static, str>,
    /// What stands in the way.
    pub blame: Blame,
}

/// What stands in the way of a decoder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blame {
    /// The bytes, at the offset.
    Bytes,
    /// A bound on the output alone.
    Bound,
    /// What the decoder was told to read by; the bytes were not looked at.
    Setting,
}

impl Flaw {
    /// A flaw at an offset.
    pub fn new(offset: usize, words: impl Into<Cow<'static, str>>) -> Self {
        Self { offset, words: words.into(), blame: Blame::Bytes }
    }

    /// A flaw that is none of the bytes: they make more than the bound.
    pub fn bound(offset: usize, words: impl Into<Cow<'static, str>>) -> Self {
        Self { offset, words: words.into(), blame: Blame::Bound }
    }

    /// A flaw of what the bytes should be read by.
    pub fn setting(words: impl Into<Cow<'static, str>>) -> Self {
        Self { offset: 0, words: words.into(), blame: Blame::Setting }
    }

    /// Whether larger bounds would help.
    pub fn is_bound(&self) -> bool {
        self.blame == Blame::Bound
    }
}
