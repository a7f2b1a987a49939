//! What differs between the payload and the value received last, over the panes. Owns how far it is scrolled; the
//! comparing is `decode`'s.
use super::deeds;
use crate::decode::diff::Diff;
use crate::model::Model;
use crate::model::overlay::Overlay;
use crate::model::toast::Tone;
use crate::time::Timestamp;

/// Rows of header, footer and the box's frame.
const ROWS_AROUND: u16 = 4;

/// A comparison on screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The topic of both.
    pub topic: String,
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
}

/// How many lines are seen at once.
pub fn n_seen(screen_rows: u16) -> usize {
    usize::from(screen_rows.saturating_sub(ROWS_AROUND))
}

/// Shows what sending would change, as far as the value received last tells.
pub fn show(model: &mut Model, now: Timestamp) {
    let both = deeds::received(model).and_then(|old| Ok((old, model.form.composed()?)));
    match both {
        Err(words) => model.say(now, Tone::Warn, words),
        Ok((old, new)) => {
            let diff = Diff::new(&old, &new.payload.0);
            let topic = new.topic.as_str().to_owned();
            if diff.lines.is_empty() {
                return model.say(
                    now,
                    Tone::Info,
                    format!("against the value received last: {}", diff.words()),
                );
            }
            model.overlay = Overlay::Difference(Box::new(Difference { topic, diff, scroll: 0 }));
        }
    }
}
