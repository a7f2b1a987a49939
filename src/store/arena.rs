//! Memory that never moves: numbered records in chunks, and the levels' texts. Owns no meaning.
use std::ops::{Index, IndexMut};

/// Records a chunk holds: small enough that a store of a few topics is small, and that no message
/// pays for copying what is already there.
const CHUNK_RECORDS: usize = 256;

/// Bytes a chunk of texts holds. A level has at most 65,535, so it always fits.
const CHUNK_TEXT_BYTES: usize = 65_536;

/// Stands for "no record".
pub(super) const NONE: u32 = u32::MAX;

/// What the allocator really takes for so many bytes: a header of 8, steps of 16, at least 32.
pub(super) const fn heap_bytes(asked: usize) -> usize {
    if asked == 0 {
        return 0;
    }
    let taken = asked.saturating_add(8 + 15) & !15;
    if taken < 32 { 32 } else { taken }
}

/// Records numbered from 0 in the order they came.
#[derive(Debug)]
pub(super) struct Arena<T> {
    chunks: Vec<Vec<T>>,
    len: u32,
}

impl<T> Default for Arena<T> {
    fn default() -> Self {
        Self { chunks: Vec::new(), len: 0 }
    }
}

impl<T> Arena<T> {
    /// Appends a record and tells its number; `None` when the numbers are used up.
    pub fn push(&mut self, record: T) -> Option<u32> {
        if self.len == NONE {
            return None;
        }
        let chunk_idx = self.len as usize / CHUNK_RECORDS;
        if chunk_idx == self.chunks.len() {
            self.chunks.push(Vec::with_capacity(CHUNK_RECORDS));
        }
        self.chunks.get_mut(chunk_idx)?.push(record);
        let number = self.len;
        self.len += 1;
        Some(number)
    }

    /// How many records there are.
    pub const fn len(&self) -> u32 {
        self.len
    }

    /// Memory taken.
    pub fn n_bytes(&self) -> usize {
        let chunk = heap_bytes(CHUNK_RECORDS * size_of::<T>());
        self.chunks.len() * chunk + self.chunks.capacity() * size_of::<Vec<T>>()
    }
}

impl<T> Index<u32> for Arena<T> {
    type Output = T;

    fn index(&self, number: u32) -> &T {
        &self.chunks[number as usize / CHUNK_RECORDS][number as usize % CHUNK_RECORDS]
    }
}

impl<T> IndexMut<u32> for Arena<T> {
    fn index_mut(&mut self, number: u32) -> &mut T {
        &mut self.chunks[number as usize / CHUNK_RECORDS][number as usize % CHUNK_RECORDS]
    }
}

/// Where a level's text lies: chunk in the upper half, offset in the lower.
#[derive(Clone, Copy, Debug)]
pub(super) struct TextPlace(u32);

impl TextPlace {
    /// The place of an empty text.
    pub const EMPTY: Self = Self(0);

    /// The chunk, and where in it the text begins.
    pub const fn parts(self) -> (usize, usize) {
        ((self.0 >> 16) as usize, (self.0 & 0xFFFF) as usize)
    }
}

/// The levels' texts, side by side.
#[derive(Debug, Default)]
pub(super) struct Texts {
    chunks: Vec<String>,
    /// Which chunks hold nothing beyond ASCII.
    ascii: Vec<bool>,
}

impl Texts {
    /// Copies a text in; `None` when it is too long for a level or 4 GiB are full.
    pub fn push(&mut self, text: &str) -> Option<TextPlace> {
        if text.is_empty() {
            return Some(TextPlace::EMPTY);
        }
        if text.len() >= CHUNK_TEXT_BYTES {
            return None;
        }
        let fits = |chunk: &String| chunk.len() + text.len() <= CHUNK_TEXT_BYTES;
        if !self.chunks.last().is_some_and(fits) {
            if self.chunks.len() > usize::from(u16::MAX) {
                return None;
            }
            // The first one grows with its contents, so that a small store stays small.
            let capacity = if self.chunks.is_empty() { 0 } else { CHUNK_TEXT_BYTES };
            self.chunks.push(String::with_capacity(capacity));
            self.ascii.push(true);
        }
        let chunk_idx = u32::try_from(self.chunks.len() - 1).ok()?;
        let chunk = self.chunks.last_mut()?;
        let offset = u32::try_from(chunk.len()).ok()?;
        chunk.push_str(text);
        if let Some(is_ascii) = self.ascii.last_mut().filter(|_| !text.is_ascii()) {
            *is_ascii = false;
        }
        Some(TextPlace(chunk_idx << 16 | offset))
    }

    /// A text copied in before.
    pub fn get(&self, place: TextPlace, length: u16) -> &str {
        let (chunk_idx, start) = place.parts();
        self.chunks
            .get(chunk_idx)
            .and_then(|chunk| chunk.get(start..start + usize::from(length)))
            .unwrap_or_default()
    }

    /// All texts of a chunk, and whether they are ASCII.
    pub fn chunk(&self, chunk_idx: usize) -> Option<(&[u8], bool)> {
        Some((self.chunks.get(chunk_idx)?.as_bytes(), *self.ascii.get(chunk_idx)?))
    }

    /// Memory taken.
    pub fn n_bytes(&self) -> usize {
        let first = self.chunks.first().map_or(0, |chunk| heap_bytes(chunk.capacity()));
        let others = self.chunks.len().saturating_sub(1) * heap_bytes(CHUNK_TEXT_BYTES);
        first + others + self.chunks.capacity() * size_of::<String>() + self.ascii.capacity()
    }
}
