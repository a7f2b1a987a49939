//! A text within another, by smart case: without capitals it finds both. Owns the comparison.

/// A text to find.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Text {
    text: String,
    any_case: bool,
}

impl Text {
    pub fn new(text: &str) -> Self {
        let any_case = !text.chars().any(char::is_uppercase);
        Self { text: if any_case { text.to_lowercase() } else { text.to_owned() }, any_case }
    }

    /// Whether a text holds it.
    pub fn is_in(&self, hay: &str) -> bool {
        if !self.any_case {
            return memchr::memmem::find(hay.as_bytes(), self.text.as_bytes()).is_some();
        }
        if self.text.is_ascii() && hay.is_ascii() {
            return is_within(hay.as_bytes(), self.text.as_bytes());
        }
        hay.to_lowercase().contains(&self.text)
    }
}

/// Whether ASCII letters of any case hold a needle of small ones.
fn is_within(hay: &[u8], needle: &[u8]) -> bool {
    let Some((first, rest)) = needle.split_first() else { return true };
    let mut hay = hay;
    // Most topics are short, and most needles' first letters rare in them.
    while let Some(place) = memchr::memchr2(*first, first.to_ascii_uppercase(), hay) {
        hay = hay.get(place + 1..).unwrap_or_default();
        match hay.get(..rest.len()) {
            Some(begin) if begin.eq_ignore_ascii_case(rest) => return true,
            Some(_) => {}
            None => return false,
        }
    }
    false
}
