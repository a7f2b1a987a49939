//! A small set of texts in one allocation. Owns the packing and its bounds.
use super::judge::MAX_WORD_BYTES;

/// Different words remembered of a topic: a state machine has fewer, a log has more.
pub const MAX_WORDS: usize = 8;

/// Bytes all words of a topic take together, their lengths included.
pub const MAX_WORDS_BYTES: usize = 96;

/// The different texts seen, or that they were too many.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Words {
    /// None yet.
    #[default]
    None,
    /// Each as its length and its bytes.
    Some(Box<[u8]>),
    /// Too many, too long: no set.
    Many,
}

impl Words {
    /// Adds a text; `None` is one that is too long for any set. Which words are in the end does not depend on
    /// the order they came in.
    pub fn add(&mut self, word: Option<&str>) {
        let Some(word) = word.filter(|word| word.len() <= MAX_WORD_BYTES) else {
            *self = Self::Many;
            return;
        };
        let packed = match self {
            Self::None => &[][..],
            Self::Some(packed) => packed,
            Self::Many => return,
        };
        let mut n_words = 0;
        for known in unpack(packed) {
            if known == word {
                return;
            }
            n_words += 1;
        }
        let length = u8::try_from(word.len()).unwrap_or(u8::MAX);
        *self = if n_words < MAX_WORDS && packed.len() + 1 + word.len() <= MAX_WORDS_BYTES {
            Self::Some([packed, &[length], word.as_bytes()].concat().into_boxed_slice())
        } else {
            Self::Many
        };
    }

    /// The words in alphabetical order; none when there were too many.
    pub fn sorted(&self) -> Vec<&str> {
        let mut words: Vec<_> = match self {
            Self::Some(packed) => unpack(packed).collect(),
            Self::None | Self::Many => Vec::new(),
        };
        words.sort_unstable();
        words
    }

    /// Memory taken beyond the record.
    pub const fn heap_bytes(&self) -> usize {
        match self {
            Self::Some(packed) => packed.len(),
            Self::None | Self::Many => 0,
        }
    }
}

fn unpack(mut packed: &[u8]) -> impl Iterator<Item = &str> {
    std::iter::from_fn(move || {
        let (length, rest) = packed.split_first()?;
        let (word, rest) = rest.split_at_checked(usize::from(*length))?;
        packed = rest;
        std::str::from_utf8(word).ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(words: &[&str]) -> Words {
        let mut set = Words::default();
        for word in words {
            set.add(Some(word));
        }
        set
    }

    #[test]
    fn a_few_words_are_a_set_and_many_are_none() {
        assert_eq!(set(&["on", "off", "on", "é"]).sorted(), ["off", "on", "é"]);
        let nine = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];
        assert_eq!(set(&nine[..8]).sorted().len(), 8);
        assert_eq!(set(&nine), Words::Many);
        let long = ["a".repeat(24), "b".repeat(24), "c".repeat(24), "d".repeat(24)];
        assert_eq!(set(&long.each_ref().map(String::as_str)), Words::Many);
        let mut set = set(&["a"]);
        set.add(None);
        assert_eq!((set.sorted(), set.heap_bytes()), (vec![], 0));
    }
}
