//! Short words to the user that leave by themselves. Owns how many and how long.
use crate::time::Timestamp;
use std::collections::VecDeque;
use std::time::Duration;

/// Toasts shown at once: more would cover what they speak of.
const MAX_TOASTS: usize = 4;

/// What kind of news it is; decides the colour and how long it stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Something was done.
    Info,
    /// Something needs a look.
    Warn,
    /// Something failed.
    Error,
}

impl Tone {
    /// Errors carry a remedy that takes time to read.
    const fn stays(self) -> Duration {
        match self {
            Self::Info => Duration::from_secs(3),
            Self::Warn => Duration::from_secs(6),
            Self::Error => Duration::from_secs(8),
        }
    }
}

/// One toast.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    /// Its words, not yet sanitized for the screen.
    pub text: String,
    /// Its kind.
    pub tone: Tone,
    /// When it leaves.
    pub until: Timestamp,
    /// How often the same words came while it stood.
    pub n_times: u32,
}

/// The toasts on screen, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Toasts {
    shown: VecDeque<Toast>,
    /// Toasts that left early because newer ones needed the room.
    pub n_dropped: u64,
}

impl Toasts {
    /// Shows words; the same words again only count up.
    pub fn say(&mut self, now: Timestamp, tone: Tone, text: impl Into<String>) {
        let text = text.into();
        let until = now + tone.stays();
        if let Some(toast) = self.shown.iter_mut().find(|toast| toast.text == text) {
            toast.until = until;
            toast.n_times = toast.n_times.saturating_add(1);
            return;
        }
        if self.shown.len() == MAX_TOASTS {
            self.shown.pop_front();
            self.n_dropped += 1;
        }
        self.shown.push_back(Toast { text, tone, until, n_times: 1 });
    }

    /// Takes away what has stood long enough.
    pub fn advance(&mut self, now: Timestamp) {
        self.shown.retain(|toast| toast.until > now);
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.shown.is_empty()
    }

    /// Takes all away; Esc does.
    pub fn clear(&mut self) {
        self.shown.clear();
    }

    /// Oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Toast> {
        self.shown.iter()
    }

    /// When the next one leaves.
    pub fn deadline(&self) -> Option<Timestamp> {
        self.shown.iter().map(|toast| toast.until).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_words_again_count_up_and_old_ones_make_room() {
        let (mut toasts, now) = (Toasts::default(), Timestamp::ZERO);
        for text in ["a", "a", "b", "c", "d", "e"] {
            toasts.say(now, Tone::Info, text);
        }
        let shown: Vec<_> = toasts.iter().map(|toast| (toast.text.as_str(), toast.n_times)).collect();
        assert_eq!(shown, [("b", 1), ("c", 1), ("d", 1), ("e", 1)]);
        assert_eq!(toasts.n_dropped, 1);
        toasts.advance(now + Duration::from_secs(3));
        assert_eq!(toasts.deadline(), None);
    }
}
