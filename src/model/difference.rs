//! What differs between two payloads, over the panes. Owns which two they are and how far it is scrolled; the
//! comparing is `decode`'s.
use super::Model;
use super::form::deeds;
use super::overlay::Overlay;
use super::toast::Tone;
use crate::decode::diff::Diff;
use crate::time::Timestamp;

/// Rows of header, footer and the box's frame.
const ROWS_AROUND: u16 = 4;

/// A comparison on screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The topic of both.
    pub topic: String,
    /// What the old one is, in words.
    pub old: String,
    /// What the new one is, in words.
    pub new: String,
    /// What differs.
    pub diff: Diff,
    /// The first line that is seen.
    pub scroll: usize,
}

impl Difference {
    /// Goes so many lines down, or up.
    pub fn step(&mut self, by: isize, screen_rows: u16) {
        let last = self.diff.lines.len().saturating_sub(n_seen(screen_rows));
        self.scroll = self.scroll.saturating_add_signed(by).min(last);
    }

    /// Shows it; where nothing is to be seen, the words alone.
    pub fn show(self, model: &mut Model, now: Timestamp) {
        if self.diff.lines.is_empty() {
            let words = format!("{} and {}: {}", self.old, self.new, self.diff.words());
            return model.say(now, Tone::Info, words);
        }
        model.overlay = Overlay::Difference(Box::new(self));
    }
}

/// How many lines are seen at once.
pub fn n_seen(screen_rows: u16) -> usize {
    usize::from(screen_rows.saturating_sub(ROWS_AROUND))
}

/// Shows what sending would change, as far as the value received last tells.
pub fn of_form(model: &mut Model, now: Timestamp) {
    let both = deeds::received(model).and_then(|old| Ok((old, model.form.composed()?)));
    match both {
        Err(words) => model.say(now, Tone::Warn, words),
        Ok((old, new)) => {
            let diff = Diff::new(&old, &new.payload.0);
            let topic = new.topic.as_str().to_owned();
            let (old, new) = ("received last".to_owned(), "to be sent".to_owned());
            Difference { topic, old, new, diff, scroll: 0 }.show(model, now);
        }
    }
}
